"""Where policy documents stand: which property of which resource holds one, and of which kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...documents import iam
from ...resource import Resource
from .._shared_roles import POLICY, ROLE, ROLE_POLICY

USER: Final = "aws:iam/user:User"
GROUP: Final = "aws:iam/group:Group"
USER_POLICY: Final = "aws:iam/userPolicy:UserPolicy"
GROUP_POLICY: Final = "aws:iam/groupPolicy:GroupPolicy"
USER_ATTACHMENT: Final = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
GROUP_ATTACHMENT: Final = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
PERMISSION_SET_POLICY: Final = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
PERMISSION_SET_ATTACHMENT: Final = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
KEY: Final = "aws:kms/key:Key"
KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
PERMISSION: Final = "aws:lambda/permission:Permission"

INLINE: Final = (ROLE_POLICY, USER_POLICY, GROUP_POLICY)
IDENTITY: Final = (POLICY, *INLINE, PERMISSION_SET_POLICY)
PRINCIPAL_CHECKED: Final = (
    BUCKET_POLICY,
    "aws:s3/bucket:Bucket",
    KEY,
    KEY_POLICY,
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/queue:Queue",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topic:Topic",
)
RESOURCE_BASED: Final = (*PRINCIPAL_CHECKED, "aws:secretsmanager/secretPolicy:SecretPolicy")
OTHERS: Final = (
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "aws:opensearch/domainPolicy:DomainPolicy",
)
UNIQUE_SIDS: Final = (
    ROLE,
    *IDENTITY,
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/queue:Queue",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topic:Topic",
)
"""What refuses a Sid that stands twice ("IAM JSON policy elements: Sid"); the other services take it."""

_PROPERTIES: Final = {
    PERMISSION_SET_POLICY: "inlinePolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
}


@dataclass(frozen=True)
class Written:
    """A policy document and the property that holds it; ``is_trust`` for a role's trust policy."""

    path: str
    document: iam.Document
    is_trust: bool = False


def documents(resource: Resource) -> Iterator[Written]:
    """Yield the policy documents that a resource holds, the trust policy of a role first, unknown ones too."""
    if resource.is_a(ROLE):
        if resource.has("assumeRolePolicy"):
            yield Written("assumeRolePolicy", iam.parse(resource.raw("assumeRolePolicy")), True)
        yield from inline_documents(resource)
        return
    path = _PROPERTIES.get(resource.kind, "policy")
    if resource.has(path):
        yield Written(path, iam.parse(resource.raw(path)))


def inline_documents(role: Resource) -> Iterator[Written]:
    """Yield the documents of a role's ``inlinePolicies``."""
    found = role.raw("inlinePolicies")
    for index, entry in enumerate(found if isinstance(found, list) else [] if found is None else [found]):
        if not isinstance(entry, dict):
            yield Written(f"inlinePolicies[{index}]", iam.UNKNOWN)
        elif entry.get("policy") is not None:
            yield Written(f"inlinePolicies[{index}].policy", iam.parse(entry["policy"]))
