"""A fleet's states, made of the five reference stacks with variation and planted faults; and how fast an audit is.

``python -m benchmarks.fleet make --count 1000 --out FOLDER`` writes a self-managed backend; ``measure FOLDER`` audits
it twice and prints seconds, rates and memory. As one of the benchmarks it does both with 100 stacks.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from preflight import wire

ROOT: Final = Path(__file__).resolve().parents[1]
STACKS: Final = {
    "hipaa_pipeline": "dev", "data_pipeline": "dev", "web_migration": "dev", "monitoring": "dev", "payments": "dev",
}  # fmt: skip
ACCOUNT, SEED, STACK, PROJECT = "210987654321", "5eedf1ee7", "zzstackzz", "zzprojectzz"
"""What is replaced in a template: 12 digits, 9 hexadecimal digits, and two names."""
TEAMS: Final = ("payments", "data", "web", "platform", "claims", "research")


def templates(only: int = 5) -> list[str]:
    """Preview the reference stacks with the embedded engine, and return a state of each as JSON text."""
    from preflight.preview.run import Request, preview

    made = []
    for name, stack in list(STACKS.items())[:only]:
        outcome = preview(Request(ROOT / "stacks" / name, stack))
        project = outcome.graph[0].urn.split("::")[1]
        text = json.dumps(state_of(outcome.graph))
        text = text.replace(f"urn:pulumi:{stack}::{project}::", f"urn:pulumi:{STACK}::{PROJECT}::")
        made.append(text)
    return made


def state_of(graph: list[Any]) -> dict[str, Any]:
    """Return the exported state that a preview's graph would become: ids and ARNs made up, references resolved."""
    ids = {item.urn: item.id if item.id and not wire.is_unknown(item.id) else _id(item) for item in graph}
    known = {item.urn: {"id": ids[item.urn], "arn": _arn(item, ids[item.urn])} for item in graph}
    providers = [item for item in graph if item.type.startswith("pulumi:providers:")]
    rest = [item for item in graph if not item.type.startswith("pulumi:providers:")]
    first = sorted(rest, key=lambda item: item.type != "pulumi:pulumi:Stack")
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-11-01T08:00:00Z", "magic": "", "version": "v3.215.0"},
            "secrets_providers": {"type": "passphrase", "state": {"salt": "v1:c2FsdA==:v1:bm9uY2U=:Y2lwaGVy"}},
            "resources": [_resource(item, ids, known) for item in (*first[:1], *providers, *first[1:])],
            "metadata": {},
        },
    }


def _resource(item: Any, ids: Mapping[str, str], known: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    inputs = _resolved(item.inputs, item, known, "")
    outputs = _resolved(item.outputs, item, known, "")
    made: dict[str, Any] = {"urn": item.urn, "custom": item.custom, "type": item.type, "inputs": inputs}
    if item.custom:
        made["id"] = ids[item.urn]
        outputs = {**outputs, "id": ids[item.urn]}
        if item.type.startswith("aws:") and ("arn" in outputs or "arn" in item.outputs):
            outputs["arn"] = known[item.urn]["arn"]
    made["outputs"] = outputs
    if item.parent:
        made["parent"] = item.parent
    if item.provider:
        made["provider"] = f"{item.provider.rpartition('::')[0]}::{ids.get(item.provider.rpartition('::')[0], 'x')}"
    if item.dependencies:
        made["dependencies"] = item.dependencies
    made["propertyDependencies"] = dict(item.property_dependencies)
    return made


def _id(item: Any) -> str:
    digest = hashlib.sha256(item.urn.encode()).hexdigest()
    prefix = {"aws:ec2/vpc:Vpc": "vpc", "aws:ec2/subnet:Subnet": "subnet", "aws:ec2/securityGroup:SecurityGroup": "sg"}
    if item.type in prefix:
        return f"{prefix[item.type]}-{digest[:8]}{SEED}"
    if item.type == "aws:kms/key:Key":
        return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:23]}{SEED}"
    for key in ("bucket", "name", "functionName", "identifier", "clusterIdentifier"):
        found = item.inputs.get(key)
        if isinstance(found, str) and not wire.is_unknown(found):
            return found
    return f"{item.name}-{SEED}"


def _arn(item: Any, identity: str) -> str:
    service = item.type.split(":")[1].split("/")[0] if ":" in item.type else "x"
    if item.type == "aws:s3/bucket:Bucket":
        return f"arn:aws:s3:::{identity}"
    region = "" if service == "iam" else "us-east-1"
    kind = item.type.rpartition(":")[2].lower()
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{kind}/{identity}"


