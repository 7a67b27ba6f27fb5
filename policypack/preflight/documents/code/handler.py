"""The handler of a function, whatever its runtime.

Source: "Lambda runtimes" and "Building a custom runtime for AWS Lambda" (a provided runtime starts the file
    ``bootstrap``), AWS Lambda developer guide.
"""

from __future__ import annotations

from .. import names
from .files import Files
from .node import node_handler
from .python import python_handler
from .verdict import CannotTell, Found, Missing, Verdict


def handler(files: Files, runtime: str, name: str) -> Verdict:
    """Tell whether a function's handler is defined in its code.

    Args:
        files: the function's code.
        runtime: the runtime's identifier, such as ``python3.12`` or ``provided.al2023``.
        name: the handler; custom runtimes make of it what they like.
    """
    if runtime.startswith("python"):
        return python_handler(files, name)
    if runtime.startswith("nodejs"):
        return node_handler(files, name)
    if runtime.startswith("provided"):
        return _bootstrap(files)
    return CannotTell(f"handlers of the runtime {runtime!r} are not visible in the files")


def _bootstrap(files: Files) -> Verdict:
    if files.has("bootstrap"):
        return Found("bootstrap")
    if not files.complete:
        return CannotTell("the code has too many files to look at all of them")
    listed = files.names()
    elsewhere = sorted(name for name in listed if name.endswith("/bootstrap"))
    near = elsewhere or names.nearest("bootstrap", [name for name in listed if "/" not in name])
    return Missing(
        "there is no file 'bootstrap' at the top of the code, which a provided runtime starts", tuple(near[:3])
    )
