"""Pushing as in ECR: the digest is that of the manifest's bytes, and a tag that moves leaves its image behind."""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

PUT = ["self", "repository_name", "image_manifest", "image_tag", "image_manifest_mediatype", "digest"]


class Mounting(Protocol):
    """What `mount` offers: patches that are given back."""

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute until the cloud is closed."""
        ...


def _immutable(module: Any, repository: Any, tag: str) -> Exception:
    """AWS's error for a tag that may not move. Moto has none: its nearest one lends its form."""
    error: Exception = module.RepositoryNotFoundException(repository.name, repository.registry_id)
    text = (
        f"The image tag '{tag}' already exists in the '{repository.name}' repository and cannot be overwritten "
        "because the repository is immutable."
    )
    vars(error).update(code="ImageTagAlreadyExistsException", message=text)
    return error


def patch(mounted: Mounting, module: Any) -> None:
    """Put the hooks in place."""
    original = module.ECRBackend.put_image

    def _create_digest(self: Any) -> None:
        digest = hashlib.sha256(self.image_manifest.encode()).hexdigest()
        self._image_digest = f"sha256:{digest}"

    def put_image(
        self: Any,
        repository_name: str,
        image_manifest: str,
        image_tag: str,
        image_manifest_mediatype: str | None = None,
        digest: str | None = None,
    ) -> Any:
        repository = self.repositories.get(repository_name)
        if repository is None:
            raise module.RepositoryNotFoundException(repository_name, self.account_id)
        for image in repository.images:
            if image_tag not in image.image_tags or image.image_manifest == image_manifest:
                continue
            if repository.is_tag_immutable() and not repository.image_tag_mutability_exclusion_filters:
                raise _immutable(module, repository, image_tag)
            image.remove_tag(image_tag)
            if not image.image_tags:
                image.image_tag = None
        return original(self, repository_name, image_manifest, image_tag, image_manifest_mediatype, digest)

    mounted.replace(module.Image, "_create_digest", _create_digest)
    mounted.replace(module.ECRBackend, "put_image", put_image)
