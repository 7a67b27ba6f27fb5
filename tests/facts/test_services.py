"""The tables of single services: well-known values."""

from __future__ import annotations

import pytest

from preflight.facts import (
    cloudtrail,
    config_rules,
    ec2,
    ecs,
    eks,
    elasticache,
    events,
    ids,
    images,
    kms,
    lb,
    logs,
    regions,
    route53,
    s3,
    services,
    synthetics,
    timeouts,
    vpc_endpoints,
)
from preflight.facts.offerings import Offer
from preflight.facts.services import State


@pytest.mark.parametrize(
    ("cpu", "memory", "allowed"),
    [
        (256, 512, True),
        (256, 4096, False),
        (512, 1024, True),
        (1024, 8192, True),
        (1024, 9216, False),
        (8192, 18432, False),
        (8192, 20480, True),
        (300, 512, False),
    ],
)
def test_fargate_sizes(cpu: int, memory: int, allowed: bool) -> None:
    assert ecs.fargate_size_allowed(cpu, memory) is allowed


@pytest.mark.parametrize(
    ("text", "units"), [("256", 256), (512, 512), (".25 vCPU", 256), ("1 vcpu", 1024), ("0.5", None), ("x", None)]
)
def test_cpu_texts(text: str | int, units: int | None) -> None:
    assert ecs.cpu_units(text) == units


@pytest.mark.parametrize(("text", "mib"), [("512", 512), ("2 GB", 2048), ("0.5GB", 512), ("1.5", None), ("", None)])
def test_memory_texts(text: str, mib: int | None) -> None:
    assert ecs.memory_mib(text) == mib


def test_retention() -> None:
    assert all(logs.retention_allowed(days) for days in (0, 1, 7, 365, 3653))
    assert not any(logs.retention_allowed(days) for days in (-1, 2, 10, 364, 9999))
    assert logs.nearest_retention(10) == (7, 14)
    assert logs.nearest_retention(9999) == (3653,)


def test_regions_and_partitions() -> None:
    assert regions.partition("us-west-2") == "aws"
    assert regions.partition("cn-north-1") == "aws-cn"
    assert regions.partition("us-gov-west-1") == "aws-us-gov"
    assert regions.partition("eu-central-9") == "aws"
    assert regions.partition("moon-base-1") is None
    assert regions.exists("eu-central-2")
    assert not regions.exists("eu-central-9")
    assert not regions.exists("aws-global")
    assert "us-east-1" in regions.regions()
    assert "cn-north-1" not in regions.regions()
    assert regions.dns_suffix("aws-cn") == "amazonaws.com.cn"
    assert regions.name("us-west-2") == "US West (Oregon)"


def test_services_that_are_not_open() -> None:
    ledger = services.lifecycle("aws:qldb/ledger:Ledger")
    assert ledger is not None
    assert ledger.state is State.SHUT_DOWN
    configuration = services.lifecycle("aws:ec2/launchConfiguration:LaunchConfiguration")
    assert configuration is not None
    assert configuration.state is State.CLOSED
    for open_type in (
        "aws:rds/instance:Instance",
        "aws:lambda/function:Function",
        "aws:ec2/launchTemplate:LaunchTemplate",
    ):
        assert services.lifecycle(open_type) is None


def test_services_that_a_region_lacks_by_both_sources() -> None:
    assert services.absent("aws:apprunner/service:Service", "eu-south-1")
    assert not services.absent("aws:apprunner/service:Service", "us-east-1")
    assert not services.absent("aws:apprunner/service:Service", "cn-north-1")
    assert not services.absent("aws:apprunner/service:Service", "eu-central-9")
    for everywhere in (
        "aws:s3/bucket:Bucket",
        "aws:iam/role:Role",
        "aws:rds/instance:Instance",
        "aws:ecs/service:Service",
    ):
        assert not any(services.absent(everywhere, region) for region in regions.regions())


@pytest.mark.parametrize(
    ("name", "region", "expected"),
    [
        ("t3.micro", "us-east-1", Offer.OFFERED),
        ("m7i.large", None, Offer.OFFERED),
        ("t3.mirco", "us-east-1", Offer.REFUSED),
        ("zz9.large", "us-east-1", Offer.UNKNOWN),
    ],
)
def test_instance_types(name: str, region: str | None, expected: Offer) -> None:
    assert ec2.instance_types().offer(name, region) is expected


