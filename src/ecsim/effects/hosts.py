"""EC2's and Auto Scaling's part in container instances: which instances there are, and in what state."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from ecsim.decide.capacity.registration import agent_settings, instance_attributes
from ecsim.effects.clients import Clients, error_code
from ecsim.model.container_instance import Host, ScalingGroup

_MATTERS = ("ec2", "autoscaling", "cloudformation")
_GROUP_TAG = "aws:autoscaling:groupName"
"""Auto Scaling tags what it launches. Source: EC2 Auto Scaling User Guide, ec2-auto-scaling-tagging."""


class Hosts:
    """Looks EC2 instances up when something changed there, and scales Auto Scaling groups.

    Args:
        clients: AWS's other services.

    Attributes:
        stale: whether something may have changed since `all` was asked.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._settings: dict[str, tuple[dict[str, str], tuple[tuple[str, str], ...]]] = {}
        self._profiles: dict[str, bool] = {}
        self.stale = False
        clients.changed.append(self._changed)

    def _changed(self, service: str, operation: str) -> None:
        if service in _MATTERS and (service != "ec2" or _is_about_instances(operation)):
            self.stale = True

    def all(self) -> list[Host]:
        """Every EC2 instance, terminated ones too while EC2 remembers them."""
        self.stale = False
        pages = self._clients.client("ec2").get_paginator("describe_instances").paginate()
        return [
            self._host(instance)
            for page in pages
            for reservation in page["Reservations"]
            for instance in reservation["Instances"]
        ]

    def one(self, instance_id: str) -> Host | None:
        """One EC2 instance, or None when there is none of that id."""
        from botocore.exceptions import ClientError

        try:
            found = self._clients.client("ec2").describe_instances(InstanceIds=[instance_id])["Reservations"]
        except ClientError as error:
            if error_code(error).startswith("InvalidInstanceID"):
                return None
            raise
        return self._host(found[0]["Instances"][0]) if found else None

    # What breaks

    def zones(self) -> list[str]:
        """The names of the region's Availability Zones."""
        found = self._clients.client("ec2").describe_availability_zones()["AvailabilityZones"]
        return [zone["ZoneName"] for zone in found]

    def terminate(self, instance_id: str) -> None:
        """Let an instance be gone, whatever protects it from calls; its Auto Scaling group launches another one."""
        client = self._clients.client("ec2")
        client.modify_instance_attribute(InstanceId=instance_id, DisableApiTermination={"Value": False})
        client.terminate_instances(InstanceIds=[instance_id])

    def switch(self, instance_id: str, *, on: bool) -> None:
        """Stop an instance, or start it again."""
        client = self._clients.client("ec2")
        if on:
            client.start_instances(InstanceIds=[instance_id])
            return
        client.modify_instance_attribute(InstanceId=instance_id, DisableApiStop={"Value": False})
        client.stop_instances(InstanceIds=[instance_id])

    # Auto Scaling groups

    def group(self, name_or_arn: str) -> ScalingGroup | None:
        """An Auto Scaling group by name or ARN, or None when there is none."""
        name = name_or_arn.rsplit("autoScalingGroupName/", 1)[-1]
        if not name:
            return None
        client = self._clients.client("autoscaling")
        found = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        if not found:
            return None
        group = found[0]
        return ScalingGroup(
            arn=group["AutoScalingGroupARN"],
            name=group["AutoScalingGroupName"],
            desired=group["DesiredCapacity"],
            minimum=group["MinSize"],
            maximum=group["MaxSize"],
            instance_type=self._launches(group).get("InstanceType", ""),
            instances=tuple(each["InstanceId"] for each in group["Instances"]),
            protects_new=bool(group.get("NewInstancesProtectedFromScaleIn")),
        )

    def resize(self, group: str, desired: int) -> None:
        """Set an Auto Scaling group's desired capacity; it launches instances at once."""
        client = self._clients.client("autoscaling")
        client.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=desired, HonorCooldown=False)

    def release(self, instance_id: str) -> None:
        """Terminate an instance of an Auto Scaling group, which wants one less from now on."""
        client = self._clients.client("autoscaling")
        client.terminate_instance_in_auto_scaling_group(
            InstanceId=instance_id, ShouldDecrementDesiredCapacity=True
        )

    def _launches(self, group: Mapping[str, Any]) -> Mapping[str, Any]:
        """What an Auto Scaling group launches: its launch template's data, or its launch configuration."""
        mixed = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
        template = group.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
        if template:
            return self._template(template["LaunchTemplateId"], template.get("Version") or "$Default")
        name = group.get("LaunchConfigurationName")
        if not name:
            return {}
        client = self._clients.client("autoscaling")
        found = client.describe_launch_configurations(LaunchConfigurationNames=[name])
        configurations: list[Mapping[str, Any]] = found["LaunchConfigurations"]
        return configurations[0] if configurations else {}

    def _template(self, template_id: str, version: str) -> Mapping[str, Any]:
        found = self._clients.client("ec2").describe_launch_template_versions(
            LaunchTemplateId=template_id, Versions=[version]
        )["LaunchTemplateVersions"]
        data: Mapping[str, Any] = found[0]["LaunchTemplateData"] if found else {}
        return data

    # What EC2 tells of an instance

    def _has_profile(self, instance: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
        """Whether an instance has an instance profile. Moto leaves out those of launch templates and groups."""
        if "IamInstanceProfile" in instance:
            return True
        instance_id = instance["InstanceId"]
        if instance_id not in self._profiles:
            self._profiles[instance_id] = bool(self._launched_by(tags).get("IamInstanceProfile"))
        return self._profiles[instance_id]

    def _launched_by(self, tags: Mapping[str, str]) -> Mapping[str, Any]:
        template = tags.get("aws:ec2launchtemplate:id")
        if template is not None:
            return self._template(template, tags.get("aws:ec2launchtemplate:version", "$Default"))
        name = tags.get(_GROUP_TAG)
        if name is None:
            return {}
        client = self._clients.client("autoscaling")
        found = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return self._launches(found[0]) if found else {}

    def _host(self, instance: Mapping[str, Any]) -> Host:
        tags = {each["Key"]: each["Value"] for each in instance.get("Tags", ())}
        settings, attributes = self._user_data(instance["InstanceId"])
        reserved = settings.get("ECS_RESERVED_MEMORY", "")
        return Host(
            id=instance["InstanceId"],
            state=instance["State"]["Name"],
            instance_type=instance.get("InstanceType", ""),
            image_id=instance.get("ImageId", ""),
            availability_zone=instance.get("Placement", {}).get("AvailabilityZone", ""),
            subnet_id=instance.get("SubnetId", ""),
            vpc_id=instance.get("VpcId", ""),
            private_ip=instance.get("PrivateIpAddress", ""),
            cluster=settings.get("ECS_CLUSTER") or None,
            has_profile=self._has_profile(instance, tags),
            auto_scaling_group=tags.get(_GROUP_TAG),
            attributes=attributes,
            spot_draining=settings.get("ECS_ENABLE_SPOT_INSTANCE_DRAINING") == "true",
            reserved_memory=int(reserved) if reserved.isdecimal() else 0,
            tags=tuple((key, value) for key, value in tags.items() if not key.startswith("aws:")),
        )

    def _user_data(self, instance_id: str) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
        """The agent's settings in an instance's user data; it is read once."""
        if instance_id not in self._settings:
            answer = self._clients.client("ec2").describe_instance_attribute(
                InstanceId=instance_id, Attribute="userData"
            )
            text = _decoded(answer.get("UserData", {}).get("Value") or "")
            self._settings[instance_id] = (agent_settings(text), instance_attributes(text))
        return self._settings[instance_id]


def _is_about_instances(operation: str) -> bool:
    return "Instance" in operation or "Fleet" in operation


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text
