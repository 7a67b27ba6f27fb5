"""What the AWS provider refuses, by asking it; one file per service, in Pulumi's names.

The provider that is asked (see `_plugin`) is older than pulumi-aws: values that the SDK, botocore or cfn-lint know
beside its own are added to what is accepted, and `_WIDENED` says what else AWS has since allowed.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from preflight.facts.generate import _asking, _newer, _plugin, _translated
from preflight.facts.generate.packages import wheel
from preflight.facts.generate.schema import VERSIONS
from preflight.facts.schema import Type
from preflight.facts.table import Source

NAME = "constraints"

_DATES: Final = {"5.100.0": "2025-06-12"}
_SDK_DATE: Final = "2026-11-01"

_WIDENED: Final[Mapping[tuple[str, str], dict[str, Any]]] = {
    # Amazon SQS raised the maximum message size to 1 MiB in August 2025.
    ("aws_sqs_queue", "max_message_size"): {"n": [1024, 1048576]},
}


def _ask(part: tuple[int, int]) -> dict[str, Any]:
    number, of = part
    with _plugin.Plugin(_plugin.find()) as plugin:
        return {kind: _asking.ask_type(plugin, kind) for kind in sorted(plugin.resources)[number::of]}


def ask_all(processes: int = 2) -> dict[str, Any]:
    """Every type of the provider, asked by several plugins at once; some minutes."""
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = list(pool.map(_ask, [(number, processes) for number in range(processes)]))
    return {kind: row for part in parts for kind, row in part.items()}


def generate(out: Path) -> None:
    """Writes `out/constraints`. Raises PackageUnavailable when the provider or a package can't be had."""
    with _plugin.Plugin(_plugin.find()) as plugin:
        version, resources = plugin.version, plugin.resources
    write(out / NAME, version, resources, ask_all())


def write(folder: Path, version: str, resources: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Writes what was asked, in Pulumi's names and merged with newer sources."""
    services: dict[str, dict[str, Any]] = defaultdict(dict)
    counted: Counter[str] = Counter()
    for token, kind in _translated.types().items():
        if kind in asked and kind in resources:
            entry = _entry(token, kind, resources[kind], asked[kind], counted)
            if entry:
                services[token.partition(":")[2].partition("/")[0]][token] = entry
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for service, entries in services.items():
        text = json.dumps(entries, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        (folder / f"{service}.json.gz").write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    sources = [
        Source("terraform-provider-aws", version, _DATES.get(version, "unknown")),
        wheel("cfn-lint").source,
        Source("pulumi-aws", VERSIONS[7], _SDK_DATE),
        wheel("botocore").source,
    ]
    index = {"sources": [asdict(source) for source in sources], "rows": dict(sorted(counted.items()))}
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


def _entry(
    token: str, kind: str, block: Mapping[str, Any], asked: Mapping[str, Any], counted: Counter[str]
) -> dict[str, Any]:
    rows, sizes, own = {}, {}, {}
    service = token.partition(":")[2].partition("/")[0]
    for path, terraform, type_ in _translated.paths(token, kind, block):
        if "." not in path:
            own[terraform] = path
        row = {**asked["rows"].get(terraform, {}), **_WIDENED.get((kind, terraform), {})}
        if row and path not in rows:
            rows[path] = _merged(row, service, terraform.rpartition(".")[2], type_, counted)
        size = _size(block, terraform.split("."))
        if size and type_.base == "list":
            sizes[path] = size
    combinations = {
        group: [[own[name] for name in names] for names in groups if all(name in own for name in names)]
        for group, groups in asked["combinations"].items()
    }
    # The engine fills names in.
    combinations["least"] = [names for names in combinations.get("least", []) if not {"name", "namePrefix"} & {*names}]
    combinations = {group: groups for group, groups in combinations.items() if groups}
    for group, groups in combinations.items():
        counted[f"combinations: {group}"] += len(groups)
    counted["sizes"] += len(sizes)
    newer = sorted(_translated.inputs(token) - set(own.values()) - {"region"})
    entry = {"rows": rows, "combinations": combinations, "sizes": sizes, "newer": newer if combinations else []}
    return {key: part for key, part in entry.items() if part}


_COUNTED: Final = {
    "e": "values",
    "n": "range",
    "l": "length",
    "p": "pattern",
    "f": "format",
    "c": "characters",
    "w": "words",
}


def _merged(row: dict[str, Any], service: str, name: str, type_: Type, counted: Counter[str]) -> dict[str, Any]:
    for key, title in _COUNTED.items():
        counted[title] += key in row
    if "e" not in row:
        return row
    values = row["e"]
    inner = type_.of if type_.of is not None else type_
    sdk = [value for value in inner.values if value not in values]
    others = [value for value in _newer.known_to_others(service, name, values) if value not in sdk]
    counted["values added by pulumi-aws"] += len(sdk)
    counted["values added by botocore and cfn-lint"] += len(others)
    return {**row, "e": [*values, *sdk, *others]}


def _size(block: Mapping[str, Any], steps: list[str]) -> list[int | None] | None:
    for step in steps[:-1]:
        block = block["blocks"][step]["block"]
    nested = block["blocks"].get(steps[-1])
    if nested is None or not (nested["max"] or nested["min"]):
        return None
    return [nested["min"] or None, nested["max"] or None]
