"""One resource of a program, as rules read it: inputs first, outputs second, options, provider, region, tags."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from . import wire
from .decode import clean
from .finding import Undecided
from .redaction import Secrets
from .view import MISSING, View


@lru_cache(maxsize=4096)
def canonical(type_token: str) -> str:
    """Return the one token that stands for all tokens of a kind.

    pulumi-aws has two or more tokens for some resources: ``s3/bucketV2:BucketV2`` beside ``s3/bucket:Bucket``, ``alb``
    beside ``lb``, ``elasticloadbalancing`` beside ``elb``.
    """
    package, _, rest = type_token.partition(":")
    if package != "aws" or "/" not in rest:
        return type_token
    module, _, name = rest.partition("/")
    module = _MODULES.get(module, module)
    if module == "s3":
        name = re.sub(r"[Vv]2(?=:|$)", "", name)
    return f"aws:{module}/{name}"


_MODULES: Final = {
    "alb": "lb",
    "applicationloadbalancing": "lb",
    "elasticloadbalancingv2": "lb",
    "elasticloadbalancing": "elb",
}


class Options:
    """A resource's options, as the Analyzer protocol carries them; durations in seconds, 0 where not set."""

    __slots__ = (
        "additional_secret_outputs",
        "aliases",
        "create_timeout",
        "delete_before_replace",
        "delete_timeout",
        "ignore_changes",
        "protect",
        "update_timeout",
    )

    def __init__(self, message: Any = None) -> None:
        timeouts = message.customTimeouts if message is not None else None
        self.protect: bool = bool(message.protect) if message is not None else False
        self.ignore_changes: tuple[str, ...] = tuple(message.ignoreChanges) if message is not None else ()
        self.delete_before_replace: bool = bool(message.deleteBeforeReplace) if message is not None else False
        self.aliases: tuple[str, ...] = tuple(message.aliases) if message is not None else ()
        self.additional_secret_outputs: tuple[str, ...] = (
            tuple(message.additionalSecretOutputs) if message is not None else ()
        )
        self.create_timeout: float = timeouts.create if timeouts is not None else 0.0
        self.update_timeout: float = timeouts.update if timeouts is not None else 0.0
        self.delete_timeout: float = timeouts.delete if timeouts is not None else 0.0


class Provider:
    """The provider of a resource: its URN, and its configuration as a view (``provider["region"]``)."""

    __slots__ = ("name", "type", "urn", "view")

    def __init__(self, urn: str, type_token: str, name: str, properties: Mapping[str, Any]) -> None:
        self.urn = urn
        self.type = type_token
        self.name = name
        self.view = Resource(
            urn=urn,
            type_token=type_token,
            name=name,
            load_inputs=lambda: {key: _from_text(value) for key, value in properties.items()},
        )

    @property
    def is_default(self) -> bool:
        """Whether the engine made this provider, rather than the program."""
        return self.name == "default" or self.name.startswith("default_")

    def __getitem__(self, path: str) -> Any:
        return self.view[path]


