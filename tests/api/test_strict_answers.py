"""A strict wire finds every answer of ours that is not AWS's."""

from __future__ import annotations

import pytest

from ecsim.api.wire import Caller, Wire

CALLER = Caller(account="123456789012", region="ap-northeast-1")
GOOD = {
    "services": [
        {
            "serviceName": "web",
            "desiredCount": 2,
            "createdAt": 1_500,
            "enableExecuteCommand": False,
            "deployments": [{"id": "d", "desiredCount": None}],
            "loadBalancers": (),
        }
    ],
    "failures": [],
}


def answered(result):
    return Wire(lambda *_: result, strict=True).call("DescribeServices", {}, CALLER)


def test_what_is_awss_passes():
    assert b'"createdAt": 1775001601.5' in answered(GOOD)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"service": []}, "DescribeServices.service: .* no such member"),
        ({"services": {}}, "DescribeServices.services: a list is due"),
        ({"services": ["web"]}, r"services\[0\]: a structure is due"),
        ({"services": [{"desiredCount": "2"}]}, r"services\[0\].desiredCount: integer is due"),
        ({"services": [{"enableExecuteCommand": 1}]}, "boolean is due"),
        ({"services": [{"deployments": [{"id": "d", "colour": "blue"}]}]}, r"deployments\[0\].colour"),
    ],
)
def test_what_is_not_is_named(wrong, said):
    with pytest.raises(AssertionError, match=said):
        answered(wrong)
