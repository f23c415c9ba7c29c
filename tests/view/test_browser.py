"""In a real browser: no view is wider than its page, at desktop and phone width."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from ecsim.view import cluster_map, cost, events, timeline, why

CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MEASURE = """
<script>
const wide = [];
for (const view of document.querySelectorAll(".ecsv")) {
  const edge = view.getBoundingClientRect().right + 1;
  for (const e of view.querySelectorAll("*")) {
    if (e.closest(".ev-scroll") && !e.matches(".ev-scroll")) continue;
    const box = e.getBoundingClientRect();
    if (box.width && box.right > edge) wide.push(`${view.className}: ${e.tagName} ${box.right - edge}`);
  }
}
document.body.dataset.wide = wide.join("; ") || "none";
document.body.dataset.views = document.querySelectorAll(".ecsv").length;
</script>
"""


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium")
@pytest.mark.parametrize("page_width", [360, 700, 1200])
def test_no_view_is_wider_than_its_page(pictures, tmp_path, page_width, lang):
    stories = [pictures.rolling_midway(), pictures.breaker(), pictures.unhealthy(), pictures.crowd()]
    stories += [pictures.canary(back=True), pictures.instances()]
    views = [
        view
        for p in stories
        for view in (
            cluster_map(p, lang),
            timeline(p, "web", lang),
            why(p, "web", lang),
            events(p, "web"),
            cost(p, lang),
        )
    ]
    body = "".join(view.html for view in views)
    page = tmp_path / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><body><div style="width:{page_width}px">{body}</div>{MEASURE}',
        encoding="utf-8",
    )
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert re.search(r'data-views="(\d+)"', done.stdout).group(1) == str(len(views))
    assert re.search(r'data-wide="([^"]*)"', done.stdout).group(1) == "none"
