"""IAM: actions, resources, sizes, names, profiles, attachments."""

from __future__ import annotations

import json

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, P, R, document, fails, passes, table, undecided
from preflight.testing.program import ACCOUNT

COMPONENT = R("program:index:App", "app")

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
INSTANCE = "aws:ec2/instance:Instance"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CHINA = P("china", region="cn-north-1")
BUCKET = R("aws:s3/bucket:Bucket", "bucket")


def text(actions: object = "s3:GetObject", resources: object = "*") -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}]})


def policy(value: object, **options: object) -> R:
    return R(POLICY, "policy", policy=value, **options)


BY_REFERENCE = document({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": BUCKET.arn}]})

test_action_known = table(
    "iam-action-known",
    fails("misspelt", policy(text("s3:GetObjects")), at="policy", says="s3:GetObject"),
    passes("known", policy(text(["s3:GetObject", "S3:getobject", "s3:Get*", "*"]))),
    passes("far from every known one", policy(text("s3:MakeTea"))),
    passes("a trust policy is another rule's", R(ROLE, "role", assumeRolePolicy=text("sts:AssumeRol"))),
    fails("a wildcard in the service", policy(text("s3*:Get")), says="wildcard"),
    fails("a misspelt service", policy(text("dynamod:GetItem")), says="dynamodb"),
    fails("of a bucket policy", R("aws:s3/bucketPolicy:BucketPolicy", "p", policy=text("s3:PutObjct")), at="policy"),
    fails("inline of a role", R(ROLE, "role", inlinePolicies=[{"policy": text("sqs:SendMesage")}]), at="inlinePolicies[0].policy"),
    undecided("a document made of outputs", policy(BY_REFERENCE), BUCKET, at="policy"),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)  # fmt: skip

test_resource_arn_valid = table(
    "iam-resource-arn-valid",
    fails("a name", policy(text(resources="reports")), at="policy", says="neither"),
    passes("ARNs", policy(text(resources=["*", "arn:aws:s3:::reports/*", "arn:aws:s3:::${aws:username}/*"]))),
    passes("what is left out at the end is a wildcard", policy(text(resources="arn:aws:sqs:us-east-1"))),
    passes("an access point", policy(text(resources=f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/a"))),
    passes("any partition", policy(text(resources="arn:*:s3:::reports"))),
    passes("of the partition", policy(text(resources="arn:aws-cn:s3:::reports"), provider=CHINA)),
    fails("no such partition", policy(text(resources="arn:amazon:s3:::reports")), says="partition"),
    fails("IAM with a region", policy(text(resources=f"arn:aws:iam:us-east-1:{ACCOUNT}:role/a")), says="global"),
    fails("a bucket with a region", policy(text(resources=f"arn:aws:s3:us-east-1:{ACCOUNT}:reports")), severity=Severity.HIGH, at="policy"),
    fails("another partition", policy(text(resources="arn:aws:s3:::reports"), provider=CHINA), severity=Severity.HIGH, at="policy"),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)  # fmt: skip


def long(count: int) -> str:
    return text(resources=[f"arn:aws:s3:::{'b' * 50}{index:04}/*" for index in range(count)])


test_policy_within_quota = table(
    "iam-policy-within-quota",
    fails("too long", policy(long(100)), at="policy", says="6,144"),
    passes("short", policy(long(10))),
    passes("white space does not count", policy(json.dumps(json.loads(long(70)), indent=60))),
    fails("a user's", R("aws:iam/userPolicy:UserPolicy", "p", policy=long(40)), says="2,048"),
    fails("a trust policy", R(ROLE, "role", assumeRolePolicy=long(80)), at="assumeRolePolicy", says="4,096"),
    fails("a trust policy above the default quota", R(ROLE, "role", assumeRolePolicy=long(40)), severity=Severity.LOW, at="assumeRolePolicy"),
    fails("inline policies together", R(ROLE, "role", inlinePolicies=[{"policy": long(90)}, {"policy": long(90)}]), at="inlinePolicies"),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)  # fmt: skip

test_name_valid = table(
    "iam-name-valid",
    fails("too long", R(ROLE, "role", name="r" * 65), at="name", says="more than 64"),
    passes("a name", R(ROLE, "role", name="app-worker@2", maxSessionDuration=7200)),
    passes("a policy may be longer", R(POLICY, "policy", name="p" * 65)),
    passes("absent", R(ROLE, "role")),
    fails("a slash", R(POLICY, "policy", name="app/worker"), at="name", says="may contain only"),
    fails("a long prefix", R(ROLE, "role", namePrefix="r" * 39), at="namePrefix"),
    fails("a long session", R(ROLE, "role", maxSessionDuration=86400), at="maxSessionDuration", says="43200"),
    undecided("unknown", R(ROLE, "role", name=UNKNOWN), at="name"),
)

WEB = R(ROLE, "role", name="web")
PROFILE_WEB = R(PROFILE, "profile", name="web", role=WEB.name)
PROFILE_OTHER = R(PROFILE, "profile", role=WEB.name)
INSIDE = R(PROFILE, "profile", name="web", role=WEB.name, parent=COMPONENT)


def instance(profile: object, **options: object) -> R:
    return R(INSTANCE, "server", iamInstanceProfile=profile, **options)


def template(**profile: object) -> R:
    return R(TEMPLATE, "servers", iamInstanceProfile=profile)


test_instance_profile_exists = table(
    "iam-instance-profile-exists",
    fails("a role", instance("web"), WEB, at="iamInstanceProfile", says="InstanceProfile"),
    passes("a profile", instance(PROFILE_OTHER.name), PROFILE_OTHER, WEB),
    passes("a profile of the same name", instance("web"), WEB, PROFILE_WEB),
    passes("a profile in a component", instance("web"), WEB, INSIDE),
    passes("from outside", instance("web")),
    passes("declared", instance("web"), WEB, prerequisites=frozenset({"web"})),
    fails("an ARN", instance(f"arn:aws:iam::{ACCOUNT}:instance-profile/web"), says="ARN"),
    fails("a template with both", template(name="web", arn="arn"), at="iamInstanceProfile.arn"),
    passes("a template with an ARN", template(arn=f"arn:aws:iam::{ACCOUNT}:instance-profile/web")),
    fails("a template with a role", template(name="web"), WEB, at="iamInstanceProfile.name"),
    fails("provider v6", instance("web", provider=V6), WEB, at="iamInstanceProfile"),
    undecided("unknown", instance(UNKNOWN), WEB, at="iamInstanceProfile"),
    given=[INSIDE, COMPONENT],
)

ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
OWN = R(POLICY, "own", policy="{}")
OWN_INSIDE = R(POLICY, "own", policy="{}", parent=COMPONENT)

test_policy_attachment_shared = table(
    "iam-policy-attachment-shared",
    fails("a policy of AWS", R(ATTACHMENT, "a", policyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"), at="policyArn"),
    passes("a policy of the program", R(ATTACHMENT, "a", policyArn=OWN.arn), OWN),
    passes("a policy in a component", R(ATTACHMENT, "a", policyArn=OWN_INSIDE.arn), OWN_INSIDE),
    fails(
        "a policy of another program",
        R(ATTACHMENT, "a", policyArn=f"arn:aws:iam::{ACCOUNT}:policy/x"),
        OWN,
        at="policyArn",
    ),
    undecided("unknown", R(ATTACHMENT, "a", policyArn=UNKNOWN), at="policyArn"),
    given=[INSIDE, COMPONENT],
)
