"""similarity.json and similarity.html: the pairs, with their code side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ecslab.grading.outputs.inert import lines
from ecslab.grading.outputs.page import page, plain
from ecslab.grading.similarity.compare import Answers, Pair, Place

JSON, HTML = "similarity.json", "similarity.html"
FORMAT = 1
_SHOWN_MAX = 100
_STYLE = (
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:.75rem;margin:.5rem 0}.pair>div{min-width:0}"
    "pre{margin:0;padding:.5rem;border:1px solid var(--line);border-radius:.375rem;background:var(--card);"
    'overflow-x:auto;font:13px/1.5 ui-monospace,Menlo,Consolas,"Noto Sans Mono CJK JP",monospace}'
    "mark{background:none;color:inherit;box-shadow:inset .1875rem 0 0 var(--warn);font-weight:600;padding-left:.375rem}"
    "pre .o{padding-left:.375rem}@media(max-width:44rem){.pair{grid-template-columns:1fr}}main{max-width:80rem}"
)
_SAY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Submissions of the same shape",
        "what": "Information only: it changes no grade and proves nothing. It says which submissions have code of the "
        "same shape that hardly anybody else has. Names, comments and the order of statements make no difference; "
        "what everybody was given, the author's solution, and what many of the class wrote do not count. "
        "Read both before you say anything.",
        "lab": "{lab}: pairs: {pairs}, of {count} submissions",
        "none": "No two submissions have more in common than the task explains.",
        "pair": "{score} % of the smaller one's own code, {shared} fingerprints",
        "more": "The first {n} are shown; similarity.json has them all.",
    },
    "ja": {
        "title": "形の似た提出物",
        "what": "参考情報です。点数は変わらず、何かの証明にもなりません。"
        "ほかにほとんど例のない、同じ形のコードを持つ提出物を示します。"
        "変数の名前、コメント、文の順序は無視します。配布されたコード、作者の解答、クラスの多くが書いたコードは数えません。"
        "何かを言う前に、両方を読んでください。",
        "lab": "{lab}：提出物 {count} 件、{pairs} 組",
        "none": "課題で説明できる以上に似ている提出物はありません。",
        "pair": "小さいほうの独自コードの {score} %、フィンガープリント {shared} 個",
        "more": "最初の {n} 組を示しています。すべては similarity.json にあります。",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What was found in one lab."""

    lab: str
    answers: Mapping[str, Answers]
    pairs: Sequence[Pair]


def to_json(everything: Sequence[Compared]) -> str:
    """similarity.json."""
    data = {
        "format": FORMAT,
        "labs": [
            {
                "lab": one.lab,
                "submissions": len(one.answers),
                "pairs": [
                    {
                        "submissions": list(pair.names),
                        "score": round(pair.score, 3),
                        "shared": pair.shared,
                        "places": [
                            {"cells": list(place.cells), "lines": [list(part) for part in place.lines]}
                            for place in pair.places
                        ],
                    }
                    for pair in one.pairs
                ],
            }
            for one in everything
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def to_html(everything: Sequence[Compared], lang: str) -> str:
    """The page."""
    say = _SAY[lang]
    body = [f"<h1>{escape(say['title'])}</h1>", f'<p class="notice">{escape(say["what"])}</p>']
    for one in everything:
        fields = {"lab": one.lab, "count": len(one.answers), "pairs": len(one.pairs)}
        body.append(f"<h2>{plain(say['lab'].format(**fields))}</h2>")
        if not one.pairs:
            body.append(f"<p>{escape(say['none'])}</p>")
        body += [_pair(pair, one, say) for pair in one.pairs[:_SHOWN_MAX]]
        if len(one.pairs) > _SHOWN_MAX:
            body.append(f"<p>{escape(say['more'].format(n=_SHOWN_MAX))}</p>")
    return page(say["title"], lang, body, style=_STYLE)


def _pair(pair: Pair, one: Compared, say: Mapping[str, str]) -> str:
    first, second = pair.names
    said = say["pair"].format(score=f"{100 * pair.score:.0f}", shared=pair.shared)
    parts = [
        f"<details><summary><strong>{plain(first)}</strong> · <strong>{plain(second)}</strong>"
        f" <span class=soft>({escape(said)})</span></summary>"
    ]
    parts += [_place(place, one.answers[first], one.answers[second]) for place in pair.places]
    return "".join([*parts, "</details>"])


def _place(place: Place, first: Answers, second: Answers) -> str:
    sides = "".join(
        f'<div><p class="small soft">{plain(answers.name)}: <code>{plain(cell)}</code></p>'
        f"<pre>{_code(answers.sources[cell], marked)}</pre></div>"
        for answers, cell, marked in zip((first, second), place.cells, place.lines, strict=True)
    )
    return f'<div class="pair">{sides}</div>'


def _code(source: str, marked: Sequence[int]) -> str:
    """The cell's code; lines of the same shape are marked."""
    chosen = set(marked)
    return "\n".join(
        f"<mark>{escape(text)}</mark>" if number in chosen else f'<span class="o">{escape(text)}</span>'
        for number, text in enumerate(lines(source).split("\n"), start=1)
    )
