"""Physical names and resource scopes."""

from __future__ import annotations

import pytest

from preflight.facts import names, s3, scopes, ssm


@pytest.mark.parametrize(
    ("type_token", "name", "refused"),
    [
        ("aws:lb/loadBalancer:LoadBalancer", "a" * 32, False),
        ("aws:lb/loadBalancer:LoadBalancer", "a" * 33, True),
        ("aws:lb/loadBalancer:LoadBalancer", "internal-api", True),
        ("aws:lb/targetGroup:TargetGroup", "api-", True),
        ("aws:ecr/repository:Repository", "team/api_v2.web", False),
        ("aws:ecr/repository:Repository", "a__b--c", False),
        ("aws:ecr/repository:Repository", "a._b", True),
        ("aws:ecr/repository:Repository", "Api", True),
        ("aws:ecr/repository:Repository", "a", True),
        ("aws:rds/instance:Instance", "orders-dev", False),
        ("aws:rds/instance:Instance", "orders--dev", True),
        ("aws:rds/instance:Instance", "Orders", True),
        ("aws:rds/instance:Instance", "orders-", True),
        ("aws:elasticache/replicationGroup:ReplicationGroup", "a" * 41, True),
        ("aws:iam/role:Role", "app@dev+1", False),
        ("aws:iam/role:Role", "app/dev", True),
        ("aws:iam/role:Role", "é", True),
        ("aws:kms/alias:Alias", "alias/app-dev", False),
        ("aws:kms/alias:Alias", "app-dev", True),
        ("aws:kms/alias:Alias", "alias/aws/s3", True),
        ("aws:ssm/parameter:Parameter", "/dev/db/host", False),
        ("aws:ssm/parameter:Parameter", "awsome", True),
        ("aws:cloudwatch/logGroup:LogGroup", "/aws/lambda/app", False),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "any thing: ✓", False),
        ("aws:opensearch/domain:Domain", "logs-production-eu-central-1x", True),
    ],
)
def test_names(type_token: str, name: str, refused: bool) -> None:
    row = names.of(type_token)
    assert row is not None
    assert bool(row.problem(name)) is refused


def test_every_row_is_consistent() -> None:
    for row in names.by_type().values():
        assert row.scope in ("global", "account", "region")
        assert row.second_create in ("refused", "overwrites", "versioned", "duplicates")
        assert 1 <= row.min_length <= row.max_length


def test_names_compare_as_the_service_does() -> None:
    role, table = names.of("aws:iam/role:Role"), names.of("aws:dynamodb/table:Table")
    assert role is not None
    assert table is not None
    assert role.key("App") == role.key("app")
    assert table.key("App") != table.key("app")


def test_what_happens_to_a_second_one_of_the_name() -> None:
    kinds = {
        "aws:s3/bucket:Bucket": ("global", "refused"),
        "aws:iam/role:Role": ("account", "refused"),
        "aws:cloudwatch/metricAlarm:MetricAlarm": ("region", "overwrites"),
        "aws:cloudwatch/eventRule:EventRule": ("region", "overwrites"),
        "aws:ecs/taskDefinition:TaskDefinition": ("region", "versioned"),
        "aws:apigateway/restApi:RestApi": ("region", "duplicates"),
    }
    for type_token, expected in kinds.items():
        row = names.of(type_token)
        assert row is not None
        assert (row.scope, row.second_create) == expected
    assert names.of("aws:ec2/vpc:Vpc") is None


@pytest.mark.parametrize(
    ("name", "prescribed"),
    [
        ("aws-waf-logs-app", True),
        ("/aws/lambda/app-dev", True),
        ("dms-vpc-role", True),
        ("alias/aws/s3", True),
        ("AWSCloudFormationStackSetAdministrationRole", True),
        ("default", True),
        ("app", False),
        ("my-dms-vpc-role", False),
    ],
)
def test_prescribed_names(name: str, prescribed: bool) -> None:
    assert names.is_prescribed(name) is prescribed


@pytest.mark.parametrize(
    ("name", "directory", "refused"),
    [
        ("app-dev-210987654321", False, False),
        ("app.dev", False, False),
        ("ab", False, True),
        ("a" * 64, False, True),
        ("App", False, True),
        ("app_dev", False, True),
        ("-app", False, True),
        ("a..b", False, True),
        ("192.168.10.1", False, True),
        ("xn--app", False, True),
        ("app-s3alias", False, True),
        ("app--use1-az4--x-s3", False, True),
        ("app--use1-az4--x-s3", True, False),
        ("app", True, True),
    ],
)
def test_bucket_names(name: str, directory: bool, refused: bool) -> None:
    assert bool(s3.bucket_name_problem(name, directory)) is refused


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("host", False),
        ("/dev/host", False),
        ("dev/host", True),
        ("AwsHost", True),
        ("/aws/host", True),
        ("/awsome/host", False),
        ("ssm-host", True),
        ("/a" * 15, False),
        ("/a" * 16, True),
        ("a b", True),
    ],
)
def test_parameter_names(name: str, refused: bool) -> None:
    assert bool(ssm.name_problem(name)) is refused


def test_public_parameters() -> None:
    assert ssm.is_public("/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended")
    assert not ssm.is_public("/dev/host")


def test_scopes() -> None:
    account = scopes.of("aws:apigateway/account:Account")
    assert account is not None
    assert (account.level, account.key, account.second_create, account.shared) == ("region", (), "overwrites", True)
    linked = scopes.of("aws:iam/serviceLinkedRole:ServiceLinkedRole")
    assert linked is not None
    assert linked.second_create == "refused"
    assert "awsServiceName" in linked.key
    default = scopes.of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert default is not None
    assert (default.level, default.second_create, default.shared) == ("vpc", "adopts", False)
    assert scopes.of("aws:s3/bucket:Bucket") is None


def test_every_scope_is_consistent() -> None:
    rows = scopes.by_type()
    assert len(rows) == 107
    for row in rows.values():
        assert row.level in ("account", "region", "organization", "vpc", "distribution")
        assert row.second_create in ("refused", "overwrites", "idempotent", "adopts")
        assert row.scope_text
        assert row.second_create_text
        assert row.on_destroy_text
