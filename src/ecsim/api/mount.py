"""What patches moto, the host of every AWS service but ECS; load balancing has a file of its own, `moto_elbv2`.

What is patched, and given back by `uninstall`:

- time: in every module of moto, now and when it is imported, the names bound to `datetime`, `time` and their
  like are bound to stand-ins that ask the cloud. Nothing outside moto is touched.
- chance: names bound to `uuid`, `random` and `os.urandom` draw from moto's own `mock_random`; a backend that
  is made on first use draws from a seed of its own, whatever call made it.
- targets: registering, deregistering and describing the targets of a target group ask a `TargetsPort`; what AWS
  refuses of target groups, listeners and rules is refused (`moto_elbv2`).
- Auto Scaling groups launch instances where they have the fewest (`moto_autoscaling`); metrics are told apart by all
  of their dimensions (`moto_cloudwatch`).
- ids of log events are counted by cloud.
- pushing to ECR: digests, tags that move, immutable tags (`moto_ecr`).
- service models are read once, for moto and for the clients together.
- the names of a handler class's methods are looked up once, not at every call.
- Application Auto Scaling asks us, not moto's ECS, whether a service exists.
- CloudFormation makes resources of ECS in this cloud (`moto_cloudformation`).

`self_check` names the hook that a new moto has moved.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import importlib.machinery
import importlib.util
import inspect
import os
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any, Protocol

from ecsim.api import moto_autoscaling, moto_cloudformation, moto_cloudwatch, moto_ecr, moto_elbv2
from ecsim.api.stack_resources import Account
from ecsim.api.virtual import REALS, Moment, stand_ins
from ecsim.api.wire import loader

_SWEPT_NOT = ("moto.core.base_backend", "moto.moto_api._internal")
"""Modules whose own identities must stay unique, or that are the source of chance themselves."""

_CHANGED_BY_MOTO = ("s3", "s3control", "sqs", "cloudfront", "route53")
"""Services for which moto's `moto-extras` change more of the model than its errors."""
_DRAW_FROM_OS = frozenset(
    {
        "moto.dynamodbstreams.models",
        "moto.iam.models",
        "moto.kms.models",
        "moto.kms.responses",
        "moto.kms.utils",
        "moto.s3.models",
        "moto.sts.utils",
    }
)
"""Modules that ask the operating system for random bytes."""


class HookMoved(RuntimeError):  # noqa: N818
    """Moto is not the one that this cloud knows: the message names the hook and what was expected."""


class AlreadyInstalled(RuntimeError):  # noqa: N818
    """One cloud per process at a time: the other one must be closed first."""


