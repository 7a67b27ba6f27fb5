"""JavaScript code of a function: whether its handler is exported. Scanned token by token, never run.

Source: "Define Lambda function handler in Node.js", AWS Lambda developer guide; the part of the handler's last path
    element before the first dot is the file, the rest the exported name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .. import names
from .files import Files
from .sources import Unreadable
from .verdict import CannotTell, Found, Missing, Verdict

_SUFFIXES = (".js", ".mjs", ".cjs")
_MAX_TEXT = 400_000
"""Characters of a file that is looked into: what people write is smaller, what a bundler writes larger."""
_SKIPPED = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$#\u0080-\U0010ffff][\w$\u0080-\U0010ffff]*")
_NUMBER = re.compile(r"\d[\w.]*|\.\d[\w.]*")
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_MARK = re.compile(r"===|!==|=>|\.\.\.|==|!=|<=|>=|&&|\|\||\?\?|\?\.|[-+*/%&|^]=|.", re.DOTALL)
_BEFORE_REGEX = frozenset(
    {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await"}
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class _Unclear(Exception):
    """The text can't be split into tokens."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


@dataclass
class _Exports:
    named: set[str] = field(default_factory=set)
    passed_on: set[str] = field(default_factory=set)
    unclear: str | None = None


def node_handler(files: Files, handler: str) -> Verdict:
    """Tell whether a handler such as ``index.handler`` or ``src/app.handler`` is exported by a file of a function's
    code.

    Seen are ``exports.x =``, ``module.exports = {…}`` and the ``export`` statements; whatever is passed on from another
    module, computed, or bundled gives :class:`CannotTell`.
    """
    folder, slash, last = handler.rpartition("/")
    stem, dot, function = last.partition(".")
    if not dot or not stem or not function:
        return Missing(f"the handler {handler!r} is not of the form FILE.FUNCTION")
    if handler.startswith((".", "/")):
        return CannotTell(f"the handler {handler!r} begins with a dot or a slash")
    path = f"{folder}{slash}{stem}"
    file = next((name for name in (path + suffix for suffix in _SUFFIXES) if files.has(name)), None)
    if file is None:
        return _no_file(files, path, function)
    text = files.text(file)
    if isinstance(text, Unreadable):
        return CannotTell(text.reason)
    if len(text) > _MAX_TEXT:
        return CannotTell(f"{file} is too large to look into")
    try:
        exports = _exports([*_tokens(text)])
    except (_Unclear, RecursionError):
        return CannotTell(f"{file} can't be split into tokens")
    return _verdict(file, path, function, exports)


def _verdict(file: str, path: str, function: str, exports: _Exports) -> Verdict:
    head, dot, _ = function.partition(".")
    if head in exports.named:
        return CannotTell(f"{file} exports {head!r}; what is inside can't be seen") if dot else Found(file)
    if head in exports.passed_on:
        return CannotTell(f"{file} passes {head!r} on from another module")
    if exports.unclear:
        return CannotTell(f"{file} {exports.unclear}")
    near = names.nearest(head, exports.named) or sorted(exports.named)[:3]
    return Missing(f"{file} exports no {head!r}", tuple(f"{path}.{name}" for name in near))


def _no_file(files: Files, path: str, function: str) -> Verdict:
    listed = files.names()
    if not files.complete:
        return CannotTell("the code has too many files to look at all of them")
    if files.has(path) or any(name.startswith((f"{path}/", f"node_modules/{path}/")) for name in listed):
        return CannotTell(f"{path} is a folder, a package, or a file without suffix")
    if any(name in listed for name in (f"{path}.ts", f"{path}.mts", f"{path}.cts", f"{path}.tsx")):
        return Missing(f"{path} is there as TypeScript only; Lambda runs the compiled file")
    stems = {name.rpartition(".")[0] for name in listed if name.endswith(_SUFFIXES) and "node_modules/" not in name}
    base = path.rpartition("/")[2]
    near = names.nearest(path, stems)
    near += [stem for stem in sorted(stems) if stem.rpartition("/")[2] == base and stem not in near]
    return Missing(f"there is no {path}.js, .mjs or .cjs in the code", tuple(f"{stem}.{function}" for stem in near[:3]))


