"""How a rule is tested: a table of named situations with exact verdicts, judged as in production.

Each situation is a small program. Its resources become real AnalyzeRequests and an AnalyzeStackRequest, which go
through :class:`preflight.judging.session.Session`, the pack's own decode-and-dispatch path. A situation is judged twice:

- at *preview*, where what a resource will only have once it exists (``key.arn``) is unknown, and known by dependency;
- at *up*, where the same reference is a known value.

::

    KEY = R("aws:kms/key:Key", "key")

    test_group_encrypted = table(
        "logs-group-encrypted",
        passes("a key of the program", R("aws:cloudwatch/logGroup:LogGroup", "logs", kmsKeyId=KEY.arn), KEY),
        fails("no key", R("aws:cloudwatch/logGroup:LogGroup", "logs"), at="kmsKeyId", says="KMS"),
        undecided("an unknown key", R("aws:cloudwatch/logGroup:LogGroup", "logs", kmsKeyId=UNKNOWN), at="kmsKeyId"),
    )
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb

from preflight import rules, wire
from preflight.finding import Severity as Severity
from preflight.judging.judge import Status, Verdict, defaults
from preflight.judging.session import Session
from preflight.rule import Rule

UNKNOWN = wire.UNKNOWN_STRING
ACCOUNT = "210987654321"
Mode: TypeAlias = Literal["preview", "up"]


@dataclass(frozen=True)
class Ref:
    """A property that another resource of the program will have; unknown at preview."""

    resource: R
    attribute: str


@dataclass(frozen=True)
class Concat:
    """A text made of texts and references (``pulumi.Output.concat``)."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Document:
    """JSON text of a structure that may hold references (``pulumi.Output.json_dumps``)."""

    content: Any


def concat(*parts: Any) -> Concat:
    """A text made of texts and references."""
    return Concat(parts)


def document(content: Any) -> Document:
    """JSON text of a structure; unknown as a whole at preview when it holds a reference."""
    return Document(content)


def secret(value: Any) -> dict[str, Any]:
    """A secret value."""
    return wire.secret(value)


@dataclass(frozen=True)
class P:
    """An explicit provider; ``version`` is pulumi-aws's."""

    name: str = "default_7_51_1"
    region: Any = "us-east-1"
    version: str = "7.51.1"
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def urn(self) -> str:
        return f"urn:pulumi:dev::program::pulumi:providers:aws::{self.name}"


DEFAULT_PROVIDER = P()
V6 = P(name="default_6_83_4", version="6.83.4")


class R:
    """One resource of a situation; attributes are references: ``R(…).arn``, ``R(…).id``.

    ``outputs`` are further outputs that are known at preview; ``prop(name)`` refers to a property whose name R uses. The token
    and the resource's name are positional, so that ``type=`` and ``name=`` are properties.
    """

    def __init__(
        self,
        type: str,
        name: str = "subject",
        /,
        *,
        # Any, so that a table may unpack a dict of properties.
        depends_on: Any = (),
        parent: Any = None,
        provider: Any = None,
        options: Any = None,
        outputs: Any = None,
        **properties: Any,
    ) -> None:
        self.type_, self.name_, self.properties_ = type, name, properties
        self.depends_on_, self.parent_ = tuple(depends_on), parent
        self.provider_ = provider or DEFAULT_PROVIDER
        self.options_ = dict(options or {})
        self.outputs_ = dict(outputs or {})

    def __getattr__(self, attribute: str) -> Ref:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Ref(self, attribute)

    def prop(self, attribute: str) -> Ref:
        return Ref(self, attribute)

    @property
    def urn(self) -> str:
        above = f"{self.parent_.type_}$" if self.parent_ else ""
        return f"urn:pulumi:dev::program::{above}{self.type_}::{self.name_}"

    def attribute(self, name: str, mode: Mode) -> Any:
        """The value of a reference to this resource."""
        if name in self.properties_:
            return resolve(self.properties_[name], mode)
        if name in self.outputs_:
            return self.outputs_[name]
        if mode == "preview":
            return UNKNOWN
        physical = self.physical_name(mode)
        if name == "arn":
            service = self.type_.split(":")[1].split("/")[0]
            if self.type_.startswith("aws:s3/bucket"):
                return f"arn:aws:s3:::{physical}"
            region = self.properties_.get("region", self.provider_.region)
            return f"arn:aws:{service}:{region}:{ACCOUNT}:{physical}"
        return physical if name in ("id", "name", "bucket") else f"{physical}-{name}"

    def physical_name(self, mode: Mode) -> str:
        for key in ("bucket", "name", "functionName"):
            if key in self.properties_:
                value = resolve(self.properties_[key], mode)
                if isinstance(value, str):
                    return value
        return f"{self.name_}-0a1b2c3"


