"""A very small shell, for health commands: `curl -f http://localhost:8080/health || exit 1`.

It knows lists (`;`, `&&`, `||`), quotes, redirections (ignored), `exit`, `true`, `false`, `echo`, `test
-n/-z`, `sleep`, `curl`, `wget` and `nc -z`. A command that the image does not have is exit code 127. This is
not a shell for work: pipes, variables and substitutions are passed over.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ecsim.clock.duration import milliseconds

NOT_FOUND = 127
"""Source: POSIX shell, "command not found"."""
CURL_BAD_URL, CURL_NO_HOST, CURL_REFUSED, CURL_HTTP_ERROR, CURL_TIMEOUT = 3, 6, 7, 22, 28
"""Exit codes of curl(1)."""
WGET_NETWORK, WGET_HTTP_ERROR = 4, 8
"""Exit codes of wget(1)."""
HTTP_ERROR_MIN = 400
LOCAL = ("localhost", "127.0.0.1", "[::1]", "::1", "0.0.0.0")  # noqa: S104 - names of the container itself
_WITH_VALUE = ("-m", "--max-time", "--connect-timeout", "-o", "--output", "-H", "--header", "-w", "-X", "-A",
               "--retry", "-T", "-t", "-O", "--timeout", "--tries", "--user-agent", "--request")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What came back from a port of the container itself.

    Attributes:
        status: the HTTP status; None when nobody listens on the port.
        takes_ms: None means that no answer ever comes.
    """

    status: int | None
    takes_ms: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a command ended; `took_ms` None means that it never does."""

    code: int
    took_ms: int | None = 0


Fetch = Callable[[int, str, str], Got]
"""Asks the container itself: (port, path with query, user agent)."""
Own = Callable[[Sequence[str]], Outcome | None]
"""What the image's program itself makes of a command; None means "as usual"."""


class _Exit(Exception):  # noqa: N818 - it is no error
    def __init__(self, code: int) -> None:
        self.code = code


def run(command: Sequence[str], *, has: Sequence[str], fetch: Fetch, own: Own) -> Outcome:
    """Run a health command: `["CMD", word, ...]` or `["CMD-SHELL", script]`."""
    if not command or command[0] not in ("CMD", "CMD-SHELL"):
        return Outcome(code=NOT_FOUND)
    words = list(command[1:])
    if command[0] == "CMD":
        if words[:1] in (["sh"], ["/bin/sh"]) and words[1:2] == ["-c"] and "sh" in has:
            return _script(" ".join(words[2:3]), has, fetch, own)
        return _one(words, has, fetch, own)
    if "sh" not in has:
        return Outcome(code=NOT_FOUND)
    return _script(" ".join(words), has, fetch, own)


