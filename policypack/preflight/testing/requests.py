"""The requests that an engine would send for the resources of a situation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from preflight import wire
from preflight.testing.program import Mode, R, mentioned, resolve


def analyze_request(resource: R, mode: Mode) -> Any:
    """The request that an engine sends for a resource when it is registered."""
    return pb.AnalyzeRequest(
        type=resource.type_,
        urn=resource.urn,
        name=resource.name_,
        properties=wire.to_struct(resolve(resource.properties_, mode)),
        options=_options(resource),
        provider=_provider(resource),
    )


def analyze_stack_request(resources: Sequence[R], mode: Mode) -> Any:
    """The request that an engine sends for all resources at the end."""
    return pb.AnalyzeStackRequest(resources=[_member(resource, mode) for resource in resources])


def _member(resource: R, mode: Mode) -> Any:
    outputs = {"id": resource.attribute("id", mode), "arn": resource.attribute("arn", mode)}
    outputs |= resolve(resource.properties_, mode) | resource.outputs_
    by_property = {key: [found.urn for found in mentioned(value)] for key, value in resource.properties_.items()}
    everything = [urn for urns in by_property.values() for urn in urns] + [r.urn for r in resource.depends_on_]
    return pb.AnalyzerResource(
        type=resource.type_,
        urn=resource.urn,
        name=resource.name_,
        properties=wire.to_struct(outputs),
        options=_options(resource),
        provider=_provider(resource),
        parent=resource.parent_.urn if resource.parent_ else "",
        dependencies=list(dict.fromkeys(everything)),
        propertyDependencies={
            key: pb.AnalyzerPropertyDependencies(urns=list(dict.fromkeys(urns)))
            for key, urns in by_property.items()
            if urns
        },
    )


def _options(resource: R) -> Any:
    parent = resource.parent_.urn if resource.parent_ else ""
    return pb.AnalyzerResourceOptions(parent=parent, **resource.options_)


def _provider(resource: R) -> Any:
    if not resource.type_.startswith("aws:"):
        return None
    provider = resource.provider_
    properties = {"version": provider.version, **provider.config}
    if provider.region is not None:
        properties["region"] = provider.region
    return pb.AnalyzerProviderResource(
        type="pulumi:providers:aws", urn=provider.urn, name=provider.name, properties=wire.to_struct(properties)
    )
