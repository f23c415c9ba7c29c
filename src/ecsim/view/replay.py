"""A recording: one service's history as JSON, for a player that shows it moving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecsim.clock.journal import Entry
from ecsim.view.happened import happened
from ecsim.view.history import TaskHistory, counts, find_service, known_services, last_dotted, last_part
from ecsim.view.history import service_history as history_of
from ecsim.view.limits import limits
from ecsim.view.naming import namer, short
from ecsim.view.scene import failed, service_of
from ecsim.view.snapshot import Picture
from ecsim.view.tracks import Span, Track
from ecsim.view.words import LABELS, reason

VERSION = 1
"""Raised whenever a member changes its meaning."""


def recording(picture: Picture, service: str) -> dict[str, Any]:
    """Everything a player needs, in plain JSON values; sentences in every language.

    Args:
        picture: the cloud.
        service: its name, `<cluster>/<service>`, or its ARN.

    Returns:
        `version, cluster, service, start_ms, end_ms`, and lists in order: `tasks` (id, states, health, targets,
        exits, how it ended), `deployments`, `counts` (tasks, running, healthy from a moment on), `limits` (the two
        percents in tasks), `events`, `calls`, `faults`, `decisions`. An interval is
        `{state, from_ms, to_ms, detail}`; `to_ms` is null while it holds. Where a deployment shifted traffic there are
        three lists of intervals more: `stages`, and `production` and `test`, whose states are the percents of the
        traffic that the deployment in `detail` got.

    Raises:
        LookupError: there is no such service; the message names the ones there are.
    """
    subject = find_service(picture, service)
    if subject is None:
        known = ", ".join(known_services(picture)) or "-"
        raise LookupError(f"there is no service {service!r}; there are: {known}")
    history, name = history_of(picture, subject), namer(picture)
    shifts = history.shifts
    tracks = {"stages": shifts.stages, "production": shifts.production, "test": shifts.test}
    return {
        "version": VERSION,
        "cluster": history.cluster,
        "service": history.name,
        "start_ms": history.activity[0] if history.activity else 0,
        "end_ms": picture.now_ms,
        "tasks": [_task(task) for task in history.tasks],
        "deployments": [
            {
                "id": deployment.id,
                "task_definition": last_part(deployment.task_definition),
                "states": _intervals(deployment.states),
            }
            for deployment in history.deployments
        ],
        "counts": [
            {"at_ms": c.at_ms, "total": c.total, "running": c.running, "healthy": c.healthy}
            for c in counts(history.tasks, picture.now_ms)
        ],
        "limits": [
            {"at_ms": bound.at_ms, "desired": bound.desired, "floor": bound.floor, "ceiling": bound.ceiling}
            for bound in limits(history, service_of(picture, history))
        ],
        "events": [{"at_ms": e.at_ms, "message": str(e.fields.get("message", ""))} for e in history.events],
        "calls": [_act(entry) for entry in history.calls],
        "faults": [_act(entry) for entry in history.faults],
        "decisions": [_decision(entry, name) for entry in history.decisions],
    } | {name: _intervals(track) for name, track in tracks.items() if track.spans}


def _intervals(track: Track) -> list[dict[str, Any]]:
    return [_interval(span) for span in track.spans]


def _interval(span: Span) -> dict[str, Any]:
    out: dict[str, Any] = {"state": span.state, "from_ms": span.from_ms, "to_ms": span.to_ms}
    return out | ({"detail": span.detail} if span.detail else {})


def _task(task: TaskHistory) -> dict[str, Any]:
    return {
        "id": task.id,
        "short": short(task.id),
        "task_definition": task.task_definition,
        "deployment": task.deployment,
        "zone": task.zone,
        "states": _intervals(task.states),
        "health": _intervals(task.health),
        "targets": [{"target": name, "states": _intervals(track)} for name, track in task.targets.items()],
        "exits": [
            {"at_ms": at, "container": container, "exit_code": code, "reason": told}
            for at, container, code, told in task.exits
        ],
        "stop_code": task.stop_code or None,
        "stopped_reason": task.stopped_reason or None,
        "failed": failed(task),
    }


def _act(entry: Entry) -> dict[str, Any]:
    return {
        "at_ms": entry.at_ms,
        "name": last_dotted(entry.subject),
        "by": str(entry.fields.get("by", "")),
        "text": {lang: happened(entry, lang) for lang in LABELS},
    }


def _decision(entry: Entry, name: Callable[[str, object], str]) -> dict[str, Any]:
    code, fields = str(entry.fields.get("code", "")), entry.fields.get("why")
    why = dict(fields) if isinstance(fields, dict) else {}
    return {
        "at_ms": entry.at_ms,
        "subject": entry.subject,
        "action": str(entry.fields.get("action", "")),
        "code": code,
        "why": why,
        "text": {lang: reason(lang, code, why, name) for lang in LABELS},
    }
