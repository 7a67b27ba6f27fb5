"""Descriptions."""

from __future__ import annotations

from ...resource import Resource
from ...rule import Findings, Kind, Severity, rule

_DATABASE = "aws:athena/database:Database"


@rule(
    (
        "aws:appflow/flow:Flow",
        "aws:athena/dataCatalog:DataCatalog",
        _DATABASE,
        "aws:athena/namedQuery:NamedQuery",
        "aws:athena/workgroup:Workgroup",
        "aws:kms/key:Key",
        "aws:lambda/function:Function",
        "aws:secretsmanager/secret:Secret",
    ),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def descriptions_present(resource: Resource) -> Findings:
    """Keys, secrets, functions, flows and queries carry a description.

    Why: In an incident nobody has the time to find out what a key or a function is for.
    Fix: Set the description (an Athena database's comment).
    Source: AWS Well-Architected Framework, Operational Excellence Pillar.
    """
    path = "comment" if resource.is_a(_DATABASE) else "description"
    # The provider writes this where the program says nothing.
    if not resource.has(path) or resource.known(path) == "Managed by Pulumi":
        yield resource.finding(f"has no {path}", at=path)
