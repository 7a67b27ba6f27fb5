"""Which of the four steps of a rotation a function handles, as far as its Python source shows.

Source: "Lambda rotation functions", AWS Secrets Manager user guide: Secrets Manager calls the function with ``Step``
    set to each of ``createSecret``, ``setSecret``, ``testSecret`` and ``finishSecret``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from .. import names
from ..answer import Answer
from .files import Files
from .python import module_file, parse_module
from .verdict import CannotTell

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_GIVEN = frozenset({"boto3", "botocore", "awslambdaric", "s3transfer", "jmespath", "dateutil", "urllib3", "six"})
"""What the Python runtimes of Lambda bring beside the standard library."""
_MAX_MODULES = 200
_REFLECTION = frozenset({"getattr", "globals", "locals", "vars", "import_module", "methodcaller"})


@dataclass(frozen=True)
class Steps:
    """The steps that a rotation function handles and misses, in the order of a rotation.

    ``reason`` says why the missing ones can't be told to be missing; ``None`` when they surely are (or none is).
    """

    handled: tuple[str, ...]
    missing: tuple[str, ...]
    reason: str | None

    @property
    def answer(self) -> Answer:
        """Tell whether all four are handled."""
        if not self.missing:
            return True
        return None if self.reason else False


def rotation_steps(files: Files, handler: str) -> Steps:
    """Look for the four steps in the handler's module and in the modules of the code that it imports.

    A step counts as handled when its name stands as a string in the code (compared, matched, a key of a table),
    docstrings left out; with dispatch by reflection, when a function bears its name.
    """
    dotted = handler.rpartition(".")[0].replace("/", ".")
    pending, seen = [dotted], set[str]()
    strings, functions = set[str](), set[str]()
    reasons: list[str] = []
    reflective = False
    while pending and len(seen) < _MAX_MODULES:
        name = pending.pop()
        file = module_file(files, name)
        if file is None or file in seen:
            if file is None and name == dotted:
                reasons.append(f"there is no module {dotted!r} in the code")
            continue
        seen.add(file)
        tree = parse_module(files, file)
        if isinstance(tree, CannotTell):
            reasons.append(tree.reason)
            continue
        strings.update(_strings(tree))
        functions.update(names.camel(function) for function in _functions(tree))
        reflective = reflective or any(_is_reflection(node) for node in ast.walk(tree))
        package = name if file.endswith("/__init__.py") else name.rpartition(".")[0]
        for imported in _imported(tree, package):
            if module_file(files, imported):
                pending.append(imported)
            elif not _is_given(files, imported):
                reasons.append(f"it imports {imported!r}, which is not in the code")
    handled = {step for step in STEPS if step in strings or (reflective and step in functions)}
    missing = tuple(step for step in STEPS if step not in handled)
    if not missing:
        reasons = []
    elif reflective:
        reasons.append("it finds its functions by name while it runs")
    elif handled:
        # A module from elsewhere matters only when the whole dispatch may be there.
        reasons = [reason for reason in reasons if not reason.startswith("it imports ")]
    return Steps(tuple(step for step in STEPS if step in handled), missing, reasons[0] if reasons else None)


def _strings(tree: ast.Module) -> Iterator[str]:
    docs = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docs.add(node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            yield node.value


def _functions(tree: ast.Module) -> Iterator[str]:
    return (node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _is_reflection(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id in _REFLECTION) or (
        isinstance(node, ast.Attribute) and node.attr in _REFLECTION
    )


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".") if package else []
            kept = parents[: len(parents) - (node.level - 1)] if node.level > 1 else parents
            source = ".".join([*(kept if node.level else []), *([node.module] if node.module else [])])
            if source:
                yield source
            yield from (f"{source}.{alias.name}" if source else alias.name for alias in node.names if alias.name != "*")


def _is_given(files: Files, module: str) -> bool:
    """Tell whether a module is known to hold no steps: standard library, runtime, or a name inside a module that was
    looked at.
    """
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top in _GIVEN:
        return True
    parent = module.rpartition(".")[0]
    return bool(parent) and module_file(files, parent) is not None
