"""Container instances in stories: registration, placement, networks, draining, loss. Sections are ecs-behaviour.md's."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.scenarios.fleet import FleetStory


def failures(answer):
    return [each["reason"] for each in answer["failures"]]


def test_an_instance_registers_itself_a_minute_after_its_start():
    with FleetStory(instances=0) as story:
        story.host()
        assert story.advance("59s").instances() == []
        (instance,) = story.advance("2s").instances()
        assert (instance["status"], instance["agentConnected"]) == ("ACTIVE", True)
        resources = {each["name"]: each["integerValue"] for each in instance["registeredResources"]}
        assert (resources["CPU"], resources["MEMORY"]) == (2048, 3891)


@pytest.mark.parametrize("more", [{"profile": False}, {"cluster": "elsewhere"}, {"user_data": "#!/bin/sh\n"}])
def test_without_a_profile_its_cluster_or_user_data_it_does_not(more):
    with FleetStory(instances=0) as story:
        story.host(**more)
        assert story.advance("10m").instances() == []


def test_run_task_names_what_each_instance_lacks():
    """6, 4: RunTask answers failures, not an error."""
    with FleetStory(instances=2) as story:
        assert failures(story.run(story.bridge(memory=8192))) == ["RESOURCE:MEMORY"] * 2
        assert failures(story.run(story.bridge(cpu=4096))) == ["RESOURCE:CPU"] * 2
        fixed = story.bridge(host_port=8080)
        assert len(story.run(fixed, 2)["tasks"]) == 2
        assert failures(story.run(fixed)) == ["RESOURCE:PORTS"] * 2
        gpu = {"resourceRequirements": [{"type": "GPU", "value": "1"}]}
        assert failures(story.run(story.bridge(container=gpu))) == ["RESOURCE:GPU"] * 2


def test_run_task_without_any_instance_is_an_error():
    with (
        FleetStory(instances=0) as story,
        pytest.raises(ClientError, match="No Container Instances were found"),
    ):
        story.run(story.bridge())


def test_awsvpc_tasks_take_an_interface_each():
    """A t3.medium has three interfaces, one of them its own."""
    with FleetStory(instances=1) as story:
        definition = story.bridge(mode="awsvpc")
        answer = story.run(definition, 3, networkConfiguration=story.network())
        assert (len(answer["tasks"]), failures(answer)) == (2, ["RESOURCE:ENI"])
        story.advance("1m")
        assert story.places() == [2]
        other = {"awsvpcConfiguration": {"subnets": story.subnets[1:]}}
        assert failures(story.run(definition, networkConfiguration=other)) == ["LOCATION"]


def test_dynamic_ports_are_bound_and_given_back():
    with FleetStory(instances=1) as story:
        story.run(story.bridge(), 2)
        story.advance("30s")
        ports = [task["containers"][0]["networkBindings"][0]["hostPort"] for task in story.tasks()]
        assert ports == [32768, 32769]
        taken = story.instances()[0]["remainingResources"][2]["stringSetValue"]
        assert {"32768", "32769"} <= set(taken)
        for task in story.tasks():
            story.ecs.stop_task(cluster="shop", task=task["taskArn"])
        story.advance("2m")
        (instance,) = story.instances()
        assert instance["remainingResources"] == instance["registeredResources"]


def test_instance_targets_get_the_host_port():
    """8.1: the instance's id and the host port; customers reach the container behind it."""
    with FleetStory(instances=2) as story:
        group = story.instance_group()
        balancer = {"targetGroupArn": group, "containerName": "web", "containerPort": 8080}
        story.on_ec2(story.bridge(), loadBalancers=[balancer])
        story.stable()
        found = story.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        assert sorted(each["Target"]["Id"] for each in found) == sorted(story.hosts)
        assert {each["TargetHealth"]["State"] for each in found} == {"healthy"}
        answer = story.world.do("http", {"url": story.url.replace(".com/", ".com:81/")})
        assert answer["status"] == 200


