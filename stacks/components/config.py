"""What every stack's `config.py` builds on: a frozen data class that is read from Pulumi config and refuses bad values.

All problems of one configuration are reported together, before any resource is registered, each as
`key is value: reason; way out`. `ConfigError` is a `pulumi.RunError`, which the CLI prints without a traceback.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

import pulumi

from components.naming import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH
from components.partitions import REGIONS, partition_of

C = TypeVar("C", bound="StackConfig")

LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""Days that a CloudWatch log group can keep events (CloudWatch Logs API Reference, "PutRetentionPolicy")."""

FARGATE_MEMORY: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
"""Memory in MiB that Fargate offers for each CPU size in units of 1/1024 vCPU (Amazon ECS, "Task CPU and memory")."""


class ConfigError(pulumi.RunError):
    """A configuration that the stack refuses. The message names key, value, reason and way out, one problem a line."""


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """The settings that every stack has. A stack's own class adds fields; each field is one config key in camel case.

    A field's type decides how its text is read: `str`, `int`, `float`, `bool`, or `tuple[str, ...]` (a JSON list).
    A field with a default may be left out of the configuration.
    """

    project: str
    """Pulumi project name; becomes part of every resource name and the tag `Project`."""
    environment: str
    """Suffix of every resource name and the tag `Environment`; the Pulumi stack's name unless `environment` is
    configured."""
    region: str
    """AWS Region, from `aws:region`."""
    compliance_level: str
    """Value of the tag `ComplianceLevel`."""
    account_id: str = ""
    """Twelve-digit AWS account that this environment belongs to; when set, credentials of any other account are
    refused."""

    KEYS: ClassVar[Mapping[str, str]] = {"region": "aws:region", "project": "Pulumi.yaml name"}

    @classmethod
    def load(cls: type[C]) -> C:
        """Read the running stack's configuration. Raises `ConfigError` when a value is missing, malformed or
        refused."""
        settings = pulumi.Config()
        values: dict[str, Any] = {
            "project": pulumi.get_project(),
            "environment": settings.get("environment") or pulumi.get_stack(),
            "region": pulumi.Config("aws").get("region") or os.environ.get("AWS_REGION", ""),
        }
        hints = get_type_hints(cls)
        problems = []
        for field in dataclasses.fields(cls):
            if field.name in values:
                continue
            key = camel_case(field.name)
            text = settings.get(key)
            if text is None:
                if field.default is dataclasses.MISSING:
                    problems.append(
                        f"{pulumi.get_project()}:{key} is not set: set it with `pulumi config set {key} VALUE`"
                    )
                continue
            try:
                values[field.name] = parse(text, hints[field.name])
            except ValueError as error:
                problems.append(f"{pulumi.get_project()}:{key} is {text!r}: {error}")
        if problems:
            raise ConfigError("\n".join(problems))
        return cls(**values)

    def __post_init__(self) -> None:
        problems = list(self.problems())
        if problems:
            raise ConfigError("\n".join(problems))

    def problems(self) -> Iterator[str]:
        """Every reason to refuse this configuration. A stack's class yields from `super().problems()`, then its own."""
        if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", self.project):
            yield self.refuse(
                "project", "resource names take lower-case letters, digits and single hyphens", "rename the project"
            )
        if len(self.project) > MAX_PROJECT_LENGTH:
            yield self.refuse("project", f"it has {len(self.project)} characters", f"use at most {MAX_PROJECT_LENGTH}")
        yield from self._environment_problems()
        if self.region not in REGIONS:
            why = "it is not an AWS Region" if self.region else "no Region is configured"
            yield self.refuse("region", why, "set one with `pulumi config set aws:region us-east-1`")
        if self.account_id and not re.fullmatch(r"\d{12}", self.account_id):
            yield self.refuse("account_id", "an account id has twelve digits", "see `aws sts get-caller-identity`")
        if not re.fullmatch(r"[A-Za-z0-9][\w .:/=+@-]{0,255}", self.compliance_level):
            yield self.refuse("compliance_level", "it can't be a tag value", "use letters, digits, spaces and _.:/=+-@")

    def _environment_problems(self) -> Iterator[str]:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.environment):
            yield self.refuse(
                "environment",
                "names of buckets, databases and load balancers take lower-case letters, digits and single hyphens",
                "name the stack like dev, pr-123 or team-a-4711, or set the key `environment`",
            )
        if len(self.environment) > MAX_ENVIRONMENT_LENGTH:
            yield self.refuse(
                "environment",
                f"it has {len(self.environment)} characters, and the tightest names, those of load balancers with 32, "
                f"leave it {MAX_ENVIRONMENT_LENGTH}",
                "name the stack shorter, or set the key `environment`",
            )

    def tags(self) -> dict[str, str]:
        """Tags that every resource of the stack carries, beside its own `Name`."""
        return {"Project": self.project, "Environment": self.environment, "ComplianceLevel": self.compliance_level}

    # -- what a subclass checks with ---------------------------------------------------------------------------------

    def refuse(self, field: str, why: str, way_out: str) -> str:
        """One problem: the key and value of a field, why it is refused, and what to do."""
        value = getattr(self, field)
        shown = json.dumps(list(value)) if isinstance(value, tuple) else repr(value)
        return f"{self.key(field)} is {shown}: {why}; {way_out}"

    def key(self, field: str) -> str:
        """The config key of a field as `pulumi config set` takes it: `log_retention_days` ->
        `PROJECT:logRetentionDays`."""
        return self.KEYS.get(field) or f"{self.project}:{camel_case(field)}"

    def between(self, field: str, low: float, high: float, because: str) -> Iterator[str]:
        """Refuse a number outside `low` to `high` (both allowed)."""
        if not low <= getattr(self, field) <= high:
            yield self.refuse(field, because, f"use {low} to {high}")

    def one_of(self, field: str, allowed: Collection[object], because: str) -> Iterator[str]:
        """Refuse a value that is not in `allowed`."""
        if getattr(self, field) not in allowed:
            yield self.refuse(field, because, f"use one of {', '.join(str(value) for value in allowed)}")

    def matching(self, field: str, pattern: str, because: str, way_out: str) -> Iterator[str]:
        """Refuse a text that the regular expression `pattern` doesn't match as a whole."""
        if not re.fullmatch(pattern, getattr(self, field)):
            yield self.refuse(field, because, way_out)

    def log_retention(self, field: str, minimum: int, because: str) -> Iterator[str]:
        """Refuse a number of days that CloudWatch Logs doesn't take, or below `minimum` days."""
        days = getattr(self, field)
        allowed = [value for value in LOG_RETENTION_DAYS if value >= minimum]
        if days < minimum:
            yield self.refuse(field, because, f"use {allowed[0]} or more")
        elif days not in LOG_RETENTION_DAYS:
            yield self.refuse(
                field,
                "CloudWatch Logs keeps events for fixed periods only",
                f"use one of {', '.join(map(str, allowed))}",
            )

    def fargate_size(self, cpu_field: str, memory_field: str) -> Iterator[str]:
        """Refuse a pair of CPU (1/1024 vCPU) and memory (MiB) that Fargate doesn't offer."""
        cpu, memory = getattr(self, cpu_field), getattr(self, memory_field)
        if cpu not in FARGATE_MEMORY:
            yield from self.one_of(cpu_field, FARGATE_MEMORY, "Fargate has fixed CPU sizes")
        elif memory not in FARGATE_MEMORY[cpu]:
            sizes = ", ".join(map(str, FARGATE_MEMORY[cpu]))
            yield self.refuse(memory_field, f"Fargate doesn't pair it with {cpu} CPU units", f"use one of {sizes}")

    def vpc_range(self, field: str, zones_field: str) -> Iterator[str]:
        """Refuse a VPC range that is no private IPv4 network of /16 to /24, or zones that are not two to four.

        Two tiers of subnets in four zones need eight ranges; a /24 leaves each of them a /27 with 27 usable addresses.
        """
        value = getattr(self, field)
        try:
            network = ipaddress.IPv4Network(value)
        except ValueError as error:
            yield self.refuse(field, str(error), "use a network such as 10.0.0.0/16")
        else:
            if not network.is_private:
                yield self.refuse(
                    field, "it is not a private range", "use a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
                )
            if not 16 <= network.prefixlen <= 24:
                yield self.refuse(
                    field, f"a VPC range of /{network.prefixlen} doesn't fit the subnets", "use a prefix of /16 to /24"
                )
        yield from self.between(
            zones_field, 2, 4, "databases and load balancers need at least two zones, and the plan holds four"
        )

    def other_region(self, field: str, because: str) -> Iterator[str]:
        """Refuse a second Region that is unknown, equal to the first, or in another partition."""
        value = getattr(self, field)
        if value not in REGIONS:
            yield self.refuse(field, "it is not an AWS Region", "use one such as us-west-2")
        elif value == self.region:
            yield self.refuse(field, because, "use another Region than aws:region")
        elif self.region in REGIONS and partition_of(value) != partition_of(self.region):
            yield self.refuse(
                field, f"{self.region} is in another partition", f"use one of {partition_of(self.region)}"
            )

    def capacity(self, low_field: str, high_field: str) -> Iterator[str]:
        """Refuse a range of Aurora Serverless v2 capacity units that RDS doesn't take (Aurora, "Capacity range")."""
        low, high = getattr(self, low_field), getattr(self, high_field)
        yield from self.between(low_field, 0, 256, "Aurora Serverless v2 has 0 to 256 capacity units")
        yield from self.between(high_field, 1, 256, "Aurora Serverless v2 grows to 1 to 256 capacity units")
        for field, value in ((low_field, low), (high_field, high)):
            if value * 2 != int(value * 2):
                yield self.refuse(field, "capacity units come in halves", "use a multiple of 0.5")
        if low > high:
            yield self.refuse(low_field, f"it is above {self.key(high_field)}", f"use at most {high}")

    def pinned_image(self, field: str) -> Iterator[str]:
        """Refuse an image without a digest or tag, or with the tag `latest`; empty means none is configured yet."""
        value = getattr(self, field)
        tagged = re.fullmatch(r"\S+(@sha256:[0-9a-f]{64}|:(?!latest$)[\w][\w.-]{0,127})", value)
        if value and not tagged:
            yield self.refuse(
                field, "tasks started later could run another image", "pin it by tag or by @sha256: digest"
            )

    def email(self, field: str) -> Iterator[str]:
        """Refuse what is no address; empty means none."""
        value = getattr(self, field)
        if value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            yield self.refuse(field, "it is no e-mail address", "use one such as oncall@your-domain, or leave it empty")

    def certificate(self, field: str) -> Iterator[str]:
        """Refuse what is no ACM certificate ARN of the stack's Region."""
        region = self.region if self.region in REGIONS else "[a-z0-9-]+"
        if not re.fullmatch(rf"arn:[a-z-]+:acm:{region}:\d{{12}}:certificate/[0-9a-f-]+", getattr(self, field)):
            why = "the HTTPS listener needs an ACM certificate of its Region"
            yield self.refuse(field, why, "request one with `aws acm request-certificate` and use its ARN")


def camel_case(name: str) -> str:
    """The config key of a field name: `vpc_cidr` -> `vpcCidr`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def parse(text: str, kind: Any) -> Any:
    """The value of a config text as a field of type `kind`. Raises `ValueError` that says which form is expected."""
    if get_origin(kind) is UnionType:
        kind = next(option for option in get_args(kind) if option is not type(None))
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise ValueError("use true or false")
        return text.lower() == "true"
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            raise ValueError("use a whole number" if kind is int else "use a number") from None
    if get_origin(kind) is tuple:
        return parse_list(text)
    return text


def parse_list(text: str) -> tuple[str, ...]:
    """The items of a JSON list of texts, as `pulumi config set --path 'key[0]'` writes it."""
    try:
        items = json.loads(text)
    except ValueError:
        items = None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ValueError('use a list of texts, such as ["a", "b"]')
    return tuple(items)
