"""Lets the tests import `components` the way a stack does."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "stacks"))
