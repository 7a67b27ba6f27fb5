"""The JSON report: a versioned contract for machines. Fields are added, never changed, within one version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from preflight.preview.state.outcome import Outcome
from preflight.preview.verdicts import location_entry
from preflight.wire import redacted

VERSION: Final = 1

_FINDING: Final = (
    "rule", "kind", "severity", "certainty", "level", "urn", "type", "name", "path", "message", "why", "fix",
    "controls", "location",
)  # fmt: skip


def document(outcome: Outcome) -> dict[str, Any]:
    """Return the report as plain data.

    ``failures`` holds rules that raised, and (with ``rule`` null) errors of the program or of the provider's checks.
    """
    base = Path.cwd()
    return {
        "version": VERSION,
        "program": outcome.program,
        "stack": outcome.stack,
        "resources": outcome.resources,
        "rules": outcome.rules,
        "seconds": outcome.seconds,
        "findings": [{key: finding.get(key) for key in _FINDING} for finding in outcome.findings],
        "undecided": [{key: item.get(key) for key in ("rule", "urn", "path")} for item in outcome.undecided],
        "prerequisites": [
            {
                "what": item.what,
                "token": item.token,
                "arguments": redacted(item.arguments),
                "location": location_entry(item.location, base),
            }
            for item in outcome.prerequisites
        ],
        "exempted": outcome.exempted,
        "failures": [
            *(
                {
                    "rule": item.get("rule"),
                    "urn": item.get("urn"),
                    "error": item.get("error"),
                    "location": item.get("location"),
                }
                for item in outcome.failures
            ),
            *(
                {
                    "rule": None,
                    "urn": error.urn,
                    "error": error.message,
                    "location": location_entry(error.location, base),
                }
                for error in outcome.errors
            ),
        ],
    }


def render(outcome: Outcome) -> str:
    """Return the report as JSON text, ending with a newline."""
    return json.dumps(document(outcome), indent=2, ensure_ascii=False) + "\n"
