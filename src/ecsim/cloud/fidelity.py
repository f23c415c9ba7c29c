"""How true this cloud is: every behaviour, whether it is exact, approximate or not simulated, and where that is from.

The operations come from the API itself; the behaviours are listed here, beside nothing else, so that a change of
behaviour has one place to say so. The fidelity page of the site is made from this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ecsim.api.ecs import operations, simulated


class Level(StrEnum):
    """How true a behaviour is."""

    EXACT = "exact"
    """As documented, with a test that names the source."""
    APPROXIMATE = "approximate"
    """The same in kind and order; numbers or details are this cloud's choice."""
    NOT_SIMULATED = "not simulated"
    """Accepted and shown, or refused with an error that says so; nothing happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One behaviour, in both languages."""

    topic: str
    level: Level
    source: str
    en: str
    ja: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the ECS API."""

    name: str
    is_simulated: bool


_E, _A, _N = Level.EXACT, Level.APPROXIMATE, Level.NOT_SIMULATED


def _of(topic: str, *rows: tuple[Level, str, str, str]) -> tuple[Behaviour, ...]:
    return tuple(Behaviour(topic=topic, level=row[0], source=row[1], en=row[2], ja=row[3]) for row in rows)


TOPICS = {
    "tasks": ("Tasks", "タスク"),
    "services": ("Services", "サービス"),
    "deployments": ("Deployments", "デプロイ"),
    "balancing": ("Load balancing", "ロードバランシング"),
    "instances": ("Container instances", "コンテナインスタンス"),
    "containers": ("Containers and images", "コンテナとイメージ"),
    "around": ("Around ECS", "ECS の周辺"),
}

BEHAVIOURS: tuple[Behaviour, ...] = (
    *_of(
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
    ),
    *_of(
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
    ),
    *_of(
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
            _N,
            "botocore ecs DeploymentController, DeploymentConfiguration",
            "CODE_DEPLOY; traffic shifting by Service Connect; lifecycle hooks of rolling deployments.",
            "CODE_DEPLOY、Service Connect によるトラフィックの切り替え、ローリングデプロイのライフサイクルフック。",
        ),
    ),
    *_of(
        "balancing",
        (
            _E,
            "ALB User Guide, target-group-health-checks",
            "Target states, reasons and thresholds; one success makes a new target healthy; fail-open.",
            "ターゲットの状態、理由、しきい値。新しいターゲットは 1 回の成功で正常になること、フェイルオープン。",
        ),
        (
            _A,
            "within the interval, observed",
            "When the first health check comes: a third of the interval after registration.",
            "最初のヘルスチェックの時刻。登録から間隔の 3 分の 1 後です。",
        ),
        (
            _E,
            "ALB User Guide, load-balancer-troubleshooting",
            "502, 503 and 504 and who answers them; draining and the deregistration delay.",
            "502、503、504 を誰が返すか。登録解除の遅延とドレイン。",
        ),
        (
            _E,
            "ALB User Guide, load-balancer-listeners",
            "Rules by path, host, header, method, query and source; forward with weights, redirect, fixed response.",
            "パス、ホスト、ヘッダー、メソッド、クエリ、送信元によるルール。重み付き転送、リダイレクト、固定レスポンス。",
        ),
        (
            _E,
            "ALB User Guide, sticky-sessions; botocore elbv2 TargetGroupAttribute",
            "Sticky sessions (lb_cookie, app_cookie, sticky target groups), least outstanding requests, slow start.",
            "スティッキーセッション (lb_cookie、app_cookie、ターゲットグループ単位)、最小未処理リクエスト、スロースタート。",
        ),
        (
            _A,
            "ALB User Guide; not documented",
            "Weighted groups and weighted_random follow an even sequence of draws instead of chance; the contents of the "
            "cookies; all nodes of a load balancer count together.",
            "重み付けと weighted_random は乱数ではなく均等な列に従います。Cookie の中身は独自のものです。"
            "ロードバランサーのノードは分けずに数えます。",
        ),
        (
            _E,
            "ALB User Guide, load-balancer-listeners; ACM User Guide; Route 53 Developer Guide",
            "HTTPS listeners with a certificate of ACM (ISSUED, with the right name), redirects, alias and CNAME records.",
            "ACM の証明書 (発行済みで名前が一致するもの) による HTTPS リスナー、リダイレクト、エイリアスと CNAME。",
        ),
        (
            _A,
            "NLB User Guide",
            "Network Load Balancers: TCP and TLS listeners, TCP and HTTP health checks, zones; connections go round "
            "robin instead of by a hash of the flow. A DNS change is seen at once.",
            "Network Load Balancer: TCP と TLS のリスナー、TCP と HTTP のヘルスチェック、ゾーン。接続の振り分けは"
            "フローのハッシュではなく順番です。DNS の変更はすぐに反映されます。",
        ),
        (
            _A,
            "Amazon VPC User Guide, security groups",
            "Security groups from customers to a load balancer that names some, and from it to the tasks; rules for "
            "incoming connections only. A request straight to a task's address is not checked.",
            "セキュリティグループ: 指定のあるロードバランサーについて、利用者からロードバランサーまでとタスクまでの"
            "インバウンドルールを調べます。タスクのアドレスへの直接のリクエストは調べません。",
        ),
        (
            _A,
            "ALB User Guide, load-balancer-cloudwatch-metrics",
            "Metrics in AWS/ApplicationELB by load balancer and target group, in whole minutes; none by zone, none of "
            "Network Load Balancers.",
            "AWS/ApplicationELB のメトリクス (ロードバランサー別とターゲットグループ別、1 分単位)。ゾーン別と "
            "Network Load Balancer のメトリクスはありません。",
        ),
        (
            _A,
            "ECS Developer Guide, service-event-messages-list",
            "A target that somebody deregisters by hand: the event is AWS's; that ECS then replaces the task is not "
            "documented.",
            "手動で登録解除されたターゲット: イベントの文面は AWS と同じです。ECS がタスクを置き換える動作は"
            "公開されていません。",
        ),
        (
            _N,
            "ALB User Guide; NLB User Guide; GWLB User Guide",
            "Authentication (OIDC, Cognito), mutual TLS, WAF, UDP, HTTP/2 and gRPC, access logs, Lambda targets, Gateway "
            "and Classic Load Balancers.",
            "認証 (OIDC、Cognito)、相互 TLS、WAF、UDP、HTTP/2 と gRPC、アクセスログ、Lambda ターゲット、"
            "Gateway Load Balancer、Classic Load Balancer。",
        ),
    ),
    *_of(
        "instances",
        (
            _E,
            "ECS Developer Guide, bootstrap_container_instance; botocore ecs RegisterContainerInstance",
            "An EC2 instance registers itself when its user data writes ECS_CLUSTER into /etc/ecs/ecs.config and it "
            "has an instance profile. Its status, DRAINING, deregistration, attributes, registered and remaining "
            "resources.",
            "ユーザーデータで /etc/ecs/ecs.config に ECS_CLUSTER を書き、インスタンスプロファイルを持つ EC2 インスタンスは、"
            "自動的に登録されます。ステータス、DRAINING、登録解除、属性、登録済みリソースと残りのリソース。",
        ),
        (
            _A,
            "not documented",
            "It registers 60 s after its start, with 95 % of its type's memory. Instance types that are not in this "
            "cloud's table offer what a t3.medium does. What the AMI is does not matter.",
            "登録は起動から 60 秒後で、メモリはインスタンスタイプの 95 % です。表にないインスタンスタイプは t3.medium "
            "と同じ大きさです。AMI の種類は問いません。",
        ),
        (
            _E,
            "ECS Developer Guide, task-placement, cluster-query-language",
            "Placement: CPU, memory, host ports, network interfaces, GPUs and attributes; distinctInstance and memberOf "
            "with the cluster query language; spread, binpack and random, in their order; RunTask's failures.",
            "タスク配置: CPU、メモリ、ホストポート、ネットワークインターフェイス、GPU、属性。distinctInstance と "
            "(クラスタークエリ言語による) memberOf。指定順の spread、binpack、random。RunTask の failures。",
        ),
        (
            _A,
            "not documented",
            "Among equal instances the one registered first gets the task. One failure for each instance that was "
            "refused.",
            "同点のインスタンスでは、先に登録されたものが選ばれます。failures には断られたインスタンスごとに 1 件が入ります。",
        ),
        (
            _E,
            "botocore ecs PortMapping, NetworkBinding",
            "The network modes bridge and host; dynamic host ports; target groups of the type instance; StartTask.",
            "ネットワークモード bridge と host、動的ホストポート、instance タイプのターゲットグループ、StartTask。",
        ),
        (
            _E,
            "ECS Developer Guide, cluster-auto-scaling, managed-scaling-behavior; botocore ecs ManagedScaling",
            "Capacity providers with an Auto Scaling group: tasks wait in PROVISIONING, CapacityProviderReservation "
            "grows the group at once and shrinks it after 15 minutes below the target; steps, managed termination "
            "protection and managed draining.",
            "Auto Scaling グループのキャパシティープロバイダー: タスクは PROVISIONING で待ち、CapacityProviderReservation に"
            "よりグループはすぐに拡大し、ターゲットを 15 分間下回ると縮小します。ステップ、マネージド終了保護、"
            "マネージドドレイン。",
        ),
        (
            _A,
            "not documented",
            "A task waits 30 minutes for an instance. Without termination protection the oldest instances of the group "
            "go first. A group launches all its instances in its first subnet. The reservation is not published to "
            "CloudWatch.",
            "タスクがインスタンスを待つ時間は 30 分です。終了保護がない場合は古いインスタンスから終了します。Auto Scaling グループの"
            "インスタンスはすべて最初のサブネットで起動します。予約率は CloudWatch に発行されません。",
        ),
        (
            _E,
            "botocore ecs UpdateContainerInstancesState",
            "DRAINING moves service tasks by minimumHealthyPercent and maximumPercent. An instance that is stopped or "
            "terminated takes its tasks with it.",
            "DRAINING ではサービスのタスクが minimumHealthyPercent と maximumPercent に従って移ります。停止または終了した"
            "インスタンスでは、タスクも一緒に失われます。",
        ),
    ),
    *_of(
        "containers",
        (
            _A,
            "this cloud's own",
            "Containers are small programs; what an image does is declared, no image is pulled.",
            "コンテナは小さなプログラムです。イメージの動作は宣言されたもので、実際の取得は行いません。",
        ),
        (
            _E,
            "ECS Developer Guide, task_cannot_pull_image",
            "A repository, tag or digest that does not exist stops the start with AWS's error.",
            "存在しないリポジトリ、タグ、ダイジェストでは、AWS と同じエラーで起動に失敗します。",
        ),
        (
            _E,
            "botocore ecs Secret.valueFrom; LogConfiguration",
            "Secrets Manager and Parameter Store values; awslogs into CloudWatch Logs; what is missing stops it.",
            "Secrets Manager と Parameter Store の値、awslogs による CloudWatch Logs への出力。"
            "足りないものがあると起動に失敗します。",
        ),
        (
            _N,
            "botocore ecs LogConfiguration",
            "Other log drivers, FireLens; CPU and memory use.",
            "ほかのログドライバー、FireLens、CPU とメモリの使用量。",
        ),
    ),
    *_of(
        "around",
        (
            _E,
            "botocore ecs PutAccountSetting; ECS Developer Guide, ecs-account-settings",
            "Account settings: values, defaults, of the account and of principals; containerInsights holds for new "
            "clusters. The others are stored and shown.",
            "アカウント設定: 値、デフォルト、アカウント全体とプリンシパルごとの設定。containerInsights は新しい"
            "クラスターに反映されます。ほかの設定は保存と表示のみです。",
        ),
        (
            _A,
            "botocore ecs ListServicesByNamespace",
            "Services by namespace: the namespace must be written as the service has it; Cloud Map is not asked.",
            "名前空間ごとのサービス一覧。サービスに設定されたとおりの表記で指定します。Cloud Map には問い合わせません。",
        ),
        (
            _E,
            "AWS CLI User Guide, cli-usage-returncodes, cliv2-migration-changes; tried with 1.46.3 and 2.9.19",
            "The AWS CLI, v1 and v2. They differ: v2 shows times as ISO 8601 (v1 as seconds), ends with 254 where AWS "
            "refuses (v1 with 255), and before 2.13 needs --endpoint-url instead of AWS_ENDPOINT_URL.",
            "AWS CLI v1 と v2。違い: v2 は時刻を ISO 8601 で表示し (v1 は秒)、AWS が拒否したときの終了コードは 254 です "
            "(v1 は 255)。2.13 より前の v2 では AWS_ENDPOINT_URL の代わりに --endpoint-url が必要です。",
        ),
        (
            _A,
            "botocore ecs ExecuteCommand; ECS Developer Guide, ecs-exec",
            "ECS Exec: what is refused, and the session that is answered. Nobody listens at its streamUrl: no shell runs.",
            "ECS Exec: 拒否される条件と、応答のセッション。streamUrl の先には何もなく、シェルは動きません。",
        ),
        (
            _N,
            "botocore ecs SubmitTaskStateChange, DiscoverPollEndpoint",
            "The container agent's own calls are acknowledged and change nothing: this cloud's agents are inside of it.",
            "コンテナエージェント専用の呼び出しには応答しますが、何も変わりません。このクラウドのエージェントは内部にあります。",
        ),
        (
            _N,
            "botocore ecs TaskVolumeConfiguration",
            "Amazon EBS volumes of tasks: checked, kept and shown as attachments; no volume is made.",
            "タスクの Amazon EBS ボリューム: 検証、保存、アタッチメントとしての表示のみで、ボリュームは作成されません。",
        ),
        (
            _N,
            "IAM User Guide",
            "Permissions: roles are stored, nothing is denied yet.",
            "アクセス許可: ロールは保存されますが、拒否はまだ行われません。",
        ),
        (
            _N,
            "EC2 API",
            "A task's network interface in EC2: its id and address are shown by ECS, EC2 does not know it.",
            "タスクのネットワークインターフェイス。ECS は ID とアドレスを示しますが、EC2 側には現れません。",
        ),
        (
            _N,
            "EventBridge, CloudWatch, Application Auto Scaling",
            "Events on the bus, metrics other than load balancers', alarms, scaling policies: stored, nothing happens.",
            "イベントバスのイベント、ロードバランサー以外のメトリクス、アラーム、スケーリングポリシー。"
            "保存されるだけです。",
        ),
    ),
)


def ecs_operations() -> tuple[Operation, ...]:
    """Every operation of the ECS API, by name."""
    return tuple(Operation(name=name, is_simulated=name in simulated) for name in sorted(operations))
