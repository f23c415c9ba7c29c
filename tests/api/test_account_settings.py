"""Account settings."""

from __future__ import annotations

import pytest

from ecsim.api.ecs.account_settings import VALUES
from tests.api.rig import ACCOUNT, MODEL

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER = f"arn:aws:iam::{ACCOUNT}:user/kei"


def listed(rig, **params):
    answer = rig.call("ListAccountSettings", **params)
    return {s["name"]: s["value"] for s in answer["settings"]}


def test_every_setting_of_aws_is_known_with_its_values():
    assert sorted(VALUES) == sorted(MODEL.shape_for("SettingName").enum)


# ECS Developer Guide, ecs-account-settings: the defaults
DEFAULTS = {
    "serviceLongArnFormat": "enabled",
    "taskLongArnFormat": "enabled",
    "containerInstanceLongArnFormat": "enabled",
    "containerInsights": "disabled",
    "fargateFIPSMode": "disabled",
    "fargateTaskRetirementWaitPeriod": "7",
    "defaultLogDriverMode": "non-blocking",
    "tagResourceAuthorization": "on",
}


@pytest.mark.parametrize(("name", "value"), DEFAULTS.items())
def test_the_defaults(rig, name, value):
    assert listed(rig, name=name) == {}
    answer = rig.call("ListAccountSettings", name=name, effectiveSettings=True)
    assert answer["settings"] == [{"name": name, "value": value, "principalArn": ROOT, "type": "user"}]


def test_effective_settings_come_in_pages_of_ten(rig):
    """botocore: ListAccountSettingsRequest.maxResults."""
    first = rig.call("ListAccountSettings", effectiveSettings=True)
    assert len(first["settings"]) == 10
    second = rig.call("ListAccountSettings", effectiveSettings=True, nextToken=first["nextToken"])
    names = [s["name"] for answer in (first, second) for s in answer["settings"]]
    assert names == list(VALUES)
    assert "nextToken" not in second
    assert rig.refused("ListAccountSettings", maxResults=11).code == "InvalidParameterException"


def test_the_root_users_setting_is_everybodys_default_until_they_set_their_own(rig):
    """botocore: PutAccountSettingRequest.principalArn, PutAccountSettingDefault."""
    name = "containerInsights"
    setting = rig.call("PutAccountSettingDefault", name=name, value="enhanced")["setting"]
    assert setting == {"name": name, "value": "enhanced", "principalArn": ROOT, "type": "user"}
    assert listed(rig, name=name, principalArn=USER) == {}
    assert listed(rig, name=name, principalArn=USER, effectiveSettings=True) == {name: "enhanced"}
    setting = rig.call("PutAccountSetting", name=name, value="disabled", principalArn=USER)["setting"]
    assert setting["principalArn"] == USER
    assert listed(rig, principalArn=USER) == {name: "disabled"}
    assert listed(rig) == {name: "enhanced"}
    gone = rig.call("DeleteAccountSetting", name=name, principalArn=USER)["setting"]
    assert (gone["value"], gone["principalArn"]) == ("enhanced", USER)
    assert listed(rig, principalArn=USER) == {}
    rig.call("DeleteAccountSetting", name=name)
    assert listed(rig, name=name, effectiveSettings=True) == {name: "disabled"}


def test_the_caller_is_the_root_user_when_nobody_is_named(rig):
    setting = rig.call("PutAccountSetting", name="fargateTaskRetirementWaitPeriod", value="14")["setting"]
    assert (setting["value"], setting["principalArn"]) == ("14", ROOT)


def test_filtering_by_value_needs_a_name(rig):
    """botocore: ListAccountSettingsRequest.value."""
    rig.call("PutAccountSetting", name="awsvpcTrunking", value="enabled")
    assert listed(rig, name="awsvpcTrunking", value="enabled") == {"awsvpcTrunking": "enabled"}
    assert listed(rig, name="awsvpcTrunking", value="disabled") == {}
    assert rig.refused("ListAccountSettings", value="enabled").code == "InvalidParameterException"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("containerInsights", "on"),
        ("fargateTaskRetirementWaitPeriod", "3"),
        ("defaultLogDriverMode", "enabled"),
        ("taskLongArnFormat", "disabled"),  # "you can no longer opt out"
        ("tagResourceAuthorization", "off"),  # "you can no longer disable the account setting"
        ("guardDutyActivate", "on"),  # botocore: SettingType, read-only
    ],
)
@pytest.mark.parametrize("operation", ["PutAccountSetting", "PutAccountSettingDefault"])
def test_values_that_a_setting_cannot_have(rig, operation, name, value):
    """ECS Developer Guide, ecs-account-settings."""
    assert rig.refused(operation, name=name, value=value).code == "InvalidParameterException"
    assert listed(rig) == {}


def test_the_long_formats_cannot_be_left(rig):
    """Terraform AWS provider, aws_ecs_account_setting_default, quotes AWS's text."""
    error = rig.refused("PutAccountSettingDefault", name="serviceLongArnFormat", value="disabled")
    assert error.message == "You can no longer disable Long Arn settings"


def test_settings_and_principals_that_there_are_not(rig):
    assert rig.refused("PutAccountSetting", name="x", value="on").code == "InvalidParameterException"
    for principal in ("kei", "arn:aws:iam::999999999999:root", f"arn:aws:iam::{ACCOUNT}:group/ops"):
        error = rig.refused("ListAccountSettings", principalArn=principal)
        assert error.code == "InvalidParameterException"


def test_what_aws_manages_says_so(rig):
    shown = rig.call("ListAccountSettings", name="guardDutyActivate", effectiveSettings=True)["settings"]
    assert [(s["value"], s["type"]) for s in shown] == [("off", "aws_managed")]
    assert rig.refused("DeleteAccountSetting", name="guardDutyActivate").code == "InvalidParameterException"


def test_new_clusters_have_container_insights_as_the_account_says(rig):
    """ECS Developer Guide, ecs-account-settings; botocore UpdateClusterSettingsRequest.settings (it overrides)."""
    rig.call("PutAccountSetting", name="containerInsights", value="enhanced")
    assert rig.cluster("one")["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    own = [{"name": "containerInsights", "value": "disabled"}]
    assert rig.call("CreateCluster", clusterName="two", settings=own)["cluster"]["settings"] == own
