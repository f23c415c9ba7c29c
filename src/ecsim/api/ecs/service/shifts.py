"""Deployments with traffic shifting as the API begins, shows and continues them.

How such a deployment went is read from the journal (`deployment.stage`, `deployment.hook`), so that it can be shown
after its tasks are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.api.ecs.service.strategy_rules import for_first
from ecsim.decide.deployment import hooks, stages
from ecsim.model.replacing import replace
from ecsim.model.strategy import ALL, HookStatus, Strategy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk
    from ecsim.clock.journal import Entry
    from ecsim.model.service import Deployment, LoadBalancer, Service


def begun(desk: Desk, service: Service) -> Service:
    """The service whose PRIMARY deployment is new: which target groups it uses, and how far it is."""
    deployment, *before = service.deployments
    last, earlier = service.last_completed, service.progress
    source = next((d for d in before if last is not None and d.id == last.id), before[0] if before else None)
    chosen = service.deployment_configuration
    deployment = replace(
        deployment,
        on_alternate=_on_alternate(desk, deployment, source, chosen.strategy),
        alarms=chosen.alarms,
    )
    service = replace(service, deployments=(deployment, *before))
    if chosen.strategy is Strategy.ROLLING:
        return service  # what an earlier deployment has left of its traffic is seen to by the scheduler
    share = 0 if source is not None else ALL
    if earlier is not None and source is not None:
        share = earlier.production
    shifting = chosen.shifting if source is not None else for_first(chosen.shifting)
    progress = stages.begun(
        target=deployment.id,
        source=source.id if source is not None else None,
        shifting=shifting,
        others=len(before) > 1,
        production=share,
        now_ms=desk.now_ms(),
    )
    return replace(service, progress=progress)


def _on_alternate(desk: Desk, deployment: Deployment, source: Deployment | None, strategy: Strategy) -> bool:
    """Whether a new deployment takes the alternate target groups.

    A rolling one stays where production is, the others take the groups that production does not use.
    """
    balancer = next((b for b in deployment.load_balancers if b.advanced is not None), None)
    if balancer is None or balancer.advanced is None:
        return False
    alternate = balancer.advanced.alternate_target_group_arn
    if source is not None:
        there = alternate in [b.target_group_arn for b in source.registered_with]
        return there if strategy is Strategy.ROLLING else not there
    forwards = desk.balancing.forwards(balancer.advanced.production_listener_rule) or ()
    serving = [arn for arn, weight in forwards if weight]
    return alternate in serving and balancer.target_group_arn not in serving


# Showing


def _shown(production: int, test: int) -> Answer:
    return {
        "requestedProductionTrafficWeight": hooks.percent(production),
        "requestedTestTrafficWeight": hooks.percent(test),
    }


class Passed:
    """What the journal says of a service deployment's stages and hooks."""

    def __init__(self, desk: Desk, deployment_id: str) -> None:
        self._stages = desk.journal.of("deployment.stage", deployment_id)
        self._hooks = desk.journal.of("deployment.hook", deployment_id)

    @property
    def last(self) -> Entry | None:
        """The newest stage, or None when there was none."""
        return self._stages[-1] if self._stages else None

    def shown(self) -> Answer:
        """`lifecycleStage` and `lifecycleHookDetails`, as far as there are any."""
        shown: Answer = {}
        if self.last is not None:
            shown["lifecycleStage"] = str(self.last.fields["stage"])
        if self._hooks:
            newest = {str(entry.fields["hook"]): entry for entry in self._hooks}
            shown["lifecycleHookDetails"] = [_hook(entry) for entry in newest.values()]
        return shown

    def weights(self, deployment_id: str) -> Answer:
        """The shares of traffic of a deployment after the newest stage; nothing where ECS shifts none."""
        if self.last is None or not self.last.fields["shifts"]:
            return {}
        if deployment_id == self.last.subject:
            return _told(self.last, of_target=True)
        if deployment_id == self.last.fields["source"]:
            return _told(self.last, of_target=False)
        return _shown(0, 0)


