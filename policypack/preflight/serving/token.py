"""The token of a run: what tells our own processes from whoever else reaches a port on the loopback interface."""

from __future__ import annotations

import hmac
from typing import Any

import grpc

from preflight.serving.protocol import TOKEN_KEY


class Guard(grpc.ServerInterceptor):
    """Refuses calls that don't carry the token of this run.

    Args:
        token: what calls must carry.
        prefix: the methods that it is asked of, for example ``/pulumirpc.ResourceMonitor/``; all when empty.
    """

    def __init__(self, token: str, prefix: str = "") -> None:
        self._token = token
        self._prefix = prefix
        self._refusal: Any = grpc.unary_unary_rpc_method_handler(_refuse)

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        """Return the handler of a call; gRPC's own interface."""
        if not details.method.startswith(self._prefix):
            return continuation(details)
        carried = (value for key, value in details.invocation_metadata if key == TOKEN_KEY)
        if any(hmac.compare_digest(str(value), self._token) for value in carried):
            return continuation(details)
        return self._refusal


def _refuse(request: Any, context: Any) -> None:
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "this call does not carry the token of the run")
