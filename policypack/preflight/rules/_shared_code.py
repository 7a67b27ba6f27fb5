"""The code that a program gives to a Lambda function."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ..documents import code
from ..resource import Resource

_NOWHERE: Final = Path("the folder of the program is not known")


def code_of(function: Resource) -> code.Files | code.Unreadable:
    """Return the files of a function's code, or why they can't be seen.

    Paths are relative to the folder in which the program runs; where that is not known they are not seen.
    """
    if not function.has("code"):
        return code.Unreadable("the code is not part of the program")
    return code.open_code(function.raw("code"), function.program_folder or _NOWHERE)
