"""The built site: complete, linked, silent towards other hosts, and searchable in both languages."""

import json
import re
import shutil
import subprocess
from collections import Counter
from itertools import pairwise

import pytest

from ecslab.site.build import BuildError, build, fingerprint
from ecslab.site.links import broken, foreign, read

pytestmark = pytest.mark.xdist_group("site")


def pages(site):
    return [path for path in sorted(site.rglob("*.html")) if path.name != "404.html"]


def test_links_arrive_in_both_languages(site):
    assert list(broken(site)) == []


def test_nothing_is_asked_of_other_hosts(site):
    assert list(foreign(site)) == []


def test_ids_are_unique_and_headings_in_order(site):
    for path in pages(site):
        page = read(path)
        doubles = [key for key, count in Counter(page.ids).items() if count > 1]
        assert doubles == [], path
        levels = [level for level, _ in page.headings]
        assert levels.count(1) == 1, path
        jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        assert jumps == [], path


def test_both_languages_have_the_same_pages_and_places(site):
    english = {path.relative_to(site) for path in pages(site) if "ja" not in path.relative_to(site).parts[:1]}
    japanese = {path.relative_to(site / "ja") for path in pages(site / "ja")}
    assert english == japanese
    for path in sorted(english):
        ours, theirs = read(site / path), read(site / "ja" / path)
        assert [h for h in ours.headings if h[1]] == [h for h in theirs.headings if h[1]], path


def test_every_page_leads_to_the_same_page_in_the_other_language(site):
    for path in pages(site):
        said = re.search(r'class="md-header__button language" href="([^"]+)"', path.read_text("utf-8"))
        other = (path.parent / said[1]).resolve()
        here = path.parent.relative_to(site)
        expected = site / here.relative_to("ja") if here.parts[:1] == ("ja",) else site / "ja" / here
        assert other == expected.resolve()


def test_the_tests_directions_are_not_in_the_pages(site):
    for path in pages(site):
        assert not re.search(r"<!--\s*(run|skip|shape|expect)\b", path.read_text("utf-8")), path


def test_lab_pages_have_the_button_the_solution_and_the_notebook(site, root):
    for lang, folder in (("en", site), ("ja", site / "ja")):
        for notebook in sorted((root / "labs" / lang).glob("*.ipynb")):
            text = (folder / "labs" / notebook.stem / "index.html").read_text("utf-8")
            assert f'data-lab="{notebook.stem}" data-lang="{lang}"' in text
            assert '<details class="solution">' in text
            assert (folder / "labs" / notebook.name).read_bytes() == notebook.read_bytes()
            cells = json.loads(notebook.read_text("utf-8"))["cells"]
            answers = [c for c in cells if c["metadata"].get("ecslab", {}).get("role") == "answer"]
            assert text.count('<details class="solution">') == len(answers)


def test_every_lab_has_a_page(root):
    for lang in ("en", "ja"):
        labs = {path.stem for path in (root / "labs" / lang).glob("*.ipynb")}
        assert labs == {path.stem for path in (root / "docs" / lang / "labs").glob("*.md")}


def test_the_japanese_index_holds_the_pages_words_a_character_each(site):
    index = json.loads((site / "ja" / "search" / "search_index.json").read_text("utf-8"))
    assert index["config"]["lang"] == ["en"]
    separator = re.compile(
        re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), index["config"]["separator"])
    )
    assert [part for part in separator.split("実行ロール web") if part and part.strip()] == [
        *"実行ロール",
        "web",
    ]
    assert any("タスク定義" in doc["text"] for doc in index["docs"])


def test_tooltips_and_recordings_are_not_searched(site):
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    texts = " ".join(doc["text"] for doc in index["docs"] if doc["location"].startswith("11-"))
    assert "ecs-svc/" in texts or "rolloutState" in texts
    assert '"decisions"' not in texts


def test_a_page_with_a_mistake_fails_the_build_and_says_which(root, tmp_path):
    for name in ("mkdocs.base.yml", "mkdocs.yml", "mkdocs.ja.yml", "GLOSSARY.md"):
        shutil.copy(root / name, tmp_path)
    for name in ("docs", "labs", "solutions", "course"):
        shutil.copytree(root / name, tmp_path / name)
    page = tmp_path / "docs" / "en" / "01-big-picture.md"
    page.write_text(page.read_text("utf-8") + "\n[nowhere](no-such-page.md)\n", "utf-8")
    with pytest.raises(BuildError, match=r"01-big-picture\.md.*no-such-page\.md"):
        build(tmp_path, tmp_path / "out")


def test_the_fingerprint_changes_with_a_page(root, tmp_path):
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "page.md"
    page.write_text("one")
    first = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == first
    page.write_text("two")
    assert fingerprint(tmp_path) != first


def test_mkdocs_stays_below_2_and_its_end_is_written_down(root):
    """mkdocs 2 drops plugins and Python-Markdown; the theme is maintained until 2027-05-05."""
    project = (root / "pyproject.toml").read_text("utf-8")
    assert '"mkdocs>=1.6,<2"' in project
    assert '"mkdocs-material>=9.8,<10"' in project
    assert "2027-05-05" in (root / "mkdocs.base.yml").read_text("utf-8")


def test_the_search_script_is_sound_javascript(root):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on this machine; the browser tests run the same scripts")
    for script in sorted((root / "docs" / "theme" / "assets").glob("*.js")):
        done = subprocess.run([node, "--check", str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