def resolve(value: Any, mode: Mode) -> Any:
    """The wire value of a declared value."""
    if isinstance(value, Ref):
        return value.resource.attribute(value.attribute, mode)
    if isinstance(value, Concat):
        parts = [resolve(part, mode) for part in value.parts]
        return UNKNOWN if UNKNOWN in parts else "".join(map(str, parts))
    if isinstance(value, Document):
        content = resolve(value.content, mode)
        return UNKNOWN if _holds_unknown(content) else json.dumps(content)
    if isinstance(value, Mapping):
        return {key: resolve(item, mode) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve(item, mode) for item in value]
    return value


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return bool(value == UNKNOWN)


def mentioned(value: Any) -> Iterator[R]:
    """The resources that a declared value refers to."""
    if isinstance(value, Ref):
        yield value.resource
    elif isinstance(value, Concat):
        yield from mentioned(list(value.parts))
    elif isinstance(value, Document):
        yield from mentioned(value.content)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from mentioned(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from mentioned(item)


@dataclass(frozen=True)
class Case:
    """One situation and the verdict it must get; use passes, fails, undecided, not_applicable to make one."""

    status: Status
    title: str
    resources: tuple[R, ...]
    at: str | None = None
    says: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    severity: Severity | None = None
    also_undecided: bool = False
    only: Mode | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prerequisites: frozenset[str] = frozenset()
    stack: str = "dev"
    environment_region: str | None = None
    program_folder: Path | None = None

    @property
    def modes(self) -> tuple[Mode, ...]:
        return (self.only,) if self.only else ("preview", "up")


def _words(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def passes(title: str, *resources: R, **options: Any) -> Case:
    """A situation with no finding and nothing undecided, on any resource."""
    return Case(Status.PASS, title, resources, **options)


def fails(
    title: str, *resources: R, says: str | Sequence[str] = (), on: str | Sequence[str] = (), **options: Any
) -> Case:
    """A situation with exactly one finding on each resource named by ``on`` (the first resource unless said).

    ``at`` is the finding's exact path, ``says`` texts that its message holds, ``severity`` what the finding weighs.
    """
    names = _words(on) or (resources[0].name_,)
    return Case(Status.FINDING, title, resources, says=_words(says), on=names, **options)


def undecided(title: str, *resources: R, **options: Any) -> Case:
    """A situation with no finding that can't be judged (at preview, unless ``only`` says otherwise)."""
    options.setdefault("only", "preview")
    return Case(Status.UNDECIDED, title, resources, **options)


def not_applicable(title: str, *resources: R, **options: Any) -> Case:
    """A situation that the rule says it has nothing to judge in."""
    return Case(Status.NOT_APPLICABLE, title, resources, **options)


TABLES: dict[str, tuple[Case, ...]] = {}


def table(rule_id: str, *cases: Case) -> Callable[..., None]:
    """Make the test of a rule; it must have a situation that passes and one that fails."""
    statuses = {case.status for case in cases}
    assert {Status.PASS, Status.FINDING} <= statuses, f"{rule_id}: a table needs a passing and a failing situation"
    titles = [case.title for case in cases]
    assert len(set(titles)) == len(titles), f"{rule_id}: two situations have the same title"
    TABLES[rule_id] = cases
    params = [pytest.param(case, mode, id=f"{case.title} [{mode}]") for case in cases for mode in case.modes]

    @pytest.mark.parametrize(("case", "mode"), params)
    def run(case: Case, mode: Mode) -> None:
        check(rule_id, case, mode)

    return run


def find_rule(rule_id: str) -> Rule:
    """The rule with this id."""
    return next(rule for rule in rules.load(rule_id.partition("-")[0]) if rule.id == rule_id)


def check(rule_id: str, case: Case, mode: Mode) -> None:
    """Judge one situation in one mode and compare."""
    verdicts = verdicts_of(find_rule(rule_id), case, mode)
    failures = [str(verdict.failure) for verdict in verdicts if verdict.failure]
    assert not failures, failures
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    unknowns = [unknown for verdict in verdicts for unknown in verdict.undecided]
    shown = [f"{finding.name} at {finding.path!r}: {finding.message}" for finding in findings]
    told = [f"{unknown.urn.rpartition('::')[2]}: {unknown}" for unknown in unknowns]
    if case.status is Status.FINDING:
        assert sorted(finding.name for finding in findings) == sorted(case.on), (shown, told)
        for finding in findings:
            if case.at is not None:
                assert finding.path == case.at, shown
            for text in case.says:
                assert text in finding.message, shown
            assert finding.severity == case.severity, (finding.severity, shown)
        assert case.also_undecided or not unknowns, told
        return
    assert not findings, shown
    if case.status is Status.UNDECIDED:
        assert unknowns, "nothing is undecided"
        if case.at is not None:
            assert case.at in [unknown.path for unknown in unknowns], told
        return
    assert not unknowns, told
    if case.status is Status.NOT_APPLICABLE:
        assert any(verdict.status is Status.NOT_APPLICABLE for verdict in verdicts)
    else:
        assert all(verdict.status in (Status.PASS, Status.NOT_APPLICABLE) for verdict in verdicts)


def verdicts_of(rule: Rule, case: Case, mode: Mode) -> list[Verdict]:
    """What a rule says of a situation."""
    session = Session(
        [rule],
        parameters_of=lambda found: {**defaults(found), **case.parameters},
        environment_region=case.environment_region,
    )
    session.prerequisites = case.prerequisites
    session.stack_name = case.stack
    session.program_folder = case.program_folder
    verdicts: list[Verdict] = []
    for resource in case.resources:
        verdicts += session.analyze(analyze_request(resource, mode))[1]
    verdicts += session.analyze_stack(analyze_stack_request(case.resources, mode))[1]
    return verdicts


def analyze_request(resource: R, mode: Mode) -> Any:
    """The request that an engine sends for a resource when it is registered."""
    return pb.AnalyzeRequest(
        type=resource.type_,
        urn=resource.urn,
        name=resource.name_,
        properties=wire.to_struct(resolve(resource.properties_, mode)),
        options=_options(resource),
        provider=_provider(resource),
    )


def analyze_stack_request(resources: Sequence[R], mode: Mode) -> Any:
    """The request that an engine sends for all resources at the end."""
    return pb.AnalyzeStackRequest(resources=[_member(resource, mode) for resource in resources])


def _member(resource: R, mode: Mode) -> Any:
    outputs = {"id": resource.attribute("id", mode), "arn": resource.attribute("arn", mode)}
    outputs |= resolve(resource.properties_, mode) | resource.outputs_
    by_property = {key: [found.urn for found in mentioned(value)] for key, value in resource.properties_.items()}
    everything = [urn for urns in by_property.values() for urn in urns] + [r.urn for r in resource.depends_on_]
    return pb.AnalyzerResource(
        type=resource.type_,
        urn=resource.urn,
        name=resource.name_,
        properties=wire.to_struct(outputs),
        options=_options(resource),
        provider=_provider(resource),
        parent=resource.parent_.urn if resource.parent_ else "",
        dependencies=list(dict.fromkeys(everything)),
        propertyDependencies={
            key: pb.AnalyzerPropertyDependencies(urns=list(dict.fromkeys(urns)))
            for key, urns in by_property.items()
            if urns
        },
    )


def _options(resource: R) -> Any:
    parent = resource.parent_.urn if resource.parent_ else ""
    return pb.AnalyzerResourceOptions(parent=parent, **resource.options_)


def _provider(resource: R) -> Any:
    if not resource.type_.startswith("aws:"):
        return None
    provider = resource.provider_
    properties = {"version": provider.version, **provider.config}
    if provider.region is not None:
        properties["region"] = provider.region
    return pb.AnalyzerProviderResource(
        type="pulumi:providers:aws", urn=provider.urn, name=provider.name, properties=wire.to_struct(properties)
    )
