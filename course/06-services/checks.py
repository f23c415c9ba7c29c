"""The checks of lab 06: a night in the events, healing, a grace period, draining, who goes first, percents, an end."""

from __future__ import annotations

import re

from ecslab.lab.checks import Evidence, Finding, check, passed, seen
from ecslab.lab.history import healthy_targets, highest, rollouts, tasks_not_stopped

CLUSTER = "shop"
NIGHT_DESIRED, DAY_DESIRED, API_DESIRED = 3, 2, 2
GRACE_MAX_S = 300
UNHEALTHY_EVENT = re.compile(r"\(task ([0-9a-f]+)\) .*is unhealthy in .* due to \(reason (.*)\)\.$")
REPLACED_EVENT = re.compile(r"has started 1 tasks: \(task ([0-9a-f]+)\)\. Amazon ECS replaced")
STARTED_EVENT = re.compile(r"has started \d+ tasks: (.*)")
USER, EXITED = "UserInitiated", "EssentialContainerExited"


def _service(evidence, name):
    found = evidence.client("ecs").describe_services(cluster=CLUSTER, services=[name])["services"]
    return found[0] if found else None


def _healthy(evidence, name):
    """How many targets of a service's own are healthy: an address that somebody registered by hand is not one."""
    group = evidence.given["target_group_arn" if name == "web" else "api_target_group_arn"]
    targets = evidence.client("elbv2").describe_target_health(TargetGroupArn=group)[
        "TargetHealthDescriptions"
    ]
    own = [
        task.eni.private_ip
        for task in evidence.picture.tasks
        if task.eni and not task.is_stopped and str(task.service_arn).endswith(f"/{CLUSTER}/{name}")
    ]
    states = [one["TargetHealth"]["State"] for one in targets if one["Target"]["Id"] in own]
    return states.count("healthy")


def _desired_counts(evidence, name, entries=None):
    """The desired counts that a service was given: since the starting state was made, or in these entries."""
    return [
        entry.fields["desired"]
        for entry in (_yours(evidence) if entries is None else entries)
        if entry.kind == "service.desired" and entry.subject == f"{CLUSTER}/{name}"
    ]


def _since_three(evidence):
    """The learner's journal since web got back its three tasks for the last time: a task that is begun anew."""
    yours = _yours(evidence)
    back = [
        nth
        for nth, entry in enumerate(yours)
        if entry.kind == "service.desired"
        and entry.subject == f"{CLUSTER}/web"
        and entry.fields["desired"] == NIGHT_DESIRED
    ]
    return yours[back[-1] + 1 :] if back else yours


def _yours(evidence):
    """The journal since the starting state was made: everything after the lab's last own call."""
    last = max(
        (
            nth
            for nth, entry in enumerate(evidence.journal)
            if entry.kind == "call" and entry.fields.get("by") == "given"
        ),
        default=-1,
    )
    return evidence.journal[last + 1 :]


def _messages(evidence, service):
    return [
        str(entry.fields["message"])
        for entry in evidence.journal
        if entry.kind == "service.event" and entry.subject == f"{CLUSTER}/{service}"
    ]


def _id(value):
    """A task id of whatever was handed over: an id or an ARN."""
    return value.strip().rsplit("/", 1)[-1] if isinstance(value, str) else None


def _stopped_with(entries, service):
    """Stop code by task, of the tasks of a service."""
    return {
        entry.subject: entry.fields["stop_code"]
        for entry in entries
        if entry.kind == "task.status"
        and entry.fields.get("service") == service
        and entry.fields.get("stop_code")
    }


def _gone(service):
    """The storefront must still be there for anything to be said about it."""
    return None if service is not None and service["status"] == "ACTIVE" else seen("gone")


def _unsettled(evidence, service):
    """What is wrong with a storefront that should have all its tasks, of which there are at least two."""
    want = max(service["desiredCount"], DAY_DESIRED)
    healthy = _healthy(evidence, "web")
    if service["runningCount"] == want and healthy == want:
        return None
    return seen(
        "not-settled",
        running=service["runningCount"],
        healthy=healthy,
        want=want,
        now=evidence.now_ms,
        event=service["events"][0]["message"],
    )


