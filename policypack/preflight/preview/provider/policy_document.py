"""``aws.iam.getPolicyDocument``, rendered as the Terraform provider renders it.

Source: terraform-provider-aws ``internal/service/iam/policy_document_data_source.go`` and ``policy_model.go``:
statements of the source documents first, then the own ones, then the overrides; a statement replaces an earlier one of
the same Sid; lists of actions, resources and principals come out in descending order, lists of one as a text; condition
values keep their order.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from preflight.preview.provider.coercion import go_json

_VERSION: Final = "2012-10-17"

Document = dict[str, Any]
Statement = dict[str, Any]


class PolicyDocumentError(ValueError):
    """A document can't be rendered; the message is the provider's."""


def render(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The result fields of the function: ``json``, ``minifiedJson``, ``id``, and the arguments with defaults filled in.

    `arguments` are plain values without unknowns. Raises `PolicyDocumentError`.
    """
    merged: Document = {"Version": "", "Id": "", "Statement": []}
    _merge_sources(merged, _documents(arguments, "sourcePolicyDocuments", "sourceJson"))
    version = arguments.get("version") or _VERSION
    statements = _statements(arguments.get("statements") or (), version)
    _merge(merged, {"Version": version, "Id": arguments.get("policyId") or "", "Statement": statements})
    for position, text in enumerate(_documents(arguments, "overridePolicyDocuments", "overrideJson")):
        _merge(merged, _parse(text, f"merging override document {position}"))
    shown = {key: value for key, value in merged.items() if value}
    pretty, minified = _go_ordered(shown, 2), _go_ordered(shown, None)
    return {
        **arguments,
        "version": version,
        "json": pretty,
        "minifiedJson": minified,
        "id": str(binascii.crc32(pretty.encode())),
    }


def _statements(given: Sequence[Mapping[str, Any]], version: str) -> list[Statement]:
    sids: set[str] = set()
    result = []
    for statement in given:
        sid = statement.get("sid")
        if sid and sid in sids:
            raise PolicyDocumentError(f"duplicate Sid ({sid}). Remove the Sid or ensure the Sid is unique.")
        sids.add(sid or "")
        result.append(_statement(statement, version))
    return result


def _documents(arguments: Mapping[str, Any], plural: str, single: str) -> list[str]:
    several = arguments.get(plural)
    given = several if isinstance(several, list) else [several]
    return [text for text in [arguments.get(single), *given] if isinstance(text, str) and text]


def _merge_sources(merged: Document, texts: Sequence[str]) -> None:
    sids: set[str] = set()
    for position, text in enumerate(texts):
        doing = f"merging source document {position}"
        source = _parse(text, doing)
        for index, statement in enumerate(source["Statement"]):
            sid = statement.get("Sid")
            if sid and sid in sids:
                raise PolicyDocumentError(
                    f"{doing}: duplicate Sid ({sid}) in source_policy_documents (statement {index}). "
                    "Remove the Sid or ensure Sids are unique."
                )
            sids.add(sid or "")
        _merge(merged, source)


def _merge(into: Document, new: Document) -> None:
    into["Id"] = new["Id"] or into["Id"]
    into["Version"] = max(into["Version"], new["Version"])
    statements: list[Statement] = into["Statement"]
    for statement in new["Statement"]:
        sid = statement.get("Sid")
        place = next((i for i, existing in enumerate(statements) if sid and existing.get("Sid") == sid), None)
        if place is None:
            statements.append(statement)
        else:
            statements[place] = statement


def _statement(given: Mapping[str, Any], version: str) -> Statement:
    """One statement of the arguments, keys in the provider's order."""

    def variables(text: str) -> str:
        if version == _VERSION:
            return text.replace("&{", "${")
        if "&{" in text:
            raise PolicyDocumentError(
                f"found &{{ sequence in ({text}), which is not supported in document version {version}"
            )
        return text

    result: Statement = {"Sid": given.get("sid") or "", "Effect": given.get("effect") or "Allow"}
    for source, key, change in (
        ("actions", "Action", str),
        ("notActions", "NotAction", str),
        ("resources", "Resource", variables),
        ("notResources", "NotResource", variables),
    ):
        result[key] = _texts(given.get(source), change)
    result["Principal"] = _principals(given.get("principals"), variables)
    result["NotPrincipal"] = _principals(given.get("notPrincipals"), variables)
    result["Condition"] = _conditions(given.get("conditions"), variables)
    return {key: value for key, value in result.items() if value}


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _hash(text: str) -> str:
    """The key by which Terraform orders the members of a set, so that blocks of one kind come out in its order."""
    return str(binascii.crc32(text.encode()))


