"""Are the listener rules of a service such that traffic can be shifted? Asked once, when a deployment begins.

Source of the texts: ECS Developer Guide, troubleshooting-blue-green.
"""

from __future__ import annotations

from ecsim.model.network import Wiring
from ecsim.model.service import AdvancedConfiguration, LoadBalancer, Service
from ecsim.model.strategy import Progress, Stage

_BEGINNING = "of invalid networking configuration"


def problem(service: Service, progress: Progress, known: Wiring) -> str:
    """What is wrong, as AWS words it after "Service deployment rolled back because"; empty when nothing is."""
    target = service.deployment(progress.target)
    for balancer in target.load_balancers if target is not None else ():
        if balancer.advanced is None:
            continue
        found = _problem(balancer, balancer.advanced, progress, known)
        if found:
            return found
    return ""


def _problem(
    balancer: LoadBalancer, advanced: AdvancedConfiguration, progress: Progress, known: Wiring
) -> str:
    groups = (balancer.target_group_arn, advanced.alternate_target_group_arn)
    rule = advanced.production_listener_rule
    production = known.forwards.get(rule)
    if production is None:
        return f"{_BEGINNING}. One or more rules not found"
    test = known.forwards.get(advanced.test_listener_rule or "") or ()
    reached = [arn for arn, _ in (*production, *test)]
    for arn in groups:
        if arn not in reached:
            return (
                f"{_BEGINNING}: Target group {arn} is not associated with either productionListenerRule or "
                "testListenerRule."
            )
    serving = [arn for arn, weight in production if weight]
    stray = next((arn for arn in serving if arn not in groups), None)
    if stray is not None:
        return (
            f"{_BEGINNING}. Production listener rule is forwarding traffic to unexpected target group {stray}. "
            f"Expected traffic to be forwarded to either targetGroupArn: {groups[0]} or alternateTargetGroupArn: "
            f"{groups[1]}"
        )
    if len(serving) != 1 and progress.stage is not Stage.RECONCILE_SERVICE:
        return (
            f"{_BEGINNING}. productionListenerRule {rule} should have exactly one target group serving traffic but "
            f"found {len(serving)} target groups which are serving traffic"
        )
    return ""
