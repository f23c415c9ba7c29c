"""Container instances: register, describe, list, drain, deregister, and their attributes."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup, tags
from ecsim.api.ecs.container_instance import instance_lookup
from ecsim.api.ecs.container_instance.instance_view import view
from ecsim.api.ecs.launch import placement
from ecsim.api.ecs.pages import page, paged
from ecsim.api.ecs.refusals import client_exception, invalid_parameter
from ecsim.api.errors import ApiError
from ecsim.decide.capacity.cluster_query import Query, parse
from ecsim.decide.capacity.registration import AGENT_HASH, AGENT_VERSION, GONE, OFF, moved, registered
from ecsim.decide.capacity.seats import subject
from ecsim.model.container_instance import (
    ContainerInstance,
    ContainerInstanceStatus,
    Host,
    HostPort,
    Resources,
)
from ecsim.model.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.service import Cluster

DESCRIBE_MAX = 100
STATES_MAX = 10
"""Source: botocore UpdateContainerInstancesStateRequest.containerInstances."""
_INCLUDE = ("TAGS", "CONTAINER_INSTANCE_HEALTH")


def register_container_instance(desk: Desk, params: dict[str, Any]) -> Answer:
    """RegisterContainerInstance, as the agent calls it: ACTIVE at once; again for an instance that is there."""
    cluster = lookup.cluster_of(desk, params)
    host = _host(desk, params)
    known = desk.store.instance_on(host.id)
    if params.get("containerInstanceArn"):
        named = instance_lookup.instance_in(desk, cluster, params["containerInstanceArn"])
        if named is None or named.ec2_instance_id != host.id:
            raise client_exception("The referenced container instance is not this EC2 instance.")
        known = named
    if known is not None and known.cluster_arn != cluster.arn:
        other = known.cluster_arn.rsplit("/", 1)[1]
        raise client_exception(f"The instance {host.id} is registered with the cluster {other} already.")
    if known is None:
        number = desk.identity.hexadecimal("container instance", host.id)
        arn = desk.arn("container-instance", f"{cluster.name}/{number}")
    else:
        arn = known.arn
    group = host.auto_scaling_group
    instance = registered(
        host,
        cluster_arn=cluster.arn,
        arn=arn,
        now_ms=desk.now_ms() if known is None else known.registered_at_ms,
        date=desk.date(desk.now_ms()) if known is None else known.registered_at,
        capacity_provider_name=desk.store.provider_of_group(group) if group is not None else None,
    )
    instance = _as_given(instance, params)
    if known is not None:
        instance = replace(instance, version=known.version + 1)
    desk.admit(instance)
    return {"containerInstance": view(desk, instance, _INCLUDE[:1])}


def _host(desk: Desk, params: Mapping[str, Any]) -> Host:
    """The EC2 instance that the identity document names, which must run: it is its agent that calls.

    Raises:
        ApiError: ClientException, the document cannot be read or EC2 has no such instance that runs.
    """
    try:
        document = json.loads(params.get("instanceIdentityDocument") or "")
        instance_id = document["instanceId"]
    except (ValueError, KeyError, TypeError) as wrong:
        raise client_exception("Invalid instance identity document.") from wrong
    host = desk.host(str(instance_id))
    if host is None or host.state in (*GONE, *OFF):
        raise client_exception(f"The instance {instance_id} of the identity document is not running.")
    return host


def _as_given(instance: ContainerInstance, params: Mapping[str, Any]) -> ContainerInstance:
    """What the agent says of itself, over what its instance type says."""
    whole = instance.registered
    for resource in params.get("totalResources") or ():
        name, integer = resource.get("name"), resource.get("integerValue")
        if name == "CPU" and integer is not None:
            whole = replace(whole, cpu=integer)
        elif name == "MEMORY" and integer is not None:
            whole = replace(whole, memory=integer)
        elif name in ("PORTS", "PORTS_UDP"):
            whole = replace(whole, ports=_ports(whole, resource))
    gpus = [d for d in params.get("platformDevices") or () if d.get("type") == "GPU"]
    if gpus:
        whole = replace(whole, gpus=len(gpus))
    given = {each["name"]: each.get("value") or "" for each in params.get("attributes") or ()}
    version = params.get("versionInfo") or {}
    return replace(
        instance,
        registered=whole,
        attributes=tuple({**dict(instance.attributes), **given}.items()),
        agent_version=version.get("agentVersion") or instance.agent_version,
        agent_hash=version.get("agentHash") or instance.agent_hash,
        docker_version=version.get("dockerVersion") or instance.docker_version,
        tags=tags.read(params.get("tags")),
    )


def _ports(whole: Resources, resource: Mapping[str, Any]) -> tuple[HostPort, ...]:
    """The reserved ports, those of one protocol anew."""
    protocol = "udp" if resource["name"] == "PORTS_UDP" else "tcp"
    numbers = [text for text in resource.get("stringSetValue") or () if text.isdecimal()]
    kept = [port for port in whole.ports if port.protocol != protocol]
    return (*kept, *(HostPort(port=int(text), protocol=protocol) for text in numbers))


def deregister_container_instance(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeregisterContainerInstance: INACTIVE; with `force` even while tasks run, which are orphaned.

    Source: botocore DeregisterContainerInstanceRequest.force.
    """
    cluster = lookup.cluster_of(desk, params)
    instance = _active(desk, cluster, params["containerInstance"])
    tasks = [task for task in desk.store.live_tasks_on(instance.arn) if task.desired_status == "RUNNING"]
    if tasks and not params.get("force"):
        raise invalid_parameter("Found running tasks on the instance.")
    gone = moved(instance, status=ContainerInstanceStatus.INACTIVE, agent_connected=False)
    desk.store.put_container_instance(gone)
    desk.instance_changed(gone.arn)
    return {"containerInstance": view(desk, gone)}


