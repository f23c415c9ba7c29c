"""From results to files, as commands do it: the options that `grade` and `report` share, and what is told where.

Any command that has results calls `add_arguments` for its parser, `Reporting.of` before it begins (so that a wrong
policy is found before anything is graded), and `Reporting.write` in the end.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecslab.course.chapters import chapter_links
from ecslab.course.problem import CourseProblem
from ecslab.course.source import LANGUAGES
from ecslab.grading.outputs import github
from ecslab.grading.outputs.inert import log_line
from ecslab.grading.outputs.scored import Presentation, Scored
from ecslab.grading.outputs.write import POLICY, Timings, finish, write_outputs
from ecslab.grading.policy import Policy
from ecslab.grading.policy_file import load_policy
from ecslab.grading.results import ISOLATION, SubmissionResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what results are worth and how they are presented."""
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="weights, late work and overrides: a grading.toml (the one in --out from before)",
    )
    parser.add_argument("--site", type=_site, metavar="URL", help="the course's site, for links in feedback")
    parser.add_argument(
        "--lang", choices=LANGUAGES, default="en", help="of the class report and the summary (%(default)s)"
    )


def _site(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(
        char.isspace() or char in "\"'<>" for char in text
    ):
        raise argparse.ArgumentTypeError("must begin with https:// or http://")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """How results become files.

    Attributes:
        policy_path: where the policy is from; None without.
    """

    policy: Policy
    presentation: Presentation
    policy_path: Path | None = None

    @classmethod
    def of(cls, arguments: argparse.Namespace, root: Path, *folders: Path) -> Reporting:
        """What the command line says. Without --policy one that was kept holds, so that no override is lost.

        Args:
            arguments: of the command.
            root: the folder that holds the course.
            folders: where a policy may be kept: the --out folder, then those of shards.

        Raises:
            CourseProblem: the policy is wrong, or shards keep different ones.
        """
        kept = _kept(folders)
        path = arguments.policy or kept
        policy = Policy() if path is None else load_policy(path)
        _check_labs(policy, root, path)
        links = chapter_links(root) if arguments.site else {}
        presentation = Presentation(lang=arguments.lang, site=arguments.site or "", chapters=links)
        if path is not None and path == kept:
            sys.stderr.write(f"the policy of before holds: {kept}\n")
        return cls(policy=policy, presentation=presentation, policy_path=path)

    def write(
        self,
        out: Path,
        results: Sequence[SubmissionResult],
        *,
        aside: Sequence[str] = (),
        timings: Timings | None = None,
        isolation: str = ISOLATION,
        files: Mapping[str, str] | None = None,
    ) -> tuple[Scored, ...]:
        """Write every file into `out`, and tell GitHub where it is listening.

        Args:
            out: the folder.
            results: of all submissions.
            aside: files that are nobody's submission.
            timings: real seconds by submission.
            isolation: how learners' code was kept apart.
            files: paths of notebooks by submission, for annotations.
        """
        everything = write_outputs(
            out,
            results,
            aside=aside,
            timings=timings,
            isolation=isolation,
            policy=self.policy,
            presentation=self.presentation,
        )
        for warning in self.unused(everything):
            sys.stderr.write(f"{log_line(warning)}\n")
        if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write((out / github.FILE).read_text(encoding="utf-8"))
        if os.environ.get("GITHUB_ACTIONS") == "true":
            for command in github.to_annotations(everything, files or {}, self.presentation.lang):
                sys.stdout.write(f"{command}\n")
        return everything

    def unused(self, everything: Sequence[Scored]) -> list[str]:
        """What of the policy fits nothing in these results: most likely a slip."""
        found = []
        for kind, entries in (("override", self.policy.overrides), ("extension", self.policy.extensions)):
            for entry in entries:
                mine = [one for one in everything if entry.about(one.result)]
                who = entry.submission or entry.learner
                if not mine:
                    found.append(
                        f"{self.policy_path}:{entry.line}: this {kind} fits no submission here: {who}"
                    )
                check = getattr(entry, "check", None)
                ids = {line.check for one in mine for line in one.score.lines}
                if mine and check is not None and check not in ids:
                    found.append(f"{self.policy_path}:{entry.line}: {who} has no check {check}")
        return [*found, *_unknown(everything)]


def _kept(folders: Sequence[Path]) -> Path | None:
    """The policy that folders of results keep; the first one's own, else the one that all others agree on."""
    for folder in folders:
        finish(folder)
    found = [path for folder in folders if (path := folder / POLICY).is_file()]
    if not found or found[0].parent == folders[0]:
        return found[0] if found else None
    for path in found[1:]:
        if path.read_bytes() != found[0].read_bytes():
            raise CourseProblem(path, f"is another policy than {found[0]}", "Say which with --policy")
    return found[0]


def _unknown(everything: Sequence[Scored]) -> list[str]:
    """What is to be said of submissions without a time."""
    unknown = [one for one in everything if one.score.late is not None and one.score.late.by is None]
    marked = [one.result.name for one in unknown if one.score.late is not None and one.score.late.marked]
    found = []
    if len(unknown) > len(marked):
        count = len(unknown) - len(marked)
        found.append(f"nobody says when {count} of the submissions were handed in: they count as in time")
    found += [
        f"{name} is marked as late, but nobody says by how much: nothing is taken off" for name in marked
    ]
    return found


def _check_labs(policy: Policy, root: Path, path: Path | None) -> None:
    labs = sorted(folder.parent.name for folder in (root / "course").glob("*/lab.md"))
    for lab in policy.labs:
        if lab not in labs:
            raise CourseProblem(
                path or POLICY, f"there is no lab {lab!r}", f"There are {', '.join(labs)}", key=f"lab.{lab}"
            )
