"""The gRPC server that the program and the packs talk to, on the loopback interface only."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc

from preflight.serving.token import Guard
from preflight.wire import CHANNEL_OPTIONS

if TYPE_CHECKING:
    from preflight.preview.engine.monitor import Monitor
    from preflight.preview.engine.schemas import Schemas


class Server:
    """Has its address from the start, so that other processes can be started with it; serves later."""

    def __init__(self, workers: int, token: str = "") -> None:
        """``token`` is what a program's calls must carry, where its runner can; empty for none."""
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="engine")
        guards: list[grpc.ServerInterceptor] | None = [Guard(token, "/pulumirpc.ResourceMonitor/")] if token else None
        self._server = grpc.server(self._executor, options=CHANNEL_OPTIONS, interceptors=guards)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def serve(self, monitor: Monitor, on_log: Callable[[str, str, str], None], schemas: Schemas | None = None) -> None:
        """Serve the ResourceMonitor and Engine protocols from now on, and a schema Loader where one is given."""
        from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

        from preflight.preview.engine.log import Engine

        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(Engine(on_log), self._server)
        if schemas is not None:
            self._server.add_generic_rpc_handlers((schemas.handler(),))
        self._server.start()

    def stop(self) -> None:
        """Stop serving and drop what is under way."""
        self._server.stop(grace=0).wait(1)
        self._executor.shutdown(wait=False, cancel_futures=True)
