"""Program fragments made of the situations of the rules' table tests, so that what the documentation shows is tested.

``python -m preflight.docs`` calls :func:`examples`, and ``preflight explain`` prints what it wrote.
"""

from __future__ import annotations

import importlib
import json
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from preflight import wire
from preflight.docs.examples import Example
from preflight.facts import schema
from preflight.judging.judge import Status
from preflight.testing import P, R
from preflight.testing.program import Concat, Document, Ref
from preflight.testing.tables import TABLES, Case, find_rule, verdicts_of

INDENT: Final = "    "
LINE_WIDTH: Final = 88


def examples() -> dict[str, Example]:
    """Make the fragments of every rule that has a table: of its first failing and its first passing situation."""
    for path in sorted(Path(__file__).parent.rglob("test_*.py")):
        relative = path.relative_to(Path(__file__).parents[2]).with_suffix("")
        importlib.import_module(".".join(relative.parts))
    return {rule_id: _example(rule_id, cases) for rule_id, cases in TABLES.items()}


def _example(rule_id: str, cases: tuple[Case, ...]) -> Example:
    failing = next(case for case in cases if case.status is Status.FINDING)
    passing = next(case for case in cases if case.status is Status.PASS)
    verdicts = verdicts_of(find_rule(rule_id), failing, failing.modes[0])
    says = tuple(finding.message for verdict in verdicts for finding in verdict.findings)
    return Example(fails=fragment(failing.resources), says=says, passes=fragment(passing.resources))


def fragment(resources: Iterable[R]) -> str:
    """Render the resources of a situation as a Pulumi program in Python."""
    writer = _Writer()
    for resource in resources:
        writer.declare(resource)
    return writer.text()


