"""Regions of an answer cell: what the solution says, and what learners get instead.

```
### solution
ecs.create_cluster(clusterName="shop")
### starter
# Make the cluster "shop".
### end
```

Regions hold whole statements, so that the released cell still compiles. Without a `### starter` part learners get
one line, `# Your code here`.
"""

from __future__ import annotations

from dataclasses import dataclass

SOLUTION, STARTER, END = "### solution", "### starter", "### end"
EMPTY_STARTER = "# Your code here"


class RegionProblem(ValueError):  # noqa: N818 - see CourseProblem
    """The marks of a region do not pair.

    Attributes:
        offset: the line within the cell, from 0.
    """

    def __init__(self, offset: int, what: str) -> None:
        self.offset = offset
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Answer:
    """Both faces of an answer cell.

    Attributes:
        starter: what learners get.
        solution: what the author wrote, without the marks.
    """

    starter: str
    solution: str


def split(source: str) -> Answer:
    """Take an answer cell apart.

    Raises:
        RegionProblem: a mark is missing, doubled, or out of place; or there is no region at all.
    """
    starter: list[str] = []
    solution: list[str] = []
    state, indent, given, regions, opened = "outside", "", 0, 0, 0
    for offset, line in enumerate(source.split("\n")):
        mark = line.strip()
        if mark == SOLUTION:
            _expect(state == "outside", offset, f"`{SOLUTION}` inside another region")
            state, indent, regions, opened = (
                "solution",
                line[: len(line) - len(line.lstrip())],
                regions + 1,
                offset,
            )
            given = len(starter)
        elif mark == STARTER:
            _expect(state == "solution", offset, f"`{STARTER}` without a `{SOLUTION}` before it")
            state = "starter"
        elif mark == END:
            _expect(state != "outside", offset, f"`{END}` without a `{SOLUTION}` before it")
            if len(starter) == given and state == "solution":
                starter.append(indent + EMPTY_STARTER)
            state = "outside"
        else:
            if state != "starter":
                solution.append(line)
            if state != "solution":
                starter.append(line)
    _expect(state == "outside", opened, f"this region has no `{END}`")
    _expect(regions > 0, 0, f"an answer cell without a `{SOLUTION}` region")
    return Answer("\n".join(starter), "\n".join(solution))


def _expect(condition: bool, offset: int, what: str) -> None:
    if not condition:
        raise RegionProblem(offset, what)
