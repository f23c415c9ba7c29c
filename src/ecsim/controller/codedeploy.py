"""Deployments of CodeDeploy, carried out: task sets come and go, listeners are rerouted, functions are called."""

from __future__ import annotations

from collections.abc import Callable

from ecsim.controller.shell import Shell
from ecsim.decide.deployment.alarms import POLL_MS
from ecsim.decide.deployment.codedeploy import lifecycle
from ecsim.decide.deployment.codedeploy.lifecycle import (
    CallFunction,
    CreateTaskSet,
    DeleteTaskSet,
    Enter,
    Give,
    MakePrimary,
    Move,
    MovesTraffic,
    Situation,
    Stay,
    Succeed,
)
from ecsim.decide.deployment.stages import percent_text
from ecsim.decide.service import task_sets
from ecsim.model.codedeploy import (
    BACK,
    CodeDeployment,
    DeploymentState,
    EventState,
    HookCall,
    Phase,
)
from ecsim.model.reason import Reason
from ecsim.model.replacing import replace
from ecsim.model.service import DeploymentStatus, LoadBalancer, RolloutState, Service
from ecsim.model.strategy import ALL
from ecsim.model.task import TaskStatus
from ecsim.model.task_set import TaskSet

STARTED_BY = "CODE_DEPLOY"
"""Source: botocore ecs TaskSet.startedBy."""

REFUSED = "The ELB could not be updated due to the following error: {text}"
NOTHING_TO_ROLL_BACK = "There is nothing to roll back."
"""AWS's words for this are not documented."""

_REPORTS = (EventState.SUCCEEDED, EventState.FAILED)


