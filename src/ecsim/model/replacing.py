"""`dataclasses.replace` for the cloud's frozen values, many times as quick.

A rollout of a thousand services replaces a task some hundred thousand times, and a task has more than thirty fields:
the standard function reads each by its name and hands all of them to `__init__`. Here each class gets a twin with the
same slots that is not frozen: a copy is filled as a twin, slot by slot, and becomes a value of the class when it is
complete.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

__all__ = ["replace"]

if TYPE_CHECKING:
    from dataclasses import replace  # mypy knows its arguments field by field
else:

    def replace(value: Any, /, **changes: Any) -> Any:
        """A copy of a frozen, slotted dataclass value with some fields changed.

        Raises:
            TypeError: there is no such field.
        """
        cls = type(value)
        try:
            copy = _COPIERS[cls]
        except KeyError:
            copy = _COPIERS[cls] = _copier(cls)
        made = copy(value)
        for name, other in changes.items():
            try:
                setattr(made, name, other)
            except AttributeError:
                raise TypeError(f"{cls.__name__} has no field {name!r}") from None
        made.__class__ = cls
        return made


_COPIERS: dict[type, Callable[[Any], Any]] = {}
"""By class. What is kept here depends on the class alone, so it is no state of a cloud."""


def _copier(cls: type) -> Callable[[Any], Any]:
    """Make the function that copies a value of a class to its twin.

    Raises:
        TypeError: its values are not made of slots alone, so a copy might miss something.
    """
    if hasattr(cls, "__post_init__") or cls.__dictoffset__:
        raise TypeError(f"{cls.__name__} is not a plain dataclass with slots: use dataclasses.replace")
    own = {"__slots__": cls.__dict__["__slots__"], "__setattr__": object.__setattr__}
    names: dict[str, Any] = {"_new": object.__new__, "_twin": type(f"{cls.__name__}Twin", cls.__bases__, own)}
    lines = [f"    made.{each.name} = old.{each.name}" for each in fields(cls)]
    text = "\n".join(["def copy(old):", "    made = _new(_twin)", *lines, "    return made"])
    exec(text, names)  # noqa: S102 - of names that are fields of a class of ours
    copy: Callable[[Any], Any] = names["copy"]
    return copy
