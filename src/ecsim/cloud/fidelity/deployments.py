"""Deployments: how true this cloud is."""

from __future__ import annotations

from ecsim.cloud.fidelity.behaviour import APPROXIMATE as _A
from ecsim.cloud.fidelity.behaviour import EXACT as _E
from ecsim.cloud.fidelity.behaviour import NOT_SIMULATED as _N
from ecsim.cloud.fidelity.behaviour import of

ROWS = of(
    "deployments",
    (
        _E,
        "botocore ecs DeploymentConfiguration",
        "Rolling update: floor rounded up, ceiling rounded down, what counts as healthy, stuck configurations.",
        "ローリングアップデート: 下限の切り上げ、上限の切り捨て、正常とみなす条件、進めなくなる設定。",
    ),
    (
        _A,
        "not documented",
        "Whether old tasks are stopped early when new ones could also be started: this cloud starts first.",
        "新しいタスクを起動できるときに古いタスクを先に止めるかどうか。このクラウドでは起動を優先します。",
    ),
    (
        _E,
        "botocore ecs UpdateServiceRequest",
        "Which members of UpdateService start a deployment.",
        "UpdateService のどの項目がデプロイを開始するか。",
    ),
    (
        _E,
        "ECS Developer Guide, deployment-circuit-breaker",
        "The circuit breaker: threshold, two stages, rollback to the last completed deployment with its old id.",
        "サーキットブレーカー: しきい値、2 つの段階、最後に完了したデプロイへの (元の ID での) ロールバック。",
    ),
    (
        _E,
        "ECS Developer Guide, deployment-type-ecs",
        "Version consistency: a tag is resolved to a digest once per deployment.",
        "バージョンの一貫性: タグはデプロイごとに 1 回だけダイジェストに解決されます。",
    ),
    (
        _E,
        "botocore ecs ServiceDeploymentStatus; ECS Developer Guide, service-deployment, stop-service-deployment",
        "Service deployments: their states and times, the breaker's numbers, StopServiceDeployment with ROLLBACK.",
        "サービスデプロイ: 状態と時刻、サーキットブレーカーの数値、StopServiceDeployment (ROLLBACK)。",
    ),
    (
        _A,
        "not documented",
        "The words of a rollback by StopServiceDeployment; without a completed deployment nothing more is started.",
        "StopServiceDeployment によるロールバックの文面。完了したデプロイがないときは、それ以上何も起動しません。",
    ),
    (
        _E,
        "botocore ecs TaskSet, Scale; ECS Developer Guide, deployment-type-external",
        "Task sets of the EXTERNAL controller: scale and computed desired count, the primary task set, stability, "
        "DRAINING; their tasks start, are replaced and stop.",
        "EXTERNAL コントローラーのタスクセット: スケールと必要数の計算、プライマリタスクセット、安定状態、DRAINING。"
        "タスクは実際に起動し、置き換えられ、停止します。",
    ),
    (
        _E,
        "ECS Developer Guide, blue-green-deployment-how-it-works, canary-deployment; botocore ecs DeploymentStrategy",
        "BLUE_GREEN, LINEAR, CANARY: the lifecycle stages and their order, the weights of listener rules and "
        "listeners after each step, bake times, time limits, the 10 minutes more behind a Network Load Balancer.",
        "BLUE_GREEN、LINEAR、CANARY: ライフサイクルステージとその順序、各段階でのリスナールールとリスナーの重み、"
        "ベイク時間、時間制限、Network Load Balancer で加わる 10 分。",
    ),
    (
        _E,
        "ECS Developer Guide, lambda-lifecycle-hooks, pause-lifecycle-hooks, troubleshooting-blue-green",
        "Lifecycle hooks: Lambda functions (payload, hookStatus, callBackDelay, hookDetails) and pauses with "
        "ContinueServiceDeployment, their time limits, the texts of errors and rollbacks.",
        "ライフサイクルフック: Lambda 関数 (ペイロード、hookStatus、callBackDelay、hookDetails) と "
        "ContinueServiceDeployment による一時停止、時間制限、エラーとロールバックの文面。",
    ),
    (
        _A,
        "not documented",
        "Within a stage the traffic is moved first, then the hooks run. What a hook answers during a rollback holds "
        "nothing up. A service's first deployment has no bake time. Which revision RECONCILE_SERVICE keeps: the "
        "last completed one.",
        "ステージの中では、先にトラフィックを切り替え、次にフックを実行します。ロールバック中のフックの結果は"
        "先へ進むことを妨げません。サービスの最初のデプロイにはベイク時間がありません。RECONCILE_SERVICE では"
        "最後に完了したリビジョンを残します。",
    ),
    (
        _A,
        "this cloud's own",
        "Lambda functions are written in the notebook and run there; they take the time declared for them.",
        "Lambda 関数はノートブックに書き、そこで動きます。所要時間は宣言したとおりです。",
    ),
    (
        _E,
        "ECS Developer Guide, deployment-alarm-failure; botocore ecs DeploymentEarlySuccessCriteria",
        "Deployment alarms: FAILED and rollback, ignored when one is in ALARM at the start. Early success: BLOCKING "
        "and DEFERRED.",
        "デプロイアラーム: FAILED とロールバック、開始時に ALARM のものがあれば無視されること。早期成功: BLOCKING と DEFERRED。",
    ),
    (
        _A,
        "not documented",
        "How often alarms are polled (30 s), the bake time of a rolling deployment that is computed from its alarms, "
        "the words of a failure by an alarm.",
        "アラームを確認する間隔 (30 秒)、ローリングデプロイでアラームから計算されるベイク時間、アラームによる失敗の文面。",
    ),
    (
        _E,
        "CodeDeploy User Guide, deployment-steps-ecs, deployment-configurations, troubleshooting-ecs; botocore "
        "codedeploy; ECS Developer Guide, deployment-type-bluegreen",
        "CODE_DEPLOY and CodeDeploy for ECS: AppSpecs, the lifecycle events and their order, the predefined and "
        "one's own configurations, the test listener, the waits and ContinueDeployment, StopDeployment, alarms, "
        "rollbacks as deployments of their own, the time limits and their texts.",
        "CODE_DEPLOY と ECS 向けの CodeDeploy: AppSpec、ライフサイクルイベントとその順序、定義済みと独自のデプロイ設定、"
        "テストリスナー、待機と ContinueDeployment、StopDeployment、アラーム、独立したデプロイとしてのロールバック、"
        "時間制限とその文面。",
    ),
    (
        _A,
        "not documented",
        "CodeDeploy: READY_WAIT comes after AfterAllowTestTraffic; a deployment that waits is Ready; it has "
        "succeeded when the original task set is gone; events without a function are Skipped; what a rollback "
        "deployment shows; a stopped deployment's leftover task set goes at the next one's Install; an AppSpec that "
        "ECS would not take is refused at once; the words of most refusals.",
        "CodeDeploy: READY_WAIT は AfterAllowTestTraffic の後です。待機中のデプロイは Ready です。元のタスクセットが"
        "なくなると成功です。関数のないイベントは Skipped です。ロールバックのデプロイの見え方。停止したデプロイが残した"
        "タスクセットは次の Install でなくなります。ECS が受け付けない AppSpec はすぐに拒否します。多くの拒否の文面。",
    ),
    (
        _A,
        "this cloud's own",
        'A hook\'s function answers {"status": "Succeeded"} or {"status": "Failed"}, which counts as its call of '
        "PutLifecycleEventHookExecutionStatus; a function that answers anything else is waited for.",
        'フックの関数は {"status": "Succeeded"} か {"status": "Failed"} を返し、それが '
        "PutLifecycleEventHookExecutionStatus の呼び出しとして扱われます。ほかの値を返した関数は報告を待たれます。",
    ),
    (
        _N,
        "botocore codedeploy",
        "CodeDeploy for servers and Lambda functions, AppSpecs in S3, triggers, KEEP_ALIVE of the original task set; "
        "the failure of a deployment by a scaling of its service.",
        "サーバーと Lambda 関数向けの CodeDeploy、S3 の AppSpec、トリガー、元のタスクセットの KEEP_ALIVE、サービスの"
        "スケーリングによるデプロイの失敗。",
    ),
    (
        _N,
        "botocore ecs DeploymentController, DeploymentConfiguration",
        "Traffic shifting by Service Connect; lifecycle hooks of rolling deployments.",
        "Service Connect によるトラフィックの切り替え、ローリングデプロイのライフサイクルフック。",
    ),
)
