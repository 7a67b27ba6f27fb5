"""Structured logs and metrics.

Lambda writes records of `logging` as JSON, `extra` included, when the function's log format is JSON; a line on standard
output in CloudWatch's embedded metric format becomes metrics without any call (CloudWatch User Guide, "Embedded metric
format specification").
"""

from __future__ import annotations

import json
import logging
import os
import time

NAMESPACE = "PaymentsCompliance"

log = logging.getLogger("monitor")
log.setLevel(logging.INFO)


def count(**metrics: int) -> None:
    """Add to counters, each named by its keyword: `count(Findings=1)`."""
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Function"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in metrics],
    }
    document = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        "Function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local"),
    }
    print(json.dumps({**document, **metrics}), flush=True)
