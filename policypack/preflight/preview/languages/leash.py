"""Ends this process when the engine ends, even where that is killed (Linux only; standard library only).

Python processes load it; others are started through it (``leash.py COMMAND ARGUMENT…``): what it asks of the system
stays in force over ``exec``. The engine can't ask for it between ``fork`` and ``exec``: gRPC does not survive a fork.
"""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def hold() -> None:
    """Have the system end this process with its parent."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    except (ImportError, OSError, AttributeError):
        return
    if not _has_owner():
        os._exit(1)  # the engine ended before it could be asked for


def _has_owner() -> bool:
    """Whether the engine of this run lives. Its own number says so: in a container the parent may well be number 1."""
    try:
        with open(os.path.join(os.environ["PREFLIGHT_RUN"], "owner"), encoding="ascii") as file:
            os.kill(int(file.read()), 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    except (KeyError, OSError, ValueError):
        return True
    return True


if __name__ == "__main__":
    hold()
    os.execvp(sys.argv[1], sys.argv[1:])
