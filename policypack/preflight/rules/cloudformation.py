"""Rules for CloudFormation stacks and stack sets that a Pulumi program makes."""

from __future__ import annotations

import re
from typing import Final

from ..documents import arn, template
from ..rule import Certainty, Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, rule
from ..stack import Stack
from ._shared_graph import settled

STACK: Final = "aws:cloudformation/stack:Stack"
STACK_SET: Final = "aws:cloudformation/stackSet:StackSet"
INSTANCE: Final = "aws:cloudformation/stackSetInstance:StackSetInstance"
ROLE: Final = "aws:iam/role:Role"
BUCKET: Final = "aws:s3/bucket:Bucket"
OBJECTS: Final = (
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/objectCopy:ObjectCopy",
)
ADMINISTRATION_ROLE: Final = "AWSCloudFormationStackSetAdministrationRole"
TEMPLATE_BODY_BYTES: Final = 51_200
""""CloudFormation quotas", read 2026-11."""


@rule((STACK, STACK_SET), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def capabilities_granted(resource: Resource) -> Findings:
    """A stack whose template makes IAM resources or uses macros has the capabilities for it.

    Why: CloudFormation refuses others ("InsufficientCapabilitiesException: Requires capabilities :
    [CAPABILITY_NAMED_IAM]").
    Fix: Add the capability that the message names, once you have read the template.
    Source: AWS CloudFormation API Reference, "CreateStack" (Capabilities).
    """
    text = resource.text("templateBody")
    if not text:
        return
    found = template.parse(text)
    if found.error:
        raise Undecided("templateBody", resource.urn, f"can't be read: {found.error}")
    for capability, because in template.missing_capabilities(found, map(str, resource.values("capabilities"))):
        yield resource.finding(f"{capability} is missing: {because}; add it to capabilities", at="capabilities")


@rule((STACK, STACK_SET), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def template_source_valid(resource: Resource) -> Findings:
    """A stack has one template: a body of 51,200 bytes at most, or the https address of an S3 object.

    Why: CloudFormation refuses others ("ValidationError: Either Template URL or Template Body must be specified",
    "TemplateURL must be a supported URL", "Member must have length less than or equal to 51200").
    Fix: Give one of the two; upload large templates to S3.
    Source: AWS CloudFormation User Guide, "Understand CloudFormation quotas"; API reference, "CreateStack".
    """
    url, body = resource.has("templateUrl"), resource.has("templateBody")
    if url and body:
        yield resource.finding("`templateUrl` and `templateBody` exclude each other; keep one", at="templateUrl")
        return
    if not url and not body:
        yield resource.finding("has no template; set `templateUrl` or `templateBody`", at="templateBody")
        return
    address = resource.text("templateUrl")
    if address and not re.match(r"https://[^/]*\.amazonaws\.com(\.cn)?/|ssm-doc://", address):
        yield resource.finding(f"'{address}' is not an S3 HTTPS URL; upload the template to S3", at="templateUrl")
    size = len((resource.text("templateBody") or "").encode("utf-8", "surrogatepass"))
    if size > TEMPLATE_BODY_BYTES:
        yield resource.finding(
            f"the template has {size} bytes; `templateBody` accepts {TEMPLATE_BODY_BYTES}. Upload it "
            "and pass `templateUrl`",
            at="templateBody",
        )


@rule((STACK, STACK_SET), kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def template_exists(resource: Resource, stack: Stack) -> Findings:
    """The template that a stack takes from S3 is uploaded by the program, and awaited, or declared to exist.

    Why: CloudFormation can't read what nobody uploaded ("ValidationError: S3 error: The specified key does not exist").
    Fix: Upload the template with `aws.s3.BucketObjectv2` and depend on it, pass `templateBody`, or declare the bucket
    under prerequisites.
    Source: AWS CloudFormation API Reference, "CreateStack" (TemplateURL).
    """
    url = resource.text("templateUrl")
    place = arn.bucket_and_key(url)
    if place is None:
        return
    name, key = place
    bucket = next((found for found in stack.of_type(BUCKET) if found.known("bucket") == name), None)
    unknown = False
    for found in stack.of_type(*OBJECTS):
        in_bucket = found.known("bucket") == name or (
            bucket is not None and stack.depends(found, on=bucket, via="bucket")
        )
        if in_bucket and found.known("key") == key:
            if not stack.waits_for(resource, found):
                yield resource.finding(
                    f"the stack does not wait for object '{found.name}', which is its template; add "
                    f"'{found.name}' to `dependsOn`",
                    at="templateUrl",
                    severity=Severity.CRITICAL,
                    certainty=Certainty.RACE,
                )
            return
        somewhere = (
            not in_bucket and found.is_unknown("bucket") and not stack.referred_by(found, "bucket", BUCKET).certain
        )
        unknown = unknown or somewhere or (in_bucket and found.is_unknown("key"))
    if unknown:
        raise Undecided("key", resource.urn, "of an object of the program is not known yet")
    if bucket is not None:
        yield resource.finding(
            f"bucket '{bucket.name}' is made here, and nothing uploads '{key}' to it; add `aws.s3.BucketObjectv2`",
            at="templateUrl",
            severity=Severity.CRITICAL,
            certainty=Certainty.OUTSIDE,
        )
    elif not stack.is_declared(name, url, f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/{key}"):
        yield resource.finding(
            f"template '{key}' in bucket '{name}' is not created here; upload it in the program, or declare the "
            "bucket under prerequisites",
            at="templateUrl",
            certainty=Certainty.OUTSIDE,
        )


@rule((STACK_SET, INSTANCE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def stack_set_permissions_consistent(resource: Resource, stack: Stack) -> Findings:
    """A stack set keeps to one permission model: roles of its own, or those of the organization.

    Why: CloudFormation refuses a mix ("ValidationError: You can't specify administration and execution roles for
    service managed permission model", "OrganizationalUnitIds … not supported for self managed").
    Fix: SERVICE_MANAGED takes `autoDeployment` and organizational units, SELF_MANAGED roles and accounts.
    Source: AWS CloudFormation User Guide, "Grant permissions for StackSets"; API reference, "CreateStackSet".
    """
    if resource.is_a(INSTANCE):
        if resource.has("deploymentTargets.organizationalUnitIds"):
            for owner in stack.referred_by(resource, "stackSetName", STACK_SET).certain:
                if (owner.text("permissionModel") or "SELF_MANAGED") == "SELF_MANAGED":
                    yield resource.finding(
                        f"stack set '{owner.name}' is SELF_MANAGED, which supports accounts but not "
                        "organizational units",
                        at="deploymentTargets.organizationalUnitIds",
                    )
        return
    if resource.text("permissionModel") != "SERVICE_MANAGED":
        return
    for at in ("administrationRoleArn", "executionRoleName"):
        if resource.has(at):
            yield resource.finding(f"a SERVICE_MANAGED stack set does not support `{at}`; remove it", at=at)
    if not resource.has("autoDeployment"):
        yield resource.finding(
            "a SERVICE_MANAGED stack set needs `autoDeployment`",
            at="autoDeployment",
            severity=Severity.LOW,
        )


@rule(
    STACK_SET,
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    parameters={
        "accountHasRoles": Parameter.of(
            False, "The StackSet administration and execution roles are in the accounts already."
        )
    },
)
def stack_set_roles_exist(stack_set: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """A self-managed stack set finds its administration role: made here and awaited, named, or in the account.

    Why: Without the roles no instance is made ("ValidationError: Account … should have
    'AWSCloudFormationStackSetAdministrationRole' role with trust relationship to CloudFormation service").
    Fix: Create both StackSet roles first, use SERVICE_MANAGED with Organizations, or set this rule's parameter
    "accountHasRoles".
    Source: AWS CloudFormation User Guide, "Grant self-managed permissions".
    """
    if (stack_set.text("permissionModel") or "SELF_MANAGED") != "SELF_MANAGED" or stack_set.has(
        "administrationRoleArn"
    ):
        return
    roles = stack.of_type(ROLE)
    if any(role.known("name") == ADMINISTRATION_ROLE and stack.waits_for(stack_set, role) for role in roles):
        return
    if parameters["accountHasRoles"] or stack.is_declared(ADMINISTRATION_ROLE):
        return
    open_end = any(role.is_unknown("name") and stack.waits_for(stack_set, role) for role in roles)
    settled(
        None if open_end else False, stack_set, "administrationRoleArn", "may be a role whose name is not known yet"
    )
    yield stack_set.finding(
        f"the stack set needs the role {ADMINISTRATION_ROLE}, which is not created here before it; create it, or set "
        'this rule\'s parameter "accountHasRoles"',
        at="administrationRoleArn",
        certainty=Certainty.OUTSIDE,
    )
