"""Images: ECR is real to the learner, the public knows what it knows."""

from __future__ import annotations

import pytest

from ecsim.effects.ecr import PushRefused, Registry, split_reference
from ecsim.model.answers import Failure, Image

HOST = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com"


@pytest.fixture
def registry(rig):
    return Registry(rig.gate, known_public=lambda reference: reference.startswith("nginx"))


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("nginx", ("nginx", "latest", None)),
        ("nginx:1.27", ("nginx", "1.27", None)),
        ("localhost:5000/shop/web", ("localhost:5000/shop/web", "latest", None)),
        (f"{HOST}/shop:v1", (f"{HOST}/shop", "v1", None)),
        (f"{HOST}/shop:v1@sha256:ab", (f"{HOST}/shop", "v1", "sha256:ab")),
        (f"{HOST}/shop@sha256:ab", (f"{HOST}/shop", None, "sha256:ab")),
    ],
)
def test_split_reference(reference, parts):
    assert split_reference(reference) == parts


def test_a_pushed_image_shows_in_describe_images_and_can_be_pulled(rig, registry):
    rig.client("ecr").create_repository(repositoryName="shop")
    digest = registry.put(f"{HOST}/shop:v1", "content one")
    (shown,) = rig.client("ecr").describe_images(repositoryName="shop")["imageDetails"]
    assert (shown["imageTags"], shown["imageDigest"]) == (["v1"], digest)
    assert str(shown["imagePushedAt"]) == "2026-04-01 00:00:00+00:00"
    pulled = registry.resolve(f"{HOST}/shop:v1")
    assert isinstance(pulled, Image)
    assert pulled.digest == digest


def test_the_same_content_has_the_same_digest_and_other_content_another(rig, registry):
    rig.client("ecr").create_repository(repositoryName="shop")
    one = registry.put(f"{HOST}/shop:v1", "content one")
    assert registry.put(f"{HOST}/shop:v1", "content one") == one
    two = registry.put(f"{HOST}/shop:v1", "content two")
    assert two != one
    assert registry.resolve(f"{HOST}/shop:v1").digest == two
    assert registry.resolve(f"{HOST}/shop:v1", one).digest == one, "untagged, but still there"


def test_a_digest_is_that_of_the_manifest_whoever_pushed(rig):
    """As in every registry: the digest is the SHA-256 of the manifest's bytes (OCI distribution specification)."""
    import hashlib

    ecr = rig.client("ecr")
    ecr.create_repository(repositoryName="shop")
    manifest = '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json"}'
    put = ecr.put_image(repositoryName="shop", imageManifest=manifest, imageTag="v1")
    wanted = hashlib.sha256(manifest.encode()).hexdigest()
    assert put["image"]["imageId"]["imageDigest"] == f"sha256:{wanted}"


def test_immutable_tags_are_respected(rig, registry):
    rig.client("ecr").create_repository(repositoryName="shop", imageTagMutability="IMMUTABLE")
    registry.put(f"{HOST}/shop:v1", "content one")
    with pytest.raises(PushRefused, match="immutable"):
        registry.put(f"{HOST}/shop:v1", "content two")


def test_a_push_needs_a_repository(registry):
    with pytest.raises(PushRefused, match="name unknown: The repository with name 'shop' does not exist"):
        registry.put(f"{HOST}/shop:v1", "content")


def test_missing_tags_and_repositories_fail_in_aws_words(rig, registry):
    """ecs-behaviour.md 2.6, CannotPullContainer family."""
    reference = f"{HOST}/shop:v9"
    assert registry.resolve(reference) == Failure(
        text=f"CannotPullContainerError: API error (404): repository {HOST}/shop not found"
    )
    rig.client("ecr").create_repository(repositoryName="shop")
    assert registry.resolve(reference) == Failure(
        text="CannotPullContainerError: pull image manifest has been retried 5 time(s): "
        f"failed to resolve ref {reference}: {reference}: not found"
    )


def test_a_digest_that_was_resolved_earlier_must_still_be_there(rig, registry):
    """ecs-behaviour.md 2.6: if it no longer exists, the text for missing tags appears."""
    rig.client("ecr").create_repository(repositoryName="shop")
    digest = registry.put(f"{HOST}/shop:v1", "content one")
    rig.client("ecr").batch_delete_image(repositoryName="shop", imageIds=[{"imageDigest": digest}])
    assert isinstance(registry.resolve(f"{HOST}/shop:v1", digest), Failure)


def test_the_public(registry):
    assert isinstance(registry.resolve("nginx:1.27"), Image)
    assert registry.resolve("nginx:1.27").digest == registry.resolve("nginx:1.27").digest
    assert registry.resolve("nginx:1.27").digest != registry.resolve("nginx:1.28").digest
    assert isinstance(registry.resolve("nobody/nothing"), Failure)
    digest = registry.put("nobody/nothing", "mine")
    assert registry.resolve("nobody/nothing").digest == digest


def test_images_are_looked_up_once_until_ecr_changes(rig, registry, calls_of):
    rig.client("ecr").create_repository(repositoryName="shop")
    registry.put(f"{HOST}/shop:v1", "content one")
    assert calls_of(lambda: [registry.resolve(f"{HOST}/shop:v1") for _ in range(3)]) == ["ecr.DescribeImages"]
    rig.client("ecr").batch_delete_image(repositoryName="shop", imageIds=[{"imageTag": "v1"}])
    assert isinstance(registry.resolve(f"{HOST}/shop:v1"), Failure)
