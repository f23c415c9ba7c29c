"""Any request that has the right form is answered in AWS's form or refused; nothing else ever happens."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecsim.api import ecs
from ecsim.api.errors import ApiError
from ecsim.decide.task.task_definition_rules import problems, refusal
from tests.api.rig import ARN, GROUP, MODEL, Rig, assert_fits, fargate_definition, service_request

WORDS = [
    "",
    "web",
    "web:1",
    "web:x",
    "shop",
    "nothing",
    "256",
    "512",
    "1 GB",
    "awsvpc",
    "nginx",
    "subnet-a",
    "awslogs",
    "0" * 32,
    GROUP,
    "arn:aws:ecs:x",
    f"{ARN}:cluster/shop",
    f"{ARN}:service/shop/web",
    f"{ARN}:task-definition/web:1",
]
NUMBERS = [-1, 0, 1, 2, 5, 30, 80, 100, 200, 256, 512, 70_000]


def values(shape, depth=0):
    """Values of a shape, of the right types, mostly plausible."""
    if shape.type_name == "structure":
        required = {m: values(s, depth + 1) for m, s in shape.members.items() if m in shape.required_members}
        optional = {
            m: values(s, depth + 1) for m, s in shape.members.items() if m not in shape.required_members
        }
        return (
            st.fixed_dictionaries(required, optional=optional)
            if depth < 5
            else st.fixed_dictionaries(required)
        )
    if shape.type_name == "list":
        return st.lists(values(shape.member, depth + 1), max_size=2)
    if shape.type_name == "map":
        return st.dictionaries(st.sampled_from(WORDS), values(shape.value, depth + 1), max_size=2)
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name in ("integer", "long", "timestamp"):
        return st.sampled_from(NUMBERS)
    if shape.type_name in ("double", "float"):
        return st.sampled_from([0.0, 1.5, 100.0])
    words = list(getattr(shape, "enum", None) or ())
    return st.sampled_from(words + WORDS[:4]) if words else st.sampled_from(WORDS)


def furnished():
    """A cloud with a cluster, a definition, a service and a task in it."""
    rig = Rig()
    rig.call("CreateCluster", clusterName="shop", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    rig.definition()
    rig.service()
    rig.task()
    return rig


def answered(rig, operation, request):
    """Answered in AWS's form, or refused with a 400."""
    try:
        answer = ecs.operations[operation](rig.desk, request)
    except ApiError as error:
        refused = error
    else:
        assert_fits(MODEL.operation_model(operation).output_shape, answer)
        return answer
    assert refused.status == 400
    assert refused.message
    return None


@pytest.mark.parametrize("operation", sorted(ecs.simulated))
def test_any_request_of_the_right_form(operation):
    @settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.data())
    def check(data):
        request = data.draw(values(MODEL.operation_model(operation).input_shape))
        if "cluster" in request:
            request["cluster"] = data.draw(st.sampled_from(["shop", "shop", "shop", "nothing"]))
        answered(furnished(), operation, request)

    check()


CONTAINER = values(MODEL.shape_for("ContainerDefinition"))


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(st.tuples(st.booleans(), CONTAINER), min_size=1, max_size=2), st.booleans())
def test_any_containers_are_registered_or_refused_with_the_first_problem(drawn, on_fargate):
    containers = [
        {
            **container,
            "name": f"c{n}",
            "image": "nginx",
            "essential": True,
            **({"portMappings": []} if bare else {}),
        }
        for n, (bare, container) in enumerate(drawn)
    ]
    request = fargate_definition(containerDefinitions=containers)
    if not on_fargate:
        request["requiresCompatibilities"] = ["EC2"]
    found = list(problems(request))
    assert refusal(request) == (found[0] if found else None)
    rig = Rig()
    answer = answered(rig, "RegisterTaskDefinition", request)
    assert answer is None or not found
    if answer is not None:
        again = dict(answer["taskDefinition"])
        assert not found
        given_back = {
            m: v for m, v in again.items() if m in MODEL.shape_for("RegisterTaskDefinitionRequest").members
        }
        assert refusal(given_back) is None
        second = answered(rig, "RegisterTaskDefinition", given_back)["taskDefinition"]
        assert second["containerDefinitions"] == again["containerDefinitions"]


UPDATE = MODEL.operation_model("UpdateService").input_shape


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(values(UPDATE), max_size=4))
def test_a_service_has_one_primary_and_ids_of_its_own_after_any_updates(updates):
    rig = furnished()
    for update in updates:
        shown = answered(rig, "UpdateService", {**update, "cluster": "shop", "service": "web"})
        if shown is not None:
            deployments = shown["service"]["deployments"]
            assert [d["status"] for d in deployments].count("PRIMARY") == 1
            assert deployments[0]["status"] == "PRIMARY"
            assert len({d["id"] for d in deployments}) == len(deployments)


@settings(max_examples=50, deadline=None)
@given(
    st.permutations(["serviceName", "desiredCount", "launchType", "taskDefinition", "networkConfiguration"])
)
def test_the_order_of_members_does_not_matter(order):
    one, other = furnished(), furnished()
    request = service_request(serviceName="b")
    shuffled = {member: request[member] for member in order} | {"cluster": "shop"}
    assert one.call("CreateService", **request) == other.call("CreateService", **shuffled)
    assert one.journal.text() == other.journal.text()
