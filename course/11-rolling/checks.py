"""The checks of lab 11: a rollout under traffic, the percents, no room, the breaker, a cause, a graceful program."""

from __future__ import annotations

from dataclasses import replace

from ecsim.clock.duration import clock_text
from ecslab.lab.checks import Evidence, Finding, check, passed, seen
from ecslab.lab.history import (
    entered,
    healthy_targets,
    highest,
    lowest,
    requests,
    rollouts,
    tasks_not_stopped,
)

LABEL, CLUSTER, SERVICE, GROUP = "shop/web", "shop", "web", "web"
STOCK = "public.ecr.aws/ecslab/web:"
DESIRED = 3
RATE = 10
DELAY_MAX_S = 60
SLOW_MS = 2_000
WINDOW_MS = 10_000
OK = 200


def _images(evidence):
    """Image of the container `web` by `family:revision`."""
    return {
        f"{one.family}:{one.revision}": next((c.image for c in one.containers if c.name == "web"), "-")
        for one in evidence.picture.task_definitions.values()
    }


def _rollouts_of(evidence, image):
    images = _images(evidence)
    return [one for one in rollouts(evidence, LABEL) if images.get(one.task_definition) == image]


def _now(evidence):
    service = evidence.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]
    primary = next(one for one in service["deployments"] if one["status"] == "PRIMARY")
    return service, primary


def _gone(evidence):
    """The service must still be there for anything to be said about it."""
    ecs = evidence.client("ecs")
    clusters = ecs.describe_clusters(clusters=[CLUSTER])["clusters"]
    if any(one["status"] == "ACTIVE" for one in clusters):
        found = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
        if any(one["status"] == "ACTIVE" for one in found):
            return None
    return seen("gone")


def _span(one, evidence):
    return one.start_ms, evidence.now_ms if one.end_ms is None else one.end_ms


def _first_failure(found):
    entry = found.failed[0]
    code, why = entry.fields.get("code"), entry.fields.get("why")
    because = (str(code), dict(why)) if code and isinstance(why, dict) else None
    return {
        "at": entry.at_ms,
        "status": entry.fields.get("status") or "-",
        "count": len(found.failed),
        "sent": found.sent,
        "because": because,
    }


def _dip(evidence, one, floor):
    """The first moment of a rollout with too few healthy targets, or None."""
    level = lowest(healthy_targets(evidence, GROUP, *_span(one, evidence)))
    if level.count >= floor:
        return None
    return seen("dip", healthy=level.count, start=level.start_ms, end=level.end_ms, floor=floor)


def _unfinished(one, evidence):
    if one.state == "IN_PROGRESS":
        event = _now(evidence)[0]["events"][0]["message"]
        return seen("unfinished", now=evidence.now_ms, revision=one.task_definition, event=event)
    return seen("failed", revision=one.task_definition, at=one.end_ms)


