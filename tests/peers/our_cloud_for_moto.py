"""A pytest plugin that moto's own tests are run with: `moto.mock_aws` gives them this cloud instead of moto's ECS.

Loaded by name (`-p our_cloud_for_moto`) in a process of its own, because moto's folder of tests is called `tests` too.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Self

import boto3
import moto
from moto.core.config import default_user_config

from ecsim.api.session import before_send
from ecsim.cloud.cloud import Cloud
from ecsim.cloud.waiters import patch_waiters

_real_client, _real_resource = boto3.client, boto3.resource
_open: list[MockAws] = []


class MockAws:
    """What `mock_aws` is to moto's tests: a decorator and a context manager. The cloud starts with the first client."""

    def __init__(self, config: Any = None) -> None:
        self.config = config
        self.cloud: Cloud | None = None

    def __enter__(self) -> Self:
        _open.append(self)
        return self

    def __exit__(self, *_problem: object) -> None:
        _open.remove(self)
        if self.cloud is not None:
            self.cloud.close()
            self.cloud = None

    def __call__(self, test: Callable[..., Any]) -> Callable[..., Any]:
        """Run a test inside a cloud of its own."""
        assert inspect.isfunction(test), f"{test}: moto's ECS tests are functions"

        @functools.wraps(test)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with MockAws():
                return test(*args, **kwargs)

        return inside

    def send(self, region: str) -> Callable[..., Any]:
        """The gate of the cloud, which is in the region of the first client."""
        if self.cloud is None:
            self.cloud = Cloud(region=region, settled=True)
        return self.cloud.gate.handle


def mock_aws(test: Callable[..., Any] | None = None, config: Any = None) -> Any:
    """`moto.mock_aws`."""
    return MockAws(config) if test is None else MockAws()(test)


def _client(service: str, region_name: str | None = None, **options: Any) -> Any:
    region = region_name or "us-east-1"
    made = _real_client(service, region_name=region, **_keys(options))
    made.meta.events.register("before-send", before_send(_open[-1].send(region)))
    return made


def _resource(service: str, region_name: str | None = None, **options: Any) -> Any:
    region = region_name or "us-east-1"
    made = _real_resource(service, region_name=region, **_keys(options))
    made.meta.client.meta.events.register("before-send", before_send(_open[-1].send(region)))
    return made


def _keys(options: dict[str, Any]) -> dict[str, Any]:
    return {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", **options}


def _sleep(seconds: float) -> None:
    """A waiter's sleep lets the cloud's time pass."""
    cloud = _open[-1].cloud if _open else None
    if cloud is not None:
        cloud.advance(seconds)


def pytest_configure() -> None:
    """Stand in for moto before its tests are imported."""
    patch_waiters(_sleep)
    default_user_config["core"]["reset_boto3_session"] = False
    moto.mock_aws = mock_aws
    boto3.client, boto3.resource = _client, _resource
