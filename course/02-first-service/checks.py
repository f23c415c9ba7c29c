"""The checks of lab 02: a cluster, a task definition, a trial task, a service, customers, scaling, healing."""

from __future__ import annotations

from ecslab.lab.checks import Evidence, Finding, check, passed, seen
from ecslab.lab.history import entered

CLUSTER, SERVICE, FAMILY, CONTAINER = "shop", "web", "web", "web"
IMAGE = "public.ecr.aws/ecslab/web:1.0"
TASK_ID = 32


def _last(arn):
    return str(arn).rsplit("/", 1)[-1]


def _service(evidence):
    found = evidence.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    return next((one for one in found if one["status"] == "ACTIVE"), None)


def _no_service(evidence):
    names = sorted({f"{s.cluster_arn.rsplit('/', 1)[1]}/{s.name}" for s in evidence.picture.services})
    return seen("no-service", names=names)


def _healthy(evidence):
    """The service's own healthy targets: an address that somebody registered by hand is not one."""
    answer = evidence.client("elbv2").describe_target_health(
        TargetGroupArn=evidence.given["target_group_arn"]
    )
    own = [task.eni.private_ip for task in evidence.picture.tasks if task.eni and _of_the_service(task)]
    return [
        one
        for one in answer["TargetHealthDescriptions"]
        if one["TargetHealth"]["State"] == "healthy" and one["Target"]["Id"] in own
    ]


def _of_the_service(task):
    return str(task.service_arn).endswith(f"/{CLUSTER}/{SERVICE}") and not task.is_stopped


def _running_at(evidence, at_ms):
    """The service's tasks that were RUNNING at a moment, before what happened in it."""
    running = {}
    for entry in evidence.entries("task.status", service=SERVICE):
        if entry.at_ms >= at_ms:
            break
        if entry.fields["status"] == "RUNNING" and entry.fields["desired"] == "RUNNING":
            running[entry.subject] = None
        else:
            running.pop(entry.subject, None)
    return list(running)


def _has_cluster(evidence):
    clusters = evidence.client("ecs").describe_clusters(clusters=[CLUSTER])["clusters"]
    return any(one["status"] == "ACTIVE" for one in clusters)


@check("1.1", points=1)
def cluster(evidence: Evidence) -> Finding:
    """There is an ACTIVE cluster `shop`."""
    if _has_cluster(evidence):
        return passed()
    names = [_last(arn) for arn in evidence.client("ecs").list_clusters()["clusterArns"]]
    if any(name.lower() == CLUSTER for name in names):
        return seen("capitals", name=next(name for name in names if name.lower() == CLUSTER))
    if names == ["default"]:
        return seen("default")
    return seen("no-cluster", names=names)


@check("2.1", points=2)
def task_definition(evidence: Evidence) -> Finding:
    """The newest revision of `web` says what the task asks for."""
    ecs = evidence.client("ecs")
    arns = ecs.list_task_definitions(familyPrefix=FAMILY, status="ACTIVE", sort="DESC")["taskDefinitionArns"]
    if not arns:
        return seen("none", families=ecs.list_task_definition_families()["families"])
    definition = ecs.describe_task_definition(taskDefinition=arns[0])["taskDefinition"]
    revision = _last(arns[0])
    if "FARGATE" not in definition.get("requiresCompatibilities", []):
        return seen("not-fargate", revision=revision, have=definition.get("requiresCompatibilities", []))
    if (definition.get("cpu"), definition.get("memory")) != ("256", "512"):
        return seen("size", revision=revision, cpu=definition.get("cpu"), memory=definition.get("memory"))
    if definition.get("executionRoleArn") != evidence.given["execution_role_arn"]:
        return seen("role", revision=revision, role=_last(definition.get("executionRoleArn", "-")))
    containers = definition["containerDefinitions"]
    container = next((one for one in containers if one["name"] == CONTAINER), None)
    if container is None:
        return seen("container-name", revision=revision, names=[one["name"] for one in containers])
    if container["image"] != IMAGE:
        return seen("image", revision=revision, image=container["image"])
    port = evidence.given["port"]
    ports = [(p.get("containerPort"), p.get("protocol", "tcp")) for p in container.get("portMappings", [])]
    if (port, "tcp") not in ports:
        return seen("port", revision=revision, port=port, ports=[f"{p}/{protocol}" for p, protocol in ports])
    return _logs(evidence, container, revision)


