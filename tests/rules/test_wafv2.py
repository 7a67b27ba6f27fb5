"""Rules for WAF."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, P, R, fails, passes, table, undecided

WEST = P("west", region="us-west-2")
COMPONENT = R("program:web:Web", "component")


def acl(scope: Any = "REGIONAL", **properties: Any) -> R:
    return R("aws:wafv2/webAcl:WebAcl", "acl", scope=scope, **properties)


test_cloudfront_scope_in_us_east_1 = table(
    "wafv2-cloudfront-scope-in-us-east-1",
    fails("another region", acl("CLOUDFRONT", provider=WEST), at="scope", says="us-west-2"),
    passes("us-east-1", acl("CLOUDFRONT")),
    passes("us-east-1 by its own property", acl("CLOUDFRONT", region="us-east-1", provider=WEST)),
    passes("regional", acl(provider=WEST)),
    fails("an address set", R("aws:wafv2/ipSet:IpSet", "set", scope="CLOUDFRONT", provider=WEST), at="scope"),
    passes("v6 in us-east-1", acl("CLOUDFRONT", provider=V6)),
    undecided("unknown", acl(UNKNOWN), at="scope"),
    undecided("an unknown region", acl("CLOUDFRONT", provider=P("any", region=UNKNOWN)), at="region"),
)

GROUP = R("aws:cloudwatch/logGroup:LogGroup", "group", name="waf")
GOOD_GROUP = R("aws:cloudwatch/logGroup:LogGroup", "group", name="aws-waf-logs-api")
BUCKET = R("aws:s3/bucket:Bucket", "bucket", bucket="acme-waf")
V2_BUCKET = R("aws:s3/bucketV2:BucketV2", "bucket", bucket="aws-waf-logs-acme")
ACL = acl()


def logging(*destinations: Any, of: R = ACL, **options: Any) -> R:
    return R(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        "logging",
        resourceArn=of.arn,
        logDestinationConfigs=list(destinations),
        **options,
    )


test_log_destination_named = table(
    "wafv2-log-destination-named",
    fails("a log group with another name", logging(GROUP.arn), GROUP, ACL, at="logDestinationConfigs", says="'waf'"),
    passes("a log group with the prefix", logging(GOOD_GROUP.arn), GOOD_GROUP, ACL),
    fails("a bucket with another name", logging(BUCKET.arn), BUCKET, ACL, says="aws-waf-logs-"),
    passes("a bucket with the prefix, the other token", logging(V2_BUCKET.arn), V2_BUCKET, ACL),
    fails(
        "a known stream",
        logging("arn:aws:firehose:us-east-1:210987654321:deliverystream/waf"),
        ACL,
        at="logDestinationConfigs",
    ),
    passes(
        "a known stream with the prefix", logging("arn:aws:firehose:us-east-1:1:deliverystream/aws-waf-logs-a"), ACL
    ),
    passes("a known log group", logging("arn:aws:logs:us-east-1:210987654321:log-group:aws-waf-logs-a:*"), ACL),
    undecided("unknown", logging(UNKNOWN), ACL),
)

DISTRIBUTION = R("aws:cloudfront/distribution:Distribution", "distribution")
BALANCER = R("aws:lb/loadBalancer:LoadBalancer", "balancer")
GLOBAL = acl("CLOUDFRONT")


def association(target: Any, of: R = ACL) -> R:
    return R("aws:wafv2/webAclAssociation:WebAclAssociation", "association", resourceArn=target, webAclArn=of.arn)


def guarded(of: R) -> R:
    return R("aws:cloudfront/distribution:Distribution", "distribution", webAclId=of.arn)


test_association_regional = table(
    "wafv2-association-regional",
    fails("a distribution", association(DISTRIBUTION.arn), DISTRIBUTION, ACL, at="resourceArn", says="webAclId"),
    passes("a load balancer", association(BALANCER.arn), BALANCER, ACL),
    fails(
        "a known distribution", association("arn:aws:cloudfront::210987654321:distribution/E1"), ACL, at="resourceArn"
    ),
    fails("a load balancer with a global ACL", association(BALANCER.arn, GLOBAL), BALANCER, GLOBAL, at="webAclArn"),
    fails("a distribution with a regional ACL", guarded(ACL), ACL, at="webAclId", says="REGIONAL"),
    passes("a distribution with a global ACL", guarded(GLOBAL), GLOBAL),
    undecided("unknown", association(BALANCER.arn, acl(UNKNOWN)), BALANCER, acl(UNKNOWN), at="scope"),
)

BLOCK = {"action": {"block": {}}, "statement": {"geoMatchStatement": {"countryCodes": ["XX"]}}}
MANAGED = {
    "overrideAction": {"none": {}},
    "statement": {"managedRuleGroupStatement": {"name": "a", "vendorName": "AWS"}},
}


def ruled(*rules: dict[str, Any]) -> R:
    return acl(rules=[{"name": f"rule-{index}", "priority": index, **rule} for index, rule in enumerate(rules)])


test_rules_valid = table(
    "wafv2-rules-valid",
    fails("one priority twice", ruled(BLOCK, {**BLOCK, "priority": 0}), at="rules[1].priority", says="rule-0"),
    passes("a rule and a group", ruled(BLOCK, MANAGED)),
    fails("a group with an action", ruled({**MANAGED, "action": {"block": {}}}), at="rules[0].overrideAction"),
    fails("a group without an override", ruled({"statement": MANAGED["statement"]}), at="rules[0].overrideAction"),
    fails("a rule without an action", ruled({"statement": BLOCK["statement"]}), at="rules[0].action"),
    passes("a rule group", R("aws:wafv2/ruleGroup:RuleGroup", "group", rules=[{"priority": 1, **BLOCK}])),
    passes("no rules", acl()),
    undecided("unknown", ruled({**BLOCK, "priority": UNKNOWN}), at="rules[0].priority"),
    undecided("an unknown action", ruled({"action": UNKNOWN, "statement": BLOCK["statement"]}), at="rules[0]"),
)

OTHER = R("aws:wafv2/webAcl:WebAcl", "other", scope="REGIONAL")
test_logging = table(
    "wafv2-logging",
    fails("none", ACL, says="the web ACL writes no logs"),
    passes("logged", ACL, logging(GOOD_GROUP.arn), GOOD_GROUP),
    passes("logged in a component", ACL, logging(GOOD_GROUP.arn, parent=COMPONENT), GOOD_GROUP, COMPONENT),
    fails("one of two", OTHER, ACL, logging(GOOD_GROUP.arn), GOOD_GROUP, says="the web ACL writes no logs"),
    undecided(
        "unknown", ACL, R("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "l", resourceArn=UNKNOWN)
    ),
)


def measured(value: Any) -> R:
    return ruled({**BLOCK, "visibilityConfig": {"cloudwatchMetricsEnabled": value}})


test_rule_metrics = table(
    "wafv2-rule-metrics",
    fails("off", measured(False), at="rules[0].visibilityConfig.cloudwatchMetricsEnabled"),
    passes("on", measured(True)),
    undecided("unknown", measured(UNKNOWN)),
)

test_rules_present = table(
    "wafv2-rules-present",
    fails("none", ACL, at="rules"),
    passes("one", ruled(BLOCK)),
    passes("as JSON", acl(ruleJson="[]")),
    passes("a resource of its own", ACL, R("aws:wafv2/webAclRule:WebAclRule", "rule", webAclArn=ACL.arn, priority=1)),
    undecided("unknown", ACL, R("aws:wafv2/webAclRule:WebAclRule", "rule", webAclArn=UNKNOWN, priority=1)),
)
