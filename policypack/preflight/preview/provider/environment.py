"""Where the program would be deployed to: account, region, partition. Nothing here asks AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from preflight.facts import regions
from preflight.nearest import nearest

ASSUMED_ACCOUNT: Final = "748205139462"
"""The account id when none is given. Unlike the ids of AWS's documentation it is no well-known placeholder."""

ASSUMED_REGION: Final = "us-east-1"

_REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d+")

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

        Raises `ValueError` with a sentence for the user when `account` is no account id, or a Region's name is a
        known one misspelled.
        """
        if account is not None and not (len(account) == 12 and account.isdigit()):
            raise ValueError(f"--account: {account!r} is not an AWS account id: give its twelve digits")
        region = (config or {}).get("aws:region") or variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION")
        if region:
            _check(region)
        return cls(account or ASSUMED_ACCOUNT, region or ASSUMED_REGION, account is None, not region)

    @property
    def partition(self) -> str:
        """The partition of the region (``aws``, ``aws-cn``, ``aws-us-gov``…)."""
        return partition_of(self.region)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a report should say about values that were assumed."""
        if not self.region_assumed:
            known = regions.exists(self.region)
            table = f"the table of Regions of {regions.dated()} does not have"
            return () if known else (f"{table} {self.region}: rules about what a Region offers pass over it",)
        return (f"no region is set: {self.region} was assumed (set aws:region in the stack's config, or AWS_REGION)",)


def _check(region: str) -> None:
    """Refuse a Region of a place that there is not: a new Region may have a number or a place that the table lacks."""
    known = [found for name in regions.partitions() for found in regions.regions(name)]
    places = {found.rpartition("-")[0] for found in known}
    place, _, number = region.rpartition("-")
    if place in places and number.isdigit():
        return
    near = nearest(region, known, cutoff=0.8)
    if near:
        raise ValueError(f"aws:region: there is no Region '{region}'; did you mean {near[0]}?")
    if not _REGION.fullmatch(region):
        raise ValueError(f"aws:region: '{region}' is not the name of a Region, such as eu-west-1")