@check("1.1", points=2)
def night(evidence: Evidence) -> Finding:
    """What happened in the night, read from the events and the stopped tasks."""
    answer = evidence.answer
    keys = ("unhealthy", "replacement", "reason", "crashed")
    if not isinstance(answer, dict) or any(not isinstance(answer.get(key), str) for key in keys):
        return seen("no-answer", answer=answer)
    messages = _messages(evidence, "web")
    sick, reason = next(found for one in messages if (found := UNHEALTHY_EVENT.search(one))).groups()
    successor = next(found for one in messages if (found := REPLACED_EVENT.search(one))).group(1)
    codes = _stopped_with(evidence.journal, "web")
    crashed = next(task for task, code in codes.items() if code == EXITED)
    have = {key: _id(answer[key]) for key in keys}
    if have["unhealthy"] == successor and have["replacement"] == sick:
        return seen("swapped", task=sick)
    if have["unhealthy"] != sick:
        mistake = "crashed-not-unhealthy" if have["unhealthy"] == crashed else "unhealthy"
        return seen(mistake, have=answer["unhealthy"])
    if have["replacement"] != successor:
        started = " ".join(one for one in messages if STARTED_EVENT.search(one) and "replaced" not in one)
        mistake = "other-start" if have["replacement"] and have["replacement"] in started else "replacement"
        return seen(mistake, have=answer["replacement"])
    if answer["reason"].strip().rstrip(".") != reason:
        return seen("reason", have=answer["reason"])
    if have["crashed"] != crashed:
        code = codes.get(have["crashed"] or "")
        return (
            seen("other-code", have=have["crashed"], code=code)
            if code
            else seen("crashed", have=answer["crashed"])
        )
    return passed(unhealthy=sick[:8], replacement=successor[:8], crashed=crashed[:8], reason=reason)


def _newest_try(evidence):
    """Stop code by task and the desired counts of web: of the newest try, if it has both ends, or of all."""
    newest, every = _since_three(evidence), _yours(evidence)
    chosen = newest if {USER, EXITED} <= set(_stopped_with(newest, "web").values()) else every
    return _stopped_with(chosen, "web"), _desired_counts(evidence, "web", chosen)


@check("1.2", points=2)
def heals(evidence: Evidence) -> Finding:
    """One task stopped, one crashed, and the service has its three healthy tasks again."""
    service = _service(evidence, "web")
    if (gone := _gone(service)) is not None:
        return gone
    codes, counts = _newest_try(evidence)
    if USER not in codes.values():
        return seen("nobody-stopped")
    if EXITED not in codes.values():
        return seen("nobody-crashed")
    moved = counts if counts not in ([], [DAY_DESIRED]) else []  # task 3 asks for that one
    if moved:
        return seen("by-hand", have=moved[0])
    late = _unsettled(evidence, service)
    if late is not None:
        return late
    answer = evidence.answer
    right = {"stopped": USER, "crashed": EXITED}
    if not isinstance(answer, dict) or set(answer) != set(right):
        return seen("no-answer", answer=answer)
    if answer == {"stopped": EXITED, "crashed": USER}:
        return seen("swapped")
    wrong = next((name for name in right if answer[name] != right[name]), None)
    if wrong is not None:
        return seen("code", name=wrong, have=answer[wrong])
    ended = [task for task, code in codes.items() if code in (USER, EXITED)]
    last = max(
        (
            entry.at_ms
            for entry in _yours(evidence)
            if entry.subject in ended
            and entry.kind == "task.status"
            and entry.fields["status"] == "DEACTIVATING"
        ),
        default=0,
    )
    if highest(healthy_targets(evidence, "web", last, evidence.now_ms)).count < NIGHT_DESIRED:
        return seen("fewer", want=NIGHT_DESIRED, at=last)
    ended = [task[:8] for task in ended]
    return passed(ended=ended, desired=service["desiredCount"])


