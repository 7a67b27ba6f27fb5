"""IAM roles that AWS services assume, with their permissions in managed policies."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.naming import Kind
from components.policies import Statement, document, trust
from components.scope import Component, Scope

CHECKS_SOURCE_ACCOUNT = frozenset(
    {"ecs-tasks.amazonaws.com", "monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com"}
)
"""Services whose documentation shows `aws:SourceAccount` in the role's trust policy, against confused deputies
(Amazon ECS, "Task IAM role"; Amazon RDS, "Preventing cross-service confused deputy"; Amazon VPC, "IAM role for flow
logs")."""


class ServiceRole(Component):
    """A role for one service, with one customer-managed policy."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        service: str,
        statements: Sequence[Statement] = (),
        managed_policy_arns: Sequence[str] = (),
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        service: principal that assumes the role, such as `ecs-tasks.amazonaws.com`.
        statements: what the role may do; none leaves it without a policy of its own.
        managed_policy_arns: AWS managed policies beside it, for permissions that AWS maintains.
        boundary_arn: managed policy that caps the role's permissions.
        """
        super().__init__("reference:identity:ServiceRole", name, scope=scope, opts=opts)
        conditions = (
            {"StringEquals": {"aws:SourceAccount": scope.account_id}} if service in CHECKS_SOURCE_ACCOUNT else None
        )
        role_name = self.physical(name, Kind.ROLE)
        self.role = aws.iam.Role(
            name,
            name=role_name,
            description=f"Assumed by {service}",
            assume_role_policy=trust(service, conditions=conditions),
            permissions_boundary=boundary_arn,
            tags=self.named(role_name),
            opts=self.inside(),
        )
        self.policies: list[pulumi.Resource] = []
        if statements:
            policy_name = self.physical(name, Kind.POLICY)
            policy = aws.iam.Policy(
                name,
                name=policy_name,
                description=f"What {role_name} may do",
                policy=document(statements),
                tags=self.named(policy_name),
                opts=self.inside(),
            )
            self._attach(name, policy.arn)
        for arn in managed_policy_arns:
            self._attach(f"{name}-{arn.rsplit('/', 1)[-1]}", arn)
        self.arn = self.role.arn
        self.register_outputs({"arn": self.arn})

    @property
    def ready(self) -> list[pulumi.Resource]:
        """What a user of the role depends on to find its permissions in place."""
        return self.policies

    def _attach(self, name: str, policy_arn: pulumi.Input[str]) -> None:
        attachment = aws.iam.RolePolicyAttachment(name, role=self.role.name, policy_arn=policy_arn, opts=self.inside())
        self.policies.append(attachment)
