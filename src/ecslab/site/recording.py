"""A recording: what happened to one service between two moments, as the committed JSON says it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

STARTING = ("PROVISIONING", "PENDING", "ACTIVATING")
STOPPING = ("DEACTIVATING", "STOPPING", "DEPROVISIONING")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another (milliseconds since the recording's start) something held."""

    state: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One task.

    Attributes:
        revision: its task definition, `family:revision`.
        states: `lastStatus` over time.
        targets: target health over time; empty when it never was a target.
        stopped_ms: when it was STOPPED, or None.
        failed: whether it stopped by a failure of its own.
    """

    task: str
    revision: str
    zone: str
    states: tuple[Stretch, ...]
    targets: tuple[Stretch, ...]
    stopped_ms: int | None
    failed: bool

    def looks(self) -> list[Stretch]:
        """What a reader should see: starting, waiting, healthy, draining or stopping, over time."""
        edges = sorted({edge for s in (*self.states, *self.targets) for edge in (s.from_ms, s.to_ms)})
        found: list[Stretch] = []
        for start, end in pairwise(edges):
            look = _look(_at(self.states, start), _at(self.targets, start), balanced=bool(self.targets))
            if look and found and found[-1].state == look and found[-1].to_ms == start:
                found[-1] = Stretch(look, found[-1].from_ms, end)
            elif look:
                found.append(Stretch(look, start, end))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The whole. All moments are milliseconds since its start.

    Attributes:
        marks: moments with a name, in order of time.
        events: (moment, message), in AWS's words.
        decisions: (moment, what the scheduler did and why, by language).
        floor: how many tasks the service's minimum keeps, or None.
        stages: the lifecycle stages of a deployment that shifts traffic.
        production: the percents of the production traffic that its revision gets.
    """

    name: str
    service: str
    length_ms: int
    marks: Mapping[str, int]
    lanes: tuple[Lane, ...]
    events: tuple[tuple[int, str], ...]
    decisions: tuple[tuple[int, Mapping[str, str]], ...]
    floor: int | None
    stages: tuple[Stretch, ...] = ()
    production: tuple[Stretch, ...] = ()

    def healthy(self) -> list[tuple[int, int]]:
        """(moment, healthy tasks from then on), from 0 on."""
        changes: dict[int, int] = {0: 0}
        for lane in self.lanes:
            for stretch in lane.looks():
                if stretch.state == "healthy":
                    changes[stretch.from_ms] = changes.get(stretch.from_ms, 0) + 1
                    changes[stretch.to_ms] = changes.get(stretch.to_ms, 0) - 1
        count = 0
        found: list[tuple[int, int]] = []
        for at in sorted(at for at in changes if at < self.length_ms):
            count += changes[at]
            if not found or found[-1][1] != count:
                found.append((at, count))
        return found

    def revisions(self) -> list[str]:
        """Task definitions in the order in which their tasks appear."""
        return list(dict.fromkeys(lane.revision for lane in self.lanes))


def load(path: Path) -> Recording:
    """Read a committed recording.

    Raises:
        FileNotFoundError: it was not recorded yet.
    """
    return parse(path.stem, json.loads(path.read_text("utf-8")))


def parse(name: str, data: Mapping[str, Any]) -> Recording:
    """The recording in its JSON form (`ecsim.view.replay.recording`, with a picture's limits and marks)."""
    start, end = data["start_ms"], data["end_ms"]
    floors = [
        limit["floor"] for limit in data["limits"] if limit["at_ms"] <= end and limit["floor"] is not None
    ]
    return Recording(
        name=name,
        service=data["service"],
        length_ms=end - start,
        marks={mark: at - start for mark, at in data["marks"].items()},
        lanes=tuple(_lane(task, start, end) for task in data["tasks"]),
        events=tuple((event["at_ms"] - start, event["message"]) for event in data["events"]),
        decisions=tuple((made["at_ms"] - start, made["text"]) for made in data["decisions"]),
        floor=floors[-1] if floors else None,
        stages=_stretches(data.get("stages", []), start, end),
        production=_stretches(data.get("production", []), start, end),
    )


def _lane(task: Mapping[str, Any], start: int, end: int) -> Lane:
    stopped = next((span["from_ms"] for span in task["states"] if span["state"] == "STOPPED"), None)
    alive = [span for span in task["states"] if span["state"] != "STOPPED"]
    targets = [span for target in task["targets"] for span in target["states"]]
    return Lane(
        task=task["short"],
        revision=task["task_definition"],
        zone=task["zone"],
        states=_stretches(alive, start, end),
        targets=_stretches(targets, start, end),
        stopped_ms=stopped - start if stopped is not None and stopped <= end else None,
        failed=task["failed"],
    )


def _stretches(spans: list[Mapping[str, Any]], start: int, end: int) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for span in spans:
        begins, ends = max(span["from_ms"], start), min(end if span["to_ms"] is None else span["to_ms"], end)
        if begins < ends:
            found.append(Stretch(span["state"], begins - start, ends - start))
    return tuple(found)


def _at(stretches: tuple[Stretch, ...], moment: int) -> str:
    for stretch in stretches:
        if stretch.from_ms <= moment < stretch.to_ms:
            return stretch.state
    return ""


def _look(state: str, target: str, *, balanced: bool) -> str:
    if state in STARTING:
        return "starting"
    if target == "draining" or state == "DEACTIVATING":
        return "draining"
    if state in STOPPING:
        return "stopping"
    if state == "RUNNING":
        return "healthy" if target == "healthy" or not balanced else "waiting"
    return ""