def _from_text(value: Any) -> Any:
    """SDKs send a provider's nested settings (``defaultTags``, ``allowedAccountIds``) as JSON text."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


class Resource(View):
    """One resource of a program. Reading it (``bucket["versioning.enabled"]``) reads its *inputs*.

    In a cross-resource rule an input that was unknown when the resource was registered is read from the outputs as
    soon as they are known; outputs that are no inputs (``arn``) are asked for with :meth:`output`.
    """

    __slots__ = (
        "_cleaned_inputs",
        "_cleaned_outputs",
        "_environment_region",
        "_load_inputs",
        "_load_options",
        "_load_outputs",
        "_load_provider",
        "_options",
        "_provider",
        "_region",
        "dependencies",
        "kind",
        "name",
        "parent",
        "program_folder",
        "property_dependencies",
        "secrets",
        "type",
        "urn",
    )

    def __init__(
        self,
        *,
        urn: str,
        type_token: str,
        name: str,
        load_inputs: Callable[[], dict[str, Any]] | None = None,
        load_outputs: Callable[[], dict[str, Any]] | None = None,
        load_options: Callable[[], Options] | None = None,
        load_provider: Callable[[], Provider | None] | None = None,
        parent: str = "",
        dependencies: Sequence[str] = (),
        property_dependencies: Mapping[str, Sequence[str]] | None = None,
        secrets: Secrets | None = None,
        environment_region: str | None = None,
        program_folder: Path | None = None,
    ) -> None:
        super().__init__({}, "", self)
        self.urn = urn
        self.type = type_token
        self.kind = canonical(type_token)
        self.name = name
        self.parent = parent
        self.dependencies = dependencies
        self.property_dependencies: Mapping[str, Sequence[str]] = property_dependencies or {}
        self.secrets = secrets if secrets is not None else Secrets()
        self._load_inputs = load_inputs
        self._load_outputs = load_outputs
        self._load_options = load_options
        self._load_provider = load_provider
        self._cleaned_inputs: dict[str, Any] | None = None
        self._cleaned_outputs: dict[str, Any] | None = None
        self._options: Options | None = None
        self._provider: Any = MISSING
        self._region: Any = MISSING
        self._environment_region = environment_region
        self.program_folder = program_folder
        """The folder in which the program runs, where the relative paths of its archives start; None if not known."""

    def __repr__(self) -> str:
        return f"Resource({self.urn})"

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The inputs as wire values (sentinels left in), secrets unwrapped; decoded once."""
        if self._cleaned_inputs is None:
            if self._load_inputs is None:
                return self.outputs
            self._cleaned_inputs = clean(self._load_inputs(), self.secrets)
        return self._cleaned_inputs

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The outputs as wire values (sentinels left in), secrets unwrapped; decoded once; empty outside a stack."""
        if self._cleaned_outputs is None:
            self._cleaned_outputs = clean(self._load_outputs(), self.secrets) if self._load_outputs else {}
        return self._cleaned_outputs

    def _values(self) -> Mapping[str, Any]:
        return self.inputs

    def _find(self, path: str, values: Mapping[str, Any] | None = None) -> Any:
        if values is not None:
            return super()._find(path, values)
        try:
            found = super()._find(path)
        except Undecided:
            if self._load_outputs is None:
                raise
            return super()._find(path, self.outputs)
        if self._load_outputs is not None and isinstance(found, str) and wire.is_unknown(found):
            try:
                now = super()._find(path, self.outputs)
            except Undecided:
                return found
            return found if now is MISSING else now
        return found

    def output(self, path: str) -> Any:
        """Return an output, None when absent.

        Raises:
            Undecided: the output is not known yet.
        """
        value = super()._find(path, self.outputs)
        return None if value is MISSING or value is None else self._wrap(value, path)

    def known_output(self, path: str) -> Any:
        """Return an output, or None where it is absent or not known yet."""
        try:
            return self.output(path)
        except Undecided:
            return None

    def is_a(self, *types: str) -> bool:
        """Tell whether this is one of these types, all tokens of one kind taken together."""
        return self.type in types or any(self.kind == canonical(wanted) for wanted in types)

    @property
    def options(self) -> Options:
        """The resource's options."""
        if self._options is None:
            self._options = self._load_options() if self._load_options else Options()
        return self._options

    @property
    def provider(self) -> Provider | None:
        """The provider, None for components."""
        if self._provider is MISSING:
            self._provider = self._load_provider() if self._load_provider else None
        found: Provider | None = self._provider
        return found

    @property
    def region(self) -> str:
        """The region this resource is in: its own ``region``, else its provider's, else the environment's.

        Raises:
            Undecided: none of the three is known.
        """
        if self._region is MISSING:
            try:
                self._region = self._find_region()
            except Undecided as unknown:
                self._region = unknown
        if isinstance(self._region, Undecided):
            raise Undecided(self._region.path, self._region.urn, self._region.reason)
        return str(self._region)

    def _find_region(self) -> str:
        own = self.text("region") if self.type.startswith("aws:") else None
        if own:
            return own
        if self.provider is not None:
            configured = self.provider.view.text("region")
            if configured:
                return configured
        if self._environment_region:
            return self._environment_region
        raise Undecided("region", self.urn, "is set neither on the resource nor on its provider")

    @property
    def known_region(self) -> str | None:
        """The region, or None where it is not known."""
        try:
            return self.region
        except Undecided:
            return None

    @property
    def tags(self) -> Mapping[str, str | None]:
        """The tags with the provider's default tags under them, as AWS will have them; None for an unknown value.

        Raises:
            Undecided: a tag's key, or the tags as a whole, are unknown.
        """
        merged: dict[str, str | None] = {}
        sources: list[tuple[View, str]] = [(self, "tags")]
        if self.provider is not None:
            sources.insert(0, (self.provider.view, "defaultTags.tags"))
        for view, path in sources:
            found = view[path]
            if isinstance(found, View):
                for key in found:
                    merged[key] = None if found.is_unknown(key) else found.text(key) or ""
        return merged
