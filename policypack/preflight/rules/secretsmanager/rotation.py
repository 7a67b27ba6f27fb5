"""Rotation: its schedule, its order, and whether its function can do the work."""

from __future__ import annotations

from ...documents import code, iam, schedule
from ...documents.arn import Arn
from ...facts import lambda_ as facts
from ...facts import quotas
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, deferred, rule
from ...stack import Stack
from .._shared_code import code_of
from .._shared_graph import listed
from .._shared_policies import KEYS, key_policy
from .._shared_roles import ROLE, role_document
from ._tokens import FUNCTION, PERMISSION, PRINCIPAL, ROTATION, SECRET, SECRET_POLICY, VERSION


@rule(ROTATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def rotation_schedule_valid(rotation: Resource) -> Findings:
    """A rotation has one schedule, in days or as an expression, that Secrets Manager accepts.

    Why: Others are refused ("InvalidParameterException: You can't specify both AutomaticallyAfterDays and
    ScheduleExpression", "InvalidParameterException: Invalid rotation schedule").
    Fix: Give `automaticallyAfterDays` (1 to 1000) or `scheduleExpression`, such as rate(10 days) or cron(0 16 1,15 * ?
    *); a duration is a number of hours, such as "2h".
    Source: AWS Secrets Manager API Reference, "RotationRulesType"; AWS Secrets Manager User Guide, "Rotation
    schedules".
    """
    for rules in rotation.each("rotationRules"):
        days, expression = rules.has("automaticallyAfterDays"), rules.has("scheduleExpression")
        if days == expression:
            seen = "both `automaticallyAfterDays` and `scheduleExpression`" if days else "no schedule"
            yield rules.finding(f"the rotation has {seen}; set one of the two")
            continue
        number = rules.number("automaticallyAfterDays")
        least, most = quotas.ROTATION_DAYS
        if number is not None and not least <= number <= most:
            yield rules.finding(
                f"`automaticallyAfterDays` is {number}; Secrets Manager accepts {least} to {most}",
                at="automaticallyAfterDays",
            )
        duration = rules.text("duration")
        if duration and not quotas.ROTATION_DURATION.fullmatch(duration):
            yield rules.finding(f"the duration '{duration}' is not of the form 2h", at="duration")
            continue
        text = rules.text("scheduleExpression")
        problem = schedule.rotation_problem(text, duration) if text else None
        if problem:
            yield rules.finding(f"Secrets Manager refuses the schedule: {problem}", at="scheduleExpression")


@rule(ROTATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def rotation_after_value(rotation: Resource, stack: Stack) -> Findings:
    """A rotation that starts at once waits for the secret's first value.

    Why: The first rotation runs when the rotation is set up. Without a value it fails ("ResourceNotFoundException:
    Secrets Manager can't find the specified secret value for staging label: AWSCURRENT").
    Fix: Put the SecretVersion in `dependsOn` of the rotation, or set `rotateImmediately=false`.
    Source: AWS Secrets Manager User Guide, "Rotation by Lambda function"; API Reference, "RotateSecret".
    """
    if rotation.flag("rotateImmediately") is False:
        return
    for secret in stack.referred_by(rotation, "secretId", SECRET).certain:
        versions = stack.referring_to(secret, VERSION, via="secretId").certain
        if versions and not any(stack.waits_for(rotation, version) for version in versions):
            yield rotation.finding(
                f"the rotation starts at once and does not wait for the value '{versions[0].name}' of the secret; put "
                "it in `dependsOn`, or set `rotateImmediately=false`",
                at="rotateImmediately",
                certainty=Certainty.RACE,
            )


@rule(ROTATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def rotation_function_invokable(rotation: Resource, stack: Stack) -> Findings:
    """Secrets Manager may invoke the rotation function when the rotation is set up.

    Why: It tries at once ("AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function. Ensure
    that the function policy grants access to the principal secretsmanager.amazonaws.com").
    Fix: Add a `aws.lambda.Permission` for lambda:InvokeFunction with principal "secretsmanager.amazonaws.com", and put
    it in `dependsOn` of the rotation.
    Source: AWS Secrets Manager User Guide, "Lambda rotation function execution role permissions".
    """
    for function in stack.referred_by(rotation, "rotationLambdaArn", FUNCTION).certain:
        partners = stack.referring_to(function, PERMISSION, via="function")
        fitting: list[Resource] = []
        pending: Undecided | None = None
        for permission in partners.certain:
            try:
                if permission.text("principal") == PRINCIPAL:
                    fitting.append(permission)
            except Undecided as unknown:
                pending = unknown
        if any(stack.waits_for(rotation, permission) for permission in fitting):
            continue
        if pending:
            raise pending
        if fitting:
            yield rotation.finding(
                f"the rotation does not wait for permission '{fitting[0].name}', which lets Secrets Manager invoke the "
                "function; put it in `dependsOn`",
                at="rotationLambdaArn",
                certainty=Certainty.RACE,
            )
        elif partners.maybe_more:
            raise Undecided("function", function.urn, "may be named by a permission")
        else:
            # A permission of another program can't be there before the function is.
            yield rotation.finding(
                f"no `aws.lambda.Permission` lets {PRINCIPAL} invoke function '{function.name}'; add one, and put it "
                "in `dependsOn` of the rotation",
                at="rotationLambdaArn",
            )


@rule(ROTATION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def rotation_function_complete(rotation: Resource, stack: Stack) -> Findings:
    """A rotation function handles the four steps of a rotation.

    Why: Secrets Manager calls it once with each of "createSecret", "setSecret", "testSecret" and "finishSecret". A step
    that is not handled leaves the new version pending: the secret is never rotated, and only the function's log shows
    it.
    Fix: Dispatch on event["Step"] and implement all four, or use a rotation template of AWS.
    Source: AWS Secrets Manager User Guide, "Lambda rotation functions" and "Rotation function templates".
    """
    for function in stack.referred_by(rotation, "rotationLambdaArn", FUNCTION).certain:
        if function.has("layers") or function.has("imageUri") or function.text("packageType") == "Image":
            raise Undecided("code", function.urn, "may come from an image or a layer")
        if not (function.text("runtime") or "").startswith("python"):
            raise Undecided("code", function.urn, "is not Python")
        handler, files = function.text("handler"), code_of(function)
        if isinstance(files, code.Unreadable):
            raise Undecided("code", function.urn, f"can't be read: {files.reason}")
        steps = code.rotation_steps(files, handler or "")
        if steps.answer is None:
            raise Undecided("code", function.urn, f"can't be judged: {steps.reason}")
        if steps.missing:
            yield rotation.finding(
                f"function '{function.name}' ({handler}) does not handle {listed(map(repr, steps.missing))}; each "
                "rotation stops there",
                at="rotationLambdaArn",
            )


@rule(ROTATION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def rotation_function_permitted(rotation: Resource, stack: Stack) -> Findings:
    """The role of a rotation function may read and change the secret, and use its key.

    Why: A rotation without them fails in the function ("AccessDeniedException: User … is not authorized to perform:
    secretsmanager:GetSecretValue"), and the secret stays as it is.
    Fix: Allow the role secretsmanager:DescribeSecret, GetSecretValue, PutSecretValue and UpdateSecretVersionStage on
    the secret, and kms:Decrypt and kms:GenerateDataKey on its key.
    Source: AWS Secrets Manager User Guide, "Lambda rotation function execution role permissions for AWS Secrets
    Manager".
    """
    for function in stack.referred_by(rotation, "rotationLambdaArn", FUNCTION).certain:
        for role in stack.referred_by(function, "role", ROLE).certain:
            document = role_document(stack, role)
            for secret in stack.referred_by(rotation, "secretId", SECRET).certain:
                with deferred():
                    yield from _unable(stack, rotation, role, document, secret)


def _unable(stack: Stack, rotation: Resource, role: Resource, document: iam.Document, secret: Resource) -> Findings:
    arn = secret.known_output("arn")
    grants = document.grants(facts.ROTATION_ACTIONS, resource=arn if isinstance(arn, str) else None)
    missing = list(grants.missing)
    if missing and (secret.has("policy") or stack.referring_to(secret, SECRET_POLICY, via="secretArn")):
        raise Undecided("policy", secret.urn, "may allow the role what its own policies do not")
    undecided = list(grants.undecided)
    key = secret.known("kmsKeyId")
    if secret.has("kmsKeyId") and not str(key or "").endswith("alias/aws/secretsmanager"):
        on_key = document.grants(facts.ROTATION_KEY_ACTIONS)
        if on_key.missing and _key_leaves_it_to_the_account(stack, secret):
            missing += on_key.missing
        undecided += on_key.undecided
    if missing:
        yield rotation.finding(
            f"role '{role.name}' of the rotation function is not allowed {listed(missing, 6)} on secret "
            f"'{secret.name}'; add a policy",
            at="rotationLambdaArn",
        )
    elif undecided:
        raise Undecided("policy", role.urn, "has policies that are not known yet")


def _key_leaves_it_to_the_account(stack: Stack, secret: Resource) -> bool:
    """Whether the policy of the secret's key, made here, admits no one but the account, whose policies then decide."""
    keys = stack.referred_by(secret, "kmsKeyId", *KEYS).certain
    if not keys:
        return False
    document = key_policy(stack, keys[0])
    if not document.is_known:
        raise Undecided("policy", keys[0].urn)
    return all(
        principal.is_account_root or principal.kind == "Service"
        for statement in document.allowing
        for principal in statement.principals
    )


@rule(ROTATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def rotation_function_exists(rotation: Resource, stack: Stack) -> Findings:
    """A rotation names a Lambda function by its ARN; one from outside the program is declared.

    Why: Secrets Manager refuses others ("InvalidParameterException: Invalid Lambda ARN", "ResourceNotFoundException:
    Secrets Manager can't find the Lambda function").
    Fix: Pass the function's arn; declare a function of another program as a prerequisite.
    Source: AWS Secrets Manager API Reference, "RotateSecret".
    """
    at = "rotationLambdaArn"
    if not rotation.has(at) or stack.referred_by(rotation, at, FUNCTION).certain:
        return
    text = rotation.text(at) or ""
    parsed = Arn.parse(text)
    if parsed is None or parsed.service != "lambda" or not parsed.resource.startswith("function:"):
        yield rotation.finding(f"'{text}' is not the ARN of a Lambda function", at=at)
    elif not stack.is_declared(text, parsed.resource.split(":")[1]) and parsed.region == rotation.known_region:
        yield rotation.finding(
            f"function {parsed.resource.split(':')[1]} is not created here; refer to it, or declare it as a "
            "prerequisite",
            at=at,
            severity=Severity.LOW,
            certainty=Certainty.OUTSIDE,
        )
