"""A page for each learner: what was earned, what was seen and why, what to look at. Everything in it is escaped."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from html import escape
from itertools import groupby

from ecsim.clock.duration import clock_text
from ecslab.grading.outputs.page import bar, page, plain, worded
from ecslab.grading.outputs.said import lateness, overridden
from ecslab.grading.outputs.scored import Presentation, Scored
from ecslab.grading.results import CheckResult, SubmissionResult
from ecslab.grading.score import shown
from ecslab.grading.words import PAGE

FOLDER = "feedback"
_NAME_BYTES_MAX = 120


def file_names(names: Sequence[str]) -> dict[str, str]:
    """A file name for each submission, without a suffix: the name where that will do, else with part of its hash.

    No two are the same on a system that does not tell capitals from small letters.
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        plain_name = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFC", name)).strip("-")
        plain_name = plain_name.encode()[:_NAME_BYTES_MAX].decode("utf-8", "ignore") or "submission"
        same = plain_name == name and plain_name.casefold() not in used
        used.add(plain_name.casefold())
        mark = "" if same else "-" + hashlib.sha256(name.encode()).hexdigest()[:8]
        found[name] = f"{plain_name}{mark}"
    return found


def to_html(one: Scored, presentation: Presentation, isolation: str) -> str:
    """The page, in the language of the notebook."""
    result, score = one.result, one.score
    say = PAGE[result.lang]
    lab = f"{result.lab}, {say['version'].format(version=result.version)}" if result.lab else "-"
    who = f"{say['learner']}: {plain(result.learner)} · " if result.learner else ""
    points = say["points"].format(points=shown(score.points), max=shown(score.points_max))
    body = [
        f"<h1>{escape(say['title'])}: {plain(lab)}</h1>",
        f'<p class="soft">{who}{escape(say["submission"])}: <code>{plain(result.name)}</code></p>',
        f'<p class="score">{escape(points)}</p>',
        bar(float(score.percent or 0) / 100),
        *_policy(one),
    ]
    if result.notices:
        body.append(f"<h2>{escape(say['notices'])}</h2>")
        body += [f'<p class="notice">{plain(notice.text(result.lang))}</p>' for notice in result.notices]
    if result.checks:
        body.append(f"<h2>{escape(say['tasks'])}</h2>")
        for task, checks in groupby(result.checks, key=lambda check: check.task):
            body.append(f"<h3>{escape(say['task'].format(task=task))}</h3>")
            body += [_check(check, one, presentation) for check in checks]
    if result.status == "graded":
        body.append(_calls(result))
    foot = f"{say['foot']} {say['isolation'].format(isolation=isolation)}"
    body.append(f'<p class="foot">{plain(foot)}</p>')
    return page(f"{say['title']}: {result.name}", result.lang, body)


def _policy(one: Scored) -> list[str]:
    """Where the points differ from what the checks say, or come from checks that are not shown."""
    say = PAGE[one.result.lang]
    said = []
    if one.result.hidden:
        points, most = one.score.part(hidden=True)
        said.append(say["hidden"].format(points=shown(points), max=shown(most)))
    if one.score.scale != 1:
        said.append(say["scaled"].format(max=shown(one.score.points_max)))
    said += [*lateness(one), *overridden(one)]
    if not said:
        return []
    return [f"<h2>{escape(say['policy'])}</h2><ul>", *(f"<li>{plain(text)}</li>" for text in said), "</ul>"]


def _check(check: CheckResult, one: Scored, presentation: Presentation) -> str:
    """One check."""
    lang = one.result.lang
    say, line = PAGE[lang], one.line(check)
    points, most = one.points(check)
    full = one.full(check)
    tone, mark, word = ("pass", "✓", "passed") if full else ("fail", "✗", "not_passed")
    of = say["points"].format(points=shown(points), max=shown(most))
    if line.weight != 1:
        of += f" ({say['weight'].format(weight=shown(line.weight))})"
    colour = "good" if full else "bad"
    head = (
        f'<div class="head"><span class="{colour}" role="img" aria-label="{escape(say[word])}">{mark}</span>'
        f'<span class="soft">{plain(check.id)}</span><span class="name">{worded(check.title)}</span>'
        f'<span class="of soft">{escape(of)}</span></div>'
    )
    notice = f'<p class="notice">{plain(check.notice.text(lang))}</p>' if check.notice else ""
    rows = "".join(
        f"<dt>{escape(say[name])}</dt><dd>{_text(name, check.words[name], presentation, lang)}</dd>"
        for name in ("expected", "seen", "why", "look", "after")
        if name in check.words
    )
    said = f"<dl>{rows}</dl>" if rows else ""
    hints = "".join(
        f"<details><summary>{escape(say['hint'].format(n=n, of=len(check.hints)))}</summary>"
        f"<p>{worded(hint)}</p></details>"
        for n, hint in enumerate(check.hints, start=1)
    )
    return f'<section class="card {tone}">{head}{notice}{said}{hints}</section>'


def _text(name: str, text: str, presentation: Presentation, lang: str) -> str:
    link = presentation.link(text, lang) if name == "look" else None
    return worded(text) if link is None else f'<a href="{escape(link)}">{worded(text)}</a>'


def _calls(one: SubmissionResult) -> str:
    say = PAGE[one.lang]
    title = f"<h2>{escape(say['calls'])}</h2>"
    if not one.calls:
        return f"{title}<p>{escape(say['none'])}</p>"
    rows = "".join(
        f'<tr><td class="n">{int(call["n"])}</td><td>{plain(clock_text(int(call["at_ms"])))}</td>'
        f"<td><code>{plain(str(call['call']))}</code></td>"
        f'<td class="{"bad" if call["error"] else "good"}">{plain(str(call["error"] or say["ok"]))}</td></tr>'
        for call in one.calls
    )
    names = ("#", say["time"], say["call"], say["outcome"])
    head = "".join(f"<th{' class=n' if text == '#' else ''}>{escape(text)}</th>" for text in names)
    return (
        f'{title}<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
