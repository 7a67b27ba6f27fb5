"""Running a program through its language host, over Pulumi's ``LanguageRuntime`` protocol (``language.proto``)."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import grpc

from preflight.preview.languages.process import Child, leashed, start
from preflight.preview.languages.program import (
    PARALLEL,
    Ended,
    Known,
    Order,
    Output,
    Patience,
    hung,
    uncolored,
    wait_for,
    without_config,
)
from preflight.preview.program.project import Project
from preflight.preview.state.errors import UsageError
from preflight.preview.state.graph import Location
from preflight.preview.state.outcome import ProgramError

START_SECONDS: Final = 30.0
_PLACE: Final = re.compile(r"^\s*on (?P<file>.+?) line (?P<line>\d+)")


class HostProgram:
    """A program that its language host runs. The host starts with the engine's address, so when told to run.

    Raises:
        UsageError: when no host is installed.
    """

    needs_schemas = True
    carries_token = False

    def __init__(self, project: Project, on_output: Callable[[str], None]) -> None:
        self._project = project
        self._host = find_host(project)
        self.notes: Sequence[str] = [f"the program was run by the language host {self._host.name}"]
        self.output = Output(on_output)
        self._child: Child | None = None
        self._answer: dict[str, Any] = {}
        self._done = threading.Event()

    def run(self, order: Order) -> None:
        """Start the host, and have it run the program."""
        environment = without_config(os.environ)
        self._child = start(leashed([str(self._host), order.address]), cwd=self._project.root, env=environment)
        self._child.drain("stderr", self.output.add)
        line = self._child.first_line(START_SECONDS)
        if line is None or not line.strip().isdigit():
            self._answer = {"error": f"the language host {self._host.name} did not start"}
            self._done.set()
            return
        self._child.drain("stdout", self.output.add)
        threading.Thread(target=self._call, args=(int(line), order), daemon=True).start()

    def _call(self, port: int, order: Order) -> None:
        from pulumi.runtime.proto import language_pb2, language_pb2_grpc

        from preflight.wire import CHANNEL_OPTIONS, to_struct

        project = self._project
        info = language_pb2.ProgramInfo(
            root_directory=str(project.root),
            program_directory=str(project.program_folder),
            entry_point=project.entry,
            options=to_struct(dict(project.options)),
        )
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS) as channel:
                stub = language_pb2_grpc.LanguageRuntimeStub(channel)
                _handshake(stub, order.address, project)
                answer = stub.Run(
                    language_pb2.RunRequest(
                        project=project.name,
                        stack=order.stack,
                        organization=order.organization,
                        pwd=str(project.program_folder),
                        program=project.entry,
                        config=dict(order.config),
                        configSecretKeys=sorted(order.secret_keys),
                        dryRun=True,
                        parallel=PARALLEL,
                        monitor_address=order.address,
                        loader_target=order.address,
                        info=info,
                    )
                )
            self._answer = {"error": answer.error, "bail": answer.bail}
        except grpc.RpcError as error:
            self._answer = {"error": error.details() if isinstance(error, grpc.Call) else str(error)}
        self._done.set()

    def wait(self, patience: Patience) -> Ended:
        """Wait until the host has run the program."""
        assert self._child is not None
        code, late = wait_for(self._child, patience, self._done.is_set)
        self._child.stop()
        return Ended(dict(self._answer), code, timed_out=late)

    def stop(self) -> None:
        """End the host and the program."""
        if self._child is not None:
            self._child.stop()

    def explain(self, ended: Ended, known: Known) -> tuple[list[ProgramError], bool]:
        """Say why the program failed: the host's diagnostics, with their places, and what it answered."""
        errors = [ProgramError(uncolored(message).strip(), urn) for message, urn in known.logged]
        if ended.timed_out:
            return [*errors, hung(ended, known.timeout)], False
        if not ended.report and not known.errors:
            return [
                *errors,
                ProgramError(f"{self._host.name} ended early{self.output.kept.tail()}"),
            ], False
        said = str(ended.report.get("error", ""))
        if said or (ended.report.get("bail") and not errors):
            errors.extend(self._diagnostics())
        if said and not errors and not known.errors:
            errors.append(ProgramError(uncolored(said).strip()))
        if ended.report.get("bail") and not errors and not known.errors:
            errors.append(ProgramError(f"the program failed{self.output.kept.tail()}"))
        config = any("missing required configuration" in error.message.lower() for error in errors)
        return errors, config

    def _diagnostics(self) -> Iterator[ProgramError]:
        """The host's own errors, which it prints as ``Error: …`` with ``on FILE line N`` below."""
        message = ""
        for raw in (*self.output.kept.lines(), "Error: "):
            line = uncolored(raw)
            head = re.match(r"^\s*[Ee]rror: (?P<text>.*)", line)
            place = _PLACE.match(line)
            if head:
                if message:
                    yield ProgramError(message)
                message = head["text"]
            elif place and message:
                file = str((self._project.program_folder / place["file"]).resolve())
                yield ProgramError(message, location=Location(file, int(place["line"])))
                message = ""


def _handshake(stub: Any, address: str, project: Project) -> None:
    from pulumi.runtime.proto import language_pb2

    request = getattr(language_pb2, "LanguageHandshakeRequest", None)
    if request is None:
        return
    try:
        stub.Handshake(
            request(
                engine_address=address,
                root_directory=str(project.root),
                program_directory=str(project.program_folder),
            )
        )
    except grpc.RpcError as error:
        if getattr(error, "code", lambda: None)() is not grpc.StatusCode.UNIMPLEMENTED:
            raise


def find_host(project: Project) -> Path:
    """Return the language host of a project's runtime: on PATH, beside ``pulumi``, or in Pulumi's home.

    Raises:
        UsageError: when there is none.
    """
    name = f"pulumi-language-{project.runtime}"
    found = shutil.which(name)
    if found:
        return Path(found)
    command = shutil.which("pulumi")
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    folders = [*([Path(command).resolve().parent] if command else []), home / "bin"]
    folders += sorted(home.glob(f"plugins/language-{project.runtime}-v*"), reverse=True)
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise UsageError(
        f"{project.file}: runs on `{project.runtime}`, whose language host {name} is not installed; install the Pulumi "
        f"CLI, which brings it, or put {name} on PATH"
    )
