"""Previews for tests of programs: what the fixture ``preflight`` gives, and what can be asked of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from preflight.documents.names import camel
from preflight.nearest import did_you_mean
from preflight.preview.run import Request, preview
from preflight.preview.state.graph import Registration
from preflight.reports.build import run_of
from preflight.reports.model import Finding, Prerequisite, Run, Undecided, headline
from preflight.reports.text import error_text
from preflight.testing.program import UNKNOWN
from preflight.wire import is_unknown, redacted


class Previews:
    """Previews programs; the same program, stack and configuration only once.

    Args:
        root: the folder that relative folders start from.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: dict[tuple[Any, ...], Preview] = {}

    def preview(
        self,
        folder: str | Path,
        *,
        stack: str | None = None,
        config: Mapping[str, Any] | None = None,
        settings: str | Path | None = None,
        policy_packs: Sequence[str | Path] = (),
        account: str | None = None,
        region: str | None = None,
    ) -> Preview:
        """Preview a program offline and judge it.

        Args:
            folder: holds Pulumi.yaml; from pytest's root folder where it is relative.
            stack: the stack, whose Pulumi.NAME.yaml is read; the only one, or dev.
            config: values over the stack's; what is not a string is written as JSON.
            settings: a preflight.yaml; the one in the folder.
            policy_packs: packs to judge with; Preflight's own.
            account: the AWS account id.
            region: the AWS Region.

        Raises:
            AssertionError: the program failed, or a rule did; the message says why.
            PreviewError: the project, stack or configuration can't be used.
        """
        values = tuple(f"{key}={_text(value)}" for key, value in sorted((config or {}).items()))
        request = Request(
            folder=self._root / folder,
            stack=stack,
            config=values,
            policy_packs=tuple(self._root / pack for pack in policy_packs),
            settings=self._root / settings if settings is not None else None,
            account=account,
            region=region,
        )
        key = (request.folder, stack, values, request.policy_packs, request.settings, account, region)
        if key not in self._made:
            outcome = preview(request)
            self._made[key] = Preview(run_of(outcome), outcome.graph)
        made = self._made[key]
        failed = [error_text(failure) for failure in (*made.run.errors, *made.run.failures)]
        if failed:
            raise AssertionError(f"{made.run.program} ({made.run.stack}) failed:\n" + "\n".join(failed))
        return made


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class Findings(tuple[Finding, ...]):
    """Findings whose representation, which a failed assertion shows, says what is wrong and how to fix it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(_line(finding) for finding in self) or "no findings"

    @property
    def rules(self) -> list[str]:
        """The rules, sorted, each once."""
        return sorted({finding.rule for finding in self})

    def of(self, rule: str) -> Findings:
        """Return the findings of one rule."""
        return Findings(finding for finding in self if finding.rule == rule)


def _line(finding: Finding) -> str:
    place = f" ({finding.place})" if finding.place else ""
    return f"{finding.severity} {finding.rule}: {finding.subject}{place}: {finding.statement}. {finding.fix}".rstrip()


class PreviewedResource:
    """A resource of the program; ``resource["bucketPrefix"]`` (or ``bucket_prefix``) is an input, None when absent.

    A value that is not known before the deployment is ``preflight.testing.UNKNOWN``; a secret is ``"[secret]"``.
    """

    def __init__(self, registration: Registration) -> None:
        self._registration = registration

    @property
    def urn(self) -> str:
        """The URN."""
        return self._registration.urn

    @property
    def type(self) -> str:
        """The type token, ``aws:s3/bucket:Bucket``."""
        return self._registration.type

    @property
    def name(self) -> str:
        """The name in the program."""
        return self._registration.name

    @property
    def parent(self) -> str:
        """The URN of its component, or of the stack."""
        return self._registration.parent

    @property
    def depends_on(self) -> list[str]:
        """The URNs of what it waits for."""
        return list(self._registration.dependencies)

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        """All inputs, as the provider checked them."""
        known: Mapping[str, Any] = _known(redacted(self._registration.inputs))
        return known

    def __getitem__(self, key: str) -> Any:
        return self.inputs[key] if key in self.inputs else self.inputs.get(camel(key))

    def __repr__(self) -> str:
        return f"<{self.type} {self.name}>"


def _known(value: Any) -> Any:
    if is_unknown(value):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items() if key != "__defaults"}
    return [_known(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Preview:
    """A previewed program."""

    run: Run
    graph: Sequence[Registration]

    @cached_property
    def resources(self) -> list[PreviewedResource]:
        """Every resource, components included, by URN."""
        return [PreviewedResource(item) for item in self.graph]

    @property
    def findings(self) -> Findings:
        """Every finding that is not exempted."""
        return Findings(self.run.findings)

    @property
    def blocking(self) -> Findings:
        """The mandatory findings."""
        return Findings(finding for finding in self.run.findings if finding.blocks)

    @property
    def exempted(self) -> Findings:
        """The findings that are excused."""
        return Findings(self.run.exempted)

    @property
    def undecided(self) -> Sequence[Undecided]:
        """The rules that can't be judged before values are known."""
        return self.run.undecided

    @property
    def prerequisites(self) -> Sequence[Prerequisite]:
        """What must exist before a deployment."""
        return self.run.prerequisites

    def all(self, type_name: str) -> list[PreviewedResource]:
        """Return the resources of a type: ``aws:s3/bucket:Bucket``, or as programs write it, ``aws.s3.Bucket``."""
        return [item for item in self.resources if _is_of(item.type, type_name)]

    def find(self, type_name: str, name: str | None = None) -> PreviewedResource:
        """Return the one resource of a type, with a name where there are several.

        Raises:
            AssertionError: there is none, or more than one; the message names those that there are.
        """
        of_type = self.all(type_name)
        found = [item for item in of_type if name in (None, item.name)]
        if len(found) == 1:
            return found[0]
        what = f"{type_name} {name!r}" if name is not None else type_name
        there = sorted(item.name for item in of_type)
        if not of_type:
            types = sorted({item.type for item in self.resources})
            raise AssertionError(
                f"there is no {what}{did_you_mean(type_name, _written(types))}; types: {', '.join(types)}"
            )
        if not found:
            raise AssertionError(f"there is no {what}{did_you_mean(str(name), there)}; there are: {', '.join(there)}")
        raise AssertionError(f"there are {len(found)} of {what}: {', '.join(there)}")

    def __repr__(self) -> str:
        return f"<{headline(self.run)}>"


def _is_of(token: str, wanted: str) -> bool:
    return token == wanted or wanted in _written([token])


def _written(tokens: Sequence[str]) -> Iterator[str]:
    """Types as programs write them: ``aws.s3.Bucket``."""
    for token in tokens:
        package, _, rest = token.partition(":")
        module, _, name = rest.partition(":")
        yield f"{package}.{module.partition('/')[0]}.{name}"
