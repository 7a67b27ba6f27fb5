"""Rules for CloudFormation stacks and stack sets."""

from __future__ import annotations

import json
from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

COMPONENT = R("program:nested:Nested", "component")


def stack(**properties: Any) -> R:
    return R("aws:cloudformation/stack:Stack", "stack", **properties)


def body(kind: str, **more: Any) -> str:
    return json.dumps({"Resources": {"Thing": {"Type": kind, **more}}})


NAMED = body("AWS::IAM::Role", Properties={"RoleName": "app"})
YAML = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Sub "${AWS::StackName}-news"
"""
test_capabilities_granted = table(
    "cloudformation-capabilities-granted",
    fails("a role", stack(templateBody=body("AWS::IAM::Role")), at="capabilities", says="CAPABILITY_IAM"),
    passes("a role, granted", stack(templateBody=body("AWS::IAM::Role"), capabilities=["CAPABILITY_IAM"])),
    fails("a named role", stack(templateBody=NAMED, capabilities=["CAPABILITY_IAM"]), says="CAPABILITY_NAMED_IAM"),
    passes("a named role, granted", stack(templateBody=NAMED, capabilities=["CAPABILITY_NAMED_IAM"])),
    fails("a macro, in YAML with short tags", stack(templateBody=YAML), says="CAPABILITY_AUTO_EXPAND"),
    passes("a topic", stack(templateBody=body("AWS::SNS::Topic"))),
    fails("a stack set", R("aws:cloudformation/stackSet:StackSet", "set", templateBody=NAMED), at="capabilities"),
    undecided("no template", stack(templateBody="{"), at="templateBody", only=None),
    undecided("unknown", stack(templateBody=UNKNOWN), at="templateBody"),
)

URL = "https://acme-templates.s3.us-east-1.amazonaws.com/network.yaml"
test_template_source_valid = table(
    "cloudformation-template-source-valid",
    fails("no template", stack(), at="templateBody"),
    passes("a body", stack(templateBody=YAML)),
    passes("an address", stack(templateUrl=URL)),
    fails("both", stack(templateBody=YAML, templateUrl=URL), at="templateUrl"),
    fails("an address elsewhere", stack(templateUrl="https://acme.io/network.yaml"), at="templateUrl", says="S3"),
    fails("an S3 address that is no URL", stack(templateUrl="s3://acme-templates/network.yaml"), at="templateUrl"),
    fails("a large body", stack(templateBody="#" * 51_201), says="51201"),
    undecided("unknown", stack(templateUrl=UNKNOWN), at="templateUrl"),
)

BUCKET = R("aws:s3/bucket:Bucket", "bucket", bucket="acme-templates")
V2 = R("aws:s3/bucketV2:BucketV2", "bucket", bucket="acme-templates")


def uploaded(
    bucket: Any, key: Any = "network.yaml", token: str = "aws:s3/bucketObjectv2:BucketObjectv2", **options: Any
) -> R:
    return R(token, "template", bucket=bucket, key=key, **options)


OBJECT = uploaded(BUCKET.id)
OLD_OBJECT = uploaded(V2.id, token="aws:s3/bucketObject:BucketObject")
INSIDE = uploaded(BUCKET.id, parent=COMPONENT)
test_template_exists = table(
    "cloudformation-template-exists",
    fails(
        "a bucket from elsewhere", stack(templateUrl=URL), at="templateUrl", says=("network.yaml", "not created here")
    ),
    passes("uploaded and awaited", stack(templateUrl=URL, depends_on=[OBJECT]), BUCKET, OBJECT),
    passes("the other tokens", stack(templateUrl=URL, depends_on=[OLD_OBJECT]), V2, OLD_OBJECT),
    passes("uploaded in a component", stack(templateUrl=URL, depends_on=[INSIDE]), BUCKET, INSIDE, COMPONENT),
    fails(
        "uploaded, not awaited", stack(templateUrl=URL), BUCKET, OBJECT, severity=Severity.CRITICAL, says="dependsOn"
    ),
    fails(
        "a bucket of the program, nothing in it",
        stack(templateUrl=URL),
        BUCKET,
        severity=Severity.CRITICAL,
        at="templateUrl",
    ),
    fails(
        "another object",
        stack(templateUrl=URL),
        BUCKET,
        uploaded(BUCKET.id, "other.yaml"),
        severity=Severity.CRITICAL,
        at="templateUrl",
    ),
    passes("declared", stack(templateUrl=URL), prerequisites=frozenset({"acme-templates"})),
    passes("a body", stack(templateBody=YAML)),
    undecided("an object of unknown key", stack(templateUrl=URL), BUCKET, uploaded(BUCKET.id, UNKNOWN), at="key"),
    undecided("unknown", stack(templateUrl=UNKNOWN), at="templateUrl"),
)


def stack_set(**properties: Any) -> R:
    return R("aws:cloudformation/stackSet:StackSet", "set", **properties)


def instance(of: R, targets: Any) -> R:
    return R(
        "aws:cloudformation/stackSetInstance:StackSetInstance",
        "instance",
        stackSetName=of.name,
        deploymentTargets=targets,
    )


AUTO = {"autoDeployment": {"enabled": True}}
SELF, SERVICE = stack_set(), stack_set(permissionModel="SERVICE_MANAGED", **AUTO)
UNITS = {"organizationalUnitIds": ["ou-0a1b"]}
test_stack_set_permissions_consistent = table(
    "cloudformation-stack-set-permissions-consistent",
    fails(
        "service managed with a role",
        stack_set(permissionModel="SERVICE_MANAGED", administrationRoleArn="arn:aws:iam::1:role/r", **AUTO),
        at="administrationRoleArn",
    ),
    passes("service managed", SERVICE),
    fails(
        "service managed without deployment",
        stack_set(permissionModel="SERVICE_MANAGED"),
        severity=Severity.LOW,
        at="autoDeployment",
    ),
    passes("self managed with a role", stack_set(administrationRoleArn="arn:aws:iam::1:role/r")),
    fails("units of a self-managed set", instance(SELF, UNITS), SELF, says="SELF_MANAGED"),
    passes("units of a service-managed set", instance(SERVICE, UNITS), SERVICE),
    passes("accounts of a self-managed set", instance(SELF, {"accounts": ["210987654321"]}), SELF),
    undecided("unknown", stack_set(permissionModel=UNKNOWN), at="permissionModel"),
)

ADMINISTRATION = R("aws:iam/role:Role", "role", name="AWSCloudFormationStackSetAdministrationRole")
test_stack_set_roles_exist = table(
    "cloudformation-stack-set-roles-exist",
    fails("no roles", SELF, at="administrationRoleArn", says="AWSCloudFormationStackSetAdministrationRole"),
    passes("the role first", stack_set(depends_on=[ADMINISTRATION]), ADMINISTRATION),
    fails("the role not awaited", SELF, ADMINISTRATION, at="administrationRoleArn"),
    passes("a role by name", stack_set(administrationRoleArn=ADMINISTRATION.arn), ADMINISTRATION),
    passes("service managed", SERVICE),
    passes("the account has them", SELF, parameters={"accountHasRoles": True}),
    passes("declared", SELF, prerequisites=frozenset({"AWSCloudFormationStackSetAdministrationRole"})),
    undecided("unknown", stack_set(permissionModel=UNKNOWN), at="permissionModel"),
)
