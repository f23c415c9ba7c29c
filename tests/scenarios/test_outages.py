"""Instances and Availability Zones that are lost. Sections are ecs-behaviour.md's."""

from __future__ import annotations

from collections import Counter

import pytest
from botocore.exceptions import ClientError

from ecsim.cloud.world import WorldError
from tests.scenarios.fleet import FleetStory
from tests.scenarios.story import REGION, Story

A, C = f"{REGION}a", f"{REGION}c"
CAPACITY = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
"""Sources: ECS Developer Guide, ecs_service_events; AWS re:Post, ecs-fargate-runtask-capacity."""


def lose(story, kind, match):
    return story.world.do("fault", {"kind": kind, "match": match})["tasks"]


def heal(story, kind, match=None):
    return story.world.do("fault", {"kind": kind, "match": match, "on": False})["healed"]


def zones(story):
    return Counter(task["availabilityZone"] for task in story.tasks() if task["lastStatus"] == "RUNNING")


def test_a_lost_instance_is_deregistered_and_its_tasks_come_back_elsewhere():
    """2.5: TerminationNotice. botocore DeregisterContainerInstance: a terminated instance is deregistered by itself."""
    with FleetStory(instances=2) as story:
        story.on_ec2(story.bridge(), desired=2)
        story.stable()
        story.told()
        assert len(lose(story, "instance_lost", story.hosts[0])) == 1
        story.advance("1m")
        assert (
            story.told("instance.status", "task.status", "decision")
            == """
00:01:51 h1 INACTIVE
00:01:51 t1 lose_task: task.host_lost
00:01:51 t1 RUNNING (stopping)
00:01:51 t1 DEPROVISIONING
00:01:51 t1 STOPPED TerminationNotice: Host EC2 (instance h1) terminated.
00:01:51 shop/web start_tasks: scale.out
00:01:51 t3 PENDING
00:01:54 t3 ACTIVATING
00:02:00 t3 RUNNING
00:02:00 shop/web wait: scale.pending
"""
        )
        assert story.places() == [2]


def test_a_lost_instance_of_a_group_is_replaced():
    """7.2: the Auto Scaling group of the capacity provider launches another one, and the waiting task gets on it."""
    with FleetStory(instances=0) as story:
        story.provider()
        strategy = [{"capacityProvider": "spare", "weight": 1}]
        story.on_ec2(story.bridge(memory=3000), desired=2, capacityProviderStrategy=strategy)
        story.stable()
        before = [each["ec2InstanceId"] for each in story.instances()]
        lost = lose(story, "instance_lost", before[0])
        assert len(lost) == 1
        story.stable()
        after = [each["ec2InstanceId"] for each in story.instances()]
        assert before[0] not in after
        assert len(after) == len(before) == story.size()
        assert sorted(story.places()) == [1, 1]


def test_a_daemon_loses_its_task_with_the_instance():
    with FleetStory(instances=3) as story:
        story.on_ec2(story.bridge(), schedulingStrategy="DAEMON")
        story.stable()
        lose(story, "instance_lost", story.instances()[1]["containerInstanceArn"].rsplit("/", 1)[1][:9])
        assert story.stable().places() == [1, 1]
        assert story.now()["desiredCount"] == 2


def test_customers_reach_the_other_zone():
    """8: targets of lost tasks are deregistered, so the load balancer sends nobody there."""
    with Story() as story:
        story.service(story.definition(), desired=4)
        story.stable()
        assert zones(story) == {A: 2, C: 2}
        struck = lose(story, "zone_lost", A)
        assert (len(struck), story.healthy()) == (2, 2)
        assert {story.world.do("http", {"url": story.url})["status"] for _ in range(5)} == {200}
        stopped = {task["taskArn"].rsplit("/", 1)[1]: task for task in story.advance("1m").tasks("STOPPED")}
        assert list(stopped) == struck
        assert {task["stopCode"] for task in stopped.values()} == {"TerminationNotice"}
        assert zones(story.stable()) == {C: 4}


def test_a_target_that_somebody_registered_in_the_zone_fails():
    with FleetStory(instances=2) as story:
        group = story.instance_group()
        story.run(story.bridge(host_port=8080), 2)
        story.advance("30s")
        targets = [{"Id": host, "Port": 8080} for host in story.hosts]
        story.elb.register_targets(TargetGroupArn=group, Targets=targets)
        story.advance("1m")
        lose(story, "zone_lost", A)
        story.advance("1m")
        found = story.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        assert {each["Target"]["Id"]: each["TargetHealth"]["State"] for each in found} == {
            story.hosts[0]: "unhealthy",
            story.hosts[1]: "healthy",
        }


def test_a_zone_that_comes_back_is_balanced_again():
    """5.10: one task at a time, start first."""
    with Story() as story:
        story.service(story.definition(), desired=4)
        story.stable()
        lose(story, "zone_lost", A)
        story.advance("10m")
        story.told()
        assert heal(story, "zone_lost", A) == 1
        events = story.advance("10m").events()
        assert f"is not AZ balanced with 4 tasks in {C}, 0 tasks in {A}." in events
        assert events.count("to AZ Rebalance:") == events.count("due to AZ rebalancing:") == 2
        assert zones(story) == {A: 2, C: 2}


