"""The house rules that a linter does not know."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from tests.repo.environment import ROOT, rendered

SOURCES = sorted((ROOT / "src").rglob("*.py"))
MODULE_MAX, FUNCTION_MAX = 500, 60
BANNED_NAMES = {"utils", "helpers", "manager", "common", "base"}


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@pytest.mark.parametrize("path", SOURCES, ids=_id)
def test_a_module_says_what_it_is_and_is_not_too_long(path):
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "no module docstring"
    assert len(text.splitlines()) <= MODULE_MAX
    assert path.stem not in BANNED_NAMES


@pytest.mark.parametrize("path", SOURCES, ids=_id)
def test_functions_are_short(path):
    long = [
        f"{node.name} ({length} lines)"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_MAX
    ]
    assert not long


def _imported(path: Path) -> set[str]:
    """The modules that a file imports, `from a import b` counted as a and a.b."""
    names = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_no_module_is_dead():
    """Every module of src is imported by another one, or is named as text (entry points, `python -m`)."""
    files = [*SOURCES, *ROOT.glob("tests/**/*.py"), *ROOT.glob("bench/*.py")]
    imported = {name for path in files for name in _imported(path)}
    text = "".join(
        p.read_text()
        for p in [*files, ROOT / "pyproject.toml", ROOT / "mkdocs.base.yml", ROOT / "mkdocs.yml"]
    )
    dead = []
    for path in SOURCES:
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        if path.stem in ("__init__", "__main__") or name in imported:
            continue
        if f'"{name}' not in text and f"{name}:" not in text and f" {name}" not in text:
            dead.append(name)
    assert not dead


def test_environment_yml_is_the_environment():
    assert (ROOT / "environment.yml").read_text() == rendered(), "run: python -m tests.repo.environment"


def test_moto_boto_and_the_cli_are_pinned_as_one_set():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    lock = (ROOT / "requirements.lock").read_text()
    for name in ("moto", "boto3", "botocore", "awscli", "nbval"):
        pin = next(w for w in wanted if w.startswith(name + "=="))
        assert f"\n{pin} " in f"\n{lock}", f"requirements.lock does not hold {pin}"


def test_the_lock_holds_every_dependency_by_hash():
    lock = (ROOT / "requirements.lock").read_text()
    entries = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert all("==" in entry and entry.rstrip().endswith("\\") for entry in entries)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    locked = {entry.split("==")[0].lower() for entry in entries}
    for need in wanted:
        name = need.split("==")[0].split(">")[0].lower()
        assert name in locked, f"{name} is not locked"


def test_architecture_names_the_same_rings_as_the_contracts():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for contract in contracts:
        if contract["type"] == "layers":
            rings = " > ".join(layer.replace(" | ", " \\| ") for layer in contract["layers"])
            plain = rings.replace("\\|", "|")
            assert plain in text or rings in text, f"ARCHITECTURE.md does not say: {plain}"


def test_architecture_is_two_pages():
    assert len((ROOT / "ARCHITECTURE.md").read_text().split()) <= 1_300


@pytest.mark.parametrize(
    "name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md"]
)
def test_local_links_lead_somewhere(name):
    import re

    text = (ROOT / name).read_text()
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in link:
            assert (ROOT / link).exists(), f"{name} links to {link}"
