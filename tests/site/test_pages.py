"""Every code block of every chapter, in both languages: run or validated, with Sybil telling file and line."""

from pathlib import Path

import pytest
from sybil import Document, Region, Sybil
from sybil.example import SybilFailure

from ecslab.site.blocks import blocks
from ecslab.site.pages import OWN, PageRun, same
from ecslab.site.shapes import NotOfShape, check
from ecslab.site.stage import StageError

ROOT = Path(__file__).parents[2]
PAGES = [path for lang in ("en", "ja") for path in sorted((ROOT / "docs" / lang).glob("*.md"))]
SKIPS_MAX = 6
"""How many blocks of a page may be skipped with a reason. More needs a thought, and a larger number here."""


def regions(document):
    """Each block as a region of the document, with the page's own run to evaluate it."""
    run = PageRun(document.text, Path(document.path).parent.name)
    document.namespace["run"] = run
    starts = [0]
    for line in document.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for block in run.blocks:
        yield Region(starts[block.line - 1], min(starts[block.end_line], len(document.text)), block, evaluate)


def evaluate(example):
    block = example.parsed
    try:
        body = example.namespace["run"].run(block)
    except (StageError, ValueError) as error:
        return str(error)
    if body.rstrip() != block.body.rstrip():
        return (
            f"the page shows\n{block.body}\nand what was printed is\n{body}\n(python -m ecslab.site refresh)"
        )
    return None


SYBIL = Sybil(parsers=[regions], pattern="*.md", path=str(ROOT / "docs"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_block_does_what_the_page_says(path):
    document = SYBIL.parse(path)
    problems = []
    try:
        for example in document.examples():
            try:
                example.evaluate()
            except SybilFailure as failure:
                problems.append(str(failure))
    finally:
        document.namespace["run"].close()
    assert not problems, "\n\n".join(problems)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_skipped_blocks_are_few_and_give_a_reason(path):
    skipped = [block for block in blocks(path.read_text("utf-8")) if "skip" in block.directives]
    assert all(len(block.directives["skip"]) > 8 for block in skipped)
    assert len(skipped) <= SKIPS_MAX


def failures(tmp_path, text):
    page = tmp_path / "en" / "page.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text(text)
    document = Document.parse(str(page), regions)
    said = []
    try:
        for example in document.examples():
            try:
                example.evaluate()
            except SybilFailure as failure:
                said.append(str(failure))
    finally:
        document.namespace["run"].close()
    return said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```python\nprint(1)\n```\n```output\n2\n```\n", "the page shows\n2"),
        ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
        ("<!-- expect: KeyError -->\n```python\n1 / 0\n```\n", "ZeroDivisionError"),
        ("<!-- expect: KeyError -->\n```python\n1\n```\n", "nothing was raised"),
        ("```console\n$ aws ecs list-clusters --query clusterArns\nwrong\n```\n", "the page shows"),
        ("```bash\naws ecs describe-services --services nobody\n```\n", "exit code 255"),
        ("```bash\nmake start\n```\n", "only `aws` runs here"),
        ("```json\n{}\n```\n", "say <!-- shape"),
        (
            '<!-- shape: ecs.RegisterTaskDefinition -->\n```json\n{"family": "web"}\n```\n',
            "containerDefinitions",
        ),
        ("```perl\n1\n```\n", "nothing runs this"),
        ("```\nplain\n```\n", "without a language"),
        ("```text\n$ aws ecs x\n```\n", "belongs into a console block"),
        ("<!-- skip: -->\n```perl\n1\n```\n", "skip needs a reason"),
        ("```output\n1\n```\n", "directly after"),
    ],
)
def test_a_page_that_says_something_wrong_fails(tmp_path, text, said):
    told = failures(tmp_path, text)
    assert len(told) == 1
    assert said in told[0]
    assert "page.md" in told[0]


def test_a_page_that_is_right_passes(tmp_path):
    text = (
        "---\nsetup: shop\n---\n<!-- run: x = 20 -->\n```python\nx + 1\n```\n```output\n21\n```\n"
        "```console\n$ aws ecs list-clusters --output text\n"
        "CLUSTERARNS\tarn:aws:ecs:ap-northeast-1:123456789012:cluster/shop\n```\n"
        "<!-- expect: exit 255 -->\n```bash\naws ecs describe-services --services x --cluster nobody\n```\n"
        '<!-- shape: ecs:ContainerDefinition -->\n```json\n{"name": "web", "essential": true}\n```\n'
        "<!-- skip: not in this course -->\n```perl\n1\n```\n```quiz\nid: x\n```\n"
    )
    assert failures(tmp_path, text) == []
    assert "quiz" in OWN


@pytest.mark.parametrize(
    ("shown", "printed", "fits"),
    [
        ("a\n...\nz", "a\nb\nc\nz", True),
        ("a\n...\nz", "a\nz\nb", False),
        ("a  \n", "a", True),
        ("a", "b", False),
        ("(.*)\n...", "x\ny", False),
    ],
)
def test_three_dots_stand_for_any_lines(shown, printed, fits):
    assert same(shown, printed) is fits


@pytest.mark.parametrize(
    ("shape", "body", "said"),
    [
        ("ecs.CreateService", '{"serviceName": "web", "launchType": "FARGAT"}', "none of EC2, FARGATE"),
        ("ecs.CreateService", '{"serviceName": "web", "desired": 3}', "Unknown parameter"),
        ("ecs.NoSuchThing", "{}", "no such operation"),
        ("nothing.X", "{}", "unknown service"),
        ("ecs:Nothing", "{}", "unknown shape"),
        ("any", "{", "not JSON"),
        ("iam-policy", '{"Version": "2012-10-17", "Statement": [{"Effect": "allow"}]}', "Allow or Deny"),
    ],
)
def test_json_that_aws_would_not_take_is_refused(shape, body, said):
    """Enumerations and members are those of the service's model (botocore: CreateServiceRequest)."""
    with pytest.raises(NotOfShape, match=said):
        check("json", body, shape)


def test_a_trust_policy_and_yaml_are_taken():
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
        '{"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
    )
    check("json", trust, "iam-policy")
    check("yaml", "family: web\ncontainerDefinitions:\n  - name: web\n", "ecs.RegisterTaskDefinition")
