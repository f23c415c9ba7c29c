"""Why: the cloud's decisions in words, in order, with the facts that they answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ecsim.clock.journal import Entry
from ecsim.view.happened import happened
from ecsim.view.history import (
    TaskHistory,
    concerns,
    find_service,
    last_part,
    match_of,
    note_place,
    service_history,
)
from ecsim.view.lines import LINES_MAX, Line, as_html, as_text, collapsed
from ecsim.view.naming import deployment_name, namer, revisions, short
from ecsim.view.rendering import View, note, page
from ecsim.view.snapshot import Picture
from ecsim.view.words import LABELS, label, language, reason

_STATUS = re.compile(r"[1-5](\d\d|xx)|http", re.IGNORECASE)


def why(picture: Picture, subject: str, lang: str = "en") -> View:
    """The decisions about something, in words.

    Args:
        picture: the cloud.
        subject: a service, a task id (or its beginning), a deployment id, a status such as "503" or "5xx",
            or "http" for every request that no program answered.
        lang: "en" or "ja".
    """
    lang = language(lang)
    wanted = subject.strip()
    if _STATUS.fullmatch(wanted):
        lines, title = list(_http(picture, wanted.lower(), lang)), wanted
        empty = label(lang, "why.http.nothing", status=wanted)
    elif (service := find_service(picture, wanted)) is not None:
        lines, title = list(_service(picture, service, lang)), last_part(service)
        empty = label(lang, "why.nothing", subject=title)
    elif wanted in revisions(picture):
        lines, title = list(_deployment(picture, wanted, lang)), deployment_name(wanted, revisions(picture))
        empty = label(lang, "why.nothing", subject=title)
    else:
        tasks = _tasks(picture, last_part(wanted))
        if len(tasks) != 1:
            key = "why.many" if tasks else "why.unknown"
            names = ", ".join(short(task) for task in tasks[:8])
            return note(label(lang, key, subject=wanted, tasks=names), lang=lang)
        lines, title = list(_task(picture, tasks[0], lang)), f"{label(lang, 'task')} {short(tasks[0])}"
        empty = label(lang, "why.nothing", subject=title)
    if not lines:
        return note(empty, lang=lang)
    story = collapsed(lines, lang)
    left = max(0, len(story) - LINES_MAX)
    heading, story = label(lang, "why.title", subject=title), story[left:]
    return View(
        text=as_text(heading, story, left, lang),
        html=page(as_html(heading, story, left, lang), lang=lang, kind="why"),
    )


def _tasks(picture: Picture, beginning: str) -> list[str]:
    """The ids of the tasks that begin like that; a whole id is always one."""
    if not re.fullmatch(r"[0-9a-f]+", beginning):
        return []
    ids = dict.fromkeys(
        [*(e.subject for e in picture.journal if e.kind == "task.status"), *(t.id for t in picture.tasks)]
    )
    return [beginning] if beginning in ids else [task for task in ids if task.startswith(beginning)]


def _decision(entry: Entry, lang: str, name: Callable[[str, object], str], *, of_task: bool = False) -> Line:
    fields = entry.fields.get("why")
    code = str(entry.fields.get("code", ""))
    return Line(
        at_ms=entry.at_ms,
        text=reason(lang, code, fields if isinstance(fields, Mapping) else {}, name),
        kind=str(entry.fields.get("action", "")),
        code=code,
        tasks=() if of_task or "/" in entry.subject else (entry.subject,),
    )


def _service(picture: Picture, subject: str, lang: str) -> Iterator[Line]:
    """What a service's scheduler decided, between the calls and the deployments that it answers."""
    history, name, known = service_history(picture, subject), namer(picture), revisions(picture)
    told = {e.serial for e in [*history.calls, *history.faults]}
    decided = {e.serial for e in history.decisions}
    seen: set[str] = set()
    for entry in picture.journal:
        if entry.serial in told:
            kind = "call" if entry.kind == "call" else "fault"
            yield Line(at_ms=entry.at_ms, text=happened(entry, lang), kind=kind, bound=True)
        elif entry.serial in decided:
            yield _decision(entry, lang, name)
        elif entry.kind == "deployment.state" and entry.fields.get("service") == subject:
            yield from _state(entry, lang, known, seen)


def _state(entry: Entry, lang: str, known: Mapping[str, str], seen: set[str]) -> Iterator[Line]:
    """A deployment that begins, or is taken up again; its other turns are decisions and told as such."""
    if entry.fields.get("status") != "PRIMARY" or entry.fields.get("rollout_state") != "IN_PROGRESS":
        return
    key = "why.deployment.IN_PROGRESS" if entry.subject in seen else "why.deployment.new"
    seen.add(entry.subject)
    name = deployment_name(entry.subject, known)
    text = label(lang, key, deployment=name)
    yield Line(at_ms=entry.at_ms, text=text, kind="state", bound=True)


