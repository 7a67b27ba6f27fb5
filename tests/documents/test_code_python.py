"""Python handlers, imports and rotation functions, seen in source that is never run."""

from __future__ import annotations

import ast
import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import code
from preflight.documents.code import CannotTell, Found, Missing
from preflight.documents.code.python import parse_module
from tests.documents.sources import code_of


@pytest.mark.parametrize(
    "source",
    [
        "def handler(event, context): ...",
        "async def handler(event, context): ...",
        "class handler: ...",
        "handler = lambda event, context: None",
        "handler: object = print",
        "a, (handler, *b) = f()",
        "if True:\n    def handler(): ...\nelse:\n    handler = None",
        "try:\n    from fast import handler\nexcept ImportError:\n    def handler(): ...",
        "try:\n    x = 1\nfinally:\n    handler = x",
        "with open('x') as handler: pass",
        "for handler in [print]: pass",
        "print(handler := f())",
        "def setup():\n    global handler\n    handler = print\nsetup()",
        "@logged\ndef handler(event, context): ...",
        "match f():\n    case [handler]: pass",
        "def outer(): ...\nhandler = outer",
    ],
)
def test_definitions_are_found(source: str) -> None:
    assert code.python_handler(code_of({"app.py": source}), "app.handler") == Found("app.py")


@pytest.mark.parametrize(
    ("source", "reason", "nearest"),
    [
        ("def lambda_handler(event, context): ...", "app.py defines no 'handler'", ("app.lambda_handler",)),
        ("def handlr(): ...", "defines no", ("app.handlr",)),
        ("def f():\n    def handler(): ...", "defines no", ("app.f",)),
        ("class A:\n    def handler(self): ...", "defines no", ("app.A",)),
        ("handler: object", "defines no", ()),
        ("x = [handler for handler in y]", "defines no", ()),
        ("", "defines no", ()),
        ("# handler = 1", "defines no", ()),
    ],
)
def test_what_is_not_defined_is_missing(source: str, reason: str, nearest: tuple[str, ...]) -> None:
    verdict = code.python_handler(code_of({"app.py": source}), "app.handler")
    assert isinstance(verdict, Missing)
    assert reason in verdict.reason
    assert verdict.nearest == nearest


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("from vendor import handler", "from 'vendor', which is not in the code"),
        ("from vendor import *", "everything from 'vendor'"),
        ("import vendor as handler", "imports the module 'vendor' as 'handler'"),
        ("globals()['handler'] = print", "globals"),
        ("def f():\n    globals()['handler'] = print", "globals"),
        ("import sys\nsys.modules[__name__] = make()", "sys.modules"),
        ("import sys\ndef f(): sys.modules[__name__].handler = 1", "sys.modules"),
        ("exec('handler = 1')", "exec"),
        ("def __getattr__(name): ...", "__getattr__"),
        ("def handler(:", "does not parse"),
        ("x = '\0'", "parse"),
        ("(" * 5000, "parse"),
    ],
)
def test_what_is_out_of_sight_cannot_be_told(source: str, reason: str) -> None:
    verdict = code.python_handler(code_of({"app.py": source}), "app.handler")
    assert isinstance(verdict, CannotTell)
    assert reason in verdict.reason


PACKAGE = {
    "app.py": "from src.core import handler\nfrom src import other as renamed\nfrom src.core import nothing, core2",
    "src/__init__.py": "from .core import *\nfrom . import core as module\ndef other(): ...",
    "src/core.py": "from ..app import x\ndef handler(): ...",
    "src/core/core2.py": "",
    "loop.py": "from loop import handler",
    "guarded.py": "try:\n    from src.core import gone\nexcept ImportError:\n    gone = None",
    "star.py": "from src.core import *\n",
    "my-func.py": "def run(): ...",
    "compiled.cpython-312-x86_64-linux-gnu.so": "",
    "deep/er/mod.py": "def run(): ...",
}


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("app.handler", Found),
        ("app.renamed", Found),
        ("src.handler", Found),
        ("src.other", Found),
        ("src/core.handler", Found),
        ("src.core.handler", Found),
        ("src.module", CannotTell),
        ("star.handler", Found),
        ("star.nothing", Missing),
        ("app.nothing", Missing),
        ("app.core2", CannotTell),
        ("loop.handler", CannotTell),
        ("guarded.gone", Found),
        ("my-func.run", Found),
        ("compiled.run", CannotTell),
        ("deep/er/mod.run", Found),
        ("deep.run", Missing),
        ("./app.handler", CannotTell),
        ("app", Missing),
        (".handler", Missing),
        ("app.", Missing),
        ("", Missing),
        ("app.handler.run", Missing),
    ],
)
def test_modules_and_packages(handler: str, kind: type) -> None:
    assert isinstance(code.python_handler(code_of(PACKAGE), handler), kind)


@pytest.mark.parametrize(
    ("handler", "nearest"),
    [
        ("ap.handler", ("app.handler",)),
        ("mod.run", ("deep.er.mod.run",)),
        ("core.handler", ("src.core.handler",)),
    ],
)
def test_the_module_that_may_have_been_meant(handler: str, nearest: tuple[str, ...]) -> None:
    verdict = code.python_handler(code_of(PACKAGE), handler)
    assert isinstance(verdict, Missing)
    assert "there is neither" in verdict.reason
    assert verdict.nearest[:1] == nearest


