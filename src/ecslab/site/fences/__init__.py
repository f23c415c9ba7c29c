"""The Markdown extension of the course's pages: fences, boxes, margin marks, terms, lab cards, lab pages.

Named in mkdocs.base.yml after `pymdownx.superfences`, whose fences it extends:

    markdown_extensions:
      pymdownx.superfences: {}
      ecslab.site.fences: {lang: en}
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from pymdownx.superfences import (  # type: ignore[import-untyped]
    SuperFencesCodeExtension,
    SuperFencesException,
)

from ecslab.site.fences import code, lines, marks, terms
from ecslab.site.fences.diagram import diagram
from ecslab.site.fences.fields import FenceError
from ecslab.site.fences.quiz import mistake, predict, quiz
from ecslab.site.fences.timeline import timeline

Fence = Callable[[str, str], str]


class CourseFences(Extension):  # type: ignore[misc]
    """All of the course's Markdown.

    Args:
        lang: "en" or "ja", the language of the site's own words.
        root: the project folder; empty: the nearest one above the working directory with a mkdocs.base.yml.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"lang": ["en", "language of the site's own words"], "root": ["", "project folder"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's own name
        """Register everything.

        Raises:
            RuntimeError: `pymdownx.superfences` is not there, or comes later.
        """
        lang = str(self.getConfig("lang"))
        root = Path(self.getConfig("root") or project_folder(Path.cwd()))
        fences: dict[str, Fence] = {
            "quiz": quiz,
            "predict": predict,
            "mistake": mistake,
            "diagram": diagram,
            "timeline": functools.partial(timeline, recordings=root / "docs" / "recordings"),
            "console": lambda source, _lang: code.console(source),
            "output": lambda source, _lang: code.output(source),
        }
        for name, fence in fences.items():
            _superfences(md).extend_super_fences(name, _formatter(fence, lang), _anything, None)
        md.preprocessors.register(lines.CourseLines(md, lang=lang, root=root), "course_lines", 28)
        md.treeprocessors.register(marks.CourseMarks(md, lang=lang), "course_marks", 4)
        md.treeprocessors.register(terms.CourseTerms(md, lang=lang, root=root), "course_terms", 3)


def project_folder(start: Path) -> Path:
    """The nearest folder at or above `start` that holds the site's configuration.

    Raises:
        FileNotFoundError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "mkdocs.base.yml").is_file():
            return folder
    raise FileNotFoundError(f"{start} is not inside the course's folder (no mkdocs.base.yml)")


def _superfences(md: Markdown) -> SuperFencesCodeExtension:
    for extension in md.registeredExtensions:
        if isinstance(extension, SuperFencesCodeExtension):
            return extension
    raise RuntimeError("ecslab.site.fences must come after pymdownx.superfences")


def _formatter(fence: Fence, lang: str) -> Callable[..., str]:
    def shown(src: str = "", **_: object) -> str:
        try:
            return fence(src, lang)
        except FenceError as error:
            raise SuperFencesException(str(error)) from error
        except Exception as error:  # superfences would show the source instead, and the build would pass
            raise SuperFencesException(f"{type(error).__name__}: {error}") from error

    return shown


def _anything(_language: str, inputs: dict[str, str], options: dict[str, str], *_: object) -> bool:
    options.update(inputs)
    return True


def makeExtension(**kwargs: Any) -> CourseFences:  # noqa: N802 - Python-Markdown's own name
    """Python-Markdown's entry point."""
    return CourseFences(**kwargs)
