"""A page's own cloud: its code blocks run here, in order, in one namespace."""

from __future__ import annotations

import ast
import contextlib
import io
import shlex
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from ecsim.clock.duration import milliseconds
from ecsim.view.rendering import View
from ecslab.lab.customers import Http, Images, Traffic
from ecslab.site.setups import SETUPS


class StageError(Exception):
    """A block that did not do what its page says."""


class PageCloud:
    """`cloud` on a page: what the notebook's handle of that name offers, as far as pages use it."""

    def __init__(self, cloud: Any, lang: str) -> None:
        self._cloud, self._lang = cloud, lang
        self.http = Http(cloud.world.do)
        self.traffic = Traffic(cloud.world.do)
        self.images = Images(cloud.world.do)

    def client(self, service: str) -> Any:
        """A boto3 client of this cloud."""
        return self._cloud.client(service)

    def advance(self, duration: str | float) -> None:
        """Let time pass."""
        self._cloud.world.do("advance", {"duration_ms": milliseconds(duration)})

    def until_stable(self, *services: str, timeout: str = "10m") -> bool:
        """Let time pass until the services are steady."""
        args = {"services": list(services), "timeout_ms": milliseconds(timeout)}
        return bool(self._cloud.world.do("until_stable", args)["stable"])

    def inject(self, kind: str, match: str | None = None, **value: Any) -> Any:
        """Break something."""
        return self._cloud.world.do("fault", {"kind": kind, "match": match, "value": value, "on": True})

    def map(self) -> View:
        """The cluster as it is."""
        return self._view("map")

    def timeline(self, service: str) -> View:
        """A service over time."""
        return self._view("timeline", service=service)

    def why(self, subject: str) -> View:
        """Why something is as it is."""
        return self._view("why", subject=subject)

    def events(self, service: str) -> View:
        """A service's events."""
        return self._view("events", service=service)

    def _view(self, name: str, **args: Any) -> View:
        found = self._cloud.world.do("view", {"name": name, "args": args, "lang": self._lang})
        return View(text=found["text"], html=found["html"])


class Stage:
    """Runs the blocks of one page.

    Args:
        setup: the state in which the page's cloud begins, a key of `SETUPS`.
        lang: of views.
    """

    def __init__(self, setup: str, lang: str) -> None:
        from ecsim.cloud.cloud import Cloud
        from ecsim.cloud.world import World

        if setup not in SETUPS:
            raise StageError(f"setup: {setup}: there are {', '.join(SETUPS)}")
        self._cloud = Cloud(seed=0)
        if not hasattr(self._cloud, "world"):
            self._cloud.world = World(self._cloud)  # type: ignore[attr-defined]
        SETUPS[setup](self._cloud)
        import boto3

        self._boto3, self._session = boto3, boto3.DEFAULT_SESSION
        boto3.DEFAULT_SESSION = self  # `boto3.client(...)` on the page asks its session: this one
        self._give_back = _waiters(self._cloud)
        cloud = PageCloud(self._cloud, lang)
        self.namespace: dict[str, Any] = {"boto3": boto3, "cloud": cloud, "ecs": self.client("ecs")}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()
        self._boto3.DEFAULT_SESSION = self._session
        self._cloud.close()

    def client(self, service: str, *_: object, **__: object) -> Any:
        """What `boto3.client(service)` answers on the page."""
        return self._cloud.client(service)

    def python(self, code: str, expect: str = "") -> str:
        """Run Python and answer with what it printed, and with the value of its last expression.

        Args:
            code: the block.
            expect: the name of an exception that it is meant to raise.

        Raises:
            StageError: it raised another exception, or not the expected one.
        """
        tree = ast.parse(code)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(tree, "<page>", "exec"), self.namespace)  # noqa: S102 - the course's own pages
                if isinstance(last, ast.Expr):
                    expression = compile(ast.Expression(last.value), "<page>", "eval")
                    value = eval(expression, self.namespace)  # noqa: S307 - the course's own pages
                    if value is not None:
                        print(_shown(value))  # noqa: T201 - into the block's output
        except Exception as error:
            names = [kind.__name__ for kind in type(error).__mro__]
            if expect and expect in names:
                return f"{printed.getvalue()}{type(error).__name__}: {error}".rstrip()
            raise StageError(f"{type(error).__name__}: {error}") from error
        if expect:
            raise StageError(f"expected {expect}, but nothing was raised")
        return printed.getvalue().rstrip()

    def shell(self, command: str, expect: str = "") -> str:
        """Run one `aws …` command through the AWS CLI, in process, and answer with what it printed.

        Args:
            command: the line (or lines joined by backslashes).
            expect: `exit 255` when it is meant to fail so.

        Raises:
            StageError: another exit code, or a command that is not `aws`.
        """
        from ecsim.cloud import awscli

        words = shlex.split(command.replace("\\\n", " "), comments=True)
        if not words or words[0] != "aws":
            raise StageError(
                f"{command.splitlines()[0]!r}: only `aws` runs here; say <!-- skip: why --> for others"
            )
        code, out, err = awscli.run(words[1:], self._cloud.gate.handle)
        wanted = int(expect.removeprefix("exit ")) if expect else 0
        if code != wanted:
            raise StageError(f"exit code {code} instead of {wanted}: {(err or out).strip()}")
        return (out if not wanted else out + err).strip("\n")


def _waiters(cloud: Any) -> Callable[[], None]:
    """Waiters of boto3 and of the AWS CLI move the cloud's time instead of waiting; answers with the way back."""
    from ecsim.cloud import awscli
    from ecsim.cloud.waiters import patch_waiters

    awscli.load()
    return patch_waiters(cloud.advance)


def _shown(value: object) -> str:
    if isinstance(value, View | str):
        return str(value) if isinstance(value, View) else repr(value)
    from IPython.lib.pretty import pretty

    return str(pretty(value, max_width=88))
