"""AppSync: logs and traces of GraphQL APIs."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ._shared_flags import asked

API: Final = "aws:appsync/graphQLApi:GraphQLApi"


@rule(API, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def request_logging(api: Resource) -> Findings:
    """A GraphQL API logs its requests and the resolvers of their fields.

    Why: Without logs nobody can tell who asked for which data, or why a resolver failed.
    Fix: Set `logConfig` with `fieldLogLevel` ERROR, INFO, DEBUG or ALL and a role that may write to CloudWatch Logs.
    Source: AWS AppSync Developer Guide, "Monitoring and logging"; AWS Config rule appsync-logging-enabled.
    """
    if not api.has("logConfig"):
        yield api.finding("logs no requests; set `logConfig`", at="logConfig")
    elif api.text("logConfig.fieldLogLevel") == "NONE":
        yield api.finding("logs no fields; set `fieldLogLevel` to ERROR or finer", at="logConfig.fieldLogLevel")


@rule(API, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def tracing(api: Resource) -> Findings:
    """A GraphQL API is traced by X-Ray.

    Why: A request runs through resolvers and data sources; only a trace shows which of them was slow or failed.
    Fix: Set `xrayEnabled=true`.
    Source: AWS AppSync Developer Guide, "Tracing with AWS X-Ray".
    """
    yield from asked(api, "xrayEnabled", "is not traced; set `xrayEnabled=true`")
