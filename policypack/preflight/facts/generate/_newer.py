"""Sources that are newer than the provider that was asked: a value that any of them knows is never refused.

botocore's models and cfn-lint's schemas are read for the service of a type. An enumeration there is the same as the
provider's when the member has the property's name, or when it holds at least four fifths of the provider's values.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from preflight.facts.generate.packages import Wheel, wheel

# Pulumi's module to the services of the API, where the names differ.
_SERVICES: Final = {
    "ec2": ("ec2",), "vpc": ("ec2",), "ebs": ("ec2",), "ec2transitgateway": ("ec2",), "ec2clientvpn": ("ec2",),
    "lb": ("elasticloadbalancingv2", "elbv2"), "alb": ("elasticloadbalancingv2", "elbv2"),
    "elb": ("elasticloadbalancing", "elb"),
    "cfg": ("config",), "cloudwatch": ("cloudwatch", "logs", "events"), "sfn": ("stepfunctions",),
    "msk": ("kafka", "msk"),
    "kinesis": ("kinesis", "firehose", "kinesisfirehose", "kinesisanalyticsv2"), "cognito": ("cognitoidp",
    "cognitoidentity", "cognito"),
    "rds": ("rds",), "index": (), "amp": ("amp", "aps"), "mskconnect": ("kafkaconnect",), "costexplorer": ("ce",),
    "iam": ("iam",), "s3": ("s3",), "s3control": ("s3control", "s3"), "appautoscaling": ("applicationautoscaling",),
    "directoryservice": ("ds", "directoryservice"), "servicediscovery": ("servicediscovery",),
    "opensearch": ("opensearch", "opensearchservice"),
    "elasticsearch": ("es", "elasticsearch"), "dms": ("dms",), "sagemaker": ("sagemaker",), "waf": ("waf",
    "wafregional"),
    "apigateway": ("apigateway",), "emr": ("emr",), "efs": ("efs",), "ssm": ("ssm", "ssmcontacts", "ssmquicksetup"),
    "lex": ("lexmodels", "lexv2models", "lex"), "datasync": ("datasync",), "pinpoint": ("pinpoint",
    "pinpointsmsvoicev2"),
}  # fmt: skip

Members = dict[str, list[tuple[str, ...]]]


@cache
def _enumerations() -> dict[str, Members]:
    """Service to member name (folded) to the enumerations that it has there."""
    found: dict[str, Members] = defaultdict(lambda: defaultdict(list))
    botocore = wheel("botocore")
    newest: dict[str, str] = {}
    for path in sorted(botocore.names()):
        if match := re.fullmatch(r"botocore/data/([^/]+)/[^/]+/service-2\.json(\.gz)?", path):
            newest[match[1]] = path
    for service, path in newest.items():
        content = botocore.read(path)
        model = json.loads(gzip.decompress(content) if path.endswith(".gz") else content)
        for name, values in _members(model["shapes"]):
            found[_fold(service)][_fold(name)].append(values)
    for service, name, values in _cloudformation(wheel("cfn-lint")):
        found[service][name].append(values)
    return found


def _members(shapes: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for shape in shapes.values():
        for name, member in shape.get("members", {}).items():
            target = shapes[member["shape"]]
            if target["type"] == "list":
                target = shapes[target["member"]["shape"]]
            if "enum" in target:
                yield name, tuple(target["enum"])


def _cloudformation(linter: Wheel) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for path in linter.names():
        if re.search(r"schemas/providers/[^/]+/aws[-_].*\.json$", path) or re.search(
            r"schemas/resources/.*\.json$", path
        ):
            content = linter.json(path)
            service = str(content.get("typeName", "")).split("::")[1:2]
            if service:
                yield from ((_fold(service[0]), name, values) for name, values in _walk(content, ""))


def _walk(node: Any, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(node, dict):
        values = node.get("enum")
        if isinstance(values, list) and all(isinstance(value, str) for value in values):
            yield _fold(name), tuple(values)
        for key, item in node.items():
            yield from _walk(item, name if key in ("items", "anyOf", "oneOf", "allOf") else key)
    elif isinstance(node, list):
        for item in node:
            yield from _walk(item, name)


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def known_to_others(service: str, name: str, values: list[str]) -> list[str]:
    """The values that newer sources have for a property beside the provider's own, sorted."""
    everything = _enumerations()
    wanted = _SERVICES.get(service, (_fold(service),))
    there = [everything[key] for key in wanted if key in everything]
    if not there:
        there = [rows for key, rows in everything.items() if key.startswith(_fold(service)[:5])]
    own, more = set(values), set[str]()
    for members in there:
        for member, rows in members.items():
            same_name = member == _fold(name) or member + "s" == _fold(name)
            for row in rows:
                shared = len(own & set(row)) / len(own)
                if shared >= 0.8 or (same_name and shared > 0.3):
                    more |= set(row)
    return sorted(more - own)
