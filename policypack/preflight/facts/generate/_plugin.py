"""Asks the AWS provider's plugin what it refuses: its schema and its check of a configuration, offline.

The plugin is HashiCorp's terraform-provider-aws, an executable that `TF_AWS_PROVIDER` names or that stands on PATH. It
is started as Terraform starts it (go-plugin handshake, protocol 5), asked, and ended; it gets no credentials and calls
nothing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from preflight.facts.generate.packages import PackageUnavailable

VARIABLE: Final = "TF_AWS_PROVIDER"

_COOKIE: Final = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
"""What a Terraform plugin must be started with; public, the same for all of them."""

# The part of tfplugin5.proto that is asked for: message, then field, number, type (* repeated, % map of text to it).
_PROTOCOL: Final = """
DynamicValue: msgpack 1 bytes
Step: attribute_name 1 string, element_key_string 2 string, element_key_int 3 int64
AttributePath: steps 1 *Step
Diagnostic: severity 1 int32, summary 2 string, detail 3 string, attribute 4 AttributePath
Attribute: name 1 string, type 2 bytes, required 4 bool, optional 5 bool, computed 6 bool
NestedBlock: type_name 1 string, block 2 Block, nesting 3 int32, min_items 4 int64, max_items 5 int64
Block: attributes 2 *Attribute, block_types 3 *NestedBlock
Schema: block 2 Block
ResourceSchema: key 1 string, value 2 Schema
SchemaRequest:
SchemaResponse: resource_schemas 2 *ResourceSchema
ValidateRequest: type_name 1 string, config 2 DynamicValue
ValidateResponse: diagnostics 1 *Diagnostic
"""
_SCALARS: Final = {"int32": 5, "int64": 3, "bool": 8, "string": 9, "bytes": 12}


class Plugin:
    """One running plugin; use it as a context manager."""

    def __init__(self, binary: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        environment = {**kept, "TF_PLUGIN_MAGIC_COOKIE": _COOKIE, "PLUGIN_PROTOCOL_VERSIONS": "5"}
        self._process = subprocess.Popen(
            [str(binary)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment
        )
        assert self._process.stdout is not None
        shaken = self._process.stdout.readline().decode().strip().split("|")
        if len(shaken) < 5:
            raise PackageUnavailable(f"{binary.name} did not answer as a Terraform plugin does")
        network, address = shaken[2:4]
        self._messages = _messages()
        self._channel = grpc.insecure_channel(
            f"unix://{address}" if network == "unix" else address,
            options=[("grpc.max_receive_message_length", -1), ("grpc.default_authority", "localhost")],
        )
        self._validate = self._method("ValidateResourceTypeConfig", "Validate")
        found = re.search(r"_v?(\d+\.\d+\.\d+)", binary.name)
        self.version = found[1] if found else "unknown"
        self.resources: dict[str, Any] = {
            row.key: _block(row.value.block)
            for row in self._method("GetSchema", "Schema")(self._messages["SchemaRequest"]()).resource_schemas
        }
        self.calls = 0

    def __enter__(self) -> Plugin:
        return self

    def __exit__(self, *exception: object) -> None:
        self._channel.close()
        self._process.terminate()
        self._process.wait(10)

    def errors(self, kind: str, configuration: Mapping[str, Any]) -> list[str]:
        """What the provider refuses of a resource's configuration, in its own words."""
        self.calls += 1
        packed = pack(complete(configuration, self.resources[kind]))
        request = self._messages["ValidateRequest"](type_name=kind, config={"msgpack": packed})
        try:
            answer = self._validate(request, timeout=20)
        except grpc.RpcError:  # one that fails on a value tells nothing about it
            return []
        return [
            item.summary if item.detail in ("", item.summary) else f"{item.summary}: {item.detail}"
            for item in answer.diagnostics
            if item.severity == 1
        ]

    def _method(self, name: str, message: str) -> Any:
        return self._channel.unary_unary(
            f"/tfplugin5.Provider/{name}",
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=self._messages[f"{message}Response"].FromString,
        )


def find() -> Path:
    """The plugin's executable. Raises PackageUnavailable, with what to do, when there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        if not os.access(named, os.X_OK):
            raise PackageUnavailable(f"{VARIABLE} does not name an executable file, so the table was not regenerated")
        return Path(named)
    for folder in os.get_exec_path():
        for path in sorted(Path(folder).glob("terraform-provider-aws*"), reverse=True):
            if shutil.which(str(path)):
                return path
    raise PackageUnavailable(
        "terraform-provider-aws was not found, so what it refuses was not regenerated. "
        f"Put the provider's executable on PATH, or name it in {VARIABLE}."
    )


def complete(values: Mapping[str, Any], block: Mapping[str, Any]) -> dict[str, Any]:
    """A block with what a configuration left out, as Terraform's decoder writes it."""
    whole: dict[str, Any] = {name: values.get(name) for name in block["attributes"]}
    for name, nested in block["blocks"].items():
        value = values.get(name)
        if value is None:
            whole[name] = {1: None, 2: [], 3: [], 4: {}}.get(nested["nesting"])
        elif isinstance(value, list):
            whole[name] = [complete(item, nested["block"]) for item in value]
        else:
            whole[name] = complete(value, nested["block"])
    return whole


def pack(value: Any) -> bytes:
    """A value in MessagePack."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return b"\xd3" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        text = value.encode()
        return b"\xdb" + struct.pack(">I", len(text)) + text
    if isinstance(value, Mapping):
        items = b"".join(pack(name) + pack(item) for name, item in value.items())
        return b"\xdf" + struct.pack(">I", len(value)) + items
    return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(pack, value))


def _block(block: Any) -> dict[str, Any]:
    return {
        "attributes": {
            item.name: {
                "type": json.loads(item.type),
                "required": item.required,
                "input": item.required or item.optional,
            }
            for item in block.attributes
        },
        "blocks": {
            item.type_name: {
                "nesting": item.nesting,
                "min": item.min_items,
                "max": item.max_items,
                "block": _block(item.block),
            }
            for item in block.block_types
        },
    }


def _messages() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="preflight_tfplugin5.proto", package="tfplugin5", syntax="proto3")
    for line in _PROTOCOL.strip().splitlines():
        name, _, fields = line.partition(":")
        message = file.message_type.add(name=name)
        for field in filter(None, fields.split(",")):
            label, number, kind = field.split()
            row = message.field.add(name=label, number=int(number), label=3 if kind.startswith("*") else 1)
            kind = kind.lstrip("*")
            if kind in _SCALARS:
                row.type = _SCALARS[kind]  # type: ignore[assignment]
            else:
                row.type, row.type_name = 11, f".tfplugin5.{kind}"  # type: ignore[assignment]
    made: Any = descriptor_pool.DescriptorPool()
    made.Add(file)
    found = {message.name: made.FindMessageTypeByName(f"tfplugin5.{message.name}") for message in file.message_type}
    return {name: message_factory.GetMessageClass(descriptor) for name, descriptor in found.items()}
