"""What frameworks ask of caches beside backups; and the node types that there are."""

from __future__ import annotations

from ...facts import elasticache as facts
from ...facts.offerings import Offer
from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_flags import asked, named
from .._shared_graph import listed
from .group import CLUSTER, GROUP

MEMORYDB = "aws:memorydb/cluster:Cluster"
_PORTS = {"memcached": 11211}


def _is_secondary(group: Resource) -> bool:
    """Whether a group is a secondary of a global datastore, which has its primary's settings."""
    return group.has("globalReplicationGroupId")


@rule((GROUP, CLUSTER, MEMORYDB), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def node_type_offered(cache: Resource) -> Findings:
    """Caches use a node type that is offered in their Region.

    Why: Others are refused when the cache is created ("InvalidParameterValue: Invalid cache node type").
    Fix: Use a type that the message lists; those of ElastiCache begin with cache., those of MemoryDB with db.
    Source: Amazon ElastiCache User Guide, "Supported node types"; Amazon MemoryDB Developer Guide, "Supported node
    types".
    """
    name = cache.text("nodeType")
    if not name:
        return
    prefix = "db." if cache.is_a(MEMORYDB) else "cache."
    if not name.startswith(prefix):
        yield cache.finding(f"'{name}' is not a node type here; it must begin with '{prefix}'", at="nodeType")
        return
    if cache.is_a(MEMORYDB):
        return
    types, region = facts.node_types(), cache.known_region
    offer = types.offer(name, region)
    near = f"; near it: {listed(types.nearest(name, region))}" if types.nearest(name, region) else ""
    if offer in (Offer.ELSEWHERE, Offer.REFUSED):
        where = f"in {region}" if offer is Offer.ELSEWHERE else "in no region"
        yield cache.finding(
            f"{name} is {'not ' if offer is Offer.ELSEWHERE else ''}offered {where} (table of {types.dated}){near}",
            at="nodeType",
        )
    elif offer is Offer.UNKNOWN:
        yield cache.finding(
            f"{name} is of a family that the table of {types.dated} does not know{near}",
            at="nodeType",
            severity=Severity.LOW,
        )


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def at_rest_encrypted(group: Resource) -> Findings:
    """The replication group encrypts its data at rest.

    Why: Snapshots, and data swapped to disk, are readable by anyone with access to the storage.
    Fix: Set `atRestEncryptionEnabled=true`. It is off when left out for Redis, on for Valkey.
    Source: Amazon ElastiCache User Guide, "At-rest encryption in ElastiCache"; AWS Config rule
    elasticache-repl-grp-encrypted-at-rest.
    """
    if not _is_secondary(group):
        default = group.text("engine") == "valkey"
        message = "does not encrypt its data at rest; set `atRestEncryptionEnabled`"
        yield from asked(group, "atRestEncryptionEnabled", message, absent=default)


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def in_transit_encrypted(group: Resource) -> Findings:
    """The replication group encrypts its traffic and refuses unencrypted connections.

    Why: Whoever is on the way reads tokens and data. With the mode "preferred" clients may still talk in the clear.
    Fix: Set `transitEncryptionEnabled=true`; take "preferred" as a step of a migration only.
    Source: Amazon ElastiCache User Guide, "ElastiCache in-transit encryption (TLS)"; AWS Config rule
    elasticache-repl-grp-encrypted-in-transit.
    """
    if _is_secondary(group):
        return
    if not group.flag("transitEncryptionEnabled"):
        yield group.finding(
            "does not encrypt its traffic; set `transitEncryptionEnabled`", at="transitEncryptionEnabled"
        )
    elif group.text("transitEncryptionMode") == "preferred":
        yield group.finding(
            'accepts unencrypted connections; set `transitEncryptionMode` to "required"', at="transitEncryptionMode"
        )


@rule(
    (GROUP, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def in_vpc(cache: Resource) -> Findings:
    """The cache names a subnet group.

    Why: Without one it is put into the default VPC, whose subnets are public.
    Fix: Set `subnetGroupName` to an `aws.elasticache.SubnetGroup` of private subnets.
    Source: Amazon ElastiCache User Guide, "Subnets and subnet groups".
    """
    if not cache.is_a(CLUSTER) or not cache.has("replicationGroupId"):
        yield from named(cache, "subnetGroupName", "names no subnet group; set `subnetGroupName`")


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def multi_az(group: Resource) -> Findings:
    """The replication group spans zones and fails over by itself.

    Why: With the zone of a single node the cache is gone, and the databases behind it get all its load.
    Fix: Set `automaticFailoverEnabled=true` and `multiAzEnabled=true`, with two nodes or more.
    Source: Amazon ElastiCache User Guide, "Minimizing downtime in ElastiCache with Multi-AZ"; AWS Config rule
    elasticache-repl-grp-auto-failover-enabled.
    """
    if _is_secondary(group):
        return
    for path in ("automaticFailoverEnabled", "multiAzEnabled"):
        if not group.flag(path):
            yield group.finding(f"does not fail over to another zone; set `{path}`", at=path)
            return


@rule(
    (GROUP, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def port_non_default(cache: Resource) -> Findings:
    """The cache does not listen on the port that everyone tries.

    Why: Scans look for caches on 6379 and 11211.
    Fix: Set port to another one, and open that one in the security group.
    Source: Amazon ElastiCache API Reference, "CreateReplicationGroup".
    """
    if cache.is_a(CLUSTER) and cache.has("replicationGroupId"):
        return
    usual = _PORTS.get(cache.text("engine") or "", 6379)
    port = cache.number("port")
    if port is None or port in (6379, 11211):
        yield cache.finding(f"listens on the default port {port or usual}; set another port", at="port")


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def redis_auth(group: Resource) -> Findings:
    """Clients authenticate by token or as users.

    Why: Otherwise whoever reaches the port reads and writes.
    Fix: Set `userGroupIds`, or `authToken`, with `transitEncryptionEnabled=true`.
    Source: Amazon ElastiCache User Guide, "Role-Based Access Control (RBAC)" and "Authenticating with the AUTH
    command"; AWS Config rule elasticache-repl-grp-redis-auth-enabled.
    """
    if not _is_secondary(group) and not any(group.has(path) for path in ("authToken", "authTokenWo", "userGroupIds")):
        yield group.finding(
            "accepts clients without authentication; set `userGroupIds` or `authToken`", at="userGroupIds"
        )


@rule(
    (GROUP, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def minor_upgrades(cache: Resource) -> Findings:
    """Minor engine versions are applied automatically.

    Why: They hold the fixes of known weaknesses.
    Fix: Leave `autoMinorVersionUpgrade` on, as it is when left out.
    Source: Amazon ElastiCache User Guide, "Version management"; AWS Config rule
    elasticache-auto-minor-version-upgrade-check.
    """
    message = "does not upgrade minor versions automatically; set `autoMinorVersionUpgrade=true`"
    yield from asked(cache, "autoMinorVersionUpgrade", message, absent=True)
