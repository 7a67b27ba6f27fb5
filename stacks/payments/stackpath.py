"""Makes `components/` importable: inside this folder, or beside it as in the repository.

Pulumi puts only the program's own folder on the import path. Importing this module adds the folder above it, last, so
that nothing in it can hide an installed package.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent

sys.path.append(str(HERE.parent))
if find_spec("components") is None:
    sys.exit(f"The folder components/ is neither in nor beside {HERE.name}/: copy it together with the stack.")
