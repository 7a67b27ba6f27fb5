"""The child process: runs a Pulumi program against the embedded engine, as the CLI's language host would.

It is started by path with the *program's* interpreter, so it imports nothing but the standard library and the
program's own ``pulumi``. One JSON line on standard input says what to run (see ``launch.py``); how it went is written
as JSON to the file named there. The program itself is not changed, and sees ``sys.path``, ``sys.argv``, the working
folder and the environment that it sees under the CLI. Three things differ inside the SDK: debug messages are dropped
before they cost a call each, the final wait takes linear time, and lookups tell the engine their form and place in the
program, for which the protocol has no field.
"""

from __future__ import annotations

import os
import sys

# Started by path, Python puts this file's folder first: a program's `import explain` must not find ours.
if sys.path and sys.path[0] == os.path.dirname(os.path.abspath(__file__)):
    del sys.path[0]

import asyncio
import contextvars
import faulthandler
import inspect
import json
import logging
import runpy
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

PROGRAM_SHOWED_ERROR = 32
PARALLEL = 32
"""The SDK may have four times as many calls in flight. A transform that looks things up needs a call of its own."""


_Pairs = tuple[tuple[str, Any], ...]
_lookup: contextvars.ContextVar[_Pairs] = contextvars.ContextVar("preflight_lookup", default=())
_secret_arguments: contextvars.ContextVar[_Pairs] = contextvars.ContextVar("preflight_secret_arguments", default=())


def main() -> int:
    """Run the program as the order on standard input says, and return its exit code."""
    _beside("../leash").hold()
    order = json.loads(sys.stdin.readline())
    _detach_stdin()
    if hasattr(faulthandler, "register"):
        stack_file = open(order["stack_file"], "w")  # noqa: SIM115 - open as long as the process lives
        faulthandler.register(signal.SIGUSR1, file=stack_file, all_threads=False)
    if order["config"]:
        os.environ["PULUMI_CONFIG"] = json.dumps(order["config"])
    if order["secret_keys"]:
        os.environ["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(order["secret_keys"])
    try:
        import pulumi
        import pulumi.runtime
    except ImportError as error:
        _report(order, {"kind": "no-sdk", "message": str(error), "executable": sys.executable})
        return PROGRAM_SHOWED_ERROR
    _connect(pulumi, order)
    if not order["allow_network"]:
        _beside("network").keep_local("the program")
    os.chdir(order["folder"])
    # Frames of a file that is named relatively tell no place.
    entry = order["entry"] if order["entry"] == "." else os.path.join(order["folder"], order["entry"])
    sys.argv = [entry]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=PARALLEL * 4)
    loop.set_default_executor(executor)
    # A program that fails leaves futures behind; asyncio's complaints about them would hide the error itself.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    outcome: dict[str, Any] = {"kind": "unfinished"}
    code = 1
    try:
        loop.run_until_complete(
            pulumi.runtime.run_in_stack(lambda: _discard(runpy.run_path(entry, run_name="__main__")))
        )
        outcome = {"kind": "done"}
        code = 0
    except SystemExit as error:
        outcome = _autopsy(error, order)
        code = error.code if isinstance(error.code, int) else 1
    except BaseException as error:
        outcome = _autopsy(error, order)
        code = PROGRAM_SHOWED_ERROR
    finally:
        _report(order, outcome)
        executor.shutdown(wait=outcome["kind"] == "done")
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def _discard(_result: object) -> None:
    return None


def _detach_stdin() -> None:
    """Leave an empty standard input to the program, as it has under the CLI."""
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    sys.stdin = os.fdopen(0, closefd=False)


def _connect(pulumi: Any, order: dict[str, Any]) -> None:
    runtime = pulumi.runtime
    if hasattr(runtime, "set_all_config") and hasattr(runtime, "get_config_secret_keys_env"):
        runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    else:
        for key, value in order["config"].items():
            runtime.set_config(key, value)
    wanted = {
        "monitor": order["monitor"],
        "engine": order["engine"],
        "project": order["project"],
        "stack": order["stack"],
        "parallel": PARALLEL,
        "dry_run": True,
        "organization": order["organization"],
        "root_directory": order["root"],
    }
    known = inspect.signature(runtime.Settings.__init__).parameters
    settings = runtime.Settings(**{key: value for key, value in wanted.items() if key in known})
    pulumi.log.debug = lambda *_args, **_kwargs: None
    stack: Any = sys.modules.get("pulumi.runtime.stack")
    if stack is not None and getattr(stack, "asyncio", None) is asyncio:
        stack.asyncio = _BatchingAsyncio()
    _carry(settings.monitor, tuple(order["token"]))
    _tell_lookups(runtime, settings, order["form_key"], order["place_key"])
    _tell_secrets(order["secrets_key"])
    runtime.configure(settings)


