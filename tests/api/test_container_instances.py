"""Container instances over the API. Source: botocore ecs, the operations and members that the tests name."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ecsim.model.container_instance import Host, NetworkBinding, Resources
from ecsim.model.task import TaskStatus
from tests.api.rig import ARN

INTEGERS = ("CPU", "MEMORY")


class Fleet:
    """A shop with EC2 instances: their agents register them as the operation's callers."""

    def __init__(self, rig):
        self.rig, self.hosts, self.changed = rig, {}, []
        rig.desk.host = self.hosts.get
        rig.desk.admit = rig.store.put_container_instance
        rig.desk.instance_changed = self.changed.append

    def host(self, number, **changes):
        found = Host(
            **{
                "id": f"i-{number:017x}",
                "state": "running",
                "instance_type": "t3.medium",
                "availability_zone": "ap-northeast-1a",
                "private_ip": f"10.0.0.{number}",
                **changes,
            }
        )
        self.hosts[found.id] = found
        return found

    def register(self, number, *, cluster="shop", **params):
        host = self.hosts.get(f"i-{number:017x}") or self.host(number)
        document = json.dumps({"instanceId": host.id, "region": "ap-northeast-1"})
        return self.rig.call(
            "RegisterContainerInstance", cluster=cluster, instanceIdentityDocument=document, **params
        )["containerInstance"]

    def list(self, **params):
        return self.rig.call("ListContainerInstances", cluster="shop", **params)

    def describe(self, *names, **params):
        return self.rig.call(
            "DescribeContainerInstances", cluster="shop", containerInstances=list(names), **params
        )

    def put(self, instance, status=TaskStatus.RUNNING, **changes):
        """A task on an instance."""
        arn = instance["containerInstanceArn"]
        task = self.rig.task(status=status, launch_type="EC2")
        reserved = Resources(cpu=256, memory=512)
        task = replace(task, eni=None, container_instance_arn=arn, reserved=reserved, **changes)
        self.rig.store.put_task(task)
        return task


@pytest.fixture
def fleet(shop):
    return Fleet(shop)


def amounts(instance, kind="remainingResources"):
    return {r["name"]: r["integerValue"] for r in instance[kind] if r["name"] in INTEGERS}


def ports(instance, name="PORTS", kind="remainingResources"):
    return next(r["stringSetValue"] for r in instance[kind] if r["name"] == name)


# RegisterContainerInstance


def test_registration(fleet):
    instance = fleet.register(1, tags=[{"key": "team", "value": "web"}])
    assert instance["containerInstanceArn"].startswith(f"{ARN}:container-instance/shop/")
    assert (instance["ec2InstanceId"], instance["status"]) == (f"i-{1:017x}", "ACTIVE")
    assert instance["agentConnected"] is True
    assert (instance["runningTasksCount"], instance["pendingTasksCount"]) == (0, 0)
    assert instance["remainingResources"] == instance["registeredResources"]
    assert instance["tags"] == [{"key": "team", "value": "web"}]
    found = {a["name"]: a.get("value") for a in instance["attributes"]}
    assert found["ecs.instance-type"] == "t3.medium"
    assert found["ecs.availability-zone"] == "ap-northeast-1a"


def test_what_the_agent_says_goes_over_what_the_type_says(fleet):
    """RegisterContainerInstanceRequest.totalResources, attributes, versionInfo, platformDevices."""
    instance = fleet.register(
        1,
        totalResources=[
            {"name": "CPU", "type": "INTEGER", "integerValue": 512},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 900},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22"]},
            {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": ["53"]},
        ],
        attributes=[{"name": "stack", "value": "blue"}, {"name": "fast"}],
        versionInfo={"agentVersion": "1.1.1", "dockerVersion": "x"},
        platformDevices=[{"id": "g0", "type": "GPU"}, {"id": "g1", "type": "GPU"}],
    )
    assert amounts(instance) == {"CPU": 512, "MEMORY": 900}
    assert (ports(instance), ports(instance, "PORTS_UDP")) == (["22"], ["53"])
    assert ports(instance, "GPU") == ["GPU-0", "GPU-1"]
    assert {"name": "stack", "value": "blue"} in instance["attributes"]
    assert {"name": "fast"} in instance["attributes"]
    assert instance["versionInfo"]["agentVersion"] == "1.1.1"


