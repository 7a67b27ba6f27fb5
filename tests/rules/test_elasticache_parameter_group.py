"""Parameter groups of ElastiCache."""

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER = "aws:elasticache/cluster:Cluster"
PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup"
REDIS7 = R(PARAMETERS, "seven", family="redis7")
REDIS6 = R(PARAMETERS, "six", family="redis6.x")
ON = R(PARAMETERS, "on", family="redis7", parameters=[{"name": "cluster-enabled", "value": "yes"}])

test_parameter_group_family_matches = table(
    "elasticache-parameter-group-family-matches",
    passes("of its family", R(GROUP, "g", engineVersion="7.1", parameterGroupName=REDIS7.name), REDIS7),
    passes("6.2 is 6.x", R(GROUP, "g", engineVersion="6.2", parameterGroupName=REDIS6.name), REDIS6),
    passes("a default group", R(CLUSTER, "c", engine="memcached", engineVersion="1.6.22", parameterGroupName="default.memcached1.6")),
    passes("absent", R(GROUP, "g", engineVersion="7.1")),
    passes("another group is of another family", R(GROUP, "g", engineVersion="7.1", parameterGroupName=REDIS7.name), REDIS7, REDIS6),
    fails("of an older family", R(GROUP, "g", engineVersion="7.1", parameterGroupName=REDIS6.name), REDIS6,
          at="parameterGroupName", says="redis 7.1 needs redis7"),
    fails("a default group of an older family", R(GROUP, "g", engine="valkey", engineVersion="8.0", parameterGroupName="default.redis7"),
          at="parameterGroupName", says="valkey8"),
    fails("of a cluster", R(CLUSTER, "c", engine="redis", engineVersion="5.0.6", parameterGroupName="default.redis4.0"),
          at="parameterGroupName", says="redis5.0"),
    undecided("an unknown version", R(GROUP, "g", engineVersion=UNKNOWN, parameterGroupName=REDIS7.name), REDIS7, at="engineVersion"),
    undecided("an unknown group", R(GROUP, "g", engineVersion="7.1", parameterGroupName=UNKNOWN), at="parameterGroupName"),
)  # fmt: skip

test_cluster_mode_parameter_group = table(
    "elasticache-cluster-mode-parameter-group",
    passes("cluster mode on", R(GROUP, "g", numNodeGroups=2, parameterGroupName=ON.name), ON),
    passes("the default group for it", R(GROUP, "g", numNodeGroups=2, parameterGroupName="default.redis7.cluster.on")),
    passes("one shard", R(GROUP, "g", numNodeGroups=1, parameterGroupName="default.redis7")),
    passes("absent", R(GROUP, "g", numNodeGroups=2)),
    fails("the default group without it", R(GROUP, "g", numNodeGroups=2, parameterGroupName="default.redis7"),
          at="parameterGroupName", says="default.redis7.cluster.on"),
    fails("a group without it", R(GROUP, "g", numNodeGroups=3, parameterGroupName=REDIS7.name), REDIS7, ON,
          at="parameterGroupName", says="'seven' does not set cluster-enabled"),
    undecided("an unknown number", R(GROUP, "g", numNodeGroups=UNKNOWN, parameterGroupName=ON.name), ON, at="numNodeGroups"),
)  # fmt: skip
