"""``python -m benchmarks [NAME…]``: run all benchmarks, or those named; each prints one table of figures."""

from __future__ import annotations

import importlib
import sys

NAMES = ("analyze", "stack", "boot", "preview")


def main() -> int:
    """Run the benchmarks named on the command line; 2 for an unknown name."""
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"benchmarks: there is no {unknown[0]}; known: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in wanted:
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
