"""Step Functions."""

from __future__ import annotations

import json

from preflight.testing import UNKNOWN, V6, R, concat, document, fails, passes, table, undecided

MACHINE = "aws:sfn/stateMachine:StateMachine"
FUNCTION = R("aws:lambda/function:Function", "work")
GROUP = R("aws:cloudwatch/logGroup:LogGroup", "logs")
END = {"Type": "Pass", "End": True}
TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}


def states(start: str = "Work", **found: object) -> str:
    return json.dumps({"StartAt": start, "States": found})


def machine(definition: object, **properties: object) -> R:
    return R(MACHINE, "flow", definition=definition, **properties)


CHOICE = {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "Done"}], "Default": "Done"}
PARALLEL = {"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": END}}], "End": True}
MAP = {"Type": "Map", "ItemProcessor": {"StartAt": "A", "States": {"A": END}}, "End": True}
RETRY = {**TASK, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Lost"}]}
WAITS = {**TASK, "Resource": "arn:aws:states:::ecs:runTask.sync"}
BY_REFERENCE = document({"StartAt": "Work", "States": {"Work": {**TASK, "Resource": FUNCTION.arn}}})

test_definition_valid = table(
    "sfn-definition-valid",
    fails("a target that is no state", machine(states(Work={"Type": "Pass", "Next": "Don"}, Done=END)), at="definition", says="'Done'"),
    passes("valid", machine(states(Work={"Type": "Pass", "Next": "Done"}, Done={"Type": "Succeed"}))),
    passes("a choice", machine(states(Work=CHOICE, Done=END))),
    passes("branches and a map", machine(states(Work={**PARALLEL, "End": None, "Next": "Each"}, Each=MAP))),
    passes("a standard workflow waits", machine(states(Work=WAITS))),
    passes("a reference", machine(BY_REFERENCE), FUNCTION, only="up"),
    fails("no JSON", machine("{"), at="definition"),
    fails("no start", machine(states("Begin", Work=END)), says="StartAt"),
    fails("neither Next nor End", machine(states(Work={"Type": "Pass"})), says="neither"),
    fails("an unknown type", machine(states(Work={"Type": "Tsk", "End": True})), says="'Tsk'"),
    fails("a task without a resource", machine(states(Work={"Type": "Task", "End": True})), says="Resource"),
    fails("a choice with an end", machine(states(Work={**CHOICE, "End": True}, Done=END)), says="Choice"),
    fails("a map without a processor", machine(states(Work={"Type": "Map", "End": True})), says="ItemProcessor"),
    fails("a catch to nowhere", machine(states(Work=RETRY)), says="'Lost'"),
    fails("inside a branch", machine(states(Work={**PARALLEL, "Branches": [{"StartAt": "A", "States": {}}]})), says="branch"),
    fails("an express workflow waits", machine(states(Work=WAITS), type="EXPRESS"), says="express"),
    fails("provider v6", R(MACHINE, "flow", definition="[]", provider=V6), at="definition"),
    undecided("a definition made of outputs", machine(BY_REFERENCE), FUNCTION, at="definition"),
    undecided("unknown", machine(UNKNOWN), at="definition"),
)  # fmt: skip


def logging(**settings: object) -> R:
    return machine("{}", loggingConfiguration=settings)


test_log_destination_valid = table(
    "sfn-log-destination-valid",
    fails("no group", logging(level="ERROR"), at="loggingConfiguration.logDestination"),
    passes("a group", logging(level="ALL", logDestination=concat(GROUP.arn, ":*")), GROUP, only="up"),
    passes("off", logging(level="OFF")),
    passes("absent", machine("{}")),
    fails("without its end", logging(level="ALL", logDestination=GROUP.arn), GROUP, says="':*'", only="up"),
    undecided("unknown", logging(level="ALL", logDestination=GROUP.arn), GROUP),
)

test_logging_all = table(
    "sfn-logging-all",
    fails("absent", machine("{}"), at="loggingConfiguration"),
    passes("all", logging(level="ALL", logDestination=concat(GROUP.arn, ":*")), GROUP),
    fails("errors only", logging(level="ERROR", logDestination="arn:*"), at="loggingConfiguration"),
    undecided("unknown", logging(level=UNKNOWN), at="loggingConfiguration.level"),
)

test_tracing = table(
    "sfn-tracing",
    fails("absent", machine("{}"), at="tracingConfiguration.enabled"),
    passes("on", machine("{}", tracingConfiguration={"enabled": True})),
    undecided("unknown", machine("{}", tracingConfiguration={"enabled": UNKNOWN})),
)
