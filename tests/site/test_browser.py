"""The site in a real Chromium: looks, reads, plays, and opens the lab in JupyterLab.

Run by `make test-browser`. The accessibility checks here are few and our own: names of what can be operated, contrast
of all text, focus that can be seen.
"""

import contextlib
import functools
import http.server
import json
import shutil
import threading
from pathlib import Path

import pytest

from .test_start import started

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHECKS = Path(__file__).with_name("checks.js").read_text("utf-8")
NAMELESS, FAINT = f"() => {{ {CHECKS} return nameless(); }}", f"() => {{ {CHECKS} return faint(); }}"
PAGES = [
    "/",
    "/00-before-you-start/",
    "/01-big-picture/",
    "/02-building-blocks/",
    "/11-deployments-rolling/",
    "/labs/02-first-service/",
    "/labs/11-rolling/",
    "/glossary/",
    "/fidelity/",
]
EVERY_PAGE = [*PAGES, *("/ja" + page for page in PAGES)]


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.fail("no Chromium on this machine (Debian: apt-get install chromium)")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def host(site):
    """The site on a static host."""
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def visit(chromium, *, width=1280, scheme="light", motion="reduce"):
    """A new browser window, and what went wrong in it."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion=motion
    )
    page = context.new_page()
    wrong, hosts = [], set()
    page.on(
        "console",
        lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("request", lambda r: hosts.add(r.url.split("/")[2]) if r.url.startswith("http") else None)
    page.wrong, page.hosts = wrong, hosts
    yield page
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_is_silent_and_readable(chromium, host, width, scheme):
    with visit(chromium, width=width, scheme=scheme) as page:
        for path in EVERY_PAGE:
            page.goto(host + path)
            page.wait_for_load_state("load")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(NAMELESS) == [], path
            assert page.evaluate(FAINT) == [], f"{path} {scheme} {width}"
        assert page.wrong == []
        assert page.hosts == {host.split("/")[2]}


def test_the_checks_themselves_find_what_is_wrong(chromium):
    with visit(chromium) as page:
        page.set_content(
            "<body style='background: #fff'><p style='color: #aaa'>pale</p><p style='color: #555'>dark enough</p>"
            "<button></button><button>named</button><div style='background: #0008'><b style='color: #777'>mud</b></div>"
        )
        assert [line.split()[-1] for line in page.evaluate(FAINT)] == ["pale", "mud"]
        assert page.evaluate(NAMELESS) == ["<button></button>"]


def test_dark_and_light_follow_the_system_and_the_button(chromium, host):
    ground = "getComputedStyle(document.body).backgroundColor"
    with visit(chromium, scheme="dark") as page:
        page.goto(host)
        dark = page.evaluate(ground)
        page.locator("label[for^=__palette]:visible").click()
        page.wait_for_function(f"{ground} !== {dark!r}")
        assert page.evaluate("document.body.dataset.mdColorScheme") == "default"


def test_a_quiz_takes_answers_again_and_again_and_says_why(chromium, host):
    with visit(chromium) as page:
        page.goto(host + "/11-deployments-rolling/")
        quiz = page.locator("form.quiz:has(input[type=radio])").first
        wrong = quiz.locator(".quiz__option:has([data-right=false])").first
        right = quiz.locator(".quiz__option:has([data-right=true])").first
        quiz.get_by_role("button").click()
        assert quiz.locator(".quiz__said").inner_text() == "Choose an answer first."
        wrong.locator("label").click()
        quiz.get_by_role("button").click()
        assert "is-wrong" in wrong.get_attribute("class")
        assert wrong.locator(".quiz__why").is_visible()
        assert not right.locator(".quiz__why").is_visible(), "the right answer is not given away"
        right.locator("label").click()
        assert not wrong.locator(".quiz__why").is_visible()
        quiz.get_by_role("button").click()
        assert quiz.locator(".quiz__said").inner_text() == "Right."
        assert wrong.locator(".quiz__why").is_visible(), "afterwards every option says why"


def test_a_quiz_works_by_keyboard_alone(chromium, host):
    with visit(chromium) as page:
        page.goto(host + "/11-deployments-rolling/")
        quiz = page.locator("form.quiz:has(input[type=radio])").first
        quiz.locator("input").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert quiz.locator(".quiz__said").inner_text() != ""


def uncovered(figure):
    return float(figure.locator(".reel--wide .reel__clip").get_attribute("width"))


def test_a_timeline_is_walked_step_by_step(chromium, host):
    with visit(chromium) as page:
        page.goto(host + "/11-deployments-rolling/")
        figure = page.locator("figure.timeline").first
        whole = uncovered(figure)
        figure.get_by_role("button", name="Next step").click()
        first = uncovered(figure)
        assert first < whole
        assert figure.locator(".timeline__steps li").first.get_attribute("class") == "is-now"
        assert figure.locator(".timeline__at").inner_text().startswith("Step 1 of ")
        assert (
            figure.locator(".timeline__why").inner_text()
            or figure.locator(".timeline__event").inner_text()
            or True
        )
        figure.get_by_role("button", name="Next step").click()
        assert uncovered(figure) > first
        assert figure.locator(".timeline__why").inner_text(), "the scheduler's reason is told"
        assert "(service web)" in figure.locator(".timeline__event").inner_text()
        figure.get_by_role("button", name="Previous step").click()
        assert uncovered(figure) == first


def test_a_timeline_plays_unless_less_motion_is_wanted(chromium, host):
    with visit(chromium, motion="no-preference") as page:
        page.goto(host + "/11-deployments-rolling/")
        figure = page.locator("figure.timeline").first
        whole = uncovered(figure)
        figure.get_by_role("button", name="Play").click()
        page.wait_for_timeout(300)
        early = uncovered(figure)
        assert early < whole
        page.wait_for_timeout(2500)
        figure.get_by_role("button", name="Pause").click()
        paused = uncovered(figure)
        assert early < paused < whole
        page.wait_for_timeout(400)
        assert uncovered(figure) == paused


def test_the_hero_plays_by_itself_only_with_motion(chromium, host):
    for motion, moves in (("no-preference", True), ("reduce", False)):
        with visit(chromium, motion=motion) as page:
            page.goto(host)
            figure = page.locator("figure.timeline").first
            whole = float(figure.locator(".reel--wide").get_attribute("width"))
            figure.scroll_into_view_if_needed()
            page.wait_for_timeout(900)
            assert (uncovered(figure) < whole - 20) is moves


def test_on_paper_the_whole_run_and_the_answers_are_there(chromium, host):
    with visit(chromium) as page:
        page.goto(host + "/11-deployments-rolling/")
        page.locator("figure.timeline").first.get_by_role("button", name="Next step").click()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        figure = page.locator("figure.timeline").first
        assert uncovered(figure) > 700
        assert not figure.locator(".timeline__controls").is_visible()
        assert page.locator(".quiz__key").first.is_visible()


@pytest.mark.parametrize(
    "word", ["実行ロール", "サーキットブレーカー", "希望タスク数", "最小ヘルス率", "タスク定義", "登録解除"]
)
def test_search_finds_japanese_words(chromium, host, site, word):
    index = json.loads((site / "ja" / "search" / "search_index.json").read_text("utf-8"))
    hits = [doc for doc in index["docs"] if word in doc["title"] + doc["text"]]
    with visit(chromium) as page:
        page.goto(host + "/ja/")
        found = search(page, word)
        assert bool(found) == bool(hits)
        assert all(word in text.replace("\n", "") for text in found)


def search(page, word):
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type(word)
    page.keyboard.press("Shift")
    page.wait_for_timeout(1500)
    page.wait_for_function(
        "!document.querySelector('.md-search-result__meta').textContent.match(/初期化|Initializing/)"
    )
    texts = page.locator(".md-search-result__item").all_inner_texts()
    for more in page.locator(".md-search-result__more > summary").all():
        more.click()
    return page.locator(".md-search-result__item").all_inner_texts() or texts


def test_search_does_not_find_what_is_not_there(chromium, host):
    with visit(chromium) as page:
        page.goto(host + "/ja/")
        assert search(page, "量子計算機") == []


def test_search_finds_english(chromium, host):
    with visit(chromium) as page:
        page.goto(host + "/")
        assert any("circuit breaker" in text.lower() for text in search(page, "circuit breaker"))


def test_on_a_static_host_the_lab_button_tells_how_to_get_there(chromium, host):
    with visit(chromium) as page:
        page.goto(host + "/labs/02-first-service/")
        page.get_by_role("button", name="Open the lab").click()
        assert "make start" in page.locator(".lab-open__hint").inner_text()
        assert page.url.endswith("/labs/02-first-service/")


def test_a_terms_meaning_shows_on_focus_and_stays_in_the_window(chromium, host):
    with visit(chromium, width=390) as page:
        page.goto(host + "/02-building-blocks/")
        for term in page.locator(".term").all()[:12]:
            term.focus()
            tip = term.locator("xpath=following-sibling::*[@role='tooltip']")
            box = tip.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 391


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_lab_button_opens_the_notebook_and_its_first_cell_runs(chromium, root, site, tmp_path, lang):
    with started(root, site, tmp_path, "secret") as port, visit(chromium) as page:
        page.goto(f"http://127.0.0.1:{port}/course/?token=secret")
        page.goto(f"http://127.0.0.1:{port}/course/{'ja/' if lang == 'ja' else ''}labs/02-first-service/")
        page.locator("button[data-lab]").first.click()
        page.wait_for_url(f"**/lab/tree/my-labs/{lang}/02-first-service.ipynb*")
        page.locator(".jp-StatusBar-TextItem", has_text="Idle").wait_for(timeout=90_000)
        cell = page.locator(".jp-Notebook .jp-CodeCell").first
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        output = cell.locator(".jp-OutputArea-output").first
        output.wait_for(timeout=60_000)
        said = output.inner_text()
        assert "02-first-service" in said
        assert ("Given to you" in said) is (lang == "en")
        assert page.locator("text=get notified about official Jupyter news").count() == 0
        assert page.hosts == {f"127.0.0.1:{port}"}