def _tokens(text: str) -> Iterator[_Token]:
    position, before = 0, _Token("mark", ";")
    if text.startswith("#!"):
        position = text.find("\n") if "\n" in text else len(text)
    while position < len(text):
        skipped = _SKIPPED.match(text, position)
        if skipped:
            position = skipped.end()
            continue
        before, position = _token(text, position, before)
        yield before


def _token(text: str, position: int, before: _Token) -> tuple[_Token, int]:
    char = text[position]
    if char == "`":
        return _Token("other", "`"), _template_end(text, position + 1)
    if char in "'\"":
        return _matched(_STRING, "string", text, position)
    if char == "/" and not text.startswith("/=", position) and _begins_regex(before):
        return _matched(_REGEX, "other", text, position)
    if text.startswith("/*", position):
        raise _Unclear
    for pattern, kind in ((_NAME, "name"), (_NUMBER, "other"), (_MARK, "mark")):
        if pattern.match(text, position):
            return _matched(pattern, kind, text, position)
    raise _Unclear


def _matched(pattern: re.Pattern[str], kind: str, text: str, position: int) -> tuple[_Token, int]:
    match = pattern.match(text, position)
    if not match:
        raise _Unclear
    return _Token(kind, match.group()), match.end()


def _begins_regex(before: _Token) -> bool:
    if before.kind == "name":
        return before.text in _BEFORE_REGEX
    return before.kind == "mark" and before.text not in {")", "]", "}"}


def _template_end(text: str, position: int) -> int:
    """Find the end of a template literal, expressions inside it passed over."""
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 2
        elif char == "`":
            return position + 1
        elif text.startswith("${", position):
            position = _expression_end(text, position + 2)
        else:
            position += 1
    raise _Unclear


def _expression_end(text: str, position: int) -> int:
    depth, before = 0, _Token("mark", "{")
    while position < len(text):
        skipped = _SKIPPED.match(text, position)
        if skipped:
            position = skipped.end()
            continue
        before, position = _token(text, position, before)
        if before == _Token("mark", "{"):
            depth += 1
        elif before == _Token("mark", "}"):
            if depth == 0:
                return position
            depth -= 1
    raise _Unclear


def _exports(tokens: list[_Token]) -> _Exports:
    found = _Exports()
    for index, token in enumerate(tokens):
        if token.kind != "name" or _text(tokens, index - 1) in {".", "?."}:
            continue
        if token.text == "export" and _text(tokens, index + 1) not in {":", "=", "(", ",", ")", "."}:
            _export_statement(tokens, index + 1, found)
        elif token.text == "exports":
            _export_member(tokens, index, found)
        elif token.text == "module":
            if [_text(tokens, index + 1), _text(tokens, index + 2)] == [".", "exports"]:
                _export_member(tokens, index + 2, found)
            elif _text(tokens, index + 1) in {")", ",", "["} and _text(tokens, index - 1) not in {"===", "=="}:
                found.unclear = "hands its module object on"
    return found


def _text(tokens: list[_Token], index: int) -> str:
    return tokens[index].text if 0 <= index < len(tokens) and tokens[index].kind != "string" else ""


def _string(tokens: list[_Token], index: int) -> str | None:
    if 0 <= index < len(tokens) and tokens[index].kind == "string":
        return tokens[index].text[1:-1]
    return None


