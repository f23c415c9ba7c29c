"""Tasks split over FARGATE and FARGATE_SPOT. Source: ecs-behaviour.md 7.1."""

from __future__ import annotations

from collections import Counter

from tests.scenarios.story import Story

STRATEGY = [
    {"capacityProvider": "FARGATE", "base": 2, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 3},
]


def shop(story, strategy=()):
    story.ecs.put_cluster_capacity_providers(
        cluster="shop",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=list(strategy),
    )


def create(story, desired, **more):
    story.ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition=story.definition(),
        desiredCount=desired,
        networkConfiguration=story.network(),
        **more,
    )
    story.stable()


def split(story):
    return Counter(t.get("capacityProviderName") for t in story.tasks())


def test_a_service_splits_its_tasks_and_keeps_them_split():
    with Story() as story:
        shop(story)
        create(story, 6, capacityProviderStrategy=STRATEGY)
        assert split(story) == {"FARGATE": 3, "FARGATE_SPOT": 3}
        assert [t["launchType"] for t in story.tasks()] == ["FARGATE"] * 6
        story.update(desiredCount=10)
        story.stable()
        assert split(story) == {"FARGATE": 4, "FARGATE_SPOT": 6}
        spot = next(t for t in story.tasks() if t["capacityProviderName"] == "FARGATE_SPOT")
        story.ecs.stop_task(cluster="shop", task=spot["taskArn"])
        story.stable()
        assert split(story) == {"FARGATE": 4, "FARGATE_SPOT": 6}, (
            "the task that is lost comes back on its provider"
        )


def test_a_rolling_update_ends_with_the_same_split():
    with Story() as story:
        shop(story, STRATEGY)
        create(story, 6)
        story.update(taskDefinition=story.definition())
        story.stable()
        assert split(story) == {"FARGATE": 3, "FARGATE_SPOT": 3}


def test_each_provider_is_spread_over_zones_by_itself():
    """Source: ECS Developer Guide, service-rebalancing (the spread is independent for each capacity provider)."""
    with Story() as story:
        shop(story)
        create(
            story,
            8,
            capacityProviderStrategy=[
                {"capacityProvider": p, "weight": 1} for p in ("FARGATE", "FARGATE_SPOT")
            ],
        )
        places = Counter((t["capacityProviderName"], t["availabilityZone"]) for t in story.tasks())
        assert sorted(places.values()) == [2, 2, 2, 2]


def test_run_task_splits_each_call_by_itself():
    with Story() as story:
        shop(story)
        run = {
            "cluster": "shop",
            "taskDefinition": story.definition(),
            "count": 5,
            "networkConfiguration": story.network(),
            "capacityProviderStrategy": STRATEGY,
        }
        for _ in range(2):
            tasks = story.ecs.run_task(**run)["tasks"]
            assert Counter(t["capacityProviderName"] for t in tasks) == {"FARGATE": 3, "FARGATE_SPOT": 2}


def test_a_launch_type_goes_past_the_default_strategy():
    """Source: ecs-behaviour.md 7.1."""
    with Story() as story:
        shop(story, STRATEGY)
        create(story, 2, launchType="FARGATE")
        assert split(story) == {None: 2}


def test_from_the_launch_type_to_a_strategy_without_a_deployment():
    """Source: botocore UpdateServiceRequest.capacityProviderStrategy: what is started from now on goes there."""
    with Story() as story:
        shop(story)
        create(story, 2, launchType="FARGATE")
        story.update(
            capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}], desiredCount=3
        )
        story.stable()
        assert split(story) == {None: 2, "FARGATE_SPOT": 1}
        story.update(forceNewDeployment=True)
        story.stable()
        assert split(story) == {"FARGATE_SPOT": 3}
