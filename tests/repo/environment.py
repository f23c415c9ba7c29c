"""environment.yml from pyproject.toml: the same environment for users of conda. Run as a module to write it."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def rendered() -> str:
    """What environment.yml must say."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [
        "# The same environment as requirements.lock, for users of conda. Made by `make lock`; a test keeps it true.",
        "name: ecslab",
        "channels: [conda-forge]",
        "dependencies:",
        f"  - python{project['requires-python']}",
        "  - pip",
        "  - pip:",
        *[f'      - "{wanted}"' for wanted in project["dependencies"]],
        '      - "-e ."',
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(rendered())
