"""Amazon Resource Names: taking them apart, putting them together, matching them.

Source: "Identify AWS resources with Amazon Resource Names (ARNs)", AWS IAM user guide, and the service authorization
    reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .answer import Answer
from .wildcard import covers

PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"})

_BRACE = re.compile(r"[${}]")
_SEPARATOR = re.compile(r"[/:]")
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True)
class Arn:
    """``arn:partition:service:region:account:resource``; ``region`` and ``account`` are empty for global resources."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: object) -> Arn | None:
        """Take an ARN apart; ``None`` for anything that is not a text of six parts beginning with ``arn:``.

        The parts may hold wildcards. No part but the first is checked: see :func:`problem`.
        """
        if not isinstance(text, str):
            return None
        parts = _parts(text)
        if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
            return None
        return cls(*parts[1:])

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def separator(self) -> str:
        """``/`` (``role/admin``), ``:`` (``function:name``) or empty (an S3 bucket, an SQS queue)."""
        found = _SEPARATOR.search(self.resource)
        return found.group() if found else ""

    @property
    def resource_type(self) -> str:
        """What comes before the first separator: ``role``, ``function``, ``log-group``; empty without a separator.

        For services whose resources have no type (S3 objects, SNS subscriptions) it is the parent's name.
        """
        return self.resource.partition(self.separator)[0] if self.separator else ""

    @property
    def resource_id(self) -> str:
        """What comes after the first separator, paths included; the whole resource without a separator."""
        return self.resource.partition(self.separator)[2] if self.separator else self.resource

    @property
    def name(self) -> str:
        """The last name in the resource: ``admin`` of ``role/service-role/admin``, without a path or a trailing
        ``:*``.
        """
        resource = self.resource.removesuffix(":*")
        return _SEPARATOR.split(resource)[-1]

    @property
    def bucket(self) -> str | None:
        """The bucket of an S3 bucket or object ARN; ``None`` for others (access points have an account)."""
        if self.service != "s3" or self.region or self.account:
            return None
        return self.resource.partition("/")[0]

    @property
    def key(self) -> str | None:
        """The object key of an S3 object ARN; ``None`` for a bucket and for others."""
        if self.bucket is None or "/" not in self.resource:
            return None
        return self.resource.partition("/")[2]

    @property
    def is_account_root(self) -> bool:
        """Tell whether it names a whole account as a principal: ``arn:aws:iam::111111111111:root``."""
        return self.service == "iam" and self.resource == "root" and bool(_ACCOUNT.fullmatch(self.account))


def _parts(text: str) -> list[str]:
    """The six parts of an ARN, split at the colons outside of policy variables such as ``${aws:PrincipalAccount}``."""
    parts: list[str] = []
    start = end = 0
    brace = _BRACE.search(text)
    while len(parts) < 5 and (end := text.find(":", end)) >= 0:
        while brace is not None and brace.start() < end:
            brace = _BRACE.search(text, max(brace.end(), end))
        if brace is None or brace.group() != "}":
            parts.append(text[start:end])
            start = end + 1
        end += 1
    return [*parts, text[start:]]


def account_of(text: object) -> str | None:
    """The 12-digit account of an ARN or of a bare account id; ``None`` where there is none."""
    if isinstance(text, str) and _ACCOUNT.fullmatch(text):
        return text
    parsed = Arn.parse(text)
    return parsed.account if parsed and _ACCOUNT.fullmatch(parsed.account) else None


def region_of(text: object) -> str | None:
    """The region of an ARN; ``None`` for a global resource, a wildcard, and for what is no ARN."""
    parsed = Arn.parse(text)
    return parsed.region if parsed and parsed.region and not re.search(r"[*?$]", parsed.region) else None


def service_of(text: object) -> str | None:
    """The service part of an ARN (``s3``, ``lambda``); ``None`` for what is no ARN."""
    parsed = Arn.parse(text)
    return parsed.service if parsed else None


