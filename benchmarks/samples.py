"""Rules and requests that the benchmarks share."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from preflight import rule as rule_module
from preflight import wire
from preflight.finding import Findings, Kind, Severity
from preflight.rule import Resource, Rule, rule
from preflight.stack import Stack

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
TYPES = [BUCKET, *(f"aws:service{index}/thing:Thing" for index in range(29))]


def resource_rules(count: int) -> list[Rule]:
    """Return resource rules spread over 30 types, as a real pack's are; each reads two properties."""
    return [_rule(_resource_rule(index), TYPES[index % len(TYPES)]) for index in range(count)]


def stack_rules(count: int) -> list[Rule]:
    """Return cross-resource rules on buckets that look for a partner and for what a property points at."""
    return [_rule(_stack_rule(index), (BUCKET, POLICY)) for index in range(count)]


def _resource_rule(index: int) -> Callable[..., Findings]:
    def check(resource: Resource) -> Findings:
        if resource.flag(f"flag{index % 5}") is False and resource.text("name") == "bad":
            yield resource.finding("is bad", at="name")

    check.__name__ = f"resource_rule_{index}"
    return check


def _stack_rule(index: int) -> Callable[..., Findings]:
    def check(resource: Resource, stack: Stack) -> Findings:
        if resource.is_a(BUCKET):
            if resource.flag(f"flag{index % 5}") and not stack.referring_to(resource, POLICY, via="bucket"):
                yield resource.finding("has no policy")
        elif not stack.referred_by(resource, "bucket", BUCKET):
            yield resource.finding("has no bucket")

    check.__name__ = f"stack_rule_{index}"
    return check


def _rule(function: Callable[..., Findings], types: Any) -> Rule:
    function.__doc__ = "Things hold.\n\nWhy: They must.\nFix: Make them."
    made = rule(types, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)(function)
    rule_module._RULES.pop(made.id)
    return made


def properties(index: int) -> dict[str, Any]:
    """Return 20 properties of a resource, nested as a bucket's are."""
    return {
        **{f"flag{number}": True for number in range(5)},
        **{f"text{number}": f"value {number} of {index}" for number in range(8)},
        "name": f"name-{index}",
        "tags": {"Name": "x", "Environment": "dev", "Project": "p"},
        "rules": [{"id": "a", "filter": {"prefix": "x/"}, "days": 30}, {"id": "b", "days": 60}],
        "policy": '{"Version": "2012-10-17", "Statement": []}',
        "arn": wire.UNKNOWN_STRING,
        "count": 3,
        "bucket": f"bucket-{index}",
    }


def database(index: int) -> Any:
    """Return the AnalyzeRequest of an RDS instance with 20 properties."""
    found = {
        "allocatedStorage": 100,
        "autoMinorVersionUpgrade": True,
        "backupRetentionPeriod": 7,
        "copyTagsToSnapshot": True,
        "dbName": "orders",
        "dbSubnetGroupName": wire.UNKNOWN_STRING,
        "deletionProtection": True,
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "engine": "postgres",
        "engineVersion": "15.14",
        "finalSnapshotIdentifier": f"orders-{index}",
        "identifier": f"orders-{index}-0a1b2c3",
        "instanceClass": "db.t4g.medium",
        "kmsKeyId": wire.UNKNOWN_STRING,
        "manageMasterUserPassword": True,
        "multiAz": True,
        "storageEncrypted": True,
        "tags": {"Name": "x", "Environment": "dev", "Project": "p", "ComplianceLevel": "l"},
        "username": "dbadmin",
        "vpcSecurityGroupIds": [wire.UNKNOWN_STRING],
    }
    return _request("aws:rds/instance:Instance", index, found)


def request(index: int, kind: str = BUCKET) -> Any:
    """Return the AnalyzeRequest of one resource."""
    return _request(kind, index, properties(index))


def _request(kind: str, index: int, found: dict[str, Any]) -> Any:
    return pb.AnalyzeRequest(
        type=kind, urn=urn(kind, index), name=f"r{index}", properties=wire.to_struct(found), provider=_provider()
    )


def urn(kind: str, index: int) -> str:
    """Return the URN of a resource."""
    return f"urn:pulumi:dev::program::{kind}::r{index}"


def stack_request(count: int) -> Any:
    """Return an AnalyzeStackRequest: half buckets, half policies that each point at one."""
    resources = []
    for index in range(count):
        kind = BUCKET if index % 2 == 0 else POLICY
        found = properties(index)
        member = pb.AnalyzerResource(type=kind, urn=urn(kind, index), name=f"r{index}", provider=_provider())
        if kind == POLICY:
            found["bucket"] = wire.UNKNOWN_STRING
            target = urn(BUCKET, index - 1)
            member.dependencies.append(target)
            member.propertyDependencies["bucket"].urns.append(target)
        member.properties.CopyFrom(wire.to_struct(found))
        resources.append(member)
    return pb.AnalyzeStackRequest(resources=resources)


def _provider() -> Any:
    return pb.AnalyzerProviderResource(
        type="pulumi:providers:aws",
        urn="urn:pulumi:dev::program::pulumi:providers:aws::default_7_51_1",
        name="default_7_51_1",
        properties=wire.to_struct({"region": "us-east-1", "version": "7.51.1"}),
    )


def median_seconds(call: Callable[[], Any], times: int) -> float:
    """Return the median of a call's wall time, in seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
