"""Athena."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

DATABASE = "aws:athena/database:Database"
WORKGROUP = "aws:athena/workgroup:Workgroup"
KEY = R("aws:kms/key:Key", "key")


def results(**encryption: object) -> R:
    return R(WORKGROUP, "analysts", configuration={"resultConfiguration": {"encryptionConfiguration": encryption}})


def workgroup(**configuration: object) -> R:
    return R(WORKGROUP, "analysts", configuration=configuration)


MANAGED = {"managedQueryResultsConfiguration": {"enabled": True}}

test_database_encrypted = table(
    "athena-database-encrypted",
    fails("absent", R(DATABASE, "sales"), at="encryptionConfiguration.encryptionOption"),
    passes("declared", R(DATABASE, "sales", encryptionConfiguration={"encryptionOption": "SSE_S3"})),
    undecided("unknown", R(DATABASE, "sales", encryptionConfiguration=UNKNOWN), at="encryptionConfiguration"),
)

test_workgroup_encrypted = table(
    "athena-workgroup-encrypted",
    fails("absent", R(WORKGROUP, "analysts"), at="configuration.resultConfiguration.encryptionConfiguration.encryptionOption"),
    passes("encrypted", results(encryptionOption="SSE_S3")),
    passes("Athena keeps the results", workgroup(**MANAGED)),
    fails("a place only", workgroup(resultConfiguration={"outputLocation": "s3://results/"}), at="configuration.resultConfiguration.encryptionConfiguration.encryptionOption"),
    undecided("unknown", R(WORKGROUP, "analysts", configuration=UNKNOWN), at="configuration"),
)  # fmt: skip

test_workgroup_enforced = table(
    "athena-workgroup-enforced",
    fails("off", workgroup(enforceWorkgroupConfiguration=False), at="configuration.enforceWorkgroupConfiguration"),
    passes("on unless said otherwise", R(WORKGROUP, "analysts")),
    passes("on", workgroup(enforceWorkgroupConfiguration=True)),
    undecided("unknown", workgroup(enforceWorkgroupConfiguration=UNKNOWN)),
)

test_customer_managed_key = table(
    "athena-customer-managed-key",
    fails(
        "no key",
        results(encryptionOption="SSE_S3"),
        at="configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn",
    ),
    passes("a key of the program", results(encryptionOption="SSE_KMS", kmsKeyArn=KEY.arn), KEY),
    passes("of a database", R(DATABASE, "d", encryptionConfiguration={"kmsKey": KEY.arn}), KEY),
    fails("a database without", R(DATABASE, "d"), at="encryptionConfiguration.kmsKey"),
    fails(
        "Athena keeps the results under its own",
        workgroup(**MANAGED),
        at="configuration.managedQueryResultsConfiguration.encryptionConfiguration.kmsKey",
    ),
    undecided("unknown", R(WORKGROUP, "analysts", configuration=UNKNOWN), at="configuration"),
)
