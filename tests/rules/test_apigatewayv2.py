"""Rules for HTTP and WebSocket APIs."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided

API = R("aws:apigatewayv2/api:Api", "api", protocolType="HTTP")
OTHER = R("aws:apigatewayv2/api:Api", "other", protocolType="HTTP")
COMPONENT = R("program:api:Api", "component")


def stage(label: str = "stage", of: Any = API.id, name: Any = "$default", **options: Any) -> R:
    return R("aws:apigatewayv2/stage:Stage", label, apiId=of, **{"name": name, **options})


test_stage_defined_once = table(
    "apigatewayv2-stage-defined-once",
    fails("twice", stage(), stage("stage-again"), API, on="stage-again", at="name", says="'stage'"),
    passes("once", stage(), API),
    passes("two names", stage(), stage("stage-again", name="dev"), API),
    passes("two APIs", stage(), stage("stage-again", OTHER.id), API, OTHER),
    fails(
        "in a component", stage(), stage("stage-again", parent=COMPONENT), API, COMPONENT, on="stage-again", at="name"
    ),
    fails("one known API", stage(of="a1b2c3"), stage("stage-again", "a1b2c3"), on="stage-again", at="name"),
    passes("two regions", stage(of="a1"), stage("stage-again", "a1", provider=P("west", region="us-west-2"))),
    undecided("unknown", stage(), stage("stage-again", name=UNKNOWN), API),
)
