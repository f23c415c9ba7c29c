"""Health commands, as people write them."""

from __future__ import annotations

import pytest

from ecsim.workload import shell
from ecsim.workload.shell import Got, Outcome

ALL = ("sh", "curl", "wget", "nc")
ANSWERS = {
    (8080, "/health"): Got(status=200, takes_ms=5),
    (8080, "/bad"): Got(status=503, takes_ms=5),
    (8080, "/slow"): Got(status=200, takes_ms=4_000),
    (8080, "/hangs"): Got(status=200, takes_ms=None),
    (80, "/"): Got(status=200, takes_ms=5),
}


def run(*command, has=ALL, own=None):
    asked = []

    def fetch(port, path, agent):
        asked.append((port, path, agent.partition("/")[0]))
        if port not in (80, 8080):
            return Got(status=None)
        return ANSWERS.get((port, path), Got(status=404, takes_ms=5))

    outcome = shell.run(command, has=has, fetch=fetch, own=own or (lambda _argv: None))
    return outcome.code, outcome.took_ms, asked


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("curl -f http://localhost:8080/health || exit 1", 0),
        ("curl -f http://localhost:8080/health", 0),
        pytest.param("curl -f http://localhost:8080/bad", 22, id="curl -f: status 400 and above is 22"),
        pytest.param("curl http://localhost:8080/bad", 0, id="without -f curl does not mind"),
        pytest.param(
            "curl -fsS http://localhost:8080/bad > /dev/null 2>&1 || exit 1", 1, id="as people write it"
        ),
        pytest.param("curl --fail --silent http://127.0.0.1:8080/bad", 22, id="long options"),
        pytest.param("curl -f http://localhost:3000/health", 7, id="wrong port: 7"),
        pytest.param("curl -f http://database:8080/health", 6, id="another host: 6"),
        pytest.param("curl -f localhost:8080/missing", 22, id="wrong path, no scheme"),
        pytest.param("curl -f -m 2 http://localhost:8080/slow", 28, id="its own time limit: 28"),
        pytest.param("curl -f --max-time 9 http://localhost:8080/slow", 0, id="a longer limit"),
        pytest.param("curl", 2, id="curl without a URL: 2"),
        pytest.param("curl -f http://localhost:99999/", 3, id="a malformed URL: 3"),
        pytest.param("curl -fsSo /dev/null http://localhost:8080/health", 0, id="-o with its value"),
        pytest.param("wget -q --spider http://localhost:8080/health || exit 1", 0, id="wget"),
        pytest.param("wget -qO- http://localhost:8080/bad", 8, id="wget: a server error is 8"),
        pytest.param("wget -q -O /dev/null --tries=1 http://localhost:9/", 4, id="wget: no connection is 4"),
        pytest.param("wget -T 1 http://localhost:8080/slow", 4, id="wget: too slow is 4"),
        pytest.param("nc -z localhost 8080", 0, id="nc finds the port"),
        pytest.param("nc -z localhost 8081 || exit 3", 3, id="nc does not"),
        ("exit 0", 0),
        ("exit 5", 5),
        ("true", 0),
        ("false", 1),
        ("false || true", 0),
        ("true && false", 1),
        ("false && exit 3; true", 0),
        ("true || exit 3 && false", 1),
        ("false; exit", 1),
        ("echo all is well", 0),
        ("[ -n '' ]", 1),
        ("test a = a", 0),
        ("pg_isready -U postgres", 127),
        ("pg_isready || exit 1", 1),
        ("", 0),
        pytest.param("curl -f 'http://localhost:8080/health", 2, id="an open quote is a syntax error"),
    ],
)
def test_scripts(script, code):
    """Exit codes of curl(1), wget(1) and POSIX sh."""
    assert run("CMD-SHELL", script)[0] == code


def test_it_asks_once_and_says_who_it_is():
    assert run("CMD-SHELL", "curl -f http://localhost:8080/health || exit 1")[2] == [
        (8080, "/health", "curl")
    ]
    assert run("CMD-SHELL", "true || curl http://localhost:8080/health")[2] == []
    assert run("CMD", "curl", "-f", "http://localhost/")[2] == [(80, "/", "curl")]


def test_how_long_it_takes():
    assert run("CMD-SHELL", "curl http://localhost:8080/slow; curl http://localhost:8080/slow")[1] == 8_000
    assert run("CMD-SHELL", "curl http://localhost:8080/hangs || exit 1")[1] is None
    assert run("CMD-SHELL", "curl -m 3 http://localhost:8080/hangs || exit 1")[:2] == (1, 3_000)
    assert run("CMD-SHELL", "sleep 2 && true")[1] == 2_000


def test_exec_form():
    """botocore ecs HealthCheck.command: CMD runs the arguments directly, CMD-SHELL with the container's shell."""
    assert run("CMD", "curl", "-f", "http://localhost:8080/health")[0] == 0
    assert run("CMD", "/bin/sh", "-c", "curl -f http://localhost:8080/bad || exit 4")[0] == 4
    assert run("curl", "-f", "http://localhost:8080/health")[0] == 127


def test_a_shell_line_in_exec_form_is_a_mistake():
    """curl takes `||`, `exit` and `1` for URLs, and fails with the last of them."""
    assert run("CMD", "curl", "-f", "http://localhost:8080/health", "||", "exit", "1")[0] == 6


def test_what_the_image_does_not_have():
    curl = "curl -f http://localhost:8080/health"
    assert run("CMD-SHELL", curl, has=("sh",))[0] == 127
    assert run("CMD-SHELL", f"{curl} || exit 1", has=("sh",))[0] == 1
    assert run("CMD-SHELL", curl, has=("curl",))[0] == 127
    assert run("CMD", "curl", "-f", "http://localhost:8080/health", has=("curl",))[0] == 0


def test_the_program_speaks_first():
    own = {"check": Outcome(code=3), "curl": Outcome(code=0), "stuck": Outcome(code=1, took_ms=None)}
    assert run("CMD-SHELL", "check --all", own=lambda argv: own.get(argv[0]))[0] == 3
    assert run("CMD-SHELL", "curl -f http://localhost:9/", own=lambda argv: own.get(argv[0]))[0] == 0
    assert run("CMD-SHELL", "stuck || exit 1", own=lambda argv: own.get(argv[0]))[1] is None
