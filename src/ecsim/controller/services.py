"""Plans carried out: what a look at a service decided, done to the store and told in AWS's words."""

from __future__ import annotations

from collections.abc import Callable

from ecsim.controller.alarm_polls import AlarmPolls
from ecsim.controller.births import Birth, Nursery
from ecsim.controller.grounds import Grounds
from ecsim.controller.shell import SUPPRESS_MS, Shell
from ecsim.controller.tasks import TaskLife
from ecsim.controller.traffic import TrafficShift
from ecsim.decide.capacity.placement import DEFAULT_OF_SERVICES, constraints_of, strategies_of
from ecsim.decide.capacity.unplaced import event_text
from ecsim.decide.deployment import breaker, stages, stopping
from ecsim.decide.plan import (
    Action,
    CallFunction,
    CompleteDeployment,
    DropDeployment,
    FailDeployment,
    Plan,
    ReachSteadyState,
    Rebalance,
    SetAlarms,
    SetDaemonCount,
    SetDesired,
    SetProgress,
    SetStability,
    SetStatus,
    StartHooks,
    StartTasks,
    StopTask,
    Tell,
    Wait,
)
from ecsim.decide.reconcile import NO_GROUND, Snapshot, is_still, reconcile
from ecsim.model.launch import Launched
from ecsim.model.network import TargetState
from ecsim.model.reason import because
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, DeploymentStatus, RolloutState, Service
from ecsim.model.task import TargetKey, Task

FAILED_REASON = "ECS deployment circuit breaker: tasks failed to start."
ROLLING_BACK_REASON = "ECS deployment circuit breaker: rolling back to deploymentId {to}."
COMPLETED_REASON = "ECS deployment {id} completed."
"""Sources of the three: ecs-behaviour.md 5.5."""

ENDED_REASON = "ECS deployment {id} failed."
ENDED_ROLLING_BACK_REASON = "ECS deployment failed: rolling back to deploymentId {to}."
"""After a lifecycle hook, a stage's time limit, a listener rule; AWS's words are not documented."""

STOPPED_REASON = "ECS deployment {id} stopped."
STOPPED_ROLLING_BACK_REASON = "ECS deployment stopped: rolling back to deploymentId {to}."
"""After StopServiceDeployment; AWS's words are not documented."""


