"""Names, sizes, actions, resources and attachments as IAM accepts them; and what takes permissions away unseen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from ...facts import iam as facts
from ...facts import regions
from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, View, deferred, rule
from ...stack import Stack
from .._shared_roles import POLICY, POLICY_ATTACHMENT, ROLE, ROLE_POLICY
from ._documents import (
    BUCKET_POLICY,
    GROUP,
    GROUP_POLICY,
    INLINE,
    KEY,
    KEY_POLICY,
    USER,
    USER_POLICY,
    Written,
    documents,
)

_QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
_TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
_SECRET_POLICY: Final = "aws:secretsmanager/secretPolicy:SecretPolicy"
_PROFILE: Final = "aws:iam/instanceProfile:InstanceProfile"
_INSTANCE: Final = "aws:ec2/instance:Instance"
_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"


def _permissions(resource: Resource) -> Iterator[Written]:
    return (written for written in documents(resource) if not written.is_trust)


def _open_end(resource: Resource, written: Written) -> None:
    """Leave the rule undecided where a document is not known as a whole; the others are judged."""
    with deferred():
        if not written.document.complete:
            raise Undecided(written.path, resource.urn)


@rule(
    (POLICY, *INLINE, ROLE, BUCKET_POLICY, _QUEUE_POLICY, _TOPIC_POLICY, KEY_POLICY),
    kind=Kind.DEPLOYMENT,
    severity=Severity.HIGH,
)
def action_known(resource: Resource) -> Findings:
    """The actions of a policy exist.

    Why: A misspelt action grants nothing: IAM accepts it without a word, S3, SQS, SNS and KMS refuse it in their
    policies ("MalformedPolicy: Policy has invalid action"). A service with a wildcard is refused by all. Only names
    near a known one count as misspelt: the table is dated.
    Fix: Use the action that the message names.
    Source: AWS Service Authorization Reference, "Actions, resources, and condition keys for AWS services".
    """
    for written in _permissions(resource):
        wrong: list[str] = []
        for statement in written.document.statements:
            for action in dict.fromkeys((*statement.actions, *statement.not_actions)):
                problem = _action_problem(action)
                if problem:
                    wrong.append(problem)
        if wrong:
            yield resource.finding(f"{'; '.join(wrong[:3])}; correct the policy", at=written.path)
        _open_end(resource, written)


def _action_problem(action: str) -> str | None:
    prefix, colon, name = action.partition(":")
    if not colon or action == "*:*" or "${" in action:
        return None
    if "*" in prefix or "?" in prefix:
        return f"'{action}' has a wildcard in the service, which IAM refuses"
    if not facts.service_exists(prefix.lower()):
        near = [found for found in facts.nearest_services(prefix.lower()) if facts.edits(prefix, found) <= 2]
        return f"'{action}' is of no service that there is; '{near[0]}' is near" if near and len(prefix) > 3 else None
    if "*" in name or "?" in name or facts.action_exists(prefix.lower(), name):
        return None
    near = [found for found in facts.nearest_actions(prefix.lower(), name) if facts.edits(name, found) <= 2]
    same = [found for found in near if re.sub(r"V?\d+", "", found) == re.sub(r"V?\d+", "", name)]
    return f"'{action}' is not an action; '{prefix}:{near[0]}' is near" if near and not same else None


@rule((POLICY, *INLINE, ROLE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def resource_arn_valid(resource: Resource) -> Findings:
    r"""The resources of a policy are '*' or ARNs, of the partition that the program deploys to.

    Why: IAM refuses others ("MalformedPolicyDocument: Resource logs must be in ARN format or \"*\"", "IAM resource …
    cannot contain region information"). An ARN of another partition, or of a bucket with a Region or an account,
    deploys and matches nothing.
    Fix: Build ARNs from the outputs of resources, and their partition with aws.get_partition(). Parts that are left out
    at the end count as wildcards.
    Source: AWS IAM User Guide, "IAM JSON policy elements: Resource"; "Amazon Resource Names (ARNs)".
    """
    region = resource.known_region
    partition = regions.partition(region) if region else None
    for written in _permissions(resource):
        seen: set[str] = set()
        for statement in written.document.statements:
            for text in (*statement.resources, *statement.not_resources):
                found = _resource_problem(text, partition)
                if found and text not in seen:
                    seen.add(text)
                    yield resource.finding(f"{statement.label}: {found[0]}", at=written.path, severity=found[1])
        _open_end(resource, written)


_PARTITION: Final = "use the partition that `aws:getPartition` returns"


def _resource_problem(text: str, partition: str | None) -> tuple[str, Severity | None] | None:
    if text.startswith(("*", "?")) or "$" in text.partition(":")[0]:
        return None
    if not text.startswith("arn:"):
        return f"the resource '{text}' is neither '*' nor an ARN; use the resource's ARN", None
    parts = [*text.split(":", 5), "", "", "", "", ""][:6]
    _, named, service, region, account, _ = parts
    if any(sign in named + service for sign in "*?$"):
        return None
    if named not in regions.partitions():
        return f"'{text}' has the partition '{named}', which does not exist; {_PARTITION}", None
    if service == "iam" and region and region != "*":
        return f"'{text}' has a Region; IAM is global, so leave it empty", None
    if service == "s3" and _is_plain_bucket(parts) and (region or account) and "*" not in region + account:
        return f"'{text}' has a Region or account, so it matches no bucket; leave them empty", Severity.HIGH
    if partition and named != partition:
        return f"'{text}' is of partition {named}, but this deploys to {partition}; {_PARTITION}", Severity.HIGH
    return None


def _is_plain_bucket(parts: list[str]) -> bool:
    kinds = ("accesspoint", "job", "storage-lens", "async-request", "access-grants", "accessgrants")
    return bool(parts[5]) and not parts[5].startswith(kinds)


@rule(
    (POLICY, ROLE, *INLINE, BUCKET_POLICY, KEY, KEY_POLICY, _SECRET_POLICY, _QUEUE_POLICY),
    kind=Kind.DEPLOYMENT,
    severity=Severity.CRITICAL,
)
def policy_within_quota(resource: Resource) -> Findings:
    """A policy is not longer than its service accepts.

    Why: AWS refuses longer ones ("LimitExceeded: Cannot exceed quota for PolicySize: 6144"). White space does not
    count.
    Fix: Split the policy, or use wildcards in actions and resources that belong together.
    Source: AWS IAM User Guide, "IAM and AWS STS quotas"; Amazon S3 User Guide, "Bucket policies"; AWS KMS Developer
    Guide, "Key policies"; Amazon SQS Developer Guide, "Amazon SQS policy quotas".
    """
    inline = 0
    for written in documents(resource):
        raw = written.document.raw
        size = _characters(raw) if raw is not None and written.document.is_known else 0
        if resource.is_a(ROLE) and not written.is_trust:
            inline += size
            continue
        most = facts.TRUST_POLICY_CHARACTERS_MAX if written.is_trust else _QUOTAS[resource.kind]
        if size > most:
            yield resource.finding(f"the policy has {size:,} characters, more than {most:,}; split it", at=written.path)
        elif written.is_trust and size > facts.TRUST_POLICY_CHARACTERS:
            yield resource.finding(
                f"the trust policy has {size:,} characters, more than the {facts.TRUST_POLICY_CHARACTERS:,} of an "
                "account without a raised quota",
                at=written.path,
                severity=Severity.LOW,
            )
        _open_end(resource, written)
    if inline > facts.ROLE_INLINE_POLICIES_CHARACTERS:
        yield resource.finding(
            f"the inline policies have {inline:,} characters, more than {facts.ROLE_INLINE_POLICIES_CHARACTERS:,}",
            at="inlinePolicies",
        )


_QUOTAS: Final = {
    POLICY: facts.MANAGED_POLICY_CHARACTERS,
    ROLE_POLICY: facts.ROLE_INLINE_POLICIES_CHARACTERS,
    USER_POLICY: facts.USER_INLINE_POLICIES_CHARACTERS,
    GROUP_POLICY: facts.GROUP_INLINE_POLICIES_CHARACTERS,
    BUCKET_POLICY: facts.BUCKET_POLICY_BYTES,
    _SECRET_POLICY: facts.SECRET_POLICY_BYTES,
    KEY: facts.KEY_POLICY_BYTES,
    KEY_POLICY: facts.KEY_POLICY_BYTES,
    _QUEUE_POLICY: facts.QUEUE_POLICY_BYTES,
}


def _characters(raw: Any) -> int:
    """The least number of characters in which a document can be written: without white space."""
    return len(re.sub(r"\s", "", json.dumps(raw, separators=(",", ":"), ensure_ascii=False)))


@rule((ROLE, _PROFILE, POLICY, USER, GROUP), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def name_valid(resource: Resource) -> Findings:
    """Names of IAM resources, and the session length of roles, are ones that IAM accepts.

    Why: IAM refuses others ("ValidationError: 1 validation error detected: Value … at 'roleName' failed to satisfy
    constraint: Member must have length less than or equal to 64").
    Fix: Shorten the name; use letters, digits and +=,.@_- only. Sessions are 3600 to 43200 seconds long.
    Source: AWS IAM User Guide, "IAM and AWS STS quotas" (name requirements); IAM API Reference, "CreateRole".
    """
    most = facts.NAME_MAX_LENGTHS[resource.kind]
    prefix_most = facts.ROLE_NAME_PREFIX_MAX_LENGTH if resource.is_a(ROLE) else most - 26
    for path, longest in (("name", most), ("namePrefix", prefix_most)):
        with deferred():
            text = resource.text(path)
            if text and len(text) > longest:
                yield resource.finding(f"'{text}' has {len(text)} characters, more than {longest}; shorten it", at=path)
            elif text and not facts.NAME_PATTERN.fullmatch(text):
                yield resource.finding(f"'{text}' may contain only letters, digits and +=,.@_-", at=path)
    seconds = resource.number("maxSessionDuration") if resource.is_a(ROLE) else None
    least, longest = facts.ROLE_SESSION_SECONDS
    if seconds is not None and not least <= seconds <= longest:
        yield resource.finding(
            f"`maxSessionDuration` is {seconds} seconds; IAM accepts {least} to {longest}", at="maxSessionDuration"
        )


@rule((_INSTANCE, _TEMPLATE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def instance_profile_exists(user: Resource, stack: Stack) -> Findings:
    """An instance names an instance profile, not a role and not an ARN.

    Why: EC2 looks up a profile of that name ("InvalidParameterValue: Value (web) for parameter iamInstanceProfile.name
    is invalid. Invalid IAM Instance Profile name"). The console makes a profile with each role, programs have to.
    Fix: Create an `aws.iam.InstanceProfile` with the role, and pass its name; a launch template takes its name or its
    ARN.
    Source: Amazon EC2 User Guide, "IAM roles for Amazon EC2"; AWS IAM User Guide, "Use instance profiles".
    """
    place: View = user
    path = "iamInstanceProfile"
    if user.is_a(_TEMPLATE):
        for place in user.each(path):
            if place.has("name") and place.has("arn"):
                yield place.finding("the profile is named by name and by ARN; set one of the two", at="arn")
                return
            yield from _profile(stack, user, place, "name")
        return
    yield from _profile(stack, user, place, path)


def _profile(stack: Stack, user: Resource, place: View, path: str) -> Findings:
    if place.is_unknown(path):
        if not user.property_dependencies.get("iamInstanceProfile"):
            raise Undecided(path, user.urn)
        return
    name = place.text(path)
    if not name:
        return
    if name.startswith("arn:"):
        yield place.finding(f"'{name}' is an ARN, but a name is required; use the profile's name", at=path)
        return
    profiles = stack.of_type(_PROFILE)
    if any(name in stack.identities(profile) or profile.is_unknown("name") for profile in profiles):
        return
    roles = [role for role in stack.of_type(ROLE) if name in (role.known("name"), role.known_output("name"))]
    if roles and not stack.is_declared(name):
        yield place.finding(
            f"'{name}' is role '{roles[0].name}', and no InstanceProfile of that name is created here; create one with "
            "the role",
            at=path,
        )


@rule(POLICY_ATTACHMENT, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def policy_attachment_shared(attachment: Resource, stack: Stack) -> Findings:
    """A PolicyAttachment attaches a policy of its own program only.

    Why: It owns all attachments of its policy: it detaches the policy from every user, role and group of the account
    that it does not list, those of other programs too. No error is reported.
    Fix: Use RolePolicyAttachment, UserPolicyAttachment or GroupPolicyAttachment.
    Source: Pulumi AWS, "`aws.iam.PolicyAttachment`" (warning).
    """
    if stack.referred_by(attachment, "policyArn", POLICY).certain:
        return
    arn = attachment.text("policyArn")
    if arn:
        yield attachment.finding(
            f"{arn} is not of this program, and is detached from everything that is not listed here; "
            "use `aws.iam.RolePolicyAttachment`",
            at="policyArn",
        )
