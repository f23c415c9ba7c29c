"""A shop with two target groups, a production rule and a test rule: for deployments that shift traffic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.scenarios.story import ACCOUNT, Story

INFRASTRUCTURE = f"arn:aws:iam::{ACCOUNT}:role/ecsInfrastructureRole"
HOOK_ROLE = f"arn:aws:iam::{ACCOUNT}:role/hooks"
V1, V2, V3 = (f"public.ecr.aws/ecslab/web:{n}.0" for n in (1, 2, 3))
BROKEN = "public.ecr.aws/ecslab/web:broken"
CANARY = {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": 10}}
LINEAR = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 50, "stepBakeTimeInMinutes": 2}}
STAGES = ("deployment.stage",)
TRAFFIC = ("deployment.stage", "deployment.hook", "deployment.state", "service.event")


class BlueStory(Story):
    """A story with a second target group "green" and a listener for tests on port 9000."""

    def _shop(self, interval, delay):
        super()._shop(interval, delay)
        group = self.elb.describe_target_groups(TargetGroupArns=[self.target_group])["TargetGroups"][0]
        self.balancer = self.elb.describe_load_balancers()["LoadBalancers"][0]
        self.green = self.elb.create_target_group(
            Name="green",
            Protocol="HTTP",
            Port=8080,
            VpcId=group["VpcId"],
            TargetType="ip",
            HealthCheckPath="/health",
            HealthCheckIntervalSeconds=interval,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.modify_target_group_attributes(
            TargetGroupArn=self.green,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}],
        )
        listener = self.elb.describe_listeners(LoadBalancerArn=self.balancer["LoadBalancerArn"])["Listeners"][
            0
        ]
        self.production = self._default_rule(listener["ListenerArn"])
        self.test = self._default_rule(self._listen(9000, self.green))
        self.test_url = self.url[:-1] + ":9000/"

    def _listen(self, port, group):
        return self.elb.create_listener(
            LoadBalancerArn=self.balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )["Listeners"][0]["ListenerArn"]

    def _default_rule(self, listener):
        return self.elb.describe_rules(ListenerArn=listener)["Rules"][0]["RuleArn"]

    def balancers(self, **changes):
        advanced = {
            "alternateTargetGroupArn": self.green,
            "productionListenerRule": self.production,
            "testListenerRule": self.test,
            "roleArn": INFRASTRUCTURE,
        } | changes
        return [
            {
                "targetGroupArn": self.target_group,
                "containerName": "web",
                "containerPort": 8080,
                "advancedConfiguration": {name: value for name, value in advanced.items() if value},
            }
        ]

    def blue(self, **given):
        """A service with a strategy that shifts traffic (BLUE_GREEN, unless told otherwise), steady with web:1.0."""
        self.create(**given)
        return self.stable()

    def create(self, *, desired=2, balancers=None, image=V1, breaker=None, **configuration):
        """CreateService with a strategy that shifts traffic."""
        configuration = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5} | configuration
        if breaker is not None:
            configuration["deploymentCircuitBreaker"] = {"enable": True, "rollback": breaker}
        self.ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition=self.definition(image),
            desiredCount=desired,
            launchType="FARGATE",
            networkConfiguration=self.network(),
            deploymentConfiguration=configuration,
            loadBalancers=self.balancers() if balancers is None else balancers,
        )

    def small_network(self):
        """Where tasks run in a new subnet with 11 addresses."""
        made = self.ec2.create_subnet(VpcId=self.balancer["VpcId"], CidrBlock="10.0.3.0/28")["Subnet"]
        return {"awsvpcConfiguration": {"subnets": [made["SubnetId"]], "securityGroups": [self.group]}}

    def function(self, name, answer, takes_ms=1_000):
        """A Lambda function; returns its ARN. `answer` is called with the event, or is what is answered."""
        written = answer if callable(answer) else lambda *_: answer
        program = self.cloud.host.add_function(written)
        return self.world.do("function", {"name": name, "program": program, "takes_ms": takes_ms})["arn"]

    def serve(self, rule, weights):
        """Let a listener's default rule forward to target groups with weights, as somebody else than ECS might."""
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
        self.elb.modify_listener(
            ListenerArn=rule.replace(":listener-rule/", ":listener/").rsplit("/", 1)[0],
            DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
        )

    def rule(self, path, group):
        """A rule for a path on the production listener."""
        return self.elb.create_rule(
            ListenerArn=self.production.replace(":listener-rule/", ":listener/").rsplit("/", 1)[0],
            Priority=10,
            Conditions=[{"Field": "path-pattern", "Values": [path]}],
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
        )["Rules"][0]["RuleArn"]

    def weights(self, rule):
        """The weights of a rule, by the names of the target groups."""
        found = self.elb.describe_rules(RuleArns=[rule])["Rules"][0]["Actions"][0]
        groups = found["ForwardConfig"]["TargetGroups"]
        return {g["TargetGroupArn"].split("/")[1]: g["Weight"] for g in groups}

    def get(self, url):
        """The version that answers a request."""
        return self.world.do("http", {"url": url})

    def deployment(self):
        """The newest service deployment, as it is described."""
        brief = self.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"][0]
        arns = [brief["serviceDeploymentArn"]]
        return self.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0]

    def hook(self, *stages, **more):
        """A lifecycle hook: of a function when a target is given, else a pause."""
        if "hookTargetArn" in more:
            return {"lifecycleStages": list(stages), "roleArn": HOOK_ROLE, **more}
        return {"targetType": "PAUSE", "lifecycleStages": list(stages), **more}

    def go_on(self, action):
        """ContinueServiceDeployment of the hook that is AWAITING_ACTION."""
        described = self.deployment()
        hooks = [h for h in described["lifecycleHookDetails"] if h["status"] == "AWAITING_ACTION"]
        self.ecs.continue_service_deployment(
            serviceDeploymentArn=described["serviceDeploymentArn"], hookId=hooks[0]["hookId"], action=action
        )

    def network_balancers(self):
        """The same behind a Network Load Balancer: two target groups and a listener of its own."""
        vpc = self.balancer["VpcId"]
        network = self.elb.create_load_balancer(Name="net", Type="network", Subnets=self.subnets)[
            "LoadBalancers"
        ][0]
        blue, green = (
            self.elb.create_target_group(
                Name=name,
                Protocol="TCP",
                Port=8080,
                VpcId=vpc,
                TargetType="ip",
                HealthCheckIntervalSeconds=10,
            )["TargetGroups"][0]["TargetGroupArn"]
            for name in ("tcp-blue", "tcp-green")
        )
        production, test = (
            self.elb.create_listener(
                LoadBalancerArn=network["LoadBalancerArn"],
                Protocol="TCP",
                Port=port,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            )["Listeners"][0]["ListenerArn"]
            for port, group in ((80, blue), (9000, green))
        )
        changed = self.balancers(
            alternateTargetGroupArn=green, productionListenerRule=production, testListenerRule=test
        )
        return [{**changed[0], "targetGroupArn": blue}]


