"""Every hostile or broken submission has its score and a message, and nobody else notices.

The corpus is graded as one class, beside honest learners, in every tier that this machine offers, as this user and as
an ordinary one; then each case is looked at by itself.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ecslab.grading.jail import reach, tiers
from ecslab.grading.jail.tier import Tier
from tests.grading.books import ROOT, solved
from tests.grading.hostile.case import MARK, REACHED
from tests.grading.hostile.corpus import CORPUS
from tests.grading.hostile.files import FILE

CELL_S, SUBMISSION_S = 6, 45
ORDINARY = 54321
"""The number of a user that has no name and owns nothing."""

HONEST = "00-honest"
AS_ROOT = os.geteuid() == 0
NO_OWN_USER = AS_ROOT and not reach.open_to_others()
"""Root grades, and only root may read Python's folder: in the tier landlock the learner then stays root."""
UNBOUNDED = (
    "Linux exempts root from the limit of processes: see design/0008; the guard ends it, the machine suffers"
)


@dataclass(frozen=True)
class Setting:
    """How the corpus is graded."""

    tier: Tier
    ordinary: bool

    def __str__(self) -> str:
        return f"{self.tier}-{'ordinary' if self.ordinary else 'me'}"


Run = Callable[[Setting, list[str], Path], tuple[int, str]]
"""Grades: a setting, the arguments, a folder to use; the exit code and what was said."""

SETTINGS = [Setting(tier, ordinary) for tier in tiers.JAILS for ordinary in (False, True)]


