"""The environment in which boto3 and the AWS CLI find the cloud, and nothing else."""

from __future__ import annotations

import os

ACCESS_KEY = "AKIAECSLABECSLAB0000"


def aws_environment(endpoint_url: str, region: str) -> dict[str, str]:
    """Variables for boto3, the AWS CLI and every other SDK.

    Keys are made up, profiles are looked for nowhere, and no instance metadata is asked: a learner's real account
    cannot be reached by accident.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": "ecslab",
        "AWS_SESSION_TOKEN": "",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PROFILE": "",
    }


def surround(endpoint_url: str, region: str) -> None:
    """Set the variables in this process, and let boto3 forget what it read before."""
    import boto3

    for name, value in aws_environment(endpoint_url, region).items():
        if value or name == "AWS_PAGER":
            os.environ[name] = value
        else:
            os.environ.pop(name, None)
    boto3.DEFAULT_SESSION = None
