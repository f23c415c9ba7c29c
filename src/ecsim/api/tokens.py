"""Idempotency tokens: SDKs fill them in at random, and nothing here may depend on chance.

A token that an SDK made up (a UUID) reaches moto as one that depends on the seed and on the order of calls only;
the journal shows every token as "token-1", "token-2", ... by operation.
"""

from __future__ import annotations

import hashlib
import re

NAMES = (
    "clientToken",
    "ClientToken",
    "clientRequestToken",
    "ClientRequestToken",
    "idempotencyToken",
    "IdempotencyToken",
    "creatorRequestId",
    "CreatorRequestId",
)
"""Members that botocore fills in. Source: botocore service models, trait `idempotencyToken`."""

_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_NAME = b"|".join(name.encode() for name in NAMES)
_IN_JSON = re.compile(rb'("(?:' + _NAME + rb')"\s*:\s*")(' + _UUID + rb')(?=")')
_IN_FORM = re.compile(rb"((?:^|&)(?:" + _NAME + rb")=)(" + _UUID + rb")(?=&|$)")


class Tokens:
    """The tokens seen so far, by operation.

    Args:
        seed: what the stand-ins depend on.
    """

    names = NAMES

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._seen: dict[tuple[str, str], dict[str, int]] = {}

    def shown(self, service: str, operation: str, token: str | None) -> str | None:
        """How the journal shows a token."""
        if token is None:
            return None
        return f"token-{self._ordinal(service, operation, token)}"

    def settled(self, service: str, operation: str, body: bytes) -> bytes:
        """A request body in which tokens made up by an SDK are replaced."""
        if b"oken" not in body and b"reatorRequestId" not in body:
            return body

        def replacement(found: re.Match[bytes]) -> bytes:
            nth = self._ordinal(service, operation, found.group(2).decode())
            stand_in = self.uuid(f"token/{service}/{operation}", nth)
            self._seen[service, operation][stand_in] = nth
            return found.group(1) + stand_in.encode()

        pattern = _IN_JSON if body.lstrip()[:1] in (b"{", b"[") else _IN_FORM
        return pattern.sub(replacement, body)

    def uuid(self, kind: str, nth: int) -> str:
        """A UUID of version 4 that depends on the seed, the kind and the number."""
        h = hashlib.sha256(f"{self._seed}/{kind}/{nth}".encode()).hexdigest()
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) % 4]}{h[17:20]}-{h[20:32]}"

    def _ordinal(self, service: str, operation: str, token: str) -> int:
        seen = self._seen.setdefault((service, operation), {})
        if token not in seen:
            seen[token] = max(seen.values(), default=0) + 1
        return seen[token]
