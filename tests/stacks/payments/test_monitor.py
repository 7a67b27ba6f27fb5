"""The compliance monitor without AWS: what is a finding, what is not, and what becomes of errors."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any
from unittest import mock

import pytest

from tests.stacks.recording import ROOT

FUNCTIONS = ROOT / "stacks" / "payments" / "functions"
SETTINGS = {
    "AWS_LAMBDA_FUNCTION_NAME": "payments-monitor-dev",
    "ENVIRONMENT": "dev",
    "PREFIX": "payments",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:210987654321:payments-alarms-dev",
    "WATCHED_IDS": '["sg-0a1b", "0b1c2d3e"]',
}
BUCKET = "payments-receipts-dev-210987654321"


class ClientError(Exception):
    """Looks like the one of botocore."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class BotoCoreError(Exception):
    """Looks like the one of botocore: there was no answer."""


@pytest.fixture(scope="module")
def handler() -> Any:
    """The entry module, with stand-ins for boto3 and botocore, which only Lambda has."""
    stubs = {name: ModuleType(name) for name in ("boto3", "botocore", "botocore.config", "botocore.exceptions")}
    stubs["boto3"].client = mock.Mock()  # type: ignore[attr-defined]
    stubs["botocore.config"].Config = dict  # type: ignore[attr-defined]
    stubs["botocore.exceptions"].BotoCoreError = BotoCoreError  # type: ignore[attr-defined]
    stubs["botocore.exceptions"].ClientError = ClientError  # type: ignore[attr-defined]
    with (
        mock.patch.dict("sys.modules", stubs),
        mock.patch.object(sys, "path", [str(FUNCTIONS), *sys.path]),
        mock.patch.object(sys, "dont_write_bytecode", True),  # what lies there is deployed
    ):
        return importlib.import_module("monitor.handler")


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def sns(handler: Any, monkeypatch: pytest.MonkeyPatch) -> mock.Mock:
    client = mock.Mock()
    monkeypatch.setattr(handler, "sns", client)
    return client


def call(service: str, name: str, request: Mapping[str, Any] | None, **detail: Any) -> dict[str, Any]:
    """An event of EventBridge about an API call."""
    return {
        "id": "6f1c",
        "time": "2026-11-24T20:00:00Z",
        "source": f"aws.{service}",
        "detail-type": "AWS API Call via CloudTrail",
        "resources": [],
        "detail": {
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "requestParameters": request,
            "userIdentity": {"arn": "arn:aws:iam::210987654321:user/somebody"},
            **detail,
        },
    }


