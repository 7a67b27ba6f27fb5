"""What a function's execution role permits, and whether it does so in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...documents import iam
from ...documents.answer import Answer, either
from ...documents.arn import Arn
from ...facts import iam as iam_facts
from ...facts import lambda_ as facts
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from .._shared_graph import listed, settled
from .._shared_roles import ROLE, Granted, role_document, role_policies
from ._events import SOURCE_AT, source_of
from ._parts import FUNCTION, MAPPING, QUEUE, TOPIC, function_of

_DLQ: Final = "deadLetterConfig.targetArn"


@dataclass(frozen=True)
class _Need:
    at: str
    what: str
    actions: tuple[str, ...]
    hint: str
    severity: Severity | None = None


def _needs(function: Resource, stack: Stack) -> Iterator[_Need]:
    if function.has("vpcConfig.subnetIds"):
        actions = facts.FEATURE_ACTIONS["vpcConfig"]
        yield _Need("vpcConfig", "a function in a VPC", actions, "attach AWSLambdaVPCAccessExecutionRole")
    if function.has(_DLQ):
        sends = stack.referred_by(function, _DLQ, QUEUE).certain
        publishes = stack.referred_by(function, _DLQ, TOPIC).certain
        target = Arn.parse(function.known(_DLQ))
        service = "sqs" if sends else "sns" if publishes else target.service if target else ""
        feature = f"deadLetterConfig.{service}"
        if feature in facts.FEATURE_ACTIONS:
            yield _Need(_DLQ, "its dead-letter target", facts.FEATURE_ACTIONS[feature], "add a statement")
    if function.text("tracingConfig.mode") == "Active":
        actions = facts.FEATURE_ACTIONS["tracingConfig"]
        yield _Need("tracingConfig.mode", "tracing", actions, "attach AWSXRayDaemonWriteAccess", Severity.HIGH)


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def role_permits_features(function: Resource, stack: Stack) -> Findings:
    """The execution role of a function allows what its VPC, dead-letter target and tracing need, before the function is
    made.

    Why: Lambda tries it when the function is made ("InvalidParameterValueException: The provided execution role does
    not have permissions to call CreateNetworkInterface on EC2", "… to call SendMessage on SQS"); without the permission
    for X-Ray traces are lost. A policy attached at the same time may come too late; the provider tries again for a
    while, so that this is a warning.
    Fix: Attach the policy that the message names, and add the attachment to `dependsOn` of the function.
    Source: AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"; "Capturing
    records of Lambda asynchronous invocations"; "Visualize Lambda function invocations using AWS X-Ray".
    """
    roles = stack.referred_by(function, "role", ROLE).certain
    if not roles:
        return
    policies = role_policies(stack, roles[0])
    document = iam.combine(granted.document for granted in policies)
    answers: list[Answer] = []
    for need in _needs(function, stack):
        missing = document.missing(need.actions)
        answers.append(False if missing else document.allows(need.actions))
        if missing:
            yield function.finding(
                f"role '{roles[0].name}' does not allow {listed(missing)}, which {need.what} needs; {need.hint}",
                at=need.at,
                severity=need.severity,
            )
        elif answers[-1] and need.severity is None:
            late = _late(function, stack, policies, need.actions)
            if late is not None:
                yield function.finding(
                    f"the function does not wait for '{late.name}', which lets its role use {need.what}; add "
                    f"'{late.name}' to `dependsOn`",
                    at=need.at,
                    severity=Severity.LOW,
                    certainty=Certainty.RACE,
                )
    if None in answers:
        raise Undecided("role", function.urn, f"is '{roles[0].name}', whose policies are not all known")


def _late(function: Resource, stack: Stack, policies: list[Granted], actions: tuple[str, ...]) -> Resource | None:
    """What attaches the policy that allows some actions, if the function waits for none that may."""
    giving = [granted for granted in policies if granted.document.allows(actions) is not False]
    sources = [granted.source for granted in giving if granted.source is not None]
    if len(sources) != len(giving) or not sources or any(stack.waits_for(function, source) for source in sources):
        return None
    return sources[0]


@rule(MAPPING, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def role_permits_event_source(mapping: Resource, stack: Stack) -> Findings:
    """The execution role of a function may read the queue or stream that is mapped to it.

    Why: Lambda tries it when the mapping is made ("InvalidParameterValueException: The function execution role does not
    have permissions to call ReceiveMessage on SQS").
    Fix: Attach AWSLambdaSQSQueueExecutionRole, AWSLambdaKinesisExecutionRole or AWSLambdaDynamoDBExecutionRole, or a
    statement of your own, and let the mapping depend on it.
    Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"; "… Amazon Kinesis Data Streams"; "… Amazon
    DynamoDB" (execution role permissions).
    """
    function = function_of(stack, mapping)
    roles = stack.referred_by(function, "role", ROLE).certain if function else []
    actions = facts.EVENT_SOURCE_ACTIONS.get(source_of(stack, mapping) or "", ())
    if not roles or not actions:
        return
    document = role_document(stack, roles[0])
    answer = document.allows(actions)
    missing = document.missing(actions)
    if missing:
        yield mapping.finding(
            f"role '{roles[0].name}' does not allow {listed(missing)}, which the mapping needs", at=SOURCE_AT
        )
    else:
        settled(answer, roles[0], "policy")


@rule(FUNCTION, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def role_wildcard_free(function: Resource, stack: Stack) -> Findings:
    """The execution role of a function allows no wildcard actions, and no action on all resources.

    Why: A flaw in the function's code is worth whatever its role may do.
    Fix: Name the actions, and the ARNs that they apply to. AWS managed policies, and actions without resources, are not
    judged.
    Source: AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role"; IAM User Guide,
    "Apply least-privilege permissions".
    """
    roles = stack.referred_by(function, "role", ROLE).certain
    if not roles:
        return
    open_end: Answer = False
    for granted in role_policies(stack, roles[0]):
        if granted.name:
            continue
        for statement in granted.document.allowing:
            wide = iam.wildcard_actions(statement)
            everywhere = "*" in statement.resources and any(_takes_resource(action) for action in statement.actions)
            if wide or everywhere:
                what = f"actions {listed(wide)}" if wide else "all resources"
                yield function.finding(
                    f"role '{roles[0].name}' allows {what} ({statement.label}); name what the function needs",
                    at="role",
                )
                return
        open_end = either([open_end, None if not granted.document.is_known else False])
    settled(open_end, roles[0], "policy")


def _takes_resource(action: str) -> bool:
    """Whether an action can be limited to resources: one with resource types."""
    service, _, name = action.partition(":")
    return bool(name) and bool(iam_facts.resource_types(service, name))
