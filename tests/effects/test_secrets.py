"""What `secrets[].valueFrom` stands for."""

from __future__ import annotations

import pytest

from ecsim.effects.secrets import Secrets
from ecsim.model.answers import Failure


@pytest.fixture
def secret(rig):
    made = rig.client("secretsmanager").create_secret(
        Name="db", SecretString='{"user": "shop", "port": 5432}'
    )
    return made["ARN"], made["VersionId"]


def test_every_form_of_a_secrets_arn(rig, secret):
    """Forms: botocore ecs Secret.valueFrom; AWS docs, secrets-envvar-secrets-manager."""
    arn, version = secret
    rig.client("secretsmanager").put_secret_value(SecretId="db", SecretString='{"user": "new"}')
    value = Secrets(rig.gate).value
    assert value(arn) == '{"user": "new"}'
    assert value(f"{arn}:user::") == "new"
    assert value(f"{arn}:user:AWSPREVIOUS:") == "shop"
    assert value(f"{arn}:port::{version}") == "5432"
    assert value(arn.rpartition("-")[0]) == '{"user": "new"}', "an ARN without its six random characters"


def test_missing_secrets_and_keys_fail_in_aws_words(rig, secret):
    arn, _ = secret
    value = Secrets(rig.gate).value
    assert isinstance(value(f"{arn}:nokey::"), Failure)
    assert value(f"{arn}:nokey::").text.endswith("did not contain json key nokey")
    missing = value(arn.replace(":db-", ":other-"))
    assert missing.text.startswith(
        "ResourceInitializationError: The task can't pull the secret from Secrets Manager."
    )


@pytest.mark.parametrize(
    ("name", "value_from"),
    [
        ("/app/db", "/app/db"),
        ("/app/db", "arn:aws:ssm:ap-northeast-1:123456789012:parameter/app/db"),
        ("db", "arn:aws:ssm:ap-northeast-1:123456789012:parameter/db"),
        ("db", "db"),
    ],
)
def test_parameters(rig, name, value_from):
    rig.client("ssm").put_parameter(Name=name, Value="v", Type="SecureString")
    assert Secrets(rig.gate).value(value_from) == "v"


def test_a_missing_parameter(rig):
    assert Secrets(rig.gate).value("/no").text.endswith("invalid parameters: /no")


def test_values_are_looked_up_once_until_they_change(rig, secret, calls_of):
    arn, _ = secret
    effect = Secrets(rig.gate)
    assert calls_of(lambda: [effect.value(arn) for _ in range(3)]) == ["secretsmanager.GetSecretValue"]
    rig.client("secretsmanager").put_secret_value(SecretId="db", SecretString="plain")
    assert effect.value(arn) == "plain"