def tag_change(arn: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """An event of EventBridge about changed tags."""
    return {
        "id": "7a2d",
        "time": "2026-11-24T20:00:00Z",
        "source": "aws.tag",
        "detail-type": "Tag Change on Resource",
        "resources": [arn],
        "detail": {"changed-tag-keys": ["CostCenter"], "tags": dict(tags)},
    }


WORLD = {"ipPermissions": {"items": [{"ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}}
OFFICE = {"ipPermissions": {"items": [{"ipRanges": {"items": [{"cidrIp": "10.9.0.0/16"}]}}]}}
TAGS = {"Project": "payments", "Environment": "dev", "ComplianceLevel": "pci-dss", "CostCenter": "payments-dev"}
TABLE_ARN = "arn:aws:dynamodb:us-east-1:210987654321:table/payments-payments-dev"

FINDINGS = {
    "trail stopped": (call("cloudtrail", "StopLogging", {"name": "payments-audit-dev"}), "changes a safeguard"),
    "trail stopped by ARN": (
        call(
            "cloudtrail", "StopLogging", {"name": "arn:aws:cloudtrail:us-east-1:210987654321:trail/payments-audit-dev"}
        ),
        "changes a safeguard",
    ),
    "key disabled by ARN": (
        call("kms", "DisableKey", {"keyId": "arn:aws:kms:us-east-1:210987654321:key/0b1c2d3e"}),
        "changes a safeguard",
    ),
    "key disabled by id": (call("kms", "DisableKey", {"keyId": "0b1c2d3e"}), "changes a safeguard"),
    "group open": (
        call("ec2", "AuthorizeSecurityGroupIngress", {"groupId": "sg-0a1b", **WORLD}),
        "open to the internet",
    ),
    "boundary removed": (
        call("iam", "DeleteRolePermissionsBoundary", {"roleName": "payments-service-task-dev"}),
        "changes a safeguard",
    ),
    "versions suspended": (
        call("s3", "PutBucketVersioning", {"bucketName": BUCKET, "VersioningConfiguration": {"Status": "Suspended"}}),
        "no longer kept in versions",
    ),
    "bucket public": (
        call(
            "s3",
            "PutBucketPublicAccessBlock",
            {"bucketName": BUCKET, "PublicAccessBlockConfiguration": {"BlockPublicAcls": False}},
        ),
        "no longer blocked",
    ),
    "cluster unprotected": (
        call("rds", "ModifyDBCluster", {"dBClusterIdentifier": "payments-ledger-dev", "deletionProtection": False}),
        "the cluster can be deleted",
    ),
    "table unprotected": (
        call("dynamodb", "UpdateTable", {"tableName": "payments-payments-dev", "deletionProtectionEnabled": False}),
        "the table can be deleted",
    ),
    "no recovery": (
        call(
            "dynamodb",
            "UpdateContinuousBackups",
            {
                "tableName": "payments-payments-dev",
                "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": False},
            },
        ),
        "no point-in-time recovery",
    ),
    "cost center gone": (tag_change(TABLE_ARN, {**TAGS, "CostCenter": ""}), "missing: CostCenter"),
}
IRRELEVANT = {
    "another environment": call("cloudtrail", "StopLogging", {"name": "payments-audit-prod"}),
    "another system": call("cloudtrail", "StopLogging", {"name": "ledger-audit-dev"}),
    "another call": call("cloudtrail", "StartLogging", {"name": "payments-audit-dev"}),
    "refused by AWS": call("cloudtrail", "StopLogging", {"name": "payments-audit-dev"}, errorCode="AccessDenied"),
    "no parameters": call("cloudtrail", "StopLogging", None),
    "group open to the office": call("ec2", "AuthorizeSecurityGroupIngress", {"groupId": "sg-0a1b", **OFFICE}),
    "versions enabled": call(
        "s3", "PutBucketVersioning", {"bucketName": BUCKET, "VersioningConfiguration": {"Status": "Enabled"}}
    ),
    "cluster resized": call("rds", "ModifyDBCluster", {"dBClusterIdentifier": "payments-ledger-dev"}),
    "all tags there": tag_change(TABLE_ARN, TAGS),
    "tags elsewhere": tag_change("arn:aws:sqs:us-east-1:210987654321:other-dev", {}),
}
MALFORMED = {
    "no object": ([], "detail-type is missing"),
    "no detail": ({"detail-type": "AWS API Call via CloudTrail"}, "detail is missing"),
    "no call": (
        {"detail-type": "AWS API Call via CloudTrail", "detail": {"eventSource": "s3.amazonaws.com"}},
        "eventName",
    ),
    "another type": ({"detail-type": "Scheduled Event", "detail": {}}, "no rule of this stack sends it"),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_findings_are_published(name: str, handler: Any, sns: mock.Mock, capsys: pytest.CaptureFixture[str]) -> None:
    event, why = FINDINGS[name]
    assert handler.handle(event, None) == {"outcome": "finding"}
    [published] = sns.publish.call_args_list
    assert published.kwargs["TopicArn"] == SETTINGS["TOPIC_ARN"]
    assert len(published.kwargs["Subject"]) <= 100
    message = json.loads(published.kwargs["Message"])
    assert why in message["why"]
    assert message["event_id"] == event["id"]
    metric = json.loads(capsys.readouterr().out)
    assert (metric["Findings"], metric["Function"]) == (1, "payments-monitor-dev")


@pytest.mark.parametrize("name", IRRELEVANT)
def test_what_is_no_finding_is_counted_only(
    name: str, handler: Any, sns: mock.Mock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert handler.handle(IRRELEVANT[name], None) == {"outcome": "irrelevant"}
    assert sns.publish.call_count == 0
    assert json.loads(capsys.readouterr().out)["Irrelevant"] == 1


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_events_go_to_the_dead_letters(
    name: str, handler: Any, sns: mock.Mock, capsys: pytest.CaptureFixture[str]
) -> None:
    event, why = MALFORMED[name]
    with pytest.raises(ValueError, match=why):
        handler.handle(event, None)
    assert json.loads(capsys.readouterr().out)["Refused"] == 1


def finding(handler: Any) -> Any:
    return handler.Finding("6f1c", "2026-11-24T20:00:00Z", "kms:DisableKey", "0b1c2d3e", "somebody", "why")


@pytest.mark.parametrize("error", [ClientError("Throttled"), BotoCoreError("no answer")])
def test_publishing_is_tried_again_with_growing_waits(error: Exception, handler: Any, sns: mock.Mock) -> None:
    sns.publish.side_effect = [error, error, {}]
    waits: list[float] = []
    handler.publish(finding(handler), waits.append)
    assert sns.publish.call_count == 3
    assert 0.1 <= waits[0] <= 0.2 <= waits[1] <= 0.4


def test_publishing_ends_after_four_tries(handler: Any, sns: mock.Mock) -> None:
    sns.publish.side_effect = ClientError("InternalError")
    waits: list[float] = []
    with pytest.raises(ClientError):
        handler.publish(finding(handler), waits.append)
    assert (sns.publish.call_count, len(waits)) == (4, 3)


def test_a_refusal_is_not_tried_again(handler: Any, sns: mock.Mock) -> None:
    sns.publish.side_effect = ClientError("AuthorizationError")
    with pytest.raises(ClientError):
        handler.publish(finding(handler), mock.Mock())
    assert sns.publish.call_count == 1