class TargetsPort(Protocol):
    """The targets of target groups, which moto cannot keep as AWS does (ports, health, draining)."""

    def register(self, target_group_arn: str, targets: Sequence[Mapping[str, Any]]) -> None:
        """Register targets: `Id`, and maybe `Port` and `AvailabilityZone`."""
        ...

    def deregister(self, target_group_arn: str, targets: Sequence[Mapping[str, Any]]) -> None:
        """Deregister targets."""
        ...

    def describe(self, target_group_arn: str, targets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """TargetHealthDescriptions of these targets, or of all when none are named."""
        ...


class _Mounted:
    """What is patched at present, and how it was before."""

    def __init__(
        self,
        *,
        now: Moment,
        seed: str,
        targets: TargetsPort,
        service_exists: Callable[[str, str], bool],
        account: Account | None,
        zone_is_lost: Callable[[str], bool],
    ) -> None:
        self.now = now
        self.seed = seed
        self.targets = targets
        self.service_exists = service_exists
        self.account = account
        self.stand_in = moto_cloudformation.StandIn()
        self.zone_is_lost = zone_is_lost
        self.finder = _Finder(self.arrived)
        self.stand_ins = stand_ins(now)
        self.given_back: list[Callable[[], None]] = []
        self.swept: dict[str, None] = {}

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute until `uninstall`."""
        before = getattr(owner, name)
        self.given_back.append(lambda: setattr(owner, name, before))
        setattr(owner, name, value)

    def arrived(self, name: str, module: ModuleType) -> None:
        """A module of moto was imported."""
        self.sweep(name, module)
        patch = _ON_IMPORT.get(name)
        if patch is not None:
            _CHECKS[name](module)
            patch(self, module)

    def sweep(self, name: str, module: ModuleType) -> None:
        """Bind the module's names of time and chance to the stand-ins."""
        if name.startswith(_SWEPT_NOT) or name in self.swept:
            return
        self.swept[name] = None
        space = vars(module)
        for key, value in list(space.items()):
            stand_in = self.stand_ins.get(id(value))
            if stand_in is not None and (value is not os or name in _DRAW_FROM_OS):
                space[key] = stand_in

    def unsweep(self) -> None:
        """Bind them back, in every module, those that were imported meanwhile too."""
        originals = {id(stand_in): real for real, stand_in in self._pairs()}
        for name, module in _moto_modules():
            if name in self.swept:
                space = vars(module)
                for key, value in list(space.items()):
                    if id(value) in originals:
                        space[key] = originals[id(value)]
        self.swept.clear()

    def _pairs(self) -> list[tuple[Any, Any]]:
        return [(real, self.stand_ins[id(real)]) for real in REALS]


_mounted: _Mounted | None = None


def install(
    *,
    now: Moment,
    seed: str,
    targets: TargetsPort,
    service_exists: Callable[[str, str], bool] = lambda _cluster, _service: False,
    account: Account | None = None,
    zone_is_lost: Callable[[str], bool] = lambda _zone: False,
) -> None:
    """Put the hooks in place and empty moto.

    Args:
        now: asks the cloud for the time, in UTC.
        seed: what the ids that moto makes depend on.
        targets: keeps the targets of target groups.
        service_exists: whether (cluster, service) is a service of ECS, for Application Auto Scaling.
        account: this cloud's ECS, for CloudFormation; without it templates make no resources of ECS here.
        zone_is_lost: whether an Availability Zone is out of order, for EC2 Auto Scaling.

    Raises:
        AlreadyInstalled: another cloud is open in this process.
        HookMoved: this moto is not the one that we know.
    """
    global _mounted  # noqa: PLW0603
    if _mounted is not None:
        raise AlreadyInstalled(
            "a cloud is already open in this process: close() it before you start another one"
        )
    self_check()
    import moto.core.base_backend
    import moto.core.responses
    import moto.core.utils
    import moto.settings

    mounted = _Mounted(
        now=now,
        seed=seed,
        targets=targets,
        service_exists=service_exists,
        account=account,
        zone_is_lost=zone_is_lost,
    )
    _mounted = mounted
    mounted.replace(moto.settings, "ec2_load_default_amis", lambda: False)
    _seed_new_backends(mounted, moto.core.base_backend.AccountSpecificBackend)
    mounted.replace(moto.core.responses, "method_names_from_class", cache(_names_of_methods))
    mounted.replace(moto.core.utils, "create_loader", _sharing_loader)
    sys.meta_path.insert(0, mounted.finder)
    sys.meta_path.append(mounted.stand_in)
    for name, module in _moto_modules():
        mounted.arrived(name, module)
    reset()
    _freeze()


@cache
def _freeze() -> None:
    """Leave what moto's and botocore's modules hold out of the garbage collector's rounds: once in a process.

    It lives as long as the process does; walking through it again and again was a third of the CPU of a thousand
    services' start.
    """
    gc.freeze()


def uninstall() -> None:
    """Empty moto and give everything back. Does nothing when nothing is installed."""
    global _mounted  # noqa: PLW0603
    mounted = _mounted
    if mounted is None:
        return
    reset()
    sys.meta_path.remove(mounted.finder)
    sys.meta_path.remove(mounted.stand_in)
    mounted.unsweep()
    for give_back in reversed(mounted.given_back):
        give_back()
    _mounted = None


def is_installed_for(now: Moment) -> bool:
    """Whether the cloud with this clock holds moto at present."""
    return _mounted is not None and _mounted.now == now


def reset() -> None:
    """Wipe moto's state."""
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data

    BackendDict.reset()
    reset_model_data()


def seed_for(*parts: object) -> int:
    """A seed for moto's source of chance."""
    digest = hashlib.sha256("/".join(str(part) for part in parts).encode()).digest()
    return int.from_bytes(digest[:8], "big")


def self_check(*, deeply: bool = False) -> None:
    """Check that the hooks are where we know them.

    Args:
        deeply: also those in services that are imported on first use only, which are checked again then.

    Raises:
        HookMoved: one is not.
    """
    from moto import settings
    from moto.backends import get_backend
    from moto.core import base_backend, model_instances, request, responses, utils
    from moto.moto_api._internal import mock_random

    _expect(base_backend.AccountSpecificBackend, "__getitem__", ["self", "region_name"])
    _expect(base_backend.BackendDict, "reset", [])
    _expect(model_instances, "reset_model_data", [])
    _expect(settings, "ec2_load_default_amis", [])
    _expect(request.Request, "from_primitives", ["method", "url", "headers", "body"])
    _expect(utils, "create_loader", [])
    _expect(responses, "method_names_from_class", ["clazz"])
    if not isinstance(mock_random, random.Random):
        raise HookMoved("moto.moto_api._internal.mock_random: expected a random.Random")
    if not callable(get_backend):
        raise HookMoved("moto.backends.get_backend: expected a function")
    if deeply:
        stand_in = moto_cloudformation.StandIn()
        sys.meta_path.append(stand_in)
        try:
            for name in _ON_IMPORT:
                _CHECKS[name](importlib.import_module(name))
        finally:
            sys.meta_path.remove(stand_in)


def _expect(owner: Any, name: str, parameters: list[str]) -> None:
    """Expect a callable with these parameters, and maybe more after them."""
    where = f"{getattr(owner, '__module__', '')}.{getattr(owner, '__name__', owner)}.{name}".lstrip(".")
    found = getattr(owner, name, None)
    if found is None:
        raise HookMoved(f"{where}: expected a function with the parameters {parameters}, found nothing")
    actual = list(inspect.signature(found).parameters)
    if actual[: len(parameters)] != parameters:
        raise HookMoved(f"{where}: expected the parameters {parameters}, found {actual}")


def _moto_modules() -> list[tuple[str, ModuleType]]:
    return [
        (name, module)
        for name, module in list(sys.modules.items())
        if name.startswith("moto.") and isinstance(module, ModuleType)
    ]


@cache
def _sharing_loader() -> Any:
    """Moto's model loader, which takes what the clients' loader has read: the largest part of a cold start.

    Not for the services whose models moto changes more than by adding errors.
    """
    from moto.core.loaders import Loader, moto_root

    class SharingLoader(Loader):  # type: ignore[misc]
        def load_data(self, name: str) -> Any:
            own = name.partition("/")[0] in _CHANGED_BY_MOTO
            return super().load_data(name) if own else loader().load_data(name)

    return SharingLoader(extra_search_paths=[moto_root])


def _names_of_methods(clazz: type) -> frozenset[str]:
    """The names of a class's functions, found once per class: moto looks through them at every call."""
    return frozenset(name for name, _ in inspect.getmembers(clazz, predicate=inspect.isfunction))


def _seed_new_backends(mounted: _Mounted, backends: Any) -> None:
    """A backend made on first use draws from its own seed: which call made it does not matter."""
    from moto.moto_api._internal import mock_random

    original = backends.__getitem__

    def __getitem__(self: Any, region_name: str) -> Any:  # noqa: N807
        found = dict.get(self, "aws" if region_name == "global" else region_name)
        if found is not None:
            return found
        before = mock_random.getstate()
        mock_random.seed(seed_for(mounted.seed, "backend", self.service_name, self.account_id, region_name))
        try:
            return original(self, region_name)
        finally:
            mock_random.setstate(before)

    mounted.replace(backends, "__getitem__", __getitem__)


class _Finder:
    """Tells when a module of moto has been imported."""

    def __init__(self, arrived: Callable[[str, ModuleType], None]) -> None:
        self._arrived = arrived

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module of moto the usual way, and watch it being executed."""
        if not name.startswith("moto."):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            self._arrived(name, module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


# Services


def _check_elbv2(module: Any) -> None:
    for name in moto_elbv2.CLASSES:
        if not isinstance(getattr(module, name, None), type):
            raise HookMoved(f"moto.elbv2.models.{name}: expected a class, found nothing")
    for name, parameters in moto_elbv2.HOOKS.items():
        _expect(module.ELBv2Backend, name, parameters)


def _patch_elbv2(mounted: _Mounted, module: Any) -> None:
    _check_elbv2(module)
    moto_elbv2.patch(mounted, module)


def _check_ecs(module: Any) -> None:
    if not hasattr(getattr(module, "ecs_backends", None), "backend"):
        raise HookMoved("moto.ecs.models.ecs_backends.backend: expected a class, found nothing")


def _patch_ecs(mounted: _Mounted, module: Any) -> None:
    """Other services of moto see our ECS, as far as they ask."""
    _check_ecs(module)
    from moto.core.base_backend import BaseBackend

    class EcsSeen(BaseBackend):  # type: ignore[misc]
        """ECS as Application Auto Scaling and the tagging API see it."""

        @property
        def _url_module(self) -> Any:
            return importlib.import_module("moto.ecs.urls")

        def describe_services(self, cluster: str, names: list[str]) -> tuple[list[str], list[str]]:
            """The services that exist, and the others."""
            there = [name for name in names if mounted.service_exists(cluster, name)]
            return there, [name for name in names if name not in there]

        def iter_tagged_resources(self) -> Any:
            """Resources of ECS are not listed by the tagging API."""
            return iter(())

    backends = module.ecs_backends
    before = backends.backend
    backends.backend = EcsSeen
    backends.clear()

    def give_back() -> None:
        backends.backend = before
        backends.clear()

    mounted.given_back.append(give_back)


def _check_ecr(module: Any) -> None:
    _expect(module.Image, "_create_digest", ["self"])
    _expect(module.Image, "remove_tag", ["self", "tag"])
    _expect(module.Repository, "is_tag_immutable", ["self"])
    _expect(module.ECRBackend, "put_image", moto_ecr.PUT)


_LOG_COUNTERS = (("LogEvent", "_event_id"), ("LogStream", "_log_ids"))


def _check_logs(module: Any) -> None:
    for owner, name in _LOG_COUNTERS:
        if not isinstance(getattr(getattr(module, owner, None), name, None), int):
            raise HookMoved(f"moto.logs.models.{owner}.{name}: expected a counter, found nothing")


def _patch_logs(mounted: _Mounted, module: Any) -> None:
    """Ids of log events are counted from the cloud's start, not from the process's."""
    _check_logs(module)
    for owner, name in _LOG_COUNTERS:
        mounted.replace(getattr(module, owner), name, 0)


def _check_autoscaling(module: Any) -> None:
    _expect(module.FakeAutoScalingGroup, "replace_autoscaling_group_instances", moto_autoscaling.LAUNCH)


def _check_cloudwatch(module: Any) -> None:
    _expect(module.MetricDatumBase, "filter", moto_cloudwatch.FILTER)
    _expect(module, "are_dimensions_same", moto_cloudwatch.SAME)


def _check_cloudformation(module: Any) -> None:
    _expect(module, moto_cloudformation.GET_MAP, [])
    _expect(module, "resource_name_property_from_type", ["resource_type"])
    _expect(module.ResourceMap, "build_resource_diff", moto_cloudformation.DIFF)
    _expect(module.ResourceMap, "delete", ["self"])
    _expect(module.ResourceMap, "_delete_resource", ["self", "parsed_resource", "resource_json"])


def _patch_cloudformation(mounted: _Mounted, module: Any) -> None:
    _check_cloudformation(module)
    if mounted.account is not None:
        moto_cloudformation.patch(mounted, module, mounted.account)


_ON_IMPORT: dict[str, Callable[[_Mounted, Any], None]] = {
    "moto.cloudformation.parsing": _patch_cloudformation,
    "moto.autoscaling.models": moto_autoscaling.patch,
    "moto.cloudwatch.models": moto_cloudwatch.patch,
    "moto.elbv2.models": _patch_elbv2,
    "moto.ecs.models": _patch_ecs,
    "moto.ecr.models": moto_ecr.patch,
    "moto.logs.models": _patch_logs,
}
_CHECKS: dict[str, Callable[[Any], None]] = {
    "moto.cloudformation.parsing": _check_cloudformation,
    "moto.autoscaling.models": _check_autoscaling,
    "moto.cloudwatch.models": _check_cloudwatch,
    "moto.elbv2.models": _check_elbv2,
    "moto.ecs.models": _check_ecs,
    "moto.ecr.models": _check_ecr,
    "moto.logs.models": _check_logs,
}