def _resolved(value: Any, item: Any, known: Mapping[str, Mapping[str, str]], key: str) -> Any:
    if wire.is_unknown(value):
        urns = item.property_dependencies.get(key.partition(".")[0], ())
        attribute = "arn" if key.lower().rstrip("s").endswith("arn") or key == "kmsKeyId" else "id"
        if len(urns) == 1 and urns[0] in known and "olicy" not in key and "efinition" not in key:
            return known[urns[0]][attribute]
        return value
    if isinstance(value, dict):
        if value.get(wire.SIGNATURE_KEY) == wire.SECRET:
            return {wire.SIGNATURE_KEY: wire.SECRET, "ciphertext": "v1:bm9uY2U=:Y2lwaGVydGV4dA=="}
        return {name: _resolved(found, item, known, key or name) for name, found in value.items()}
    if isinstance(value, list):
        return [_resolved(found, item, known, key) for found in value]
    return value


def fleet(found: list[str], count: int, seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """Yield project, stack and state of so many stacks; the same seed gives the same fleet."""
    chance = random.Random(seed)
    for number in range(count):
        text = found[number % len(found)]
        stack = ("dev", "staging", "prod")[number % 3]
        project = f"{TEAMS[chance.randrange(len(TEAMS))]}-{number:05d}"
        account = f"{300000000000 + chance.randrange(40) * 7919:012d}"
        own = hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:9]
        text = text.replace(ACCOUNT, account).replace(SEED, own).replace(PROJECT, project).replace(STACK, stack)
        if number % 2:
            # Names that a program chooses differ from stack to stack; one stack in two forgets to.
            text = text.replace("-dev", f"-{own[:5]}")
        if number % 7 == 0:
            text = _faulty(text, chance)
        yield project, stack, text


def _faulty(text: str, chance: random.Random) -> str:
    """A stack that drifted from the rules: something that was switched on is off."""
    switched = ("storageEncrypted", "enableKeyRotation", "blockPublicAcls", "multiAz", "encrypted")
    key = switched[chance.randrange(len(switched))]
    return text.replace(f'"{key}": true', f'"{key}": false')


def make(out: Path, count: int, seed: int = 1, found: list[str] | None = None) -> int:
    """Write a self-managed backend with so many stacks; return the number of resources."""
    folder = out / ".pulumi" / "stacks"
    folder.mkdir(parents=True, exist_ok=True)
    (out / ".pulumi" / "meta.yaml").write_text("version: 1\n", encoding="utf-8")
    resources = 0
    for project, stack, text in fleet(found or templates(), count, seed):
        resources += text.count('"urn":')
        path = folder / project / f"{stack}.json"
        path.parent.mkdir(exist_ok=True)
        state = json.loads(text)
        checkpoint = {"stack": f"organization/{project}/{stack}", "latest": state["deployment"]}
        path.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}), encoding="utf-8")
    return resources


def measure(source: Path, out: Path, processes: int, engine: str = "local") -> dict[str, float]:
    """Audit a backend twice and return seconds, resources a second and core, and the peak of memory in MiB."""
    from preflight.fleet.audit import Request, audit

    figures: dict[str, float] = {}
    for name in ("first", "second"):
        began = time.monotonic()
        made = audit(Request([str(source)], out, processes=processes, engine=engine))
        figures[f"{name} seconds"] = time.monotonic() - began
        if name == "first":
            figures["states"] = made.states
            figures["resources"] = made.resources
    figures["resources/s/core"] = figures["resources"] / figures["first seconds"] / processes
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures["MiB of the process"], figures["MiB of its largest worker"] = own, child
    figures["MiB of states"] = sum(path.stat().st_size for path in source.rglob("*.json")) / 2**20
    figures["MiB of results"] = sum(path.stat().st_size for path in out.rglob("*.parquet")) / 2**20
    return figures


def main() -> dict[str, float]:
    """Audit 100 stacks; a second run may take a tenth of the first."""
    with tempfile.TemporaryDirectory() as scratch:
        make(Path(scratch) / "states", 100)
        figures = measure(Path(scratch) / "states", Path(scratch) / "out", 1)
    _show(figures)
    return {"fleet: second audit / first": figures["second seconds"] / figures["first seconds"]}


def _show(figures: Mapping[str, float]) -> None:
    for name, value in figures.items():
        click.echo(f"  {name}: {value:,.1f}")


@click.group()
def command() -> None:
    """Make a fleet, and measure an audit of it."""


@command.command("make")
@click.option("--count", type=click.IntRange(min=1), default=100)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--seed", type=int, default=1)
@click.option("--templates", "kept", type=click.Path(path_type=Path), help="A file that keeps the previewed stacks.")
def make_command(count: int, out: Path, seed: int, kept: Path | None) -> None:
    """Write a self-managed backend."""
    if kept is not None and kept.is_file():
        found = json.loads(kept.read_text(encoding="utf-8"))
    else:
        found = templates()
        if kept is not None:
            kept.write_text(json.dumps(found), encoding="utf-8")
    click.echo(f"{make(out, count, seed, found)} resources in {count} stacks")


@command.command("measure")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--processes", type=click.IntRange(min=1), default=2)
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local")
def measure_command(source: Path, out: Path, processes: int, engine: str) -> None:
    """Audit it twice."""
    _show(measure(source, out, processes, engine))


if __name__ == "__main__":
    command()
