"""Rules for HTTP and WebSocket APIs alone; what they share with REST APIs is in the package apigateway."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, Undecided, rule
from ..stack import Stack
from ._shared_graph import alike, same_text

STAGE: Final = "aws:apigatewayv2/stage:Stage"
API: Final = "aws:apigatewayv2/api:Api"


@rule(STAGE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def stage_defined_once(stage: Resource, stack: Stack) -> Findings:
    """A stage of an HTTP or WebSocket API is defined once.

    Why: The second stage of a name is refused ("ConflictException: Stage already exists").
    Fix: Remove or rename one of the two.
    Source: Amazon API Gateway V2 API Reference, "CreateStage".
    """
    others = alike(stack, STAGE, "apiId", API)
    pending = None
    for other in others.before(stage):
        same = same_text(other, "name", stage, "name")
        if same:
            yield stage.finding(
                f"stage '{other.name}' makes stage '{stage.known('name')}' of the same API already; remove or rename "
                "one of the two",
                at="name",
            )
            return
        if same is None:
            pending = Undecided("name" if other.is_unknown("name") else "apiId", other.urn)
    unclear = others.unclear(stage)
    if pending is None and unclear is not None and same_text(unclear, "name", stage, "name") is not False:
        pending = Undecided("apiId", unclear.urn)
    if pending:
        raise pending
