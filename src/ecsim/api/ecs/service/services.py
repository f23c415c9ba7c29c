"""Services: create, update, delete, describe, list.

The handlers write the service and its deployments; tasks, counts, events and rollout states are the scheduler's.
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup, tags
from ecsim.api.ecs.launch import capacity, network_configuration, volumes
from ecsim.api.ecs.pages import page, paged
from ecsim.api.ecs.refusals import (
    client_exception,
    invalid_parameter,
    service_not_active,
    service_not_found,
)
from ecsim.api.ecs.service import (
    code_deploy_services,
    external_services,
    rollouts,
    service_rules,
    shifts,
    strategy_rules,
    task_sets,
)
from ecsim.api.ecs.service.service_view import strategy as strategy_of
from ecsim.api.ecs.service.service_view import view as own_view
from ecsim.model.replacing import replace
from ecsim.model.service import DeploymentStatus, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.service import Cluster, Deployment
    from ecsim.model.task_definition import TaskDefinition

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
DESCRIBE_MAX = 10
LIST_SIZE = 10
"""ListServices shows 10 when the caller does not say. Source: botocore ListServicesRequest.maxResults."""


_KEPT = (
    "role",
    "placementConstraints",
    "placementStrategy",
    "propagateTags",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "availabilityZoneRebalancing",
    "healthCheckGracePeriodSeconds",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "vpcLatticeConfigurations",
)
"""Members of both calls that the service keeps as they were given."""

_DEFAULTS: dict[str, Any] = {
    "propagateTags": "NONE",
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
}

_DEPLOYING = (
    "serviceConnectConfiguration",
    "serviceRegistries",
    "vpcLatticeConfigurations",
)
"""Kept members whose change starts a deployment. Source: botocore UpdateServiceRequest; ecs-behaviour.md 5.2."""


def create_service(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateService: the service and its first deployment; the same request again answers the same service."""
    cluster = lookup.cluster_of(desk, params)
    name = params["serviceName"]
    if not _NAME.fullmatch(name):
        raise invalid_parameter("Service name contains invalid characters.")
    arn = desk.arn("service", f"{cluster.name}/{name}")
    existing = desk.store.services.get(arn)
    if existing is not None and existing.status != "INACTIVE":
        return _same_again(desk, existing, params)
    if external_services.is_asked_for(params):
        return _begin(desk, external_services.new(desk, cluster, arn, params), params)
    desired = _desired_count(params)
    revision = _first_revision(desk, cluster, params)
    if code_deploy_services.is_asked_for(params):
        service = code_deploy_services.new(desk, cluster, arn, params, revision)
        answer = _begin(desk, service, params)
        task_sets.tell(desk, service, service.primary)
        return answer
    is_daemon = params.get("schedulingStrategy") == "DAEMON"
    configuration = service_rules.deployment_configuration(
        params.get("deploymentConfiguration"), service_rules.DAEMON_DEFAULTS if is_daemon else None
    )
    strategy_rules.check_balancers(desk, revision.balancers, configuration.strategy)
    grace = service_rules.grace_period_s(params.get("healthCheckGracePeriodSeconds"))
    given_tags = tags.read(params.get("tags"))
    request = {
        **_DEFAULTS,
        "healthCheckGracePeriodSeconds": grace,
        "createdBy": desk.caller,
        "classicLoadBalancers": service_rules.classic_load_balancers(params.get("loadBalancers")),
        **{member: params[member] for member in _KEPT if params.get(member) is not None},
        **_where(revision.capacity),
    }
    deployment = rollouts.new_deployment(desk, arn, revision)
    service = Service(
        arn=arn,
        name=name,
        cluster_arn=cluster.arn,
        desired_count=desired,
        scheduling_strategy="DAEMON" if is_daemon else "REPLICA",
        health_check_grace_period_s=grace,
        deployment_configuration=configuration,
        deployments=(deployment,),
        created_at_ms=desk.now_ms(),
        tags=given_tags,
        request=request,
    )
    service = shifts.begun(desk, _balanced(service))
    deployment = service.primary
    answer = _begin(desk, service, params)
    rollouts.begin(desk, service, deployment, ())
    return answer


