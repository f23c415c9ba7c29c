"""`ecslab verify` of every lab, and that what was built is up to date."""

from __future__ import annotations

import re

import pytest

from ecslab.course.catalog import Course
from ecslab.lab.messages import load_messages
from ecslab.notebook.build import stale
from ecslab.notebook.forked import can_fork, first_failures
from ecslab.notebook.mutants import mutants_of, outcomes, try_mutant
from ecslab.notebook.verify import verify
from tests.labs.rig import FIRST, LABS, ROLLING, ROOT, play, source

SEEDS = (1, 7)


def silent(_line):
    """Tell nobody."""


def test_every_lab_is_in_the_list():
    assert Course.load(ROOT).unlisted() == []


@pytest.mark.parametrize("slug", LABS)
def test_solved_is_full_and_untouched_is_nought_in_both_languages(slug):
    assert verify(ROOT, slug, tell=silent) == []


@pytest.mark.parametrize("slug", LABS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_answers_are_right_for_other_seeds(slug, seed):
    mistakes, runs = play(slug, seed=seed)
    assert set(mistakes.values()) == {None}
    assert [run.error for run in runs if run.error] == []


@pytest.mark.parametrize("slug", [FIRST, ROLLING])
def test_seeds_differ(slug):
    """Two learners' labs are not the same: what is given to them differs in more than ids."""
    from ecslab.course.variant import variant_of

    folder = source(slug).folder
    assert len({str(variant_of(folder, seed)) for seed in range(6)}) > 3


@pytest.mark.parametrize("slug", LABS)
def test_notebooks_and_manifests_are_up_to_date(slug):
    assert stale(ROOT, [slug], run=False, tell=silent) == [], "run: ecslab build"


@pytest.mark.slow
@pytest.mark.parametrize("slug", LABS)
def test_solutions_are_up_to_date_and_the_same_every_time(slug):
    assert stale(ROOT, [slug], tell=silent) == [], "run: ecslab build"


@pytest.mark.parametrize("slug", LABS)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_checks_send_the_learner_to_headings_that_there_are(slug, lang):
    quoted = {"en": r'chapter (\d\d), "([^"]+)"', "ja": r"第 (\d\d) 章「([^」]+)」"}[lang]
    for name, message in load_messages(source(slug).folder).items():
        found = re.search(quoted, message.look[lang])
        assert found, f"{name}: {message.look[lang]}"
        [page] = (ROOT / "docs" / lang).glob(f"{found.group(1)}-*.md")
        headings = re.findall(r"^#+ (.*?)(?: \{.*\})?$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert found.group(2) in headings, f"{name}: {page.name} has no heading {found.group(2)!r}"


@pytest.mark.slow
@pytest.mark.parametrize("slug", LABS)
def test_no_argument_changes_without_a_check_noticing(slug):
    """Each mutant is noticed or defended, and none that is noticed is defended."""
    open_ones = [
        one.mutant.id
        for one in outcomes(source(slug), ROOT)
        if (one.noticed is None) is (one.defended is None)
    ]
    assert open_ones == []


def both_ways(slug, mutants):
    """Who notices each mutant: in a fork of the solved lab, and in a run of the whole lab."""
    forked = first_failures(ROOT, source(slug), [(one.cell, one.source) for one in mutants])
    return [
        (one.id, noticed, try_mutant(source(slug), ROOT, one))
        for one, noticed in zip(mutants, forked, strict=True)
    ]


@pytest.mark.skipif(not can_fork(), reason="this system has no fork: mutants are whole runs here")
def test_a_fork_of_the_solved_lab_ends_as_the_whole_run_does():
    """In the first cell and far on."""
    wanted = (
        "answer-1: aws ecs create-cluster --cluster-name dropped",
        "answer-6: aws ecs update-service --desired-count changed",
    )
    outcomes = both_ways(FIRST, [one for one in mutants_of(source(FIRST)) if one.id in wanted])
    assert [name for name, _, _ in outcomes] == list(wanted)
    assert [(name, forked) for name, forked, _ in outcomes] == [(name, whole) for name, _, whole in outcomes]


@pytest.mark.slow
@pytest.mark.skipif(not can_fork(), reason="this system has no fork: mutants are whole runs here")
@pytest.mark.parametrize("slug", LABS)
def test_forks_end_as_whole_runs_do_in_every_lab(slug):
    mutants = mutants_of(source(slug))
    sample = mutants[:: max(1, len(mutants) // 4)]
    assert [one for one in both_ways(slug, sample) if one[1] != one[2]] == []
