"""Account settings: what the account's root user and single principals have set, and what holds for them.

A setting of the root user is the default for everybody else. Source: botocore PutAccountSetting; ECS Developer Guide,
ecs-account-settings.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.pages import page
from ecsim.api.ecs.refusals import invalid_parameter

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

VALUES: dict[str, tuple[str, ...]] = {
    "serviceLongArnFormat": ("enabled",),
    "taskLongArnFormat": ("enabled",),
    "containerInstanceLongArnFormat": ("enabled",),
    "awsvpcTrunking": ("disabled", "enabled"),
    "containerInsights": ("disabled", "enabled", "enhanced"),
    "fargateFIPSMode": ("disabled", "enabled"),
    "tagResourceAuthorization": ("on",),
    "fargateTaskRetirementWaitPeriod": ("7", "0", "14"),
    "guardDutyActivate": ("off", "on"),
    "defaultLogDriverMode": ("non-blocking", "blocking"),
    "fargateEventWindows": ("disabled", "enabled"),
}
"""Setting to values, the default first. The long formats and the tagging authorization can no longer be left.

Source: botocore SettingName; ECS Developer Guide, ecs-account-settings.
"""

LONG_FORMATS = ("serviceLongArnFormat", "taskLongArnFormat", "containerInstanceLongArnFormat")
"""Source of their refusal's text: Terraform AWS provider, aws_ecs_account_setting_default."""

MANAGED = "guardDutyActivate"
"""Read-only: AWS manages it. Source: botocore SettingType."""

PAGE_SIZE = 10
"""Source: botocore ListAccountSettingsRequest.maxResults (1 to 10, 10 when the caller does not say)."""

_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):(root|user/.+|role/.+)")


def put_account_setting(desk: Desk, params: dict[str, Any]) -> Answer:
    """PutAccountSetting: for one principal, by default the caller."""
    return _put(desk, params, _principal(desk, params))


def put_account_setting_default(desk: Desk, params: dict[str, Any]) -> Answer:
    """PutAccountSettingDefault: for everybody who has set nothing else."""
    return _put(desk, params, _root(desk))


def _put(desk: Desk, params: dict[str, Any], principal: str) -> Answer:
    name, value = params["name"], params["value"]
    if name == MANAGED:
        raise invalid_parameter(f"The account setting {name} is managed by AWS and cannot be changed.")
    if name in LONG_FORMATS and value == "disabled":
        raise invalid_parameter("You can no longer disable Long Arn settings")
    if value not in VALUES[name]:
        raise invalid_parameter(
            f"Invalid value {value} for the account setting {name}. It should be one of "
            f"[{','.join(VALUES[name])}]"
        )
    desk.settings[principal, name] = value
    return {"setting": _view(name, value, principal)}


def delete_account_setting(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteAccountSetting: what holds for the principal afterwards is the answer."""
    name, principal = params["name"], _principal(desk, params)
    if name == MANAGED:
        raise invalid_parameter(f"The account setting {name} is managed by AWS and cannot be changed.")
    desk.settings.pop((principal, name), None)
    return {"setting": _view(name, effective(desk, name, principal)[0], principal)}


def list_account_settings(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListAccountSettings: what a principal has set, or what holds for it (`effectiveSettings`)."""
    name, value, principal = params.get("name"), params.get("value"), _principal(desk, params)
    if value is not None and name is None:
        raise invalid_parameter("You must specify a setting name to filter by value.")
    if not 1 <= (params.get("maxResults") or PAGE_SIZE) <= PAGE_SIZE:
        raise invalid_parameter(f"maxResults must be between 1 and {PAGE_SIZE}")
    names = VALUES if name is None else [name]
    if params.get("effectiveSettings"):
        settings = [_view(n, *effective(desk, n, principal)) for n in names]
    else:
        settings = [
            _view(n, desk.settings[principal, n], principal) for n in names if (principal, n) in desk.settings
        ]
    shown, token = page(
        settings,
        params,
        key=itemgetter("name"),
        fits=lambda setting: value in (None, setting["value"]),
        size=PAGE_SIZE,
    )
    answer: Answer = {"settings": [setting for setting in settings if setting["name"] in shown]}
    return answer | ({"nextToken": token} if token else {})


def effective(desk: Desk, name: str, principal: str | None = None) -> tuple[str, str]:
    """The value that holds for a principal (by default the caller), and whose it is: its own, or the root user's."""
    asked = principal or desk.caller
    if (asked, name) in desk.settings:
        return desk.settings[asked, name], asked
    root = _root(desk)
    return desk.settings.get((root, name), VALUES[name][0]), root


def _root(desk: Desk) -> str:
    return f"arn:aws:iam::{desk.account}:root"


def _principal(desk: Desk, params: dict[str, Any]) -> str:
    """The principal that is meant.

    Raises:
        ApiError: InvalidParameterException, it is no principal of this account.
    """
    given: str = params.get("principalArn") or desk.caller
    match = _PRINCIPAL.fullmatch(given)
    if match is None or match["account"] != desk.account:
        raise invalid_parameter(f"Invalid principalArn: {given}")
    return given


def _view(name: str, value: str, principal: str) -> Answer:
    """Source: botocore Setting."""
    kind = "aws_managed" if name == MANAGED else "user"
    return {"name": name, "value": value, "principalArn": principal, "type": kind}


OPERATIONS: dict[str, Handler] = {
    "PutAccountSetting": put_account_setting,
    "PutAccountSettingDefault": put_account_setting_default,
    "DeleteAccountSetting": delete_account_setting,
    "ListAccountSettings": list_account_settings,
}
