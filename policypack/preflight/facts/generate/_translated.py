"""Terraform's names of types and properties in Pulumi's: what `terraform_types.csv` and the schema facts say."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from preflight.facts import schema
from preflight.facts.schema import ObjectType, Property, Type

# Names that differ beyond spelling: (Terraform type, Pulumi property) to Terraform's name.
_RENAMED: Final = {
    ("aws_lambda_function", "code"): "filename",
    ("aws_lambda_layer_version", "code"): "filename",
    ("aws_lambda_function", "name"): "function_name",
    ("aws_cloudwatch_metric_alarm", "name"): "alarm_name",
    ("aws_cloudwatch_composite_alarm", "name"): "alarm_name",
    ("aws_sns_topic_subscription", "topic"): "topic_arn",
    ("aws_lambda_permission", "function"): "function_name",
    ("aws_autoscaling_group", "tags"): "tag",
    ("aws_api_gateway_base_path_mapping", "restApi"): "api_id",
    ("aws_batch_compute_environment", "namePrefix"): "compute_environment_name_prefix",
    ("aws_elastic_beanstalk_environment", "version"): "version_label",
    ("aws_iot_topic_rule", "kineses"): "kinesis",
    ("aws_s3_bucket_website_configuration", "routingRules"): "routing_rule",
    ("aws_s3_bucket_website_configuration", "routingRuleDetails"): "routing_rules",
}


@cache
def types() -> Mapping[str, str]:
    """Pulumi's token to Terraform's type; from how far names and properties agree, written 2026-11."""
    with (Path(__file__).parent / "terraform_types.csv").open(encoding="utf-8") as file:
        return {row["token"]: row["terraform"] for row in csv.DictReader(file)}


def inputs(token: str) -> set[str]:
    """The names of a type's inputs, in both majors."""
    described = [schema.resource(token, major) for major in (7, 6)]
    return {name for found in described if found is not None for name in found.inputs}


def paths(token: str, kind: str, block: Mapping[str, Any]) -> Iterator[tuple[str, str, Type]]:
    """Every input of a type at any depth, in both majors: Pulumi's path, Terraform's, and the type of its value."""
    for major in (7, 6):
        described = schema.resource(token, major)
        if described is not None:
            yield from _paths(described.inputs, block, "", "", kind, ())


def _paths(
    properties: Mapping[str, Property],
    block: Mapping[str, Any],
    pulumi: str,
    terraform: str,
    kind: str,
    above: tuple[ObjectType, ...],
) -> Iterator[tuple[str, str, Type]]:
    names = {**block["attributes"], **block["blocks"]}
    for own, name in _matched(properties, names, kind if not pulumi else "").items():
        type_ = properties[own].type
        path, other = f"{pulumi}.{own}".lstrip("."), f"{terraform}.{name}".lstrip(".")
        yield path, other, type_
        inner = type_.of if type_.base == "list" and type_.of is not None else type_
        if inner.object is not None and name in block["blocks"] and inner.object not in above and len(above) < 5:
            yield from _paths(
                inner.object.properties, block["blocks"][name]["block"], path, other, kind, (*above, inner.object)
            )


def _matched(properties: Mapping[str, Any], names: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Pulumi's names to Terraform's: the same word, else one that differs in number or capitals alone."""
    found = {}
    for own in properties:
        name = _RENAMED.get((kind, own), snake(own))
        if name in names:
            found[own] = name
    left = set(names) - set(found.values())
    for own in properties:
        if own not in found:
            near = [name for name in left if _folded(name) == _folded(snake(own))]
            if len(near) == 1:
                found[own] = near[0]
                left.remove(near[0])
    return found


def snake(name: str) -> str:
    """A camelCase name in snake_case."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", parted).lower()


def _folded(name: str) -> str:
    return "".join(_singular(word) for word in name.split("_"))


def _singular(word: str) -> str:
    for plural, single in (
        ("indices", "index"),
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("statuses", "status"),
        ("aliases", "alias"),
    ):
        if word.endswith(plural) and len(word) > 4:
            return word[: -len(plural)] + single
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
