"""Encryption of caches, and who may read them."""

from __future__ import annotations

from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_flags import asked
from ._parts import is_secondary
from .group import GROUP


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def at_rest_encrypted(group: Resource) -> Findings:
    """The replication group encrypts its data at rest.

    Why: Snapshots, and data swapped to disk, are readable by anyone with access to the storage.
    Fix: Set `atRestEncryptionEnabled=true`. It is off when left out for Redis, on for Valkey.
    Source: Amazon ElastiCache User Guide, "At-rest encryption in ElastiCache"; AWS Config rule
    elasticache-repl-grp-encrypted-at-rest.
    """
    if not is_secondary(group):
        default = group.text("engine") == "valkey"
        message = "does not encrypt its data at rest; set `atRestEncryptionEnabled`"
        yield from asked(group, "atRestEncryptionEnabled", message, absent=default)


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def in_transit_encrypted(group: Resource) -> Findings:
    """The replication group encrypts its traffic and refuses unencrypted connections.

    Why: Whoever is on the way reads tokens and data. With the mode "preferred" clients may still talk in the clear.
    Fix: Set `transitEncryptionEnabled=true`; take "preferred" as a step of a migration only.
    Source: Amazon ElastiCache User Guide, "ElastiCache in-transit encryption (TLS)"; AWS Config rule
    elasticache-repl-grp-encrypted-in-transit.
    """
    if is_secondary(group):
        return
    if not group.flag("transitEncryptionEnabled"):
        yield group.finding(
            "does not encrypt its traffic; set `transitEncryptionEnabled`", at="transitEncryptionEnabled"
        )
    elif group.text("transitEncryptionMode") == "preferred":
        yield group.finding(
            'accepts unencrypted connections; set `transitEncryptionMode` to "required"', at="transitEncryptionMode"
        )


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def redis_auth(group: Resource) -> Findings:
    """Clients authenticate by token or as users.

    Why: Otherwise whoever reaches the port reads and writes.
    Fix: Set `userGroupIds`, or `authToken`, with `transitEncryptionEnabled=true`.
    Source: Amazon ElastiCache User Guide, "Role-Based Access Control (RBAC)" and "Authenticating with the AUTH
    command"; AWS Config rule elasticache-repl-grp-redis-auth-enabled.
    """
    if not is_secondary(group) and not any(group.has(path) for path in ("authToken", "authTokenWo", "userGroupIds")):
        yield group.finding(
            "accepts clients without authentication; set `userGroupIds` or `authToken`", at="userGroupIds"
        )
