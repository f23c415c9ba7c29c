"""The few sentences that the notebook itself says, in both languages."""

from __future__ import annotations

_SAY = {
    "en": {
        "ready": "Lab {lab} is ready. The cloud's clock stands at {now}.",
        "given": "Given to you (cloud.given):",
        "not_started": "no lab is running: run the first cell, cloud = lab.start(...)",
        "other_lab": "this cloud holds the lab {have}, not {want}",
        "not_json": "answer= takes text, numbers, lists and dicts, not {kind}",
        "failed": "Check {check} did not pass: the box above says what was seen.",
        "stable": "stable at {now}: {services}",
        "unstable": "not stable after {waited} (now {now}); still waiting for: {waiting}",
    },
    "ja": {
        "ready": "ラボ {lab} の準備ができました。クラウドの時計は {now} です。",
        "given": "用意されているもの (cloud.given):",
        "not_started": "ラボが始まっていません。最初のセル cloud = lab.start(...) を実行してください",
        "other_lab": "このクラウドにあるラボは {have} で、{want} ではありません",
        "not_json": "answer= に渡せるのは文字列、数値、リスト、辞書です ({kind} は渡せません)",
        "failed": "チェック {check} は合格しませんでした。何が見つかったかは上の枠にあります。",
        "stable": "{now} に安定しました: {services}",
        "unstable": "{waited} 待っても安定しませんでした (現在 {now})。まだ待っているもの: {waiting}",
    },
}


def say(lang: str, what: str, /, **fields: object) -> str:
    """One sentence."""
    return _SAY[lang][what].format(**fields)