def test_registering_again_is_the_same_instance(fleet):
    """RegisterContainerInstanceRequest.containerInstanceArn (if already registered)."""
    first = fleet.register(1)
    again = fleet.register(1, containerInstanceArn=first["containerInstanceArn"])
    assert again["containerInstanceArn"] == first["containerInstanceArn"]
    assert again["version"] == first["version"] + 1
    assert len(fleet.list()["containerInstanceArns"]) == 1


@pytest.mark.parametrize("document", [None, "", "{", "[]", '{"region": "x"}', '{"instanceId": "i-0"}'])
def test_a_document_that_names_no_instance_is_refused(fleet, document):
    params = {} if document is None else {"instanceIdentityDocument": document}
    error = fleet.rig.refused("RegisterContainerInstance", cluster="shop", **params)
    assert error.code == "ClientException"
    assert fleet.list()["containerInstanceArns"] == []


@pytest.mark.parametrize("state", ["terminated", "shutting-down", "stopped", "stopping"])
def test_an_instance_that_does_not_run_has_no_agent(fleet, state):
    fleet.host(1, state=state)
    document = json.dumps({"instanceId": f"i-{1:017x}"})
    error = fleet.rig.refused("RegisterContainerInstance", cluster="shop", instanceIdentityDocument=document)
    assert error.code == "ClientException"


def test_an_instance_is_in_one_cluster(fleet):
    fleet.rig.cluster("other")
    fleet.register(1)
    document = json.dumps({"instanceId": f"i-{1:017x}"})
    error = fleet.rig.refused("RegisterContainerInstance", cluster="other", instanceIdentityDocument=document)
    assert (error.code, "shop" in error.message) == ("ClientException", True)


def test_another_instances_arn_is_refused(fleet):
    first = fleet.register(1)
    fleet.host(2)
    error = fleet.rig.refused(
        "RegisterContainerInstance",
        cluster="shop",
        instanceIdentityDocument=json.dumps({"instanceId": f"i-{2:017x}"}),
        containerInstanceArn=first["containerInstanceArn"],
    )
    assert error.code == "ClientException"


# DescribeContainerInstances


def test_describing_by_id_and_arn_with_what_is_missing(fleet):
    """DescribeContainerInstancesRequest.containerInstances (ids or ARNs); failures as in api_failures_messages."""
    one, two = fleet.register(1), fleet.register(2)
    missing = "0" * 32
    answer = fleet.describe(
        one["containerInstanceArn"], two["containerInstanceArn"].rsplit("/", 1)[1], missing
    )
    assert [each["ec2InstanceId"] for each in answer["containerInstances"]] == [
        one["ec2InstanceId"],
        two["ec2InstanceId"],
    ]
    assert answer["failures"] == [{"arn": f"{ARN}:container-instance/shop/{missing}", "reason": "MISSING"}]


def test_tags_and_health_are_shown_when_asked_for(fleet):
    """ContainerInstanceField: TAGS, CONTAINER_INSTANCE_HEALTH."""
    arn = fleet.register(1, tags=[{"key": "a", "value": "b"}])["containerInstanceArn"]
    (plain,) = fleet.describe(arn)["containerInstances"]
    assert (plain["tags"], "healthStatus" in plain) == ([], False)
    (full,) = fleet.describe(arn, include=["TAGS", "CONTAINER_INSTANCE_HEALTH"])["containerInstances"]
    assert full["tags"] == [{"key": "a", "value": "b"}]
    assert full["healthStatus"]["overallStatus"] == "OK"
    known = fleet.rig.store.container_instances[arn]
    fleet.rig.store.put_container_instance(replace(known, agent_connected=False))
    (lost,) = fleet.describe(arn, include=["CONTAINER_INSTANCE_HEALTH"])["containerInstances"]
    assert (lost["agentConnected"], lost["healthStatus"]["overallStatus"]) == (False, "INSUFFICIENT_DATA")


