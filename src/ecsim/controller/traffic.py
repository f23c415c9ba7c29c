"""Deployments with traffic shifting, carried out: stages are told, traffic is moved, hooks are called."""

from __future__ import annotations

from ecsim.controller.shell import Shell
from ecsim.decide.deployment import hooks
from ecsim.decide.plan import Action, CallFunction, SetProgress, StartHooks
from ecsim.model.network import Wiring
from ecsim.model.replacing import replace
from ecsim.model.service import LoadBalancer, Service
from ecsim.model.strategy import ALL, HookRun, HookTarget, Progress

NO_NETWORK = "of invalid networking configuration. {text}"
"""How a shift that Elastic Load Balancing refuses is told: ECS Developer Guide, troubleshooting-blue-green, and ELB."""


class TrafficShift:
    """Does to the world what `decide.deployment.shifting` decided."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def wiring(self, service: Service) -> Wiring:
        """Where the listener rules of the deployment that is coming in send traffic."""
        progress = service.progress
        target = service.deployment(progress.target) if progress is not None else None
        if target is None:
            return Wiring()
        arns = [arn for balancer in target.load_balancers for arn in _rules(balancer)]
        checked = progress is not None and progress.is_checked
        return Wiring(
            forwards={} if checked else {arn: self._shell.balancing.forwards(arn) for arn in arns},
            is_slow=any("/net/" in arn for arn in arns),
        )

    def set_progress(self, service: Service, action: Action) -> None:
        """Write down how far a deployment is, once its traffic is where it says."""
        assert isinstance(action, SetProgress), action
        if action.reason is not None:
            self._shell.decided(
                self._shell.label(service), "shift_traffic" if action.shifts else "enter_stage", action.reason
            )
        progress = action.progress
        if progress is not None and action.shifts:
            refused = self._move(service, progress)
            if refused and service.progress is not None:
                problem = NO_NETWORK.format(text=refused)
                progress = replace(progress if progress.is_rollback else service.progress, problem=problem)
        self.put(service, progress)

    def put(self, service: Service, progress: Progress | None) -> None:
        """Replace a service's progress; what changed goes to the journal."""
        before = service.progress
        self._shell.store.put_service(replace(service, progress=progress))
        if progress is None:
            return
        if before is None or not before.is_checked or _shown(before) != _shown(progress):
            self._record(service, progress)
        known = {run.id: run.status for run in before.hooks} if before is not None else {}
        for run in progress.hooks:
            if known.get(run.id) is not run.status:
                self._record_hook(service, progress, run)

    def _move(self, service: Service, progress: Progress) -> str:
        """Give the target groups their shares; returns what is said against it, or an empty text."""
        target = service.deployment(progress.target)
        before = service.progress
        for balancer in target.load_balancers if target is not None else ():
            if target is None or balancer.advanced is None:
                continue
            green = balancer.group(alternate=target.on_alternate)
            blue = balancer.group(alternate=not target.on_alternate)
            advanced, shares = balancer.advanced, []
            if before is None or before.production != progress.production or progress.stage.is_production:
                shares.append((advanced.production_listener_rule, progress.production))
            if advanced.test_listener_rule and not progress.stage.is_production:
                shares.append((advanced.test_listener_rule, progress.test))
            for rule, share in shares:
                refused = self._shell.balancing.shift(rule, ((blue, ALL - share), (green, share)))
                if refused is not None:
                    return refused.text
        return ""

    def start_hooks(self, service: Service, action: Action) -> None:
        """Start hooks of the present stage."""
        assert isinstance(action, StartHooks), action
        progress = service.progress
        assert progress is not None, f"{service.name} shifts no traffic"
        now, runs = self._shell.now_ms, []
        for place in action.hooks:
            hook = progress.shifting.hooks[place]
            kind = "pause" if hook.target_type is HookTarget.PAUSE else "lambda"
            drawn = self._shell.identity.base62("hook", self._shell.label(service), length=43)
            runs.append(hooks.begin(hook, place, f"ecs-{kind}-{drawn}", now))
        self.put(service, replace(progress, hooks=tuple(runs), are_hooks_begun=True))

    def call_function(self, service: Service, action: Action) -> None:
        """Call the function of a hook; what it answers counts later."""
        assert isinstance(action, CallFunction), action
        progress, shell = service.progress, self._shell
        run = progress.hook(action.hook_id) if progress is not None else None
        assert progress is not None, f"{service.name} shifts no traffic"
        assert run is not None, action
        target = service.deployment(progress.target)
        assert target is not None, progress
        event = hooks.payload(
            progress,
            run,
            execution_id=shell.identity.uuid("execution", shell.label(service)),
            service_arn=service.arn,
            deployment_arn=target.service_deployment_arn,
            revisions={d.id: d.service_revision_arn for d in service.deployments},
        )
        answer, takes_ms = shell.functions.invoke(run.target_arn or "", event)
        shell.journal.record(
            "function",
            (run.target_arn or "").rsplit(":", 1)[-1],
            service=shell.label(service),
            stage=str(progress.stage),
            answer=answer,
            takes_ms=takes_ms,
        )
        heard = hooks.called(run, answer, takes_ms=takes_ms, now_ms=shell.now_ms)
        runs = tuple(heard if each is run else each for each in progress.hooks)
        self.put(service, replace(progress, hooks=runs))

    # The journal

    def _record(self, service: Service, progress: Progress) -> None:
        self._shell.journal.record(
            "deployment.stage",
            progress.target,
            service=self._shell.label(service),
            stage=str(progress.stage),
            step=progress.step + 1,
            steps=len(progress.shifting.steps),
            source=progress.source,
            production=hooks.percent(progress.production),
            test=hooks.percent(progress.test),
            rollback=progress.is_rollback,
            shifts=any(b.advanced for d in service.deployments for b in d.load_balancers),
        )

    def _record_hook(self, service: Service, progress: Progress, run: HookRun) -> None:
        self._shell.journal.record(
            "deployment.hook",
            progress.target,
            service=self._shell.label(service),
            **hooks.fields(progress, run),
        )


def _rules(balancer: LoadBalancer) -> list[str]:
    if balancer.advanced is None:
        return []
    rules = (balancer.advanced.production_listener_rule, balancer.advanced.test_listener_rule)
    return [rule for rule in rules if rule]


def _shown(progress: Progress) -> tuple[object, ...]:
    return (progress.stage, progress.step, progress.production, progress.test, progress.is_rollback)
