"""Every resource type of both majors: what is written by the schema passes, and what is required is missed."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from preflight import wire
from preflight.facts import schema
from preflight.facts.schema import Type
from preflight.judging.judge import Status, judge
from preflight.preview.provider import Environment, make_provider
from preflight.resource import Provider, Resource
from preflight.rules.aws.properties import properties_current, properties_known

DEPTH = 5


def sample(kind: Type, depth: int = 0) -> Any:
    """A value of a type."""
    if kind.values:
        return kind.values[0]
    if kind.base == "list" and kind.of is not None:
        return [sample(kind.of, depth + 1)] if depth < DEPTH else []
    if kind.base == "map" and kind.of is not None:
        return {"any key": sample(kind.of, depth + 1)}
    if kind.base == "union":
        return sample(kind.options[0], depth)
    if kind.base == "object":
        assert kind.object is not None
        found = kind.object
        wanted = found.properties if depth < DEPTH else found.required
        return {name: sample(found.properties[name].type, depth + 1) for name in wanted}
    asset = {wire.SIGNATURE_KEY: wire.ASSET, "text": "x"}
    return {"str": "x", "bool": True, "int": 3, "float": 1.5, "any": {"free": [1]}}.get(kind.base, asset)


@pytest.mark.parametrize("version", ["7.51.1", "6.83.4"])
def test_what_the_schema_allows_is_allowed(version: str) -> None:
    provider = make_provider("aws", version, Environment.choose(variables={}))
    config = provider.check_config({})
    for token in schema.resource_tokens(version):
        described = schema.resource(token, version)
        assert described is not None
        inputs = {name: sample(known.type) for name, known in described.inputs.items()}
        checked = provider.check(token, "n", inputs, provider_inputs=config, autoname_seed="s")
        assert not checked.failures, (token, checked.failures)
        outputs = provider.create(token, checked.inputs, provider_inputs=config)
        assert described.outputs.keys() <= outputs.keys(), token
        resource = Resource(
            urn=f"urn:pulumi:dev::p::{token}::n",
            type_token=token,
            name="n",
            load_inputs=partial(dict, checked.inputs),
            load_provider=lambda: Provider("u", "pulumi:providers:aws", "default", {"version": version}),
        )
        assert judge(properties_known, resource).status is Status.PASS, token
        assert judge(properties_current, resource).failure is None, token


@pytest.mark.parametrize("version", ["7.51.1", "6.83.4"])
def test_what_is_required_is_missed(version: str) -> None:
    provider = make_provider("aws", version, Environment.choose(variables={}))
    for token in schema.resource_tokens(version):
        described = schema.resource(token, version)
        assert described is not None
        checked = provider.check(token, "n", {}, provider_inputs={}, autoname_seed="s")
        assert {failure.property for failure in checked.failures} == described.required, token


@pytest.mark.parametrize("version", ["7.51.1", "6.83.4"])
def test_every_function_has_an_answer_or_placeholders(version: str) -> None:
    provider = make_provider("aws", version, Environment.choose(variables={}))
    for token in schema.tokens(version):
        function = schema.function(token, version)
        if function is None:
            continue
        arguments = {name: sample(known.type) for name, known in function.arguments.items()}
        result = provider.invoke(token, arguments, provider_inputs={})
        if result.failures:
            continue
        assert result.value is not None
        assert result.value.keys() == function.result.keys(), token
        for name, value in result.value.items():
            base = function.result[name].type.base
            expected = {"str": str, "bool": bool, "list": list, "map": dict, "object": dict}.get(base)
            if value is None:
                assert name in function.optional or name not in function.arguments, (token, name)
            elif expected is not None:
                assert isinstance(value, expected), (token, name, value)
