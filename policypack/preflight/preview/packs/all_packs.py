"""The policy packs of a run as one: each resource is sent to all of them, and what they say is kept for the report."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from preflight.preview.packs.requests import analyze_request, provider_message, stack_resource
from preflight.preview.packs.running import RunningPack
from preflight.preview.state.errors import PackError
from preflight.preview.state.graph import Graph, Registration, split_reference
from preflight.wire import to_python


class Judges:
    """Every method may be called from any thread."""

    def __init__(self, packs: Sequence[RunningPack], graph: Graph) -> None:
        self.packs = packs
        self._graph = graph
        self.diagnostics: list[tuple[RunningPack, str, Any]] = []
        """Pack, URN of the resource in question (the root stack's when it is none), AnalyzeDiagnostic."""
        self.remediations: list[tuple[RunningPack, str, Any]] = []
        self.failures: list[tuple[RunningPack, str, str]] = []
        """Pack, URN, what went wrong inside the pack."""
        self._messages: dict[str, Any] = {}
        self._changed = threading.Condition()
        self._outstanding = 0
        self.judged: dict[RunningPack, set[str]] = {pack: set() for pack in packs}
        """The resources that each pack has answered for."""
        self._ready = not packs

    def wait_until_ready(self) -> None:
        """Wait until every pack is configured.

        Raises:
            PackError: when one does not start.
        """
        if not self._ready:
            for pack in self.packs:
                pack.ready()
            self._ready = True

    def remediate(self, registration: Registration) -> None:
        """Let the packs change a resource's inputs, one after the other."""
        for pack in self.packs:
            if not pack.remediates:
                continue
            request = analyze_request(registration, self._provider_message(registration), internal=True)
            try:
                answer = pack.remediate(request)
            except PackError as error:
                self.failures.append((pack, registration.urn, str(error)))
                continue
            for remediation in answer.remediations:
                self.remediations.append((pack, registration.urn, remediation))
                if not remediation.diagnostic:
                    registration.inputs = to_python(remediation.properties)

    def analyze(self, registration: Registration) -> None:
        """Send a resource to every pack; the answers come later."""
        if not self.packs:
            return
        request = analyze_request(registration, self._provider_message(registration), internal=False)
        for pack in self.packs:
            with self._changed:
                self._outstanding += 1
            pack.analyze(request, functools.partial(self._analyzed, pack, registration.urn))

    def _analyzed(self, pack: RunningPack, urn: str, answer: Any, error: str | None) -> None:
        with self._changed:
            if error is not None:
                self.failures.append((pack, urn, error))
            else:
                self.diagnostics.extend((pack, urn, diagnostic) for diagnostic in answer.diagnostics)
                self.judged[pack].add(urn)
            self._outstanding -= 1
            self._changed.notify_all()

    def finish(self, *, whole_stack: bool) -> None:
        """Wait for every answer; then, if the program ran to its end, have the packs judge the whole stack.

        A pack that does not answer in time answers with an error, so this ends.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._outstanding == 0)
        if not whole_stack or not self.packs:
            return
        request = analyzer_pb2.AnalyzeStackRequest(
            resources=[stack_resource(item, self._provider_message(item)) for item in self._graph.managed()]
        )
        for pack in self.packs:
            try:
                answer = pack.analyze_stack(request)
            except PackError as error:
                self.failures.append((pack, "", str(error)))
                continue
            for diagnostic in answer.diagnostics:
                known = diagnostic.urn and self._graph.get(diagnostic.urn) is not None
                self.diagnostics.append((pack, diagnostic.urn if known else self._graph.root, diagnostic))

    def _provider_message(self, registration: Registration) -> Any:
        """Return the message about a resource's provider, built once per provider; None for a resource without one."""
        if not registration.provider:
            return None
        urn = split_reference(registration.provider)[0]
        if urn not in self._messages:
            provider = self._graph.get(urn)
            self._messages[urn] = provider_message(provider) if provider is not None else None
        return self._messages[urn]