def test_an_ip_target_group_does_not_fit_bridge():
    with FleetStory(instances=1) as story:
        balancer = {"targetGroupArn": story.target_group, "containerName": "web", "containerPort": 8080}
        with pytest.raises(ClientError, match="target type ip, which is incompatible with the bridge"):
            story.on_ec2(story.bridge(), loadBalancers=[balancer])


def test_a_service_spreads_over_zones():
    with FleetStory(instances=2) as story:
        story.on_ec2(story.bridge(), desired=5)
        story.stable()
        assert sorted(story.places()) == [2, 3]


def test_binpack_and_distinct_instance():
    with FleetStory(instances=2) as story:
        definition = story.bridge()
        binpack = [{"type": "binpack", "field": "memory"}]
        story.run(definition, 4, placementStrategy=binpack)
        assert story.advance("30s").places() == [4, 0]
        distinct = [{"type": "distinctInstance"}]
        answer = story.run(definition, 3, group="alone", placementConstraints=distinct)
        assert len(answer["tasks"]) == 2
        assert set(failures(answer)) == {"DistinctInstance placement constraint unsatisfied."}


def test_attributes_choose_instances():
    with FleetStory(instances=2) as story:
        second = story.instances()[1]["containerInstanceArn"]
        story.ecs.put_attributes(
            cluster="shop", attributes=[{"name": "stack", "value": "blue", "targetId": second}]
        )
        constraint = [{"type": "memberOf", "expression": "attribute:stack == blue"}]
        story.run(story.bridge(), 3, placementConstraints=constraint)
        assert story.advance("30s").places() == [0, 3]
        chosen = story.instances(filter="attribute:stack exists")
        assert [each["containerInstanceArn"] for each in chosen] == [second]


def test_start_task_goes_where_it_is_told():
    with FleetStory(instances=2) as story:
        arns = [each["containerInstanceArn"] for each in story.instances()]
        missing = arns[0][:-32] + "0" * 32
        answer = story.ecs.start_task(
            cluster="shop", taskDefinition=story.bridge(), containerInstances=[arns[1], missing]
        )
        assert ([t["containerInstanceArn"] for t in answer["tasks"]], failures(answer)) == (
            [arns[1]],
            ["MISSING"],
        )


def test_a_service_without_room_tells_why_and_starts_when_there_is():
    """5.9: the closest match is named; a new instance is used at once."""
    with FleetStory(instances=1) as story:
        story.on_ec2(story.bridge(memory=3000), desired=2)
        events = story.advance("2m").events()
        assert "has insufficient memory available." in events
        assert story.places() == [1]
        story.host()
        story.stable()
        assert story.places() == [1, 1]


def test_draining_replaces_first_and_stops_then():
    with FleetStory(instances=2) as story:
        story.on_ec2(story.bridge(), desired=4)
        story.stable()
        alone = story.run(story.bridge("batch"), group="batch", count=1)["tasks"][0]
        story.advance("30s").drain(story.instances()[0])
        story.advance("5m")
        of_service = [t for t in story.tasks() if t["group"] == "service:web"]
        second = story.instances()[1]["containerInstanceArn"]
        assert [t["containerInstanceArn"] for t in of_service] == [second] * 4
        left = story.ecs.describe_tasks(cluster="shop", tasks=[alone["taskArn"]])["tasks"][0]
        assert left["lastStatus"] == "RUNNING"


@pytest.mark.parametrize(
    ("call", "state"), [("terminate_instances", "terminated"), ("stop_instances", "stopped")]
)
def test_a_lost_instance_takes_its_tasks_with_it(call, state):
    with FleetStory(instances=2) as story:
        story.on_ec2(story.bridge(), desired=2)
        story.stable()
        getattr(story.ec2, call)(InstanceIds=[story.hosts[0]])
        story.advance("2m")
        (lost,) = story.tasks("STOPPED")
        assert (lost["stopCode"], lost["stoppedReason"]) == (
            "TerminationNotice",
            f"Host EC2 (instance {story.hosts[0]}) {state}.",
        )
        assert sum(story.places()) == 2
        assert len(story.instances()) == (1 if state == "terminated" else 2)


