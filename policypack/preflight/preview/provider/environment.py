"""Where the program would be deployed to: account, region, partition. Nothing here asks AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ASSUMED_ACCOUNT: Final = "748205139462"
"""The account id when none is given. Unlike the ids of AWS's documentation it is no well-known placeholder."""

ASSUMED_REGION: Final = "us-east-1"

_PARTITIONS: Final = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}

DNS_SUFFIXES: Final = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-eusc": "amazonaws.eu",
}
"""The domain of a partition's endpoints (AWS General Reference, "AWS service endpoints")."""


def partition_of(region: str) -> str:
    """The partition of a region: ``aws`` unless the name says otherwise."""
    for prefix, partition in _PARTITIONS.items():
        if region.startswith(prefix):
            return partition
    return "aws"


@dataclass(frozen=True)
class Environment:
    """The account and the region that a program is previewed for.

    `account_id` has twelve digits; `account_assumed` and `region_assumed` say that nobody gave them.
    """

    account_id: str = ASSUMED_ACCOUNT
    region: str = ASSUMED_REGION
    account_assumed: bool = True
    region_assumed: bool = True

    @classmethod
    def choose(
        cls, *, account: str | None = None, config: Mapping[str, str] | None = None, variables: Mapping[str, str]
    ) -> Environment:
        """Take the account from `account`, the region from ``aws:region``, ``AWS_REGION``, ``AWS_DEFAULT_REGION``.

        Raises `ValueError` with a sentence for the user when `account` is no account id.
        """
        if account is not None and not (len(account) == 12 and account.isdigit()):
            raise ValueError(f"{account!r} is not an AWS account id: give its twelve digits")
        region = (config or {}).get("aws:region") or variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION")
        return cls(account or ASSUMED_ACCOUNT, region or ASSUMED_REGION, account is None, not region)

    @property
    def partition(self) -> str:
        """The partition of the region (``aws``, ``aws-cn``, ``aws-us-gov``…)."""
        return partition_of(self.region)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a report should say about values that were assumed."""
        if not self.region_assumed:
            return ()
        return (f"no region is set: {self.region} was assumed (set aws:region in the stack's config, or AWS_REGION)",)
