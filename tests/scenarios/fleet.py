"""Stories with container instances: h1, h2, ... are EC2 instances, c1, c2, ... what they are in the cluster."""

from __future__ import annotations

import base64
import re

from ecsim.clock.duration import clock_text
from tests.scenarios import story
from tests.scenarios.story import Story

USER_DATA = "#!/bin/bash\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n"
KINDS = (*story.KINDS, "instance.status")


class FleetStory(Story):
    """A shop whose cluster has EC2 instances; a service without a launch type of its own runs on them."""

    def __init__(self, seed=1, *, instances=2, kind="t3.medium", **options):
        super().__init__(seed, **options)
        self.iam = self.cloud.client("iam")
        self.iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")
        self.hosts = [self.host(self.subnets[n % len(self.subnets)], kind=kind) for n in range(instances)]
        if instances:
            self.advance("61s")
        self.told()

    def host(self, subnet=None, *, kind="t3.medium", cluster="shop", profile=True, user_data=None):
        """RunInstances: an EC2 instance that registers itself a minute later."""
        more = {"IamInstanceProfile": {"Name": "ecsInstanceRole"}} if profile else {}
        return self.ec2.run_instances(
            ImageId="ami-12345678",
            InstanceType=kind,
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet or self.subnets[0],
            UserData=USER_DATA.format(cluster=cluster) if user_data is None else user_data,
            **more,
        )["Instances"][0]["InstanceId"]

    def bridge(self, family="web", *, cpu=256, memory=512, host_port=0, mode="bridge", ports=True, **more):
        """A task definition for EC2; bridge with a dynamic host port unless said otherwise."""
        container = {
            "name": "web",
            "image": "public.ecr.aws/ecslab/web:1.0",
            "cpu": cpu,
            "memory": memory,
            **({"portMappings": [{"containerPort": 8080, "hostPort": host_port}]} if ports else {}),
            **more.pop("container", {}),
        }
        if mode != "bridge" and ports:
            container["portMappings"] = [{"containerPort": 8080}]
        return self.ecs.register_task_definition(
            family=family, networkMode=mode, containerDefinitions=[container], **more
        )["taskDefinition"]["taskDefinitionArn"]

    def on_ec2(self, definition, *, name="web", desired=2, minimum=100, maximum=200, **more):
        """A service with the launch type EC2."""
        if more.get("schedulingStrategy") != "DAEMON":
            more |= {"desiredCount": desired}
            more.setdefault(
                "deploymentConfiguration",
                {"minimumHealthyPercent": minimum, "maximumPercent": maximum},
            )
        if "capacityProviderStrategy" not in more:
            more["launchType"] = "EC2"
        return self.ecs.create_service(cluster="shop", serviceName=name, taskDefinition=definition, **more)[
            "service"
        ]

    def run(self, definition, count=1, **more):
        """RunTask with the launch type EC2, the whole answer."""
        if "capacityProviderStrategy" not in more:
            more["launchType"] = "EC2"
        return self.ecs.run_task(cluster="shop", taskDefinition=definition, count=count, **more)

    def instances(self, **filters):
        """The container instances, in order of registration."""
        arns = self.ecs.list_container_instances(cluster="shop", **filters)["containerInstanceArns"]
        if not arns:
            return []
        answer = self.ecs.describe_container_instances(cluster="shop", containerInstances=arns)
        return answer["containerInstances"]

    def drain(self, instance, status="DRAINING"):
        """UpdateContainerInstancesState of one instance."""
        return self.ecs.update_container_instances_state(
            cluster="shop", containerInstances=[instance["containerInstanceArn"]], status=status
        )

    def places(self, status="RUNNING"):
        """How many tasks each instance has, in order of registration."""
        where = [task.get("containerInstanceArn") for task in self.tasks(status)]
        return [where.count(each["containerInstanceArn"]) for each in self.instances()]

    def instance_group(self, *, interval=10, delay=30):
        """A target group of the type instance, behind port 81 of the shop's balancer."""
        balancer = self.elb.describe_load_balancers(Names=["shop"])["LoadBalancers"][0]
        group = self.elb.create_target_group(
            Name="hosts",
            Protocol="HTTP",
            Port=80,
            VpcId=balancer["VpcId"],
            TargetType="instance",
            HealthCheckPath="/health",
            HealthCheckIntervalSeconds=interval,
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.modify_target_group_attributes(
            TargetGroupArn=group,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}],
        )
        self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=81,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return group

    def told(self, *kinds):
        """The journal since the last telling; container instances too."""
        return super().told(*(kinds or KINDS))

    def _line(self, entry):
        if entry.kind != "instance.status":
            return super()._line(entry)
        f = entry.fields
        connected = "" if f["connected"] or f["status"] == "INACTIVE" else " (agent disconnected)"
        text = f"{f['ec2']} {f['status']}{connected}"
        return f"{clock_text(entry.at_ms)} {self.short(text)}"

    def short(self, text):
        def name(match):
            kind = "h" if match[0].startswith("i-") else "c"
            key = match["id"] if kind == "c" else match[0]
            if key not in self.names:
                count = sum(1 for n in self.names.values() if n[0] == kind) + 1
                self.names[key] = f"{kind}{count}"
            return f"container-instance {self.names[key]}" if kind == "c" else self.names[key]

        text = re.sub(r"\bi-[0-9a-f]{17}|container-instance (?P<id>[0-9a-f]{32})", name, text)
        return super().short(text)

    # Auto Scaling groups and their capacity providers

    def scaling_group(
        self, name="hosts", *, desired=0, maximum=10, minimum=0, kind="t3.medium", protected=False
    ):
        """An Auto Scaling group whose instances register with the shop's cluster; its ARN."""
        user_data = base64.b64encode(USER_DATA.format(cluster="shop").encode()).decode()
        self.ec2.create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData={
                "ImageId": "ami-12345678",
                "InstanceType": kind,
                "IamInstanceProfile": {"Name": "ecsInstanceRole"},
                "UserData": user_data,
            },
        )
        self.asg = self.cloud.client("autoscaling")
        self.asg.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchTemplate={"LaunchTemplateName": name, "Version": "$Latest"},
            MinSize=minimum,
            MaxSize=maximum,
            DesiredCapacity=desired,
            VPCZoneIdentifier=",".join(self.subnets),
            NewInstancesProtectedFromScaleIn=protected,
        )
        groups = self.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return groups[0]["AutoScalingGroupARN"]

    def provider(self, name="spare", *, group="hosts", scaling=True, protection=False, **more):
        """A capacity provider of an Auto Scaling group, associated with the shop's cluster."""
        settings = {"status": "ENABLED" if scaling else "DISABLED", **more.pop("managedScaling", {})}
        arn = self.scaling_group(group, protected=protection, **more)
        answer = self.ecs.create_capacity_provider(
            name=name,
            autoScalingGroupProvider={
                "autoScalingGroupArn": arn,
                "managedScaling": settings,
                "managedTerminationProtection": "ENABLED" if protection else "DISABLED",
            },
        )["capacityProvider"]
        self.ecs.put_cluster_capacity_providers(
            cluster="shop", capacityProviders=[name], defaultCapacityProviderStrategy=[]
        )
        return answer

    def size(self, group="hosts"):
        """The Auto Scaling group's desired capacity."""
        groups = self.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]
        return groups[0]["DesiredCapacity"]
