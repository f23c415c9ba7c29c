"""Submissions for tests: the committed labs with answers of many kinds."""

from __future__ import annotations

import copy
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIRST, SERVICES, ROLLING = "02-first-service", "06-services", "11-rolling"


class Book:
    """A notebook in the making: a released lab, or its solution."""

    def __init__(self, kind: str, lab: str = FIRST, lang: str = "en") -> None:
        self.data = json.loads((ROOT / kind / lang / f"{lab}.ipynb").read_text(encoding="utf-8"))

    def cell(self, key: str) -> dict:
        return next(cell for cell in self.data["cells"] if cell["id"] == key)

    def answer(self, key: str, source: str) -> Book:
        self.cell(key)["source"] = source
        return self

    def also(self, key: str, source: str) -> Book:
        """Put code before what the cell has."""
        return self.answer(key, source + "\n" + "".join(self.cell(key)["source"]))

    @property
    def checks(self) -> list[dict]:
        return [cell for cell in self.data["cells"] if cell["metadata"]["ecslab"]["role"] == "check"]

    def each_check(self, change) -> Book:
        for cell in self.checks:
            change(cell)
        return self

    def without(self, *keys: str) -> Book:
        self.data["cells"] = [cell for cell in self.data["cells"] if cell["id"] not in keys]
        return self

    def double(self, key: str) -> Book:
        self.data["cells"].append(copy.deepcopy(self.cell(key)))
        return self

    def bytes(self) -> bytes:
        return json.dumps(self.data).encode()


def solved(lab: str = FIRST, lang: str = "en") -> Book:
    return Book("solutions", lab, lang)


def blank(lab: str = FIRST, lang: str = "en") -> Book:
    return Book("labs", lab, lang)


def line_of(cell: dict) -> str:
    """The canonical line of a passed check."""
    about = cell["metadata"]["ecslab"]
    return f"[pass] {about['check']} ({about['points']}/{about['points']} points)"


def with_boto3() -> Book:
    """Lab 02 without the CLI, in another order: the task definition before the cluster, other names, waiters."""
    book = solved()
    book.answer(
        "answer-1",
        """
import boto3 as sdk
mine = sdk.Session().client("ecs", region_name="ap-northeast-1")
spec = dict(
    family="web", requiresCompatibilities=["FARGATE", "EC2"], networkMode="awsvpc", cpu="256", memory="512",
    executionRoleArn=cloud.given["execution_role_arn"],
    containerDefinitions=[{
        "name": "web", "image": "public.ecr.aws/ecslab/web:1.0",
        "portMappings": [{"containerPort": cloud.given["port"]}],
        "environment": [{"name": "COLOUR", "value": "blue"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": cloud.given["log_group"], "awslogs-region": "ap-northeast-1",
            "awslogs-stream-prefix": "web"}},
    }],
)
arn = mine.register_task_definition(**spec)["taskDefinition"]["taskDefinitionArn"]
home = mine.create_cluster(clusterName="shop", tags=[{"key": "team", "value": "a"}])["cluster"]["clusterArn"]
""",
    )
    book.answer("answer-2", "mine.register_task_definition(**spec)['taskDefinition']['revision']")
    book.answer(
        "answer-3",
        """
where = {"awsvpcConfiguration": {"subnets": list(reversed(cloud.given["subnets"])),
    "securityGroups": [cloud.given["web_security_group"]], "assignPublicIp": "ENABLED"}}
one = mine.run_task(cluster=home, taskDefinition=arn, capacityProviderStrategy=[],
    launchType="FARGATE", networkConfiguration=where, startedBy="me")["tasks"][0]["taskArn"]
mine.get_waiter("tasks_running").wait(cluster=home, tasks=[one])
told = mine.describe_tasks(cluster=home, tasks=[one])["tasks"][0]
private_ip = told["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
mine.stop_task(cluster=home, task=one)
mine.get_waiter("tasks_stopped").wait(cluster=home, tasks=[one])
""",
    )
    book.answer(
        "answer-4",
        """
mine.create_service(cluster=home, serviceName="web", taskDefinition=arn, desiredCount=1, launchType="FARGATE",
    networkConfiguration=where, healthCheckGracePeriodSeconds=30,
    loadBalancers=[{"targetGroupArn": cloud.given["target_group_arn"], "containerName": "web",
                    "containerPort": cloud.given["port"]}])
mine.update_service(cluster=home, service="web", desiredCount=2)
cloud.advance("10m")
""",
    )
    book.answer(
        "answer-5",
        """
served_by = []
while len(served_by) < 2:
    name = cloud.http.get(cloud.given["url"]).body.strip().rpartition(" ")[2]
    if name not in served_by:
        served_by.append(name)
""",
    )
    book.answer(
        "answer-6",
        """
mine.update_service(cluster="shop", service="web", desiredCount=4)
mine.get_waiter("services_stable").wait(cluster="shop", services=["web"])
""",
    )
    book.answer(
        "answer-7",
        """
known = mine.list_tasks(cluster="shop")["taskArns"]
mine.stop_task(cluster="shop", task=known[-1].split("/")[-1])
cloud.advance("30s")
mine.get_waiter("services_stable").wait(cluster="shop", services=["web"])
replacement = next(t for t in mine.list_tasks(cluster="shop")["taskArns"] if t not in known)
""",
    )
    return book


