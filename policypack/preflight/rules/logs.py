"""Rules for CloudWatch Logs: log groups, their keys and writers, filters and policies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ..documents import iam, jsontext
from ..documents.arn import Arn
from ..facts import logs
from ..rule import Certainty, Findings, Kind, NotApplicable, Parameter, Parameters, Resource, Severity, rule
from ..stack import Stack
from ._shared_graph import alike, same_scope, settled
from ._shared_policies import KEYS, key_policies, waits_for_any

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
FUNCTION: Final = "aws:lambda/function:Function"
CLUSTER: Final = "aws:eks/cluster:Cluster"
PROJECT: Final = "aws:codebuild/project:Project"
INVOCATION: Final = "aws:lambda/invocation:Invocation"
RESOURCE_POLICY: Final = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
SUBSCRIPTION_FILTER: Final = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
STREAMS: Final = (
    "aws:kinesis/stream:Stream",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
)

# "CloudWatch Logs quotas", read 2026-11: both fixed.
RESOURCE_POLICIES_PER_REGION: Final = 10
RESOURCE_POLICY_CHARACTERS: Final = 5120
SUBSCRIPTION_FILTERS_PER_GROUP: Final = 2


@rule(LOG_GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def group_after_key_policy(group: Resource, stack: Stack) -> Findings:
    """A log group waits for the separate policy of its key.

    Why: The key exists before its KeyPolicy does, with the default policy, which does not admit CloudWatch Logs. A log
    group made in between is refused: "AccessDeniedException: The specified KMS key does not exist or is not allowed to
    be used".
    Fix: List the key policy in `dependsOn` of the log group, or set the policy on the key itself.
    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service".
    """
    for key in stack.referred_by(group, "kmsKeyId", *KEYS):
        policies = key_policies(stack, key).certain
        if not policies or waits_for_any(stack, group, policies):
            continue
        if key.has("policy"):
            logs_service = iam.service("logs.amazonaws.com", region=group.known_region)
            own = iam.parse(key.raw("policy")).allows("kms:GenerateDataKey", principal=logs_service)
            if settled(own, key, "policy"):
                continue
        yield group.finding(
            f"the log group does not wait for KeyPolicy '{policies[0].name}', which admits CloudWatch Logs to its "
            f"key; add '{policies[0].name}' to `dependsOn`",
            at="kmsKeyId",
            certainty=Certainty.RACE,
        )


_WRITERS: Final = {
    FUNCTION: ("/aws/lambda/", "", "function"),
    CLUSTER: ("/aws/eks/", "/cluster", "cluster"),
    PROJECT: ("/aws/codebuild/", "", "project"),
}


@rule((FUNCTION, CLUSTER, PROJECT), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def group_before_writer(writer: Resource, stack: Stack) -> Findings:
    """A function, cluster or project is made after the log group that it writes to.

    Why: The service makes the log group itself when it writes first; the program's own is then refused on the first
    deployment ("ResourceAlreadyExistsException: The specified log group already exists"). An EKS cluster writes while
    it is made; a function or project only once something runs it, so that is a warning unless the program invokes it.
    Fix: Add the log group to `dependsOn` of the function, cluster or project, and name
    the group by the same literal.
    Source: Amazon EKS User Guide, "Send control plane logs to CloudWatch Logs"; AWS Lambda Developer Guide, "Sending
    Lambda function logs to CloudWatch Logs".
    """
    before, after, what = _WRITERS[writer.kind]
    if writer.has("loggingConfig.logGroup") or (writer.is_a(CLUSTER) and not writer.has("enabledClusterLogTypes")):
        return
    name = writer.text("name")
    if name is None:
        return
    for group in stack.of_type(LOG_GROUP):
        same = group.known("name") == f"{before}{name}{after}" and same_scope(stack, group, writer)
        if same and not stack.waits_for(writer, group):
            runs = writer.is_a(CLUSTER) or bool(stack.referring_to(writer, INVOCATION, via="functionName").certain)
            yield writer.finding(
                f"the {what} does not wait for log group '{group.name}' and may create it first; add "
                f"'{group.name}' to `dependsOn`",
                severity=None if runs else Severity.LOW,
                certainty=Certainty.RACE,
            )
            return


@rule(LOG_GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def retention_allowed(group: Resource) -> Findings:
    """The retention of a log group is one of the numbers of days that CloudWatch Logs accepts.

    Why: Others are refused ("InvalidParameterException: Invalid retention value").
    Fix: Use the next allowed value, which the message names; 0 keeps for ever.
    Source: Amazon CloudWatch Logs API Reference, "PutRetentionPolicy".
    """
    days = group.number("retentionInDays")
    if days is not None and not logs.retention_allowed(int(days)):
        near = " or ".join(str(value) for value in logs.nearest_retention(int(days)))
        yield group.finding(
            f"CloudWatch Logs does not support a retention of {days} days; use {near}", at="retentionInDays"
        )


@rule(
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL
)
def data_protection_policy_valid(policy: Resource) -> Findings:
    """A data protection policy of a log group has one Audit and one Deidentify statement for the same data identifiers.

    Why: CloudWatch Logs refuses others ("InvalidParameterException").
    Fix: Write two statements with equal DataIdentifier lists, the first with Operation.Audit, the second with
    Operation.Deidentify and an empty MaskConfig.
    Source: Amazon CloudWatch Logs API Reference, "PutDataProtectionPolicy".
    """
    text = policy.text("policyDocument")
    value = jsontext.parse(text or "").value
    statements = value.get("Statement") if isinstance(value, dict) else None
    found: dict[str, list[Any]] = {"Audit": [], "Deidentify": []}
    for statement in statements if isinstance(statements, list) else []:
        operation = statement.get("Operation") if isinstance(statement, dict) else None
        for name in found:
            if isinstance(operation, dict) and name in operation:
                found[name].append(statement.get("DataIdentifier") or statement.get("DataIdentifiers"))
    for name, identifiers in found.items():
        if len(identifiers) != 1:
            yield policy.finding(
                f"the policy has {len(identifiers)} statements with {name}; it may have only one", at="policyDocument"
            )
            return
    if sorted(map(str, found["Audit"][0] or [])) != sorted(map(str, found["Deidentify"][0] or [])):
        yield policy.finding("audit and Deidentify name different data identifiers; name the same", at="policyDocument")


@rule("aws:cloudwatch/logMetricFilter:LogMetricFilter", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def metric_filter_pattern_valid(metric_filter: Resource) -> Findings:
    """The terms of a metric filter's text pattern are quoted where they hold more than letters, digits and underscores.

    Why: CloudWatch Logs refuses others ("InvalidParameterException: Invalid metric filter pattern").
    Fix: Put the term in double quotes: "/health" or "[ERROR]".
    Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter
    log events".
    """
    pattern = (metric_filter.text("pattern") or "").strip()
    if pattern.startswith(("{", "[", "%")) or "%" in pattern:
        return
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', " ", pattern)
    for term in bare.split():
        plain = term[1:] if term[0] in "?-" else term
        if plain and not re.fullmatch(r"[\w.:]+", plain):
            yield metric_filter.finding(
                f"'{term}' has characters that must be in double quotes; quote the term", at="pattern"
            )
            return


@rule(RESOURCE_POLICY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def resource_policies_within_quota(policy: Resource, stack: Stack) -> Findings:
    """A program makes at most ten resource policies of CloudWatch Logs in a Region, each of 5,120 characters at most.

    Why: Both quotas are fixed ("LimitExceededException: Resource limit exceeded").
    Fix: Merge policies; one statement can name several log groups by a wildcard.
    Source: Amazon CloudWatch Logs User Guide, "CloudWatch Logs quotas"; API reference, "PutResourcePolicy".
    """
    text = policy.known("policyDocument")
    if isinstance(text, str) and len(text) > RESOURCE_POLICY_CHARACTERS:
        yield policy.finding(
            f"the policy has {len(text)} characters; CloudWatch Logs accepts {RESOURCE_POLICY_CHARACTERS}",
            at="policyDocument",
        )
    policies = [other for other in stack.of_type(RESOURCE_POLICY) if not other.has("resourceArn")]
    if policy in policies:
        before = [other for other in policies[: policies.index(policy)] if same_scope(stack, policy, other)]
        if len(before) == RESOURCE_POLICIES_PER_REGION:
            yield policy.finding(
                f"this is resource policy number {len(before) + 1} in its Region; CloudWatch Logs accepts "
                f"{RESOURCE_POLICIES_PER_REGION}. Merge them"
            )


@rule(SUBSCRIPTION_FILTER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def subscription_role_set(subscription: Resource, stack: Stack) -> Findings:
    """A subscription filter to a stream has a role, and a log group has two filters at most.

    Why: CloudWatch Logs writes to Kinesis and Firehose by a role ("InvalidParameterException: destinationArn for vendor
    firehose cannot be used without roleArn"); a third filter is refused ("LimitExceededException").
    Fix: Pass `roleArn` with a role that trusts logs.amazonaws.com; merge filters, or fan out behind the stream.
    Source: Amazon CloudWatch Logs API Reference, "PutSubscriptionFilter"; "CloudWatch Logs quotas".
    """
    if not subscription.has("roleArn") and _goes_to_stream(subscription, stack):
        yield subscription.finding("the destination is a stream, which needs a role; set `roleArn`", at="roleArn")
    before = alike(stack, SUBSCRIPTION_FILTER, "logGroup", LOG_GROUP).before(subscription)
    if len(before) == SUBSCRIPTION_FILTERS_PER_GROUP:
        yield subscription.finding(
            f"this is filter number {len(before) + 1} of its log group; CloudWatch Logs accepts "
            f"{SUBSCRIPTION_FILTERS_PER_GROUP}",
            at="logGroup",
        )


def _goes_to_stream(subscription: Resource, stack: Stack) -> bool:
    if stack.referred_by(subscription, "destinationArn", *STREAMS).certain:
        return True
    if stack.referred_by(subscription, "destinationArn").certain:
        return False
    arn = Arn.parse(subscription.text("destinationArn"))
    return arn is not None and arn.service in ("kinesis", "firehose")


@rule(
    LOG_GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def group_encrypted(group: Resource) -> Findings:
    """A log group is encrypted under a KMS key.

    Why: With a key of your own, reading logs takes a permission on the key as well, and the key can be taken away from
    everyone.
    Fix: Set `kmsKeyId` to the ARN of a key whose policy admits `aws.logs.REGION`.amazonaws.com.
    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service";
    AWS Config rule cloudwatch-log-group-encrypted.
    """
    if not group.has("kmsKeyId"):
        yield group.finding("the log group is not encrypted under a KMS key; set `kmsKeyId`", at="kmsKeyId")


_DAYS: Final = 365


@rule(
    LOG_GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={"days": Parameter.of(_DAYS, "Least number of days that logs are kept.", minimum=1)},
)
def group_retention(group: Resource, parameters: Parameters) -> Findings:
    """A log group states how long it keeps logs: some finite time, and no less than a number of days (365 unless set).

    Why: Without retention logs are kept, and paid for, for ever; with too little of it they are gone when they are
    needed.
    Fix: Set `retentionInDays`.
    Source: Amazon CloudWatch Logs User Guide, "Working with log groups and log streams"; AWS Config rule
    cw-loggroup-retention-period-check.
    """
    if group.text("logGroupClass") == "DELIVERY":
        raise NotApplicable("a log group of class DELIVERY keeps logs for two days, whatever it states")
    days = group.number("retentionInDays") or 0
    if days == 0:
        yield group.finding(
            f"the log group keeps logs indefinitely; set `retentionInDays` to {parameters['days']} or more",
            at="retentionInDays",
        )
    elif days < parameters["days"]:
        yield group.finding(
            f"logs are kept for {days} days; at least {parameters['days']} are required", at="retentionInDays"
        )


@group_retention.remediate
def _keep(group: Resource, parameters: Parameters) -> Mapping[str, Any] | None:
    """Set the shortest retention that AWS knows and that is long enough."""
    if group.known("logGroupClass") == "DELIVERY" or group.is_unknown("retentionInDays"):
        return None
    least = parameters["days"]
    if (group.number("retentionInDays") or 0) >= least:
        return None
    long_enough = (days for days in logs.RETENTION_DAYS if days >= least)
    return {"retentionInDays": min(long_enough, default=max(logs.RETENTION_DAYS))}