class Services:
    """Looks at services and does what the look decides."""

    def __init__(self, shell: Shell, life: TaskLife, nursery: Nursery) -> None:
        self._shell = shell
        self._life = life
        self._nursery = nursery
        self._traffic = TrafficShift(shell)
        self._alarms = AlarmPolls(shell)
        self._grounds = Grounds(shell)
        self._resting: dict[str, Service] = {}
        self._do: dict[type[Action], Callable[[Service, Action], None]] = {
            SetDesired: self._set_desired,
            StartTasks: self._start,
            CompleteDeployment: self._complete,
            FailDeployment: self._fail,
            DropDeployment: self._drop,
            Tell: self._tell,
            Wait: self._wait,
            ReachSteadyState: self._steady,
            SetStability: self._stability,
            SetStatus: self._status,
            SetDaemonCount: self._daemon_count,
            Rebalance: self._rebalance,
            SetProgress: self._traffic.set_progress,
            SetAlarms: self._alarms.set_alarms,
            StartHooks: self._traffic.start_hooks,
            CallFunction: self._traffic.call_function,
        }

    def look(self, service_arn: str) -> bool:
        """Look once; true when something was done, so that it must be looked at again."""
        service = self._shell.store.services.get(service_arn)
        if service is None:
            return False
        snapshot = self._snapshot(service)
        plan = reconcile(snapshot)
        stops = [action for action in plan if isinstance(action, StopTask)]
        starts = any(isinstance(action, StartTasks | FailDeployment) for action in plan)
        if service.steady and (stops or starts):
            self._shell.store.put_service(replace(service, steady=False))
        waits = tuple(action.reason for action in plan if isinstance(action, Wait))
        for action in plan:
            if not isinstance(action, StopTask):
                self._do[type(action)](self._shell.store.services[service_arn], action)
        self._shell.waits[service_arn] = waits
        if stops:
            self._stop(self._shell.store.services[service_arn], stops)
        if is_still(snapshot, plan):
            self._resting[service_arn] = self._shell.store.services[service_arn]
            return False
        self._resting.pop(service_arn, None)
        return bool(stops) or self._moved(plan)

    def rests(self, service_arn: str) -> bool:
        """Whether a look would find nothing new, as long as every task stays in its condition."""
        resting = self._resting.get(service_arn)
        return resting is not None and resting is self._shell.store.services.get(service_arn)

    @staticmethod
    def _moved(plan: Plan) -> bool:
        still = Wait | Tell | ReachSteadyState
        return any(not isinstance(action, still) for action in plan)

    def _snapshot(self, service: Service) -> Snapshot:
        store = self._shell.store
        tasks = tuple(store.live_tasks_of_service(service.arn))
        targets = {key: store.targets[key] for task in tasks for key in task.targets if key in store.targets}
        is_daemon = service.scheduling_strategy == "DAEMON"
        zones, open_zones = self._grounds.zones(service, tasks)
        return Snapshot(
            service=service,
            tasks=tasks,
            targets=targets,
            now_ms=self._shell.now_ms,
            wiring=self._traffic.wiring(service),
            alarms=self._alarms.known(service),
            leaving=self._grounds.leaving(tasks),
            ground=self._grounds.of_daemon(service, tasks) if is_daemon else NO_GROUND,
            zones=zones,
            open_zones=open_zones,
        )

    # Tasks

    def _start(self, service: Service, action: Action) -> None:
        assert isinstance(action, StartTasks), action
        deployment = service.deployment(action.deployment_id)
        assert deployment is not None, action
        definition = self._shell.store.task_definitions[deployment.task_definition_arn]
        birth = Birth(
            cluster_arn=service.cluster_arn,
            task_definition=definition,
            group=f"service:{service.name}",
            started_by=deployment.id,
            service_arn=service.arn,
            deployment_id=deployment.id,
            launch_type=deployment.launch_type,
            capacity_provider_strategy=deployment.capacity_provider_strategy,
            platform_version=deployment.platform_version,
            network_configuration=deployment.network_configuration,
            tags=_propagated(service, definition.tags),
            enable_execute_command=bool(service.request.get("enableExecuteCommand")),
            request={"volumeConfigurations": deployment.volume_configurations},
            constraints=constraints_of(
                definition.document.get("placementConstraints"), service.request.get("placementConstraints")
            ),
            strategies=strategies_of(service.request.get("placementStrategy")) or DEFAULT_OF_SERVICES,
            instances=action.instances,
            zone=action.zone,
            provider=action.provider,
        )
        label = self._shell.label(service)
        self._shell.decided(label, "start_tasks", action.reason, count=action.count)
        made = self._nursery.make(birth, action.count)
        if made.unplaced:
            self._unplaced(service, deployment, made)
        else:
            self._shell.unplaced.pop(service.arn, None)
            self._shell.put_deployment(service.arn, replace(deployment, unplaced=False))
        tasks = list(made.tasks)
        if not tasks:
            return
        where = f" in {action.zone} to AZ Rebalance" if action.rebalances else ""
        message = f"(service {service.name}) has started {len(tasks)} tasks{where}: {_names(tasks)}."
        if action.replacing:
            message += f" Amazon ECS replaced {action.replacing} tasks due to an unhealthy status."
        self._shell.tell(service.arn, message)

    def _unplaced(self, service: Service, deployment: Deployment, made: Launched) -> None:
        """Tasks that found no place: tell why, and try again later, or as soon as there may be room."""
        shell = self._shell
        store = shell.store
        message = event_text(service.name, made.refusals, empty=not store.instances_of(service.cluster_arn))
        shell.tell(service.arn, message, once=True)
        failed = breaker.after_unplaced(deployment, shell.now_ms)
        shell.put_deployment(service.arn, failed)
        shell.unplaced[service.arn] = None
        shell.look_later(service.arn, failed.next_launch_at_ms)

    def room_again(self, cluster_arn: str) -> None:
        """There may be room in a cluster: services whose tasks found no place try again now, DAEMON services look."""
        for service in self._shell.store.daemons_of(cluster_arn):
            self._shell.look_at(service.arn)
        for service_arn in list(self._shell.unplaced):
            service = self._shell.store.services[service_arn]
            if service.cluster_arn != cluster_arn:
                continue
            launching = service.deployments if service.has_task_sets else service.deployments[:1]
            waiting = [deployment for deployment in launching if deployment.unplaced]
            if service.status != "ACTIVE" or not waiting:
                del self._shell.unplaced[service_arn]
                continue
            for deployment in waiting:
                self._shell.put_deployment(service_arn, replace(deployment, next_launch_at_ms=0))
            self._shell.look_at(service_arn)

    def _stop(self, service: Service, stops: list[StopTask]) -> None:
        """Stop tasks together, so that one event tells of all of them."""
        store, running, pending = self._shell.store, [], 0
        for action in stops:
            task = store.tasks[action.task_arn]
            if action.failed_health:
                self._unhealthy(service, task)
            if task.is_pending:
                pending += 1
            else:
                running.append(task)
        if running:
            zone = running[0].availability_zone
            why = f" in {zone} due to AZ rebalancing" if stops[0].rebalances else ""
            message = (
                f"(service {service.name}) has stopped {len(running)} running tasks{why}: {_names(running)}."
            )
            self._shell.tell(service.arn, message)
        if pending:
            self._shell.tell(service.arn, f"(service {service.name}) stopped {pending} pending tasks.")
        for action in stops:
            self._life.stop(action.task_arn, action.stop_code, action.stopped_reason, action.reason)

    def _unhealthy(self, service: Service, task: Task) -> None:
        """Tell which check a task failed, and count it for the circuit breaker."""
        sick = [t for t in self._shell.store.targets_of(task.targets) if t.state is TargetState.UNHEALTHY]
        if sick:
            target = sick[0]
            reason = target.description or target.reason
            message = (
                f"(service {service.name}) (task {task.id}) (port {target.key.port}) is unhealthy in "
                f"(target-group {target.key.target_group_arn}) due to (reason {reason})."
            )
        elif lost := self._lost(task):
            message = (
                f"(service {service.name}) task set ({task.deployment_id}) (task {task.id}) is not healthy in "
                f"target-group ({lost.target_group_arn}) due to TARGET IS NOT FOUND."
            )
        else:
            message = f"(service {service.name}) (task {task.id}) failed container health checks."
        self._shell.tell(service.arn, message)
        self.change_deployment(task, breaker.after_failed_health)

    def _lost(self, task: Task) -> TargetKey | None:
        """The target that somebody deregistered under a running task, or None."""
        known = self._shell.store.targets
        return next(
            (k for k in task.targets if k not in known or known[k].state is TargetState.DRAINING), None
        )

    def change_deployment(self, task: Task, change: Callable[[Deployment], Deployment]) -> None:
        """Change the deployment that a task belongs to, if it is still listed."""
        service = self._shell.store.services.get(task.service_arn or "")
        deployment = service.deployment(task.deployment_id) if service is not None else None
        if service is not None and deployment is not None:
            self._shell.put_deployment(service.arn, change(deployment))

    # Deployments

    def _set_desired(self, service: Service, action: Action) -> None:
        assert isinstance(action, SetDesired), action
        deployment = service.deployment(action.deployment_id)
        assert deployment is not None, action
        self._shell.put_deployment(service.arn, replace(deployment, desired_count=action.count))

    def _complete(self, service: Service, action: Action) -> None:
        assert isinstance(action, CompleteDeployment), action
        done = replace(
            service.primary,
            rollout_state=RolloutState.COMPLETED,
            rollout_state_reason=COMPLETED_REASON.format(id=action.deployment_id),
            ever_completed=True,
        )
        self._shell.decided(self._shell.label(service), "complete_deployment", action.reason)
        self._shell.put_deployment(service.arn, done)
        service = self._shell.store.services[service.arn]
        self._shell.store.put_service(replace(service, last_completed=service.primary))
        message = f"(service {service.name}) (deployment {action.deployment_id}) deployment completed."
        self._shell.tell(service.arn, message)

    def _fail(self, service: Service, action: Action) -> None:
        """Given up: FAILED, and back to the last COMPLETED deployment if it is told to."""
        assert isinstance(action, FailDeployment), action
        shell, label, failed_id = self._shell, self._shell.label(service), action.deployment_id
        more = {"problem": action.problem} if action.problem else {}
        shell.decided(label, "fail_deployment", action.reason, deployment=failed_id, **more)
        reason = STOPPED_REASON.format(id=failed_id) if action.stopped else FAILED_REASON
        if action.problem:
            reason = ENDED_REASON.format(id=failed_id)
        failed = replace(service.primary, rollout_state=RolloutState.FAILED, rollout_state_reason=reason)
        shell.put_deployment(service.arn, failed)
        if not action.stopped:
            message = f"(service {service.name}) (deployment {failed_id}) deployment failed: {action.told}."
            shell.tell(service.arn, message)
        if action.roll_back_to is None:
            self._traffic.put(shell.store.services[service.arn], None)
            return
        shell.tell(service.arn, f"(service {service.name}) rolling back to deployment {action.roll_back_to}.")
        self._roll_back(shell.store.services[service.arn], action)

    def _roll_back(self, service: Service, action: FailDeployment) -> None:
        """The old deployment becomes PRIMARY again, with its old id."""
        shell, last, back_to = self._shell, service.last_completed, action.roll_back_to
        known = service.deployment(back_to) or last
        assert known is not None, f"no deployment {back_to} to roll back to"
        assert known.id == back_to, f"{known.id} is not {back_to}"
        text, why = ROLLING_BACK_REASON, breaker.rolled_back(service.primary, known.id)
        if action.stopped:
            text, why = STOPPED_ROLLING_BACK_REASON, stopping.rolled_back(service.primary, known.id)
        elif action.problem:
            text = ENDED_ROLLING_BACK_REASON
            code = "alarms.roll_back" if service.progress is None else "strategy.roll_back"
            why = because(code, failed=service.primary.id, to=known.id)
        returning = replace(
            known,
            status=DeploymentStatus.PRIMARY,
            rollout_state=RolloutState.IN_PROGRESS,
            rollout_state_reason=text.format(to=back_to),
            rolled_back_from=service.primary.id,
            rollback_requested=False,
            failed_tasks=0,
            breaker_count=0,
            failed_launches=0,
            next_launch_at_ms=0,
            updated_at_ms=shell.now_ms,
        )
        failed = replace(service.primary, status=DeploymentStatus.ACTIVE, updated_at_ms=shell.now_ms)
        rest = tuple(d for d in service.deployments[1:] if d.id != back_to)
        shell.store.put_service(replace(service, deployments=(returning, failed, *rest)))
        shell.decided(shell.label(service), "roll_back", why)
        for deployment in (returning, failed):
            shell.record_deployment(service, deployment)
        if service.progress is not None:
            back = stages.turned_back(service.progress, source=known.id, now_ms=shell.now_ms)
            self._traffic.put(shell.store.services[service.arn], back)

    def _drop(self, service: Service, action: Action) -> None:
        assert isinstance(action, DropDeployment), action
        gone = service.deployment(action.deployment_id)
        assert gone is not None, action
        rest = tuple(d for d in service.deployments if d.id != action.deployment_id)
        self._shell.store.put_service(replace(service, deployments=rest))
        self._shell.record_deployment(service, gone, status=DeploymentStatus.INACTIVE)

    def _stability(self, service: Service, action: Action) -> None:
        """Source: botocore ecs TaskSet.stabilityStatus."""
        assert isinstance(action, SetStability), action
        deployment = service.deployment(action.deployment_id)
        assert deployment is not None, action
        assert deployment.task_set is not None, action
        moved = replace(
            deployment,
            rollout_state=RolloutState.COMPLETED if action.steady else RolloutState.IN_PROGRESS,
            task_set=replace(deployment.task_set, stability_at_ms=self._shell.now_ms),
        )
        self._shell.put_deployment(service.arn, moved)

    # The service

    def _tell(self, service: Service, action: Action) -> None:
        assert isinstance(action, Tell), action
        self._shell.tell(service.arn, action.message, once=action.once)

    def _wait(self, service: Service, action: Action) -> None:
        assert isinstance(action, Wait), action
        known = self._shell.waits.get(service.arn, ())
        if action.reason not in known:
            self._shell.waits[service.arn] = (*known, action.reason)
            self._shell.decided(self._shell.label(service), "wait", action.reason)
        if action.until_ms is not None:
            self._shell.look_later(service.arn, action.until_ms)

    def _steady(self, service: Service, _action: Action) -> None:
        """Told on arrival, and every 6 hours while it lasts. Source: ecs-behaviour.md 5.3."""
        now, told = self._shell.now_ms, service.steady_told_at_ms
        if service.steady and told is not None and now < told + SUPPRESS_MS:
            self._shell.look_later(service.arn, told + SUPPRESS_MS)
            return
        self._shell.tell(service.arn, f"(service {service.name}) has reached a steady state.")
        service = self._shell.store.services[service.arn]
        self._shell.store.put_service(replace(service, steady=True, steady_told_at_ms=now))
        self._shell.look_later(service.arn, now + SUPPRESS_MS)

    def _daemon_count(self, service: Service, action: Action) -> None:
        assert isinstance(action, SetDaemonCount), action
        self._shell.store.put_service(replace(service, desired_count=action.count))
        label = self._shell.label(service)
        self._shell.journal.record("service.desired", label, desired=action.count)

    def _rebalance(self, service: Service, action: Action) -> None:
        assert isinstance(action, Rebalance), action
        self._shell.store.put_service(replace(service, rebalancing=action.zone))

    def _status(self, service: Service, action: Action) -> None:
        assert isinstance(action, SetStatus), action
        self._shell.store.put_service(replace(service, status=action.status))
        self._shell.journal.record("service.status", self._shell.label(service), status=action.status)


def _names(tasks: list[Task]) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)


def _propagated(service: Service, of_definition: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The tags that a service's tasks get. Source: botocore ecs CreateServiceRequest.propagateTags."""
    tags: tuple[tuple[str, str], ...] = ()
    if service.request.get("enableECSManagedTags"):
        cluster = service.cluster_arn.rsplit("/", 1)[1]
        tags = (("aws:ecs:clusterName", cluster), ("aws:ecs:serviceName", service.name))
    source = service.request.get("propagateTags")
    if source == "SERVICE":
        return (*tags, *service.tags)
    return (*tags, *of_definition) if source == "TASK_DEFINITION" else tags
