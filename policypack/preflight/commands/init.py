"""``preflight init``: settings and CI for a project that exists."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from preflight.about import VERSION
from preflight.frameworks import FRAMEWORKS
from preflight.preview.program.project import Project, load_project, stack_names
from preflight.preview.program.yaml_files import read_mapping
from preflight.preview.state.errors import EXIT_USAGE, PreviewError
from preflight.reports.model import number
from preflight.settings.file import FILE_NAME, own

SCHEMA: Final = (
    "https://raw.githubusercontent.com/pulumi-preflight/pulumi-preflight/main/policypack/preflight/settings.schema.json"
)
_CI: Final = {"github": ".github/workflows/preflight.yml", "gitlab": ".gitlab-ci.preflight.yml"}


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--framework", "frameworks", multiple=True, type=click.Choice(list(FRAMEWORKS)),
    help="Make the rules of this framework mandatory; repeatable.",
)  # fmt: skip
@click.option(
    "--ci", type=click.Choice([*_CI, "none"]), help="Write the file of this CI system, too (default: say how)."
)  # fmt: skip
def command(folder: Path, frameworks: tuple[str, ...], ci: str | None) -> None:
    """Look at the project in DIR (default: the working folder), and write a commented preflight.yaml for it.

    No file is ever overwritten.
    """
    try:
        project = load_project(folder)
    except PreviewError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    present = own(folder)
    if present is not None and ci not in _CI:
        click.echo(f"error: {present} exists; `preflight doctor` checks it, --ci writes a CI file only", err=True)
        sys.exit(EXIT_USAGE)
    stacks = stack_names(project)
    top = _repository(project.root)
    wanted = ci or _ci_in_use(top)
    written = {} if present else {project.root / FILE_NAME: settings(stacks, frameworks)}
    if ci in _CI:
        written[top / _CI[ci]] = workflow(ci, os.path.relpath(project.root, top), stacks)
    for file in written:
        if file.exists():
            click.echo(f"error: {_shown(file)} exists, and is not overwritten", err=True)
            sys.exit(EXIT_USAGE)
    for file, text in written.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        click.echo(f"wrote {_shown(file)}")
    for line in _next_steps(project, folder, stacks, None if ci else wanted):
        click.echo(line)


def settings(stacks: list[str], frameworks: tuple[str, ...] = ()) -> str:
    """Return a preflight.yaml that changes nothing yet, but for the frameworks, and says what could be changed."""
    chosen = f"frameworks: [{', '.join(frameworks)}]" if frameworks else "#frameworks: [hipaa]"
    quiet = next((name for name in stacks if name not in ("prod", "production", "live")), "dev")
    return f"""# yaml-language-server: $schema={SCHEMA}
# How Preflight judges this project. Without settings, deployment rules that are certain block, and all others advise.

# Rules with a control of these frameworks become mandatory: {", ".join(FRAMEWORKS)}.
{chosen}

# Levels: disabled, advisory, mandatory, remediate. A rule's own comes first, then its framework's, certainty's,
# severity's and kind's.
#levels:
#  rules: {{rds-multi-az: advisory}}
#  certainties: {{race: mandatory, outside: mandatory}}
#  severities: {{low: disabled}}

# Other levels or frameworks for some stacks; the last pattern that matches wins.
#stacks:
#  {quiet}: {{frameworks: []}}

# ARNs, ids and names of what exists outside this program.
#prerequisites: []

# What need not hold: every exemption gives a reason, and best an owner and a last day.
#exemptions:
#  - rule: s3-bucket-logging
#    resource: scratch
#    reason: holds nothing for longer than a day
#    owner: data team
#    expires: 2027-03-31

# Findings that are known and fail nothing; `preflight baseline` writes the file.
#baseline: preflight.baseline.json
"""


def workflow(ci: str, folder: str, stacks: list[str]) -> str:
    """Return the CI file of a system that previews every stack of a project."""
    stack = "'*'" if stacks else "dev"
    if ci == "github":
        return f"""name: Preflight
on: [pull_request]
permissions:
  contents: read
  pull-requests: write
  security-events: write
jobs:
  preflight:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: pulumi-preflight/pulumi-preflight@v{VERSION}
        with:
          directory: {folder}
          stack: {stack}
"""
    return f"""# Include this file from .gitlab-ci.yml: include: {{local: {_CI["gitlab"]}}}
preflight:
  image: python:3.12-slim
  rules: [{{if: $CI_PIPELINE_SOURCE == "merge_request_event"}}]
  script:
    - pip install pulumi-preflight=={VERSION} -r {folder}/requirements.txt
    - preflight preview {folder} --stack {stack} --report gitlab=gl-code-quality.json --report junit=preflight.xml
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality.json
      junit: preflight.xml
"""


def _repository(root: Path) -> Path:
    return next((parent for parent in (root, *root.parents) if (parent / ".git").exists()), root)


def _ci_in_use(top: Path) -> str | None:
    if (top / ".gitlab-ci.yml").is_file():
        return "gitlab"
    return "github" if (top / ".github").is_dir() else None


def _next_steps(project: Project, folder: Path, stacks: list[str], ci: str | None) -> Iterator[str]:
    option = f" --stack {stacks[0]}" if stacks and "dev" not in stacks else ""
    yield ""
    yield f"{project.name} is a {project.runtime} project with {number(len(stacks), 'stack')}"
    for stack in stacks:
        file = project.stack_folder / f"Pulumi.{stack}.yaml"
        values = read_mapping(file).get("config") if file.is_file() else None
        region = values.get("aws:region") if isinstance(values, dict) else None
        yield f"  {stack}: {region or 'no aws:region; set it, or use --region'}"
    yield "Next:"
    yield f"  preflight preview {folder}{option}"
    file = folder / "preflight.baseline.json"
    yield f"  preflight baseline {folder} --stack '*' -o {file}   # if there is more than you can fix now"
    if ci:
        yield f"  preflight init {folder} --ci {ci}   # writes the CI file"


def _shown(file: Path) -> str:
    return os.path.relpath(file) if file.is_relative_to(Path.cwd()) else str(file)
