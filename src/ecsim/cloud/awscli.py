"""The AWS CLI in process: `%%aws` cells without a new Python for every command.

With a `send`, a command needs no socket at all; without one, it goes to the endpoint that the environment names.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

Send = Callable[[str, str, Mapping[str, str], bytes], tuple[int, dict[str, str], bytes]]
"""(method, url, headers, body) -> (status, headers, body): `ecsim.api.gate.Gate.handle`."""
USAGE_ERROR = 252
"""The CLI's exit code for a command that it cannot parse. Source: AWS CLI user guide, return codes."""
_OVERSTRIKE = re.compile(".\b")
"""How a manual page prints bold: a letter, a step back, the letter again."""
_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "nobody-checks-this",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_PAGER": "",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def run(
    argv: Sequence[str],
    send: Send | None = None,
    *,
    region: str = "ap-northeast-1",
    endpoint_url: str | None = None,
) -> tuple[int, str, str]:
    """Run one command of the AWS CLI.

    Args:
        argv: the words after `aws`.
        send: answers the command's requests in process, e.g. `gate.handle`.
        region: when neither the command nor the environment names one.
        endpoint_url: where the cloud is, when there is no `send`.

    Returns:
        Exit code, standard output, standard error.
    """
    driver = _import()()
    driver.session.register_component("data_loader", _loader(in_process=send is not None))
    if send is not None:
        from ecsim.api.session import before_send

        driver.session.register("before-send", before_send(send))
    elif endpoint_url is None:
        return USAGE_ERROR, "", "there is no cloud to send this command to\n"
    out, problem = _Text(), _Text()
    settings = {**_SETTINGS, "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", region)}
    if endpoint_url is not None:
        settings["AWS_ENDPOINT_URL"] = endpoint_url
    unset = () if endpoint_url is not None else ("AWS_ENDPOINT_URL",)
    with _environment(settings, unset), contextlib.redirect_stdout(out), contextlib.redirect_stderr(problem):
        try:
            code = driver.main(list(argv))
        except SystemExit as end:  # the argument parser's way out
            code = end.code if isinstance(end.code, int) else USAGE_ERROR
    return int(code or 0), out.getvalue(), problem.getvalue()


class _Text(io.StringIO):
    """Collects text; the CLI writes bytes to `buffer` for streamed bodies and for help."""

    @property
    def buffer(self) -> Any:
        """The same, for bytes."""
        return _Bytes(self)

    encoding = "utf-8"


class _Bytes(io.RawIOBase):
    def __init__(self, text: io.StringIO) -> None:
        self._text = text

    def write(self, data: Any) -> int:
        self._text.write(bytes(data).decode("utf-8", "replace"))
        return len(data)


@cache
def _import() -> Callable[[], Any]:
    """Import the CLI; returns what makes a driver of it, on this process's own botocore.

    Importing it puts its own copies of botocore and s3transfer in front of ours for later imports, and its folder
    into AWS_DATA_PATH: ours are imported first, and the variable is left as it was.
    """
    for ours in ("botocore.session", "boto3.s3.transfer", "s3transfer.manager"):
        importlib.import_module(ours)
    with _environment({}, ("AWS_DATA_PATH",)):
        from awscli import help as pages
        from awscli.clidriver import create_clidriver
    # Pages of `help` would go to a pager on the real standard output.
    pages.PosixHelpRenderer._send_output_to_pager = _print_page  # noqa: SLF001
    create: Callable[[], Any] = create_clidriver
    return create


def load() -> None:
    """Import the CLI with its waiters, as a first command would, and leave the environment as it was."""
    _import()
    with _environment({}, ("AWS_DATA_PATH",)):
        importlib.import_module("awscli.botocore.waiter")


def _print_page(_renderer: object, page: bytes) -> None:
    sys.stdout.write(_OVERSTRIKE.sub("", page.decode("utf-8", "replace")))


@cache
def _loader(*, in_process: bool) -> Any:
    """A model loader for every command, so that models are read once; it also finds the CLI's own data.

    In process it is the cloud's. Elsewhere nothing of the cloud is imported.
    """
    import awscli

    if in_process:
        from ecsim.api.wire import loader

        found: Any = loader()
    else:
        from botocore.loaders import create_loader

        found = create_loader()
    data = os.path.join(os.path.dirname(os.path.abspath(awscli.__file__)), "data")  # noqa: PTH100, PTH118, PTH120
    if data not in found.search_paths:
        found.search_paths.append(data)
    return found


@contextlib.contextmanager
def _environment(settings: Mapping[str, str], unset: Sequence[str] = ()) -> Iterator[None]:
    """The environment with some variables set, and as it was afterwards."""
    names = [*settings, *unset]
    before = {name: os.environ.get(name) for name in names}
    for name in unset:
        os.environ.pop(name, None)
    for name, value in settings.items():
        os.environ[name] = value
    try:
        yield
    finally:
        for name, earlier in before.items():
            if earlier is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = earlier
