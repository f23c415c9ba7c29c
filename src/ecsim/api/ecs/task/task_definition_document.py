"""From the request of RegisterTaskDefinition to what ECS keeps and shows: defaults, compatibilities, attributes.

The defaults and the order of `requiresAttributes` are those of real answers; the set of attributes covers what this
cloud's task definitions use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.decide.task import fargate
from ecsim.decide.task.task_definition_rules import is_ecr, is_fargate, problems, task_size
from ecsim.model.task_definition import ContainerDefinition, HealthCheck, RestartPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

Document = dict[str, Any]

_CONTAINER_DEFAULTS: Document = {
    "cpu": 0,
    "portMappings": [],
    "essential": True,
    "environment": [],
    "mountPoints": [],
    "volumesFrom": [],
    "systemControls": [],
}
_HEALTH_DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}
_ECHOED = (
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "pidMode",
    "ipcMode",
    "proxyConfiguration",
    "runtimePlatform",
    "requiresCompatibilities",
    "ephemeralStorage",
    "enableFaultInjection",
)
_CAPABILITY = "com.amazonaws.ecs.capability."


def document(request: Mapping[str, Any], *, arn: str, revision: int, registered_by: str) -> Document:
    """The task definition as DescribeTaskDefinition shows it, without `status` and times.

    The request must have passed `decide.task.task_definition_rules`.
    """
    mode = request.get("networkMode") or "bridge"
    cpu, memory = task_size(request)
    kept: Document = {
        "taskDefinitionArn": arn,
        "containerDefinitions": [_container(c, mode) for c in request["containerDefinitions"]],
        "family": request["family"],
        "revision": revision,
        "volumes": [_volume(given) for given in request.get("volumes") or ()],
        "requiresAttributes": [{"name": name} for name in requires_attributes(request)],
        "placementConstraints": list(request.get("placementConstraints") or ()),
        "compatibilities": compatibilities(request),
        "registeredBy": registered_by,
    }
    kept |= {member: request[member] for member in _ECHOED if request.get(member) is not None}
    if not kept.get("requiresCompatibilities"):
        kept.pop("requiresCompatibilities", None)
    if cpu is not None:
        kept["cpu"] = str(cpu)
    if memory is not None:
        kept["memory"] = str(memory)
    for role in ("taskRoleArn", "executionRoleArn"):
        if role in kept and not kept[role].startswith("arn:"):
            kept[role] = f"arn:aws:iam::{arn.split(':')[4]}:role/{kept[role]}"
    return kept


def _volume(given: Mapping[str, Any]) -> Document:
    """A volume with its defaults: a host that Docker chooses, or the root of the file system.

    Source: botocore Volume.host, EFSVolumeConfiguration.rootDirectory ("/" and nothing are the same).
    """
    volume = dict(given) if len(given) > 1 else {"host": {}, **given}
    efs = volume.get("efsVolumeConfiguration")
    if efs is not None and not efs.get("rootDirectory"):
        volume["efsVolumeConfiguration"] = {**efs, "rootDirectory": "/"}
    return volume


def _container(given: Mapping[str, Any], mode: str) -> Document:
    """A container definition with the defaults that ECS fills in."""
    container = {"name": given["name"], "image": given["image"]} | _CONTAINER_DEFAULTS
    container |= {member: value for member, value in given.items() if value is not None}
    container["portMappings"] = [_port(mapping, mode) for mapping in container["portMappings"]]
    if "healthCheck" in container:
        container["healthCheck"] = container["healthCheck"] | {
            member: value
            for member, value in _HEALTH_DEFAULTS.items()
            if container["healthCheck"].get(member) is None
        }
    if "restartPolicy" in container and "restartAttemptPeriod" not in container["restartPolicy"]:
        container["restartPolicy"] = container["restartPolicy"] | {"restartAttemptPeriod": 300}
    return container


def _port(mapping: Mapping[str, Any], mode: str) -> Document:
    """A port mapping: the protocol is tcp, and with awsvpc and host the host port is the container's."""
    port = {member: value for member, value in mapping.items() if value is not None}
    if "containerPort" in port:
        given = port.get("hostPort")
        port["hostPort"] = port["containerPort"] if mode in ("awsvpc", "host") else given or 0
    return port | {"protocol": port.get("protocol", "tcp")}


def compatibilities(request: Mapping[str, Any]) -> list[str]:
    """The launch types that the definition fits. Source: botocore TaskDefinition.compatibilities.

    Real answers name the same ones in varying order.
    """
    mode = request.get("networkMode") or "bridge"
    platform = request.get("runtimePlatform") or {}
    windows = fargate.is_windows(platform.get("operatingSystemFamily"))
    if mode != "awsvpc":
        return ["EXTERNAL", "EC2"] + (["MANAGED_INSTANCES"] if mode == "host" and not windows else [])
    fit = ["EC2"]
    if is_fargate(request) or _fits_fargate(request):
        fit.append("FARGATE")
    if not windows:
        fit.append("MANAGED_INSTANCES")
    return fit


