"""What every offline provider offers, and the one for packages whose schema is not at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preflight.preview.provider.coercion import holds_unknown
from preflight.preview.provider.environment import Environment
from preflight.preview.provider.results import CheckResult, InvokeResult, Prerequisite

Values = dict[str, Any]


class OfflineProvider:
    """A provider that answers a preview's questions without a network.

    This one serves any package: inputs pass unchanged and come out again, everything else is unknown. Values are plain
    wire values (see `preflight.wire`): secrets stay wrapped, unknowns are sentinels.
    """

    def __init__(self, package: str, version: str | None, environment: Environment) -> None:
        self.package = package
        self.version = version
        self.environment = environment

    def check_config(self, inputs: Mapping[str, Any]) -> Values:
        """The provider resource's own inputs, completed from the environment."""
        return {name: value for name, value in inputs.items() if value is not None}

    def check(
        self, type: str, name: str, inputs: Mapping[str, Any], *, provider_inputs: Mapping[str, Any], autoname_seed: str
    ) -> CheckResult:
        """Complete and convert a resource's inputs, and say what the provider would refuse.

        `provider_inputs` are the checked inputs of the resource's provider; names are made from `autoname_seed`.
        """
        return CheckResult({key: value for key, value in inputs.items() if value is not None})

    def create(self, type: str, inputs: Mapping[str, Any], *, provider_inputs: Mapping[str, Any]) -> Values:
        """The outputs of a resource that is not there yet, from its checked inputs; what AWS decides is unknown."""
        return {key: value for key, value in inputs.items() if not key.startswith("__")}

    def read(self, type: str, id: str, inputs: Mapping[str, Any], *, provider_inputs: Mapping[str, Any]) -> Values:
        """What is known of an existing resource that the program looks up by id. Never holds an unknown."""
        return {key: value for key, value in inputs.items() if value is not None and not holds_unknown(value)}

    def read_prerequisite(self, type: str, id: str) -> Prerequisite:
        """What a look-up of a resource by id (``X.get``) asks of the outside."""
        noun = type.rpartition(":")[2]
        return Prerequisite(f"{self.package} {noun} {id!r} exists", type, {"id": id})

    def invoke(self, token: str, args: Mapping[str, Any], *, provider_inputs: Mapping[str, Any]) -> InvokeResult:
        """The answer of a provider function, as far as it can be known offline."""
        return InvokeResult(None, unknown=True)
