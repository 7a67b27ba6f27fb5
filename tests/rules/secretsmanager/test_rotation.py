"""Secrets Manager: rotation."""

from __future__ import annotations

import json

from preflight import wire
from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, R, document, fails, passes, table, undecided

SECRET = "aws:secretsmanager/secret:Secret"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
RULES = {"automaticallyAfterDays": 30}
DB = R(SECRET, "db")
ROTATE = R(FUNCTION, "rotate")
OTHER = R(FUNCTION, "other")


def rotation(rules: object = RULES, **properties: object) -> R:
    return R(ROTATION, "rotation", rotationRules=rules, **{"secretId": DB.id, **properties})


test_rotation_schedule_valid = table(
    "secretsmanager-rotation-schedule-valid",
    fails("two schedules", rotation({"automaticallyAfterDays": 30, "scheduleExpression": "rate(10 days)"}), at="rotationRules", says="both"),
    passes("days", rotation()),
    passes("an expression with a window", rotation({"scheduleExpression": "cron(0 16 1,15 * ? *)", "duration": "2h"})),
    passes("no rules: the owning service's", R(ROTATION, "rotation", secretId=DB.id)),
    fails("none", rotation({"duration": "2h"}), at="rotationRules", says="no schedule"),
    fails("too many days", rotation({"automaticallyAfterDays": 1001}), at="rotationRules.automaticallyAfterDays", says="1001"),
    fails("a wrong duration", rotation({"automaticallyAfterDays": 1, "duration": "2 hours"}), at="rotationRules.duration"),
    fails("no expression", rotation({"scheduleExpression": "every day"}), at="rotationRules.scheduleExpression"),
    fails("provider v6", R(ROTATION, "r", secretId="s", rotationRules={"automaticallyAfterDays": 0}, provider=V6), at="rotationRules.automaticallyAfterDays"),
    undecided("unknown", rotation(UNKNOWN), at="rotationRules"), given=[DB],
)  # fmt: skip

VALUE = R(VERSION, "value", secretId=DB.id, secretString="x")
INSIDE = R("program:index:App", "app")
VALUE_INSIDE = R(VERSION, "value", secretId=DB.id, parent=INSIDE)

test_rotation_after_value = table(
    "secretsmanager-rotation-after-value",
    fails("does not wait", rotation(), DB, VALUE, at="rotateImmediately", says="'value'"),
    passes("waits", R(ROTATION, "rotation", secretId=DB.id, rotationRules=RULES, depends_on=[VALUE]), DB, VALUE),
    passes("by the value's own secretId", rotation(secretId=VALUE.prop("secretId")), DB, VALUE),
    passes("not at once", rotation(rotateImmediately=False), DB, VALUE),
    passes("the value comes from elsewhere", rotation(), DB),
    passes("the value of another secret", rotation(), DB, R(VERSION, "value", secretId=R(SECRET, "other").id), R(SECRET, "other")),
    fails("in a component", rotation(), DB, VALUE_INSIDE, INSIDE, at="rotateImmediately"),
    undecided("unknown", rotation(rotateImmediately=UNKNOWN), DB, VALUE, at="rotateImmediately"),
)  # fmt: skip


def permission(function: object, principal: object = "secretsmanager.amazonaws.com", **options: object) -> R:
    return R(PERMISSION, "may", action="lambda:InvokeFunction", function=function, principal=principal, **options)


MAY = permission(ROTATE.name)
MAY_INSIDE = permission(ROTATE.arn, parent=INSIDE)


def waiting(*on: R) -> R:
    return R(ROTATION, "rotation", secretId=DB.id, rotationLambdaArn=ROTATE.arn, depends_on=on)


test_rotation_function_invokable = table(
    "secretsmanager-rotation-function-invokable",
    fails("no permission", waiting(), ROTATE, at="rotationLambdaArn", says="'rotate'"),
    passes("a permission that it waits for", waiting(MAY), ROTATE, MAY),
    fails("does not wait", waiting(), ROTATE, MAY, says=["does not wait", "'may'"]),
    passes("in a component", waiting(MAY_INSIDE), ROTATE, MAY_INSIDE, INSIDE),
    fails("for another service", waiting(), ROTATE, permission(ROTATE.name, "sns.amazonaws.com"), says="no `aws.lambda.Permission`"),
    fails("on another function", waiting(), ROTATE, OTHER, permission(OTHER.name), says="no `aws.lambda.Permission`"),
    passes("a function from outside", rotation(rotationLambdaArn="arn:aws:lambda:us-east-1:1:function:x")),
    undecided("an unknown principal", waiting(), ROTATE, permission(ROTATE.name, UNKNOWN), at="principal"),
    undecided("an unknown function", waiting(), ROTATE, permission(UNKNOWN), at="function"), given=[DB],
)  # fmt: skip

