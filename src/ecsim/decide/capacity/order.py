"""Seats in the order of placement strategies.

Strategies that keep the best one after the other are an order by a tuple of keys. Within instances that share every
attribute that is spread over, only the chosen instance's key ever changes, so each such bucket is a heap. Instances
of the same lot have the same key, so of each lot only the first one that is left need be in it: placing n tasks costs
about n times the number of buckets times the logarithm of the number of lots.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ecsim.decide.capacity.seats import Hall, Seat
from ecsim.model.placement import PlacementStrategy

Draw = Callable[[int], int]
"""Draws a whole number from 0 to n - 1."""

_Key = tuple[int, ...]
_Bucket = tuple[str, ...]


def order_of(hall: Hall, strategies: Sequence[PlacementStrategy], draw: Draw) -> Order:
    """The order of some strategies; the first one matters most."""
    kind = RandomOrder if any(s.type == "random" for s in strategies) else Order
    return kind(hall, strategies, draw)


def _value(seat: Seat, strategy: PlacementStrategy) -> str:
    """What an instance counts under for a spread. Instances without the attribute count together."""
    return seat.kind.attributes.get(strategy.field.removeprefix("attribute:"), "")


def _is_by_instance(strategy: PlacementStrategy) -> bool:
    return strategy.field in ("instanceId", "host")


class Order:
    """The seats in the order of the strategies, for strategies without chance."""

    def __init__(self, hall: Hall, strategies: Sequence[PlacementStrategy], _draw: Draw) -> None:
        self._strategies = strategies
        self._shared = [s for s in strategies if s.type == "spread" and not _is_by_instance(s)]
        self._counts: list[Counter[str]] = []
        for strategy in self._shared:
            counts: Counter[str] = Counter()
            for seat in hall.of_group:
                counts[_value(seat, strategy)] += seat.same_group
            self._counts.append(counts)
        self._buckets: dict[_Bucket, list[tuple[_Key, int, Seat, Iterator[Seat]]]] = {}
        for line in hall.lines():
            self._take_in(line)

    def _take_in(self, line: Iterator[Seat]) -> None:
        """The first of a line goes into the order; when it is chosen, the next one follows."""
        seat = next(line, None)
        if seat is not None:
            heap = self._buckets.setdefault(self._bucket(seat), [])
            heapq.heappush(heap, (self._own(seat), seat.number, seat, line))

    def _bucket(self, seat: Seat) -> _Bucket:
        return tuple(_value(seat, strategy) for strategy in self._shared)

    def _own(self, seat: Seat) -> _Key:
        """The part of the key that only this instance's own tasks change; zeros stand in for the rest."""
        return tuple(self._own_part(seat, strategy) for strategy in self._strategies)

    @staticmethod
    def _own_part(seat: Seat, strategy: PlacementStrategy) -> int:
        if strategy.type == "binpack":
            return seat.memory if strategy.field.upper() == "MEMORY" else seat.cpu
        return seat.same_group if strategy.type == "spread" and _is_by_instance(strategy) else 0

    def best(self) -> Seat | None:
        """The seat that comes first now, or None when there is none."""
        tops = [
            (self._key(bucket, heap[0][0]), heap[0][1], bucket)
            for bucket, heap in self._buckets.items()
            if heap
        ]
        if not tops:
            return None
        _, _, bucket = min(tops)
        _, _, seat, line = heapq.heappop(self._buckets[bucket])
        self._take_in(line)
        return seat

    def _key(self, bucket: _Bucket, own: _Key) -> _Key:
        shared = iter(zip(bucket, self._counts, strict=True))
        key = []
        for strategy, part in zip(self._strategies, own, strict=True):
            if strategy.type == "spread" and not _is_by_instance(strategy):
                value, counts = next(shared)
                key.append(counts[value])
            else:
                key.append(part)
        return tuple(key)

    def placed(self, seat: Seat, *, fits: bool) -> None:
        """A task was placed on the seat that `best` gave; it stays in the order while it fits."""
        for strategy, counts in zip(self._shared, self._counts, strict=True):
            counts[_value(seat, strategy)] += 1
        if fits:
            self._take_in(iter((seat,)))


class RandomOrder(Order):
    """The seats where a strategy is random: those before it narrow the choice, those after it have none."""

    def __init__(self, hall: Hall, strategies: Sequence[PlacementStrategy], draw: Draw) -> None:
        first = next(n for n, strategy in enumerate(strategies) if strategy.type == "random")
        super().__init__(hall, strategies[:first], draw)
        self._draw = draw
        every = [entry[2] for heap in self._buckets.values() for entry in heap]
        every += [seat for heap in self._buckets.values() for entry in heap for seat in entry[3]]
        self._fitting = {seat.number: seat for seat in sorted(every, key=lambda seat: seat.number)}

    def best(self) -> Seat | None:
        """One of the best seats, drawn."""
        if not self._fitting:
            return None
        tied = list(self._fitting)
        if self._strategies:
            keys = {
                number: self._key(self._bucket(seat), self._own(seat))
                for number, seat in self._fitting.items()
            }
            low = min(keys.values())
            tied = [number for number, key in keys.items() if key == low]
        return self._fitting[tied[self._draw(len(tied))]]

    def placed(self, seat: Seat, *, fits: bool) -> None:
        """A task was placed on the seat that `best` gave."""
        super().placed(seat, fits=False)
        if not fits:
            del self._fitting[seat.number]
