"""What the tests of this folder share."""

from __future__ import annotations

from preflight.testing import R

TABLE = "aws:dynamodb/table:Table"


INSIDE = R("program:index:App", "app")


def orders(**properties: object) -> R:
    return R(TABLE, "orders", **properties)


BY_DAY = [{"name": "by-day", "hashKey": "day", "projectionType": "ALL"}]


UNITS = {"readCapacity": 5, "writeCapacity": 5}
