"""Timestream."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table

DATABASE = "aws:timestreamwrite/database:Database"
KEY = R("aws:kms/key:Key", "key")

test_customer_managed_key = table(
    "timestreamwrite-customer-managed-key",
    passes("a key", R(DATABASE, "metrics", kmsKeyId=KEY.arn), KEY),
    passes("an unknown key is one", R(DATABASE, "metrics", kmsKeyId=UNKNOWN)),
    fails("absent", R(DATABASE, "metrics"), at="kmsKeyId"),
)