def snake(name: str) -> str:
    """Write a camelCase property name as pulumi-aws's Python does."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{words}_" if keyword.iskeyword(words) else words


class _Writer:
    def __init__(self) -> None:
        self._variables: dict[str, str] = {}
        self._providers: dict[str, str] = {}
        self._statements: list[str] = []
        self._modules = {"pulumi_aws as aws"}
        self._values: set[str] = set()

    def text(self) -> str:
        order = sorted(self._modules, key=lambda name: (name != "json", name))
        head = "\n".join(f"import {module}" for module in order)
        values = "".join(f"{name} = ...  # known once it is created\n" for name in sorted(self._values))
        return "\n\n".join(part for part in (head, values.rstrip(), *self._statements) if part)

    def declare(self, resource: R) -> str:
        """Write the statement that creates a resource, after those that it refers to; return its variable."""
        known = self._variables.get(resource.urn)
        if known is not None:
            return known
        variable = self._variables[resource.urn] = self._variable(resource.name_)
        inputs = schema.resource(resource.type_, resource.provider_.version)
        arguments = [json.dumps(resource.name_)]
        for name, value in resource.properties_.items():
            declared = inputs.inputs.get(name) if inputs else None
            arguments.append(f"{snake(name)}={self._value(value, declared.type if declared else None, 1)}")
        if options := self._options(resource):
            arguments.append(f"opts=pulumi.ResourceOptions({', '.join(options)})")
            self._modules.add("pulumi")
        note = "" if schema.major_of(resource.provider_.version) == schema.NEWEST else "  # pulumi-aws 6"
        call = _call(self._constructor(resource.type_), arguments)
        self._statements.append(f"{variable} = {call}{note}")
        return variable

    def _variable(self, name: str) -> str:
        plain = re.sub(r"\W+", "_", snake(name)).strip("_") or "resource"
        plain = f"_{plain}" if plain[0].isdigit() else plain
        taken = {*self._variables.values(), *keyword.kwlist, "aws", "json", "pulumi", "unknown"}
        return next(found for found in _numbered(plain) if found not in taken)

    def _constructor(self, token: str) -> str:
        package, module, name = [*token.split(":"), "", ""][:3]
        service = module.partition("/")[0]
        if package == "aws":
            service = f"{service}_" if keyword.iskeyword(service) else service
            return f"aws.{name}" if service == "index" else f"aws.{service}.{name}"
        if name and token.count("/"):
            self._modules.add(f"pulumi_{package} as {package}")
            return f"{package}.{name}" if service == "index" else f"{package}.{service}.{name}"
        return name or token

    def _options(self, resource: R) -> list[str]:
        options = []
        if resource.parent_ is not None:
            options.append(f"parent={self.declare(resource.parent_)}")
        if resource.depends_on_:
            options.append(f"depends_on=[{', '.join(self.declare(other) for other in resource.depends_on_)}]")
        if not resource.provider_.name.startswith("default"):
            options.append(f"provider={self._provider(resource.provider_)}")
        options += [f"{snake(name)}={_literal(value)}" for name, value in resource.options_.items()]
        return options

    def _provider(self, provider: P) -> str:
        if provider.name not in self._providers:
            variable = self._providers[provider.name] = f"{snake(provider.name).replace('-', '_')}_provider"
            arguments = [json.dumps(provider.name)]
            if isinstance(provider.region, str):
                arguments.append(f"region={json.dumps(provider.region)}")
            arguments += [f"{snake(name)}={self._value(value, None, 1)}" for name, value in provider.config.items()]
            self._statements.append(f"{variable} = {_call('aws.Provider', arguments)}")
        return self._providers[provider.name]

    def _value(self, value: Any, declared: schema.Type | None, depth: int) -> str:
        if isinstance(value, Ref):
            return f"{self.declare(value.resource)}.{snake(value.attribute)}"
        if isinstance(value, Concat):
            self._modules.add("pulumi")
            return f"pulumi.Output.concat({', '.join(self._value(part, None, depth) for part in value.parts)})"
        if isinstance(value, Document):
            refers = any(True for _ in _references(value.content))
            self._modules.add("pulumi" if refers else "json")
            return (
                f"{'pulumi.Output.json_dumps' if refers else 'json.dumps'}({self._value(value.content, None, depth)})"
            )
        if wire.is_unknown(value):
            self._values.add("unknown")
            return "unknown"
        if isinstance(value, Mapping):
            return self._object(value, declared, depth)
        if isinstance(value, (list, tuple)):
            element = declared.of if declared is not None else None
            if len(value) == 1 and isinstance(value[0], Mapping):
                return f"[{self._value(value[0], element, depth)}]"
            return _bracket("[", [self._value(item, element, depth + 1) for item in value], "]", depth)
        return _literal(value)

    def _object(self, value: Mapping[str, Any], declared: schema.Type | None, depth: int) -> str:
        signed = wire.signature(value)
        if signed == wire.SECRET:
            self._modules.add("pulumi")
            return f"pulumi.Output.secret({self._value(value['value'], declared, depth)})"
        if signed in (wire.ASSET, wire.ARCHIVE):
            self._modules.add("pulumi")
            return f"pulumi.{_asset(value, signed, lambda item: self._value(item, None, depth + 1), depth)}"
        shape = declared.object if declared is not None else None
        element = declared.of if declared is not None else None
        items = []
        for name, item in value.items():
            member = shape.properties.get(name) if shape else None
            key = snake(name) if shape else name
            items.append(f"{json.dumps(key)}: {self._value(item, member.type if member else element, depth + 1)}")
        return _bracket("{", items, "}", depth)


def _asset(value: Mapping[str, Any], signed: str, write: Callable[[Any], str], depth: int) -> str:
    noun = "Asset" if signed == wire.ASSET else "Archive"
    if "assets" in value:
        items = [f"{json.dumps(name)}: {write(item)}" for name, item in value["assets"].items()]
        return f"AssetArchive({_bracket('{', items, '}', depth)})"
    if "text" in value:
        return f"StringAsset({_literal(value['text'])})"
    if "uri" in value:
        return f"Remote{noun}({_literal(value['uri'])})"
    return f"File{noun}({_literal(value.get('path', '...'))})"


def _references(value: Any) -> Iterator[Ref | Concat | Document]:
    if isinstance(value, (Ref, Concat, Document)):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _references(item)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _call(function: str, arguments: list[str]) -> str:
    return f"{function}{_bracket('(', arguments, ')', 0)}"


def _bracket(opening: str, items: list[str], closing: str, depth: int) -> str:
    """Put items between brackets, on one line where they fit, else on one line each."""
    flat = f"{opening}{', '.join(items)}{closing}"
    if "\n" not in flat and len(flat) + depth * len(INDENT) <= LINE_WIDTH - 20:
        return flat
    inner = INDENT * (depth + 1)
    return f"{opening}\n" + "".join(f"{inner}{item},\n" for item in items) + f"{INDENT * depth}{closing}"
