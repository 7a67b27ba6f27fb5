"""Values that no resource wants: outputs turned into text, and placeholders left from an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ... import wire
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, rule
from ...view import join

_OUTPUT_TEXTS: Final = re.compile(
    r"Calling __str__ on an Output|Calling \[toString\] on an \[Output|Calling \[toJSON\] on an \[Output"
    r"|<pulumi\.output\.Output object at 0x|\[object Object\]"
)
_IDENTIFIERS: Final = re.compile(r"(?:Arns?|Ids?|[iI]mage|[iI]mageUri|imageIdentifier)$|^(?:arns?|ids?)$")
_ACCOUNT: Final = re.compile(r"(?<!\d)(\d{12})(?!\d)")
_SAMPLE_ACCOUNTS: Final = frozenset({"123456789012", "000000000000", "111122223333"})
_SAMPLE_ID: Final = re.compile(
    r"^(?:vpc|subnet|sg|ami|i|rtb|igw|nat|eni|vol|snap|acl|eipalloc|lt|vpce|tgw|pcx)-"
    r"(?:123456?7?8?9?0?|0?123456789abcdef0?|x{4,}|abc(?:123|def)?)$"
)
_SAMPLE_WORDS: Final = re.compile(r"placeholder|replace[-_ ]?me|your[-_][a-z]+[-_]here|x{8,}|changeme", re.IGNORECASE)
_NOT_IDENTIFIERS: Final = frozenset({"keyId", "accessKeyId", "ruleId", "priorityId"})


def _texts(value: Any, path: str, key: str) -> Iterator[tuple[str, str, str]]:
    """Every known text below a value, with its path and the property that it belongs to."""
    if isinstance(value, str):
        if not wire.is_unknown(value):
            yield value, path, key
    elif isinstance(value, dict):
        if wire.SIGNATURE_KEY not in value:
            for name, item in value.items():
                yield from _texts(item, join(path, name), name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, join(path, index), key)


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def outputs_resolved(resource: Resource) -> Findings:
    """No property holds the placeholder that an Output becomes when it is used as a plain string.

    Why: An f-string or json.dumps over an Output puts "Calling __str__ on an Output[T] is not supported" into the name,
    policy or document that AWS then gets.
    Fix: Use pulumi.Output.concat, Output.format, Output.json_dumps, or .apply.
    Source: Pulumi documentation, "Inputs and outputs".
    """
    for text, path, _ in _texts(resource.inputs, "", ""):
        found = _OUTPUT_TEXTS.search(text) if "utput" in text or "[object" in text else None
        if found:
            yield resource.finding(
                f"holds '{found[0]}…': an Output was converted to a string; build it with "
                "Output.concat, Output.format or Output.json_dumps",
                at=path,
            )


@rule(
    "aws:*",
    kind=Kind.DEPLOYMENT,
    severity=Severity.CRITICAL,
    parameters={
        "test_accounts": Parameter(
            {"type": "array", "items": {"type": "string"}},
            [],
            "Account numbers that are real here though they look like samples, such as an emulator's 000000000000.",
        )
    },
)
def placeholders_replaced(resource: Resource, parameters: Parameters) -> Findings:
    """ARNs, ids and images are real ones, not those of an example.

    Why: The sample account 123456789012 or the subnet subnet-12345 does not exist or is not yours: the update fails
    ("InvalidSubnetID.NotFound"), or waits for what never comes.
    Fix: Pass the real value by config, or refer to the resource.
    Source: IAM User Guide, "IAM identifiers" (AWS documents with the account 123456789012).
    """
    allowed = set(parameters["test_accounts"])
    for text, path, key in _texts(resource.inputs, "", ""):
        if not _IDENTIFIERS.search(key) or key in _NOT_IDENTIFIERS or path.startswith("tags"):
            continue
        accounts = _SAMPLE_ACCOUNTS & set(_ACCOUNT.findall(text)) - allowed
        sample = _SAMPLE_ID.search(text) or _SAMPLE_WORDS.search(text)
        if accounts:
            yield resource.finding(f"names the sample account {min(accounts)}; pass the real value", at=path)
        elif sample:
            yield resource.finding(f"is the sample '{text}'; pass the real value", at=path)
