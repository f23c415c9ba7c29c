"""The map shows container instances: their state, what is left of them, and the tasks that sit on them."""

from __future__ import annotations

import re
from dataclasses import replace

from inline_snapshot import snapshot

from ecsim.model.container_instance import ContainerInstanceStatus
from ecsim.model.task import TaskStatus
from ecsim.view import cluster_map
from ecsim.view.hosts import HOSTS_MAX, TASKS_MAX


def _instances(view):
    """The part of the text about container instances."""
    return view.text[view.text.index("\n\n", view.text.rindex("healthy")) + 2 :]


def test_tasks_sit_on_their_instances(pictures):
    view = cluster_map(pictures.instances())
    assert "on i-00000000" in view.text
    assert _instances(view) == snapshot("""\
  container instances
    ap-northeast-1a
      i-00000000000000003  t3.medium  spare  ACTIVE  agent connected
        left: CPU units 1792 of 2048, memory (MiB) 3379 of 3891, GPUs 1 of 1
        daa66d13  web:1  RUNNING  web
    ap-northeast-1c
      i-00000000000000001  t3.medium  DRAINING  agent connected
        left: CPU units 1792 of 2048, memory (MiB) 3379 of 3891
        9e3779b1  web:1  RUNNING  web
    ap-northeast-1d
      i-00000000000000002  t3.medium  ACTIVE  agent not connected
        left: CPU units 1792 of 2048, memory (MiB) 3379 of 3891, ENIs for tasks
          1 of 2
        3c6ef362  web:1  RUNNING  web\
""")


def test_in_japanese(pictures):
    assert _instances(cluster_map(pictures.instances(), "ja")) == snapshot("""\
  コンテナインスタンス
    ap-northeast-1a
      i-00000000000000003  t3.medium  spare  ACTIVE  エージェント接続中
        残り: CPU ユニット 2048 のうち 1792, メモリ (MiB) 3891 のうち 3379, GPU
          1 のうち 1
        daa66d13  web:1  RUNNING  web
    ap-northeast-1c
      i-00000000000000001  t3.medium  DRAINING  エージェント接続中
        残り: CPU ユニット 2048 のうち 1792, メモリ (MiB) 3891 のうち 3379
        9e3779b1  web:1  RUNNING  web
    ap-northeast-1d
      i-00000000000000002  t3.medium  ACTIVE  エージェント未接続
        残り: CPU ユニット 2048 のうち 1792, メモリ (MiB) 3891 のうち 3379, タス
          ク用の ENI 2 のうち 1
        3c6ef362  web:1  RUNNING  web\
""")


def test_the_page_says_the_same(pictures):
    html = cluster_map(pictures.instances()).html
    assert html.count('class="ev-host"') == 3
    assert html.count("ev-pill h-DRAINING") == 1
    assert html.count("agent not connected") == 1
    assert re.findall(r'<i style="width:(\d+)%">', html)[:2] == ["12", "13"]  # 256 of 2048, 512 of 3891
    assert html.count("on i-0000000000000000") == 3


def test_what_a_stopped_task_took_is_free_again(pictures):
    picture = pictures.instances()
    gone = tuple(replace(task, last_status=TaskStatus.STOPPED) for task in picture.tasks)
    told = cluster_map(replace(picture, tasks=gone)).text
    assert told.count("CPU units 2048 of 2048") == 3
    assert told.count("no tasks") == 4  # and the service


def test_a_deregistered_instance_goes_with_its_last_task(pictures):
    picture = pictures.instances()
    first, *others = picture.container_instances
    inactive = replace(first, status=ContainerInstanceStatus.INACTIVE)
    picture = replace(picture, container_instances=(inactive, *others))
    assert "INACTIVE" in cluster_map(picture).text
    elsewhere = tuple(task for task in picture.tasks if task.container_instance_arn != first.arn)
    assert "INACTIVE" not in cluster_map(replace(picture, tasks=elsewhere)).text


def test_many_instances_and_many_tasks_are_counted(pictures):
    picture = pictures.instances(count=HOSTS_MAX + 2)
    task = picture.tasks[0]
    more = tuple(replace(task, id=f"{n:032x}", arn=f"{task.arn}{n}") for n in range(TASKS_MAX + 1))
    view = cluster_map(replace(picture, tasks=(*picture.tasks, *more)))
    assert "2 container instances more, not shown" in view.text
    assert view.html.count('class="ev-host"') == HOSTS_MAX
    assert "        2 tasks more" in view.text
