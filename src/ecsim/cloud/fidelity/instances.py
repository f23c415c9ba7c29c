"""Container instances: how true this cloud is."""

from __future__ import annotations

from ecsim.cloud.fidelity.behaviour import APPROXIMATE as _A
from ecsim.cloud.fidelity.behaviour import EXACT as _E
from ecsim.cloud.fidelity.behaviour import of

ROWS = of(
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
        "go first. The reservation is not published to CloudWatch.",
        "タスクがインスタンスを待つ時間は 30 分です。終了保護がない場合は古いインスタンスから終了します。"
        "予約率は CloudWatch に発行されません。",
    ),
    (
        _E,
        "EC2 Auto Scaling User Guide, as-add-availability-zone",
        "An Auto Scaling group launches in the Availability Zone where it has the fewest instances, and in its other "
        "zones while one is out of order.",
        "Auto Scaling グループは、インスタンスが最も少ないアベイラビリティーゾーンで起動し、障害中のゾーンがあればほかのゾーンで"
        "起動します。",
    ),
    (
        _E,
        "botocore ecs UpdateContainerInstancesState",
        "DRAINING moves service tasks by minimumHealthyPercent and maximumPercent. An instance that is stopped or "
        "terminated takes its tasks with it.",
        "DRAINING ではサービスのタスクが minimumHealthyPercent と maximumPercent に従って移ります。停止または終了した"
        "インスタンスでは、タスクも一緒に失われます。",
    ),
    (
        _E,
        "botocore ecs DeregisterContainerInstance; EC2 Auto Scaling User Guide, as-add-availability-zone; ECS Developer "
        "Guide, service-rebalancing, ecs_service_events",
        "The faults instance_lost and zone_lost: a lost instance is terminated and deregistered, its tasks stop with "
        "TerminationNotice, services and Auto Scaling groups replace what is gone. Nothing new is placed in a zone that "
        "is out of order; Fargate has no capacity there. When it is healed, services with rebalancing move tasks back.",
        "障害 instance_lost と zone_lost: 失われたインスタンスは終了して登録解除され、タスクは TerminationNotice で停止し、"
        "サービスと Auto Scaling グループが失われた分を補います。障害中のゾーンには何も配置されず、Fargate の空きもありません。"
        "回復すると、リバランシングが有効なサービスはタスクを戻します。",
    ),
    (
        _A,
        "not documented",
        "AWS notices a lost instance or zone after a while, here at once: tasks do not linger behind a load balancer, "
        "whose own nodes in the zone stay. Fargate tasks of a lost zone stop with TerminationNotice and a text of this "
        "cloud's own. Instances without an Auto Scaling group stop, and start again when the zone is healed; a group "
        "moves none back. Whether RunTask's missing capacity is a ClientException is not documented. The containers of orphaned tasks end "
        "here with the deregistration; their stopCode is UserInitiated.",
        "AWS が失われたインスタンスやゾーンに気づくまでには時間がかかりますが、ここではすぐです。ロードバランサーの後ろにタスクが"
        "残ることはなく、そのゾーンのロードバランサーのノードも失われません。失われたゾーンの Fargate タスクは TerminationNotice と"
        "このクラウド独自の文で停止します。Auto Scaling グループに属さないインスタンスは停止し、ゾーンの回復後に起動し直します。"
        "グループはインスタンスを戻しません。RunTask の空き不足が ClientException かどうかは文書にありません。"
        "強制的な登録解除で孤立したタスクのコンテナは、ここでは登録解除とともに終了し、stopCode は UserInitiated です。",
    ),
)
