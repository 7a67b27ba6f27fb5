"""Passwords of services whose API checks them."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Severity, deferred, rule
from .._shared_passwords import DIGIT, LOWER, SPECIAL, UPPER, PasswordPolicy, refused_passwords

_NEEDS: Final = (UPPER, LOWER, DIGIT, SPECIAL)
POLICIES: Final[dict[str, tuple[PasswordPolicy, ...]]] = {
    "aws:docdb/cluster:Cluster": (PasswordPolicy("", "masterPassword", 8, 100, (), '/"@'),),
    "aws:elasticache/user:User": (
        PasswordPolicy("authenticationMode", "passwords", 16, 128),
        PasswordPolicy("", "passwords", 16, 128),
    ),
    "aws:memorydb/user:User": (PasswordPolicy("authenticationMode", "passwords", 16, 128),),
    "aws:mq/broker:Broker": (PasswordPolicy("users", "password", 12, 250, (), ",:="),),
    "aws:opensearch/domain:Domain": (
        PasswordPolicy("advancedSecurityOptions.masterUserOptions", "masterUserPassword", 8, 128, _NEEDS),
    ),
    "aws:redshiftserverless/namespace:Namespace": (
        PasswordPolicy("", "adminUserPassword", 8, 64, _NEEDS[:3], "'\"\\/@ "),
    ),
}
"""Type → what its API accepts as a password; each service's API Reference, read 2026-11."""


@rule(tuple(POLICIES), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def passwords_accepted(resource: Resource) -> Findings:
    """A password has the length and the kinds of characters that its service requires.

    Why: AWS refuses the resource when it is created ("InvalidParameterValue: Passwords length must be between 16-128
    characters"). Databases of RDS and Redshift clusters have rules of their own.
    Fix: Generate one with at least one character of each kind, for example with random.RandomPassword.
    Source: Amazon DocumentDB, "CreateDBCluster"; Amazon MQ, "User"; Amazon OpenSearch Service, "MasterUserOptions";
    Amazon ElastiCache, "CreateUser"; Amazon MemoryDB, "CreateUser".
    """
    for policy in POLICIES[resource.kind]:
        for view in resource.each(policy.holder) if policy.holder else (resource,):
            with deferred():
                yield from refused_passwords(view, policy)
