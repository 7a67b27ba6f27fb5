"""IAM policy documents: read tolerantly, matched as IAM matches them, judged with three-valued answers.

``parse(value)`` reads a document from its text, or from a structure whose leaves may be unknown. A question about it is
answered with ``True``, ``False``, or ``None`` for "can't be told": a part that decides it is unknown at preview, or the
text is malformed.

Source of the language: "IAM JSON policy elements reference", "Policy evaluation logic" and "Grammar of the IAM JSON
policy language", AWS IAM user guide.
"""

from .condition import ABSENT, Condition, Context
from .document import UNKNOWN, Document, Grants, combine, parse
from .exposure import (
    Judged,
    admin_statements,
    guards_confused_deputy,
    is_admin,
    is_limited,
    is_public,
    public_statements,
    requires_tls,
    whole_services,
    wildcard_actions,
    wildcard_resources,
)
from .grammar import (
    Problem,
    identity_problems,
    principal_problem,
    problems,
    resource_problems,
    trust_problems,
)
from .principal import ANYONE, Caller, Principal, account, caller, federated, role, service
from .statement import Statement

__all__ = [
    "ABSENT",
    "ANYONE",
    "UNKNOWN",
    "Caller",
    "Condition",
    "Context",
    "Document",
    "Grants",
    "Judged",
    "Principal",
    "Problem",
    "Statement",
    "account",
    "admin_statements",
    "caller",
    "combine",
    "federated",
    "guards_confused_deputy",
    "identity_problems",
    "is_admin",
    "is_limited",
    "is_public",
    "parse",
    "principal_problem",
    "problems",
    "public_statements",
    "requires_tls",
    "resource_problems",
    "role",
    "service",
    "trust_problems",
    "whole_services",
    "wildcard_actions",
    "wildcard_resources",
]
