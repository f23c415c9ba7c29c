"""The catalog: which program an image is."""

from __future__ import annotations

from dataclasses import dataclass

from ecsim.workload.stock import LATEST, PREFIX, TABLE, UNKNOWN, Stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A program that somebody wrote and pushed; it runs in the host that knows its name."""

    name: str
    commands: tuple[str, ...] = ("sh",)


Runnable = Stock | Pushed


def split(reference: str) -> tuple[str, str, str | None]:
    """An image reference as (repository, tag, digest); the tag is "latest" when there is none."""
    name, _, digest = reference.partition("@")
    repository, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        repository, tag = name, "latest"
    return repository, tag, digest or None


def stock_of(tag: str) -> Stock | None:
    """The stock image of a tag ("web:1.0", "web", or with the whole prefix), or None."""
    repository, version, _ = split(tag.removeprefix(PREFIX))
    if version == "latest":
        version = LATEST.get(repository, version)
    return TABLE.get(f"{repository}:{version}")


def _is_private(repository: str) -> bool:
    """Whether a repository is in a private ECR registry: `<account>.dkr.ecr.<region>.amazonaws.com/...`."""
    return ".dkr.ecr." in repository.partition("/")[0]


class Catalog:
    """Image references and what they run.

    Args:
        strict: refuse public images that nobody knows, instead of running a plain web server for them.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self._by_reference: dict[str, Runnable] = {}
        self._by_digest: dict[str, Runnable] = {}

    def push(self, reference: str, program: Runnable | str, *, digest: str | None = None) -> Runnable:
        """Make a reference run a program: one that was written (`Pushed`) or a stock one, by its tag.

        With a digest, tasks that resolved the tag before keep what they had.

        Raises:
            ValueError: no stock image has that tag, or the reference is none.
        """
        if not isinstance(reference, str) or not split(reference)[0]:
            raise ValueError(f"{reference!r} is no image reference, such as repository:tag")
        if isinstance(program, str):
            stock = stock_of(program)
            if stock is None:
                raise ValueError(f"there is no stock image {program!r}; there are: {', '.join(TABLE)}")
            program = stock
        repository, tag, _ = split(reference)
        self._by_reference[f"{repository}:{tag}"] = program
        if digest is not None:
            self._by_digest[digest] = program
        return program

    def program_for(self, reference: str, digest: str | None = None) -> Runnable | None:
        """What an image runs; the digest, where it is known, decides.

        An image in a private registry that nobody pushed a program for, and any public one, is a plain web
        server; None for public ones that are not there (see `known_public`).
        """
        repository, tag, own_digest = split(reference)
        for wanted in (digest, own_digest):
            if wanted is not None and wanted in self._by_digest:
                return self._by_digest[wanted]
        pushed = self._by_reference.get(f"{repository}:{tag}")
        if pushed is not None:
            return pushed
        if repository.startswith(PREFIX):
            return stock_of(f"{repository}:{tag}")
        return None if self.strict and not _is_private(repository) else UNKNOWN

    def known_public(self, reference: str) -> bool:
        """Whether a public registry has the image.

        The stock repositories have exactly the tags of `TABLE`; of the others it depends on `strict`.
        """
        repository, tag, _ = split(reference)
        if f"{repository}:{tag}" in self._by_reference:
            return True
        if repository.startswith(PREFIX):
            return stock_of(f"{repository}:{tag}") is not None
        return not self.strict
