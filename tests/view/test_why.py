"""Why: decisions in words, in order, repeats told once."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from ecsim.view import events, why


def test_why_a_rollout_goes_as_it_goes(pictures):
    assert why(pictures.rolling(), "web").text == snapshot("""\
Why: web
00:00:01 > CreateService was called. (desiredCount 3)
00:00:01   The deployment web:1 (ecs-svc/...2419) begins: it is PRIMARY and
           IN_PROGRESS.
00:00:02   Starts 3 tasks of the new deployment: 0 of 3 were there, and 0 tasks
           in all left room below the maximum of 6.
00:00:27   Completes the deployment: its 3 tasks are healthy, and no old task is
           left.
00:01:00 > You called UpdateService. (taskDefinition web:2)
00:01:00   The deployment web:2 (ecs-svc/...6163) begins: it is PRIMARY and
           IN_PROGRESS.
00:01:01   Starts 3 tasks of the new deployment: 0 of 3 were there, and 3 tasks
           in all left room below the maximum of 6.
00:01:01   Waits for new tasks to become healthy: 0 of 3 new tasks are. 3 tasks
           are healthy in all, at least 3 must stay so.
00:01:25   Stops 3 old tasks: 6 tasks are healthy and 3 must stay healthy. [3
           tasks: 9e3779b1, 3c6ef362, daa66d13]
00:01:25   Waits up to 30 s until the load balancer has drained 1 target of it;
           SIGTERM comes after that. [3 tasks: 9e3779b1, 3c6ef362, daa66d13]
00:01:26   Waits for 3 tasks to drain and stop. A task on its way out still
           counts: 6 exist, at most 6 may.
00:02:02   Completes the deployment: its 3 tasks are healthy, and no old task is
           left.\
""")


def test_why_it_rolled_back(pictures):
    assert why(pictures.breaker(), "web").text == snapshot("""\
Why: web
00:00:01 > CreateService was called. (desiredCount 3)
00:00:01   The deployment web:1 (ecs-svc/...2419) begins: it is PRIMARY and
           IN_PROGRESS.
00:00:02   Starts 3 tasks of the new deployment: 0 of 3 were there, and 0 tasks
           in all left room below the maximum of 6.
00:00:27   Completes the deployment: its 3 tasks are healthy, and no old task is
           left.
00:01:00 > You called UpdateService. (taskDefinition web:2)
00:01:00   The deployment web:2 (ecs-svc/...6163) begins: it is PRIMARY and
           IN_PROGRESS.
00:01:01   Starts 1 task of the new deployment: 0 of 3 were there, and 3 tasks
           in all left room below the maximum of 6. [3 times until 00:02:40]
00:01:16   The image shop/web:1.2 could not be pulled: CannotPullContainerError:
           pull image manifest has been retried 5 time(s): failed to resolve ref
           docker.io/shop/web:1.2: docker.io/shop/web:1.2: not found [3 tasks:
           78dde6c4, 17156075, b54cda26; until 00:02:55]
00:01:17   Waits 30 s before the next start, after 1 failed launch: no task
           reached RUNNING, and ECS slows down.
00:02:06   Waits 30 s before the next start, after 2 failed launches in a row:
           no task reached RUNNING, and ECS slows down.
00:03:00   The circuit breaker trips: 3 tasks failed, and the threshold for 3
           desired is 3. It rolls back to web:1 (ecs-svc/...2419), the last
           deployment that was COMPLETED.
00:03:00   Rolls back from web:2 (ecs-svc/...6163) to web:1 (ecs-svc/...2419): 3
           tasks of the failed deployment in a row did not make it.
00:03:00   The deployment web:1 (ecs-svc/...2419) is PRIMARY again and
           IN_PROGRESS.
00:03:02   Completes the deployment: its 3 tasks are healthy, and no old task is
           left.\
""")


def test_why_it_rolled_back_in_japanese(pictures):
    assert why(pictures.breaker(), "web", "ja").text == snapshot("""\
理由: web
00:00:01 > CreateService が呼び出されました。 (desiredCount 3)
00:00:01   デプロイ web:1 (ecs-svc/...2419) が始まりました (PRIMARY、
           IN_PROGRESS)。
00:00:02   新しいデプロイのタスクを 3 個起動します。必要数 3 のうち 0 個まで起動
           済みで、全体は 0 個、上限 6 個まで余裕があります。
00:00:27   デプロイを完了します。新しいタスク 3 個が正常で、古いタスクは残ってい
           ません。
00:01:00 > あなたが UpdateService を呼び出しました。 (taskDefinition web:2)
00:01:00   デプロイ web:2 (ecs-svc/...6163) が始まりました (PRIMARY、
           IN_PROGRESS)。
