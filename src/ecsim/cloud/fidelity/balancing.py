"""Load balancing: how true this cloud is."""

from __future__ import annotations

from ecsim.cloud.fidelity.behaviour import APPROXIMATE as _A
from ecsim.cloud.fidelity.behaviour import EXACT as _E
from ecsim.cloud.fidelity.behaviour import NOT_SIMULATED as _N
from ecsim.cloud.fidelity.behaviour import of

ROWS = of(
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
)
