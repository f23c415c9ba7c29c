"""Calls and faults in a few words."""

from __future__ import annotations

from collections.abc import Mapping

from ecsim.clock.journal import Entry
from ecsim.view.history import last_dotted, last_part
from ecsim.view.naming import short
from ecsim.view.words import label

_TOLD = ("taskDefinition", "desiredCount", "forceNewDeployment", "deploymentConfiguration", "task", "force")


def happened(entry: Entry, lang: str) -> str:
    """A call that somebody made, or a fault that was injected or taken back."""
    if entry.kind == "fault":
        key = "why.fault" if entry.fields.get("on", True) else "why.fault.off"
        return label(lang, key, fault=entry.subject, match=entry.fields.get("match", "*"))
    key = "why.call.by" if entry.fields.get("by") == "learner" else "why.call"
    sentence = label(lang, key, operation=last_dotted(entry.subject))
    params = entry.fields.get("params")
    what = _what(params) if isinstance(params, Mapping) else ""
    return label(lang, "why.call.with", sentence=sentence, what=what) if what else sentence


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
