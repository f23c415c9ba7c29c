"""CodeDeploy's decisions: AppSpecs, steps of traffic, and the machine of phases.

Source: CodeDeploy User Guide, reference-appspec-file-structure, deployment-configurations, deployment-steps-ecs,
troubleshooting-ecs.
"""

from __future__ import annotations

import contextlib
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.deployment.codedeploy import appspec, lifecycle, routing
from ecsim.decide.deployment.codedeploy.appspec import AppSpecError
from ecsim.decide.deployment.codedeploy.lifecycle import (
    CallFunction,
    CreateTaskSet,
    DeleteTaskSet,
    Enter,
    Give,
    MakePrimary,
    MovesTraffic,
    Situation,
    Stay,
    Succeed,
    next_move,
)
from ecsim.model.codedeploy import (
    BACK,
    HOOKS,
    AppSpec,
    CodeDeployment,
    DeploymentState,
    EventState,
    Group,
    HookCall,
    Phase,
    TrafficRouting,
)
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, DeploymentStatus
from ecsim.model.strategy import ALL, MINUTE_MS

DEFINITION = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:2"
PROPERTIES = {
    "TaskDefinition": DEFINITION,
    "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80},
}


def document(properties=None, hooks=None, **more):
    made = {
        "version": 0.0,
        "Resources": [
            {
                "TargetService": {
                    "Type": "AWS::ECS::Service",
                    "Properties": PROPERTIES if properties is None else properties,
                }
            }
        ],
        **more,
    }
    return made | ({"Hooks": hooks} if hooks is not None else {})


VPC = {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "ENABLED"}


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_yaml_and_json_say_the_same(write):
    hooks = [{"AfterInstall": "check"}, {"BeforeInstall": "arn:aws:lambda:x:1:function:first"}]
    whole = PROPERTIES | {
        "PlatformVersion": "1.4.0",
        "NetworkConfiguration": {"AwsvpcConfiguration": VPC},
        "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Base": 1, "Weight": 2}],
    }
    assert appspec.read(write(document(whole, hooks))) == AppSpec(
        task_definition=DEFINITION,
        container_name="web",
        container_port=80,
        platform_version="1.4.0",
        network_configuration={
            "awsvpcConfiguration": {
                "subnets": ["subnet-1"],
                "securityGroups": ["sg-1"],
                "assignPublicIp": "ENABLED",
            }
        },
        capacity_provider_strategy=({"capacityProvider": "FARGATE_SPOT", "base": 1, "weight": 2},),
        hooks={
            Phase.BEFORE_INSTALL: "arn:aws:lambda:x:1:function:first",
            Phase.AFTER_INSTALL: "check",
        },
    )


