"""moto's own ECS tests against this cloud. Where they are: ECSLAB_MOTO_SUITE, which .ci/run sets."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.peers import moto_suite

PLACE = "ECSLAB_MOTO_SUITE"


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get(PLACE), reason=f"{PLACE} names no unpacked source of moto 5.2.5")
def test_every_failure_is_a_fact_about_aws(capsys):
    outcome = moto_suite.run(Path(os.environ[PLACE]))
    ran = len(outcome.passed) + len(outcome.failed)
    with capsys.disabled():
        sys.stdout.write(f"\nmoto's own ECS tests against this cloud: {len(outcome.passed)} of {ran} pass\n")
    assert outcome.surprises == []


def test_every_fact_has_a_source_and_names_each_test_once():
    facts = moto_suite.facts()
    tests = [test for fact in facts for test in fact["tests"]]
    assert len(tests) == len(set(tests)) == len(moto_suite.expected())
    assert all(fact["says"].endswith(".") and fact["source"] for fact in facts)


def test_a_folder_without_the_suite_is_told(tmp_path):
    with pytest.raises(SystemExit, match="there is no folder tests/test_ecs in it"):
        moto_suite.run(tmp_path)
