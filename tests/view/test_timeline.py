"""The timeline: lanes, deployments, numbers, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace

from inline_snapshot import snapshot

from ecsim.view import timeline
from ecsim.view.history import counts, service_history
from ecsim.view.limits import limits
from ecsim.view.window import window


def _lanes(view):
    return "\n".join(view.text.split("\n\n")[0].splitlines())


def test_rolling_update(pictures):
    assert _lanes(timeline(pictures.rolling(), "web")) == snapshot("""\
service web  00:00:00 - 00:02:30  (one column is 2.5 s)
                      |00:00:00  |00:00:30   |00:01:00  |00:01:30   |00:02:00
calls                 v                      v
events                1    2    4            5    6   8              0
web:1         ...2419 >>>>>>>>>>=====================================
web:2         ...6163                        >>>>>>>>>>>>>>>>>>>>>>>>===========
9e3779b1 web:1     c  ..:+++====######################~~~~~~~~~~~~__|
3c6ef362 web:1     d  ..:+++====######################~~~~~~~~~~~~__|
daa66d13 web:1     a  ..:+++====######################~~~~~~~~~~~~__|
78dde6c4 web:2     c                         ..:+++===##########################
17156075 web:2     d                         ..:+++===##########################
b54cda26 web:2     a                         ..:+++===##########################
tasks not STOPPED     3                      6                      3
healthy               0         3\
""")


def test_breaker_rollback_in_japanese(pictures):
    assert _lanes(timeline(pictures.breaker(), "web", "ja")) == snapshot("""\
サービス web  00:00:00 - 00:03:20  (1 文字は 3.4 秒)
                      |00:00:00        |00:01:00        |00:02:00
呼び出し              v                v
イベント              1   2  4         5     6       7     8        9    04
web:1         ...2419 >>>>>>>===================================================
web:2         ...6163                  >>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>
9e3779b1 web:1     c  ..++===###################################################
3c6ef362 web:1     d  ..++===###################################################
daa66d13 web:1     a  ..++===###################################################
78dde6c4 web:2     c                   ..+++_X
17156075 web:2     d                                 ..+++_X
b54cda26 web:2     a                                                .:++_X
STOPPED 以外のタスク  3                4     3       4     3        4    3
正常                  0      3\
""")


def test_unhealthy_replacement(pictures):
    assert _lanes(timeline(pictures.unhealthy(), "shop/web")) == snapshot("""\
service web  00:00:00 - 00:02:50  (one column is 2.9 s)
                      |00:00:00           |00:01:00           |00:02:00
calls                 v                   v
events                1   2    4                     5        7           8
web:1         ...2419 >>>>>>>>>=================================================
9e3779b1 web:1     c  ..:++===##################################################
3c6ef362 web:1     d  ..:++===#######################!!!!!!!!!~~~~~~~~~~__X
daa66d13 web:1     a  ..:++===##################################################
78dde6c4 web:1     c                                 ..:++===###################
tasks not STOPPED     3                              4                    3
healthy               0       3                      2       3\
""")


def test_the_window_can_be_chosen(pictures):
    view = timeline(pictures.rolling(), "web", start_ms=60_000, end_ms=90_000)
    assert _lanes(view) == snapshot("""\
service web  00:01:00 - 00:01:30  (one column is 0.5 s)
                      |00:01:00          |00:01:10          |00:01:20
