"""The instructor's templates: valid by GitHub's and GitLab's own schemas, filled in completely, and played."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ecslab.cli import main
from tests.kit.player import Player

ROOT = Path(__file__).resolve().parents[2]
LAB = "02-first-service"
WORKFLOWS = sorted((ROOT / "kit").glob("*/.github/workflows/*.yml"))
COURSE = "teaching/ecslab"


def make(folder: Path, name: str, *words: str) -> Path:
    assert main(["kit", name, str(folder), *words]) == 0
    return folder


def schema_of(vendor: str, path: Path, *words: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{vendor}", *words]
    ran = subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_fit_githubs_schema(workflow: Path) -> None:
    schema_of("github-workflows", workflow)


def test_gitlabs_file_fits_its_schema() -> None:
    schema_of("gitlab-ci", ROOT / "kit/gitlab/course.gitlab-ci.yml", "--data-transform", "gitlab-ci")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_and_never_runs_for_ever(workflow: Path) -> None:
    document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert document["permissions"] == {"contents": "read"}
    for job in document["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            # What a learner or an instructor typed reaches a shell as a variable, never as a part of the script.
            assert "inputs." not in step.get("run", "")
            if step.get("uses", "").startswith("actions/checkout"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", ["github-classroom", "github-grading", "gitlab"])
def test_every_blank_is_filled(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path / name, name, "--lab", LAB, "--course", COURSE, "--ref", "v1")
    text = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.suffix in {".yml", ".md"})
    assert "@LAB@" not in text
    assert "@COURSE" not in text
    assert "@REF@" not in text
    assert COURSE in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["github-classroom", "{new}", "--lab", LAB], "Say --course OWNER/NAME"),
        (["github-classroom", "{new}", "--course", COURSE], "needs one lab, not 0"),
        (["github-classroom", "{new}", "--lab", LAB, "--course", "x; rm -rf /"], "not 'x; rm -rf /'"),
        (["nbgrader", "{old}"], "exists already"),
        (["nbgrader", "{new}", "--lab", "02"], "there is no lab '02'"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    (tmp_path / "old").mkdir()
    filled = [word.format(new=tmp_path / "new", old=tmp_path / "old") for word in words]
    assert main(["kit", *filled]) == 2
    assert says in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert not list((tmp_path / "old").iterdir())


def test_the_container_is_made_by_the_make_target_that_a_fresh_clone_has() -> None:
    lines = (ROOT / "kit/container/Containerfile").read_text(encoding="utf-8").splitlines()
    made = next(line.removeprefix("RUN make ") for line in lines if line.startswith("RUN make "))
    assert made.replace(".venv", "$(VENV)") + ":" in (ROOT / "Makefile").read_text(encoding="utf-8")
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ".venv" in left_out  # the machine's own would be copied in


@pytest.mark.slow
def test_a_learners_push(tmp_path: Path) -> None:
    """The check workflow of a learner's repository: grades what was pushed, keeps the feedback, writes the summary."""
    learner = make(tmp_path / "learner", "github-classroom", "--lab", LAB, "--course", COURSE)
    shutil.copyfile(ROOT / "solutions" / "en" / f"{LAB}.ipynb", learner / f"{LAB}.ipynb")
    player = Player(
        folder=tmp_path / "runner",
        repositories={"": learner, COURSE: ROOT},
        commands={"sudo": "exit 0"},
    )
    player.play(learner / ".github/workflows/check.yml")
    assert list(player.artifacts["feedback"].glob("*.html"))
    assert "14" in (tmp_path / "runner" / "check" / "summary.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_class_in_shards(tmp_path: Path) -> None:
    """The grading workflow: collect, four shards, one gradebook with every learner once."""
    classroom = tmp_path / "classroom"
    for login, kind in {"ann": "solutions", "bob": "labs", "cho": "solutions", "dee": "labs"}.items():
        repository = classroom / f"first-service-{login}"
        repository.mkdir(parents=True)
        shutil.copyfile(ROOT / kind / "en" / f"{LAB}.ipynb", repository / f"{LAB}.ipynb")
        (repository / "README.md").write_text("not a notebook", encoding="utf-8")
    own = make(tmp_path / "own", "github-grading", "--course", COURSE)
    player = Player(
        folder=tmp_path / "runner",
        repositories={COURSE: ROOT},
        commands={
            "sudo": "exit 0",
            "gh": f'[ "$1" = extension ] || {{ [ "$5" = 7 ] && cp -r {classroom} "$7"; }}',
        },
        values={"inputs.assignment": "7", "secrets.CLASSROOM_TOKEN": "none"},
    )
    player.play(own / ".github/workflows/grade.yml")
    with (player.artifacts["gradebook"] / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
