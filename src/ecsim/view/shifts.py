"""Deployments that shift traffic: their stages, their hooks, and the listener weights that ECS asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from ecsim.clock.journal import Entry
from ecsim.view.tracks import Track

ROLLBACK = "/ROLLBACK"
"""What follows a stage's name in a track when the deployment goes back."""


@dataclass(slots=True, kw_only=True)
class ShiftHistory:
    """The stages of a service's deployments, one deployment after the other.

    Attributes:
        stages: the stage over time, with `ROLLBACK` behind it on the way back; the detail is the deployment's id.
        production, test: the share of the traffic that the deployment's revision gets, in percent; the detail is the
            deployment's id. The other revision gets the rest. Empty where no listener rule is configured.
        told: the journal's entries about stages and hooks, in order.
    """

    stages: Track = field(default_factory=Track)
    production: Track = field(default_factory=Track)
    test: Track = field(default_factory=Track)
    told: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Take in that a stage, a weight or a hook changed."""
        self.told.append(entry)
        if entry.kind != "deployment.stage":
            return
        fields, at = entry.fields, entry.at_ms
        back = ROLLBACK if fields.get("rollback") else ""
        self.stages.set(f"{fields.get('stage')}{back}", at, entry.subject)
        if fields.get("shifts"):
            self.production.set(str(fields.get("production")), at, entry.subject)
            self.test.set(str(fields.get("test")), at, entry.subject)

    def deployment(self, entry: Entry) -> None:
        """Take in what became of a deployment: with a new or completed PRIMARY one, a stage is over until told again."""
        fields = entry.fields
        last = self.stages.spans[-1] if self.stages.spans else None
        if last is None or fields.get("status") != "PRIMARY":
            return
        if fields.get("rollout_state") == "COMPLETED" or entry.subject != last.detail:
            for track in (self.stages, self.production, self.test):
                track.end(entry.at_ms)

    def busy(self) -> list[tuple[int, int | None]]:
        """When a deployment was on its way through the stages; None as an end stands for now."""
        return [(span.from_ms, span.to_ms) for span in self.stages.spans]
