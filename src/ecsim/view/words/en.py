"""English words: reasons, and the labels of the views. `{count:task|tasks}` follows the number."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "rolling.start": (
        "Starts {start:task|tasks} of the new deployment: {active} of {desired} were there, and {total} tasks in "
        "all left room below the maximum of {max_total}."
    ),
    "rolling.ceiling": (
        "Waits at the maximum: {total} of at most {max_total:task|tasks} exist (maximumPercent is "
        "{maximum_percent}) and none may stop yet, so the new deployment stays at {active} of {desired}."
    ),
    "rolling.stop_old": (
        "Stops {old:old task|old tasks}: {healthy:task is|tasks are} healthy and {floor} must stay healthy."
    ),
    "rolling.stop_old_unhealthy": (
        "Stops {old:old task that is|old tasks that are} not healthy: that takes no healthy task away."
    ),
    "rolling.stop_to_make_room": (
        "Stops old tasks first, to make room: {total} of at most {max_total:task|tasks} exist. "
        "minimumHealthyPercent is {minimum_healthy_percent}, so {min_healthy} must stay healthy and "
        "{healthy:is|are}."
    ),
    "rolling.wait_healthy": (
        "Waits for new tasks to become healthy: {new_healthy} of {desired:new task is|new tasks are}. "
        "{healthy:task is|tasks are} healthy in all, at least {floor} must stay so."
    ),
    "rolling.wait_draining": (
        "Waits for {stopping:task|tasks} to drain and stop. A task on its way out still counts: {total} exist, "
        "at most {max_total} may."
    ),
    "rolling.stuck": (
        "Can never move: of {desired:desired task|desired tasks}, minimumHealthyPercent {minimum_healthy_percent} "
        "keeps {min_healthy} healthy, and maximumPercent {maximum_percent} allows {max_total} in all. "
        "Change one of the two percents."
    ),
    "rolling.complete": (
        "Completes the deployment: its {desired:task is|tasks are} healthy, and no old task is left."
    ),
    "rolling.protected": (
        "Waits: scale-in protection keeps {protected:task|tasks} from being stopped. {total:task exists|tasks exist}, "
        "{desired:is|are} desired."
    ),
    "scale.out": "Starts {start:task|tasks}: {active} of {desired} desired were there.",
    "scale.in": "Stops a task in {zone}, the zone with most tasks: {active} were there, {desired} desired.",
    "scale.pending": (
        "Waits until its tasks have run long enough to count as healthy: {active} started, {desired} desired."
    ),
    "replace.start_first": (
        "Starts a replacement before it stops anything: {unhealthy:task is|tasks are} unhealthy, and with {total} "
        "of at most {max_total:task|tasks} there is room."
    ),
    "replace.stop_replaced": (
        "Stops the unhealthy task: {healthy:task is|tasks are} healthy, as many as desired ({desired})."
    ),
    "replace.stop_first": (
        "Stops the unhealthy task before its replacement can start: {total} of at most {max_total:task|tasks} "
        "exist. {healthy:task is|tasks are} healthy, {min_healthy} must stay so."
    ),
    "replace.stop_failed_start": (
        "Stops an unhealthy task of {deployment}, a deployment still in progress: it serves nobody, and the "
        "circuit breaker counts it."
    ),
    "throttle.wait": (
        "Waits {delay_s} s before the next start, after {failed_launches:failed launch|failed launches in a row}: "
        "no task reached RUNNING, and ECS slows down."
    ),
    "breaker.trip": (
        "The circuit breaker trips: {count:task|tasks} failed, and the threshold for {desired} desired is "
        "{threshold}. Rollback is off: the deployment is FAILED and the old tasks stay."
    ),
    "breaker.trip_and_roll_back": (
        "The circuit breaker trips: {count:task|tasks} failed, and the threshold for {desired} desired is "
        "{threshold}. It rolls back to {to}, the last deployment that was COMPLETED."
    ),
    "breaker.stalled": (
        "The circuit breaker trips: {count:task|tasks} failed, and the threshold for {desired} desired is "
        "{threshold}. There is no COMPLETED deployment to roll back to: nothing more is started."
    ),
    "breaker.roll_back": (
        "Rolls back from {failed} to {to}: {failed_tasks:task|tasks} of the failed deployment in a row did not make it."
    ),
    "breaker.failed_deployment": (
        "Stops a task of {deployment}: the deployment is FAILED, and its tasks that are not healthy go."
    ),
    "stop.requested": "StopServiceDeployment was called: the deployment is given up, and the service rolls back to {to}.",
    "stop.stalled": (
        "StopServiceDeployment was called, but there is no COMPLETED deployment to roll back to: nothing more is "
        "started."
    ),
    "stop.roll_back": "Rolls back from {failed} to {to}, because StopServiceDeployment was called.",
    "strategy.stage": "Goes on from the stage {before} to {stage}.",
    "strategy.reconcile": (
        "Gives all production traffic to one revision first, and waits until {left:task|tasks} of the other ones "
        "are gone."
    ),
    "strategy.start": (
        "Starts {start:task|tasks} of {deployment}: {active} of {desired} were there. Both revisions have their tasks "
        "until the old one is cleaned up."
    ),
    "strategy.stop": "Stops {left:task|tasks} of {deployment}: it serves no traffic any more.",
    "strategy.scale_up": "Waits until {deployment} is up: {healthy} of {desired:task is|tasks are} healthy.",
    "strategy.shift_test": "Gives {percent} % of the test traffic to {deployment}.",
    "strategy.shift_production": (
        "Gives {percent} % of the production traffic to {deployment} (step {step} of {steps})."
    ),
    "strategy.settle": (
        "Waits {minutes:minute|minutes} in {stage}: behind a Network Load Balancer a shift takes that much longer."
    ),
    "strategy.step_bake": (
        "Waits {minutes:minute|minutes} with {percent} % of the production traffic on the new revision before it goes on."
    ),
    "strategy.hooks": "Waits in {stage} for {open:lifecycle hook|lifecycle hooks}.",
    "strategy.bake": (
        "Waits for the bake time of {minutes:minute|minutes}: both revisions run, so that it could go back at once."
    ),
    "strategy.clean_up": "Waits until the last {left:task|tasks} of {deployment} have stopped.",
    "strategy.complete": (
        "Completes the deployment: {deployment} serves all traffic with {desired:task|tasks}, and the old revision is gone."
    ),
    "strategy.rolled_back": (
        "Completes the rollback: {deployment} serves all traffic again with {desired:task|tasks}, and the other revision "
        "is gone."
    ),
    "strategy.left": (
        "Gives all production traffic back to the old revision: the deployment {deployment}, which was shifting it, was "
        "replaced by a rolling one."
    ),
    "strategy.hook_failed": "Gives the deployment up: the lifecycle hook {target} in {stage} failed.",
    "strategy.hook_timed_out": "Gives the deployment up: the lifecycle hook {target} in {stage} took too long.",
    "strategy.stage_timeout": "Gives the deployment up: the stage {stage} lasted longer than {hours} hours.",
    "strategy.deployment_timeout": "Gives the deployment up: it lasted longer than {days} days.",
    "strategy.network": "Gives the deployment up because {text}",
    "strategy.roll_back": "Rolls back from {failed} to {to}: first the traffic, then the tasks.",
    "codedeploy.hook": "Waits in {event} for the report of the function {function}.",
    "codedeploy.hook_failed": "Gives the CodeDeploy deployment up: the function {function} in {event} failed.",
    "codedeploy.hook_timed_out": "Gives the CodeDeploy deployment up: the function {function} in {event} did not report within an hour.",
    "codedeploy.attach": "Puts the second target group behind the production listener, without traffic.",
    "codedeploy.leftover": "Deletes a task set that an earlier deployment left behind: its target group is needed.",
    "codedeploy.create": "Creates the replacement task set: {desired:task|tasks} with the task definition of the AppSpec.",
    "codedeploy.install": "Waits until the replacement task set is steady: {running} of {desired:task is|tasks are} running.",
    "codedeploy.install_timed_out": "Gives the CodeDeploy deployment up: the replacement task set was not healthy within 60 minutes.",
    "codedeploy.not_behind": "Gives the CodeDeploy deployment up: the listeners do not send traffic to the primary task set.",
    "codedeploy.elb": "Gives the CodeDeploy deployment up: {text}",
    "codedeploy.test": "Sends {percent} % of the test traffic to the replacement task set.",
    "codedeploy.ready_wait": "Waits up to {minutes:minute|minutes} for ContinueDeployment before traffic is rerouted.",
    "codedeploy.ready_timed_out": "Stops the CodeDeploy deployment: nobody continued it within {minutes:minute|minutes}.",
    "codedeploy.shift": "Sends {percent} % of production to the replacement task set (step {step} of {steps}).",
    "codedeploy.shift_back": "Sends all of production back to the original task set.",
    "codedeploy.interval": "Stays at {percent} % for {minutes:minute|minutes} before the next step.",
    "codedeploy.primary": "Makes {task_set} the PRIMARY task set: all of production goes there.",
    "codedeploy.termination_wait": "Keeps the original task set for {minutes:minute|minutes}, so that a rollback needs no new tasks.",
    "codedeploy.terminate": "Deletes {task_set}: it serves no traffic any more.",
    "codedeploy.draining": "Waits until the last tasks of {task_set} have stopped.",
    "codedeploy.succeed": "The CodeDeploy deployment {deployment} has succeeded.",
    "codedeploy.stop_requested": "Stops the CodeDeploy deployment: StopDeployment was called.",
    "codedeploy.alarm": "Stops the CodeDeploy deployment: in ALARM are {alarms}.",
    "codedeploy.no_service": "Gives the CodeDeploy deployment up: the service is not ACTIVE any more.",
    "codedeploy.lost": "Gives the CodeDeploy deployment up: one of its task sets is gone.",
    "task_set.start": "Starts {start:task|tasks} of the task set: {active} of its {wanted} were there.",
    "task_set.draining": "Stops the tasks of {task_set}: the task set was deleted.",
    "alarms.ignored": (
        "Watches no alarm during this deployment: {alarms} was in ALARM when it began, so that a fix can be deployed."
    ),
    "alarms.watch": "Watches {alarms:alarm|alarms} while the deployment is under way.",
    "alarms.bake": (
        "Waits {seconds} s more before the deployment is COMPLETED: that is how long it still watches its alarms."
    ),
    "alarms.trip": "The alarm {alarms} went into ALARM. Rollback is off: the deployment is FAILED and goes no further.",
    "alarms.trip_and_roll_back": (
        "The alarm {alarms} went into ALARM. It rolls back to {to}, the last deployment that was COMPLETED."
    ),
    "alarms.stalled": (
        "The alarm {alarms} went into ALARM, but there is no COMPLETED deployment to roll back to: nothing more is "
        "started."
    ),
    "alarms.roll_back": "Rolls back from {failed} to {to}, because an alarm was detected.",
    "early.met": (
        "Stops the old tasks: {healthy} of {desired:new task|new tasks} are healthy, enough for the early success criteria."
    ),
    "early.complete": (
        "Completes the deployment early: {healthy} of {desired:task is|tasks are} healthy, enough for the early success "
        "criteria. The rest follows."
    ),
    "service.draining": "Stops the task: its service was deleted.",
    "task.image_not_pulled": "The image {image} could not be pulled: {text}",
    "task.resource_not_ready": "Something that the task needs before it starts could not be had: {text}",
    "task.container_not_started": "The container {container} could not be started: {text}",
    "task.essential_exited": (
        "The essential container {container} exited with code {exit_code}; the whole task ends with it."
    ),
    "task.dependency_failed": (
        "The container {container} cannot start: it depends on {dependency} reaching {condition}, and that "
        "failed."
    ),
    "task.dependency_timed_out": (
        "The container {container} gives up: {dependency}, on which it depends, did not reach {condition} within its "
        "startTimeout of {start_timeout_s} s."
    ),
    "task.container_restarted": (
        "The container {container} exited with code {exit_code} after {ran_s} s. Its restart policy asks for at least "
        "{period_s} s, so it is started again in the same task."
    ),
    "task.stopped_by_user": "StopTask was called.",
    "task.waits_for_draining": (
        "Waits up to {delay_s} s until the load balancer has drained {targets:target|targets} of it; SIGTERM comes after that."
    ),
    "task.killed_after_stop_timeout": (
        "The container {container} did not exit within its stopTimeout of {stop_timeout_s} s after SIGTERM, so it "
        "was killed with SIGKILL."
    ),
    "task.host_lost": "The EC2 instance {instance} that it was on is {state}.",
    "task.orphaned": "The container instance on {instance} was deregistered by force: ECS no longer accounts for its tasks.",
    "task.zone_lost": "The Availability Zone {zone} that it was in is out of order.",
    "task.zone_without_capacity": "Every Availability Zone of its subnets is out of order: {text}",
    "drain.stop_pending": "The container instance on {instance} is DRAINING: a task that is still PENDING is stopped at once.",
    "daemon.start": "{start} of {instances} container instances have no task of this DAEMON service: one is started on each.",
    "daemon.leave": "The container instance is not one that this DAEMON service runs on (any more).",
    "daemon.roll": "{old} old tasks must make room on their instances; {healthy} are healthy and {floor} must stay so.",
    "rebalance.start": "{zone} has {tasks} tasks and another zone {fullest}: one is started in {zone} to balance them.",
    "rebalance.stop": "The task in the emptier zone is healthy, so one of the {tasks} in {zone} goes.",
    "scaling.out": "CapacityProviderReservation is {reservation} %, above the target of {target} %: {needed} instances are "
    "needed and {existing} are there, so the Auto Scaling group grows to {desired}.",
    "scaling.in": "CapacityProviderReservation has been {reservation} %, below the target of {target} %, for 15 minutes: "
    "{needed} of {existing} instances are needed, so the Auto Scaling group shrinks to {desired}.",
    "scaling.low": "CapacityProviderReservation is {reservation} %, below the target of {target} % ({needed} of {existing} "
    "instances needed): {minutes} of the {datapoints} minutes after which the group shrinks.",
    "scaling.steady": "CapacityProviderReservation is {reservation} % at a target of {target} %: {needed} instances are "
    "needed, {existing} are there.",
    "task.no_capacity": "There is no capacity for the task: {text}",
    "http.no_targets": (
        "the target group {target_group} has no registered target that takes requests ({draining} draining)."
    ),
    "http.connection_refused": (
        "the task {task} at {address} refused the connection: nothing listens on port {port}."
    ),
    "http.connection_closed": "the task {task} at {address} closed the connection before it had answered.",
    "http.deregistration_delay_over": (
        "the deregistration delay of the task {task} at {address} ended while the request was still in flight."
    ),
    "http.connect_timeout": "the task {task} at {address} accepted no connection within {timeout_s} s.",
    "http.idle_timeout": (
        "the task {task} at {address} sent nothing for {timeout_s} s, the load balancer's idle timeout."
    ),
    "http.action_not_simulated": "the listener rule's action {action} is not simulated.",
    "http.plain_http_to_https": "plain HTTP was sent to the HTTPS port {port} of {host}.",
    "http.unknown_host": "no load balancer or task has the name {host}.",
    "http.no_listener": "{host} has no listener on port {port}.",
    "http.no_answer": "{host} did not answer on port {port} within {timeout_s} s.",
    "http.refused": "{host} refused the connection on port {port}.",
    "http.closed": "{host} closed the connection on port {port} before it had answered.",
    "http.tls_failed": "{host} does not speak TLS on port {port}.",
    "http.certificate_mismatch": "no certificate of the listener covers the name {host}; it covers: {names:list}.",
    "http.client_gave_up": "the client gave up on {host}:{port} after {timeout_s} s (the load balancer's access log says 460).",
    "http.bad_url": "{url} is not a URL that can be requested.",
}
"""Reason code to template."""

LABELS: dict[str, str] = {
    "cluster": "cluster",
    "service": "service",
    "task": "task",
    "map.title": "Map of the cluster {cluster}",
    "map.desc": "{services:service|services}, {tasks:task|tasks} at {time}",
    "map.empty": "There is no cluster yet. ecs.create_cluster(clusterName=...) makes one.",
    "map.no_services": "No service yet.",
    "map.standalone": "standalone tasks",
    "map.stopped": "stopped",
    "map.stopped_more": "{more:older stopped task|older stopped tasks} not shown",
    "map.more": "{more:task|tasks} more, not shown",
    "map.internet": "customers",
    "map.no_tasks": "no tasks",
    "map.listener": "listener",
    "map.no_listener": "no listener",
    "map.target_group": "target group",
    "map.no_targets": "no targets",
    "map.default": "default",
    "map.redirect": "redirect",
    "map.fixed": "fixed response",
    "map.instances": "container instances",
    "map.instances.more": "{more:container instance|container instances} more, not shown",
    "map.instance.tasks_more": "{more:task|tasks} more",
    "map.instance.none": "no tasks",
    "map.connected": "agent connected",
    "map.disconnected": "agent not connected",
    "map.left": "left",
    "map.left.of": "{left} of {whole}",
    "map.cpu": "CPU units",
    "map.memory": "memory (MiB)",
    "map.gpus": "GPUs",
    "map.enis": "ENIs for tasks",
    "map.on": "on {instance}",
    "map.no_zone": "no zone yet",
    "desired": "desired",
    "running": "running",
    "pending": "pending",
    "failed": "failed",
    "container": "container",
    "target": "target",
    "health": "health",
    "tl.title": "Timeline of the service {service}",
    "tl.desc": (
        "{tasks:task|tasks} and {deployments:deployment|deployments} from {start} to {end}. Now: {running} running, "
        "{healthy} healthy."
    ),
    "tl.stages": "stages",
    "tl.production": "production",
    "tl.test": "test",
    "tl.stage": "Stage {stages}",
    "tl.stage.back": "Rollback, stage {stages}",
    "tl.stage.with": "{sentence} (to the new revision: production {production} %, test {test} %)",
    "tl.hook": "The lifecycle hook {hook} in {stage} is {status}.",
    "tl.share.production": "{revision} gets {percent} % of the production traffic",
    "tl.share.test": "{revision} gets {percent} % of the test traffic",
    "tl.back": "rollback",
    "tl.back.letters": "in capitals: rollback",
    "tl.shares": "the new revision's share of the production and of the test traffic, in percent",
    "tl.deployments": "deployments",
    "tl.deployment": "deployment",
    "tl.tasks": "tasks",
    "tl.calls": "calls",
    "tl.events": "events",
    "tl.total": "tasks not STOPPED",
    "tl.healthy": "healthy",
    "tl.floor": "minimum healthy {floor} ({percent} %)",
    "tl.ceiling": "maximum {ceiling} ({percent} %)",
    "tl.max": "max. {ceiling}",
    "tl.min": "min. healthy {floor}",
    "tl.earlier": "Before {start} nothing is shown; give a start to look further back.",
    "tl.later": "Shown until {end}; it is {now} now. Give an end to see more.",
    "tl.column": "one column is {step}",
    "tl.keys": "{events:service event|service events}",
    "tl.nothing": "Nothing has happened to {service} yet.",
    "tl.undrawn": "{undrawn:task more has|tasks more have} no lane here; the numbers below count all.",
    "tl.hidden": "{hidden:task|tasks} more had no part in this stretch.",
    "no_service": "There is no service {service}. Services here: {services}.",
    "no_services": "There is no service {service}: no service was created yet.",
    "why.title": "Why: {subject}",
    "why.nothing": "No decision about {subject} is on record.",
    "why.unknown": (
        'Nothing is known of "{subject}". Ask about a service, a task id (or its beginning), a deployment id, or '
        'a status such as "503".'
    ),
    "why.many": '"{subject}" fits several tasks: {tasks}. Give more of the id.',
    "why.earlier": "{left:earlier line|earlier lines} left out",
    "why.similar": "and {more} more like it",
    "why.times": "{times} times until {until}",
    "why.times.at_once": "{times} times",
    "why.until": "until {until}",
    "why.tasks": "{count:task|tasks}: {ids}",
    "why.call": "{operation} was called.",
    "why.call.by": "You called {operation}.",
    "why.call.with": "{sentence} ({what})",
    "why.deployment.new": "The deployment {deployment} begins: it is PRIMARY and IN_PROGRESS.",
    "why.deployment.IN_PROGRESS": "The deployment {deployment} is PRIMARY again and IN_PROGRESS.",
    "why.stopping": "ECS wants the task STOPPED: {reason} (stopCode {code})",
    "why.stopping.same": "So ECS wants the task STOPPED (stopCode {code}).",
    "why.stopped": "The task is STOPPED.",
    "why.running": "The task is RUNNING.",
    "why.created": "The task was created for {deployment}.",
    "why.created.standalone": "The task was created by RunTask; no service replaces it.",
    "why.exit": "The container {container} exited with code {exit_code}{meaning}.",
    "why.no_exit": "The container {container} stopped without an exit code: {reason}",
    "why.exit.reason": "{sentence} {reason}",
    "why.health": "The health check of the container {container} says {health}.",
    "why.target": "The target {target} is {state}{reason}.",
    "why.fault": "A fault was injected: {fault} for {match}.",
    "why.fault.off": "The fault was taken back: {fault} for {match}.",
    "why.http": "{request} was answered {status}: {reason}",
    "why.http.error": "{request} failed: {reason}",
    "why.http.rule": "{request} was answered {status} by the load balancer itself, by a listener rule.",
    "why.http.none": "{request} was answered {status} by the program of task {task}.",
    "why.http.nothing": "No request has been answered {status} so far.",
    "exit.0": ", as a program does that ends well",
    "exit.1": ", the program's own error",
    "exit.126": ": the command cannot be executed",
    "exit.127": ": the command was not found in the image",
    "exit.137": ": SIGKILL",
    "exit.139": ": SIGSEGV, it broke off",
    "exit.143": ": it ended on SIGTERM without handling it",
    "events.title": "Events of the service {service}",
    "events.nothing": "The service {service} has no events yet.",
    "word.healthy": "healthy",
    "word.unhealthy": "unhealthy",
    "word.failed": "failed",
    "cost.title": "What this would have cost on AWS",
    "cost.estimate": "estimate",
    "cost.total": "Total",
    "cost.so_far": "so far, in {time} of virtual time",
    "cost.month": "a month like the present moment (730 h)",
    "cost.nothing": "Nothing that costs money has run so far.",
    "cost.item": "what",
    "cost.quantity": "used",
    "cost.price": "price",
    "cost.amount": "US dollars",
    "cost.vcpu": "Fargate vCPU, {tasks:task|tasks}",
    "cost.memory": "Fargate memory, {tasks:task|tasks}",
    "cost.balancer": "{balancers:Application Load Balancer|Application Load Balancers}",
    "cost.vcpu.unit": "vCPU-hours",
    "cost.memory.unit": "GB-hours",
    "cost.balancer.unit": "ALB-hours",
    "cost.note.minimum": (
        "Fargate bills by the second from the start of the image pull to the end of the task, at least 1 minute: "
        "{tasks:task was|tasks were} raised to it."
    ),
    "cost.note.none_minimum": (
        "Fargate bills by the second from the start of the image pull to the end of the task, at least 1 minute."
    ),
    "cost.note.requested": "You pay for the size that the task definition asks for, not for what is used.",
    "cost.note.balancer": (
        "A load balancer costs by the hour, with or without requests; a part of an hour counts whole."
    ),
    "cost.note.left_out": (
        "Not in it: load balancer capacity units, public IPv4 addresses, NAT gateways, data transfer, CloudWatch "
        "Logs, free tier, Savings Plans, Spot."
    ),
    "cost.note.other_launch": "{tasks:task|tasks} not on Fargate left out: there, the instances cost.",
    "cost.note.unsized": "{tasks:task|tasks} without a known size left out.",
    "cost.note.forgotten": "{tasks:task that is|tasks that are} no longer remembered left out.",
    "cost.note.source": "Prices of {region} in US dollars, as of {date}. Source: articles that quote {source}.",
    "cost.note.other_region": "There is no price table for {region}: the prices of {used} stand in.",
}
"""Label key to template."""