00:01:01   新しいデプロイのタスクを 1 個起動します。必要数 3 のうち 0 個まで起動
           済みで、全体は 3 個、上限 6 個まで余裕があります。 [00:02:40 まで 3
           回]
00:01:16   イメージ shop/web:1.2 をプルできませんでした:
           CannotPullContainerError: pull image manifest has been retried 5
           time(s): failed to resolve ref docker.io/shop/web:1.2:
           docker.io/shop/web:1.2: not found [タスク 3 個: 78dde6c4, 17156075,
           b54cda26; 00:02:55 まで]
00:01:17   次の起動まで 30 秒待ちます。タスクが RUNNING になる前に失敗したため (
           連続 1 回)、ECS は起動の間隔を延ばします。
00:02:06   次の起動まで 30 秒待ちます。タスクが RUNNING になる前に失敗したため (
           連続 2 回)、ECS は起動の間隔を延ばします。
00:03:00   サーキットブレーカーが作動しました。失敗したタスクが 3 個で、必要数 3
           のしきい値は 3 です。最後に COMPLETED になったデプロイ web:1
           (ecs-svc/...2419) にロールバックします。
00:03:00   web:2 (ecs-svc/...6163) から web:1 (ecs-svc/...2419) にロールバックし
           ます。失敗したデプロイでは 3 個のタスクが続けて失敗しました。
00:03:00   デプロイ web:1 (ecs-svc/...2419) が再び PRIMARY になりました
           (IN_PROGRESS)。
00:03:02   デプロイを完了します。新しいタスク 3 個が正常で、古いタスクは残ってい
           ません。\
""")


def test_why_a_task_was_replaced(pictures):
    assert why(pictures.unhealthy(), pictures.task_id(2)[:8]).text == snapshot("""\
Why: task 3c6ef362
00:00:02   The task was created for web:1 (ecs-svc/...2419).
00:00:14   The target web/10.0.2.12:8080 is initial (Elb.InitialHealthChecking).
00:00:16   The task is RUNNING.
00:00:26   The target web/10.0.2.12:8080 is healthy.
00:01:00   A fault was injected: hang for 3c6ef362.
00:01:32   The target web/10.0.2.12:8080 is unhealthy (Target.Timeout).
00:01:58   Stops the unhealthy task: 3 tasks are healthy, as many as desired
           (3).
00:01:58   ECS wants the task STOPPED: Task failed ELB health checks in
           (target-group
           arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/6d0ecf831eec9f09)
           (stopCode ServiceSchedulerInitiated)
00:01:58   The target web/10.0.2.12:8080 is draining
           (Target.DeregistrationInProgress).
00:01:58   Waits up to 30 s until the load balancer has drained 1 target of it;
           SIGTERM comes after that.
00:02:28   The target web/10.0.2.12:8080 is unused (Target.NotRegistered).
00:02:29   The container web exited with code 0, as a program does that ends
           well.
00:02:34   The task is STOPPED.\
""")


def test_why_a_task_could_not_start_in_japanese(pictures):
    assert why(pictures.breaker(), pictures.task_id(4), "ja").text == snapshot("""\
理由: タスク 78dde6c4
00:01:01   デプロイ web:2 (ecs-svc/...6163) のタスクとして作成されました。
00:01:16   イメージ shop/web:1.2 をプルできませんでした:
           CannotPullContainerError: pull image manifest has been retried 5
           time(s): failed to resolve ref docker.io/shop/web:1.2:
           docker.io/shop/web:1.2: not found
00:01:16   そのため、ECS がタスクの停止を決めました (stopCode
           TaskFailedToStart)。
00:01:20   タスクが STOPPED になりました。\
""")


def test_why_a_deployment_failed(pictures):
    text = why(pictures.breaker(), pictures.NEW).text
    assert text.startswith("Why: web:2 (ecs-svc/...6163)")
    assert "The circuit breaker trips" in text
    assert "CreateService" not in text


def test_why_requests_failed(pictures):
    assert why(pictures.unhealthy(), "504").text == snapshot("""\
Why: 504
00:01:35   GET http://shop.example/ was answered 504: the task 3c6ef362 at
           10.0.2.12 sent nothing for 60 s, the load balancer's idle timeout. [3
           times until 00:01:37]\
