"""The learner's door: what `from ecslab import lab` offers.

```python
cloud = lab.start("02-first-service")
lab.check("1.1")
lab.hint("1.1")
class Mine(lab.Program): ...
```
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ecsim.view.rendering import View
from ecsim.workload.program import Program, Response
from ecslab.notebook.handle import Cloud
from ecslab.notebook.language import language
from ecslab.notebook.link import Embedded, Link, Remote
from ecslab.notebook.say import say
from ecslab.notebook.tidy import CheckFailed, LabError, tidy_botocore

__all__ = ["Program", "Response", "check", "hint", "start", "stop"]

REGION = "ap-northeast-1"


@dataclass(slots=True)
class _Running:
    """The lab of this process.

    Attributes:
        listens: whether a cloud that is started here listens on 127.0.0.1.
    """

    link: Link | None = None
    lang: str = "en"
    listens: bool = True


_running = _Running()


def start(name: str, *, seed: int | None = None, lang: str | None = None) -> Cloud:
    """Start a lab: its cloud with its starting state, the AWS environment, and `%%aws`.

    Starting again begins the lab anew.

    Args:
        name: the lab's slug, e.g. "02-first-service".
        seed: another variant of the lab; by default ECSLAB_SEED, else the lab's own.
        lang: "en" or "ja"; by default ECSLAB_LANG, else the notebook's folder, else English.

    Raises:
        LabError: there is no such lab, or the cloud cannot be reached.
    """
    stop()
    spoken = lang or language()
    url = os.environ.get("ECSLAB_CLOUD_URL")
    link: Link = Remote(url) if url else _embedded(name, seed)
    _running.link, _running.lang = link, spoken
    about = link.do("lab", {})
    if about["lab"] != name:
        stop()
        raise LabError(say(spoken, "other_lab", have=about["lab"], want=name))
    _surround(link)
    cloud = Cloud(link, lang=spoken, given=about["given"], lab=name, seed=about["seed"])
    _print(say(spoken, "ready", lab=name, now=cloud.now))
    _print(f"{say(spoken, 'given')} {', '.join(cloud.given)}")
    return cloud


def _embedded(name: str, seed: int | None) -> Link:
    from ecslab.course.places import find_root, lab_folder
    from ecslab.course.problem import CourseProblem

    wanted = os.environ.get("ECSLAB_SEED") if seed is None else str(seed)
    if wanted and not wanted.lstrip("-").isdecimal():
        raise LabError(f"a seed is a whole number, not {wanted!r}")
    try:
        seed = int(wanted) if wanted else None
        return Embedded(lab_folder(find_root(), name), seed=seed, listen=_running.listens)
    except CourseProblem as problem:
        raise LabError(str(problem)) from None


def _surround(link: Link) -> None:
    from ecslab.notebook.surroundings import surround

    surround(link.endpoint_url, REGION)
    if isinstance(link, Embedded) and not link.endpoint_url:
        import boto3

        boto3.DEFAULT_SESSION = link.session()
    tidy_botocore()
    shell = _shell()
    if shell is not None:
        from ecslab.notebook.magics import register

        register(shell, link)


def _shell() -> Any:
    """The IPython shell that runs this, or None."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None else None


def stop() -> None:
    """End the running lab, if any."""
    link, _running.link = _running.link, None
    if link is not None:
        link.close()


@contextlib.contextmanager
def without_sockets() -> Iterator[None]:
    """While this lasts, a lab that is started here opens no socket and no thread: boto3 in cells calls the cloud."""
    before, _running.listens = _running.listens, False
    try:
        yield
    finally:
        _running.listens = before


def check(name: str, answer: Any = None) -> None:
    """Ask a check: prints its verdict, and shows what was expected, what was seen, and why.

    Args:
        name: e.g. "2.1".
        answer: a value that the task asks for: text, numbers, lists, dicts.

    Raises:
        CheckFailed: it did not pass.
    """
    link = _link()
    try:
        plain = json.loads(json.dumps(answer))
    except (TypeError, ValueError):
        raise LabError(say(_running.lang, "not_json", kind=type(answer).__name__)) from None
    verdict = link.do("verdict", {"check": name, "answer": plain, "lang": _running.lang})
    _print(verdict["line"])
    if verdict.get("feedback"):
        _show(verdict["feedback"])
    if not verdict["passed"]:
        raise CheckFailed(say(_running.lang, "failed", check=name))


def hint(name: str) -> None:
    """Show the next hint for a check; there are three."""
    told = _link().do("hint", {"check": name, "lang": _running.lang})
    if told["text"]:
        _show(told)


def _link() -> Link:
    if _running.link is None:
        raise LabError(say(_running.lang, "not_started"))
    return _running.link


def _print(line: str) -> None:
    """A line on stdout, in order with what other processes print."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _show(told: dict[str, str]) -> None:
    view = View(text=told["text"], html=told["html"])
    if _shell() is None:
        _print(view.text)
    else:
        from IPython.display import display

        display(view)
