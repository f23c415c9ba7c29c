"""Where awsvpc tasks get their network interfaces: the checks that RunTask and services share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Desk
    from ecsim.model.task_definition import TaskDefinition

SUBNETS_MAX = 16
SECURITY_GROUPS_MAX = 5
"""Sources of the two: botocore AwsVpcConfiguration.subnets, .securityGroups."""


def checked(desk: Desk, given: Mapping[str, Any] | None, definition: TaskDefinition) -> dict[str, Any]:
    """The network configuration with its defaults, as the API shows it; empty for other network modes.

    Raises:
        ApiError: InvalidParameterException, it is missing, not wanted, or names subnets or security groups that do not
            exist.
    """
    vpc = (given or {}).get("awsvpcConfiguration")
    if definition.network_mode != "awsvpc":
        if vpc:
            raise invalid_parameter(
                "Network Configuration is not valid for the given networkMode of this task definition."
            )
        return {}
    must_be_given(given, definition)
    assert vpc is not None
    subnets, groups = list(vpc.get("subnets") or ()), list(vpc.get("securityGroups") or ())
    if not subnets:
        raise invalid_parameter("subnets can not be empty.")
    if len(subnets) > SUBNETS_MAX:
        raise invalid_parameter(f"subnets can have at most {SUBNETS_MAX} items.")
    if len(groups) > SECURITY_GROUPS_MAX:
        raise invalid_parameter(f"securityGroups can have at most {SECURITY_GROUPS_MAX} items.")
    _must_exist(desk, subnets, groups)
    public = vpc.get("assignPublicIp") or "DISABLED"
    return {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": groups, "assignPublicIp": public}}


def must_be_given(given: Mapping[str, Any] | None, definition: TaskDefinition) -> None:
    """Refuse to go without one where tasks have network interfaces of their own.

    Raises:
        ApiError: InvalidParameterException.
    """
    if definition.network_mode == "awsvpc" and not (given or {}).get("awsvpcConfiguration"):
        raise invalid_parameter(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )


def _must_exist(desk: Desk, subnets: list[str], groups: list[str]) -> None:
    """Refuse what EC2 does not know.

    Raises:
        ApiError: InvalidParameterException.
    """
    found = desk.network.subnets(subnets)
    known = [subnet.id for subnet in found]
    for subnet in subnets:
        if subnet not in known:
            raise invalid_parameter(
                f"Error retrieving subnet information for [{', '.join(subnets)}]: "
                f"The subnet ID '{subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
            )
    there = desk.network.security_groups(groups)
    for group in groups:
        if group not in there:
            raise invalid_parameter(
                f"Error retrieving security group information for [{', '.join(groups)}]: "
                f"The security group '{group}' does not exist (ErrorCode: InvalidGroup.NotFound)"
            )
    if len({subnet.vpc_id for subnet in found}) > 1:
        raise invalid_parameter("All subnets must be in the same VPC.")
