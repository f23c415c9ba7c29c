"""The fidelity page: made from `ecsim.cloud.fidelity`, committed, checked for freshness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ecsim.cloud.cli_examples import EXCEPTIONS
from ecsim.cloud.fidelity import BEHAVIOURS, TOPICS, Behaviour, Level, ecs_operations
from ecslab.site.parity import source_hash

LANGUAGES = ("en", "ja")

_WORDS = {
    "en": {
        "title": "Fidelity",
        "description": "What the simulated cloud does exactly, approximately, or not at all, with the source of each.",
        "intro": (
            "The cloud of this course is a simulation. This page says how true it is. It is made from the code of "
            "the cloud itself, so it cannot promise more than is there."
        ),
        "levels": {
            Level.EXACT: "as AWS documents it, and a test that names the source keeps it so",
            Level.APPROXIMATE: "the same in kind and order; the numbers are this cloud's choice",
            Level.NOT_SIMULATED: "stored and shown, or refused with an error that says so; nothing happens",
        },
        "level": {
            Level.EXACT: "exact",
            Level.APPROXIMATE: "approximate",
            Level.NOT_SIMULATED: "not simulated",
        },
        "behaviour": "Behaviour",
        "how": "How true",
        "source": "Source",
        "operations": "Operations of the ECS API",
        "simulated": "{n} of {all} operations are simulated:",
        "refused": (
            "The others answer with an error of AWS's shape that names the operation, never with a wrong result:"
        ),
        "examples": "Examples of the AWS CLI reference",
        "examined": (
            "Every example of the AWS CLI's own reference for `aws ecs` runs against this cloud, and the fields, "
            "states and counts of its output are compared with what the reference shows. These differences stay:"
        ),
        "example": "Examples",
        "why": "Why",
    },
    "ja": {
        "title": "忠実度",
        "description": "シミュレートされたクラウドが正確に再現すること、近似すること、再現しないことと、その出典です。",
        "intro": (
            "このコースのクラウドはシミュレーションです。どこまで本物と同じかを、このページにまとめます。"
            "クラウドのコードから生成しているので、実際にないことは約束できません。"
        ),
        "levels": {
            Level.EXACT: "AWS のドキュメントどおりです。出典を明記したテストで確かめています",
            Level.APPROXIMATE: "種類と順序は同じです。数値はこのクラウドが決めています",
            Level.NOT_SIMULATED: "保存と表示だけを行うか、そのことを示すエラーを返します。動作はしません",
        },
        "level": {Level.EXACT: "正確", Level.APPROXIMATE: "近似", Level.NOT_SIMULATED: "再現しない"},
        "behaviour": "動作",
        "how": "忠実度",
        "source": "出典",
        "operations": "ECS API のオペレーション",
        "simulated": "{all} 個のうち {n} 個のオペレーションを再現しています。",
        "refused": (
            "残りのオペレーションは、誤った結果を返す代わりに、オペレーション名を示す AWS 形式のエラーを返します。"
        ),
        "examples": "AWS CLI リファレンスの例",
        "examined": (
            "AWS CLI のリファレンスにある `aws ecs` の例は、すべてこのクラウドに対して実行し、出力の項目、状態、件数を"
            "リファレンスの出力と比べています。次の違いだけが残ります。"
        ),
        "example": "例",
        "why": "理由",
    },
}


def page(lang: str) -> str:
    """The page as Markdown."""
    words = _WORDS[lang]
    level: dict[Level, str] = words["level"]  # type: ignore[assignment]
    meaning: dict[Level, str] = words["levels"]  # type: ignore[assignment]
    source = [f"source: {source_hash(page('en'))}"] if lang == "ja" else []
    lines = [
        "---",
        *source,
        f"title: {words['title']}",
        f"description: {words['description']}",
        "---",
        "",
        f"# {words['title']} {{ #fidelity }}",
        "",
        f"{words['intro']}",
        "",
        *[f"- **{level[each]}**: {meaning[each]}{_stop(lang)}" for each in Level],
        "",
    ]
    for topic, names in TOPICS.items():
        lines += [f"## {names[LANGUAGES.index(lang)]} {{ #{topic} }}", "", *_table(topic, lang), ""]
    lines += [f"## {words['operations']} {{ #operations }}", "", *_operations(lang), ""]
    lines += [f"## {words['examples']} {{ #cli-examples }}", "", *_examples(lang)]
    return "\n".join(lines).rstrip() + "\n"


def _stop(lang: str) -> str:
    return "。" if lang == "ja" else "."


def _table(topic: str, lang: str) -> list[str]:
    words = _WORDS[lang]
    level: dict[Level, str] = words["level"]  # type: ignore[assignment]
    text: Callable[[Behaviour], str] = lambda row: row.ja if lang == "ja" else row.en  # noqa: E731
    return [
        f"| {words['behaviour']} | {words['how']} | {words['source']} |",
        "|---|---|---|",
        *[f"| {text(row)} | {level[row.level]} | {row.source} |" for row in BEHAVIOURS if row.topic == topic],
    ]


def _operations(lang: str) -> list[str]:
    words = _WORDS[lang]
    every = ecs_operations()
    done = [each.name for each in every if each.is_simulated]
    rest = [each.name for each in every if not each.is_simulated]
    return [
        str(words["simulated"]).format(n=len(done), all=len(every)),
        "",
        ", ".join(f"`{name}`" for name in done) + _stop(lang),
        "",
        str(words["refused"]),
        "",
        ", ".join(f"`{name}`" for name in rest) + _stop(lang),
    ]


def _examples(lang: str) -> list[str]:
    words = _WORDS[lang]
    return [
        str(words["examined"]),
        "",
        f"| {words['example']} | {words['why']} |",
        "|---|---|",
        *[
            f"| {', '.join(f'`{key}`' for key in each.examples)} | {each.ja if lang == 'ja' else each.en} |"
            for each in EXCEPTIONS
        ],
    ]


def refresh(root: Path, *, check: bool) -> list[Path]:
    """Write both pages, or with `check` only tell which are stale."""
    stale = []
    for lang in LANGUAGES:
        path, wanted = root / "docs" / lang / "fidelity.md", page(lang)
        if not path.exists() or path.read_text("utf-8") != wanted:
            stale.append(path)
            if not check:
                path.write_text(wanted, "utf-8")
    return stale
