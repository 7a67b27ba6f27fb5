"""Minimum and maximum in order, and passwords that an API accepts."""

import pytest

from preflight.facts import schema
from preflight.rules.aws.ranges import RANGES
from preflight.testing import UNKNOWN, R, fails, passes, secret, table, undecided

CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy"
NODES = "aws:eks/nodeGroup:NodeGroup"
BROKER = "aws:mq/broker:Broker"
DOMAIN = "aws:opensearch/domain:Domain"

test_ranges_ordered = table(
    "aws-ranges-ordered",
    passes("in order", R(CACHE_POLICY, "c", minTtl=0, defaultTtl=60, maxTtl=60)),
    passes("one of them alone", R(CACHE_POLICY, "c", minTtl=600)),
    passes("absent", R(NODES, "n")),
    fails("a default above", R(CACHE_POLICY, "c", minTtl=0, defaultTtl=300, maxTtl=60), at="defaultTtl", says="maxTtl"),
    fails("minimum above maximum", R(CACHE_POLICY, "c", minTtl=90, maxTtl=60), at="minTtl", says="90"),
    fails(
        "inside an object", R(NODES, "n", scalingConfig={"minSize": 3, "desiredSize": 1, "maxSize": 5}),
        at="scalingConfig.minSize", says="`desiredSize` 1",
    ),
    fails(
        "in one of several behaviors",
        R("aws:cloudfront/distribution:Distribution", "d",
          orderedCacheBehaviors=[{"minTtl": 1, "maxTtl": 2}, {"minTtl": 5, "maxTtl": 2}]),
        at="orderedCacheBehaviors[1].minTtl", says="above",
    ),
    undecided("unknown", R(CACHE_POLICY, "c", minTtl=UNKNOWN, maxTtl=60), at="minTtl"),
)  # fmt: skip


@pytest.mark.parametrize("token", RANGES)
def test_every_property_of_the_table_exists(token: str) -> None:
    found = schema.resource(token)
    assert found is not None
    for holder, names in RANGES[token]:
        properties = found.inputs
        for step in filter(None, holder.split(".")):
            kind = properties[step].type
            while kind.of is not None:
                kind = kind.of
            assert kind.object is not None
            properties = kind.object.properties
        assert set(names) <= set(properties), (holder, names)


test_passwords_accepted = table(
    "aws-passwords-accepted",
    passes("twelve characters", R(BROKER, "b", users=[{"username": "u", "password": "correcthorse"}])),
    passes("absent", R(BROKER, "b")),
    fails(
        "too short", R(BROKER, "b", users=[{"username": "u", "password": secret("short")}]),
        at="users[0].password", says="12 to 250 characters",
    ),
    fails(
        "a character that is refused", R(BROKER, "b", users=[{"username": "u", "password": "correct:horse"}]),
        at="users[0].password", says=", : =",
    ),
    fails(
        "a kind of character missing",
        R(DOMAIN, "d", advancedSecurityOptions={"masterUserOptions": {"masterUserPassword": "alllowercase"}}),
        at="advancedSecurityOptions.masterUserOptions.masterUserPassword", says="an upper-case letter and a digit",
    ),
    fails(
        "in a list",
        R("aws:elasticache/user:User", "u", passwords=["tooshort"]), at="passwords", says="16 to 128",
    ),
    undecided("unknown", R(BROKER, "b", users=[{"username": "u", "password": UNKNOWN}]), at="users[0].password"),
)  # fmt: skip
