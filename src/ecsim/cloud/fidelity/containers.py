"""Containers and images: how true this cloud is."""

from __future__ import annotations

from ecsim.cloud.fidelity.behaviour import APPROXIMATE as _A
from ecsim.cloud.fidelity.behaviour import EXACT as _E
from ecsim.cloud.fidelity.behaviour import NOT_SIMULATED as _N
from ecsim.cloud.fidelity.behaviour import of

ROWS = of(
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
)