def _single(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _texts(value: Any, change: Callable[[str], str]) -> str | list[str]:
    return _single(sorted({change(str(item)) for item in _as_list(value)}, reverse=True))


def _principals(value: Any, change: Callable[[str], str]) -> Any:
    found = {}
    for block in _as_list(value):
        kind, identifiers = str(block["type"]), {str(item) for item in _as_list(block.get("identifiers"))}
        members = "".join(f"{item};" for item in sorted(identifiers, key=lambda item: _hash(f"{item};")))
        found[_hash(f"identifiers:{{{members}}};type:{kind};")] = (kind, _as_list(_texts(sorted(identifiers), change)))
    return _principal_map([found[key] for key in sorted(found)])


def _principal_map(blocks: Sequence[tuple[str, list[str]]]) -> Any:
    if len(blocks) == 1 and blocks[0] == ("*", ["*"]):
        return "*"
    result: dict[str, Any] = {}
    for kind, identifiers in blocks:
        earlier = result.get(kind)
        result[kind] = _single([*_as_list(earlier), *identifiers])
    return result


def _conditions(value: Any, change: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    found = {}
    for block in _as_list(value):
        test, name, texts = (
            str(block["test"]),
            str(block["variable"]),
            [str(item) for item in _as_list(block["values"])],
        )
        members = "".join(f"{item};" for item in texts)
        found[_hash(f"test:{test};values:({members});variable:{name};")] = (
            test,
            name,
            [change(text) for text in texts],
        )
    result: dict[str, dict[str, Any]] = {}
    for _, (test, name, values) in sorted(found.items()):
        by_variable = result.setdefault(test, {})
        by_variable[name] = _single([*_as_list(by_variable.get(name)), *values])
    return result


def _parse(text: str, doing: str) -> Document:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise PolicyDocumentError(f"{doing}: {error}") from error
    if not isinstance(document, dict):
        raise PolicyDocumentError(
            f"{doing}: json: cannot unmarshal {_go_kind(document)} into Go value of type iam.IAMPolicyDoc"
        )
    statements = document.get("Statement") or []
    if not isinstance(statements, list):
        # Valid to IAM, but not to the provider.
        raise PolicyDocumentError(
            f"{doing}: json: cannot unmarshal {_go_kind(statements)} into Go struct field IAMPolicyDoc.Statement of "
            "type []*iam.IAMPolicyStatement"
        )
    return {
        "Version": document.get("Version") or "",
        "Id": document.get("Id") or "",
        "Statement": [_normalised(statement) for statement in statements],
    }


def _go_kind(value: Any) -> str:
    return {dict: "object", list: "array", str: "string", bool: "bool"}.get(type(value), "number")


def _normalised(statement: Mapping[str, Any]) -> Statement:
    """A statement of a JSON document as the provider writes it again: a list of one condition value becomes a text."""
    result: Statement = {}
    for key in ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"):
        value = statement.get(key)
        if value and key.endswith("Principal"):
            value = (
                "*"
                if value in ("*", {"*": "*"}, {"*": ["*"]})
                else {
                    kind: sorted(names, reverse=True) if isinstance(names, list) else names
                    for kind, names in value.items()
                }
            )
        if value:
            result[key] = value
    condition = statement.get("Condition")
    if isinstance(condition, dict) and condition:
        result["Condition"] = {
            test: {name: _single([_text(item) for item in _as_list(values)]) for name, values in variables.items()}
            for test, variables in condition.items()
        }
    return result


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _go_ordered(document: Mapping[str, Any], indent: int | None) -> str:
    """JSON with the provider's order of keys: that of its Go types outside, alphabetical inside principals and
    conditions.
    """
    step = "" if indent is None else " " * indent
    newline = "" if indent is None else "\n"
    colon = ":" if indent is None else ": "

    def block(pairs: list[str], opening: str, closing: str, depth: int) -> str:
        inner = f",{newline}".join(step * (depth + 1) + pair for pair in pairs)
        return f"{opening}{newline}{inner}{newline}{step * depth}{closing}"

    def plain(value: Any, depth: int) -> str:
        return go_json(value, indent).replace("\n", "\n" + step * depth)

    def statement(value: Statement) -> str:
        return block([f'"{key}"{colon}{plain(item, 3)}' for key, item in value.items()], "{", "}", 2)

    pairs = []
    for key, value in document.items():
        if key == "Statement":
            pairs.append(f'"Statement"{colon}' + block([statement(item) for item in value], "[", "]", 1))
        else:
            pairs.append(f'"{key}"{colon}{go_json(value)}')
    return block(pairs, "{", "}", 0)
