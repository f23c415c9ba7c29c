"""Registries: ECR, which is the learner's own, and public ones, of which the cloud knows what it knows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from ecsim.effects.clients import Clients, error_code
from ecsim.model.answers import Failure, Image

PULL_MS = 4_000
"""How long a pull takes: a choice, not AWS's number."""
SIZE_BYTES = 52_428_800
"""The size that DescribeImages shows of an image pushed here: a choice."""

_ECR = re.compile(r"^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(.+)$")
_DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$")
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class PushRefused(ValueError):  # noqa: N818
    """A registry refuses a push; the message is docker's own wording."""


def split_reference(reference: str) -> tuple[str, str | None, str | None]:
    """Take a reference apart: repository (with its registry), tag, digest. Without both, the tag is "latest"."""
    name, _, digest = reference.partition("@")
    tag = None
    if ":" in name.rpartition("/")[2]:
        name, _, tag = name.rpartition(":")
    if tag is None and not digest:
        tag = "latest"
    return name, tag, digest or None


class Registry:
    """Looks images up, and remembers them until something changes in ECR.

    Args:
        clients: AWS's other services.
        known_public: whether a public registry has an image.
    """

    def __init__(self, clients: Clients, known_public: Callable[[str], bool]) -> None:
        self._clients = clients
        self._known_public = known_public
        self._known: dict[tuple[str, str | None], Image | Failure] = {}
        self._pushed: dict[str, str] = {}
        clients.changed.append(self._changed)

    def resolve(self, reference: str, digest: str | None = None) -> Image | Failure:
        """Look an image up; with a digest, exactly that one must still be there.

        Texts of failures: ecs-behaviour.md 2.6, from the ECS guide's page `task_cannot_pull_image`.
        """
        key = (reference, digest)
        known = self._known.get(key)
        if known is None:
            name, tag, named = split_reference(reference)
            ecr = _ECR.match(name)
            if ecr:
                known = self._in_ecr(reference, ecr.group(3), tag, digest or named)
            else:
                known = self._public(reference, digest or named)
                if isinstance(known, Failure):
                    return known  # what the public has may change without a call
            self._known[key] = known
        return known

    def put(self, reference: str, digest_seed: str) -> str:
        """Push an image, as `docker push` does.

        Args:
            reference: where to; a repository of ECR must exist.
            digest_seed: the image's content: the same text is the same image.

        Returns:
            The digest.

        Raises:
            PushRefused: there is no such repository, or the tag is there already and immutable.
        """
        name, tag, _ = split_reference(reference)
        manifest = _manifest(digest_seed)
        digest = "sha256:" + hashlib.sha256(manifest.encode()).hexdigest()
        ecr = _ECR.match(name)
        if ecr is None:
            self._pushed[f"{name}:{tag}"] = digest
            self._known.clear()
            return digest
        self._put_into_ecr(ecr.group(1), ecr.group(3), tag or "latest", manifest, digest)
        self._known.clear()
        return digest

    def _changed(self, service: str, _operation: str) -> None:
        if service in ("ecr", "cloudformation"):
            self._known.clear()

    def _in_ecr(
        self, reference: str, repository: str, tag: str | None, digest: str | None
    ) -> Image | Failure:
        from botocore.exceptions import ClientError

        image_id = {"imageDigest": digest} if digest else {"imageTag": tag}
        try:
            found = self._clients.client("ecr").describe_images(
                repositoryName=repository, imageIds=[image_id]
            )["imageDetails"]
        except ClientError as error:
            if error_code(error) == "RepositoryNotFoundException":
                name = split_reference(reference)[0]
                return Failure(text=f"CannotPullContainerError: API error (404): repository {name} not found")
            found = []
        if not found:
            return Failure(text=_not_found(reference))
        return Image(reference=reference, digest=found[0]["imageDigest"], pull_ms=PULL_MS)

    def _public(self, reference: str, digest: str | None) -> Image | Failure:
        name, tag, _ = split_reference(reference)
        pushed = self._pushed.get(f"{name}:{tag}")
        if pushed is None and not self._known_public(reference):
            return Failure(text=_not_found(reference))
        made = pushed or "sha256:" + hashlib.sha256(f"public/{name}:{tag}".encode()).hexdigest()
        return Image(reference=reference, digest=digest or made, pull_ms=PULL_MS)

    def _put_into_ecr(self, account: str, repository: str, tag: str, manifest: str, digest: str) -> None:
        from botocore.exceptions import ClientError

        try:
            self._clients.client("ecr").put_image(
                repositoryName=repository,
                imageManifest=manifest,
                imageManifestMediaType=_MANIFEST,
                imageTag=tag,
                imageDigest=digest,
            )
        except ClientError as error:
            code = error_code(error)
            if code == "ImageAlreadyExistsException":
                return  # the very image, under the very tag: docker says "Layer already exists"
            if code == "RepositoryNotFoundException":
                text = (
                    f"name unknown: The repository with name '{repository}' does not exist in the registry "
                    f"with id '{account}'"
                )
                raise PushRefused(text) from error
            if code == "ImageTagAlreadyExistsException":
                text = (
                    f"tag invalid: The image tag '{tag}' already exists in the '{repository}' repository "
                    "and cannot be overwritten because the repository is immutable."
                )
                raise PushRefused(text) from error
            raise PushRefused(str(error)) from error


def _not_found(reference: str) -> str:
    return (
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): "
        f"failed to resolve ref {reference}: {reference}: not found"
    )


def _manifest(digest_seed: str) -> str:
    """A manifest with one layer, whose bytes depend on the seed only."""

    def blob(kind: str, size: int) -> dict[str, Any]:
        digest = "sha256:" + hashlib.sha256(f"{kind}/{digest_seed}".encode()).hexdigest()
        media = "container.image.v1+json" if kind == "config" else "image.rootfs.diff.tar.gzip"
        return {"mediaType": f"application/vnd.docker.{media}", "size": size, "digest": digest}

    document = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": blob("config", SIZE_BYTES),
        "layers": [blob("layer", SIZE_BYTES)],
    }
    return json.dumps(document, separators=(",", ":"))
