"""Builds the site: both languages into one folder, with the notebooks to download beside the lab pages."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ecslab.site.words import LANGUAGES

FOLDER = "site"
CONFIGS = {"en": "mkdocs.yml", "ja": "mkdocs.ja.yml"}
_INPUTS = (
    "mkdocs.base.yml",
    *CONFIGS.values(),
    "GLOSSARY.md",
    "docs",
    "labs",
    "solutions",
    "course",
    "src/ecslab/site",
)
_STAMP = ".inputs"


class BuildError(Exception):
    """The site could not be built; what the generator said."""


def build(root: Path, target: Path | None = None) -> Path:
    """Build the site afresh and answer with its folder.

    Args:
        root: the project folder.
        target: where to; by default `site` in the project folder.

    Raises:
        BuildError: a page has a mistake in it.
        OSError: the folder cannot be written.
    """
    target = target or root / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    for lang in LANGUAGES:  # English first: the generator empties its folder, and Japanese lives inside it
        folder = target if lang == "en" else target / lang
        command = [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "--config-file",
            CONFIGS[lang],
        ]
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, "--site-dir", str(folder)],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BuildError(_brief(done.stderr or done.stdout))
        for lab in sorted((root / "labs" / lang).glob("*.ipynb")):
            shutil.copyfile(lab, folder / "labs" / lab.name)
    (target / _STAMP).write_text(fingerprint(root), "utf-8")
    return target


def is_fresh(root: Path) -> bool:
    """Whether the site in the project folder was built from what is there now."""
    stamp = root / FOLDER / _STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == fingerprint(root)


def fingerprint(root: Path) -> str:
    """What the site is made of, as one number."""
    sums = hashlib.sha256()
    for path in _files(root):
        sums.update(f"{path.relative_to(root)}\0".encode())
        sums.update(hashlib.sha256(path.read_bytes()).digest())
    return sums.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for name in _INPUTS:
        path = root / name
        if path.is_file():
            yield path
        else:
            yield from sorted(
                each for each in path.rglob("*") if each.is_file() and "__pycache__" not in each.parts
            )


def _brief(said: str) -> str:
    """The generator's answer without Python's own lines."""
    noise = ("INFO", "Traceback", "  File", "    ")
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(noise)]
    return "\n".join(lines[-12:])
