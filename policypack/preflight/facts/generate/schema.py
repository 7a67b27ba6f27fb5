"""Writes the schema facts: what each pulumi-aws resource and function takes and gives, for the majors 7 and 6.

Source: the Python SDK `pulumi_aws` (Apache-2.0) of the versions in `VERSIONS`, downloaded as wheels with pip, or
unpacked folders given by the caller; parsed, never imported. Output, under ``out/schema``: one folder per major, in it
one file per service. A file is a JSON object with one entry per line, so that `preflight.facts.schema` can read a
single entry without parsing the rest. The folder of major 6 holds only what differs from major 7 (``null``: not in
major 6).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from preflight.facts.generate import _sdk

NAME = "schema"

VERSIONS = {7: "7.51.1", 6: "6.83.4"}
"""Major version to the release that describes it; the first is the one the others are stored as a difference to."""

Entries = dict[str, Any]


def generate(out: Path, sdks: Sequence[Path] = ()) -> None:
    """Write ``out/schema``. `sdks` are folders that hold an unpacked ``pulumi_aws`` and its ``dist-info``, or wheels; a
    version that none of them has is downloaded.

    Raises `ValueError` for a folder without a known version, and `subprocess.CalledProcessError` when pip fails.
    """
    target = out / "schema"
    with tempfile.TemporaryDirectory() as scratch:
        given = dict(_version_of(_unpacked(path, Path(scratch))) for path in sdks)
        tables = {}
        for major, version in VERSIONS.items():
            root = given.get(version) or _download(version, Path(scratch))
            tables[major] = read_sdk(root / "pulumi_aws")
    shutil.rmtree(target, ignore_errors=True)
    base = tables[next(iter(VERSIONS))]
    for major, services in tables.items():
        _write(target / str(major), services if services is base else _difference(base, services))
    index = {
        "source": "pulumi_aws (Python SDK)",
        "versions": {str(major): version for major, version in VERSIONS.items()},
    }
    (target / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


def _unpacked(path: Path, scratch: Path) -> Path:
    if path.suffix != ".whl":
        return path
    folder = scratch / path.stem
    with zipfile.ZipFile(path) as wheel:
        wheel.extractall(folder)
    return folder


def _version_of(root: Path) -> tuple[str, Path]:
    for version in VERSIONS.values():
        if (root / f"pulumi_aws-{version}.dist-info").is_dir():
            return version, root
    raise ValueError(f"{root} holds no pulumi_aws of a version in {sorted(VERSIONS.values())}")


def _download(version: str, scratch: Path) -> Path:
    wheels = scratch / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "--dest", str(wheels), f"pulumi_aws=={version}"], check=True)
    return _unpacked(next(wheels.glob(f"pulumi_aws-{version}-*.whl")), scratch)


def read_sdk(package: Path) -> dict[str, Entries]:
    """Read an unpacked ``pulumi_aws`` folder: service name to its entries (see `entries`)."""
    services = {"index": entries(_sdk.read_service(package, "index"))}
    for folder in sorted(package.iterdir()):
        if (folder / "__init__.py").is_file():
            # `lambda_` is Python's spelling of the token's `lambda`.
            name = folder.name.rstrip("_")
            services[name] = entries(_sdk.read_service(folder, name))
    return services


def entries(service: _sdk.ServiceSource) -> Entries:
    """The lines of one service's file: token, ``#Object``, ``#>Output object`` or ``=Enum`` to its description."""
    result: Entries = {}
    for resource in service.resources:
        result[resource.token] = _resource(resource)
    for function in service.functions:
        result[function.token] = _compact(
            {
                "f": function.arguments.properties,
                "r": function.arguments.required,
                "o": function.result.properties,
                "n": function.result.optional,
                "d": function.deprecation,
                "w": function.result.deprecated,
            },
            keep=("f", "o"),
        )
    for name, source in service.inputs.items():
        result["#" + name] = _object(source)
    for name, source in service.outputs.items():
        described = _object(source)
        twin = result.get("#" + name)
        if twin is None or _as_input(described["p"]) != twin["p"]:
            result["#>" + name] = described
    for name, values in service.enums.items():
        result["=" + name] = values
    return result


def _as_input(properties: dict[str, str]) -> dict[str, str]:
    return {name: kind.replace("#>", "#") for name, kind in properties.items()}


def _object(source: _sdk.ObjectSource) -> dict[str, Any]:
    described = {"p": source.properties, "r": source.required, "w": source.deprecated, "v": source.defaults}
    return _compact(described, keep=("p",))


def _resource(resource: _sdk.ResourceSource) -> dict[str, Any]:
    inputs, outputs = resource.inputs.properties, resource.outputs.properties
    # An output that repeats an input of the same kind goes without saying.
    own = {name: kind for name, kind in outputs.items() if inputs.get(name) != kind.replace("#>", "#")}
    optional = set(resource.outputs.optional)
    computed = [
        name for name in inputs if name in outputs and name not in optional and name not in resource.inputs.required
    ]
    return _compact(
        {
            "i": inputs,
            "r": resource.inputs.required,
            "o": own,
            "c": computed,
            "n": [name for name in own if name not in inputs and name in optional],
            "x": [name for name in inputs if name not in outputs],
            "s": resource.secrets,
            "a": resource.aliases,
            "d": resource.deprecation,
            "w": resource.inputs.deprecated,
            "v": resource.inputs.defaults,
        },
        keep=("i",),
    )


def _compact(description: dict[str, Any], keep: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in description.items() if value or key in keep}


def _difference(base: dict[str, Entries], other: dict[str, Entries]) -> dict[str, Entries]:
    result: dict[str, Entries] = {}
    for service in sorted(base.keys() | other.keys()):
        old, new = base.get(service, {}), other.get(service, {})
        changed = {key: entry for key, entry in new.items() if old.get(key) != entry}
        changed.update({key: None for key in old if key not in new})
        if changed:
            result[service] = changed
    return result


def _write(folder: Path, services: dict[str, Entries]) -> None:
    folder.mkdir(parents=True)
    for service, lines in services.items():
        text = ",\n".join(
            f"{json.dumps(key)}:{json.dumps(lines[key], separators=(',', ':'), ensure_ascii=False)}"
            for key in sorted(lines)
        )
        (folder / f"{service}.json").write_text("{\n" + text + "\n}\n", encoding="utf-8")
