"""What the site itself says to the reader, in both languages. Chapter text is not here."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "ja")

_EN: Final = {
    "answers": "Answers",
    "cause": "Cause",
    "check": "Check",
    "choose_all": "Choose all that apply.",
    "cure": "Cure",
    "develop": "Develop",
    "diagram": "Diagram",
    "download": "Download the notebook",
    "example": "Example",
    "healthy_targets": "healthy targets",
    "floor": "minimum",
    "in_console": "The same in the AWS console",
    "lab": "Lab",
    "lab_hint": (
        "The lab opens from your own copy of the course: run make start in its folder, "
        "then press this button there."
    ),
    "meaning": "Meaning",
    "minutes": "{n} minutes",
    "next": "Next step",
    "note": "Note",
    "onaws": "On real AWS",
    "open_lab": "Open the lab",
    "operate": "Operate",
    "output": "Output",
    "pause": "Pause",
    "play": "Play",
    "points": "{n} points",
    "predict": "Predict before you look",
    "previous": "Previous step",
    "read_lab": "Read it here",
    "replay": "Play again",
    "right": "Right.",
    "show_answer": "Show the answer",
    "show_solution": "Show the solution",
    "speed": "Speed",
    "step": "Step {n} of {all}",
    "symptom": "What you see",
    "mistake": "Common mistake",
    "tip": "Tip",
    "try_again": "Not that one. Read why, then try again.",
    "choose_first": "Choose an answer first.",
    "partly": "Not all of them yet. Read why, then try again.",
    "warning": "Warning",
    "your_answer": "Your answer goes here",
    "reel_stages": "stage",
    "reel_production": "traffic",
    "legend_share_old": "production traffic, old revision",
    "legend_share_new": "production traffic, new revision (%)",
    "legend_starting": "starting",
    "legend_old": "healthy, old revision",
    "legend_new": "healthy, new revision",
    "legend_waiting": "running, not healthy yet",
    "legend_draining": "draining",
    "legend_stopping": "stopping",
    "legend_failed": "failed",
    "recorded": "Recorded from the simulated cloud.",
}

_JA: Final = {
    "answers": "解答",
    "cause": "原因",
    "check": "答え合わせ",
    "choose_all": "当てはまるものをすべて選んでください。",
    "cure": "対処",
    "develop": "開発",
    "diagram": "図",
    "download": "ノートブックをダウンロード",
    "example": "例",
    "healthy_targets": "正常なターゲット数",
    "floor": "下限",
    "in_console": "AWS マネジメントコンソールでは",
    "lab": "ラボ",
    "lab_hint": (
        "ラボは手元のコースで開きます。コースのフォルダーで make start を実行し、"
        "表示されたサイトでこのボタンを押してください。"
    ),
    "meaning": "意味",
    "minutes": "{n} 分",
    "next": "次のステップ",
    "note": "補足",
    "onaws": "実際の AWS では",
    "open_lab": "ラボを開く",
    "operate": "運用",
    "output": "出力",
    "pause": "一時停止",
    "play": "再生",
    "points": "{n} 点",
    "predict": "見る前に予想する",
    "previous": "前のステップ",
    "read_lab": "このサイトで読む",
    "replay": "もう一度再生",
    "right": "正解です。",
    "show_answer": "答えを表示",
    "show_solution": "解答例を表示",
    "speed": "速度",
    "step": "ステップ {n} / {all}",
    "symptom": "見えるもの",
    "mistake": "よくある間違い",
    "tip": "ヒント",
    "try_again": "違います。理由を読んで、もう一度選んでください。",
    "choose_first": "先に答えを選んでください。",
    "partly": "まだすべてではありません。理由を読んで、もう一度選んでください。",
    "warning": "注意",
    "your_answer": "ここに答えを書きます",
    "reel_stages": "ステージ",
    "reel_production": "本番",
    "legend_share_old": "本番トラフィック (旧リビジョン)",
    "legend_share_new": "本番トラフィック (新リビジョン、%)",
    "legend_starting": "起動中",
    "legend_old": "正常 (旧リビジョン)",
    "legend_new": "正常 (新リビジョン)",
    "legend_waiting": "実行中、まだ正常でない",
    "legend_draining": "登録解除中",
    "legend_stopping": "停止中",
    "legend_failed": "失敗",
    "recorded": "シミュレートされたクラウドの記録です。",
}

WORDS: Final = MappingProxyType({"en": MappingProxyType(_EN), "ja": MappingProxyType(_JA)})


def word(lang: str, key: str, /, **values: object) -> str:
    """The site's word for `key` in `lang`, with `{name}` places filled.

    Raises:
        KeyError: an unknown language or key.
    """
    return WORDS[lang][key].format(**values)
