"""The resources of a situation: a small program, as the table tests declare it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from preflight import wire

UNKNOWN = wire.UNKNOWN_STRING
ACCOUNT = "210987654321"
Mode: TypeAlias = Literal["preview", "up"]


@dataclass(frozen=True)
class Ref:
    """A property that another resource of the program will have; unknown at preview."""

    resource: R
    attribute: str


@dataclass(frozen=True)
class Concat:
    """A text made of texts and references (``pulumi.Output.concat``)."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Document:
    """JSON text of a structure that may hold references (``pulumi.Output.json_dumps``)."""

    content: Any


def concat(*parts: Any) -> Concat:
    """A text made of texts and references."""
    return Concat(parts)


def document(content: Any) -> Document:
    """JSON text of a structure; unknown as a whole at preview when it holds a reference."""
    return Document(content)


def secret(value: Any) -> dict[str, Any]:
    """A secret value."""
    return wire.secret(value)


@dataclass(frozen=True)
class P:
    """An explicit provider; ``version`` is pulumi-aws's."""

    name: str = "default_7_51_1"
    region: Any = "us-east-1"
    version: str = "7.51.1"
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def urn(self) -> str:
        """The provider's URN."""
        return f"urn:pulumi:dev::program::pulumi:providers:aws::{self.name}"


DEFAULT_PROVIDER = P()
V6 = P(name="default_6_83_4", version="6.83.4")


class R:
    """One resource of a situation; attributes are references: ``R(…).arn``, ``R(…).id``.

    ``outputs`` are further outputs that are known at preview; ``prop(name)`` refers to a property whose name R uses.
    The token and the resource's name are positional, so that ``type=`` and ``name=`` are properties.
    """

    def __init__(
        self,
        type: str,
        name: str = "subject",
        /,
        *,
        # Any, so that a table may unpack a dict of properties.
        depends_on: Any = (),
        parent: Any = None,
        provider: Any = None,
        options: Any = None,
        outputs: Any = None,
        **properties: Any,
    ) -> None:
        self.type_, self.name_, self.properties_ = type, name, properties
        self.depends_on_, self.parent_ = tuple(depends_on), parent
        self.provider_ = provider or DEFAULT_PROVIDER
        self.options_ = dict(options or {})
        self.outputs_ = dict(outputs or {})

    def __getattr__(self, attribute: str) -> Ref:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Ref(self, attribute)

    def prop(self, attribute: str) -> Ref:
        """A reference to a property, also to one whose name R uses itself."""
        return Ref(self, attribute)

    @property
    def urn(self) -> str:
        """The resource's URN, in the stack dev of the project program."""
        above = f"{self.parent_.type_}$" if self.parent_ else ""
        return f"urn:pulumi:dev::program::{above}{self.type_}::{self.name_}"

    def attribute(self, name: str, mode: Mode) -> Any:
        """The value of a reference to this resource."""
        if name in self.properties_:
            return resolve(self.properties_[name], mode)
        if name in self.outputs_:
            return self.outputs_[name]
        if mode == "preview":
            return UNKNOWN
        physical = self.physical_name(mode)
        if name == "arn":
            service = self.type_.split(":")[1].split("/")[0]
            if self.type_.startswith("aws:s3/bucket"):
                return f"arn:aws:s3:::{physical}"
            region = self.properties_.get("region", self.provider_.region)
            return f"arn:aws:{service}:{region}:{ACCOUNT}:{physical}"
        return physical if name in ("id", "name", "bucket") else f"{physical}-{name}"

    def physical_name(self, mode: Mode) -> str:
        """The name that it has in AWS: its own, or one that Pulumi makes of the logical name."""
        for key in ("bucket", "name", "functionName"):
            if key in self.properties_:
                value = resolve(self.properties_[key], mode)
                if isinstance(value, str):
                    return value
        return f"{self.name_}-0a1b2c3"


def resolve(value: Any, mode: Mode) -> Any:
    """The wire value of a declared value."""
    if isinstance(value, Ref):
        return value.resource.attribute(value.attribute, mode)
    if isinstance(value, Concat):
        parts = [resolve(part, mode) for part in value.parts]
        return UNKNOWN if UNKNOWN in parts else "".join(map(str, parts))
    if isinstance(value, Document):
        content = resolve(value.content, mode)
        return UNKNOWN if _holds_unknown(content) else json.dumps(content)
    if isinstance(value, Mapping):
        return {key: resolve(item, mode) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve(item, mode) for item in value]
    return value


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return bool(value == UNKNOWN)


def mentioned(value: Any) -> Iterator[R]:
    """The resources that a declared value refers to."""
    if isinstance(value, Ref):
        yield value.resource
    elif isinstance(value, Concat):
        yield from mentioned(list(value.parts))
    elif isinstance(value, Document):
        yield from mentioned(value.content)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from mentioned(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from mentioned(item)
