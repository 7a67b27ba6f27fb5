"""``preflight doctor``: what a preview needs, whether it is there, and the way out where it is not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from preflight.about import VERSION
from preflight.bundled import pack_folder
from preflight.facts import schema
from preflight.preview.languages.host.launch import find_host
from preflight.preview.languages.nodejs.launch import find_module, install_command
from preflight.preview.languages.python.interpreter import interpreter
from preflight.preview.program.project import Project, load_project, stack_names
from preflight.preview.state.errors import EXIT_FINDINGS, PreviewError
from preflight.reports.formats import FORMATS, missing
from preflight.settings.errors import SettingsError
from preflight.settings.file import load, own

_MARKS: Final = {"ok": "ok  ", "note": "note", "fail": "FAIL"}
_VERSIONS: Final = """
import json
from importlib import metadata
found = {}
for name in ("pulumi", "pulumi-aws"):
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        found[name] = None
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Check:
    """What was looked at: ``ok``, ``note`` (works, but know this) or ``fail``, and what to do."""

    state: str
    what: str
    way_out: str = ""


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
def command(folder: Path) -> None:
    """Check what a preview of the program in DIR (default: the working folder) needs.

    Exit codes: 0 all is there; 1 something is missing, with the way out.
    """
    checks = list(examine(folder))
    for check in checks:
        click.echo(f"{_MARKS[check.state]}  {check.what}")
        if check.way_out:
            click.echo(f"      {check.way_out}")
    failed = sum(check.state == "fail" for check in checks)
    click.echo("everything that a preview needs is there" if not failed else f"{failed} to fix")
    sys.exit(EXIT_FINDINGS if failed else 0)


def examine(folder: Path) -> Iterator[Check]:
    """Yield the checks of one project."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("ok", f"Preflight {VERSION} on Python {version} ({sys.executable})")
    if pack_folder() is None:
        yield Check(
            "fail", "the policy pack is not in this installation", "pip install --force-reinstall pulumi-preflight"
        )
    try:
        project = load_project(folder)
    except PreviewError as error:
        yield Check("fail", str(error))
        return
    stacks = stack_names(project)
    yield Check(
        "ok", f"project {project.name} ({project.runtime}), stacks: {', '.join(stacks) or 'no Pulumi.NAME.yaml'}"
    )
    yield from _LANGUAGES.get(project.runtime, _host)(project)
    yield _settings(folder)
    yield _cli()
    for form in FORMATS:
        if missing(form):
            yield Check("note", missing(form))


def _python(project: Project) -> Iterator[Check]:
    found = interpreter(project.root, project.options, what=project.file.name)
    if found.note:
        yield Check("note", found.note)
    try:
        asked = subprocess.run(
            [found.executable, "-c", _VERSIONS],
            capture_output=True, text=True, timeout=60, check=True, env=dict(found.environment),
        )  # fmt: skip
        versions = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        yield Check(
            "fail", f"the program's Python {found.executable} does not run: {error}", "create it: pulumi install"
        )
        return
    install = f"{found.executable} -m pip install -r requirements.txt"
    yield Check("ok", f"the program runs with {found.executable}")
    for name in ("pulumi", "pulumi-aws"):
        if versions[name] is None:
            yield Check("fail", f"{name} is not installed there", install)
        else:
            yield _covered(name, versions[name], "pulumi-aws")


def _nodejs(project: Project) -> Iterator[Check]:
    if shutil.which("node") is None:
        yield Check("fail", "node is not on PATH", "install Node.js")
    for name in ("@pulumi/pulumi", "@pulumi/aws"):
        file = find_module(project, f"{name}/package.json")
        if file is not None:
            yield _covered(name, str(json.loads(file.read_text(encoding="utf-8")).get("version")), "@pulumi/aws")
        else:
            yield Check("fail", f"{name} is not in node_modules", install_command(project))


def _host(project: Project) -> Iterator[Check]:
    name = f"pulumi-language-{project.runtime}"
    try:
        yield Check("ok", f"{name}: {find_host(project)}")
    except PreviewError:
        yield Check("fail", f"{name}, which runs {project.runtime} programs, is not on PATH", "install the Pulumi CLI")


_LANGUAGES: Final[dict[str, Callable[[Project], Iterator[Check]]]] = {"python": _python, "nodejs": _nodejs}
"""How a language that runs without a language host is checked."""


def _covered(name: str, version: str, provider: str) -> Check:
    """An SDK's version; the provider's against the one that the tables describe."""
    if name != provider:
        return Check("ok", f"{name} {version}")
    described = schema.described_version(version)
    if described.partition(".")[0] != version.partition(".")[0]:
        way_out = f"use a version {described.partition('.')[0]}.x, or expect wrong findings about properties"
        return Check("note", f"{name} {version}; the tables describe {described}", way_out)
    return Check("ok", f"{name} {version}; the tables describe {described}")


def _settings(folder: Path) -> Check:
    from preflight.rules import load as load_rules

    file = own(folder)
    if file is None:
        return Check(
            "note", "no settings: deployment rules block, all others advise", "preflight init writes preflight.yaml"
        )
    try:
        settings = load(file, load_rules())
    except SettingsError as error:
        return Check("fail", str(error))
    frameworks = ", ".join(settings.frameworks) or "none"
    return Check("ok", f"{file.name}: frameworks: {frameworks}; {len(settings.exemptions)} exemptions")


def _cli() -> Check:
    found = shutil.which("pulumi")
    if found is None:
        return Check("note", "the Pulumi CLI is not on PATH; `preflight preview` does not need it")
    try:
        asked: Any = subprocess.run([found, "version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return Check("note", f"the Pulumi CLI {found} does not run: {error}")
    return Check("ok", f"Pulumi CLI {asked.stdout.strip()}; also: pulumi preview --policy-pack {pack_folder()}")
