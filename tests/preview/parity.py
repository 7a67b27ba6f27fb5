"""Compares what two engines sent to the recording pack (``dump_pack``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
SIGNATURE = "4dabf18193072939515e22adb298388d"


def read_dump(path: Path) -> dict[str, dict[str, Any]]:
    """Return requests by method and URN (``AnalyzeStack`` split into its resources), normalised."""
    result: dict[str, dict[str, Any]] = {"Analyze": {}, "Remediate": {}, "AnalyzeStack": {}}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        method, request = entry["method"], entry["request"]
        if method in ("Analyze", "Remediate"):
            result[method][request["urn"]] = normal(request)
        elif method == "AnalyzeStack":
            for resource in request.get("resources", []):
                result[method][resource["urn"]] = normal(resource)
    return result


def normal(value: Any) -> Any:
    """Sort what comes from Go's maps, and drop archive hashes: the CLI hashes a tar that it builds, policies never see it."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == ARCHIVE:
            value = {key: item for key, item in value.items() if key != "hash"}
        return {
            key: sorted(item) if key in ("dependencies", "urns") and _texts(item) else normal(item)
            for key, item in sorted(value.items())
        }
    if isinstance(value, list):
        return [normal(item) for item in value]
    return value


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def differences(ours: dict[str, dict[str, Any]], theirs: dict[str, dict[str, Any]]) -> list[str]:
    """Return one line per difference: method, URN, path, both values."""
    lines: list[str] = []
    for method in ours:
        for urn in sorted({*ours[method], *theirs[method]}):
            if urn not in ours[method] or urn not in theirs[method]:
                lines.append(f"{method} {urn}: only {'theirs' if urn not in ours[method] else 'ours'}")
                continue
            lines.extend(f"{method} {urn}{line}" for line in _compare(ours[method][urn], theirs[method][urn], ""))
    return lines


def _compare(ours: Any, theirs: Any, path: str) -> list[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        lines: list[str] = []
        for key in sorted({*ours, *theirs}):
            lines.extend(_compare(ours.get(key, "<absent>"), theirs.get(key, "<absent>"), f"{path}.{key}"))
        return lines
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [
            line
            for index, pair in enumerate(zip(ours, theirs, strict=True))
            for line in _compare(*pair, f"{path}[{index}]")
        ]
    return [] if ours == theirs else [f" {path}: ours {json.dumps(ours)[:200]} theirs {json.dumps(theirs)[:200]}"]
