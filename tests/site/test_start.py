"""`ecslab start`: one address, copies that are never lost, and errors in one line."""

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecslab.site import command
from ecslab.site.start import StartError, _copies, _site, free_port
from ecslab.site.working_copies import copy_labs


@pytest.fixture
def course(tmp_path):
    for lang in ("en", "ja"):
        (tmp_path / "labs" / lang).mkdir(parents=True)
        (tmp_path / "labs" / lang / "01-lab.ipynb").write_text("first")
    return tmp_path


def test_copies_are_made_once(course):
    assert copy_labs(course).made == ["en/01-lab.ipynb", "ja/01-lab.ipynb"]
    again = copy_labs(course)
    assert (again.made, again.renewed, again.kept) == ([], [], [])
    assert (course / "my-labs" / "en" / "01-lab.ipynb").read_text() == "first"


def test_work_is_never_overwritten(course):
    copy_labs(course)
    mine = course / "my-labs" / "en" / "01-lab.ipynb"
    mine.write_text("my work")
    (course / "labs" / "en" / "01-lab.ipynb").write_text("second")
    done = copy_labs(course)
    assert done.kept == ["en/01-lab.ipynb"]
    assert mine.read_text() == "my work"
    assert copy_labs(course).kept == ["en/01-lab.ipynb"]


def test_an_untouched_copy_is_renewed_and_the_old_one_kept(course):
    copy_labs(course)
    (course / "labs" / "en" / "01-lab.ipynb").write_text("second")
    assert copy_labs(course).renewed == ["en/01-lab.ipynb"]
    assert (course / "my-labs" / "en" / "01-lab.ipynb").read_text() == "second"
    backups = list((course / "my-labs" / "backup" / "en").iterdir())
    assert [backup.read_text() for backup in backups] == ["first"]


def test_a_file_of_that_name_that_the_course_did_not_make_is_kept(course):
    (course / "my-labs" / "en").mkdir(parents=True)
    (course / "my-labs" / "en" / "01-lab.ipynb").write_text("from elsewhere")
    assert copy_labs(course).kept == ["en/01-lab.ipynb"]
    assert (course / "my-labs" / "en" / "01-lab.ipynb").read_text() == "from elsewhere"


def test_a_port_in_use_is_one_line_with_a_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} is in use.*--port {port + 1}") as told:
            free_port(port)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("port", [70_000, -1])
def test_a_port_that_is_none_is_told(port):
    with pytest.raises(StartError, match="1 to 65535"):
        free_port(port)


def test_a_folder_that_cannot_be_written_is_one_line(course):
    (course / "my-labs").write_text("a file where a folder should be")
    with pytest.raises(StartError, match=r"cannot write to .*my-labs \(File exists\)") as told:
        _copies(course)
    assert "\n" not in str(told.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_is_one_line(course):
    course.chmod(0o500)
    try:
        with pytest.raises(StartError, match="Permission denied"):
            _copies(course)
    finally:
        course.chmod(0o700)


def test_a_site_that_cannot_be_built_is_told(course):
    with pytest.raises(StartError, match="cannot be built"):
        _site(course)


def test_the_command_line_tells_errors_without_a_traceback(capsys):
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        arguments = parser.parse_args(["start", "--no-browser", "--port", str(taken.getsockname()[1])])
        assert arguments.run(arguments) == 1
    assert capsys.readouterr().err.startswith("ecslab: port ")


@contextlib.contextmanager
def started(root, site, folder, token):
    """`ecslab start` as a process of its own, in a course folder of its own."""
    for name in ("mkdocs.base.yml", "mkdocs.yml", "mkdocs.ja.yml", "GLOSSARY.md"):
        shutil.copy(root / name, folder)
    for name in ("docs", "labs", "solutions", "course"):
        shutil.copytree(root / name, folder / name)
    shutil.copytree(site, folder / "site")
    code = (
        "from pathlib import Path; from ecslab.site import build, start;"
        f"root = Path({str(folder)!r}); (root / 'site/.inputs').write_text(build.fingerprint(root));"
        "start.start(root, port=0, browser=False)"
    )
    environment = {**os.environ, "ECSLAB_TOKEN": token, "JUPYTER_CONFIG_DIR": str(folder / "config")}
    log = (folder / "start.log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, env=environment, stdout=log, stderr=log
    )
    try:
        end = time.monotonic() + 60
        found = None
        while not found and process.poll() is None and time.monotonic() < end:
            time.sleep(0.2)
            found = re.search(
                r"http://127\.0\.0\.1:(\d+)/course/\?token=", (folder / "start.log").read_text()
            )
        assert found, (folder / "start.log").read_text()
        yield int(found[1])
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def get(port, path, cookie=""):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


@pytest.mark.xdist_group("site")
def test_one_address_serves_the_site_and_jupyterlab_to_who_has_the_token(root, site, tmp_path):
    with started(root, site, tmp_path, "secret") as port:
        for _ in range(50):
            with contextlib.suppress(OSError):
                answer, _ = get(port, "/course/")
                break
            time.sleep(0.2)
        assert answer.status == 302, "a stranger is sent to log in"
        assert "/login" in answer.headers["Location"]
        answer, body = get(port, "/course/?token=secret")
        assert answer.status == 200
        assert "ecslab" in body
        cookie = "; ".join(c.split(";")[0] for c in answer.headers.get_all("Set-Cookie"))
        _, host = get(port, "/course/assets/host.js", cookie)
        assert json.loads(host.split("=", 1)[1].strip(" ;\n")) == {"labs": "/lab/tree/my-labs/"}
        assert get(port, "/course/ja/assets/host.js", cookie)[1] == host
        for path, status in (
            ("/course/ja/01-big-picture/", 200),
            ("/course/assets/course.css", 200),
            ("/course/no-such-page/", 404),
            ("/course/../pyproject.toml", 403),
            ("/course/%2e%2e/%2e%2e/etc/passwd", 403),
            ("/lab/tree/my-labs/ja/02-first-service.ipynb", 200),
            ("/api/contents/my-labs/en/02-first-service.ipynb?content=0", 200),
        ):
            assert get(port, path, cookie)[0].status == status, path
        assert get(port, "/", cookie)[0].headers["Location"].startswith("/course/")
        specs = json.loads(get(port, "/api/kernelspecs", cookie)[1])
        spec = specs["kernelspecs"][specs["default"]]["spec"]
        assert Path(spec["argv"][0]) == Path(sys.executable)
    assert not list((tmp_path / "my-labs").rglob("*.partial"))
