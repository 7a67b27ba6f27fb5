"""Starting a Node program with the SDK in its own ``node_modules``, as Pulumi's language host does."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from preflight.preview.languages.nodejs.explain import explain
from preflight.preview.languages.process import Child, leashed, start
from preflight.preview.languages.program import (
    FORM_KEY,
    PARALLEL,
    PLACE_KEY,
    Ended,
    Known,
    Order,
    Output,
    Patience,
    wait_for,
    without_config,
)
from preflight.preview.program.project import Project
from preflight.preview.state.errors import UsageError
from preflight.preview.state.outcome import ProgramError
from preflight.serving.protocol import TOKEN_KEY

PRELOAD: Final = Path(__file__).with_name("preload.cjs")
_INSTALL: Final = {"yarn.lock": "yarn install", "pnpm-lock.yaml": "pnpm install", "bun.lock": "bun install"}


class NodeProgram:
    """The program's process. Node reads its engine's address from the command line: it starts when it is told to run.

    Raises:
        UsageError: when Node or the project's packages are missing.
    """

    notes: Sequence[str] = ()
    needs_schemas = False
    carries_token = True

    def __init__(self, project: Project, scratch: Path, on_output: Callable[[str], None]) -> None:
        self._project = project
        self._report = scratch / "node.jsonl"
        self._node = shutil.which("node")
        if self._node is None:
            raise UsageError(f"{project.file}: runs on Node.js, and there is no `node` on PATH; install Node.js")
        self._sdk = _sdk(project)
        self._child: Child | None = None
        self.output = Output(on_output)

    def run(self, order: Order) -> None:
        """Start the process; see :class:`preflight.preview.languages.program.Program`."""
        project, options = self._project, self._project.options
        environment = without_config(os.environ)
        environment["PULUMI_CONFIG"] = json.dumps(dict(order.config))
        environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(sorted(order.secret_keys))
        if options.get("typescript") is not False:
            environment["PULUMI_NODEJS_TYPESCRIPT"] = "true"
        if options.get("tsconfig"):
            environment["PULUMI_NODEJS_TSCONFIG_PATH"] = str(options["tsconfig"])
        environment["PREFLIGHT_NODE"] = json.dumps(
            {
                "report": str(self._report),
                "root": f"{project.root}{os.sep}",
                "sdk": str(self._sdk),
                "formKey": FORM_KEY,
                "placeKey": PLACE_KEY,
                "token": [TOKEN_KEY, order.token],
                "allowNetwork": order.allow_network,
            }
        )
        assert self._node is not None
        command = [
            self._node,
            *shlex.split(str(options.get("nodeargs") or "")),
            # In one word: the SDK sees a separate `--require` and gives up its mode for ES modules.
            f"--require={PRELOAD}",
            str(self._sdk),
            *("--monitor", order.address, "--engine", order.address),
            *("--organization", order.organization, "--project", project.name, "--stack", order.stack),
            *("--root-directory", str(project.root), "--pwd", str(project.program_folder)),
            *("--dry-run", "--parallel", str(PARALLEL), project.entry),
        ]
        self._child = start(leashed(command), cwd=project.program_folder, env=environment)
        for stream in ("stdout", "stderr"):
            self._child.drain(stream, self.output.add)

    def wait(self, patience: Patience) -> Ended:
        """Wait for the end, and read what the process wrote down about it."""
        assert self._child is not None
        code, late = wait_for(self._child, patience)
        if late:
            self.stop()
            return Ended(timed_out=True)
        self._child.wait_output()
        self._child.stop(0)
        try:
            lines = self._report.read_text(encoding="utf-8").splitlines()
        except OSError:
            lines = []
        return Ended({"entries": [json.loads(line) for line in lines]}, code)

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._child is not None:
            self._child.stop()

    def explain(self, ended: Ended, known: Known) -> tuple[list[ProgramError], bool]:
        """Say why the program failed; see :class:`preflight.preview.languages.program.Program`."""
        return explain(ended, known, self.output.kept.tail())


def _sdk(project: Project) -> Path:
    """Return the SDK's entry in the nearest ``node_modules`` (workspaces hoist it)."""
    entry = find_module(project, "@pulumi/pulumi/cmd/run/index.js")
    if entry is not None:
        return entry
    raise UsageError(
        f"{project.root}: the program's packages are not installed (there is no node_modules/@pulumi/pulumi); "
        f"run `{install_command(project)}` there"
    )


def find_module(project: Project, path: str) -> Path | None:
    """Return a file of the nearest ``node_modules`` that has it, at or above the program; None when none has."""
    folders = (project.program_folder, *project.program_folder.parents)
    return next((file for folder in folders if (file := folder / "node_modules" / path).is_file()), None)


def install_command(project: Project) -> str:
    """Return what installs a project's packages, with the package manager that it uses."""
    asked = project.options.get("packagemanager")
    if isinstance(asked, str) and asked:
        return f"{asked} install"
    for folder in (project.root, *project.root.parents):
        for lock, command in _INSTALL.items():
            if (folder / lock).is_file():
                return command
        if (folder / ".git").exists():
            break
    return "npm install"