calls                 v
events                 1                       2                      4
web:1         ...2419 ==========================================================
web:2         ...6163 >>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>
9e3779b1 web:1     c  ################################################~~~~~~~~~~
3c6ef362 web:1     d  ################################################~~~~~~~~~~
daa66d13 web:1     a  ################################################~~~~~~~~~~
78dde6c4 web:2     c   ..........::::++++++++++++++===================##########
17156075 web:2     d   ..........::::++++++++++++++===================##########
b54cda26 web:2     a   ..........::::++++++++++++++===================##########
tasks not STOPPED      6                                                       3
healthy               3\
""")


def test_forty_tasks_have_a_lane_each(pictures):
    view = timeline(pictures.crowd(), "web")
    lanes = [line for line in view.text.splitlines() if line[8:13] == " web:"]
    assert len(lanes) == 70
    assert view.html.count("RUNNING\n") >= 70


def test_failed_tasks_end_with_a_cross(pictures):
    html = timeline(pictures.breaker(), "web").html
    assert html.count('stroke="var(--bad)" stroke-width="2.4" stroke-linecap') == 3
    assert html.count("TaskFailedToStart: CannotPullContainerError") == 3


def test_an_unknown_service_is_answered_with_the_known_ones(pictures):
    assert timeline(pictures.rolling(), "wbe").text == "There is no service wbe. Services here: web."


def test_numbers_over_time(pictures):
    history = service_history(pictures.rolling(), "shop/web")
    told = [(c.at_ms // 1_000, c.total, c.running, c.healthy) for c in counts(history.tasks, 150_000)]
    assert told == snapshot(
        [
            (2, 3, 0, 0),
            (16, 3, 3, 0),
            (26, 3, 3, 3),
            (61, 6, 3, 3),
            (75, 6, 6, 3),
            (85, 6, 3, 3),
            (121, 3, 3, 3),
        ]
    )


def test_numbers_without_load_balancer_wait_forty_seconds(pictures):
    """Source: botocore ecs DeploymentConfiguration.minimumHealthyPercent (40 s after RUNNING)."""
    picture = pictures.rolling()
    journal = tuple(e for e in picture.journal if e.kind != "target.state")
    history = service_history(replace(picture, journal=journal), "shop/web")
    healthy = [(c.at_ms, c.healthy) for c in counts(history.tasks, 80_000)]
    assert healthy[0] == (2_000, 0)
    assert (16_000 + 40_000, 3) in healthy


def test_the_two_percents_follow_the_calls(pictures):
    """Rounding: botocore ecs DeploymentConfiguration (floor up, ceiling down)."""
    picture = pictures.crowd()
    history = service_history(picture, "shop/web")
    told = [(bound.at_ms, bound.floor, bound.ceiling) for bound in limits(history, picture.services[0])]
    assert told == [(1_000, 40, 80), (60_000, 40, 50)]


def test_the_window_begins_after_the_last_long_quiet():
    shown = window([1_000, 2_000, 3_600_000, 3_660_000], 3_700_000, None, None)
    assert (shown.start_ms, shown.end_ms, shown.earlier, shown.later) == (3_598_500, 3_700_000, True, False)


def test_the_window_ends_soon_after_the_last_change():
    shown = window([0, 60_000], 7_200_000, None, None)
    assert (shown.start_ms, shown.end_ms, shown.later) == (0, 75_000, True)


def test_ticks_are_round_and_few():
    shown = window([0, 250_000], 250_000, None, None)
    assert shown.ticks() == [30_000 * i for i in range(9)]


def test_the_text_says_what_it_leaves_out(pictures):
    text = timeline(pictures.rolling(), "web", start_ms=60_000, end_ms=90_000).text
    assert "Before 00:01:00 nothing is shown" in text
    assert "Shown until 00:01:30; it is 00:02:30 now." in text
    late = timeline(pictures.rolling(), "web", start_ms=130_000).text
    assert "3 tasks more had no part in this stretch." in late


def test_hundreds_of_tasks_get_no_lane_each_but_count(pictures):
    story = pictures.started(150)
    picture = pictures.picture(story, 60, (pictures.deployment(pictures.OLD, 1),), desired=150)
    view = timeline(picture, "web")
    assert "30 tasks more have no lane here" in view.text
    assert view.text.count(" web:1     ") == 120
    assert "150" in next(line for line in view.text.splitlines() if line.startswith("tasks not STOPPED"))


def test_a_restart_after_a_fault_shows_the_fault(pictures):
    view = timeline(pictures.unhealthy(), "web", "ja")
    assert "障害を注入しました: hang (3c6ef362)。" in view.text
    assert "var(--bad)" in view.html
