"""A project of one's own from a reference stack: the stack's files and ``components/``, under another project name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from preflight.bundled import stacks_folder
from preflight.nearest import nearest
from preflight.preview.program.yaml_files import read_mapping
from preflight.settings.file import FILE_NAME as SETTINGS_FILE

TEMPLATE_NAME: Final = "${PROJECT}"
"""What ``pulumi new`` replaces by the new project's name. In YAML it puts a line break behind the name, so that the
placeholder can only stand at a line's end: a template's config keys have no project, and its patterns take any."""
MAX_NAME_LENGTH: Final = 40
"""Longest project name that the stacks take (``components/naming.py``, ``MAX_PROJECT_LENGTH``)."""
SCHEMA_FILE: Final = "preflight.schema.json"
"""The copy of the settings' schema, for editors, in the new project."""

_SCHEMA: Final = Path(__file__).parents[1] / "settings.schema.json"
_SCHEMA_LINE: Final = re.compile(r"(?m)^(# yaml-language-server: \$schema=)\S+$")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LEFT_OUT: Final = frozenset({"__pycache__", "tests", "node_modules", "venv"})
_KEPT_DOT_FILES: Final = frozenset({".gitignore", ".dockerignore"})
_STACK_FILE: Final = re.compile(r"Pulumi\..+\.ya?ml")
_ENCRYPTION: Final = re.compile(r"(?m)^(?:encryptionsalt|encryptedkey|secretsprovider):.*\n?")
_ENCRYPTED_VALUE: Final = re.compile(r"(?m)^ +[^\s#].*:\n +secure:.*\n?")
_RUNTIME: Final = """\
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: .venv"""
_ANY_PROJECT: Final = "(?:[a-z][a-z0-9-]*)"
_GIT_IGNORE: Final = "__pycache__/\n.venv/\n"


class NewProjectError(Exception):
    """A project that cannot be made; ``str()`` is one message for people: what, where, what to do."""


@dataclass(frozen=True)
class ReferenceStack:
    """A stack that can be copied: ``name`` is its folder's, ``project`` the name in its Pulumi.yaml."""

    name: str
    folder: Path
    project: str
    description: str
    environments: tuple[str, ...]


@dataclass(frozen=True)
class NewProject:
    """What was made: the project in ``folder``, with so many ``files``."""

    stack: ReferenceStack
    folder: Path
    project: str
    files: int


def reference_stacks() -> list[ReferenceStack]:
    """Return the stacks that can be copied, by name.

    Raises:
        NewProjectError: when the package came without them.
    """
    found = stacks_folder()
    if found is None:
        raise NewProjectError(
            "this installation holds no reference stacks: `pip install pulumi-preflight` brings them, the folder "
            "policypack/ alone does not"
        )
    return [_read(folder) for folder in sorted(found.iterdir()) if (folder / "Pulumi.yaml").is_file()]


