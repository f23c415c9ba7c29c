"""Our quick `replace` does what the standard library's does."""

from __future__ import annotations

import dataclasses

import pytest

from ecsim.model.replacing import replace
from ecsim.model.task import Eni, Task, TaskStatus

TASK = Task(arn="arn", id="id", cluster_arn="cluster", task_definition_arn="web:1", group="service:web")


def test_a_copy_differs_in_what_was_changed_and_in_nothing_else():
    eni = Eni(id="eni-1", subnet_id="subnet-1", private_ip="10.0.0.1", mac="0a:00")
    changes = {"last_status": TaskStatus.RUNNING, "version": 2, "eni": eni}
    assert replace(TASK, **changes) == dataclasses.replace(TASK, **changes)
    assert TASK.version == 1
    assert replace(TASK) == TASK
    assert replace(TASK) is not TASK


def test_the_copy_is_frozen_as_well():
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(TASK, version=2).version = 3


def test_an_unknown_field_is_named():
    with pytest.raises(TypeError, match="Task has no field 'status'"):
        replace(TASK, status="RUNNING")


def test_what_it_could_copy_wrongly_it_refuses():
    @dataclasses.dataclass(frozen=True)
    class Loose:
        number: int

    @dataclasses.dataclass(frozen=True, slots=True)
    class Checked:
        number: int

        def __post_init__(self) -> None:
            assert self.number

    for value in (Loose(1), Checked(1)):
        with pytest.raises(TypeError, match=r"use dataclasses\.replace"):
            replace(value, number=2)
