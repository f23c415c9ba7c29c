"""timings.html: how long grading took. It lies apart, as timings.json does: everything else is the same every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from statistics import mean, median

from ecslab.grading.outputs.page import page, plain
from ecslab.grading.outputs.plots import STYLE, histogram

FILE = "timings.html"
_BINS, _SLOWEST = 10, 20
_TASK = "task_"
_SAY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "How long grading took",
        "none": "Nothing was timed.",
        "spread": "Real seconds a submission",
        "kind": "Real seconds",
        "mean": "Mean",
        "median": "Median",
        "most": "Most",
        "slowest": "The slowest submissions",
        "submission": "Submission",
        "task": "task {task}",
    },
    "ja": {
        "title": "採点にかかった時間",
        "none": "時間の記録がありません。",
        "spread": "提出物ごとの実時間 (秒)",
        "kind": "実時間 (秒)",
        "mean": "平均",
        "median": "中央値",
        "most": "最長",
        "slowest": "時間のかかった提出物",
        "submission": "提出物",
        "task": "課題 {task}",
    },
}


def to_html(timings: Mapping[str, Mapping[str, float]], lang: str) -> str:
    """The page."""
    say = _SAY[lang]
    walls = {name: used["wall_s"] for name, used in timings.items() if "wall_s" in used}
    body = [f"<h1>{escape(say['title'])}</h1>"]
    if not walls:
        return page(say["title"], lang, [*body, f"<p>{escape(say['none'])}</p>"])
    body += [f"<h2>{escape(say['spread'])}</h2>", histogram(_bins(list(walls.values())), say["spread"])]
    kinds = sorted({kind for used in timings.values() for kind in used}, key=_in_order)
    rows = "".join(
        _kind(kind, [used[kind] for used in timings.values() if kind in used], say) for kind in kinds
    )
    heads = "".join(f'<th class="n">{escape(say[name])}</th>' for name in ("mean", "median", "most"))
    body.append(_table(f"<th>{escape(say['kind'])}</th>{heads}", rows))
    slowest = sorted(walls.items(), key=lambda item: (-item[1], item[0]))[:_SLOWEST]
    rows = "".join(f'<tr><td>{plain(name)}</td><td class="n">{wall:.1f}</td></tr>' for name, wall in slowest)
    body.append(f"<h2>{escape(say['slowest'])}</h2>")
    body.append(_table(f'<th>{escape(say["submission"])}</th><th class="n">s</th>', rows))
    return page(say["title"], lang, body, style=STYLE)


def _kind(kind: str, values: Sequence[float], say: Mapping[str, str]) -> str:
    name = (
        say["task"].format(task=kind.removeprefix(_TASK).removesuffix("_s"))
        if kind.startswith(_TASK)
        else kind
    )
    numbers = "".join(
        f'<td class="n">{value:.2f}</td>' for value in (mean(values), median(values), max(values))
    )
    return f"<tr><td>{plain(name)}</td>{numbers}</tr>"


def _in_order(kind: str) -> tuple[bool, int, str]:
    """The whole first, then tasks by number."""
    number = kind.removeprefix(_TASK).removesuffix("_s")
    return kind.startswith(_TASK), int(number) if number.isdigit() else 0, kind


def _bins(values: Sequence[float]) -> list[tuple[str, int]]:
    low, high = min(values), max(values)
    step = (high - low) / _BINS or 1.0
    counts = [0] * _BINS
    for value in values:
        counts[min(int((value - low) / step), _BINS - 1)] += 1
    return [(f"{low + nth * step:.1f}", count) for nth, count in enumerate(counts)]


def _table(head: str, rows: str) -> str:
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
