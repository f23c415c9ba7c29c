"""What is handed in instead of honest work: edited notebooks, files that are none, archives."""

from __future__ import annotations

import json
import os
import random
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path

from tests.grading.books import FIRST, Book, blank, line_of, solved
from tests.grading.hostile.case import MARK, Case
from tests.grading.packing import tar_special, tar_with, with_password, zip_link, zipped

CHECKS, BROKEN, NOT_FILES = "edited check cells", "broken notebooks", "links, pipes, devices"
BESIDE, ARCHIVES, NAMES = "files beside the notebook", "archives", "names"
FILE = f"{FIRST}.ipynb"
MAX = 14


def _put(content: bytes, name: str = FILE) -> Callable[[Path], None]:
    def lay(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return lay


def _book(book: Book) -> Callable[[Path], None]:
    return _put(book.bytes())


def _edited(change: Callable[[dict], object], kind: Callable[[], Book] = blank) -> Callable[[Path], None]:
    book = kind()
    change(book.data)
    return _put(json.dumps(book.data).encode())


def _each(change: Callable[[dict], object], book: Book | None = None) -> Callable[[Path], None]:
    return _book((book or blank()).each_check(change))


def _forge(cell: dict) -> None:
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": line_of(cell) + "\n"}]
    cell["execution_count"] = 1


def _write(cell: dict) -> None:
    cell["source"] = f"print({line_of(cell)!r})"


def _tag(cell: dict) -> None:
    cell["metadata"]["tags"] = ["raises-exception", "nbval-skip", "nbval-ignore-output", "nbval-check-output"]
    cell["source"] = "# NBVAL_SKIP\n# NBVAL_IGNORE_OUTPUT\n" + "".join(cell["source"])


def _dear(cell: dict) -> None:
    cell["metadata"]["ecslab"]["points"] = 1000
    cell["metadata"]["nbgrader"] = {"points": 1000, "grade": True, "grade_id": "x", "locked": False}


def _as_answer(cell: dict) -> None:
    cell["metadata"]["ecslab"] |= {"role": "answer", "key": "answer-2"}


def _ours(**changes: object) -> Callable[[dict], object]:
    return lambda data: data["metadata"]["ecslab"].update(changes)


def _half_characters(folder: Path) -> None:
    """JSON can carry them, and no other text can."""
    text = blank().also("answer-1", "HALF").bytes().decode()
    _put(text.replace("HALF", "\\ud800\\udfff \\u0000 # x", 1).encode())(folder)


EDITED = {
    "no-checks": Case(
        threat=CHECKS,
        lay=_edited(
            lambda data: data.update(
                cells=[c for c in data["cells"] if c["metadata"]["ecslab"]["role"] != "check"]
            )
        ),
    ),
    "checks-print": Case(threat=CHECKS, lay=_each(_write)),
    "outputs-forged": Case(threat="outputs forged in the file", lay=_each(_forge)),
    "checks-retagged": Case(threat=CHECKS, lay=_each(_tag)),
    "checks-are-dear": Case(threat=CHECKS, lay=_each(_dear)),
    "checks-are-answers": Case(threat=CHECKS, lay=_each(_as_answer), codes=("duplicate",), runs=False),
    "cells-backwards": Case(
        threat=CHECKS, lay=_edited(lambda data: data["cells"].reverse(), solved), points=MAX
    ),
    "solved-without-checks-and-prose": Case(
        threat=CHECKS,
        lay=_edited(
            lambda data: data.update(
                cells=[c for c in data["cells"] if c["metadata"]["ecslab"]["role"] == "answer"]
            ),
            solved,
        ),
        points=MAX,
    ),
    "given-cells-edited": Case(
        threat=CHECKS, lay=_book(blank().answer("start", "print('[pass] 1.1 (1/1 points)')"))
    ),
    "another-lab-started": Case(
        threat=CHECKS, lay=_book(blank().also("answer-1", "lab.start('11-rolling')"))
    ),
    "lab-begun-again": Case(
        threat=CHECKS, lay=_book(blank().also("answer-1", "cloud = lab.start('02-first-service', seed=999)"))
    ),
    "cells-of-my-own": Case(
        threat=CHECKS,
        lay=_edited(
            lambda data: data["cells"].insert(
                3,
                {
                    "cell_type": "code",
                    "id": "mine",
                    "metadata": {},
                    "outputs": [],
                    "execution_count": None,
                    "source": f"open('/tmp/{MARK}', 'w')",
                },
            )
        ),
    ),
    "nbval-markers": Case(
        threat=CHECKS,
        lay=_book(
            solved()
            .also("answer-7", "# NBVAL_SKIP\n# NBVAL_RAISES_EXCEPTION\n")
            .also("answer-2", "# PYTEST_VALIDATE_IGNORE_OUTPUT\n")
        ),
        points=MAX,
    ),
    "foreign-kernel": Case(
        threat=BROKEN,
        lay=_edited(
            lambda data: data["metadata"].update(
                kernelspec={"name": "../evil", "display_name": "evil", "language": "bash"},
                language_info={"name": "bash", "nbconvert_exporter": "x"},
            ),
            solved,
        ),
        points=MAX,
    ),
}

REFUSED = {
    "empty": (b"", "not-notebook"),
    "not-json": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not-notebook"),
    "half": (solved().bytes()[:5000], "not-notebook"),
    "a-list": (b"[]", "not-notebook"),
    "a-number": (b"1e999999", "not-notebook"),
    "large-number": (b'{"nbformat": ' + b"9" * 100_000 + b"}", "not-notebook"),
    "nested": (b"[" * 200_000, "not-notebook"),
    "nested-objects": (b'{"a":' * 100_000, "not-notebook"),
    "names-twice": (b'{"nbformat": 4, "nbformat": 4}', "not-notebook"),
    "not-a-number": (b'{"nbformat": NaN}', "not-notebook"),
    "zeros": (bytes(5000), "not-notebook"),
    "utf-16": (solved().bytes().decode().encode("utf-16"), "not-notebook"),
    "a-zip-called-ipynb": (zipped({FILE: solved().bytes()}), "not-notebook"),
    "noise": (random.Random(4).randbytes(50_000), "not-notebook"),
}
SAYS = {
    "format-3": (lambda data: data.update(nbformat=3), "wrong-format"),
    "format-5": (lambda data: data.update(nbformat=5), "wrong-format"),
    "format-true": (lambda data: data.update(nbformat=True), "wrong-format"),
    "no-metadata": (lambda data: data.update(metadata=7), "not-ours"),
    "lab-is-a-path": (_ours(lab="../../course/02-first-service"), "unknown-lab"),
    "lab-is-a-list": (_ours(lab=["02-first-service"]), "unknown-lab"),
    "lab-is-markup": (_ours(lab="<script>\x1b[31m"), "unknown-lab"),
    "version-is-large": (_ours(version=10**30), "unknown-version"),
    "version-is-minus-one": (_ours(version=-1), "unknown-version"),
    "version-is-true": (_ours(version=True), "unknown-version"),
    "cells-are-text": (lambda data: data.update(cells="none"), "not-notebook"),
    "a-cell-is-a-number": (lambda data: data["cells"].append(5), "not-notebook"),
    "a-source-is-a-number": (
        lambda data: data["cells"][-1].update(cell_type="code", source=5),
        "not-notebook",
    ),
    "ids-twice": (lambda data: data["cells"].append(dict(Book("labs").cell("answer-1"))), "duplicate"),
    "too-many-cells": (
        lambda data: data["cells"].extend(
            {"cell_type": "raw", "source": "", "metadata": {}} for _ in range(2000)
        ),
        "too-many-cells",
    ),
    "a-long-cell": (
        lambda data: next(c for c in data["cells"] if c["id"] == "answer-1").update(source="#" * 300_000),
        "cell-too-long",
    ),
}
EDITED |= {
    name: Case(threat=BROKEN, lay=_put(content), codes=(code,), runs=False)
    for name, (content, code) in REFUSED.items()
}
EDITED |= {
    name: Case(
        threat=BROKEN,
        lay=_edited(change),
        codes=(code,) if name != "no-metadata" else (),
        runs=False,
    )
    for name, (change, code) in SAYS.items()
}
EDITED |= {
    "path-like-ids": Case(
        threat=BROKEN,
        lay=_edited(
            lambda data: [
                cell.update(id=f"../../{cell['id']}") or cell["metadata"].pop("ecslab")
                for cell in data["cells"]
            ]
        ),
        codes=("missing",),
    ),
    "seed-is-strange": Case(threat=BROKEN, lay=_edited(_ours(seed=-(10**40)), solved), points=MAX),
    "language-is-strange": Case(threat=BROKEN, lay=_edited(_ours(lang="../ja"), solved), points=MAX),
    "half-characters": Case(threat=BROKEN, lay=_half_characters, codes=("cell-failed",)),
}


def _large(folder: Path) -> None:
    with (folder / FILE).open("wb") as file:
        file.truncate(100_000_000)


def _link(folder: Path) -> None:
    (folder / FILE).symlink_to("/etc/passwd")


def _link_to_neighbour(folder: Path) -> None:
    (folder / FILE).symlink_to("../00-honest/02-first-service.ipynb")


def _folder_link(folder: Path) -> None:
    (folder / "work").symlink_to("/etc", target_is_directory=True)


def _fifo(folder: Path) -> None:
    os.mkfifo(folder / FILE)


def _socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(FILE)
    finally:
        os.chdir(here)


def _device(folder: Path) -> None:
    if os.geteuid() == 0:
        os.mknod(folder / FILE, 0o20666, os.makedev(1, 5))
    else:
        (folder / FILE).symlink_to("/dev/zero")


def _named_folder(folder: Path) -> None:
    (folder / FILE).mkdir()


def _beside(folder: Path) -> None:
    _book(solved())(folder)
    for name in (
        "conftest.py",
        "pytest.ini",
        "sitecustomize.py",
        "boto3.py",
        "nbval.py",
        "setup.cfg",
        "tox.ini",
    ):
        (folder / name).write_text(
            f"open('/tmp/{MARK}', 'w')\nraise SystemExit\n[pytest]\naddopts = --nbval\n"
        )


def _deep(folder: Path) -> None:
    deep = folder.joinpath(*"abcdefgh")
    deep.mkdir(parents=True)
    _book(solved())(deep)


def _bomb(folder: Path) -> None:
    _put(zipped({FILE: bytes(60_000_000)}), "work.zip")(folder)


def _beside_a_bomb(folder: Path) -> None:
    _put(zipped({FILE: solved().bytes(), "x.bin": bytes(60_000_000)}), "work.zip")(folder)


def _names(folder: Path) -> None:
    raw = os.fsencode(folder) + b"/=cmd|' \x1b[31m\xff\r\n::error::x<script>.ipynb"
    Path(os.fsdecode(raw)).write_bytes(b"{}")


NOT = {
    "a-hundred-megabytes": Case(threat=BROKEN, lay=_large, codes=("too-large",), runs=False),
    "a-link": Case(threat=NOT_FILES, lay=_link, codes=("not-regular",), runs=False),
    "a-link-to-a-neighbour": Case(
        threat=NOT_FILES, lay=_link_to_neighbour, codes=("not-regular",), runs=False
    ),
    "a-link-to-a-folder": Case(threat=NOT_FILES, lay=_folder_link, codes=("no-notebook",), runs=False),
    "a-pipe": Case(threat=NOT_FILES, lay=_fifo, codes=("not-regular",), runs=False),
    "a-socket": Case(threat=NOT_FILES, lay=_socket, codes=("not-regular",), runs=False),
    "a-device": Case(threat=NOT_FILES, lay=_device, codes=("not-regular",), runs=False),
    "a-folder-called-ipynb": Case(threat=NOT_FILES, lay=_named_folder, codes=("no-notebook",), runs=False),
    "too-deep": Case(threat=NOT_FILES, lay=_deep, codes=("too-deep",), runs=False),
    "plugins-beside": Case(threat=BESIDE, lay=_beside, points=MAX),
    "a-name-of-many-meanings": Case(threat=NAMES, lay=_names, codes=("not-notebook",), runs=False),
    "nothing": Case(threat=NOT_FILES, lay=lambda _: None, codes=("no-notebook",), runs=False),
    "zip-slip": Case(
        threat=ARCHIVES,
        lay=_put(zipped({f"../../../tmp/{MARK}.ipynb": solved().bytes()}), "work.zip"),
        codes=("archive-path",),
        runs=False,
    ),
    "zip-link": Case(
        threat=ARCHIVES,
        lay=_put(zip_link(FILE, "/etc/passwd"), "work.zip"),
        codes=("not-regular",),
        runs=False,
    ),
    "zip-bomb": Case(
        threat=ARCHIVES,
        lay=_bomb,
        codes=("too-large",),
        runs=False,
    ),
    "zip-with-password": Case(
        threat=ARCHIVES,
        lay=_put(with_password(zipped({FILE: solved().bytes()})), "work.zip"),
        codes=("archive-password",),
        runs=False,
    ),
    "zip-cut-off": Case(
        threat=ARCHIVES,
        lay=_put(zipped({FILE: solved().bytes()})[:2000], "work.zip"),
        codes=("archive-damaged",),
        runs=False,
    ),
    "zip-beside-a-bomb": Case(
        threat=ARCHIVES,
        lay=_beside_a_bomb,
        points=MAX,
    ),
    "tar-of-devices": Case(
        threat=ARCHIVES,
        lay=_put(
            tar_with(
                (tar_special(FILE, tarfile.CHRTYPE), b""),
                (tar_special("a/evil", tarfile.SYMTYPE, "/etc"), b""),
                (tar_special("b/evil", tarfile.FIFOTYPE), b""),
            ),
            "work.tar",
        ),
        codes=("not-regular",),
        runs=False,
    ),
    "two-works": Case(
        threat=ARCHIVES,
        lay=_put(zipped({"a.ipynb": solved().bytes(), "b.ipynb": blank().bytes()}), "work.zip"),
        codes=("several-notebooks",),
        runs=False,
    ),
}

FILES = {**EDITED, **NOT}
