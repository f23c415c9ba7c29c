"""The fidelity page is what the cloud says of itself."""

from __future__ import annotations

from ecsim.api.ecs import operations
from ecsim.cloud.fidelity import BEHAVIOURS, TOPICS, ecs_operations
from ecslab.site import fidelity
from tests.repo.environment import ROOT


def test_the_pages_are_fresh():
    assert fidelity.refresh(ROOT, check=True) == [], "run: python -m ecslab.site refresh"


def test_every_operation_of_the_api_is_on_the_page():
    page = fidelity.page("en")
    assert len(ecs_operations()) == len(operations)
    assert all(f"`{name}`" in page for name in operations)


def test_every_behaviour_has_a_topic_a_source_and_both_languages():
    for row in BEHAVIOURS:
        assert row.topic in TOPICS
        assert len(row.source) > 2
        assert row.en.endswith(".")
        assert row.ja.endswith("。")
        assert any(ord(character) > 0x3000 for character in row.ja)
    assert {row.topic for row in BEHAVIOURS} == set(TOPICS)
