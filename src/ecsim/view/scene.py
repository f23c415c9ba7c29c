"""What a timeline shows, gathered before it is drawn or written."""

from __future__ import annotations

from dataclasses import dataclass

from ecsim.clock.journal import Entry
from ecsim.model.service import Service
from ecsim.view.history import Count, DeploymentHistory, ServiceHistory, TaskHistory, counts, last_part
from ecsim.view.limits import Limit, limits
from ecsim.view.naming import moment
from ecsim.view.snapshot import Picture
from ecsim.view.tracks import Span, Track
from ecsim.view.window import Window
from ecsim.view.words import label

SHARES = {"production": "tl.production", "test": "tl.test"}
"""The weights that a timeline shows, with the keys of their names in `ecsim.view.words`."""
LANES_MAX = 120
"""So many tasks get a lane; those that changed in the window come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One timeline.

    Attributes:
        tasks: those that were not STOPPED at some moment of the window, at most `LANES_MAX`.
        undrawn: how many more of them there are.
        acts: calls and faults, in order.
        passed: stages and hooks of deployments that shift traffic, in order.
    """

    history: ServiceHistory
    tasks: list[TaskHistory]
    undrawn: int
    deployments: list[DeploymentHistory]
    events: list[Entry]
    acts: list[Entry]
    passed: list[Entry]
    counts: list[Count]
    limits: list[Limit]
    window: Window
    lang: str

    @property
    def notes(self) -> list[str]:
        """What the picture leaves out."""
        shown, out = self.window, []
        if shown.earlier:
            out.append(label(self.lang, "tl.earlier", start=moment(shown.start_ms)))
        if shown.later:
            out.append(label(self.lang, "tl.later", end=moment(shown.end_ms), now=moment(shown.now_ms)))
        if self.undrawn:
            out.append(label(self.lang, "tl.undrawn", undrawn=self.undrawn))
        hidden = len(self.history.tasks) - len(self.tasks) - self.undrawn
        if hidden:
            out.append(label(self.lang, "tl.hidden", hidden=hidden))
        return out


def scene(picture: Picture, history: ServiceHistory, shown: Window, lang: str) -> Scene:
    """Gather what the window shows."""
    now = picture.now_ms
    acts = sorted([*history.calls, *history.faults], key=lambda entry: entry.serial)
    present = [t for t in history.tasks if shown.shows(t.created_at_ms, _or(t.stopped_at_ms, now))]
    tasks = _drawn(present, shown)
    return Scene(
        history=history,
        tasks=tasks,
        undrawn=len(present) - len(tasks),
        deployments=[
            d
            for d in history.deployments
            if d.states.spans and shown.shows(d.states.spans[0].from_ms, _gone(d.states, now))
        ],
        events=[e for e in history.events if shown.shows(e.at_ms, e.at_ms)],
        acts=[e for e in acts if shown.shows(e.at_ms, e.at_ms)],
        passed=[e for e in history.shifts.told if shown.shows(e.at_ms, e.at_ms)],
        counts=counts(history.tasks, now),
        limits=limits(history, service_of(picture, history)),
        window=shown,
        lang=lang,
    )


def _drawn(tasks: list[TaskHistory], shown: Window) -> list[TaskHistory]:
    """The tasks that get a lane, in their order."""
    if len(tasks) <= LANES_MAX:
        return tasks
    changed = {
        t.id for t in tasks if any(shown.start_ms < span.from_ms <= shown.end_ms for span in t.states.spans)
    }
    first = sorted(tasks, key=lambda task: task.id not in changed)[:LANES_MAX]
    kept = {task.id for task in first}
    return [task for task in tasks if task.id in kept]


def _or(at_ms: int | None, now_ms: int) -> int:
    return now_ms if at_ms is None else at_ms


def _gone(track: Track, now_ms: int) -> int:
    last = track.spans[-1]
    return last.from_ms if last.state.startswith("INACTIVE") else now_ms


def service_of(picture: Picture, history: ServiceHistory) -> Service | None:
    """The service as it is now, or None when it is gone."""
    for service in picture.services:
        if service.name == history.name and last_part(service.cluster_arn) == history.cluster:
            return service
    return None


def shifted(scene: Scene) -> list[tuple[str, Track]]:
    """The weights over time that the window shows: "production" and "test", where listener rules are configured."""
    shifts, shown = scene.history.shifts, scene.window
    return [
        (name, track)
        for name, track in (("production", shifts.production), ("test", shifts.test))
        if any(shown.shows(span.from_ms, span.until(shown.now_ms)) for span in track.spans)
    ]


def staged(scene: Scene) -> list[Span]:
    """The stages that the window shows."""
    shown = scene.window
    spans = scene.history.shifts.stages.spans
    return [span for span in spans if shown.shows(span.from_ms, span.until(shown.now_ms))]


def failed(task: TaskHistory) -> bool:
    """Whether it stopped by a failure of its own, not because somebody wanted fewer tasks."""
    ill = "health checks" in task.stopped_reason
    return ill or task.stop_code in ("TaskFailedToStart", "EssentialContainerExited")
