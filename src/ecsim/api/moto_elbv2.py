"""Moto's Elastic Load Balancing, mended: `mount` puts these hooks in place and gives them back.

Targets are ours (moto keeps neither their ports nor their health). What AWS refuses and moto takes is refused
(`elbv2_rules`). Three of moto's mistakes are mended: the default rule's ARN is drawn like every other id (moto takes
it from memory addresses), priorities can be swapped in one call, and the ARN of a Network Load Balancer has `net` in it
where moto always writes `app`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Protocol

from ecsim.api import elbv2_rules as rules


class Mounting(Protocol):
    """What `mount` offers: the cloud's targets, and patches that are given back."""

    targets: Any

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute until the cloud is closed."""
        ...


HOOKS: Mapping[str, list[str]] = {
    "register_targets": ["self", "target_group_arn", "instances"],
    "deregister_targets": ["self", "target_group_arn", "instances"],
    "describe_target_health": ["self", "target_group_arn", "targets"],
    "create_load_balancer": ["self", "name"],
    "create_target_group": ["self", "name"],
    "modify_target_group": ["self", "arn"],
    "modify_target_group_attributes": ["self", "target_group_arn", "attributes"],
    "create_listener": [
        "self",
        "load_balancer_arn",
        "protocol",
        "port",
        "ssl_policy",
        "certificate",
        "actions",
    ],
    "modify_listener": ["self", "arn"],
    "create_rule": ["self", "listener_arn", "conditions", "priority", "actions"],
    "modify_rule": ["self", "rule_arn", "conditions", "actions"],
    "set_rule_priorities": ["self", "rule_priorities"],
}
"""The methods of moto's backend that are replaced, with their first parameters."""

_IN_ARN = {"application": "app", "network": "net", "gateway": "gwy"}
"""How a load balancer's type is written in ARNs. Source: Elastic Load Balancing API reference."""

CLASSES = ("ELBv2Backend", "FakeRule", "RESTError", "TargetGroupNotFoundError", "DuplicateListenerError")
"""What else is expected in moto.elbv2.models."""


def patch(mounted: Mounting, module: Any) -> None:
    """Put the hooks in place."""
    mending = _Mending(mounted, module)
    for name in HOOKS:
        mounted.replace(module.ELBv2Backend, name, getattr(mending, name)(getattr(module.ELBv2Backend, name)))
    mounted.replace(module.FakeRule, "__init__", _rule_init(module.FakeRule.__init__))


def _rule_init(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **given: Any) -> None:  # noqa: N807
        from moto.moto_api._internal import mock_random

        original(self, *args, **given)
        drawn = mock_random.get_random_hex(16)
        self.arn = f"{self.arn.rpartition('/')[0]}/{drawn}"

    return __init__


