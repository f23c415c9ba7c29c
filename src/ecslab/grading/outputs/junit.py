"""junit.xml: a test suite for each submission, a test case for each check.

It keeps to what every reader of the format takes (Jenkins, GitLab, GitHub actions, Ant); `junit.xsd` beside this module
says it. Times are 0: they are in timings.json.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from xml.etree import ElementTree as ET

from ecslab.grading.outputs.inert import line, xml
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.results import CheckResult
from ecslab.grading.score import shown
from ecslab.grading.words import PAGE

FILE, SCHEMA_FILE = "junit.xml", "junit.xsd"


def to_xml(everything: Sequence[Scored]) -> str:
    """The results as JUnit reads them."""
    root = ET.Element("testsuites", name="ecslab grade")
    for one in everything:
        _suite(root, one)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in root)))
    root.set("time", "0")
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, one: Scored) -> None:
    result = one.result
    suite = ET.SubElement(root, "testsuite", name=xml(line(result.name)))
    lab = xml(line(result.lab or "unknown"))
    for check in result.checks or (CheckResult(id="notebook", points=0, points_max=0),):
        case = ET.SubElement(suite, "testcase", classname=lab, name=check.id, time="0")
        if result.checks and one.full(check):
            continue
        notice = check.notice.text(result.lang) if check.notice else ""
        message = notice or check.mistake or result.message
        kind = "error" if result.status == "failed" else "failure"
        problem = ET.SubElement(case, kind, message=xml(line(message)), type=check.mistake or result.status)
        problem.text = xml(check.text or result.message)
    if result.hidden:
        _hidden(suite, one, lab)
    cases = suite.findall("testcase")
    counts = {"tests": len(cases)}
    for kind, name in (("failure", "failures"), ("error", "errors")):
        counts[name] = sum(1 for case in cases if case.find(kind) is not None)
    for name, count in {**counts, "skipped": 0, "time": 0}.items():
        suite.set(name, str(count))


def _hidden(suite: ET.Element, one: Scored, lab: str) -> None:
    """All hidden checks in one case, which says their points and nothing else."""
    points, most = one.score.part(hidden=True)
    case = ET.SubElement(suite, "testcase", classname=lab, name="hidden", time="0")
    if points < most:
        text = PAGE[one.result.lang]["hidden"].format(points=shown(points), max=shown(most))
        kind = "error" if one.result.status == "failed" else "failure"
        ET.SubElement(case, kind, message=text, type="hidden").text = text


def schema() -> str:
    """The XML schema that junit.xml fits."""
    return resources.files("ecslab.grading.outputs").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
