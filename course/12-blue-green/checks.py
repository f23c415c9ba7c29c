"""The checks of lab 12: a shift under traffic, its numbers, a pause, a function as a gate, a canary, an alarm."""

from __future__ import annotations

from itertools import pairwise

from ecslab.lab.checks import Evidence, Finding, check, passed, seen
from ecslab.lab.history import healthy_targets, highest, requests, rollouts, tasks_not_stopped

LABEL, CLUSTER, SERVICE = "shop/web", "shop", "web"
GROUPS = ("web", "web-green")
SECOND, THIRD, FOURTH, FIFTH, SIXTH = (f"web:{n}" for n in range(2, 7))
RATE = 5
BAKE_MS = CANARY_MS = 5 * 60_000
FEW_TASKS_MS = 5_000
ASK_EVERY_MS = 120_000
SAMPLE = 100
HURT_MAX = 100
NEAR = 1.5
NOT_FOUND = 404
SHIFT = "PRODUCTION_TRAFFIC_SHIFT"
GATES = ("TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT")
"""Where green answers on the test port and no customer has met it."""


# What the journal knows of a deployment that shifts traffic


def _service(evidence):
    """The service as it is now, or None."""
    ecs = evidence.client("ecs")
    clusters = ecs.describe_clusters(clusters=[CLUSTER])["clusters"]
    if not any(one["status"] == "ACTIVE" for one in clusters):
        return None
    found = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    return next((one for one in found if one["status"] == "ACTIVE"), None)


def _attempts(evidence, revision):
    """The deployments of a revision that somebody asked for; a rollback's return is none."""
    return [one for one in rollouts(evidence, LABEL) if one.task_definition == revision and not one.returned]


def _end(one, evidence):
    return evidence.now_ms if one.end_ms is None else one.end_ms


def _stages(evidence, one):
    """The stages of a deployment, in order, on its way forward."""
    entries = evidence.entries("deployment.stage", service=LABEL)
    return [entry for entry in entries if entry.subject == one.id and not entry.fields["rollback"]]


def _entered(stages, name):
    return next((entry.at_ms for entry in stages if entry.fields["stage"] == name), None)


def _shares(stages):
    """Green's share of production, in percent, and since when: one pair for every change."""
    found = []
    for entry in stages:
        share = entry.fields["production"]
        if share != (found[-1][0] if found else 0):
            found.append((share, entry.at_ms))
    return found


def _green(evidence, one):
    """The tasks of a deployment."""
    entries = evidence.entries("task.status", service=SERVICE, deployment=one.id)
    return {entry.subject: None for entry in entries}


def _asked(evidence, address, start, end):
    """The requests to an address whose answers came in a span of time."""
    return [
        entry
        for entry in evidence.entries("http", start_ms=start, end_ms=end)
        if entry.subject.partition(" ")[2].startswith(address)
    ]


def _customers(evidence, start, end):
    return _asked(evidence, evidence.given["url"], start, end)


def _page(entry):
    """The path of a request, without what is behind a question mark."""
    address = entry.subject.partition(" ")[2].partition("://")[2]
    return "/" + address.partition("/")[2].partition("?")[0]


def _met(evidence, one):
    """The customers whom the deployment's tasks answered."""
    green = _green(evidence, one)
    found = _customers(evidence, one.start_ms, None)
    return [entry for entry in found if entry.fields.get("task") in green]


def _quiet(evidence, one, page=None):
    """Whether there were too few customers in a deployment to prove anything. A tenth is allowed for rounding.

    A request counts where a task of the service was asked, or nobody was there to be asked.
    """
    start, end = one.start_ms, _end(one, evidence)
    found = [entry for entry in _customers(evidence, start, end) if page in (None, _page(entry))]
    want = int((end - start) / 1_000 * RATE * 0.9)
    if len(found) < want:
        return seen("quiet", sent=len(found), want=want, start=start, end=end)
    return None


