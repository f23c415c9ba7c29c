"""One seed's voyage: options, many steps with the laws checked after each, then healing and calm.

Every step has a chance of its own, so that steps can be left out without changing the others: `shrunk` makes a
short story of a long one.
"""

from __future__ import annotations

import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from ecsim.clock.duration import clock_text
from tests.swarm import laws, shifting
from tests.swarm.actions import MARKED
from tests.swarm.shop import PORT, Refused, Shop

STEPS = 200
GOOD_FOR_EVER = "public.ecr.aws/ecslab/web:1.0"
ALWAYS = ("advance", "create_service")
CALM_MS = 2 * 3_600_000
"""How long a healed cloud may take. A stubborn task needs its stop time-out, a launch throttle at most 27 minutes
(ecs-behaviour.md 5.8), a draining target its delay of at most 5 minutes, a grace period 2."""


@dataclass(slots=True)
class Voyage:
    """What became of a seed; its journal as text only where that was asked for."""

    seed: int
    log: list[str] = field(default_factory=list)
    hits: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    journal: str = ""
    problem: str | None = None
    where: str | None = None
    known: laws.Known = field(default_factory=laws.Known)

    def report(self):
        """The failure, the steps that led to it, and how to see it again."""
        lines = "\n".join(self.log)
        return (
            f"seed {self.seed}: {self.where}\n{lines}\n{self.problem}\n"
            f"again: python -m tests.swarm {self.seed}   shorter: python -m tests.swarm {self.seed} --shrink"
        )


def sail(seed, *, steps=STEPS, only=None, journal=False):
    """Sail one seed. The voyage has a `problem` when a law was broken."""
    voyage, chance = Voyage(seed), Random(f"options/{seed}")
    weights = {
        name: weight for name, (weight, _) in MARKED.items() if name in ALWAYS or chance.random() < 0.85
    }
    shop = Shop(seed, interval=chance.choice([5, 10, 30]), delay=chance.choice([0, 5, 30, 120]))
    try:
        watch = laws.Watch(shop.cloud)
        _steps(voyage, shop, weights, [n for n in range(steps) if only is None or n in only])
        if voyage.problem is None:
            _step(voyage, shop, "calm", lambda: calm(shop, Random(f"calm/{seed}")))
        if journal:
            voyage.journal = shop.cloud.journal.text()
        voyage.hits, voyage.reasons = shop.hits, watch.seen
    finally:
        shop.cloud.close()
    return voyage


def _steps(voyage, shop, weights, numbers):
    for n in numbers:
        chance = Random(f"{voyage.seed}/{n}")
        name = chance.choices(list(weights), list(weights.values()))[0]
        if not _step(
            voyage, shop, f"{n} {name}", lambda name=name, chance=chance: MARKED[name][1](shop, chance)
        ):
            return


def _step(voyage, shop, what, act):
    try:
        at = clock_text(shop.cloud.now_ms)
        try:
            said = act()
        except Refused as refused:
            said = f"refused: {refused.code}"
        voyage.log.append(f"{at} {what}: {said}")
        laws.check(shop, voyage.known)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the seed and its steps are told
        if not voyage.log or not voyage.log[-1].startswith(f"{at} {what}:"):
            voyage.log.append(f"{at} {what}")
        voyage.problem = "".join(traceback.format_exception(problem))
        voyage.where = f"{type(problem).__name__}: {problem}"
        return False
    return True


def calm(shop, chance):
    """Heal everything; then every service must come to rest within a bounded time."""
    _repair(shop)
    good = shop.define("web:1.0", family="calm")
    group = next((g for g in shop.groups if shop.stands(g)), None) or shop.open_group()
    for service in shop.services("ACTIVE"):
        if service.deployments[0].launch_type not in (
            None,
            "FARGATE",
        ):  # there are no instances: it never rests
            shop.ecs("DeleteService", cluster=service.cluster_arn, service=service.arn, force=True)
            continue
        changes = {
            "deploymentConfiguration": shifting.restful(shop, service),
            "desiredCount": min(service.desired_count, 3),
        }
        if not (chance.random() < 0.3 and _is_well(shop, service)):
            changes["taskDefinition"] = good
            if "strategy" in changes["deploymentConfiguration"] and _is_advanced(service):
                changes["loadBalancers"] = [
                    {"targetGroupArn": group, "containerName": "web", "containerPort": PORT}
                ]
            if not _is_served(shop, service):
                changes["loadBalancers"] = [
                    {"targetGroupArn": group, "containerName": "web", "containerPort": PORT}
                ]
        shop.ecs("UpdateService", cluster=service.cluster_arn, service=service.arn, **changes)
    shop.do("until_stable", timeout_ms=CALM_MS)
    at_rest(shop)
    shifting.check_traffic(shop)
    shop.do("advance", duration_ms=CALM_MS)
    at_rest(shop)
    over = [f"{s.name} is still {s.status}" for s in shop.services("DRAINING")]
    over += [f"{t.id} is still {t.last_status}" for t in shop.live_tasks() if t.desired_status == "STOPPED"]
    assert not over, f"an end that never comes: {over}"
    return f"{len(shop.services('ACTIVE'))} services at rest"


