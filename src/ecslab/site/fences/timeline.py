"""`timeline`: a recorded run of the simulated cloud, drawn when the page is built, played in the page.

Without JavaScript, and on paper, the whole run is there at once, with the steps as a numbered list.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from ecslab.site.fences.fields import FenceError, checked, inline, plain, read
from ecslab.site.fences.reel import Sheet, reel
from ecslab.site.recording import Recording, load
from ecslab.site.words import WORDS, word

_LOOKS = ("starting", "waiting", "healthy", "draining", "stopping")
WIDE = Sheet(name="wide", width=740, label=122, lane=21, count=52)
NARROW = Sheet(name="narrow", width=350, label=46, lane=19, count=46)


def timeline(source: str, lang: str, *, recordings: Path) -> str:
    """A figure that plays a recording step by step.

    Raises:
        FenceError: no such recording, or a step at a mark that it does not have.
    """
    found = read("timeline", source, required=["recording", "caption", "steps"], optional=["autoplay"])
    name = str(found["recording"])
    try:
        recording = load(recordings / f"{name}.json")
    except FileNotFoundError:
        raise FenceError(
            f"timeline {name}: not recorded; write docs/recordings/{name}.py, run `python -m ecslab.site refresh`"
        ) from None
    steps = [_step(name, number, step, recording) for number, step in enumerate(found["steps"], 1)]
    moments = [at for at, _ in steps]
    if not steps or moments != sorted(moments):
        raise FenceError(f"timeline {name}: steps must follow each other in time ({moments})")
    caption = plain(found["caption"])
    autoplay = " data-autoplay" if found.get("autoplay") else ""
    items = "".join(
        f'<li data-at="{at}"><span class="timeline__moment">{clock(at)}</span> {inline(say)}</li>'
        for at, say in steps
    )
    words = {key: WORDS[lang][key] for key in ("play", "pause", "replay", "step")}
    return (
        f'<figure class="timeline" aria-label="{escape(caption)}" data-length="{recording.length_ms}"{autoplay} '
        f'data-words="{escape(json.dumps(words, ensure_ascii=False))}">'
        f'<div class="timeline__stage">{reel(recording, moments, WIDE, caption, lang)}'
        f"{reel(recording, moments, NARROW, caption, lang)}</div>"
        f'{_controls(lang)}<p class="timeline__why" aria-hidden="true" data-search-exclude></p>'
        f'<p class="timeline__event" aria-hidden="true" data-search-exclude></p>'
        f'<ol class="timeline__steps">{items}</ol>{_legend(recording, lang)}'
        f"<figcaption>{inline(found['caption'])} "
        f'<span class="timeline__source">{escape(word(lang, "recorded"))}</span></figcaption>'
        f'<script type="application/json" class="timeline__events">{_script(recording, lang)}</script></figure>'
    )


def clock(at_ms: int) -> str:
    """A moment as `m:ss`."""
    return f"{at_ms // 60_000}:{at_ms // 1_000 % 60:02}"


def _step(name: str, number: int, step: Any, recording: Recording) -> tuple[int, str]:
    fields = checked(f"timeline {name}, step {number}", step, required=["at", "say"])
    if fields["at"] not in recording.marks:
        marks = ", ".join(recording.marks)
        raise FenceError(f"timeline {name}, step {number}: no mark {fields['at']!r} (there are {marks})")
    return recording.marks[fields["at"]], str(fields["say"])


def _controls(lang: str) -> str:
    def button(action: str, sign: str, key: str) -> str:
        return (
            f'<button type="button" class="timeline__button" data-do="{action}" '
            f'aria-label="{escape(word(lang, key))}" title="{escape(word(lang, key))}">{sign}</button>'
        )

    back = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 2v12M13 2 6 8l7 6z"/></svg>'
    play = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 2v12l9-6z"/></svg>'
    on = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M12 2v12M3 2l7 6-7 6z"/></svg>'
    return (
        f'<div class="timeline__controls" hidden>{button("back", back, "previous")}{button("play", play, "play")}'
        f'{button("on", on, "next")}<span class="timeline__clock" aria-hidden="true">0:00</span>'
        '<span class="timeline__at" role="status"></span></div>'
    )


def _legend(recording: Recording, lang: str) -> str:
    looks = {stretch.state for lane in recording.lanes for stretch in lane.looks()}
    several = len(recording.revisions()) > 1
    entries: list[tuple[str, str]] = []
    for look in _LOOKS:
        if look == "healthy" and look in looks:
            entries += [("healthy reel-rev--0", "legend_old" if several else "healthy_targets")]
            entries += [("healthy reel-rev--1", "legend_new")] if several else []
        elif look in looks:
            entries.append((look, f"legend_{look}"))
    if any(lane.failed for lane in recording.lanes):
        entries.append(("failed", "legend_failed"))
    if recording.production:
        entries += [("share reel-rev--0", "legend_share_old"), ("share reel-rev--1", "legend_share_new")]
    items = "".join(
        f'<li><span class="swatch swatch--{css}"></span>{escape(word(lang, key))}</li>'
        for css, key in entries
    )
    return f'<ul class="timeline__legend" data-search-exclude>{items}</ul>'


def _script(recording: Recording, lang: str) -> str:
    told = {
        "events": recording.events,
        "decisions": [(at, text[lang]) for at, text in recording.decisions],
    }
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