def _script(script: str, has: Sequence[str], fetch: Fetch, own: Own) -> Outcome:
    lexer = shlex.shlex(script, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        return Outcome(code=2)
    code, took_ms, joint, words = 0, 0, ";", list[str]()
    for token in [*tokens, ";"]:
        if token not in (";", "&&", "||", "|", "&"):
            words.append(token)
            continue
        skipped = (joint == "&&" and code != 0) or (joint == "||" and code == 0)
        if words and not skipped:
            try:
                outcome = _one(_without_redirections(words), has, fetch, own)
            except _Exit as end:
                return Outcome(code=end.code if end.code >= 0 else code, took_ms=took_ms)
            if outcome.took_ms is None:
                return outcome
            code, took_ms = outcome.code, took_ms + outcome.took_ms
        if words:
            joint = token
        words = []
    return Outcome(code=code, took_ms=took_ms)


def _without_redirections(words: list[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
        elif word and set(word) <= set("<>&"):
            skip = True
            if kept and kept[-1] in ("1", "2") and words[at - 1] == kept[-1]:
                kept.pop()
        else:
            kept.append(word)
    return kept


def _one(words: Sequence[str], has: Sequence[str], fetch: Fetch, own: Own) -> Outcome:
    """One simple command."""
    if not words:
        return Outcome(code=0)
    name = words[0].rpartition("/")[2]
    if name == "exit" and "sh" in has:
        raise _Exit(int(words[1]) % 256 if len(words) > 1 and words[1].isdecimal() else -1)
    said = own(words)
    if said is not None:
        return said
    built_in = _BUILT_IN.get(name) if "sh" in has else None
    if built_in is not None:
        return built_in(words[1:])
    if name not in has:
        return Outcome(code=NOT_FOUND)
    client = _CLIENTS.get(name)
    return client(words[1:], fetch) if client is not None else Outcome(code=0)


def _test(words: Sequence[str]) -> Outcome:
    match [word for word in words if word != "]"]:
        case ["-n", text]:
            true = bool(text)
        case ["-z", text]:
            true = not text
        case [left, "=", right]:
            true = left == right
        case [text]:
            true = bool(text)
        case _:
            true = False
    return Outcome(code=0 if true else 1)


def _sleep(words: Sequence[str]) -> Outcome:
    try:
        text = words[0] if words else ""
        return Outcome(code=0, took_ms=milliseconds(float(text) if text.isdecimal() else text))
    except ValueError:
        return Outcome(code=1)


_BUILT_IN: dict[str, Callable[[Sequence[str]], Outcome]] = {
    "true": lambda _: Outcome(code=0),
    ":": lambda _: Outcome(code=0),
    "echo": lambda _: Outcome(code=0),
    "false": lambda _: Outcome(code=1),
    "test": _test,
    "[": _test,
    "sleep": _sleep,
}


def _options(words: Sequence[str]) -> tuple[list[str], dict[str, str], list[str]]:
    """Flags, options with a value, and the rest."""
    flags, values, rest = list[str](), dict[str, str](), list[str]()
    waiting: str | None = None
    for word in words:
        if waiting is not None:
            values[waiting], waiting = word, None
        elif word in _WITH_VALUE:
            waiting = word
        elif word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            values[name] = value
        elif word.startswith("--"):
            flags.append(word)
        elif word.startswith("-") and len(word) > 1:
            if word[:2] in ("-O", "-T", "-t", "-m", "-o") and len(word) > 2:  # noqa: PLR2004 - "-O-", "-T5"
                values[word[:2]] = word[2:]
                continue
            flags += [f"-{letter}" for letter in word[1:]]
            if f"-{word[-1]}" in _WITH_VALUE:
                waiting = flags.pop()
        else:
            rest.append(word)
    return flags, values, rest


def _address(url: str) -> tuple[str, int, str] | None:
    """Host, port and path of a URL; None when it cannot be read."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    path = parts.path or "/"
    return parts.hostname or "", port, path + (f"?{parts.query}" if parts.query else "")


def _limit_ms(values: dict[str, str], *names: str) -> int | None:
    for name in names:
        text = values.get(name, "")
        if text.replace(".", "", 1).isdecimal():
            return milliseconds(float(text))
    return None


def _curl(words: Sequence[str], fetch: Fetch) -> Outcome:
    """Every URL in turn; the last one decides, as for curl itself."""
    flags, values, urls = _options(words)
    limit_ms = _limit_ms(values, "-m", "--max-time")
    outcome, took_ms = Outcome(code=2), 0
    for url in urls:
        outcome = _curl_one(url, fetch, limit_ms, failing="-f" in flags or "--fail" in flags)
        if outcome.took_ms is None:
            return outcome
        took_ms += outcome.took_ms
    return Outcome(code=outcome.code, took_ms=took_ms)


def _curl_one(url: str, fetch: Fetch, limit_ms: int | None, *, failing: bool) -> Outcome:
    address = _address(url)
    if address is None:
        return Outcome(code=CURL_BAD_URL)
    host, port, path = address
    if host not in LOCAL:
        return Outcome(code=CURL_NO_HOST)
    got = fetch(port, path, "curl/8.5.0")
    if got.status is None:
        return Outcome(code=CURL_REFUSED)
    if limit_ms is not None and (got.takes_ms is None or got.takes_ms > limit_ms):
        return Outcome(code=CURL_TIMEOUT, took_ms=limit_ms)
    code = CURL_HTTP_ERROR if failing and got.status >= HTTP_ERROR_MIN else 0
    return Outcome(code=code, took_ms=got.takes_ms)


def _wget(words: Sequence[str], fetch: Fetch) -> Outcome:
    _, values, urls = _options(words)
    address = _address(urls[0]) if urls else None
    if address is None:
        return Outcome(code=1)
    host, port, path = address
    got = fetch(port, path, "Wget/1.21.4") if host in LOCAL else Got(status=None)
    if got.status is None:
        return Outcome(code=WGET_NETWORK)
    limit_ms = _limit_ms(values, "-T", "--timeout")
    if limit_ms is not None and (got.takes_ms is None or got.takes_ms > limit_ms):
        return Outcome(code=WGET_NETWORK, took_ms=limit_ms)
    return Outcome(code=WGET_HTTP_ERROR if got.status >= HTTP_ERROR_MIN else 0, took_ms=got.takes_ms)


def _nc(words: Sequence[str], fetch: Fetch) -> Outcome:
    _, _, rest = _options([word for word in words if word not in ("-w", "-w1")])
    if len(rest) < 2 or not rest[1].isdecimal() or rest[0] not in LOCAL:  # noqa: PLR2004 - host and port
        return Outcome(code=1)
    got = fetch(int(rest[1]), "", "nc")
    return Outcome(code=1 if got.status is None else 0)


_CLIENTS: dict[str, Callable[[Sequence[str], Fetch], Outcome]] = {"curl": _curl, "wget": _wget, "nc": _nc}
