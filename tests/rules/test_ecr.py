"""Rules for ECR."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, V6, P, R, document, fails, passes, table, undecided

REPOSITORY = "aws:ecr/repository:Repository"
COMPONENT = R("program:app:App", "component")
WEST = P("west", region="us-west-2")


def repository(**more: Any) -> R:
    return R(REPOSITORY, "repo", **{"name": "team/app", **more})


test_repository_name_valid = table(
    "ecr-repository-name-valid",
    fails("capitals", repository(name="MyApp"), at="name", says=("'MyApp'", "lower-case")),
    passes("lower case", repository()),
    fails("an automatic name", repository(name="webApp-0a1b2c3"), at="name"),
    fails("two hyphens at the end", repository(name="app-"), at="name"),
    fails("one letter", repository(name="a"), at="name"),
    passes("no name", R(REPOSITORY, "repo")),
    passes("in v6", repository(provider=V6)),
    undecided("unknown", repository(name=UNKNOWN), at="name"),
)


def entry(priority: int, **selection: Any) -> dict[str, Any]:
    given = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10, **selection}
    return {"rulePriority": priority, "selection": given, "action": {"type": "expire"}}


def lifecycle(*rules: dict[str, Any]) -> R:
    text = json.dumps({"rules": rules})
    return R("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy", repository="team/app", policy=text)


UNTAGGED = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
test_lifecycle_policy_valid = table(
    "ecr-lifecycle-policy-valid",
    fails("any image first", lifecycle(entry(1), entry(2, **UNTAGGED)), at="policy", says="priority 1"),
    passes("any image last", lifecycle(entry(1, **UNTAGGED), entry(2))),
    fails("one priority twice", lifecycle(entry(1, **UNTAGGED), entry(1, **UNTAGGED)), says="two rules"),
    fails("tagged without tags", lifecycle(entry(1, tagStatus="tagged")), says="tagPatternList"),
    passes("tagged with tags", lifecycle(entry(1, tagStatus="tagged", tagPatternList=["v*"]))),
    fails("days without a unit", lifecycle(entry(1, countType="sinceImagePushed")), says="countUnit"),
    fails("no JSON", R("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy", repository="a", policy="{"), says="JSON"),
    undecided("unknown", R("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy", repository="a", policy=UNKNOWN)),
)

KEY = R("aws:kms/key:Key", "key")
test_customer_managed_key = table(
    "ecr-customer-managed-key",
    fails("not encrypted under a key", repository(), at="encryptionConfigurations"),
    passes("a key", repository(encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": KEY.arn}]), KEY),
    fails(
        "AWS's key",
        repository(encryptionConfigurations=[{"encryptionType": "KMS"}], provider=V6),
        at="encryptionConfigurations",
    ),
    undecided("unknown", repository(encryptionConfigurations=UNKNOWN), at="encryptionConfigurations"),
)
test_encryption_configured = table(
    "ecr-encryption-configured",
    fails("not declared", repository(), at="encryptionConfigurations"),
    passes("declared", repository(encryptionConfigurations=[{"encryptionType": "AES256"}])),
    passes("unknown but there", repository(encryptionConfigurations=UNKNOWN, provider=V6)),
)


def registry(frequency: Any, pattern: Any = "*", **more: Any) -> R:
    rules = [{"scanFrequency": frequency, "repositoryFilters": [{"filter": pattern, "filterType": "WILDCARD"}]}]
    kind = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
    return R(kind, "scanning", scanType="ENHANCED", rules=rules, **more)


test_image_scanning = table(
    "ecr-image-scanning",
    fails("not scanned", repository(), at="imageScanningConfiguration.scanOnPush"),
    passes("on push", repository(imageScanningConfiguration={"scanOnPush": True})),
    fails(
        "switched off",
        repository(imageScanningConfiguration={"scanOnPush": False}, provider=V6),
        at="imageScanningConfiguration.scanOnPush",
    ),
    passes("by the registry", repository(), registry("SCAN_ON_PUSH")),
    passes("continuously", repository(), registry("CONTINUOUS_SCAN", "team/*")),
    passes("in a component", repository(), COMPONENT, registry("SCAN_ON_PUSH", parent=COMPONENT)),
    passes("a filter without a wildcard", repository(), registry("SCAN_ON_PUSH", "app")),
    fails(
        "other repositories",
        repository(),
        registry("SCAN_ON_PUSH", "other/*"),
        at="imageScanningConfiguration.scanOnPush",
    ),
    fails("by hand", repository(), registry("MANUAL"), at="imageScanningConfiguration.scanOnPush"),
    fails(
        "another region's registry",
        repository(),
        registry("SCAN_ON_PUSH", provider=WEST),
        at="imageScanningConfiguration.scanOnPush",
    ),
    undecided("unknown", repository(imageScanningConfiguration={"scanOnPush": UNKNOWN})),
    undecided("an unknown frequency", repository(), registry(UNKNOWN)),
    undecided("an unknown name", repository(name=UNKNOWN), registry("SCAN_ON_PUSH", "team/*")),
)


def tags(mutability: Any, *excluded: str) -> R:
    filters = [{"filter": pattern, "filterType": "WILDCARD"} for pattern in excluded]
    return repository(imageTagMutability=mutability, imageTagMutabilityExclusionFilters=filters)


test_immutable_tags = table(
    "ecr-immutable-tags",
    fails("not set", repository(), at="imageTagMutability", says="IMMUTABLE"),
    passes("immutable", tags("IMMUTABLE")),
    fails("mutable", repository(imageTagMutability="MUTABLE", provider=V6), at="imageTagMutability"),
    passes("but for latest", tags("IMMUTABLE_WITH_EXCLUSION", "latest")),
    fails("but for all", tags("IMMUTABLE_WITH_EXCLUSION", "*"), at="imageTagMutabilityExclusionFilters"),
    undecided("unknown", tags(UNKNOWN), at="imageTagMutability"),
)


def policy(kind: str = "aws:ecr/repositoryPolicy:RepositoryPolicy", **statement: Any) -> R:
    given = {"Effect": "Allow", "Action": "ecr:BatchGetImage", **statement}
    return R(kind, "policy", repository="team/app", policy=document({"Version": "2012-10-17", "Statement": [given]}))


test_access_limited = table(
    "ecr-access-limited",
    fails("everybody", policy(Principal="*"), at="policy", says="everyone"),
    passes("an account", policy(Principal={"AWS": "arn:aws:iam::210987654321:root"})),
    fails(
        "the registry",
        policy("aws:ecr/registryPolicy:RegistryPolicy", Principal={"AWS": ["*"]}, Resource="*"),
        at="policy",
    ),
    passes(
        "the organization", policy(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-0a1b2c3d4e"}})
    ),
    passes("everybody denied", policy(Effect="Deny", Principal="*")),
    undecided("unknown", R("aws:ecr/repositoryPolicy:RepositoryPolicy", "p", repository="a", policy=UNKNOWN)),
)


REPO, OTHER = repository(), R(REPOSITORY, "other", name="other")


def expires(of: Any, **more: Any) -> R:
    return R("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy", repository=of, policy="{}", **more)


test_lifecycle_policy = table(
    "ecr-lifecycle-policy",
    fails("none", REPO, at="", says="no lifecycle policy"),
    passes("a policy", REPO, expires(REPO.name)),
    fails("of another repository", REPO, OTHER, expires(OTHER.name), at="", says="no lifecycle policy"),
    passes("by a known name", REPO, expires("team/app")),
    passes("in a component", REPO, COMPONENT, expires(REPO.name, parent=COMPONENT)),
    undecided("of an unknown repository", REPO, expires(UNKNOWN)),
)
