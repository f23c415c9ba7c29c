"""Calls, faults and events in a few words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby

from ecsim.clock.journal import Entry
from ecsim.view.history import last_dotted, last_part, match_of
from ecsim.view.naming import short
from ecsim.view.words import label

MESSAGE_MAX = 1_500
"""Characters of a service event that a view shows."""
_TOLD = ("taskDefinition", "desiredCount", "forceNewDeployment", "deploymentConfiguration", "task", "force")


def happened(entry: Entry, lang: str) -> str:
    """A call that somebody made, or a fault that was injected or taken back."""
    if entry.kind == "fault":
        key = "why.fault" if entry.fields.get("on", True) else "why.fault.off"
        return label(lang, key, fault=entry.subject, match=_shown(match_of(entry)))
    key = "why.call.by" if entry.fields.get("by") == "learner" else "why.call"
    sentence = label(lang, key, operation=last_dotted(entry.subject))
    params = entry.fields.get("params")
    what = _what(params) if isinstance(params, Mapping) else ""
    return label(lang, "why.call.with", sentence=sentence, what=what) if what else sentence


def passed(entries: list[Entry], lang: str) -> list[tuple[int, int, str]]:
    """The stages and hooks of deployments that shift traffic; stages that follow at once share a line.

    Returns:
        Serial of the first entry, moment, and what happened.
    """
    out = []
    for (at, kind, back), run in groupby(entries, _passing):
        group = list(run)
        if kind == "deployment.hook":
            out += [(entry.serial, at, _hook(entry, lang)) for entry in group]
            continue
        fields = group[-1].fields
        text = ", ".join(dict.fromkeys(str(entry.fields.get("stage")) for entry in group))
        text = label(lang, "tl.stage.back" if back else "tl.stage", stages=text)
        if fields.get("shifts"):
            weights = {name: fields.get(name) for name in ("production", "test")}
            text = label(lang, "tl.stage.with", sentence=text, **weights)
        out.append((group[0].serial, at, text))
    return out


def _passing(entry: Entry) -> tuple[int, str, bool]:
    return entry.at_ms, entry.kind, bool(entry.fields.get("rollback"))


def _hook(entry: Entry, lang: str) -> str:
    fields = entry.fields
    target = str(fields.get("target") or "").rsplit(":", 1)[-1]
    name = " ".join(part for part in (str(fields.get("type")), target) if part)
    return label(lang, "tl.hook", stage=fields.get("stage"), hook=name, status=fields.get("status"))


def message_of(entry: Entry) -> str:
    """A service event's message; one that names hundreds of tasks is cut."""
    message = str(entry.fields.get("message", ""))
    return message if len(message) <= MESSAGE_MAX else message[:MESSAGE_MAX] + " ..."


def _shown(match: str) -> str:
    """A task id in short; a service or "*" as it is."""
    return short(match) if re.fullmatch(r"[0-9a-f]{32}", match) else match


def _what(params: Mapping[str, object]) -> str:
    parts = []
    for name in _TOLD:
        value = params.get(name)
        if value is None:
            continue
        if isinstance(value, Mapping):
            parts += [f"{key} {value[key]}" for key in value if key.endswith("Percent")]
        elif name == "task":
            parts.append(f"{name} {short(last_part(str(value)))}")
        else:
            text = last_part(str(value))
            parts.append(f"{name} {text.lower() if isinstance(value, bool) else text}")
    return ", ".join(parts)