class CodeDeploys:
    """Looks at the deployment of CodeDeploy that is under way in a service, and does what is next."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._alarms: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._refused: dict[str, str] = {}
        self._told: dict[str, Reason] = {}
        self._do: dict[type[Move], Callable[[CodeDeployment, Service, Move], None]] = {
            Enter: self._enter,
            CreateTaskSet: self._create,
            MovesTraffic: self._move_traffic,
            CallFunction: self._call,
            MakePrimary: self._make_primary,
            DeleteTaskSet: self._delete,
            Give: self._give_up,
            Succeed: self._succeed,
        }

    def look(self, service_arn: str) -> bool:
        """Look once; true when something was done, so that it must be looked at again."""
        store = self._shell.store
        deployment = store.code_deployment_of(service_arn)
        if deployment is None:
            return False
        service = store.services[service_arn]
        move = lifecycle.next_move(deployment, self._situation(deployment, service))
        if isinstance(move, Stay):
            self._stay(deployment, service, move)
            return False
        self._told.pop(deployment.id, None)
        self._do[type(move)](deployment, service, move)
        return True

    def _situation(self, d: CodeDeployment, service: Service) -> Situation:
        blue, green = service.deployment(d.blue), service.deployment(d.green)
        primary = service.primary_task_set
        others = [each for each in service.deployments if each not in (blue, green)]
        healthy = green is not None and green.rollout_state is RolloutState.COMPLETED
        tasks = self._shell.store.live_tasks_of_service(service.arn)
        running = [t for t in tasks if t.deployment_id == d.green and t.last_status is TaskStatus.RUNNING]
        return Situation(
            now_ms=self._shell.now_ms,
            is_active=service.status == "ACTIVE" and service.deployment_controller == STARTED_BY,
            blue_there=blue is not None,
            blue_draining=blue is not None and blue.status is DeploymentStatus.DRAINING,
            green_there=green is not None,
            green_draining=green is not None and green.status is DeploymentStatus.DRAINING,
            green_steady=healthy and green is not None and green.desired_count == service.desired_count,
            green_running=len(running),
            desired=service.desired_count,
            primary=primary.id if primary is not None else "",
            leftovers=tuple(each.id for each in others if each.status is not DeploymentStatus.DRAINING),
            alarms=self._ringing(d),
            is_wired=d.phase is not Phase.INSTALL or self._is_wired(d),
            refused=self._refused.get(d.id, ""),
        )

    def _is_wired(self, d: CodeDeployment) -> bool:
        """Whether production goes to blue, and the test listener to one of the two groups."""
        balancing, pair = self._shell.balancing, (d.blue_group, d.green_group)
        serving = [
            group
            for rule in balancing.routes(d.plan.production, pair)
            for group, weight in balancing.forwards(rule) or ()
            if weight
        ]
        tests = d.plan.test is None or bool(balancing.routes(d.plan.test, pair))
        return d.blue_group in serving and tests

    def _ringing(self, d: CodeDeployment) -> tuple[str, ...]:
        """Which of the watched alarms are in ALARM, not older than the polling interval."""
        names = d.plan.alarms
        if not names or d.is_rollback:
            return ()
        now = self._shell.now_ms
        at, ringing = self._alarms.get(d.id, (-POLL_MS, ()))
        if now >= at + POLL_MS:
            found = self._shell.alarms.look_up(names)
            ringing = tuple(name for name in names if name in found and found[name].is_on)
            self._alarms[d.id] = (now, ringing)
        return ringing

    def _stay(self, d: CodeDeployment, service: Service, move: Stay) -> None:
        if self._told.get(d.id) != move.reason:
            self._told[d.id] = move.reason
            self._decided(service, d, "wait", move.reason)
        moments = [move.until_ms] if move.until_ms is not None else []
        if d.plan.alarms and not d.is_rollback:
            moments.append(self._alarms[d.id][0] + POLL_MS)
        ahead = [moment for moment in moments if moment > self._shell.now_ms]
        if ahead:
            self._shell.look_later(service.arn, min(ahead))

    # Moves

    def _enter(self, d: CodeDeployment, _service: Service, move: Move) -> None:
        assert isinstance(move, Enter), move
        self._put(lifecycle.entered(d, move.phase, self._shell.now_ms))

    def _create(self, d: CodeDeployment, service: Service, move: Move) -> None:
        """Source: botocore ecs CreateTaskSet; TaskSet.startedBy, .externalId."""
        assert isinstance(move, CreateTaskSet), move
        shell, now = self._shell, self._shell.now_ms
        number = shell.identity.digits("deployment", service.arn.split("/", 1)[1])
        made = replace(
            d.replacement,
            id=f"ecs-svc/{number}",
            status=DeploymentStatus.ACTIVE,
            created_at_ms=now,
            updated_at_ms=now,
            load_balancers=(
                LoadBalancer(
                    target_group_arn=d.green_group,
                    container_name=d.spec.container_name,
                    container_port=d.spec.container_port,
                ),
            ),
            task_set=TaskSet(
                external_id=d.id,
                started_by=STARTED_BY,
                scale_percent=100.0,
                stability_at_ms=now,
                platform_version=d.replacement.platform_version,
            ),
        )
        self._decided(service, d, "create_task_set", move.reason)
        shell.store.put_service(replace(service, steady=False, deployments=(made, *service.deployments)))
        shell.record_deployment(service, made)
        self._put(replace(d, green=made.id))

    def _move_traffic(self, d: CodeDeployment, service: Service, move: Move) -> None:
        assert isinstance(move, MovesTraffic), move
        self._decided(service, d, "shift_traffic", move.reason)
        refused = ""
        if move.production is not None:
            refused = self._shift(d, d.plan.production, move.production)
        if move.test is not None and d.plan.test is not None:
            refused = refused or self._shift(d, d.plan.test, move.test)
        if refused:
            self._refused[d.id] = REFUSED.format(text=refused)
            return
        now = self._shell.now_ms
        moved = replace(
            d,
            production=d.production if move.production is None else move.production,
            test=d.test if move.test is None else move.test,
            step=move.step,
            shifted_at_ms=now,
            updated_at_ms=now,
        )
        self._shell.journal.record(
            "codedeploy.traffic",
            d.id,
            service=self._shell.label(service),
            production=percent_text(moved.production),
            test=percent_text(moved.test),
        )
        self._put(moved)

    def _shift(self, d: CodeDeployment, listener: str, share: int) -> str:
        """Give green its share of every rule that serves the pair; returns what is said against it."""
        balancing, pair = self._shell.balancing, (d.blue_group, d.green_group)
        rules = balancing.routes(listener, pair)
        if not rules:
            return "Primary taskset target group must be behind listener"
        for rule in rules:
            refused = balancing.shift(rule, ((d.blue_group, ALL - share), (d.green_group, share)))
            if refused is not None:
                return refused.text
        return ""

    def _call(self, d: CodeDeployment, service: Service, move: Move) -> None:
        """Call a function. What it returns counts as its report: it cannot call AWS while time passes."""
        assert isinstance(move, CallFunction), move
        shell, now = self._shell, self._shell.now_ms
        call_id = shell.identity.uuid("lifecycle-hook", d.id)
        event = {"DeploymentId": d.id, "LifecycleEventHookExecutionId": call_id}
        answer, takes_ms = shell.functions.invoke(move.function, event)
        shell.journal.record(
            "function",
            move.function.rsplit(":", 1)[-1],
            service=shell.label(service),
            stage=str(d.phase),
            answer=answer,
            takes_ms=takes_ms,
        )
        call = HookCall(id=call_id, function=move.function, called_at_ms=now)
        if isinstance(answer, str):
            call = replace(call, problem=f"The function {move.function} could not be invoked: {answer}")
        elif answer.get("status") in _REPORTS:
            call = replace(call, status=str(answer["status"]), counts_at_ms=now + takes_ms)
        run = d.event(d.phase)
        assert run is not None, d.phase
        self._put(replace(d.with_event(replace(run, hook_id=call_id)), hook=call, updated_at_ms=now))

    def _make_primary(self, d: CodeDeployment, service: Service, move: Move) -> None:
        assert isinstance(move, MakePrimary), move
        self._decided(service, d, "make_primary", move.reason)
        moved = task_sets.promoted(service, move.task_set, self._shell.now_ms)
        self._shell.store.put_service(moved)
        self._tell_moved(service, moved)

    def _delete(self, d: CodeDeployment, service: Service, move: Move) -> None:
        assert isinstance(move, DeleteTaskSet), move
        self._decided(service, d, "delete_task_set", move.reason)
        leaving = service.deployment(move.task_set)
        assert leaving is not None, move
        gone = task_sets.deleted(leaving, self._shell.now_ms)
        moved = replace(
            service,
            steady=False,
            deployments=tuple(gone if each.id == gone.id else each for each in service.deployments),
        )
        self._shell.store.put_service(moved)
        self._tell_moved(service, moved)

    def _tell_moved(self, before: Service, after: Service) -> None:
        for was, now in zip(before.deployments, after.deployments, strict=True):
            if was is not now:
                self._shell.record_deployment(after, now)

    def _give_up(self, d: CodeDeployment, service: Service, move: Move) -> None:
        assert isinstance(move, Give), move
        self._decided(service, d, "fail_deployment", move.reason, problem=move.ended.message)
        over = lifecycle.ended(d, move.status, move.ended, self._shell.now_ms)
        self._forget(d)
        if not move.roll_back:
            wanted = bool(d.stopping or d.plan.rollback_events) and not d.is_rollback
            self._put(replace(over, rollback_told=NOTHING_TO_ROLL_BACK if wanted and d.green is None else ""))
            return
        back = self._back(d)
        self._put(
            replace(over, rollback=back.id, rollback_told=f"The rollback deployment {back.id} was created.")
        )
        self._put(back)

    def _back(self, d: CodeDeployment) -> CodeDeployment:
        """The deployment that rolls another one back, as it begins.

        Source: CodeDeploy User Guide, deployments-rollback-and-redeploy (a new deployment, with an id of its own),
        deployment-steps-ecs (it reroutes traffic to the original task set).
        """
        now = self._shell.now_ms
        phase = BACK[0]
        return replace(
            d,
            id=lifecycle.deployment_id(self._shell.identity.base62("codedeploy-deployment", length=9)),
            creator="codeDeployRollback",
            description=None,
            document={},
            status=DeploymentState.CREATED,
            created_at_ms=now,
            started_at_ms=None,
            completed_at_ms=None,
            updated_at_ms=now,
            ended=None,
            phase=phase,
            entered_at_ms=now,
            shifted_at_ms=None,
            step=0,
            hook=None,
            continued=False,
            stopping=None,
            events=lifecycle.pending(BACK, has_test=d.plan.test is not None),
            rollback_of=d.id,
            rollback=None,
            rollback_told="",
        )

    def _succeed(self, d: CodeDeployment, service: Service, move: Move) -> None:
        assert isinstance(move, Succeed), move
        self._decided(service, d, "complete_deployment", move.reason)
        self._forget(d)
        self._put(lifecycle.ended(d, DeploymentState.SUCCEEDED, None, self._shell.now_ms))

    # The journal

    def _forget(self, d: CodeDeployment) -> None:
        self._alarms.pop(d.id, None)
        self._refused.pop(d.id, None)
        self._told.pop(d.id, None)

    def _put(self, d: CodeDeployment) -> None:
        """Replace a deployment; what moved goes to the journal."""
        before = self._shell.store.code_deployments.get(d.id)
        self._shell.store.put_code_deployment(d)
        for run in d.events:
            was = before.event(run.phase) if before is not None else None
            if was is not None and was.status is not run.status:
                self._shell.journal.record(
                    "codedeploy.event", d.id, event=str(run.phase), status=str(run.status)
                )
        if before is None or before.status is not d.status:
            self._shell.journal.record("codedeploy.deployment", d.id, **lifecycle.fields(d))

    def _decided(
        self, service: Service, d: CodeDeployment, action: str, reason: Reason, **fields: object
    ) -> None:
        self._shell.decided(self._shell.label(service), action, reason, deployment=d.id, **fields)
