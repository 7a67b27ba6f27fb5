"""One run of a program, as the pack sees it: requests in, verdicts out; knows nothing of gRPC servers.

Inputs come with Analyze, one resource at a time; AnalyzeStack brings outputs and dependencies at the end, and leaves
unknown what the program left out. So the inputs are remembered, and cross-resource rules judge on both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

from preflight import wire
from preflight.finding import Level, Undecided
from preflight.judging.echoes import without_echoes
from preflight.judging.judge import TIME_BUDGET_SECONDS, Dispatch, Failure, Verdict, failure_of, judge
from preflight.redaction import Secrets
from preflight.resource import Options, Provider, Resource
from preflight.rule import Rule
from preflight.settings.model import Settings
from preflight.stack import Stack

ParametersOf = Callable[[Rule], Mapping[str, Any]]


class Session:
    """Decodes each request once, lazily, and calls the rules that are for it. Safe under concurrent calls.

    Args:
        rules: the rules to call; disabled ones are left out by the caller.
        parameters_of: gives a rule its parameters' values.
        environment_region: the region of the default provider when the program's configuration says none.
        budget_seconds: how long a rule may take on one resource before it is named.
        decode: makes wire values of a request's properties; a fleet's requests hold them already.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        parameters_of: ParametersOf | None = None,
        environment_region: str | None = None,
        budget_seconds: float | None = None,
        decode: Callable[[Any], dict[str, Any]] = wire.to_python,
    ) -> None:
        self._decode = decode
        chosen = list(rules)
        self.rules = chosen
        self._one = Dispatch(rule for rule in chosen if not rule.takes_stack)
        self._many = Dispatch(rule for rule in chosen if rule.takes_stack)
        self._remediating = Dispatch(chosen, lambda rule: rule.remediated_types)
        self._parameters_of = parameters_of
        self._environment_region = environment_region
        self._budget = TIME_BUDGET_SECONDS if budget_seconds is None else budget_seconds
        self._inputs: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._providers: dict[str, tuple[Any, Provider]] = {}
        self.secrets = Secrets()
        """Those of the run: what can be recognized anywhere."""
        self.prerequisites: frozenset[str] = frozenset()
        self.stack_name = ""
        self.project = ""
        self.program_folder: Path | None = None

    def _parameters(self, rule: Rule) -> Mapping[str, Any] | None:
        return self._parameters_of(rule) if rule.takes_parameters and self._parameters_of else None

    def resource(self, request: Any, properties: Mapping[str, Any] | None = None) -> Resource:
        """Return the view of an AnalyzeRequest (with other properties); nothing is decoded before a rule asks."""
        message, options = request.properties, request.options
        return Resource(
            urn=request.urn,
            type_token=request.type,
            name=request.name,
            load_inputs=lambda: dict(properties) if properties is not None else self._decode(message),
            load_options=lambda: Options(options),
            load_provider=lambda: self._provider(request),
            parent=options.parent,
            secrets=Secrets(self.secrets),
            environment_region=self._environment_region,
            program_folder=self.program_folder,
        )

    def analyze(self, request: Any) -> tuple[Resource, list[Verdict]]:
        """Judge one resource by its inputs, and remember them for the stack."""
        resource = self.resource(request)
        with self._lock:
            self._inputs[request.urn] = resource
        verdicts = [
            judge(rule, resource, None, self._parameters(rule), self._budget) for rule in self._one.rules_for(resource)
        ]
        return resource, without_echoes(verdicts)

    def stack(self, request: Any) -> Stack:
        """Return the graph of an AnalyzeStackRequest, joined with the remembered inputs."""
        # The CLI sends resources in an order of its own making; by URN, every run says the same.
        ordered = sorted(request.resources, key=attrgetter("urn"))
        return Stack(
            [self._member(message) for message in ordered],
            prerequisites=self.prerequisites,
            name=self.stack_name,
            project=self.project,
        )

    def _member(self, message: Any) -> Resource:
        seen: Resource | None = self._inputs.get(message.urn)
        properties, options = message.properties, message.options
        return Resource(
            urn=message.urn,
            type_token=message.type,
            name=message.name,
            load_inputs=(lambda: dict(seen.inputs)) if seen is not None else None,
            load_outputs=lambda: self._decode(properties),
            load_options=lambda: Options(options),
            load_provider=lambda: self._provider(message),
            parent=message.parent,
            dependencies=tuple(message.dependencies),
            property_dependencies={
                key: tuple(item.urns) for key, item in message.propertyDependencies.items() if item.urns
            },
            secrets=seen.secrets if seen is not None else Secrets(self.secrets),
            environment_region=self._environment_region,
            program_folder=self.program_folder,
        )

    def analyze_stack(self, request: Any) -> tuple[Stack, Iterator[Verdict]]:
        """Judge every resource that anchors a cross-resource rule; the verdicts are made as they are asked for."""
        stack = self.stack(request)
        verdicts = (
            judge(rule, resource, stack, self._parameters(rule), self._budget)
            for resource in stack.resources
            for rule in self._many.rules_for(resource)
        )
        return stack, verdicts

    def remediating(self, request: Any, settings: Settings) -> list[Rule]:
        """Return the rules that may fix a resource: for its type, at level remediate, with a remediation."""
        resource = self.resource(request)
        return [rule for rule in self._remediating.rules_for(resource) if settings.level_of(rule) is Level.REMEDIATE]

    def remediation(
        self, rule: Rule, request: Any, properties: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any] | None, Failure | None]:
        """Return what a rule would set on a resource (where it can judge it by itself: that it has a finding on).

        Args:
            rule: a rule with a remediation.
            request: the AnalyzeRequest.
            properties: the wire properties as the remediations before have left them.
        """
        resource = self.resource(request, properties)
        if not rule.takes_stack:
            verdict = judge(rule, resource, None, self._parameters(rule), self._budget)
            if verdict.failure or not verdict.findings:
                return None, verdict.failure
        if rule.remediation is None:
            return None, None
        try:
            if rule.takes_parameters:
                return rule.remediation(resource, self._parameters(rule)), None
            return rule.remediation(resource), None
        except Undecided:
            return None, None
        except Exception as error:
            return None, failure_of(rule, resource, error)

    def _provider(self, message: Any) -> Provider | None:
        if not message.HasField("provider"):
            return None
        found = message.provider
        with self._lock:
            cached = self._providers.get(found.urn)
        if cached is not None and cached[0] == found.properties:
            return cached[1]
        provider = Provider(found.urn, found.type, found.name, self._decode(found.properties))
        with self._lock:
            self._providers[found.urn] = (found.properties, provider)
        return provider
