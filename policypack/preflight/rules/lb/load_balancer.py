"""Load balancers: names, zones, logs, and what protects them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...documents import iam
from ...documents.answer import Answer, either
from ...facts import lb as facts
from ...rule import Certainty, Findings, Kind, NotApplicable, Resource, Severity, Undecided, rule
from ...stack import Stack
from .._shared_policies import resource_policy
from ._tokens import BUCKET, BUCKET_POLICY, CLASSIC, LOAD_BALANCER, SUBNET, TARGET_GROUP, type_of

AUTOMATIC_CHARACTERS: Final = 8
"""What Pulumi adds to a logical name: a hyphen and seven hex digits."""


@rule((LOAD_BALANCER, TARGET_GROUP, CLASSIC), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def name_valid(balancer: Resource) -> Findings:
    """Names of load balancers and target groups have at most 32 letters, digits and hyphens.

    Why: Elastic Load Balancing and the provider refuse others: "ValidationError: Load balancer name '…' cannot be
    longer than '32' characters", "cannot begin with 'internal-'". A name that Pulumi makes is the logical name with 8
    characters more.
    Fix: Shorten the name; a logical name may have 24 characters.
    Source: Elastic Load Balancing API Reference, "CreateLoadBalancer", "CreateTargetGroup".
    """
    name, prefix = balancer.text("name"), balancer.text("namePrefix")
    if name:
        problem = _name_problem(name, balancer.is_a(LOAD_BALANCER))
        if problem:
            yield balancer.finding(f"the name {name!r} {problem}", at="name")
    elif prefix:
        if len(prefix) > facts.NAME_PREFIX_MAX_LENGTH:
            yield balancer.finding(
                f"the prefix {prefix!r} has {len(prefix)} characters; {facts.NAME_PREFIX_MAX_LENGTH} are possible",
                at="namePrefix",
            )
    elif not balancer.has("namePrefix") and len(balancer.name) + AUTOMATIC_CHARACTERS > facts.NAME_MAX_LENGTH:
        yield balancer.finding(
            f"the logical name {balancer.name!r} has {len(balancer.name)} characters; with the {AUTOMATIC_CHARACTERS} "
            f"that Pulumi adds, {facts.NAME_MAX_LENGTH} are more than allowed; use at most "
            f"{facts.NAME_MAX_LENGTH - AUTOMATIC_CHARACTERS}, or set `name`",
            at="name",
        )


def _name_problem(name: str, refuses_internal: bool) -> str | None:
    if len(name) > facts.NAME_MAX_LENGTH:
        return f"has {len(name)} characters; {facts.NAME_MAX_LENGTH} are possible"
    if refuses_internal and name.startswith("internal-"):
        return "begins with 'internal-', which is kept for AWS"
    if not facts.NAME.fullmatch(name.removeprefix("internal-")):
        return "must have letters, digits and hyphens only, no hyphen first or last"
    return None


@rule(LOAD_BALANCER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def subnets_in_two_zones(balancer: Resource, stack: Stack) -> Findings:
    """An application load balancer has subnets in two Availability Zones.

    Why: Elastic Load Balancing refuses another: "ValidationError: At least two subnets in two different Availability
    Zones must be specified". Local Zones and Outposts take one.
    Fix: Give it the public (internal: the private) subnets of at least two zones.
    Source: Application Load Balancers user guide, "Subnets for your load balancer".
    """
    if type_of(balancer) != "application" or balancer.has("customerOwnedIpv4Pool"):
        return
    count = sum(len(balancer.list(path) or ()) for path in ("subnets", "subnetMappings"))
    if any(mapping.has("outpostId") for mapping in balancer.each("subnetMappings")):
        return
    path = "subnetMappings" if balancer.has("subnetMappings") else "subnets"
    subnets = {
        one.urn: one
        for via in ("subnets", "subnetMappings")
        for one in stack.referred_by(balancer, via, SUBNET).certain
    }.values()
    if count < 2:
        if any(one.has("outpostArn") or _is_local(one) for one in subnets):
            return
        yield balancer.finding(
            f"the load balancer has {'one subnet' if count else 'no subnets'}; it needs subnets in "
            "two Availability Zones",
            at=path,
            severity=None if subnets or not count else Severity.LOW,
        )
        return
    if len(subnets) < count:
        return
    zones = {one.known("availabilityZone") or one.known("availabilityZoneId") for one in subnets}
    if len(zones) == 1 and None not in zones and not any(one.has("outpostArn") or _is_local(one) for one in subnets):
        names = ", ".join(one.name for one in subnets)
        yield balancer.finding(
            f"all subnets ({names}) are in {zones.pop()}; use subnets in two Availability Zones", at=path
        )


def _is_local(subnet: Resource) -> bool:
    """Whether a subnet is in a Local or Wavelength Zone (us-west-2-lax-1a)."""
    return (subnet.known("availabilityZone") or "").count("-") > 3


@rule(LOAD_BALANCER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def access_log_bucket_permits(balancer: Resource, stack: Stack) -> Findings:
    """The bucket of a load balancer's access logs lets Elastic Load Balancing write, before logging is switched on.

    Why: Elastic Load Balancing tries it at once: "InvalidConfigurationRequest: Access Denied for bucket: … Please check
    S3bucket permission".
    Fix: Attach a bucket policy that allows s3:PutObject to logdelivery.elasticloadbalancing.amazonaws.com (or to the
    region's log delivery account; network load balancers: delivery.logs.amazonaws.com), and make the load balancer
    depend on it.
    Source: Application Load Balancers user guide, "Enable access logs for your Application Load Balancer"; Network Load
    Balancers user guide, "Enable access logs for your Network Load Balancer".
    """
    if not balancer.flag("accessLogs.enabled"):
        return
    kind = type_of(balancer)
    buckets = stack.referred_by(balancer, "accessLogs.bucket", BUCKET).certain
    if len(buckets) != 1 or kind == "gateway":
        return
    bucket = buckets[0]
    policies = stack.referring_to(bucket, BUCKET_POLICY, via="bucket")
    if not policies.certain and not policies.maybe_more and not bucket.has("policy"):
        yield balancer.finding(
            f"bucket {bucket.name} has no policy in the program, so that the load balancer can't write its access "
            f"logs; add a BucketPolicy that allows s3:PutObject to {_writer(kind)}",
            at="accessLogs.bucket",
        )
        return
    document = resource_policy(stack, bucket, BUCKET_POLICY, "bucket")
    answer = _may_write(document, kind, balancer.known_region)
    if answer is False:
        yield balancer.finding(
            f"the policy of bucket {bucket.name} does not allow s3:PutObject to {_writer(kind)}; add the statement",
            at="accessLogs.bucket",
        )
        return
    if policies.certain and not any(stack.waits_for(balancer, policy) for policy in policies.certain):
        yield balancer.finding(
            f"nothing makes the load balancer wait for bucket policy {policies.certain[0].name}; add it to `dependsOn`",
            at="accessLogs.bucket",
            severity=Severity.LOW,
            certainty=Certainty.RACE,
        )
    if answer is None:
        raise Undecided("policy", (policies.certain or [bucket])[0].urn)


def _writer(kind: str) -> str:
    return facts.NETWORK_LOG_PRINCIPAL if kind == "network" else facts.LOG_PRINCIPAL


def _may_write(document: iam.Document, kind: str, region: str | None) -> Answer:
    """Whether a bucket's policy lets the service of a load balancer put objects."""
    callers = [iam.service(_writer(kind))]
    if kind == "application":
        accounts = facts.LOG_ACCOUNTS.values() if region is None else [facts.log_account(region)]
        callers += [iam.account(number) for number in accounts if number]
    return either(document.allows("s3:PutObject", principal=caller) for caller in callers)


@rule(
    (LOAD_BALANCER, CLASSIC),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def access_logging(balancer: Resource) -> Findings:
    """A load balancer writes access logs to a bucket.

    Why: Without them nobody can tell who called what, before and after the targets' own logs begin.
    Fix: Set `accessLogs` with a bucket and `enabled=true`.
    Source: Application Load Balancers user guide, "Access logs"; AWS Config rule ELB_LOGGING_ENABLED.
    """
    classic = balancer.is_a(CLASSIC)
    if not classic and type_of(balancer) == "gateway":
        raise NotApplicable("gateway load balancers have no access logs")
    enabled = balancer.flag("accessLogs.enabled")
    if enabled is None and classic:
        enabled = balancer.has("accessLogs")
    if not enabled or not balancer.has("accessLogs.bucket"):
        yield balancer.finding(
            "access logs are off; set `accessLogs` with a bucket and enabled", at="accessLogs.enabled"
        )


@rule(
    LOAD_BALANCER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def deletion_protection(balancer: Resource) -> Findings:
    """A load balancer is protected from deletion.

    Why: Its address is what the world calls; a slip takes everything behind it off the net.
    Fix: Set `enableDeletionProtection` to `true` (and to `false` before you want to destroy it).
    Source: Application Load Balancers user guide, "Deletion protection"; AWS Config rule
    ELB_DELETION_PROTECTION_ENABLED.
    """
    if not balancer.flag("enableDeletionProtection"):
        yield balancer.finding(
            "deletion protection is off; set `enableDeletionProtection=true`", at="enableDeletionProtection"
        )


@rule(
    LOAD_BALANCER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def drop_invalid_headers(balancer: Resource) -> Findings:
    """An application load balancer drops malformed headers.

    Why: Headers that balancer and target read differently are a way to smuggle requests.
    Fix: Set `dropInvalidHeaderFields` to `true`.
    Source: Application Load Balancers user guide, "Load balancer attributes"; AWS Config rule
    ALB_HTTP_DROP_INVALID_HEADER_ENABLED.
    """
    if type_of(balancer) != "application":
        raise NotApplicable("not an application load balancer")
    if not balancer.flag("dropInvalidHeaderFields"):
        yield balancer.finding(
            "invalid headers are passed on; set `dropInvalidHeaderFields=true`", at="dropInvalidHeaderFields"
        )


@drop_invalid_headers.remediate
def _drop(balancer: Resource) -> Mapping[str, Any] | None:
    if balancer.is_unknown("loadBalancerType") or balancer.is_unknown("dropInvalidHeaderFields"):
        return None
    if type_of(balancer) != "application" or balancer.flag("dropInvalidHeaderFields"):
        return None
    return {"dropInvalidHeaderFields": True}


WEB_ACL_ASSOCIATIONS: Final = (
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:wafregional/webAclAssociation:WebAclAssociation",
)


@rule(
    LOAD_BALANCER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def waf_associated(balancer: Resource, stack: Stack) -> Findings:
    """A web ACL is associated with each application load balancer.

    Why: A web application firewall stops known attacks before they reach the targets.
    Fix: Add a `aws.wafv2.WebAclAssociation` with the load balancer's ARN as `resourceArn`.
    Source: Application Load Balancers user guide, "AWS WAF"; AWS Config rule ALB_WAF_ENABLED.
    """
    if type_of(balancer) != "application":
        raise NotApplicable("not an application load balancer")
    if not stack.referring_to(balancer, *WEB_ACL_ASSOCIATIONS, via="resourceArn"):
        yield balancer.finding("no web ACL of the program is associated; add a `aws.wafv2.WebAclAssociation`")


@rule(
    (LOAD_BALANCER, CLASSIC),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def desync_mitigation(balancer: Resource) -> Findings:
    """Desync mitigation is defensive or strictest.

    Why: In monitor mode requests that are made to be read in two ways are passed on. Defensive is what holds unless
    set.
    Fix: Leave `desyncMitigationMode` out, or set it to "defensive" or "strictest".
    Source: Application Load Balancers user guide, "Desync mitigation mode"; AWS Config rules ALB_DESYNC_MODE_CHECK,
    CLB_DESYNC_MODE_CHECK.
    """
    mode = balancer.text("desyncMitigationMode")
    if mode not in (None, "", "defensive", "strictest"):
        yield balancer.finding(f"the mode is {mode}; use defensive or strictest", at="desyncMitigationMode")
