"""The handlers by which JupyterLab's server serves the course site."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import web  # type: ignore[attr-defined]

from ecslab.site.working_copies import FOLDER


class CourseFiles(JupyterHandler, web.StaticFileHandler):  # type: ignore[misc]
    """The built site, for those who are logged in."""

    @web.authenticated  # type: ignore[untyped-decorator]
    def get(self, path: str, include_body: bool = True) -> Coroutine[Any, Any, None]:
        """A file of the site."""
        answer: Coroutine[Any, Any, None] = web.StaticFileHandler.get(self, path, include_body)
        return answer

    @web.authenticated  # type: ignore[untyped-decorator]
    def head(self, path: str) -> Coroutine[Any, Any, None]:
        """A file's headers."""
        answer: Coroutine[Any, Any, None] = web.StaticFileHandler.head(self, path)
        return answer

    def set_extra_headers(self, path: str) -> None:
        """Pages change when the course does: a browser asks again each time."""
        del path
        self.set_header("Cache-Control", "no-cache")

    def compute_etag(self) -> str | None:
        """What tornado computes for static files."""
        tag: str | None = web.StaticFileHandler.compute_etag(self)
        return tag


class Host(JupyterHandler):  # type: ignore[misc]
    """Tells the pages that labs can be opened here: a static host serves a file in this place."""

    @web.authenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        """A line of JavaScript."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        here = json.dumps({"labs": f"{self.base_url}lab/tree/{FOLDER}/"})
        self.finish(f"globalThis.ecslabHost = {here};\n")


class ToCourse(JupyterHandler):  # type: ignore[misc]
    """/course without its last stroke."""

    @web.authenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        """Redirect."""
        self.redirect(f"{self.base_url}course/")


def handlers(site: Path) -> list[tuple[Any, ...]]:
    """URL patterns and who answers them.

    Args:
        site: the built site.
    """
    return [
        (r"/course", ToCourse),
        (r"/course/(?:ja/)?assets/host\.js", Host),
        (r"/course/(.*)", CourseFiles, {"path": str(site), "default_filename": "index.html"}),
    ]