def _repair(shop):
    for kind in ("crash", "fail_health", "hang", "out_of_memory"):
        shop.do("fault", kind=kind, match=None, on=False)
    for task in shop.live_tasks():
        if task.service_arn is not None:
            asked = {"cluster": task.cluster_arn, "tasks": [task.arn]}
            shop.ecs("UpdateTaskProtection", **asked, protectionEnabled=False)
    for restore in (shop.restore_log_group, shop.restore_secret):
        try:
            restore()
        except Refused:
            continue
    for name in shop.alarms:
        shop.other("cloudwatch", "set_alarm_state", AlarmName=name, StateValue="OK", StateReason="calm")
    for group in shop.groups:
        if shop.cloud.balancing.target_group(group) is None:
            continue
        _heal_group(shop, group)


def _heal_group(shop, group):
    known = shop.cloud.balancing.target_group(group)
    if known.deregistration_delay_s != shop.delay:
        shop.set_delay(group, shop.delay)
    checks = (known.health_check_path, known.health_check_port, known.matcher)
    counts = (known.health_check_interval_s, known.healthy_threshold)
    if (checks, counts) != (("/health", "traffic-port", "200"), (10, 2)):
        shop.other(
            "elbv2",
            "modify_target_group",
            TargetGroupArn=group,
            HealthCheckPath="/health",
            HealthCheckPort="traffic-port",
            HealthCheckIntervalSeconds=10,
            HealthyThresholdCount=2,
            Matcher={"HttpCode": "200"},
        )


def _is_served(shop, service):
    """Whether the target groups of a service are and stay in use."""
    return all(
        shop.stands(b.target_group_arn) if b.advanced is None else shop.listener_of(b.target_group_arn)
        for b in service.deployments[0].load_balancers
    )


def _is_advanced(service):
    return any(balancer.advanced for balancer in service.deployments[0].load_balancers)


def _is_well(shop, service):
    """Whether a service would come to rest with what it has: then nothing but its percents is changed."""
    primary = service.deployments[0]
    definition = shop.cloud.store.task_definitions[primary.task_definition_arn]
    plain = [c.image for c in definition.containers] == [GOOD_FOR_EVER]
    bare = plain and not definition.containers[0].secrets and not definition.containers[0].log_driver
    check = definition.containers[0].health_check
    return (
        bare
        and service.progress is None
        and not _is_advanced(service)
        and _is_served(shop, service)
        and check is None
        and primary.rollout_state != "FAILED"
        and not any(name == "START_DELAY" for name, _ in definition.containers[0].environment)
    )


def at_rest(shop):
    """Every service is steady."""
    for service in shop.services("ACTIVE"):
        shown = shop.ecs("DescribeServices", cluster=service.cluster_arn, services=[service.arn])["services"][
            0
        ]
        said = [e["message"] for e in shown["events"][:6]]
        counts = (shown["desiredCount"], shown["runningCount"], shown["pendingCount"])
        assert service.steady, f"{service.name} is not steady: {counts} {said}"
        assert counts == (service.desired_count, service.desired_count, 0), f"{service.name}: {counts} {said}"
        assert [d["rolloutState"] for d in shown["deployments"]] == ["COMPLETED"], shown["deployments"]
        for task in shop.cloud.store.live_tasks_of_service(service.arn):
            states = [str(t.state) for t in shop.cloud.store.targets_of(task.targets)]
            assert states == ["healthy"] * len(task.targets), f"{task.id}: {states}"


def shrunk(seed, *, steps=STEPS, journal=False):
    """The fewest steps, found by leaving out ever smaller blocks, that end in the same law broken."""
    first = sail(seed, steps=steps, journal=journal)
    if first.problem is None:
        return first
    law = first.where[:25]
    kept = [n for n in range(steps) if n <= _last(first)]
    block = max(1, len(kept) // 2)
    while True:
        place, smaller = 0, False
        while place < len(kept):
            fewer = kept[:place] + kept[place + block :]
            tried = sail(seed, steps=steps, only=frozenset(fewer), journal=journal)
            if tried.problem is not None and tried.where[:25] == law:
                kept, first, smaller = fewer, tried, True
            else:
                place += block
        if block == 1 and not smaller:
            return first
        block = max(1, block // 2)


def _last(voyage):
    word = voyage.log[-1].split()[1]
    return int(word) if word.isdecimal() else STEPS
