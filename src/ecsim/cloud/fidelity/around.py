"""What lies around ECS: how true this cloud is."""

from __future__ import annotations

from ecsim.cloud.fidelity.behaviour import APPROXIMATE as _A
from ecsim.cloud.fidelity.behaviour import EXACT as _E
from ecsim.cloud.fidelity.behaviour import NOT_SIMULATED as _N
from ecsim.cloud.fidelity.behaviour import of

ROWS = of(
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
        _A,
        "CloudFormation Template Reference, AWS_ECS; tests/transport/test_stacks.py",
        "Stacks of CloudFormation: Cluster, CapacityProvider, ClusterCapacityProviderAssociations, TaskDefinition and "
        "Service are created, changed, replaced and deleted through ECS's own API. A stack is COMPLETE at once and does "
        "not wait for its services; what ECS refuses is an error of CreateStack or UpdateStack, without a rollback; "
        "deleting a cluster waits for its tasks. Other types are moto's.",
        "CloudFormation のスタック: Cluster、CapacityProvider、ClusterCapacityProviderAssociations、TaskDefinition、"
        "Service は ECS の API を通して作成、更新、置換、削除されます。スタックはサービスを待たずすぐ COMPLETE になります。"
        "ECS が拒否したときは CreateStack や UpdateStack のエラーになり、ロールバックはありません。クラスターの削除は"
        "タスクがなくなるのを待ちます。ほかの種類のリソースは moto によるものです。",
    ),
    (
        _A,
        "design/0013-moto-suite.md; tests/scenarios/test_settled.py",
        "A settled cloud, for tests of your own (Cloud(settled=True), ecslab cloud --settled --speed 0): a call answers "
        "when its consequences are there. AWS answers at once and takes its time; so does this cloud otherwise.",
        "自分のテストのための「落ち着いた」クラウド (Cloud(settled=True)、ecslab cloud --settled --speed 0): 呼び出しは、その結果が"
        "出そろってから応答します。AWS はすぐに応答し、処理はあとから進みます。このオプションがなければ、このクラウドも同じです。",
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
)
