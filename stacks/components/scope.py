"""Where a stack deploys, and the base of every component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws

from components.config import StackConfig
from components.naming import Kind, Names
from components.partitions import partition_of


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Account, Region and environment that resources belong to, with the provider that puts them there and tags
    them."""

    names: Names
    region: str
    account_id: str
    partition: str
    """`aws`, `aws-cn` or `aws-us-gov`."""
    provider: aws.Provider
    default_tags: Mapping[str, str]

    @classmethod
    def open(cls, config: StackConfig) -> Scope:
        """The scope of a checked configuration: makes the AWS provider, with the tags of every resource, and asks it
        for the account."""
        provider = _provider("aws", region=config.region, tags=config.tags(), account_id=config.account_id)
        account_id = (
            config.account_id or aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=provider)).account_id
        )
        return cls(
            names=Names(project=config.project, environment=config.environment, account_id=account_id),
            region=config.region,
            account_id=account_id,
            partition=partition_of(config.region),
            provider=provider,
            default_tags=config.tags(),
        )

    def in_region(self, region: str) -> Scope:
        """The same environment in another Region of the partition, under a provider of its own."""
        provider = _provider(f"aws-{region}", region=region, tags=self.default_tags, account_id=self.account_id)
        return replace(self, region=region, provider=provider)

    def arn(self, service: str, resource: str) -> str:
        """An ARN of this account and Region, from parts known before anything exists: `scope.arn("logs",
        "log-group:/a")`."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """An ARN of a service without Regions, such as `scope.global_arn("iam", "role/deployer")`."""
        account = "" if service == "s3" else self.account_id
        return f"arn:{self.partition}:{service}::{account}:{resource}"

    def bucket_arn(self, bucket: str) -> str:
        """The ARN of a bucket by its name."""
        return self.global_arn("s3", bucket)

    def zones(self, count: int) -> list[str]:
        """Names of the first `count` Availability Zones that need no opt-in. Raises `pulumi.RunError` when the Region
        has fewer."""
        found = aws.get_availability_zones(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            opts=pulumi.InvokeOptions(provider=self.provider),
        ).names
        if len(found) < count:
            raise pulumi.RunError(
                f"{self.region} offers this account {len(found)} Availability Zones, and {count} are configured"
            )
        return list(found[:count])


def _provider(name: str, *, region: str, tags: Mapping[str, str], account_id: str) -> aws.Provider:
    return aws.Provider(
        name,
        region=region,
        allowed_account_ids=[account_id] if account_id else None,
        default_tags=aws.ProviderDefaultTagsArgs(tags=dict(tags)),
    )


class Component(pulumi.ComponentResource):
    """Base of the building blocks: fixes the provider of all children and offers their options and tags."""

    def __init__(self, token: str, name: str, *, scope: Scope, opts: pulumi.ResourceOptions | None = None) -> None:
        """`token` is the component's type, such as `reference:storage:PhiBucket`; `name` begins every child's name."""
        defaults = pulumi.ResourceOptions(provider=scope.provider)
        super().__init__(token, name, None, pulumi.ResourceOptions.merge(defaults, opts))
        self.name = name
        self.scope = scope

    def inside(
        self,
        *,
        depends_on: Sequence[pulumi.Resource] = (),
        ignore_changes: Sequence[str] = (),
        custom_timeouts: pulumi.CustomTimeouts | None = None,
    ) -> pulumi.ResourceOptions:
        """Options of a child resource: this component is its parent."""
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(depends_on),
            ignore_changes=list(ignore_changes) or None,
            custom_timeouts=custom_timeouts,
        )

    def physical(self, purpose: str, kind: Kind) -> str:
        """The physical name of a child (see `Names.physical`)."""
        return self.scope.names.physical(purpose, kind)

    def named(self, physical_name: str) -> dict[str, str]:
        """The child's own tags; the provider adds those that all resources share."""
        return {"Name": physical_name}
