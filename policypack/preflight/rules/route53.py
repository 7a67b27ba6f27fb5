"""Rules for Route 53: zones, records, health checks, query logs."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from ..documents import iam
from ..facts import route53
from ..rule import Certainty, Findings, Kind, NotApplicable, Resource, Severity, rule
from ..stack import Stack
from ._shared_graph import alike, marked
from ._shared_policies import waits_for_any

HEALTH_CHECK: Final = "aws:route53/healthCheck:HealthCheck"
ZONE: Final = "aws:route53/zone:Zone"
RECORD: Final = "aws:route53/record:Record"
QUERY_LOG: Final = "aws:route53/queryLog:QueryLog"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
LOG_RESOURCE_POLICY: Final = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"


@rule(HEALTH_CHECK, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def health_check_complete(check: Resource) -> Findings:
    """A health check has the properties that its type needs, and none that it refuses.

    Why: Route 53 refuses others ("InvalidInput: Invalid parameter: SearchString cannot be null for HTTPS_STR_MATCH",
    "Request interval must be 10 or 30").
    Fix: Give what the message names.
    Source: Amazon Route 53 API Reference, "HealthCheckConfig".
    """
    kind = check.text("type")
    needs = route53.HEALTH_CHECKS.get(kind or "")
    if needs is not None:
        missing = sorted(at for at in needs.needs if not check.has(at))
        if missing:
            yield check.finding(f"a health check of type {kind} needs {marked(missing)}", at=missing[0])
        if needs.needs_one_of and not any(check.has(at) for at in needs.needs_one_of):
            yield check.finding(
                f"a health check of type {kind} needs one of {marked(sorted(needs.needs_one_of))}",
                at="fqdn",
            )
        for at in sorted(needs.refuses):
            if check.has(at):
                yield check.finding(f"a health check of type {kind} does not support `{at}`; remove it", at=at)
    interval = check.number("requestInterval")
    if interval is not None and interval not in route53.REQUEST_INTERVALS:
        yield check.finding(f"the interval is {interval} seconds; Route 53 accepts 10 or 30", at="requestInterval")


@rule(HEALTH_CHECK, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def health_check_port_matches(check: Resource) -> Findings:
    """A health check over HTTPS does not ask at port 80, and one over HTTP not at port 443.

    Why: The check is made and then never succeeds: TLS is spoken where plain HTTP is expected, or the reverse. Traffic
    fails over though all is well.
    Fix: Use type HTTPS (or HTTPS_STR_MATCH) with port 443, HTTP with port 80.
    Source: Amazon Route 53 Developer Guide, "Values that you specify when you create or update health checks".
    """
    kind, port = check.text("type") or "", check.number("port")
    if kind.startswith("HTTPS") and port == 80:
        yield check.finding(f"the check speaks {kind} to port 80; use port 443, or type HTTP", at="port")
    elif kind in ("HTTP", "HTTP_STR_MATCH") and port == 443:
        yield check.finding(f"the check speaks {kind} to port 443; use port 80, or type HTTPS", at="port")


@rule(ZONE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def zone_name_registrable(zone: Resource) -> Findings:
    """A public zone has a name that somebody can own.

    Why: Route 53 refuses documentation domains and AWS's own ("InvalidDomainName: example.com is reserved by AWS!");
    names below .test, .example, .invalid and .localhost never answer anybody.
    Fix: Take the domain from config, or make the zone private with vpcs.
    Source: Amazon Route 53 API Reference, "CreateHostedZone"; RFC 2606.
    """
    if zone.has("vpcs"):
        return
    name = zone.text("name")
    reserved = route53.reserved_zone(name) if name else None
    if reserved:
        yield zone.finding(
            f"'{name}' is reserved ({reserved}); use a domain that you own, from configuration", at="name"
        )


@rule(RECORD, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def record_complete(record: Resource) -> Findings:
    """A record is an alias, or has a time to live and values.

    Why: Route 53 and the provider refuse a mix, and a record without values ("InvalidChangeBatch: … expected exactly
    one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]").
    Fix: Give aliases alone, or ttl and records.
    Source: Amazon Route 53 API Reference, "ResourceRecordSet".
    """
    plain = [at for at in ("ttl", "records") if record.has(at)]
    if record.has("aliases"):
        if plain:
            yield record.finding(f"has both `aliases` and {marked(plain)}; keep one of them", at="aliases")
    elif len(plain) < 2:
        missing = [at for at in ("ttl", "records") if at not in plain]
        yield record.finding(f"needs {marked(missing)} unless it is an alias", at=missing[-1])


def _full_name(name: str, zone_name: str | None) -> str:
    """A record's name as Route 53 keeps it: below the zone, in lower case, without the last dot."""
    plain = name.rstrip(".").lower()
    if zone_name is None:
        return plain
    zone = zone_name.rstrip(".").lower()
    if plain in ("", "@"):
        return zone
    return plain if plain == zone or plain.endswith(f".{zone}") else f"{plain}.{zone}"


