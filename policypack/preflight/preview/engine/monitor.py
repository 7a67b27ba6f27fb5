"""Pulumi's ResourceMonitor protocol, served to the program (``proto/pulumi/resource.proto``)."""

from __future__ import annotations

import functools
import hashlib
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, cast

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from preflight.preview.engine.callbacks import Callback, CallbackError
from preflight.preview.engine.deployment import DENIED, Deployment, Goal
from preflight.preview.engine.lookups import Lookup, Lookups
from preflight.preview.engine.options import resource_options, transform_options
from preflight.preview.languages.program import PARALLEL
from preflight.preview.state.errors import PackError, RefusedError
from preflight.preview.state.graph import Location, is_provider_type, location_of, package_of, split_reference
from preflight.preview.state.values import AssetError, absorb, downgrade, output_dependencies, with_dependencies
from preflight.wire import UNKNOWN_STRING, to_python, to_struct

FEATURES: Final = {
    "secrets": 0,
    "resourceReferences": 1,
    "outputValues": 2,
    "aliasSpecs": 3,
    "deletedWith": 5,
    "replaceWith": 6,
    "transforms": 7,
    "invokeTransforms": 8,
    "parameterization": 9,
    "resourceHooks": 10,
    "errorHooks": 11,
}
"""Feature names of old SDKs, with the numbers of ``ResourceMonitorFeature``."""

_MORE_FEATURES: Final[tuple[int, ...]] = (4, 12, 14)
"""Replacement triggers, options to hooks, and lookups that wait for what they depend on."""


