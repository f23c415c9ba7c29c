"""What effects answer with: plain values. A failure is an answer too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """A subnet, as EC2 knows it."""

    id: str
    availability_zone: str
    cidr: str
    vpc_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that can be pulled.

    Attributes:
        digest: `sha256:<64 hex>`.
        pull_ms: how long the pull takes.
    """

    reference: str
    digest: str
    pull_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that could not be had; `text` is AWS's own wording, with its error name in front."""

    text: str
