"""Components as the gallery wires them: each one is used, previews, and makes what its page promises."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from functools import cache
from ipaddress import IPv4Network

import pytest

import components
from components.network import AddressPlan
from components.scope import Component
from components.storage import Lifecycle
from tests.stacks.recording import ROOT, Recording, record

GALLERY = ROOT / "tests" / "stacks" / "gallery"
PIPELINE = ROOT / "stacks" / "hipaa_pipeline"


@cache
def gallery() -> Recording:
    recording = record(GALLERY, "dev")
    assert recording.outcome.errors == []
    return recording


@cache
def component_classes() -> list[type[Component]]:
    modules = [
        importlib.import_module(f"components.{module.name}") for module in pkgutil.iter_modules(components.__path__)
    ]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Component) and value.__module__ == module.__name__
    ]


def test_every_component_is_previewed() -> None:
    used = {
        resource.type.rsplit(":", 1)[-1]
        for recording in (gallery(), record(PIPELINE, "dev"))
        for resource in recording.resources
    }
    bases = {"Component", "PrivateBucket", "Database"}
    assert {cls.__name__ for cls in component_classes()} - bases <= used


@pytest.mark.parametrize("cls", component_classes(), ids=lambda cls: cls.__name__)
def test_inputs_are_keywords(cls: type[Component]) -> None:
    parameters = list(inspect.signature(cls.__init__).parameters.values())
    positional = [parameter.name for parameter in parameters if parameter.kind is not parameter.KEYWORD_ONLY]
    assert positional[-1] == "name"
    assert cls.__doc__


def test_private_tables_lead_to_nat_and_public_tables_to_the_internet_gateway() -> None:
    routes = {route.name: route.inputs for route in gallery().of("aws:ec2/route:Route")}
    assert len(routes) == 4
    for name, route in routes.items():
        assert ("gatewayId" in route) == ("public" in name)
        assert ("natGatewayId" in route) == ("private" in name)


def test_a_separate_key_policy_comes_before_what_the_key_encrypts() -> None:
    assert "policy" not in gallery().one("aws:kms/key:Key", "data")
    statements = json.loads(gallery().one("aws:kms/keyPolicy:KeyPolicy", "data")["policy"])["Statement"]
    assert "logs.us-east-1.amazonaws.com" in [statement["Principal"].get("Service") for statement in statements]


def test_global_table_has_its_stream_and_a_key_in_each_region() -> None:
    table = gallery().one("aws:dynamodb/table:Table", "orders")
    assert (table["streamEnabled"], table["streamViewType"]) == (True, "NEW_AND_OLD_IMAGES")
    [replica] = table["replicas"]
    assert replica["regionName"] == "us-west-2"
    assert "kmsKeyArn" in replica


def test_usage_plan_waits_for_the_stage_and_follows_its_name() -> None:
    [stage] = gallery().one("aws:apigateway/usagePlan:UsagePlan", "callers")["apiStages"]
    assert stage["stage"] == "dev"


@pytest.mark.parametrize(("cidr", "prefix"), [("10.0.0.0/16", 19), ("10.0.0.0/24", 27)])
def test_subnets_are_eighths_that_never_move(cidr: str, prefix: int) -> None:
    plan = AddressPlan(IPv4Network(cidr))
    ranges = [plan.private(index) for index in range(4)] + [plan.public(index) for index in range(4)]
    assert len(set(ranges)) == 8
    assert all(part.endswith(f"/{prefix}") for part in ranges)


@pytest.mark.parametrize(
    "days",
    [
        {"infrequent_after_days": 10},
        {"infrequent_after_days": 90, "archive_after_days": 60},
        {"archive_after_days": 90, "expire_after_days": 90},
        {"noncurrent_days": 0},
    ],
)
def test_lifecycles_that_s3_refuses(days: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="growing days"):
        Lifecycle(**days)
