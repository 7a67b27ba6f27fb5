"""Policy packs: a process each, spoken to over Pulumi's Analyzer protocol exactly as the CLI does it.

The order of calls is the CLI's: Handshake, ConfigureStack, GetAnalyzerInfo, Configure; for each resource Remediate
(only when a policy has that level) and Analyze; once AnalyzeStack; Cancel. Analyze does not hold the program up: a
preview goes on after a violation, so its answers are collected while the program runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from preflight.inventory import VARIABLE as INVENTORY
from preflight.preview.languages.process import Child, OutputLines, start
from preflight.preview.languages.python.interpreter import interpreter
from preflight.preview.packs.environment import is_for_packs
from preflight.preview.program.yaml_files import read_mapping
from preflight.preview.state.errors import EXIT_USAGE, PackError, PackUsageError, UsageError
from preflight.serving.protocol import (
    PROGRAM_FOLDER,
    PROGRAM_RUNTIME,
    RUN_TOKEN,
    TOKEN_KEY,
    VERDICTS_SERVICE,
    VERDICTS_TAKE,
    level_name,
    severity_name,
)
from preflight.settings.file import VARIABLE
from preflight.wire import CHANNEL_OPTIONS, to_struct

BEGINNING: Final = Path(__file__).with_name("main.py")
BOOT_SECONDS: Final = 60.0
STALL_SECONDS: Final = 600.0
"""How long a pack may take over one request where no --timeout is given."""


@dataclass(frozen=True)
class StackContext:
    """What a pack is told about the stack."""

    organization: str
    project: str
    stack: str
    config: Mapping[str, str]
    secret_keys: frozenset[str]
    program_folder: Path
    runtime: str


@dataclass(frozen=True)
class Policy:
    """A policy's metadata; ``level`` is the configured one."""

    name: str
    description: str
    level: str
    severity: str
    fix: str
    controls: Mapping[str, list[str]]
    """Framework → its controls that the policy serves."""
    is_stack: bool


