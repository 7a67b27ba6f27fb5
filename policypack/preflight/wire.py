"""Values as Pulumi puts them on the wire: protobuf structs, unknown sentinels, and signed objects.

The constants are those of Pulumi's Go SDK, ``sdk/go/common/resource/plugin/rpc.go`` and ``resource/sig/sig.go``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct, Value

UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_BOOL: Final = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"
UNKNOWN_NUMBER: Final = "3eeb2bf0-c639-47a8-9e75-3b44932eb421"
UNKNOWN_ARRAY: Final = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"
UNKNOWN_ASSET: Final = "030794c1-ac77-496b-92df-f27374a8bd58"
UNKNOWN_ARCHIVE: Final = "e48ece36-62e2-4504-bad9-02848725956a"
UNKNOWN_OBJECT: Final = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"

UNKNOWNS: Final = frozenset(
    {
        UNKNOWN_STRING,
        UNKNOWN_BOOL,
        UNKNOWN_NUMBER,
        UNKNOWN_ARRAY,
        UNKNOWN_ASSET,
        UNKNOWN_ARCHIVE,
        UNKNOWN_OBJECT,
    }
)

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_VALUE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

MAX_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The message limit that Pulumi's engine and SDKs use on every channel."""

CHANNEL_OPTIONS: Final = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
)


def is_unknown(value: object) -> bool:
    """Tell whether a wire value is one of the seven unknown sentinels (nested unknowns do not count)."""
    return isinstance(value, str) and len(value) == 36 and value in UNKNOWNS


def signature(value: object) -> str | None:
    """Return the signature of a signed object (secret, asset, archive, reference, output), else None."""
    if isinstance(value, dict):
        found = value.get(SIGNATURE_KEY)
        return found if isinstance(found, str) else None
    return None


def secret(value: object) -> dict[str, Any]:
    """Wrap a wire value as a secret."""
    return {SIGNATURE_KEY: SECRET, "value": value}


def to_python(message: Struct) -> dict[str, Any]:
    """Decode a protobuf struct into plain Python values.

    Whole numbers become ``int``; signed objects and unknown sentinels stay as they are.
    """
    return {key: value_to_python(value) for key, value in message.fields.items()}


def value_to_python(value: Value) -> Any:
    """Decode one protobuf value; see :func:`to_python`."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "struct_value":
        return {key: value_to_python(item) for key, item in value.struct_value.fields.items()}
    if kind == "list_value":
        return [value_to_python(item) for item in value.list_value.values]
    return None


def with_whole_numbers(value: Any) -> Any:
    """Return a decoded value with whole floats as ``int``, as :func:`to_python` gives them."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {key: with_whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_whole_numbers(item) for item in value]
    return value


def to_struct(values: Mapping[str, Any]) -> Struct:
    """Encode plain Python values as a protobuf struct; the inverse of :func:`to_python`.

    Raises:
        TypeError: for a value that JSON does not have.
    """
    from google.protobuf.struct_pb2 import Struct

    message = Struct()
    for key, item in values.items():
        _fill(message.fields[key], item)
    return message


def _fill(target: Value, value: Any) -> None:
    from google.protobuf.struct_pb2 import NULL_VALUE

    if value is None:
        target.null_value = NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        fields = target.struct_value.fields
        for key, item in value.items():
            _fill(fields[key], item)
    elif isinstance(value, (list, tuple)):
        target.list_value.SetInParent()
        values = target.list_value.values
        for item in value:
            _fill(values.add(), item)
    else:
        raise TypeError(f"{type(value).__name__} is no value that Pulumi's protocol can carry")


def redacted(value: Any) -> Any:
    """Return a wire value with every secret replaced by ``[secret]``, fit for a message or a log."""
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == SECRET:
            return "[secret]"
        return {key: redacted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [redacted(item) for item in value]
    return value
