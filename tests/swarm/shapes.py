"""Random values for botocore's shapes: right ones, and every kind of wrong one."""

from __future__ import annotations

from botocore.model import ListShape, MapShape, StructureShape

NUMBERS = (-1, 0, 1, 2, 5, 30, 100, 200, 256, 512, 65_536, 2**31 - 1, 2**31, 2**63, -(2**63))
ODD_TEXTS = (
    "",
    " ",
    "x",
    "a" * 70_000,
    "日本語",
    "\u0000",
    "\ud83d",
    "😀" * 300,
    "../../etc",
    "arn:aws:ecs",
    ":::::",
    "arn:aws:ecs:ap-northeast-1:123456789012:task//",
    "%s{0}${x}",
    "<a>&amp;",
    "web:-1",
    "web:99999999999999999999",
    "web:1:1",
    "*",
    "NaN",
)
WRONG = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e308,
    "",
    "x",
    [],
    {},
    [[]],
    {"": None},
    ["x", 1],
    {"x": {"y": []}},
    10**400,
)
DEPTH_MAX = 8


def deep(levels):
    """Lists within lists."""
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


def value_of(shape, chance, words, *, wrong=0.0, depth=0):
    """A value of a shape. `words` are names that exist; with the share `wrong`, anything but what is due."""
    if chance.random() < wrong:
        return chance.choice(WRONG)
    if isinstance(shape, StructureShape):
        share = 0.5 if depth < 2 else 0.15
        return {
            name: value_of(member, chance, words, wrong=wrong, depth=depth + 1)
            for name, member in shape.members.items()
            if (name in shape.required_members and chance.random() >= wrong)
            or (depth < DEPTH_MAX and chance.random() < share)
        }
    if isinstance(shape, ListShape):
        count = 0 if depth >= DEPTH_MAX else chance.choice([0, 1, 1, 2, 12 if depth == 1 else 2])
        return [value_of(shape.member, chance, words, wrong=wrong, depth=depth + 1) for _ in range(count)]
    if isinstance(shape, MapShape):
        keys = [_text(shape.key, chance, words) for _ in range(chance.choice([0, 1, 2]))]
        return {key: value_of(shape.value, chance, words, wrong=wrong, depth=depth + 1) for key in keys}
    if shape.type_name == "boolean":
        return chance.random() < 0.5
    if shape.type_name in ("integer", "long", "timestamp"):
        return chance.choice(NUMBERS)
    if shape.type_name in ("double", "float"):
        return chance.choice([0.0, 1.5, -1.0, 100, 1e300])
    return _text(shape, chance, words)


def _text(shape, chance, words):
    enum = list(getattr(shape, "enum", None) or ())
    draw = chance.random()
    if enum and draw < 0.85:
        return chance.choice(enum)
    return chance.choice(words) if draw < 0.8 and words else chance.choice(ODD_TEXTS)
