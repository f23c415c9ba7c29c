"""Secrets Manager's and Parameter Store's part: what a container's `secrets[].valueFrom` stands for."""

from __future__ import annotations

import json
import re
from typing import Any

from ecsim.effects.clients import Clients, error_code
from ecsim.model.answers import Failure

_SECRET = re.compile(r"^(arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:[^:]+)((?::[^:]*){0,3})$")
_PARAMETER = re.compile(r"^arn:[^:]+:ssm:[^:]+:\d{12}:parameter(/.+)$")
_INIT = "ResourceInitializationError: unable to pull secrets or registry auth: "


class Secrets:
    """Looks values up, and remembers them until something changes in one of the two services.

    Args:
        clients: AWS's other services.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[str, str | Failure] = {}
        clients.changed.append(self._changed)

    def value(self, value_from: str) -> str | Failure:
        """The value that a container's `secrets[].valueFrom` names.

        Forms (botocore ecs Secret.valueFrom): the full ARN of a secret, with `:json-key:version-stage:version-id`
        behind it if wanted, each of which may be empty; the full ARN or the name of a parameter.
        """
        known = self._known.get(value_from)
        if known is None:
            secret = _SECRET.match(value_from)
            known = self._secret(secret) if secret else self._parameter(value_from)
            self._known[value_from] = known
        return known

    def _changed(self, service: str, _operation: str) -> None:
        if service in ("secretsmanager", "ssm", "kms", "cloudformation"):
            self._known.clear()

    def _secret(self, match: re.Match[str]) -> str | Failure:
        from botocore.exceptions import ClientError

        arn = match.group(1)
        json_key, stage, version = ([*match.group(2).split(":")[1:], "", "", ""])[:3]
        asked: dict[str, Any] = {"SecretId": arn}
        if stage:
            asked["VersionStage"] = stage
        if version:
            asked["VersionId"] = version
        try:
            found = self._clients.client("secretsmanager").get_secret_value(**asked)
        except ClientError as error:
            return _secret_failure(arn, error)
        text = found.get("SecretString")
        if text is None:
            text = found.get("SecretBinary", b"").decode("utf-8", "replace")
        return _json_value(text, json_key) if json_key else str(text)

    def _parameter(self, value_from: str) -> str | Failure:
        from botocore.exceptions import ClientError

        match = _PARAMETER.match(value_from)
        path = match.group(1) if match else value_from
        # The ARN of "db" is parameter/db, that of "/app/db" is parameter/app/db: both are tried.
        names = [path, path[1:]] if match and "/" not in path[1:] else [path]
        client = self._clients.client("ssm")
        for name in names:
            try:
                found = client.get_parameter(Name=name, WithDecryption=True)
            except ClientError:
                continue
            return str(found["Parameter"]["Value"])
        return Failure(
            text=f"{_INIT}execution resource retrieval failed: unable to retrieve secrets from ssm: "
            f"service call has been retried 1 time(s): invalid parameters: {names[-1]}"
        )


def _secret_failure(arn: str, error: Exception) -> Failure:
    """Source: ecs-behaviour.md 2.6, the ECS guide's page `resource-initialization-error`; the tail is memory."""
    code = error_code(error)
    message = getattr(error, "response", {}).get("Error", {}).get("Message", "")
    return Failure(
        text="ResourceInitializationError: The task can't pull the secret from Secrets Manager. "
        f"The task can't retrieve the secret with ARN '{arn}' from Secrets Manager. "
        f"Check whether the secret exists in the specified Region. {code}: {message}".rstrip()
    )


def _json_value(text: str, key: str) -> str | Failure:
    """One member of a secret that is a JSON object. The failure's text is memory."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or key not in document:
        return Failure(
            text=f"{_INIT}execution resource retrieval failed: unable to retrieve secret from asm: "
            f"service call has been retried 1 time(s): retrieved secret from Secrets Manager did not "
            f"contain json key {key}"
        )
    value = document[key]
    return value if isinstance(value, str) else json.dumps(value)
