"""Property-based: whatever is in a property bag, no RPC error, no secret in a message, every rule gives a verdict."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from preflight import rules, wire
from preflight.server import PackInfo, Servicer
from preflight.settings import Settings
from pulumi.runtime.proto import analyzer_pb2 as pb

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
    st.sampled_from(["policy", "ingress", "tags", "rules", "name", "bucket", "engine", "kmsKeyId", "settings", "region"]),
    st.text(min_size=1, max_size=8),
    st.sampled_from(sorted(wire.UNKNOWNS)),
)
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)), max_leaves=12
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
            pb.AnalyzerResource(type=kind, urn=urn, name=f"r{index}", properties=struct, propertyDependencies=dependencies)
        )
    said.append(str(servicer.AnalyzeStack(pb.AnalyzeStackRequest(resources=members), None)))
    report = json.loads(servicer.take(b"", None))
    assert report["failures"] == [], report["failures"]
    said.append(json.dumps(report, ensure_ascii=False))
    return "".join(said)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
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
