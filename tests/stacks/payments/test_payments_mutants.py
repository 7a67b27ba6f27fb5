"""For each failure that the payments stack avoids, one small change that puts it back gives exactly the rule that names
it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.mutants import Breeder, Mutant

MULTI_REGION = ("mode=multi_region", "replicaRegion=us-west-2")
SECRET = 'f"arn:aws:secretsmanager:us-east-1:{scope.account_id}:secret:rds!cluster-0b1c2d3e-a1b2c3"'
KNOWN = (
    ("payments/compute.py", '"DATABASE_HOST": ledger.cluster.endpoint', '"DATABASE_HOST": "ledger"'),
    ("payments/compute.py", 'secret_key(ledger.cluster.secret_arn, "username")', f'secret_key({SECRET}, "username")'),
    ("payments/compute.py", 'secret_key(ledger.cluster.secret_arn, "password")', f'secret_key({SECRET}, "password")'),
    (
        "payments/compute.py",
        ".upper()] = parameter.arn",
        '.upper()] = scope.arn("ssm", f"parameter{path}")',
    ),
)
"""Gives host, secret and parameters ARNs that are known, as they are after the first deployment: containers are judged."""


BREEDER = Breeder("payments", known=KNOWN)

MUTANTS = {
    "004-1 replication to a bucket that nobody makes": Mutant(
        {"s3-replication-destination-exists"},
        "components/storage.py",
        '"bucket": destination.arn,',
        '"bucket": f"arn:aws:s3:::{destination.bucket_name}-copy",',
        MULTI_REGION,
    ),
    "004-1 a rule without what its filter asks for": Mutant(
        {"s3-replication-rule-complete"},
        "components/storage.py",
        '                    "delete_marker_replication": {"status": "Enabled"},\n',
        "",
        MULTI_REGION,
    ),
    "004-2 a global table without its stream": Mutant(
        {"dynamodb-replicas-ready"},
        "components/tables.py",
        "stream_enabled=True if replicas else None,\n"
        '            stream_view_type="NEW_AND_OLD_IMAGES" if replicas else None,',
        "stream_enabled=False,",
        MULTI_REGION,
    ),
    "004-3 an image that was never built": Mutant(
        {"ecs-image-exists"},
        "payments/compute.py",
        "                image=image,",
        '                image=f"{scope.account_id}.dkr.ecr.{scope.region}.amazonaws.com/nowhere:1.0",',
        known=True,
    ),
    "004-4 a template in a bucket that nobody filled": Mutant(
        {"cloudformation-template-exists"},
        "payments/compute.py",
        "        self.cluster = Cluster(",
        "        aws.cloudformation.Stack(\n"
        "            'nested', name=f'payments-nested-{scope.names.environment}',\n"
        "            template_url=f'https://{storage.receipts.bucket_name}.s3.amazonaws.com/nested.yaml',\n"
        "            tags=self.named('payments-nested'), opts=self.inside())\n"
        "        self.cluster = Cluster(",
    ),
    "004-5 a parameter that nobody makes": Mutant(
        {"ssm-parameter-exists"},
        "payments/compute.py",
        "                    **parameters.variables,",
        '                    "FEE": scope.arn("ssm", f"parameter{scope.names.path(\'settings/fee\')}"),',
        known=True,
    ),
    "004-6 an attachment to no gateway": Mutant(
        {"ec2transitgateway-attachment-valid"},
        "payments/__main__.py",
        "if config.transit_gateway_id:",
        "if config.vpc_cidr:",
    ),
    "004-7 a balancer's name that is not cut": Mutant(
        {"lb-name-valid"},
        "components/balancing.py",
        "balancer_name = self.physical(name, Kind.LOAD_BALANCER)",
        'balancer_name = f"{scope.names.project}-internal-load-balancer-{name}-{scope.names.environment}"',
    ),
    "004-7 a role's name that is not cut": Mutant(
        {"iam-name-valid"},
        "components/identity.py",
        "role_name = self.physical(name, Kind.ROLE)",
        "role_name = f\"{scope.names.project}-{name}-{'role-of-a-service-' * 3}{scope.names.environment}\"",
    ),
    "004-9 a provisioned class beside Serverless v2": Mutant(
        {"rds-serverless-class-serverless"}, "components/database.py", '"db.serverless"', '"db.r6g.large"'
    ),
    "004-P2 a table without the key": Mutant(
        {"dynamodb-kms-encrypted"},
        "components/tables.py",
        '            server_side_encryption={"enabled": True, "kms_key_arn": key.arn},\n',
        "",
    ),
    "004-P2 inline rules beside rules of their own": Mutant(
        {"ec2-security-group-rules-single-owner"},
        "components/security.py",
        "            vpc_id=vpc_id,\n            tags",
        "            vpc_id=vpc_id,\n"
        "            ingress=[{'description': 'HTTPS', 'protocol': 'tcp', 'from_port': 443, 'to_port': 443,\n"
        "                      'cidr_blocks': ['10.0.0.0/16']}],\n            tags",
    ),
    "004-P3 no cost center": Mutant(
        {"aws-required-tags-present"},
        "payments/config.py",
        'return {**super().tags(), "CostCenter": self.cost_center}',
        "return super().tags()",
    ),
    "004-P4 nobody may call the monitor": Mutant(
        {"lambda-trigger-permitted"},
        "payments/compliance.py",
        'f"from-{purpose}", service="events.amazonaws.com"',
        'f"from-{purpose}", service="s3.amazonaws.com"',
    ),
    "004-P4 a queue that doesn't take what can't be delivered": Mutant(
        {"cloudwatch-event-target-dead-letter-is-queue"},
        "payments/compliance.py",
        'senders={"events.amazonaws.com": [',
        'senders={"sns.amazonaws.com": [',
    ),
    "004-P4 a key that doesn't admit events": Mutant(
        {"kms-key-policy-admits-senders"},
        "payments/security.py",
        "used_by=[KeyUser.LOGS, KeyUser.ALARMS, KeyUser.EVENTS]",
        "used_by=[KeyUser.LOGS, KeyUser.ALARMS]",
    ),
    "004-P4 a handler that is not in the code": Mutant(
        {"lambda-handler-exists"}, "payments/compliance.py", "monitor.handler.handle", "monitor.handler.run"
    ),
}


def test_known_values_bring_no_findings(tmp_path: Path) -> None:
    assert BREEDER.named_by_known_values(tmp_path) == set()


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant(name: str, tmp_path: Path) -> None:
    assert BREEDER.named_by(MUTANTS[name], tmp_path) == MUTANTS[name].rules
