"""A stack's state, as Pulumi stores or exports it: deployment versions 3 and 4, read whole or, when large, in pieces.

Secrets are never decrypted: an encrypted one is an unknown value, one in plain text is a known secret value.
Source: Pulumi, ``sdk/go/common/apitype/core.go`` (``CheckpointV3``, ``DeploymentV3``, ``ResourceV3``).
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final

from preflight import wire
from preflight.fleet.errors import StateError
from preflight.fleet.hidden import hide
from preflight.redaction import Secrets

WHOLE_BYTES: Final = 64 * 2**20
"""States up to this size of JSON are parsed whole; larger ones resource by resource."""
LONG_BYTES: Final = 2**20
"""In a large state, a string longer than this is left out as unknown."""
VERSIONS: Final = (3, 4)
_GZIP: Final = b"\x1f\x8b"
_VERSION: Final = re.compile(rb'"version"\s*:\s*(\d+)')
_PROVIDER: Final = "pulumi:providers:"
ROOT: Final = "pulumi:pulumi:Stack"
REFERENCE: Final = "pulumi:pulumi:StackReference"


class Timeouts:
    """Custom timeouts in seconds, 0 where not set, as the Analyzer protocol carries them."""

    __slots__ = ("create", "delete", "update")

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.create, self.update, self.delete = (_seconds(found.get(key)) for key in ("create", "update", "delete"))


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


class Urns:
    """The resources that one property comes from."""

    __slots__ = ("urns",)

    def __init__(self, urns: list[str]) -> None:
        self.urns = urns


class ProviderOf:
    """The provider beside a resource, in the shape of the Analyzer protocol's message."""

    __slots__ = ("name", "properties", "type", "urn")

    def __init__(self, urn: str, type_token: str, properties: dict[str, Any]) -> None:
        self.urn, self.type, self.properties = urn, type_token, properties
        self.name = urn.rpartition("::")[2]


class StateResource:
    """One resource of a state, in the shape of the Analyzer protocol's messages, so that a session judges it as it is.

    ``properties`` are the inputs; :class:`Member` shows the same resource with its outputs.
    """

    __slots__ = (
        "additionalSecretOutputs",
        "aliases",
        "created",
        "custom",
        "customTimeouts",
        "delete",
        "deleteBeforeReplace",
        "dependencies",
        "external",
        "id",
        "ignoreChanges",
        "inputs",
        "modified",
        "name",
        "outputs",
        "parent",
        "propertyDependencies",
        "protect",
        "provider",
        "provider_reference",
        "type",
        "urn",
    )  # fmt: skip

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.urn: str = raw["urn"]
        self.type: str = raw["type"]
        self.name = self.urn.rpartition("::")[2]
        self.id = str(raw.get("id") or "")
        self.custom = bool(raw.get("custom"))
        self.delete = bool(raw.get("delete"))
        self.external = bool(raw.get("external"))
        self.parent: str = raw.get("parent") or ""
        self.provider_reference: str = raw.get("provider") or ""
        self.provider: ProviderOf | None = None
        self.inputs: dict[str, Any] = raw.get("inputs") or {}
        self.outputs: dict[str, Any] = raw.get("outputs") or {}
        self.dependencies: list[str] = list(raw.get("dependencies") or ())
        self.propertyDependencies = {
            key: Urns(list(urns)) for key, urns in (raw.get("propertyDependencies") or {}).items() if urns
        }
        self.protect = bool(raw.get("protect"))
        self.ignoreChanges: list[str] = list(raw.get("ignoreChanges") or ())
        self.aliases: list[str] = [alias for alias in raw.get("aliases") or () if isinstance(alias, str)]
        self.additionalSecretOutputs: list[str] = list(raw.get("additionalSecretOutputs") or ())
        self.customTimeouts = Timeouts(raw.get("customTimeouts") or {})
        self.deleteBeforeReplace = False  # a state does not keep it
        self.created = str(raw.get("created") or "")
        self.modified = str(raw.get("modified") or "")

    @property
    def properties(self) -> dict[str, Any]:
        """The inputs, as an AnalyzeRequest has them."""
        return self.inputs

    @property
    def options(self) -> StateResource:
        """The resource options, which the state keeps beside all else."""
        return self

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider rather than what one made."""
        return self.type.startswith(_PROVIDER)

    @property
    def judged(self) -> bool:
        """Whether rules see it: not what the program only looks up, nor what is left to be deleted."""
        return not (self.external or self.delete)

    @property
    def status(self) -> str:
        """``managed``, ``external`` (looked up) or ``deleted`` (replaced, its deletion pending)."""
        return "deleted" if self.delete else "external" if self.external else "managed"

    def HasField(self, name: str) -> bool:
        """Tell whether there is a provider, as a protobuf message would."""
        return self.provider is not None


class Member:
    """A resource as the request for the whole stack shows it: with its outputs."""

    __slots__ = ("_of",)

    def __init__(self, of: StateResource) -> None:
        self._of = of

    @property
    def properties(self) -> dict[str, Any]:
        """The outputs, as an AnalyzerResource has them."""
        outputs = self._of.outputs or self._of.inputs
        return outputs if "id" in outputs or not self._of.id else {"id": self._of.id, **outputs}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)


@dataclass
class StackRequest:
    """The request for a whole stack."""

    resources: list[Member]


@dataclass
class State:
    """What stands in a state beside its resources; ``resources`` is a list, or an iterator when it is large."""

    version: int
    resources: Any
    secrets: Secrets = field(default_factory=Secrets)
    large: bool = False
    encrypted_by: str = ""
    cli: str = ""
    time: str = ""
    pending: int = 0
    name: str = ""
    """``organization/PROJECT/STACK``, as a backend's checkpoint says; empty in an exported file."""