def _logs(evidence, container, revision):
    logs = container.get("logConfiguration")
    if not logs or logs.get("logDriver") != "awslogs":
        return seen("no-logs", revision=revision, driver=(logs or {}).get("logDriver", "-"))
    region = evidence.picture.region
    want = {
        "awslogs-group": evidence.given["log_group"],
        "awslogs-region": region,
        "awslogs-stream-prefix": "web",
    }
    have = logs.get("options", {})
    for name, value in want.items():
        if have.get(name) != value:
            return seen("log-option", revision=revision, option=name, want=value, have=have.get(name, "-"))
    return passed(revision=revision)


@check("3.1", points=2)
def trial(evidence: Evidence) -> Finding:
    """A standalone task of `web` was RUNNING, its address was read, and it was stopped."""
    trials = [
        task
        for task in evidence.picture.tasks
        if task.service_arn is None
        and task.cluster_arn.endswith(f"/{CLUSTER}")
        and f"/{FAMILY}:" in task.task_definition_arn
    ]
    if not trials:
        failed = [call for call in evidence.calls if call.operation == "RunTask" and call.error]
        return seen("call-failed", error=failed[-1].error) if failed else seen("no-task")
    ran = [task for task in trials if entered(evidence, task.id, "RUNNING") is not None]
    if not ran:
        return _never_ran(evidence, trials[-1])
    wrong = _trial_network(evidence, ran) or _address(evidence, ran)
    if wrong is not None:
        return wrong
    still = [task for task in trials if task.desired_status != "STOPPED"]
    if still:
        return seen("still-running", tasks=[task.id[:8] for task in still])
    return passed(address=evidence.answer.strip())


def _never_ran(evidence, task):
    if task.is_stopped:
        return seen("never-ran", task=task.id[:8], reason=task.stopped_reason or "-")
    return seen("not-yet", task=task.id[:8], status=str(task.last_status), now=evidence.now_ms)


def _trial_network(evidence, ran):
    """What is wrong with where the trial ran: one task that is right is enough."""
    on_fargate = [task for task in ran if task.launch_type == "FARGATE"]
    if not on_fargate:
        return seen("launch-type", launch_type=ran[-1].launch_type)
    settings = [task.network_configuration.get("awsvpcConfiguration", {}) for task in on_fargate]
    group = evidence.given["web_security_group"]
    if not any(group in one.get("securityGroups", ()) for one in settings):
        return seen("security-group", have=list(settings[-1].get("securityGroups", ())), want=group)
    if not any(one.get("assignPublicIp") == "ENABLED" for one in settings):
        return seen("no-public-ip")
    return None


def _address(evidence, ran):
    """What is wrong with the address that was handed over."""
    answer = evidence.answer
    interfaces = [task.eni for task in ran if task.eni is not None]
    if answer is None:
        return seen("no-answer")
    if not isinstance(answer, str) or answer.strip() not in [eni.private_ip for eni in interfaces]:
        if answer in [eni.public_ip for eni in interfaces]:
            return seen("public-address", answer=answer)
        return seen("wrong-address", answer=answer)
    return None


@check("4.1", points=3)
def service(evidence: Evidence) -> Finding:
    """The service `web` runs two healthy tasks behind the load balancer."""
    if not _has_cluster(evidence):
        return _no_service(evidence)
    found = _service(evidence)
    if found is None:
        return _no_service(evidence)
    settings = _settings(evidence, found)
    return settings if settings is not None else _state(evidence, found, desired=2)


def _settings(evidence, found):
    balancers = found.get("loadBalancers", [])
    want = evidence.given["target_group_arn"]
    if not any(one.get("targetGroupArn") == want for one in balancers):
        return seen("no-balancer", have=[_last(_last(one.get("targetGroupArn", "-"))) for one in balancers])
    network = found.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    missing = [one for one in evidence.given["subnets"] if one not in network.get("subnets", [])]
    if missing:
        return seen("subnets", missing=missing)
    group = evidence.given["web_security_group"]
    if group not in network.get("securityGroups", []):
        return seen("security-group", have=network.get("securityGroups", []), want=group)
    if network.get("assignPublicIp") != "ENABLED":
        return seen("no-public-ip")
    providers = [one["capacityProvider"] for one in found.get("capacityProviderStrategy", [])]
    if found.get("launchType") != "FARGATE" and not any(one.startswith("FARGATE") for one in providers):
        return seen("launch-type", launch_type=found.get("launchType", "-"))
    family = _last(found["taskDefinition"]).split(":")[0]
    return None if family == FAMILY else seen("family", family=family)