@dataclass
class Graded:
    """What became of a class."""

    setting: Setting
    out: Path
    code: int
    said: str
    before: list[str]
    after: list[str]
    results: dict[str, list[dict]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        data = json.loads((self.out / "results.json").read_text(encoding="utf-8"))
        self.isolation = data["isolation"]
        for one in data["submissions"]:
            self.results.setdefault(one["name"].partition("/")[0], []).append(one)


def lay(folder: Path, names: list[str], port: int, *, every: int) -> list[str]:
    """The class: each case in a folder of its own, an honest learner beside each (or each few)."""
    honest = []
    for nth, name in enumerate(names):
        case = folder / f"{nth:03}-{name}"
        case.mkdir(parents=True)
        CORPUS[name].lay(case)
        book = case / FILE
        if book.is_file() and not book.is_symlink() and CORPUS[name].runs:
            book.write_bytes(book.read_bytes().replace(b"@PORT@", str(port).encode()))
        if CORPUS[name].runs and nth % every == 0:
            honest.append(f"{nth:03}-{name}.honest")
            (folder / honest[-1]).mkdir()
            (folder / honest[-1] / FILE).write_bytes(solved().bytes())
    (folder / HONEST).mkdir()
    (folder / HONEST / FILE).write_bytes(solved().bytes())
    return [HONEST, *honest]


def traces() -> list[str]:
    """What an attack may have left behind: marked processes, files, shared memory; mounts of this process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"86398" in words or MARK.encode() in words:
                found.append(f"process {words!r}")
    for place in ("/", "/tmp", "/var/tmp", "/dev/shm", "/root", "/run", "/home", "/etc", "/usr", sys.prefix):
        try:
            found += [f"file {place}/{name}" for name in os.listdir(place) if MARK in name]  # noqa: PTH208 - names
        except OSError:
            continue
    found += [
        f"mount {line}" for line in Path("/proc/self/mounts").read_text().splitlines() if "ecslab" in line
    ]
    return sorted(found)


def command(setting: Setting, arguments: list[str], private: Path) -> list[str]:
    """The grader as this user or as an ordinary one, to whom this Python may have to be shown first."""
    run = [sys.executable, "-m", "ecslab.cli", "grade", *arguments, "--tier", str(setting.tier)]
    if not setting.ordinary or not AS_ROOT:
        return run
    homes = [Path(one) for one in dict.fromkeys((sys.base_prefix, sys.prefix, str(ROOT)))]
    closed = sorted({top for home in homes for top in home.parents if top != Path("/") and not _open(top)})
    script = ["set -e"]
    for nth, top in enumerate(closed):
        inside = [home for home in homes if home.is_relative_to(top)]
        for number, home in enumerate(inside):
            script += [
                f"mkdir -p '{private}/{nth}.{number}'",
                f"mount --bind '{home}' '{private}/{nth}.{number}'",
            ]
        script.append(f"mount -t tmpfs -o mode=755 tmpfs '{top}'")
        for number, home in enumerate(inside):
            script += [f"mkdir -p '{home}'", f"mount --bind '{private}/{nth}.{number}' '{home}'"]
    drop = f"exec setpriv --reuid={ORDINARY} --regid={ORDINARY} --clear-groups --inh-caps=-all"
    script += [f"cd '{ROOT}'", drop + ' "$@"']
    return ["unshare", "--mount", "sh", "-c", "\n".join(script), "sh", *run]


def _open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & 0o001)


def by_command(setting: Setting, arguments: list[str], private: Path) -> tuple[int, str]:
    """The grader as a command of its own."""
    done = subprocess.run(
        command(setting, arguments, private),
        cwd=ROOT,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


def play(
    setting: Setting, into: Path, names: list[str], *, every: int, run: Run = by_command
) -> tuple[Graded, list[str]]:
    """Grade a class; what became of it, and the names of the honest ones in it."""
    folder, out, private = into / "in", into / "out", into / "private"
    for one in (folder, out, private):
        one.mkdir(parents=True)
    if AS_ROOT:
        os.chown(out, ORDINARY if setting.ordinary else 0, -1)
    before = traces()
    with socket.create_server(("127.0.0.1", 0)) as neighbour, socket.socket(socket.AF_UNIX) as unix:
        port = neighbour.getsockname()[1]
        unix.bind(f"\0{port}")
        unix.listen()
        honest = lay(folder, names, port, every=every)
        limits = [f"--cell-timeout={CELL_S}", f"--timeout={SUBMISSION_S}", "--jobs", "2"]
        code, said = run(setting, [str(folder), "--out", str(out), *limits], private)
    assert (out / "results.json").is_file(), said
    return Graded(setting, out, code, said, before, traces()), honest


def names_for(setting: Setting) -> list[str]:
    """All that are meant for the tier; where the weakest one has an ordinary user as well, only what needs walls."""
    walls_only = setting == Setting(tiers.JAILS[-1], ordinary=False)
    return [
        name
        for name, case in CORPUS.items()
        if ((case.tiers is None and not walls_only) or str(setting.tier) in (case.tiers or ()))
        and not (name == "fork-bomb" and is_unbounded(setting))
    ]


def is_unbounded(setting: Setting) -> bool:
    """Whether nothing but the guard limits how many processes a learner starts."""
    return setting == Setting(Tier.LANDLOCK, ordinary=False) and NO_OWN_USER


def why_not(setting: Setting) -> str | None:
    """Why a setting cannot be tried here."""
    missing = tiers.offered()[setting.tier]
    if missing is not None:
        return f"this machine does not offer {setting.tier}: {missing}"
    if setting.ordinary and not AS_ROOT:
        return "this is an ordinary user already"
    tools = [tool for tool in ("unshare", "setpriv") if setting.ordinary and not shutil.which(tool)]
    return f"becoming an ordinary user needs {' and '.join(tools)}" if tools else None


@pytest.fixture(scope="module")
def room():
    """A folder that an ordinary user may reach; pytest's own are closed whenever another pytest begins."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def classes(room):
    """A class in each setting, graded when it is asked for the first time, and only then."""

    @functools.cache
    def graded(setting: Setting) -> tuple[Graded, list[str]] | AssertionError:
        every = 3 if setting == SETTINGS[0] else 10
        try:
            return play(setting, room / str(setting), names_for(setting), every=every)
        except AssertionError as error:
            return error

    def found(setting: Setting) -> tuple[Graded, list[str]]:
        one = graded(setting)
        if isinstance(one, AssertionError):
            pytest.fail(str(one), pytrace=False)
        return one

    return found


def check(graded: Graded, key: str, name: str) -> None:
    """One case, whatever it is."""
    case = CORPUS[name]
    found = graded.results[key]
    assert sum(one["points"] for one in found) == case.points, [one["notices"] for one in found]
    for one in found:
        text = json.dumps(one)
        assert REACHED not in text, one["notices"]
        assert "\\u001b" not in text
        assert one["status"] != "failed", one["notices"]
        assert one["status"] == ("graded" if case.runs else "refused"), one["notices"]
        if one["points"] < case.points or not case.points:
            told = [notice["text"] for notice in one["notices"]] + [each["text"] for each in one["checks"]]
            assert any(told), "a score without a word"
        for each in one["checks"]:
            earned = each["passed"] is True and each["agreed"]
            assert each["points"] == (each["points_max"] if earned else 0)
    codes = {notice["code"] for one in found for notice in one["notices"]}
    assert codes.issuperset(case.codes), codes


def plain(one: dict) -> dict:
    return {name: value for name, value in one.items() if name != "name"}


def test_the_corpus_is_large_and_covers_every_class():
    threats = Counter(case.threat for case in CORPUS.values())
    assert len(CORPUS) >= 60
    assert len(threats) >= 15, threats


PAIRS = [
    pytest.param(setting, name, id=f"{setting}-{name}") for setting in SETTINGS for name in names_for(setting)
]


PAIRS += [
    pytest.param(setting, "fork-bomb", id=f"{setting}-fork-bomb", marks=pytest.mark.skip(reason=UNBOUNDED))
    for setting in SETTINGS
    if is_unbounded(setting)
]


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "name"), PAIRS)
def test_case(classes, setting, name):
    if (reason := why_not(setting)) is not None:
        pytest.skip(reason)
    graded, _ = classes(setting)
    check(graded, f"{names_for(setting).index(name):03}-{name}", name)


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_nobody_else_notices(classes, setting, room):
    """The honest ones beside them have the same results, byte by byte, as one who is graded alone."""
    if (reason := why_not(setting)) is not None:
        pytest.skip(reason)
    graded, honest = classes(setting)
    alone, _ = play(setting, room / f"{setting}-alone", [], every=1)
    ((only,),) = alone.results.values()
    assert only["points"] == 14
    assert graded.isolation == setting.tier
    different = [name for name in honest if [plain(one) for one in graded.results[name]] != [plain(only)]]
    assert different == []
    assert graded.code == 0, graded.said
    assert set(graded.results) == {path.name for path in (graded.out.parent / "in").iterdir()}, (
        "nobody is lost"
    )


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_nothing_is_left_behind(classes, setting):
    if (reason := why_not(setting)) is not None:
        pytest.skip(reason)
    graded, _ = classes(setting)
    assert graded.after == graded.before
    for path in graded.out.rglob("*"):
        if path.suffix in (".csv", ".xml", ".html", ".json", ".md"):
            text = path.read_text(encoding="utf-8")
            assert "\x1b" not in text, path
            assert "<script>alert" not in text or path.suffix in (".csv", ".json"), path
            assert not any(line.startswith("::") for line in text.splitlines()), path
    assert "\x1b[" not in graded.said


QUICK = [name for name, case in CORPUS.items() if not case.runs]
RUNNING = ["check-is-mine", "descriptors", "os-exit", "plugins-beside"]


def test_a_few_of_them(tmp_path, grade, capsys):
    """Everything that is refused without being run, and one of a few kinds that run, in this machine's best tier."""
    setting = next((one for one in SETTINGS if not one.ordinary and why_not(one) is None), None)
    if setting is None:
        pytest.skip(f"no jail here: {dict(tiers.offered())}")
    names = [*QUICK, *RUNNING]

    def run(setting: Setting, arguments: list[str], _private: Path) -> tuple[int, str]:
        return grade(["grade", *arguments, "--tier", str(setting.tier)]), capsys.readouterr().out

    graded, honest = play(setting, tmp_path / "a" / "b", names, every=1000, run=run)
    assert graded.code == 0
    for nth, name in enumerate(names):
        check(graded, f"{nth:03}-{name}", name)
    assert [graded.results[name][0]["points"] for name in honest] == [14] * len(honest)
    assert graded.after == graded.before
