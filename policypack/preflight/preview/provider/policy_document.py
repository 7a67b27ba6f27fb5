"""``aws.iam.getPolicyDocument``, rendered as the Terraform provider renders it.

Source: terraform-provider-aws ``internal/service/iam/policy_document_data_source.go`` and ``policy_model.go``:
statements of the source documents first, then the own ones, then the overrides; a statement replaces an earlier one of
the same Sid; lists of actions, resources and principals come out in descending order, lists of one as a text; condition
values keep their order."""

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

    `arguments` are plain values without unknowns. Raises `PolicyDocumentError`."""
    merged: Document = {"Version": "", "Id": "", "Statement": []}
    _merge_sources(merged, _documents(arguments, "sourcePolicyDocuments", "sourceJson"))
    version = arguments.get("version") or _VERSION
    own: Document = {"Version": version, "Id": arguments.get("policyId") or "", "Statement": []}
    sids: set[str] = set()
    for given in arguments.get("statements") or ():
        statement = _statement(given, version)
        sid = statement.get("Sid")
        if sid and sid in sids:
            raise PolicyDocumentError(f"duplicate Sid ({sid}). Remove the Sid or ensure the Sid is unique.")
        sids.add(sid or "")
        own["Statement"].append(statement)
    _merge(merged, own)
    for text in _documents(arguments, "overridePolicyDocuments", "overrideJson"):
        _merge(merged, _parse(text, "merging override document"))
    shown = {key: value for key, value in merged.items() if value}
    pretty, minified = _go_ordered(shown, 2), _go_ordered(shown, None)
    return {
        **arguments,
        "version": version,
        "json": pretty,
        "minifiedJson": minified,
        "id": str(binascii.crc32(pretty.encode())),
    }


def _documents(arguments: Mapping[str, Any], plural: str, single: str) -> list[str]:
    several = arguments.get(plural)
    given = several if isinstance(several, list) else [several]
    return [text for text in [arguments.get(single), *given] if isinstance(text, str) and text]


def _merge_sources(merged: Document, texts: Sequence[str]) -> None:
    sids: set[str] = set()
    for position, text in enumerate(texts):
        source = _parse(text, f"merging source document {position}")
        for index, statement in enumerate(source["Statement"]):
            sid = statement.get("Sid")
            if sid and sid in sids:
                raise PolicyDocumentError(
                    f"duplicate Sid ({sid}) in source_policy_documents (item {position}; statement {index}). "
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


def _texts(value: Any, change: Callable[[str], str]) -> str | list[str]:
    found = sorted({change(str(item)) for item in _as_list(value)}, reverse=True)
    return found[0] if len(found) == 1 else found


def _principals(value: Any, change: Callable[[str], str]) -> Any:
    blocks = [(str(block["type"]), _as_list(_texts(block.get("identifiers"), change))) for block in _as_list(value)]
    return _principal_map(blocks)


def _principal_map(blocks: Sequence[tuple[str, list[str]]]) -> Any:
    if len(blocks) == 1 and blocks[0] == ("*", ["*"]):
        return "*"
    result: dict[str, Any] = {}
    for kind, identifiers in blocks:
        earlier = result.get(kind)
        together = [*_as_list(earlier), *identifiers]
        result[kind] = together[0] if len(together) == 1 else together
    return result


def _conditions(value: Any, change: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    result: dict[str, dict[str, Any]] = {}
    for block in _as_list(value):
        values = [change(str(item)) for item in _as_list(block.get("values"))]
        by_variable = result.setdefault(str(block["test"]), {})
        name = str(block["variable"])
        together = [*_as_list(by_variable.get(name)), *values]
        by_variable[name] = together[0] if len(together) == 1 else together
    return result


def _parse(text: str, doing: str) -> Document:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise PolicyDocumentError(f"{doing}: {error}") from error
    if not isinstance(document, dict):
        raise PolicyDocumentError(f"{doing}: json: cannot unmarshal {type(document).__name__} into a policy document")
    return {
        "Version": document.get("Version") or "",
        "Id": document.get("Id") or "",
        "Statement": [_normalised(statement) for statement in _as_list(document.get("Statement"))],
    }


def _normalised(statement: Mapping[str, Any]) -> Statement:
    """A statement of a JSON document as the provider writes it again: conditions become lists, the rest stays."""
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
            test: {name: [_text(item) for item in _as_list(values)] for name, values in variables.items()}
            for test, variables in condition.items()
        }
    return result


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _go_ordered(document: Mapping[str, Any], indent: int | None) -> str:
    """JSON with the provider's order of keys: that of its Go types outside, alphabetical inside principals and
    conditions."""
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