def _deployment(picture: Picture, deployment: str, lang: str) -> Iterator[Line]:
    """What happened to one deployment, and what was decided while it was the one to bring in."""
    owner = next(
        (
            str(e.fields.get("service"))
            for e in picture.journal
            if e.kind == "deployment.state" and e.subject == deployment
        ),
        None,
    )
    if owner is None:
        return
    history, name, known = service_history(picture, owner), namer(picture), revisions(picture)
    mine = {task.id for task in history.tasks if task.deployment == deployment}
    primary, seen = "", set[str]()
    for entry in picture.journal:
        if entry.kind == "deployment.state" and entry.fields.get("service") == owner:
            if entry.fields.get("status") == "PRIMARY":
                primary = entry.subject
            if entry.subject == deployment:
                yield from _state(entry, lang, known, seen)
        elif entry.kind == "decision" and (
            entry.subject in mine
            or (entry.subject == owner and primary == deployment)
            or _names(entry, deployment)
        ):
            yield _decision(entry, lang, name)


def _names(entry: Entry, deployment: str) -> bool:
    fields = entry.fields.get("why")
    named = list(fields.values()) if isinstance(fields, Mapping) else []
    return deployment in (entry.fields.get("deployment"), *named)


def _task(picture: Picture, task: str, lang: str) -> Iterator[Line]:
    """The life of one task: facts and decisions."""
    name, known = namer(picture), revisions(picture)
    owner: str | None = None
    history = TaskHistory(id=task, service=None, deployment=None)
    stopping, told = False, ""
    for entry in picture.journal:
        if entry.kind == "task.status" and entry.subject == task:
            note_place(history, entry)
            if owner is None:
                owner = str(entry.fields.get("service"))
                yield _created(entry, lang, known)
            yield from _status(entry, lang, told, stopping=stopping)
            stopping = entry.fields.get("desired") == "STOPPED"
        elif entry.kind == "decision" and entry.subject == task:
            decision = _decision(entry, lang, name, of_task=True)
            told = decision.text
            yield decision
        elif entry.kind == "fault" and owner is not None:
            if concerns(match_of(entry), owner, [history]):
                yield Line(at_ms=entry.at_ms, text=happened(entry, lang), kind="fault")
        elif task in (entry.subject, entry.fields.get("task")) and (text := _fact(entry, lang)):
            yield Line(at_ms=entry.at_ms, text=text, kind="state")


def _status(entry: Entry, lang: str, told: str, *, stopping: bool) -> Iterator[Line]:
    """The states of a task that need telling: RUNNING, to be stopped (and why, unless just `told`), STOPPED."""
    status, fields = entry.fields.get("status"), entry.fields
    if fields.get("desired") == "STOPPED" and not stopping:
        because, code = str(fields.get("stopped_reason", "-")), fields.get("stop_code", "-")
        key = "why.stopping.same" if because in told else "why.stopping"
        yield Line(at_ms=entry.at_ms, text=label(lang, key, reason=because, code=code), kind="state")
    if status == "STOPPED":
        yield Line(at_ms=entry.at_ms, text=label(lang, "why.stopped"), kind="state")
    elif status == "RUNNING" and fields.get("desired") == "RUNNING":
        yield Line(at_ms=entry.at_ms, text=label(lang, "why.running"), kind="state")


def _fact(entry: Entry, lang: str) -> str:
    """What happened to a task's containers and targets; "" for anything else."""
    fields = entry.fields
    if entry.kind == "container.exit":
        return _exit(entry, lang)
    if entry.kind == "container.health":
        return label(lang, "why.health", container=fields.get("container"), health=fields.get("health"))
    if entry.kind == "target.state":
        told = f" ({fields.get('reason')})" if fields.get("reason") else ""
        return label(lang, "why.target", target=entry.subject, state=fields.get("state"), reason=told)
    return ""


def _created(entry: Entry, lang: str, known: Mapping[str, str]) -> Line:
    deployment = entry.fields.get("deployment")
    key = "why.created" if deployment else "why.created.standalone"
    text = label(lang, key, deployment=deployment_name(str(deployment), known))
    return Line(at_ms=entry.at_ms, text=text, kind="state")


def _exit(entry: Entry, lang: str) -> str:
    container, code, told = (entry.fields.get(k) for k in ("container", "exit_code", "reason"))
    if code is None:
        return label(lang, "why.no_exit", container=container, reason=told or "-")
    key = f"exit.{code}"
    meaning = label(lang, key) if key in LABELS[lang] else ""
    sentence = label(lang, "why.exit", container=container, exit_code=code, meaning=meaning)
    return label(lang, "why.exit.reason", sentence=sentence, reason=told) if told else sentence


def _http(picture: Picture, wanted: str, lang: str) -> Iterator[Line]:
    """The requests that were answered with a status, and why."""
    name = namer(picture)
    for entry in picture.journal:
        if entry.kind != "http":
            continue
        status = str(entry.fields.get("status"))
        code, fields = entry.fields.get("code"), entry.fields.get("why")
        asked = status == wanted or (wanted.endswith("xx") and status[:1] == wanted[0])
        if not asked and not (wanted == "http" and code):
            continue
        told = reason(lang, str(code), fields if isinstance(fields, Mapping) else {}, name) if code else ""
        task = short(str(entry.fields.get("task") or ""))
        if code and entry.fields.get("status") is None:
            key = "why.http.error"
        elif code:
            key = "why.http"
        else:
            key = "why.http.none" if task else "why.http.rule"
        text = label(lang, key, request=entry.subject, status=status, reason=told, task=task)
        yield Line(at_ms=entry.at_ms, text=text, kind="http", code=str(code or ""))
