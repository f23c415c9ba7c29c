"""The cluster query language. Source: ECS Developer Guide, cluster-query-language (its examples)."""

from __future__ import annotations

import pytest

from ecsim.decide.capacity.cluster_query import EXPRESSION_MAX, BadQuery, Subject, parse

INSTANCE = Subject(
    agent_connected=True,
    agent_version="1.80.0",
    ec2_instance_id="i-abcd1234",
    registered_at="2026-04-01T00:01:00",
    running_tasks_count=2,
    groups=("service:production",),
    attributes={"ecs.instance-type": "t2.small", "ecs.availability-zone": "us-east-1a", "stack": ""},
)


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("attribute:ecs.instance-type == t2.small", True),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", True),
        ("attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d", False),
        ("task:group == service:production", True),
        ("not(task:group == database)", True),
        ("runningTasksCount == 1", False),
        ("runningTasksCount > 1 && agentConnected == true", True),
        ("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", True),
        ("attribute:stack exists", True),
        ("attribute:prod !exists", True),
        ("attribute:ecs.instance-type not_in [t2.small]", False),
        ("agentVersion >= 1.9.0", True),
        ("registeredAt > 2026-03-31", True),
        ("registeredAt <= 2026-04-01T00:00:59Z", False),
        ("!(runningTasksCount > 1) || attribute:stack exists", True),
        ("attribute:ecs.instance-type matches '(t2|t3).*'", True),
        ("attribute:ecs.instance-type !~ t2.*", False),
    ],
)
def test_what_an_expression_chooses(expression, holds):
    assert parse(expression)(INSTANCE) is holds


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "color == blue",
        "runningTasksCount",
        "runningTasksCount ==",
        "runningTasksCount in [1]",
        "attribute:a in b",
        "(agentConnected == true",
        "agentConnected == true)",
        "runningTasksCount == many",
        "registeredAt == 5",
        "attribute:a =~ (",
        "attribute:a == 'x",
        "agentConnected == true or " + "x" * EXPRESSION_MAX,
    ],
)
def test_what_is_no_expression_is_refused_with_a_reason(expression):
    with pytest.raises(BadQuery, match=r"."):
        parse(expression)