class RunningPack:
    """One running policy pack.

    ``begin`` returns at once; ``ready`` waits until the pack is configured. ``analyze`` answers through a callback.
    """

    def __init__(
        self,
        folder: Path,
        package_folder: Path,
        settings: Path | None = None,
        inventory: Path | None = None,
        *,
        allow_network: bool = False,
    ) -> None:
        """``folder`` holds PulumiPolicy.yaml; packs without a virtualenv get ``package_folder`` on their import path.

        ``settings`` is the ``preflight.yaml`` for packs that read one; None leaves the choice to the pack.
        ``inventory`` is a JSON list of all names that exist outside the program, if they are known.

        Raises:
            UsageError: for a folder that is no Python policy pack.
        """
        self.folder = folder.resolve()
        self.settings = settings
        file = next(
            (
                self.folder / name
                for name in ("PulumiPolicy.yaml", "PulumiPolicy.yml")
                if (self.folder / name).is_file()
            ),
            None,
        )
        if file is None:
            raise UsageError(f"--policy-pack {folder}: has no PulumiPolicy.yaml, so it is not a policy pack")
        document = read_mapping(file)
        runtime = document.get("runtime")
        name = runtime.get("name") if isinstance(runtime, dict) else runtime
        if name != "python":
            raise UsageError(
                f"{file}: runs on `{name}`; preflight preview runs Python packs only. "
                f"Use the Pulumi CLI for this one: pulumi preview --policy-pack {folder}"
            )
        options = runtime.get("options") or {} if isinstance(runtime, dict) else {}
        if not (self.folder / "__main__.py").is_file():
            raise UsageError(f"--policy-pack {folder}: has no __main__.py")
        found = interpreter(self.folder, options, what=str(file))
        self.executable = found.executable
        self._allow_network = allow_network
        self._environment = {key: value for key, value in found.environment.items() if is_for_packs(key)}
        if settings is not None:
            self._environment[VARIABLE] = str(settings)
        if inventory is not None:
            self._environment[INVENTORY] = str(inventory)
        self.note = found.note
        if self.executable == sys.executable:
            paths = [str(package_folder), *filter(None, [self._environment.get("PYTHONPATH")])]
            self._environment["PYTHONPATH"] = os.pathsep.join(paths)
        self.name = self.folder.name
        self.version = str(document.get("version") or "")
        self.policies: dict[str, Policy] = {}
        self.remediates = False
        self.is_preflight = False
        self._child: Child | None = None
        self._output = OutputLines()
        self._channel: grpc.Channel | None = None
        self._ready: Future[None] = Future()
        self._boot_seconds = BOOT_SECONDS
        self._seconds = STALL_SECONDS
        token = secrets.token_hex(16)
        self._environment[RUN_TOKEN] = token
        self._metadata = ((TOKEN_KEY, token),)
        """Lets our own pack tell this engine from whoever else reaches its port; other packs don't look at it."""

    def begin(self, engine_address: str, context: StackContext, seconds: float | None = None) -> None:
        """Start the process and configure it in the background, within so many seconds (BOOT_SECONDS at most)."""
        self._boot_seconds = min(seconds or BOOT_SECONDS, BOOT_SECONDS)
        self._seconds = seconds or STALL_SECONDS
        environment = self._environment | {
            "PULUMI_ORGANIZATION": context.organization,
            "PULUMI_PROJECT": context.project,
            "PULUMI_STACK": context.stack,
            "PULUMI_DRY_RUN": "true",
            PROGRAM_FOLDER: str(context.program_folder),
            PROGRAM_RUNTIME: context.runtime,
        }
        environment.pop("PULUMI_CONFIG", None)
        if context.config:
            environment["PULUMI_CONFIG"] = json.dumps(dict(context.config))
        reach = "network" if self._allow_network else "local"
        command = [self.executable, "-u", str(BEGINNING), reach, "pulumi.policy", engine_address, str(self.folder)]
        self._child = start(command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL)
        self._child.drain("stderr", self._output.add)
        threading.Thread(target=self._boot, args=(engine_address, context), daemon=True).start()

    def ready(self) -> None:
        """Wait until the pack is configured.

        Raises:
            PackError: when it does not start; the message shows the end of what it printed.
        """
        try:
            self._ready.result(timeout=2 * self._boot_seconds)
        except FutureTimeout as error:
            raise PackError(f"policy pack {self.folder}: did not start within {self._boot_seconds:g} s") from error

    def _boot(self, engine_address: str, context: StackContext) -> None:
        try:
            self._configure(engine_address, context)
        except PackError as error:
            self._ready.set_exception(error)
        except (grpc.RpcError, grpc.FutureTimeoutError) as error:
            why = _details(error) or "nothing answers on its port"
            self._ready.set_exception(
                PackError(f"policy pack {self.folder}: failed to start: {why}{self._output.tail()}")
            )
        except Exception as error:  # the waiting thread must hear of anything that ends this one
            self._ready.set_exception(error)
        else:
            self._ready.set_result(None)

    def _configure(self, engine_address: str, context: StackContext) -> None:
        assert self._child is not None
        port = self._child.first_line(self._boot_seconds)
        self._child.drain("stdout", self._output.add)
        if port is None or not port.strip().isdigit():
            self._child.wait_output()
            if self._child.wait(2.0) == EXIT_USAGE:
                raise PackUsageError(f"policy pack {self.folder}: {self._output.tail().strip()}")
            said = f"; its first line of output must be its port, but was {port.strip()!r}" if port else ""
            raise PackError(f"policy pack {self.folder}: failed to start{said}{self._output.tail()}")
        channel = grpc.insecure_channel(f"127.0.0.1:{port.strip()}", options=CHANNEL_OPTIONS)
        self._wait_for(channel)
        self._channel = channel
        stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        self._analyze = stub.Analyze
        self._remediate = stub.Remediate
        self._analyze_stack = stub.AnalyzeStack
        self._cancel = stub.Cancel
        self._optional(
            stub.Handshake,
            analyzer_pb2.AnalyzerHandshakeRequest(
                engine_address=engine_address, root_directory=str(self.folder), program_directory=str(self.folder)
            ),
        )
        self._optional(
            stub.ConfigureStack,
            analyzer_pb2.AnalyzerStackConfigureRequest(
                stack=context.stack,
                project=context.project,
                organization=context.organization,
                dry_run=True,
                config=dict(context.config),
                config_secret_keys=sorted(context.secret_keys),
            ),
        )
        info = stub.GetAnalyzerInfo(Empty(), metadata=self._metadata, timeout=self._boot_seconds)
        levels = self._send_configuration(stub, info)
        self.name = info.name or self.name
        self.version = self.version or info.version
        self.policies = {
            item.name: _policy(item, levels.get(item.name, item.enforcementLevel)) for item in info.policies
        }
        self.remediates = any(policy.level == "remediate" for policy in self.policies.values())

    def _wait_for(self, channel: grpc.Channel) -> None:
        """Wait until the pack answers on its port, or has ended, which gRPC would not notice."""
        assert self._child is not None
        connected = grpc.channel_ready_future(channel)
        until = time.monotonic() + self._boot_seconds
        while True:
            try:
                return connected.result(timeout=0.1)
            except grpc.FutureTimeoutError:
                if self._child.wait(0) is not None or time.monotonic() > until:
                    raise

    def _send_configuration(self, stub: Any, info: Any) -> dict[str, int]:
        """Send each policy its level and properties: the schema's defaults, then the pack's initial configuration."""
        levels = {item.name: item.enforcementLevel for item in info.policies}
        properties: dict[str, dict[str, Any]] = {item.name: {} for item in info.policies}
        required: dict[str, list[str]] = {}
        from preflight.wire import to_python

        for item in info.policies:
            if info.supportsConfig and item.HasField("configSchema"):
                for name, schema in to_python(item.configSchema.properties).items():
                    if isinstance(schema, dict) and "default" in schema:
                        properties[item.name][name] = schema["default"]
                required[item.name] = list(item.configSchema.required)
        if "all" in info.initialConfig:
            levels = dict.fromkeys(levels, info.initialConfig["all"].enforcementLevel)
        for name, given in info.initialConfig.items():
            if name != "all":
                levels[name] = given.enforcementLevel
                properties.setdefault(name, {}).update(to_python(given.properties))
        for name, keys in required.items():
            missing = sorted(key for key in keys if key not in properties[name])
            if missing and levels[name] != analyzer_pb2.DISABLED:
                raise PackError(
                    f"policy pack {self.folder}: policy {name} needs configuration for {', '.join(missing)}"
                )
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name, level in levels.items():
            request.policyConfig[name].enforcementLevel = level
            request.policyConfig[name].properties.CopyFrom(to_struct(properties.get(name, {})))
        if levels:
            stub.Configure(request, metadata=self._metadata, timeout=self._boot_seconds)
        return levels

    def _optional(self, method: Any, request: Any) -> None:
        try:
            method(request, metadata=self._metadata, timeout=self._boot_seconds)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNIMPLEMENTED:
                raise

    def analyze(self, request: Any, done: Callable[[Any, str | None], None]) -> None:
        """Send one resource; ``done`` gets the response, or None and the error's text, from another thread."""
        future = self._analyze.future(request, metadata=self._metadata, timeout=self._seconds)

        def finish(answer: Any) -> None:
            error = answer.exception()
            done(None, _details(error)) if error is not None else done(answer.result(), None)

        future.add_done_callback(finish)

    def remediate(self, request: Any) -> Any:
        """Return the RemediateResponse for one resource.

        Raises:
            PackError: when the pack fails.
        """
        try:
            return self._remediate(request, metadata=self._metadata, timeout=self._seconds)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return analyzer_pb2.RemediateResponse()
            raise PackError(_details(error)) from error

    def analyze_stack(self, request: Any) -> Any:
        """Return the AnalyzeResponse for the whole stack.

        Raises:
            PackError: when the pack fails, or takes too long.
        """
        try:
            return self._analyze_stack(request, metadata=self._metadata, timeout=self._seconds)
        except grpc.RpcError as error:
            has_stack_policies = any(policy.is_stack for policy in self.policies.values())
            if error.code() == grpc.StatusCode.UNIMPLEMENTED and not has_stack_policies:
                return analyzer_pb2.AnalyzeResponse()
            raise PackError(_details(error)) from error

    def take_verdicts(self) -> dict[str, Any] | None:
        """Return what Preflight's own pack found, in the shape of the JSON contract; None for any other pack."""
        if self._channel is None:
            return None
        take: Any = self._channel.unary_unary(f"/{VERDICTS_SERVICE}/{VERDICTS_TAKE}")
        try:
            answer = json.loads(take(b"", metadata=self._metadata, timeout=self._seconds))
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            if error.code() == grpc.StatusCode.UNAVAILABLE:
                raise PackError(f"policy pack {self.folder}: ended while it judged{self._output.tail()}") from error
            raise PackError(f"policy pack {self.folder}: failed to give its verdicts: {_details(error)}") from error
        self.is_preflight = True
        return answer if isinstance(answer, dict) else None

    def stop(self) -> None:
        """End the process."""
        if self._channel is not None:
            # Cancel is advice; a pack that does not know it is ended by its signal just below.
            with contextlib.suppress(grpc.RpcError):
                self._cancel(Empty(), metadata=self._metadata, timeout=1)
            self._channel.close()
        if self._child is not None:
            self._child.stop()

    def output(self) -> list[str]:
        """Return what the pack printed."""
        return self._output.lines()


def _policy(item: Any, level: int) -> Policy:
    framework = item.framework
    controls = {framework.name: [framework.reference] if framework.reference else []} if framework.name else {}
    return Policy(
        name=item.name,
        description=item.description,
        level=level_name(level),
        severity=severity_name(item.severity),
        fix=item.remediation_steps or item.message,
        controls=controls,
        is_stack=item.policy_type == analyzer_pb2.POLICY_TYPE_STACK,
    )


def _details(error: Any) -> str:
    if isinstance(error, grpc.RpcError) and error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
        return "gave no answer in time (--timeout)"
    details = error.details() if hasattr(error, "details") else str(error)
    return (details or str(error)).removeprefix("Exception calling application: ")
