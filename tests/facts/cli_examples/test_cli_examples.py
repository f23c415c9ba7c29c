"""Every example of the AWS CLI's own reference for `aws ecs`, run over HTTP against this cloud.

Source: the `examples/ecs` folder of the installed awscli. What is compared is said in `comparison`, what must be there
before in `fixtures`. The few differences that stay are `ecsim.cloud.cli_examples.EXCEPTIONS`, on the fidelity page.
"""

from __future__ import annotations

import json
import re

import pytest

from ecsim.cloud.cli_examples import EXCEPTIONS
from tests.api.rig import MODEL
from tests.facts.cli_examples.comparison import differences
from tests.facts.cli_examples.fixtures import FIXTURES
from tests.facts.cli_examples.reference import examples
from tests.facts.cli_examples.stage import Stage

EXAMPLES = {example.key: example for example in examples()}
EXCEPTIONS_MAX = 5
"""Facts; several examples may show the same one."""


def shape_of(argv):
    """The output shape of a command such as `ecs describe-tasks`."""
    operation = "".join(word.capitalize() for word in argv[1].split("-"))
    return MODEL.operation_model(operation).output_shape


def compared(example, folder):
    """What differs when the example runs: pairs of a member's path without indexes, and the whole line."""
    with Stage(example, folder) as stage:
        FIXTURES[example.key](stage)
        code, out, problem = stage.run()
        if code != 0 or example.output is None:
            return [("exit code", f"{code}: {problem.strip()}")] if code != 0 else []
        shape, documented = shape_of(example.argv), stage.documented(example.output)
        lines = [*differences(documented, json.loads(out), shape, stage.said())]
    return [(re.sub(r"\[\d+\]", "", line.partition(":")[0]), line) for line in lines]


def exempt(key):
    """The members of an example that may differ."""
    return {member for each in EXCEPTIONS if key in each.examples for member in each.members}


def _cheap(key):
    """Some run in `make test`, all of them in `make test-all`."""
    return key.endswith(" 1") and key.startswith(
        ("create-cluster", "create-task-set", "run-task", "list-tasks", "stop")
    )


@pytest.mark.parametrize(
    "key", [key if _cheap(key) else pytest.param(key, marks=pytest.mark.slow) for key in EXAMPLES]
)
def test_example(key, tmp_path):
    found = compared(EXAMPLES[key], tmp_path)
    assert [line for member, line in found if member not in exempt(key)] == []
    assert {member for member, _ in found} == exempt(key), "an exception that is none any more"


def test_the_reference_is_read_whole():
    assert len(EXAMPLES) == 86
    assert sum(example.output is not None for example in EXAMPLES.values()) == 75
    assert sum(bool(example.files) for example in EXAMPLES.values()) == 6
    assert set(FIXTURES) == set(EXAMPLES)


def test_exceptions_are_few_and_told():
    assert len(EXCEPTIONS) <= EXCEPTIONS_MAX
    for each in EXCEPTIONS:
        assert set(each.examples) <= set(EXAMPLES)
        assert each.en.endswith(".")
        assert each.ja.endswith("。")
