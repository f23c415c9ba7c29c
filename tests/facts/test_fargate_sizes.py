"""Fargate's sizes and platform versions, held against AWS's own words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.task import fargate
from tests.facts.documents import numbers, prose

ROWS = re.compile(r"((?:Between )?[^-]*?) - Available cpu values: (\d+)")


def documented_sizes():
    """The table in botocore's documentation of `memory`: CPU units -> MiB."""
    text = prose("RegisterTaskDefinitionRequest", "memory")
    text = text[text.index("on Fargate.") + len("on Fargate.") :]
    sizes = {}
    for memory, cpu in ROWS.findall(text):
        if "Between" in memory:
            low, high = (int(number) for number in re.findall(r"(\d+) ?GB", memory)[:2])
            step = int(
                re.search(r"(?:increments of \d+ \((\d+)|in (\d+)) GB", memory).group(1)
                or memory.split("in ")[1][0]
            )
            sizes[int(cpu)] = tuple(range(low * 1024, high * 1024 + 1, step * 1024))
        else:
            sizes[int(cpu)] = tuple(int(number) for number in re.findall(r"(\d+) \(", memory))
    return sizes


def test_the_sizes_are_those_of_botocore():
    """botocore: RegisterTaskDefinitionRequest.memory, the list of values."""
    documented = documented_sizes()
    assert len(documented) == 7
    assert {cpu: fargate.SIZES[cpu] for cpu in documented} == documented


def test_the_largest_size_is_32_vcpu():
    """ecs-behaviour.md 3.1: ECS Developer Guide, fargate-tasks-services."""
    assert fargate.SIZES[32768] == (60 * 1024, 120 * 1024, 244 * 1024)
    assert list(fargate.SIZES)[-1] == 32768


def test_the_range_of_cpu_outside_fargate():
    """botocore: RegisterTaskDefinitionRequest.cpu."""
    found = numbers(r"between (\d+) CPU units .* and (\d+) CPU units", "RegisterTaskDefinitionRequest", "cpu")
    assert found == fargate.CPU_RANGE


def test_windows_needs_a_whole_vcpu():
    """botocore: RegisterTaskDefinitionRequest.memory; ecs-behaviour.md 3.1 for the three sizes."""
    assert "cannot be less than 1 vCPU when you use Windows" in prose(
        "RegisterTaskDefinitionRequest", "memory"
    )
    assert min(fargate.WINDOWS_CPU) == 1024
    assert not fargate.fits(512, 1024, windows=True)
    assert fargate.fits(1024, 2048, windows=True)
    assert not fargate.fits(8192, 16384, windows=True)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("1024", 1024),
        ("1 vCPU", 1024),
        ("1 vcpu", 1024),
        (".25 vCPU", 256),
        ("0.5vCPU", 512),
        ("16 vCPU", 16384),
    ],
)
def test_cpu_is_written_in_units_or_in_vcpus(text, units):
    """botocore: RegisterTaskDefinitionRequest.cpu."""
    assert fargate.cpu_units(text) == units


@pytest.mark.parametrize(("text", "mib"), [("1024", 1024), ("1GB", 1024), ("1 GB", 1024), ("0.5 GB", 512)])
def test_memory_is_written_in_mib_or_in_gb(text, mib):
    """botocore: RegisterTaskDefinitionRequest.memory."""
    assert fargate.memory_mib(text) == mib


@pytest.mark.parametrize("text", ["", "much", "1 GHz", "-1", "1.0001", "1 vCPU 2", "١٠٢٤x"])
def test_what_cannot_be_read_is_told_apart(text):
    assert fargate.cpu_units(text) is None
    assert fargate.memory_mib(text) is None


def test_platform_versions():
    """ecs-behaviour.md 3.1; botocore: RegisterTaskDefinitionRequest.memory says which sizes need 1.4.0."""
    assert fargate.platform_version(None) == fargate.platform_version("LATEST") == "1.4.0"
    assert fargate.platform_version("1.3.0") == "1.3.0"
    assert fargate.platform_version("1.2.0") is None
    assert (
        prose("RegisterTaskDefinitionRequest", "memory").count("requires Linux platform 1.4.0 or later") == 2
    )
    assert [cpu for cpu in fargate.SIZES if not fargate.supports("1.3.0", cpu)] == [8192, 16384, 32768]


CPU = st.integers(0, 40_000)
MEMORY = st.integers(0, 260_000)


@given(CPU, MEMORY)
def test_the_smallest_size_is_a_size_and_large_enough(cpu, memory):
    size = fargate.smallest(cpu, memory)
    if size is None:
        assert cpu > 32768 or memory > 244 * 1024
    else:
        assert fargate.fits(*size)
        assert size[0] >= cpu
        assert size[1] >= memory


@given(CPU, MEMORY)
def test_a_size_fits_exactly_when_nothing_smaller_would_do(cpu, memory):
    assert fargate.fits(cpu, memory) == (memory in fargate.SIZES.get(cpu, ()))
    if fargate.fits(cpu, memory):
        assert fargate.smallest(cpu, memory) == (cpu, memory)


@given(CPU, MEMORY, CPU, MEMORY)
def test_wanting_more_never_gives_fewer_cpus(cpu, memory, more_cpu, more_memory):
    small, large = fargate.smallest(cpu, memory), fargate.smallest(cpu + more_cpu, memory + more_memory)
    assert large is None or (small is not None and small <= large)


@given(st.integers(1, 200_000))
def test_numbers_read_back_in_both_spellings(units):
    assert fargate.cpu_units(str(units)) == fargate.memory_mib(str(units)) == units
    assert fargate.cpu_units(f"{units} vCPU") == fargate.memory_mib(f"{units} GB") == units * 1024
