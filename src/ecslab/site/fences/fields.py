"""The YAML inside a fence: read, checked, and refused with a message that an author can act on."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import markdown
import yaml


class FenceError(ValueError):
    """A fence that cannot be shown: what is wrong with it, in one line."""


def read(fence: str, source: str, *, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:
    """The mapping inside a fence.

    Raises:
        FenceError: not YAML, not a mapping, a required field missing, an unknown field.
    """
    try:
        found = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise FenceError(f"{fence}: not YAML: {' '.join(str(error).split())}") from error
    return checked(fence, found, required=required, optional=optional)


def checked(
    where: str, found: object, *, required: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, Any]:
    """`found` as a mapping that has the required fields and no unknown ones.

    Raises:
        FenceError: it is none.
    """
    if not isinstance(found, Mapping):
        raise FenceError(f"{where}: expected fields ({', '.join(required)}), found {type(found).__name__}")
    missing = [name for name in required if name not in found]
    unknown = [str(name) for name in found if name not in required and name not in optional]
    if missing:
        raise FenceError(f"{where}: missing {', '.join(missing)}")
    if unknown:
        allowed = ", ".join([*required, *optional])
        raise FenceError(f"{where}: unknown {', '.join(unknown)} (there are {allowed})")
    return dict(found)


@functools.cache
def _inline_markdown() -> markdown.Markdown:
    return markdown.Markdown(output_format="html")


def inline(text: object) -> str:
    """A field's text as HTML: code, bold and emphasis; a single paragraph loses its tag."""
    converter = _inline_markdown()
    converter.reset()
    html = converter.convert(str(text).strip())
    single = re.fullmatch(r"<p>((?:(?!<p>).)*)</p>", html, flags=re.DOTALL)
    return single[1] if single else html


def plain(text: object) -> str:
    """A field's text without its Markdown signs, for attributes and SVG."""
    return re.sub(r"[`*]", "", str(text)).strip()