def _answering(method: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the engine's errors into gRPC errors, and record what must fail the run."""

    @functools.wraps(method)
    def answer(self: Monitor, request: Any, context: grpc.ServicerContext) -> Any:
        self.deployment.touch()
        try:
            return method(self, request, context)
        except (RefusedError, CallbackError) as error:
            location = getattr(error, "location", None) or location_of_request(request, self.deployment.root)
            self.deployment.add_error(str(error), location=location)
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except PackError as error:
            self.on_pack_error(error)
            context.abort(grpc.StatusCode.UNAVAILABLE, "the policy pack did not start")
        except Exception as error:
            # A defect of ours must end as one message, not as a riddle inside the program.
            what = getattr(request, "type", "") or getattr(request, "tok", "")
            self.deployment.add_error(
                f"preflight itself failed on {what} {getattr(request, 'name', '')}: {type(error).__name__}: {error} "
                f"(in {_innermost(error)}); please report it",
                location=location_of_request(request, self.deployment.root),
            )
            context.abort(grpc.StatusCode.INTERNAL, str(error))

    return answer


def _innermost(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def location_of_request(request: Any, root: Path) -> Location | None:
    """Return where in the program a request comes from, for the requests that say so."""
    return location_of(request, root) if "stackTrace" in request.DESCRIPTOR.fields_by_name else None


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Serves one program. Handlers run on many threads at once."""

    def __init__(self, deployment: Deployment, on_pack_error: Callable[[PackError], None]) -> None:
        self.deployment = deployment
        self.on_pack_error = on_pack_error
        self._lookups = Lookups(deployment)
        self._packages: dict[str, tuple[str, str, str]] = {}
        self._stack_transforms: list[Callback] = []

    # What the engine can do

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:
        config = self.deployment.config
        return resource_pb2.DeploymentInfo(
            project=self.deployment.project,
            stack=self.deployment.stack,
            organization=self.deployment.organization,
            config=config.values,
            configSecretKeys=sorted(config.secret_keys),
            dryRun=True,
            parallel=PARALLEL,
            supportedFeatures=cast(Any, sorted((*FEATURES.values(), *_MORE_FEATURES))),
        )

    def SupportsFeature(self, request: Any, context: Any) -> Any:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in FEATURES)

    def RegisterPackage(self, request: Any, context: Any) -> Any:
        package, version = request.name, request.version
        if request.HasField("parameterization"):
            package, version = request.parameterization.name, request.parameterization.version
        reference = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()[:32]
        self._packages[reference] = (package, version, request.download_url)
        return resource_pb2.RegisterPackageResponse(ref=reference)

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:
        return Empty()

    # Resources

    @_answering
    def RegisterResource(self, request: Any, context: Any) -> Any:
        deployment = self.deployment
        location = location_of(request, deployment.root)
        self._inherit(request)
        dependencies = set(request.dependencies)
        try:
            properties = absorb(to_python(request.object), deployment.folder)
        except AssetError as error:
            properties = to_python(request.object)
            deployment.add_error(f"{request.type} resource '{request.name}' has a problem: {error}", "", location)
        property_dependencies = self._property_dependencies(request, properties)
        if request.transforms:
            properties = with_dependencies(properties, property_dependencies)
        custom, remote = request.custom, request.remote
        options = self._transform_options(request, package_of(request.type))
        own = [Callback(item.target, item.token) for item in request.transforms]
        for callback in self._transforms(own, request.parent):
            properties, options = deployment.callbacks.transform(
                callback,
                type_token=request.type,
                name=request.name,
                custom=custom,
                parent=request.parent,
                properties=properties,
                options=options,
            )
        providers = dict(options.providers)
        if not custom and (parent := deployment.graph.get(request.parent)) is not None and not parent.custom:
            providers = parent.providers | providers
        provider = ""
        if (custom and not is_provider_type(request.type)) or remote:
            provider = self._provider(
                options.provider, package_of(request.type), options.version, options.plugin_download_url, request
            )
        if request.transforms:
            dependencies = set(options.depends_on)
            property_dependencies = {key: output_dependencies(value) for key, value in properties.items()}
            dependencies |= {urn for urns in property_dependencies.values() for urn in urns}
        else:
            for key, value in properties.items():
                property_dependencies.setdefault(key, set()).update(output_dependencies(value))
        properties = downgrade(properties)
        if is_provider_type(request.type):
            properties = self._provider_properties(request, options, properties)
        if remote:
            deployment.add_note(
                f"{request.type} '{request.name}' is a component of another process, whose resources cannot be seen "
                "offline: this preview is incomplete; preview it with the Pulumi CLI"
            )
        registration = deployment.register(
            Goal(
                type=request.type,
                name=request.name,
                parent=request.parent,
                custom=custom,
                properties=properties,
                options=resource_options(options),
                provider=provider if custom else "",
                providers=providers,
                dependencies=sorted(dependencies),
                property_dependencies={key: sorted(urns) for key, urns in property_dependencies.items()},
                location=location,
            )
        )
        registration.transforms = own
        return resource_pb2.RegisterResourceResponse(
            urn=registration.urn,
            id=registration.id,
            object=to_struct(registration.outputs if custom else {}),
        )

    def _inherit(self, request: Any) -> None:
        """Take over what a child has from its parent, unless it says otherwise."""
        parent = self.deployment.graph.get(request.parent)
        if parent is None:
            return
        if not request.deletedWith:
            request.deletedWith = parent.options.deleted_with
        if not request.HasField("protect") and parent.options.protect is not None:
            request.protect = parent.options.protect
        if not request.HasField("retainOnDelete") and parent.options.retain_on_delete is not None:
            request.retainOnDelete = parent.options.retain_on_delete
        if not request.provider and parent.provider:
            provider = self.deployment.graph.get(split_reference(parent.provider)[0])
            same_package = provider is not None and provider.type == f"pulumi:providers:{package_of(request.type)}"
            if same_package or not (request.remote or request.custom):
                request.provider = parent.provider

    @staticmethod
    def _property_dependencies(request: Any, properties: dict[str, Any]) -> dict[str, set[str]]:
        if not request.propertyDependencies and not request.remote:
            return {key: set(request.dependencies) for key in properties}
        return {key: set(value.urns) for key, value in request.propertyDependencies.items()}

    def _transform_options(self, request: Any, package: str) -> Any:
        """Build the options that transforms may change, aliases in one list."""
        provider = request.provider
        if request.custom or request.remote:
            provider = self._resolve_provider(provider, request.providers, request.parent, package)
        return transform_options(request, provider)

    def _transforms(self, own: Iterable[Callback], parent: str) -> list[Callback]:
        """The transforms of a resource: its own, then its ancestors', then the stack's."""
        found = list(own)
        for ancestor in self.deployment.graph.ancestors(parent):
            found.extend(ancestor.transforms)
        return [*found, *self._stack_transforms]

    def _resolve_provider(self, provider: str, providers: Any, parent: str, package: str) -> str:
        if provider:
            return provider
        if package in providers:
            return str(providers[package])
        above = self.deployment.graph.get(parent)
        if above is not None and not above.custom:
            return above.providers.get(package, "")
        return ""

    def _provider(self, reference: str, package: str, version: str, url: str, request: Any) -> str:
        if reference:
            try:
                split_reference(reference)
            except ValueError as error:
                raise RefusedError(f"could not parse provider reference: {error}") from error
            return reference
        if request.packageRef:
            if request.packageRef not in self._packages:
                raise RefusedError(f"unknown provider package '{request.packageRef}'")
            package, version, url = self._packages[request.packageRef]
        found = self.deployment.default_provider(package, version, url)
        if found == DENIED:
            what = getattr(request, "type", None) or request.tok
            raise RefusedError(
                f"Default provider for '{package}' disabled. '{what}' must use an explicit provider "
                f"(pulumi:disable-default-providers in the stack's configuration)"
            )
        return found

    def _provider_properties(self, request: Any, options: Any, properties: dict[str, Any]) -> dict[str, Any]:
        version, url = options.version, options.plugin_download_url
        if request.packageRef in self._packages:
            _, version, url = self._packages[request.packageRef]
        if version:
            properties = {**properties, "__internal": properties.get("__internal", {}), "version": version}
        if url:
            properties = {**properties, "__internal": {**properties.get("__internal", {}), "pluginDownloadURL": url}}
        return properties

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:
        registration = self.deployment.graph.get(request.urn)
        try:
            outputs = absorb(to_python(request.outputs), self.deployment.folder)
        except AssetError as error:
            self.deployment.add_error(f"an output of {request.urn} has a problem: {error}", request.urn)
            outputs = to_python(request.outputs)
        if registration is not None:
            registration.outputs = downgrade(outputs)
            self.deployment.secrets.learn(registration.outputs)
        return Empty()

    @_answering
    def ReadResource(self, request: Any, context: Any) -> Any:
        deployment = self.deployment
        provider = request.provider
        if not provider and not is_provider_type(request.type):
            provider = self._provider("", package_of(request.type), request.version, request.pluginDownloadURL, request)
        identity = absorb(request.id, deployment.folder)
        registration = deployment.read(
            type_token=request.type,
            name=request.name,
            identity=identity if isinstance(identity, str) else UNKNOWN_STRING,
            parent=request.parent,
            properties=downgrade(absorb(to_python(request.properties), deployment.folder)),
            provider=provider,
            dependencies=sorted(request.dependencies),
            secrets=list(request.additionalSecretOutputs),
            location=location_of(request, deployment.root),
        )
        response = resource_pb2.ReadResourceResponse(urn=registration.urn, properties=to_struct(registration.outputs))
        if "id" in response.DESCRIPTOR.fields_by_name and registration.id != UNKNOWN_STRING:
            response.id = registration.id  # SDKs that know the field take an absent id as unknown
        return response

    # Functions

    @_answering
    def Invoke(self, request: Any, context: Any) -> Any:
        deployment = self.deployment
        arguments = downgrade(absorb(to_python(request.args), deployment.folder))
        options = resource_pb2.TransformInvokeOptions(
            provider=self._resolve_provider(request.provider, {}, request.parent, package_of(request.tok)),
            version=request.version,
            plugin_download_url=request.pluginDownloadURL,
        )
        for callback in self._lookups.transforms:
            arguments, options = deployment.callbacks.transform_invoke(callback, request.tok, arguments, options)
        provider = self._provider(
            options.provider, package_of(request.tok), options.version, options.plugin_download_url, request
        )
        lookup = Lookup.of(request.tok, arguments, provider, list(request.dependsOn), context.invocation_metadata())
        return self._lookups.answer(lookup)

    def Call(self, request: Any, context: Any) -> Any:
        self.deployment.add_note(f"{request.tok} is a method of another process, whose answer stays unknown offline")
        return provider_pb2.CallResponse()

    # Transforms and hooks

    def RegisterStackTransform(self, request: Any, context: Any) -> Any:
        self._stack_transforms.append(Callback(request.target, request.token))
        return Empty()

    def RegisterStackInvokeTransform(self, request: Any, context: Any) -> Any:
        self._lookups.transforms.append(Callback(request.target, request.token))
        return Empty()

    def RegisterResourceHook(self, request: Any, context: Any) -> Any:
        callback = Callback(request.callback.target, request.callback.token)
        self.deployment.hooks[request.name] = (callback, request.on_dry_run, request.ignore_errors)
        return Empty()

    def RegisterErrorHook(self, request: Any, context: Any) -> Any:
        return Empty()
