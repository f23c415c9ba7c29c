"""What learning systems export: each layout is recognised, and who handed in what and when is taken over.

The sources of the layouts are named in `ecslab.grading.intake.layout`.
"""

from __future__ import annotations

import json
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from ecslab.grading.intake.layout import utc
from tests.grading.packing import (
    taken_in,
    tar_special,
    tar_with,
    tarred,
    with_password,
    zip_link,
    zip_named,
    zip_with,
    zipped,
)

LIMIT = 1000


def book(lab: str = "02-first-service", more: str = "") -> bytes:
    return json.dumps(
        {"nbformat": 4, "metadata": {"ecslab": {"lab": lab}}, "cells": [], "more": more}
    ).encode()


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def found(*paths: Path, lab: str | None = None) -> dict[str, str]:
    """Names, with the code of the notice or "ok"."""
    taken = taken_in(*paths, file_bytes=LIMIT, lab=lab)[0].taken
    assert all((one.content is None) != (one.notice is None) for one in taken)
    return {one.name: one.notice.code if one.notice else "ok" for one in taken}


def people(path: Path) -> dict[str, tuple]:
    taken = taken_in(path, file_bytes=LIMIT)[0].taken
    return {one.name: (one.learner_id, one.learner, one.submitted_at, one.late) for one in taken}


MOODLE = {
    "Ada Lovelace_1234567_assignsubmission_file/02-first-service.ipynb": book(),
    "Ada Lovelace_1234567_assignsubmission_onlinetext/onlinetext.html": b"<p>here it is</p>",
    "山田 太郎_1234568_assignsubmission_file_/レポート.ipynb": book(),
    "Grace Hopper_1234569_assignsubmission_file/thoughts.docx": b"no notebook",
    "Alan Turing_1234570_assignsubmission_onlinetext/onlinetext.html": b"I could not",
}
MOODLE_PEOPLE = {
    "Ada Lovelace_1234567_assignsubmission_file/02-first-service": ("1234567", "Ada Lovelace", None, None),
    "Alan Turing_1234570_assignsubmission_onlinetext": ("1234570", "Alan Turing", None, None),
    "Grace Hopper_1234569_assignsubmission_file": ("1234569", "Grace Hopper", None, None),
    "山田 太郎_1234568_assignsubmission_file_/レポート": ("1234568", "山田 太郎", None, None),
}


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "gz", "bz2", "xz", "folder in zip"])
def test_moodle(tmp_path, kind):
    if kind == "folder":
        path = lay(tmp_path / "in", MOODLE)
    elif kind.endswith("zip"):
        above = "all/" if " in " in kind else ""
        path = tmp_path / "CS101-Lab 2-77.zip"
        path.write_bytes(zipped({above + name: content for name, content in MOODLE.items()}))
    else:
        path = tmp_path / ("class.tar" if kind == "tar" else f"class.tar.{kind}")
        path.write_bytes(tarred(MOODLE, compression="" if kind == "tar" else kind))
    assert people(path) == MOODLE_PEOPLE
    codes = found(path)
    assert codes["Grace Hopper_1234569_assignsubmission_file"] == "no-notebook"
    assert codes["Alan Turing_1234570_assignsubmission_onlinetext"] == "no-notebook"


def test_moodle_without_folders(tmp_path):
    path = lay(
        tmp_path,
        {
            "Ada Lovelace_1234567_assignsubmission_file_02-first-service.ipynb": book(),
            "Ada Lovelace_1234567_assignsubmission_onlinetext_onlinetext.html": b"x",
            "Participant_42_assignsubmission_file_work.zip": zipped({"a/lab.ipynb": book()}),
        },
    )
    assert people(path) == {
        "Ada Lovelace_1234567_assignsubmission_file_02-first-service": (
            "1234567",
            "Ada Lovelace",
            None,
            None,
        ),
        "Participant_42_assignsubmission_file_work.zip/a/lab": ("42", "Participant", None, None),
    }


