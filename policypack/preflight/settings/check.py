"""Reading ``preflight.yaml`` strictly: every mistake has a line, a key, and the nearest right word."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

import jsonschema
import yaml

from preflight.documents import yaml_text
from preflight.nearest import did_you_mean
from preflight.rule import Rule
from preflight.settings.errors import SettingsError

KeyPath = tuple[str | int, ...]
"""The keys that lead to a value."""


class _Loader(yaml.SafeLoader):
    """Leaves ``2027-01-31`` a text, so that a day that the calendar lacks is our message and not YAML's."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read(text: str) -> tuple[Any, yaml.Node | None]:
    """Return the content of a settings file in YAML, and its nodes.

    Raises:
        YamlError: it can't be read.
    """
    return yaml_text.load(text, _Loader)


def checked(text: str, file: str, rules: Sequence[Rule]) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """Return the content of a settings file once it holds nothing that Preflight does not know, and its keys' lines.

    Args:
        text: the YAML text.
        file: its name, for messages.
        rules: the rules that levels, parameters and exemptions may name.

    Raises:
        SettingsError: with file, line, key, and what to write instead.
    """
    try:
        content, node = read(text)
    except yaml_text.YamlError as error:
        line = f":{error.line}" if error.line else ""
        raise SettingsError(f"{file}{line}: is not valid YAML: {error}") from error
    lines: dict[KeyPath, int] = {}
    if content is None:
        return {}, lines
    _collect(node, (), lines)
    return validated(_texts(content), lines, file, rules), lines


def validated(content: Any, lines: Mapping[KeyPath, int], file: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the content of a settings file, of whatever syntax, once it holds nothing that Preflight does not know.

    Args:
        content: as it was read.
        lines: where its keys are.
        file: its name, for messages.
        rules: the rules that it may name.

    Raises:
        SettingsError: with file, line, key, and what to write instead.
    """
    schema = json.loads((Path(__file__).parents[1] / "settings.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for mistake in sorted(validator.iter_errors(content), key=lambda found: _line(lines, found.absolute_path)):
        _refuse(mistake, file, lines)
    _check_rules(content, file, lines, rules)
    result: dict[str, Any] = content
    return result


def _collect(node: yaml.Node | None, path: KeyPath, lines: dict[KeyPath, int]) -> None:
    if node is None:
        return
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            _collect(value, here, lines)
            lines[here] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _collect(value, (*path, index), lines)


def _texts(value: Any) -> Any:
    """YAML may have keys that are no texts; they become texts."""
    if isinstance(value, dict):
        return {str(key): _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value


def _line(lines: Mapping[KeyPath, int], path: Iterable[str | int]) -> int:
    steps = tuple(path)
    while steps and steps not in lines:
        steps = steps[:-1]
    return lines.get(steps, 1)


def _shown(path: Iterable[str | int]) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the file"


def _refuse(error: Any, file: str, lines: Mapping[KeyPath, int]) -> NoReturn:
    path = list(error.absolute_path)
    where = f"{file}:{_line(lines, path)}: {_shown(path)}"
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        wrong = next(key for key in error.instance if key not in known)
        line = _line(lines, (*path, wrong))
        hint = did_you_mean(wrong, known) or f"; known here: {', '.join(known)}"
        raise SettingsError(f"{file}:{line}: {_shown([*path, wrong])}: there is no such key{hint}")
    if error.validator == "enum":
        known = [str(value) for value in error.schema["enum"]]
        hint = did_you_mean(str(error.instance), known) or f"; known: {', '.join(known)}"
        raise SettingsError(f"{where}: '{error.instance}' is none of the known values{hint}")
    if error.validator == "required":
        missing = next(key for key in error.schema["required"] if key not in error.instance)
        raise SettingsError(f"{where}: the key '{missing}' is missing; add it")
    if error.validator == "type":
        raise SettingsError(f"{where}: must be {_article(error.schema['type'])}, not {_word(error.instance)}")
    raise SettingsError(f"{where}: {error.message}")


def _article(name: str) -> str:
    words = {"object": "a mapping", "array": "a list", "string": "a string", "integer": "an integer"}
    return words.get(name, f"a {name}")


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"'{value}'" if value is not None else "empty"


_ACROSS: Final = "fleet-"


def _check_rules(content: Mapping[str, Any], file: str, lines: Mapping[KeyPath, int], rules: Sequence[Rule]) -> None:
    by_id = {name: rule for rule in rules for name in (*rule.formerly, rule.id)}
    across = any(name.startswith(_ACROSS) for name in by_id)

    def is_other(rule_id: str) -> bool:
        """Whether it may be a rule across stacks, of which only an audit of the fleet knows."""
        return rule_id.startswith(_ACROSS) and not across

    places: list[tuple[KeyPath, Mapping[str, Any]]] = [((), content)]
    places += [(("stacks", pattern), own) for pattern, own in content.get("stacks", {}).items()]
    for base, part in places:
        for rule_id in part.get("levels", {}).get("rules", {}):
            if not is_other(rule_id):
                _known((*base, "levels", "rules", rule_id), rule_id, by_id, file, lines)
        for rule_id, values in part.get("parameters", {}).items():
            path = (*base, "parameters", rule_id)
            if is_other(rule_id):
                continue
            _known(path, rule_id, by_id, file, lines)
            _check_parameters(path, values, by_id[rule_id], file, lines)
    for index, entry in enumerate(content.get("exemptions", ())):
        if not is_other(entry["rule"]):
            _known(("exemptions", index, "rule"), entry["rule"], by_id, file, lines)
        _check_date(("exemptions", index, "expires"), entry.get("expires"), file, lines)


def _known(path: KeyPath, rule_id: str, by_id: Mapping[str, Rule], file: str, lines: Mapping[KeyPath, int]) -> None:
    if rule_id not in by_id:
        hint = did_you_mean(rule_id, by_id) or "; `preflight rules` lists them"
        raise SettingsError(f"{file}:{_line(lines, path)}: {_shown(path)}: there is no rule '{rule_id}'{hint}")


def _check_date(path: KeyPath, value: str | None, file: str, lines: Mapping[KeyPath, int]) -> None:
    if value is None:
        return
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        where = f"{file}:{_line(lines, path)}: {_shown(path)}"
        raise SettingsError(f"{where}: '{value}' is not a day of the calendar") from None


def _check_parameters(
    path: KeyPath, values: Mapping[str, Any], rule: Rule, file: str, lines: Mapping[KeyPath, int]
) -> None:
    for name, value in values.items():
        where = f"{file}:{_line(lines, (*path, name))}: {_shown((*path, name))}"
        if name not in rule.parameters:
            known = ", ".join(rule.parameters) or "none"
            hint = did_you_mean(name, rule.parameters) or f"; its parameters: {known}"
            raise SettingsError(f"{where}: rule {rule.id} has no such parameter{hint}")
        parameter = rule.parameters[name]
        for error in jsonschema.Draft202012Validator(dict(parameter.schema)).iter_errors(value):
            raise SettingsError(f"{where}: {error.message} ({parameter.description})")
