"""Lab 02: other right ways pass, and typical mistakes are called by their names."""

from __future__ import annotations

import pytest

from tests.labs.rig import FIRST, play

RIGHT = {
    "the cluster by boto3": (
        "1.1",
        {"answer-1": 'ecs.create_cluster(clusterName="shop", tags=[{"key": "team", "value": "web"}])'},
    ),
    "a second revision after a wrong one": (
        "2.1",
        {
            "answer-2": (
                "ecs.register_task_definition(",
                "ecs.register_task_definition(family='web', containerDefinitions=[{**container, 'memory': 64}])\necs.register_task_definition(",
            )
        },
    ),
    "a service by the CLI": (
        "4.1",
        {
            "answer-1": 'ecs.create_cluster(clusterName="shop", capacityProviders=["FARGATE"])',
            "answer-4": """%%aws
ecs create-service --cluster shop --service-name web --task-definition web:1 --desired-count 2 \\
  --capacity-provider-strategy capacityProvider=FARGATE,weight=1 \\
  --network-configuration $network \\
  --load-balancers targetGroupArn=${cloud.given["target_group_arn"]},containerName=web,containerPort=${cloud.given["port"]}
ecs wait services-stable --cluster shop --services web
""",
        },
    ),
    "answers as ARNs": (
        "5.1",
        {
            "answer-5": (
                "answer.body.split()[-1] for answer in answers",
                '"arn:aws:ecs:ap-northeast-1:123456789012:task/shop/" + answer.body.split()[-1] for answer in answers',
            )
        },
    ),
    "scaled in two steps": (
        "6.1",
        {
            "answer-6": 'for n in (3, 4):\n    ecs.update_service(cluster="shop", service="web", desiredCount=n)\n    cloud.advance("3m")'
        },
    ),
    "a crash instead of StopTask": (
        "7.1",
        {
            "answer-7": (
                'ecs.stop_task(cluster="shop", task=victim, reason="pulled the plug")',
                'cloud.fault("crash", victim.split("/")[-1])',
            )
        },
    ),
    "two tasks stopped": (
        "7.1",
        {
            "answer-7": (
                'ecs.stop_task(cluster="shop", task=victim, reason="pulled the plug")',
                'for one in sorted(before)[:2]:\n    ecs.stop_task(cluster="shop", task=one)',
            )
        },
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_other_right_ways_pass(name):
    check, answers = RIGHT[name]
    mistakes, runs = play(FIRST, answers, until=check)
    assert [run.error for run in runs if run.error] == []
    assert mistakes[check] is None


WRONG = {
    "default": ("1.1", {"answer-1": "ecs.create_cluster()"}),
    "capitals": ("1.1", {"answer-1": 'ecs.create_cluster(clusterName="Shop")'}),
    "no-cluster": ("1.1", {"answer-1": 'ecs.create_cluster(clusterName="store")'}),
    "none": ("2.1", {"answer-2": ""}),
    "size": ("2.1", {"answer-2": ('memory="512"', 'memory="1024"')}),
    "port": ("2.1", {"answer-2": ('{"containerPort": cloud.given["port"]', '{"containerPort": 80')}),
    "no-logs": ("2.1", {"answer-2": ('container["logConfiguration"] =', "_ =")}),
    "no-task": ("3.1", {"answer-3": "private_ip = None"}),
    "not-yet": ("3.1", {"answer-3": ('cloud.advance("1m")\ntask =', 'cloud.advance("5s")\ntask =')}),
    "no-answer": ("3.1", {"answer-3": ('private_ip = details["privateIPv4Address"]', "pass")}),
    "wrong-address": (
        "3.1",
        {"answer-3": ('details["privateIPv4Address"]', 'details["networkInterfaceId"]')},
    ),
    "still-running": (
        "3.1",
        {"answer-3": ('ecs.stop_task(cluster="shop", task=trial, reason="trial is over")', "")},
    ),
    "no-balancer": ("4.1", {"answer-4": ("loadBalancers=[", "loadBalancers=[] and [")}),
    "desired": ("4.1", {"answer-4": ("desiredCount=2", "desiredCount=0")}),
    "not-running": ("4.1", {"answer-4": ('cloud.until_stable("web")', 'cloud.advance("5s")')}),
    "not-healthy": (
        "4.1",
        {
            "answer-2": ("ecslab/web:1.0", "ecslab/web:bad-health"),
            "answer-4": ('cloud.until_stable("web")', 'cloud.advance("25s")'),
        },
    ),
    "one-only": ("5.1", {"answer-5": ("range(6)", "range(1)")}),
    "missing": (
        "5.1",
        {
            "answer-5": (
                "sorted({answer.body.split()[-1] for answer in answers})",
                "[answers[0].body.split()[-1]]",
            )
        },
    ),
    "past-the-door": (
        "5.1",
        {
            "answer-5": """
served_by = []
for task in ecs.describe_tasks(cluster="shop", tasks=ecs.list_tasks(cluster="shop")["taskArns"])["tasks"]:
    address = task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    served_by.append(cloud.http.get(f"http://{address}:{cloud.given['port']}/").body.split()[-1])
"""
        },
    ),
    "not-ids": ("5.1", {"answer-5": ("answer.body.split()[-1]", "answer.body.split()[-1][:8]")}),
    "replaced": (
        "6.1",
        {
            "answer-6": (
                "--desired-count 4 --query service.desiredCount",
                "--desired-count 4 --force-new-deployment --query service.desiredCount",
            )
        },
    ),
    "nobody-stopped": ("7.1", {"answer-7": 'replacement = "x" * 32'}),
    "the-victim": ("7.1", {"answer-7": ("(after - before).pop()", "victim")}),
    "not-a-replacement": ("7.1", {"answer-7": ("(after - before).pop()", "(after & before).pop()")}),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_called_by_their_names(name):
    check, answers = WRONG[name]
    mistakes, _runs = play(FIRST, answers, until=check)
    assert mistakes[check] == name


def test_what_the_lab_gave_and_is_gone_is_told():
    gone = (
        'cloud.until_stable("web")',
        'cloud.until_stable("web")\n'
        'ecs.update_service(cluster="shop", service="web", loadBalancers=[])\n'
        'listeners = elbv2.describe_listeners(LoadBalancerArn=elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"])\n'
        'elbv2.delete_listener(ListenerArn=listeners["Listeners"][0]["ListenerArn"])\n'
        'elbv2.delete_target_group(TargetGroupArn=cloud.given["target_group_arn"])\n',
    )
    mistakes, _runs = play(FIRST, {"answer-4": gone}, until="6.1")
    assert mistakes["6.1"] == "aws-refused"