def _open(evidence, one, service):
    """A deployment that has not come to its end."""
    stages = _stages(evidence, one)
    stage = stages[-1].fields["stage"] if stages else "-"
    return seen(
        "unfinished",
        now=evidence.now_ms,
        revision=one.task_definition,
        stage=stage,
        event=service["events"][0]["message"],
    )


def _fell(one, service):
    """A deployment that was rolled back, or failed, where it should have come in."""
    told = (event["message"] for event in service["events"] if "deployment failed" in event["message"])
    return seen("failed", revision=one.task_definition, at=one.end_ms, event=next(told, "-"))


def _came_back(evidence, one):
    """Whether the deployment before took over again, and became COMPLETED."""
    later = [other for other in rollouts(evidence, LABEL) if other.start_ms >= _end(one, evidence)]
    return bool(later) and later[0].returned and later[0].state == "COMPLETED"


def _best(findings):
    """The finding of the first attempt that is right, else what is wrong with the last one."""
    return next((one for one in findings if one.mistake is None), findings[-1])


def _tried(evidence, revision):
    """The service, every attempt to deploy a revision, and what is wrong when there is nothing to judge."""
    service = _service(evidence)
    if service is None:
        return None, [], seen("gone")
    attempts = _attempts(evidence, revision)
    if not attempts:
        now = service["taskDefinition"].rsplit("/", 1)[-1]
        return service, [], seen("not-deployed", revision=revision, now=now)
    return service, attempts, None


# Task 1


@check("1.1", points=3)
def shifted(evidence: Evidence) -> Finding:
    """web:2 came in by a blue/green deployment, under traffic, and no request failed."""
    service, attempts, wrong = _tried(evidence, SECOND)
    return wrong or _best([_shifted(evidence, one, service) for one in attempts])


