"""AppFlow."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table

FLOW = "aws:appflow/flow:Flow"
PROFILE = "aws:appflow/connectorProfile:ConnectorProfile"
KEY = R("aws:kms/key:Key", "key")

test_customer_managed_key = table(
    "appflow-customer-managed-key",
    fails("absent", R(FLOW, "flow"), at="kmsArn"),
    passes("a key of the program", R(FLOW, "flow", kmsArn=KEY.arn), KEY),
    passes("an unknown key is one", R(PROFILE, "profile", kmsArn=UNKNOWN)),
    fails("a profile", R(PROFILE, "profile"), at="kmsArn"),
)
