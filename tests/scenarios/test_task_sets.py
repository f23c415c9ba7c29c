"""An external controller makes deployments: task sets that start, scale, swap and go. Source: ecs-behaviour.md 5.16."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from inline_snapshot import snapshot

from ecsim.faults import Fault, FaultKind
from tests.scenarios.story import Story


class External(Story):
    """A story of a service with the deployment controller EXTERNAL and two target groups."""

    def __init__(self, desired=4):
        super().__init__()
        vpc = self.ec2.describe_subnets(SubnetIds=self.subnets[:1])["Subnets"][0]["VpcId"]
        self.green = self.elb.create_target_group(
            Name="green", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip", HealthCheckPath="/health"
        )["TargetGroups"][0]["TargetGroupArn"]
        balancer = self.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        self.test_listener = self.elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTP",
            Port=8080,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.green}],
        )["Listeners"][0]["ListenerArn"]
        self.ecs.create_service(
            cluster="shop",
            serviceName="web",
            desiredCount=desired,
            deploymentController={"type": "EXTERNAL"},
        )

    def task_set(self, definition, group, scale, **more):
        return self.ecs.create_task_set(
            cluster="shop",
            service="web",
            taskDefinition=definition,
            launchType="FARGATE",
            networkConfiguration=self.network(),
            loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}],
            scale={"value": scale, "unit": "PERCENT"},
            **more,
        )["taskSet"]

    def sets(self):
        return self.ecs.describe_task_sets(cluster="shop", service="web")["taskSets"]

    def counts(self):
        return [
            (s["status"], s["computedDesiredCount"], s["runningCount"], s["stabilityStatus"])
            for s in self.sets()
        ]


def test_blue_and_green_by_an_external_controller():
    with External() as story:
        blue = story.task_set(story.definition(), story.target_group, 100)
        assert (blue["status"], blue["computedDesiredCount"], blue["stabilityStatus"]) == (
            "ACTIVE",
            0,
            "STABILIZING",
        )
        story.ecs.update_service_primary_task_set(cluster="shop", service="web", primaryTaskSet=blue["id"])
        story.advance("3m")
        assert story.counts() == [("PRIMARY", 4, 4, "STEADY_STATE")]
        assert {t["startedBy"] for t in story.tasks()} == {blue["id"]}
        green = story.task_set(story.definition("public.ecr.aws/ecslab/web:2.0"), story.green, 25)
        story.advance("3m")
        assert story.counts() == [("ACTIVE", 1, 1, "STEADY_STATE"), ("PRIMARY", 4, 4, "STEADY_STATE")]
        story.ecs.update_task_set(
            cluster="shop",
            service="web",
            taskSet=green["taskSetArn"],
            scale={"value": 100, "unit": "PERCENT"},
        )
        assert story.counts()[0] == ("ACTIVE", 1, 1, "STABILIZING")
        story.advance("3m")
        story.told()
        story.ecs.update_service_primary_task_set(
            cluster="shop", service="web", primaryTaskSet=green["taskSetArn"]
        )
        deleted = story.ecs.delete_task_set(cluster="shop", service="web", taskSet=blue["id"], force=True)
        assert (deleted["taskSet"]["status"], deleted["taskSet"]["scale"]["value"]) == ("DRAINING", 0.0)
        story.advance("3m")
        assert story.counts() == [("PRIMARY", 4, 4, "STEADY_STATE")]
        shown = story.now()
        assert shown["taskDefinition"].endswith("web:2"), (
            "the primary task set's parameters are the service's"
        )
        assert shown["deployments"] == []
        assert (shown["runningCount"], len(shown["taskSets"])) == (4, 1)
        assert story.told("service.event", "deployment.state", "decision") == snapshot("""\