def _start_delay_s(evidence):
    definition = evidence.client("ecs").describe_task_definition(taskDefinition="api:1")["taskDefinition"]
    environment = definition["containerDefinitions"][0]["environment"]
    return int(next(one["value"] for one in environment if one["name"] == "START_DELAY").rstrip("s"))


def _group_of_the_api(evidence):
    return evidence.client("elbv2").describe_target_groups(
        TargetGroupArns=[evidence.given["api_target_group_arn"]]
    )["TargetGroups"][0]


@check("2.1", points=3)
def grace(evidence: Evidence) -> Finding:
    """The slow api is given the time that it needs, and not for ever."""
    service = _service(evidence, "api")
    if service is None or service["status"] != "ACTIVE":
        return seen("gone", status=service["status"] if service else "MISSING")
    if service["desiredCount"] != API_DESIRED:
        return seen("desired", have=service["desiredCount"])
    definition = service["taskDefinition"].rsplit("/", 1)[1]
    if definition != "api:1":
        return seen("other-revision", have=definition)
    period = service.get("healthCheckGracePeriodSeconds", 0)
    group = _group_of_the_api(evidence)
    interval = group["HealthCheckIntervalSeconds"]
    blind = interval * group["UnhealthyThresholdCount"]
    if period > GRACE_MAX_S:
        return seen("too-generous", have=period, most=GRACE_MAX_S)
    if blind > GRACE_MAX_S:
        return seen("blind", have=blind, most=GRACE_MAX_S)
    healthy = _healthy(evidence, "api")
    steady = len(service["deployments"]) == 1 and service["deployments"][0]["rolloutState"] == "COMPLETED"
    delay = _start_delay_s(evidence)
    about = {"have": period, "delay": delay, "interval": interval, "back": group["HealthyThresholdCount"]}
    too_little = None if blind > delay else _too_little(about, steady=steady)
    if too_little is not None:
        return too_little
    if steady and healthy == API_DESIRED == service["runningCount"]:
        return passed(**about, need=delay + interval * group["HealthyThresholdCount"])
    return _not_there(evidence, about) or seen(
        "not-yet", running=service["runningCount"], healthy=healthy, now=evidence.now_ms
    )


def _too_little(about, *, steady):
    """What is wrong with a grace period under which no task of the api would start, however well it runs now."""
    period, delay = about["have"], about["delay"]
    if period == 0:
        return seen("no-grace", **about)
    if period < delay:
        return seen("shorter-than-the-start", **about)
    if steady and period < delay + about["interval"] * (about["back"] - 1):
        return seen("older-tasks", **about)
    return None


def _not_there(evidence, about):
    """Whether a task that was started under the newest settings was stopped all the same."""
    changed = [call for call in evidence.called("UpdateService") if "api" in str(call.params.get("service"))]
    since = changed[-1].at_ms if changed else 0
    fresh = {
        entry.subject
        for entry in evidence.entries("task.status", start_ms=since, service="api", status="PROVISIONING")
    }
    killed = [
        entry
        for entry in evidence.entries("decision", start_ms=since)
        if entry.subject in fresh and str(entry.fields.get("code")).startswith("replace.")
    ]
    if killed:
        return seen("no-time-to-come-back", at=killed[0].at_ms, task=killed[0].subject[:8], **about)
    return None


@check("3.1", points=3)
def scale_in(evidence: Evidence) -> Finding:
    """One task fewer, its target drains, and the learner saw it."""
    service = _service(evidence, "web")
    if (gone := _gone(service)) is not None:
        return gone
    if service["desiredCount"] == NIGHT_DESIRED:
        stopped = [code for code in _stopped_with(_yours(evidence), "web").values() if code == USER]
        return seen("stopped-by-hand" if len(stopped) > 1 else "not-scaled-in", have=service["desiredCount"])
    if service["desiredCount"] != DAY_DESIRED:
        return seen("desired", have=service["desiredCount"])
    counts = _desired_counts(evidence, "web", _since_three(evidence))
    lower = [count for count in counts if count < DAY_DESIRED]
    if lower:
        return seen("went-lower", have=lower[0])
    left = [
        entry.subject
        for entry in _yours(evidence)
        if entry.kind == "decision" and entry.fields.get("code") == "scale.in"
    ]
    left = [task for task in left if task in _stopped_with(_yours(evidence), "web")]
    if not left:
        return seen("nothing-moved", now=evidence.now_ms)
    return _wrong_look(evidence, left) or passed(task=left[0][:8], delay=_drained_s(evidence, left))


