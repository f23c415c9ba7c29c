"""A page for each learner: what was earned, what was seen and why, what to look at. Everything in it is escaped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from html import escape

from ecsim.clock.duration import clock_text
from ecslab.grading.results import CheckResult, SubmissionResult
from ecslab.grading.words import PAGE

_NAME_MAX = 100
_STYLE = """
body{font:16px/1.6 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}.score{font-size:1.25rem;font-weight:600}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0}
td,th{border-bottom:1px solid #8884}.notice{border-left:4px solid #b45309;padding-left:.75rem}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}.foot{color:#56565f;font-size:.875rem;margin-top:2rem}
section.check{margin:1rem 0}
@media(prefers-color-scheme:dark){body{color:#e6e6ea;background:#16161a}.foot{color:#a5a5b0}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def file_names(names: Sequence[str]) -> dict[str, str]:
    """A file name for each submission's page: plain where the name is, else with part of its hash."""
    found = {}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:_NAME_MAX] or "submission"
        mark = "" if plain == name else "-" + hashlib.sha256(name.encode()).hexdigest()[:8]
        found[name] = f"{plain}{mark}.html"
    return found


def to_html(one: SubmissionResult) -> str:
    """The page."""
    say = PAGE[one.lang]
    score = say["points"].format(points=one.points, max=one.points_max)
    lab = f"{one.lab}, {say['version'].format(version=one.version)}" if one.lab else "-"
    parts = [
        "<!doctype html>",
        f'<html lang="{one.lang}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(say['title'])}: {escape(one.name)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(say['title'])}: {escape(lab)}</h1>",
        f"<p>{escape(say['submission'])}: <code>{escape(one.name)}</code></p>",
        f'<p class="score">{escape(score)}</p>',
    ]
    if one.notices:
        parts.append(f"<h2>{escape(say['notices'])}</h2>")
        parts += [f'<p class="notice">{escape(notice.text(one.lang))}</p>' for notice in one.notices]
    if one.checks:
        parts.append(f"<h2>{escape(say['tasks'])}</h2>")
        parts += [_check(check, one.lang) for check in one.checks]
    if one.status == "graded":
        parts.append(_calls(one))
    parts.append(f'<p class="foot">{escape(say["foot"])}</p></main></body></html>')
    return "\n".join(parts) + "\n"


def _check(check: CheckResult, lang: str) -> str:
    """One check; `html` was made by the lab's own wording, which escapes every fact."""
    notice = f'<p class="notice">{escape(check.notice.text(lang))}</p>' if check.notice else ""
    if check.html:
        body = check.html
    else:
        points = PAGE[lang]["points"].format(points=check.points, max=check.points_max)
        body = f"<p><strong>{escape(check.id)}</strong> {escape(points)}</p>"
    return f'<section class="check">{body}{notice}</section>'


def _calls(one: SubmissionResult) -> str:
    say = PAGE[one.lang]
    title = f"<h2>{escape(say['calls'])}</h2>"
    if not one.calls:
        return f"{title}<p>{escape(say['none'])}</p>"
    rows = "".join(
        f"<tr><td>{int(call['n'])}</td><td>{escape(clock_text(int(call['at_ms'])))}</td>"
        f"<td><code>{escape(str(call['call']))}</code></td>"
        f"<td>{escape(str(call['error'] or say['ok']))}</td></tr>"
        for call in one.calls
    )
    head = "".join(f"<th>{escape(text)}</th>" for text in ("#", say["time"], say["call"], say["outcome"]))
    return f"{title}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