def test_without_rebalancing_what_is_started_later_goes_to_the_emptier_zone():
    with Story() as story:
        story.service(story.definition(), desired=4, availabilityZoneRebalancing="DISABLED")
        story.stable()
        lose(story, "zone_lost", A)
        story.stable()
        heal(story, "zone_lost")
        assert zones(story.advance("10m")) == {C: 4}
        story.update(desiredCount=6)
        assert zones(story.stable()) == {A: 2, C: 4}


def test_fargate_has_no_capacity_where_every_zone_is_lost():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable()
        for zone in (A, C):
            lose(story, "zone_lost", zone)
        assert f"was unable to place a task. Reason: {CAPACITY}." in story.advance("1m").events()
        failed = [task for task in story.tasks("STOPPED") if task["stopCode"] == "TaskFailedToStart"]
        assert {task["stoppedReason"] for task in failed} == {CAPACITY}
        run = {"cluster": "shop", "taskDefinition": "web", "launchType": "FARGATE"}
        with pytest.raises(ClientError, match=CAPACITY):
            story.ecs.run_task(**run, networkConfiguration=story.network())
        heal(story, "zone_lost", C)
        answer = story.ecs.run_task(**run, networkConfiguration=story.network())
        assert [task["availabilityZone"] for task in answer["tasks"]] == [C]
        assert zones(story.stable())[C] >= 2


def test_instances_of_a_lost_zone_stop_and_come_back():
    with FleetStory(instances=2) as story:
        story.on_ec2(story.bridge(), desired=4)
        story.stable()
        story.told()
        lose(story, "zone_lost", A)
        story.host(story.subnets[0])
        assert story.advance("10m").places() == [0, 4], "nor does one register that is started there now"
        assert [each["agentConnected"] for each in story.instances()] == [False, True]
        texts = {task["stoppedReason"] for task in story.tasks("STOPPED")}
        assert texts == {f"Host EC2 (instance {story.hosts[0]}) stopped."}
        heal(story, "zone_lost")
        story.advance("20m")
        assert [each["agentConnected"] for each in story.instances()] == [True] * 3
        assert sorted(story.places()) == [1, 1, 2], "balanced over zones: two each"


def test_an_instance_that_was_just_stopped_is_lost_with_its_zone():
    """Found by the swarm on instances, seed 35: nobody had looked at EC2 since the stop."""
    with FleetStory(instances=2) as story:
        story.ec2.stop_instances(InstanceIds=story.hosts[:1])
        lose(story, "zone_lost", A)
        assert [each["agentConnected"] for each in story.instances()] == [False, True]


def test_a_group_launches_in_the_zones_that_are_left():
    """EC2 Auto Scaling User Guide, as-add-availability-zone."""
    with FleetStory(instances=0) as story:
        story.provider(desired=4)
        story.advance("2m")
        where = Counter(_zone(each) for each in story.instances())
        assert where == {A: 2, C: 2}, "where there are the fewest"
        lose(story, "zone_lost", A)
        assert Counter(_zone(each) for each in story.advance("2m").instances()) == {C: 4}


def _zone(instance):
    return next(a["value"] for a in instance["attributes"] if a["name"] == "ecs.availability-zone")


@pytest.mark.parametrize(
    ("kind", "match", "said"),
    [
        ("instance_lost", "i-0", "there is no container instance 'i-0'; there are: i-"),
        ("instance_lost", "web", "there is no container instance 'web'"),
        ("zone_lost", "*", f"match names an Availability Zone, not '\\*'; there are: {A}, "),
        ("zone_lost", "a", "match names an Availability Zone, not 'a'"),
    ],
)
def test_what_is_not_there_cannot_be_lost(kind, match, said):
    with FleetStory(instances=1) as story:
        with pytest.raises(WorldError, match=said):
            lose(story, kind, match)
        assert list(story.cloud.journal.of("fault")) == []
        assert story.cloud.faults.lost_zones == ()


def test_the_fault_is_told_to_those_whom_it_concerned():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable()
        there = next(task for task in story.tasks() if task["availabilityZone"] == A)
        other = next(task for task in story.tasks() if task["availabilityZone"] == C)
        lose(story, "zone_lost", A)
        story.advance("1m")

        def why(subject, lang="en"):
            asked = {"name": "why", "args": {"subject": subject}, "lang": lang}
            return " ".join(story.world.do("view", asked)["text"].split())

        assert f"A fault was injected: zone_lost for {A}." in why("web")
        assert f"The Availability Zone {A} that it was in is out of order." in why(_id(there))
        assert "zone_lost" in why(_id(there))
        assert "zone_lost" not in why(_id(other))
        told = why(_id(there), "ja").replace(" ", "")
        assert f"アベイラビリティーゾーン{A}に障害が起きています。" in told


def _id(task):
    return task["taskArn"].rsplit("/", 1)[1]


def test_two_stories_of_outages_with_one_seed_are_the_same():
    def journal():
        with FleetStory(5, instances=2) as story:
            story.provider(desired=2)
            story.on_ec2(story.bridge(), desired=3)
            story.advance("3m")
            lose(story, "zone_lost", A)
            story.advance("2m")
            lose(story, "instance_lost", "*")
            story.advance("2m")
            heal(story, "zone_lost")
            story.advance("5m")
            return story.cloud.journal.text()

    assert journal() == journal()