def _drained_s(evidence, left):
    """For how many seconds the target of a surplus task drained."""
    return next(
        int(entry.fields["why"]["delay_s"])
        for entry in evidence.entries("decision", code="task.waits_for_draining")
        if entry.subject in left
    )


def _wrong_look(evidence, left):
    """What is wrong with what was handed over about the task that leaves, or None."""
    answer = evidence.answer
    if not isinstance(answer, dict) or set(answer) != {"task", "status", "drains_for"}:
        return seen("no-answer", answer=answer)
    if _id(answer["task"]) not in left:
        running = {task.id for task in evidence.picture.tasks if task.last_status == "RUNNING"}
        return seen("still-there" if _id(answer["task"]) in running else "other-task", have=answer["task"])
    status = answer["status"]
    if status != "DEACTIVATING":
        mistake = (
            "too-late"
            if status in ("STOPPING", "DEPROVISIONING", "STOPPED")
            else "target-state"
            if isinstance(status, str) and status.lower() == "draining"
            else "too-early"
            if status == "RUNNING"
            else "status"
        )
        return seen(mistake, have=status)
    delay = _drained_s(evidence, left)
    try:
        have = float(str(answer["drains_for"]).rstrip("s"))
    except ValueError:
        return seen("no-number", have=answer["drains_for"])
    if have == delay:
        return None
    if have == 300:
        return seen("the-default", have=answer["drains_for"])
    return seen("longer" if delay < have < delay + 60 else "drains-for", have=answer["drains_for"])


@check("4.1", points=3)
def who_goes_first(evidence: Evidence) -> Finding:
    """An unhealthy task replaced twice: with room above, and without."""
    service = _service(evidence, "web")
    if (gone := _gone(service)) is not None:
        return gone
    mine = [entry for entry in _yours(evidence) if entry.kind == "decision"]
    tasks = {
        entry.subject
        for entry in _yours(evidence)
        if entry.kind == "task.status" and entry.fields.get("service") == "web"
    }
    started = [
        e for e in mine if e.fields.get("code") == "replace.start_first" and e.subject == f"{CLUSTER}/web"
    ]
    stopped = [e for e in mine if e.fields.get("code") == "replace.stop_first" and e.subject in tasks]
    if not started and not stopped:
        faults = [e for e in _yours(evidence) if e.kind == "fault" and e.subject in ("fail_health", "hang")]
        return seen("waiting" if faults else "nobody-unhealthy", now=evidence.now_ms)
    settings = service["deploymentConfiguration"]
    percents = {"minimum": settings["minimumHealthyPercent"], "maximum": settings["maximumPercent"]}
    if not started:
        return seen("never-with-room", **percents)
    if not stopped:
        return seen("never-without-room", **percents)
    late = _unsettled(evidence, service)
    if late is not None:
        return late
    wrong = _wrong_order(evidence.answer, start=started[0].at_ms, stop=stopped[0].at_ms)
    return wrong or passed(start=started[0].at_ms, stop=stopped[0].at_ms)


def _wrong_order(answer, *, start, stop):
    """What is wrong with the two orders that were handed over, or None."""
    if not isinstance(answer, dict) or set(answer) != {"with_room", "without_room", "decided_by"}:
        return seen("no-answer", answer=answer)
    if (answer["with_room"], answer["without_room"]) == ("stop", "start"):
        return seen("swapped")
    if answer["with_room"] != "start":
        return seen("with-room", have=answer["with_room"], at=start)
    if answer["without_room"] != "stop":
        return seen("without-room", have=answer["without_room"], at=stop)
    if answer["decided_by"] == "minimumHealthyPercent":
        return seen("the-floor")
    if answer["decided_by"] != "maximumPercent":
        return seen("decided-by", have=answer["decided_by"])
    return None


