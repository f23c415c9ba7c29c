"""report.html: the class at a glance, for the instructor. Which tasks are passed, which mistakes are made, how it went.

Hidden checks are in it as points only, so that it can be shown in class. It names no learner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from html import escape
from statistics import mean, median

from ecslab.grading.outputs.page import page, plain, worded
from ecslab.grading.outputs.plots import STYLE, histogram, shares
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.score import shown

FILE = "report.html"
_TENTHS = 10
_MISTAKES_MAX = 30
_SAY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Class report",
        "count": "{n} submissions: {graded} graded, {refused} refused, {failed} to be graded again.",
        "none": "Nothing was graded.",
        "spread": "How the points are spread, in percent",
        "summary": "Mean {mean} %, median {median} %, lowest {low} %, highest {high} %.",
        "late": "{n} were handed in late; it cost {lost} points in all.",
        "overrides": "{n} have points that the instructor gave.",
        "rates": "Pass rate by task",
        "rates_note": "Each bar: of all submissions of the lab, how many have all points of the check.",
        "hidden": "hidden checks",
        "mistakes": "Typical mistakes",
        "mistakes_note": "Grouped by what the check saw; the words are of the first submission that has it.",
        "check": "Check",
        "mistake": "Mistake",
        "times": "How often",
        "saw": "For example",
        "happened": "What else happened",
        "time": "How long grading took is in timings.html.",
        "isolation": "How learners' code was kept apart: {isolation}.",
    },
    "ja": {
        "title": "クラスのレポート",
        "count": "提出物 {n} 件：採点済み {graded}、受け付けず {refused}、要再採点 {failed}。",
        "none": "採点されたものはありません。",
        "spread": "得点の分布 (パーセント)",
        "summary": "平均 {mean} %、中央値 {median} %、最低 {low} %、最高 {high} %。",
        "late": "遅れて提出されたもの {n} 件。減点の合計は {lost} 点です。",
        "overrides": "講師が点を決めたもの {n} 件。",
        "rates": "課題ごとの合格率",
        "rates_note": "そのラボの全提出物のうち、チェックの点をすべて取ったものの割合です。",
        "hidden": "隠しチェック",
        "mistakes": "よくある間違い",
        "mistakes_note": "チェックが見たものごとにまとめています。文は、最初に見つかった提出物のものです。",
        "check": "チェック",
        "mistake": "間違い",
        "times": "件数",
        "saw": "例",
        "happened": "そのほかに起きたこと",
        "time": "採点にかかった時間は timings.html にあります。",
        "isolation": "学習者のコードの隔離方法：{isolation}。",
    },
}


def to_html(everything: Sequence[Scored], lang: str, isolation: str) -> str:
    """The page."""
    say = _SAY[lang]
    count = Counter(one.result.status for one in everything)
    kinds = {kind: count[kind] for kind in ("graded", "refused", "failed")}
    body = [f"<h1>{escape(say['title'])}</h1>", f"<p>{say['count'].format(n=len(everything), **kinds)}</p>"]
    body += _spread(everything, say)
    labs = sorted({one.result.lab for one in everything if one.result.lab and one.result.checks})
    for lab in labs:
        mine = [one for one in everything if one.result.lab == lab and one.result.checks]
        mine.sort(
            key=lambda one: one.result.lang != lang
        )  # words are taken from the first, in this language if any
        body.append(f"<h2>{plain(lab)} <span class=soft>({len(mine)})</span></h2>")
        body += _rates(mine, say)
        body += _mistakes(mine, say)
    body += _happened(everything, say, lang)
    foot = f"{say['time']} {say['isolation'].format(isolation=isolation)}"
    body.append(f'<p class="foot">{plain(foot)}</p>')
    return page(say["title"], lang, body, style=STYLE)


def _spread(everything: Sequence[Scored], say: Mapping[str, str]) -> list[str]:
    percents = [float(one.score.percent) for one in everything if one.score.percent is not None]
    if not percents:
        return [f"<p>{escape(say['none'])}</p>"]
    tenths = Counter(min(int(percent // _TENTHS), _TENTHS - 1) for percent in percents)
    bins = [(f"{10 * n}–{100 if n == _TENTHS - 1 else 10 * n + 9}", tenths[n]) for n in range(_TENTHS)]
    numbers = {
        "mean": mean(percents),
        "median": median(percents),
        "low": min(percents),
        "high": max(percents),
    }
    said = [say["summary"].format(**{name: f"{value:.1f}" for name, value in numbers.items()})]
    late = [one for one in everything if one.score.late is not None and one.score.late.days]
    if late:
        lost = sum((one.score.lost for one in late), Fraction(0))
        said.append(say["late"].format(n=len(late), lost=shown(lost)))
    given = [
        one for one in everything if one.score.override or any(line.override for line in one.score.lines)
    ]
    if given:
        said.append(say["overrides"].format(n=len(given)))
    return [
        f"<h2>{escape(say['spread'])}</h2>",
        histogram(bins, f"{say['spread']}. {said[0]}"),
        f"<p>{escape(' '.join(said))}</p>",
    ]


def _rates(mine: Sequence[Scored], say: Mapping[str, str]) -> list[str]:
    passed: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for one in mine:
        for check in one.result.checks:
            seen[check.id] += 1
            passed[check.id] += one.full(check)
            titles[check.id] = titles.get(check.id) or check.title
        if one.result.hidden:
            points, most = one.score.part(hidden=True)
            seen[say["hidden"]] += 1
            passed[say["hidden"]] += points >= most
    order = [
        *(name for name in seen if name != say["hidden"]),
        *([say["hidden"]] if say["hidden"] in seen else []),
    ]
    rows = [
        (f"{name} {titles.get(name, '')}".rstrip().replace("`", ""), passed[name], seen[name])
        for name in order
    ]
    return [
        f"<h3>{escape(say['rates'])}</h3>",
        f'<p class="soft small">{escape(say["rates_note"])}</p>',
        shares(rows, say["rates"]),
    ]


def _mistakes(mine: Sequence[Scored], say: Mapping[str, str]) -> list[str]:
    times: Counter[tuple[str, str]] = Counter()
    saw: dict[tuple[str, str], str] = {}
    for one in mine:
        for check in one.result.checks:
            if check.mistake is not None and not one.full(check):
                key = (check.id, check.mistake)
                times[key] += 1
                saw.setdefault(key, check.words.get("seen", ""))
    if not times:
        return []
    ordered = sorted(times.items(), key=lambda item: (-item[1], item[0]))[:_MISTAKES_MAX]
    rows = "".join(
        f'<tr><td>{plain(check)}</td><td><code>{plain(mistake)}</code></td><td class="n">{count}</td>'
        f"<td>{worded(saw[check, mistake])}</td></tr>"
        for (check, mistake), count in ordered
    )
    head = "".join(
        f"<th{' class=n' if name == 'times' else ''}>{escape(say[name])}</th>"
        for name in ("check", "mistake", "times", "saw")
    )
    return [
        f"<h3>{escape(say['mistakes'])}</h3>",
        f'<p class="soft small">{escape(say["mistakes_note"])}</p>',
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>',
    ]


def _happened(everything: Sequence[Scored], say: Mapping[str, str], lang: str) -> list[str]:
    """What the grader had to say beside the checks, each kind once."""
    times: Counter[str] = Counter()
    example: dict[str, str] = {}
    for one in everything:
        for code in dict.fromkeys(notice.code for notice in one.result.notices):
            times[code] += 1
        for notice in one.result.notices:
            example.setdefault(notice.code, notice.text(lang))
    if not times:
        return []
    rows = "".join(
        f'<tr><td class="n">{count}</td><td>{plain(example[code])}</td></tr>'
        for code, count in sorted(times.items(), key=lambda item: (-item[1], item[0]))
    )
    head = f'<th class="n">{escape(say["times"])}</th><th>{escape(say["saw"])}</th>'
    return [
        f"<h2>{escape(say['happened'])}</h2>",
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>',
    ]