""")
    assert why(pictures.unhealthy(), "5xx", "ja").text.count("504") == 1


def test_a_status_that_nobody_got(pictures):
    assert why(pictures.unhealthy(), "503").text == "No request has been answered 503 so far."


@pytest.mark.parametrize("subject", ["nonsense", "", "ffffffff"])
def test_an_unknown_subject_says_what_can_be_asked(pictures, subject):
    assert why(pictures.rolling(), subject).text.startswith(f'Nothing is known of "{subject}".')


def test_an_ambiguous_task_id_names_the_candidates(pictures):
    story = pictures.started()
    one, two = "ab" + "0" * 30, "ab" + "1" * 30
    for id_ in (one, two):
        story.at(30, "task.status", id_, service=None, deployment=None, status="PENDING", desired="RUNNING")
    picture = pictures.picture(story, 40, (pictures.deployment(pictures.OLD, 1),))
    assert "ab000000, ab111111" in why(picture, "ab").text


def test_repeats_are_told_once(pictures):
    story = pictures.started()
    for second in range(40, 70):
        story.decide(second, "wait", "rolling.wait_draining", stopping=1, total=6, max_total=6)
    picture = pictures.picture(story, 80, (pictures.deployment(pictures.OLD, 1),))
    assert why(picture, "web").text.splitlines()[-2:] == [
        "00:00:40   Waits for 1 task to drain and stop. A task on its way out still",
        "           counts: 6 exist, at most 6 may. [30 times until 00:01:09]",
    ]


def test_long_runs_of_like_steps_are_shortened(pictures):
    story = pictures.started()
    for wave in range(20):
        story.decide(40 + wave, "start_tasks", "scale.out", start=1, active=wave, desired=20)
    picture = pictures.picture(story, 80, (pictures.deployment(pictures.OLD, 1),))
    assert why(picture, "web").text.splitlines()[-4:] == [
        "00:00:40   Starts 1 task: 0 of 20 desired were there.",
        "00:00:41   Starts 1 task: 1 of 20 desired were there.",
        "00:00:42   and 17 more like it",
        "00:00:59   Starts 1 task: 19 of 20 desired were there.",
    ]


def test_exit_codes_are_explained(pictures):
    story = pictures.started()
    story.at(
        40,
        "container.exit",
        pictures.task_id(1),
        container="web",
        exit_code=137,
        reason="OutOfMemoryError: Container killed due to memory usage",
    )
    picture = pictures.picture(story, 50, (pictures.deployment(pictures.OLD, 1),))
    text = " ".join(why(picture, pictures.task_id(1)).text.split())
    assert "exited with code 137: SIGKILL. OutOfMemoryError: Container killed due to memory usage" in text


def test_events_are_in_the_words_of_aws(pictures):
    text = events(pictures.rolling(), "web", "ja").text
    assert text.splitlines()[-1] == "00:02:02   (service web) has reached a steady state."
    assert "No events" not in text


def test_events_of_an_unknown_service(pictures):
    assert "web" in events(pictures.rolling(), "api").text


def test_a_fault_taken_back_for_everybody_is_told(pictures):
    story = pictures.started()
    story.at(40, "fault", "hang", match="web", value={}, on=True)
    story.at(50, "fault", "hang", match=None, value={}, on=False)
    picture = pictures.picture(story, 60, (pictures.deployment(pictures.OLD, 1),))
    for subject in ("web", pictures.task_id(1)):
        text = why(picture, subject).text
        assert "A fault was injected: hang for web." in text
        assert "The fault was taken back: hang for *." in text


def test_a_story_is_not_endless(pictures):
    story = pictures.started()
    for number in range(100):
        story.call(40 + number, "UpdateService", cluster="shop", service="web", desiredCount=number)
    picture = pictures.picture(story, 200, (pictures.deployment(pictures.OLD, 1),))
    text = why(picture, "web").text
    assert "44 earlier lines left out" in text
    assert "desiredCount 99" in text


def test_two_services_of_one_name_are_told_apart(pictures):
    picture = pictures.rolling()
    assert why(picture, "shop/web").text == why(picture, "web").text
    assert why(picture, "other/web").text.startswith("Nothing is known")


def test_who_answered_a_request(pictures):
    story = pictures.started()
    url = "GET http://shop.example/"
    told = {"ms": 5, "client": "c1"}
    story.at(40, "http", url, status=500, task=pictures.task_id(1), code=None, **told)
    story.at(41, "http", url, status=301, task=None, code=None, **told)
    why_not = {"host": "shop.example", "port": 443}
    story.at(42, "http", url, status=None, task=None, code="http.no_listener", why=why_not, **told)
    picture = pictures.picture(story, 60, (pictures.deployment(pictures.OLD, 1),))
    short = pictures.task_id(1)[:8]
    assert f"answered 500 by the program of task {short}." in " ".join(why(picture, "500").text.split())
    assert "answered 301 by the load balancer itself" in " ".join(why(picture, "301").text.split())
    failed = " ".join(why(picture, "http").text.split())
    assert failed.endswith(f"00:00:42 {url} failed: shop.example has no listener on port 443.")
    assert "301" not in failed