@pytest.mark.parametrize("names", [[], ["0" * 32] * 101])
def test_how_many_may_be_described(fleet, names):
    error = fleet.rig.refused("DescribeContainerInstances", cluster="shop", containerInstances=names)
    assert error.code in ("ClientException", "InvalidParameterException")


def test_tasks_take_resources_and_give_them_back(fleet):
    """ContainerInstance.remainingResources, runningTasksCount, pendingTasksCount."""
    arn = fleet.register(1)["containerInstanceArn"]
    before = fleet.describe(arn)["containerInstances"][0]
    bound = NetworkBinding(container="web", container_port=80, host_port=8080)
    running = fleet.put(before, bindings=(bound,))
    fleet.put(before, TaskStatus.PENDING)
    during = fleet.describe(arn)["containerInstances"][0]
    assert (during["runningTasksCount"], during["pendingTasksCount"]) == (1, 1)
    whole, left = amounts(before), amounts(during)
    assert {name: whole[name] - left[name] for name in whole} == {"CPU": 512, "MEMORY": 1024}
    assert set(ports(during)) - set(ports(before)) == {"8080"}
    assert amounts(during, "registeredResources") == whole
    fleet.rig.store.put_task(replace(running, last_status=TaskStatus.STOPPED))
    after = fleet.describe(arn)["containerInstances"][0]
    assert (after["runningTasksCount"], ports(after)) == (0, ports(before))


# ListContainerInstances


def test_listing_in_pages(fleet):
    """ListContainerInstancesRequest.maxResults, nextToken."""
    arns = [fleet.register(n)["containerInstanceArn"] for n in range(5)]
    first = fleet.list(maxResults=2)
    second = fleet.list(maxResults=2, nextToken=first["nextToken"])
    third = fleet.list(maxResults=2, nextToken=second["nextToken"])
    pages = [page["containerInstanceArns"] for page in (first, second, third)]
    assert pages == [arns[:2], arns[2:4], arns[4:]]
    assert "nextToken" not in third


def test_a_page_goes_on_after_an_instance_that_has_gone_meanwhile(fleet):
    arns = [fleet.register(n)["containerInstanceArn"] for n in range(3)]
    first = fleet.list(maxResults=1)
    fleet.rig.call("DeregisterContainerInstance", cluster="shop", containerInstance=arns[0])
    assert fleet.list(nextToken=first["nextToken"])["containerInstanceArns"] == arns[1:]


@pytest.mark.parametrize("wrong", [{"maxResults": 101}, {"maxResults": -1}, {"nextToken": "no"}])
def test_wrong_pages_are_refused(fleet, wrong):
    fleet.register(1)
    error = fleet.rig.refused("ListContainerInstances", cluster="shop", **wrong)
    assert error.code == "InvalidParameterException"


def test_listing_by_status(fleet):
    """ListContainerInstancesRequest.status: without it all but the INACTIVE ones."""
    arns = [fleet.register(n)["containerInstanceArn"] for n in range(3)]
    state(fleet, "DRAINING", arns[1])
    fleet.rig.call("DeregisterContainerInstance", cluster="shop", containerInstance=arns[2])
    assert fleet.list()["containerInstanceArns"] == arns[:2]
    for status, wanted in (("ACTIVE", arns[:1]), ("DRAINING", arns[1:2]), ("REGISTERING", [])):
        assert fleet.list(status=status)["containerInstanceArns"] == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("attribute:stack == blue", [0]),
        ("attribute:stack exists", [0, 1]),
        ("attribute:ecs.availability-zone != ap-northeast-1a", [2]),
        ("agentConnected == true", [0, 1, 2]),
        ("runningTasksCount > 0", [1]),
        ("attribute:stack in [blue, green] and runningTasksCount == 0", [0]),
    ],
)
def test_listing_by_a_query(fleet, query, wanted):
    """ListContainerInstancesRequest.filter; ECS Developer Guide, cluster-query-language."""
    fleet.host(2, availability_zone="ap-northeast-1c")
    stacks = ({"attributes": [{"name": "stack", "value": value}]} for value in ("blue", "green"))
    found = [fleet.register(n, **more) for n, more in enumerate((*stacks, {}))]
    fleet.put(found[1])
    arns = [each["containerInstanceArn"] for each in found]
    assert fleet.list(filter=query)["containerInstanceArns"] == [arns[n] for n in wanted]


