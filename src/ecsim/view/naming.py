"""Short names for people: task ids, deployments, durations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ecsim.view.history import last_part
from ecsim.view.snapshot import Picture

_TASK_ID = re.compile(r"[0-9a-f]{32}")
SHORT = 8
"""So many digits of a task id are enough for people; views take them back as arguments."""


def short(task_id: str) -> str:
    """The beginning of a task id."""
    return task_id[:SHORT]


def revisions(picture: Picture) -> dict[str, str]:
    """Deployment id to `family:revision`."""
    known = {
        e.subject: last_part(str(e.fields.get("task_definition", "")))
        for e in picture.journal
        if e.kind == "deployment.state"
    }
    return known | {d.id: last_part(d.task_definition_arn) for s in picture.services for d in s.deployments}


def deployment_name(deployment_id: str, known: Mapping[str, str]) -> str:
    """A deployment as `web:2 (ecs-svc/...2419)`: what it brings, and the end of its id."""
    tail = f"ecs-svc/...{deployment_id[-4:]}" if deployment_id.startswith("ecs-svc/") else deployment_id
    revision = known.get(deployment_id)
    return f"{revision} ({tail})" if revision else tail


def namer(picture: Picture) -> Callable[[str, object], str]:
    """What names the fields of reasons in this picture."""
    known = revisions(picture)

    def one(value: object) -> str:
        text = "?" if value is None else str(value)
        if text.startswith("ecs-svc/"):
            return deployment_name(text, known)
        if ":task/" in text or _TASK_ID.fullmatch(text):
            return short(last_part(text))
        if ":targetgroup/" in text:
            return text.rsplit("/", 2)[-2]
        return text

    def name(field: str, value: object) -> str:
        if field == "text":
            return str(value)
        if isinstance(value, list | tuple):
            return ", ".join(one(item) for item in value)
        return one(value)

    return name


def duration_text(ms: int, lang: str = "en") -> str:
    """A length of time as `1 h 05 min`, `2 min 05 s`, `2.5 s`."""
    h, m, s = ("時間", "分", "秒") if lang == "ja" else ("h", "min", "s")
    seconds, rest = divmod(ms, 1_000)
    if ms < 60_000:
        return f"{seconds}.{rest // 100} {s}" if rest >= 100 and seconds < 10 else f"{seconds} {s}"
    if ms < 3_600_000:
        minutes, left = divmod(seconds, 60)
        return f"{minutes} {m} {left:02} {s}" if left else f"{minutes} {m}"
    hours, left = divmod(seconds, 3_600)
    return f"{hours} {h} {left // 60:02} {m}" if left >= 60 else f"{hours} {h}"


def moment(at_ms: int) -> str:
    """A moment as `HH:MM:SS`, whole seconds."""
    seconds = at_ms // 1_000
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
