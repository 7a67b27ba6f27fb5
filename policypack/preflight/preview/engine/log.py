"""Pulumi's Engine protocol, served to the program: its log, and the root resource (``proto/pulumi/engine.proto``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_LEVELS = {0: "debug", 1: "info", 2: "warning", 3: "error"}


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes the program's messages. ``on_log`` gets level, message and URN; debug messages are dropped."""

    def __init__(self, on_log: Callable[[str, str, str], None]) -> None:
        self._on_log = on_log
        self._root = ""

    def Log(self, request: Any, context: Any) -> Any:
        if request.severity and not request.ephemeral:
            self._on_log(_LEVELS.get(request.severity, "info"), request.message, request.urn)
        return Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def StartDebugging(self, request: Any, context: Any) -> Any:
        return Empty()

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:
        return engine_pb2.RequirePulumiVersionResponse()
