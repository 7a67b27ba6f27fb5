"""Table tests for rules: Preflight's own, and those of a pack of yours. Needs pytest.

::

    from preflight.testing import R, UNKNOWN, fails, passes, table, undecided

    test_bucket_owner_tagged = table(
        bucket_owner_tagged,
        passes("an owner", R("aws:s3/bucket:Bucket", "b", tags={"owner": "data"})),
        fails("no owner", R("aws:s3/bucket:Bucket", "b"), at="tags"),
        undecided("unknown tags", R("aws:s3/bucket:Bucket", "b", tags=UNKNOWN), at="tags"),
    )
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from preflight.testing.program import UNKNOWN, V6, P, R, concat, document, secret
    from preflight.testing.remedy import remediates
    from preflight.testing.tables import fails, message_checks, not_applicable, passes, table, undecided

__all__ = [
    "UNKNOWN",
    "V6",
    "P",
    "R",
    "concat",
    "document",
    "fails",
    "message_checks",
    "not_applicable",
    "passes",
    "remediates",
    "secret",
    "table",
    "undecided",
]

_PROGRAM: Final = frozenset({"UNKNOWN", "V6", "P", "R", "concat", "document", "secret"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'preflight.testing' has no attribute {name!r}")
    module = "program" if name in _PROGRAM else "remedy" if name == "remediates" else "tables"
    return getattr(importlib.import_module(f"preflight.testing.{module}"), name)
