"""Plays a GitHub workflow on this machine: `run` steps in bash; the few actions that the kit uses by what they do."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


@dataclass(kw_only=True)
class Player:
    """One run of a workflow.

    Attributes:
        folder: where jobs get their workspaces.
        repositories: what actions/checkout finds, by name; "" is the repository that the workflow lives in.
        commands: stand-ins for commands of the runner that this machine need not have, as shell scripts.
        values: what expressions such as `inputs.assignment` stand for.
    """

    folder: Path
    repositories: Mapping[str, Path]
    commands: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)

    def play(self, workflow: Path) -> None:
        """Run every job, in the order of the file, which is the order of their needs."""
        document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        done: list[str] = []
        for name, job in document["jobs"].items():
            needs = job.get("needs", [])
            assert set([needs] if isinstance(needs, str) else needs) <= set(done), f"{name} before its needs"
            for values in self._matrix(job):
                self._job(name, job, {**self.values, **values})
            done.append(name)

    @staticmethod
    def _matrix(job: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        matrix = job.get("strategy", {}).get("matrix", {})
        if not matrix:
            yield {}
            return
        ((axis, members),) = matrix.items()
        for member in members:
            yield {f"matrix.{axis}": str(member), "strategy.job-total": str(len(members))}

    def _job(self, name: str, job: Mapping[str, Any], values: Mapping[str, str]) -> None:
        workspace = self.folder / "-".join([name, *values.values()])
        workspace.mkdir(parents=True)
        for step in job["steps"]:
            if "uses" in step:
                action = getattr(self, "_" + step["uses"].split("@")[0].split("/")[1].replace("-", "_"))
                action(workspace, {k: self._fill(v, values) for k, v in step.get("with", {}).items()})
            else:
                self._run(workspace, step, values)

    def _run(self, workspace: Path, step: Mapping[str, Any], values: Mapping[str, str]) -> None:
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        for command, script in self.commands.items():
            (tools / command).write_text(f"#!/bin/bash\n{script}\n")
            (tools / command).chmod(0o755)
        environment = {
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(workspace / "summary.md"),
        } | {k: self._fill(v, values) for k, v in step.get("env", {}).items()}
        ran = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", self._fill(step["run"], values)],
            cwd=workspace,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ran.returncode == 0, f"{step['run']}\n{ran.stdout}\n{ran.stderr}"

    @staticmethod
    def _fill(text: Any, values: Mapping[str, str]) -> str:
        return EXPRESSION.sub(lambda found: values[found[1]], str(text))

    # The actions

    def _checkout(self, workspace: Path, given: Mapping[str, str]) -> None:
        (workspace / given["path"]).symlink_to(self.repositories[given.get("repository", "")])

    def _setup_python(self, workspace: Path, given: Mapping[str, str]) -> None:
        assert (workspace / given["cache-dependency-path"]).is_file()

    def _upload_artifact(self, workspace: Path, given: Mapping[str, str]) -> None:
        path = workspace / given["path"]
        found = [one for one in path.rglob("*") if one.is_file()]
        assert found or given.get("if-no-files-found") != "error", f"{path}: nothing to upload"
        kept = self.folder / "artifacts" / given["name"]
        hidden = given.get("include-hidden-files") == "True"
        shutil.copytree(path, kept, ignore=None if hidden else shutil.ignore_patterns(".*"))
        self.artifacts[given["name"]] = kept

    def _download_artifact(self, workspace: Path, given: Mapping[str, str]) -> None:
        if "name" in given:
            shutil.copytree(self.artifacts[given["name"]], workspace / given["path"])
            return
        for name, kept in self.artifacts.items():
            if glob.fnmatch.fnmatch(name, given["pattern"]):  # type: ignore[attr-defined]
                shutil.copytree(kept, workspace / given["path"] / name)
