"""Reading `aws` commands as a shell would."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.notebook.tidy import LabError
from ecslab.notebook.words import commands

NAMES = {"arn": "arn:aws:ecs:x", "many": ["a", "b c"], "two words": 1, "spaced": "a b"}


def value(expression):
    return eval(expression, dict(NAMES))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ecs list-clusters", [["ecs", "list-clusters"]]),
        ("aws ecs list-clusters", [["ecs", "list-clusters"]]),
        ("$ aws ecs list-clusters", [["ecs", "list-clusters"]]),
        ("\n\necs a \\\n  --b c\n# a comment\necs d # another\n", [["ecs", "a", "--b", "c"], ["ecs", "d"]]),
        ("ecs a --query 'services[0].[a, b]'", [["ecs", "a", "--query", "services[0].[a, b]"]]),
        ('ecs a --x "b c" ""', [["ecs", "a", "--x", "b c", ""]]),
        ("ecs a --task $arn", [["ecs", "a", "--task", "arn:aws:ecs:x"]]),
        ("ecs a --task ${arn[:3]}", [["ecs", "a", "--task", "arn"]]),
        ("ecs a $spaced '$spaced'", [["ecs", "a", "a b", "$spaced"]]),
        ("ecs a --subnets $many", [["ecs", "a", "--subnets", '["a", "b c"]']]),
        ('ecs a --c \'{"x": {"y": "$arn"}}\'', [["ecs", "a", "--c", '{"x": {"y": "$arn"}}']]),
        ('ecs a --c "{\\"x\\": 1}"', [["ecs", "a", "--c", '{"x": 1}']]),
        ("ecs a --c '{\n \"x\": 1}'", [["ecs", "a", "--c", '{\n "x": 1}']]),
        ("ecs a --filter a#b", [["ecs", "a", "--filter", "a#b"]]),
        ("", []),
        ("# nothing", []),
    ],
)
def test_commands_are_read(text, words):
    assert commands(text, value) == words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ecs a 'b", "never closed"),
        ("ecs a | jq .", "not a shell's '|'"),
        ("ecs a > file", "not a shell's '>'"),
        ("ecs a && ecs b", "not a shell's '&&'"),
        ("ecs a $(cat x)", r"knows no \$\("),
    ],
)
def test_what_a_shell_would_do_is_refused(text, told):
    with pytest.raises(LabError, match=told):
        commands(text, value)


@given(
    st.lists(
        st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\r"), min_size=1),
        min_size=1,
    )
)
def test_quoted_words_come_back_as_they_were(words):
    words = ["ecs", *words]
    line = " ".join(word if word == "ecs" else shlex.quote(word) for word in words)
    read = commands(line, value)
    assert [word for one in read for word in one] == words or any(
        "$" in word or not word.strip() for word in words
    )
