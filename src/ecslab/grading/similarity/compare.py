"""Pairs of submissions that share what hardly anybody else has.

Fingerprints of what everybody was given (starters, given cells, the author's solution) do not count, nor do those that
many of the class have: a task has few good answers, and those who found the same one did not copy. What remains is
looked up by fingerprint, so the work grows with the class and not with its square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ecslab.grading.similarity.shapes import Mark, marks

SHARED_MIN, SCORE_MIN = 12, 0.5
"""Fewer shared fingerprints than this say nothing; nor does less than this part of the smaller one's own."""
_COMMON_SHARE, _COMMON_LEAST, _COMMON_MOST = 0.1, 3, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What is compared of a submission.

    Attributes:
        name: of the submission.
        learner: whose it is; a learner is not compared with themselves. Empty where nobody says.
        sources: of its answer cells, by key.
    """

    name: str
    learner: str
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Two cells with code of the same shape.

    Attributes:
        cells: their keys, in the first and in the second submission.
        lines: the lines of the same shape in each, from 1, in order.
    """

    cells: tuple[str, str]
    lines: tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two submissions.

    Attributes:
        names: in order.
        shared: how many fingerprints they share that hardly anybody else has.
        score: of the smaller one's own, from 0 to 1.
    """

    names: tuple[str, str]
    shared: int
    score: float
    places: tuple[Place, ...]


def common_from(count: int) -> int:
    """From how many submissions on a fingerprint is common, in a class of so many."""
    return min(max(_COMMON_LEAST, int(_COMMON_SHARE * count)), _COMMON_MOST) + 1


def compare(everything: Sequence[Answers], given: Sequence[str]) -> list[Pair]:
    """The pairs that are alike, most alike first.

    Args:
        everything: the submissions of one lab.
        given: code that everybody has.
    """
    base = {mark.print for source in given for mark in marks(source)}
    own = {one.name: _own(one, base) for one in everything}
    holders: defaultdict[int, list[str]] = defaultdict(list)
    for name in sorted(own):
        for print_ in own[name]:
            holders[print_].append(name)
    common = common_from(len(everything))
    sizes = {name: sum(len(holders[one]) < common for one in mine) for name, mine in own.items()}
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        if 1 < len(names) < common:
            shared.update(combinations(names, 2))
    learners = {one.name: one.learner for one in everything}
    found = []
    for (first, second), count in shared.items():
        score = count / min(sizes[first], sizes[second])
        same = bool(learners[first]) and learners[first] == learners[second]
        if count >= SHARED_MIN and score >= SCORE_MIN and not same:
            prints = [one for one in own[first] if one in own[second] and len(holders[one]) < common]
            places = _places(own[first], own[second], prints)
            found.append(Pair(names=(first, second), shared=count, score=score, places=places))
    return sorted(found, key=lambda pair: (-pair.score, -pair.shared, pair.names))


def _own(one: Answers, base: set[int]) -> dict[int, tuple[str, Mark]]:
    """A submission's fingerprints that nobody was given, each where it first is."""
    found: dict[int, tuple[str, Mark]] = {}
    for key, source in one.sources.items():
        for mark in marks(source):
            if mark.print not in base:
                found.setdefault(mark.print, (key, mark))
    return found


def _places(
    first: Mapping[int, tuple[str, Mark]], second: Mapping[int, tuple[str, Mark]], prints: Sequence[int]
) -> tuple[Place, ...]:
    lines: dict[tuple[str, str], tuple[set[int], set[int]]] = {}
    for one in prints:
        (cell, mark), (other_cell, other) = first[one], second[one]
        mine, theirs = lines.setdefault((cell, other_cell), (set(), set()))
        mine.update(range(mark.first, mark.last + 1))
        theirs.update(range(other.first, other.last + 1))
    return tuple(
        Place(cells=cells, lines=(tuple(sorted(mine)), tuple(sorted(theirs))))
        for cells, (mine, theirs) in sorted(lines.items())
    )