def test_deregistration_needs_force_while_tasks_run():
    with FleetStory(instances=1) as story:
        story.run(story.bridge())
        arn = story.advance("30s").instances()[0]["containerInstanceArn"]
        with pytest.raises(ClientError, match="Found running tasks on the instance"):
            story.ecs.deregister_container_instance(cluster="shop", containerInstance=arn)
        story.ecs.deregister_container_instance(cluster="shop", containerInstance=arn, force=True)
        assert story.instances() == []
        story.host(story.subnets[1], cluster="elsewhere")
        assert story.advance("5m").instances() == [], "deregistration is final"


def test_tasks_of_a_deregistered_instance_are_orphaned():
    """botocore DeregisterContainerInstanceRequest.force; ECS Developer Guide, stopped-task-errors (2023)."""
    with FleetStory(instances=2) as story:
        group = story.instance_group()
        balancer = {"targetGroupArn": group, "containerName": "web", "containerPort": 8080}
        story.on_ec2(story.bridge(), desired=2, loadBalancers=[balancer])
        story.stable()
        first = story.instances()[0]
        arn = first["containerInstanceArn"]
        story.ecs.deregister_container_instance(cluster="shop", containerInstance=arn, force=True)
        story.advance("10s")
        (orphan,) = story.tasks("STOPPED")
        assert orphan["stoppedReason"] == "Container instance deregistration forced by user"
        found = story.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        assert {"draining"} == {
            each["TargetHealth"]["State"] for each in found if each["Target"]["Id"] == first["ec2InstanceId"]
        }
        assert story.stable().places() == [2]


def test_a_daemon_has_one_task_on_each_instance():
    """5.1: new instances too, DRAINING ones not."""
    with FleetStory(instances=2) as story:
        story.on_ec2(story.bridge(cpu=128, memory=128), schedulingStrategy="DAEMON")
        story.stable()
        assert (story.places(), story.now()["desiredCount"]) == ([1, 1], 2)
        story.host()
        assert story.advance("3m").places() == [1, 1, 1]
        story.drain(story.instances()[0])
        assert story.advance("3m").places() == [0, 1, 1]


def test_a_daemon_rolls_in_place_above_its_floor():
    with FleetStory(instances=4) as story:
        floor = {"minimumHealthyPercent": 50}
        story.on_ec2(story.bridge(), schedulingStrategy="DAEMON", deploymentConfiguration=floor)
        story.stable()
        story.told()
        story.update(taskDefinition=story.bridge(memory=256))
        story.stable()
        events = story.events()
        assert events.count("has stopped 2 running tasks") == 2
        assert story.places() == [1, 1, 1, 1]


def test_a_daemon_is_not_for_fargate_and_has_no_count():
    with FleetStory(instances=1) as story:
        with pytest.raises(ClientError, match="not supported for FARGATE"):
            story.ecs.create_service(
                cluster="shop",
                serviceName="web",
                taskDefinition=story.definition(),
                launchType="FARGATE",
                schedulingStrategy="DAEMON",
                networkConfiguration=story.network(),
            )
        with pytest.raises(ClientError, match="does not support a desired count"):
            story.on_ec2(story.bridge(), schedulingStrategy="DAEMON", desiredCount=1)


def test_zones_are_balanced_when_an_instance_comes_back():
    """5.10: one task at a time, start first, with its own events and stoppedReason."""
    with FleetStory(instances=1) as story:
        story.on_ec2(story.bridge(), desired=4)
        story.stable()
        story.host(story.subnets[1])
        story.told()
        events = story.advance("10m").events()
        assert "is not AZ balanced with 4 tasks in ap-northeast-1a, 0 tasks in ap-northeast-1c." in events
        assert events.count("to AZ Rebalance:") == events.count("due to AZ rebalancing:") == 2
        assert "is AZ balanced with 2 tasks in ap-northeast-1a, 2 tasks in ap-northeast-1c." in events
        assert story.places() == [2, 2]
        reasons = {task["stoppedReason"] for task in story.tasks("STOPPED")}
        assert all(text.startswith("Availability-zone rebalancing initiated by") for text in reasons)


