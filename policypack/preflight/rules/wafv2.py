"""Rules for WAF: web ACLs, their scope, rules, associations and logs."""

from __future__ import annotations

from typing import Final

from ..documents.arn import Arn
from ..rule import Findings, Kind, Resource, Severity, Undecided, View, deferred, rule
from ..stack import Stack
from ._shared_graph import settled

WEB_ACL: Final = "aws:wafv2/webAcl:WebAcl"
RULE_GROUP: Final = "aws:wafv2/ruleGroup:RuleGroup"
SCOPED: Final = (WEB_ACL, RULE_GROUP, "aws:wafv2/ipSet:IpSet", "aws:wafv2/regexPatternSet:RegexPatternSet")
ASSOCIATION: Final = "aws:wafv2/webAclAssociation:WebAclAssociation"
LOGGING: Final = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
SEPARATE_RULES: Final = (
    "aws:wafv2/webAclRule:WebAclRule",
    "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation",
)
DISTRIBUTION: Final = "aws:cloudfront/distribution:Distribution"
_DESTINATIONS: Final = {
    "aws:cloudwatch/logGroup:LogGroup": ("name", "log group"),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": ("name", "Firehose stream"),
    "aws:s3/bucket:Bucket": ("bucket", "bucket"),
}
PREFIX: Final = "aws-waf-logs-"


