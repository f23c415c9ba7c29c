"""Writing a run's files: all of them, or the ones from before stay."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ecslab.grading import feedback, gradebook, junit
from ecslab.grading.results import SubmissionResult, to_json

RESULTS, TIMINGS, GRADEBOOK, JUNIT = "results.json", "timings.json", "gradebook.csv", "junit.xml"
FEEDBACK, EARLIER = "feedback", "earlier"


def write(
    out: Path,
    results: Sequence[SubmissionResult],
    aside: Sequence[str],
    timings: Mapping[str, Mapping[str, float]],
) -> None:
    """Write results.json, gradebook.csv, junit.xml, timings.json and a feedback page for each submission.

    What an earlier run wrote there is moved to `earlier/`, in the place of what was there.
    """
    ordered = sorted(results, key=lambda one: one.name)
    pages = feedback.file_names([one.name for one in ordered])
    texts = {
        RESULTS: to_json(ordered, aside),
        GRADEBOOK: gradebook.to_csv(ordered),
        JUNIT: junit.to_xml(ordered),
        TIMINGS: json.dumps(timings, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        **{f"{FEEDBACK}/{pages[one.name]}": feedback.to_html(one) for one in ordered},
    }
    fresh = out / ".writing"
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / FEEDBACK).mkdir(parents=True)
    for name, text in texts.items():
        (fresh / name).write_text(text, encoding="utf-8", newline="")
    names = (RESULTS, GRADEBOOK, JUNIT, TIMINGS, FEEDBACK)
    before = [out / name for name in names if (out / name).exists()]
    if before:
        shutil.rmtree(out / EARLIER, ignore_errors=True)
        (out / EARLIER).mkdir()
        for path in before:
            path.rename(out / EARLIER / path.name)
    for name in names:
        (fresh / name).rename(out / name)
    fresh.rmdir()
