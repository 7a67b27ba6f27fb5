"""The Pulumi project: what ``Pulumi.yaml`` says, which interpreter runs the program, and which stack is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from preflight.preview.program.yaml_files import read_mapping
from preflight.preview.state.errors import UsageError

PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_NAME: Final = re.compile(r"^[A-Za-z0-9_.-]{1,100}$")
_STACK_FILE: Final = re.compile(r"^Pulumi\.(?P<stack>[^/\\]+)\.ya?ml$")


@dataclass(frozen=True)
class Project:
    """One Pulumi project.

    ``root`` holds ``file``; the program is ``entry`` (a file name, or ``.``) seen from ``program_folder``.
    ``options`` are the runtime's options, ``config`` the project-level ``config:`` block as written.
    """

    root: Path
    file: Path
    name: str
    program_folder: Path
    entry: str
    runtime: str
    options: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    stack_folder: Path = Path()


def load_project(folder: Path) -> Project:
    """Read the project in ``folder``.

    Raises:
        UsageError: no project file, a malformed one, or one whose program does not exist.
    """
    root = folder.resolve()
    if not root.exists():
        raise UsageError(f"{folder}: there is no such folder")
    if not root.is_dir():
        raise UsageError(f"{folder}: is a file; give the folder that holds Pulumi.yaml")
    file = next((root / name for name in PROJECT_FILES if (root / name).is_file()), None)
    if file is None:
        raise UsageError(_no_project(folder, root))
    document = read_mapping(file)
    name = document.get("name")
    if not isinstance(name, str) or not name:
        raise UsageError(f"{file}: has no `name:`; add the project's name, for example `name: {_proposal(root)}`")
    if not _NAME.match(name):
        raise UsageError(
            f"{file}: the name {name!r} may hold only letters, digits, '-', '_' and '.', at most 100 of them"
        )
    language, options = _runtime(file, document.get("runtime"))
    program_folder, entry = _program(file, root, document.get("main"), language)
    config = document.get("config") or {}
    stack_folder = document.get("stackConfigDir") or ""
    if isinstance(config, str):  # the former spelling of stackConfigDir
        stack_folder, config = config, {}
    if not isinstance(config, dict):
        raise UsageError(f"{file}: `config:` must be a mapping of keys, but is {type(config).__name__}")
    if not isinstance(stack_folder, str):
        raise UsageError(f"{file}: `stackConfigDir:` must be a folder's name")
    return Project(
        root=root,
        file=file,
        name=name,
        program_folder=program_folder,
        entry=entry,
        runtime=language,
        options=options,
        config={str(key): value for key, value in config.items()},
        stack_folder=(root / stack_folder).resolve(),
    )


def _no_project(folder: Path, root: Path) -> str:
    message = f"{folder}: has no Pulumi.yaml, so it is not a Pulumi project"
    above = next((parent for parent in root.parents if (parent / "Pulumi.yaml").is_file()), None)
    if above is not None:
        return f"{message}; the nearest one is {above}"
    below = sorted(str(path.parent.relative_to(root)) for path in root.glob("*/Pulumi.yaml"))
    if below:
        return f"{message}; projects below it: {', '.join(below[:5])}"
    return f"{message}; give the folder that holds your program's Pulumi.yaml"


def _proposal(root: Path) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", root.name).strip("-") or "project"


def _runtime(file: Path, value: object) -> tuple[str, Mapping[str, Any]]:
    if isinstance(value, str) and value:
        return value, {}
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        options = value.get("options") or {}
        if not isinstance(options, dict):
            raise UsageError(f"{file}: `runtime.options` must be a mapping, but is {type(options).__name__}")
        return value["name"], options
    if value is None:
        raise UsageError(f"{file}: has no `runtime:`; add `runtime: python`")
    raise UsageError(f"{file}: `runtime:` must be a name (`runtime: python`) or a mapping with `name:` and `options:`")


def _program(file: Path, root: Path, main: object, runtime: str) -> tuple[Path, str]:
    """Return the program's working folder and its entry there: `main` may name a folder or a file."""
    if main is None or main == "":
        target = root
    elif isinstance(main, str):
        target = (root / main).resolve()
    else:
        raise UsageError(f"{file}: `main:` must be a path, but is {type(main).__name__}")
    if target.is_dir():
        if runtime == "python" and not (target / "__main__.py").is_file():
            raise UsageError(
                f"{target}: holds no __main__.py, the program that Pulumi runs; create it, or name it in `main:`"
            )
        return target, "."
    if target.is_file():
        return target.parent, target.name
    raise UsageError(f"{file}: `main: {main}` does not exist")


def stack_names(project: Project) -> list[str]:
    """Return the names of the stacks that have a ``Pulumi.<stack>.yaml``, sorted."""
    folder = project.stack_folder
    if not folder.is_dir():
        return []
    return sorted(
        match["stack"] for path in folder.iterdir() if path.is_file() and (match := _STACK_FILE.match(path.name))
    )


def choose_stack(project: Project, wanted: str | None) -> tuple[str, str]:
    """Return organization and name of the stack to preview.

    ``wanted`` may be qualified (``organization/project/stack``). Without it: the only stack there is, else ``dev``.

    Raises:
        UsageError: the stack has no file though others have, or the choice is open.
    """
    names = stack_names(project)
    if wanted:
        parts = wanted.split("/")
        stack = parts[-1]
        organization = parts[0] if len(parts) > 1 else "organization"
        if not stack or len(parts) > 3 or not _NAME.match(stack):
            raise UsageError(f"--stack {wanted}: is not a stack name; give `dev`, or `organization/project/dev`")
        if names and stack not in names:
            raise UsageError(
                f"--stack {wanted}: there is no Pulumi.{stack}.yaml in {project.stack_folder}; "
                f"stacks there: {', '.join(names)}"
            )
        return organization, stack
    if not names or "dev" in names:
        return "organization", "dev"
    if len(names) == 1:
        return "organization", names[0]
    raise UsageError(f"{project.root}: has several stacks ({', '.join(names)}); choose one with --stack")


def stack_file(project: Project, stack: str) -> Path:
    """Return the path of the stack's configuration file, which need not exist."""
    yml = project.stack_folder / f"Pulumi.{stack}.yml"
    return yml if yml.is_file() else project.stack_folder / f"Pulumi.{stack}.yaml"
