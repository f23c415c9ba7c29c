"""A story in, the journal as text out.

A story is a cloud with the shop's network and load balancer. Its `told` is the journal since the last telling, with
ids replaced by the order in which they appeared: t1, t2, ... for tasks, d1, d2, ... for deployments.
"""

from __future__ import annotations

import re

from ecsim.clock.duration import clock_text
from ecsim.cloud.cloud import Cloud
from ecsim.cloud.world import World

REGION, ACCOUNT = "ap-northeast-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"
KINDS = ("task.status", "target.state", "service.event", "deployment.state", "container.exit", "decision")


class Story:
    """A shop to tell stories of. Use it as a context manager."""

    def __init__(self, seed=1, *, interval=10, delay=30, **options):
        self.cloud = Cloud(seed, strict=True, **options)
        self.world = World(self.cloud)
        self.names: dict[str, str] = {}
        self.told_to = 0
        self.ec2, self.elb, self.ecs = (self.cloud.client(s) for s in ("ec2", "elbv2", "ecs"))
        self._shop(interval, delay)

    def __enter__(self):
        return self

    def __exit__(self, *_problem):
        self.cloud.close()

    def _shop(self, interval, delay):
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=REGION + zone)[
                "Subnet"
            ]["SubnetId"]
            for n, zone in ((1, "a"), (2, "c"))
        ]
        self.group = self.ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
        balancer = self.elb.create_load_balancer(Name="shop", Subnets=self.subnets)["LoadBalancers"][0]
        self.url = f"http://{balancer['DNSName']}/"
        self.target_group = self.elb.create_target_group(
            Name="web",
            Protocol="HTTP",
            Port=8080,
            VpcId=vpc,
            TargetType="ip",
            HealthCheckPath="/health",
            HealthCheckIntervalSeconds=interval,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.modify_target_group_attributes(
            TargetGroupArn=self.target_group,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}],
        )
        self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.target_group}],
        )
        self.ecs.create_cluster(clusterName="shop")

    # What happens in stories

    def definition(
        self, image="public.ecr.aws/ecslab/web:1.0", *, family="web", containers=None, task_role=False, **more
    ):
        container = {"name": "web", "image": image, "portMappings": [{"containerPort": 8080}], **more}
        return self.ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=ROLE,
            **({"taskRoleArn": ROLE} if task_role else {}),
            containerDefinitions=containers or [container],
        )["taskDefinition"]["taskDefinitionArn"]

    def network(self):
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.group]}}

    def service(
        self, definition, *, desired=3, balanced=True, minimum=100, maximum=200, breaker=None, **more
    ):
        configuration = {"minimumHealthyPercent": minimum, "maximumPercent": maximum}
        if breaker is not None:
            configuration["deploymentCircuitBreaker"] = {"enable": True, "rollback": breaker}
        if balanced:
            more["loadBalancers"] = [
                {"targetGroupArn": self.target_group, "containerName": "web", "containerPort": 8080}
            ]
        return self.ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition=definition,
            desiredCount=desired,
            launchType="FARGATE",
            networkConfiguration=self.network(),
            deploymentConfiguration=configuration,
            **more,
        )["service"]

    def update(self, **changes):
        return self.ecs.update_service(cluster="shop", service="web", **changes)["service"]

    def now(self):
        return self.ecs.describe_services(cluster="shop", services=["web"])["services"][0]

    def tasks(self, status="RUNNING"):
        arns = self.ecs.list_tasks(cluster="shop", desiredStatus=status)["taskArns"]
        return self.ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []

    def healthy(self):
        answer = self.elb.describe_target_health(TargetGroupArn=self.target_group)
        return sum(t["TargetHealth"]["State"] == "healthy" for t in answer["TargetHealthDescriptions"])

    def advance(self, duration):
        self.cloud.advance(duration)
        return self

    def stable(self, timeout="60m"):
        answer = self.world.do("until_stable", {"timeout_ms": int(timeout[:-1]) * 60_000})
        assert answer["stable"], answer
        return self

    # Telling

    def told(self, *kinds):
        """The journal since the last telling; of some kinds, if given."""
        entries = self.cloud.journal.since(self.told_to)
        self.told_to = len(self.cloud.journal)
        lines = [self._line(e) for e in entries if e.kind in (kinds or KINDS)]
        return "\n" + "".join(line + "\n" for line in lines)

    def events(self):
        """The service events since the last telling, oldest first."""
        return self.told("service.event")

    def _line(self, entry):
        f, at = entry.fields, clock_text(entry.at_ms)
        text = {
            "task.status": lambda: (
                f"{entry.subject} {f['status']}"
                + (
                    " (stopping)"
                    if f["desired"] == "STOPPED" and f["status"] in ("RUNNING", "PENDING", "ACTIVATING")
                    else ""
                )
                + (f" {f['stop_code']}: {f['stopped_reason']}" if f["status"] == "STOPPED" else "")
            ),
            "target.state": lambda: (
                f"target of {f['task']} {f['state']}"
                + (f" ({f['reason']})" if f["reason"] and f["state"] == "unhealthy" else "")
            ),
            "service.event": lambda: f["message"],
            "deployment.state": lambda: (
                f"{entry.subject} {f['task_definition']} {f['status']} {f['rollout_state']}"
            ),
            "deployment.stage": lambda: (
                f"{entry.subject} {'back: ' if f['rollback'] else ''}{f['stage']}"
                + (f" {f['step']}/{f['steps']}" if f["steps"] > 1 and "PRODUCTION" in f["stage"] else "")
                + f" production {f['production']} test {f['test']}"
            ),
            "deployment.hook": lambda: (
                f"{entry.subject} hook {f['type']} {f['status']} in {f['stage']}"
                + (f" ({f['target'].rsplit(':', 1)[1]})" if f["target"] else "")
            ),
            "function": lambda: f"{entry.subject} answers {f['answer']}",
            "container.exit": lambda: (
                f"{entry.subject} {f['container']} exits {f['exit_code']}"
                + (f" ({f['reason']})" if f["reason"] else "")
            ),
            "decision": lambda: f"{entry.subject} {f['action']}: {f['code']}",
        }[entry.kind]()
        return f"{at} {self.short(text)}"

    def short(self, text):
        """A text with short names for ids."""

        def name(match):
            kind = "d" if match[0].startswith("ecs-svc/") else "t"
            if match[0] not in self.names:
                count = sum(1 for n in self.names.values() if n[0] == kind) + 1
                self.names[match[0]] = f"{kind}{count}"
            return self.names[match[0]]

        text = re.sub(r"ecs-svc/\d{19}|\b[0-9a-f]{32}\b", name, text)
        return re.sub(r"arn:aws:elasticloadbalancing:\S+targetgroup/(\w+)/[0-9a-f]{16}", r"\1", text)