def test_a_query_that_cannot_be_read_is_refused(fleet):
    error = fleet.rig.refused("ListContainerInstances", cluster="shop", filter="attribute:stack ==")
    assert error.code == "InvalidParameterException"


# UpdateContainerInstancesState


def state(fleet, status, *names):
    return fleet.rig.call(
        "UpdateContainerInstancesState", cluster="shop", containerInstances=list(names), status=status
    )


def test_draining_and_back(fleet):
    first = fleet.register(1)
    arn = first["containerInstanceArn"]
    (drained,) = state(fleet, "DRAINING", arn)["containerInstances"]
    assert (drained["status"], drained["version"]) == ("DRAINING", first["version"] + 1)
    (again,) = state(fleet, "DRAINING", arn)["containerInstances"]
    assert again["version"] == drained["version"], "nothing has changed"
    assert state(fleet, "ACTIVE", arn)["containerInstances"][0]["status"] == "ACTIVE"
    assert fleet.changed == [arn, arn]


def test_states_of_what_is_not_there_fail_one_by_one(fleet):
    """api_failures_messages: MISSING, INACTIVE."""
    one, two = (fleet.register(n)["containerInstanceArn"] for n in range(2))
    fleet.rig.call("DeregisterContainerInstance", cluster="shop", containerInstance=two)
    missing = f"{ARN}:container-instance/shop/{'0' * 32}"
    answer = state(fleet, "DRAINING", one, two, missing)
    assert [each["containerInstanceArn"] for each in answer["containerInstances"]] == [one]
    assert answer["failures"] == [
        {"arn": two, "reason": "INACTIVE"},
        {"arn": missing, "reason": "MISSING"},
    ]


@pytest.mark.parametrize(
    ("names", "status"),
    [([], "DRAINING"), (["0" * 32] * 11, "DRAINING"), (["0" * 32], "INACTIVE"), (["0" * 32], "REGISTERING")],
)
def test_states_that_are_wrong(fleet, names, status):
    """UpdateContainerInstancesStateRequest: up to 10 instances; ACTIVE and DRAINING only."""
    error = fleet.rig.refused(
        "UpdateContainerInstancesState", cluster="shop", containerInstances=names, status=status
    )
    assert error.code == "InvalidParameterException"


# DeregisterContainerInstance


def test_deregistering(fleet):
    arn = fleet.register(1)["containerInstanceArn"]
    gone = fleet.rig.call("DeregisterContainerInstance", cluster="shop", containerInstance=arn)
    assert gone["containerInstance"]["status"] == "INACTIVE"
    assert fleet.list()["containerInstanceArns"] == []
    assert fleet.describe(arn)["containerInstances"][0]["status"] == "INACTIVE"
    error = fleet.rig.refused("DeregisterContainerInstance", cluster="shop", containerInstance=arn)
    assert error.code == "InvalidParameterException"


def test_tasks_keep_an_instance_unless_it_is_forced(fleet):
    """DeregisterContainerInstanceRequest.force."""
    instance = fleet.register(1)
    fleet.put(instance)
    params = {"cluster": "shop", "containerInstance": instance["containerInstanceArn"]}
    assert fleet.rig.refused("DeregisterContainerInstance", **params).code == "InvalidParameterException"
    error = fleet.rig.refused("DeregisterContainerInstance", **params, force=False)
    assert "running tasks" in error.message
    gone = fleet.rig.call("DeregisterContainerInstance", **params, force=True)["containerInstance"]
    assert (gone["status"], gone["agentConnected"]) == ("INACTIVE", False)
    assert fleet.changed == [instance["containerInstanceArn"]], "the controller takes care of the tasks"


# Attributes


def attributes(fleet, operation, *given):
    return fleet.rig.call(operation, cluster="shop", attributes=list(given))["attributes"]


