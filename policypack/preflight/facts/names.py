"""Physical names: which input of a type is the name in AWS, how long it may be, and where it must be unique.

The rows stand in `data/names.csv`, by hand from each service's API reference (Create* operation, written 2026-11) and
the provider's own checks. A type that is not there has no name that another resource could collide with, or isn't
known.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from preflight.facts.table import DATA


@dataclass(frozen=True)
class PhysicalName:
    """How a type is named. `pattern` must match the whole name (None: any text); lengths are characters.

    `scope`: 'global' (S3, over all accounts of a partition), 'account', or 'region'. `parents`: inputs within whose
    value the name must be unique ('cluster' of an ECS service). `second_create`: 'refused', 'overwrites' (AWS takes
    the existing one over without a word), 'versioned' (a new version of the same thing), or 'duplicates' (AWS allows
    two of a name).
    """

    type: str
    property: str
    min_length: int
    max_length: int
    pattern: re.Pattern[str] | None
    scope: str
    parents: tuple[str, ...]
    ignores_case: bool
    second_create: str

    def problem(self, name: str) -> str | None:
        """Why AWS refuses `name`, as the end of a sentence ('is longer than 32 characters'); None when it takes it."""
        if len(name) > self.max_length:
            return f"is longer than {self.max_length} characters"
        if len(name) < self.min_length:
            return f"is shorter than {self.min_length} characters"
        if self.pattern and not self.pattern.fullmatch(name):
            return f"does not match {self.pattern.pattern}"
        return None

    def key(self, name: str) -> str:
        """The name in the form in which AWS compares it."""
        return name.lower() if self.ignores_case else name


def of(type_token: str) -> PhysicalName | None:
    """The naming of a type, None when the table doesn't hold it."""
    return by_type().get(type_token)


@cache
def by_type() -> MappingProxyType[str, PhysicalName]:
    """All rows by type token."""
    with (DATA / "names.csv").open(encoding="utf-8", newline="") as file:
        rows = [_row(row) for row in csv.DictReader(file)]
    return MappingProxyType({row.type: row for row in rows})


def _row(row: dict[str, str]) -> PhysicalName:
    return PhysicalName(
        type=row["type"],
        property=row["property"],
        min_length=int(row["min_length"]),
        max_length=int(row["max_length"]),
        pattern=re.compile(row["pattern"], re.ASCII) if row["pattern"] else None,
        scope=row["scope"],
        parents=tuple(row["parents"].split()),
        ignores_case=row["case"] == "ignored",
        second_create=row["second_create"],
    )


# Names that AWS prescribes, so that they can't hold an environment: the page that asks for each stands behind it.
_PRESCRIBED = re.compile(
    r"aws-waf-logs-.*"  # 'Logging AWS WAF web ACL traffic'
    r"|/aws/.*"  # log groups of services: '/aws/lambda/NAME', '/aws/rds/...', and public parameters
    r"|API-Gateway-Execution-Logs_.*"  # 'Set up CloudWatch logging for REST APIs'
    r"|RDSOSMetrics"  # 'Enhanced Monitoring'
    r"|alias/aws/.*"
    r"|dms-(vpc-role|cloudwatch-logs-role|access-for-endpoint)"  # 'Creating the IAM roles to use with DMS'
    r"|AWSCloudFormationStackSet(Administration|Execution)Role"  # 'Grant self-managed permissions'
    r"|AWSServiceRoleFor.*"
    r"|aws-elasticbeanstalk-(ec2|service)-role"
    r"|EMR_(EC2_)?DefaultRole|EMR_AutoScaling_DefaultRole"
    r"|ecsTaskExecutionRole|ecsInstanceRole|ecsEventsRole"
    r"|aws-quicksight-.*|AWSGlueServiceRole.*|AmazonSageMaker-.*"
    r"|amazon-apigateway-.*"
    r"|default|primary|\$default|\$LATEST"
)


def is_prescribed(name: str) -> bool:
    """Whether AWS itself prescribes the name (or its beginning), so that a program has no choice."""
    return bool(_PRESCRIBED.fullmatch(name))