class _Mending:
    """One method for each hook: takes moto's own method, gives ours."""

    def __init__(self, mounted: Mounting, module: Any) -> None:
        self._mounted = mounted
        self._module = module

    def _checked(self, check: Callable[[], None]) -> None:
        try:
            check()
        except rules.Refused as refused:
            raise self._module.RESTError(refused.code, refused.text) from None

    def _known(self, backend: Any, arn: str) -> None:
        if arn not in backend.target_groups:
            raise self._module.TargetGroupNotFoundError

    # Targets

    def register_targets(self, _original: Any) -> Any:
        """RegisterTargets."""

        def register_targets(backend: Any, target_group_arn: str, instances: list[Any]) -> None:
            self._known(backend, target_group_arn)
            self._mounted.targets.register(target_group_arn, instances)

        return register_targets

    def deregister_targets(self, _original: Any) -> Any:
        """DeregisterTargets."""

        def deregister_targets(backend: Any, target_group_arn: str, instances: list[Any]) -> None:
            self._known(backend, target_group_arn)
            self._mounted.targets.deregister(target_group_arn, instances)

        return deregister_targets

    def describe_target_health(self, _original: Any) -> Any:
        """DescribeTargetHealth."""

        def describe_target_health(backend: Any, target_group_arn: str, targets: list[Any]) -> Any:
            self._known(backend, target_group_arn)
            return self._mounted.targets.describe(target_group_arn, targets or [])

        return describe_target_health

    # Load balancers

    def create_load_balancer(self, original: Any) -> Any:
        """CreateLoadBalancer. The ARNs of listeners and rules are made of the load balancer's."""

        def create_load_balancer(backend: Any, name: str, *args: Any, **given: Any) -> Any:
            made = original(backend, name, *args, **given)
            kind = _IN_ARN.get(made.type, "app")
            if kind != "app":
                tags = backend.tagging_service.list_tags_for_resource(made.arn)["Tags"]
                backend.tagging_service.delete_all_tags_for_resource(made.arn)
                del backend.load_balancers[made.arn]
                made.arn = made.arn.replace(":loadbalancer/app/", f":loadbalancer/{kind}/")
                backend.load_balancers[made.arn] = made
                backend.tagging_service.tag_resource(made.arn, tags)
            return made

        return create_load_balancer

    # Target groups

    def create_target_group(self, original: Any) -> Any:
        """CreateTargetGroup."""

        def create_target_group(backend: Any, name: str, **given: Any) -> Any:
            self._checked(lambda: rules.check_health_check(given))
            self._checked(lambda: rules.check_port(given.get("healthcheck_port")))
            return original(backend, name, **given)

        return create_target_group

    def modify_target_group(self, original: Any) -> Any:
        """ModifyTargetGroup."""
        signature = inspect.signature(original)  # moto passes some by place, some by name
        names = {
            "health_check_interval": "healthcheck_interval_seconds",
            "health_check_timeout": "healthcheck_timeout_seconds",
        }

        def modify_target_group(backend: Any, *args: Any, **given: Any) -> Any:
            bound = signature.bind(backend, *args, **given).arguments
            asked = {names.get(name, name): value for name, value in bound.items()}
            self._checked(lambda: rules.check_health_check(asked))
            self._checked(lambda: rules.check_port(asked.get("health_check_port")))
            return original(backend, *args, **given)

        return modify_target_group

    def modify_target_group_attributes(self, original: Any) -> Any:
        """ModifyTargetGroupAttributes. Moto refuses the longest delay that AWS takes, so it does not see it."""

        def modify_target_group_attributes(
            backend: Any, target_group_arn: str, attributes: dict[str, Any]
        ) -> None:
            self._known(backend, target_group_arn)
            group = backend.target_groups[target_group_arn]
            self._checked(lambda: rules.check_attributes(attributes, group.attributes, group.protocol))
            key = "deregistration_delay.timeout_seconds"
            rest = {name: value for name, value in attributes.items() if name != key}
            original(backend, target_group_arn, rest)
            if key in attributes:
                group.attributes[key] = attributes[key]

        return modify_target_group_attributes

    # Listeners and rules

    def create_listener(self, original: Any) -> Any:
        """CreateListener."""

        def create_listener(
            backend: Any,
            load_balancer_arn: str,
            protocol: str,
            port: str,
            ssl_policy: str,
            certificate: str | None,
            actions: list[dict[str, Any]],
            **more: Any,
        ) -> Any:
            balancer = backend.load_balancers.get(load_balancer_arn)
            if balancer is not None and any(str(o.port) == str(port) for o in balancer.listeners.values()):
                raise self._module.DuplicateListenerError
            self._check_listener(backend, protocol, certificate, actions)
            if protocol in rules.WITH_TLS and ssl_policy not in _policies():
                raise self._module.RESTError("SSLPolicyNotFound", f"Policy {ssl_policy} not found")
            self._check_groups(backend, actions, load_balancer_arn)
            return original(
                backend, load_balancer_arn, protocol, port, ssl_policy, certificate, actions, **more
            )

        return create_listener

    def modify_listener(self, original: Any) -> Any:
        """ModifyListener."""

        def modify_listener(backend: Any, arn: str, *args: Any, **given: Any) -> Any:
            actions = given.get("actions") or (args[4] if len(args) > 4 else None) or []  # noqa: PLR2004
            self._checked(lambda: rules.check_actions(actions))
            listener = backend.describe_listeners(None, [arn])[0]
            self._check_groups(backend, actions, listener.load_balancer_arn)
            return original(backend, arn, *args, **given)

        return modify_listener

    def create_rule(self, original: Any) -> Any:
        """CreateRule."""

        def create_rule(
            backend: Any, listener_arn: str, conditions: Any, priority: Any, actions: Any, **more: Any
        ) -> Any:
            self._checked(lambda: rules.check_conditions(conditions or (), priority))
            self._checked(lambda: rules.check_actions(actions or ()))
            listener = next(iter(backend.describe_listeners(None, [listener_arn])), None)
            if listener is not None:
                if listener.protocol not in rules.HTTP:
                    text = f"Rules are not supported for listeners with protocol {listener.protocol}"
                    raise self._module.RESTError(rules.CONFIGURATION, text)
                self._check_groups(backend, actions, listener.load_balancer_arn)
            return original(backend, listener_arn, conditions, priority, actions, **more)

        return create_rule

    def modify_rule(self, original: Any) -> Any:
        """ModifyRule."""

        def modify_rule(backend: Any, rule_arn: str, conditions: Any, actions: Any, **more: Any) -> Any:
            self._checked(lambda: rules.check_conditions(conditions or ()))
            self._checked(lambda: rules.check_actions(actions or ()))
            return original(backend, rule_arn, conditions, actions, **more)

        return modify_rule

    def set_rule_priorities(self, _original: Any) -> Any:
        """SetRulePriorities: all at once, so that two rules can change places."""

        def set_rule_priorities(backend: Any, rule_priorities: list[dict[str, Any]]) -> list[Any]:
            wanted = {each["RuleArn"]: int(each["Priority"]) for each in rule_priorities}
            if len(dict.fromkeys(wanted.values())) < len(rule_priorities):
                doubled = next(p for p in wanted.values() if list(wanted.values()).count(p) > 1)
                raise self._module.RESTError(
                    rules.INVALID, f"Priority '{doubled}' was provided multiple times"
                )
            found = backend.describe_rules(listener_arn=None, rule_arns=list(wanted))
            for rule in found:
                priority = wanted[rule.arn]
                self._checked(partial(rules.check_conditions, (), priority))
                listener = backend.describe_listeners(None, [rule.listener_arn])[0]
                for other in listener.rules.values():
                    if other.arn not in wanted and str(other.priority) == str(priority):
                        raise self._module.PriorityInUseError
            for rule in found:
                rule.priority = wanted[rule.arn]
            return list(found)

        return set_rule_priorities

    def _check_listener(
        self,
        backend: Any,
        protocol: str | None,
        certificate: str | None,
        actions: Iterable[Mapping[str, Any]],
    ) -> None:
        groups = [backend.target_groups.get(arn) for arn in _forwarded(actions)]
        self._checked(lambda: rules.check_actions(actions))
        status = _certificate_status(backend, certificate)
        self._checked(lambda: rules.check_certificate(protocol, certificate, status))
        known = [group.protocol for group in groups if group is not None]
        self._checked(lambda: rules.check_protocols(protocol, known))

    def _check_groups(self, backend: Any, actions: Iterable[Mapping[str, Any]], balancer: str) -> None:
        """A target group belongs to one load balancer. Source: ecs-behaviour.md 8.2."""
        for arn in _forwarded(actions):
            for other in backend.load_balancers.values():
                if other.arn != balancer and arn in _used_by(other):
                    text = (
                        "The following target groups cannot be associated with more than one load balancer: "
                    )
                    raise self._module.RESTError("TargetGroupAssociationLimit", text + arn)


def _forwarded(actions: Iterable[Mapping[str, Any]]) -> list[str]:
    from ecsim.decide.load_balancing.routing import forwarded_to

    return [arn for action in actions or () for arn in forwarded_to(action)]


def _used_by(balancer: Any) -> list[str]:
    return [
        arn
        for listener in balancer.listeners.values()
        for rule in listener.rules.values()
        for arn in _forwarded([action.data for action in rule.actions])
    ]


def _policies() -> list[str]:
    """The names of the security policies that DescribeSSLPolicies shows."""
    from moto.elbv2.ssl_policies import SSL_POLICIES

    return list(SSL_POLICIES)


def _certificate_status(backend: Any, arn: str | None) -> str | None:
    """The status of a certificate in ACM, None when ACM does not know it."""
    if not arn or ":acm:" not in arn:
        return None
    from moto.acm.models import acm_backends

    known = acm_backends[backend.account_id][backend.region_name]._certificates.get(arn)  # noqa: SLF001
    if known is None:
        return None
    known.check()  # a request that was pending may have been validated meanwhile
    return str(known.status)