def _export_member(tokens: list[_Token], index: int, found: _Exports) -> None:
    """Judge a use of ``exports`` or ``module.exports`` at an index."""
    following = _text(tokens, index + 1)
    whole = _text(tokens, index - 2) == "module" and _text(tokens, index - 1) == "."
    if following == ".":
        if _text(tokens, index + 3) == "=":
            found.named.add(_text(tokens, index + 2))
    elif following == "[":
        key = _string(tokens, index + 2)
        if key is None:
            found.unclear = "computes the names that it exports"
        elif _text(tokens, index + 4) == "=":
            found.named.add(key)
    elif following == "=" and whole:
        _export_value(tokens, index + 2, found)
    elif following == "=":
        return
    elif (
        _text(tokens, index - 1) == "(" and _text(tokens, index - 2) == "defineProperty" and _string(tokens, index + 2)
    ):
        found.named.add(_string(tokens, index + 2) or "")
    elif following != ";" or _text(tokens, index - 1) not in {"=", ";", "}"}:
        found.unclear = "hands its exports on"


def _export_value(tokens: list[_Token], index: int, found: _Exports) -> None:
    following = _text(tokens, index + 1)
    if _text(tokens, index) == "exports" and following == "=":
        _export_value(tokens, index + 2, found)
        return
    if _text(tokens, index) == "exports" and following != ".":
        return
    if [_text(tokens, position) for position in (index, index + 2, index + 3)] == ["module", "exports", "="]:
        return
    if _text(tokens, index) != "{":
        found.unclear = "exports a value that can't be seen"
        return
    depth, at_key = 0, False
    for position in range(index, len(tokens)):
        mark = _text(tokens, position)
        if mark in _OPENING:
            if mark == "[" and at_key:
                found.unclear = "computes the names that it exports"
            depth += 1
            at_key = depth == 1
        elif mark in _CLOSING:
            depth -= 1
            if depth == 0:
                break
        elif mark == "," and depth == 1:
            at_key = True
        elif at_key and depth == 1:
            if mark == "...":
                found.unclear = "spreads another object into its exports"
            elif mark not in {"async", "get", "set", "*"} or _text(tokens, position + 1) in {":", ",", "}", "("}:
                found.named.add(_string(tokens, position) or mark)
                at_key = False
    else:
        raise _Unclear
    _after_object(tokens, position + 1, found)


def _after_object(tokens: list[_Token], index: int, found: _Exports) -> None:
    if _text(tokens, index) in {".", "?", "||", "&&", "??"}:
        found.unclear = "exports a value that can't be seen"


def _export_statement(tokens: list[_Token], index: int, found: _Exports) -> None:
    word = _text(tokens, index)
    if word == "*":
        found.unclear = "passes on everything from another module"
    elif word == "default":
        found.named.add("default")
    elif word == "{":
        _export_list(tokens, index + 1, found)
    elif word in {"const", "let", "var"}:
        found.named.update(_declared(tokens, index + 1))
    else:
        while _text(tokens, index) in {"async", "function", "class", "*", "abstract", "declare"}:
            index += 1
        if index < len(tokens) and tokens[index].kind == "name":
            found.named.add(tokens[index].text)


def _export_list(tokens: list[_Token], index: int, found: _Exports) -> None:
    exported: set[str] = set()
    while index < len(tokens) and _text(tokens, index) != "}":
        if _text(tokens, index + 1) in {",", "}"} or index + 1 >= len(tokens):
            name = _string(tokens, index) or _text(tokens, index)
            if name != ",":
                exported.add(name)
        index += 1
    if index >= len(tokens):
        raise _Unclear
    if _text(tokens, index + 1) == "from":
        found.passed_on.update(exported)
    else:
        found.named.update(exported)


def _declared(tokens: list[_Token], index: int) -> Iterator[str]:
    """The names of a declaration list; those of a destructuring pattern are taken generously."""
    depth, naming = 0, True
    for position in range(index, len(tokens)):
        token = tokens[position]
        mark = _text(tokens, position)
        if mark in _OPENING:
            depth += 1
        elif mark in _CLOSING:
            depth -= 1
            if depth < 0:
                return
        elif depth == 0 and mark in {";", "export", "import", "const", "let", "var", "function", "class"}:
            return
        elif depth == 0 and mark == ",":
            naming = True
        elif depth == 0 and mark == "=":
            naming = False
        elif naming and token.kind == "name":
            yield token.text
