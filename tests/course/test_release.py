"""From a source to notebooks and to the manifest."""

from __future__ import annotations

import ast
import json

import nbformat
import pytest

from ecslab.course.manifest import Manifest, manifest_of
from ecslab.course.problem import CourseProblem
from ecslab.course.release import notebook, text_of
from ecslab.course.source import read
from ecslab.course.variant import fill, variant_of
from tests.course.sources import write


@pytest.fixture
def lab(tmp_path):
    return read(write(tmp_path))


@pytest.mark.parametrize("solved", [False, True])
def test_languages_differ_in_prose_only(lab, solved):
    en, ja = (notebook(lab, lang, solved=solved, values={"port": 80}) for lang in ("en", "ja"))
    assert (
        [cell.id for cell in en.cells]
        == [cell.id for cell in ja.cells]
        == ["intro", "start", "answer", "check"]
    )
    assert [cell.source for cell in en.cells if cell.cell_type == "code"] == [
        cell.source for cell in ja.cells if cell.cell_type == "code"
    ]
    assert (en.cells[0].source, ja.cells[0].source) == ("# Small 80", "# 小さなラボ 80")


def test_a_released_notebook_has_no_solution_in_it(lab):
    text = text_of(notebook(lab, "en", solved=False, values={"port": 80}))
    assert "kept + 1" not in text
    assert "###" not in text
    assert "kept + 1" in text_of(notebook(lab, "en", solved=True, values={"port": 80}))


def test_notebooks_are_valid_and_the_same_every_time(lab):
    book = notebook(lab, "ja", solved=False, values={"port": 80})
    nbformat.validate(json.loads(text_of(book)))
    assert text_of(book) == text_of(notebook(lab, "ja", solved=False, values={"port": 80}))


def test_nbgrader_finds_its_metadata(lab):
    """nbgrader's metadata, schema 3: a grade cell has points, a solution cell does not."""
    cells = {cell.id: cell for cell in notebook(lab, "en", solved=False, values={"port": 80}).cells}
    assert cells["check"].metadata["nbgrader"] == {
        "grade": True,
        "grade_id": "check",
        "locked": True,
        "points": 2,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    assert cells["answer"].metadata["nbgrader"]["solution"]
    assert not cells["answer"].metadata["nbgrader"]["locked"]
    assert "nbgrader" not in cells["intro"].metadata


def test_another_seed_is_told_to_start(lab):
    cells = {
        cell.id: cell.source for cell in notebook(lab, "en", solved=False, values={"port": 80}, seed=9).cells
    }
    assert 'lab.start("99-small", seed=9)' in cells["start"]
    ast.parse(cells["start"])


def test_a_value_that_is_not_there_is_told(lab):
    with pytest.raises(CourseProblem, match=r"no value \{\{ port \}\}"):
        notebook(lab, "en", solved=False, values={})


def test_braces_of_code_are_not_names(lab):
    assert fill("{{ 1 }} {x} {{x}}", {"x": "y"}, path=lab.path, key="k") == "{{ 1 }} {x} y"


def test_a_manifest_survives_its_file(lab, tmp_path):
    manifest = manifest_of(lab)
    path = tmp_path / "manifest.json"
    path.write_text(manifest.text(), encoding="utf-8")
    assert Manifest.load(path) == manifest
    assert manifest.checks["1.1"].line == "[pass] 1.1 (2/2 points)"
    assert manifest.answers["answer"].starter == "kept = 1\nfound = None"
    assert manifest.answers["answer"].solution == "kept = 1\nfound = kept + 1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ("[]", "not a manifest of format"),
        ('{"format": 9}', "not a manifest of format"),
        ('{"format": 1, "cells": [{"kee": 1}]}', "does not fit"),
        ('{"format": 1}', "does not fit"),
    ],
)
def test_a_file_that_is_no_manifest(tmp_path, text, told):
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseProblem, match=told):
        Manifest.load(path)


def test_a_setup_that_does_not_run_is_told_with_its_line(lab):
    (lab.folder / "setup.py").write_text("x = 1\ny = x / 0\n", encoding="utf-8")
    with pytest.raises(CourseProblem, match="ZeroDivisionError") as caught:
        variant_of(lab.folder, 1)
    assert caught.value.line == 2