def _shifted(evidence, one, service):
    stages = _stages(evidence, one)
    if not stages:
        return seen("rolling", revision=one.task_definition)
    if stages[0].fields["steps"] > 1:
        return seen("in-steps", steps=stages[0].fields["steps"])
    wrong = _wiring(evidence, service)
    if wrong is not None:
        return wrong
    if one.state == "IN_PROGRESS":
        return _open(evidence, one, service)
    if one.state == "FAILED":
        return _fell(one, service)
    baked = (_entered(stages, "CLEAN_UP") or 0) - (_entered(stages, "BAKE_TIME") or 0)
    if baked < BAKE_MS:
        return seen("bake", minutes=baked // 60_000)
    if (quiet := _quiet(evidence, one)) is not None:
        return quiet
    found = requests(evidence, one.start_ms, one.end_ms)
    if found.failed:
        first = found.failed[0]
        return seen(
            "failures", at=first.at_ms, status=first.fields.get("status") or "-", count=len(found.failed)
        )
    at = _entered(stages, SHIFT)
    return passed(sent=found.sent, at=at, seconds=(at - one.start_ms) // 1_000)


def _wiring(evidence, service):
    """What is wrong with the rules and the role that ECS was given."""
    given = evidence.given
    balancers = service.get("loadBalancers") or [{}]
    advanced = balancers[0].get("advancedConfiguration")
    if advanced is None:
        return seen("no-wiring")
    production, test = advanced.get("productionListenerRule", ""), advanced.get("testListenerRule", "")
    listener = given["production_rule_arn"].rsplit("/", 1)[0]
    if production.rsplit("/", 1)[0] != listener:
        return seen("swapped", production=production)
    if test.rsplit("/", 1)[0] != given["test_rule_arn"].rsplit("/", 1)[0]:
        return seen("no-test-rule", test=test or "-")
    if advanced.get("roleArn") != given["infrastructure_role_arn"]:
        return seen("role", role=advanced.get("roleArn", "-").rsplit("/", 1)[-1])
    return None


# Task 2


@check("2.1", points=2)
def numbers(evidence: Evidence) -> Finding:
    """The most tasks at a time, the stage in which customers moved, and for how long there were more than usual."""
    answer = evidence.answer
    names = ("most_tasks", "stage", "seconds")
    if not isinstance(answer, dict) or any(answer.get(name) is None for name in names):
        return seen("no-answer", answer=answer)
    done = [one for one in _attempts(evidence, SECOND) if one.state == "COMPLETED" and _stages(evidence, one)]
    if not done:
        return seen("not-deployed", revision=SECOND, now="-")
    return _best([_numbers(evidence, one, *(answer[name] for name in names)) for one in done])


def _numbers(evidence, one, most, stage, seconds):
    levels = tasks_not_stopped(evidence, SERVICE, one.start_ms, one.end_ms)
    desired = evidence.given["desired_count"]
    peak = highest(levels).count
    if most != peak or isinstance(most, bool):
        return seen(
            "one-more" if most in (desired, desired + 1) else "most-tasks", have=most, desired=desired
        )
    if not isinstance(stage, str) or stage.strip().upper() != SHIFT:
        name = str(stage).strip().upper()
        return seen(
            "test-stage"
            if name == "TEST_TRAFFIC_SHIFT"
            else "bake-stage"
            if name == "BAKE_TIME"
            else "stage",
            have=stage,
        )
    more = [level for level in levels if level.count > desired]
    exact = more[-1].end_ms - more[0].start_ms
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return seen("no-answer", answer=seconds)
    if abs(seconds * 1_000 - exact) > FEW_TASKS_MS:
        bake = abs(seconds * 1_000 - BAKE_MS) <= FEW_TASKS_MS
        return seen("only-bake" if bake else "seconds", have=seconds)
    return passed(peak=peak, desired=desired, seconds=exact // 1_000)


# Task 3


@check("3.1", points=3)
def sent_back(evidence: Evidence) -> Finding:
    """web:3 was held, tried on the test port, and sent back; no customer met it."""
    _service_now, attempts, wrong = _tried(evidence, THIRD)
    return wrong or _best([_sent_back(evidence, one) for one in attempts])


def _sent_back(evidence, one):
    met = _met(evidence, one)
    if met:
        hooks = evidence.entries("deployment.hook", service=LABEL, type="PAUSE", status="SUCCEEDED")
        let_in = any(entry.subject == one.id for entry in hooks)
        return seen("let-in" if let_in else "no-gate", count=len(met), at=met[0].at_ms)
    wrong = _looked(evidence, one)
    if wrong is not None:
        return wrong
    if one.state == "IN_PROGRESS":
        return seen("waiting", now=evidence.now_ms)
    if one.state == "COMPLETED" or not _came_back(evidence, one):
        return seen("not-back", state=one.state)
    if (quiet := _quiet(evidence, one)) is not None:
        return quiet
    return passed(sent=len(_customers(evidence, one.start_ms, one.end_ms)))


def _looked(evidence, one):
    """What is wrong with how the new version was tried."""
    green = _green(evidence, one)
    tried = _asked(evidence, evidence.given["test_url"], one.start_ms, _end(one, evidence))
    if not tried:
        return seen("not-looked")
    on_green = [entry for entry in tried if entry.fields.get("task") in green]
    if not on_green:
        return seen("looked-at-blue", at=tried[0].at_ms, status=tried[0].fields.get("status") or "-")
    if not any(entry.fields.get("status") == NOT_FOUND for entry in on_green):
        return seen("looked-elsewhere", pages=list(dict.fromkeys(_page(entry) for entry in on_green)))
    return None


# Task 4


@check("4.1", points=2)
def refused(evidence: Evidence) -> Finding:
    """The function held web:4, asked again every two minutes, and refused it."""
    service, attempts, wrong = _tried(evidence, FOURTH)
    return wrong or _best([_refused(evidence, one, service) for one in attempts])


@check("4.2", points=1)
def let_in(evidence: Evidence) -> Finding:
    """The function held web:4 once more, and let it in."""
    service, attempts, wrong = _tried(evidence, FOURTH)
    return wrong or _best([_let_in(evidence, one, service) for one in attempts])


def _refused(evidence, one, service):
    answers, wrong = _gate(evidence, one, service)
    if wrong is not None:
        return wrong
    if answers[-1] != "FAILED":
        return seen("never-no", answers=answers)
    if not _came_back(evidence, one):
        return _open(evidence, one, service)
    return passed(asked=len(answers), minutes=_held_ms(evidence, one) // 60_000)


def _let_in(evidence, one, service):
    answers, wrong = _gate(evidence, one, service)
    if wrong is not None:
        return wrong
    if one.state == "IN_PROGRESS":
        return _open(evidence, one, service)
    if answers[-1] != "SUCCEEDED" or one.state != "COMPLETED":
        return seen("never-yes", answers=answers)
    return passed(asked=len(answers), minutes=_held_ms(evidence, one) // 60_000)


def _calls(evidence, one):
    """The calls of functions in a deployment, up to the answer that ended the wait.

    Later ones are of another stage, or of the way back, on which the hooks of the two shifts are called again.
    """
    calls = []
    for entry in evidence.entries(
        "function", service=LABEL, start_ms=one.start_ms, end_ms=_end(one, evidence)
    ):
        if isinstance(entry.fields["answer"], dict):
            calls.append(entry)
            if entry.fields["answer"].get("hookStatus") != "IN_PROGRESS":
                break
    return calls


def _held_ms(evidence, one):
    calls = _calls(evidence, one)
    return calls[-1].at_ms - calls[0].at_ms


def _gate(evidence, one, service):
    """What the function answered, and what is wrong with it as a gate."""
    calls = _calls(evidence, one)
    if not calls:
        return [], seen("no-function", state=one.state)
    stages = [call.fields["stage"] for call in calls]
    strange = next((stage for stage in stages if stage not in GATES), None)
    if strange is not None:
        return [], seen("stage", stage=strange)
    answers = [call.fields["answer"].get("hookStatus") for call in calls]
    if None in answers:
        return answers, seen("no-status", answer=dict(calls[answers.index(None)].fields["answer"]))
    if answers[0] != "IN_PROGRESS" or answers.count("IN_PROGRESS") < 2:
        return answers, seen("at-once", answers=answers)
    gap = min(after.at_ms - before.at_ms for before, after in pairwise(calls))
    if gap < ASK_EVERY_MS:
        return answers, seen("too-often", seconds=gap // 1_000)
    hooks = service["deploymentConfiguration"].get("lifecycleHooks", [])
    role = next((hook.get("roleArn") for hook in hooks if hook.get("targetType") != "PAUSE"), None)
    if role not in (None, evidence.given["hook_role_arn"]):
        return answers, seen("role", role=role.rsplit("/", 1)[-1])
    return answers, None


# Task 5


@check("5.1", points=2)
def canary(evidence: Evidence) -> Finding:
    """web:5 came in as a canary of the asked size, for five minutes."""
    service, attempts, wrong = _tried(evidence, FIFTH)
    return wrong or _best([_canary(evidence, one, service) for one in attempts])


def _canary(evidence, one, service):
    stages, percent = _stages(evidence, one), evidence.given["canary_percent"]
    if not stages:
        return seen("rolling", revision=one.task_definition)
    shares = _shares(stages)
    steps = stages[0].fields["steps"]
    if steps != 2:
        return seen("strategy", steps=steps)
    if shares and shares[0][0] != percent:
        return seen("percent", have=shares[0][0], want=percent)
    if one.state == "IN_PROGRESS":
        return _open(evidence, one, service)
    if one.state == "FAILED":
        return _fell(one, service)
    lasted = shares[1][1] - shares[0][1]
    if lasted // 1_000 != CANARY_MS // 1_000:
        return seen("length", minutes=lasted // 60_000)
    return passed(percent=percent, at=shares[0][1])


@check("5.2", points=1)
def share(evidence: Evidence) -> Finding:
    """The share of customers that the canary answered, in percent."""
    answer = evidence.answer
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return seen("no-answer", answer=answer)
    windows = [found for one in _attempts(evidence, FIFTH) if (found := _window(evidence, one)) is not None]
    if not windows:
        return seen("no-canary", answer=answer)
    return _best([_share(evidence, answer, *window) for window in windows])


def _window(evidence, one):
    """A canary's deployment, and from when to when it was a canary."""
    shares = _shares(_stages(evidence, one))
    if not shares or shares[0][0] == 100:
        return None
    return one, shares[0][1], shares[1][1] if len(shares) > 1 else _end(one, evidence)


def _share(evidence, answer, one, start, end):
    green = _green(evidence, one)
    asked = _customers(evidence, start, end - 1)
    if len(asked) < SAMPLE:
        return seen("few", sent=len(asked), start=start, end=end)
    right = 100 * sum(entry.fields.get("task") in green for entry in asked) / len(asked)
    if abs(answer - right) <= NEAR:
        return passed(answer=round(answer, 1), sent=len(asked))
    if abs(100 * answer - right) <= NEAR:
        return seen("fraction", answer=answer)
    if abs(100 - answer - right) <= NEAR:
        return seen("the-old-one", answer=answer)
    return seen("share", answer=answer, start=start, end=end)


# Task 6


@check("6.1", points=3)
def alarmed(evidence: Evidence) -> Finding:
    """The alarm sent web:6 back before more than a hundred customers had met the missing page."""
    service, attempts, wrong = _tried(evidence, SIXTH)
    return wrong or _best([_alarmed(evidence, one, service) for one in attempts])


def _alarmed(evidence, one, service):
    start, end = one.start_ms, _end(one, evidence)
    hurt = [entry for entry in _met(evidence, one) if entry.fields.get("status") == NOT_FOUND]
    trips = [
        entry
        for entry in evidence.entries("decision", start_ms=start, end_ms=end)
        if str(entry.fields.get("code")).startswith(("alarms.trip", "alarms.stalled"))
    ]
    if not trips:
        return _without_alarm(evidence, one, service, len(hurt))
    if not hurt:
        return seen("cried-wolf", at=trips[0].at_ms)
    if not _came_back(evidence, one):
        return seen("not-back", state=one.state)
    if len(hurt) > HURT_MAX:
        shares = [share for share, _at in _shares(_stages(evidence, one))]
        return seen("too-many", count=len(hurt), most=HURT_MAX, shares=shares)
    if (quiet := _quiet(evidence, one, "/checkout")) is not None:
        return quiet
    healthy = sum(
        highest(healthy_targets(evidence, group, evidence.now_ms, evidence.now_ms)).count for group in GROUPS
    )
    if healthy < evidence.given["desired_count"]:
        return seen("not-settled", healthy=healthy, now=evidence.now_ms)
    first = next(at for _share, at in _shares(_stages(evidence, one)))
    return passed(
        count=len(hurt),
        asked=len(_customers(evidence, start, end)),
        seconds=(trips[0].at_ms - first) // 1_000,
    )


def _without_alarm(evidence, one, service, hurt):
    """What to say of a deployment in which no alarm spoke."""
    ignored = evidence.entries(
        "decision", start_ms=one.start_ms, end_ms=_end(one, evidence), code="alarms.ignored"
    )
    if ignored:
        return seen("was-red", at=ignored[0].at_ms, count=hurt)
    settings = service["deploymentConfiguration"].get("alarms") or {}
    if not settings.get("enable") or evidence.given["alarm_name"] not in settings.get("alarmNames", []):
        return seen("no-alarm", count=hurt, state=one.state)
    if one.state == "IN_PROGRESS":
        return _open(evidence, one, service)
    if one.state == "FAILED":
        return seen("other-way", at=one.end_ms)
    return seen("let-through", count=hurt, at=one.end_ms)
