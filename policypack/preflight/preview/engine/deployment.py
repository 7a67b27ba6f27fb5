"""The engine's half of a preview: what happens to one resource between the program's request and the reply.

Check (provider) → Remediate → Analyze (packs) → Create in preview (provider) → secrets. The steps and their order are
those of Pulumi's ``pkg/resource/deploy/step_generator.go``. Unlike the CLI, a resource that fails its check does not
end the run: its outputs are unknown and the next ones are checked as well, so that one run shows every error.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preflight.inventory import Inventory
from preflight.preview.engine.callbacks import Callback, CallbackClients, CallbackError
from preflight.preview.packs.all_packs import Judges
from preflight.preview.packs.running import RunningPack
from preflight.preview.program.config import StackConfig
from preflight.preview.provider import OfflineProvider, make_provider
from preflight.preview.provider.environment import Environment
from preflight.preview.provider.placeholders import text as placeholder
from preflight.preview.state.errors import RefusedError
from preflight.preview.state.graph import (
    PROVIDER_PREFIX,
    DuplicateUrnError,
    Graph,
    Location,
    Options,
    Registration,
    is_provider_type,
    make_urn,
    package_of,
    split_reference,
)
from preflight.preview.state.outcome import PrerequisiteFound, ProgramError
from preflight.preview.state.values import contains_unknown, keep_secrets
from preflight.redaction import Secrets
from preflight.wire import UNKNOWN_STRING, secret

DENIED = "denydefaultprovider"


@dataclass(frozen=True)
class Goal:
    """What the program asks for: one resource, its properties downgraded to plain, unknown and secret values."""

    type: str
    name: str
    parent: str
    custom: bool
    properties: dict[str, Any]
    options: Options
    provider: str
    providers: dict[str, str]
    dependencies: list[str]
    property_dependencies: dict[str, list[str]]
    location: Location | None


class Deployment:
    """One run's state. Every method may be called from any thread."""

    def __init__(
        self,
        *,
        organization: str,
        project: str,
        stack: str,
        folder: Path,
        root: Path,
        config: StackConfig,
        environment: Environment,
        packs: Sequence[RunningPack],
        on_resource: Callable[[int, str], None],
        secrets: Secrets,
        inventory: Inventory | None = None,
    ) -> None:
        self.organization = organization
        self.project = project
        self.stack = stack
        self.folder = folder
        self.root = root
        self.config = config
        self.environment = environment
        self.graph = Graph()
        self.judges = Judges(packs, self.graph)
        self.callbacks = CallbackClients()
        self.hooks: dict[str, tuple[Callback, bool, bool]] = {}
        """Hook name → callback, whether it runs in previews, whether its errors are ignored."""
        self.errors: list[ProgramError] = []
        self.notes: list[str] = list(config.notes)
        self.prerequisites: list[PrerequisiteFound] = []
        self.secrets = secrets
        self._asked = time.monotonic()
        self._on_resource = on_resource
        self._inventory = inventory
        self._lock = threading.RLock()
        self._default_lock = threading.Lock()
        self._defaults: dict[tuple[str, str, str], str] = {}
        self._providers: dict[tuple[str, str], OfflineProvider] = {}

    @property
    def idle_seconds(self) -> float:
        """How long the program has asked for nothing."""
        return time.monotonic() - self._asked

    def touch(self) -> None:
        """Note that the program has asked for something."""
        self._asked = time.monotonic()

    # Providers

    def provider(self, package: str, version: str) -> OfflineProvider:
        """Return the offline provider of a package."""
        with self._lock:
            key = (package, version)
            if key not in self._providers:
                self._providers[key] = make_provider(package, version or None, self.environment)
            return self._providers[key]

    def default_provider(self, package: str, version: str, url: str) -> str:
        """Return the reference of a package's default provider, registered on first use; ``DENIED`` if disabled."""
        if package != "pulumi" and self._denied(package):
            return DENIED
        with self._default_lock:
            key = (package, version, url)
            if key not in self._defaults:
                inputs: dict[str, Any] = {
                    name: secret(value) if f"{package}:{name}" in self.config.secret_keys else value
                    for name, value in self.config.of_package(package).items()
                }
                if version:
                    inputs |= {"__internal": {}, "version": version}
                if url:
                    inputs["__internal"] = {"pluginDownloadURL": url}
                registration = self.register(
                    Goal(
                        type=f"{PROVIDER_PREFIX}{package}",
                        name=_default_name(version, url),
                        parent="",
                        custom=True,
                        properties=inputs,
                        options=Options(),
                        provider="",
                        providers={},
                        dependencies=[],
                        property_dependencies={},
                        location=None,
                    )
                )
                self._defaults[key] = f"{registration.urn}::{UNKNOWN_STRING}"
            return self._defaults[key]

    def _denied(self, package: str) -> bool:
        listed = self.config.values.get("pulumi:disable-default-providers")
        if not listed:
            return False
        try:
            names = json.loads(listed)
        except ValueError as error:
            raise RefusedError(f"pulumi:disable-default-providers must be a JSON list, but is {listed!r}") from error
        return any(name.strip() in ("*", package) for name in names if isinstance(name, str))

    def provider_of(self, reference: str) -> tuple[OfflineProvider, Mapping[str, Any]]:
        """Return the provider behind a reference, and the checked inputs of its provider resource.

        Raises:
            RefusedError: when there is none.
        """
        registration = self.graph.get(split_reference(reference)[0])
        if registration is None:
            raise RefusedError(f"unknown provider '{reference}'")
        package = registration.type.removeprefix(PROVIDER_PREFIX)
        version = registration.inputs.get("version")
        return self.provider(package, version if isinstance(version, str) else ""), registration.inputs

    # Resources

    def claim(self, type_token: str, name: str, parent: str, location: Location | None) -> str:
        """Return the URN of a new resource.

        Raises:
            RefusedError: for an unknown parent, or a URN that is taken.
        """
        if parent and not self.graph.knows(parent):
            raise RefusedError(f"could not find parent resource {parent}")
        urn = make_urn(self.stack, self.project, parent, type_token, name)
        try:
            self.graph.claim(urn, location)
        except DuplicateUrnError as error:
            first = f"; the first one is at {error.first.file}:{error.first.line}" if error.first else ""
            self.add_error(f"Duplicate resource URN '{urn}'; try giving it a unique name{first}", urn, location)
            raise RefusedError(f"Duplicate resource URN '{urn}'; try giving it a unique name") from error
        return urn

    def register(self, goal: Goal) -> Registration:
        """Take one resource through all steps.

        Raises:
            RefusedError: when the program cannot go on.
            PackError: when a pack does not start.
        """
        urn = self.claim(goal.type, goal.name, goal.parent, goal.location)
        registration = Registration(
            urn=urn,
            type=goal.type,
            name=goal.name,
            parent=goal.parent,
            custom=goal.custom,
            inputs=goal.properties,
            outputs={},
            options=goal.options,
            provider=goal.provider,
            providers=goal.providers,
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            location=goal.location,
        )
        self.secrets.learn(goal.properties)
        failed = False
        if goal.custom:
            failed = self._check(registration)
        self.judges.wait_until_ready()
        self.judges.remediate(registration)
        self.judges.analyze(registration)
        if goal.custom and not failed:
            failed = self._run_hooks("before_create", registration, None)
            if not failed:
                self._create(registration)
                self._run_hooks("after_create", registration, registration.outputs)
        self.graph.add(registration)
        self._on_resource(1, urn)
        return registration

    def _check(self, registration: Registration) -> bool:
        if is_provider_type(registration.type):
            given = registration.inputs
            package = registration.type.removeprefix(PROVIDER_PREFIX)
            version = given.get("version")
            filtered = {key: value for key, value in given.items() if key != "__internal"}
            checked = (
                filtered
                if package == "pulumi"
                else self.provider(package, version if isinstance(version, str) else "").check_config(filtered)
            )
            for key in ("version", "__internal"):
                if key in given:
                    checked[key] = given[key]
            registration.inputs = checked
            return False
        if package_of(registration.type) == "pulumi":
            return False
        provider, provider_inputs = self.provider_of(registration.provider)
        if contains_unknown(dict(provider_inputs)):
            return False
        result = provider.check(
            registration.type,
            registration.name,
            registration.inputs,
            provider_inputs=dict(provider_inputs),
            autoname_seed=registration.urn,
        )
        registration.inputs = result.inputs
        for failure in result.failures:
            where = (
                f" (property {failure.property})" if failure.property and failure.property not in failure.reason else ""
            )
            self.add_error(
                f"{registration.type} resource '{registration.name}' has a problem: {failure.reason}{where}",
                registration.urn,
                registration.location,
            )
        return bool(result.failures)

    def _create(self, registration: Registration) -> None:
        inputs = registration.inputs
        if is_provider_type(registration.type):
            registration.outputs = {key: value for key, value in inputs.items() if key != "__internal"}
            registration.id = UNKNOWN_STRING
        elif registration.type == "pulumi:index:Stash":
            registration.outputs = {"input": inputs.get("input"), "output": inputs.get("input")}
        elif package_of(registration.type) == "pulumi":
            registration.outputs = dict(inputs)
        else:
            provider, provider_inputs = self.provider_of(registration.provider)
            if not contains_unknown(dict(provider_inputs)):
                registration.outputs = provider.create(registration.type, inputs, provider_inputs=dict(provider_inputs))
        registration.outputs = keep_secrets(
            registration.outputs, inputs, registration.options.additional_secret_outputs
        )
        if registration.options.import_id:
            self.add_note(
                f"{registration.urn}: is imported ({registration.options.import_id}); "
                "it was judged as the program declares it"
            )

    def _run_hooks(self, moment: str, registration: Registration, outputs: dict[str, Any] | None) -> bool:
        """Run the hooks that want to run in previews; tells whether one failed."""
        failed = False
        for name in registration.options.hooks.get(moment, ()):
            callback, in_preview, ignore_errors = self.hooks.get(name, (None, False, False))
            if callback is None or not in_preview:
                continue
            try:
                error = self.callbacks.hook(
                    callback,
                    urn=registration.urn,
                    name=registration.name,
                    type_token=registration.type,
                    inputs=registration.inputs,
                    outputs=outputs,
                )
            except CallbackError as raised:
                error = str(raised)
            if error and ignore_errors:
                self.add_note(f"{registration.urn}: {moment.replace('_', ' ')} hook {name!r} failed: {error}")
            elif error:
                self.add_error(
                    f"{moment.replace('_', ' ')} hook {name!r} failed: {error}", registration.urn, registration.location
                )
                failed = True
        return failed

    def read(
        self, *, type_token: str, name: str, identity: str, parent: str, properties: dict[str, Any], provider: str,
        dependencies: list[str], secrets: list[str], location: Location | None,
    ) -> Registration:  # fmt: skip
        """Look up a resource that exists outside the program; what the lookup would find stays unknown.

        Raises:
            RefusedError: when the program cannot go on.
        """
        urn = self.claim(type_token, name, parent, location)
        outputs: dict[str, Any] = {}
        if identity != UNKNOWN_STRING:
            if package_of(type_token) == "pulumi":
                outputs = {key: value for key, value in properties.items() if value is not None}
                what = f"stack {identity!r} exists, with the outputs that the program reads"
                self.add_prerequisite(what, type_token, {"id": identity}, location)
                outputs |= self._exported(identity)
            else:
                found, provider_inputs = self.provider_of(provider)
                outputs = found.read(type_token, identity, properties, provider_inputs=dict(provider_inputs))
                asked = found.read_prerequisite(type_token, identity)
                self.add_prerequisite(asked.what, asked.token, asked.arguments, location)
        registration = Registration(
            urn=urn, type=type_token, name=name, parent=parent, custom=True, inputs=properties,
            outputs=keep_secrets(outputs, properties, secrets), options=Options(additional_secret_outputs=secrets),
            provider=provider, dependencies=dependencies, location=location, id=identity, read=True,
        )  # fmt: skip
        self.graph.add(registration)
        return registration

    def _exported(self, name: str) -> dict[str, Any]:
        """The outputs of another stack, as the inventory has them; those whose value it does not keep are unknown."""
        found = self._inventory.outputs_of(name) if self._inventory is not None else None
        if found is None:
            return {}
        values = {key: placeholder(key) if value is None else value for key, value in found.items()}
        return {"name": name, "outputs": values, "secretOutputNames": []}

    # What the report shows

    def add_error(self, message: str, urn: str = "", location: Location | None = None) -> None:
        """Record an error that fails the run."""
        with self._lock:
            error = ProgramError(message, urn, location)
            if error not in self.errors:
                self.errors.append(error)

    def add_note(self, note: str) -> None:
        """Record something that limits what the preview can say."""
        with self._lock:
            if note not in self.notes:
                self.notes.append(note)

    def add_prerequisite(self, what: str, token: str, arguments: Mapping[str, Any], location: Location | None) -> None:
        """Record something that must exist outside the program."""
        found = PrerequisiteFound(what, token, dict(arguments), location)
        with self._lock:
            if found not in self.prerequisites:
                self.prerequisites.append(found)


def _default_name(version: str, url: str) -> str:
    name = "default"
    if version:
        name += "_" + version.replace(".", "_").replace("-", "_").replace("+", "_")
    if url:
        name += "_" + "".join(character if character.isalnum() or character in "_." else "_" for character in url)
    return name
