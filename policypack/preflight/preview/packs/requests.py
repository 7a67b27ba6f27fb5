"""The Analyzer protocol's messages, built from registrations."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from preflight.preview.state.graph import Options, Registration
from preflight.preview.state.values import for_analyzer, without_internal
from preflight.wire import to_struct


def options_message(options: Options, parent: str) -> Any:
    """Build AnalyzerResourceOptions. Aliases stay empty: the CLI sends one only when it matched a former resource."""
    message = analyzer_pb2.AnalyzerResourceOptions(
        protect=bool(options.protect),
        ignoreChanges=options.ignore_changes,
        deleteBeforeReplace=bool(options.delete_before_replace),
        deleteBeforeReplaceDefined=options.delete_before_replace is not None,
        additionalSecretOutputs=options.additional_secret_outputs,
        parent=parent,
    )
    message.customTimeouts.SetInParent()
    for operation, seconds in options.timeouts.items():
        setattr(message.customTimeouts, operation, seconds)
    return message


def provider_message(registration: Registration) -> Any:
    """Build the AnalyzerProviderResource that accompanies each of a provider's resources."""
    return analyzer_pb2.AnalyzerProviderResource(
        type=registration.type,
        properties=to_struct(for_analyzer(without_internal(registration.inputs))),
        urn=registration.urn,
        name=registration.name,
    )


def analyze_request(registration: Registration, provider: Any, *, internal: bool) -> Any:
    """Build the AnalyzeRequest for one resource: its checked inputs, with Pulumi's own keys if ``internal``."""
    properties = registration.inputs if internal else without_internal(registration.inputs)
    return analyzer_pb2.AnalyzeRequest(
        type=registration.type,
        properties=to_struct(for_analyzer(properties)),
        urn=registration.urn,
        name=registration.name,
        options=options_message(registration.options, registration.parent),
        provider=provider,
    )


def stack_resource(registration: Registration, provider: Any) -> Any:
    """Build the AnalyzerResource for one resource of the stack: its outputs and dependencies."""
    return analyzer_pb2.AnalyzerResource(
        type=registration.type,
        properties=to_struct(for_analyzer(without_internal(registration.outputs))),
        urn=registration.urn,
        name=registration.name,
        options=options_message(registration.options, registration.parent),
        provider=provider,
        parent=registration.parent,
        dependencies=registration.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in registration.property_dependencies.items()
            if urns
        },
    )
