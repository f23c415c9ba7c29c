"""The views by name, as the learner's port offers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ecsim.view.bill import cost
from ecsim.view.cluster_cards import cluster_map
from ecsim.view.happenings import events
from ecsim.view.lanes import timeline
from ecsim.view.reasons import why
from ecsim.view.rendering import View
from ecsim.view.snapshot import Picture

Look = Callable[[Picture, str, Mapping[str, Any]], View]


def _timeline(picture: Picture, lang: str, args: Mapping[str, Any]) -> View:
    bounds = {name: int(args[name]) for name in ("start_ms", "end_ms") if args.get(name) is not None}
    return timeline(picture, str(args["service"]), lang, **bounds)


LOOKS: dict[str, Look] = {
    "map": lambda picture, lang, _args: cluster_map(picture, lang),
    "timeline": _timeline,
    "why": lambda picture, lang, args: why(picture, str(args["subject"]), lang),
    "cost": lambda picture, lang, _args: cost(picture, lang),
    "events": lambda picture, lang, args: events(picture, str(args["service"]), lang),
}
"""The views that a learner may ask for."""


def look(name: str, picture: Picture, lang: str, args: Mapping[str, Any]) -> View:
    """A view by name.

    Raises:
        ValueError: there is none of that name.
        KeyError: an argument is missing.
    """
    found = LOOKS.get(name)
    if found is None:
        raise ValueError(f"there is no view {name!r}; there are: {', '.join(LOOKS)}")
    return found(picture, lang, args)
