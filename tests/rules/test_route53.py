"""Rules for Route 53."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, P, R, document, fails, not_applicable, passes, table, undecided

COMPONENT = R("program:dns:Dns", "component")


def check(kind: Any, **properties: Any) -> R:
    return R("aws:route53/healthCheck:HealthCheck", "check", type=kind, **properties)


test_health_check_complete = table(
    "route53-health-check-complete",
    fails(
        "a match of nothing", check("HTTPS_STR_MATCH", fqdn="acme.io", port=443), at="searchString", says="searchString"
    ),
    passes("a match", check("HTTPS_STR_MATCH", fqdn="acme.io", port=443, searchString="ok", requestInterval=30)),
    fails("no address", check("HTTP", port=80), at="fqdn"),
    passes("an unknown address", check("HTTP", ipAddress=UNKNOWN)),
    fails("TCP without a port", check("TCP", fqdn="acme.io"), at="port"),
    fails("TCP with a path", check("TCP", fqdn="acme.io", port=22, resourcePath="/"), at="resourcePath"),
    fails("nothing to calculate", check("CALCULATED"), at="childHealthchecks"),
    fails("an alarm without a region", check("CLOUDWATCH_METRIC", cloudwatchAlarmName="a"), at="cloudwatchAlarmRegion"),
    fails("twenty seconds", check("HTTP", fqdn="acme.io", requestInterval=20), at="requestInterval"),
    undecided("unknown", check(UNKNOWN), at="type"),
)

test_health_check_port_matches = table(
    "route53-health-check-port-matches",
    fails("HTTPS at port 80", check("HTTPS", fqdn="acme.io", port=80), at="port", says="443"),
    passes("HTTPS at port 443", check("HTTPS_STR_MATCH", fqdn="acme.io", port=443)),
    fails("HTTP at port 443", check("HTTP", fqdn="acme.io", port=443), says="80"),
    passes("another port", check("HTTPS", fqdn="acme.io", port=8080)),
    passes("no port", check("HTTPS", fqdn="acme.io")),
    undecided("unknown", check("HTTPS", fqdn="acme.io", port=UNKNOWN), at="port"),
)


def zone(name: Any, label: str = "zone", **properties: Any) -> R:
    return R("aws:route53/zone:Zone", label, name=name, **properties)


ZONE = zone("acme.io")
OTHER = zone("acme.org", "other")
test_zone_name_registrable = table(
    "route53-zone-name-registrable",
    fails("documentation", zone("example.com"), at="name", says="example.com"),
    passes("a domain", ZONE),
    fails("below it", zone("dev.example.com."), at="name"),
    fails("testing", zone("acme.test"), at="name"),
    fails("a name of AWS", zone("x.amazonaws.com"), at="name"),
    passes("a private zone", zone("example.com", vpcs=[{"vpcId": "vpc-0a1b"}])),
    undecided("unknown", zone(UNKNOWN), at="name"),
)


def record(name: Any, label: str = "record", of: Any = ZONE, **properties: Any) -> R:
    zone_id = of.zoneId if isinstance(of, R) else of
    own = {"name": name, "zoneId": zone_id, "type": "A", **properties}
    return R("aws:route53/record:Record", label, **own)


PLAIN: Any = {"ttl": 60, "records": ["192.0.2.1"]}
ALIAS: Any = {"aliases": [{"name": "lb.acme.io", "zoneId": "Z0A1B", "evaluateTargetHealth": True}]}
test_record_complete = table(
    "route53-record-complete",
    fails("an alias with a time to live", record("www", **ALIAS, ttl=60), ZONE, at="aliases"),
    passes("an alias", record("www", **ALIAS), ZONE),
    passes("values", record("www", **PLAIN), ZONE),
    fails("no time to live", record("www", records=["192.0.2.1"]), ZONE, at="ttl"),
    fails("nothing", record("www"), ZONE, at="records"),
    passes("unknown is there", record("www", ttl=60, records=UNKNOWN), ZONE),
)

test_record_name_in_zone = table(
    "route53-record-name-in-zone",
    fails("another domain", record("www.acme.example.io"), ZONE, at="name", says="'www.acme.example.io.acme.io'"),
    passes("below the zone", record("www.acme.io"), ZONE),
    passes("relative", record("www"), ZONE),
    passes("relative with a dot", record("v1.api"), ZONE),
    passes("the zone itself", record("acme.io."), ZONE),
    passes("a zone from elsewhere", record("www.acme.org", of="Z0A1B"), ZONE),
    undecided("unknown", record(UNKNOWN), ZONE, at="name"),
    undecided("a zone of unknown name", record("www.acme.io", of=zone(UNKNOWN)), zone(UNKNOWN), at="name"),
)

INSIDE = record("www.acme.io", "record-again", parent=COMPONENT)
test_record_unique = table(
    "route53-record-unique",
    fails(
        "twice",
        record("www", **PLAIN),
        record("www.acme.io", "record-again"),
        ZONE,
        on="record-again",
        at="name",
        says="'record'",
    ),
    passes("two types", record("www"), record("www", "record-again", type="AAAA"), ZONE),
    passes("two zones", record("www"), record("www", "record-again", OTHER), ZONE, OTHER),
    passes(
        "two weights",
        record("www", setIdentifier="a"),
        record("www", "record-again", setIdentifier="b"),
        ZONE,
    ),
    fails(
        "one weight twice",
        record("www", setIdentifier="a"),
        record("www", "record-again", setIdentifier="a"),
        ZONE,
        on="record-again",
        at="name",
    ),
    fails(
        "a CNAME beside",
        record("www"),
        record("www", "record-again", type="CNAME"),
        ZONE,
        on="record-again",
        says="CNAME",
    ),
    fails("a CNAME at the apex", record("acme.io", type="CNAME"), ZONE, at="type"),
    fails("one in a component", record("www"), INSIDE, ZONE, COMPONENT, on="record-again", at="name"),
    fails(
        "one known zone",
        record("www.acme.io", of="Z1"),
        record("www.acme.io", "record-again", "Z1"),
        on="record-again",
        at="name",
    ),
    fails(
        "overwriting",
        record("www"),
        record("www", "record-again", allowOverwrite=True),
        ZONE,
        on="record-again",
        severity=Severity.LOW,
        at="name",
    ),
    undecided("unknown", record("www"), record(UNKNOWN, "record-again"), ZONE),
)

WEIGHTED = [{"weight": 10}]
test_record_routing_valid = table(
    "route53-record-routing-valid",
    fails("no identifier", record("www", weightedRoutingPolicies=WEIGHTED), ZONE, at="setIdentifier"),
    passes("an identifier", record("www", weightedRoutingPolicies=WEIGHTED, setIdentifier="a"), ZONE),
    fails(
        "two policies",
        record(
            "www", weightedRoutingPolicies=WEIGHTED, latencyRoutingPolicies=[{"region": "us-east-1"}], setIdentifier="a"
        ),
        ZONE,
        at="weightedRoutingPolicies",
    ),
    passes("none", record("www", **PLAIN), ZONE),
    undecided("unknown", record("www", multivalueAnswerRoutingPolicy=UNKNOWN), ZONE),
)


def holding(kind: Any, *values: Any) -> R:
    return record("www", type=kind, ttl=60, records=list(values))


test_record_value_valid = table(
    "route53-record-value-valid",
    fails("a name as an address", holding("A", "192.0.2.1", "lb.acme.io"), ZONE, at="records", says="'lb.acme.io'"),
    passes("an address", holding("A", "192.0.2.1"), ZONE),
    fails("an IPv4 address", holding("AAAA", "192.0.2.1"), ZONE, says="IPv6"),
    passes("an IPv6 address", holding("AAAA", "2001:db8::1"), ZONE),
    fails("no priority", holding("MX", "mail.acme.io"), ZONE, at="records"),
    passes("a priority", holding("MX", "10 mail.acme.io"), ZONE),
    fails("a long text", holding("TXT", "x" * 300), ZONE, says="255"),
    passes("a long text in parts", holding("TXT", f'"{"x" * 200}" "{"x" * 100}"'), ZONE),
    fails("no CAA", holding("CAA", "amazon.com"), ZONE, at="records"),
    passes("a CAA", holding("CAA", '0 issue "amazon.com"'), ZONE),
    undecided("unknown", holding("A", UNKNOWN), ZONE),
)

GROUP = R("aws:cloudwatch/logGroup:LogGroup", "group")
WEST_GROUP = R("aws:cloudwatch/logGroup:LogGroup", "group", provider=P("west", region="us-west-2"))
WRITE = document(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "route53.amazonaws.com"},
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": "arn:aws:logs:*:*:log-group:/aws/route53/*",
            }
        ]
    }
)
POLICY = R("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "policy", policyName="dns", policyDocument=WRITE)


def query_log(group: R = GROUP, **options: Any) -> R:
    return R("aws:route53/queryLog:QueryLog", "log", zoneId=ZONE.zoneId, cloudwatchLogGroupArn=group.arn, **options)


test_query_log_permitted = table(
    "route53-query-log-permitted",
    fails("another region", query_log(WEST_GROUP), WEST_GROUP, ZONE, at="cloudwatchLogGroupArn", says="us-west-2"),
    passes("us-east-1", query_log(depends_on=[POLICY]), GROUP, POLICY, ZONE),
    fails("the policy is not awaited", query_log(), GROUP, POLICY, ZONE, says="'policy'"),
    passes("the policy is made elsewhere", query_log(), GROUP, ZONE),
)

test_query_logging = table(
    "route53-query-logging",
    fails("none", ZONE, says="the zone's queries are not logged"),
    passes("a query log", ZONE, query_log(), GROUP),
    fails("a log of one of two", OTHER, ZONE, query_log(), GROUP, says="the zone's queries are not logged"),
    not_applicable("private", zone("acme.io", vpcs=[{"vpcId": "vpc-0a1b"}])),
    undecided("unknown", ZONE, R("aws:route53/queryLog:QueryLog", "log", zoneId=UNKNOWN), at="zoneId"),
)


BALANCER = R("aws:lb/loadBalancer:LoadBalancer", "lb")


def alias(zone_id: Any, name: Any = BALANCER.dnsName) -> R:
    return R(
        "aws:route53/record:Record",
        "r",
        zoneId=ZONE.zoneId,
        name="app",
        type="A",
        aliases=[{"name": name, "zoneId": zone_id}],
    )


test_alias_zone_fits = table(
    "route53-alias-zone-fits",
    passes("the balancer's zone", alias(BALANCER.zoneId), ZONE, BALANCER),
    passes("a known zone", alias("Z35SXDOTRQ7X7K"), ZONE, BALANCER),
    passes("an alias to a record of the zone", alias(ZONE.zoneId, "www.acme.io"), ZONE, BALANCER),
    passes(
        "absent",
        R("aws:route53/record:Record", "r", zoneId=ZONE.zoneId, name="app", type="A", ttl=60, records=["192.0.2.1"]),
        ZONE,
    ),
    fails("its own zone", alias(ZONE.id), ZONE, BALANCER, at="aliases[0].zoneId", says="'lb'"),
    passes("an unknown zone of nothing here", alias(UNKNOWN), ZONE, BALANCER),
)
