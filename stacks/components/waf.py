"""A regional web ACL with AWS's managed rules and encrypted logs."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.naming import Kind
from components.scope import Component, Scope

MANAGED_RULES = (
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
)
"""Rule groups without a fee of their own (AWS WAF, "AWS Managed Rules rule groups list")."""


class WebAcl(Component):
    """Filters the requests of one API stage or load balancer."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        resource_arn: pulumi.Input[str],
        log_key: EncryptionKey,
        log_retention_days: int,
        requests_per_5_minutes: int = 2000,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        resource_arn: stage or load balancer that the ACL protects.
        log_key, log_retention_days: of the log group, whose name WAF prescribes to begin with `aws-waf-logs-`.
        requests_per_5_minutes: requests from one address after which it is blocked for a while.
        """
        super().__init__("reference:waf:WebAcl", name, scope=scope, opts=opts)
        acl_name = self.physical(name, Kind.WEB_ACL)
        rate: aws.wafv2.WebAclRuleArgsDict = {
            "name": "RateLimit",
            "priority": len(MANAGED_RULES),
            "action": {"block": {}},
            "statement": {"rate_based_statement": {"limit": requests_per_5_minutes, "aggregate_key_type": "IP"}},
            "visibility_config": _measured("RateLimit"),
        }
        self.acl = aws.wafv2.WebAcl(
            name,
            name=acl_name,
            description=f"Protects {name}",
            scope="REGIONAL",
            default_action={"allow": {}},
            rules=[*(_managed(rule, priority) for priority, rule in enumerate(MANAGED_RULES)), rate],
            visibility_config=_measured(acl_name),
            tags=self.named(acl_name),
            opts=self.inside(),
        )
        aws.wafv2.WebAclAssociation(name, resource_arn=resource_arn, web_acl_arn=self.acl.arn, opts=self.inside())
        log_group = EncryptedLogGroup(
            name,
            scope=scope,
            key=log_key,
            retention_days=log_retention_days,
            group_name=f"aws-waf-logs-{acl_name}",
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.wafv2.WebAclLoggingConfiguration(
            name, resource_arn=self.acl.arn, log_destination_configs=[log_group.arn], opts=self.inside()
        )
        self.register_outputs({"arn": self.acl.arn})


def _managed(rule_group: str, priority: int) -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": rule_group,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"name": rule_group, "vendor_name": "AWS"}},
        "visibility_config": _measured(rule_group),
    }


def _measured(metric: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgsDict:
    return {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True, "metric_name": metric}
