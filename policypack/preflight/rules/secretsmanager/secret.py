"""Secrets: names that can be used again, keys, rotation."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ...documents import schedule
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, rule
from ...stack import Stack
from ..aws._program import stack_of
from ._tokens import ROTATION, SECRET

_DEFAULT_WINDOW = 30
"""API DeleteSecret: days until a deleted secret is gone, unless it says otherwise."""


@rule(
    SECRET,
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    parameters={
        "ephemeral": Parameter.of(
            ["pr-*", "test-*", "ci-*"], "Patterns of the names of stacks that are destroyed and deployed again."
        )
    },
)
def secret_name_reusable(secret: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """A secret of a short-lived stack gives its name free when it is destroyed.

    Why: A destroyed secret keeps its name for the recovery window, 30 days unless it says otherwise. The next
    deployment fails ("InvalidRequestException: You can't create this secret because a secret with this name is already
    scheduled for deletion").
    Fix: Set `recoveryWindowInDays=0` in such stacks, or leave the name to Pulumi (`namePrefix`).
    Source: AWS Secrets Manager User Guide, "Delete an AWS Secrets Manager secret".
    """
    name = stack.name or stack_of(secret)
    if not any(fnmatchcase(name, pattern) for pattern in parameters["ephemeral"]):
        return
    given = secret.text("name")
    # What Pulumi names itself has a random suffix.
    if not given or (given.startswith(f"{secret.name}-") and len(given) == len(secret.name) + 8):
        return
    window = secret.number("recoveryWindowInDays")
    days = _DEFAULT_WINDOW if window is None else window
    if days > 0:
        yield secret.finding(
            f"'{given}' keeps its name for {days} days after stack '{name}' is destroyed, so that "
            "it can't be deployed again; set `recoveryWindowInDays` to 0",
            at="recoveryWindowInDays",
        )


@rule(
    SECRET,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def customer_managed_key(secret: Resource) -> Findings:
    """A secret is encrypted under a named KMS key.

    Why: Only a key of one's own has a policy, a rotation and a log of its own, and can be shared with other accounts.
    Fix: Set `kmsKeyId` to the ARN of a key.
    Source: AWS Secrets Manager User Guide, "Secret encryption and decryption"; AWS Config rule
    secretsmanager-using-cmk.
    """
    if not secret.has("kmsKeyId"):
        yield secret.finding("names no KMS key; set `kmsKeyId` to a key of your own", at="kmsKeyId")
    elif not secret.is_unknown("kmsKeyId") and (secret.text("kmsKeyId") or "").endswith("alias/aws/secretsmanager"):
        yield secret.finding("uses the AWS managed key; set `kmsKeyId` to a key of your own", at="kmsKeyId")


@rule(
    SECRET,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def rotation(secret: Resource, stack: Stack) -> Findings:
    """A rotation with a schedule is created for each secret.

    Why: A secret that never changes is good for as long as somebody has a copy of it.
    Fix: Add `aws.secretsmanager.SecretRotation` with `rotationRules`; or let the service that uses it manage the
    secret.
    Source: AWS Secrets Manager User Guide, "Rotate AWS Secrets Manager secrets"; AWS Config rule
    secretsmanager-rotation-enabled-check.
    """
    for found in stack.referring_to(secret, ROTATION, via="secretId"):
        if found.has("rotationRules.automaticallyAfterDays") or found.has("rotationRules.scheduleExpression"):
            return
    yield secret.finding("has no rotation created here; add a SecretRotation with a schedule")


@rule(
    ROTATION,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={"days": Parameter.of(90, "Longest time between rotations, in days.", minimum=1, maximum=1000)},
)
def rotation_period(rotation: Resource, parameters: Parameters) -> Findings:
    """A secret is rotated at least as often as configured.

    Why: A secret that leaked is good until it is changed.
    Fix: Set `rotationRules.automaticallyAfterDays`, or a rate that is at least as often. Cron expressions are not
    judged.
    Source: AWS Secrets Manager User Guide, "Rotation schedules"; AWS Config rule
    secretsmanager-secret-periodic-rotation.
    """
    for rules in rotation.each("rotationRules"):
        days = rules.number("automaticallyAfterDays")
        at = "automaticallyAfterDays"
        if days is None:
            at = "scheduleExpression"
            found = schedule.parse(rules.text(at) or "", schedule.ROTATION)
            days = found.minutes / 1440 if isinstance(found, schedule.Rate) else None
        if days is not None and days > parameters["days"]:
            yield rules.finding(f"rotates every {days:g} days, more than {parameters['days']}", at=at)
