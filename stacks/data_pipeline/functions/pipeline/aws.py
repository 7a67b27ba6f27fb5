"""Clients of AWS services, whose patience is bounded."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3  # Lambda's runtime brings it
from botocore.config import Config

PATIENCE = {"connect_timeout": 2, "read_timeout": 3, "retries": {"mode": "standard", "max_attempts": 2}}
"""Seconds and tries of one call, so that a request is answered before API Gateway gives up on it after 29 seconds."""


@cache
def client(service: str) -> Any:
    """The boto3 client of a service, one for the life of the execution environment."""
    return boto3.client(service, config=Config(**PATIENCE))
