"""IAM actions, managed policies and service principals."""

from __future__ import annotations

import pytest

from preflight.facts import iam, principals


@pytest.mark.parametrize(
    ("prefix", "action", "exists"),
    [
        ("s3", "GetObject", True),
        ("S3", "getobject", True),
        ("s3", "Get*", True),
        ("s3", "Get?bject", True),
        ("s3", "*", True),
        ("s3", "GetObjects", False),
        ("s3", "GetObjec", False),
        ("s3", "Frob*", False),
        ("nonsense", "*", False),
        ("kms", "ReEncrypt*", True),
        ("ec2", "CreateNetworkInterface", True),
        ("lambda", "InvokeFunction", True),
        ("lambda", "Invoke", False),
        ("sts", "AssumeRole", True),
    ],
)
def test_actions(prefix: str, action: str, exists: bool) -> None:
    assert iam.action_exists(prefix, action) is exists


def test_wildcards_expand_to_actions_of_the_service() -> None:
    assert iam.matching_actions("kms", "generatedatakey*") == (
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
    )
    assert set(iam.matching_actions("sqs", "*")) == set(iam.actions("sqs"))


def test_near_misses() -> None:
    assert iam.nearest_actions("s3", "GetObjcet")[0] == "GetObject"
    assert "dynamodb" in iam.nearest_services("dynamdb")
    assert iam.nearest_actions("s3", "xyzzy") == ()
    assert not iam.service_exists("dynamdb")


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("", "", 0),
        ("abc", "ABC", 0),
        ("ab", "ba", 1),
        ("ecs-task", "ecs-tasks", 1),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
    ],
)
def test_edits(one: str, other: str, count: int) -> None:
    assert iam.edits(one, other) == iam.edits(other, one) == count


def test_resource_types_of_actions() -> None:
    assert "object" in iam.resource_types("s3", "GetObject")
    assert "bucket" not in iam.resource_types("s3", "GetObject")
    assert "bucket" in iam.resource_types("s3", "ListBucket")
    assert iam.resource_types("s3", "ListAllMyBuckets") == frozenset()
    assert iam.resource_types("s3", "Nonsense") == frozenset()


@pytest.mark.parametrize(
    ("path_and_name", "exists"),
    [
        ("AdministratorAccess", True),
        ("ReadOnlyAccess", True),
        ("service-role/AWSLambdaBasicExecutionRole", True),
        ("AWSLambdaBasicExecutionRole", False),
        ("service-role/AWSLambdaVPCAccessExecutionRole", True),
        ("service-role/AmazonECSTaskExecutionRolePolicy", True),
        ("service-role/AmazonRDSEnhancedMonitoringRole", True),
        ("service-role/AmazonAPIGatewayPushToCloudWatchLogs", True),
        ("service-role/AWS_ConfigRole", True),
        ("service-role/AWSConfigRole", False),
        ("job-function/ViewOnlyAccess", True),
        ("service-role/AdministratorAccess", False),
        ("", False),
    ],
)
def test_managed_policies(path_and_name: str, exists: bool) -> None:
    assert iam.managed_policy_exists(f"arn:aws:iam::aws:policy/{path_and_name}") is exists


def test_managed_policy_arns_carry_the_path_and_partition() -> None:
    arn = iam.managed_policy_arn("AWSLambdaBasicExecutionRole", "aws-cn")
    assert arn == "arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    assert iam.managed_policy_arn("Nonsense") is None
    assert iam.nearest_managed_policies("AWSLambdaBasicExecutonRole")[0] == "AWSLambdaBasicExecutionRole"


def test_managed_policy_documents_tell_what_is_allowed() -> None:
    document = iam.managed_policy_document("AWSLambdaVPCAccessExecutionRole")
    assert document is not None
    assert document["Version"] == "2012-10-17"
    allowed = {action for statement in document["Statement"] for action in statement["Action"]}
    assert "ec2:CreateNetworkInterface" in allowed
    assert iam.managed_policy_document("Nonsense") is None


@pytest.mark.parametrize(
    "principal",
    [
        "lambda.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "edgelambda.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "logs.us-west-2.amazonaws.com",
        "logs.cn-north-1.amazonaws.com.cn",
        "monitoring.rds.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
        "logdelivery.elasticloadbalancing.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "ssm.amazonaws.com",
    ],
)
def test_service_principals_that_exist(principal: str) -> None:
    assert principals.exists(principal)
    assert principals.nearest(principal) is None


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("lambda.aws.com", "lambda.amazonaws.com"),
        ("apigateway.aws.com", "apigateway.amazonaws.com"),
        ("lambda.amazon.com", "lambda.amazonaws.com"),
        ("ecs-task.amazonaws.com", "ecs-tasks.amazonaws.com"),
        ("lamda.amazonaws.com", "lambda.amazonaws.com"),
        ("cloudtrial.amazonaws.com", "cloudtrail.amazonaws.com"),
        ("code-build.amazonaws.com", "codebuild.amazonaws.com"),
        ("brand-new-service.amazonaws.com", None),
        ("mgh.amazonaws.com", None),
        ("accounts.google.com", None),
        ("", None),
    ],
)
def test_misspelt_service_principals(wrong: str, meant: str | None) -> None:
    assert not principals.exists(wrong) or meant is None
    assert principals.nearest(wrong) == meant
