"""What a function's role permits."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.lambda_.parts import COMPONENT, ROLE, attached, function, inline, policy

VPC = {"subnetIds": ["subnet-0a1b"], "securityGroupIds": ["sg-0a1b"]}
IN_VPC = function(vpcConfig=VPC)
VPC_POLICY = attached("service-role/AWSLambdaVPCAccessExecutionRole")
BASIC = attached("service-role/AWSLambdaBasicExecutionRole")
NETWORK = policy("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
INLINE_ROLE = R("aws:iam/role:Role", "role", inlinePolicies=[{"name": "vpc", "policy": NETWORK}])
OWN = R("aws:iam/policy:Policy", "policy", policy=NETWORK)
ATTACHED_OWN = R("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attached", role=ROLE.name, policyArn=OWN.arn)
QUEUE = R("aws:sqs/queue:Queue", "failed")
TOPIC = R("aws:sns/topic:Topic", "failed")
WITH_QUEUE = function(deadLetterConfig={"targetArn": QUEUE.arn})
TRACED = function(tracingConfig={"mode": "Active"})
SENDS = inline(policy("sqs:SendMessage"))


def after(*waits: R, **more: Any) -> R:
    return function(vpcConfig=VPC, depends_on=list(waits), **more)


test_role_permits_features = table(
    "lambda-role-permits-features",
    fails(
        "logs only, in a VPC",
        after(BASIC),
        ROLE,
        BASIC,
        at="vpcConfig",
        says=("'role'", "ec2:CreateNetworkInterface", "AWSLambdaVPCAccessExecutionRole"),
    ),
    passes("the managed policy", after(VPC_POLICY), ROLE, VPC_POLICY),
    fails("no policy at all", IN_VPC, ROLE, at="vpcConfig"),
    fails(
        "attached too late, perhaps", IN_VPC, ROLE, VPC_POLICY, severity=Severity.LOW, says="'attached' to `dependsOn`"
    ),
    passes("inside the role", function(vpcConfig=VPC, role=INLINE_ROLE.arn), INLINE_ROLE),
    passes("a policy of the program", after(ATTACHED_OWN), ROLE, OWN, ATTACHED_OWN),
    passes(
        "in a component", after(inline(NETWORK, parent=COMPONENT)), ROLE, COMPONENT, inline(NETWORK, parent=COMPONENT)
    ),
    fails("in v6", function(vpcConfig=VPC, provider=V6), ROLE, at="vpcConfig"),
    fails("a queue for failures", WITH_QUEUE, ROLE, QUEUE, at="deadLetterConfig.targetArn", says="sqs:SendMessage"),
    passes(
        "a queue, permitted",
        function(deadLetterConfig={"targetArn": QUEUE.arn}, depends_on=[SENDS]),
        ROLE,
        QUEUE,
        SENDS,
    ),
    fails("a topic for failures", function(deadLetterConfig={"targetArn": TOPIC.arn}), ROLE, TOPIC, says="sns:Publish"),
    fails(
        "a known queue",
        function(deadLetterConfig={"targetArn": "arn:aws:sqs:us-east-1:210987654321:q"}),
        ROLE,
        at="deadLetterConfig.targetArn",
    ),
    fails("traces", TRACED, ROLE, at="tracingConfig.mode", says="xray:", severity=Severity.HIGH),
    passes("traces, permitted", TRACED, ROLE, attached("AWSXRayDaemonWriteAccess")),
    passes("no feature", function(), ROLE),
    passes("a role from elsewhere", function(vpcConfig=VPC, role="arn:aws:iam::210987654321:role/worker")),
    undecided("an unknown policy", IN_VPC, ROLE, inline(UNKNOWN), at="role"),
    undecided(
        "a customer policy from elsewhere",
        IN_VPC,
        ROLE,
        R(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "a",
            role=ROLE.name,
            policyArn="arn:aws:iam::210987654321:policy/own",
        ),
        only=None,
    ),
)

test_role_wildcard_free = table(
    "lambda-role-wildcard-free",
    fails(
        "a whole service",
        function(),
        ROLE,
        inline(policy("s3:*", resource="arn:aws:s3:::data/*")),
        at="role",
        says=("'role'", "s3:*"),
    ),
    passes("an action on one bucket", function(), ROLE, inline(policy("s3:GetObject", resource="arn:aws:s3:::data/*"))),
    fails("all resources", function(), ROLE, inline(policy("s3:GetObject")), says="all resources"),
    passes("an action without resources", function(), ROLE, inline(policy("s3:ListAllMyBuckets"))),
    passes("AWS's own policy", function(), ROLE, attached("AmazonS3FullAccess")),
    fails(
        "a policy of the program",
        function(),
        ROLE,
        R(OWN.type_, "policy", policy=policy("dynamodb:*")),
        ATTACHED_OWN,
        at="role",
    ),
    passes("a role from elsewhere", function(role="arn:aws:iam::210987654321:role/worker")),
    undecided("unknown", function(), ROLE, inline(UNKNOWN), at="policy"),
)
