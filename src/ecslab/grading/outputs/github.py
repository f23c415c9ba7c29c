"""For GitHub Actions: a step summary in Markdown, and annotations.

Sources: GitHub Docs, "Workflow commands for GitHub Actions" (the commands; a step shows at most 10 error annotations; a
step summary holds at most 1 MiB) and actions/toolkit, `packages/core/src/command.ts` (the escapes). What learners wrote
may be in both, so neither can be made to say or do anything else by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ecslab.grading.outputs.inert import command_data, command_property, markdown
from ecslab.grading.outputs.said import lateness, overridden
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.score import shown
from ecslab.grading.words import PAGE

FILE = "summary.md"
BYTES_MAX = 900_000
"""Below GitHub's 1 MiB, so that another step's lines of the same job fit as well."""
ANNOTATIONS_MAX = 10
_DETAILED_MAX = 3
_SAY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Grading",
        "head": "| submission | lab | points | |",
        "check": "| | check | points | |",
        "more": "… and {n} more: the gradebook has them all.",
        "count": "{n} submissions: {graded} graded, {refused} refused, {failed} to be graded again.",
        "again": "… and {n} more problems: see the summary.",
    },
    "ja": {
        "title": "採点結果",
        "head": "| 提出物 | ラボ | 点 | |",
        "check": "| | チェック | 点 | |",
        "more": "… ほか {n} 件。すべては成績表にあります。",
        "count": "提出物 {n} 件：採点済み {graded}、受け付けず {refused}、要再採点 {failed}。",
        "again": "… ほか {n} 件の問題があります。サマリーを見てください。",
    },
}


def to_markdown(everything: Sequence[Scored], lang: str) -> str:
    """The step summary: a table, and the checks one by one where there are few submissions."""
    say = _SAY[lang]
    count = {
        kind: sum(one.result.status == kind for one in everything) for kind in ("graded", "refused", "failed")
    }
    parts = [f"## {say['title']}", "", say["count"].format(n=len(everything), **count), ""]
    if len(everything) <= _DETAILED_MAX:
        for one in everything:
            parts += _detailed(one)
    else:
        parts += [say["head"], "|---|---|--:|---|"]
        parts += [_row(one) for one in everything]
    return _cut(parts, say["more"])


def _row(one: Scored) -> str:
    result = one.result
    points = f"{shown(one.score.points)}/{shown(one.score.points_max)}"
    said = "" if result.status == "graded" else f"**{result.status}**: {markdown(result.message)}"
    return f"| {markdown(result.name)} | {markdown(result.lab or '-')} | {points} | {said} |"


def _detailed(one: Scored) -> list[str]:
    result, say = one.result, PAGE[one.result.lang]
    points = say["points"].format(points=shown(one.score.points), max=shown(one.score.points_max))
    parts = [f"### {markdown(result.name)}: {points}", ""]
    notices = [notice.text(result.lang) for notice in result.notices]
    parts += [f"- {markdown(text)}" for text in (*notices, *lateness(one), *overridden(one))]
    if result.checks:
        parts += ["", _SAY[result.lang]["check"], "|---|---|--:|---|"]
    for check in result.checks:
        earned, most = one.points(check)
        mark = "✅" if one.full(check) else "❌"
        said = check.notice.text(result.lang) if check.notice else check.words.get("seen", "")
        parts.append(
            f"| {mark} | {check.id} {markdown(check.title)} | {shown(earned)}/{shown(most)} | {markdown(said)} |"
        )
    if result.hidden:
        earned, most = one.score.part(hidden=True)
        parts += ["", say["hidden"].format(points=shown(earned), max=shown(most))]
    return [*parts, ""]


def _cut(parts: Sequence[str], more: str) -> str:
    """Whole lines up to the limit."""
    kept, size = [], 0
    for nth, part in enumerate(parts):
        size += len(part.encode()) + 1
        if size > BYTES_MAX:
            kept += ["", more.format(n=len(parts) - nth)]
            break
        kept.append(part)
    return "\n".join(kept).rstrip("\n") + "\n"


def to_annotations(everything: Sequence[Scored], files: Mapping[str, str], lang: str) -> list[str]:
    """Workflow commands: an error for each check that lacks points, and each submission that could not be graded.

    Args:
        everything: the results.
        files: paths of notebooks in the repository, by name of the submission, as far as they are known.
        lang: of the line that says how many more there are.
    """
    found = [one for each in everything for one in _errors(each, files.get(each.result.name))]
    if len(found) > ANNOTATIONS_MAX:
        rest = _SAY[lang]["again"].format(n=len(found) - ANNOTATIONS_MAX + 1)
        found = [*found[: ANNOTATIONS_MAX - 1], f"::error::{command_data(rest)}"]
    return found


def _errors(one: Scored, file: str | None) -> list[str]:
    result = one.result
    place = f"file={command_property(file)}," if file else ""
    if not result.checks:
        title = command_property(result.name)
        return [f"::error {place}title={title}::{command_data(result.message)}"]
    found = []
    for check in result.checks:
        if not one.full(check):
            notice = check.notice.text(result.lang) if check.notice else ""
            title = command_property(f"{check.id} {check.title}".rstrip())
            said = "\n".join(filter(None, (notice, check.text))) or result.message
            found.append(f"::error {place}title={title}::{command_data(said)}")
    return found