def _state(evidence, found, *, desired):
    newest = found["events"][0]["message"] if found.get("events") else "-"
    if found["desiredCount"] != desired:
        return seen("desired", have=found["desiredCount"], want=desired)
    if found["runningCount"] != desired or found["pendingCount"] != 0:
        return seen(
            "not-running",
            running=found["runningCount"],
            pending=found["pendingCount"],
            want=desired,
            event=newest,
            now=evidence.now_ms,
        )
    healthy = _healthy(evidence)
    if len(healthy) != desired:
        return seen("not-healthy", healthy=len(healthy), want=desired, event=newest, now=evidence.now_ms)
    return passed(healthy=len(healthy))


def _nobody_served(evidence, answered):
    """No customer was served through the load balancer: was a task asked at its own address?"""
    if answered:
        return seen("past-the-door", requests=len(answered), url=evidence.given["url"])
    return seen("nobody-served", requests=len(evidence.entries("http")))


@check("5.1", points=2)
def customers(evidence: Evidence) -> Finding:
    """Customers reached every task, and the learner knows which."""
    door = evidence.given["url"].rstrip("/")
    answered = [entry for entry in evidence.entries("http", status=200) if entry.fields.get("task")]
    served = {str(entry.fields["task"]): None for entry in answered if door in entry.subject}
    if not served:
        return _nobody_served(evidence, answered)
    answer = evidence.answer
    if not isinstance(answer, list) or not answer or not all(isinstance(one, str) for one in answer):
        return seen("no-answer", answer=answer)
    given = [_last(one.strip()) for one in answer]
    if any(len(one) != TASK_ID for one in given):
        return seen("not-ids", example=next(one for one in given if len(one) != TASK_ID))
    if len(set(given)) != len(given):
        return seen("doubles", count=len(given), distinct=len(set(given)))
    wrong = [one for one in given if one not in served]
    if wrong:
        return seen("never-served", tasks=[one[:8] for one in wrong])
    missing = [task for task in served if task not in given]
    if missing:
        return seen("missing", tasks=[task[:8] for task in missing])
    if len(served) < 2:
        return seen("one-only", task=given[0][:8])
    return passed(count=len(given))


@check("6.1", points=2)
def scaled(evidence: Evidence) -> Finding:
    """Four tasks serve, and the first two were not replaced."""
    if not _has_cluster(evidence) or (found := _service(evidence)) is None:
        return _no_service(evidence)
    state = _state(evidence, found, desired=4)
    if state.mistake is not None:
        return state
    start = _grown_at(evidence)
    before = _running_at(evidence, start)
    if len(before) < 2:
        return seen("began-anew", running=len(before), at=start)
    ends = {}
    for entry in evidence.entries("task.status", service=SERVICE, desired="STOPPED"):
        ends.setdefault(entry.subject, entry)
    stops = [
        entry
        for entry in ends.values()
        if entry.at_ms >= start and entry.fields.get("stop_code") == "ServiceSchedulerInitiated"
    ]
    if stops:
        return seen(
            "replaced", task=stops[0].subject[:8], at=stops[0].at_ms, reason=stops[0].fields["stopped_reason"]
        )
    return passed()


def _grown_at(evidence):
    """When the desired count became 4 for the last time: going back to 2 and up again is another try."""
    start, before = 0, None
    for entry in evidence.entries("service.desired"):
        if entry.subject != f"{CLUSTER}/{SERVICE}":
            continue
        desired = entry.fields.get("desired")
        if desired == 4 and before != 4:
            start = entry.at_ms
        before = desired
    return start


@check("7.1", points=2)
def healed(evidence: Evidence) -> Finding:
    """A task was stopped, another took its place, and all four are healthy again."""
    if not _has_cluster(evidence) or (found := _service(evidence)) is None:
        return _no_service(evidence)
    killed = [
        e
        for e in evidence.entries("task.status", service=SERVICE, desired="STOPPED")
        if e.fields.get("stop_code") in ("UserInitiated", "EssentialContainerExited")
    ]
    if not killed:
        return seen("nobody-stopped")
    start = killed[0].at_ms
    born = {}
    for entry in evidence.entries("task.status", start_ms=start, service=SERVICE, status="PROVISIONING"):
        born.setdefault(entry.subject, entry.at_ms)
    state = _state(evidence, found, desired=4)
    if state.mistake is not None:
        return state
    answer = evidence.answer
    if not isinstance(answer, str) or not answer:
        return seen("no-answer", answer=answer)
    task = _last(answer.strip())
    if any(task == entry.subject for entry in killed):
        return seen("the-victim", task=task[:8])
    if task not in born:
        return seen("not-a-replacement", task=task[:8], stopped=killed[0].subject[:8])
    return passed(task=task[:8], victim=killed[0].subject[:8])
