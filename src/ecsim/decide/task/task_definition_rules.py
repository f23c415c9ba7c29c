"""What RegisterTaskDefinition refuses, in AWS's words.

The rules look at the request in the API's own form. Their order is ours: AWS documents which requests it
refuses, not which of several faults it names first. Sources: botocore (RegisterTaskDefinitionRequest,
ContainerDefinition and the shapes below it), ECS Developer Guide fargate-tasks-services, ecs-behaviour.md 3.2.
Texts that were never seen in a real answer are our wording of AWS's rule; tests do not hold on to them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ecsim.decide.task import fargate

Request = Mapping[str, Any]
"""The members of a RegisterTaskDefinition, or of one of its containers."""

_Rule = Callable[[Request], Iterator[str]]
_ContainerRule = Callable[[Request, Request], Iterator[str]]

CONTAINERS_MAX = 10
"""Containers in a task definition. Source: General Reference, Amazon ECS quotas."""

ENVIRONMENT_FILES_MAX = 10
NETWORK_MODES = ("bridge", "host", "awsvpc", "none")
COMPATIBILITIES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
PORT_MAX = 65_535
STOP_TIMEOUT_S = (2, 120)
EPHEMERAL_STORAGE_GIB = (21, 200)
RESTART_PERIOD_S = (60, 1800)
HEALTH_RANGES = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
"""Source: botocore HealthCheck."""

FARGATE_DRIVERS = ("awslogs", "splunk", "awsfirelens")
EC2_DRIVERS = (
    "awslogs",
    "fluentd",
    "gelf",
    "json-file",
    "journald",
    "syslog",
    "splunk",
    "awsfirelens",
)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_PORT_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
_ECR_IMAGE = re.compile(r"\d{12}\.dkr[.-]ecr[.-]")
_TROUBLESHOOTING = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."


def refusal(request: Request) -> str | None:
    """The sentence with which AWS refuses the request as a ClientException, or None when it is right."""
    return next(problems(request), None)


def problems(request: Request) -> Iterator[str]:
    """Every sentence that applies, the one that AWS would answer first.

    What is wrong in form (names, words, no container) is told alone: the other rules need it to be right.
    """
    in_form = True
    for problem in _asked(request, _FORM_RULES, ()):
        in_form = False
        yield problem
    if in_form and is_fargate(request):
        yield from _asked(request, _FARGATE_RULES, ())
    if in_form:
        yield from _asked(request, _RULES, _CONTAINER_RULES)
    if in_form and is_fargate(request):
        yield from _asked(request, (), _FARGATE_CONTAINER_RULES)


def _asked(
    request: Request, rules: Sequence[_Rule], container_rules: Sequence[_ContainerRule]
) -> Iterator[str]:
    for rule in rules:
        yield from rule(request)
    for container in request.get("containerDefinitions") or ():
        for container_rule in container_rules:
            yield from container_rule(request, container)


def is_fargate(request: Request) -> bool:
    """Whether the task definition must be fit for Fargate."""
    return "FARGATE" in (request.get("requiresCompatibilities") or ())


def essential(container: Request) -> bool:
    """Whether the container is essential: unless it says no."""
    return container.get("essential") is not False


def is_ecr(image: str) -> bool:
    """Whether an image is in a private repository of Amazon ECR."""
    return _ECR_IMAGE.match(image) is not None


# The task definition as a whole


def _family(request: Request) -> Iterator[str]:
    if not _NAME.fullmatch(request.get("family") or ""):
        yield "Family contains invalid characters."


def _enumerations(request: Request) -> Iterator[str]:
    mode = request.get("networkMode")
    if mode is not None and mode not in NETWORK_MODES:
        yield f"Network mode should be one of [{','.join(NETWORK_MODES)}]"
    for name in request.get("requiresCompatibilities") or ():
        if name not in COMPATIBILITIES:
            yield f"requiresCompatibilities should be one of [{','.join(COMPATIBILITIES)}]"


def _container_list(request: Request) -> Iterator[str]:
    containers = request.get("containerDefinitions") or ()
    if not containers:
        yield "Container list cannot be empty."
    if len(containers) > CONTAINERS_MAX:
        yield f"Too many containers in the task definition: at most {CONTAINERS_MAX} are allowed."
    for container in containers:
        for member in ("name", "image"):
            if not container.get(member):
                yield f"Container.{member} should not be null or empty."
        if not _NAME.fullmatch(container.get("name") or ""):
            yield "Container name contains invalid characters."
    names = Counter(container.get("name") for container in containers)
    if any(count > 1 for count in names.values()):
        yield "Container names must be unique within a task definition."
    if not any(essential(container) for container in containers):
        yield "Task definition doesn't have any essential container."


def _sizes(request: Request) -> Iterator[str]:
    """Task-level cpu and memory can be read, are in range, and hold the containers."""
    for member, read in (("cpu", fargate.cpu_units), ("memory", fargate.memory_mib)):
        text = request.get(member)
        if text is not None and not read(text):
            yield f"Invalid '{member}' setting for task. {_TROUBLESHOOTING}"
    cpu, memory = task_size(request)
    low, high = fargate.CPU_RANGE
    if cpu is not None and not low <= cpu <= high:
        yield f"Invalid 'cpu' setting for task. {_TROUBLESHOOTING}"
    containers = request["containerDefinitions"]
    if cpu is not None and sum(c.get("cpu") or 0 for c in containers) > cpu:
        yield "The sum of all container 'cpu' values cannot be greater than the task-level 'cpu' value."
    if memory is None:
        return
    for container in containers:
        if (container.get("memory") or 0) > memory:
            yield f"The 'memory' setting for container '{container['name']}' is greater than for the task."
    if sum(_memory_wanted(c) for c in containers) > memory:
        yield "The sum of all container 'memory' values cannot be greater than the task-level 'memory' value."


def task_size(request: Request) -> tuple[int | None, int | None]:
    """CPU units and MiB of the task, None where it does not say or cannot be read."""
    cpu, memory = request.get("cpu"), request.get("memory")
    return fargate.cpu_units(cpu) if cpu else None, fargate.memory_mib(memory) if memory else None


def _memory_wanted(container: Request) -> int:
    return container.get("memoryReservation") or container.get("memory") or 0


def _dependencies(request: Request) -> Iterator[str]:
    """Source: botocore ContainerDependency.condition."""
    containers = {container["name"]: container for container in request["containerDefinitions"]}
    for container in containers.values():
        for dependency in container.get("dependsOn") or ():
            name, condition = dependency["containerName"], dependency["condition"]
            other = containers.get(name)
            if other is None:
                yield f"Cannot depend on container '{name}' because it does not exist."
            elif condition not in CONDITIONS:
                yield f"Container dependency condition should be one of [{','.join(CONDITIONS)}]"
            elif condition in ("COMPLETE", "SUCCESS") and essential(other):
                yield (
                    "A dependency container with SUCCESS or COMPLETE condition "
                    "cannot be an essential container."
                )
            elif condition == "HEALTHY" and not other.get("healthCheck"):
                yield "A dependency container with HEALTHY condition must have health check configured."
    if _has_cycle({n: _depends_on(c) for n, c in containers.items()}):
        yield "Container dependencies must not form a cycle."


def _depends_on(container: Request) -> list[str]:
    return [dependency["containerName"] for dependency in container.get("dependsOn") or ()]


def _has_cycle(edges: Mapping[str, Sequence[str]]) -> bool:
    """Whether, taking away containers that wait for nobody left, somebody always remains."""
    waiting = {name: [other for other in others if other in edges] for name, others in edges.items()}
    while waiting:
        free = [name for name, others in waiting.items() if not any(other in waiting for other in others)]
        if not free:
            return True
        for name in free:
            del waiting[name]
    return False


def _ports(request: Request) -> Iterator[str]:
    """Ports within the task: in range, named rightly, not used twice. Source: botocore PortMapping."""
    mode = request.get("networkMode") or "bridge"
    ports: Counter[tuple[str, int]] = Counter()
    names: Counter[str] = Counter()
    for container in request["containerDefinitions"]:
        mappings = container.get("portMappings") or ()
        if mappings and mode == "none":
            yield "Port mappings are not supported when networkMode=none."
        for mapping in mappings:
            yield from _port(mapping, mode)
            if mapping.get("name"):
                names[mapping["name"]] += 1
            if mode in ("awsvpc", "host") and mapping.get("containerPort"):
                ports[mapping.get("protocol") or "tcp", mapping["containerPort"]] += 1
    for (protocol, port), count in ports.items():
        if count > 1:
            yield f"The container port {port} with protocol {protocol} is used multiple times in task."
    for name, count in names.items():
        if count > 1:
            yield f"The port mapping name '{name}' is already used."


def _port(mapping: Request, mode: str) -> Iterator[str]:
    port, host_port = mapping.get("containerPort"), mapping.get("hostPort")
    if port is None and not mapping.get("containerPortRange"):
        yield "Port mapping must specify a containerPort or a containerPortRange."
    if port is not None and mapping.get("containerPortRange"):
        yield "A port mapping cannot specify both single port and port range."
    if port is not None and not 1 <= port <= PORT_MAX:
        yield f"Invalid 'containerPort' setting: it must be between 1 and {PORT_MAX}."
    if host_port is not None and not 0 <= host_port <= PORT_MAX:
        yield f"Invalid 'hostPort' setting: it must be between 0 and {PORT_MAX}."
    if mode in ("awsvpc", "host") and host_port not in (None, 0, port):
        yield f"When networkMode={mode}, the host ports and container ports in port mappings must match."
    if (mapping.get("protocol") or "tcp") not in ("tcp", "udp"):
        yield "Port mapping protocol should be one of [tcp,udp]"
    if mapping.get("name") and not _PORT_NAME.fullmatch(mapping["name"]):
        yield f"The port mapping name '{mapping['name']}' contains invalid characters."


def _volumes(request: Request) -> Iterator[str]:
    known = [volume.get("name") for volume in request.get("volumes") or ()]
    for container in request["containerDefinitions"]:
        for mount in container.get("mountPoints") or ():
            if mount.get("sourceVolume") not in known:
                yield f"Unknown volume '{mount.get('sourceVolume')}'."


def _log_routers(request: Request) -> Iterator[str]:
    containers = request["containerDefinitions"]
    drivers = [(c.get("logConfiguration") or {}).get("logDriver") for c in containers]
    if "awsfirelens" in drivers and not any(c.get("firelensConfiguration") for c in containers):
        yield (
            "When awsfirelens log driver is specified in log configuration, "
            "a firelens configuration object must be specified."
        )


def _execution_role(request: Request) -> Iterator[str]:
    """Secrets need an execution role on every launch type."""
    if not request.get("executionRoleArn") and any(c.get("secrets") for c in request["containerDefinitions"]):
        yield (
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )


def _ephemeral_storage(request: Request) -> Iterator[str]:
    storage = request.get("ephemeralStorage")
    if storage is None:
        return
    low, high = EPHEMERAL_STORAGE_GIB
    if not is_fargate(request):
        yield "Tasks using the EC2 launch type do not support EphemeralStorage."
    elif (storage.get("sizeInGiB") or 0) < low:
        yield f"EphemeralStorage size should be at least {low}."
    elif storage["sizeInGiB"] > high:
        yield f"EphemeralStorage size should be at most {high}."


# Each container


def _container_memory(request: Request, container: Request) -> Iterator[str]:
    name, hard, soft = container["name"], container.get("memory"), container.get("memoryReservation")
    setting = f"Invalid setting for container '{name}'."
    if request.get("memory") is None and hard is None and soft is None:
        yield f"{setting} At least one of 'memory' or 'memoryReservation' must be specified."
    if hard is not None and soft is not None and soft > hard:
        yield f"{setting} 'memory' must be greater than or equal to 'memoryReservation'."


def _awsvpc(request: Request, container: Request) -> Iterator[str]:
    """Members that need Docker's own network."""
    if request.get("networkMode") != "awsvpc":
        return
    for member, words in (
        ("links", "Links are not supported"),
        ("hostname", "hostname is not supported on container"),
        ("extraHosts", "Extra hosts are not supported on container"),
        ("dnsServers", "DNS servers are not supported on container"),
        ("dnsSearchDomains", "DNS search domains are not supported on container"),
        ("disableNetworking", "Disable Networking is not supported on container"),
    ):
        if container.get(member):
            yield f"{words} when networkMode=awsvpc."


