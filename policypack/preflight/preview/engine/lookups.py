"""Functions that a program calls (invokes): answered by the offline provider, or unknown.

An answer must never hold an unknown sentinel: the SDK checks result types and raises. Only a whole answer can be
unknown, and only when the program asked in the output form (``get_x_output``); the direct form gets placeholders, which
turn back into unknowns when they return (:mod:`preflight.preview.state.values`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import provider_pb2, resource_pb2

from preflight.preview.engine.callbacks import Callback
from preflight.preview.engine.deployment import Deployment
from preflight.preview.languages.program import FORM_KEY, PLACE_KEY, SECRETS_KEY
from preflight.preview.provider.placeholders import text as placeholder
from preflight.preview.state.errors import RefusedError
from preflight.preview.state.graph import Location, package_of
from preflight.preview.state.values import contains_secret, contains_unknown, reveal
from preflight.redaction import Secrets
from preflight.wire import RESOURCE_REFERENCE, SIGNATURE_KEY, UNKNOWN_STRING, is_unknown, secret, to_struct


@dataclass(frozen=True)
class Lookup:
    """One call of a function. ``direct`` is None when the program's SDK does not say in which form it asks."""

    token: str
    arguments: dict[str, Any]
    provider: str
    depends_on: list[str]
    direct: bool | None
    location: Location | None

    @staticmethod
    def of(
        token: str, arguments: dict[str, Any], provider: str, depends_on: list[str], metadata: Iterable[tuple[str, Any]]
    ) -> Lookup:
        """Build a lookup; ``metadata`` are the pairs that the program sends with the request."""
        pairs = dict(metadata)
        hidden = json.loads(pairs.get(SECRETS_KEY, b"[]"))
        arguments = {name: secret(value) if name in hidden else value for name, value in arguments.items()}
        form = pairs.get(FORM_KEY)
        place = pairs.get(PLACE_KEY, b"")
        path, _, line = place.decode(errors="replace").rpartition(":")
        return Lookup(
            token=token,
            arguments=arguments,
            provider=provider,
            depends_on=depends_on,
            direct=None if form is None else form == "direct",
            location=Location(path, int(line)) if path and line.isdigit() else None,
        )


class Lookups:
    """Answers a program's lookups."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self.transforms: list[Callback] = []

    def answer(self, lookup: Lookup) -> Any:
        """Return the ResourceInvokeResponse.

        Raises:
            RefusedError: for a function that the engine cannot serve.
        """
        deployment = self._deployment
        if package_of(lookup.token) == "pulumi":
            return self._builtin(lookup)
        waits = deployment.graph.pending(lookup.depends_on) or contains_unknown(lookup.arguments)
        if waits and lookup.direct is not True:
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        provider, provider_inputs = deployment.provider_of(lookup.provider)
        if contains_unknown(dict(provider_inputs)) and lookup.direct is not True:
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        arguments = reveal(lookup.arguments)
        result = provider.invoke(lookup.token, arguments, provider_inputs=dict(provider_inputs))
        if result.prerequisite is not None:
            found = result.prerequisite
            what, asked = found.what, found.arguments
            if contains_secret(lookup.arguments):
                deployment.secrets.learn(lookup.arguments)
                own = Secrets(deployment.secrets)
                own.learn(lookup.arguments)
                what = own.redact(found.what, words=True)
                asked = {name: lookup.arguments.get(name, value) for name, value in found.arguments.items()}
            deployment.add_prerequisite(what, found.token, asked, lookup.location)
        if result.failures:
            for failure in result.failures:
                where = f" (property {failure.property})" if failure.property else ""
                deployment.add_error(f"{lookup.token}: {failure.reason}{where}", location=lookup.location)
            return resource_pb2.ResourceInvokeResponse(
                failures=[
                    provider_pb2.CheckFailure(property=item.property, reason=item.reason) for item in result.failures
                ]
            )
        value = result.value
        if result.unknown and value is None and lookup.direct:
            # The program computes with the answer right away: give it one whose texts are marked as unknown.
            marked = _marked(arguments)
            value = provider.invoke(lookup.token, marked, provider_inputs=dict(provider_inputs)).value
        if value is None or (result.unknown and lookup.direct is False):
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        if contains_secret(lookup.arguments):
            value = {key: secret(item) for key, item in value.items()}
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(value))
        return response

    def _builtin(self, lookup: Lookup) -> Any:
        response = resource_pb2.ResourceInvokeResponse()
        if lookup.token == "pulumi:pulumi:getResource":
            getattr(response, "return").CopyFrom(to_struct(self._get_resource(lookup.arguments)))
            return response
        if lookup.token in ("pulumi:pulumi:readStackOutputs", "pulumi:pulumi:readStackResourceOutputs"):
            name = str(lookup.arguments.get("name") or lookup.arguments.get("stackName"))
            self._deployment.add_prerequisite(f"stack {name}", lookup.token, {"name": name}, lookup.location)
            if lookup.direct is not True:
                response.unknown = True
            return response
        raise RefusedError(f"unrecognized function name: '{lookup.token}'")

    def _get_resource(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        urn = arguments.get("urn")
        registration = self._deployment.graph.get(urn) if isinstance(urn, str) else None
        if registration is None:
            raise RefusedError(f"unknown resource {urn}")
        return {
            "urn": registration.urn,
            "id": registration.id or UNKNOWN_STRING,
            "state": {
                key: value for key, value in registration.outputs.items() if not _refers_to(value, registration.urn)
            },
        }


def _marked(value: Any, name: str = "value") -> Any:
    """Return arguments with a placeholder text for each unknown."""
    if is_unknown(value):
        return placeholder(name)
    if isinstance(value, dict):
        return {key: _marked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item, name) for item in value]
    return value


def _refers_to(value: Any, urn: str) -> bool:
    """Tell whether a value is a reference to this very resource, which would resolve without end."""
    return isinstance(value, dict) and value.get(SIGNATURE_KEY) == RESOURCE_REFERENCE and value.get("urn") == urn