def with_cli() -> Book:
    """Lab 02 with the AWS CLI wherever it goes; values of Python reach it by `$`."""
    book = solved()
    book.answer(
        "answer-2",
        """
import json
text = json.dumps([{
    "name": "web", "image": "public.ecr.aws/ecslab/web:1.0", "essential": True,
    "portMappings": [{"containerPort": cloud.given["port"], "protocol": "tcp"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {
        "awslogs-group": cloud.given["log_group"], "awslogs-region": "ap-northeast-1",
        "awslogs-stream-prefix": "web"}}}])
role = cloud.given["execution_role_arn"]
net = ("awsvpcConfiguration={subnets=[" + ",".join(cloud.given["subnets"]) + "],securityGroups=["
       + cloud.given["web_security_group"] + "],assignPublicIp=ENABLED}")
balancer = (f"targetGroupArn={cloud.given['target_group_arn']},containerName=web,"
            f"containerPort={cloud.given['port']}")
get_ipython().run_cell_magic("aws", "", "ecs register-task-definition --family web --network-mode awsvpc "
    "--requires-compatibilities FARGATE --cpu 256 --memory 512 --execution-role-arn $role "
    "--container-definitions $text")
""",
    )
    book.answer(
        "answer-3",
        """
get_ipython().run_line_magic("aws", "ecs run-task --cluster shop --task-definition web --launch-type FARGATE "
    "--network-configuration $net")
arn = _aws["tasks"][0]["taskArn"]
get_ipython().run_line_magic("aws", "ecs wait tasks-running --cluster shop --tasks $arn")
get_ipython().run_line_magic("aws", "ecs describe-tasks --cluster shop --tasks $arn")
private_ip = _aws["tasks"][0]["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
get_ipython().run_line_magic("aws", "ecs stop-task --cluster shop --task $arn")
""",
    )
    book.answer(
        "answer-4",
        """%%aws
ecs create-service --cluster shop --service-name web --task-definition web:1 --desired-count 2 \\
  --launch-type FARGATE --network-configuration $net --load-balancers $balancer
ecs wait services-stable --cluster shop --services web
""",
    )
    return book


def reworked() -> Book:
    """Lab 02 by the solution's means, with detours: a wrong call first, an extra task, cells that say nothing."""
    book = solved()
    book.answer(
        "answer-1",
        """
try:
    ecs.describe_services(cluster="shop", services=["web"])
except ecs.exceptions.ClusterNotFoundException as error:
    print("as expected:", error.response["Error"]["Code"])
ecs.create_cluster(clusterName="spare")
ecs.create_cluster(clusterName="shop")
ecs.delete_cluster(cluster="spare")
""",
    )
    book.also("answer-7", "# NBVAL_SKIP\n# NBVAL_RAISES_EXCEPTION\nprint('a line of my own')")
    return book
