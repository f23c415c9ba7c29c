"""What the grader says, in both languages. A notice is a code with fields; it becomes a sentence only here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LANGUAGES = ("en", "ja")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the learner or the instructor should know.

    Attributes:
        code: which sentence of `NOTICES`.
        fields: what is filled in.
    """

    code: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """The sentence."""
        fields = {"why": "?", "known": "-", **self.fields}
        return NOTICES[self.code][LANGUAGES.index(lang)].format(**fields)


NOTICES: Mapping[str, tuple[str, str]] = {
    "not-ipynb": (
        "This is not a notebook: its name does not end in .ipynb.",
        "ノートブックではありません。ファイル名が .ipynb で終わっていません。",
    ),
    "not-regular": (
        "This is not a regular file (a link, a pipe or a device): it was not opened.",
        "通常のファイルではないため (リンク、パイプ、デバイスなど)、開きませんでした。",
    ),
    "unreadable": ("The file cannot be read: {why}.", "ファイルを読めませんでした ({why})。"),
    "too-large": (
        "The file is larger than {limit} bytes. Clear its outputs and hand it in again.",
        "ファイルが {limit} バイトを超えています。出力を消してから提出し直してください。",
    ),
    "too-deep": (
        "Folders are nested deeper than {depth}: nothing in here was read.",
        "フォルダーの階層が {depth} を超えているため、読みませんでした。",
    ),
    "no-notebook": (
        "There is no notebook in this folder or archive.",
        "このフォルダーまたはアーカイブにはノートブックがありません。",
    ),
    "many-notebooks": (
        "This is more than {limit} submissions at once: nothing of it was graded.",
        "一度に提出されたものが {limit} 件を超えているため、採点しませんでした。",
    ),
    "no-lab-notebook": (
        "None of these notebooks says which lab it is: {names}. Hand in the lab's own file.",
        "どのノートブックにもラボの名前がありません ({names})。ラボのファイルを提出してください。",
    ),
    "several-notebooks": (
        "Several notebooks of the same lab were handed in ({names}): hand in one of them.",
        "同じラボのノートブックが複数あります ({names})。1 つだけ提出してください。",
    ),
    "other-lab": (
        "The lab {lab} was asked for; what was handed in is: {seen}.",
        "求められたラボは {lab} ですが、提出されたものは {seen} です。",
    ),
    "archive-kind": (
        "This kind of archive is not opened ({name}). Hand in the notebook itself, or a zip.",
        "この種類のアーカイブは開きません ({name})。ノートブックそのものか zip を提出してください。",
    ),
    "archive-damaged": (
        "The archive cannot be read: {why}. Make it again, or hand in the notebook itself.",
        "アーカイブを読めませんでした ({why})。作り直すか、ノートブックそのものを提出してください。",
    ),
    "archive-path": (
        "A path in the archive leads out of it ({name}): nothing was taken out of it.",
        "アーカイブの外へ出るパスが含まれているため ({name})、何も取り出しませんでした。",
    ),
    "archive-name": (
        "A name in the archive is not a file name ({name}): nothing was taken out of it.",
        "アーカイブにファイル名として使えない名前が含まれているため ({name})、何も取り出しませんでした。",
    ),
    "archive-twice": (
        "The archive has {name} twice: it cannot be known which is the work.",
        "アーカイブに {name} が 2 つあり、どちらが提出物か決められません。",
    ),
    "archive-password": (
        "The archive has a password ({name}). Hand it in without one.",
        "アーカイブにパスワードが設定されています ({name})。パスワードなしで提出してください。",
    ),
    "archive-method": (
        "The file is packed by a method that is not opened ({method}). Make an ordinary zip.",
        "対応していない圧縮方式です ({method})。通常の zip で作り直してください。",
    ),
    "archive-large": (
        "What is in the archive is larger than {limit} bytes. Hand in the notebook itself.",
        "アーカイブの中身が {limit} バイトを超えています。ノートブックそのものを提出してください。",
    ),
    "archive-members": (
        "The archive has more than {limit} files. Hand in the notebook itself.",
        "アーカイブに含まれるファイルの数が {limit} を超えています。ノートブックそのものを提出してください。",
    ),
    "archive-nested": (
        "This is an archive in an archive: it was not opened. Hand in the notebook itself.",
        "アーカイブの中のアーカイブは開きません。ノートブックそのものを提出してください。",
    ),
    "not-notebook": (
        "This is not a Jupyter notebook: {why}.",
        "Jupyter ノートブックではありません ({why})。",
    ),
    "wrong-format": (
        "This notebook has the format {seen}; only format 4 can be graded. Save it again with JupyterLab.",
        "このノートブックの形式は {seen} です。採点できるのは形式 4 だけです。JupyterLab で保存し直してください。",
    ),
    "not-ours": (
        "This notebook is not one of the course's labs: its metadata says no lab.",
        "このコースのラボではありません。メタデータにラボの名前がありません。",
    ),
    "unknown-lab": ("There is no lab {lab}.", "{lab} というラボはありません。"),
    "unknown-version": (
        "There is no version {version} of the lab {lab} here; there are: {known}.",
        "ラボ {lab} のバージョン {version} は、ここにはありません。あるバージョン：{known}。",
    ),
    "older-version": (
        "This is version {version} of the lab; it was graded as that version was. The newest is {newest}.",
        "これはラボのバージョン {version} です。そのバージョンの内容で採点しました。最新は {newest} です。",
    ),
    "too-many-cells": ("The notebook has more than {limit} cells.", "セルの数が {limit} を超えています。"),
    "cell-too-long": (
        "The cell {cell} is longer than {limit} characters.",
        "セル {cell} が {limit} 文字を超えています。",
    ),
    "duplicate": (
        "Two cells have the key {cell}: it cannot be known which is the answer. Start from a fresh copy of the lab.",
        "キー {cell} のセルが 2 つあり、どちらが解答か決められません。新しいラボのファイルからやり直してください。",
    ),
    "grader-failed": (
        "The grader itself failed ({why}). This is not the learner's fault: grade again.",
        "採点プログラムの側で失敗しました ({why})。学習者のせいではありません。もう一度採点してください。",
    ),
    "out-of-time": (
        "The notebook took longer than {limit} s in all; what came later was not run.",
        "ノートブック全体の実行が {limit} 秒を超えたため、それより後は実行していません。",
    ),
    "cell-failed": ("The cell {cell} ended with {error}.", "セル {cell} は {error} で終わりました。"),
    "cell-timeout": (
        "The cell {cell} ran longer than {limit} s and was stopped.",
        "セル {cell} は {limit} 秒を超えたため止めました。",
    ),
    "kernel-died": (
        "The Python process ended in the cell {cell}. A new one was started for the cells after it; "
        "variables were lost, the cloud was not.",
        "セル {cell} で Python のプロセスが終了しました。その後のセルのために新しいプロセスを始めました。"
        "変数は失われましたが、クラウドはそのままです。",
    ),
    "limit-memory": (
        "The Python process was ended in the cell {cell}: all of its processes together used more than {limit} MiB of "
        "memory. A new one was started for the cells after it; variables were lost, the cloud was not.",
        "セル {cell} で、すべてのプロセスのメモリの合計が {limit} MiB を超えたため、Python のプロセスを終了しました。"
        "その後のセルのために新しいプロセスを始めました。変数は失われましたが、クラウドはそのままです。",
    ),
    "limit-processes": (
        "The Python process was ended in the cell {cell}: it had started more than {limit} processes. A new one was "
        "started for the cells after it; variables were lost, the cloud was not.",
        "セル {cell} で、プロセスの数が {limit} を超えたため、Python のプロセスを終了しました。"
        "その後のセルのために新しいプロセスを始めました。変数は失われましたが、クラウドはそのままです。",
    ),
    "limit-disk": (
        "The Python process was ended in the cell {cell}: its files were larger than {limit} MiB together. A new one "
        "was started for the cells after it; variables and files were lost, the cloud was not.",
        "セル {cell} で、ファイルの合計が {limit} MiB を超えたため、Python のプロセスを終了しました。"
        "その後のセルのために新しいプロセスを始めました。変数とファイルは失われましたが、クラウドはそのままです。",
    ),
    "limit-output": (
        "The Python process was ended in the cell {cell}: the notebook had more than {limit} MB of outputs. A new one "
        "was started for the cells after it; variables were lost, the cloud was not.",
        "セル {cell} で、ノートブックの出力の合計が {limit} MB を超えたため、Python のプロセスを終了しました。"
        "その後のセルのために新しいプロセスを始めました。変数は失われましたが、クラウドはそのままです。",
    ),
    "cell-memory": (
        "The cell {cell} asked for more than {limit} MiB of memory.",
        "セル {cell} は {limit} MiB を超えるメモリを要求しました。",
    ),
    "cell-disk": (
        "The cell {cell} wrote more than {limit} MiB to files.",
        "セル {cell} は {limit} MiB を超えるファイルを書こうとしました。",
    ),
    "cell-processes": (
        "The cell {cell} started more than {limit} processes and threads.",
        "セル {cell} は {limit} を超えるプロセスやスレッドを始めようとしました。",
    ),
    "cell-output": (
        "The cell {cell} had more than {limit} characters of outputs; the rest was left out.",
        "セル {cell} の出力が {limit} 文字を超えたため、残りは省きました。",
    ),
    "cloud-memory": (
        "The simulated cloud was ended: what was made in it took more than {limit} MiB. Checks that came later were "
        "not run.",
        "クラウドに作られたものが {limit} MiB を超えたため、シミュレーションのクラウドを終了しました。"
        "それより後のチェックは実行していません。",
    ),
    "own-seed": (
        "Graded with the seed {seed}, which the notebook says it was made for; the lab's own is {own}.",
        "ノートブックに書かれたシード {seed} で採点しました。ラボの元のシードは {own} です。",
    ),
    "other-seed": (
        "The notebook says it was made for the seed {own}; it was graded with {seed}, as the instructor asked.",
        "ノートブックのシードは {own} ですが、講師の指定により {seed} で採点しました。",
    ),
    "missing": (
        "The answer cell {cell} is not in the notebook: it counts as not answered.",
        "解答セル {cell} がノートブックにありません。未解答として扱いました。",
    ),
    "not-agreed": (
        "The grader's own check passed, but the check cell did not print its line, so it earns nothing.",
        "採点側のチェックは合格でしたが、チェックのセルが所定の行を出力しなかったため、点になりません。",
    ),
    "not-run": ("The check was not run.", "チェックは実行されませんでした。"),
    "no-cloud": (
        "The simulated cloud did not answer while this check ran.",
        "このチェックの間、シミュレーションのクラウドが応答しませんでした。",
    ),
}