def _balanced(service: Service) -> Service:
    """Zones are rebalanced wherever they can be, unless it was said otherwise.

    Source: botocore CreateServiceRequest.availabilityZoneRebalancing; ecs-behaviour.md 5.10.
    """
    asked = service.request.get("availabilityZoneRebalancing")
    if asked == "ENABLED":
        service_rules.check_rebalancing(service)
    if asked:
        return service
    can = service_rules.rebalancing_problem(service) is None
    return replace(
        service,
        request={**service.request, "availabilityZoneRebalancing": "ENABLED" if can else "DISABLED"},
    )


def _begin(desk: Desk, service: Service, params: Mapping[str, Any]) -> Answer:
    """Put a new service into the store, tell the journal, and wake the scheduler."""
    desk.store.put_service(service)
    desk.tokens["CreateService", service.arn] = (_comparable(params), ())
    label = f"{service.cluster_arn.rsplit('/', 1)[1]}/{service.name}"
    desk.journal.record("service.status", label, status="ACTIVE")
    desk.journal.record("service.desired", label, desired=service.desired_count)
    desk.wake_service(service.arn)
    return {"service": view(desk, service, with_tags=bool(service.tags))}


def view(desk: Desk, service: Service, *, with_tags: bool = False) -> Answer:
    """A service as the API shows it, whoever makes its deployments."""
    shown = external_services.view if service.has_task_sets else own_view
    return shown(desk, service, with_tags=with_tags)


def _desired_count(params: Mapping[str, Any]) -> int:
    """A DAEMON service has none of its own; what is wrong with it is told with the rest of its scheduling."""
    if params.get("schedulingStrategy") == "DAEMON":
        return 0
    return service_rules.desired_count(params.get("desiredCount"))


def _first_revision(desk: Desk, cluster: Cluster, params: Mapping[str, Any]) -> rollouts.Revision:
    """What a CreateService asks for, checked."""
    where = capacity.chosen(desk, cluster, params)
    service_rules.check_scheduling(params, where)
    if not params.get("taskDefinition"):
        raise client_exception("TaskDefinition can not be blank.")
    definition = lookup.usable_definition(desk, params["taskDefinition"])
    capacity.check_definition(where, definition)
    service_rules.check_roles(params, definition)
    network = network_configuration.checked(desk, params.get("networkConfiguration"), definition)
    capacity.check_platform(where)
    return rollouts.Revision(
        definition=definition,
        capacity=where,
        network=network,
        balancers=service_rules.load_balancers(desk, params.get("loadBalancers"), definition),
        volumes=volumes.checked(params.get("volumeConfigurations"), definition),
    )


def _where(where: capacity.Capacity) -> dict[str, Any]:
    return {"platformVersion": where.platform_version} if where.platform_version else {}


def _same_again(desk: Desk, existing: Service, params: Mapping[str, Any]) -> Answer:
    """A CreateService for a name that is taken. Source: ecs-behaviour.md 5.1."""
    if existing.status == "DRAINING":
        raise invalid_parameter("Unable to Start a service that is still Draining.")
    made_by, _ = desk.tokens.get(("CreateService", existing.arn), ({}, ()))
    if made_by != _comparable(params):
        raise invalid_parameter("Creation of service was not idempotent.")
    return {"service": view(desk, existing)}


