"""Which program an image is."""

from __future__ import annotations

import pytest

from ecsim.workload.images import Catalog, Pushed, split, stock_of
from ecsim.workload.stock import TABLE, UNKNOWN

ECR = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web"
MINE = Pushed(name="Mine.1")
DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("nginx", ("nginx", "latest", None)),
        ("nginx:1.27", ("nginx", "1.27", None)),
        ("localhost:5000/web", ("localhost:5000/web", "latest", None)),
        ("localhost:5000/web:2", ("localhost:5000/web", "2", None)),
        (f"{ECR}@{DIGEST}", (ECR, "latest", DIGEST)),
        (f"{ECR}:2@{DIGEST}", (ECR, "2", DIGEST)),
    ],
)
def test_references(reference, parts):
    assert split(reference) == parts


def test_stock_images_by_tag_and_by_reference():
    assert stock_of("web:1.0") is TABLE["web:1.0"]
    assert stock_of("public.ecr.aws/ecslab/web:1.0") is TABLE["web:1.0"]
    assert stock_of("web") is TABLE["web:3.0"]
    assert stock_of("web:9.9") is None


def test_what_a_reference_runs():
    catalog = Catalog()
    assert catalog.program_for("public.ecr.aws/ecslab/api:1.0") is TABLE["api:1.0"]
    assert catalog.program_for("public.ecr.aws/ecslab/api:0.9") is None
    assert catalog.program_for("nginx") is UNKNOWN
    catalog.push(f"{ECR}:1", MINE)
    assert catalog.program_for(f"{ECR}:1") is MINE
    catalog.push(ECR, "web:2.0")
    assert catalog.program_for(f"{ECR}:latest") is TABLE["web:2.0"]


def test_an_image_that_somebody_put_into_ecr_runs_even_if_nobody_wrote_its_program():
    for catalog in (Catalog(), Catalog(strict=True)):
        assert catalog.program_for(f"{ECR}:7") is UNKNOWN
    assert Catalog(strict=True).program_for("nginx") is None


def test_a_moved_tag_does_not_move_what_was_resolved_before():
    """ecs-behaviour.md 3.4: tags are resolved to digests once a deployment."""
    catalog = Catalog()
    catalog.push(f"{ECR}:1", MINE, digest=DIGEST)
    catalog.push(f"{ECR}:1", "web:2.0", digest=OTHER)
    assert catalog.program_for(f"{ECR}:1", DIGEST) is MINE
    assert catalog.program_for(f"{ECR}:1") is TABLE["web:2.0"]
    assert catalog.program_for(f"{ECR}@{DIGEST}") is MINE


def test_what_public_registries_have():
    easy, strict = Catalog(), Catalog(strict=True)
    assert easy.known_public("nginx:1.27")
    assert not strict.known_public("nginx:1.27")
    for catalog in (easy, strict):
        assert catalog.known_public("public.ecr.aws/ecslab/web:1.0")
        assert not catalog.known_public("public.ecr.aws/ecslab/web:typo")
    strict.push("docker.io/me/web:1", "web:1.0")
    assert strict.known_public("docker.io/me/web:1")


def test_a_stock_image_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(ValueError, match=r"no stock image 'web:9'.*web:1\.0, web:2\.0"):
        Catalog().push(ECR, "web:9")


@pytest.mark.parametrize("reference", ["", ":1.0", "@sha256:aa", None, 5])
def test_what_is_no_reference(reference):
    with pytest.raises(ValueError, match="no image reference"):
        Catalog().push(reference, "web:1.0")
