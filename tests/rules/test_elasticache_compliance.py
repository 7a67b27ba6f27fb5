"""ElastiCache: what frameworks ask for beside backups; node types."""

from __future__ import annotations

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, R, fails, passes, secret, table, undecided

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER = "aws:elasticache/cluster:Cluster"
MEMORYDB = "aws:memorydb/cluster:Cluster"
MEMBER = R(CLUSTER, "member", replicationGroupId="cache")
SECONDARY = R(GROUP, "secondary", globalReplicationGroupId="global")


def group(**properties: object) -> R:
    return R(GROUP, "cache", **properties)


test_node_type_offered = table(
    "elasticache-node-type-offered",
    fails("no prefix", group(nodeType="t4g.micro"), at="nodeType", says="cache."),
    passes("offered", group(nodeType="cache.t4g.micro")),
    passes("absent", group()),
    passes("MemoryDB", R(MEMORYDB, "m", nodeType="db.r6g.large")),
    fails("no such size", group(nodeType="cache.t4g.gigantic"), at="nodeType", says="no region"),
    fails(
        "a family that the table does not know", group(nodeType="cache.z99.large"), severity=Severity.LOW, at="nodeType"
    ),
    fails("MemoryDB with ElastiCache's", R(MEMORYDB, "m", nodeType="cache.r6g.large"), says="db."),
    fails("provider v6", R(CLUSTER, "c", nodeType="db.t3.micro", provider=V6), at="nodeType"),
    undecided("unknown", group(nodeType=UNKNOWN), at="nodeType"),
)

test_at_rest_encrypted = table(
    "elasticache-at-rest-encrypted",
    fails("absent", group(), at="atRestEncryptionEnabled"),
    passes("on", group(atRestEncryptionEnabled=True)),
    passes("on by default for Valkey", group(engine="valkey")),
    passes("a secondary has its primary's", SECONDARY),
    fails("off", group(engine="valkey", atRestEncryptionEnabled=False), at="atRestEncryptionEnabled"),
    undecided("unknown", group(atRestEncryptionEnabled=UNKNOWN), at="atRestEncryptionEnabled"),
)

test_in_transit_encrypted = table(
    "elasticache-in-transit-encrypted",
    fails("absent", group(), at="transitEncryptionEnabled"),
    passes("on", group(transitEncryptionEnabled=True, transitEncryptionMode="required")),
    passes("a secondary has its primary's", SECONDARY),
    fails("preferred only", group(transitEncryptionEnabled=True, transitEncryptionMode="preferred"), at="transitEncryptionMode"),
    undecided("unknown", group(transitEncryptionEnabled=UNKNOWN), at="transitEncryptionEnabled"),
)  # fmt: skip

SUBNETS = R("aws:elasticache/subnetGroup:SubnetGroup", "subnets")
test_in_vpc = table(
    "elasticache-in-vpc",
    fails("absent", group(), at="subnetGroupName"),
    passes("a group of the program", group(subnetGroupName=SUBNETS.name), SUBNETS),
    passes("a member has its group's", MEMBER),
    passes("an unknown name is one", group(subnetGroupName=UNKNOWN)),
    fails("a cluster", R(CLUSTER, "c", engine="memcached"), at="subnetGroupName"),
)

test_multi_az = table(
    "elasticache-multi-az",
    fails("absent", group(), at="automaticFailoverEnabled"),
    passes("on", group(automaticFailoverEnabled=True, multiAzEnabled=True)),
    passes("a secondary has its primary's", SECONDARY),
    fails("failover only", group(automaticFailoverEnabled=True), at="multiAzEnabled"),
    undecided("unknown", group(automaticFailoverEnabled=True, multiAzEnabled=UNKNOWN), at="multiAzEnabled"),
)

test_port_non_default = table(
    "elasticache-port-non-default",
    fails("absent", group(), at="port", says="6379"),
    passes("another", group(port=7777)),
    passes("a member has its group's", MEMBER),
    fails("Memcached's", R(CLUSTER, "c", engine="memcached"), says="11211"),
    undecided("unknown", group(port=UNKNOWN), at="port"),
)

test_redis_auth = table(
    "elasticache-redis-auth",
    fails("absent", group(), at="userGroupIds"),
    passes("a token", group(authToken=secret("Sixteen-or-more-characters!"))),
    passes("user groups", group(userGroupIds=["app"])),
    passes("an unknown token is one", group(authToken=UNKNOWN)),
    passes("a secondary has its primary's", SECONDARY),
)

test_minor_upgrades = table(
    "elasticache-minor-upgrades",
    fails("off", group(autoMinorVersionUpgrade=False), at="autoMinorVersionUpgrade"),
    passes("on unless said", R(CLUSTER, "c", engine="redis")),
    undecided("unknown", group(autoMinorVersionUpgrade=UNKNOWN), at="autoMinorVersionUpgrade"),
)
