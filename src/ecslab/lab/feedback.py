"""What a learner sees of a verdict, beyond the canonical line: expected, seen, why, look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ecsim.view import words
from ecsim.view.rendering import COLUMNS, View, escaped, padded, page, width, wrapped
from ecslab.lab.messages import Message, worded
from ecslab.lab.verdict import Verdict

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "expected": "expected",
        "seen": "seen",
        "why": "why",
        "look": "look at",
        "hint": '`lab.hint("{check}")`',
        "points": "{points} of {max} points",
        "after": "What just happened",
        "hint_title": "Hint {n} of {of} for {check}",
        "more": 'Again `lab.hint("{check}")` gives the next one.',
    },
    "ja": {
        "expected": "期待",
        "seen": "実際",
        "why": "理由",
        "look": "参照",
        "hint": '`lab.hint("{check}")`',
        "points": "{max} 点中 {points} 点",
        "after": "いま起きたこと",
        "hint_title": "{check} のヒント {n} / {of}",
        "more": 'もう一度 `lab.hint("{check}")` を実行すると、次のヒントが出ます。',
    },
}


def feedback(verdict: Verdict, message: Message, lang: str) -> View:
    """The explanation of a verdict, as text and HTML."""
    say = LABELS[lang]
    points = say["points"].format(points=verdict.points, max=verdict.max_points)
    title = message.title[lang]
    mark = "✓" if verdict.passed else "✗"
    found = explained(verdict, message, lang)
    if "look" in found:
        found["look"] += f"; {say['hint'].format(check=verdict.check)}"
    body = [(say[name], text) for name, text in found.items()]
    return View(
        text=_text(f"{mark} {verdict.check}  {title}", points, body),
        html=_html(verdict, title, points, body, lang),
    )


def explained(verdict: Verdict, message: Message, lang: str) -> dict[str, str]:
    """What is said of a verdict, by what it is: `after` of a pass, else `expected`, `seen`, `why` and `look`.

    `why` is left out where there is nothing to say. Text between backticks is code.
    """
    facts: dict[str, Any] = dict(verdict.facts)
    if verdict.passed:
        return {"after": worded(message.after[lang], facts)}
    mistake = message.mistake(verdict.mistake)
    why = [worded(mistake.why[lang], facts)] if mistake.why else []
    if verdict.because:
        code, fields = verdict.because
        why.append(words.reason(lang, code, fields))
    return {
        "expected": worded((mistake.expected or message.expected)[lang], facts),
        "seen": worded(mistake.seen[lang], facts),
        **({"why": " ".join(why)} if why else {}),
        "look": message.look[lang],
    }


def hint_view(check: str, n: int, message: Message, lang: str) -> View:
    """The n-th hint of a check, from 1."""
    say, of = LABELS[lang], len(message.hints)
    title = say["hint_title"].format(n=n, of=of, check=check)
    hint = message.hints[n - 1][lang]
    more = say["more"].format(check=check) if n < of else ""
    lines = [title, *wrapped(_plain(hint), first="  "), *(["  " + _plain(more)] if more else [])]
    body = f'<p class="ev-anchor">{escaped(title)}</p><p>{_inline(hint)}</p>'
    body += f'<p class="ev-note">{_inline(more)}</p>' if more else ""
    return View(text="\n".join(lines), html=page(body, lang=lang, kind="hint"))


def _text(head: str, points: str, body: list[tuple[str, str]]) -> str:
    gap = max(2, COLUMNS - width(head) - width(points))
    room = max(width(label) for label, _ in body) + 2
    lines = [head + " " * gap + points]
    for label, text in body:
        first = "  " + padded(label, room)
        for part in text.split("\n"):
            lines.extend(wrapped(_plain(part), first=first, rest=" " * width(first)))
            first = " " * width(first)
    return "\n".join(lines)


def _html(verdict: Verdict, title: str, points: str, body: list[tuple[str, str]], lang: str) -> str:
    tone, mark = ("ev-good", "✓") if verdict.passed else ("ev-bad", "✗")
    rows = "".join(
        f'<li><span class="ev-when" style="min-width:4.6em">{escaped(label)}</span>'
        f"<span>{_paragraphs(text)}</span></li>"
        for label, text in body
    )
    return page(
        f'<div class="ev-top"><span class="{tone} ev-title">{mark} {escaped(verdict.check)}</span>'
        f'<span class="ev-name">{_inline(title)}</span><span class="ev-clock">{escaped(points)}</span></div>'
        f'<ul class="ev-log">{rows}</ul>',
        lang=lang,
        kind="verdict",
    )


def _paragraphs(text: str) -> str:
    return "<br>".join(_inline(part) for part in text.split("\n"))


def _inline(text: str) -> str:
    """Escaped, with `code` marked."""
    return re.sub(r"`([^`]+)`", r'<code class="ev-mono">\1</code>', escaped(text))


def _plain(text: str) -> str:
    return text.replace("`", "")