class _BatchingAsyncio:
    """``asyncio`` as the SDK's final wait sees it.

    The SDK waits for the first of all pending outputs to complete, then for the first of the rest, and so on: 1,000
    resources cost it a million callbacks. Waiting for all of them, or the first that fails, ends in the same state.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def wait(tasks: Any, *, timeout: float | None = None, return_when: str = asyncio.ALL_COMPLETED) -> Any:
        if return_when == asyncio.FIRST_COMPLETED:
            return_when = asyncio.FIRST_EXCEPTION
        return await asyncio.wait(tasks, timeout=timeout, return_when=return_when)


class _Carrying:
    """A call of the monitor that carries the token of this run."""

    def __init__(self, call: Any, pair: tuple[str, str]) -> None:
        self._call = call
        self._pair = pair

    def __call__(self, request: Any, *args: Any, metadata: Any = (), **kwargs: Any) -> Any:
        return self._call(request, *args, metadata=(*(metadata or ()), self._pair), **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)


def _carry(monitor: Any, pair: tuple[str, str]) -> None:
    for name, call in list(vars(monitor).items()) if monitor is not None else ():
        if callable(call):
            setattr(monitor, name, _Carrying(call, pair))


def _tell_lookups(runtime: Any, settings: Any, form_key: str, place_key: str) -> None:
    """Send with each lookup whether its answer is wanted at once (``direct``), and the line that asks."""
    monitor = settings.monitor
    if monitor is None or not hasattr(runtime, "invoke_output"):
        return
    send = monitor.Invoke

    def invoke(request: Any, **kwargs: Any) -> Any:
        return send(request, metadata=(*_lookup.get(), *_secret_arguments.get()), **kwargs)

    monitor.Invoke = invoke
    for name, form in (("invoke", "direct"), ("invoke_async", "direct"), ("invoke_output", "output")):
        if hasattr(runtime, name):
            setattr(runtime, name, _told(getattr(runtime, name), (form_key, form), place_key))


def _tell_secrets(key: str) -> None:
    """Send with each lookup the names of its secret arguments: the SDK takes their wrappers off before it asks."""
    rpc: Any = sys.modules.get("pulumi.runtime.rpc")
    name = "_unwrap_rpc_secret_struct_properties"
    unwrap = getattr(rpc, name, None)
    if unwrap is None:
        return

    def told(properties: Any) -> Any:
        setattr(rpc, name, unwrap)  # it calls itself by this name
        try:
            plain, has_secrets = unwrap(properties)
            names = [item for item, value in properties.items() if unwrap(value)[1]] if has_secrets else []
        finally:
            setattr(rpc, name, told)
        _secret_arguments.set(((key, json.dumps(names).encode()),) if names else ())
        return plain, has_secrets

    setattr(rpc, name, told)


def _told(function: Callable[..., Any], form: tuple[str, str], place_key: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        token = _lookup.set((form, (place_key, _place())))
        try:
            return function(*args, **kwargs)
        finally:
            _lookup.reset(token)

    return call


def _place() -> bytes:
    """Return ``file:line`` of the innermost frame outside installed packages, as bytes (paths need not be ASCII)."""
    frame: Any | None = sys._getframe(2)
    while frame is not None:
        path = frame.f_code.co_filename
        if "site-packages" not in path and "dist-packages" not in path and not path.startswith("<"):
            return f"{os.path.abspath(path)}:{frame.f_lineno}".encode()
        frame = frame.f_back
    return b""


def _autopsy(error: BaseException, order: dict[str, Any]) -> dict[str, Any]:
    """Describe an exception; the describing code is loaded only when there is one."""
    description: dict[str, Any] = _beside("autopsy").describe(error, order["root"], __file__)
    return description


def _beside(name: str) -> Any:
    """Load a module that is beside this file, under a name that no program has."""
    import importlib.util

    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    spec: Any = importlib.util.spec_from_file_location(f"_preflight_{os.path.basename(name)}", place)
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _report(order: dict[str, Any], outcome: dict[str, Any]) -> None:
    with open(order["report_file"], "w", encoding="utf-8") as file:
        json.dump(outcome, file)


if __name__ == "__main__":
    sys.exit(main())
