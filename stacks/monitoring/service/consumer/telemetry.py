"""Structured logs and metrics, both as lines of JSON on standard output, which ECS passes to CloudWatch Logs.

CloudWatch makes metrics of lines in its embedded metric format without any call (CloudWatch User Guide, "Embedded
metric format specification").
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time

NAMESPACE = "Monitoring"
DIMENSION = "Environment"

log = logging.getLogger("consumer")

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonFormatter(logging.Formatter):
    """One line of JSON a record: time, level, message, whatever was passed as `extra`, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON text without line breaks."""
        entry = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            **{key: value for key, value in vars(record).items() if key not in _PLAIN},
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def configure() -> None:
    """Send this package's log to standard output, from `LOG_LEVEL` (by default INFO) on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    log.handlers = [handler]
    log.setLevel(os.environ.get("LOG_LEVEL", "INFO"))
    log.propagate = False


def count(**metrics: int) -> None:
    """Add to counters, each named by its keyword: `count(Stored=1)`."""
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [[DIMENSION]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in metrics],
    }
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": about, DIMENSION: os.environ.get("ENVIRONMENT", "local"), **metrics}), flush=True)
