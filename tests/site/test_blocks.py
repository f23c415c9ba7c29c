import pytest

from ecslab.site.blocks import blocks, without_directives

PAGE = """# Title

<!-- run: cloud.advance("2m") -->

!!! onaws
    Text.

    <!-- skip: runs elsewhere -->
    ```bash
    make start
      indented
    ```

<!-- shape: ecs.RegisterTaskDefinition -->
```json title="task.json" hl_lines="2"
{}
```

A word takes a directive's force away.

````text
```python
inner
```
````
<!-- run
a = 1
b = 2
-->
"""


def test_blocks_are_found_with_their_directives_wherever_they_stand():
    found = list(blocks(PAGE))
    assert [(b.language, b.body) for b in found] == [
        ("run", 'cloud.advance("2m")'),
        ("bash", "make start\n  indented"),
        ("json", "{}"),
        ("text", "```python\ninner\n```"),
        ("run", "a = 1\nb = 2"),
    ]
    assert found[1].directives == {"skip": "runs elsewhere"}
    assert found[1].indent == "    "
    assert found[2].attributes == {"title": "task.json", "hl_lines": "2"}
    assert found[2].directives == {"shape": "ecs.RegisterTaskDefinition"}
    assert found[3].directives == {}


def test_a_directive_belongs_only_to_the_block_directly_after_it():
    page = "<!-- skip: why -->\n\nSome words.\n\n```python\n1\n```\n"
    assert [b.directives for b in blocks(page)] == [{}]


def test_lines_are_those_of_the_file():
    block = list(blocks(PAGE))[2]
    assert PAGE.split("\n")[block.line - 1].startswith("```json")
    assert PAGE.split("\n")[block.end_line - 1] == "```"


@pytest.mark.parametrize("page", ["```python\n1\n", "<!-- run\n1\n"])
def test_what_is_never_closed_is_refused(page):
    with pytest.raises(ValueError, match="never closed"):
        list(blocks(page))


def test_readers_see_no_directive():
    kept = "\n".join(without_directives(PAGE.split("\n")))
    assert "<!--" not in kept
    assert "make start" in kept
    assert "a = 1" not in kept
