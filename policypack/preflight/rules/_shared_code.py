"""The code that a program gives to a Lambda function."""

from __future__ import annotations

from pathlib import Path

from ..documents import code
from ..resource import Resource


def code_of(function: Resource) -> code.Files | code.Unreadable:
    """Return the files of a function's code, or why they can't be seen.

    Paths are relative to the folder that the rules run in; what is not there is not seen, never wrong.
    """
    if not function.has("code"):
        return code.Unreadable("the code is not part of the program")
    return code.open_code(function.raw("code"), Path.cwd())