def _comparable(params: Mapping[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in params.items() if member != "clientToken"}


def update_service(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateService: changes, and a new deployment where AWS starts one. Source: ecs-behaviour.md 5.2."""
    cluster = lookup.cluster_of(desk, params)
    service = lookup.service_in(desk, cluster, params["service"])
    if service is None:
        raise service_not_found()
    if service.status != "ACTIVE":
        raise service_not_active()
    if code_deploy_services.leaves(service, params):
        service = code_deploy_services.handed_over(desk, service)
    if service.has_task_sets:
        by = code_deploy_services if service.deployment_controller == "CODE_DEPLOY" else external_services
        changed = by.updated(desk, service, params)
        desk.store.put_service(changed)
        desk.wake_service(service.arn)
        return {"service": view(desk, changed)}
    revision = _next_revision(desk, cluster, service, params)
    request = {
        **service.request,
        **{member: params[member] for member in _KEPT if params.get(member) is not None},
        **_where(revision.capacity),
    }
    grace = service_rules.grace_period_s(request["healthCheckGracePeriodSeconds"])
    configuration = service_rules.deployment_configuration(
        params.get("deploymentConfiguration"), service.deployment_configuration.document
    )
    if not params.keys().isdisjoint(("loadBalancers", "deploymentConfiguration")):
        strategy_rules.check_balancers(desk, revision.balancers, configuration.strategy)
    desired = params.get("desiredCount")
    desired = service.desired_count if desired is None else service_rules.desired_count(desired)
    deploys = (
        bool(params.get("forceNewDeployment"))
        or revision.differs_from(service.primary)
        or any(request.get(member) != service.request.get(member) for member in _DEPLOYING)
    )
    updated = replace(
        service,
        desired_count=desired,
        health_check_grace_period_s=grace,
        deployment_configuration=configuration,
        request=request,
        steady=service.steady and not deploys and desired == service.desired_count,
        deployments=(
            _updated(service.primary, None if deploys else revision.capacity),
            *service.deployments[1:],
        ),
    )
    if params.get("availabilityZoneRebalancing") == "ENABLED":
        service_rules.check_rebalancing(updated)
    if desired != service.desired_count:
        desk.journal.record("service.desired", f"{cluster.name}/{service.name}", desired=desired)
    if deploys:
        updated = _deploy(desk, updated, rollouts.new_deployment(desk, service.arn, revision))
    desk.store.put_service(updated)
    desk.wake_service(service.arn)
    return {"service": view(desk, updated)}


def _updated(deployment: Deployment, where: capacity.Capacity | None) -> Deployment:
    """The deployment that was PRIMARY before a service update, which resets the launch throttle (ecs-behaviour.md 5.8).

    Other capacity starts no deployment: tasks started from now on go there. Source: botocore
    UpdateServiceRequest.capacityProviderStrategy.
    """
    free = replace(deployment, failed_launches=0, next_launch_at_ms=0)
    if where is None:
        return free
    return replace(free, launch_type=where.launch_type, capacity_provider_strategy=where.items)


def _next_revision(
    desk: Desk, cluster: Cluster, service: Service, params: Mapping[str, Any]
) -> rollouts.Revision:
    """What the service is to run after an UpdateService: what is asked for, else what it runs now."""
    primary = service.primary
    definition = _definition(desk, service, params)
    where = _new_capacity(desk, cluster, service, params)
    service_rules.check_scheduling({**params, "schedulingStrategy": service.scheduling_strategy}, where)
    capacity.check_definition(where, definition)
    service_rules.check_roles(params, definition)
    network = primary.network_configuration
    if "networkConfiguration" in params or definition.arn != primary.task_definition_arn:
        given = params.get("networkConfiguration") or primary.network_configuration
        network = network_configuration.checked(desk, given, definition)
    capacity.check_platform(where)
    balancers = primary.load_balancers
    if params.get("loadBalancers") is not None:
        balancers = service_rules.load_balancers(desk, params["loadBalancers"], definition)
    for balancer in balancers:  # a new definition must still have the containers and ports that get traffic
        service_rules.check_port(balancer.container_name, balancer.container_port, definition)
    attached = params.get("volumeConfigurations")
    return rollouts.Revision(
        definition=definition,
        capacity=where,
        network=network,
        balancers=balancers,
        volumes=volumes.checked(primary.volume_configurations if attached is None else attached, definition),
    )


def _definition(desk: Desk, service: Service, params: Mapping[str, Any]) -> TaskDefinition:
    """The revision to run: the one asked for, or the present one, even if it is INACTIVE by now."""
    if params.get("taskDefinition"):
        wanted = lookup.definition(desk, params["taskDefinition"])
        if wanted is not None and wanted.arn == service.primary.task_definition_arn:
            return wanted
        return lookup.usable_definition(desk, params["taskDefinition"])
    return desk.store.task_definitions[service.primary.task_definition_arn]


def _new_capacity(
    desk: Desk, cluster: Cluster, service: Service, params: Mapping[str, Any]
) -> capacity.Capacity:
    """Where the tasks of the service run from now on.

    An empty strategy goes back to the launch type. Source: botocore UpdateServiceRequest.capacityProviderStrategy.
    """
    primary = service.primary
    asked = {
        "launchType": primary.launch_type,
        "capacityProviderStrategy": strategy_of(primary),
        "platformVersion": params.get("platformVersion") or service.request.get("platformVersion"),
    }
    strategy = params.get("capacityProviderStrategy")
    if strategy:
        asked |= {"launchType": None, "capacityProviderStrategy": strategy}
    elif strategy is not None:
        on_fargate = capacity.is_on_fargate(strategy_of(primary)) or primary.launch_type == "FARGATE"
        asked |= {"launchType": "FARGATE" if on_fargate else "EC2", "capacityProviderStrategy": None}
    return capacity.chosen(desk, cluster, asked)


def _deploy(desk: Desk, service: Service, deployment: Deployment) -> Service:
    """Put a new PRIMARY deployment in front; the one before is ACTIVE until its tasks are gone."""
    before = tuple(
        replace(d, status=DeploymentStatus.ACTIVE, updated_at_ms=desk.now_ms())
        if d.status is DeploymentStatus.PRIMARY
        else d
        for d in service.deployments
    )
    service = shifts.begun(desk, replace(service, deployments=(deployment, *before)))
    rollouts.begin(desk, service, service.primary, before)
    return service


def delete_service(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteService: DRAINING while tasks remain; the scheduler makes it INACTIVE."""
    cluster = lookup.cluster_of(desk, params)
    service = lookup.service_in(desk, cluster, params["service"])
    if service is None or service.status == "INACTIVE":
        raise service_not_found()
    if service.status == "DRAINING":
        return {"service": view(desk, service)}
    if service.desired_count > 0 and not params.get("force"):
        raise invalid_parameter("The service cannot be stopped while it is scaled above 0.")
    label = f"{cluster.name}/{service.name}"
    if service.desired_count:
        desk.journal.record("service.desired", label, desired=0)
    draining = replace(service, status="DRAINING", desired_count=0, steady=False)
    desk.store.put_service(draining)
    desk.journal.record("service.status", label, status="DRAINING")
    desk.wake_service(service.arn)
    return {"service": view(desk, draining)}


def describe_services(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeServices: those asked for, INACTIVE ones too."""
    cluster = lookup.cluster_of(desk, params)
    names = params["services"]
    if not names:
        raise invalid_parameter("Services cannot be empty.")
    if len(names) > DESCRIBE_MAX:
        raise invalid_parameter(f"Services can have at most {DESCRIBE_MAX} items.")
    with_tags = "TAGS" in (params.get("include") or ())
    found, failures = [], []
    for name in names:
        service = lookup.service_in(desk, cluster, name)
        if service is None:
            failures.append({"arn": lookup.missing_service_arn(desk, name), "reason": "MISSING"})
        else:
            found.append(view(desk, service, with_tags=with_tags))
    return {"services": found, "failures": failures}


def list_services(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListServices: the ACTIVE ones, oldest first."""
    cluster = lookup.cluster_of(desk, params)
    launch_type, strategy = params.get("launchType"), params.get("schedulingStrategy")
    if params.get("resourceManagementType") == "ECS":
        return {"serviceArns": []}

    def fits(service: Service) -> bool:
        return (
            service.status == "ACTIVE"
            and launch_type in (None, _launch_type(service))
            and strategy in (None, service.scheduling_strategy)
        )

    services = desk.store.services_of(cluster.arn)
    return paged("serviceArns", page(services, params, key=attrgetter("arn"), fits=fits, size=LIST_SIZE))


def _launch_type(service: Service) -> str | None:
    """The launch type that ListServices filters by."""
    if not service.deployments:
        return str(service.request.get("launchType", "EC2"))
    return service.primary.launch_type


OPERATIONS: dict[str, Handler] = {
    "CreateService": create_service,
    "UpdateService": update_service,
    "DeleteService": delete_service,
    "DescribeServices": describe_services,
    "ListServices": list_services,
}
