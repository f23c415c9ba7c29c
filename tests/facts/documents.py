"""botocore's own prose about ECS: the documentation that AWS ships with its API model."""

from __future__ import annotations

import re

from tests.api.rig import MODEL


def prose(shape, member):
    """The documentation of a member as plain text."""
    return re.sub(r"<[^>]+>", "", MODEL.shape_for(shape).members[member].documentation)


def numbers(pattern, shape, member):
    """The whole numbers that a pattern finds in a member's documentation."""
    match = re.search(pattern, prose(shape, member))
    assert match is not None, f"{shape}.{member} no longer says {pattern!r}"
    return tuple(int(number) for number in match.groups())