@rule(RECORD, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def record_name_in_zone(record: Resource, stack: Stack) -> Findings:
    """A record's full name is below the name of its zone.

    Why: The zone is appended to a name that is not below it: "www.acme.org" in the zone "acme.com" becomes
    "www.acme.org.acme.com", and the name that was meant does not answer.
    Fix: Use a name below the zone, or a relative one without the zone.
    Source: Amazon Route 53 API Reference, "ResourceRecordSet" (Name).
    """
    for zone in stack.referred_by(record, "zoneId", ZONE).certain:
        name, domain = record.text("name"), zone.text("name")
        if name is None or domain is None:
            continue
        plain, below = name.rstrip(".").lower(), domain.rstrip(".").lower()
        if "." not in plain or plain == below or plain.endswith(f".{below}"):
            continue
        if plain.rpartition(".")[2] == below.rpartition(".")[2]:
            yield record.finding(
                f"'{name}' is not below its zone '{domain}' and would become '{plain}.{below}'", at="name"
            )


@rule(RECORD, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def record_unique(record: Resource, stack: Stack) -> Findings:
    """A zone has one record of a name and type for each set identifier, and a CNAME shares its name with nothing.

    Why: Route 53 refuses others ("InvalidChangeBatch: Tried to create resource record set … but it already exists",
    "RRSet of type CNAME with DNS name … is not permitted as it conflicts with other records", "… is not permitted at
    apex in zone").
    Fix: Merge the values into one record; use an alias record instead of a CNAME at the apex.
    Source: Amazon Route 53 Developer Guide, "Supported DNS record types".
    """
    kind, name = record.text("type"), record.text("name")
    if kind is None or name is None:
        return
    zone = next(iter(stack.referred_by(record, "zoneId", ZONE).certain), None)
    domain = zone.known("name") if zone is not None else None
    full = _full_name(name, domain)
    if kind == "CNAME" and domain is not None and full == domain.rstrip(".").lower():
        yield record.finding(f"a CNAME is not allowed at the apex of '{domain}'; use an alias record", at="type")
        return
    for other in alike(stack, RECORD, "zoneId", ZONE).before(record):
        if other.known("name") is None or _full_name(str(other.known("name")), domain) != full:
            continue
        theirs = other.known("type")
        lenient = Severity.LOW if record.known("allowOverwrite") or other.known("allowOverwrite") else None
        if theirs == kind:
            if not _told_apart(record, other):
                yield record.finding(
                    f"record '{other.name}' has the same name '{full}' and type {kind}; merge the two",
                    at="name",
                    severity=lenient,
                )
                return
        elif theirs is not None and "CNAME" in (kind, theirs):
            yield record.finding(
                f"record '{other.name}' ({theirs}) has the same name '{full}', which a CNAME can't share; rename one",
                at="name",
                severity=lenient,
            )
            return


def _told_apart(record: Resource, other: Resource) -> bool:
    """Whether set identifiers keep two records apart, or may."""
    if record.is_unknown("setIdentifier") or other.is_unknown("setIdentifier"):
        return True
    return bool(record.known("setIdentifier") != other.known("setIdentifier"))


_POLICIES: Final = (
    "cidrRoutingPolicy",
    "failoverRoutingPolicies",
    "geolocationRoutingPolicies",
    "geoproximityRoutingPolicy",
    "latencyRoutingPolicies",
    "weightedRoutingPolicies",
)


@rule(RECORD, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def record_routing_valid(record: Resource) -> Findings:
    """A record has one routing policy at most, and a set identifier if it has one.

    Why: Route 53 and the provider refuse others ("InvalidChangeBatch: … Missing field 'SetIdentifier'").
    Fix: Keep one policy, and name each record of the set with `setIdentifier`.
    Source: Amazon Route 53 API Reference, "ResourceRecordSet" (SetIdentifier).
    """
    given = [at for at in _POLICIES if record.has(at)]
    if record.flag("multivalueAnswerRoutingPolicy"):
        given.append("multivalueAnswerRoutingPolicy")
    if len(given) > 1:
        yield record.finding(f"has {marked(given)}; keep one routing policy", at=given[1])
    elif given and not record.has("setIdentifier"):
        yield record.finding(f"has `{given[0]}` but no `setIdentifier`; set it", at="setIdentifier")


@rule(RECORD, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def record_value_valid(record: Resource) -> Findings:
    """The values of a record are of its type.

    Why: Route 53 refuses others ("InvalidChangeBatch: Invalid Resource Record: 'FATAL problem:
    ARRDATAIllegalIPv4Address'").
    Fix: Addresses for A and AAAA, "10 mail.acme.com" for MX, parts of 255 characters at most for TXT, '0 issue
    "amazon.com"' for CAA.
    Source: Amazon Route 53 Developer Guide, "Supported DNS record types".
    """
    kind = record.text("type")
    for value in record.values("records"):
        problem = _value_problem(kind, value) if isinstance(value, str) else None
        if problem:
            yield record.finding(f"'{value}' {problem}", at="records")


def _value_problem(kind: str | None, value: str) -> str | None:
    if kind in ("A", "AAAA"):
        version = 4 if kind == "A" else 6
        return None if _is_address(value.strip(), version) else f"is not an IPv{version} address"
    if kind == "MX":
        return None if re.fullmatch(r"\d{1,5}\s+\S+", value.strip()) else "has no priority; write '10 mail.acme.com'"
    if kind == "TXT":
        parts = re.findall(r'"((?:[^"\\]|\\.)*)"', value) or [value]
        return (
            "has a part of more than 255 characters; split it into quoted parts" if max(map(len, parts)) > 255 else None
        )
    if kind == "CAA":
        return (
            None
            if re.fullmatch(r'\d{1,3}\s+\w+\s+"[^"]*"', value.strip())
            else "is not a CAA value; write '0 issue \"amazon.com\"'"
        )
    return None


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


@rule(QUERY_LOG, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def query_log_permitted(log: Resource, stack: Stack) -> Findings:
    """A query log writes to a log group in us-east-1, and waits for the policy that lets Route 53 write.

    Why: Route 53 refuses others ("InsufficientCloudWatchLogsResourcePolicy", "InvalidInput: The ARN for the CloudWatch
    Logs log group is invalid").
    Fix: Create the log group with `region="us-east-1"`, and let the query log depend on a LogResourcePolicy for
    route53.amazonaws.com.
    Source: Amazon Route 53 Developer Guide, "Public DNS query logging".
    """
    for group in stack.referred_by(log, "cloudwatchLogGroupArn", LOG_GROUP).certain:
        if group.known_region not in (None, "us-east-1"):
            yield log.finding(
                f"log group '{group.name}' is in {group.known_region}; Route 53 writes to us-east-1 only",
                at="cloudwatchLogGroupArn",
            )
    service = iam.service("route53.amazonaws.com")
    policies = [
        policy
        for policy in stack.of_type(LOG_RESOURCE_POLICY)
        if iam.parse(policy.raw("policyDocument")).allows("logs:PutLogEvents", principal=service)
    ]
    if policies and not waits_for_any(stack, log, policies):
        yield log.finding(
            f"the query log does not wait for LogResourcePolicy '{policies[0].name}', which admits Route 53; add it "
            "to `dependsOn`",
            certainty=Certainty.RACE,
        )


@rule(
    ZONE,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def query_logging(zone: Resource, stack: Stack) -> Findings:
    """A public zone logs the queries that it answers.

    Why: Queries show who looks for which name: misuse of a domain, and names that are missing.
    Fix: Create `aws.route53.QueryLog` for the zone, with a log group in us-east-1.
    Source: Amazon Route 53 Developer Guide, "Public DNS query logging"; AWS Config rule route53-query-logging-enabled.
    """
    if zone.has("vpcs"):
        raise NotApplicable("a private zone is logged by Resolver")
    if not stack.referring_to(zone, QUERY_LOG, via="zoneId"):
        yield zone.finding("the zone's queries are not logged; add `aws.route53.QueryLog`")


_ALIAS_TARGETS: Final = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
    "aws:cloudfront/distribution:Distribution",
    "aws:apigateway/domainName:DomainName",
    "aws:apigatewayv2/domainName:DomainName",
    "aws:globalaccelerator/accelerator:Accelerator",
    "aws:elasticbeanstalk/environment:Environment",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:s3/bucket:Bucket",
)


@rule(RECORD, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def alias_zone_fits(record: Resource, stack: Stack) -> Findings:
    """An alias to an AWS resource names the hosted zone of that resource, not the record's own.

    Why: Route 53 refuses the alias ("InvalidChangeBatch: Tried to create an alias that targets …, type A in zone …, but
    the alias target name does not lie within the target zone").
    Fix: Set `aliases[0].zoneId` to the target's own zone, such as the `zoneId` of a load balancer or the `hostedZoneId`
    of a distribution.
    Source: Amazon Route 53 API Reference, "AliasTarget" (HostedZoneId).
    """
    target = next(iter(stack.referred_by(record, "aliases.name", *_ALIAS_TARGETS).certain), None)
    if target is None:
        return
    for zone in stack.referred_by(record, "aliases.zoneId", ZONE).certain:
        for alias in record.each("aliases"):
            if alias.is_unknown("zoneId") or alias.text("zoneId") in stack.identities(zone):
                yield alias.finding(
                    f"names the hosted zone '{zone.name}', but its target '{target.name}' is in a zone of AWS; use the "
                    "target's own `zoneId`",
                    at="zoneId",
                )
