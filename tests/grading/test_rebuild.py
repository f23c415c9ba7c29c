"""The rebuilt notebook: the manifest's cells, and of the submission the answers alone."""

from __future__ import annotations

from ecslab.course.manifest import Manifest, ManifestCell
from ecslab.grading.rebuild import opening, rebuild

MANIFEST = Manifest(
    lab="00-toy",
    version=1,
    seed=1,
    points=2,
    title={"en": "Toy", "ja": "おもちゃ"},
    cells=(
        ManifestCell(key="intro", role="prose", prose={"en": "hello", "ja": "こんにちは"}),
        ManifestCell(key="imports", role="given", source="import boto3"),
        ManifestCell(key="start", role="given", source='cloud = lab.start("00-toy")'),
        ManifestCell(key="map", role="given", source="cloud.map()"),
        ManifestCell(key="answer-1", role="answer", source="# Your code here", solution="x = 1"),
        ManifestCell(
            key="check-1-1",
            role="check",
            source='lab.check("1.1")',
            check="1.1",
            points=2,
            line="[pass] 1.1 (2/2 points)",
        ),
    ),
)


def test_only_answers_are_taken():
    sources = {
        "intro": "no",
        "start": "evil()",
        "answer-1": "x = 2",
        "check-1-1": "print('[pass]')",
        "new": "1",
    }
    book, notices = rebuild(MANIFEST, sources, "ja")
    assert [(cell["id"], cell["source"]) for cell in book["cells"]] == [
        ("intro", "こんにちは"),
        ("imports", "import boto3"),
        ("start", 'cloud = lab.start("00-toy")'),
        ("map", "cloud.map()"),
        ("answer-1", "x = 2"),
        ("check-1-1", 'lab.check("1.1")'),
    ]
    assert notices == []
    assert "kernelspec" not in book["metadata"]


def test_the_reference_output_is_the_line_of_a_pass_and_nothing_else():
    book, _ = rebuild(MANIFEST, {}, "en")
    with_outputs = [cell for cell in book["cells"] if cell.get("outputs")]
    assert [cell["id"] for cell in with_outputs] == ["check-1-1"]
    assert with_outputs[0]["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": "[pass] 1.1 (2/2 points)\n"}
    ]
    assert with_outputs[0]["execution_count"] is not None


def test_a_missing_answer_is_the_starter_and_is_said():
    book, notices = rebuild(MANIFEST, {}, "en")
    assert book["cells"][4]["source"] == "# Your code here"
    assert [(one.code, one.fields) for one in notices] == [("missing", {"cell": "answer-1"})]


def test_the_opening_ends_where_the_lab_starts():
    assert opening(MANIFEST) == ["import boto3", 'cloud = lab.start("00-toy")']


def test_the_notebook_is_valid():
    import nbformat

    book, _ = rebuild(MANIFEST, {"answer-1": "x"}, "en")
    nbformat.validate(nbformat.from_dict(book))