@pytest.mark.parametrize("packed", [False, True])
def test_canvas(tmp_path, packed):
    files = {
        "doejane_12345_67890_02-first-service-1.ipynb": book(),
        "doejane_12345_67891_notes.pdf": b"pdf",
        "roejohn_LATE_12346_67892_work.zip": zipped({"work/02-first-service.ipynb": book()}),
        "poejim_12347_text.html": b"<p>sorry</p>",
        "anon_ab1cD_67893_lab.ipynb": book(),
        "LATE_anon_xY9zz_67894_lab.ipynb": book(),
    }
    path = lay(tmp_path / "in", files)
    if packed:
        path = tmp_path / "submissions.zip"
        path.write_bytes(zipped(files))
    assert people(path) == {
        "doejane_12345_67890_02-first-service-1": ("12345", "doejane", None, False),
        "roejohn_LATE_12346_67892_work.zip/work/02-first-service": ("12346", "roejohn", None, True),
        "poejim_12347_text.html": ("12347", "poejim", None, False),
        "anon_ab1cD_67893_lab": ("anon_ab1cD", "", None, False),
        "LATE_anon_xY9zz_67894_lab": ("anon_xY9zz", "", None, True),
    }


def test_names_that_only_look_like_canvas_are_files_of_their_own(tmp_path):
    """Two learners whose files end in the same year and attempt stay two."""
    path = lay(tmp_path, {"lab_7_2024_ada.ipynb": book(), "lab_7_2024_bob.ipynb": book()})
    assert found(path) == {"lab_7_2024_ada": "ok", "lab_7_2024_bob": "ok"}


ROSTER = """\
assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,\
student_repository_url,submission_timestamp,points_awarded,points_available
Lab 2,u,s,ada-l,Ada Lovelace,lab-2-ada-l,u,2026-11-20T10:11:12Z,0,14
"""


def test_github_classroom(tmp_path):
    repositories = {
        "lab-2-ada-l/02-first-service.ipynb": book(),
        "lab-2-ada-l/.git/HEAD": b"ref",
        "lab-2-bob/README.md": b"nothing yet",
        "lab-2-bob/.git/HEAD": b"ref",
    }
    path = lay(tmp_path / "lab-2-submissions", repositories)
    assert people(path) == {
        "lab-2-ada-l/02-first-service": ("ada-l", "", None, None),
        "lab-2-bob": ("bob", "", None, None),
    }
    renamed = lay(tmp_path / "elsewhere", repositories)
    assert people(renamed) == people(path)
    lay(path, {"grades.csv": ROSTER.encode()})
    assert people(path)["lab-2-ada-l/02-first-service"] == (
        "ada-l",
        "Ada Lovelace",
        "2026-11-20T10:11:12Z",
        None,
    )
    packed = tmp_path / "anything.zip"
    packed.write_bytes(zipped({f"lab-2-submissions/{name}": one for name, one in repositories.items()}))
    assert people(packed)["lab-2-bob"] == ("bob", "", None, None)


def test_nbgrader(tmp_path):
    files = {
        "submitted/ada/02-first-service/02-first-service.ipynb": book(),
        "submitted/ada/02-first-service/timestamp.txt": b"2026-11-20 19:58:23.948203 +0900",
        "submitted/ada/06-services/06-services.ipynb": book("06-services"),
        "submitted/bob/02-first-service/notes.txt": b"x",
        "submitted/eve/02-first-service/02-first-service.ipynb": b"broken",
        "submitted/eve/02-first-service/timestamp.txt": b"yesterday",
        "submitted/ted/.keep": b"",
        "source/02-first-service/02-first-service.ipynb": book(),
        "nbgrader_config.py": b"raise SystemExit",
    }
    course = lay(tmp_path / "course", files)
    expected = {
        "ada/02-first-service/02-first-service": ("ada", "", "2026-11-20T10:58:23Z", None),
        "ada/06-services/06-services": ("ada", "", None, None),
        "bob/02-first-service": ("bob", "", None, None),
        "eve/02-first-service/02-first-service": ("eve", "", None, None),
        "ted": ("ted", "", None, None),
    }
    assert people(course) == expected
    assert people(course / "submitted") == expected
    packed = tmp_path / "submitted.zip"
    packed.write_bytes(
        zipped(
            {name.removeprefix("submitted/"): one for name, one in files.items() if name.startswith("sub")}
        )
    )
    assert {name: who for name, who in people(packed).items() if name != "ted"} == {
        name: who for name, who in expected.items() if name != "ted"
    }


