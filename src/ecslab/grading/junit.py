"""junit.xml: a test suite for each submission, a test case for each check."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from ecslab.grading.results import CheckResult, SubmissionResult


def to_xml(results: Sequence[SubmissionResult]) -> str:
    """The results as JUnit reads them. Times are 0: they are in timings.json."""
    root = ET.Element("testsuites", name="ecslab grade")
    for one in results:
        checks = one.checks or (CheckResult(id="notebook", points=0, points_max=0),)
        failed = sum(1 for check in checks if not _passes(one, check))
        broken = one.status == "failed"
        suite = ET.SubElement(
            root,
            "testsuite",
            name=clean(one.name),
            tests=str(len(checks)),
            failures=str(0 if broken else failed),
            errors=str(failed if broken else 0),
            skipped="0",
            time="0",
        )
        for check in checks:
            case = ET.SubElement(
                suite, "testcase", classname=clean(one.lab or "unknown"), name=check.id, time="0"
            )
            if not _passes(one, check):
                notice = check.notice.text(one.lang) if check.notice else ""
                message = notice or check.mistake or one.message
                problem = ET.SubElement(case, "error" if broken else "failure", message=clean(message))
                problem.text = clean(check.text or one.message)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _passes(one: SubmissionResult, check: CheckResult) -> bool:
    return (
        one.status == "graded" and check.points == check.points_max and check.passed is True and check.agreed
    )


def clean(value: str) -> str:
    """Text that XML allows."""
    return "".join(char if char.isprintable() or char in "\n\t" else "�" for char in value)
