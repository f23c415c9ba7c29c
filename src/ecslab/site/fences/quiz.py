"""`quiz`: a question with options; each option says why. `predict`: a question whose answer is folded."""

from __future__ import annotations

from html import escape
from typing import Any

from ecslab.site.fences.fields import FenceError, checked, inline, read
from ecslab.site.words import word

_OPTIONS_MIN = 2


def quiz(source: str, lang: str) -> str:
    """A fieldset that can be answered again and again; without JavaScript, a folded list of answers.

    Raises:
        FenceError: an unusable question.
    """
    found = read("quiz", source, required=["id", "question", "options"], optional=["explain"])
    name = str(found["id"])
    options = [
        checked(f"quiz {name}, option {number}", option, required=["text", "why"], optional=["right"])
        for number, option in enumerate(found["options"], 1)
    ]
    right = [option for option in options if option.get("right")]
    if len(options) < _OPTIONS_MIN or not right or len(right) == len(options):
        raise FenceError(f"quiz {name}: needs two options or more, some right and some not")
    several = len(right) > 1
    rows = "".join(_option(name, number, option, several=several) for number, option in enumerate(options))
    hint = f'<span class="quiz__hint">{escape(word(lang, "choose_all"))}</span>' if several else ""
    explain = (
        f'<div class="quiz__explain" hidden>{inline(found["explain"])}</div>' if "explain" in found else ""
    )
    said = " ".join(
        f'data-{key}="{escape(word(lang, key.replace("-", "_")))}"'
        for key in ("right", "try-again", "choose-first", "partly")
    )
    return (
        f'<form class="quiz" id="quiz-{escape(name)}" data-quiz="{escape(name)}" {said} novalidate>'
        f"<fieldset><legend>{inline(found['question'])} {hint}</legend>{rows}</fieldset>"
        f'<div class="quiz__bar"><button type="submit" class="button">{escape(word(lang, "check"))}</button>'
        f'<p class="quiz__said" role="status"></p></div>{explain}'
        f'<details class="quiz__key" data-search-exclude><summary>{escape(word(lang, "answers"))}</summary>'
        f"<ul>{''.join(_key(option) for option in options)}</ul></details></form>"
    )


def _option(name: str, number: int, option: dict[str, Any], *, several: bool) -> str:
    key = f"quiz-{escape(name)}-{number}"
    kind = "checkbox" if several else "radio"
    right = "true" if option.get("right") else "false"
    return (
        f'<div class="quiz__option"><input type="{kind}" name="{escape(name)}" id="{key}" '
        f'data-right="{right}" aria-describedby="{key}-why">'
        f'<label for="{key}">{inline(option["text"])}</label>'
        f'<div class="quiz__why" id="{key}-why" hidden>{inline(option["why"])}</div></div>'
    )


def _key(option: dict[str, Any]) -> str:
    sign = "✓" if option.get("right") else "✗"
    return f"<li><b>{sign} {inline(option['text'])}</b> {inline(option['why'])}</li>"


def predict(source: str, lang: str) -> str:
    """A question to think about, with its answer folded.

    Raises:
        FenceError: question or answer missing.
    """
    found = read("predict", source, required=["question", "answer"])
    return (
        f'<div class="predict"><p class="predict__title">{escape(word(lang, "predict"))}</p>'
        f'<div class="predict__question">{inline(found["question"])}</div>'
        f"<details><summary>{escape(word(lang, 'show_answer'))}</summary>"
        f'<div class="predict__answer">{inline(found["answer"])}</div></details></div>'
    )


def mistake(source: str, lang: str) -> str:
    """A common mistake: what one sees, its cause, its cure.

    Raises:
        FenceError: one of the three missing.
    """
    found = read("mistake", source, required=["symptom", "cause", "cure"])
    rows = "".join(
        f'<div class="mistake__{key}"><dt>{escape(word(lang, key))}</dt><dd>{inline(found[key])}</dd></div>'
        for key in ("symptom", "cause", "cure")
    )
    return (
        f'<div class="mistake" role="group" aria-label="{escape(word(lang, "mistake"))}">'
        f'<p class="mistake__title">{escape(word(lang, "mistake"))}</p><dl>{rows}</dl></div>'
    )
