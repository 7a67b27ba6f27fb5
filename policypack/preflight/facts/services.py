"""Services: shut down, closed to new customers, or not offered in a region.

Lifecycle from cfn-lint's schemas ('AWS product lifecycle', dated); regions from cfn-lint's types per region and
botocore's endpoint list, which must agree before a service counts as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from preflight.facts import regions
from preflight.facts.table import load


class State(Enum):
    """Where a service stands in AWS's product lifecycle."""

    SHUT_DOWN = "shutdown"  # nothing can be created
    ENDING = "sunset"  # will be shut down; closed to new customers
    CLOSED = "maintenance"  # closed to new customers


@dataclass(frozen=True)
class Lifecycle:
    """The state of a service and its date (YYYY-MM-DD; for ENDING the day of the shutdown, None when AWS names no
    day).
    """

    state: State
    date: str | None


# Single types, and modules whose name isn't the service's ('AWS product lifecycle', written 2026-11).
_TYPES: Mapping[str, Lifecycle] = {
    "aws:ec2/launchConfiguration:LaunchConfiguration": Lifecycle(State.CLOSED, "2024-10-01"),
}
_MODULES: Mapping[str, Lifecycle] = {
    "timestreamwrite": Lifecycle(State.CLOSED, "2025-06-20"),
}

# Pulumi module -> (CloudFormation service, endpoint prefix), where either differs from the module's name. Only services
# with an endpoint per region and gaps in their coverage.
_SOURCES: Mapping[str, tuple[str, str]] = {
    "accessanalyzer": ("accessanalyzer", "access-analyzer"),
    "acmpca": ("acmpca", "acm-pca"),
    "amp": ("aps", "aps"),
    "appstream": ("appstream", "appstream2"),
    "codegurureviewer": ("codegurureviewer", "codeguru-reviewer"),
    "detective": ("detective", "api.detective"),
    "devopsguru": ("devopsguru", "devops-guru"),
    "emrserverless": ("emrserverless", "emr-serverless"),
    "keyspaces": ("cassandra", "cassandra"),
    "location": ("location", "geo"),
    "macie2": ("macie", "macie2"),
    "memorydb": ("memorydb", "memory-db"),
    "mq": ("amazonmq", "mq"),
    "msk": ("msk", "kafka"),
    "mwaa": ("mwaa", "airflow"),
    "networkfirewall": ("networkfirewall", "network-firewall"),
    "opensearchingest": ("osis", "osis"),
    "ssmincidents": ("ssmincidents", "ssm-incidents"),
    "timestreamwrite": ("timestream", "ingest.timestream"),
    "vpclattice": ("vpclattice", "vpc-lattice"),
    "workspacesweb": ("workspacesweb", "workspaces-web"),
}


def dated() -> str:
    """The date (YYYY-MM-DD) of the lifecycle table."""
    return load("services").dated


def lifecycle(type_token: str) -> Lifecycle | None:
    """Where the service of a type stands when it isn't open ('aws:qldb/ledger:Ledger' -> shut down); None: open or
    unknown.
    """
    module = _module(type_token)
    own = _TYPES.get(type_token) or _MODULES.get(module)
    row = load("services").data["lifecycle"].get(module)
    return own or (Lifecycle(State(row["status"]), row["date"]) if row else None)


def absent(type_token: str, region: str) -> bool:
    """Whether both sources say that the type's service is not offered in `region`. False when they differ, when one
    says nothing, for global services, and outside the partition 'aws'.
    """
    module = _module(type_token)
    cloudformation, endpoint = _SOURCES.get(module, (module, module))
    table = load("services").data
    if region not in table["regions"] or region not in table["absent"].get(cloudformation, ()):
        return False
    return regions.service_listed(endpoint, region) is False


def _module(type_token: str) -> str:
    """'aws:rds/instance:Instance' -> 'rds'."""
    return type_token.partition(":")[2].partition("/")[0]