def test_zones_that_lack_a_type() -> None:
    assert ec2.zone_lacks("m7i.large", "us-east-1e")
    assert not ec2.zone_lacks("t3.micro", "us-east-1a")
    assert not ec2.zone_lacks("m7i.large", "eu-central-9a")


def test_security_group_texts() -> None:
    assert ec2.SECURITY_GROUP_TEXT.fullmatch("HTTPS from [10.0.0.0/16] & more; ok!")
    for text in ("the service's port", "a \u2013 b", "für"):
        assert not ec2.SECURITY_GROUP_TEXT.fullmatch(text)


def test_cache_nodes_and_tokens() -> None:
    assert elasticache.node_types().offer("cache.t4g.micro", "us-west-2") is Offer.OFFERED
    assert elasticache.node_types().offer("cache.t4g.mirco", "us-west-2") is Offer.REFUSED
    assert elasticache.AUTH_TOKEN.fullmatch("abcDEF123!&#$^<>-")
    assert not elasticache.AUTH_TOKEN.fullmatch("short")
    assert not elasticache.AUTH_TOKEN.fullmatch("has@characterthatisrefused")


def test_config_rules() -> None:
    assert config_rules.exists("S3_BUCKET_VERSIONING_ENABLED")
    assert not config_rules.exists("s3-bucket-versioning-enabled")
    assert config_rules.nearest("s3-bucket-versioning-enabled")[0] == "S3_BUCKET_VERSIONING_ENABLED"
    assert config_rules.nearest("MY_OWN_RULE") == ()
    assert config_rules.required_parameters("DESIRED_INSTANCE_TYPE") == {"instanceType"}
    assert config_rules.required_parameters("ACCESS_KEYS_ROTATED") == frozenset()
    assert config_rules.default("ACCESS_KEYS_ROTATED", "maxAccessKeyAge") == "90"
    assert "tag1Key" in config_rules.parameters("REQUIRED_TAGS")


@pytest.mark.parametrize(
    ("resource_type", "value", "allowed"),
    [
        ("AWS::S3::Object", "arn:aws:s3", True),
        ("AWS::S3::Object", "arn:aws:s3:::bucket/", True),
        ("AWS::S3::Object", "arn:aws:s3:::bucket/*", True),
        ("AWS::S3::Object", "arn:aws:s3:::bucket", False),
        ("AWS::S3::Object", "arn:aws:s3:::*/*", False),
        ("AWS::S3::Object", "bucket/", False),
        ("AWS::Lambda::Function", "arn:aws:lambda", True),
        ("AWS::Lambda::Function", "arn:aws:lambda:us-west-2:210987654321:function:app", True),
        ("AWS::DynamoDB::Table", "arn:aws:dynamodb:us-west-2:210987654321:table/app", True),
        ("AWS::DynamoDB::Table", "app", False),
        ("AWS::RDS::DBCluster", "arn:aws:rds", None),
    ],
)
def test_trail_data_resources(resource_type: str, value: str, allowed: bool | None) -> None:
    assert cloudtrail.data_resource_value_allowed(resource_type, value) is allowed
    assert (resource_type in cloudtrail.BASIC_DATA_RESOURCE_TYPES) is (allowed is not None)


def test_load_balancers() -> None:
    assert lb.log_account("us-east-1") == "127311923021"
    assert lb.log_account("eu-central-2") is None
    assert all(len(account) == 12 and account.isdigit() for account in lb.LOG_ACCOUNTS.values())
    assert len(set(lb.LOG_ACCOUNTS.values())) == len(lb.LOG_ACCOUNTS)
    assert all(regions.exists(region) for region in lb.LOG_ACCOUNTS)
    assert "HTTP" not in lb.LISTENER_PROTOCOLS["network"]
    assert lb.TARGET_PROTOCOLS["TCP_UDP"] == {"TCP_UDP"}
    assert lb.NAME.fullmatch("api-dev")
    assert not lb.NAME.fullmatch("api-")
    assert not lb.NAME.fullmatch("a" * 33)


