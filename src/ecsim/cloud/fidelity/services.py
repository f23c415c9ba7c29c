"""Services: how true this cloud is."""

from __future__ import annotations

from ecsim.cloud.fidelity.behaviour import APPROXIMATE as _A
from ecsim.cloud.fidelity.behaviour import EXACT as _E
from ecsim.cloud.fidelity.behaviour import NOT_SIMULATED as _N
from ecsim.cloud.fidelity.behaviour import of

ROWS = of(
    "services",
    (
        _E,
        "botocore ecs DeploymentConfiguration",
        "REPLICA: the desired count is kept; a stopped task is replaced; tasks spread over Availability Zones.",
        "REPLICA: 必要数が保たれ、止まったタスクは置き換えられ、アベイラビリティーゾーンに分散されます。",
    ),
    (
        _E,
        "ECS Developer Guide, service-event-messages-list",
        "The texts of service events, newest first, at most 100, problems told once in six hours.",
        "サービスイベントの文面。新しい順、最大 100 件、同じ問題は 6 時間に 1 回だけ。",
    ),
    (
        _A,
        "order observed",
        "The order of events of the same second.",
        "同じ秒に起きたイベントの順序。",
    ),
    (
        _E,
        "ECS Developer Guide, deployment-type-ecs",
        "An unhealthy task is replaced: first started then stopped where maximumPercent allows it.",
        "異常なタスクの置き換え。maximumPercent が許せば、先に起動してから停止します。",
    ),
    (
        _E,
        "botocore ecs CreateServiceRequest",
        "healthCheckGracePeriodSeconds; DRAINING and INACTIVE; deletion with and without force.",
        "healthCheckGracePeriodSeconds、DRAINING と INACTIVE、force の有無による削除。",
    ),
    (
        _A,
        "ECS Developer Guide, service-throttle-logic (27 minutes)",
        "The launch throttle: the longest delay is AWS's, the steps before it are not documented.",
        "起動のスロットリング。最大の待ち時間は AWS と同じで、途中の増え方は公開されていません。",
    ),
    (
        _A,
        "ECS Developer Guide, task-placement-strategies",
        "Which task goes when scaling in: from the fullest Availability Zone; among equals the youngest.",
        "スケールインで止めるタスク。最も多いアベイラビリティーゾーンから選び、同数なら新しいものから止めます。",
    ),
    (
        _E,
        "botocore ecs UpdateTaskProtection; ECS Developer Guide, task-scale-in-protection",
        "Scale-in protection of tasks: it ends by itself, holds back scaling in and deployments, and is refused "
        "when more tasks would be protected than desired.",
        "タスクのスケールイン保護: 期限で自動的に終わること、スケールインとデプロイによる停止を防ぐこと、"
        "保護されたタスクが必要数を超えるときは拒否されること。",
    ),
    (
        _E,
        "botocore ecs CreateServiceRequest.schedulingStrategy",
        "DAEMON: one task on each ACTIVE container instance that meets the constraints, new ones too; rolling by "
        "minimumHealthyPercent (0 by default) without exceeding one task an instance.",
        "DAEMON: 制約を満たす ACTIVE なコンテナインスタンスごとに 1 タスク (新しいインスタンスにも)。minimumHealthyPercent "
        "(デフォルトは 0) に従って、1 台に 1 つを超えないよう入れ替えます。",
    ),
    (
        _E,
        "ECS Developer Guide, service-rebalancing, track-service-rebalancing",
        "Availability Zone rebalancing of steady services: which are eligible, one task at a time, start first, its "
        "events and stoppedReason.",
        "アベイラビリティーゾーンのリバランシング: 対象となるサービスの条件、1 つずつ先に起動してから停止すること、"
        "イベントと stoppedReason。",
    ),
    (
        _E,
        "botocore ecs CapacityProviderStrategyItem, PutClusterCapacityProviders",
        "FARGATE and FARGATE_SPOT: base and weight, the default strategy of a cluster, a provider in use stays.",
        "FARGATE と FARGATE_SPOT: ベースとウェイト、クラスターのデフォルト戦略、使用中のプロバイダーは外せないこと。",
    ),
    (
        _A,
        "not documented",
        "Rounding where the weights do not divide the tasks evenly; each deployment counts its own tasks. "
        "FARGATE_SPOT tasks are not interrupted.",
        "ウェイトで割り切れないときの端数。デプロイごとに自分のタスクだけを数えます。"
        "FARGATE_SPOT のタスクの中断は起きません。",
    ),
    (
        _N,
        "botocore ecs CreateServiceRequest",
        "Managed Instances, Service Connect, service discovery.",
        "マネージドインスタンス、Service Connect、サービス検出。",
    ),
)