00:09:00 d1 web:1 ACTIVE COMPLETED
00:09:00 d2 web:2 PRIMARY COMPLETED
00:09:00 d1 web:1 DRAINING IN_PROGRESS
00:09:01 (service web) has stopped 4 running tasks: (task t1) (task t2) (task t3) (task t4).
00:09:01 t1 stop_task: task_set.draining
00:09:01 t1 wait: task.waits_for_draining
00:09:01 t2 stop_task: task_set.draining
00:09:01 t2 wait: task.waits_for_draining
00:09:01 t3 stop_task: task_set.draining
00:09:01 t3 wait: task.waits_for_draining
00:09:01 t4 stop_task: task_set.draining
00:09:01 t4 wait: task.waits_for_draining
00:09:01 (service web) deregistered 4 targets in (target-group web)
00:09:01 (service web, taskSet d1) has begun draining connections on 4 tasks.
00:09:39 d1 web:1 INACTIVE IN_PROGRESS
00:09:39 (service web) has reached a steady state.
""")


def test_the_computed_desired_count_is_rounded_up():
    """Source: botocore TaskSet.computedDesiredCount."""
    with External(desired=3) as story:
        story.task_set(story.definition(), story.target_group, 40)
        story.advance("2m")
        assert story.counts() == [("ACTIVE", 2, 2, "STEADY_STATE")]
        story.update(desiredCount=6)
        story.advance("2m")
        assert story.counts() == [("ACTIVE", 3, 3, "STEADY_STATE")]
        story.update(desiredCount=1)
        story.advance("2m")
        assert story.counts() == [("ACTIVE", 1, 1, "STEADY_STATE")]


def test_an_unhealthy_task_is_replaced():
    with External(desired=2) as story:
        story.task_set(story.definition(), story.target_group, 100)
        story.advance("2m").told()
        first = story.tasks()[0]["taskArn"]
        story.cloud.inject(Fault(kind=FaultKind.FAIL_HEALTH, match=first.rpartition("/")[2]))
        story.advance("3m")
        assert "is unhealthy in" in story.events()
        assert first not in {t["taskArn"] for t in story.tasks()}
        assert story.counts() == [("ACTIVE", 2, 2, "STEADY_STATE")]


def test_a_deleted_service_takes_its_task_sets_along():
    with External(desired=2) as story:
        story.task_set(story.definition(), story.target_group, 100)
        story.advance("2m")
        story.ecs.delete_service(cluster="shop", service="web", force=True)
        story.advance("3m")
        assert story.now()["status"] == "INACTIVE"
        assert story.now()["taskSets"] == []
        assert story.tasks() == []


def test_a_service_without_task_sets_has_no_tasks_and_no_events():
    with External() as story:
        story.advance("1h")
        shown = story.now()
        assert (shown["runningCount"], shown["events"], shown["taskSets"]) == (0, [], [])
        assert story.ecs.list_services(cluster="shop")["serviceArns"] == [shown["serviceArn"]]
        assert story.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"scale": {"value": 101.0, "unit": "PERCENT"}}, "between 0 and 100"),
        ({"taskDefinition": "nobody"}, "TaskDefinition not found."),
        ({"service": "nobody"}, "Service not found."),
        ({"service": "own"}, "deployment controller ECS"),
        ({"loadBalancers": [{"containerName": "web"}] * 2}, "at most one load balancer"),
    ],
)
def test_what_a_task_set_cannot_be(change, says):
    with External() as story:
        definition = story.definition()
        story.ecs.create_service(
            cluster="shop",
            serviceName="own",
            taskDefinition=definition,
            desiredCount=0,
            launchType="FARGATE",
            networkConfiguration=story.network(),
        )
        request = {"cluster": "shop", "service": "web", "taskDefinition": definition, "launchType": "FARGATE"}
        with pytest.raises(ClientError, match=says):
            story.ecs.create_task_set(**{**request, "networkConfiguration": story.network(), **change})
        assert story.sets() == []


def test_scaled_task_sets_are_deleted_by_force_only():
    with External() as story:
        made = story.task_set(story.definition(), story.target_group, 50, externalId="42")
        assert made["externalId"] == "42"
        with pytest.raises(ClientError, match="scaled above 0"):
            story.ecs.delete_task_set(cluster="shop", service="web", taskSet=made["id"])
        with pytest.raises(ClientError, match="TaskSetNotFoundException"):
            story.ecs.delete_task_set(cluster="shop", service="web", taskSet="ecs-svc/1")
        answer = story.ecs.describe_task_sets(cluster="shop", service="web", taskSets=["ecs-svc/1"])
        assert [f["reason"] for f in answer["failures"]] == ["MISSING"]


def test_the_same_client_token_answers_the_same_task_set():
    with External() as story:
        definition = story.definition()
        made = [
            story.task_set(definition, story.target_group, 50, clientToken="once")["id"] for _ in range(2)
        ]
        assert made[0] == made[1]
        with pytest.raises(ClientError, match="client token"):
            story.task_set(definition, story.target_group, 60, clientToken="once")


def test_what_belongs_to_task_sets_cannot_be_updated_on_the_service():
    """Source: botocore UpdateService (operation): what can be updated with an external controller."""
    with External() as story, pytest.raises(ClientError, match="belongs to the service's task sets"):
        story.update(taskDefinition=story.definition())


def test_a_service_has_at_most_five_task_sets_and_they_have_tags():
    with External() as story:
        definition = story.definition()
        first = story.task_set(definition, story.target_group, 0, tags=[{"key": "a", "value": "1"}])
        arn = first["taskSetArn"]
        story.ecs.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
        assert len(story.ecs.list_tags_for_resource(resourceArn=arn)["tags"]) == 2
        shown = story.ecs.describe_task_sets(cluster="shop", service="web", include=["TAGS"])
        assert [t["key"] for t in shown["taskSets"][0]["tags"]] == ["a", "b"]
        for _ in range(4):
            story.task_set(definition, story.target_group, 0)
        with pytest.raises(ClientError, match="LimitExceededException"):
            story.task_set(definition, story.target_group, 0)