def test_attributes_come_change_and_go(fleet):
    """PutAttributes, ListAttributes, DeleteAttributes."""
    arn = fleet.register(1)["containerInstanceArn"]
    one = {"name": "stack", "value": "blue", "targetId": arn}
    assert attributes(fleet, "PutAttributes", one) == [one]
    attributes(fleet, "PutAttributes", {**one, "value": "green"}, {"name": "bare", "targetId": arn})
    asked = {"cluster": "shop", "targetType": "container-instance"}
    (found,) = fleet.rig.call("ListAttributes", **asked, attributeName="stack")["attributes"]
    assert (found["value"], found["targetId"]) == ("green", arn)
    assert fleet.rig.call("ListAttributes", **asked, attributeName="stack", attributeValue="blue") == {
        "attributes": []
    }
    assert {"name": "bare"} in fleet.describe(arn)["containerInstances"][0]["attributes"]
    (gone,) = attributes(fleet, "DeleteAttributes", {"name": "stack", "targetId": arn})
    assert gone["value"] == "green"
    assert fleet.rig.call("ListAttributes", **asked, attributeName="stack")["attributes"] == []


def test_attributes_of_the_agent_stay(fleet):
    arn = fleet.register(1)["containerInstanceArn"]
    error = fleet.rig.refused(
        "DeleteAttributes", cluster="shop", attributes=[{"name": "ecs.ami-id", "targetId": arn}]
    )
    assert error.code == "TargetNotFoundException"


def test_one_wrong_target_changes_nothing(fleet):
    arn = fleet.register(1)["containerInstanceArn"]
    good = {"name": "stack", "value": "blue", "targetId": arn}
    wrong = {**good, "targetId": f"{ARN}:container-instance/shop/{'0' * 32}"}
    error = fleet.rig.refused("PutAttributes", cluster="shop", attributes=[good, wrong])
    assert error.code == "TargetNotFoundException"
    found = fleet.describe(arn)["containerInstances"][0]["attributes"]
    assert "stack" not in {each["name"] for each in found}


def test_listing_attributes_in_pages(fleet):
    """ListAttributesRequest.maxResults, nextToken."""
    for number in range(3):
        fleet.register(number, attributes=[{"name": "stack", "value": str(number)}])
    params = {"cluster": "shop", "targetType": "container-instance", "attributeName": "stack"}
    first = fleet.rig.call("ListAttributes", **params, maxResults=2)
    rest = fleet.rig.call("ListAttributes", **params, maxResults=2, nextToken=first["nextToken"])
    values = [[each["value"] for each in page["attributes"]] for page in (first, rest)]
    assert (values, "nextToken" in rest) == ([["0", "1"], ["2"]], False)


# The agent


def test_an_older_agent_is_updated_and_the_newest_is_not(fleet):
    """UpdateContainerAgent: NoUpdateAvailableException."""
    arn = fleet.register(1, versionInfo={"agentVersion": "1.0.0"})["containerInstanceArn"]
    updated = fleet.rig.call("UpdateContainerAgent", cluster="shop", containerInstance=arn)
    assert updated["containerInstance"]["agentUpdateStatus"] == "PENDING"
    error = fleet.rig.refused("UpdateContainerAgent", cluster="shop", containerInstance=arn)
    assert error.code == "NoUpdateAvailableException"


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("DeregisterContainerInstance", {"containerInstance": "0" * 32}),
        ("UpdateContainerAgent", {"containerInstance": "0" * 32}),
    ],
)
def test_what_needs_an_instance_says_so(fleet, operation, params):
    error = fleet.rig.refused(operation, cluster="shop", **params)
    assert error.code == "InvalidParameterException"


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("ListContainerInstances", {}),
        ("DescribeContainerInstances", {"containerInstances": ["0" * 32]}),
        ("DeregisterContainerInstance", {"containerInstance": "0" * 32}),
        ("UpdateContainerInstancesState", {"containerInstances": ["0" * 32], "status": "ACTIVE"}),
        ("UpdateContainerAgent", {"containerInstance": "0" * 32}),
        ("RegisterContainerInstance", {}),
    ],
)
def test_a_cluster_that_is_not_there(fleet, operation, params):
    error = fleet.rig.refused(operation, cluster="nowhere", **params)
    assert error.code == "ClusterNotFoundException"