def create(stack: str, folder: Path, name: str | None = None, *, template: bool = False) -> NewProject:
    """Copy the reference stack and its components into ``folder``, which must be empty or not there yet.

    ``name`` is the project's; without it the folder's name is taken, in lower case and with hyphens. A ``template`` is
    not a project yet, but what ``pulumi new`` makes projects from: its name is a placeholder.

    Raises:
        NewProjectError: an unknown stack, a folder that holds something or can't be written, a name that AWS resources
            can't have.
    """
    chosen = _find(stack, reference_stacks())
    if folder.exists() and not folder.is_dir():
        raise NewProjectError(f"{folder}: is a file; name a folder that does not exist yet, or an empty one")
    if folder.is_dir() and os.listdir(folder):
        raise NewProjectError(f"{folder}: is not empty; name a folder that does not exist yet, or an empty one")
    project = TEMPLATE_NAME if template else _project_name(name, folder)
    contents = dict(_contents(chosen, project))
    try:
        for path, content in contents.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise NewProjectError(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
    return NewProject(chosen, folder, project, len(contents))


def _read(folder: Path) -> ReferenceStack:
    document = read_mapping(folder / "Pulumi.yaml")
    environments = sorted(path.name.split(".")[1] for path in folder.glob("Pulumi.*.yaml"))
    return ReferenceStack(
        folder.name, folder, str(document["name"]), str(document.get("description") or ""), tuple(environments)
    )


def _find(name: str, stacks: list[ReferenceStack]) -> ReferenceStack:
    by_name = {stack.name: stack for stack in stacks}
    if name in by_name:
        return by_name[name]
    plain = name.lower().replace("-", "_").strip("/")
    near = [other for other in by_name if plain and plain in other]
    near += nearest(name, by_name, count=1, cutoff=0.5)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise NewProjectError(f"there is no reference stack {name!r}{hint}; there are: {', '.join(by_name)}")


def _project_name(name: str | None, folder: Path) -> str:
    given = name if name is not None else re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    source = f"--name {name!r}" if name is not None else f"{folder}: the project's name would be {given!r}, which"
    remedy = "name another" if name is not None else "name one with --name PROJECT"
    if not _NAME.fullmatch(given):
        raise NewProjectError(
            f"{source} becomes part of bucket and database names, which take lower-case letters, digits and single "
            f"hyphens between them, and begin with a letter; {remedy}, such as my-records"
        )
    if len(given) > MAX_NAME_LENGTH:
        raise NewProjectError(f"{source} has {len(given)} characters, at most {MAX_NAME_LENGTH} fit; {remedy}")
    return given


def _contents(stack: ReferenceStack, project: str) -> Iterator[tuple[Path, bytes]]:
    """Yield path and content of each file of the new project."""
    for path in _files(stack.folder):
        relative = path.relative_to(stack.folder)
        content = path.read_bytes()
        if relative.parent == Path() and relative.suffix in (".yaml", ".md"):
            content = _adapted(relative.name, content.decode(), stack, project).encode()
        yield relative, content
    components = stack.folder.parent / "components"
    for path in _files(components):
        yield Path("components") / path.relative_to(components), path.read_bytes()
    if not (stack.folder / ".gitignore").is_file():
        yield Path(".gitignore"), _GIT_IGNORE.encode()
    yield Path(SCHEMA_FILE), _SCHEMA.read_bytes()


def _adapted(file: str, text: str, stack: ReferenceStack, project: str) -> str:
    """Return the text of a file in the stack's folder, as it has to be in the new project."""
    is_template = project == TEMPLATE_NAME
    if file == "Pulumi.yaml":
        text = re.sub(r"(?m)^name:.*$", lambda _: f"name: {project}", text, count=1)
        text = re.sub(r"(?m)^runtime: python$", _RUNTIME, text, count=1)
        return text.rstrip("\n") + "\n" + "\n".join([*_template_section(stack), ""]) if is_template else text
    if file == SETTINGS_FILE:
        text = _SCHEMA_LINE.sub(rf"\g<1>{SCHEMA_FILE}", text)
        # Where it begins a pattern or a resource's name, not where it is a word of a sentence.
        begins = rf"(?<![A-Za-z0-9]){re.escape(stack.project)}(?=[-(\[])"
        return re.sub(begins, lambda _: _ANY_PROJECT if is_template else project, text)
    if _STACK_FILE.fullmatch(file):
        text = _ENCRYPTED_VALUE.sub("", _ENCRYPTION.sub("", text))
        return re.sub(rf"(?m)^( +){re.escape(stack.project)}:", r"\1" if is_template else rf"\1{project}:", text)
    return text.replace("../components", "components")


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT and not name.startswith("."))
        for name in sorted(files):
            if name in _KEPT_DOT_FILES or not (name.startswith(".") or name.endswith(".pyc")):
                yield Path(parent, name)


def _template_section(stack: ReferenceStack) -> Iterator[str]:
    """Yield the lines that make ``pulumi new`` ask for the Region and for each config value that has no default."""
    declared = read_mapping(stack.folder / "Pulumi.yaml").get("config") or {}
    usual = _usual_values(stack)
    yield "template:"
    yield f"  description: {json.dumps(stack.description)}"
    yield "  config:"
    asked = {"aws:region": "AWS Region to deploy to"} | {
        key: str(value.get("description") or "")
        for key, value in declared.items()
        if isinstance(value, dict) and "default" not in value
    }
    for key, description in asked.items():
        yield f"    {key}:"
        yield f"      description: {json.dumps(description)}"
        default = usual.get(key if ":" in key else f"{stack.project}:{key}")
        if default is not None:
            yield f"      default: {json.dumps(str(default))}"


def _usual_values(stack: ReferenceStack) -> dict[str, object]:
    """The values of the stack's first environment, which ``pulumi new`` proposes."""
    if not stack.environments:
        return {}
    values = read_mapping(stack.folder / f"Pulumi.{stack.environments[0]}.yaml").get("config") or {}
    return dict(values)
