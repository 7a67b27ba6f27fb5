"""Reads the sources of the pulumi-aws Python SDK, without importing them, into plain descriptions of its types.

The SDK is generated code of a regular shape, so a syntax tree says all there is to know:

* an ``@pulumi.input_type`` or ``@pulumi.output_type`` class is an object; its getters carry the property names
  (``name=`` gives the camelCase one), types, and deprecation messages; arguments of ``__init__`` without a default are
  required;
* a ``pulumi.CustomResource`` subclass is a resource; its token is the first argument of ``super().__init__``;
* a function with ``pulumi.runtime.invoke('token', ...)`` is an invoke.

A type is written as a short text, the *kind* (see `preflight.facts.schema` for its grammar).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SCALARS = {"str": "s", "bool": "b", "int": "i", "float": "n", "Any": "*", "Asset": "asset", "Archive": "archive"}


@dataclass
class ObjectSource:
    """One class with getters: property name to kind, in source order."""

    properties: dict[str, str] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    optional: list[str] = field(default_factory=list)
    deprecated: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str | int | float | bool] = field(default_factory=dict)


@dataclass
class ResourceSource:
    """One resource: its token, inputs, and outputs."""

    token: str
    inputs: ObjectSource
    outputs: ObjectSource
    secrets: list[str]
    aliases: list[str]
    deprecation: str | None


@dataclass
class FunctionSource:
    """One invoke: its token, arguments and result."""

    token: str
    arguments: ObjectSource
    result: ObjectSource
    deprecation: str | None


@dataclass
class ServiceSource:
    """What one folder of the SDK defines. `inputs` and `outputs` are the nested object types by class name."""

    name: str
    resources: list[ResourceSource] = field(default_factory=list)
    functions: list[FunctionSource] = field(default_factory=list)
    inputs: dict[str, ObjectSource] = field(default_factory=dict)
    outputs: dict[str, ObjectSource] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)


def read_service(folder: Path, name: str) -> ServiceSource:
    """Read one folder of the SDK (`pulumi_aws/rds`, say). `name` is the service as tokens write it (``rds``)."""
    service = ServiceSource(name)
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=path.name)
        classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        if path.name == "_inputs.py":
            for class_name, node in classes.items():
                if _decorated(node, "input_type"):
                    service.inputs[_object_name(class_name)] = _read_object(node, "")
        elif path.name == "outputs.py":
            for class_name, node in classes.items():
                if _decorated(node, "output_type"):
                    service.outputs[class_name] = _read_object(node, ">")
        elif path.name == "_enums.py":
            for class_name, node in classes.items():
                service.enums[class_name] = _read_enum(node)
        else:
            service.resources.extend(_read_resources(tree, classes))
            service.functions.extend(_read_functions(tree, classes))
    return service


def _object_name(class_name: str) -> str:
    return class_name[: -len("Args")] if class_name.endswith("Args") else class_name


def _decorated(node: ast.ClassDef | ast.FunctionDef, name: str) -> bool:
    return any(
        (isinstance(decorator, ast.Attribute) and decorator.attr == name)
        or (
            isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Attribute)
            and decorator.func.attr == name
        )
        for decorator in node.decorator_list
    )


def _read_enum(node: ast.ClassDef) -> list[str]:
    return [
        str(statement.value.value)
        for statement in node.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
    ]


def _read_object(node: ast.ClassDef, marker: str) -> ObjectSource:
    """Read a class with getters. `marker` is ">" where nested types are those of `outputs.py`, else ""."""
    result = ObjectSource()
    python_names: dict[str, str] = {}
    for method in node.body:
        if not isinstance(method, ast.FunctionDef) or method.returns is None:
            continue
        getter = _getter_name(method)
        if getter is None:
            continue
        kind, optional = kind_of(method.returns, marker)
        python_names[method.name] = getter
        result.properties[getter] = kind
        if optional:
            result.optional.append(getter)
        message = _deprecation_of(method)
        if message is not None:
            result.deprecated[getter] = message
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for argument, default in zip(method.args.kwonlyargs, method.args.kw_defaults, strict=True):
                if default is None and argument.arg in python_names:
                    result.required.append(python_names[argument.arg])
            result.defaults = {python_names[name]: value for name, value in _constants(method) if name in python_names}
    return result


def _constants(method: ast.FunctionDef) -> Iterator[tuple[str, str | int | float | bool]]:
    """The defaults that the SDK fills in itself: ``if description is None: description = 'Managed by Pulumi'``."""
    for statement in method.body:
        if not (isinstance(statement, ast.If) and isinstance(statement.test, ast.Compare)):
            continue
        for assignment in statement.body:
            if (
                isinstance(statement.test.ops[0], ast.Is)
                and isinstance(assignment, ast.Assign)
                and isinstance(assignment.targets[0], ast.Name)
                and isinstance(assignment.value, ast.Constant)
                and isinstance(assignment.value.value, (str, int, float, bool))
            ):
                yield assignment.targets[0].id, assignment.value.value


def _getter_name(method: ast.FunctionDef) -> str | None:
    for decorator in method.decorator_list:
        if isinstance(decorator, ast.Attribute) and decorator.attr == "getter":
            return method.name
        if (
            isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Attribute)
            and decorator.func.attr == "getter"
        ):
            for keyword in decorator.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
            return method.name
    return None


def _deprecation_of(method: ast.FunctionDef) -> str | None:
    for decorator in method.decorator_list:
        if (
            isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Attribute)
            and decorator.func.attr == "deprecated"
            and decorator.args
            and isinstance(decorator.args[0], ast.Constant)
        ):
            return " ".join(str(decorator.args[0].value).split())
    return None


def kind_of(annotation: ast.expr, marker: str) -> tuple[str, bool]:
    """The kind of a type annotation, and whether it is `Optional`.

    Raises `ValueError` for a form that the SDK has not used so far, so that a new one is noticed.
    """
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return _named(annotation.value, marker), False
    if isinstance(annotation, ast.Attribute):
        return SCALARS[annotation.attr], False
    if isinstance(annotation, ast.Name):
        return SCALARS[annotation.id], False
    if not isinstance(annotation, ast.Subscript):
        raise ValueError(f"unknown annotation {ast.unparse(annotation)}")
    head = annotation.value.attr if isinstance(annotation.value, ast.Attribute) else getattr(annotation.value, "id", "")
    if head in ("Input", "Output"):
        return kind_of(annotation.slice, marker)
    if head == "Optional":
        return kind_of(annotation.slice, marker)[0], True
    if head == "Sequence":
        return "[" + kind_of(annotation.slice, marker)[0], False
    if head == "Mapping" and isinstance(annotation.slice, ast.Tuple):
        return "{" + kind_of(annotation.slice.elts[1], marker)[0], False
    if head == "Union" and isinstance(annotation.slice, ast.Tuple):
        kinds = [
            kind_of(element, marker)[0]
            for element in annotation.slice.elts
            if not (isinstance(element, ast.Constant) and str(element.value).endswith("ArgsDict"))
        ]
        return "|".join(dict.fromkeys(kinds)), False
    raise ValueError(f"unknown annotation {ast.unparse(annotation)}")


def _named(reference: str, marker: str) -> str:
    """A quoted type: an object type of this module ('XArgs', 'outputs.X'), of another ('_iam.XArgs'), or an enum
    ('X').
    """
    module, _, name = reference.rpartition(".")
    if module.startswith("outputs"):
        # `outputs.X` is of this folder, `_iam.outputs.X` and `outputs.iam.X` would be of another.
        other = module.replace("outputs", "").strip(".").strip("_")
        return f"#>{other + '/' if other else ''}{name}"
    if module.endswith(".outputs"):
        return f"#>{module[: -len('.outputs')].strip('_')}/{name}"
    prefix = module.strip("_") + "/" if module else ""
    if name.endswith("Args"):
        return f"#{prefix}{_object_name(name)}"
    return f"={prefix}{name}"


def _module_deprecation(tree: ast.Module, class_name: str) -> str | None:
    """The message of `warnings.warn(...)` at the module's top level or in the class's body: the type itself is
    deprecated.
    """
    for node in ast.walk(tree):
        statements: list[ast.stmt] = []
        if isinstance(node, ast.Module) or (isinstance(node, ast.ClassDef) and node.name == class_name):
            statements = node.body
        for statement in statements:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                call = statement.value
                if isinstance(call.func, ast.Attribute) and call.func.attr == "warn" and call.args:
                    message = call.args[0]
                    if isinstance(message, ast.Constant):
                        return " ".join(str(message.value).split())
    return None


def _calls(node: ast.AST, attribute: str) -> Iterator[ast.Call]:
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and child.func.attr == attribute:
            yield child


def _read_resources(tree: ast.Module, classes: dict[str, ast.ClassDef]) -> Iterator[ResourceSource]:
    for name, node in classes.items():
        bases = {base.attr for base in node.bases if isinstance(base, ast.Attribute)}
        if not bases & {"CustomResource", "ProviderResource"}:
            continue
        tokens = [
            str(call.args[0].value)
            for call in _calls(node, "__init__")
            if isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Call)
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ]
        if len(tokens) != 1:
            raise ValueError(f"{name}: expected one call of super().__init__ with a token, found {tokens}")
        # The class has another name where a nested type has taken this one (BucketVersioning).
        arguments = classes.get(name + "InitArgs") or classes.get(name + "Args")
        secrets = [
            str(element.value)
            for call in _calls(node, "ResourceOptions")
            for keyword in call.keywords
            if keyword.arg == "additional_secret_outputs" and isinstance(keyword.value, ast.List)
            for element in keyword.value.elts
            if isinstance(element, ast.Constant)
        ]
        aliases = [
            str(keyword.value.value)
            for call in _calls(node, "Alias")
            for keyword in call.keywords
            if keyword.arg == "type_" and isinstance(keyword.value, ast.Constant)
        ]
        yield ResourceSource(
            token=tokens[0] if "ProviderResource" not in bases else f"pulumi:providers:{tokens[0]}",
            inputs=_read_object(arguments, "") if arguments is not None else ObjectSource(),
            outputs=_read_object(node, ">"),
            secrets=secrets,
            aliases=aliases,
            deprecation=_module_deprecation(tree, name),
        )


def _read_functions(tree: ast.Module, classes: dict[str, ast.ClassDef]) -> Iterator[FunctionSource]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for call in _calls(node, "invoke"):
            if not call.args or not isinstance(call.args[0], ast.Constant):
                continue
            results = [
                keyword.value.id
                for keyword in call.keywords
                if keyword.arg == "typ" and isinstance(keyword.value, ast.Name)
            ]
            yield FunctionSource(
                token=str(call.args[0].value),
                arguments=_read_arguments(node),
                result=_read_object(classes[results[0]], ">") if results else ObjectSource(),
                deprecation=_module_deprecation(tree, ""),
            )


def _read_arguments(node: ast.FunctionDef) -> ObjectSource:
    """The arguments of an invoke: `__args__['camelCase'] = snake_case` names them, the signature types them."""
    result = ObjectSource()
    annotations = {argument.arg: argument.annotation for argument in node.args.args}
    positional = node.args.args
    required = {argument.arg for argument in positional[: len(positional) - len(node.args.defaults)]}
    for statement in node.body:
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript)):
            continue
        target, value = statement.targets[0], statement.value
        if not (isinstance(target.slice, ast.Constant) and isinstance(value, ast.Name)):
            continue
        annotation = annotations.get(value.id)
        if annotation is None:
            continue
        name = str(target.slice.value)
        kind, _ = kind_of(annotation, "")
        # `Union['XArgs', 'XArgsDict', 'outputs.X']`: the argument may be another invoke's result; the input type
        # describes it.
        result.properties[name] = _prefer_input(kind)
        if value.id in required:
            result.required.append(name)
    return result


def _prefer_input(kind: str) -> str:
    parts = kind.split("|")
    if len(parts) > 1 and parts[-1].startswith("#>"):
        return "|".join(part for part in parts if not part.startswith("#>"))
    return kind
