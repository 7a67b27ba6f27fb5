"""Node.js handlers, seen in source that is scanned and never run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import code
from preflight.documents.code import CannotTell, Found, Missing
from tests.documents.sources import code_of


@pytest.mark.parametrize(
    "source",
    [
        "exports.handler = async (event) => {};",
        "module.exports.handler = function (event, context, done) {}",
        "exports['handler'] = handler",
        'module.exports["handler"]=h',
        "exports.other = exports.handler = void 0;",
        "module.exports = { handler };",
        "module.exports = { other: 1, handler: async (e) => ({ statusCode: 200, body: {} }), }",
        "module.exports = { async handler(event) { return { x: [1, 2] } }, other }",
        "module.exports = exports = { 'handler': run }",
        "exports = module.exports = { handler: run }",
        "export const handler = async (event) => {};",
        "export let a = f({ b: 1 }), handler = 2;",
        "export async function handler(event) {}",
        "export function* handler() {}",
        "export class handler {}",
        "const run = 1;\nexport { other, run as handler };",
        "export const { a, b: handler } = make();",
        'Object.defineProperty(exports, "__esModule", { value: true });\nexports.handler = handler;',
        'Object.defineProperty(exports, "handler", { enumerable: true, get: function () { return x; } });',
        "const r = /[/'\"]+`/g; exports.handler = 1",
        "const t = `a ${ `b ${ {c: '}'} }` } exports.x`; exports.handler = 1",
        "#!/usr/bin/env node\n'use strict'\n/* exports.x */ // '\nexports.handler = 1",
        "if (a / b / c) { exports.handler = 1 }",
        "exports.handler = 1; if (require.main === module) { run() }",
    ],
)
@pytest.mark.parametrize("suffix", [".js", ".mjs", ".cjs"])
def test_exports_are_found(source: str, suffix: str) -> None:
    file = f"index{suffix}"
    assert code.node_handler(code_of({file: source}), "index.handler") == Found(file)


@pytest.mark.parametrize(
    ("source", "nearest"),
    [
        ("exports.handlr = async () => {}", ("index.handlr",)),
        ("exports.main = 1; exports.run = 2", ("index.main", "index.run")),
        ("module.exports = { run: function handler() {} }", ("index.run",)),
        ("const handler = async () => {};", ()),
        ("// exports.handler = 1\n/* export const handler */", ()),
        ("const s = 'exports.handler = 1'", ()),
        ("export default async function handler() {}", ("index.default",)),
        ("export { handler as run }", ("index.run",)),
        ("export const run = (handler) => handler;", ("index.run",)),
        ("exports.handler.extra = 1", ()),
        ("if (exports.handler == 1) {}", ()),
        ("lib.exports.handler = 1", ()),
        ("", ()),
    ],
)
def test_what_is_not_exported_is_missing(source: str, nearest: tuple[str, ...]) -> None:
    verdict = code.node_handler(code_of({"index.js": source}), "index.handler")
    assert verdict == Missing("index.js exports no 'handler'", nearest)


@pytest.mark.parametrize(
    "source",
    [
        "module.exports = require('./app')",
        "module.exports = handler",
        "module.exports = { ...require('./app') }",
        "module.exports = { [name]: 1 }",
        "module.exports = make({ handler: 1 })",
        "module.exports = { a: 1 }.b",
        "module.exports = exports.default",
        "module.exports = module.parent",
        "exports[name] = 1",
        "Object.assign(exports, require('./app'))",
        "Object.assign(module.exports, { handler })",
        '__exportStar(require("./app"), exports);',
        "export * from './app.js'",
        "export * as all from './app.js'",
        "export { handler } from './app.mjs'",
        "export { run as handler } from './app.mjs'",
        "(function (module) { })(module)",
        "!function (root) { typeof exports }(this)",
        "const m = module.exports; m.handler = 1",
        "var src_exports = {}; module.exports = __toCommonJS(src_exports);",
        "exports.a = 'unterminated",
        "exports.a = `unterminated ${ 1",
        "/* unterminated exports.handler = 1",
    ],
)
def test_what_is_out_of_sight_cannot_be_told(source: str) -> None:
    assert isinstance(code.node_handler(code_of({"index.js": source}), "index.handler"), CannotTell)


FILES = {
    "index.js": "exports.handler = 1",
    "src/app.mjs": "export const run = 1",
    "typed.ts": "export const handler = 1",
    "folder/index.js": "exports.handler = 1",
    "node_modules/wrapper/dist.js": "",
    "big.js": "x" * 1_600_000,
}


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("index.handler", Found),
        ("src/app.run", Found),
        ("index.handler.inner", CannotTell),
        ("folder.handler", CannotTell),
        ("wrapper.handler", CannotTell),
        ("big.handler", CannotTell),
        ("./index.handler", CannotTell),
        ("typed.handler", Missing),
        ("app.run", Missing),
        ("src/app.handler", Missing),
        ("indx.handler", Missing),
        ("index", Missing),
        ("", Missing),
    ],
)
def test_files(handler: str, kind: type) -> None:
    assert isinstance(code.node_handler(code_of(FILES), handler), kind)


def test_the_file_that_may_have_been_meant() -> None:
    for handler, meant in (("app.run", "src/app.run"), ("indx.handler", "index.handler")):
        verdict = code.node_handler(code_of(FILES), handler)
        assert isinstance(verdict, Missing)
        assert verdict.nearest == (meant,)
    verdict = code.node_handler(code_of(FILES), "typed.handler")
    assert isinstance(verdict, Missing)
    assert "TypeScript only" in verdict.reason


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                *(
                    "exports",
                    "module",
                    ".",
                    "=",
                    "{",
                    "}",
                    "(",
                    ")",
                    "[",
                    "]",
                    ",",
                    ";",
                    "handler",
                    "'x'",
                    "`",
                    "${",
                    "/",
                ),
                *("export", "const", "default", "function", "async", "*", "from", "...", "as", "\n", "require", "=>"),
            ]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_no_text_raises(source: str) -> None:
    assert isinstance(code.node_handler(code_of({"index.js": source}), "index.handler"), (Found, Missing, CannotTell))


@given(st.text(max_size=20))
def test_no_handler_raises(handler: str) -> None:
    code.node_handler(code_of({"index.js": "exports.handler = 1"}), handler)


def test_deep_nesting_cannot_be_told() -> None:
    assert isinstance(code.node_handler(code_of({"index.js": "`${" * 5000}), "index.handler"), CannotTell)
