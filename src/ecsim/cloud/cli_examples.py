"""Where this cloud answers otherwise than the examples in the AWS CLI's own reference for `aws ecs`, and why.

The examples are run by tests/facts/cli_examples. Each exception is one fact; the fidelity page shows all of them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """A fact in which the reference contradicts itself, the API model or newer answers of AWS.

    Attributes:
        examples: "page number".
        members: the paths of the members that differ, without indexes.
        en, ja: why.
    """

    examples: tuple[str, ...]
    members: tuple[str, ...]
    en: str
    ja: str


EXCEPTIONS: tuple[Exempt, ...] = (
    Exempt(
        examples=("create-service 1", "create-service 2", "create-service 4"),
        members=("service.deployments.desiredCount",),
        en="The examples of 2019 and before show a new deployment with its desired count; answers since then show "
        "0 until the scheduler has looked at it, as the reference's own newer examples do (`create-service` 5, "
        "`update-service` 1, 3 and 4).",
        ja="2019 年までの例では、新しいデプロイに必要数が表示されています。現在の AWS の応答では、"
        "スケジューラーが処理するまでは 0 です。リファレンスの新しい例 (`create-service` 5、`update-service` "
        "1、3、4) も 0 を示しています。",
    ),
    Exempt(
        examples=("create-service 5",),
        members=(
            "service.launchType",
            "service.deployments.launchType",
            "service.networkConfiguration.awsvpcConfiguration.assignPublicIp",
            "service.deployments.networkConfiguration.awsvpcConfiguration.assignPublicIp",
            "service.availabilityZoneRebalancing",
        ),
        en="The command asks for FARGATE and a public IP address; the output shown is that of another command, on EC2 "
        "and without one.",
        ja="コマンドは FARGATE とパブリック IP アドレスを指定していますが、示されている出力は EC2 でパブリック IP "
        "アドレスのない別のコマンドのものです。",
    ),
    Exempt(
        examples=("stop-task 1",),
        members=("task.containers", "task.overrides.containerOverrides", "task.pullStoppedAt"),
        en="The output shown was shortened by hand: a task without containers and overrides is nothing that the API "
        "answers, and a reason is no single word.",
        ja="示されている出力は手作業で短くされています。コンテナもオーバーライドもないタスクを API が返すことはなく、"
        "理由が 1 語になることもありません。",
    ),
    Exempt(
        examples=tuple(f"put-cluster-capacity-providers {number}" for number in (1, 2, 3)),
        members=("cluster.attachments.status",),
        en="The statuses ACTIVE and DELETING that are shown there are none of an attachment's: the API model and "
        "`describe-clusters` know CREATED and DETACHING.",
        ja="示されている ACTIVE と DELETING はアタッチメントの状態にはありません。API モデルと "
        "`describe-clusters` では CREATED と DETACHING です。",
    ),
    Exempt(
        examples=("update-cluster 1", "update-cluster 2"),
        members=("cluster.attachments",),
        en="Of a cluster's attachments this cloud shows the scaling policies; those of managed draining and of Service "
        "Connect, past ones included, are not shown.",
        ja="このクラウドが示すクラスターのアタッチメントはスケーリングポリシーだけです。マネージドドレインと Service "
        "Connect のアタッチメント (過去のものを含む) は示しません。",
    ),
)
