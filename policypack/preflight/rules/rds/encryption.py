"""Encryption of databases."""

from __future__ import annotations

from typing import Any

from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, rule
from ._parts import CLUSTER, INSTANCE, is_copy, is_member, off


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def storage_encrypted(db: Resource) -> Findings:
    """RDS instances and clusters encrypt their storage.

    Why: Data at rest, its snapshots and replicas are readable by anyone with access to the storage; encryption can't be
    switched on later without a new database.
    Fix: Set `storageEncrypted=true` (with a `kmsKeyId` of your own). A replica or restore has its source's encryption.
    Source: Amazon RDS User Guide, "Encrypting Amazon RDS resources"; AWS Config rule rds-storage-encrypted.
    """
    if db.has("replicateSourceDb") or db.has("replicationSourceIdentifier") or is_member(db):
        return
    # A restore keeps the snapshot's encryption, which the program does not show, unless it says so itself.
    if is_copy(db) and not db.has("storageEncrypted"):
        raise Undecided("storageEncrypted", db.urn, "comes from a snapshot or source")
    yield from off(db, "storageEncrypted", "does not encrypt its storage; set `storageEncrypted=true`")


@storage_encrypted.remediate
def _encrypt(db: Resource) -> dict[str, Any]:
    return {"storageEncrypted": True}


@rule((INSTANCE, CLUSTER), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def customer_managed_key(db: Resource) -> Findings:
    """RDS storage is encrypted under a named KMS key.

    Why: Only a key of one's own has a policy, a rotation and a log of its own, and can be shared with other accounts.
    Fix: Set `kmsKeyId` to the ARN of a key, beside `storageEncrypted=true`.
    Source: Amazon RDS User Guide, "Encrypting Amazon RDS resources".
    """
    if not is_copy(db) and not is_member(db) and not db.has("kmsKeyId"):
        yield db.finding("names no KMS key for its storage", at="kmsKeyId")