COMPLETE = """
import boto3
def handler(event, context):
    return {"createSecret": create, "setSecret": put, "testSecret": test, "finishSecret": finish}[event["Step"]]()
"""
HALF = """
def handler(event, context):
    if event["Step"] == "createSecret":
        return
    elif event["Step"] == "finishSecret":
        return
"""


def archive(source: str) -> dict[str, object]:
    text = {wire.SIGNATURE_KEY: wire.ASSET, "text": source}
    return {wire.SIGNATURE_KEY: wire.ARCHIVE, "assets": {"index.py": text}}


def function(**properties: object) -> R:
    return R(FUNCTION, "rotate", **{"runtime": "python3.12", "handler": "index.handler", **properties})


def with_function(**properties: object) -> tuple[R, R]:
    made = function(**properties)
    return R(ROTATION, "rotation", secretId=DB.id, rotationLambdaArn=made.arn), made


test_rotation_function_complete = table(
    "secretsmanager-rotation-function-complete",
    fails("two steps of four", *with_function(code=archive(HALF)), at="rotationLambdaArn", says=["setSecret", "testSecret"]),
    passes("four steps", *with_function(code=archive(COMPLETE))),
    passes("a function from outside", rotation(rotationLambdaArn="arn:aws:lambda:us-east-1:1:function:x")),
    undecided("a layer", *with_function(code=archive(HALF), layers=["arn"]), at="code"),
    undecided("an image", *with_function(packageType="Image", imageUri="x"), at="code"),
    undecided("in S3", *with_function(s3Bucket="code", s3Key="code.zip"), at="code"),
    undecided("Node", *with_function(code=archive(HALF), runtime="nodejs22.x"), at="code"),
    undecided("delegates", *with_function(code=archive("from rotator import handler")), at="code"),
    undecided("an unknown handler", *with_function(code=archive(HALF), handler=UNKNOWN), at="handler"), given=[DB],
)  # fmt: skip


def allow(*actions: str, resource: object = "*") -> dict[str, object]:
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


ALL = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
WORKER = R(ROLE, "worker", assumeRolePolicy="{}")
STRANGER = R(ROLE, "stranger", assumeRolePolicy="{}")
RUNS = R(FUNCTION, "rotate", role=WORKER.arn)
USES = R(ROTATION, "rotation", secretId=DB.id, rotationLambdaArn=RUNS.arn)
KEY = R("aws:kms/key:Key", "key")
KEYED = R(SECRET, "db", kmsKeyId=KEY.arn)
USES_KEYED = R(ROTATION, "rotation", secretId=KEYED.id, rotationLambdaArn=RUNS.arn)
OPEN_KEY = R(
    "aws:kms/key:Key",
    "key",
    policy=json.dumps(
        {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}
    ),
)
KEYED_OPEN = R(SECRET, "db", kmsKeyId=OPEN_KEY.arn)


def grants(content: object, role: R = WORKER) -> R:
    value = content if isinstance(content, str) else document(content)
    return R(ROLE_POLICY, "policy", role=role.id, policy=value)


MANAGED = R(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "a",
    role=WORKER.name,
    policyArn="arn:aws:iam::aws:policy/SecretsManagerReadWrite",
)

test_rotation_function_permitted = table(
    "secretsmanager-rotation-function-permitted",
    fails("reads only", USES, RUNS, WORKER, DB, grants(allow(*ALL[:2])), at="rotationLambdaArn", says=["PutSecretValue", "'worker'"]),
    passes("all four", USES, RUNS, WORKER, DB, grants(allow(*ALL))),
    passes("a wildcard", USES, RUNS, WORKER, DB, grants(allow("secretsmanager:*"))),
    passes("the secret by reference", USES, RUNS, WORKER, DB, grants(allow(*ALL, resource=DB.arn)), only="up"),
    passes("a managed policy", USES, RUNS, WORKER, DB, MANAGED),
    fails("no policy", USES, RUNS, WORKER, DB, at="rotationLambdaArn"),
    fails("on another role", USES, RUNS, WORKER, STRANGER, DB, grants(allow(*ALL), STRANGER), at="rotationLambdaArn"),
    fails("not on the key", USES_KEYED, RUNS, WORKER, KEYED, KEY, grants(allow(*ALL)), says="kms:Decrypt"),
    passes("on the key", USES_KEYED, RUNS, WORKER, KEYED, KEY, grants(allow(*ALL, "kms:*"))),
    passes("the key's own policy", R(ROTATION, "rotation", secretId=KEYED_OPEN.id, rotationLambdaArn=RUNS.arn), RUNS, WORKER, KEYED_OPEN, OPEN_KEY, grants(allow(*ALL))),
    passes("a role from outside", R(ROTATION, "rotation", secretId=DB.id, rotationLambdaArn=ROTATE.arn), ROTATE, DB),
    undecided("the secret's own policy", USES, RUNS, WORKER, DB, R("aws:secretsmanager/secretPolicy:SecretPolicy", "p", secretArn=DB.arn, policy="{}")),
    undecided("an unknown policy", USES, RUNS, WORKER, DB, grants(UNKNOWN), at="policy"),
)  # fmt: skip

