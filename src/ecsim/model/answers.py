"""What the world around ECS answers: plain values. A failure is an answer too, never an exception."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The answer to one load balancer health check.

    Attributes:
        status: the HTTP status (or 0 for an accepted TCP connection), None when there was no answer.
        problem: None, "timeout" or "refused".
    """

    status: int | None = None
    problem: str | None = None
