"""A function that answers every request; stands in for real code in tests of components."""

import json
from typing import Any


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer a proxy request with 200."""
    return {"statusCode": 200, "body": json.dumps({"status": "ok"})}
