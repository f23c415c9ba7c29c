"""The learner's port: what its verbs do, and what they say to a wrong argument."""

from __future__ import annotations

import pytest

from ecsim.cloud.cloud import Cloud
from ecsim.cloud.looks import LOOKS
from ecsim.cloud.world import Control, World, WorldError
from tests.scenarios.story import Story


def test_a_timeline_can_be_asked_for_a_span():
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable()
        whole = story.world.do("view", {"name": "timeline", "args": {"service": "web"}})["text"]
        span = {"service": "web", "start_ms": 15_000, "end_ms": 18_000}
        part = story.world.do("view", {"name": "timeline", "args": span})["text"]
        assert "00:00:15 - 00:00:18" in part
        assert "00:00:15 - 00:00:18" not in whole


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", LOOKS)
def test_every_view_answers_in_both_languages(name, lang):
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable()
        args = {"service": "web", "subject": "web"}
        view = story.world.do("view", {"name": name, "args": args, "lang": lang})
        assert view["text"].strip()
        assert "<" in view["html"]


@pytest.mark.parametrize(
    ("verb", "args", "told"),
    [
        ("fly", {}, "there is no verb 'fly'"),
        ("advance", {}, "missing 'duration_ms'"),
        ("advance", {"duration_ms": -1}, "duration_ms is a whole number"),
        ("advance", {"duration_ms": "1m"}, "duration_ms is a whole number"),
        ("until_stable", {"services": ["none"]}, "there is no service 'none'; there are: web"),
        ("http", {"url": "ftp://x"}, "ftp://x"),
        ("traffic_start", {"url": "http://x/", "pattern": {"kind": "tsunami"}}, "not 'tsunami'"),
        ("traffic_report", {"id": 77}, "77"),
        ("view", {"name": "moon"}, "there is no view 'moon'; there are: map"),
        ("view", {"name": "map", "lang": "fr"}, "lang is one of en, ja"),
        ("fault", {"kind": "meteor"}, "there is no fault 'meteor'"),
        ("fault", {"kind": "crash", "match": 7}, "match is a text"),
    ],
)
def test_a_wrong_argument_is_answered_with_what_would_be_right(verb, args, told):
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable()
        before = story.cloud.now_ms
        with pytest.raises(WorldError) as refused:
            story.world.do(verb, args)
        assert told in str(refused.value)
        assert story.cloud.now_ms == before


def test_a_mistake_of_the_simulation_is_not_blamed_on_the_caller(monkeypatch):
    with Story() as story:
        story.service(story.definition(), desired=1)
        monkeypatch.setattr(story.cloud.controller, "settle", lambda: {}["lost"])
        with pytest.raises(KeyError, match="lost"):
            story.world.do("advance", {"duration_ms": 1_000})


def test_a_lab_may_forbid_faults():
    with Story() as story:
        story.world.allowed_faults = ("crash",)
        with pytest.raises(WorldError, match=r"does not allow the fault 'hang'; it allows: crash"):
            story.world.do("fault", {"kind": "hang"})
        assert story.world.do("fault", {"kind": "crash", "match": "nobody"}) == {"tasks": []}


def test_the_graders_verbs_are_not_on_the_learners_port():
    with Cloud(seed=3) as cloud:
        world, control = World(cloud), Control(cloud)
        assert control.do("seed") == {"seed": "3"}
        for verb in ("journal", "calls", "seed", "problems"):
            control.do(verb)
            with pytest.raises(WorldError):
                world.do(verb)


def test_two_clouds_in_one_process_are_refused_clearly():
    with Cloud(seed=1), pytest.raises(RuntimeError, match="already open in this process"):
        Cloud(seed=2)
    with Cloud(seed=2) as again:
        assert again.client("ecs").list_clusters()["clusterArns"] == []
