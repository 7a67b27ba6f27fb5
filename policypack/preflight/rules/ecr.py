"""Rules for ECR: repositories, their names, scans, encryption, lifecycle and policies."""

from __future__ import annotations

from typing import Any, Final

from ..documents import iam, jsontext
from ..documents.answer import Answer, either
from ..documents.wildcard import covers
from ..facts import quotas
from ..rule import Findings, Kind, Resource, Severity, Undecided, View, rule
from ..stack import Stack
from ._shared_flags import named
from ._shared_graph import attempt, same_scope, settled
from ._shared_images import REPOSITORY

LIFECYCLE: Final = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
_ENCRYPTION: Final = "encryptionConfigurations"
_SCANS: Final = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")


@rule(REPOSITORY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def repository_name_valid(repository: Resource) -> Findings:
    """The name of a repository is one that ECR accepts: lower case, 2 to 256 characters.

    Why: ECR refuses others ("InvalidParameterException: Invalid parameter at 'repositoryName' failed to satisfy
    constraint"). Pulumi's automatic name keeps the capitals of the resource's name.
    Fix: Use lower-case letters and digits, joined by '.', '_', '-' or '/'.
    Source: Amazon ECR API Reference, "CreateRepository" (`repositoryName`).
    """
    name = repository.text("name")
    least, most = quotas.REPOSITORY_NAME_LENGTHS
    if name and not (least <= len(name) <= most and quotas.REPOSITORY_NAME.fullmatch(name)):
        yield repository.finding(
            f"the name '{name}' is not 2 to 256 lower-case letters and digits joined by '.', '_', '-' or '/'; "
            "change it (an automatic name begins with the resource's name)",
            at="name",
        )


@rule(LIFECYCLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def lifecycle_policy_valid(lifecycle: Resource) -> Findings:
    """The rules of a lifecycle policy are ones that ECR accepts together.

    Why: ECR refuses others ("InvalidParameterException: Invalid parameter at 'LifecyclePolicyText' failed to satisfy
    constraint: 'Lifecycle policy validation failure: …'").
    Fix: Give each rule a priority of its own, the rule for any image the highest number; name tags where the status is
    tagged, and a unit where the count is of days.
    Source: Amazon ECR User Guide, "Lifecycle policy properties in Amazon ECR".
    """
    text = lifecycle.text("policy")
    read = jsontext.parse(text or "")
    if read.error:
        yield lifecycle.finding(f"the lifecycle policy is not valid JSON: {read.error}", at="policy")
        return
    found = read.value.get("rules") if isinstance(read.value, dict) else None
    rules = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    for problem in _lifecycle_problems(rules):
        yield lifecycle.finding(problem, at="policy")


def _lifecycle_problems(rules: list[dict[str, Any]]) -> list[str]:
    priorities = [entry.get("rulePriority") for entry in rules]
    numbers = [number for number in priorities if isinstance(number, int)]
    problems = [
        f"two rules have the priority {number}; give each its own"
        for number in sorted({number for number in numbers if numbers.count(number) > 1})
    ]
    for entry in rules:
        priority, selection = entry.get("rulePriority"), entry.get("selection")
        if not isinstance(selection, dict):
            continue
        status = selection.get("tagStatus")
        if status == "any" and isinstance(priority, int) and priority < max(numbers):
            problems.append(f"the rule for any image has priority {priority}; set the highest number of all")
        if status == "tagged" and not (selection.get("tagPrefixList") or selection.get("tagPatternList")):
            problems.append(f'rule {priority} is for tagged images and names none; add "tagPatternList"')
        if selection.get("countType") == "sinceImagePushed" and not selection.get("countUnit"):
            problems.append(f'rule {priority} counts time without a unit; set "countUnit" to days')
    return problems


@rule(REPOSITORY, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def customer_managed_key(repository: Resource) -> Findings:
    """A repository is encrypted under a named KMS key.

    Why: Only a key of one's own has a policy, a rotation and a log of its own.
    Fix: Set `encryptionConfigurations` with `encryptionType` KMS and `kmsKey`; this replaces the repository.
    Source: Amazon ECR User Guide, "Encryption at rest".
    """
    for configuration in repository.each(_ENCRYPTION):
        if configuration.has("kmsKey"):
            return
    yield repository.finding("the repository names no KMS key; set `encryptionConfigurations`", at=_ENCRYPTION)


@rule(REPOSITORY, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def encryption_configured(repository: Resource) -> Findings:
    """A repository declares its encryption.

    Why: It can't be changed later without a new repository, and what is not declared is not reviewed.
    Fix: Set `encryptionConfigurations` with `encryptionType` KMS (or AES256).
    Source: Amazon ECR User Guide, "Encryption at rest".
    """
    yield from named(repository, _ENCRYPTION, "has no encryption configuration; set `encryptionConfigurations`")


@rule(
    REPOSITORY,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def image_scanning(repository: Resource, stack: Stack) -> Findings:
    """Images are scanned when they are pushed, by the repository's setting or the registry's.

    Why: Known vulnerabilities are found before they run.
    Fix: Set `imageScanningConfiguration.scanOnPush=true`, or a rule of `aws.ecr.RegistryScanningConfiguration`.
    Source: Amazon ECR User Guide, "Scan images for software vulnerabilities in Amazon ECR"; AWS Config rule
    ecr-private-image-scanning-enabled.
    """
    path = "imageScanningConfiguration.scanOnPush"
    own = attempt(lambda: bool(repository.flag(path)))
    registry = either(_scans(stack, scanning, repository) for scanning in stack.of_type(SCANNING))
    if not settled(either([own, registry]), repository, path):
        yield repository.finding("images are not scanned when they are pushed; set `scanOnPush=true`", at=path)


def _scans(stack: Stack, scanning: Resource, repository: Resource) -> Answer:
    """Whether the registry's configuration scans the images of a repository."""
    if same_scope(stack, scanning, repository) is False:
        return False
    answers: list[Answer] = []
    try:
        answers.extend(_rule_scans(entry, repository) for entry in scanning.each("rules"))
    except Undecided:
        answers.append(None)
    return either(answers)


def _rule_scans(entry: View, repository: Resource) -> Answer:
    answers: list[Answer] = []
    try:
        if entry.text("scanFrequency") not in _SCANS:
            return False
        for pattern in entry.values("repositoryFilters.filter"):
            name = repository.known("name") or repository.known_output("name")
            if pattern == "*":
                return True
            # A filter without a wildcard is for all names that contain it.
            answers.append(covers(pattern if "*" in pattern else f"*{pattern}*", name) if name else None)
    except Undecided:
        answers.append(None)
    return either(answers)


@rule(REPOSITORY, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def immutable_tags(repository: Resource) -> Findings:
    """The tags of images are immutable.

    Why: Otherwise the image behind a version can be replaced by another, and what was tested is not what runs.
    Fix: Set `imageTagMutability` to IMMUTABLE.
    Source: Amazon ECR User Guide, "Preventing image tags from being overwritten in Amazon ECR"; AWS Config rule
    ecr-private-tag-immutability-enabled.
    """
    mutability = repository.text("imageTagMutability")
    if mutability == "IMMUTABLE_WITH_EXCLUSION":
        if "*" in list(repository.values("imageTagMutabilityExclusionFilters.filter")):
            yield repository.finding("all tags are excluded; exclude fewer", at="imageTagMutabilityExclusionFilters")
    elif mutability != "IMMUTABLE":
        yield repository.finding(
            "tags can be overwritten; set `imageTagMutability` to IMMUTABLE", at="imageTagMutability"
        )


@rule(
    ("aws:ecr/repositoryPolicy:RepositoryPolicy", "aws:ecr/registryPolicy:RegistryPolicy"),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def access_limited(policy: Resource) -> Findings:
    """No policy of a repository or registry admits everyone.

    Why: Anyone with an AWS account could pull the images, or push others.
    Fix: Name the accounts or roles, or limit the statement by a condition such as aws:PrincipalOrgID.
    Source: Amazon ECR User Guide, "Private repository policies in Amazon ECR".
    """
    judged = iam.public_statements(iam.parse(policy.raw("policy")))
    for statement in judged.statements:
        yield policy.finding(
            f"the policy admits everyone ({statement.label}); name principals, or add a condition", at="policy"
        )
    if not judged.statements:
        settled(None if judged.undecided else False, policy, "policy")


@rule(
    REPOSITORY,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def lifecycle_policy(repository: Resource, stack: Stack) -> Findings:
    """A repository has a lifecycle policy.

    Why: Without one old images stay, are paid for, and run again by mistake.
    Fix: Add an `aws.ecr.LifecyclePolicy` for the repository.
    Source: Amazon ECR User Guide, "Automate the cleanup of images by using lifecycle policies in Amazon ECR"; AWS
    Config rule ecr-private-lifecycle-policy-configured.
    """
    if not stack.referring_to(repository, LIFECYCLE, via="repository"):
        yield repository.finding("the repository has no lifecycle policy; add an `aws.ecr.LifecyclePolicy`")
