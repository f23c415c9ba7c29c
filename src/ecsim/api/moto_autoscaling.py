"""Moto's EC2 Auto Scaling, mended: a group launches in the Availability Zone where it has the fewest instances.

While a zone is out of order, the group launches in its others. Source: EC2 Auto Scaling User Guide,
as-add-availability-zone (launches in the zone with the fewest instances; in an unaffected zone when one is
unavailable). Moto launches all of them in the group's first subnet. When a zone comes back, a group does not move
instances there: approximate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol


class Mounting(Protocol):
    """What `mount` offers: patches that are given back, and which zones are out of order."""

    zone_is_lost: Callable[[str], bool]

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute until the cloud is closed."""
        ...


LAUNCH = ["self", "count_needed", "propagated_tags"]


def patch(mounted: Mounting, module: Any) -> None:
    """Put the hook in place."""
    launch = module.FakeAutoScalingGroup.replace_autoscaling_group_instances

    def replace_autoscaling_group_instances(
        self: Any, count_needed: int, propagated_tags: dict[str, str]
    ) -> None:
        if not self.vpc_zone_identifier:
            launch(self, count_needed, propagated_tags)
            return
        for _ in range(count_needed):
            _launch_one(launch, self, propagated_tags, mounted.zone_is_lost)

    mounted.replace(
        module.FakeAutoScalingGroup,
        "replace_autoscaling_group_instances",
        replace_autoscaling_group_instances,
    )


def _launch_one(
    launch: Callable[[Any, int, dict[str, str]], None],
    group: Any,
    propagated_tags: dict[str, str],
    is_lost: Callable[[str], bool],
) -> None:
    """Launch an instance in the best subnet that has an address for it; none when every subnet is full."""
    whole = group.vpc_zone_identifier
    for subnet in _best_first(group, is_lost):
        group.vpc_zone_identifier = subnet
        try:
            launch(group, 1, dict(propagated_tags))
        except StopIteration:  # how moto says that a subnet has no address left
            continue
        finally:
            group.vpc_zone_identifier = whole
        return


def _best_first(group: Any, is_lost: Callable[[str], bool]) -> list[str]:
    """The subnets of a group, that of the zone with the fewest instances first, among equals the one named first.

    When every zone is out of order, the launch is not refused: what is launched there does not start.
    """
    wanted = group.vpc_zone_identifier.split(",")
    known = group.autoscaling_backend.ec2_backend.describe_subnets(subnet_ids=wanted)
    zone_of = {subnet.id: subnet.availability_zone for subnet in known}
    there = Counter(state.instance.placement.zone for state in group.instance_states)
    subnets = [each for each in wanted if not is_lost(zone_of[each])] or wanted
    return sorted(subnets, key=lambda each: there[zone_of[each]])
