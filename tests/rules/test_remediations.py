"""Remediations: remediate, then pass; unknowns and secrets as they were; twice is once."""

from __future__ import annotations

from typing import Any

import pytest

from preflight import rules, wire
from preflight.judging.judge import Status
from preflight.serving.info import PackInfo
from preflight.serving.server import Servicer
from preflight.settings.model import Settings
from preflight.testing import UNKNOWN, R
from preflight.testing.remedy import remedied
from preflight.testing.requests import analyze_request
from preflight.testing.tables import Case, find_rule, verdicts_of

BUCKET, BLOCK = "aws:s3/bucket:Bucket", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
DATA = R(BUCKET, "data")
KMS = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}
ALL_ON: dict[str, Any] = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)

UNKNOWNS: dict[str, Any] = dict.fromkeys(ALL_ON, UNKNOWN)

# Rule, what is fixed, the rest of the program, and what the fixed properties are.
MENDED: list[tuple[str, R, tuple[R, ...], dict[str, Any]]] = [
    ("s3-bucket-public-access-blocked", R(BLOCK, "block", bucket=DATA.id, blockPublicAcls=True), (DATA,), ALL_ON),
    ("s3-bucket-key", R(ENCRYPTION, "e", bucket=DATA.id, rules=[KMS]), (DATA,), {"rules": [{**KMS, "bucketKeyEnabled": True}]}),
    ("rds-storage-encrypted", R("aws:rds/instance:Instance", "db", engine="postgres"), (), {"storageEncrypted": True}),
    ("rds-tags-copied-to-snapshots", R("aws:rds/cluster:Cluster", "db"), (), {"copyTagsToSnapshot": True}),
    ("efs-encrypted", R("aws:efs/fileSystem:FileSystem", "f"), (), {"encrypted": True}),
    ("ebs-volume-encrypted", R("aws:ebs/volume:Volume", "v", size=8), (), {"encrypted": True}),
    ("kms-key-rotation", R("aws:kms/key:Key", "k"), (), {"enableKeyRotation": True}),
    ("logs-group-retention", R("aws:cloudwatch/logGroup:LogGroup", "l"), (), {"retentionInDays": 365}),
    ("ec2-imdsv2-required", R("aws:ec2/instance:Instance", "i"), (), {"metadataOptions": {"httpTokens": "required"}}),
]  # fmt: skip


def status(rule_id: str, *resources: R) -> Status:
    found = [verdict.status for verdict in verdicts_of(find_rule(rule_id), Case(Status.PASS, "", resources), "preview")]
    return Status.FINDING if Status.FINDING in found else Status.PASS


@pytest.mark.parametrize(("rule_id", "subject", "others", "after"), MENDED, ids=[entry[0] for entry in MENDED])
def test_remediate_then_pass(rule_id: str, subject: R, others: tuple[R, ...], after: dict[str, Any]) -> None:
    marked = R(subject.type_, subject.name_, late=UNKNOWN, hidden=wire.secret("s"), **subject.properties_)
    assert status(rule_id, marked, *others) is Status.FINDING
    settings = Settings(levels={"rules": {rule_id: "remediate"}})
    servicer = Servicer(PackInfo("sample"), rules.load(rule_id.partition("-")[0]), (), settings, {})
    (changed,) = servicer.Remediate(analyze_request(marked, "preview"), None).remediations
    properties = wire.to_python(changed.properties)
    assert changed.policyName == rule_id
    assert {key: properties[key] for key in after} == after
    assert (properties["late"], properties["hidden"]) == (UNKNOWN, wire.secret("s"))
    kept: dict[str, Any] = {key: value for key, value in subject.properties_.items() if key == "bucket"}
    better = R(subject.type_, subject.name_, **(properties | kept))
    assert status(rule_id, better, *others) is Status.PASS
    assert list(servicer.Remediate(analyze_request(better, "preview"), None).remediations) == []


@pytest.mark.parametrize(
    ("rule_id", "subject"),
    [
        ("s3-bucket-public-access-blocked", R(BLOCK, "b", **UNKNOWNS)),
        (
            "s3-bucket-key",
            R(ENCRYPTION, "e", rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": UNKNOWN}}]),
        ),
        ("ebs-volume-encrypted", R("aws:ebs/volume:Volume", "v", encrypted=UNKNOWN)),
        ("ebs-volume-encrypted", R("aws:ebs/volume:Volume", "v", snapshotId="snap-1")),
    ],
)
def test_what_is_not_known_is_left_alone(rule_id: str, subject: R) -> None:
    assert remedied(rule_id, subject) is None


def test_required_tags_get_the_configured_values() -> None:
    rule_id = "aws-required-tags-present"
    parameters = {rule_id: {"keys": ["Owner", "Project"], "values": {"Owner": "team"}}}
    settings = Settings(levels={"rules": {rule_id: "remediate"}}, parameters=parameters)
    servicer = Servicer(PackInfo("sample"), rules.load("aws"), (), settings, {})
    request = analyze_request(R(BUCKET, "b", tags={"Name": UNKNOWN}), "preview")
    (changed,) = servicer.Remediate(request, None).remediations
    assert wire.to_python(changed.properties)["tags"] == {"Name": UNKNOWN, "Owner": "team"}
