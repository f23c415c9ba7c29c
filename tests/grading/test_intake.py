"""Taking in: only regular files, never through a link, never too much, and nothing is lost."""

from __future__ import annotations

import os
import socket
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from ecslab.grading.intake import NoSuchInput, Shelf, printable, take
from tests.grading.packing import taken_in

LIMIT = 1000
LARGE = 1_000_000


def codes(paths: list[Path]) -> dict[str, str | None]:
    found = taken_in(*paths, file_bytes=LIMIT)[0]
    return {one.name: one.notice.code if one.notice else None for one in found.taken}


def test_a_folder_of_notebooks(tmp_path):
    (tmp_path / "b.ipynb").write_bytes(b"two")
    (tmp_path / "a.ipynb").write_bytes(b"one")
    _, contents = taken_in(tmp_path, file_bytes=LIMIT)
    assert contents == {"a": b"one", "b": b"two"}


def test_what_is_read_lies_on_the_shelf_and_not_in_memory(tmp_path):
    """Three hundred learners may each hand in an archive of 50 MB."""
    for number in range(40):
        with zipfile.ZipFile(tmp_path / f"{number}.zip", "w") as archive:
            archive.writestr("lab.ipynb", bytes([number]) * LARGE)
            archive.writestr("more.ipynb.txt", b"x")
    tracemalloc.start()
    with Shelf() as shelf:
        found = take([tmp_path], shelf, file_bytes=LARGE)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8 * LARGE
        assert [one.content.read() for one in found.taken] == [
            bytes([int(one.name.partition(".")[0])]) * LARGE for one in found.taken
        ]
        assert len(found.taken) == 40


def test_links_pipes_sockets_and_folders_are_not_opened(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("grader's")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.ipynb").symlink_to(secret)
    (folder / "broken.ipynb").symlink_to(tmp_path / "nowhere")
    (folder / "linked-folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.ipynb")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(folder / "s.ipynb"))
        found = codes([folder])
    assert found == {
        "broken": "not-regular",
        "link": "not-regular",
        "linked-folder": "not-ipynb",
        "pipe": "not-regular",
        "s": "not-regular",
    }


def test_a_device_is_not_read(tmp_path):
    try:
        os.mknod(tmp_path / "zero.ipynb", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root makes devices")
    assert codes([tmp_path]) == {"zero": "not-regular"}


def test_the_size_limit_holds_before_reading(tmp_path):
    (tmp_path / "big.ipynb").write_bytes(b"x" * (LIMIT + 1))
    (tmp_path / "just.ipynb").write_bytes(b"x" * LIMIT)
    with (tmp_path / "sparse.ipynb").open("wb") as file:
        file.truncate(10**12)
    assert codes([tmp_path]) == {"big": "too-large", "just": None, "sparse": "too-large"}


def test_a_learners_folder_is_searched_and_an_empty_one_counts(tmp_path):
    (tmp_path / "alice" / "week 1").mkdir(parents=True)
    (tmp_path / "alice" / "week 1" / "lab.ipynb").write_bytes(b"x")
    (tmp_path / "alice" / "notes.txt").write_text("mine")
    (tmp_path / "alice" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "bob").mkdir()
    (tmp_path / "readme.txt").write_text("not a notebook")
    found = taken_in(tmp_path, file_bytes=LIMIT)[0]
    assert codes([tmp_path]) == {"alice/week 1/lab": None, "bob": "no-notebook", "readme.txt": "not-ipynb"}
    assert found.aside == ("alice/.ipynb_checkpoints", "alice/notes.txt")


def test_folders_without_end_are_not_followed(tmp_path):
    deep = tmp_path
    for number in range(8):
        deep = deep / str(number)
    deep.mkdir(parents=True)
    assert codes([tmp_path]) == {"0/1/2/3/4": "too-deep"}


def test_an_unreadable_file_has_a_notice(tmp_path, monkeypatch):
    (tmp_path / "a.ipynb").write_bytes(b"x")
    real = os.open

    def refuse(path, flags, *rest, **named):
        if path == "a.ipynb":
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    assert codes([tmp_path]) == {"a": "unreadable"}


def test_equal_names_are_told_apart(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lab.ipynb").write_bytes(b"x")
    assert codes([tmp_path / "one", tmp_path / "two" / "lab.ipynb"]) == {"lab": None, "lab~2": None}


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(NoSuchInput, match="No such file"):
        taken_in(tmp_path / "nothing.ipynb", file_bytes=LIMIT)[0]


def test_any_name_is_printable(tmp_path):
    raw = os.fsencode(tmp_path) + b"/\x1b[31m\xff::error::.ipynb"
    Path(os.fsdecode(raw)).touch()
    (name,) = codes([tmp_path])
    assert name == "\\x1b[31m\\xff::error::"
    assert printable("日本語.ipynb") == "日本語.ipynb"