def bucket_name(text: object) -> str | None:
    """The bucket that an S3 ARN, an ``s3://`` address or a plain bucket name stands for; ``None`` for others."""
    if not isinstance(text, str):
        return None
    if text.startswith("s3://"):
        return text[5:].partition("/")[0] or None
    if text.startswith("arn:"):
        parsed = Arn.parse(text)
        return parsed.bucket if parsed else None
    return text if re.fullmatch(r"[A-Za-z0-9._-]+", text) else None


def bucket_and_key(url: object) -> tuple[str, str] | None:
    """Bucket and key of an S3 address over https (path style, virtual-hosted, dual stack, website excluded) or
    ``s3://``.

    Source: "Virtual hosting of buckets", Amazon S3 user guide.
    """
    if not isinstance(url, str):
        return None
    found = _S3_SCHEME.fullmatch(url) or _S3_VIRTUAL.fullmatch(url) or _S3_PATH.fullmatch(url)
    return (found["bucket"], found["key"]) if found else None


_S3_SCHEME = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>[^?#]+)")
_S3_HOST = r"s3(?:[.-](?:dualstack[.-])?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?"
_S3_VIRTUAL = re.compile(rf"https://(?P<bucket>[a-z0-9][a-z0-9.-]*?)\.{_S3_HOST}/(?P<key>[^?#]+)(?:\?[^#]*)?")
_S3_PATH = re.compile(rf"https://{_S3_HOST}/(?P<bucket>[^/?#]+)/(?P<key>[^?#]+)(?:\?[^#]*)?")


def matches(pattern: str, text: str) -> Answer:
    """Tell whether an ARN pattern covers an ARN as ``ArnLike`` does: each of the six parts by itself, case-sensitive.

    ``None`` where an unknown part decides it. A pattern that is only ``*`` covers everything.
    Source: "IAM JSON policy elements: Condition operators", AWS IAM user guide.
    """
    if pattern == "*":
        return True
    left, right = _parts(pattern), _parts(text)
    if len(left) != 6 or len(right) != 6:
        return covers(pattern, text)
    result: Answer = True
    for part, value in zip(left, right, strict=True):
        answer = covers(part, value)
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def problem(text: str, *, wildcards: bool = False) -> str | None:
    """Say why a known text is no ARN that IAM would take, or ``None`` when it is one.

    With ``wildcards``, ``*`` alone and wildcards in all parts but partition and service are taken, as in a Resource
    element. Source: "IAM JSON policy elements: Resource", AWS IAM user guide.
    """
    if wildcards and text == "*":
        return None
    parts = _parts(text)
    if parts[0] != "arn":
        return f"{text!r} is not an ARN: it does not begin with 'arn:'"
    if len(parts) < 6:
        return (
            f"{text!r} is not an ARN: it has {len(parts)} of six parts, arn:partition:service:region:account:resource"
        )
    partition, service, region, account, resource = parts[1:]
    if partition not in PARTITIONS and not (wildcards and partition == "*"):
        return f"{text!r} has the partition {partition!r}; the partitions are {', '.join(sorted(PARTITIONS))}"
    if not resource:
        return f"{text!r} names no resource after the account"
    if wildcards:
        return _wildcard_problem(text, service, region, account)
    if account and account != "aws" and not _ACCOUNT.fullmatch(account):
        return f"{text!r} has {account!r} where the 12-digit account stands"
    return None


def _wildcard_problem(text: str, service: str, region: str, account: str) -> str | None:
    if not service or re.search(r"[*?]", service):
        return f"{text!r} has no service; IAM takes no wildcard there"
    if service == "s3" and region == account == "":
        return None
    if account and account not in {"aws", "*"} and not re.fullmatch(r"[\d*?]{1,12}|\$\{[^}]*\}|cloudfront", account):
        return f"{text!r} has {account!r} where the 12-digit account stands"
    return None
