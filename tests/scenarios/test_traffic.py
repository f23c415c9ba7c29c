"""Rolling updates under traffic: what customers notice."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story

GRACEFUL = "public.ecr.aws/ecslab/web:graceful"
GRACELESS = "public.ecr.aws/ecslab/web:graceless"


def update_under_traffic(image, *, rps, delay=30, desired=3, minimum=100, maximum=200):
    """A rolling update of three tasks while customers come; each request takes 2 seconds.

    Returns:
        The report of the traffic, and the fewest healthy targets at any moment.
    """
    with Story(delay=delay) as story:
        story.service(story.definition(image), desired=desired, minimum=minimum, maximum=maximum)
        story.stable()
        traffic = story.world.do(
            "traffic_start", {"pattern": {"kind": "constant", "per_second": rps}, "url": story.url}
        )["id"]
        story.advance("10s")
        story.update(forceNewDeployment=True)
        low = story.healthy()
        while len(story.now()["deployments"]) > 1 or low is None:
            story.advance("500ms")
            low = min(low, story.healthy())
        story.world.do("traffic_stop", {"id": traffic})
        story.advance("10s")
        failures = [e for e in story.cloud.journal.of("http") if e.fields["status"] >= 500]
        return story.world.do("traffic_report", {"id": traffic}), low, failures


@pytest.mark.parametrize("rps", [10, 25])
def test_a_graceful_rollout_loses_no_request_and_no_capacity(rps):
    report, low, failures = update_under_traffic(GRACEFUL, rps=rps)
    assert low == 3
    assert failures == []
    assert report["sent"] > rps * 60
    assert report["by_status"] == {"200": report["sent"]}


def test_the_same_run_with_a_graceless_program_fails_requests():
    """It passes its health check before it can serve, so traffic reaches it too early."""
    report, low, failures = update_under_traffic(GRACELESS, rps=10)
    assert low == 3, "the load balancer believes what the health check says"
    assert len(failures) >= 10
    assert {e.fields["status"] for e in failures} == {503}
    assert report["by_status"]["503"] == len(failures)


@pytest.mark.parametrize("image", [GRACEFUL, GRACELESS])
def test_a_delay_shorter_than_the_requests_cuts_them_off_whatever_the_program_does(image):
    """Source: ecs-behaviour.md 8.3 (the deregistration delay is over with a request in flight: 502)."""
    _, _, failures = update_under_traffic(image, rps=10, delay=1)
    cut = [e for e in failures if e.fields["code"] == "http.deregistration_delay_over"]
    assert cut
    assert {e.fields["status"] for e in cut} == {502}


@pytest.mark.parametrize(("image", "survives"), [(GRACEFUL, True), (GRACELESS, False)])
def test_at_sigterm_a_graceful_program_finishes_what_it_has_begun(image, survives):
    """ECS drains before it sends SIGTERM, so through a load balancer that waits long enough nobody notices.

    A client that talks to the task itself has no such protection. Source: ecs-behaviour.md 2.7.
    """
    with Story() as story:
        arn = story.ecs.run_task(
            cluster="shop",
            taskDefinition=story.definition(image),
            launchType="FARGATE",
            networkConfiguration=story.network(),
        )["tasks"][0]["taskArn"]
        story.advance("1m")
        task = story.cloud.store.tasks[arn]
        plane = story.cloud.dataplane
        asked = plane.request("GET", f"http://{task.eni.private_ip}:8080/")
        story.advance("1s")
        story.ecs.stop_task(cluster="shop", task=arn)
        story.advance("5s")
        assert (plane.result(asked).status == 200) is survives
        story.advance("10s")
        container = story.tasks("STOPPED")[0]["containers"][0]
        assert container["exitCode"] == (0 if survives else 143)
