"""Describes why a program failed, in the program's own process, where its classes and modules can still be looked at.

Loaded by path from ``runner.py`` with the program's interpreter: standard library only. The engine turns the
description into a message (:mod:`preflight.preview.languages.python.explain`), with the help of the schema.
"""

from __future__ import annotations

import difflib
import inspect
import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Iterable
from typing import Any

MAX_NAMES = 400


def describe(error: BaseException, root: str, runner: str) -> dict[str, Any]:
    """Return a JSON-ready description of ``error``: its kind, message, own frames, and what the kind needs."""
    frames = _frames(error, root, runner)
    result = {
        "kind": "exception",
        "type": _type_name(error),
        "message": _text(error),
        "frames": frames,
    }
    for look in (
        _exit,
        _missing_config,
        _bad_syntax,
        _missing_module,
        _missing_name,
        _wrong_argument,
        _not_serializable,
    ):
        found = look(error)
        if found:
            result.update(found)
            break
    if isinstance(error, SyntaxError) and error.filename:
        result["frames"] = [*frames, _frame(error.filename, error.lineno or 0, "", (error.text or "").strip())]
    return result


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as inner:
        return f"(its message cannot be shown: {type(inner).__name__})"


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__name__}"


def _frame(file: str, line: int, function: str, text: str) -> dict[str, Any]:
    return {"file": os.path.abspath(file), "line": line, "function": function, "text": text}


def _frames(error: BaseException | None, root: str, runner: str) -> list[dict[str, Any]]:
    """The frames of the program itself: not the runner's, not those of installed packages or the standard library."""
    installed = {os.path.realpath(path) for path in sysconfig.get_paths().values() if path} | {
        os.path.realpath(sys.prefix)
    }
    own: list[dict[str, Any]] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        part = []
        for entry in traceback.extract_tb(error.__traceback__):
            path = os.path.realpath(entry.filename)
            if path == os.path.realpath(runner) or entry.filename.startswith("<"):
                continue
            if "site-packages" in path or "dist-packages" in path:
                continue
            inside = path.startswith(os.path.realpath(root) + os.sep)
            if not inside and any(path.startswith(folder + os.sep) for folder in installed):
                continue
            part.append(_frame(entry.filename, entry.lineno or 0, entry.name, entry.line or ""))
        if part and not own:
            own = part
        error = error.__cause__ or error.__context__
    return own


def _exit(error: BaseException) -> dict[str, Any] | None:
    if isinstance(error, SystemExit):
        code = error.code
        return {"kind": "exit", "message": "" if code is None else str(code)}
    if isinstance(error, KeyboardInterrupt):
        return {"kind": "interrupted"}
    return None


def _missing_config(error: BaseException) -> dict[str, Any] | None:
    if type(error).__name__ == "ConfigMissingError":
        return {"kind": "config", "key": str(getattr(error, "key", ""))}
    if type(error).__name__ == "ConfigTypeError":
        return {"kind": "config", "key": str(getattr(error, "key", ""))}
    return None


def _bad_syntax(error: BaseException) -> dict[str, Any] | None:
    return {"kind": "syntax"} if isinstance(error, SyntaxError) else None


def _missing_module(error: BaseException) -> dict[str, Any] | None:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    parent, _, last = error.name.rpartition(".")
    result: dict[str, Any] = {"kind": "module", "name": error.name}
    if parent and parent in sys.modules:
        module = sys.modules[parent]
        result["names"] = _near(last, _submodules(module) | set(_public(module)))
        result["owner"] = parent
    return result


def _submodules(module: Any) -> set[str]:
    names: set[str] = set()
    for folder in getattr(module, "__path__", ()):
        try:
            names.update(entry.split(".")[0] for entry in os.listdir(folder) if not entry.startswith("_"))
        except OSError:
            continue
    return names


def _missing_name(error: BaseException) -> dict[str, Any] | None:
    if isinstance(error, NameError):
        match = re.match(r"name '([^']+)' is not defined", _text(error))
        return {"kind": "name", "name": match.group(1)} if match else None
    if isinstance(error, ImportError):
        match = re.match(r"cannot import name '([^']+)' from '([^']+)'", _text(error))
        if not match:
            return None
        owner = sys.modules.get(match.group(2))
        return {
            "kind": "attribute",
            "name": match.group(1),
            "owner": match.group(2),
            "names": _near(match.group(1), _public(owner) if owner else ()),
        }
    if not isinstance(error, AttributeError):
        return None
    name = getattr(error, "name", None)
    owner = getattr(error, "obj", None)
    if not isinstance(name, str):
        match = re.search(r"has no attribute '([^']+)'", _text(error))
        if not match:
            return None
        name = match.group(1)
        module = re.match(r"module '([^']+)'", _text(error))
        owner = sys.modules.get(module.group(1)) if module else None
    described = (
        owner.__name__ if inspect.ismodule(owner) else _class_path(owner if inspect.isclass(owner) else type(owner))
    )
    result = {"kind": "attribute", "name": name, "owner": described, "module": inspect.ismodule(owner)}
    result["names"] = _near(name, _public(owner) if owner is not None else ())
    token = getattr(owner, "pulumi_type", None)
    if isinstance(token, str):
        result["token"] = token
    return result