def test_zones_are_not_balanced_where_the_maximum_leaves_no_room():
    """Swarm seed 26: 110 % of 4 tasks is 4 (rounded down), and balancing started a fifth."""
    with FleetStory(instances=1) as story:
        story.on_ec2(story.bridge(), desired=4, maximum=110)
        story.stable()
        story.host(story.subnets[1])
        story.told()
        assert "AZ" not in story.advance("10m").events()
        assert story.places() == [4, 0]
        story.update(deploymentConfiguration={"maximumPercent": 125})
        assert "is AZ balanced with 2 tasks" in story.advance("10m").events()
        assert story.places() == [2, 2]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, "ENABLED"),
        ({"maximum": 100, "minimum": 50}, "DISABLED"),
        ({"placementStrategy": [{"type": "binpack", "field": "cpu"}]}, "DISABLED"),
        ({"availabilityZoneRebalancing": "DISABLED"}, "DISABLED"),
    ],
)
def test_which_services_are_balanced(more, wanted):
    """5.10: eligibility; ENABLED by default on create."""
    with FleetStory(instances=1) as story:
        assert story.on_ec2(story.bridge(), **more)["availabilityZoneRebalancing"] == wanted


def test_managed_scaling_brings_instances_and_takes_them_away():
    """7.2: tasks wait in PROVISIONING; from zero two come; empty ones go after 15 minutes."""
    with FleetStory(instances=0) as story:
        story.provider(protection=True)
        strategy = [{"capacityProvider": "spare", "weight": 1}]
        tasks = story.run(story.bridge(), 3, capacityProviderStrategy=strategy)["tasks"]
        assert [task["lastStatus"] for task in tasks] == ["PROVISIONING"] * 3
        story.advance("3m")
        assert (story.size(), sum(story.places())) == (2, 3)
        story.advance("20m")
        assert (story.size(), story.places()) == (1, [3])


def test_without_managed_scaling_tasks_do_not_wait():
    with FleetStory(instances=0) as story:
        story.provider(scaling=False, desired=1)
        story.advance("1m")
        strategy = [{"capacityProvider": "spare", "weight": 1}]
        assert failures(story.run(story.bridge(memory=8192), capacityProviderStrategy=strategy)) == [
            "RESOURCE:MEMORY"
        ]


def test_a_capacity_provider_in_use_stays():
    with FleetStory(instances=0) as story:
        story.provider()
        with pytest.raises(ClientError, match="in use"):
            story.ecs.delete_capacity_provider(capacityProvider="spare")
        mixed = [{"capacityProvider": "spare", "weight": 1}, {"capacityProvider": "FARGATE", "weight": 1}]
        with pytest.raises(ClientError, match="mix of capacity providers"):
            story.run(story.bridge(), capacityProviderStrategy=mixed)
        story.ecs.put_cluster_capacity_providers(
            cluster="shop", capacityProviders=[], defaultCapacityProviderStrategy=[]
        )
        story.ecs.delete_capacity_provider(capacityProvider="spare")
        found = story.ecs.describe_capacity_providers(capacityProviders=["spare"])["capacityProviders"]
        assert [each["status"] for each in found] == ["INACTIVE"]


def test_two_stories_with_one_seed_are_the_same():
    def journal():
        with FleetStory(7, instances=2) as story:
            story.on_ec2(story.bridge(), desired=3)
            story.run(story.bridge("batch"), 2)
            story.advance("2m").drain(story.instances()[0])
            story.advance("2m")
            return story.cloud.journal.text()

    assert journal() == journal()
