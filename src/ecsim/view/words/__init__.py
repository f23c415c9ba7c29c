"""What reasons and labels are called in a learner's language: the only place where a reason becomes a sentence."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Any

from ecsim.view.words import en, ja

REASONS: Mapping[str, Mapping[str, str]] = {"en": en.REASONS, "ja": ja.REASONS}
LABELS: Mapping[str, Mapping[str, str]] = {"en": en.LABELS, "ja": ja.LABELS}


def language(lang: str) -> str:
    """The language that we have words in: "ja" for any Japanese, else "en"."""
    return "ja" if lang.lower().startswith("ja") else "en"


class _Worded(string.Formatter):
    """Templates in which `{count:task|tasks}` becomes "1 task" or "3 tasks"."""

    def __init__(self, name: Callable[[str, object], str]) -> None:
        self._name = name

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:  # noqa: ARG002 - the library's signature
        """The value of a field, named the way that people name it; a field that is not there is "?"."""
        value = kwargs.get(str(key))
        return value if isinstance(value, int) else self._name(str(key), value)

    def format_field(self, value: Any, format_spec: str) -> str:
        """The value, followed by the word that fits its number if the template has a choice of two."""
        if "|" not in format_spec:
            return str(value)
        one, many = format_spec.split("|")
        return f"{value} {one if str(value) == '1' else many}"


def _plain(_field: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return "?" if value is None else str(value)


def label(lang: str, key: str, /, **fields: object) -> str:
    """A label or a short sentence of the views themselves."""
    return _Worded(_plain).vformat(LABELS[lang][key], (), fields)


def reason(
    lang: str,
    code: str,
    fields: Mapping[str, object],
    name: Callable[[str, object], str] | None = None,
) -> str:
    """A reason as a sentence.

    Args:
        lang: "en" or "ja".
        code: a reason code; one that we have no words for is shown with its fields, so that nothing is hidden.
        fields: the reason's fields.
        name: names the value of a field (such as a deployment id) for people; may be left out.
    """
    template = REASONS[lang].get(code)
    if template is None:
        return " ".join([code, *(f"{key}={value}" for key, value in fields.items())])
    return _Worded(name or _plain).vformat(template, (), fields)


def fields_of(template: str) -> set[str]:
    """The fields that a template uses."""
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}
