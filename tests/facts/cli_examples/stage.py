"""A cloud in which a documented command can run: its account and region, and what must be there before."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Self

from ecsim.cloud import awscli
from ecsim.cloud.cloud import ACCOUNT, Cloud
from ecsim.cloud.server import serve
from ecsim.cloud.waiters import patch_waiters
from ecsim.cloud.world import World
from tests.facts.cli_examples.reference import Example

REGION = "us-west-2"
REGIONS = ("us-west-2", "us-east-1", "af-south-1")
_ARN = re.compile(r"arn:aws:ecs:(?P<region>[^:]+):(?P<account>\d{12}):")
PLUGIN = "session-manager-plugin"


class Stage:
    """A served cloud in the account and the region that an example speaks of.

    Args:
        example: what is to run.
        folder: gets the files that the command reads.

    Attributes:
        names: documented id -> ours: what cannot be named in advance, such as a task's id.
    """

    def __init__(self, example: Example, folder: Path) -> None:
        self.example, self.folder = example, folder
        spoken = " ".join(example.argv) + repr(example.output)
        arn = _ARN.search(spoken)
        self.account = arn["account"] if arn else ACCOUNT
        self.region = arn["region"] if arn and arn["region"] in REGIONS else REGION
        self.cloud = Cloud(account=self.account, region=self.region, strict=True)
        self.ecs = self.cloud.client("ecs")
        self.names: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.cloud.close()

    def settle(self) -> None:
        """Let everything that was asked for come to be."""
        self.cloud.advance("10m")

    def arn(self, kind: str, name: str) -> str:
        """An ARN of ECS in this account."""
        return f"arn:aws:ecs:{self.region}:{self.account}:{kind}/{name}"

    def translated(self, text: str) -> str:
        """The text with our ids for the documented ones."""
        for documented, ours in sorted(self.names.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(documented, ours)
        return text

    def argv(self) -> list[str]:
        """The command's words, with our ids, and its files written where it finds them."""
        for name, text in self.example.files.items():
            (self.folder / name).write_text(self.translated(text))
        words = [self.translated(word) for word in self.example.argv]
        return [re.sub(r"^file://(.*/)?", f"file://{self.folder}/", word) for word in words]

    def said(self) -> frozenset[str]:
        """The words that the caller used."""
        text = " ".join([*self.argv(), *(self.translated(t) for t in self.example.files.values())])
        return frozenset(re.findall(r"[^\s\"'=,{}\[\]]+", text))

    def run(self) -> tuple[int, str, str]:
        """Run the command over HTTP, with the waiters' sleep moving the cloud's time."""
        awscli.load()
        give_back = patch_waiters(self.cloud.advance)
        try:
            with serve(self.cloud.gate, World(self.cloud)) as server, _plugin(self.folder):
                return awscli.run(self.argv(), endpoint_url=server.url, region=self.region)
        finally:
            give_back()

    def documented(self, value: Any) -> Any:
        """The documented output with our ids."""
        if isinstance(value, dict):
            return {name: self.documented(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.documented(each) for each in value]
        return self.translated(value) if isinstance(value, str) else value


class _plugin:  # noqa: N801
    """AWS's Session Manager plugin, which `aws ecs execute-command` hands the session to, as a stand-in that ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        program = self.folder / PLUGIN
        program.write_text("#!/bin/sh\nexit 0\n")
        program.chmod(0o755)
        self.before = os.environ["PATH"]
        os.environ["PATH"] = f"{self.folder}{os.pathsep}{self.before}"

    def __exit__(self, *_problem: object) -> None:
        os.environ["PATH"] = self.before
