"""What is said about a check, in both languages: `messages.toml` beside the lab's checks.py.

```toml
["2.1"]
title    = { en = "the cluster shop is there", ja = "..." }
expected = { en = "a cluster named shop with status ACTIVE", ja = "..." }
look     = { en = 'chapter 02, "Cluster"', ja = "..." }
after    = { en = "What just happened ...", ja = "..." }
hints    = [{ en = "...", ja = "..." }, ...]        # three

["2.1".mistakes.no-cluster]
seen = { en = "no cluster of that name; there are: {names}", ja = "..." }
why  = { en = "...", ja = "..." }                   # may be left out
expected = { ... }                                  # only where it differs
```

`{name}` is a fact of the finding; `{at:clock}` shows milliseconds as HH:MM:SS, `{names:list}` joins with commas.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecsim.clock.duration import clock_text
from ecslab.course.problem import CourseProblem
from ecslab.course.source import LANGUAGES
from ecslab.lab.checks import BROKE, REFUSED

Words = Mapping[str, str]
_REFUSED_SEEN = {
    "en": "AWS did not let the check look: {error}",
    "ja": "チェックが AWS に問い合わせたところ、拒否されました。{error}",
}
_REFUSED_WHY = {
    "en": "Something that the lab had given to you is gone. `lab.start(...)` begins anew.",
    "ja": "ラボが用意したものが削除されています。`lab.start(...)` で最初からやり直せます。",
}
HINTS = 3
BROKE_MARKS = ("check broke", "チェックの故障")
"""Stands in what is shown of a check that raised."""
_BROKE_SEEN = {
    "en": "check broke: {error}; this is the course's mistake, please report it",
    "ja": "チェックの故障 ({error})。コース側の誤りですので、報告してください",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """The wording of one mistake, by language. Empty where nothing is said."""

    seen: Words
    why: Words
    expected: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The wording of one check, by language."""

    title: Words
    expected: Words
    look: Words
    after: Words
    hints: tuple[Words, ...]
    mistakes: Mapping[str, Mistake]

    def mistake(self, name: str | None) -> Mistake:
        """The wording of a mistake; one that has none is shown by its name, so that nothing is hidden."""
        if name == BROKE:
            return Mistake(seen=_BROKE_SEEN, why={}, expected={})
        if name == REFUSED:
            return Mistake(seen=_REFUSED_SEEN, why=_REFUSED_WHY, expected={})
        unworded = Mistake(seen=dict.fromkeys(LANGUAGES, str(name)), why={}, expected={})
        return self.mistakes.get(name or "", unworded)


class _Facts(string.Formatter):
    """Templates over facts; a fact that is missing is shown as "?"."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        del args
        return kwargs.get(str(key), "?")

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "clock":
            return clock_text(int(value)) if isinstance(value, int | float) else str(value)
        if isinstance(value, list | tuple):
            return ", ".join(str(item) for item in value) or "-"
        return str(value)


def worded(template: str, facts: Mapping[str, Any]) -> str:
    """A template with its facts filled in."""
    return _Facts().vformat(template, (), facts)


def fields_of(template: str) -> set[str]:
    """The facts that a template uses."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def load_messages(lab_dir: Path) -> dict[str, Message]:
    """Read a lab's messages.toml.

    Raises:
        CourseProblem: it is missing, is not TOML, or a text lacks a language.
    """
    path = lab_dir / "messages.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseProblem(path, f"cannot be read ({error.strerror})", "Every lab has one") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseProblem(path, f"is not TOML: {error}", "Mend that line") from None
    return {check: _message(path, check, entry) for check, entry in data.items()}


def _message(path: Path, check: str, entry: Mapping[str, Any]) -> Message:
    known = {"title", "expected", "look", "after", "hints", "mistakes"}
    if unknown := sorted(set(entry) - known):
        raise CourseProblem(
            path, f"unknown: {', '.join(unknown)}", f"Known are {', '.join(sorted(known))}", key=check
        )
    hints = entry.get("hints", [])
    if not isinstance(hints, list) or len(hints) != HINTS:
        raise CourseProblem(
            path, f"{len(hints)} hints", f"Write {HINTS}: where to look, which call, nearly it", key=check
        )
    return Message(
        title=_words(path, check, "title", entry.get("title")),
        expected=_words(path, check, "expected", entry.get("expected")),
        look=_words(path, check, "look", entry.get("look")),
        after=_words(path, check, "after", entry.get("after")),
        hints=tuple(_words(path, check, "hints", hint) for hint in hints),
        mistakes={
            name: Mistake(
                seen=_words(path, f"{check}.{name}", "seen", words.get("seen")),
                why=_words(path, f"{check}.{name}", "why", words.get("why", {}), may_lack=True),
                expected=_words(
                    path, f"{check}.{name}", "expected", words.get("expected", {}), may_lack=True
                ),
            )
            for name, words in entry.get("mistakes", {}).items()
        },
    )


def _words(path: Path, key: str, name: str, value: Any, *, may_lack: bool = False) -> Words:
    if may_lack and not value:
        return {}
    if not isinstance(value, dict) or set(value) != set(LANGUAGES) or not all(map(str.strip, value.values())):
        raise CourseProblem(
            path, f"`{name}` is not there in en and ja", f"Write {name} = {{ en = ..., ja = ... }}", key=key
        )
    return {lang: value[lang].strip() for lang in LANGUAGES}