def _logging(request: Request, container: Request) -> Iterator[str]:
    """Source: botocore LogConfiguration."""
    log = container.get("logConfiguration")
    if not log:
        return
    driver, options = log.get("logDriver"), log.get("options") or {}
    allowed = FARGATE_DRIVERS if is_fargate(request) else EC2_DRIVERS
    if driver not in allowed:
        yield f"{driver} is not a valid log driver. Must be one of [{', '.join(allowed)}]"
    if driver != "awslogs":
        return
    missing = [option for option in ("awslogs-region", "awslogs-group") if not options.get(option)]
    if missing:
        yield f"Log driver awslogs requires options: {', '.join(missing)}"
    if is_fargate(request) and not request.get("executionRoleArn"):
        yield ("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
    if is_fargate(request) and not options.get("awslogs-stream-prefix"):
        yield (
            "Fargate requires log configuration options to include awslogs-stream-prefix "
            "to support log driver awslogs."
        )


def _health_check(_: Request, container: Request) -> Iterator[str]:
    check = container.get("healthCheck")
    if not check:
        return
    name, command = container["name"], check.get("command") or ()
    if not command or command[0] not in ("CMD", "CMD-SHELL"):
        yield f"Invalid health check for container '{name}': the command must start with CMD or CMD-SHELL."
    for member, (low, high) in HEALTH_RANGES.items():
        value = check.get(member)
        if value is not None and not low <= value <= high:
            yield f"The health check '{member}' for container '{name}' must be between {low} and {high}."


def _timeouts(request: Request, container: Request) -> Iterator[str]:
    """Start and stop time-outs. Source: botocore ContainerDefinition.startTimeout, .stopTimeout."""
    low, high = STOP_TIMEOUT_S
    for kind in ("start", "stop"):
        value = container.get(f"{kind}Timeout")
        if value is not None and value < low:
            yield (
                f"Granular {kind} timeout on container '{container['name']}' must be at least {low} seconds."
            )
        if value is not None and value > high and is_fargate(request):
            yield (
                f"Tasks using the Fargate launch type must have a container {kind} timeout of "
                f"{high} seconds or less."
            )


def _restart_policy(_: Request, container: Request) -> Iterator[str]:
    period = (container.get("restartPolicy") or {}).get("restartAttemptPeriod")
    low, high = RESTART_PERIOD_S
    if period is not None and not low <= period <= high:
        yield (
            f"the 'restartAttemptPeriod' setting for container '{container['name']}' "
            f"must be between {low} and {high}"
        )


def _environment_files(_: Request, container: Request) -> Iterator[str]:
    files = container.get("environmentFiles") or ()
    if len(files) > ENVIRONMENT_FILES_MAX:
        yield "The maximum number of environment files was exceeded. Specify ten or less and try again."
    for file in files:
        if not file["value"].startswith("arn:"):
            yield "Invalid arn syntax."
        elif not file["value"].endswith(".env"):
            yield "Environment files must have the file extension .env."


# Fargate


def _fargate_network(request: Request) -> Iterator[str]:
    if request.get("networkMode") != "awsvpc":
        yield "Fargate only supports network mode \u2018awsvpc\u2019."


def _fargate_size(request: Request) -> Iterator[str]:
    """The texts with the values are what today's API answers; the guide still prints the shorter one."""
    for member in ("cpu", "memory"):
        if request.get(member) is None:
            yield f"Fargate requires that '{member}' be defined at the task level."
    cpu, memory = task_size(request)
    windows = fargate.is_windows((request.get("runtimePlatform") or {}).get("operatingSystemFamily"))
    if cpu and memory and not fargate.fits(cpu, memory, windows=windows):
        yield (
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )


def _fargate_task(request: Request) -> Iterator[str]:
    """Source: ECS Developer Guide fargate-tasks-services; botocore pidMode."""
    if request.get("placementConstraints"):
        yield "Fargate compatible task definitions do not support constraints."
    if request.get("ipcMode"):
        yield "Fargate compatible task definitions do not support ipcMode."
    pid_mode = request.get("pidMode")
    if pid_mode not in (None, "task"):
        yield (
            f"Tasks using the Fargate launch type do not support pidMode '{pid_mode}'. "
            "The supported value for pidMode is 'task'."
        )
    for volume in request.get("volumes") or ():
        if volume.get("dockerVolumeConfiguration"):
            yield "Fargate compatible task definitions do not support dockerVolumeConfiguration."
        if (volume.get("host") or {}).get("sourcePath"):
            yield "Fargate compatible task definitions do not support sourcePath."


def _fargate_container(_: Request, container: Request) -> Iterator[str]:
    """Source: ECS Developer Guide fargate-tasks-services, the list of parameters that are not valid."""
    if container.get("privileged"):
        yield "Fargate requires that the 'privileged' setting be 'false'."
    if container.get("dockerSecurityOptions"):
        yield "Fargate compatible task definitions do not support dockerSecurityOptions."
    if any(need.get("type") == "GPU" for need in container.get("resourceRequirements") or ()):
        yield "Tasks using the Fargate launch type do not support GPU resource requirements."
    linux = container.get("linuxParameters") or {}
    for member in ("devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness"):
        if linux.get(member) not in (None, []):
            yield f"Fargate compatible task definitions do not support {member}."
    for capability in (linux.get("capabilities") or {}).get("add") or ():
        if capability != "SYS_PTRACE":
            yield f"{capability} is not allowed on Fargate."
    options = (container.get("firelensConfiguration") or {}).get("options") or {}
    if options.get("config-file-type") == "s3":
        yield "Fargate tasks only support the firelens option config-file-type with the value 'file'."


def _fargate_roles(request: Request, container: Request) -> Iterator[str]:
    if is_ecr(container["image"]) and not request.get("executionRoleArn"):
        yield "Fargate requires task definition to have execution role ARN to support ECR images."


_FORM_RULES: tuple[_Rule, ...] = (_family, _enumerations, _container_list)
_RULES: tuple[_Rule, ...] = (
    _sizes,
    _dependencies,
    _ports,
    _volumes,
    _log_routers,
    _execution_role,
    _ephemeral_storage,
)
_CONTAINER_RULES: tuple[_ContainerRule, ...] = (
    _container_memory,
    _awsvpc,
    _logging,
    _health_check,
    _timeouts,
    _restart_policy,
    _environment_files,
)
_FARGATE_RULES: tuple[_Rule, ...] = (_fargate_network, _fargate_size, _fargate_task)
_FARGATE_CONTAINER_RULES: tuple[_ContainerRule, ...] = (_fargate_roles, _fargate_container)