PAGE: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Feedback",
        "points": "{points} of {max} points",
        "submission": "Submission",
        "learner": "Learner",
        "lab": "Lab",
        "version": "version {version}",
        "notices": "What happened while the notebook ran",
        "tasks": "Task by task",
        "task": "Task {task}",
        "expected": "expected",
        "seen": "seen",
        "why": "why",
        "look": "look at",
        "after": "what happened",
        "hint": "Hint {n} of {of}",
        "passed": "passed",
        "not_passed": "not passed",
        "hidden": "hidden checks: {points} of {max} points",
        "weight": "counts {weight}-fold",
        "policy": "How the points came about",
        "late": "Handed in {by} after {due}: {percent} % off, {lost} points less.",
        "late_cut_off": "Handed in {by} after {due}: too late to earn points.",
        "late_grace": "Handed in {by} after {due}, within the grace period: nothing is taken off.",
        "late_unknown": "It was due {due}. Nobody says when it was handed in: nothing is taken off.",
        "late_marked": "It was due {due} and is marked as late, but nobody says by how much: nothing is taken off.",
        "override": "The instructor gave {points} points in all ({by}, {when}): {reason}",
        "override_check": "{check}: the instructor gave {points} points ({by}, {when}): {reason}",
        "scaled": "The checks' points are scaled to the {max} points of the lab.",
        "calls": "The last calls of the AWS API",
        "none": "No call reached the cloud.",
        "call": "Call",
        "time": "Virtual time",
        "outcome": "Outcome",
        "ok": "ok",
        "foot": "Only answer cells count. Check cells were taken from the course, and run in a fresh notebook.",
        "isolation": "How learners' code was kept apart: {isolation}.",
    },
    "ja": {
        "title": "フィードバック",
        "points": "{max} 点中 {points} 点",
        "submission": "提出物",
        "learner": "学習者",
        "lab": "ラボ",
        "version": "バージョン {version}",
        "notices": "実行中に起きたこと",
        "tasks": "課題ごとの結果",
        "task": "課題 {task}",
        "expected": "期待",
        "seen": "実際",
        "why": "理由",
        "look": "参照",
        "after": "起きたこと",
        "hint": "ヒント {n} / {of}",
        "passed": "合格",
        "not_passed": "不合格",
        "hidden": "隠しチェック：{max} 点中 {points} 点",
        "weight": "重み {weight} 倍",
        "policy": "点数の内訳",
        "late": "期限 {due} から {by} 遅れて提出されたため、{percent} % を引きました (−{lost} 点)。",
        "late_cut_off": "期限 {due} から {by} 遅れて提出されました。受付の終了後のため、点はつきません。",
        "late_grace": "期限 {due} から {by} 遅れましたが、猶予の範囲内のため減点はありません。",
        "late_unknown": "期限は {due} です。提出日時の記録がないため、減点していません。",
        "late_marked": "期限は {due} です。遅れたという記録はありますが、日時の記録がないため、減点していません。",
        "override": "講師が全体を {points} 点としました ({by}、{when})：{reason}",
        "override_check": "{check}：講師が {points} 点としました ({by}、{when})：{reason}",
        "scaled": "チェックの点数を、ラボの {max} 点満点に換算しています。",
        "calls": "最後の AWS API 呼び出し",
        "none": "クラウドに届いた呼び出しはありません。",
        "call": "呼び出し",
        "time": "仮想時刻",
        "outcome": "結果",
        "ok": "成功",
        "foot": "数えるのは解答セルだけです。チェックのセルはコースのものを使い、新しいノートブックで実行しました。",
        "isolation": "学習者のコードの隔離方法：{isolation}。",
    },
}