def test_imports() -> None:
    source = "import os.path, boto3\nfrom requests import get\nfrom . import x\ntry:\n    import orjson\nexcept ImportError: pass\n"
    found = code.python_imports(code_of({"app.py": source + "def f():\n    import late"}), "app.handler")
    assert found == [
        code.Import("os.path", 1, False),
        code.Import("boto3", 1, False),
        code.Import("requests", 2, False),
        code.Import("orjson", 5, True),
    ]
    assert isinstance(code.python_imports(code_of({"app.py": ""}), "gone.handler"), CannotTell)
    assert isinstance(code.python_imports(code_of({"app.py": "("}), "app.handler"), CannotTell)


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_text_raises(source: str, handler: str) -> None:
    files = code_of({"app.py": source})
    for name in ("app.handler", handler):
        assert isinstance(code.python_handler(files, name), (Found, Missing, CannotTell))
        code.rotation_steps(files, name)
        code.python_imports(files, name)


FULL = """
import boto3, logging
def lambda_handler(event, context):
    step = event["Step"]
    if step == "createSecret":
        create(event)
    elif step in ("setSecret",):
        pass
    elif "testSecret" == step:
        pass
    elif step == "finishSecret":
        pass
"""
THREE = FULL.replace('"finishSecret"', '"finishsecret"')


@pytest.mark.parametrize(
    "source",
    [
        FULL,
        'STEPS = {"createSecret": a, "setSecret": b, "testSecret": c, "finishSecret": d}\nSTEPS[event["Step"]](event)',
        'match event["Step"]:\n case "createSecret": a()\n case "setSecret" | "testSecret": b()\n case "finishSecret": c()',
        "def create_secret(): ...\ndef set_secret(): ...\ndef test_secret(): ...\ndef finish_secret(): ...\ngetattr(x, step)()",
    ],
)
def test_all_four_steps(source: str) -> None:
    steps = code.rotation_steps(code_of({"app.py": source}), "app.lambda_handler")
    assert steps.answer is True
    assert steps.handled == code.STEPS
    assert steps.missing == ()
    assert steps.reason is None


@pytest.mark.parametrize(
    ("source", "missing", "answer"),
    [
        (THREE, ("finishSecret",), False),
        ('"""Handles createSecret."""\ndef lambda_handler(e, c):\n    "finishSecret"\n', code.STEPS, False),
        ("def lambda_handler(e, c): ...", code.STEPS, False),
        ("def createSecret(): ...\ndef lambda_handler(e, c): ...", code.STEPS, False),
        (THREE + "import pymysql", ("finishSecret",), False),
        ("from rotators import base\ndef lambda_handler(e, c): base.run(e)", code.STEPS, None),
        (THREE + "getattr(x, step)()", ("finishSecret",), None),
        ("def lambda_handler(:", code.STEPS, None),
    ],
)
def test_missing_steps(source: str, missing: tuple[str, ...], answer: bool | None) -> None:
    steps = code.rotation_steps(code_of({"app.py": source}), "app.lambda_handler")
    assert steps.missing == missing
    assert steps.answer is answer
    assert (steps.reason is None) is (answer is False)


def test_steps_in_other_modules_of_the_code() -> None:
    files = {
        "app.py": "from lib.steps import dispatch\ndef lambda_handler(e, c): dispatch(e)",
        "lib/__init__.py": "",
        "lib/steps.py": "from . import more\nnames = ['createSecret', 'setSecret']",
        "lib/more.py": "names = ['testSecret', 'finishSecret']",
    }
    assert code.rotation_steps(code_of(files), "app.lambda_handler").answer is True
    assert code.rotation_steps(code_of(files), "gone.lambda_handler").answer is None


@pytest.mark.parametrize(
    ("runtime", "name", "files", "kind"),
    [
        ("python3.13", "app.run", {"app.py": "def run(): ..."}, Found),
        ("nodejs22.x", "app.run", {"app.js": "exports.run = 1"}, Found),
        ("provided.al2023", "anything", {"bootstrap": ""}, Found),
        ("provided.al2", "anything", {"bin/bootstrap": ""}, Missing),
        ("java21", "example.Handler::run", {"a.class": ""}, CannotTell),
        ("dotnet8", "A::B::C", {}, CannotTell),
        ("ruby3.3", "app.run", {"app.rb": ""}, CannotTell),
        ("unheard-of", "app.run", {}, CannotTell),
    ],
)
def test_handlers_by_runtime(runtime: str, name: str, files: dict[str, str], kind: type) -> None:
    verdict = code.handler(code_of(files), runtime, name)
    assert isinstance(verdict, kind)
    if isinstance(verdict, Missing):
        assert verdict.nearest == ("bin/bootstrap",)


def test_threads_parse_one_at_a_time() -> None:
    files = code_of({"handler.py": "x = [" + "f(g(1, [2, {3: 4}]))," * 500 + "]"})

    def change_threads(phase: str, info: object) -> None:
        time.sleep(0)

    gc.callbacks.append(change_threads)
    usual = gc.get_threshold()
    gc.set_threshold(10)
    try:
        with ThreadPoolExecutor(8) as pool:
            modules = list(pool.map(lambda _: parse_module(files, "handler.py"), range(40)))
    finally:
        gc.set_threshold(*usual)
        gc.callbacks.remove(change_threads)
    assert {type(module) for module in modules} == {ast.Module}
