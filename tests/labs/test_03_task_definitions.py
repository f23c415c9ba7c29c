"""Lab 03: other right ways pass, and typical mistakes are called by their names."""

from __future__ import annotations

import pytest

from tests.labs.rig import play

LAB = "03-task-definitions"

RIGHT = {
    "a size in vCPU and GB": (
        "1.1",
        {"answer-1": ("memory=str(memory)", 'memory=f"{memory // 1024} GB"')},
    ),
    "a secret by its partial ARN": (
        "2.1",
        {
            "answer-2": (
                'cloud.given["secret_arn"] + ":password::"',
                'cloud.given["secret_arn"].rsplit("-", 1)[0] + ":password::"',
            )
        },
    ),
    "a long answer": ("2.1", {"answer-2": (".body.strip()", ".body")}),
    "the failing migration first": (
        "3.1",
        {
            "answer-3": (
                "ecs.register_task_definition(**recipe, containerDefinitions=[after, migrate])",
                'ecs.register_task_definition(**recipe, containerDefinitions=[after, {**migrate, "image": '
                '"public.ecr.aws/ecslab/report:failing"}])\nrun("web")\n'
                "ecs.register_task_definition(**recipe, containerDefinitions=[after, migrate])",
            )
        },
    ),
    "wget as command": (
        "4.2",
        {"answer-4": ("curl -f http://localhost:8080/health", "wget -q -O - http://localhost:8080/health")},
    ),
    "more retries instead of a start period": (
        "4.1",
        {"answer-4": ('"retries": 3,\n        "startPeriod": 120', '"retries": 10')},
    ),
    "an essential exporter with a restart policy": (
        "5.1",
        {"answer-5": ('exporter["essential"] = False', 'exporter["essential"] = True')},
    ),
    "stopped afterwards": (
        "5.1",
        {
            "answer-5": (
                'run("web", "5m")',
                'ecs.stop_task(cluster="shop", task=run("web", "5m")["taskArn"])\ncloud.advance("1m")',
            )
        },
    ),
    "the log group that is there": (
        "7.1",
        {
            "answer-7": (
                'boto3.client("logs").create_log_group(logGroupName="/ecs/promo")',
                'container["logConfiguration"] = logging',
            )
        },
    ),
    "one mistake after the other": (
        "7.1",
        {
            "answer-7": (
                'container["image"] = ',
                'ecs.register_task_definition(**{**recipe, "family": "promo"}, '
                'containerDefinitions=[container])\nrun("promo")\ncontainer["image"] = ',
            )
        },
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_other_right_ways_pass(name):
    check, answers = RIGHT[name]
    mistakes, runs = play(LAB, answers, until=check)
    assert [run.error for run in runs if run.error] == []
    assert mistakes[check] is None


SECRET = '[{"name": "DB_PASSWORD", "valueFrom": cloud.given["secret_arn"] + ":password::"}]'
WRONG = {
    "too-large": (
        "1.1",
        {"answer-1": ("cpu=str(cpu),\n    memory=str(memory)", 'cpu="4096",\n    memory="8192"')},
    ),
    "too-small": (
        "1.1",
        {"answer-1": ("cpu=str(cpu),\n    memory=str(memory)", 'cpu="256",\n    memory="512"')},
    ),
    "refused": (
        "1.1",
        {
            "answer-1": 'try:\n    ecs.register_task_definition(family="report", requiresCompatibilities=["FARGATE"], '
            'networkMode="awsvpc", cpu="256", memory="3000", containerDefinitions=[{"name": "report", '
            '"image": "public.ecr.aws/ecslab/report:1.0"}])\nexcept ecs.exceptions.ClientException:\n    pass'
        },
    ),
    "not-for-fargate": ("1.1", {"answer-1": ('    requiresCompatibilities=["FARGATE"],\n', "")}),
    "in-the-open": (
        "2.1",
        {
            "answer-2": (
                'web["secrets"] = ' + SECRET,
                'import json\nvalue = boto3.client("secretsmanager").get_secret_value(SecretId="shop/db")\n'
                'password = json.loads(value["SecretString"])["password"]\n'
                'web["environment"].append({"name": "DB_PASSWORD", "value": password})',
            )
        },
    ),
    "whole-secret": ("2.1", {"answer-2": (' + ":password::"', "")}),
    "other-key": ("2.1", {"answer-2": (":password::", ":username::")}),
    "no-secret": ("2.1", {"answer-2": ('web["secrets"] = ' + SECRET, "")}),
    "value": ("2.1", {"answer-2": ("/env/DB_PASSWORD", "/env/STAGE")}),
    "side-by-side": ("3.1", {"answer-3": ('"SUCCESS"', '"START"')}),
    "in-spite-of-failure": ("3.1", {"answer-3": ('"SUCCESS"', '"COMPLETE"')}),
    "no-failing-run": ("3.1", {"answer-3": ("report:failing", "report:1.0")}),
    "too-early": ("4.1", {"answer-4": ('"retries": 3,\n        "startPeriod": 120', '"retries": 2')}),
    "never-healthy": (
        "4.1",
        {
            "answer-4": (
                "ecs.register_task_definition(",
                'slow["healthCheck"] |= {"startPeriod": 20, "command": ["CMD-SHELL", "curl -f http://localhost/health"]}\n'
                "ecs.register_task_definition(",
            )
        },
    ),
    "asks-nobody": (
        "4.2",
        {"answer-4": ("curl -f http://localhost:8080/health || exit 1", "exit 0")},
    ),
    "too-slow": ("4.2", {"answer-4": ('"interval": 10', '"interval": 20')}),
    "nobody-broke-it": (
        "4.2",
        {"answer-4": ('cloud.fault("fail_health", task["taskArn"].split("/")[-1])', "")},
    ),
    "stays-dead": ("5.1", {"answer-5": ('exporter["restartPolicy"] =', "nothing =")}),
    "task-ended": (
        "5.1",
        {
            "answer-5": (
                'exporter["essential"] = False\nexporter["restartPolicy"] = {"enabled": True, "restartAttemptPeriod": 60}',
                "",
            )
        },
    ),
    "period": ("5.1", {"answer-5": (', "restartAttemptPeriod": 60', "")}),
    "not-long-enough": ("5.1", {"answer-5": ('run("web", "5m")', 'run("web", "2m")')}),
    "same-program": ("6.1", {"answer-6": ('cloud.images.push(reference, "web:2.0")', "")}),
    "swapped": (
        "6.1",
        {
            "answer-6": (
                'digests["after"] = run("pinned")["containers"][0]["imageDigest"]',
                'digests = {"after": digests["before"], "before": run("pinned")["containers"][0]["imageDigest"]}',
            )
        },
    ),
    "mutable": (
        "6.2",
        {"answer-6b": ('imageTagMutability="IMMUTABLE"', 'imageTagMutability="MUTABLE"')},
    ),
    "other-digest": ("6.2", {"answer-6b": ('digests["before"]', 'digests["after"]')}),
    "still-a-tag": ("6.2", {"answer-6b": ('@{digests["before"]}', ":1.0")}),
    "never-ran": ("7.1", {"answer-7": ('web:2.0"', 'web:2"')}),
    "without-password": (
        "7.1",
        {"answer-7": ('container["secrets"][0]["valueFrom"] =', 'del container["secrets"]\n_ =')},
    ),
    "without-logs": (
        "7.1",
        {
            "answer-7": (
                'boto3.client("logs").create_log_group(logGroupName="/ecs/promo")',
                'del container["logConfiguration"]',
            )
        },
    ),
    "nothing-changed": ("7.1", {"answer-7": "pass"}),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_called_by_its_name(mistake):
    check, answers = WRONG[mistake]
    mistakes, _ = play(LAB, answers, until=check)
    assert mistakes[check] == mistake
