"""ElastiCache: engine versions, failover, the AUTH token, backups."""

from __future__ import annotations

from typing import Final

from ...facts import elasticache as facts
from ...rule import Findings, Kind, Parameter, Parameters, Resource, Severity, deferred, rule
from .._shared_graph import listed

GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER: Final = "aws:elasticache/cluster:Cluster"


@rule(GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def auth_token_usable(group: Resource) -> Findings:
    """An AUTH token goes with encryption in transit, and has the characters and length that ElastiCache accepts.

    Why: ElastiCache refuses others ("InvalidParameterValue: Invalid AuthToken provided", "InvalidParameterCombination:
    AuthToken can only be used when TransitEncryptionEnabled is true"); generators of passwords like to use % and @.
    Fix: Set `transitEncryptionEnabled=true`; generate a token of 16 to 128 characters whose special characters are
    among "!&#$^<>-"; use a token or user groups, not both.
    Source: Amazon ElastiCache User Guide, "Authenticating with the AUTH command".
    """
    path = next((path for path in ("authToken", "authTokenWo") if group.has(path)), "")
    if not path:
        return
    with deferred():
        encrypted = group.flag("transitEncryptionEnabled")
        # A secondary of a global datastore has its primary's encryption; Valkey's default has not always been off.
        default = group.has("globalReplicationGroupId") or group.text("engine") == "valkey"
        if not (default if encrypted is None else encrypted):
            yield group.finding(
                "the AUTH token needs encryption in transit; set it to true", at="transitEncryptionEnabled"
            )
    if group.has("userGroupIds"):
        yield group.finding("the group has an AUTH token and user groups; keep one of them", at="userGroupIds")
    token = group.text(path)
    if token and not facts.AUTH_TOKEN.fullmatch(token):
        yield group.finding(
            "the AUTH token is not valid: it may contain only letters, digits and !&#$^<>-, 16 to 128 of them", at=path
        )


@rule((GROUP, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def engine_version_offered(cache: Resource) -> Findings:
    """Caches use an engine version that ElastiCache offers.

    Why: ElastiCache refuses others when the cache is created ("InvalidParameterCombination: Cannot find version 7.5 for
    redis"). Versions newer than the newest of the table are not judged.
    Fix: Use one of the versions that the message lists; Redis from 7.0 on and Valkey are named by major and minor.
    Source: Amazon ElastiCache User Guide, "Supported engines and versions"; API Reference, "CreateReplicationGroup".
    """
    engine = cache.text("engine") or ("redis" if cache.is_a(GROUP) else "")
    if cache.is_a(GROUP) and engine == "memcached":
        yield cache.finding(
            "memcached is not supported by a replication group; use an `aws.elasticache.Cluster`", at="engine"
        )
        return
    version = cache.text("engineVersion")
    table = facts.engine_versions(engine)
    if not version or table is None:
        return
    status = table.status(version)
    if status is facts.Status.REFUSED:
        yield cache.finding(
            f"{engine} {version} is not offered (table of {table.dated}); {listed(table.nearest(version))} are",
            at="engineVersion",
        )
    elif status is facts.Status.DEPRECATED:
        yield cache.finding(
            f"{engine} {version} is deprecated (table of {table.dated}); use {listed(table.nearest(version))}",
            at="engineVersion",
            severity=Severity.LOW,
        )


@rule(GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def failover_has_replicas(group: Resource) -> Findings:
    """Automatic failover has a node to fail over to, and is on where Multi-AZ or several shards need it.

    Why: ElastiCache or the provider refuses the rest ("InvalidParameterCombination: Redis with cluster mode enabled
    cannot be created with auto failover turned off", "num_cache_clusters: must be at least 2 if
    automatic_failover_enabled is true"). With cluster mode, shards without replicas are allowed.
    Fix: Set `numCacheClusters` to 2 or more; set `automaticFailoverEnabled=true` with `multiAzEnabled` or with more
    than one node group.
    Source: Amazon ElastiCache API Reference, "CreateReplicationGroup"; Pulumi AWS,
    "`aws.elasticache.ReplicationGroup`".
    """
    if group.has("globalReplicationGroupId"):
        return
    failover = bool(group.flag("automaticFailoverEnabled"))
    if failover:
        nodes = group.number("numCacheClusters")
        sized = any(
            group.has(path)
            for path in ("numNodeGroups", "replicasPerNodeGroup", "nodeGroupConfigurations", "clusterMode")
        )
        # A parameter group may turn cluster mode on, where one node is allowed.
        if nodes is None and not sized and not group.has("parameterGroupName"):
            nodes = 1
        if nodes is not None and nodes < 2:
            yield group.finding(
                f"automatic failover needs two nodes, and the group has {nodes}; set `numCacheClusters` to 2 or more",
                at="numCacheClusters",
            )
        return
    if group.flag("multiAzEnabled"):
        yield group.finding(
            "`multiAzEnabled` needs automatic failover; set `automaticFailoverEnabled`", at="automaticFailoverEnabled"
        )
        return
    shards = group.number("numNodeGroups")
    if shards is not None and shards > 1:
        yield group.finding(
            f"a group of {shards} shards needs automatic failover; set `automaticFailoverEnabled`",
            at="automaticFailoverEnabled",
        )


@rule(
    (GROUP, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={"days": Parameter.of(15, "Least retention of snapshots, in days.", minimum=1, maximum=35)},
)
def automatic_backup(cache: Resource, parameters: Parameters) -> Findings:
    """Redis and Valkey caches keep daily snapshots for the configured number of days.

    Why: Without snapshots the data is gone with the last node. Memcached has none.
    Fix: Set `snapshotRetentionLimit`, in days; it is 0 (no snapshots) when left out.
    Source: Amazon ElastiCache User Guide, "Scheduling automatic backups"; AWS Config rule
    elasticache-redis-cluster-automatic-backup-check.
    """
    if cache.is_a(CLUSTER) and (cache.has("replicationGroupId") or cache.text("engine") not in ("redis", "valkey")):
        return
    days, least = cache.number("snapshotRetentionLimit") or 0, parameters["days"]
    if days < least:
        yield cache.finding(f"keeps snapshots {days} days, fewer than {least}", at="snapshotRetentionLimit")
