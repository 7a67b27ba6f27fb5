"""Python code of a function: whether its handler is defined, and what it imports. Read by ``ast``, never run.

Source: "Define Lambda function handler in Python", AWS Lambda developer guide: ``dir/module.function`` or
    ``dir.module.function``, the text after the last dot is the function.
"""

from __future__ import annotations

import ast
import posixpath
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from .. import names
from .files import Files
from .sources import Unreadable
from .verdict import CannotTell, Found, Missing, Verdict

_COMPILED = (".pyc", ".so", ".pyd")
_MOST_LOOKUPS = 2_000
_DYNAMIC = frozenset({"globals", "locals", "vars", "exec", "eval", "setattr"})
_ONE_AT_A_TIME = threading.Lock()
"""Parsers in several threads share a counter in CPython 3.11 and fail with SystemError (python/cpython#106905)."""
MAX_TEXT = 1_000_000
"""Characters of a module that is parsed: what people write is smaller."""
_SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


@dataclass(frozen=True)
class Import:
    """A module that is imported when the handler's module is loaded.

    ``module`` is its full name; ``guarded`` tells that the import stands inside ``try`` or ``if``, and may fail
    harmlessly.
    """

    module: str
    line: int
    guarded: bool


@dataclass
class _Module:
    """What a module's top level defines."""

    defined: set[str] = field(default_factory=set)
    callables: set[str] = field(default_factory=set)
    imported: dict[str, tuple[str, str | None, bool]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    dynamic: str | None = None


def python_handler(files: Files, handler: str) -> Verdict:
    """Tell whether a handler such as ``app.handler`` or ``src/app.handler`` is defined in a function's code.

    Functions, classes, assignments, conditional definitions and names imported from other modules of the code count.
    """
    module, dot, function = handler.rpartition(".")
    if not dot or not module or not function:
        return Missing(f"the handler {handler!r} is not of the form MODULE.FUNCTION")
    dotted = module.replace("/", ".")
    if dotted.startswith("."):
        return CannotTell(f"the handler {handler!r} begins with a dot or a slash")
    return _Lookup(files).look(dotted, function)


def python_imports(files: Files, handler: str) -> list[Import] | CannotTell:
    """List what the handler's module imports when it is loaded, relative imports left out."""
    dotted = handler.rpartition(".")[0].replace("/", ".")
    file = module_file(files, dotted)
    if file is None:
        return CannotTell(f"there is no module {dotted!r} in the code")
    read = _read(files, file, dotted)
    return read if isinstance(read, CannotTell) else read.imports


def module_file(files: Files, dotted: str) -> str | None:
    """The file of a module in the code: ``a/b.py`` or ``a/b/__init__.py`` for ``a.b``; ``None`` when there is
    neither.
    """
    path = dotted.replace(".", "/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if files.has(name)), None)


def parse_module(files: Files, file: str) -> ast.Module | CannotTell:
    """Parse a file of the code by the grammar of the running Python, which may be older or newer than the
    function's.
    """
    text = files.text(file)
    if isinstance(text, Unreadable):
        return CannotTell(text.reason)
    if len(text) > MAX_TEXT:
        return CannotTell(f"{file} is too large to look into")
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return CannotTell(f"{file}, line {error.lineno or 1}, does not parse: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        return CannotTell(f"{file} does not parse: {error or type(error).__name__}")


class _Lookup:
    """Looks for a name from module to module; each module is read once, each name in it looked for once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._modules: dict[str, _Module | CannotTell] = {}
        self._verdicts: dict[tuple[str, str], Verdict] = {}

    def look(self, dotted: str, function: str) -> Verdict:
        file = module_file(self._files, dotted)
        if file is None:
            return _no_module(self._files, dotted, function)
        key = (file, function)
        if key not in self._verdicts:
            self._verdicts[key] = CannotTell(f"{file} imports itself in a circle")
            if len(self._verdicts) > _MOST_LOOKUPS:
                return CannotTell("the code imports too many modules to follow")
            self._verdicts[key] = self._in_module(file, dotted, function)
        return self._verdicts[key]

    def _in_module(self, file: str, dotted: str, function: str) -> Verdict:
        if file not in self._modules:
            self._modules[file] = _read(self._files, file, dotted)
        module = self._modules[file]
        if isinstance(module, CannotTell):
            return module
        if function in module.defined:
            return Found(file)
        if function in module.imported:
            return self._follow(file, function, module)
        for star in module.stars:
            if module_file(self._files, star) is None:
                return CannotTell(f"{file} imports everything from {star!r}, which is not in the code")
            verdict = self.look(star, function)
            if not isinstance(verdict, Missing):
                return verdict
        if module.dynamic:
            return CannotTell(f"{file} may define names while it runs ({module.dynamic})")
        near = names.nearest(function, module.callables) or sorted(module.callables)[:3]
        return Missing(f"{file} defines no {function!r}", tuple(f"{dotted}.{name}" for name in near))

    def _follow(self, file: str, function: str, module: _Module) -> Verdict:
        source, original, guarded = module.imported[function]
        if original is None:
            return CannotTell(f"{file} imports the module {source!r} as {function!r}")
        if module_file(self._files, source) is None:
            return CannotTell(f"{file} imports {function!r} from {source!r}, which is not in the code")
        verdict = self.look(source, original)
        if not isinstance(verdict, Missing):
            return verdict
        if guarded or module_file(self._files, f"{source}.{original}"):
            return CannotTell(f"{file} imports {function!r} from {source!r}")
        return Missing(f"{file} imports {function!r} from {source!r}, but {verdict.reason}", verdict.nearest)


def _no_module(files: Files, dotted: str, function: str) -> Verdict:
    path = dotted.replace(".", "/")
    listed = files.names()
    if not files.complete:
        return CannotTell("the code has too many files to look at all of them")
    if any(name.startswith((f"{path}.", f"{path}/__init__.")) and name.endswith(_COMPILED) for name in listed):
        return CannotTell(f"the module {dotted!r} is there in compiled form only")
    modules = {_dotted(name) for name in listed if name.endswith(".py")}
    near = names.nearest(dotted, modules)
    base = dotted.rpartition(".")[2]
    near += [name for name in sorted(modules) if name.rpartition(".")[2] == base and name not in near]
    return Missing(
        f"there is neither {path}.py nor {path}/__init__.py in the code", tuple(f"{n}.{function}" for n in near[:3])
    )


def _dotted(file: str) -> str:
    return posixpath.splitext(file)[0].removesuffix("/__init__").replace("/", ".")


def _read(files: Files, file: str, dotted: str) -> _Module | CannotTell:
    tree = parse_module(files, file)
    if isinstance(tree, CannotTell):
        return tree
    module = _Module()
    package = dotted if file.endswith("/__init__.py") else dotted.rpartition(".")[0]
    for statement in tree.body:
        _visit(statement, module, package)
    return module


def _visit(statement: ast.AST, module: _Module, package: str) -> None:
    """Collect what a statement of a module's top level defines; bodies of functions and classes are not the top level.

    Without recursion: a sum of a few thousand terms is a tree as deep.
    """
    pending: list[tuple[ast.AST, bool]] = [(statement, False)]
    while pending:
        node, guarded = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            module.defined.add(node.name)
            module.callables.add(node.name)
            if node.name == "__getattr__":
                module.dynamic = "__getattr__"
            _visit_inner(node, module)
            continue
        if isinstance(node, _SCOPES) or (isinstance(node, ast.AnnAssign) and node.value is None):
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                module.imports.append(Import(alias.name, node.lineno, guarded))
                source = alias.name if alias.asname else alias.name.partition(".")[0]
                module.imported[alias.asname or source] = (source, None, guarded)
            continue
        if isinstance(node, ast.ImportFrom):
            _visit_from(node, module, package, guarded=guarded)
            continue
        module.defined.update(_bound(node))
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Lambda, ast.Call)):
            module.callables.update(target.id for target in node.targets if isinstance(target, ast.Name))
        if isinstance(node, ast.Name) and node.id in _DYNAMIC:
            module.dynamic = node.id
        if isinstance(node, ast.Attribute) and node.attr == "modules":
            module.dynamic = "sys.modules"
        inside = guarded or isinstance(node, (ast.If, ast.Try)) or type(node).__name__ == "TryStar"
        # The last one pushed is the first one looked at: the order of the source stays.
        pending.extend((child, inside) for child in reversed(list(ast.iter_child_nodes(node))))


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def _visit_from(node: ast.ImportFrom, module: _Module, package: str, *, guarded: bool) -> None:
    parents = package.split(".") if package else []
    source = node.module or ""
    if node.level:
        kept = parents[: len(parents) - (node.level - 1)] if node.level > 1 else parents
        source = ".".join([*kept, source] if source else kept)
    else:
        module.imports.append(Import(source, node.lineno, guarded))
    for alias in node.names:
        if alias.name == "*":
            module.stars.append(source)
        else:
            module.imported[alias.asname or alias.name] = (source, alias.name, guarded)


def _visit_inner(node: ast.AST, module: _Module) -> None:
    """Look into a function for what reaches the module's top level: ``global`` and ``globals()``."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Global):
            module.defined.update(inner.names)
        elif isinstance(inner, ast.Name) and inner.id == "globals":
            module.dynamic = "globals"
        elif isinstance(inner, ast.Attribute) and inner.attr == "modules":
            module.dynamic = "sys.modules"