def _fits_fargate(request: Mapping[str, Any]) -> bool:
    """Whether the same request with FARGATE in `requiresCompatibilities` would be right too."""
    compatible = [*(request.get("requiresCompatibilities") or ()), "FARGATE"]
    return next(problems({**request, "requiresCompatibilities": compatible}), None) is None


def requires_attributes(request: Mapping[str, Any]) -> list[str]:
    """What a container instance must be able to do; the order is that of real answers."""
    containers = request["containerDefinitions"]
    logs = [c.get("logConfiguration") or {} for c in containers]
    drivers = dict.fromkeys(log["logDriver"] for log in logs if log.get("logDriver"))
    options = [option for log in logs for option in log.get("options") or {}]
    secrets = [secret["valueFrom"] for c in containers for secret in c.get("secrets") or ()]
    ecr = any(is_ecr(c["image"]) for c in containers)
    execution_role = bool(request.get("executionRoleArn"))
    health = any(c.get("healthCheck") for c in containers)
    ordering = any(c.get("dependsOn") or c.get("startTimeout") or c.get("stopTimeout") for c in containers)
    in_secrets_manager = [":secretsmanager:" in secret for secret in secrets]
    wanted = {
        **{f"{_CAPABILITY}logging-driver.{driver}": True for driver in drivers},
        "ecs.capability.execution-role-awslogs": execution_role and "awslogs" in drivers,
        f"{_CAPABILITY}ecr-auth": ecr,
        f"{_CAPABILITY}docker-remote-api.1.19": bool(drivers),
        f"{_CAPABILITY}docker-remote-api.1.21": any(c.get("memoryReservation") for c in containers),
        "ecs.capability.secrets.asm.environment-variables": any(in_secrets_manager),
        "ecs.capability.secrets.ssm.environment-variables": not all(in_secrets_manager),
        f"{_CAPABILITY}task-iam-role": bool(request.get("taskRoleArn")),
        f"{_CAPABILITY}docker-remote-api.1.25": any(
            option in ("mode", "max-buffer-size") for option in options
        )
        or any((c.get("linuxParameters") or {}).get("initProcessEnabled") for c in containers),
        "ecs.capability.container-health-check": health,
        "ecs.capability.container-ordering": ordering,
        "ecs.capability.execution-role-ecr-pull": execution_role and ecr,
        f"{_CAPABILITY}docker-remote-api.1.18": True,
        "ecs.capability.task-eni": request.get("networkMode") == "awsvpc",
        f"{_CAPABILITY}docker-remote-api.1.29": health,
    }
    return [name for name, needed in wanted.items() if needed]


def containers_of(kept: Mapping[str, Any]) -> tuple[ContainerDefinition, ...]:
    """The containers as the rest of the cloud reads them, from a document."""
    return tuple(_read(container) for container in kept["containerDefinitions"])


def _read(container: Mapping[str, Any]) -> ContainerDefinition:
    log = container.get("logConfiguration") or {}
    stop_timeout = container.get("stopTimeout")
    return ContainerDefinition(
        name=container["name"],
        image=container["image"],
        essential=container["essential"],
        cpu=container["cpu"],
        memory=container.get("memory"),
        container_ports=tuple(p["containerPort"] for p in container["portMappings"] if "containerPort" in p),
        environment=tuple((e.get("name", ""), e.get("value", "")) for e in container["environment"]),
        secrets=tuple((s["name"], s["valueFrom"]) for s in container.get("secrets") or ()),
        log_driver=log.get("logDriver"),
        log_options=dict(log.get("options") or {}),
        health_check=_health_check(container.get("healthCheck")),
        depends_on=tuple((d["containerName"], d["condition"]) for d in container.get("dependsOn") or ()),
        stop_timeout_s=30 if stop_timeout is None else stop_timeout,
        start_timeout_s=container.get("startTimeout"),
        restart_policy=_restart_policy(container.get("restartPolicy")),
        document=container,
    )


def _restart_policy(policy: Mapping[str, Any] | None) -> RestartPolicy | None:
    if not policy or not policy.get("enabled"):
        return None
    return RestartPolicy(
        ignored_exit_codes=tuple(policy.get("ignoredExitCodes") or ()),
        restart_attempt_period_s=policy.get("restartAttemptPeriod")
        or RestartPolicy().restart_attempt_period_s,
    )


def _health_check(check: Mapping[str, Any] | None) -> HealthCheck | None:
    if not check:
        return None
    return HealthCheck(
        command=tuple(check["command"]),
        interval_s=check["interval"],
        timeout_s=check["timeout"],
        retries=check["retries"],
        start_period_s=check.get("startPeriod") or 0,
    )
