"""Writing a run's files: all of them, or the ones from before stay."""

from __future__ import annotations

import filecmp
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ecslab.grading.outputs import (
    audit,
    class_page,
    feedback,
    github,
    gradebook,
    gradescope,
    junit,
    lms,
    results_json,
    timing_page,
)
from ecslab.grading.outputs.scored import Presentation, Scored, scored
from ecslab.grading.policy import Policy
from ecslab.grading.results import ISOLATION, SubmissionResult

RESULTS, TIMINGS, GRADEBOOK, JUNIT = results_json.FILE, "timings.json", gradebook.FILE, junit.FILE
POLICY = "grading.toml"
"""A copy of the policy that the points come from: the next run into the same folder goes by it."""
FEEDBACK, EARLIER = feedback.FOLDER, "earlier"
WRITING, _READY, _BEFORE, _LIST = ".writing", ".ready", ".before", "list.json"
"""Folders on the way: half a run's files, all of them, and what they replace; the list is of what the run wrote."""
_OF_THE_MOMENT = ("timings.json", timing_page.FILE)
Timings = Mapping[str, Mapping[str, float]]
NAMES = (
    RESULTS,
    GRADEBOOK,
    lms.CANVAS,
    lms.MOODLE,
    JUNIT,
    audit.FILE,
    class_page.FILE,
    github.FILE,
    TIMINGS,
    timing_page.FILE,
    POLICY,
    FEEDBACK,
    gradescope.FOLDER,
)


def write_outputs(
    out: Path,
    results: Sequence[SubmissionResult],
    *,
    aside: Sequence[str] = (),
    timings: Timings | None = None,
    isolation: str = ISOLATION,
    policy: Policy | None = None,
    presentation: Presentation | None = None,
) -> tuple[Scored, ...]:
    """Write every file of a run, and return the results with their scores.

    Equal results, policy and presentation give equal bytes, in whatever order the results come; only timings.json and
    timings.html depend on the timings. What an earlier run wrote there is moved to `earlier/`, in the place of what
    was there; not when it is the same. A run that is killed while it writes loses nothing: see `finish`.

    Args:
        out: the folder; it is made when it is not there.
        results: of all submissions.
        aside: files that are nobody's submission.
        timings: real seconds by submission.
        isolation: how learners' code was kept apart.
        policy: the instructor's; without, the points are the checks'.
        presentation: how pages are made.
    """
    policy, presentation = policy or Policy(), presentation or Presentation()
    everything = scored(results, policy)
    finish(out)
    fresh = out / WRITING
    shutil.rmtree(fresh, ignore_errors=True)
    for folder in (FEEDBACK, gradescope.FOLDER):
        (fresh / folder).mkdir(parents=True)
    for name, text in _texts(everything, aside, timings or {}, isolation, policy, presentation):
        (fresh / name).write_text(text, encoding="utf-8", newline="")
    if all(_same(fresh / name, out / name) for name in NAMES if name not in _OF_THE_MOMENT):
        for name in _OF_THE_MOMENT:
            (fresh / name).replace(out / name)
        shutil.rmtree(fresh)
        return everything
    (fresh / _LIST).write_text(json.dumps([name for name in NAMES if (fresh / name).exists()]))
    fresh.rename(out / _READY)
    finish(out)
    return everything


def finish(out: Path) -> None:
    """Put what a run has written in its place, and what was there into `earlier/`.

    Every step is a renaming that can be told from the names that are there: a run that was killed between two of them
    is finished by the next one, and at each moment every file is in the folder, in `earlier/` or on its way.
    """
    ready, before = out / _READY, out / _BEFORE
    if (ready / _LIST).exists():
        written: list[str] = json.loads((ready / _LIST).read_text())
        before.mkdir(exist_ok=True)
        for name in NAMES:
            waits = (ready / name).exists()
            if (waits or name not in written) and (out / name).exists():
                (out / name).rename(before / name)
            if waits:
                (ready / name).rename(out / name)
        (ready / _LIST).unlink()
    if ready.exists():
        ready.rmdir()
    if before.exists():
        if any(before.iterdir()):
            shutil.rmtree(out / EARLIER, ignore_errors=True)
            before.rename(out / EARLIER)
        else:
            before.rmdir()


def _same(one: Path, other: Path) -> bool:
    """Two files, or folders of files, with the same bytes; or both are not there."""
    if one.is_dir() and other.is_dir():
        names = {path.name for path in (*one.iterdir(), *other.iterdir())}
        return all(_same(one / name, other / name) for name in names)
    if one.is_file() and other.is_file():
        return filecmp.cmp(one, other, shallow=False)
    return not one.exists() and not other.exists()


def _texts(
    everything: Sequence[Scored],
    aside: Sequence[str],
    timings: Timings,
    isolation: str,
    policy: Policy,
    presentation: Presentation,
) -> Iterator[tuple[str, str]]:
    """The files, one after another: a big class's pages are never in memory all at once."""
    pages = feedback.file_names([one.result.name for one in everything])
    yield RESULTS, results_json.to_json(everything, aside, isolation)
    yield GRADEBOOK, gradebook.to_csv(everything)
    yield lms.CANVAS, lms.to_canvas(everything, policy)
    yield lms.MOODLE, lms.to_moodle(everything, policy)
    yield JUNIT, junit.to_xml(everything)
    yield audit.FILE, audit.to_jsonl(everything)
    yield class_page.FILE, class_page.to_html(everything, presentation.lang, isolation)
    yield github.FILE, github.to_markdown(everything, presentation.lang)
    yield TIMINGS, json.dumps(timings, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    yield timing_page.FILE, timing_page.to_html(timings, presentation.lang)
    if policy.text:
        yield POLICY, policy.text
    for one in everything:
        name = pages[one.result.name]
        yield f"{FEEDBACK}/{name}.html", feedback.to_html(one, presentation, isolation)
        yield f"{gradescope.FOLDER}/{name}.json", gradescope.to_json(one)
