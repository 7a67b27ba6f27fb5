"""A policy pack that records every request as JSON lines in the file that PREFLIGHT_DUMP names, and finds nothing."""

from __future__ import annotations

import json
import os
import threading
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

LIMIT = 400 * 1024 * 1024


class Recorder(analyzer_pb2_grpc.AnalyzerServicer):
    def __init__(self) -> None:
        self._file = open(os.environ["PREFLIGHT_DUMP"], "w", encoding="utf-8")  # noqa: SIM115
        self._lock = threading.Lock()

    def _record(self, method: str, request: Any) -> None:
        with self._lock:
            self._file.write(json.dumps({"method": method, "request": json_format.MessageToDict(request)}) + "\n")
            self._file.flush()

    def Analyze(self, request: Any, context: Any) -> Any:
        self._record("Analyze", request)
        return analyzer_pb2.AnalyzeResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        self._record("AnalyzeStack", request)
        return analyzer_pb2.AnalyzeResponse()

    def Remediate(self, request: Any, context: Any) -> Any:
        self._record("Remediate", request)
        return analyzer_pb2.RemediateResponse()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        # One policy of level remediate, so that an engine which spares needless Remediate calls sends them here.
        policy = analyzer_pb2.PolicyInfo(
            name="record", enforcementLevel=analyzer_pb2.REMEDIATE, policy_type=analyzer_pb2.POLICY_TYPE_RESOURCE
        )
        return analyzer_pb2.AnalyzerInfo(name="dump", version="0.0.1", supportsConfig=True, policies=[policy])

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.0.1")

    def Configure(self, request: Any, context: Any) -> Any:
        self._record("Configure", request)
        return Empty()

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        self._record("ConfigureStack", request)
        return analyzer_pb2.AnalyzerStackConfigureResponse()


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=[("grpc.max_receive_message_length", LIMIT)])
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Recorder(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
