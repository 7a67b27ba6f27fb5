"""How a policy pack's process begins: ``main.py local|network MODULE ARGUMENT…``, with the pack's interpreter.

It runs a module as ``python -m`` does, once the process is bound to end with the engine and, unless it may leave it, to
this machine. It imports the standard library only.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
from typing import Any


def _load(name: str) -> Any:
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "languages", f"{name}.py")
    spec: Any = importlib.util.spec_from_file_location(f"_preflight_{os.path.basename(name)}", place)
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    _load("leash").hold()
    if sys.argv[1] == "local":
        _load("python/network").keep_local("the policy pack")
    # As `python -m` has it: the working folder first, and the module's name in place of this file's.
    sys.path[0] = ""
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
