"""The cloud that a swarm plays with: a network, two target groups, a log group, a secret, and whatever it makes.

It remembers what there is to play with and how often each operation was answered with what.
"""

from __future__ import annotations

import json
from collections import Counter

from botocore.exceptions import ClientError

from ecsim.api.wire import TARGET_PREFIX
from ecsim.cloud.cloud import Cloud
from ecsim.cloud.world import World, WorldError

REGION, ACCOUNT = "ap-northeast-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"
ENDPOINT = f"https://ecs.{REGION}.amazonaws.com/"
PORT = 8080
CLUSTERS = ("shop", "jobs")


class Refused(Exception):  # noqa: N818 - it is an answer, not a mistake
    """AWS said no, as it may. `code` is AWS's."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Shop:
    """A cloud with what a service needs, and the counts of what was asked of it."""

    def __init__(self, seed, *, interval=10, delay=30):
        self.cloud = Cloud(seed, strict=True)
        self.world = World(self.cloud)
        self.hits: Counter[tuple[str, str]] = Counter()
        self.interval, self.delay = interval, delay
        self.by_hand: set[tuple[str, str, int]] = set()
        self.groups: list[str] = []
        self.listeners: list[str] = []
        self.definitions: list[str] = []
        self.streams: list[int] = []
        self.functions: list[str] = []
        self.alarms: list[str] = []
        self.secret = ""
        self._network()
        for name in CLUSTERS:
            self.ecs("CreateCluster", clusterName=name)
        self.open_group()
        self.restore_log_group()
        self.restore_secret()
        self.define("web:1.0")

    # Calls

    def ecs(self, operation, **params):
        """An ECS call over the wire."""
        headers = {"X-Amz-Target": TARGET_PREFIX + operation, "Content-Type": "application/x-amz-json-1.1"}
        status, _headers, body = self.cloud.gate.handle(
            "POST", ENDPOINT, headers, json.dumps(params).encode()
        )
        answer = json.loads(body)
        if status == 200:
            self.hits[operation, "ok"] += 1
            return answer
        assert 400 <= status < 500, f"{operation}{params} answered {status}: {body!r}"
        assert answer.get("__type"), f"{operation} refused without a code: {body!r}"
        assert answer.get("message"), f"{operation} refused without a word: {body!r}"
        code = answer["__type"].rpartition("#")[2]
        self.hits[operation, code] += 1
        raise Refused(code)

    def other(self, service, operation, **params):
        """A call of another service, by boto3's name of the operation."""
        client = self.cloud.client(service)
        try:
            answer = getattr(client, operation)(**params)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            assert status < 500, f"{operation}{params} answered {status}"
            code = error.response["Error"]["Code"]
            self.hits[operation, code] += 1
            raise Refused(code) from error
        self.hits[operation, "ok"] += 1
        return answer

    def do(self, verb, **args):
        """A verb of the world."""
        try:
            answer = self.world.do(verb, args)
        except WorldError as error:
            if verb in ("advance", "until_stable"):
                raise AssertionError(f"{verb} {args} cannot go on: {error}") from error
            self.hits[verb, error.kind] += 1
            raise Refused(error.kind) from error
        self.hits[verb, "ok"] += 1
        return answer

    # Furniture

    def _network(self):
        ec2 = self.cloud.client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=REGION + zone)["Subnet"][
                "SubnetId"
            ]
            for cidr, zone in (("10.0.1.0/24", "a"), ("10.0.2.0/28", "c"))
        ]
        self.security = ec2.create_security_group(GroupName="web", Description="web", VpcId=self.vpc)[
            "GroupId"
        ]
        elb = self.cloud.client("elbv2")
        made = elb.create_load_balancer(Name="shop", Subnets=self.subnets)["LoadBalancers"][0]
        self.balancer, self.url = made["LoadBalancerArn"], f"http://{made['DNSName']}/"

    def network(self):
        """Where tasks run."""
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.security]}}

    def open_group(self):
        """A new target group behind a listener of its own."""
        number = 1 + len(self.groups)
        group = self.other(
            "elbv2",
            "create_target_group",
            Name=f"web-{number}",
            Protocol="HTTP",
            Port=PORT,
            VpcId=self.vpc,
            TargetType="ip",
            HealthCheckPath="/health",
            HealthCheckIntervalSeconds=self.interval,
            HealthCheckTimeoutSeconds=2,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        self.groups.append(group)
        self.set_delay(group, self.delay)
        self.listen(group, 80 if number == 1 else 8000 + number)
        return group

    def set_delay(self, group, seconds):
        """Set the deregistration delay of a group."""
        self.other(
            "elbv2",
            "modify_target_group_attributes",
            TargetGroupArn=group,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(seconds)}],
        )

    def listen(self, group, port):
        """A listener that forwards to a group."""
        self.listeners.append(
            self.other(
                "elbv2",
                "create_listener",
                LoadBalancerArn=self.balancer,
                Protocol="HTTP",
                Port=port,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            )["Listeners"][0]["ListenerArn"]
        )

    def restore_log_group(self):
        """The log group that some definitions write to."""
        self.other("logs", "create_log_group", logGroupName="/shop/web")

    def restore_secret(self):
        """The secret that some definitions ask for; a new one has a new ARN."""
        made = self.other("secretsmanager", "create_secret", Name="db", SecretString='{"password":"x"}')
        self.secret = made["ARN"]

    def define(self, image, *, family="web", **more):
        """Register a definition with one web container; `more` are members of the container."""
        container = {
            "name": "web",
            "image": image if "/" in image or not image else f"public.ecr.aws/ecslab/{image}",
            "portMappings": [{"containerPort": PORT}],
            **more,
        }
        return self.register(family, [container])

    def register(self, family, containers):
        """Register a definition for Fargate."""
        arn = self.ecs(
            "RegisterTaskDefinition",
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=ROLE,
            containerDefinitions=containers,
        )["taskDefinition"]["taskDefinitionArn"]
        self.definitions.append(arn)
        return arn

    # What there is

    def services(self, *statuses):
        """The services with one of these statuses; all of them when none is given."""
        return [s for s in self.cloud.store.services.values() if not statuses or s.status in statuses]

    def live_tasks(self):
        """Every task that is not STOPPED."""
        return [t for t in self.cloud.store.tasks.values() if not t.is_stopped]

    def listener_of(self, group):
        """Whether some listener still forwards to a group that exists."""
        known = self.cloud.balancing.target_group(group)
        return known is not None and known.in_use

    def stands(self, group):
        """Whether a listener whose weights ECS does not set forwards to a group that exists.

        A traffic shift gives a rule's traffic to blue and green alone, so a third group there is soon out of use.
        """
        if not self.listener_of(group):
            return False
        taken = {
            rule.replace(":listener-rule/", ":listener/")
            for service in self.services("ACTIVE")
            for deployment in service.deployments
            for balancer in deployment.load_balancers
            if balancer.advanced is not None
            for rule in (balancer.advanced.production_listener_rule, balancer.advanced.test_listener_rule)
            if rule
        }
        free = [arn for arn in self.listeners if not any(rule.startswith(arn) for rule in taken)]
        served = [self.cloud.balancing.forwards(arn) or () for arn in free]
        return any(group == arn for forwards in served for arn, _ in forwards)
