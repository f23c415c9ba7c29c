"""Elastic Load Balancing's part in a traffic shift: what a rule or a listener forwards to, and with which weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ecsim.effects.clients import Clients
from ecsim.model.answers import Failure
from ecsim.model.strategy import ALL

_RULE = ":listener-rule/"
Forwards = tuple[tuple[str, int], ...]


class Shifts:
    """Reads and changes the weights of forward actions, by ELB's public API; remembers until something changes there.

    Args:
        clients: AWS's other services.
        changed: told after every shift.
    """

    def __init__(self, clients: Clients, changed: Callable[[], None]) -> None:
        self._clients = clients
        self._tell_changed = changed
        self._known: dict[str, Forwards | None] = {}
        clients.changed.append(self._changed)

    def _changed(self, service: str, _operation: str) -> None:
        if service in ("elbv2", "cloudformation"):
            self._known.clear()

    def forwards(self, arn: str) -> Forwards | None:
        """The target groups, with weights, that a rule (or a listener's default action) forwards to.

        None when there is no such rule or listener, or when it does not forward. A forward to one group without a
        weight has the weight 1.
        """
        if arn not in self._known:
            self._known[arn] = self._look_up(arn)
        return self._known[arn]

    def shift(self, arn: str, shares: Sequence[tuple[str, int]]) -> Failure | None:
        """Give target groups their shares of the traffic of a rule or a listener.

        Args:
            arn: of a listener rule, or of a listener, whose default action is meant.
            shares: target groups and their shares in tenths of a percent, together 1,000.

        Returns:
            What Elastic Load Balancing says against it, or None.
        """
        from botocore.exceptions import ClientError

        whole = all(share % (ALL // 100) == 0 for _, share in shares)
        weights = [(group, share // (ALL // 100) if whole else share) for group, share in shares]
        groups = [{"TargetGroupArn": group, "Weight": weight} for group, weight in weights]
        forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        client = self._clients.client("elbv2")
        try:
            found = self._rule(client, arn)
            if found is None:
                return Failure(text="One or more rules not found")
            before = [a for a in found.get("Actions", ()) if a.get("Type") != "forward"]
            actions = [*before, forward | {"Order": len(before) + 1}]
            if found.get("IsDefault"):
                client.modify_listener(ListenerArn=_listener_of(arn), DefaultActions=actions)
            else:
                client.modify_rule(RuleArn=arn, Actions=actions)
        except ClientError as error:
            return Failure(text=str(error.response.get("Error", {}).get("Message", error)))
        finally:
            self._known.clear()
            self._tell_changed()
        return None

    def _look_up(self, arn: str) -> Forwards | None:
        from botocore.exceptions import ClientError

        try:
            found = self._rule(self._clients.client("elbv2"), arn)
        except ClientError:
            return None
        if found is None:
            return None
        for action in found.get("Actions", ()):
            if action.get("Type") == "forward":
                groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or [
                    {"TargetGroupArn": action["TargetGroupArn"]}
                ]
                return tuple(
                    (g["TargetGroupArn"], int(1 if g.get("Weight") is None else g["Weight"])) for g in groups
                )
        return None

    @staticmethod
    def _rule(client: Any, arn: str) -> Mapping[str, Any] | None:
        """A rule by its ARN; of a listener's ARN the default rule."""
        if _RULE in arn:
            rules = client.describe_rules(RuleArns=[arn])["Rules"]
            return rules[0] if rules else None
        rules = client.describe_rules(ListenerArn=arn)["Rules"]
        return next((rule for rule in rules if rule.get("IsDefault")), None)


def _listener_of(arn: str) -> str:
    """The listener's ARN of a rule's, or the listener's own."""
    if _RULE not in arn:
        return arn
    return arn.replace(_RULE, ":listener/").rsplit("/", 1)[0]


def is_network(arn: str) -> bool:
    """Whether a rule or a listener is a Network Load Balancer's."""
    return "/net/" in arn
