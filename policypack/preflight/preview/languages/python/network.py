"""Keeps a Python process on the loopback interface: a preview needs no network, and nothing should come to need one.

Loaded into the process before what it runs; it imports the standard library only.
"""

from __future__ import annotations

import sys
from typing import Any


class NetworkError(ConnectionError):
    """What a process gets that wants to leave the machine."""


def keep_local(what: str) -> None:
    """Refuse every connection that leaves the machine from now on; ``what`` names the process for the message."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto"):
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) and address else None
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
            host = arguments[0]
        else:
            return
        if not _is_local(host):
            shown = host.decode(errors="replace") if isinstance(host, bytes) else host
            raise NetworkError(
                f"{what} tried to reach {shown}, and a preview runs without a network (--allow-network lifts this)"
            )

    sys.addaudithook(watch)


def _is_local(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not isinstance(host, str) or host in ("", "localhost", "::", "0.0.0.0") or host.startswith(("127.", "::1")):
        return True
    import socket

    return host in (socket.gethostname(), socket.gethostname().partition(".")[0])
