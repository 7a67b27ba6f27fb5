"""One preview from beginning to end: program and packs started together, served, judged, and all stopped."""

from __future__ import annotations

import datetime
import json
import os
import secrets
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from preflight.bundled import pack_folder
from preflight.preview.languages.choose import start
from preflight.preview.languages.process import marked, sweep_stale
from preflight.preview.languages.program import Ended, Known, Order, Patience, Program
from preflight.preview.program.config import StackConfig, load_config
from preflight.preview.program.project import Project, choose_stack, load_project, stack_file
from preflight.preview.state.errors import PackError, PreviewError, UsageError
from preflight.preview.state.outcome import Outcome
from preflight.redaction import Secrets
from preflight.settings.file import VARIABLE, locate, own

if TYPE_CHECKING:
    from preflight.inventory import Inventory
    from preflight.preview.engine.deployment import Deployment
    from preflight.preview.engine.schemas import Schemas
    from preflight.preview.packs.running import RunningPack

PACKAGE_FOLDER: Final = Path(__file__).resolve().parents[2]
"""The folder that holds the ``preflight`` package."""

MAX_WORKERS: Final = 300
"""Server threads: over twice the program's calls in flight (128), so that transforms may themselves look things up."""


@dataclass(frozen=True)
class Request:
    """What to preview; see the options of ``preflight preview``."""

    folder: Path
    stack: str | None = None
    config: Sequence[str] = ()
    policy_packs: Sequence[Path] = ()
    timeout: float | None = None
    account: str | None = None
    region: str | None = None
    settings: Path | None = None
    allow_network: bool = False
    inventory: Inventory | None = None


def _settings_file(request: Request) -> Path | None:
    """The settings asked for, else those of the program's folder; the environment's and the pack's are the pack's."""
    if request.settings is not None:
        if not request.settings.is_file():
            raise UsageError(f"--settings {request.settings}: there is no such file")
        return request.settings.resolve()
    file = own(request.folder) if VARIABLE not in os.environ else None
    return file.resolve() if file is not None else None


@dataclass
class Listener:
    """Where a preview reports what happens while it runs; every function may be called from any thread."""

    output: Callable[[str], None] = lambda line: None
    progress: Callable[[int, str], None] = lambda count, urn: None
    log: Callable[[str, str], None] = lambda level, message: None
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, more: int, urn: str) -> None:
        """Add to the number of resources seen."""
        with self._lock:
            self._count += more
            count = self._count
        self.progress(count, urn)


def preview(request: Request, listener: Listener | None = None) -> Outcome:
    """Preview a program and judge it.

    Raises:
        UsageError: for bad arguments, project or configuration, before anything runs.
        PackError: for a policy pack that does not start.
        KeyboardInterrupt: on Ctrl-C or SIGTERM; no process is left behind.
    """
    running = _Preview(request, listener or Listener())
    with _terminable():
        try:
            return running.run()
        except PreviewError as error:
            raise type(error)(running.masked(str(error))) from error