@pytest.mark.parametrize(
    ("action", "level"),
    [
        ("GetObject", "object"),
        ("PutObject", "object"),
        ("ListBucket", "bucket"),
        ("*", None),
        ("ListAllMyBuckets", None),
    ],
)
def test_levels_of_s3_actions(action: str, level: str | None) -> None:
    assert s3.action_level(action) == level


def test_kubernetes_versions() -> None:
    assert eks.creatable("1.33") is True
    assert eks.creatable("1.24") is False
    assert eks.creatable("1.10") is False
    assert eks.creatable("1.99") is None
    assert eks.creatable("latest") is None
    assert eks.offered()[-1] == "1.35"


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("example.com", "example.com"),
        ("api.Example.com.", "example.com"),
        ("app.test", "test"),
        ("myexample.com", None),
        ("example.io", None),
        ("s3.amazonaws.com", "amazonaws.com"),
    ],
)
def test_reserved_zones(name: str, zone: str | None) -> None:
    assert route53.reserved_zone(name) == zone


def test_health_checks() -> None:
    assert "searchString" in route53.HEALTH_CHECKS["HTTPS_STR_MATCH"].needs
    assert "resourcePath" in route53.HEALTH_CHECKS["TCP"].refuses


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("vpcId", "vpc-0a1b2c3d4e5f60718", True),
        ("vpcId", "vpc-12345678", True),
        ("vpcId", "vpc-123", False),
        ("subnetIds", "subnet-0a1b2c3d4e5f60718", True),
        ("subnetIds", "vpc-0a1b2c3d4e5f60718", False),
        ("vpcSecurityGroupIds", "sg-xxxxxxxx", False),
        ("sourceSecurityGroupId", "210987654321/sg-0a1b2c3d4e5f60718", True),
        ("somethingElse", "anything", True),
    ],
)
def test_ids(name: str, value: str, good: bool) -> None:
    assert ids.well_formed(name, value) is good


@pytest.mark.parametrize(
    ("text", "minutes"), [("1h", 60), ("1h30m", 90), ("90s", 1.5), ("45m", 45), ("45", None), ("", None), ("5x", None)]
)
def test_durations(text: str, minutes: float | None) -> None:
    assert timeouts.minutes(text) == minutes


def test_usual_creation_times_lie_below_the_provider_defaults() -> None:
    assert all(row.default is None or row.usual < row.default for row in timeouts.CREATION.values())


@pytest.mark.parametrize(
    ("runtime", "retired"),
    [
        ("syn-1.0", True),
        ("syn-nodejs-2.2", True),
        ("syn-nodejs-puppeteer-3.9", True),
        ("syn-nodejs-puppeteer-10.0", False),
        ("syn-nodejs-playwright-2.0", False),
        ("syn-python-selenium-1.3", True),
        ("syn-python-selenium-5.0", False),
        ("anything", False),
    ],
)
def test_canary_runtimes(runtime: str, retired: bool) -> None:
    assert synthetics.retired(runtime) is retired


def test_vpc_endpoint_names() -> None:
    assert vpc_endpoints.split("com.amazonaws.us-west-2.ecr.dkr") == ("us-west-2", "ecr.dkr")
    assert vpc_endpoints.split("cn.com.amazonaws.cn-north-1.ecr.api") == ("cn-north-1", "ecr.api")
    assert vpc_endpoints.split("com.amazonaws.vpce.us-west-2.vpce-svc-0a1b2c3d4e5f60718") is None
    assert vpc_endpoints.has_gateway("s3")
    assert not vpc_endpoints.has_gateway("ecr.dkr")


def test_event_targets() -> None:
    assert events.needs_role("states")
    assert events.needs_role("events", "api-destination/app/1")
    assert not events.needs_role("events", "event-bus/default")
    assert not events.needs_role("lambda")
    assert events.needs_message_group("app.fifo")


def test_image_pushers() -> None:
    assert images.pushes("docker:index/image:Image")
    assert images.pushes("awsx:ecr:Image")
    assert images.pushes("command:local:Command")
    assert not images.pushes("aws:ecr/repository:Repository")
    assert not images.pushes("docker:index/container:Container")


def test_log_principals_follow_the_region() -> None:
    assert kms.logs_principals("us-west-2") == ("logs.us-west-2.amazonaws.com", "logs.amazonaws.com")
    assert kms.logs_principals("cn-north-1")[0] == "logs.cn-north-1.amazonaws.com.cn"
