"""A shop whose service is deployed by CodeDeploy: two target groups, a production listener, a test listener."""

from __future__ import annotations

from tests.scenarios.story import ACCOUNT, Story

ROLE = f"arn:aws:iam::{ACCOUNT}:role/codedeploy"
STYLE = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
APPSPEC = """\
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: {definition}
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 8080
"""


class CodeDeployed(Story):
    """A story of a service with the deployment controller CODE_DEPLOY.

    Args:
        config: the deployment configuration's name, without AWS's prefix.
        ready: minutes to wait for ContinueDeployment, or None.
        termination: minutes that blue stays.
        rollback: the events of the automatic rollback.
        alarms: names of the watched alarms.
        test: whether there is a test listener.
    """

    def __init__(
        self,
        *,
        config="ECSAllAtOnce",
        ready=None,
        termination=0,
        rollback=(),
        alarms=(),
        test=True,
        desired=2,
        **options,
    ):
        super().__init__(**options)
        self.codedeploy = self.cloud.client("codedeploy")
        vpc = self.ec2.describe_subnets(SubnetIds=self.subnets[:1])["Subnets"][0]["VpcId"]
        self.green = self.elb.create_target_group(
            Name="green",
            Protocol="HTTP",
            Port=8080,
            VpcId=vpc,
            TargetType="ip",
            HealthCheckPath="/health",
            HealthCheckIntervalSeconds=10,
        )["TargetGroups"][0]["TargetGroupArn"]
        for group in (self.target_group, self.green):
            self.elb.modify_target_group_attributes(
                TargetGroupArn=group,
                Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
            )
        balancer = self.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        self.production = self.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
        self.test = self.elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTP",
            Port=9090,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.target_group}],
        )["Listeners"][0]["ListenerArn"]
        self.service(self.definition(), desired=desired, deploymentController={"type": "CODE_DEPLOY"})
        self.codedeploy.create_application(applicationName="shop", computePlatform="ECS")
        self.codedeploy.create_deployment_group(
            applicationName="shop",
            deploymentGroupName="web",
            **self.members(config, ready, termination, rollback, alarms, test=test),
        )
        self.advance("2m")
        self.told()

    def members(self, config, ready=None, termination=0, rollback=(), alarms=(), *, test=True):
        """The members of a deployment group."""
        pair = {
            "targetGroups": [{"name": "web"}, {"name": "green"}],
            "prodTrafficRoute": {"listenerArns": [self.production]},
        }
        if test:
            pair["testTrafficRoute"] = {"listenerArns": [self.test]}
        wait = {"actionOnTimeout": "CONTINUE_DEPLOYMENT"}
        if ready is not None:
            wait = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": ready}
        return {
            "serviceRoleArn": ROLE,
            "deploymentConfigName": f"CodeDeployDefault.{config}" if config.startswith("ECS") else config,
            "deploymentStyle": STYLE,
            "ecsServices": [{"serviceName": "web", "clusterName": "shop"}],
            "loadBalancerInfo": {"targetGroupPairInfoList": [pair]},
            "blueGreenDeploymentConfiguration": {
                "deploymentReadyOption": wait,
                "terminateBlueInstancesOnDeploymentSuccess": {
                    "action": "TERMINATE",
                    "terminationWaitTimeInMinutes": termination,
                },
            },
            "autoRollbackConfiguration": {"enabled": bool(rollback), "events": list(rollback)},
            "alarmConfiguration": {"enabled": bool(alarms), "alarms": [{"name": name} for name in alarms]},
        }

    def deploy(self, image="public.ecr.aws/ecslab/web:2.0", *, hooks=None, **more):
        """Deploy another revision; returns the deployment's id."""
        content = APPSPEC.format(definition=self.definition(image))
        if hooks:
            content += "Hooks:\n" + "".join(f"  - {event}: {name}\n" for event, name in hooks.items())
        return self.codedeploy.create_deployment(
            applicationName="shop", deploymentGroupName="web", revision=appspec(content), **more
        )["deploymentId"]

    def function(self, name, answer, takes_ms=1_000):
        """A Lambda function that answers always the same; returns the events that it was called with."""
        called = []

        def written(event, _context):
            called.append(event)
            return answer

        program = self.cloud.host.add_function(written)
        self.world.do("function", {"name": name, "program": program, "takes_ms": takes_ms})
        return called

    def deployment(self, deployment):
        return self.codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]

    def status(self, deployment):
        return self.deployment(deployment)["status"]

    def target(self, deployment):
        answer = self.codedeploy.get_deployment_target(deploymentId=deployment, targetId="shop:web")
        return answer["deploymentTarget"]["ecsTarget"]

    def lifecycle(self, deployment):
        """The lifecycle events with their states."""
        return {e["lifecycleEventName"]: e["status"] for e in self.target(deployment)["lifecycleEvents"]}

    def weights(self, listener):
        """What a listener's default action forwards to, by the target group's name."""
        action = self.elb.describe_listeners(ListenerArns=[listener])["Listeners"][0]["DefaultActions"][0]
        groups = action.get("ForwardConfig", {}).get("TargetGroups") or [action]
        return {self.short(group["TargetGroupArn"]): group.get("Weight") for group in groups}

    def task_sets(self):
        """(status, revision, running tasks, target group) of each task set, newest first."""
        return [
            (
                t["status"],
                t["taskDefinition"].rsplit("/", 1)[1],
                t["runningCount"],
                self.short(t["loadBalancers"][0]["targetGroupArn"]),
            )
            for t in self.now()["taskSets"]
        ]

    def path(self, *kinds):
        """What the journal tells of CodeDeploy since the last telling."""
        entries = self.cloud.journal.since(self.told_to)
        self.told_to = len(self.cloud.journal)
        lines = []
        for entry in entries:
            if not entry.kind.startswith(kinds or ("codedeploy.",)):
                continue
            fields = dict(entry.fields)
            for left_out in ("service", "group"):
                fields.pop(left_out, None)
            told = " ".join(str(value) for value in fields.values())
            lines.append(f"{entry.at_ms / 60_000:6.2f} {entry.kind.removeprefix('codedeploy.')} {told}")
        text = self.short("\n".join(lines))
        ids = list(self.cloud.store.code_deployments)
        for nth, each in enumerate(ids, start=1):
            text = text.replace(each, f"c{nth}")
        return f"\n{text}\n"


def appspec(content):
    """A revision of an AppSpec."""
    return {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}
