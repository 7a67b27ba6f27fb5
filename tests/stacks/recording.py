"""Previews a program with the embedded engine and the recording pack, and reads what the pack was shown."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from preflight.preview.run import Request, preview
from preflight.preview.state.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]
RECORDING_PACK = ROOT / "tests" / "preview" / "dump_pack"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

PHYSICAL_NAMES: Mapping[str, str] = {
    "aws:apigateway/restApi:RestApi": "name",
    "aws:backup/plan:Plan": "name",
    "aws:backup/selection:Selection": "name",
    "aws:backup/vault:Vault": "name",
    "aws:cloudtrail/trail:Trail": "name",
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
    "aws:ec2/securityGroup:SecurityGroup": "name",
    "aws:ecr/repository:Repository": "name",
    "aws:ecs/cluster:Cluster": "name",
    "aws:ecs/service:Service": "name",
    "aws:ecs/taskDefinition:TaskDefinition": "family",
    "aws:iam/policy:Policy": "name",
    "aws:iam/role:Role": "name",
    "aws:kms/alias:Alias": "name",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/clusterInstance:ClusterInstance": "identifier",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "name",
    "aws:rds/subnetGroup:SubnetGroup": "name",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:sns/topic:Topic": "name",
    "aws:wafv2/webAcl:WebAcl": "name",
}
"""The property with the physical name, for each type whose name a person chooses."""


@dataclass(frozen=True)
class Seen:
    """One resource as a policy pack sees it before it is created: URN, type token, logical name, checked inputs."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Recording:
    """A preview's outcome, the resources in it, and the stack's outputs (unknown ones included)."""

    outcome: Outcome
    resources: Sequence[Seen]
    exports: Mapping[str, Any]

    def of(self, type_: str) -> list[Seen]:
        """The resources of one type."""
        return [resource for resource in self.resources if resource.type == type_]

    def one(self, type_: str, name: str) -> Mapping[str, Any]:
        """The inputs of the one resource with this type and logical name."""
        [found] = [resource for resource in self.of(type_) if resource.name == name]
        return found.inputs

    def physical_names(self) -> Iterator[tuple[str, str]]:
        """Type and physical name of every resource that has one; names that hold another resource's id are left out."""
        for resource in self.resources:
            name = resource.inputs.get(PHYSICAL_NAMES.get(resource.type, ""))
            if name is not None and name != UNKNOWN:
                yield resource.type, name


def record(folder: Path, stack: str, *config: str) -> Recording:
    """Preview the program in `folder`; each of `config` is KEY=VALUE."""
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / "requests"
        with mock.patch.dict("os.environ", {"PREFLIGHT_DUMP": str(dump)}):
            outcome = preview(Request(folder, stack=stack, config=config, policy_packs=[RECORDING_PACK]))
        entries = [json.loads(line) for line in dump.read_text(encoding="utf-8").splitlines()]
    resources = [
        Seen(request["urn"], request["type"], request["name"], request.get("properties", {}))
        for request in (entry["request"] for entry in entries if entry["method"] == "Analyze")
    ]
    exports: Mapping[str, Any] = {}
    for entry in entries:
        if entry["method"] == "AnalyzeStack":
            [exports] = [
                resource.get("properties", {})
                for resource in entry["request"]["resources"]
                if resource["type"] == "pulumi:pulumi:Stack"
            ]
    return Recording(outcome, resources, exports)


@cache
def recorded(stack: str, environment: str, *config: str) -> Recording:
    """A reference stack as the recording pack sees it; previewed once for all tests."""
    recording = record(ROOT / "stacks" / stack, environment, *config)
    assert recording.outcome.errors == []
    return recording


@cache
def judged(stack: str, environment: str, *config: str) -> Outcome:
    """A reference stack judged by Preflight's own pack; previewed once for all tests."""
    return preview(Request(ROOT / "stacks" / stack, stack=environment, config=config))
