"""Encryption of databases."""

from __future__ import annotations

from preflight.testing import UNKNOWN, fails, passes, table, undecided
from tests.rules.rds.parts import AURORA_MEMBER, KEY, aurora, db

test_storage_encrypted = table(
    "rds-storage-encrypted",
    passes("encrypted", db(engine="postgres", storageEncrypted=True)),
    passes("encrypted, as a text", aurora(storageEncrypted="true")),
    passes("a replica has its source's", db(replicateSourceDb="source")),
    passes("an Aurora instance has its cluster's", AURORA_MEMBER),
    fails("absent", db(engine="postgres"), at="storageEncrypted"),
    fails("off", aurora(storageEncrypted=False), at="storageEncrypted"),
    undecided("unknown", db(storageEncrypted=UNKNOWN), at="storageEncrypted"),
    undecided("a restore", db(snapshotIdentifier="s"), only="up"),
)


test_customer_managed_key = table(
    "rds-customer-managed-key",
    passes("a key of the program", db(kmsKeyId=KEY.arn), KEY),
    passes("a restore", db(snapshotIdentifier="s")),
    fails("absent", aurora(), at="kmsKeyId"),
    undecided("unknown engine", db(engine=UNKNOWN), at="engine"),
)