def _fewest_running(entries, service, start_ms):
    """The fewest RUNNING tasks of a service that are meant to run, from a moment on; and when."""
    running, fewest, at = set(), None, start_ms
    moments = [e for e in entries if e.kind == "task.status" and e.fields.get("service") == service]
    for nth, entry in enumerate(moments):
        counts = entry.fields["status"] == "RUNNING" and entry.fields["desired"] == "RUNNING"
        (running.add if counts else running.discard)(entry.subject)
        last = nth + 1 == len(moments) or moments[nth + 1].at_ms > entry.at_ms
        over = nth + 1 == len(moments) or moments[nth + 1].at_ms > start_ms
        if last and over and (fewest is None or len(running) < fewest):
            fewest, at = len(running), max(entry.at_ms, start_ms)
    return fewest or 0, at


@check("5.1", points=3)
def moves_again(evidence: Evidence) -> Finding:
    """The worker's deployment moved: never fewer than the desired count, at most one more."""
    tries = rollouts(evidence, f"{CLUSTER}/worker")
    first = tries[0]
    began = max(one.start_ms for one in tries[1:] if one.task_definition == "worker:2")
    desired = len(
        {
            e.subject
            for e in evidence.entries("task.status", service="worker", deployment=first.id)
            if e.at_ms < began
        }
    )
    service = _service(evidence, "worker")
    if service is None or service["status"] != "ACTIVE":
        return seen("deleted", status=service["status"] if service else "MISSING")
    moved = [
        e.fields["desired"]
        for e in _yours(evidence)
        if e.kind == "service.desired" and e.subject == f"{CLUSTER}/worker" and e.fields["desired"] != desired
    ]
    if moved or service["desiredCount"] != desired:
        return seen("desired", have=moved[0] if moved else service["desiredCount"], want=desired)
    most = highest(tasks_not_stopped(evidence, "worker", began, evidence.now_ms))
    if most.count > desired + 1:
        return seen("too-many", count=most.count, want=desired + 1, start=most.start_ms, end=most.end_ms)
    fewest, at = _fewest_running(evidence.journal, "worker", began)
    if fewest < desired:
        return seen("dip", count=fewest, want=desired, at=at)
    settings = service["deploymentConfiguration"]
    minimum, maximum = settings["minimumHealthyPercent"], settings["maximumPercent"]
    floor, ceiling = -(-desired * minimum // 100), desired * maximum // 100
    about = {"minimum": minimum, "maximum": maximum, "floor": floor, "ceiling": ceiling, "desired": desired}
    primary = next(one for one in service["deployments"] if one["status"] == "PRIMARY")
    revision = primary["taskDefinition"].rsplit("/", 1)[1]
    if revision != "worker:2":
        return seen("went-back", have=revision)
    if primary["rolloutState"] != "COMPLETED":
        return seen("stuck" if floor >= desired >= ceiling else "not-yet", now=evidence.now_ms, **about)
    return passed(**about)


@check("6.1", points=2)
def deleted(evidence: Evidence) -> Finding:
    """The api is INACTIVE, and the learner has seen it in the right place."""
    for other in ("web", "worker"):
        service = _service(evidence, other)
        if service is None or service["status"] != "ACTIVE":
            return seen("wrong-service", name=other)
    service = _service(evidence, "api")
    if service is None or service["status"] == "INACTIVE":
        answer = evidence.answer
        if isinstance(answer, str) and answer.strip() == "INACTIVE":
            return passed()
        if answer == "DRAINING":
            return seen("looked-too-early")
        if isinstance(answer, list | dict | bool | int):
            return seen("not-a-status", answer=answer)
        return seen("no-answer", answer=answer)
    if service["status"] == "DRAINING":
        return seen("draining", now=evidence.now_ms)
    refused = [c for c in evidence.calls if c.operation == "DeleteService" and c.error]
    if service["desiredCount"] == 0:
        return seen("only-scaled")
    return seen("refused" if refused else "not-deleted", desired=service["desiredCount"])
