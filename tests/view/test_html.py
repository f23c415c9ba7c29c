"""HTML is self-contained, well-formed, escaped, accessible, and readable by day and by night."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from ecsim.view import cluster_map, cost, events, timeline, why
from ecsim.view.style import CSS, DARK, LIGHT


def _views(picture, lang):
    yield cluster_map(picture, lang)
    yield timeline(picture, "web", lang)
    yield why(picture, "web", lang)
    yield events(picture, "web", lang)
    yield cost(picture, lang)


def test_html_is_well_formed_and_self_contained(story, lang):
    for view in _views(story, lang):
        root = ET.fromstring(view.html.replace("<br>", "<br/>"))
        assert root.get("lang") == lang
        assert "<script" not in view.html
        assert not re.search(r"\b(src|href|url)\s*[=(]", view.html)
        assert not re.search(r"\son\w+=", view.html)


def test_the_timeline_has_a_title_and_a_description(story, lang):
    root = ET.fromstring(timeline(story, "web", lang).html)
    svg = next(s for s in root.iter("svg") if s.get("role") == "img")
    named = {e.get("id"): e for e in svg.iter() if e.get("id")}
    title, description = (named[i] for i in svg.get("aria-labelledby").split())
    assert "web" in title.text
    assert "00:" in description.text
    assert title.tag == "title"
    assert description.tag == "desc"


def test_ids_of_two_views_on_a_page_differ(pictures):
    ids = [
        set(re.findall(r' id="([^"]+)"', timeline(p, "web", lang).html))
        for p in (pictures.rolling(), pictures.breaker())
        for lang in ("en", "ja")
    ]
    assert len(set.union(*ids)) == sum(len(i) for i in ids)


def test_everything_is_escaped(pictures):
    picture = pictures.sidecar_checks()
    assert "&lt;log&gt; &amp; ルーター" in cluster_map(picture).html
    nasty = '<img src=x onerror=alert(1)>"'
    service = replace(picture.services[0], name=nasty)
    journal = tuple(
        replace(e, fields={**e.fields, "message": nasty}) if e.kind == "service.event" else e
        for e in picture.journal
    )
    picture = replace(picture, services=(service,), journal=journal)
    for view in (cluster_map(picture), events(picture, "web"), timeline(picture, "web"), why(picture, nasty)):
        assert "<img" not in view.html


def test_same_picture_same_html(pictures):
    assert timeline(pictures.crowd(), "web").html == timeline(pictures.crowd(), "web").html


def test_the_style_reaches_nothing_outside():
    body = re.sub(r"@[a-z]+[^{]*\{", "", CSS)
    for selector in re.findall(r"([^{}]+)\{", body):
        for part in selector.split(","):
            assert ".ecsv" in part, part


def test_themes_of_system_jupyterlab_and_material():
    assert "@media (prefers-color-scheme:dark){.ecsv{" in CSS
    assert '[data-jp-theme-light="false"] .ecsv,[data-md-color-scheme="slate"] .ecsv{' in CSS
    assert '[data-jp-theme-light="true"] .ecsv,[data-md-color-scheme="default"] .ecsv{' in CSS


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one, other):
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *(
        (ink, ground)
        for ink in ("text", "soft", "good", "warn", "bad", "accent")
        for ground in ("bg", "card")
    ),
    ("text", "chip"),
    *(
        (f"on-{state}", state)
        for state in (
            "provisioning",
            "pending",
            "activating",
            "running",
            "deactivating",
            "stopping",
            "deprovisioning",
            "stopped",
        )
    ),
    ("on-healthy", "healthy"),
    ("on-unhealthy", "unhealthy"),
]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_has_enough_contrast(theme, ink, ground):
    """Source: WCAG 2.2, success criterion 1.4.3: at least 4.5:1."""
    assert _contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_good_and_bad_differ_for_colour_blind_people(theme):
    """Healthy is bluish, unhealthy is orange: they differ in blue even where red and green look alike."""
    healthy, unhealthy = theme["healthy"], theme["unhealthy"]
    assert int(healthy[5:7], 16) - int(unhealthy[5:7], 16) >= 60


def test_both_themes_have_the_same_colours():
    assert list(LIGHT) == list(DARK)