def _public(owner: Any) -> list[str]:
    try:
        return [name for name in dir(owner) if not name.startswith("_")]
    except Exception:
        return []


def _near(name: str, names: Iterable[str]) -> list[str]:
    names = list(names)
    lowered: dict[str, str] = {}
    for candidate in names:
        lowered.setdefault(candidate.lower().replace("_", ""), candidate)
    close = difflib.get_close_matches(
        name.lower().replace("_", ""), list(lowered), n=3, cutoff=0.6 if len(name) > 3 else 0.5
    )
    return [lowered[match] for match in close]


def _wrong_argument(error: BaseException) -> dict[str, Any] | None:
    if not isinstance(error, TypeError):
        return None
    text = _text(error)
    match = re.match(r"(.+?)\(\) got an unexpected keyword argument '([^']+)'", text)
    if match:
        target = _called(error, match.group(1))
        parameters = _parameters(target) if target is not None else []
        result = {"kind": "argument", "name": match.group(2), "callable": match.group(1).replace("._internal_init", "")}
        result["callable"] = result["callable"].replace(".__init__", "")
        if target is not None:
            result["callable"] = _class_path(target)
            token = getattr(target, "pulumi_type", None)
            if isinstance(token, str):
                result["token"] = token
        result["parameters"] = parameters[:MAX_NAMES]
        result["names"] = _near(match.group(2), parameters)
        return result
    match = re.match(r"(.+?)\(\) missing \d+ required (?:keyword-only |positional )?arguments?: (.+)", text)
    if match:
        target = _called(error, match.group(1))
        named = re.findall(r"'([^']+)'", match.group(2))
        callable_name = _class_path(target) if target is not None else match.group(1).replace(".__init__", "")
        return {"kind": "missing-argument", "names": named, "callable": callable_name}
    match = re.match(r"Missing required property '([^']+)'", text)
    if match:
        target = _called(error, "")
        return {
            "kind": "missing-argument",
            "names": [match.group(1)],
            "callable": _class_path(target) if target else "the resource",
        }
    return None


def _called(error: BaseException, name: str) -> Any:
    """Find the class whose constructor was called: the innermost ``self``, else the loaded class of that name."""
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    if innermost is not None and innermost.tb_frame.f_code.co_name in ("__init__", "_internal_init"):
        owner = innermost.tb_frame.f_locals.get("__self__")
        if owner is not None:
            return type(owner)
    parts = name.split(".")
    wanted = parts[-2] if len(parts) > 1 else parts[0]
    if not wanted.isidentifier():
        return None
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("pulumi"):
            found = vars(module).get(wanted) if module is not None else None
            if inspect.isclass(found) or inspect.isfunction(found):
                return found
    return None


def _parameters(target: Any) -> list[str]:
    names = []
    for function in (getattr(target, "_internal_init", None), getattr(target, "__init__", None), target):
        try:
            parameters = inspect.signature(function).parameters.values() if function is not None else ()
        except (TypeError, ValueError):
            continue
        names = [
            parameter.name
            for parameter in parameters
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
            and not parameter.name.startswith("__")
            and parameter.name not in ("self", "resource_name", "opts")
        ]
        if names:
            break
    return names


def _class_path(kind: Any) -> str:
    """``pulumi_aws.s3.bucket.Bucket`` is written ``aws.s3.Bucket``, as programs write it."""
    module = getattr(kind, "__module__", "")
    name = getattr(kind, "__name__", str(kind))
    if module.startswith("pulumi_"):
        parts = module[len("pulumi_") :].split(".")
        return ".".join((*[part for part in parts[:2] if not part.startswith("_")], name))
    return name


def _not_serializable(error: BaseException) -> dict[str, Any] | None:
    match = re.match(r"Object of type (\w+) is not JSON serializable", _text(error))
    if isinstance(error, TypeError) and match:
        return {"kind": "json", "name": match.group(1)}
    return None
