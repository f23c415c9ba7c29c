"""Stand-ins for `datetime`, `time`, `uuid`, `random` and `os`: the cloud's time and moto's own chance.

They make real values (a stand-in's `now()` is a plain `datetime`), so that whatever they are handed to never
notices.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import time
import uuid
from collections.abc import Callable
from types import ModuleType
from typing import Any

Moment = Callable[[], dt.datetime]


class _Delegate(ModuleType):
    """A module with some of its names replaced."""

    def __init__(self, real: ModuleType, **replaced: Any) -> None:
        super().__init__(real.__name__)
        vars(self).update(replaced)
        vars(self)["_real"] = real

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["_real"], name)


def _virtual_datetime(now: Moment) -> type:
    class _Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, dt.datetime)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, dt.datetime)

    class VirtualDateTime(dt.datetime, metaclass=_Meta):
        """A `datetime` that makes real ones, at the cloud's time."""

        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return dt.datetime(*args, **kwargs)  # noqa: DTZ001

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            at = now().astimezone(tz or dt.UTC)
            return at if tz is not None else at.replace(tzinfo=None)

        @classmethod
        def utcnow(cls) -> Any:
            return now().astimezone(dt.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return cls.utcnow()

    return VirtualDateTime


def _virtual_date(now: Moment) -> type:
    class _Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, dt.date)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, dt.date)

    class VirtualDate(dt.date, metaclass=_Meta):
        """A `date` that makes real ones, at the cloud's time."""

        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return dt.date(*args, **kwargs)

        @classmethod
        def today(cls) -> Any:
            return now().astimezone(dt.UTC).date()

    return VirtualDate


REALS: tuple[Any, ...] = (
    dt,
    dt.datetime,
    dt.date,
    time,
    time.time,
    uuid,
    uuid.uuid1,
    uuid.uuid4,  # noqa: TID251
    random,
    os,
)


def stand_ins(now: Moment) -> dict[int, Any]:
    """The stand-ins, by the identity of what they stand for."""
    from moto.moto_api._internal import mock_random

    def seconds() -> float:
        return now().timestamp()

    def nanoseconds() -> int:
        return round(now().timestamp() * 1_000) * 1_000_000

    def drawn(number_of_bytes: int) -> bytes:
        data: bytes = mock_random.randbytes(number_of_bytes)
        return data

    moment, day = _virtual_datetime(now), _virtual_date(now)
    draws = {
        name: getattr(mock_random, name)
        for name in dir(random)
        if not name.startswith("_") and name[:1].islower() and hasattr(mock_random, name)
    }
    by_real: dict[Any, Any] = {
        dt: _Delegate(dt, datetime=moment, date=day),
        dt.datetime: moment,
        dt.date: day,
        time: _Delegate(time, time=seconds, time_ns=nanoseconds),
        time.time: seconds,
        uuid: _Delegate(uuid, uuid1=mock_random.uuid1, uuid4=mock_random.uuid4),
        uuid.uuid1: mock_random.uuid1,
        uuid.uuid4: mock_random.uuid4,  # noqa: TID251
        random: _Delegate(random, **draws),
        os: _Delegate(os, urandom=drawn),
    }
    return {id(real): by_real[real] for real in REALS}
