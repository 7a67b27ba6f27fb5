"""IAM: actions with their resource types, AWS managed policies, service principals, name limits and quotas.

Written 2026-11 after the pages: 'Service Authorization Reference', 'AWS managed policies', 'IAM and AWS STS quotas'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from preflight.facts.table import load
from preflight.nearest import nearest

# 'IAM and AWS STS quotas': characters without white space.
MANAGED_POLICY_CHARACTERS = 6144
TRUST_POLICY_CHARACTERS = 2048  # default quota
TRUST_POLICY_CHARACTERS_MAX = 4096  # after a quota increase
ROLE_INLINE_POLICIES_CHARACTERS = 10240
USER_INLINE_POLICIES_CHARACTERS = 2048
GROUP_INLINE_POLICIES_CHARACTERS = 5120

# Text size in bytes of the resource policies of other services: 'Bucket policies', API PutResourcePolicy, 'Key
# policies', 'Amazon SQS policy quotas'.
BUCKET_POLICY_BYTES = 20480
SECRET_POLICY_BYTES = 20480
KEY_POLICY_BYTES = 32768
QUEUE_POLICY_BYTES = 8192

# API CreateRole and its siblings.
NAME_PATTERN = re.compile(r"[A-Za-z0-9_+=,.@-]+")
NAME_MAX_LENGTHS: Mapping[str, int] = {
    "aws:iam/role:Role": 64,
    "aws:iam/user:User": 64,
    "aws:iam/group:Group": 128,
    "aws:iam/policy:Policy": 128,
    "aws:iam/instanceProfile:InstanceProfile": 128,
}
ROLE_NAME_PREFIX_MAX_LENGTH = 38
ROLE_SESSION_SECONDS = (3600, 43200)

TRUST_ACTIONS = frozenset(
    {
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
        "sts:SetSourceIdentity",
        "sts:SetContext",
    }
)


def actions_dated() -> str:
    """The date (YYYY-MM-DD) of the action table's newest source."""
    return load("iam_actions").dated


def service_exists(prefix: str) -> bool:
    """Whether any action begins with `prefix:` (compared without case)."""
    return prefix.lower() in _services()


def service_prefixes() -> frozenset[str]:
    """All prefixes, in lower case."""
    return frozenset(_services())


def actions(prefix: str) -> tuple[str, ...]:
    """The actions of a service in their spelling, without prefix, sorted; empty for an unknown service."""
    return tuple(sorted(_services().get(prefix.lower(), {})))


def action_exists(prefix: str, action: str) -> bool:
    """Whether `prefix:action` matches at least one known action; `*` and `?` are wildcards, case doesn't count."""
    return next(_matching(prefix, action), None) is not None


def matching_actions(prefix: str, action: str) -> tuple[str, ...]:
    """All actions of the service that the pattern matches, without prefix, sorted."""
    return tuple(sorted(_matching(prefix, action)))


def nearest_actions(prefix: str, action: str, count: int = 3) -> tuple[str, ...]:
    """Up to `count` actions of the service whose names are closest to `action`, best first."""
    return tuple(nearest(action, actions(prefix), count))


def nearest_services(prefix: str, count: int = 3) -> tuple[str, ...]:
    """Up to `count` service prefixes closest to `prefix`, best first."""
    return tuple(nearest(prefix, service_prefixes(), count))


def edits(one: str, other: str) -> int:
    """The number of single-character edits between two texts, without case, neighbours that change places counting
    one.
    """
    a, b = one.lower(), other.lower()
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, right in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]


def resource_types(prefix: str, action: str) -> frozenset[str]:
    """The resource types of one exact action, in lower case ('bucket', 'object', 'accesspoint'); empty for an action
    that takes no resource ('*' only) or that the table doesn't hold.
    """
    service = _services().get(prefix.lower(), {})
    exact = next((name for name in service if name.lower() == action.lower()), None)
    return service[exact] if exact else frozenset()


def _matching(prefix: str, action: str) -> Iterator[str]:
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in action), re.IGNORECASE)
    return (name for name in _services().get(prefix.lower(), {}) if pattern.fullmatch(name))


@cache
def _services() -> Mapping[str, Mapping[str, frozenset[str]]]:
    services: dict[str, dict[str, frozenset[str]]] = {}
    for prefix, row in load("iam_actions").data.items():
        rows = {name: frozenset(row["types"][i] for i in indexes) for name, indexes in row["actions"].items()}
        services.setdefault(prefix.lower(), {}).update(rows)
    return services


def policies_dated() -> str:
    """The date (YYYY-MM-DD) of the table of AWS managed policies."""
    return load("iam_policies").dated


def managed_policy_path(name: str) -> str | None:
    """The path of an AWS managed policy by its exact name ('AWSLambdaBasicExecutionRole' -> '/service-role/'); None for
    one that the table doesn't hold.
    """
    row = load("iam_policies").data.get(name)
    return str(row[0]) if row else None


def managed_policy_arn(name: str, partition: str = "aws") -> str | None:
    """The ARN of an AWS managed policy by its name; None for one that the table doesn't hold."""
    path = managed_policy_path(name)
    return f"arn:{partition}:iam::aws:policy{path}{name}" if path else None


def managed_policy_exists(arn: str) -> bool:
    """Whether the path and name of an ARN 'arn:PARTITION:iam::aws:policy/PATH/NAME' are a policy of the table."""
    path, _, name = arn.partition(":policy/")[2].rpartition("/")
    return bool(name) and managed_policy_path(name) == (f"/{path}/" if path else "/")


def nearest_managed_policies(name: str, count: int = 3) -> tuple[str, ...]:
    """Up to `count` names of AWS managed policies closest to `name`, best first."""
    return tuple(nearest(name, load("iam_policies").data, count))


def managed_policy_document(name: str) -> Mapping[str, Any] | None:
    """What an AWS managed policy holds, as a policy document (Version, Statement; no Sids); None when not in the table.
    Retired policies and those of the last weeks are not.
    """
    row = load("iam_policies").data.get(name)
    return {"Version": "2012-10-17", "Statement": row[1]} if row else None
