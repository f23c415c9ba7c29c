"""Every reason is worded in both languages, with exactly its fields; every label exists in both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ecsim.dataplane.reasons import REASONS as DATAPLANE
from ecsim.decide.reasons import REASONS as DECIDE
from ecsim.view import words
from ecsim.view.words import LABELS, REASONS, fields_of, label, language, reason

CODES = {**DECIDE, **DATAPLANE}


@pytest.mark.parametrize("code", CODES)
def test_every_reason_is_worded_with_exactly_its_fields(code, lang):
    assert fields_of(REASONS[lang][code]) == set(CODES[code])


def test_no_words_for_reasons_that_are_gone(lang):
    assert sorted(set(REASONS[lang]) - set(CODES)) == []


def test_labels_are_the_same_in_both_languages():
    assert sorted(LABELS["en"]) == sorted(LABELS["ja"])


@pytest.mark.parametrize("key", LABELS["en"])
def test_a_label_promises_the_same_in_both_languages(key):
    en, ja = fields_of(LABELS["en"][key]), fields_of(LABELS["ja"][key])
    assert en == ja


def test_reasons_read_as_sentences(lang):
    for template in [t for code, t in REASONS[lang].items() if "{text}" not in t]:
        assert template.endswith("." if lang == "en" else "。"), template
        assert "!" not in template
        assert not re.search(r"\b(simply|just|easy)\b", template)


def test_japanese_is_polite_and_uses_aws_terms():
    text = " ".join(REASONS["ja"].values())
    for term in (
        "サーキットブレーカー",
        "ロールバック",
        "最小ヘルス率",
        "最大率",
        "必要数",
        "ターゲットグループ",
    ):
        assert term in text
    for template in REASONS["ja"].values():
        last = re.sub(r" \([^)]*\)$", "", template.rsplit("。", 2)[-2]) if template.endswith("。") else ""
        assert last == "" or re.search(r"(ます|です|ました|ません|でした|ください)$", last), template


def test_numbers_choose_the_word():
    fields = {"start": 1, "active": 2, "desired": 3, "total": 5, "max_total": 6}
    assert reason("en", "rolling.start", fields).startswith("Starts 1 task of")
    assert reason("en", "rolling.start", {**fields, "start": 2}).startswith("Starts 2 tasks of")


def test_an_unknown_reason_hides_nothing():
    assert reason("ja", "new.code", {"a": 1, "b": "x"}) == "new.code a=1 b=x"


def test_a_missing_field_is_a_question_mark():
    assert "?" in reason("en", "scale.in", {"active": 4, "desired": 3})


def test_language():
    assert [language(x) for x in ("ja", "ja-JP", "JA", "en", "fr")] == ["ja", "ja", "ja", "en", "en"]


def test_braces_in_a_value_are_text():
    told = reason("en", "task.no_capacity", {"text": "{delay_s} {0} {{"})
    assert told.endswith("{delay_s} {0} {{")
    assert label("en", "no_services", service="{x}") == "There is no service {x}: no service was created yet."


def test_every_label_is_used():
    view = Path(words.__file__).parent.parent
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(view.glob("*.py")))
    computed = re.compile(r"exit\.\d+|cost\.(item|quantity|price|amount|.*\.unit)")
    unused = [
        key
        for key in LABELS["en"]
        if not computed.fullmatch(key) and f'"{key}"' not in source and f"'{key}'" not in source
    ]
    assert unused == []
