"""Triggers and permissions."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, R, document, fails, passes, table, undecided
from tests.rules.lambda_.parts import ALIAS, ARN, COMPONENT, FUNCTION, PERMISSION, ROLE, function

WORKER = function()
OTHER = function("other")
NAMED = R(FUNCTION, "worker", name="worker")
BUCKET = R("aws:s3/bucket:Bucket", "bucket", bucket="data")
LIVE = R(ALIAS, "live", name="live", functionName=WORKER.name, functionVersion="1")


def permits(service: Any, to: R = WORKER, name: str = "permission", **more: Any) -> R:
    return R(PERMISSION, name, action="lambda:InvokeFunction", function=to.name, principal=service, **more)


def notifies(to: Any = WORKER.arn, kind: str = "aws:s3/bucketNotification:BucketNotification", **more: Any) -> R:
    entry = {"lambdaFunctionArn": to, "events": ["s3:ObjectCreated:*"]}
    return R(kind, "notification", bucket=BUCKET.id, lambdaFunctions=[entry], **more)


FROM_S3 = permits("s3.amazonaws.com", sourceArn=BUCKET.arn)
OF_OTHER = permits("s3.amazonaws.com", OTHER)
IN_COMPONENT = permits("s3.amazonaws.com", parent=COMPONENT)
ON_ALIAS = R(PERMISSION, "permission", function=LIVE.functionName, qualifier=LIVE.name, principal="s3.amazonaws.com")
FILTER = R(
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    "filter",
    logGroup="a",
    filterPattern="",
    destinationArn=WORKER.arn,
)
RULE = R("aws:cloudwatch/eventTarget:EventTarget", "target", rule="nightly", arn=WORKER.arn)
METHOD = R("aws:apigateway/integration:Integration", "integration", type="AWS_PROXY", uri=WORKER.invokeArn)
METHOD_BY_ROLE = R("aws:apigateway/integration:Integration", "integration", uri=WORKER.invokeArn, credentials="arn:x")
ROUTE = R("aws:apigatewayv2/integration:Integration", "integration", integrationUri=WORKER.invokeArn)
SUBSCRIPTION = R(
    "aws:sns/topicSubscription:TopicSubscription", "subscription", topic="t", protocol="lambda", endpoint=WORKER.arn
)
POOL = R("aws:cognito/userPool:UserPool", "pool", lambdaConfig={"postConfirmation": WORKER.arn})
ATTACHMENT = R(
    "aws:lb/targetGroupAttachment:TargetGroupAttachment", "attachment", targetGroupArn="g", targetId=WORKER.arn
)
ALB_ATTACHMENT = R(
    "aws:alb/targetGroupAttachment:TargetGroupAttachment", "attachment", targetGroupArn="g", targetId=WORKER.arn
)
MACHINE = R("aws:sfn/stateMachine:StateMachine", "machine", definition=document({"Resource": WORKER.arn}))
POLICY = R(
    "aws:lambda/resourcePolicy:ResourcePolicy",
    "policy",
    resourceArn=WORKER.arn,
    policy=document(
        {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "s3.amazonaws.com"},
                    "Action": "lambda:InvokeFunction",
                    "Resource": "*",
                }
            ]
        }
    ),
)

test_trigger_permitted = table(
    "lambda-trigger-permitted",
    fails(
        "a bucket without a permission",
        notifies(),
        BUCKET,
        WORKER,
        at="lambdaFunctions.lambdaFunctionArn",
        says=("'worker'", "s3.amazonaws.com"),
    ),
    passes("a bucket with one", notifies(), BUCKET, WORKER, FROM_S3),
    fails(
        "a permission for another service",
        notifies(),
        BUCKET,
        WORKER,
        permits("sns.amazonaws.com"),
        at="lambdaFunctions.lambdaFunctionArn",
    ),
    fails(
        "a permission of another function",
        notifies(),
        BUCKET,
        WORKER,
        OTHER,
        OF_OTHER,
        at="lambdaFunctions.lambdaFunctionArn",
    ),
    passes("a permission in a component", notifies(), BUCKET, WORKER, COMPONENT, IN_COMPONENT),
    fails("a bucket in v6", notifies(provider=V6), BUCKET, WORKER, at="lambdaFunctions.lambdaFunctionArn"),
    passes(
        "a permission by the function's ARN",
        notifies(ARN),
        BUCKET,
        NAMED,
        R(PERMISSION, "permission", function=ARN, principal="s3.amazonaws.com"),
    ),
    fails("a known ARN", notifies(ARN), BUCKET, NAMED, at="lambdaFunctions.lambdaFunctionArn"),
    passes("through an alias", notifies(LIVE.arn), BUCKET, WORKER, LIVE, ON_ALIAS),
    fails(
        "through an alias, no permission",
        notifies(LIVE.arn),
        BUCKET,
        WORKER,
        LIVE,
        at="lambdaFunctions.lambdaFunctionArn",
    ),
    passes("by a resource policy", notifies(), BUCKET, WORKER, POLICY),
    fails("logs", FILTER, WORKER, at="destinationArn", says="logs.amazonaws.com"),
    passes("logs of the region", FILTER, WORKER, permits("logs.us-east-1.amazonaws.com")),
    fails("a load balancer", ATTACHMENT, WORKER, at="targetId"),
    fails("a load balancer under the other token", ALB_ATTACHMENT, WORKER, at="targetId"),
    fails("a schedule", RULE, WORKER, at="arn", says="events.amazonaws.com", severity=Severity.HIGH),
    passes("a schedule, permitted", RULE, WORKER, permits("events.amazonaws.com")),
    passes("a state machine that calls it", R(RULE.type_, "target", rule="nightly", arn=MACHINE.arn), MACHINE, WORKER),
    fails("a method", METHOD, WORKER, at="uri", severity=Severity.HIGH),
    passes("a method by a role", METHOD_BY_ROLE, WORKER),
    fails("a route", ROUTE, WORKER, at="integrationUri", severity=Severity.HIGH),
    fails("a subscription", SUBSCRIPTION, WORKER, at="endpoint", severity=Severity.HIGH),
    fails("a user pool", POOL, WORKER, at="lambdaConfig.postConfirmation", says="cognito-idp", severity=Severity.HIGH),
    passes("a function from elsewhere", notifies(ARN), BUCKET),
    undecided("an unknown principal", notifies(), BUCKET, WORKER, permits(UNKNOWN), at="principal"),
    undecided(
        "a permission of an unknown function",
        notifies(),
        BUCKET,
        WORKER,
        R(PERMISSION, "permission", function=UNKNOWN, principal="s3.amazonaws.com"),
    ),
    given=[ROLE],
)

FROM_LOGS = permits("logs.amazonaws.com")
test_permission_before_trigger = table(
    "lambda-permission-before-trigger",
    fails(
        "a bucket does not wait",
        notifies(),
        BUCKET,
        WORKER,
        FROM_S3,
        at="lambdaFunctions.lambdaFunctionArn",
        says="'permission' to `dependsOn`",
    ),
    passes("a bucket waits", notifies(depends_on=[FROM_S3]), BUCKET, WORKER, FROM_S3),
    passes(
        "a bucket waits for the component", notifies(depends_on=[IN_COMPONENT]), BUCKET, WORKER, COMPONENT, IN_COMPONENT
    ),
    fails("in v6", notifies(provider=V6), BUCKET, WORKER, FROM_S3, at="lambdaFunctions.lambdaFunctionArn"),
    fails("a load balancer", ATTACHMENT, WORKER, permits("elasticloadbalancing.amazonaws.com"), at="targetId"),
    fails("a filter, which is tried again", FILTER, WORKER, FROM_LOGS, severity=Severity.LOW, at="destinationArn"),
    passes("an unknown principal, which another rule says", notifies(), BUCKET, WORKER, permits(UNKNOWN)),
    passes("no permission, which another rule says", notifies(), BUCKET, WORKER),
    passes("a schedule is not tried", RULE, WORKER, permits("events.amazonaws.com")),
    passes("a function from elsewhere", notifies(ARN), BUCKET),
    given=[ROLE],
)

test_permission_source_fits = table(
    "lambda-permission-source-fits",
    fails(
        "a bucket's ARN for EventBridge",
        permits("events.amazonaws.com", sourceArn="arn:aws:s3:::data"),
        at="sourceArn",
        says=("s3", "events"),
    ),
    passes("a bucket's ARN for S3", permits("s3.amazonaws.com", sourceArn="arn:aws:s3:::data")),
    passes(
        "an API", permits("apigateway.amazonaws.com", sourceArn="arn:aws:execute-api:us-east-1:210987654321:abc/*/*")
    ),
    passes("a service that is not in the table", permits("new.amazonaws.com", sourceArn="arn:aws:s3:::data")),
    passes("no source", permits("s3.amazonaws.com")),
    undecided("unknown", permits("s3.amazonaws.com", sourceArn=UNKNOWN), at="sourceArn"),
    given=[WORKER, ROLE],
)
