"""The identity source: the only thing that draws.

Each draw is a hash of (seed, kind, scope, how many were drawn before for that kind and scope). So an extra,
unrelated draw changes no other one, and nothing depends on the process or on PYTHONHASHSEED.
"""

from __future__ import annotations

import hashlib
from collections import Counter

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Identity:
    """Seeded names and numbers.

    Args:
        seed: any text or number; the same seed gives the same draws.
    """

    def __init__(self, seed: int | str) -> None:
        self.seed = str(seed)
        self._drawn: Counter[tuple[str, str]] = Counter()

    def _hash(self, kind: str, scope: str) -> str:
        """64 hexadecimal digits."""
        nth = self._drawn[kind, scope]
        self._drawn[kind, scope] = nth + 1
        return hashlib.sha256(f"{self.seed}/{kind}/{scope}/{nth}".encode()).hexdigest()

    def _number(self, kind: str, scope: str) -> int:
        return int(self._hash(kind, scope), 16)

    def hexadecimal(self, kind: str, scope: str = "", *, length: int = 32) -> str:
        """`length` lower-case hexadecimal digits (at most 64)."""
        return self._hash(kind, scope)[:length]

    def digits(self, kind: str, scope: str = "", *, length: int = 19) -> str:
        """`length` decimal digits, the first not zero."""
        low = 10 ** (length - 1)
        return str(low + self._number(kind, scope) % (9 * low))

    def base62(self, kind: str, scope: str = "", *, length: int = 21) -> str:
        """`length` letters and digits."""
        number, out = self._number(kind, scope), []
        for _ in range(length):
            number, digit = divmod(number, 62)
            out.append(_BASE62[digit])
        return "".join(out)

    def uuid(self, kind: str, scope: str = "") -> str:
        """A UUID of version 4."""
        h = self.hexadecimal(kind, scope)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) % 4]}{h[17:20]}-{h[20:32]}"

    def draw(self, kind: str, scope: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self._number(kind, scope) % (high - low + 1)