def decoded(data: bytes) -> bytes | None:
    """Return a state's JSON, unzipped; None when it is too large to be parsed whole.

    Raises:
        StateError: it is not gzip to its end.
    """
    if data[:2] != _GZIP:
        return data if len(data) <= WHOLE_BYTES else None
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as opened:
            text = opened.read(WHOLE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise StateError("parse", f"its gzip data is damaged: {error}") from error
    return text if len(text) <= WHOLE_BYTES else None


def parse(text: bytes) -> State:
    """Return a state from its JSON.

    Raises:
        StateError: it is not JSON, or not a state of a version that Preflight reads.
    """
    if not text.strip():
        raise StateError("parse", "the file is empty")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StateError("parse", f"is not JSON to its end ({_where(error)}); it may be truncated") from error
    if not isinstance(content, dict):
        raise StateError("state", f"is a JSON {type(content).__name__}, not a Pulumi state")
    name, deployment = "", content.get("deployment")
    checkpoint = content.get("checkpoint")
    if isinstance(checkpoint, dict):
        name, deployment = str(checkpoint.get("stack") or ""), checkpoint.get("latest")
        if deployment is None:
            deployment = {}  # a stack that was never deployed
    if not isinstance(deployment, dict):
        raise StateError("state", "has neither a checkpoint nor a deployment, so it is not a Pulumi state")
    version = content.get("version")
    _check_version(version)
    raw = deployment.get("resources")
    if raw is None:
        raw = []
    if not isinstance(raw, list):
        raise StateError("state", "its resources are not a list")
    state = State(version=version if isinstance(version, int) else 3, resources=[], name=name)
    _head(state, deployment)
    state.resources = list(_made(raw, state.secrets))
    return state


def _where(error: Exception) -> str:
    return f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)[:80]


def _check_version(version: Any) -> None:
    if version not in VERSIONS:
        raise StateError(
            "state", f"has deployment version {version!r}; Preflight reads 3 and 4: run pulumi up with a current CLI"
        )


def _head(state: State, deployment: Mapping[str, Any]) -> None:
    providers = deployment.get("secrets_providers")
    manifest = deployment.get("manifest")
    if isinstance(providers, dict):
        state.encrypted_by = str(providers.get("type") or "")
    if isinstance(manifest, dict):
        state.cli, state.time = str(manifest.get("version") or ""), str(manifest.get("time") or "")
    state.pending = len(deployment.get("pending_operations") or ())


def _made(raw: Any, secrets: Secrets) -> Iterator[StateResource]:
    """The resources, each with its provider beside it; providers come before what they made.

    Raises:
        StateError: an entry is not a resource.
    """
    providers: dict[str, ProviderOf] = {}
    for index, entry in enumerate(raw):
        if not (isinstance(entry, dict) and isinstance(entry.get("urn"), str) and isinstance(entry.get("type"), str)):
            raise StateError("state", f"its entry resources[{index}] has no URN or no type")
        try:
            made = StateResource(entry)
            if not (isinstance(made.inputs, dict) and isinstance(made.outputs, dict)):
                raise TypeError
            hide(made.inputs, secrets)
            hide(made.outputs, secrets)
        except (AttributeError, TypeError, ValueError, RecursionError) as error:
            raise StateError("state", f"its entry resources[{index}] is malformed: {type(error).__name__}") from error
        if made.is_provider:
            providers[f"{made.urn}::{made.id}"] = providers[made.urn] = ProviderOf(made.urn, made.type, made.inputs)
        elif made.provider_reference:
            reference = made.provider_reference
            made.provider = providers.get(reference) or providers.get(reference.rpartition("::")[0])
        yield made


def stream(opened: IO[bytes]) -> State:
    """Return a large state, whose resources are read from the file as they are asked for.

    Raises:
        StateError: it is not a state of a version that Preflight reads; raised by the iterator too.
    """
    import ijson

    try:
        start = opened.read(2)
        opened.seek(0)
        file: IO[bytes] = gzip.GzipFile(fileobj=opened) if start == _GZIP else opened  # type: ignore[assignment]
        head = file.read(2**16)
        file.seek(0)
    except (OSError, EOFError, zlib.error) as error:
        raise _broke_off(error) from error
    found = _VERSION.search(head)
    _check_version(int(found[1]) if found else None)
    prefix = "checkpoint.latest" if b'"checkpoint"' in head else "deployment"
    state = State(version=int(found[1]) if found else 3, resources=(), large=True)

    def resources() -> Iterator[StateResource]:
        try:
            raw = ijson.items(file, f"{prefix}.resources.item", use_float=True)
            yield from _made(map(_without_long, raw), state.secrets)
        except ijson.JSONError as error:
            text = str(error).splitlines()[0] if str(error) else "it ends early"
            raise StateError("parse", f"is not JSON to its end ({text}); it may be truncated") from error
        except (OSError, EOFError, zlib.error) as error:
            raise _broke_off(error) from error

    state.resources = resources()
    return state


def _broke_off(error: Exception) -> StateError:
    return StateError("read", f"broke off while it was read: {type(error).__name__}: {error}")


def _without_long(value: Any) -> Any:
    if isinstance(value, str):
        return wire.UNKNOWN_STRING if len(value) > LONG_BYTES else value
    if isinstance(value, dict):
        return {key: _without_long(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_long(item) for item in value]
    return value
