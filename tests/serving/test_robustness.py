"""Property-based: whatever is in a property bag, no RPC error, no secret in a message, every rule gives a verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb

from preflight import rules, wire
from preflight.facts import schema
from preflight.facts.schema import Property, Type
from preflight.serving.info import PackInfo
from preflight.serving.server import Servicer
from preflight.settings.model import Settings

SECRET = "s3cr3t-Zürich-☃"
TYPES = sorted({kind for rule in rules.load() for kind in rule.types if ":" in kind and not kind.endswith("*")})

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(sorted(wire.UNKNOWNS)),
    st.sampled_from(['{"Statement": [', '{"Version": "2012-10-17", "Statement": {}}', "arn:aws:s3:::", "\ud7ff\U0010ffff", "0.0.0.0/0", ""]),
    st.just({wire.SIGNATURE_KEY: wire.SECRET, "value": SECRET}),
    st.just({wire.SIGNATURE_KEY: wire.SECRET}),
    st.just({wire.SIGNATURE_KEY: wire.ASSET}),
    st.just({wire.SIGNATURE_KEY: wire.ARCHIVE, "assets": {"a": 1}}),
    st.just({wire.SIGNATURE_KEY: wire.RESOURCE_REFERENCE, "urn": "urn:x"}),
    st.just({wire.SIGNATURE_KEY: wire.OUTPUT_VALUE, "dependencies": ["urn:x"]}),
    st.just({wire.SIGNATURE_KEY: wire.OUTPUT_VALUE, "value": 1, "secret": True}),
    st.just({wire.SIGNATURE_KEY: "no such signature"}),
)  # fmt: skip
names = st.one_of(
    st.sampled_from(
        ["policy", "ingress", "tags", "rules", "name", "bucket", "engine", "kmsKeyId", "settings", "region"]
    ),
    st.text(min_size=1, max_size=8),
    st.sampled_from(sorted(wire.UNKNOWNS)),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=12,
)
bags = st.dictionaries(names, values, max_size=6)


def _servicer() -> Servicer:
    return Servicer(PackInfo("sample"), rules.load(), (), Settings(), {"PULUMI_STACK": "dev"})


def judged(*resources: tuple[str, dict[str, Any]]) -> str:
    """Everything that comes out of a run, as one text."""
    servicer = _servicer()
    said, members = [], []
    for index, (kind, properties) in enumerate(resources):
        urn = f"urn:pulumi:dev::p::{kind}::r{index}"
        struct = wire.to_struct(properties)
        request = pb.AnalyzeRequest(type=kind, urn=urn, name=f"r{index}", properties=struct)
        said.append(str(servicer.Remediate(request, None)))
        said.append(str(servicer.Analyze(request, None)))
        dependencies = {key: pb.AnalyzerPropertyDependencies(urns=[urn]) for key in properties}
        members.append(
            pb.AnalyzerResource(
                type=kind, urn=urn, name=f"r{index}", properties=struct, propertyDependencies=dependencies
            )
        )
    said.append(str(servicer.AnalyzeStack(pb.AnalyzeStackRequest(resources=members), None)))
    report = json.loads(servicer.take(b"", None))
    assert report["failures"] == [], report["failures"]
    said.append(json.dumps(report, ensure_ascii=False))
    return "".join(said)


ODD: list[Any] = [
    None, True, False, 0, -1, 2**40, 0.5, "", " ", "x", "true", "0", "-1", "\ud7ff\U0010ffff", "*", "{}", "[]", "null", '"x"',
    '{"Statement": [', '{"Statement": [{"Effect": "Allow", "Action": 1, "Resource": {}}]}', '{"Statement": "x"}', "arn:", "arn:aws:s3:::",
    "arn:aws:iam::210987654321:role/x", "0.0.0.0/0", "::/0", "10.0.0.0/33", "rate(5 minutes)", "cron(* * * * ? *)", "2026-01-01",
    "us-west-2", "aws:kms", "Enabled", "ENABLED", "HTTPS", "tcp", "-1", "postgres", "15.4", "db.t3.micro", "python3.7", [], {}, [[]],
    [None], ["x", 1, None], {"a": None}, {"a": {"b": [1]}}, *sorted(wire.UNKNOWNS), [wire.UNKNOWN_STRING], {wire.UNKNOWN_STRING: "x"},
    wire.secret(SECRET), wire.secret(None), wire.secret({"a": SECRET}), wire.secret(wire.UNKNOWN_STRING), {wire.SIGNATURE_KEY: wire.SECRET},
    {wire.SIGNATURE_KEY: wire.ASSET}, {wire.SIGNATURE_KEY: wire.ASSET, "text": 5}, {wire.SIGNATURE_KEY: wire.ARCHIVE, "assets": {"a": 1}},
    {wire.SIGNATURE_KEY: wire.ARCHIVE, "path": "no/such/place"}, {wire.SIGNATURE_KEY: wire.RESOURCE_REFERENCE, "urn": "urn:x"},
    {wire.SIGNATURE_KEY: wire.OUTPUT_VALUE}, {wire.SIGNATURE_KEY: "none"},
]  # fmt: skip


def shaped(kind: Type, random: Random, depth: int = 0) -> Any:
    """A value of a schema type, or, now and then, one of anything else."""
    if random.random() < 0.2 or depth > 6:
        return random.choice(ODD)
    if kind.base == "union":
        return shaped(random.choice(kind.options), random, depth)
    if kind.base == "list" and kind.of is not None:
        return [shaped(kind.of, random, depth + 1) for _ in range(random.randrange(3))]
    if kind.base == "map" and kind.of is not None:
        return {random.choice(["Name", "a", "AWS_REGION"]): shaped(kind.of, random, depth + 1)}
    if kind.object is not None:
        return {name: shaped(found.type, random, depth + 1) for name, found in some(kind.object.properties, random)}
    if kind.values:
        return random.choice(kind.values)
    return {
        "bool": True,
        "int": random.randrange(100),
        "float": 0.5,
        "str": random.choice(["x", "y", "arn:aws:s3:::x"]),
    }.get(kind.base, random.choice(ODD))


def some(properties: Mapping[str, Property], random: Random) -> list[tuple[str, Property]]:
    return [item for item in sorted(properties.items()) if random.random() < 0.6]


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.lists(st.sampled_from(TYPES), min_size=1, max_size=4))
def test_odd_values_where_rules_look(seed: int, kinds: list[str]) -> None:
    random = Random(seed)
    resources = []
    for kind in kinds:
        described = schema.resource(kind)
        inputs = described.inputs if described is not None else {}
        resources.append((kind, {name: shaped(found.type, random) for name, found in some(inputs, random)}))
    assert SECRET not in judged(*resources)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.tuples(st.sampled_from(TYPES), bags), min_size=1, max_size=3))
def test_any_property_bag_gets_verdicts(resources: list[tuple[str, dict[str, Any]]]) -> None:
    assert SECRET not in judged(*resources)


def test_deep_nesting_and_long_texts() -> None:
    deep: Any = "end"
    for _ in range(90):
        deep = {"policy": [deep]}
    for kind in TYPES[:20]:
        judged((kind, {"policy": deep, "name": "x" * 2**20, "tags": {"k" * 1000: "v"}}))


def test_a_secret_in_every_property_is_in_no_message() -> None:
    secret = wire.secret(SECRET)
    for kind in TYPES:
        bag: dict[str, Any] = dict.fromkeys(("name", "policy", "bucket", "engine", "engineVersion", "password"), secret)
        bag["masterPassword"] = secret
        assert SECRET not in judged((kind, bag))
