"""Route 53's and Certificate Manager's part: what a name leads to, and which names a certificate is good for."""

from __future__ import annotations

from typing import Any

from ecsim.effects.clients import Clients, error_code

_HOPS_MAX = 8
"""How many names in a row may lead to one another: our choice, against circles."""
_ADDRESS_TYPES = ("A", "AAAA", "CNAME")


class Names:
    """Looks names and certificates up, and remembers them until something changes there.

    Approximate: records answer at once, whatever their TTL; of several records of one name (weighted, latency, ...)
    the first one answers; private and public zones are not told apart.

    Args:
        clients: AWS's other services.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._records: dict[str, str] | None = None
        self._issued: dict[str, tuple[str, ...]] = {}
        clients.changed.append(self._changed)

    def leads_to(self, name: str) -> str:
        """The last name in a chain of alias and CNAME records; the name itself when there is no record."""
        records = self._known()
        at = _plain(name)
        for _ in range(_HOPS_MAX):
            further = records.get(at) or records.get(_wildcard(at))
            if further is None:
                return at
            at = further
        return at

    def _known(self) -> dict[str, str]:
        if self._records is None:
            client = self._clients.client("route53")
            self._records = {}
            for page in client.get_paginator("list_hosted_zones").paginate():
                for zone in page["HostedZones"]:
                    self._read(client, zone["Id"], self._records)
        return self._records

    @staticmethod
    def _read(client: Any, zone: str, into: dict[str, str]) -> None:
        for page in client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone):
            for record in page["ResourceRecordSets"]:
                if record["Type"] not in _ADDRESS_TYPES:
                    continue
                values = [each["Value"] for each in record.get("ResourceRecords", ())]
                target = record.get("AliasTarget", {}).get("DNSName") or next(iter(values), None)
                if target is not None:
                    into.setdefault(_plain(record["Name"]), _plain(target))

    def certificate_names(self, arn: str) -> tuple[str, ...]:
        """The names that an ISSUED certificate is good for; nothing for any other, or for one that is not there.

        A certificate of IAM is good for every name: it is not read.
        """
        from botocore.exceptions import ClientError

        if ":acm:" not in arn:
            return ("*",)
        if arn in self._issued:
            return self._issued[arn]
        try:
            found = self._clients.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        except ClientError as error:
            if error_code(error) == "ResourceNotFoundException":
                return ()
            raise
        if found["Status"] != "ISSUED":
            return ()
        others = sorted(found.get("SubjectAlternativeNames", ()))
        self._issued[arn] = tuple(dict.fromkeys((found["DomainName"], *others)))
        return self._issued[arn]

    def _changed(self, service: str, _operation: str) -> None:
        if service in ("route53", "cloudformation"):
            self._records = None
        if service in ("acm", "cloudformation"):
            self._issued.clear()


def _plain(name: str) -> str:
    r"""A name as it is compared. Route 53 writes `*` as `\052`."""
    plain = name.lower().rstrip(".").replace("\\052", "*")
    return plain.removeprefix("dualstack.") if plain.endswith(".amazonaws.com") else plain


def _wildcard(name: str) -> str:
    return "*." + name.partition(".")[2]
