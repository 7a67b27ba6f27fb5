"""Redshift: the master user's password."""

from __future__ import annotations

from typing import Final

from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_passwords import DIGIT, LOWER, UPPER, PasswordPolicy, refused_passwords
from .cluster import CLUSTER

_POLICY: Final = PasswordPolicy("", "masterPassword", 8, 64, (UPPER, LOWER, DIGIT), "'\"\\/@ ")


@rule(CLUSTER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def master_password_valid(cluster: Resource) -> Findings:
    """The master password of a cluster is one that Redshift accepts, or Redshift manages it.

    Why: Redshift refuses the cluster ("InvalidParameterValue: The parameter MasterUserPassword must contain at least
    one upper case letter").
    Fix: Set `manageMasterPassword=true`, or use 8 to 64 characters with an upper-case letter, a lower-case letter and a
    digit, and without quotes, slashes, "@" and spaces.
    Source: Amazon Redshift API Reference, "CreateCluster" (MasterUserPassword).
    """
    managed = cluster.flag("manageMasterPassword")
    if not managed and not cluster.has("snapshotIdentifier") and not cluster.has("snapshotArn"):
        yield from refused_passwords(cluster, _POLICY)


DEFAULT_USER: Final = "awsuser"


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def username_non_default(cluster: Resource) -> Findings:
    """The master user is not the one that everyone tries.

    Why: A guessed user name is half of the credentials.
    Fix: Set `masterUsername` to another one; a restored cluster has that of its snapshot.
    Source: Amazon Redshift Management Guide, "Creating a cluster"; AWS Config rule redshift-default-admin-check.
    """
    if cluster.text("masterUsername") == DEFAULT_USER:
        yield cluster.finding(
            f"has the default master user name {DEFAULT_USER}; choose another name", at="masterUsername"
        )
