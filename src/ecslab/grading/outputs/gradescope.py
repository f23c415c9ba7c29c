"""gradescope/<submission>.json: what an autograder leaves in /autograder/results/results.json.

Source: gradescope-autograders.readthedocs.io, "Autograder Specifications", Output format (also gradescope/
autograder_samples, `docs/specs.md`). `score` at the top goes before the tests' sum, so weights, lateness and overrides
are in it. Learners see every test, so hidden checks are one of them, with points alone.
"""

from __future__ import annotations

import json
from typing import Any

from ecslab.grading.outputs.inert import line, lines
from ecslab.grading.outputs.said import lateness, overridden
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.score import plain, shown
from ecslab.grading.words import PAGE

FOLDER = "gradescope"


def to_json(one: Scored) -> str:
    """One submission as Gradescope reads it."""
    result, say = one.result, PAGE[one.result.lang]
    tests: list[dict[str, Any]] = []
    for check in result.checks:
        points, most = one.points(check)
        notice = check.notice.text(result.lang) if check.notice else ""
        tests.append(
            {
                "name": line(check.title or check.id),
                "number": check.id,
                "score": plain(points),
                "max_score": plain(most),
                "status": "passed" if one.full(check) else "failed",
                "output": "\n".join(filter(None, (lines(check.text), line(notice)))),
                "visibility": "visible",
            }
        )
    if result.hidden:
        points, most = one.score.part(hidden=True)
        text = say["hidden"].format(points=shown(points), max=shown(most))
        tests.append(
            {
                "name": text,
                "score": plain(points),
                "max_score": plain(most),
                "status": "passed" if points >= most else "failed",
                "output": "",
                "visibility": "visible",
            }
        )
    output = [line(notice.text(result.lang)) for notice in result.notices]
    data = {
        "score": plain(one.score.points),
        "output": "\n".join([*output, *lateness(one), *overridden(one)]),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
