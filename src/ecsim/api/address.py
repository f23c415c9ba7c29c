"""Whose request it is: from an HTTP request to (service, operation, region) and back to AWS's own address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from ecsim.api.errors import ApiError, Protocol

_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/([a-z0-9-]+)/([A-Za-z0-9_.-]+)/aws4_request")
_AWS_HOST = re.compile(r"^[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$")
_REGION = re.compile(r"[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|api\.aws)")
_GLOBAL = frozenset({"iam", "route53", "cloudfront", "budgets", "organizations"})
_ELB_VERSIONS = {"2012-06-01": "elb", "2015-12-01": "elbv2"}

_HOST_OF_SIGNER = {
    "eventbridge": "events",
    "execute-api": "iot",
    "iotdata": "data.iot",
    "mobiletargeting": "pinpoint",
    "ses": "email",
    "memorydb": "memory-db",
    "sagemaker": "api.sagemaker",
    "payment-cryptography": "controlplane.payment-cryptography",
}
"""Services whose signing name is not the first part of their host. Source: botocore service models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What a host name says.

    Attributes:
        service: boto3's name of the service, e.g. "elbv2" ("elb" until the request's version is known).
        host_module: moto's name of it, e.g. "applicationautoscaling"; None when moto has none.
        region: the region, or None when the host has none (global services).
    """

    service: str
    host_module: str | None
    region: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The parameters of a query-protocol request, as they were sent."""

    action: str
    version: str
    values: Mapping[str, str]


def aws_url(path: str, headers: Mapping[str, str]) -> str:
    """The AWS address that a request to another host (127.0.0.1) was meant for.

    Args:
        path: path and query, as sent.
        headers: with lower-case names.

    Raises:
        ApiError: nothing says which service is meant: no signature, and no AWS host.
    """
    host = headers.get("host", "")
    if _AWS_HOST.match(host):
        return f"https://{host}{path}"
    scope = _SCOPE.search(headers.get("authorization", ""))
    if scope is None and "X-Amz-Credential=" in path:
        query = dict(parse_qsl(urlsplit(path).query))
        scope = _SCOPE.search("Credential=" + query.get("X-Amz-Credential", ""))
    if scope is None:
        raise ApiError("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
    region, signer = scope.group(1), scope.group(2).lower()
    name = _HOST_OF_SIGNER.get(signer, signer)
    if signer in _GLOBAL:
        return f"https://{name}.amazonaws.com{path}"
    return f"https://{name}.{region}.amazonaws.com{path}"


@cache
def host_of(netloc: str) -> Host:
    """What a host name of AWS says. Unknown hosts have no module."""
    from moto.backend_index import backend_url_patterns
    from moto.core.utils import service_name_from_moto_package_name

    found = _REGION.search(netloc)
    region = found.group(1) if found else None
    for module, pattern in backend_url_patterns:
        if pattern.match(f"https://{netloc}/"):
            service = _BOTO_NAMES.get(module) or service_name_from_moto_package_name(module)
            return Host(service=service, host_module=module, region=region)
    return Host(service=netloc.partition(".")[0], host_module=None, region=region)


_BOTO_NAMES = {
    "awslambda": "lambda",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecs": "ecs",
    "elb": "elb",
    "iam": "iam",
    "logs": "logs",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "ssm": "ssm",
    "sts": "sts",
}
"""The names that need no look-up in botocore's list of services, or differ from it."""


def protocol_of(host: Host, headers: Mapping[str, str], *, has_action: bool) -> Protocol:
    """How a request is written."""
    if "x-amz-target" in headers:
        return Protocol.JSON
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return Protocol.CBOR
    if has_action:
        return Protocol.EC2 if host.service == "ec2" else Protocol.QUERY
    return (
        Protocol.REST_XML
        if host.service in ("s3", "s3control", "route53", "cloudfront")
        else Protocol.REST_JSON
    )


def form_of(url: str, headers: Mapping[str, str], body: bytes) -> Form | None:
    """The form of a query-protocol request, or None when it is not one."""
    text = ""
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        text = body.decode("utf-8", "replace")
    elif "Action=" in url:
        text = urlsplit(url).query
    if "Action=" not in text:
        return None
    values = dict(parse_qsl(text, keep_blank_values=True))
    if "Action" not in values:
        return None
    return Form(action=values["Action"], version=values.get("Version", ""), values=values)


def balancing_service(form: Form) -> str:
    """Which of the two load-balancing services a form is meant for: both have one host."""
    return _ELB_VERSIONS.get(form.version, "elbv2")
