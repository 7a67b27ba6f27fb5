"""Functions and their permissions."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, R, document, fails, passes, table, undecided
from tests.rules.lambda_.parts import ARN, COMPONENT, PERMISSION, bare, function


def permission(**more: Any) -> R:
    return R(PERMISSION, "permission", action="lambda:InvokeFunction", function="worker", **more)


def resource_policy(statement: dict[str, Any]) -> R:
    given = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ARN, **statement}
    return R(
        "aws:lambda/resourcePolicy:ResourcePolicy",
        "policy",
        resourceArn=ARN,
        policy=document({"Version": "2012-10-17", "Statement": [given]}),
    )


BUCKET = R("aws:s3/bucket:Bucket", "bucket")
test_access_limited = table(
    "lambda-access-limited",
    fails("everybody", permission(principal="*"), at="principal", says="everyone"),
    passes("a service", permission(principal="s3.amazonaws.com")),
    passes("everybody in the organization", permission(principal="*", principalOrgId="o-0a1b2c3d4e")),
    passes("everybody from a bucket", permission(principal="*", sourceArn=BUCKET.arn), BUCKET),
    fails("a function's URL for all", permission(principal="*", functionUrlAuthType="NONE", provider=V6)),
    fails("a policy", resource_policy({"Principal": "*"}), at="policy"),
    passes("a policy for an account", resource_policy({"Principal": {"AWS": "210987654321"}})),
    passes(
        "a policy with a condition",
        resource_policy({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-0a1b2c3d4e"}}}),
    ),
    undecided("unknown", permission(principal=UNKNOWN), at="principal"),
    undecided("an unknown policy", R("aws:lambda/resourcePolicy:ResourcePolicy", "p", resourceArn=ARN, policy=UNKNOWN)),
)

test_permission_source_named = table(
    "lambda-permission-source-named",
    fails("a service from anywhere", permission(principal="s3.amazonaws.com"), at="sourceArn", says="s3.amazonaws.com"),
    passes("with a source", permission(principal="s3.amazonaws.com", sourceArn=BUCKET.arn), BUCKET),
    passes("with an account", permission(principal="s3.amazonaws.com", sourceAccount="210987654321", provider=V6)),
    passes("an account", permission(principal="210987654321")),
    passes("an unknown source is there", permission(principal="s3.amazonaws.com", sourceArn=UNKNOWN)),
    undecided("unknown", permission(principal=UNKNOWN), at="principal"),
)

QUEUE = R("aws:sqs/queue:Queue", "failed")
DLQ: dict[str, Any] = {"deadLetterConfig": {"targetArn": QUEUE.arn}}
test_dead_letter_target = table(
    "lambda-dead-letter-target",
    fails("none", function(), at="deadLetterConfig.targetArn"),
    passes("a queue", function(**DLQ), QUEUE),
    passes("unknown but there", function(deadLetterConfig={"targetArn": UNKNOWN})),
    fails("an empty text", function(deadLetterConfig={"targetArn": ""}, provider=V6)),
    undecided("unknown as a whole", function(deadLetterConfig=UNKNOWN), at="deadLetterConfig"),
)

WORKER, OTHER = function(), function("other")
ONFAILURE = {"onFailure": {"destination": QUEUE.arn}}


def config(of: R, destination: Any = ONFAILURE, **more: Any) -> R:
    kind = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    return R(kind, "config", functionName=of.name, destinationConfig=destination, **more)


test_failure_destination_set = table(
    "lambda-failure-destination-set",
    fails("none", WORKER, says="failure destination"),
    passes("a destination", WORKER, config(WORKER), QUEUE),
    passes("a dead-letter target", function(**DLQ), QUEUE),
    fails("of another function", WORKER, function("other", **DLQ), config(OTHER), QUEUE),
    passes("in a component", WORKER, COMPONENT, config(WORKER, parent=COMPONENT), QUEUE),
    fails("for successes only", WORKER, config(WORKER, {"onSuccess": {"destination": QUEUE.arn}}), QUEUE),
    undecided(
        "a configuration of an unknown function",
        WORKER,
        QUEUE,
        R(config(WORKER).type_, "config", functionName=UNKNOWN, destinationConfig=ONFAILURE),
        at="functionName",
    ),
)

test_in_vpc = table(
    "lambda-in-vpc",
    fails("no VPC", function(), at="vpcConfig.subnetIds"),
    passes("a VPC", function(vpcConfig={"subnetIds": ["subnet-0a1b"], "securityGroupIds": ["sg-0a1b"]})),
    fails("empty lists", function(vpcConfig={"subnetIds": [], "securityGroupIds": []}, provider=V6)),
    passes("unknown subnets", function(vpcConfig={"subnetIds": [UNKNOWN], "securityGroupIds": [UNKNOWN]})),
    undecided("unknown", function(vpcConfig=UNKNOWN), at="vpcConfig"),
)

test_reserved_concurrency = table(
    "lambda-reserved-concurrency",
    fails("none", function(), at="reservedConcurrentExecutions"),
    passes("ten", function(reservedConcurrentExecutions=10)),
    fails("zero", function(reservedConcurrentExecutions=0), says="0"),
    fails("unreserved", function(reservedConcurrentExecutions=-1, provider=V6)),
    undecided("unknown", function(reservedConcurrentExecutions=UNKNOWN), at="reservedConcurrentExecutions"),
)

test_tracing = table(
    "lambda-tracing",
    fails("not set", function(), at="tracingConfig.mode"),
    passes("active", function(tracingConfig={"mode": "Active"})),
    fails("passed through", function(tracingConfig={"mode": "PassThrough"}, provider=V6), says="PassThrough"),
    undecided("unknown", function(tracingConfig={"mode": UNKNOWN}), at="tracingConfig.mode"),
)

test_logging_stated = table(
    "lambda-logging-stated",
    fails("not stated", function(), at="loggingConfig"),
    passes("stated", function(loggingConfig={"logFormat": "JSON"})),
    passes("unknown but there", function(loggingConfig=UNKNOWN)),
)
test_memory_stated = table(
    "lambda-memory-stated",
    fails("not stated", function(), at="memorySize", says="128"),
    passes("stated", function(memorySize=256)),
    passes("unknown but there", function(memorySize=UNKNOWN)),
)
test_timeout_stated = table(
    "lambda-timeout-stated",
    fails("not stated", function(), at="timeout"),
    passes("stated", function(timeout=30)),
    passes("unknown but there", function(timeout=UNKNOWN)),
)

test_runtime_current = table(
    "lambda-runtime-current",
    fails("deprecated", function(runtime="python3.9"), at="runtime", says="python3"),
    passes("supported", function(runtime="python3.13")),
    fails("not the newest, where asked", function(runtime="python3.12"), parameters={"newest": True}),
    passes("newer than the table", function(runtime="python3.99"), parameters={"newest": True}),
    passes("an image", bare(packageType="Image", imageUri="210987654321.dkr.ecr.us-east-1.amazonaws.com/a:1")),
    undecided("unknown", function(runtime=UNKNOWN), at="runtime"),
)

URL = "aws:lambda/functionUrl:FunctionUrl"
test_url_auth = table(
    "lambda-url-auth",
    fails("none", R(URL, "url", functionName="worker", authorizationType="NONE"), at="authorizationType"),
    passes("IAM", R(URL, "url", functionName="worker", authorizationType="AWS_IAM", provider=V6)),
    undecided("unknown", R(URL, "url", functionName="worker", authorizationType=UNKNOWN), at="authorizationType"),
)


test_permission_action_limited = table(
    "lambda-permission-action-limited",
    fails(
        "everything",
        R(PERMISSION, "p", action="lambda:*", function="worker", principal="210987654321"),
        at="action",
        says="lambda:*",
    ),
    passes("invoke", permission(principal="210987654321")),
    passes("by its URL", R(PERMISSION, "p", action="lambda:InvokeFunctionUrl", function="worker", principal="*")),
    undecided("unknown", R(PERMISSION, "p", action=UNKNOWN, function="worker", principal="210987654321"), at="action"),
)