@contextmanager
def under_way(image: str = V2, *, pause: str | None = None, **given) -> Iterator[BlueStory]:
    """A story that begins with UpdateService to another image; what was before is told already.

    Args:
        image: what green runs.
        pause: a stage at which a lifecycle hook pauses this deployment, or None.
        given: what the service is created with, as `BlueStory.blue` takes it.
    """
    with BlueStory() as story:
        story.blue(**given).told()
        more = {"deploymentConfiguration": {"lifecycleHooks": [story.hook(pause)]}} if pause else {}
        story.update(taskDefinition=story.definition(image), **more)
        yield story


def alarm(story, state=None):
    """An alarm on the web shop, and its state."""
    cloudwatch = story.cloud.client("cloudwatch")
    if state is None:
        cloudwatch.put_metric_alarm(
            AlarmName="5xx",
            Namespace="AWS/ApplicationELB",
            MetricName="HTTPCode_Target_5XX_Count",
            Period=60,
            EvaluationPeriods=2,
            Threshold=1,
            Statistic="Sum",
            ComparisonOperator="GreaterThanThreshold",
        )
    cloudwatch.set_alarm_state(AlarmName="5xx", StateValue=state or "OK", StateReason="a story")
    return {"alarmNames": ["5xx"], "enable": True, "rollback": True}