class _Preview:
    def __init__(self, request: Request, listener: Listener) -> None:
        self._request = request
        self._listener = listener
        self._began = time.monotonic()
        self._pack_error: PackError | None = None
        self._logged_errors: list[tuple[str, str]] = []
        self._logged: set[tuple[str, str]] = set()
        self._stop = threading.Event()
        self._secrets = Secrets()
        self._own_secrets = Secrets(self._secrets)
        """Those of the configuration, which are masked in what the program says wherever they are a word of it."""

    def run(self) -> Outcome:
        request = self._request
        project = load_project(request.folder)
        organization, stack = choose_stack(project, request.stack)
        config = load_config(
            project, stack, [*request.config, *([f"aws:region={request.region}"] if request.region else [])]
        )
        for key in config.secret_keys:
            self._own_secrets.add(config.values.get(key))
        folders = list(request.policy_packs) or bundled_pack()
        _prepare_grpc()
        scratch = Path(tempfile.mkdtemp(prefix="preflight-"))
        try:
            sweep_stale(scratch)
            with marked(scratch):
                return self._run(project, organization, stack, config, folders, scratch)
        finally:
            with _uninterrupted():
                shutil.rmtree(scratch, ignore_errors=True)

    def _run(
        self,
        project: Project,
        organization: str,
        stack: str,
        config: StackConfig,
        folders: Sequence[Path],
        scratch: Path,
    ) -> Outcome:
        request = self._request
        packs: list[RunningPack] = []
        server = program = None
        try:
            program = start(project, scratch, self._print)
            # The program is importing its SDK by now; the engine's own imports go on beside it.
            from preflight.preview.engine.server import Server
            from preflight.preview.provider.environment import Environment

            token = secrets.token_hex(16) if program.carries_token else ""
            server = Server(MAX_WORKERS, token)
            packs = self._start_packs(folders, server.address, organization, project, stack, config, scratch)
            try:
                environment = Environment.choose(account=request.account, config=config.values, variables=os.environ)
            except ValueError as error:
                raise UsageError(str(error)) from error
            from preflight.preview.engine.deployment import Deployment
            from preflight.preview.engine.monitor import Monitor

            deployment = Deployment(
                organization=organization,
                project=project.name,
                stack=stack,
                folder=project.program_folder,
                root=project.root,
                config=config,
                environment=environment,
                packs=packs,
                on_resource=self._listener.count,
                secrets=self._secrets,
                inventory=request.inventory,
            )
            for note in (*program.notes, *(pack.note for pack in packs), *environment.notes):
                if note:
                    deployment.add_note(note)
            server.serve(
                Monitor(deployment, self._pack_failed), self._log, _schemas(project) if program.needs_schemas else None
            )
            program.run(
                Order(
                    server.address,
                    organization,
                    stack,
                    dict(config.values),
                    frozenset(config.secret_keys),
                    token,
                    request.allow_network,
                )
            )
            ended = program.wait(Patience(request.timeout, self._stop.is_set, lambda: deployment.idle_seconds))
            if self._pack_error is not None:
                raise self._pack_error
            deployment.judges.wait_until_ready()
            return self._judge(deployment, packs, program, ended, stack_file(project, stack))
        finally:
            with _uninterrupted():
                if program is not None:
                    program.stop()
                for pack in packs:
                    pack.stop()
                if server is not None:
                    server.stop()

    def _start_packs(
        self,
        folders: Sequence[Path],
        address: str,
        organization: str,
        project: Project,
        stack: str,
        config: StackConfig,
        scratch: Path,
    ) -> list[RunningPack]:
        from preflight.preview.packs.running import RunningPack, StackContext

        context = StackContext(
            organization,
            project.name,
            stack,
            dict(config.values),
            frozenset(config.secret_keys),
            project.program_folder,
            project.runtime,
        )
        settings = _settings_file(self._request)
        inventory = None
        if self._request.inventory is not None:
            # As a file of this machine: packs reach no other, and need nothing to read it.
            inventory = scratch / "exists.json"
            inventory.write_text(json.dumps(sorted(self._request.inventory.names)), encoding="utf-8")
        packs = [
            RunningPack(folder, PACKAGE_FOLDER, settings, inventory, allow_network=self._request.allow_network)
            for folder in folders
        ]
        for pack in packs:
            pack.begin(address, context, self._request.timeout)
        return packs

    def masked(self, text: str) -> str:
        """Return a text without the secrets of this run."""
        return self._own_secrets.redact(text, words=True)

    def _pack_failed(self, error: PackError) -> None:
        self._pack_error = error
        self._stop.set()

    def _log(self, level: str, message: str, urn: str) -> None:
        if level == "error":
            self._logged_errors.append((message, urn))
        elif (level, message) not in self._logged:
            self._logged.add((level, message))
            self._listener.log(level, self.masked(message))

    def _print(self, line: str) -> None:
        self._listener.output(self.masked(line))

    def _judge(
        self, deployment: Deployment, packs: Sequence[RunningPack], program: Program, ended: Ended, file: Path
    ) -> Outcome:
        from preflight.preview import inline
        from preflight.preview.verdicts import collect

        outcome = Outcome(program=deployment.project, stack=deployment.stack, secrets=self._own_secrets)
        explained, outcome.usage_error = program.explain(
            ended, Known(deployment.errors, self._logged_errors, self._request.timeout, file)
        )
        failed = bool(deployment.errors or explained)
        deployment.judges.finish(whole_stack=not failed)
        outcome.errors = [*deployment.errors, *explained]
        outcome.resources = sum(1 for item in deployment.graph.managed() if not item.type.startswith("pulumi:"))
        outcome.graph = deployment.graph.managed()
        outcome.settings = packs[0].settings or locate(packs[0].folder)
        collect(deployment, packs, outcome, Path.cwd())
        levels = {name: policy.level for pack in packs for name, policy in pack.policies.items()}
        inline.apply(outcome, levels, Path.cwd(), datetime.datetime.now(datetime.timezone.utc).date())
        outcome.notes = deployment.notes
        outcome.seconds = round(time.monotonic() - self._began, 2)
        return outcome


def bundled_pack() -> list[Path]:
    """Return the folder of Preflight's own pack.

    Raises:
        UsageError: when the package was installed without it.
    """
    folder = pack_folder()
    if folder is None:
        raise UsageError("this installation came without a policy pack; name one with --policy-pack")
    return [folder]


def _prepare_grpc() -> None:
    """Keep gRPC, here and in the children, from sending its loopback traffic to a proxy, and from chatting."""
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    variable = "no_grpc_proxy"  # gRPC reads the lower-case names only
    spared = next((os.environ[name] for name in (variable, "no_proxy", "NO_PROXY") if os.environ.get(name)), "")
    os.environ[variable] = ",".join(filter(None, (spared, "127.0.0.1", "localhost")))


def _schemas(project: Project) -> Schemas:
    from preflight.preview.engine.schemas import Schemas

    return Schemas(project.program_folder)


class _uninterrupted:
    """Shuts out further signals while a preview cleans up: a second Ctrl-C must not leave processes behind."""

    def __enter__(self) -> None:
        self._former: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None:
                    self._former[number] = signal.signal(number, signal.SIG_IGN)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)


class _terminable:
    """Turns SIGTERM and SIGHUP into KeyboardInterrupt while a preview runs, for it to clean up (main thread only)."""

    def __enter__(self) -> None:
        self._former: dict[int, Any] = {}
        if threading.current_thread() is not threading.main_thread():
            return
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                self._former[number] = signal.signal(number, _interrupt)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
