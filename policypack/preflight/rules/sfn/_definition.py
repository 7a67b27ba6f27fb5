"""The shape of a state machine's definition.

Source: "Amazon States Language", AWS Step Functions Developer Guide; "Amazon States Language specification".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...documents import names

_TYPES: Final = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")
_TERMINAL: Final = ("Succeed", "Fail", "Choice")
_WAITING: Final = (".sync", ".sync:2", ".waitForTaskToken")


def problems(definition: Any, *, express: bool) -> Iterator[str]:
    """Yield what Step Functions would refuse in a definition, read from JSON, as sentence parts."""
    if not isinstance(definition, Mapping):
        yield "the definition is not a JSON object"
        return
    yield from _machine(definition, "the state machine", express)


def _machine(machine: Mapping[str, Any], owner: str, express: bool) -> Iterator[str]:
    states = machine.get("States")
    if not isinstance(states, Mapping) or not states:
        yield f"{owner} has no States"
        return
    start = machine.get("StartAt")
    if start not in states:
        yield (
            f"StartAt of {owner} is {start!r}, which is not a state{_meant(start, states)}"
            if start
            else (f"{owner} has no StartAt")
        )
    for name, state in states.items():
        if isinstance(state, Mapping):
            yield from _state(name, state, states, express)
        else:
            yield f"state '{name}' is not an object"


def _state(name: str, state: Mapping[str, Any], states: Mapping[str, Any], express: bool) -> Iterator[str]:
    kind = state.get("Type")
    if kind not in _TYPES:
        yield f"state '{name}' has the type {kind!r}; it is one of {', '.join(_TYPES)}"
        return
    for target in _targets(state):
        if isinstance(target, str) and target not in states:
            yield f"state '{name}' goes on to '{target}', which is not a state{_meant(target, states)}"
    if kind not in _TERMINAL and "Next" not in state and state.get("End") is not True:
        yield f"state '{name}' has neither Next nor End"
    if kind == "Choice" and ("End" in state or "Next" in state):
        yield f"state '{name}' is a Choice, which has no Next and no End of its own"
    resource = state.get("Resource")
    if kind == "Task" and not resource:
        yield f"state '{name}' is a Task without Resource"
    if express and isinstance(resource, str) and resource.endswith(_WAITING):
        yield f"state '{name}' waits for its task ({resource.rpartition('.')[2]}), which an express workflow can't"
    if kind == "Map":
        inner = state.get("ItemProcessor", state.get("Iterator"))
        if isinstance(inner, Mapping):
            config = inner.get("ProcessorConfig")
            distributed = isinstance(config, Mapping) and config.get("ExecutionType") == "STANDARD"
            yield from _machine(inner, f"the processor of '{name}'", express and not distributed)
        else:
            yield f"state '{name}' is a Map without ItemProcessor"
    if kind == "Parallel":
        branches = state.get("Branches")
        for branch in branches if isinstance(branches, list) else []:
            if isinstance(branch, Mapping):
                yield from _machine(branch, f"a branch of '{name}'", express)


def _targets(state: Mapping[str, Any]) -> Iterator[Any]:
    yield state.get("Next")
    yield state.get("Default")
    for key in ("Choices", "Catch"):
        entries = state.get(key)
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, Mapping):
                yield entry.get("Next")


def _meant(name: Any, states: Mapping[str, Any]) -> str:
    near = names.nearest(str(name), [str(state) for state in states], limit=1)
    return f"; did you mean '{near[0]}'?" if near else ""