def test_a_learner_cannot_make_another_layout_of_a_class(tmp_path):
    """What others' records say does not depend on what one of them puts into a folder."""
    honest = {"bob/week 1/lab.ipynb": book(), "cat/lab.ipynb": book(), "dan.ipynb": book()}
    expected = people(lay(tmp_path / "honest", honest))
    tricks = {
        "eve/x/timestamp.txt": b"2026-11-20 10:11:12 UTC",
        "eve/x/lab.ipynb": book(),
        "eve/.git/HEAD": b"ref",
        "eve/grades.csv": ROSTER.encode(),
        "eve/submitted/bob/x/lab.ipynb": book(),
        "bob_5_assignsubmission_file_/lab.ipynb": book(),
        "bob_12345_67890_lab.ipynb": book(),
    }
    found = people(lay(tmp_path / "tricked", {**honest, **tricks}))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20 10:11:12.5 UTC", "2026-11-20T10:11:12Z"),
        ("2026-11-20 10:11:12 Asia/Tokyo", "2026-11-20T01:11:12Z"),
        ("2026-11-20 10:11:12 -0230", "2026-11-20T12:41:12Z"),
        ("2026-11-20T10:11:12+09:00", "2026-11-20T01:11:12Z"),
        ("2026-11-20 10:11:12\n", "2026-11-20T10:11:12Z"),
        ("2026-13-20 10:11:12", None),
        ("2026-11-20 10:11:12 Nowhere/Else", None),
        ("2026-11-20 10:11:12 ../../etc/passwd", None),
        ("0001-01-01 00:00:00 +1400", None),
        ("next week", None),
    ],
)
def test_times(text, expected):
    assert utc(text) == expected


def test_a_single_notebook_is_known_by_its_name(tmp_path):
    path = tmp_path / "doejane_12345_67890_lab.ipynb"
    path.write_bytes(book())
    assert people(path) == {"doejane_12345_67890_lab": ("12345", "doejane", None, False)}


def test_one_notebook_a_lab(tmp_path):
    path = lay(
        tmp_path,
        {
            "ada/02-first-service.ipynb": book(),
            "ada/06-services.ipynb": book("06-services"),
            "ada/scratch.ipynb": b"{}",
            "bob/02-first-service.ipynb": book(),
            "bob/old.ipynb": book(more="before"),
            "cat/a.ipynb": book(),
            "cat/b.ipynb": book(more="which?"),
            "dan/a.ipynb": book(),
            "dan/copy/b.ipynb": book(),
            "eve/a.ipynb": b"{}",
            "eve/b.ipynb": b"[]",
        },
    )
    assert found(path) == {
        "ada/02-first-service": "ok",
        "ada/06-services": "ok",
        "bob/02-first-service": "ok",
        "cat": "several-notebooks",
        "dan/a": "ok",
        "eve": "no-lab-notebook",
    }
    aside = taken_in(path, file_bytes=LIMIT)[0].aside
    assert {"ada/scratch.ipynb", "bob/old.ipynb", "dan/copy/b.ipynb"} < set(aside)
    only = found(path, lab="06-services")
    assert only["ada/06-services"] == "ok"
    assert "ada/02-first-service" not in only
    assert only["bob"] == "other-lab"
    assert len(only) == 5, "everybody is there"


def test_nobodys_files_are_left_aside(tmp_path):
    files = {
        "ada/lab.ipynb": book(),
        "ada/.ipynb_checkpoints/lab-checkpoint.ipynb": book(more="old"),
        "ada/.DS_Store": b"x",
        "__MACOSX/ada/._lab.ipynb": b"x",
        "ada/__pycache__/x.ipynb": b"x",
    }
    expected = ("__MACOSX", "ada/.DS_Store", "ada/.ipynb_checkpoints", "ada/__pycache__")
    for path in (lay(tmp_path / "in", files), tmp_path / "x.zip"):
        if path.suffix:
            path.write_bytes(zipped(files))
        intake, contents = taken_in(path, file_bytes=LIMIT)
        assert list(contents.values()) == [book()]
        assert [one.removeprefix("x.zip/") for one in intake.aside] == sorted(expected)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("日本語".encode(), "日本語"),
        ("課題２_ﾃｽﾄ".encode("cp932"), "課題２_ﾃｽﾄ"),
        ("表示".encode("cp932"), "表示"),
        ("Übung".encode("cp437"), "Übung"),
        (b"plain", "plain"),
    ],
)
def test_zip_names_of_every_age(tmp_path, raw, expected):
    (tmp_path / "a.zip").write_bytes(zip_named(raw + b".ipynb", book()))
    assert found(tmp_path / "a.zip") == {f"a.zip/{expected}": "ok"}


