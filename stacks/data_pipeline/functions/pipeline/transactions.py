"""What a transaction is: its fields, and what is refused about them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

FIELDS = ("id", "account", "amount", "currency", "occurredAt")
LARGEST_AMOUNT = Decimal("999999999999.99")
"""What the column numeric(14, 2) holds."""


class InvalidTransaction(ValueError):
    """A transaction that is refused. `problems` names each field and what is wrong with it, never its value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """A transaction that has been checked. All fields are texts in one canonical form, so that equal ones are equal."""

    id: str
    """UUID; two requests with the same one are the same transaction."""
    account: str
    amount: str
    """With two decimals, negative for a refund."""
    currency: str
    """ISO 4217 code."""
    occurred_at: str
    """ISO 8601, in UTC."""

    @classmethod
    def parse(cls, text: str | None) -> Transaction:
        """Check a request's body. Raises `InvalidTransaction` with all problems at once."""
        try:
            given = json.loads(text or "")
        except ValueError:
            raise InvalidTransaction(["the body is no JSON"]) from None
        if not isinstance(given, dict):
            raise InvalidTransaction(["the body is no JSON object"])
        problems = [f"{name} is missing" for name in FIELDS if name not in given]
        problems += [f"{name!r} is no field of a transaction" for name in sorted(given) if name not in FIELDS]
        values: dict[str, str] = {}
        for name in FIELDS:
            if name in given:
                try:
                    values[name] = CHECKS[name](given[name])
                except ValueError as error:
                    problems.append(f"{name} {error}")
        if problems:
            raise InvalidTransaction(problems)
        return cls(occurred_at=values.pop("occurredAt"), **values)

    @property
    def document(self) -> str:
        """The canonical JSON, which is what is stored and hashed; `parse` takes it back."""
        fields = asdict(self)
        fields["occurredAt"] = fields.pop("occurred_at")
        return json.dumps(fields, sort_keys=True)

    @property
    def digest(self) -> str:
        """SHA-256 of the document in hexadecimal digits."""
        return hashlib.sha256(self.document.encode()).hexdigest()

    @property
    def object_key(self) -> str:
        """Where the document is in the bucket. It ends in the digest, so that no other content overwrites it."""
        return f"transactions/{self.occurred_at[:10]}/{self.id}/{self.digest}.json"


def _id(value: Any) -> str:
    if isinstance(value, str):
        try:
            return str(UUID(value))
        except ValueError:
            pass
    raise ValueError("is no UUID")


def _account(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9-]{1,34}", value):
        raise ValueError("is no text of 1 to 34 letters, digits and hyphens")
    return value


def _amount(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,12}(\.\d{1,2})?", value):
        raise ValueError('is no decimal text with at most two decimals, such as "12.50"')
    try:
        amount = Decimal(value).quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = LARGEST_AMOUNT + 1
    if not amount or abs(amount) > LARGEST_AMOUNT:
        raise ValueError("is zero or too large")
    return str(amount)


def _currency(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise ValueError("is no code of three capital letters")
    return value


def _occurred_at(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError('is no time with a zone, such as "2025-01-31T08:00:00Z"')
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")


CHECKS = {"id": _id, "account": _account, "amount": _amount, "currency": _currency, "occurredAt": _occurred_at}
