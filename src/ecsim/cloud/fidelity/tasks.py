"""Tasks: how true this cloud is."""

from __future__ import annotations

from ecsim.cloud.fidelity.behaviour import APPROXIMATE as _A
from ecsim.cloud.fidelity.behaviour import EXACT as _E
from ecsim.cloud.fidelity.behaviour import NOT_SIMULATED as _N
from ecsim.cloud.fidelity.behaviour import of

ROWS = of(
    "tasks",
    (
        _E,
        "ECS Developer Guide, task-lifecycle-explanation",
        "The states of a task and their order, desiredStatus, timestamps and their order.",
        "タスクの状態とその順序、desiredStatus、タイムスタンプとその順序。",
    ),
    (
        _A,
        "observed: about 24 s from creation to RUNNING",
        "How long each state lasts.",
        "各状態にかかる時間。",
    ),
    (
        _E,
        "botocore ecs Task.stopCode; ECS Developer Guide, stopped-task-error-codes",
        "stopCode, stoppedReason and exit codes of tasks that were stopped, ended, failed to start or failed "
        "health checks.",
        "停止された、終了した、起動に失敗した、ヘルスチェックに失敗したタスクの stopCode、stoppedReason、終了コード。",
    ),
    (
        _E,
        "botocore ecs HealthCheck",
        "Container health checks: interval, retries, start period, the health of the task.",
        "コンテナのヘルスチェック: 間隔、再試行、開始期間、タスク全体の状態。",
    ),
    (
        _E,
        "botocore ecs ContainerDependency",
        "dependsOn with START, COMPLETE, SUCCESS and HEALTHY; the reverse order at the stop.",
        "dependsOn の START、COMPLETE、SUCCESS、HEALTHY と、停止時の逆順。",
    ),
    (
        _E,
        "botocore ecs ContainerDefinition.stopTimeout",
        "SIGTERM, stopTimeout, SIGKILL; an essential container that ends takes the task with it.",
        "SIGTERM、stopTimeout、SIGKILL。必須コンテナが終了するとタスク全体が止まること。",
    ),
    (
        _E,
        "botocore ecs ContainerRestartPolicy; ECS Developer Guide, container-restart-policy",
        "restartPolicy: when a container is started again in its task, and when it is not.",
        "restartPolicy: コンテナを同じタスクの中で起動し直す条件と、起動し直さない条件。",
    ),
    (
        _A,
        "botocore ecs ContainerDefinition.startTimeout",
        "startTimeout of a dependency: who waits for it gives up and the task stops; counted from its start. "
        "A restarted container runs again at once.",
        "依存先の startTimeout: 待っているコンテナが起動を諦め、タスクが停止します。起動時から数えます。"
        "再起動されるコンテナはすぐに動き始めます。",
    ),
    (
        _N,
        "botocore ecs ContainerDefinition",
        "ulimits, command and entryPoint (of definitions and overrides), volumes, ephemeral storage: stored and "
        "shown, without effect.",
        "ulimits、command と entryPoint (タスク定義とオーバーライド)、ボリューム、エフェメラルストレージは"
        "保存と表示のみで、効果はありません。",
    ),
    (
        _N,
        "botocore ecs LaunchType",
        "The launch types EXTERNAL and MANAGED_INSTANCES.",
        "起動タイプ EXTERNAL と MANAGED_INSTANCES。",
    ),
)
