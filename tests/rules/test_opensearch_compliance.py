"""OpenSearch and Elasticsearch domains: access, masters, zones, slow logs."""

from __future__ import annotations

import json

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from preflight.testing.program import ACCOUNT

DOMAIN = "aws:opensearch/domain:Domain"
OLDER = "aws:elasticsearch/domain:Domain"
POLICY = "aws:opensearch/domainPolicy:DomainPolicy"


def domain(token: str = DOMAIN, /, **properties: object) -> R:
    return R(token, "search", **properties)


def nodes(**settings: object) -> R:
    return domain(clusterConfig=settings)


def spread(subnets: object, zones: int | None = None, count: object = 2) -> R:
    config = {"zoneAwarenessEnabled": True, "instanceCount": count}
    if zones:
        config["zoneAwarenessConfig"] = {"availabilityZoneCount": zones}
    return domain(clusterConfig=config, vpcOptions={"subnetIds": subnets})


test_zones_match_subnets = table(
    "opensearch-zones-match-subnets",
    fails("two subnets, one zone", domain(vpcOptions={"subnetIds": ["a", "b"]}), at="vpcOptions.subnetIds"),
    passes("two subnets, two zones", spread(["a", "b"])),
    passes("subnets that are not known yet", spread([UNKNOWN, UNKNOWN])),
    passes("one subnet", domain(vpcOptions={"subnetIds": ["a"]})),
    passes("not in a VPC", domain(OLDER)),
    fails("two subnets, three zones", spread(["a", "b"], 3, 3), says="3 zones"),
    fails("one node in two zones", spread(["a", "b"], count=1), at="clusterConfig.instanceCount"),
    fails("provider v6", R(DOMAIN, "s", vpcOptions={"subnetIds": ["a", "b"]}, provider=V6), at="vpcOptions.subnetIds"),
    undecided("unknown", domain(clusterConfig=UNKNOWN, vpcOptions={"subnetIds": ["a", "b"]}), at="clusterConfig"),
)


def allow(principal: object, condition: object = None) -> str:
    statement = {"Effect": "Allow", "Action": "es:*", "Principal": principal, "Resource": "*"}
    return json.dumps({"Statement": [{**statement, **({"Condition": condition} if condition else {})}]})


ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
BARE, OTHER = domain(), R(DOMAIN, "other", accessPolicies=allow(ROLE))
INSIDE = R("program:index:App", "app")


def separate(policy: object, of: R = BARE, **options: object) -> R:
    return R(POLICY, "policy", domainName=of.prop("domainName"), accessPolicies=policy, **options)


test_access_signed = table(
    "opensearch-access-signed",
    fails("everyone", domain(accessPolicies=allow("*")), at="accessPolicies"),
    passes("a role", domain(accessPolicies=allow(ROLE))),
    passes("no policy", BARE),
    passes("fine-grained access control", domain(accessPolicies=allow("*"), advancedSecurityOptions={"enabled": True})),
    fails("an address is no identity", domain(OLDER, accessPolicies=allow({"AWS": "*"}, OFFICE)), at="accessPolicies"),
    fails("a separate policy", BARE, separate(allow("*")), at="accessPolicies"),
    fails("a separate policy in a component", BARE, separate(allow("*"), parent=INSIDE), INSIDE, at="accessPolicies"),
    passes("another domain's policy", BARE, OTHER, separate(allow(ROLE), OTHER)),
    undecided("unknown", domain(accessPolicies=UNKNOWN), at="accessPolicies"),
)

test_allowlisted_ips = table(
    "opensearch-allowlisted-ips",
    fails("no addresses", domain(accessPolicies=allow(ROLE)), at="accessPolicies"),
    passes("addresses", domain(accessPolicies=allow(ROLE, OFFICE))),
    passes("in a VPC", domain(vpcOptions={"subnetIds": ["a"]})),
    passes("a separate policy", BARE, separate(allow(ROLE, OFFICE))),
    fails("no policy", BARE, at="accessPolicies"),
    fails(
        "all addresses",
        domain(accessPolicies=allow(ROLE, {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})),
        at="accessPolicies",
    ),
    undecided("unknown", domain(accessPolicies=UNKNOWN), at="accessPolicies"),
)

test_dedicated_masters = table(
    "opensearch-dedicated-masters",
    fails("absent", BARE, at="clusterConfig.dedicatedMasterEnabled"),
    passes("three", nodes(dedicatedMasterEnabled=True, dedicatedMasterCount=3)),
    fails("two", nodes(dedicatedMasterEnabled=True, dedicatedMasterCount=2), at="clusterConfig.dedicatedMasterCount"),
    undecided("unknown", nodes(dedicatedMasterEnabled=True, dedicatedMasterCount=UNKNOWN)),
)

test_zone_awareness = table(
    "opensearch-zone-awareness",
    fails("absent", BARE, at="clusterConfig.zoneAwarenessEnabled"),
    passes("on", nodes(zoneAwarenessEnabled=True)),
    undecided("unknown", nodes(zoneAwarenessEnabled=UNKNOWN)),
)


def logs(*kinds: object) -> R:
    return domain(logPublishingOptions=[{"logType": kind} for kind in kinds])


test_slow_logs = table(
    "opensearch-slow-logs",
    fails("one of two", logs("SEARCH_SLOW_LOGS"), at="logPublishingOptions", says="INDEX_SLOW_LOGS"),
    passes("both", logs("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS")),
    fails("absent", BARE, on=["search", "search"], at="logPublishingOptions"),
    undecided("unknown", logs("SEARCH_SLOW_LOGS", UNKNOWN), at="logPublishingOptions[1].logType"),
)

NEWER = "Policy-Min-TLS-1-2-2019-07"
test_https_required = table(
    "opensearch-https-required",
    fails("absent", BARE, at="domainEndpointOptions.enforceHttps"),
    passes("TLS 1.2", domain(domainEndpointOptions={"enforceHttps": True, "tlsSecurityPolicy": NEWER})),
    fails(
        "TLS 1.0", domain(domainEndpointOptions={"enforceHttps": True}), at="domainEndpointOptions.tlsSecurityPolicy"
    ),
    undecided("unknown", domain(domainEndpointOptions=UNKNOWN), at="domainEndpointOptions"),
)

test_data_node_fault_tolerance = table(
    "opensearch-data-node-fault-tolerance",
    fails("one node unless said", BARE, at="clusterConfig.instanceCount", says="1 data nodes"),
    passes("three nodes over zones", nodes(instanceCount=3, zoneAwarenessEnabled=True)),
    fails("three nodes in one zone", nodes(instanceCount=3), at="clusterConfig.zoneAwarenessEnabled"),
    undecided("unknown", nodes(instanceCount=UNKNOWN), at="clusterConfig.instanceCount"),
)

FINE = {"advancedSecurityOptions": {"enabled": True}}
GUARDED = {
    **FINE,
    "encryptAtRest": {"enabled": True},
    "nodeToNodeEncryption": {"enabled": True},
    "domainEndpointOptions": {"enforceHttps": True},
}
test_access_control_encrypted = table(
    "opensearch-access-control-encrypted",
    fails("none of the three", domain(**FINE), at="encryptAtRest.enabled"),
    passes("all three", domain(**GUARDED)),
    passes("no fine-grained access control", BARE),
    fails("HTTP", domain(**{**GUARDED, "domainEndpointOptions": {}}), at="domainEndpointOptions.enforceHttps"),
    undecided("unknown", domain(advancedSecurityOptions=UNKNOWN), at="advancedSecurityOptions"),
)