@rule(SCOPED, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def cloudfront_scope_in_us_east_1(resource: Resource) -> Findings:
    """What has the scope CLOUDFRONT is made in us-east-1.

    Why: WAF knows that scope in us-east-1 only ("WAFInvalidParameterException: Error reason: The scope is not valid.,
    field: SCOPE_VALUE, parameter: CLOUDFRONT").
    Fix: Pass `region="us-east-1"` (pulumi-aws v6: a provider of that region).
    Source: AWS WAF API Reference, "CreateWebACL" (Scope).
    """
    if resource.text("scope") == "CLOUDFRONT" and resource.region != "us-east-1":
        yield resource.finding(
            f"the scope is CLOUDFRONT and the Region {resource.region}; it must be us-east-1",
            at="scope",
        )


@rule(LOGGING, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def log_destination_named(logging: Resource, stack: Stack) -> Findings:
    """WAF logs go to a log group, stream or bucket whose name begins with aws-waf-logs-.

    Why: WAF refuses others ("WAFInvalidParameterException: Error reason: The ARN isn't valid., field:
    LOG_DESTINATION").
    Fix: Name it aws-waf-logs-…; Pulumi's own names begin with the resource's name, so name that aws-waf-logs-… too.
    Source: AWS WAF Developer Guide, "Logging AWS WAF protection pack (web ACL) traffic".
    """
    at = "logDestinationConfigs"
    partners = stack.referred_by(logging, at, *_DESTINATIONS).certain
    for partner in partners:
        name_at, what = _DESTINATIONS[partner.kind]
        name = partner.text(name_at)
        if name is not None and not name.startswith(PREFIX):
            yield logging.finding(f"{what} '{name}' can't receive WAF logs; name it {PREFIX}…", at=at)
    if partners:
        return
    for value in logging.values(at):
        arn = Arn.parse(value)
        if arn is not None and not arn.name.startswith(PREFIX):
            yield logging.finding(f"'{value}' can't receive WAF logs; its name must begin with {PREFIX}", at=at)


@rule((ASSOCIATION, DISTRIBUTION), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def association_regional(user: Resource, stack: Stack) -> Findings:
    """Web ACLs of scope REGIONAL are associated; those of scope CLOUDFRONT are named by the distribution.

    Why: WAF refuses an association with a distribution ("WAFInvalidParameterException: Error reason: The ARN isn't
    valid., field: RESOURCE_ARN"), and CloudFront a regional web ACL ("InvalidWebACLId").
    Fix: Set `webAclId` of the distribution; use WebAclAssociation for load balancers, API stages and the like.
    Source: AWS WAF Developer Guide, "Associating or disassociating a web ACL with an AWS resource".
    """
    via = "webAclId" if user.is_a(DISTRIBUTION) else "webAclArn"
    wrong = "REGIONAL" if user.is_a(DISTRIBUTION) else "CLOUDFRONT"
    if user.is_a(ASSOCIATION):
        arn = Arn.parse(user.known("resourceArn"))
        distributions = stack.referred_by(user, "resourceArn", DISTRIBUTION).certain
        if distributions or (arn is not None and arn.service == "cloudfront"):
            yield user.finding(
                "a distribution is not associated this way; set its `webAclId` instead", at="resourceArn"
            )
            return
    for acl in stack.referred_by(user, via, WEB_ACL).certain:
        if acl.text("scope") == wrong:
            fix = "make one of scope CLOUDFRONT" if wrong == "REGIONAL" else "make one of scope REGIONAL"
            yield user.finding(f"web ACL '{acl.name}' has the scope {wrong}, which is not for this; {fix}", at=via)


_GROUPS: Final = ("statement.managedRuleGroupStatement", "statement.ruleGroupReferenceStatement")


@rule((WEB_ACL, RULE_GROUP), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def rules_valid(resource: Resource) -> Findings:
    """Rules have priorities of their own, and an action, or for rule groups an override of it.

    Why: WAF refuses others ("WAFInvalidParameterException: Error reason: The priority must be unique", "A rule must
    have exactly one of action and override action").
    Fix: Number the rules; give action to rules and `overrideAction` to rule groups.
    Source: AWS WAF API Reference, "Rule".
    """
    seen: dict[int | float, str] = {}
    for entry in resource.each("rules"):
        with deferred():
            if resource.is_a(WEB_ACL):
                yield from _action_findings(entry)
            priority = entry.number("priority")
            if priority is None:
                continue
            if priority in seen:
                yield entry.finding(
                    f"the priority {priority} is that of rule '{seen[priority]}' too; number them anew", at="priority"
                )
            else:
                seen[priority] = str(entry.known("name") or entry.path)


def _action_findings(entry: View) -> Findings:
    group = any(entry.raw(path) is not None for path in _GROUPS)
    if entry.is_unknown("action") or entry.is_unknown("overrideAction") or entry.is_unknown("statement"):
        raise Undecided(entry.path, entry.owner.urn)
    action, override = entry.raw("action") is not None, entry.raw("overrideAction") is not None
    if group and (action or not override):
        yield entry.finding(
            "a rule group needs `overrideAction` instead of `action`; set `overrideAction` to none or count",
            at="overrideAction",
        )
    elif not group and (override or not action):
        yield entry.finding("the rule takes action and no `overrideAction`; set action", at="action")


@rule(
    WEB_ACL,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def logging(acl: Resource, stack: Stack) -> Findings:
    """A web ACL logs the requests that it judges.

    Why: Without logs nobody can tell what was turned away, and what was let through.
    Fix: Create `aws.wafv2.WebAclLoggingConfiguration` with `resourceArn`=acl.arn and a destination named
    aws-waf-logs-….
    Source: AWS WAF Developer Guide, "Logging AWS WAF protection pack (web ACL) traffic"; AWS Config rule
    wafv2-logging-enabled.
    """
    if not stack.referring_to(acl, LOGGING, via="resourceArn"):
        yield acl.finding("the web ACL writes no logs; add `aws.wafv2.WebAclLoggingConfiguration`")


@rule(
    (WEB_ACL, RULE_GROUP),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def rule_metrics(resource: Resource) -> Findings:
    """The rules of a web ACL or rule group publish metrics.

    Why: Metrics show when a rule begins to turn away much more, or much less, than usual.
    Fix: Set `visibilityConfig.cloudwatchMetricsEnabled=true` in each rule.
    Source: AWS WAF Developer Guide, "Metrics for monitoring AWS WAF"; AWS Config rule wafv2-rulegroup-logging-enabled.
    """
    at = "visibilityConfig.cloudwatchMetricsEnabled"
    for entry in resource.each("rules"):
        with deferred():
            if entry.flag(at) is False:
                yield entry.finding("the rule publishes no metrics; set `cloudwatchMetricsEnabled=true`", at=at)


@rule(
    WEB_ACL,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def rules_present(acl: Resource, stack: Stack) -> Findings:
    """A web ACL has at least one rule.

    Why: Without rules every request gets the default action: the web ACL is there and does nothing.
    Fix: Add rules, such as the managed group AWSManagedRulesCommonRuleSet.
    Source: AWS WAF Developer Guide, "AWS Managed Rules for AWS WAF"; AWS Config rule wafv2-webacl-not-empty.
    """
    if acl.has("rules") or acl.has("ruleJson"):
        return
    separate = stack.referring_to(acl, *SEPARATE_RULES, via="webAclArn")
    if separate.certain:
        return
    settled(None if separate.maybe_more else False, acl, "rules", "may be in a resource of its own")
    yield acl.finding("has no rules", at="rules")
