"""Pulumi's schema Loader (``proto/pulumi/codegen/loader.proto``), for language hosts that ask what a type accepts.

A host such as YAML's asks for a package's whole schema. It gets the types that the program's files name: names and
required inputs, from the facts about pulumi-aws; the value of each property is left open, since rules judge it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import grpc
from pulumi.runtime.proto.codegen import loader_pb2

from preflight.facts import schema
from preflight.facts.schema import Property

SERVICE: Final = "codegen.Loader"
_FILES: Final = ("*.yaml", "*.yml", "*.json")
_TOKEN: Final = re.compile(r"\baws:(?:(?P<module>\w+)[:/])?(?:\w+:)?(?P<name>\w+)")
_ANY: Final = {"$ref": "pulumi.json#/Any"}


class Schemas:
    """Answers ``GetSchema`` for a program in a folder; made once, when a host first asks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def handler(self) -> Any:
        """Return the generic handler to add to a gRPC server."""
        method = grpc.unary_unary_rpc_method_handler(
            self.get_schema,
            request_deserializer=loader_pb2.GetSchemaRequest.FromString,
            response_serializer=loader_pb2.GetSchemaResponse.SerializeToString,
        )
        return grpc.method_handlers_generic_handler(SERVICE, {"GetSchema": method})

    def get_schema(self, request: Any, context: Any) -> Any:
        """Answer ``GetSchema``; packages other than aws are refused, by name."""
        if request.package != "aws":
            context.abort(
                grpc.StatusCode.NOT_FOUND,
                f"Preflight has no schema of the package {request.package!r}; preview this program with the Pulumi CLI",
            )
        return loader_pb2.GetSchemaResponse(schema=self._aws)

    @cached_property
    def _aws(self) -> bytes:
        resources, functions = {}, {}
        for token in self._tokens():
            resource, function = schema.resource(token), schema.function(token)
            if resource is not None:
                resources[token] = {
                    "inputProperties": _properties(resource.inputs),
                    "requiredInputs": sorted(resource.required),
                    "properties": _properties({**resource.inputs, **resource.outputs}),
                }
            elif function is not None:
                functions[token] = {
                    "inputs": {
                        "type": "object",
                        "properties": _properties(function.arguments),
                        "required": sorted(function.required),
                    },
                    "outputs": {"type": "object", "properties": _properties(function.result)},
                }
        document = {
            "name": "aws",
            "version": schema.described_version(),
            "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
            "provider": {"inputProperties": dict.fromkeys(("region", "profile", "defaultTags", "assumeRoles"), _ANY)},
            "resources": resources,
            "functions": functions,
        }
        return json.dumps(document).encode()

    def _tokens(self) -> Iterator[str]:
        """The full tokens of the types and functions that the program's files name, in any of YAML's short forms."""
        known = {_short(token): token for token in schema.tokens()}
        seen = set()
        for pattern in _FILES:
            for file in sorted(self._folder.glob(pattern)):
                for found in _TOKEN.finditer(file.read_text("utf-8", "replace")):
                    token = known.get((found["module"] or "index", found["name"].lower()))
                    if token is not None and token not in seen:
                        seen.add(token)
                        yield token


def _short(token: str) -> tuple[str, str]:
    _, module, name = token.split(":")
    return module.partition("/")[0], name.lower()


def _properties(properties: Mapping[str, Property]) -> dict[str, Any]:
    return {name: _type(found) for name, found in properties.items()}


def _type(found: Property) -> dict[str, Any]:
    reference = {"asset": "pulumi.json#/Asset", "archive": "pulumi.json#/Archive"}.get(found.type.base)
    return {"$ref": reference} if reference else _ANY
