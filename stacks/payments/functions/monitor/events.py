"""Reads EventBridge events: what happened, to what, by whom, and whether it concerns this environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CALLS: Mapping[str, Sequence[str]] = json.loads(Path(__file__).with_name("calls.json").read_text(encoding="utf-8"))
"""AWS service to the calls that can weaken the environment."""
ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
REQUIRED_TAGS = ("CostCenter", "Project", "Environment", "ComplianceLevel")


class MalformedEvent(ValueError):
    """An event that lacks what its detail type promises; the message names it."""


@dataclass(frozen=True)
class Finding:
    """Something that weakened the environment. `subject` is what was changed, `actor` the ARN of who did it."""

    event_id: str
    time: str
    action: str
    subject: str
    actor: str
    why: str


@dataclass(frozen=True)
class Environment:
    """What belongs to this environment: names that begin with `prefix` and end in `name`, and ids that have no name.

    An environment `x-dev` is seen by `dev` too: a finding too many is better than one too few.
    """

    prefix: str
    name: str
    ids: frozenset[str]

    def holds(self, text: str) -> bool:
        """Whether a text out of a request names something of this environment, by name, ARN or id."""
        last = re.split(r"[:/]", text)[-1]
        named = re.fullmatch(rf"{re.escape(self.prefix)}[a-z0-9-]*-{re.escape(self.name)}(-\d{{12}})?", last)
        return bool(named) or last in self.ids


def judge(event: Any, environment: Environment) -> Finding | None:
    """The finding that an event makes, or None when it concerns another environment or weakens nothing.

    Raises `MalformedEvent` when the event is not what EventBridge sends.
    """
    detail_type, detail = _field(event, "detail-type", str), _field(event, "detail", dict)
    if detail_type == "AWS API Call via CloudTrail":
        return _judge_call(event, detail, environment)
    if detail_type == "Tag Change on Resource":
        return _judge_tags(event, detail, environment)
    raise MalformedEvent(f"detail-type is {detail_type!r}: no rule of this stack sends it")


def _judge_call(event: Any, detail: Mapping[str, Any], environment: Environment) -> Finding | None:
    service, call = _field(detail, "eventSource", str).removesuffix(".amazonaws.com"), _field(detail, "eventName", str)
    if call not in CALLS.get(service, ()) or detail.get("errorCode"):
        return None  # a refused call changed nothing
    request = detail.get("requestParameters") or {}
    subject = next((text for text in _texts(request) if environment.holds(text)), None)
    why = _weakened(call, request) if subject else None
    if subject is None or why is None:
        return None
    actor = detail.get("userIdentity", {}).get("arn", "unknown")
    return Finding(_field(event, "id", str), _field(event, "time", str), f"{service}:{call}", subject, actor, why)


def _judge_tags(event: Any, detail: Mapping[str, Any], environment: Environment) -> Finding | None:
    resources, tags = _field(event, "resources", list), _field(detail, "tags", dict)
    subject = next((arn for arn in resources if isinstance(arn, str) and environment.holds(arn)), None)
    missing = [key for key in REQUIRED_TAGS if not tags.get(key)]
    if subject is None or not missing:
        return None
    why = f"tags that costs and evidence are assigned by are missing: {', '.join(missing)}"
    return Finding(_field(event, "id", str), _field(event, "time", str), "tag:change", subject, "unknown", why)


def _weakened(call: str, request: Mapping[str, Any]) -> str | None:
    """Why a call weakens what it changes, or None when its parameters don't."""
    if call == "AuthorizeSecurityGroupIngress":
        return "the group is open to the internet" if ANYWHERE & set(_texts(request)) else None
    if call == "PutBucketVersioning":
        suspended = request.get("VersioningConfiguration", {}).get("Status") == "Suspended"
        return "objects are no longer kept in versions" if suspended else None
    if call == "PutBucketPublicAccessBlock":
        block = request.get("PublicAccessBlockConfiguration", {})
        return "public access is no longer blocked" if "false" in {str(on).lower() for on in block.values()} else None
    if call == "ModifyDBCluster":
        return "the cluster can be deleted" if request.get("deletionProtection") is False else None
    if call == "UpdateTable":
        return "the table can be deleted" if request.get("deletionProtectionEnabled") is False else None
    if call == "UpdateContinuousBackups":
        recovery = request.get("pointInTimeRecoverySpecification", {})
        return "there is no point-in-time recovery" if recovery.get("pointInTimeRecoveryEnabled") is False else None
    return f"{call} changes a safeguard: compare it with the program, and run `pulumi up` to restore it"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _field(value: Any, name: str, kind: type) -> Any:
    if not isinstance(value, Mapping) or not isinstance(value.get(name), kind):
        raise MalformedEvent(f"{name} is missing or no {kind.__name__}")
    return value[name]
