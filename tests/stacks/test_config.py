"""The base of every stack's config: one message for all problems, each with key, value and way out."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from components.config import ConfigError, StackConfig, camel_case, parse


@dataclass(frozen=True, kw_only=True)
class Sample(StackConfig):
    log_retention_days: int = 365
    vpc_cidr: str = "10.0.0.0/16"
    zones: int = 2
    task_cpu: int = 256
    task_memory: int = 512
    min_capacity: float = 0.5
    max_capacity: float = 2
    replica_region: str = "us-west-2"
    image: str = ""
    email_address: str = ""
    certificate_arn: str = "arn:aws:acm:us-east-1:210987654321:certificate/0a1b-2c"

    def problems(self) -> Iterator[str]:
        yield from super().problems()
        yield from self.log_retention("log_retention_days", 365, "a year")
        yield from self.vpc_range("vpc_cidr", "zones")
        yield from self.fargate_size("task_cpu", "task_memory")
        yield from self.capacity("min_capacity", "max_capacity")
        yield from self.other_region("replica_region", "it would be lost with the first")
        yield from self.pinned_image("image")
        yield from self.email("email_address")
        yield from self.certificate("certificate_arn")


def sample(**changes: object) -> Sample:
    values: dict[str, object] = {
        "project": "sample",
        "environment": "dev",
        "region": "us-east-1",
        "compliance_level": "hipaa",
    }
    return Sample(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("environment", ["dev", "staging", "prod", "pr-123", "team-a-4711", "e" * 21])
def test_environments_that_people_use(environment: str) -> None:
    assert sample(environment=environment).tags()["Environment"] == environment


REFUSED: dict[str, tuple[dict[str, object], str, str]] = {
    "upper case": ({"environment": "Dev"}, "sample:environment is 'Dev'", "name the stack like dev, pr-123"),
    "underscore": ({"environment": "team_a"}, "sample:environment is 'team_a'", "single hyphens"),
    "hyphen at the end": ({"environment": "dev-"}, "sample:environment is 'dev-'", "single hyphens"),
    "too long": ({"environment": "e" * 22}, "it has 22 characters", "leave it 21"),
    "no environment": ({"environment": ""}, "sample:environment is ''", "name the stack"),
    "project in capitals": ({"project": "Sample"}, "Pulumi.yaml name is 'Sample'", "rename the project"),
    "project too long": ({"project": "p" * 41}, "it has 41 characters", "use at most 40"),
    "unknown Region": ({"region": "us-east-9"}, "aws:region is 'us-east-9'", "pulumi config set aws:region"),
    "no Region": ({"region": ""}, "no Region is configured", "pulumi config set aws:region"),
    "account": ({"account_id": "12345"}, "sample:accountId is '12345'", "twelve digits"),
    "tag value": ({"compliance_level": "{x}"}, "sample:complianceLevel is '{x}'", "use letters"),
    "retention too short": ({"log_retention_days": 90}, "sample:logRetentionDays is 90: a year", "use 365 or more"),
    "retention not offered": ({"log_retention_days": 366}, "sample:logRetentionDays is 366", "use one of 365, 400"),
    "range malformed": ({"vpc_cidr": "10.0.0.1/16"}, "has host bits set", "use a network such as 10.0.0.0/16"),
    "range public": ({"vpc_cidr": "8.8.0.0/16"}, "it is not a private range", "10.0.0.0/8"),
    "range too small": ({"vpc_cidr": "10.0.0.0/26"}, "/26 doesn't fit the subnets", "use a prefix of /16 to /24"),
    "range too large": ({"vpc_cidr": "10.0.0.0/8"}, "/8 doesn't fit the subnets", "use a prefix of /16 to /24"),
    "one zone": ({"zones": 1}, "sample:zones is 1", "use 2 to 4"),
    "CPU": ({"task_cpu": 300}, "sample:taskCpu is 300", "use one of 256, 512"),
    "memory": ({"task_memory": 4096}, "sample:taskMemory is 4096", "use one of 512, 1024, 2048"),
    "capacity in thirds": ({"min_capacity": 0.3}, "sample:minCapacity is 0.3", "a multiple of 0.5"),
    "capacity crossed": ({"min_capacity": 4.0}, "it is above sample:maxCapacity", "use at most 2"),
    "replica at home": ({"replica_region": "us-east-1"}, "it would be lost with the first", "another Region"),
    "replica nowhere": ({"replica_region": "mars-1"}, "sample:replicaRegion is 'mars-1'", "such as us-west-2"),
    "replica abroad": ({"replica_region": "cn-north-1"}, "us-east-1 is in another partition", "use one of aws"),
    "image untagged": ({"image": "repo/app"}, "sample:image is 'repo/app'", "pin it"),
    "image latest": ({"image": "repo/app:latest"}, "sample:image is 'repo/app:latest'", "pin it"),
    "e-mail": ({"email_address": "oncall"}, "sample:emailAddress is 'oncall'", "no e-mail address"),
    "no certificate": ({"certificate_arn": ""}, "sample:certificateArn is ''", "aws acm request-certificate"),
    "certificate elsewhere": (
        {"certificate_arn": "arn:aws:acm:eu-west-1:210987654321:certificate/0a1b-2c"},
        "needs an ACM certificate of its Region",
        "use its ARN",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    changes, value, way_out = REFUSED[case]
    with pytest.raises(ConfigError) as refusal:
        sample(**changes)
    [line] = str(refusal.value).splitlines()
    assert value in line
    assert way_out in line


def test_all_problems_come_in_one_message() -> None:
    with pytest.raises(ConfigError) as refusal:
        sample(zones=1, log_retention_days=7, environment="Dev")
    assert len(str(refusal.value).splitlines()) == 3


@pytest.mark.parametrize("image", ["repo/app:1.2", f"repo/app@sha256:{'0' * 64}", "host:5000/app:v1"])
def test_pinned_images(image: str) -> None:
    assert sample(image=image).image == image


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("7", int, 7),
        ("0.5", float, 0.5),
        ("true", bool, True),
        ("False", bool, False),
        ('["a", "b"]', tuple[str, ...], ("a", "b")),
        ("x", str, "x"),
        ("7", int | None, 7),
    ],
)
def test_parse(text: str, kind: object, value: object) -> None:
    assert parse(text, kind) == value


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("7.5", int, "use a whole number"),
        ("many", float, "use a number"),
        ("yes", bool, "use true or false"),
        ("a, b", tuple[str, ...], "use a list of texts"),
        ("[1]", tuple[str, ...], "use a list of texts"),
    ],
)
def test_parse_refuses(text: str, kind: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text, kind)


def test_camel_case() -> None:
    assert camel_case("log_retention_days") == "logRetentionDays"
