"""Run moto's own ECS tests against this cloud: `python -m tests.peers.moto_suite PATH`.

PATH is a checkout or an unpacked source distribution of the moto that requirements.lock pins; none of it is kept here.
The cloud is settled (`Cloud(settled=True)`): like moto, it answers when what was asked for has happened.
Tests that must fail because they contradict AWS are listed in `moto_expected.toml`, each with the fact and its source.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
EXPECTED = HERE / "moto_expected.toml"
AIM = 30
"""How many may fail by the aim of the project; more than these contradict AWS (design/0013-moto-suite.md)."""
SUITE = "tests/test_ecs"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the suite went.

    Attributes:
        passed, failed: names of tests, "file::test".
    """

    passed: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def surprises(self) -> list[str]:
        """What is not as `moto_expected.toml` says."""
        known = expected()
        return [
            *(f"{name} fails and is not listed" for name in self.failed if name not in known),
            *(f"{name} is listed and does not fail" for name in known if name not in self.failed),
        ]


def facts() -> list[dict[str, Any]]:
    """The facts of `moto_expected.toml`: what AWS does, its source, and the tests that expect something else."""
    known: list[dict[str, Any]] = tomllib.loads(EXPECTED.read_text("utf-8"))["fact"]
    return known


def expected() -> dict[str, str]:
    """The tests that must fail -> the AWS fact that each contradicts."""
    return {test: str(fact["says"]) for fact in facts() for test in fact["tests"]}


def run(checkout: Path) -> Outcome:
    """Run the suite of a checkout.

    Raises:
        SystemExit: there is no such suite in the folder, or it could not be run.
    """
    if not (checkout / SUITE).is_dir():
        raise SystemExit(
            f"{checkout}: there is no folder {SUITE} in it. Unpack the source distribution: "
            "pip download --no-deps --no-binary moto moto==5.2.5"
        )
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        environment = {
            **os.environ,
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        command = [sys.executable, "-m", "pytest", SUITE, "-p", "our_cloud_for_moto", "-q", "--no-header"]
        command += ["-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", f"--junitxml={report}"]
        done = subprocess.run(
            [*command, "-c", os.devnull, f"--rootdir={checkout}"],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if not report.exists():
            raise SystemExit(f"moto's tests could not be run:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return _read(report)


def _read(report: Path) -> Outcome:
    passed, failed = [], []
    for case in ET.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname', '').rpartition('.')[2]}.py::{case.get('name')}"
        bad = case.find("failure") is not None or case.find("error") is not None
        if case.find("skipped") is None:
            (failed if bad else passed).append(name)
    return Outcome(passed=tuple(passed), failed=tuple(failed))


def main(argv: list[str]) -> int:
    """Print the count, and what is not as expected."""
    if len(argv) != 1:
        sys.stderr.write("usage: python -m tests.peers.moto_suite PATH\n")
        return 2
    outcome = run(Path(argv[0]).resolve())
    ran = len(outcome.passed) + len(outcome.failed)
    sys.stdout.write(f"moto's own ECS tests against this cloud: {len(outcome.passed)} of {ran} pass\n")
    sys.stdout.write(
        f"{len(outcome.failed)} fail ({len(facts())} facts are listed; the aim is {AIM} tests at most); "
        "the cloud is a settled one\n"
    )
    for line in outcome.surprises:
        sys.stdout.write(f"- {line}\n")
    return 1 if outcome.surprises else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