def _told(entry: Entry, *, of_target: bool) -> Answer:
    shown: Answer = {}
    for member, kind in (
        ("requestedProductionTrafficWeight", "production"),
        ("requestedTestTrafficWeight", "test"),
    ):
        tenths = round(float(str(entry.fields[kind])) * 10)
        shown[member] = hooks.percent(tenths if of_target else ALL - tenths)
    return shown


def _hook(entry: Entry) -> Answer:
    fields = entry.fields
    shown: Answer = {
        "hookId": fields["hook"],
        "targetType": fields["type"],
        "status": fields["status"],
        "expiresAt": fields["expires_at_ms"],
        "timeoutAction": fields["timeout_action"],
    }
    return shown | ({"targetArn": fields["target"]} if fields["target"] else {})


def alarms(desk: Desk, kept: Mapping[str, Any], status: str) -> Answer:
    """A service deployment's `alarms`. Source: botocore ecs ServiceDeploymentAlarms."""
    given = kept["configuration"].get("alarms") or {}
    names = list(given.get("alarmNames") or ()) if given.get("enable") else []
    mine = [
        entry
        for entry in desk.journal.of("decision")
        if entry.fields.get("deployment") == kept["deployment"]
        and str(entry.fields["code"]).startswith("alarms.")
    ]
    triggered: list[str] = []
    if not names or any(entry.fields["action"] == "ignore_alarms" for entry in mine):
        shown = "DISABLED"
    elif mine:
        why = mine[-1].fields["why"]
        told = str(why["alarms"]).split(", ") if isinstance(why, dict) else []
        shown, triggered = "TRIGGERED", [name for name in names if name in told]
    else:
        shown = "MONITORING" if status in ("PENDING", "IN_PROGRESS") else "MONITORING_COMPLETE"
    return {"status": shown, "alarmNames": names, "triggeredAlarmNames": triggered}


def resolved(balancers: tuple[LoadBalancer, ...]) -> Answer:
    """A service revision's `resolvedConfiguration`. Source: botocore ecs ServiceRevisionLoadBalancer."""
    found = [
        {
            "targetGroupArn": balancer.target_group_arn,
            "productionListenerRule": balancer.advanced.production_listener_rule,
        }
        for balancer in balancers
        if balancer.advanced is not None
    ]
    return {"resolvedConfiguration": {"loadBalancers": found}} if found else {}


def advanced(balancer: LoadBalancer) -> Answer:
    """`advancedConfiguration` as the API shows it, if there is one."""
    given = balancer.advanced
    if given is None:
        return {}
    shown: Answer = {
        "alternateTargetGroupArn": given.alternate_target_group_arn,
        "productionListenerRule": given.production_listener_rule,
    }
    if given.test_listener_rule is not None:
        shown["testListenerRule"] = given.test_listener_rule
    if given.role_arn is not None:
        shown["roleArn"] = given.role_arn
    return {"advancedConfiguration": shown}


# Continuing


def go_on(desk: Desk, service: Service, deployment_id: str, params: dict[str, Any]) -> None:
    """ContinueServiceDeployment: a paused hook goes on, or rolls the deployment back.

    Raises:
        ApiError: InvalidParameterException, in words of ours: AWS documents none.
    """
    hook_id, action = params["hookId"], params.get("action") or "CONTINUE"
    if action not in ("CONTINUE", "ROLLBACK"):
        raise invalid_parameter("action should be one of [CONTINUE, ROLLBACK]")
    progress = service.progress
    run = progress.hook(hook_id) if progress is not None and progress.target == deployment_id else None
    if progress is None or run is None:
        raise invalid_parameter(f"The lifecycle hook {hook_id} was not found in the service deployment.")
    if run.status is not HookStatus.AWAITING_ACTION:
        raise invalid_parameter(f"The lifecycle hook {hook_id} is not AWAITING_ACTION: it is {run.status}.")
    done = hooks.continued(run, rollback=action == "ROLLBACK")
    runs = tuple(done if each is run else each for each in progress.hooks)
    desk.journal.record(
        "deployment.hook",
        progress.target,
        service=f"{service.cluster_arn.rsplit('/', 1)[1]}/{service.name}",
        **hooks.fields(progress, done),
    )
    desk.store.put_service(replace(service, progress=replace(progress, hooks=runs)))
    desk.wake_service(service.arn)