VPC = R("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")
SUBNET = R("aws:ec2/subnet:Subnet", "private", vpcId=VPC.id)
INSIDE_VPC = R(FUNCTION, "rotate", vpcConfig={"subnetIds": [SUBNET.id], "securityGroupIds": ["sg-1"]})
IN_VPC = R(ROTATION, "rotation", secretId=DB.id, rotationLambdaArn=INSIDE_VPC.arn)
TABLE = R("aws:ec2/routeTable:RouteTable", "table", vpcId=VPC.id)
JOIN = R("aws:ec2/routeTableAssociation:RouteTableAssociation", "join", subnetId=SUBNET.id, routeTableId=TABLE.id)
NAT = R("aws:ec2/natGateway:NatGateway", "nat")
IGW = R("aws:ec2/internetGateway:InternetGateway", "igw", vpcId=VPC.id)
ALL_HERE = (IN_VPC, INSIDE_VPC, VPC, SUBNET, TABLE, JOIN)
OUTSIDE = R(FUNCTION, "rotate", vpcConfig={"subnetIds": ["subnet-1"]})


def route(**target: object) -> R:
    return R("aws:ec2/route:Route", "route", routeTableId=TABLE.id, destinationCidrBlock="0.0.0.0/0", **target)


def endpoint(service: object, vpc: R = VPC) -> R:
    return R("aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint", vpcId=vpc.id, serviceName=service)


INLINE = R(
    "aws:ec2/routeTable:RouteTable", "table", vpcId=VPC.id, routes=[{"cidrBlock": "0.0.0.0/0", "natGatewayId": NAT.id}]
)
JOIN_INLINE = R(
    "aws:ec2/routeTableAssociation:RouteTableAssociation", "join", subnetId=SUBNET.id, routeTableId=INLINE.id
)
OTHER_VPC = R("aws:ec2/vpc:Vpc", "vpc2", cidrBlock="10.1.0.0/16")

test_rotation_function_reachable = table(
    "secretsmanager-rotation-function-reachable",
    fails("no way out", *ALL_HERE, at="rotationLambdaArn", says="interface endpoint"),
    passes("an endpoint", *ALL_HERE, endpoint("com.amazonaws.us-east-1.secretsmanager")),
    passes("a NAT route", *ALL_HERE, NAT, route(natGatewayId=NAT.id)),
    passes("a NAT route inside the table", IN_VPC, INSIDE_VPC, VPC, SUBNET, INLINE, JOIN_INLINE, NAT),
    passes("a transit gateway", *ALL_HERE, route(transitGatewayId="tgw-1")),
    passes("not in a VPC", waiting(), ROTATE),
    fails("a route to the internet gateway", *ALL_HERE, IGW, route(gatewayId=IGW.id), at="rotationLambdaArn"),
    fails("an endpoint for another service", *ALL_HERE, endpoint("com.amazonaws.us-east-1.s3"), at="rotationLambdaArn"),
    fails("an endpoint in another VPC", *ALL_HERE, OTHER_VPC, endpoint("com.amazonaws.us-east-1.secretsmanager", OTHER_VPC), at="rotationLambdaArn"),
    fails("the main table has no route", IN_VPC, INSIDE_VPC, VPC, SUBNET, at="rotationLambdaArn"),
    passes("the main table has", IN_VPC, INSIDE_VPC, VPC, SUBNET, R("aws:ec2/route:Route", "r", routeTableId=VPC.prop("mainRouteTableId"), natGatewayId=NAT.id), NAT, only="preview"),
    undecided("an unknown endpoint", *ALL_HERE, endpoint(UNKNOWN), at="serviceName"),
    undecided("a subnet from outside", R(ROTATION, "rotation", rotationLambdaArn=OUTSIDE.arn), OUTSIDE, VPC, SUBNET), given=[DB],
)  # fmt: skip


def of(arn: object) -> R:
    return R(ROTATION, "rotation", secretId=DB.id, rotationLambdaArn=arn)


ARN = "arn:aws:lambda:us-east-1:210987654321:function:rotate"
test_rotation_function_exists = table(
    "secretsmanager-rotation-function-exists",
    fails("a name", of("rotate"), at="rotationLambdaArn", says="not the ARN"),
    passes("of the program", waiting(), ROTATE),
    passes("declared", of(ARN), prerequisites=frozenset({ARN})),
    passes("managed by the owning service", R(ROTATION, "rotation", secretId=DB.id)),
    fails("not created here", of(ARN), severity=Severity.LOW, says="not created here"),
    fails("another resource's ARN", of("arn:aws:iam::210987654321:role/rotate"), at="rotationLambdaArn"),
    undecided("unknown", of(UNKNOWN), at="rotationLambdaArn"),
    given=[DB],
)
