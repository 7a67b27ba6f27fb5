"""Serves the offline provider over Pulumi's ResourceProvider protocol, for the real Pulumi CLI to attach to.

``python -m preflight.preview.provider.server`` prints one line, ``aws:PORT,…``, and serves until it is ended::

    export PULUMI_DEBUG_PROVIDERS=$(...that line...)
    pulumi preview --policy-pack policypack

The CLI then previews without an AWS plugin, credentials or network, with the same provider as ``preflight preview``:
what remains to differ is the engine. Answers that AWS alone could give are placeholders; the CLI has no notion of an
unknown answer, so they become unknown only where they reach a resource.
"""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from preflight.preview.provider import OfflineProvider, make_provider
from preflight.preview.provider.environment import Environment
from preflight.preview.provider.placeholders import to_unknown
from preflight.preview.state.graph import urn_name, urn_type
from preflight.preview.state.values import contains_unknown, without_internal
from preflight.wire import CHANNEL_OPTIONS, to_python, to_struct

WORKERS = 16


def _incoming(message: Struct) -> dict[str, Any]:
    """Decode properties; texts made from placeholders are unknown again, assets stay as they are."""
    return {key: to_unknown(value) for key, value in to_python(message).items()}


class ProviderServer(provider_pb2_grpc.ResourceProviderServicer):
    """One package's provider. Each provider resource of a program has its own connection and configuration."""

    def __init__(self, package: str, version: str, environment: Environment) -> None:
        self._package = package
        self._version = version
        self._provider: OfflineProvider = make_provider(package, version, environment)
        self._configured: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def _inputs(self, context: grpc.ServicerContext) -> dict[str, Any]:
        with self._lock:
            return self._configured.get(context.peer(), {})

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def Attach(self, request: Any, context: Any) -> Any:
        return Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=to_struct(self._provider.check_config(_incoming(request.news))))

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        with self._lock:
            self._configured[context.peer()] = _incoming(request.args)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: Any, context: Any) -> Any:
        result = self._provider.check(
            urn_type(request.urn),
            urn_name(request.urn),
            _incoming(request.news),
            provider_inputs=self._inputs(context),
            autoname_seed=request.urn,
        )
        return provider_pb2.CheckResponse(
            inputs=to_struct(result.inputs),
            failures=[
                provider_pb2.CheckFailure(property=item.property, reason=item.reason) for item in result.failures
            ],
        )

    def Diff(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Create(self, request: Any, context: Any) -> Any:
        if not request.preview:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "the offline provider previews only; it creates nothing")
        outputs = self._provider.create(
            urn_type(request.urn), _incoming(request.properties), provider_inputs=self._inputs(context)
        )
        return provider_pb2.CreateResponse(properties=to_struct(outputs))

    def Read(self, request: Any, context: Any) -> Any:
        outputs = self._provider.read(
            urn_type(request.urn), request.id, _incoming(request.properties), provider_inputs=self._inputs(context)
        )
        return provider_pb2.ReadResponse(id=request.id, properties=to_struct(outputs), inputs=request.inputs)

    def Invoke(self, request: Any, context: Any) -> Any:
        result = self._provider.invoke(
            request.tok, without_internal(_incoming(request.args)), provider_inputs=self._inputs(context)
        )
        response = provider_pb2.InvokeResponse(
            failures=[provider_pb2.CheckFailure(property=item.property, reason=item.reason) for item in result.failures]
        )
        if result.value is not None and not contains_unknown(result.value):
            getattr(response, "return").CopyFrom(to_struct(result.value))
        return response

    def Cancel(self, request: Any, context: Any) -> Any:
        return Empty()


def serve(packages: Sequence[str], version: str, environment: Environment) -> tuple[list[grpc.Server], str]:
    """Serve each package on a loopback port; returns the servers and the value for PULUMI_DEBUG_PROVIDERS."""
    servers: list[grpc.Server] = []
    addresses: list[str] = []
    for package in packages:
        server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=CHANNEL_OPTIONS)
        port = server.add_insecure_port("127.0.0.1:0")
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderServer(package, version, environment), server)
        server.start()
        servers.append(server)
        addresses.append(f"{package}:{port}")
    return servers, ",".join(addresses)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m preflight.preview.provider.server", description=__doc__)
    parser.add_argument("packages", nargs="*", default=["aws"], help="packages to serve (default: aws)")
    parser.add_argument("--version", default="7.51.1", help="the version of pulumi-aws to speak for")
    parser.add_argument("--account", help="the AWS account id to assume")
    parser.add_argument("--region", help="the AWS region when the stack's configuration names none")
    arguments = parser.parse_args()
    config = {"aws:region": arguments.region} if arguments.region else {}
    try:
        environment = Environment.choose(account=arguments.account, config=config, variables=os.environ)
    except ValueError as error:
        parser.error(str(error))
    servers, value = serve(arguments.packages, arguments.version, environment)
    print(value, flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        for server in servers:
            server.stop(grace=0)


if __name__ == "__main__":
    main()