def _too_quiet(one, evidence):
    """Whether there was too little traffic in a rollout to prove anything.

    A tenth is allowed for rounding over the whole, half in any ten seconds. A request counts where a task of the
    service was asked, or nobody was there to be asked: another load balancer's answers prove nothing.
    """
    start, end = _span(one, evidence)
    own = {entry.subject: None for entry in evidence.entries("task.status", service=SERVICE)}
    at = [
        entry.at_ms
        for entry in evidence.entries("http", start_ms=start, end_ms=end)
        if entry.fields.get("task") in own or entry.fields.get("status") != OK
    ]
    want = int((end - start) / 1000 * RATE * 0.9)
    if len(at) < want:
        return seen("quiet", sent=len(at), want=want, start=start, end=end)
    for since in range(start, end - WINDOW_MS + 1, WINDOW_MS):
        sent, until = sum(since <= one_at < since + WINDOW_MS for one_at in at), since + WINDOW_MS
        if sent < (want := WINDOW_MS // 1000 * RATE // 2):
            return seen("quiet", sent=sent, want=want, start=since, end=until)
    return None


@check("1.1", points=2)
def version_two(evidence: Evidence) -> Finding:
    """web:2.0 came in by a rolling update, under traffic, and no request failed."""
    if (gone := _gone(evidence)) is not None:
        return gone
    tried = _rollouts_of(evidence, STOCK + "2.0")
    if not tried:
        return seen("not-rolled-out", revisions=[f"{n} = {image}" for n, image in _images(evidence).items()])
    done = [_unnoticed(evidence, one) for one in tried if one.state == "COMPLETED"]
    if not done:
        return _unfinished(tried[-1], evidence)
    return next((one for one in done if one.mistake is None), done[-1])


def _unnoticed(evidence, one):
    """What there is to say about a rollout that has completed."""
    quiet = _too_quiet(one, evidence)
    if quiet is not None:
        return quiet
    found = requests(evidence, *_span(one, evidence))
    if found.failed:
        return seen("failures", **_first_failure(found))
    dip = _dip(evidence, one, DESIRED)
    if dip is not None:
        return dip
    return passed(revision=one.task_definition, sent=found.sent, seconds=(one.end_ms - one.start_ms) // 1000)


@check("2.1", points=2)
def percents(evidence: Evidence) -> Finding:
    """What the two percents allow, in tasks."""
    answer = evidence.answer
    settings = evidence.given["settings"]
    if not isinstance(answer, dict) or set(answer) != set(settings):
        return seen("no-answer", answer=answer)
    for name, one in settings.items():
        desired, minimum, maximum = one["desiredCount"], one["minimumHealthyPercent"], one["maximumPercent"]
        row = answer[name]
        if not isinstance(row, list) or len(row) != 3:
            return seen("row", name=name, row=row)
        fewest, most = -(-desired * minimum // 100), desired * maximum // 100
        about = {"name": name, "desired": desired, "minimum": minimum, "maximum": maximum}
        if row[0] != fewest:
            mistake = "fewest-rounding" if row[0] == desired * minimum // 100 else "fewest"
            return seen(mistake, have=row[0], exact=round(desired * minimum / 100, 2), **about)
        if row[1] != most:
            mistake = "most-rounding" if row[1] == -(-desired * maximum // 100) else "most"
            return seen(mistake, have=row[1], exact=round(desired * maximum / 100, 2), **about)
        moves = most > desired or fewest < desired
        if row[2] is not moves:
            return seen("thinks-stuck" if moves else "thinks-moves", fewest=fewest, most=most, **about)
    return passed()


@check("3.1", points=3)
def no_room(evidence: Evidence) -> Finding:
    """web:3.0 came in with at most three tasks and at least two healthy targets."""
    if (gone := _gone(evidence)) is not None:
        return gone
    tried = _rollouts_of(evidence, STOCK + "3.0")
    if not tried:
        return seen("not-rolled-out", revisions=[f"{n} = {image}" for n, image in _images(evidence).items()])
    found = [_within_three(evidence, attempt) for attempt in _attempts(evidence, STOCK + "3.0")]
    return next((one for one in found if one.mistake is None), found[-1])


def _attempts(evidence, image):
    """The rollouts of an image: those that follow each other, with no other image in between, are one attempt."""
    images, found, before = _images(evidence), [], False
    for one in rollouts(evidence, LABEL):
        fits = images.get(one.task_definition) == image
        if fits and before:
            found[-1].append(one)
        elif fits:
            found.append([one])
        before = fits
    return found


def _within_three(evidence, attempt):
    """What there is to say about an attempt: from its first rollout to the end of the one that completed."""
    last = next((one for one in attempt if one.state == "COMPLETED"), attempt[-1])
    one = replace(last, start_ms=attempt[0].start_ms)
    start, end = _span(one, evidence)
    most = highest(tasks_not_stopped(evidence, None, start, end))
    if most.count > DESIRED:
        return seen("too-many", count=most.count, start=most.start_ms, end=most.end_ms)
    dip = _dip(evidence, one, 2)
    if dip is not None:
        return dip
    lowered = [
        entry
        for entry in evidence.entries("service.desired", start_ms=start, end_ms=end)
        if entry.subject == LABEL and entry.fields.get("desired") != DESIRED
    ]
    service, _primary = _now(evidence)
    if lowered or (service["desiredCount"] != DESIRED and one.state == "IN_PROGRESS"):
        return seen("desired", have=lowered[0].fields["desired"] if lowered else service["desiredCount"])
    if one.state != "COMPLETED":
        settings = service["deploymentConfiguration"]
        minimum, maximum = settings["minimumHealthyPercent"], settings["maximumPercent"]
        if DESIRED * maximum // 100 <= DESIRED and -(-DESIRED * minimum // 100) >= DESIRED:
            return seen("stuck", minimum=minimum, maximum=maximum)
        return _unfinished(one, evidence)
    return passed(seconds=(end - start) // 1000, start=start, end=end)


@check("4.1", points=3)
def breaker(evidence: Evidence) -> Finding:
    """The breaker caught the broken image and went back to version 3, and nobody was hurt."""
    if (gone := _gone(evidence)) is not None:
        return gone
    broken = _rollouts_of(evidence, STOCK + "broken")
    if not broken:
        return seen("not-rolled-out", revisions=[f"{n} = {image}" for n, image in _images(evidence).items()])
    one = broken[-1]
    wrong = _switch(evidence, one) or _dip(evidence, one, DESIRED) or _after_the_fall(evidence, one)
    if wrong is not None:
        return wrong
    trips = [
        entry
        for entry in evidence.entries("decision", start_ms=one.start_ms)
        if str(entry.fields.get("code")).startswith("breaker.trip")
    ]
    if not trips:
        return seen("no-trip", state=one.state)
    why, at = trips[0].fields["why"], trips[0].at_ms
    return passed(count=why["count"], threshold=why["threshold"], at=at, seconds=(at - one.start_ms) // 1000)


def _switch(evidence, one):
    """What is wrong with the breaker's settings."""
    service, primary = _now(evidence)
    switch = service["deploymentConfiguration"].get("deploymentCircuitBreaker", {})
    if not switch.get("enable"):
        return seen("no-breaker", failed=primary.get("failedTasks", 0), now=evidence.now_ms)
    return None if switch.get("rollback") else seen("no-rollback", state=one.state)


def _after_the_fall(evidence, one):
    """What is wrong with the service after the broken image."""
    service, primary = _now(evidence)
    if one.state == "IN_PROGRESS":
        return seen("undecided", failed=primary.get("failedTasks", 0), now=evidence.now_ms)
    back = _images(evidence).get(primary["taskDefinition"].rsplit("/", 1)[-1])
    if back != STOCK + "3.0":
        return seen("other-version", image=back)
    healthy = highest(healthy_targets(evidence, GROUP, evidence.now_ms, evidence.now_ms)).count
    if primary["rolloutState"] != "COMPLETED" or service["runningCount"] != DESIRED or healthy != DESIRED:
        return seen("not-settled", running=service["runningCount"], healthy=healthy, now=evidence.now_ms)
    settings = service["deploymentConfiguration"]
    percents = (settings["minimumHealthyPercent"], settings["maximumPercent"])
    return None if percents == (100, 200) else seen("percents", minimum=percents[0], maximum=percents[1])


@check("4.2", points=1)
def threshold(evidence: Evidence) -> Finding:
    """How many failed tasks the breaker waits for in a larger service."""
    desired = evidence.given["busy_desired_count"]
    right = min(200, max(3, -(-desired * 50 // 100)))
    answer = evidence.answer
    if not isinstance(answer, int) or isinstance(answer, bool):
        return seen("no-answer", answer=answer)
    if answer == right:
        return passed(desired=desired, right=right)
    if answer == 3:
        return seen("the-minimum", desired=desired)
    if answer == desired // 2:
        return seen("rounding", desired=desired, have=answer)
    return seen("wrong", desired=desired, have=answer)


@check("5.1", points=2)
def cause(evidence: Evidence) -> Finding:
    """The learner found the exit code and the missing setting."""
    answer = evidence.answer
    if not isinstance(answer, dict) or "exit_code" not in answer or "missing" not in answer:
        return seen("no-answer", answer=answer)
    images = _images(evidence)
    dead = [
        container
        for task in evidence.picture.tasks
        if images.get(task.task_definition_arn.rsplit("/", 1)[-1]) == STOCK + "broken"
        for container in task.containers
        if container.exit_code is not None
    ]
    if not dead:
        return seen("never-ran")
    code, missing = answer["exit_code"], answer["missing"]
    if code != dead[0].exit_code or isinstance(code, bool):
        return seen("exit-code", have=code)
    if not isinstance(missing, str) or missing.strip().upper() != "SHOP_CATALOG":
        return seen("missing", have=missing)
    return passed(exit_code=code)


@check("6.1", points=4)
def graceful(evidence: Evidence) -> Finding:
    """The learner's own program was replaced under traffic and nobody was cut off."""
    if (gone := _gone(evidence)) is not None:
        return gone
    repository = evidence.given["repository_uri"]
    images = _images(evidence)
    mine = [
        one for one in rollouts(evidence, LABEL) if images.get(one.task_definition, "").startswith(repository)
    ]
    if not mine:
        return seen("not-rolled-out", revisions=[f"{n} = {image}" for n, image in images.items()])
    done = [one for one in mine if one.state == "COMPLETED"]
    if not done:
        return _unfinished(mine[-1], evidence)
    again = [one for one in done if any(other.end_ms <= one.start_ms for other in done if other is not one)]
    if not again:
        return (
            _unfinished(mine[-1], evidence)
            if mine[-1] is not done[0]
            else seen("only-once", at=done[0].end_ms)
        )
    one = again[-1]
    quiet = _too_quiet(one, evidence)
    if quiet is not None:
        return quiet
    start, end = _span(one, evidence)
    found = requests(evidence, start, end)
    if found.failed:
        return seen("failures", **_first_failure(found))
    fast = [
        e
        for e in evidence.entries("http", start_ms=start, end_ms=end)
        if int(e.fields.get("ms") or 0) < SLOW_MS
    ]
    if fast:
        return seen("too-fast", ms=fast[0].fields.get("ms"), count=len(fast))
    return _exits(evidence, one, start, end)


def _exits(evidence, one, start, end):
    replaced = {
        entry.subject
        for entry in evidence.entries(
            "task.status", start_ms=start, end_ms=end, service=SERVICE, desired="STOPPED"
        )
        if entry.fields.get("deployment") != one.id
    }
    exits = [e for e in evidence.entries("container.exit", start_ms=start) if e.subject in replaced]
    if not exits:
        return seen("not-replaced", now=evidence.now_ms)
    bad = [entry for entry in exits if entry.fields.get("exit_code") != 0]
    if bad:
        return seen(
            "exit-code", task=bad[0].subject[:8], code=bad[0].fields.get("exit_code"), at=bad[0].at_ms
        )
    waited = [
        int(e.fields["why"]["delay_s"])
        for e in evidence.entries("decision", start_ms=start, end_ms=end, code="task.waits_for_draining")
        if e.subject in replaced
    ]
    delay = max([_delay(evidence), *waited])
    if delay > DELAY_MAX_S:
        return seen("delay", delay=delay, most=DELAY_MAX_S)
    found = requests(evidence, start, end)
    began = entered(evidence, exits[0].subject, "RUNNING")
    return passed(
        sent=found.sent, slowest=found.slowest_ms, exits=len(exits), delay=delay, since=clock_text(began or 0)
    )


def _delay(evidence):
    attributes = evidence.client("elbv2").describe_target_group_attributes(
        TargetGroupArn=evidence.given["target_group_arn"]
    )["Attributes"]
    return int(
        next(one["Value"] for one in attributes if one["Key"] == "deregistration_delay.timeout_seconds")
    )
