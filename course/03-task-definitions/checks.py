"""The checks of lab 03: a size, a secret, an order, a health check, a restart, a digest, and a task that never ran."""

from __future__ import annotations

import json

from ecsim.decide.task.fargate import smallest
from ecslab.lab.checks import Evidence, Finding, check, passed, seen

CLUSTER, PORT = "shop", 8080
NOTICED_WITHIN_MS = 40_000
FIVE_MINUTES_MS = 300_000
ENDS_IN_FIVE_MINUTES = 4
"""The exporter works for a minute at a time: so often it ends in five minutes."""


def _revisions(evidence, family):
    """The ACTIVE revisions of a family as DescribeTaskDefinition shows them, oldest first."""
    ecs = evidence.client("ecs")
    arns = ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]
    found = [ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"] for arn in arns]
    return [one for one in found if one["family"] == family]


def _container(definition, name):
    found = (one for one in definition["containerDefinitions"] if one["name"] == name)
    return next(found, None)


def _short(definition):
    return f"{definition['family']}:{definition['revision']}"


def _tasks(evidence, definitions):
    """The standalone tasks of these revisions, oldest first, each with its revision."""
    by_arn = {one["taskDefinitionArn"]: one for one in definitions}
    return [
        (task, by_arn[task.task_definition_arn])
        for task in evidence.picture.tasks
        if task.task_definition_arn in by_arn and task.service_arn is None
    ]


def _running(task):
    return task.last_status == "RUNNING" and task.desired_status == "RUNNING"


def _reason(tasks):
    """Why the newest of these tasks ended, or a dash."""
    return next((task.stopped_reason for task, _ in reversed(tasks) if task.stopped_reason), None) or "-"


@check("1.1", points=2)
def size(evidence: Evidence) -> Finding:
    """`report` is registered for Fargate in the smallest size in which it fits."""
    found = _revisions(evidence, "report")
    if not found:
        refused = [c for c in evidence.calls if c.operation == "RegisterTaskDefinition" and c.error]
        return seen("refused", times=len(refused)) if refused else seen("no-revision")
    newest = found[-1]
    if "FARGATE" not in newest.get("requiresCompatibilities", []):
        return seen("not-for-fargate", revision=_short(newest))
    image = newest["containerDefinitions"][0]["image"]
    if "/report:" not in image:
        return seen("image", have=image)
    needs = evidence.given["report_needs"]
    cpu, memory = int(newest["cpu"]), int(newest["memory"])
    about = {"cpu": cpu, "memory": memory, "cpu_needed": needs["cpu"], "memory_needed": needs["memory"]}
    if cpu < needs["cpu"] or memory < needs["memory"]:
        return seen("too-small", **about)
    if (cpu, memory) != smallest(needs["cpu"], needs["memory"]):
        return seen("too-large", **about)
    return passed(revision=_short(newest), **about)


def _secret_value(evidence):
    """The password, read as a grader may: from the starting state's secret."""
    value = evidence.client("secretsmanager").get_secret_value(SecretId=evidence.given["secret_arn"])
    return json.loads(value["SecretString"])["password"]


def _address_of(container, name):
    found = (one["valueFrom"] for one in container.get("secrets", []) if one["name"] == name)
    return next(found, None)


def _names_the_password(evidence, address):
    """Whether a `valueFrom` is the secret's key `password`, in any of the forms that ECS takes."""
    arn = evidence.given["secret_arn"]
    parts = address.split(":")
    secret, key = ":".join(parts[:7]), (parts[7] if len(parts) > 7 else "")
    return (secret == arn or arn.rsplit("-", 1)[0] == secret) and key == "password"


@check("2.1", points=3)
def secret(evidence: Evidence) -> Finding:
    """`web` gets its password by address, and the learner saw that it arrived."""
    found = _revisions(evidence, "web")
    if not found:
        return seen("no-revision")
    password = _secret_value(evidence)
    open_ones = [_short(one) for one in found if password in json.dumps(one, default=str)]
    if open_ones:
        return seen("in-the-open", revisions=open_ones)
    with_secret = [one for one in found if (c := _container(one, "web")) and _address_of(c, "DB_PASSWORD")]
    if not with_secret:
        return seen("no-secret", revision=_short(found[-1]))
    stages = [
        one
        for one in with_secret
        if {"name": "STAGE", "value": "test"} in _container(one, "web").get("environment", [])
    ]
    if not stages:
        return seen("no-stage", revision=_short(with_secret[-1]))
    right = [
        one
        for one in stages
        if _names_the_password(evidence, _address_of(_container(one, "web"), "DB_PASSWORD"))
    ]
    answer = evidence.answer.strip() if isinstance(evidence.answer, str) else evidence.answer
    if not right:
        address = _address_of(_container(stages[-1], "web"), "DB_PASSWORD")
        return seen("whole-secret" if address == evidence.given["secret_arn"] else "other-key", have=address)
    ran = [task for task, _ in _tasks(evidence, right) if task.started_at_ms is not None]
    if not ran:
        return seen("never-ran", reason=_reason(_tasks(evidence, right)))
    if answer != password:
        return seen("no-answer") if answer is None else seen("value", have=str(answer))
    return passed(revision=_short(right[-1]), task=ran[-1].id[:8])


def _ended(evidence, task_id, container):
    """When a container of a task ended, and with which code: a list."""
    return [
        (entry.at_ms, entry.fields["exit_code"])
        for entry in evidence.entries("container.exit")
        if entry.subject == task_id and entry.fields["container"] == container
    ]


@check("3.1", points=3)
def order(evidence: Evidence) -> Finding:
    """The storefront starts after a migration that succeeded, and never after one that failed."""
    found = [one for one in _revisions(evidence, "web") if _container(one, "migrate")]
    if not found:
        return seen("no-migration")
    tasks = [(task, _ended(evidence, task.id, "migrate")) for task, _ in _tasks(evidence, found)]
    good = [(task, ended[0][0]) for task, ended in tasks if ended and ended[0][1] == 0]
    bad = [(task, ended[0][0]) for task, ended in tasks if ended and ended[0][1] != 0]
    newest = [*good[-1:], *bad[-1:]]  # an earlier try was one
    early = [task for task, at in newest if (began := _began(task)) is not None and began < at]
    if early:
        return seen("side-by-side", task=early[-1].id[:8])
    if bad and _began(bad[-1][0]) is not None:
        return seen("in-spite-of-failure", task=bad[-1][0].id[:8])
    served = [(task, at) for task, at in good[-1:] if _began(task) is not None]
    if good and not served:
        return seen("not-yet", task=good[-1][0].id[:8])
    if not served:
        return seen("no-good-run", reason=_reason(_tasks(evidence, found)))
    if not bad:
        return seen("no-failing-run")
    task, at = served[-1]
    return passed(at=at, began=_began(task), failed=bad[-1][0].id[:8])


def _began(task):
    """When the storefront's container started, or None."""
    container = task.container("web")
    return container.started_at_ms if container is not None else None


def _slow(evidence):
    """The revisions of `web` that load their whole catalogue, and their tasks."""
    wanted = {"name": "START_DELAY", "value": evidence.given["start_delay"]}
    found = [
        one
        for one in _revisions(evidence, "web")
        if (c := _container(one, "web")) and wanted in c.get("environment", [])
    ]
    return found, [
        (task, one) for task, one in _tasks(evidence, found) if _container(one, "web").get("healthCheck")
    ]


def _health(evidence, task_id):
    """The changes of a container's health in a task: (moment, health)."""
    return [
        (entry.at_ms, entry.fields["health"])
        for entry in evidence.entries("container.health")
        if entry.subject == task_id and entry.fields["container"] == "web"
    ]


def _first_fault(evidence, task):
    """When the program of a task was first made to fail, or None."""
    return next(
        (
            entry.at_ms
            for entry in evidence.entries("fault")
            if entry.subject in ("fail_health", "hang")
            and str(entry.fields.get("match")) in ("*", task.id)
            and (task.started_at_ms or 0) <= entry.at_ms
        ),
        None,
    )


@check("4.1", points=2)
def healthy_start(evidence: Evidence) -> Finding:
    """A slow start is not called unhealthy."""
    found, checked = _slow(evidence)
    if not found:
        return seen("no-delay", want=evidence.given["start_delay"])
    if not checked:
        return seen("no-health-check", revision=_short(found[-1]))
    best = None
    for task, one in reversed(checked):
        broken_at = _first_fault(evidence, task)
        before = [
            (at, health) for at, health in _health(evidence, task.id) if broken_at is None or at < broken_at
        ]
        states = [health for _, health in before]
        if states == ["HEALTHY"] and (task.started_at_ms or 0) > 0:
            return passed(revision=_short(one), after=(before[0][0] - _began(task)) // 1000)
        best = best or (task, one, before)
    task, one, before = best
    about = {"task": task.id[:8], "revision": _short(one)}
    if "UNHEALTHY" in [health for _, health in before]:
        came_back = "HEALTHY" in [health for _, health in before]
        at = next(at for at, health in before if health == "UNHEALTHY")
        period = _container(one, "web")["healthCheck"].get("startPeriod", 0)
        return seen("too-early" if came_back else "never-healthy", at=at, period=period, **about)
    return seen("not-yet", now=evidence.now_ms, **about)


@check("4.2", points=1)
def notices(evidence: Evidence) -> Finding:
    """A program that fails later is noticed soon."""
    found, checked = _slow(evidence)
    if not found or not checked:
        return seen("no-health-check")
    broken = [(task, one, at) for task, one in checked if (at := _first_fault(evidence, task)) is not None]
    if not broken:
        return seen("nobody-broke-it")
    finding = None
    for task, one, at in reversed(broken):
        after = [when for when, health in _health(evidence, task.id) if when >= at and health == "UNHEALTHY"]
        was_well = any(health == "HEALTHY" and when < at for when, health in _health(evidence, task.id))
        if was_well and after and after[0] - at <= NOTICED_WITHIN_MS:
            return passed(seconds=(after[0] - at) / 1000, task=task.id[:8])
        if finding is not None:
            continue
        if not was_well:
            finding = seen("broken-before-healthy", task=task.id[:8])
        elif after:
            finding = seen("too-slow", seconds=(after[0] - at) / 1000, most=NOTICED_WITHIN_MS // 1000)
        elif evidence.now_ms - at < NOTICED_WITHIN_MS:
            finding = seen("not-yet", now=evidence.now_ms)
        else:
            command = " ".join(_container(one, "web")["healthCheck"]["command"])
            finding = seen("asks-nobody", command=command)
    return finding


@check("5.1", points=2)
def restarts(evidence: Evidence) -> Finding:
    """The task outlives its sidecar, and the sidecar comes back."""
    found = [one for one in _revisions(evidence, "web") if _container(one, "exporter")]
    if not found:
        return seen("no-exporter")
    if not any("crash-later" in _container(one, "exporter")["image"] for one in found):
        return seen("other-image", have=_container(found[-1], "exporter")["image"])
    tasks = [
        (task, one)
        for task, one in _tasks(evidence, found)
        if "crash-later" in _container(one, "exporter")["image"] and task.started_at_ms is not None
    ]
    if not tasks:
        return seen("never-ran", reason=_reason(_tasks(evidence, found)))
    for task, one in reversed(tasks):
        ends = len(_ended(evidence, task.id, "exporter"))
        lived = (task.stopping_at_ms or task.stopped_at_ms or evidence.now_ms) - task.started_at_ms
        if ends >= ENDS_IN_FIVE_MINUTES - 1 and lived >= FIVE_MINUTES_MS * 0.9 and _came_back(task, ends):
            return passed(ends=ends, restarts=task.container("exporter").restart_count, revision=_short(one))
    task, one = tasks[-1]
    ends = len(_ended(evidence, task.id, "exporter"))
    if task.stop_code == "EssentialContainerExited":
        return seen("task-ended", task=task.id[:8])
    if ends and not _came_back(task, ends):
        policy = _container(one, "exporter").get("restartPolicy", {})
        if not policy.get("enabled"):
            return seen("stays-dead", task=task.id[:8])
        if 1 in policy.get("ignoredExitCodes", []):
            return seen("ignored", codes=policy["ignoredExitCodes"])
        return seen("period", have=policy.get("restartAttemptPeriod", FIVE_MINUTES_MS // 1000))
    return seen("not-long-enough", ends=ends, now=evidence.now_ms)


def _came_back(task, ends):
    """Whether a restart followed each end of the exporter; the last may be under way, or the task has been stopped."""
    return task.container("exporter").restart_count >= ends - (task.stop_code is not None)


@check("6.1", points=2)
def moving_tag(evidence: Evidence) -> Finding:
    """One revision, one tag, two programs."""
    found = [
        one
        for one in _revisions(evidence, "pinned")
        if (c := _container(one, "web")) and c["image"] == evidence.given["repository"] + ":1.0"
    ]
    if not found:
        return seen("no-revision", want=evidence.given["repository"] + ":1.0")
    ran = {}
    for task, one in _tasks(evidence, found):
        digest = task.container("web").image_digest
        if digest:
            ran.setdefault(one["revision"], {})[digest] = task.id
    if not ran:
        return seen("never-ran", reason=_reason(_tasks(evidence, found)))
    pairs = [list(digests) for digests in ran.values() if len(digests) > 1]
    if not pairs:
        return seen("other-revision" if len({d for ds in ran.values() for d in ds}) > 1 else "same-program")
    answer = evidence.answer
    if not isinstance(answer, dict) or set(answer) != {"before", "after"}:
        return seen("no-answer", answer=answer)
    have = (answer["before"], answer["after"])
    two = next((pair for pair in pairs if have in ((pair[0], pair[-1]), (pair[-1], pair[0]))), pairs[-1])
    if have == (two[-1], two[0]):
        return seen("swapped")
    for name, digest in (("before", two[0]), ("after", two[-1])):
        if answer[name] != digest:
            return seen("digest", name=name, have=str(answer[name]))
    return passed(before=two[0][7:15], after=two[-1][7:15])


def _first_meaning(evidence):
    """The digest that the tag 1.0 had at first: the oldest image of the repository."""
    images = evidence.client("ecr").describe_images(repositoryName="shop/web")["imageDetails"]
    return min(images, key=lambda one: one["imagePushedAt"])["imageDigest"]


@check("6.2", points=2)
def pinned(evidence: Evidence) -> Finding:
    """Tags cannot be moved any more, and a revision names the image itself."""
    repository = evidence.client("ecr").describe_repositories(repositoryNames=["shop/web"])["repositories"][0]
    found = _revisions(evidence, "pinned")
    first = _first_meaning(evidence)
    prefix = evidence.given["repository"] + "@"
    by_digest = [one for one in found if (c := _container(one, "web")) and c["image"].startswith(prefix)]
    if not by_digest:
        image = _container(found[-1], "web")["image"] if found and _container(found[-1], "web") else "-"
        return seen("still-a-tag", have=image)
    right = [one for one in by_digest if _container(one, "web")["image"] == prefix + first]
    if not right:
        return seen("other-digest", have=_container(by_digest[-1], "web")["image"].split("@")[1][7:15])
    ran = [task for task, _ in _tasks(evidence, right) if task.started_at_ms is not None]
    if not ran:
        return seen("never-ran", reason=_reason(_tasks(evidence, right)))
    if repository["imageTagMutability"] != "IMMUTABLE":
        return seen("mutable", have=repository["imageTagMutability"])
    return passed(revision=_short(right[-1]), digest=first[7:15])


@check("7.1", points=4)
def promotion(evidence: Evidence) -> Finding:
    """The promotion page runs, with its password and its logs."""
    found = _revisions(evidence, "promo")
    mine = [one for one in found if one["revision"] > 1]
    if not mine:
        return seen("nothing-changed", reason=_reason(_tasks(evidence, found)))
    tasks = _tasks(evidence, mine)
    up = [(task, one) for task, one in tasks if _running(task)]
    if not up:
        if any(task.last_status in ("PROVISIONING", "PENDING", "ACTIVATING") for task, _ in tasks):
            return seen("not-yet", now=evidence.now_ms)
        return seen("never-ran", reason=_reason(tasks), revision=_short(mine[-1]))
    finding = None
    for task, one in reversed(up):
        wrong = _less_than_promised(evidence, one)
        if wrong is None:
            return passed(revision=_short(one), task=task.id[:8], tries=len(_tasks(evidence, found)))
        finding = finding or wrong
    return finding


def _less_than_promised(evidence, definition):
    """What a running revision of the promotion page lacks, or None."""
    container = definition["containerDefinitions"][0]
    if "web:2.0" not in container["image"]:
        return seen("other-image", have=container["image"])
    address = _address_of(container, "DB_PASSWORD")
    if address is None:
        return seen("without-password", revision=_short(definition))
    if not _names_the_password(evidence, address):
        return seen("other-secret", have=address)
    logging = container.get("logConfiguration", {})
    if logging.get("logDriver") != "awslogs":
        return seen("without-logs", revision=_short(definition))
    return None
