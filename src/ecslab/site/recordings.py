"""Runs the scenarios of docs/recordings against the simulated cloud and writes what happened as JSON."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from ecslab.site.recorder import Recorder
from ecslab.site.setups import SETUPS

FOLDER = Path("docs") / "recordings"


def scenarios(root: Path) -> list[Path]:
    """The scenario files, by name."""
    return sorted((root / FOLDER).glob("*.py"))


def record(scenario: Path) -> str:
    """Run a scenario in a new cloud and answer with its recording as it is committed.

    Raises:
        ValueError: the scenario does not say where its picture begins or ends.
    """
    from ecsim.cloud.cloud import Cloud
    from ecsim.view.replay import recording

    module = _module(scenario)
    with Cloud(seed=getattr(module, "SEED", 0)) as cloud:
        SETUPS[module.SETUP](cloud)
        recorder = Recorder(cloud)
        module.record(cloud, recorder)
        if recorder.start_ms is None or recorder.end_ms is None:
            raise ValueError(f"{scenario.name}: needs recorder.start() and recorder.end()")
        told = recording(cloud.picture(), module.SERVICE)
    inside = {**told, **_clipped(told, recorder.start_ms, recorder.end_ms)}
    inside["start_ms"], inside["end_ms"] = recorder.start_ms, recorder.end_ms
    inside["marks"] = recorder.marks
    return "".join(_lines(inside))


def refresh(root: Path, *, check: bool) -> list[Path]:
    """Record every scenario afresh; answers with the JSON files that were not up to date.

    Args:
        root: the project folder.
        check: only look, write nothing.
    """
    stale: list[Path] = []
    for scenario in scenarios(root):
        path = scenario.with_suffix(".json")
        text = record(scenario)
        if not path.is_file() or path.read_text("utf-8") != text:
            stale.append(path)
            if not check:
                path.write_text(text, "utf-8")
    return stale


def _module(scenario: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"recording_{scenario.stem.replace('-', '_')}", scenario)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _clipped(told: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    """The lists of moments without those outside the picture; tasks that were gone before it are left out."""
    moments = ("events", "calls", "faults", "decisions")
    clipped: dict[str, Any] = {
        name: [each for each in told[name] if start <= each["at_ms"] <= end] for name in moments
    }
    clipped["tasks"] = [task for task in told["tasks"] if not _gone(task, start)]
    return clipped


def _gone(task: dict[str, Any], start: int) -> bool:
    last = task["states"][-1] if task["states"] else None
    return last is None or (last["state"] == "STOPPED" and last["from_ms"] < start)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    """JSON that diffs well: one line for each member of each list."""
    yield "{\n"
    for number, (name, value) in enumerate(told.items()):
        end = "\n" if number == len(told) - 1 else ",\n"
        if isinstance(value, list) and value:
            rows = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in value)
            yield f" {json.dumps(name)}: [\n{rows}\n ]{end}"
        else:
            yield f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}{end}"
    yield "}\n"
