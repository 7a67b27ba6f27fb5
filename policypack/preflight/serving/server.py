"""The Analyzer service: Preflight's rules and stock policies, behind one gRPC server.

Beside Pulumi's protocol it answers ``/preflight.Verdicts/Take`` (empty bytes in, UTF-8 JSON out): everything judged
since the last call, for the embedded engine's reports. Pulumi's CLI does not call it.

The embedded engine gives a pack a token, which every call must then carry; the CLI's protocol has none. Configuration
is frozen once something has been judged, so that nobody can disarm a run that has begun.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from concurrent import futures
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from preflight import wire
from preflight.about import VERSION
from preflight.finding import Finding, Level
from preflight.inventory import VARIABLE
from preflight.judging.judge import Failure
from preflight.judging.remediation import apply
from preflight.judging.session import Session
from preflight.judging.tally import Tally
from preflight.judging.wording import message_of
from preflight.rule import Rule, RuleError, RulesMissingError
from preflight.serving.info import PackInfo
from preflight.serving.lazy import Lazy
from preflight.serving.program import program_folder, program_language
from preflight.serving.protocol import (
    LEVEL_OF,
    LEVELS,
    RUN_TOKEN,
    SEVERITIES,
    VERDICTS_SERVICE,
    VERDICTS_TAKE,
)
from preflight.serving.token import Guard
from preflight.settings.model import Settings

if TYPE_CHECKING:
    from preflight.resource import Resource
    from preflight.serving.stock.server import Said


class Servicer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers an engine. Requests may come concurrently; each resource is decoded once, whoever looks at it.

    Args:
        info: what the pack says of itself.
        rules: Preflight's rules, perhaps to be imported while the engine connects.
        policies: stock policies.
        settings: of all stacks; those of this stack are taken from them once its name is known.
        environment: the process's environment (region, stack name).
    """

    def __init__(
        self,
        info: PackInfo,
        rules: Sequence[Rule] | Lazy[Sequence[Rule]],
        policies: Sequence[Any] = (),
        settings: Settings | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._info = info
        self._rules: Lazy[Sequence[Rule]] = rules if isinstance(rules, Lazy) else Lazy(lambda: list(rules))
        self._all_settings = settings or Settings()
        self._region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or None
        self._program_folder = program_folder(environment)
        self._existing = _existing(environment)
        self._language = program_language(environment)
        self._lock = threading.Lock()
        self._stock: Any = None
        if policies:
            from preflight.serving.stock.server import StockPolicies

            self._stock = StockPolicies(info, policies)
        self._configured: dict[str, tuple[Level, dict[str, Any]]] = {}
        self._stack_name = environment.get("PULUMI_STACK", "")
        self._project = environment.get("PULUMI_PROJECT", "")
        self._settings = self._all_settings.for_stack(self._stack_name)
        self._stock_levels()
        self._session: Session | None = None
        self._tally: Tally | None = None
        self._judging = False

    def load(self) -> None:
        """Import the rules, when that is still to be done."""
        self._rules.get()

    # Configuration

    def Handshake(self, request: Any, context: Any) -> Any:
        return pb.AnalyzerHandshakeResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        with self._lock:
            if self._judging:
                _frozen(context)
            self._stack_name, self._project = request.stack, request.project
            self._settings = self._all_settings.for_stack(request.stack)
            self._session = None
            self._stock_levels()
        if self._stock is not None:
            self._stock.stack_tags = dict(request.tags)
        return pb.AnalyzerStackConfigureResponse()

    def Configure(self, request: Any, context: Any) -> Any:
        configured = {
            name: (LEVEL_OF[item.enforcementLevel], json_format.MessageToDict(item.properties))
            for name, item in request.policyConfig.items()
        }
        with self._lock:
            if self._judging:
                if configured != self._configured:
                    _frozen(context)
                return empty_pb2.Empty()
            self._configured = configured
            self._session = None
        if self._stock is not None:
            self._stock.configure(configured)
        return empty_pb2.Empty()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        from preflight.serving.analyzer_info import describe

        return describe(self._info, self._rules.get(), self._settings, self._stock, self._language)

    def _stock_levels(self) -> None:
        if self._stock is not None:
            self._stock.levels = self._settings.levels.get("rules", {})

    def _current(self, *, judging: bool = True) -> tuple[Session, Tally, Settings]:
        with self._lock:
            self._judging = self._judging or judging
            if self._session is None or self._tally is None:
                levels = {name: level for name, (level, _) in self._configured.items()}
                values = {name: found for name, (_, found) in self._configured.items() if found}
                self._settings = replace(self._settings, policy_levels=levels, policy_parameters=values)
                enabled = [rule for rule in self._rules.get() if self._settings.level_of(rule) is not Level.DISABLED]
                self._session = Session(
                    enabled, self._settings.parameters_of, self._region, self._settings.budget_seconds
                )
                self._session.program_folder = self._program_folder
                self._session.stack_name, self._session.project = self._stack_name, self._project
                self._session.prerequisites = self._settings.prerequisites | self._existing
                today = datetime.datetime.now(datetime.timezone.utc).date()
                policies = self._stock.enabled() if self._stock is not None else ()
                self._tally = Tally(self._settings, enabled, self._session.secrets, today, self._language, policies)
            return self._session, self._tally, self._settings

    # Judging

    def Analyze(self, request: Any, context: Any) -> Any:
        response = pb.AnalyzeResponse()
        session, tally, _ = self._current()
        resource, verdicts = session.analyze(request)
        self._fill(response, tally, tally.of_resource(resource, verdicts))
        if self._stock is not None:
            for said in self._stock.analyze(request):
                self._add(response, tally, said, resource)
        return response

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        response = pb.AnalyzeResponse()
        session, tally, _ = self._current()
        stack, verdicts = session.analyze_stack(request)
        self._fill(response, tally, tally.of_stack(stack, verdicts))
        if self._stock is not None:
            for said in self._stock.analyze_stack(request):
                self._add(response, tally, said, stack.get(said.urn) or stack.root)
        return response

    def _add(self, response: Any, tally: Tally, said: Said, resource: Resource | None) -> None:
        """Add what a stock policy said to the response and to the report, unless an exemption excuses it."""
        from preflight.serving.stock.server import Verdict

        if resource is not None:
            _ = resource.inputs, resource.outputs  # decoded, so that its secrets are known
        message = tally.redact(said.message, resource)
        excused = None
        if resource is not None and said.verdict is Verdict.FINDING:
            about = Finding(resource.urn, resource.type, resource.name, message or said.policy.title)
            excused = tally.of_policy(said.policy, about, said.level, resource)
        elif resource is not None and said.verdict is Verdict.UNDECIDED:
            tally.add_undecided(said.policy, resource, message)
        elif said.verdict is Verdict.FAILED:
            tally.add_failure(Failure(said.policy.id, said.urn, said.message, said.location))
        if excused is None:
            self._stock.add_to(response, said, message)
        else:
            response.not_applicable.append(
                pb.PolicyNotApplicable(policy_name=said.policy.id, reason=f"exempted: {excused}")
            )

    def _fill(self, response: Any, tally: Tally, outcome: Any) -> None:
        for rule, finding, level in outcome.findings:
            response.diagnostics.append(
                self._diagnostic(
                    rule,
                    f"{rule.title}\n{message_of(rule, finding, self._language)}",
                    finding.urn,
                    pb.MANDATORY if level is Level.REMEDIATE else LEVELS[level],
                    SEVERITIES[finding.severity or rule.severity],
                )
            )
        for rule, failure in outcome.failures:
            response.diagnostics.append(
                self._diagnostic(rule, str(failure), failure.urn, pb.ADVISORY, pb.POLICY_SEVERITY_LOW)
            )
        for rule, reason in outcome.not_applicable:
            response.not_applicable.append(pb.PolicyNotApplicable(policy_name=rule.id, reason=reason))

    def _diagnostic(self, rule: Rule, message: str, urn: str, level: Any, severity: Any) -> Any:
        return pb.AnalyzeDiagnostic(
            policyName=rule.id,
            policyPackName=self._info.name,
            policyPackVersion=self._info.version,
            description=rule.title,
            message=message,
            urn=urn,
            enforcementLevel=level,
            severity=severity,
        )

    def Remediate(self, request: Any, context: Any) -> Any:
        response = pb.RemediateResponse()
        session, tally, settings = self._current()
        properties: dict[str, Any] | None = None
        for rule in session.remediating(request, settings):
            current = properties if properties is not None else wire.to_python(request.properties)
            changes, failure = session.remediation(rule, request, current)
            if failure is not None:
                tally.add_failure(failure)
                response.remediations.append(self._remediation(rule, None, tally.redact(str(failure))))
            changed = apply(current, changes) if changes else None
            if changed is not None:
                properties = changed
                response.remediations.append(self._remediation(rule, wire.to_struct(changed), ""))
        if self._stock is not None:
            self._stock.remediate(request, response, properties)
        return response

    def _remediation(self, rule: Rule, properties: Any, diagnostic: str) -> Any:
        return pb.Remediation(
            policyName=rule.id,
            policyPackName=self._info.name,
            policyPackVersion=self._info.version,
            description=rule.title,
            properties=properties,
            diagnostic=diagnostic,
        )

    def take(self, request: bytes, context: Any) -> bytes:
        """Answer ``/preflight.Verdicts/Take``."""
        _, tally, _ = self._current(judging=False)
        return json.dumps(tally.take()).encode()


def _existing(environment: Mapping[str, str]) -> frozenset[str]:
    """Every name that exists outside the program, when the engine knows them."""
    file = environment.get(VARIABLE)
    return frozenset(json.loads(Path(file).read_text(encoding="utf-8"))) if file else frozenset()


def _frozen(context: Any) -> None:
    context.abort(
        grpc.StatusCode.FAILED_PRECONDITION, "resources have been judged already: their configuration can't change now"
    )


def start(servicer: Servicer, workers: int = 4, token: str = "") -> tuple[grpc.Server, int]:
    """Start a server for a servicer on a free loopback port; return both.

    Args:
        servicer: what answers.
        workers: threads.
        token: what every call must carry; empty where the engine has none to give.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=workers),
        options=wire.CHANNEL_OPTIONS,
        interceptors=[Guard(token)] if token else None,
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    handler: Any = grpc.unary_unary_rpc_method_handler(servicer.take)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(VERDICTS_SERVICE, {VERDICTS_TAKE: handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(servicer: Servicer) -> None:
    """Print the port, as Pulumi wants it the first line of stdout, and serve until the engine ends this process.

    Rules that are still to be imported are, while the engine connects; if that fails the process ends.
    """
    server, port = start(servicer, token=os.environ.pop(RUN_TOKEN, ""))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        servicer.load()
    except RulesMissingError as error:
        sys.stderr.write(f"preflight: {error}\n")
        sys.stderr.flush()
        os._exit(1)
    except RuleError as error:
        sys.stderr.write(f"preflight: {error}\n")
        sys.stderr.flush()
        os._exit(2)
    except Exception:
        traceback.print_exc()
        os._exit(1)
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        server.stop(0)
