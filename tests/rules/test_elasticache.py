"""ElastiCache."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, secret, table, undecided

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER = "aws:elasticache/cluster:Cluster"
TOKEN = "Sixteen-or-more-characters!"


def group(**properties: object) -> R:
    return R(GROUP, "cache", description="cache", **properties)


test_auth_token_usable = table(
    "elasticache-auth-token-usable",
    fails("without TLS", group(authToken=secret(TOKEN)), at="transitEncryptionEnabled"),
    passes("with TLS", group(authToken=secret(TOKEN), transitEncryptionEnabled=True)),
    passes("no token", group()),
    passes("a secondary has its primary's", group(authToken=TOKEN, globalReplicationGroupId="global")),
    fails("TLS off", group(authToken=TOKEN, engine="valkey", transitEncryptionEnabled=False), at="transitEncryptionEnabled"),
    fails("a character too many", group(authToken=secret("Sixteen-or-more-%@"), transitEncryptionEnabled=True), at="authToken", says="16 to 128"),
    fails("too short", group(authToken=secret("short"), transitEncryptionEnabled=True), at="authToken"),
    fails("user groups as well", group(authToken=TOKEN, transitEncryptionEnabled=True, userGroupIds=["app"]), at="userGroupIds"),
    undecided("an unknown token", group(authToken=UNKNOWN, transitEncryptionEnabled=True), at="authToken"),
)  # fmt: skip

test_engine_version_offered = table(
    "elasticache-engine-version-offered",
    fails("another version", group(engine="valkey", engineVersion="7.0"), at="engineVersion", says=["7.0", "7.2"]),
    passes("offered", group(engine="redis", engineVersion="7.1")),
    passes("the provider's 6.x", group(engineVersion="6.x")),
    passes("a patch release of old", R(CLUSTER, "c", engine="redis", engineVersion="5.0.6")),
    passes("newer than the table", group(engine="valkey", engineVersion="99.0")),
    passes("absent", group()),
    passes("of a member", R(CLUSTER, "c", replicationGroupId="cache", engineVersion="1.0")),
    fails("Memcached has no groups", group(engine="memcached"), at="engine"),
    fails("Memcached", R(CLUSTER, "c", engine="memcached", engineVersion="1.2.0"), at="engineVersion"),
    fails("provider v6", R(GROUP, "c", engine="valkey", engineVersion="6.2", provider=V6), at="engineVersion"),
    undecided("unknown", group(engineVersion=UNKNOWN), at="engineVersion"),
)

FAILOVER = {"automaticFailoverEnabled": True}
test_failover_has_replicas = table(
    "elasticache-failover-has-replicas",
    fails("one node", group(**FAILOVER, numCacheClusters=1), at="numCacheClusters", says="two nodes"),
    passes("two nodes", group(**FAILOVER, multiAzEnabled=True, numCacheClusters=2)),
    passes("one node without", group(numCacheClusters=1)),
    passes("shards without replicas", group(**FAILOVER, numNodeGroups=1, replicasPerNodeGroup=0)),
    passes("a parameter group may turn cluster mode on", group(**FAILOVER, parameterGroupName="mine")),
    passes("a secondary", group(globalReplicationGroupId="global", numNodeGroups=2)),
    fails("one node unless said", group(**FAILOVER), at="numCacheClusters"),
    fails("Multi-AZ without", group(multiAzEnabled=True, numCacheClusters=2), at="automaticFailoverEnabled"),
    fails("shards without", group(numNodeGroups=2, replicasPerNodeGroup=1), at="automaticFailoverEnabled", says="2 shards"),
    undecided("unknown", group(**FAILOVER, numCacheClusters=UNKNOWN), at="numCacheClusters"),
)  # fmt: skip

test_automatic_backup = table(
    "elasticache-automatic-backup",
    fails("absent", group(), at="snapshotRetentionLimit", says="0 days"),
    passes("enough", group(snapshotRetentionLimit=15)),
    passes("as configured", group(snapshotRetentionLimit=7), parameters={"days": 7}),
    passes("Memcached has none", R(CLUSTER, "c", engine="memcached")),
    passes("a member has its group's", R(CLUSTER, "c", replicationGroupId="cache")),
    fails("a single node", R(CLUSTER, "c", engine="redis", snapshotRetentionLimit=3), says="fewer than 15"),
    undecided("unknown", group(snapshotRetentionLimit=UNKNOWN), at="snapshotRetentionLimit"),
)