def test_names_are_found_in_any_case():
    """AWS's guide writes `resources` and `Resources`; so does its CLI."""
    lowered = json.dumps(document()).replace("Resources", "resources").replace("Properties", "properties")
    assert appspec.read(lowered).container_port == 80


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "the AppSpec is missing"),
        ("a: [", "neither YAML nor JSON"),
        ("a: [\n b", "line"),
        ("[1]", "mapping"),
        ("[" * 100_000, "nested too deeply"),
        (document(version=1.0), "only version"),
        (document(Resources=[]), "exactly one resource"),
        (document(Resources=[{"a": {}, "b": {}}]), "exactly one name"),
        (document(Resources=[{"S": {"Type": "AWS::Lambda::Function"}}]), "AWS::ECS::Service"),
        (document({}), "LoadBalancerInfo is missing"),
        (document(PROPERTIES | {"TaskDefinition": ""}), "TaskDefinition is missing"),
        (document(PROPERTIES | {"LoadBalancerInfo": {"ContainerName": "web"}}), "ContainerPort is missing"),
        (document(PROPERTIES | {"LoadBalancerInfo": {"ContainerName": 1, "ContainerPort": 1}}), "a text"),
        (document(PROPERTIES | {"LoadBalancerInfo": {"ContainerName": "a", "ContainerPort": 0}}), "65535"),
        (document(PROPERTIES | {"Taskdefinitoin": "x"}), "Taskdefinitoin is not known"),
        (
            document(
                PROPERTIES | {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}}
            ),
            "SecurityGroups, AssignPublicIp missing",
        ),
        (document(PROPERTIES | {"CapacityProviderStrategy": []}), "a list of capacity providers"),
        (document(hooks={"AfterInstall": "x"}), "hooks must be a list"),
        (document(hooks=[{"Install": "x"}]), "Install is no event with hooks"),
        (document(hooks=[{"AfterInstall": "x"}, {"AfterInstall": "y"}]), "twice"),
        (document(hooks=[{"AfterInstall": None}]), "missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(given, told):
    with pytest.raises(AppSpecError, match=told):
        appspec.read(given if isinstance(given, str) else json.dumps(given))


@given(
    st.text(max_size=60) | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(str)
)
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(AppSpecError):
        assert appspec.read(text).container_port


def test_the_five_predefined_configurations():
    """Source: ecs-behaviour.md 5.15; linear 10 % every minute is ten steps, the last after nine minutes."""
    table = {
        found.name.removeprefix(routing.PREFIX): (
            len(routing.steps(found)),
            routing.steps(found)[0],
            (len(routing.steps(found)) - 1) * routing.interval_ms(found) // MINUTE_MS,
        )
        for found in routing.PREDEFINED
    }
    assert table == {
        "ECSAllAtOnce": (1, 1_000, 0),
        "ECSCanary10Percent15Minutes": (2, 100, 15),
        "ECSCanary10Percent5Minutes": (2, 100, 5),
        "ECSLinear10PercentEvery1Minutes": (10, 100, 9),
        "ECSLinear10PercentEvery3Minutes": (10, 100, 27),
    }


@given(st.sampled_from(["TimeBasedCanary", "TimeBasedLinear"]), st.integers(1, 99), st.integers(1, 60))
def test_steps_grow_to_everybody(kind, percentage, interval):
    found = TrafficRouting(id="x", name="own", type=kind, percentage=percentage, interval_min=interval)
    steps = routing.steps(found)
    assert routing.problem(kind, percentage, interval) == ""
    assert list(steps) == sorted(set(steps))
    assert (steps[0], steps[-1]) == (percentage * 10, ALL)


@pytest.mark.parametrize(
    ("percentage", "interval"), [(0, 1), (100, 1), (None, 1), (10, 0), (10, None), (10, 9_999)]
)
def test_configurations_out_of_bounds(percentage, interval):
    assert routing.problem("TimeBasedLinear", percentage, interval)


# The machine

GROUP = Group(
    id="g",
    name="web",
    application="shop",
    config_name="x",
    service_role_arn="r",
    cluster="shop",
    service="web",
    service_arn="s",
    target_groups=("a", "b"),
    production="p",
    test="t",
    rollback_events=("DEPLOYMENT_FAILURE",),
)


def deployment(**changes):
    made = CodeDeployment(
        id="d-1",
        application="shop",
        group="web",
        plan=GROUP,
        config_name="x",
        service_arn="s",
        spec=AppSpec(task_definition="web:2", container_name="web", container_port=80),
        replacement=Deployment(id="", status=DeploymentStatus.ACTIVE, task_definition_arn="web:2"),
        blue="blue",
        status=DeploymentState.IN_PROGRESS,
        events=lifecycle.pending(tuple(Phase), has_test=True),
    )
    return replace(made, **changes)


HOOKED = AppSpec(task_definition="w", container_name="w", container_port=1, hooks={Phase.AFTER_INSTALL: "f"})
WAITING = replace(GROUP, ready_wait_ms=30 * MINUTE_MS)
GREEN = {"green": "green"}
THERE = {"green_there": True, "primary": "blue"}


def call(**more):
    return HookCall(id="h", function="f", called_at_ms=0, **more)


@pytest.mark.parametrize(
    ("d", "s", "expected"),
    [
        ({"status": DeploymentState.CREATED}, {}, (Enter, "BeforeInstall")),
        ({}, {}, (Enter, "Install")),
        ({"phase": Phase.INSTALL}, {}, (MovesTraffic, "codedeploy.attach")),
        ({"phase": Phase.INSTALL}, {"is_wired": False}, (Give, "codedeploy.not_behind")),
        ({"phase": Phase.INSTALL, "shifted_at_ms": 0}, {}, (CreateTaskSet, "codedeploy.create")),
        (
            {"phase": Phase.INSTALL, "shifted_at_ms": 0},
            {"leftovers": ("old",)},
            (DeleteTaskSet, "codedeploy.leftover"),
        ),
        ({"phase": Phase.INSTALL, **GREEN}, THERE, (Stay, "codedeploy.install")),
        ({"phase": Phase.INSTALL, **GREEN}, THERE | {"green_steady": True}, (Enter, "AfterInstall")),
        (
            {"phase": Phase.INSTALL, **GREEN},
            THERE | {"now_ms": lifecycle.INSTALL_MS},
            (Give, "codedeploy.install_timed_out"),
        ),
        ({"phase": Phase.AFTER_INSTALL, "spec": HOOKED, **GREEN}, THERE, (CallFunction, "f")),
        (
            {"phase": Phase.AFTER_INSTALL, "spec": HOOKED, "hook": call(), **GREEN},
            THERE,
            (Stay, "codedeploy.hook"),
        ),
        (
            {"phase": Phase.AFTER_INSTALL, "spec": HOOKED, "hook": call(status="Succeeded"), **GREEN},
            THERE,
            (Enter, "AllowTestTraffic"),
        ),
        (
            {"phase": Phase.AFTER_INSTALL, "spec": HOOKED, "hook": call(status="Failed"), **GREEN},
            THERE,
            (Give, "codedeploy.hook_failed"),
        ),
        (
            {"phase": Phase.AFTER_INSTALL, "spec": HOOKED, "hook": call(), **GREEN},
            THERE | {"now_ms": lifecycle.HOOK_MS},
            (Give, "codedeploy.hook_timed_out"),
        ),
        ({"phase": Phase.READY_WAIT, **GREEN}, THERE, (Enter, "BeforeAllowTraffic")),
        ({"phase": Phase.READY_WAIT, "plan": WAITING, **GREEN}, THERE, (Stay, "codedeploy.ready_wait")),
        (
            {"phase": Phase.READY_WAIT, "plan": WAITING, "continued": True, **GREEN},
            THERE,
            (Enter, "BeforeAllowTraffic"),
        ),
        (
            {"phase": Phase.READY_WAIT, "plan": WAITING, **GREEN},
            THERE | {"now_ms": 30 * MINUTE_MS},
            (Give, "codedeploy.ready_timed_out"),
        ),
        ({"phase": Phase.ALLOW_TRAFFIC, **GREEN}, THERE, (MovesTraffic, "codedeploy.shift")),
        (
            {"phase": Phase.ALLOW_TRAFFIC, "step": 1, "shifted_at_ms": 0, **GREEN},
            THERE,
            (MakePrimary, "codedeploy.primary"),
        ),
        ({"phase": Phase.TERMINATE, **GREEN}, THERE, (DeleteTaskSet, "codedeploy.terminate")),
        (
            {"phase": Phase.TERMINATE, **GREEN},
            THERE | {"blue_draining": True},
            (Stay, "codedeploy.draining"),
        ),
        ({"phase": Phase.TERMINATE, **GREEN}, THERE | {"blue_there": False}, (Succeed, "codedeploy.succeed")),
        ({"stopping": True}, {}, (Give, "codedeploy.stop_requested")),
        ({}, {"alarms": ("5xx",)}, (Give, "codedeploy.alarm")),
        ({}, {"refused": "no"}, (Give, "codedeploy.elb")),
        ({}, {"is_active": False}, (Give, "codedeploy.no_service")),
        ({"phase": Phase.AFTER_INSTALL, **GREEN}, {"green_there": False}, (Give, "codedeploy.lost")),
        (
            {"phase": Phase.TERMINATE, "stopping": True, **GREEN},
            THERE,
            (DeleteTaskSet, "codedeploy.terminate"),
        ),
    ],
)
def test_what_is_next(d, s, expected):
    move = next_move(deployment(**d), Situation(**({"now_ms": 0} | s)))
    named = getattr(move, "phase", None) or getattr(move, "function", None) or move.reason.code
    assert (type(move), str(named)) == expected


def test_nothing_is_rolled_back_before_there_is_a_replacement():
    """Source: reference-appspec-file-structure-hooks, BeforeInstall."""
    early = next_move(deployment(stopping=True), Situation(now_ms=0))
    late = next_move(
        deployment(stopping=True, phase=Phase.AFTER_INSTALL, green="green"), Situation(now_ms=0, **THERE)
    )
    assert (early.roll_back, late.roll_back) == (False, True)


OUTCOMES = st.fixed_dictionaries(
    {hook: st.sampled_from(["none", "Succeeded", "Failed", "silent"]) for hook in HOOKS}
)


@given(
    OUTCOMES,
    st.sampled_from(routing.PREDEFINED),
    st.sampled_from([None, 0, 5]),
    st.sampled_from([0, 5]),
    st.booleans(),
    st.booleans(),
)
def test_every_deployment_ends_with_all_traffic_in_one_place(outcomes, chosen, ready, ending, test, steady):
    """Played to its end: shares never fall, traffic ends whole when it succeeded or was rolled back."""
    plan = replace(
        GROUP,
        ready_wait_ms=None if ready is None else ready * MINUTE_MS,
        termination_wait_ms=ending * MINUTE_MS,
        test="t" if test else None,
    )
    hooks = {hook: "f" for hook, outcome in outcomes.items() if outcome != "none"}
    d = deployment(
        plan=plan,
        status=DeploymentState.CREATED,
        steps=routing.steps(chosen),
        interval_ms=routing.interval_ms(chosen),
        spec=replace(HOOKED, hooks=hooks),
        events=lifecycle.pending(tuple(Phase), has_test=test),
    )
    d, world = _played(d, outcomes, Situation(now_ms=0, primary="blue", green_steady=steady))
    assert d.status.is_over
    assert EventState.PENDING not in [run.status for run in d.events]
    assert EventState.IN_PROGRESS not in [run.status for run in d.events]
    if d.status is DeploymentState.SUCCEEDED:
        assert (d.production, world.primary, world.blue_there) == (ALL, "green", False)
        assert "Failed" not in [outcomes[h] for h in hooks]
    elif d.rollback_told == "back":
        back = replace(
            d,
            status=DeploymentState.CREATED,
            ended=None,
            phase=BACK[0],
            rollback_of=d.id,
            stopping=None,
            events=lifecycle.pending(BACK, has_test=test),
        )
        back, world = _played(back, outcomes, world)
        assert back.status is DeploymentState.SUCCEEDED
        assert (back.production, world.primary, world.green_there) == (0, "blue", False)


def _played(d, outcomes, world):
    """The deployment at its end, and the world as it is then."""
    for _ in range(200):
        if d.status.is_over:
            return d, world
        move = next_move(d, world)
        if isinstance(move, Stay):
            assert move.until_ms is None or move.until_ms > world.now_ms
            leaving = "green" if d.is_rollback else "blue"
            after = {f"{leaving}_there": False} if move.until_ms is None else {"now_ms": move.until_ms}
            world = replace(world, **after)
        elif isinstance(move, MovesTraffic):
            share = d.production if move.production is None else move.production
            assert share >= d.production or d.is_rollback
            d = replace(d, production=share, step=move.step, shifted_at_ms=world.now_ms)
        elif isinstance(move, CallFunction):
            d = replace(d, hook=_called(outcomes[d.phase], world.now_ms))
        else:
            d, world = _done(d, world, move)
    raise AssertionError(f"{d.phase} does not end")


def _called(outcome, now_ms):
    status = None if outcome == "silent" else outcome
    return HookCall(id="h", function="f", called_at_ms=now_ms, status=status, counts_at_ms=now_ms + 1_000)


def _done(d, world, move):
    now = world.now_ms
    match move:
        case Enter():
            return lifecycle.entered(d, move.phase, now), world
        case CreateTaskSet():
            return replace(d, green="green"), replace(world, green_there=True)
        case MakePrimary():
            return d, replace(world, primary=move.task_set)
        case DeleteTaskSet():
            return d, replace(world, **{f"{move.task_set}_draining": True})
        case Give():
            over = lifecycle.ended(d, move.status, move.ended, now)
            return replace(over, rollback_told="back" if move.roll_back else ""), world
        case Succeed():
            return lifecycle.ended(d, DeploymentState.SUCCEEDED, None, now), world
    raise AssertionError(f"{move} is not known")
