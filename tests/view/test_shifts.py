"""The timeline shows the stages of deployments that shift traffic, and the weights of the listener rules."""

from __future__ import annotations

import re

from inline_snapshot import snapshot

from ecsim.view import recording, timeline


def _lanes(view):
    return view.text.split("\n\n", 1)[0]


def test_stages_and_weights(pictures):
    assert _lanes(timeline(pictures.canary(), "web")) == snapshot("""\
service web  00:00:00 - 00:13:25  (one column is 13 s)
                      |00:00:00            |00:05:00             |00:10:00
calls                 v   v     v
events                14
web:1         ...2419 >=========================================================
web:2         ...6163     >>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>
stages                    ccffffhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh
production %              0     10
test %                    0 100
9e3779b1 web:1     c  +#########################################################
3c6ef362 web:1     d  +#########################################################
daa66d13 web:1     a  +#########################################################
78dde6c4 web:2     c      +=####################################################
17156075 web:2     d      +=####################################################
b54cda26 web:2     a      +=####################################################
tasks not STOPPED     3   6
healthy                3    6\
""")


def test_on_the_way_back_the_letters_are_capitals(pictures):
    view = timeline(pictures.canary(back=True), "web")
    assert _lanes(view) == snapshot("""\
service web  00:00:00 - 00:06:00  (one column is 6.2 s)
                      |00:00:00          |00:02:00          |00:04:00
calls                 v        v             v
events                1 2 4
web:1         ...2419 >>>>============================================>>>>>>====
web:2         ...6163          >>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>xxxxxx
stages                         ccccffffffffffhhhhhhhhhhhhhhhhhhhhhhhhhKKKKKK
production %                   0             10                       0
test %                         0   100                                0
9e3779b1 web:1     c  .+==######################################################
3c6ef362 web:1     d  .+==######################################################
daa66d13 web:1     a  .+==######################################################
78dde6c4 web:2     c           .++=###################################~~~~~_|
17156075 web:2     d           .++=###################################~~~~~_|
b54cda26 web:2     a           .++=###################################~~~~~_|
tasks not STOPPED     3        6                                            3
healthy               0   3        6                                  3\
""")
    assert "in capitals: rollback" in view.text


def test_a_long_pause_does_not_hide_the_deployment_that_pauses(pictures):
    """Eleven minutes without a change would begin another stretch, were no deployment under way."""
    assert timeline(pictures.canary(), "web").text.startswith("service web  00:00:00 - 00:13:25")


def test_what_happened_in_words(pictures):
    told = timeline(pictures.canary(), "web", "ja").text
    assert told[told.index("  * ") : told.index("  1 ")] == snapshot("""\
  * 00:01:01  ステージ PRE_SCALE_UP, SCALE_UP (新しいリビジョンへ: 本番 0 %、テ
              スト 0 %)
  * 00:01:25  ステージ POST_SCALE_UP, TEST_TRAFFIC_SHIFT,
              POST_TEST_TRAFFIC_SHIFT (新しいリビジョンへ: 本番 0 %、テスト 100
              %)
  * 00:01:25  POST_TEST_TRAFFIC_SHIFT のライフサイクルフック PAUSE は
              AWAITING_ACTION です。
  * 00:02:25  POST_TEST_TRAFFIC_SHIFT のライフサイクルフック PAUSE は SUCCEEDED
              です。
  * 00:02:25  ステージ PRE_PRODUCTION_TRAFFIC_SHIFT, PRODUCTION_TRAFFIC_SHIFT (
              新しいリビジョンへ: 本番 10 %、テスト 100 %)
""")


def test_the_drawing_has_a_bar_for_each_stage_and_a_band_for_each_weight(pictures):
    html = timeline(pictures.canary(), "web").html
    assert re.findall(r'<svg class="g-(\w+)"', html) == ["scale", "test", "shift"]
    shares = re.findall(r"<title>(web:\d gets \d+ % of the \w+ traffic)", html)
    assert shares == snapshot(
        [
            "web:2 gets 0 % of the production traffic",
            "web:2 gets 10 % of the production traffic",
            "web:2 gets 0 % of the test traffic",
            "web:2 gets 100 % of the test traffic",
        ]
    )


def test_no_rows_without_such_a_deployment(pictures):
    view = timeline(pictures.rolling(), "web")
    assert "stages" not in view.text
    assert "ev-share" not in view.html.split("</style>")[1]


def test_a_recording_has_them_too(pictures):
    data = recording(pictures.canary(back=True), "web")
    assert [s["state"] for s in data["stages"]] == snapshot(
        ["SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "CLEAN_UP/ROLLBACK"]
    )
    assert [(s["state"], s["from_ms"], s["to_ms"]) for s in data["production"]] == snapshot(
        [("0", 61000, 145000), ("10", 145000, 300000), ("0", 300000, 336000)]
    )
