"""Every reason code that a decision can carry, with the fields that its wording may use.

`ecsim.view.words` words each of them in English and Japanese; a test keeps the two in step.
"""

from __future__ import annotations

REASONS: dict[str, tuple[str, ...]] = {
    # Starting and stopping during a rolling update (ecs-behaviour.md 5.4)
    "rolling.start": ("start", "active", "desired", "total", "max_total"),
    "rolling.ceiling": ("active", "desired", "total", "max_total", "maximum_percent"),
    "rolling.stop_old": ("healthy", "floor", "old"),
    "rolling.stop_old_unhealthy": ("old",),
    "rolling.stop_to_make_room": ("healthy", "min_healthy", "total", "max_total", "minimum_healthy_percent"),
    "rolling.wait_healthy": ("healthy", "floor", "new_healthy", "desired"),
    "rolling.wait_draining": ("stopping", "total", "max_total"),
    "rolling.stuck": ("desired", "min_healthy", "max_total", "minimum_healthy_percent", "maximum_percent"),
    "rolling.complete": ("desired",),
    "rolling.protected": ("protected", "total", "desired"),
    # Keeping the desired count
    "scale.out": ("start", "active", "desired"),
    "scale.in": ("active", "desired", "zone"),
    "scale.pending": ("active", "desired"),
    # Unhealthy tasks (5.6)
    "replace.start_first": ("unhealthy", "total", "max_total"),
    "replace.stop_replaced": ("healthy", "desired"),
    "replace.stop_first": ("healthy", "min_healthy", "total", "max_total"),
    "replace.stop_failed_start": ("deployment",),
    # The launch throttle (5.8)
    "throttle.wait": ("failed_launches", "delay_s"),
    # The circuit breaker (5.11)
    "breaker.trip": ("count", "threshold", "desired"),
    "breaker.trip_and_roll_back": ("count", "threshold", "desired", "to"),
    "breaker.stalled": ("count", "threshold", "desired"),
    "breaker.roll_back": ("failed", "to", "failed_tasks"),
    "breaker.failed_deployment": ("deployment",),
    # Service deployments that are stopped by a call (5.13)
    "stop.requested": ("to",),
    "stop.stalled": (),
    "stop.roll_back": ("failed", "to"),
    # Deployments with traffic shifting (5.14)
    "strategy.stage": ("stage", "before"),
    "strategy.reconcile": ("left",),
    "strategy.start": ("start", "active", "desired", "deployment"),
    "strategy.stop": ("deployment", "left"),
    "strategy.scale_up": ("healthy", "desired", "deployment"),
    "strategy.shift_test": ("percent", "deployment"),
    "strategy.shift_production": ("percent", "deployment", "step", "steps"),
    "strategy.settle": ("stage", "minutes"),
    "strategy.step_bake": ("percent", "minutes"),
    "strategy.hooks": ("stage", "open"),
    "strategy.bake": ("minutes",),
    "strategy.clean_up": ("left", "deployment"),
    "strategy.complete": ("deployment", "desired"),
    "strategy.rolled_back": ("deployment", "desired"),
    "strategy.left": ("deployment",),
    "strategy.hook_failed": ("stage", "target"),
    "strategy.hook_timed_out": ("stage", "target"),
    "strategy.stage_timeout": ("stage", "hours"),
    "strategy.deployment_timeout": ("days",),
    "strategy.network": ("text",),
    "strategy.roll_back": ("failed", "to"),
    # Task sets of an external controller (5.16)
    "task_set.start": ("start", "active", "wanted"),
    "task_set.draining": ("task_set",),
    # Deployment alarms (5.12), early success (5.4)
    "alarms.ignored": ("alarms",),
    "alarms.watch": ("alarms",),
    "alarms.bake": ("seconds",),
    "alarms.trip": ("alarms",),
    "alarms.trip_and_roll_back": ("alarms", "to"),
    "alarms.stalled": ("alarms",),
    "alarms.roll_back": ("failed", "to"),
    "early.met": ("healthy", "desired"),
    "early.complete": ("healthy", "desired"),
    # The end of a service
    "service.draining": (),
    # Tasks
    "task.image_not_pulled": ("image", "text"),
    "task.resource_not_ready": ("text",),
    "task.container_not_started": ("container", "text"),
    "task.essential_exited": ("container", "exit_code"),
    "task.dependency_failed": ("container", "dependency", "condition"),
    "task.dependency_timed_out": ("container", "dependency", "condition", "start_timeout_s"),
    "task.container_restarted": ("container", "exit_code", "ran_s", "period_s"),
    "task.stopped_by_user": (),
    "task.waits_for_draining": ("targets", "delay_s"),
    "task.killed_after_stop_timeout": ("container", "stop_timeout_s"),
    "task.no_capacity": ("text",),
    "task.host_lost": ("instance", "state"),
    "task.zone_lost": ("zone",),
    "task.orphaned": ("instance",),
    "task.zone_without_capacity": ("text",),
    # Container instances
    "drain.stop_pending": ("instance",),
    # DAEMON services (5.1)
    "daemon.start": ("start", "instances"),
    "daemon.leave": (),
    "daemon.roll": ("old", "healthy", "floor"),
    # AZ rebalancing (5.10)
    "rebalance.start": ("zone", "tasks", "fullest"),
    "rebalance.stop": ("zone", "tasks"),
    # Managed scaling (7.2)
    "scaling.out": ("needed", "existing", "reservation", "target", "desired"),
    "scaling.in": ("needed", "existing", "reservation", "target", "desired"),
    "scaling.low": ("needed", "existing", "reservation", "target", "minutes", "datapoints"),
    "scaling.steady": ("needed", "existing", "reservation", "target"),
}
