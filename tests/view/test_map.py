"""The map shows what is there."""

from __future__ import annotations

from dataclasses import replace

from inline_snapshot import snapshot

from ecsim.view import Picture, cluster_map


def test_map_in_the_middle_of_a_rolling_update(pictures):
    assert cluster_map(pictures.rolling_midway()).text == snapshot("""\
cluster shop  ap-northeast-1  00:01:40
  shop  active  shop-1234567890.ap-northeast-1.elb.amazonaws.com
    HTTP:80  default -> web (3 healthy, 1 initial, 2 draining)

  service web  ACTIVE   desired 3  running 4  pending 0
    PRIMARY  web:2  IN_PROGRESS  ...6163
    ACTIVE   web:1  COMPLETED    ...2419
    ap-northeast-1a
      daa66d13  web:1  RUNNING  -  10.0.0.13  healthy
      b54cda26  web:2  RUNNING  -  10.0.0.16  initial
    ap-northeast-1c
      9e3779b1  web:1  DEACTIVATING  -  10.0.1.11  draining
      78dde6c4  web:2  RUNNING       -  10.0.1.14  healthy
    ap-northeast-1d
      3c6ef362  web:1  DEACTIVATING  -  10.0.2.12  draining
      17156075  web:2  RUNNING       -  10.0.2.15  healthy\
""")


def test_map_in_japanese(pictures):
    assert cluster_map(pictures.sidecar_checks(), "ja").text == snapshot("""\
クラスター shop  ap-northeast-1  00:00:50
  shop  active  shop-1234567890.ap-northeast-1.elb.amazonaws.com
    HTTP:80  デフォルト -> web (3 healthy)

  サービス web  ACTIVE   必要数 3  実行中 3  保留中 0
    PRIMARY  web:1  COMPLETED  ...2419
    ap-northeast-1a
      daa66d13  web:1  RUNNING  -  10.0.0.13  healthy
    ap-northeast-1c
      9e3779b1  web:1  RUNNING  HEALTHY  10.0.1.11  healthy
        . 9e3779b1  web               RUNNING  HEALTHY
        . 9e3779b1  migrate           STOPPED  -        exit 0
        . 9e3779b1  <log> & ルーター  RUNNING  -
    ap-northeast-1d
      3c6ef362  web:1  RUNNING  -  10.0.2.12  healthy\
""")


def test_stopped_tasks_say_why(pictures):
    view = cluster_map(pictures.breaker())
    assert view.text.count("CannotPullContainerError") == 3
    assert view.html.count("CannotPullContainerError") == 3


def test_forty_tasks_are_small_cards(pictures):
    html = cluster_map(pictures.crowd()).html
    assert html.count('class="ev-task ') == 40
    assert "ev-many" in html


def test_more_tasks_than_cards_are_counted(pictures):
    picture = pictures.crowd()
    more = tuple(replace(t, id=f"f{t.id[1:]}", arn=t.arn + "x") for t in picture.tasks if not t.is_stopped)
    view = cluster_map(replace(picture, tasks=(*picture.tasks, *more)))
    assert "20 tasks more, not shown" in view.text
    assert view.html.count('class="ev-task ') == 60


def test_an_empty_cloud():
    assert "no cluster yet" in cluster_map(Picture(now_ms=0, region="ap-northeast-1")).text


def test_a_cluster_without_services(pictures):
    picture = pictures.rolling()
    empty = Picture(now_ms=5_000, region="ap-northeast-1", clusters=picture.clusters)
    assert cluster_map(empty).text == snapshot("""\
cluster shop  ap-northeast-1  00:00:05
  No service yet.\
""")


def test_standalone_tasks(pictures):
    story = pictures.started()
    story.born(30, 9, 1, None)
    picture = pictures.picture(story, 40, (pictures.deployment(pictures.OLD, 1),))
    text = cluster_map(picture).text
    assert text.index("standalone tasks") > text.index("service web")
    assert pictures.task_id(9)[:8] in text


def test_rules_with_conditions_weights_and_answers(pictures):
    picture = pictures.rolling()
    balancer = picture.balancers[0]
    rule = balancer.listeners[0].rules[0]
    weighted = {
        "Type": "forward",
        "ForwardConfig": {
            "TargetGroups": [
                {"TargetGroupArn": pictures.GROUP, "Weight": 9},
                {"TargetGroupArn": "arn:aws:elasticloadbalancing:r:1:targetgroup/web2/1", "Weight": 1},
            ]
        },
    }
    paths = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*", "/v2/*"]}}
    host = {"Field": "host-header", "Values": ["old.example"]}
    redirect = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}
    rules = (
        replace(rule, priority=1, conditions=(paths,), actions=(weighted,)),
        replace(rule, priority=2, conditions=(host,), actions=(redirect,)),
        rule,
    )
    listener = replace(balancer.listeners[0], rules=rules)
    picture = replace(picture, balancers=(replace(balancer, listeners=(listener,)),))
    text = " ".join(cluster_map(picture).text.split())
    assert "path-pattern /api/* | /v2/* -> web x9 (3 healthy) + web2 x1 (no targets)" in text
    assert "host-header old.example -> redirect HTTP_301" in text