def test_names_of_macos_are_composed(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({"が.ipynb": book()}))
    assert found(tmp_path / "a.zip") == {"a.zip/が": "ok"}


def test_archives_of_learners(tmp_path):
    path = lay(
        tmp_path,
        {
            "ada.zip": zipped({"work/02-first-service.ipynb": book(), "work/data.csv": b"1"}),
            "bob.tar.gz": tarred({"02-first-service.ipynb": book()}, compression="gz"),
            "cat.zip": zipped({}),
            "dan.zip": zipped({"inner.zip": zipped({"lab.ipynb": book()})}),
            "eve.rar": b"Rar!",
            "fay/work.zip": zipped({"lab.ipynb": book()}),
            "gus/work.7z": b"7z",
        },
    )
    assert found(path) == {
        "ada.zip/work/02-first-service": "ok",
        "bob.tar.gz/02-first-service": "ok",
        "cat.zip": "no-notebook",
        "dan.zip/inner.zip": "archive-nested",
        "eve.rar": "archive-kind",
        "fay/work.zip/lab": "ok",
        "gus": "archive-kind",
    }


def many() -> bytes:
    return zipped({f"{number}.txt": b"" for number in range(10_001)})


def truncated() -> bytes:
    packed = zipped({"lab.ipynb": book()})
    return packed[: len(packed) // 2]


def lying() -> bytes:
    """A member that says it has ten bytes and has more."""
    packed = bytearray(zipped({"lab.ipynb": book(more="x" * 500)}))
    size = len(book(more="x" * 500)).to_bytes(4, "little")
    return bytes(packed).replace(size, (10).to_bytes(4, "little"))


HOSTILE = {
    "up.zip": (lambda: zipped({"../../lab.ipynb": book()}), "archive-path"),
    "absolute.zip": (lambda: zipped({"/etc/lab.ipynb": book()}), "archive-path"),
    "drive.zip": (lambda: zipped({"C:\\lab.ipynb": book()}), "archive-path"),
    "backslash.zip": (lambda: zipped({"a\\..\\..\\lab.ipynb": book()}), "archive-path"),
    "control.zip": (lambda: zipped({"la\x1b[31mb.ipynb": book()}), "archive-name"),
    "long.zip": (lambda: zipped({"x" * 5000 + ".ipynb": book()}), "archive-name"),
    "link.zip": (lambda: zip_link("lab.ipynb", "/etc/passwd"), "not-regular"),
    "twice.zip": (
        lambda: zip_with(
            (zipfile.ZipInfo("lab.ipynb"), book()), (zipfile.ZipInfo("lab.ipynb"), book(more="2"))
        ),
        "archive-twice",
    ),
    "password.zip": (lambda: with_password(zipped({"lab.ipynb": book()})), "archive-password"),
    "truncated.zip": (truncated, "archive-damaged"),
    "lying.zip": (lying, "archive-damaged"),
    "empty.zip": (lambda: b"", "archive-damaged"),
    "text.zip": (lambda: b"this is not a zip", "archive-damaged"),
    "lzma.zip": (lambda: zipped({"lab.ipynb": book()}, method=zipfile.ZIP_LZMA), "archive-method"),
    "bomb.zip": (lambda: zipped({"lab.ipynb": bytes(100_000_000)}), "too-large"),
    "many.zip": (many, "archive-members"),
    "nested.zip": (lambda: zipped({"a.zip": zipped({"lab.ipynb": book()})}), "archive-nested"),
    "deep.zip": (lambda: zipped({"a/b/c/d/e/f/lab.ipynb": book()}), "too-deep"),
    "up.tar": (lambda: tarred({"../lab.ipynb": book()}), "archive-path"),
    "absolute.tar": (lambda: tarred({"/lab.ipynb": book()}), "archive-path"),
    "symlink.tar": (
        lambda: tar_with((tar_special("lab.ipynb", tarfile.SYMTYPE, "/etc/passwd"), b"")),
        "not-regular",
    ),
    "hardlink.tar": (
        lambda: tar_with((tar_special("lab.ipynb", tarfile.LNKTYPE, "/etc/passwd"), b"")),
        "not-regular",
    ),
    "device.tar": (lambda: tar_with((tar_special("lab.ipynb", tarfile.CHRTYPE), b"")), "not-regular"),
    "fifo.tar": (lambda: tar_with((tar_special("lab.ipynb", tarfile.FIFOTYPE), b"")), "not-regular"),
    "twice.tar": (
        lambda: tar_with(*((tar_special("lab.ipynb", tarfile.REGTYPE), b"") for _ in range(2))),
        "archive-twice",
    ),
    "truncated.tar.gz": (lambda: tarred({"lab.ipynb": book()}, compression="gz")[:-20], "archive-damaged"),
    "truncated.tar.xz": (lambda: tarred({"lab.ipynb": book()}, compression="xz")[:-20], "archive-damaged"),
    "text.tar.bz2": (lambda: b"this is not a tar", "archive-damaged"),
    "bomb.tar.gz": (lambda: tarred({"x.bin": bytes(250_000_000)}, compression="gz"), "archive-large"),
    "large.tar": (lambda: tarred({"lab.ipynb": b"x" * 2000}), "too-large"),
    "empty.tar": (lambda: tarred({}), "no-notebook"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives(tmp_path, name):
    """By itself, and beside an honest learner: a message, and nobody else notices."""
    make, code = HOSTILE[name]
    content = make()
    path = lay(tmp_path, {f"eve/{name}": content, "ada/lab.ipynb": book()})
    codes = found(path)
    assert codes.pop("ada/lab") == "ok"
    assert list(codes.values()) == [code]
    if name != "nested.zip":  # by itself it is a class
        assert list(found(path / "eve" / name).values()) == [code]
    assert sorted(one.name for one in path.rglob("*")) == sorted(["ada", "eve", "lab.ipynb", name])


def test_a_hostile_archive_beside_a_notebook_is_left_aside(tmp_path):
    path = lay(tmp_path, {"ada/lab.ipynb": book(), "ada/more.zip": HOSTILE["up.zip"][0]()})
    assert found(path) == {"ada/lab": "ok"}
    assert "ada/more.zip" in taken_in(path, file_bytes=LIMIT)[0].aside


def test_in_a_classs_archive_one_members_fault_is_its_own(tmp_path):
    files = {**MOODLE, "../eve/lab.ipynb": book(), "/etc/lab.ipynb": book()}
    (tmp_path / "class.zip").write_bytes(zipped(files))
    codes = found(tmp_path / "class.zip")
    assert codes.pop("../eve/lab") == "archive-path"
    assert codes.pop("/etc/lab") == "archive-path"
    assert set(codes) == set(MOODLE_PEOPLE)


def test_one_learner_cannot_fill_the_gradebook(tmp_path):
    path = lay(tmp_path, {f"eve/{number}.ipynb": book(f"lab-{number}") for number in range(21)})
    assert found(path) == {"eve": "many-notebooks"}


def test_an_archive_that_was_named_is_a_class_or_a_learner(tmp_path):
    one, several, flat = tmp_path / "ada.zip", tmp_path / "class.zip", tmp_path / "flat.tar"
    one.write_bytes(zipped({"02.ipynb": book(), "06.ipynb": book("06-services"), "notes.txt": b""}))
    several.write_bytes(zipped({"ada/lab.ipynb": book(), "bob/lab.ipynb": book(more="2")}))
    flat.write_bytes(tarred({"ada.ipynb": book(), "bob.ipynb": book(more="2")}))
    assert found(one) == {"ada.zip/02": "ok", "ada.zip/06": "ok"}
    assert found(several) == {"ada/lab": "ok", "bob/lab": "ok"}
    assert found(flat) == {"ada": "ok", "bob": "ok"}


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_no_damage_is_a_crash(tmp_path, kind):
    """Three hundred archives with bytes changed, cut off or put in: an entry or a message each time."""
    members = {"lab/日本語.ipynb": book(), "lab/data.csv": bytes(600), "b.ipynb": book("06-services")}
    honest = (
        zipped(members) if kind == "zip" else tarred(members, compression=kind.removeprefix("tar").strip("."))
    )
    chance = random.Random(kind)
    path = tmp_path / f"a.{kind}"
    for _ in range(300):
        data = bytearray(honest)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[place] = chance.randrange(256)
                case 1:
                    data[place : place + 4] = chance.choice(
                        [b"\xff\xff\xff\xff", bytes(4), b"\xff\xff\xff\x7f"]
                    )
                case 2:
                    del data[place : place + chance.randint(1, 40)]
                case _:
                    data[place:place] = chance.randbytes(chance.randint(1, 20))
            data = data or bytearray(b"x")
        path.write_bytes(data)
        assert found(path)
