"""Tags on whatever can have them."""

from __future__ import annotations

import pytest

from tests.api.rig import ARN


@pytest.fixture
def arns(shop):
    """An ARN of each kind of thing that can have tags."""
    shop.service()
    return [f"{ARN}:cluster/shop", f"{ARN}:service/shop/web", f"{ARN}:task-definition/web:1", shop.task().arn]


def test_tags_come_and_go(shop, arns):
    """botocore: TagResource, UntagResource, ListTagsForResource."""
    for arn in arns:
        shop.call(
            "TagResource", resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
        )
        shop.call("TagResource", resourceArn=arn, tags=[{"key": "a", "value": "3"}])
        assert shop.call("ListTagsForResource", resourceArn=arn)["tags"] == [
            {"key": "b", "value": "2"},
            {"key": "a", "value": "3"},
        ]
        shop.call("UntagResource", resourceArn=arn, tagKeys=["a", "never"])
        assert shop.call("ListTagsForResource", resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (f"{ARN}:cluster/none", "ClusterNotFoundException"),
        (f"{ARN}:service/shop/none", "InvalidParameterException"),
        ("web", "InvalidParameterException"),
    ],
)
def test_what_is_not_there_has_no_tags(shop, arn, code):
    """botocore: the errors of ListTagsForResource."""
    assert shop.refused("ListTagsForResource", resourceArn=arn).code == code


def test_what_is_not_there_gets_no_tags(shop):
    """botocore: the errors of TagResource."""
    error = shop.refused("TagResource", resourceArn=f"{ARN}:service/shop/none", tags=[{"key": "a"}])
    assert error.code == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "tags",
    [
        [{"key": "aws:x", "value": "1"}],
        [{"key": "", "value": "1"}],
        [{"key": "k" * 129, "value": "1"}],
        [{"key": "k", "value": "v" * 257}],
        [{"key": f"k{n}", "value": ""} for n in range(51)],
        [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}],
    ],
)
def test_wrong_tags_are_refused(shop, tags):
    """botocore: TagResourceRequest.tags, the restrictions."""
    arn = f"{ARN}:cluster/shop"
    assert shop.refused("TagResource", resourceArn=arn, tags=tags).code == "InvalidParameterException"
    assert shop.call("ListTagsForResource", resourceArn=arn) == {"tags": []}


def test_fifty_tags_are_the_most_in_all(shop):
    arn = f"{ARN}:cluster/shop"
    shop.call("TagResource", resourceArn=arn, tags=[{"key": f"k{n}", "value": ""} for n in range(50)])
    assert shop.refused("TagResource", resourceArn=arn, tags=[{"key": "one more"}]).code == (
        "InvalidParameterException"
    )
