"""Calls back into the program: resource transforms, invoke transforms and hooks, which it serves itself."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Any, Final

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from preflight.preview.state.graph import Location
from preflight.preview.state.values import upgrade
from preflight.wire import CHANNEL_OPTIONS, to_python, to_struct


class CallbackError(Exception):
    """A callback that raised in the program; ``str()`` is the program's own message, ``location`` its own line."""

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.location = location


_RAISED: Final = re.compile(r"^Invoke callback \S+ error: (?P<message>.*?):?\n(?P<stack>  File .*)$", re.DOTALL)
_FRAME: Final = re.compile(r'  File "(?P<file>[^"]+)", line (?P<line>\d+)')


def _callback_error(details: str) -> CallbackError:
    """Read what the SDK says of a callback that raised: the message, then the program's frames."""
    match = _RAISED.match(details)
    if match is None:
        return CallbackError(f"a transform or hook failed: {details}")
    frames = _FRAME.findall(match["stack"])
    location = Location(frames[-1][0], int(frames[-1][1])) if frames else None
    return CallbackError(f"a transform or hook raised an error: {match['message']}", location)


@dataclass(frozen=True)
class Callback:
    """One function of the program that the engine may call."""

    target: str
    token: str


class CallbackClients:
    """Connections to the callback servers of a program, one per address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channels: dict[str, tuple[grpc.Channel, Any]] = {}

    def _invoke(self, callback: Callback, request: bytes) -> bytes:
        with self._lock:
            if callback.target not in self._channels:
                channel = grpc.insecure_channel(callback.target, options=CHANNEL_OPTIONS)
                self._channels[callback.target] = (channel, callback_pb2_grpc.CallbacksStub(channel))
            stub = self._channels[callback.target][1]
        try:
            answer = stub.Invoke(callback_pb2.CallbackInvokeRequest(token=callback.token, request=request))
        except grpc.RpcError as error:
            raise _callback_error(error.details() or str(error)) from error
        response: bytes = answer.response
        return response

    def transform(
        self,
        callback: Callback,
        *,
        type_token: str,
        name: str,
        custom: bool,
        parent: str,
        properties: dict[str, Any],
        options: Any,
    ) -> tuple[dict[str, Any], Any]:
        """Run one resource transform; returns the new properties and TransformResourceOptions.

        Raises:
            CallbackError: when the transform raised.
        """
        request = resource_pb2.TransformRequest(
            type=type_token,
            name=name,
            custom=custom,
            parent=parent,
            properties=to_struct({key: upgrade(value) for key, value in properties.items()}),
            options=options,
        )
        answer = resource_pb2.TransformResponse.FromString(self._invoke(callback, request.SerializeToString()))
        return (
            to_python(answer.properties) if answer.HasField("properties") else properties,
            answer.options if answer.HasField("options") else options,
        )

    def transform_invoke(
        self, callback: Callback, token: str, arguments: dict[str, Any], options: Any
    ) -> tuple[dict[str, Any], Any]:
        """Run one invoke transform; returns the new arguments and TransformInvokeOptions.

        Raises:
            CallbackError: when the transform raised.
        """
        request = resource_pb2.TransformInvokeRequest(token=token, args=to_struct(arguments), options=options)
        answer = resource_pb2.TransformInvokeResponse.FromString(self._invoke(callback, request.SerializeToString()))
        return (
            to_python(answer.args) if answer.HasField("args") else arguments,
            answer.options if answer.HasField("options") else options,
        )

    def hook(
        self,
        callback: Callback,
        *,
        urn: str,
        name: str,
        type_token: str,
        inputs: dict[str, Any],
        outputs: dict[str, Any] | None,
    ) -> str:
        """Run one resource hook; returns the error that it reports, or an empty text.

        Raises:
            CallbackError: when the hook raised.
        """
        request = resource_pb2.ResourceHookRequest(urn=urn, name=name, type=type_token, new_inputs=to_struct(inputs))
        if outputs is not None:
            request.new_outputs.CopyFrom(to_struct(outputs))
        answer = resource_pb2.ResourceHookResponse.FromString(self._invoke(callback, request.SerializeToString()))
        return str(answer.error)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for channel, _ in self._channels.values():
                channel.close()
            self._channels.clear()