def _active(desk: Desk, cluster: Cluster, name: str) -> ContainerInstance:
    """A registered container instance.

    Raises:
        ApiError: InvalidParameterException.
    """
    instance = instance_lookup.instance_in(desk, cluster, name)
    if instance is None or instance.status is ContainerInstanceStatus.INACTIVE:
        raise invalid_parameter("The referenced container instance was not found.")
    return instance


def describe_container_instances(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeContainerInstances: those asked for, INACTIVE ones too."""
    cluster = lookup.cluster_of(desk, params)
    names = params["containerInstances"]
    if not names:
        raise client_exception("Container Instances cannot be empty.")
    if len(names) > DESCRIBE_MAX:
        raise invalid_parameter(f"Container Instances can have at most {DESCRIBE_MAX} items.")
    include = params.get("include") or ()
    found, failures = [], []
    for name in names:
        instance = instance_lookup.instance_in(desk, cluster, name)
        if instance is None:
            failures.append({"arn": instance_lookup.instance_arn(desk, cluster, name), "reason": "MISSING"})
        else:
            found.append(view(desk, instance, include))
    return {"containerInstances": found, "failures": failures}


def list_container_instances(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListContainerInstances: all but INACTIVE ones, of one status or by a query, in order of registration."""
    cluster = lookup.cluster_of(desk, params)
    status, query = params.get("status"), _query(params.get("filter"))

    def fits(instance: ContainerInstance) -> bool:
        is_there = instance.status is not ContainerInstanceStatus.INACTIVE and status in (
            None,
            instance.status,
        )
        return is_there and (query is None or query(_subject(desk, instance)))

    found = page(desk.store.every_instance_of(cluster.arn), params, key=attrgetter("arn"), fits=fits)
    return paged("containerInstanceArns", found)


def _query(text: str | None) -> Query | None:
    if not text:
        return None
    placement.check_expression(text)
    return parse(text)


def _subject(desk: Desk, instance: ContainerInstance) -> Any:
    return subject(desk.store.room(instance))


def update_container_instances_state(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateContainerInstancesState: ACTIVE or DRAINING; the scheduler moves the service tasks."""
    cluster = lookup.cluster_of(desk, params)
    names, status = params["containerInstances"], params["status"]
    if status not in ("ACTIVE", "DRAINING"):
        raise invalid_parameter("Container instances status should be one of [ACTIVE, DRAINING].")
    if not 1 <= len(names) <= STATES_MAX:
        raise invalid_parameter(f"Container Instances: you must specify 1 to {STATES_MAX} of them.")
    changed, failures = [], []
    for name in names:
        instance = instance_lookup.instance_in(desk, cluster, name)
        if instance is None or instance.status is ContainerInstanceStatus.INACTIVE:
            arn = instance_lookup.instance_arn(desk, cluster, name)
            failures.append({"arn": arn, "reason": "MISSING" if instance is None else "INACTIVE"})
            continue
        if instance.status != status:
            instance = moved(instance, status=ContainerInstanceStatus(status))
            desk.store.put_container_instance(instance)
            desk.instance_changed(instance.arn)
        changed.append(view(desk, instance))
    return {"containerInstances": changed, "failures": failures}


def update_container_agent(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateContainerAgent: an older agent gets the newest version at once; the answer still shows the old one."""
    cluster = lookup.cluster_of(desk, params)
    instance = _active(desk, cluster, params["containerInstance"])
    if instance.agent_version == AGENT_VERSION:
        raise ApiError("NoUpdateAvailableException", "There is no update available for this container agent.")
    newest = replace(
        instance, agent_version=AGENT_VERSION, agent_hash=AGENT_HASH, version=instance.version + 1
    )
    desk.store.put_container_instance(newest)
    return {"containerInstance": {**view(desk, instance), "agentUpdateStatus": "PENDING"}}


OPERATIONS: dict[str, Handler] = {
    "RegisterContainerInstance": register_container_instance,
    "DeregisterContainerInstance": deregister_container_instance,
    "DescribeContainerInstances": describe_container_instances,
    "ListContainerInstances": list_container_instances,
    "UpdateContainerInstancesState": update_container_instances_state,
    "UpdateContainerAgent": update_container_agent,
}
