"""For each failure that the monitoring stack avoids, one small change that puts it back gives exactly the rule that names
it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.stacks.mutants import Breeder, Edit, Mutant

SECRET = "scope.arn('secretsmanager', 'secret:rds!db-0b1c2d3e-a1b2c3')"
KNOWN: Sequence[Edit] = (
    ("components/keys.py", "actions, [self.arn], sid", "actions, [self.scope.arn('kms', 'key/0b1c2d3e')], sid"),
    ("components/database.py", "self.host = self.instance.address", "self.host = 'events.us-west-2.rds.amazonaws.com'"),
    ("components/database.py", "self.secret_arn = self.instance.master_user_secrets[0].secret_arn", f"self.secret_arn = {SECRET}"),
    ("components/caching.py", "self.endpoint = self.group.primary_endpoint_address", "self.endpoint = 'newest.usw2.cache.amazonaws.com'"),
    ("monitoring/consuming.py", "dead_letters.url,", "'https://sqs.us-west-2.amazonaws.com/210987654321/dead',"),
)  # fmt: skip
"""Gives values that AWS chooses as they are after the first deployment, so that the container and roles are judged."""


BREEDER = Breeder("monitoring", known=KNOWN)

MUTANTS = {
    "003-1 a version that the Region doesn't offer": Mutant(
        {"rds-engine-version-offered"}, config=["engineVersion=15.4"]
    ),
    "003-2 the key doesn't admit CloudWatch Logs": Mutant(
        {"kms-key-policy-admits-logs"},
        "monitoring/__main__.py",
        "used_by=[KeyUser.LOGS, KeyUser.ALARMS]",
        "used_by=[KeyUser.ALARMS]",
    ),
    "003-2 the key admits the logs of another Region": Mutant(
        {"kms-key-policy-admits-logs"},
        "components/keys.py",
        'f"logs.{scope.region}.amazonaws.com"',
        '"logs.us-east-1.amazonaws.com"',
    ),
    "003-2 the key doesn't admit the alarms": Mutant(
        {"kms-key-policy-admits-senders"},
        "monitoring/__main__.py",
        "used_by=[KeyUser.LOGS, KeyUser.ALARMS]",
        "used_by=[KeyUser.LOGS]",
    ),
    "003-3 a secret that nobody made": Mutant(
        {"ecs-secret-exists"}, "components/database.py", "secret:rds!db-0b1c2d3e", "secret:monitoring-database", known=True
    ),
    "003-4 the execution role is missing": Mutant(
        {"ecs-execution-role-set"},
        "components/compute.py",
        "            execution_role_arn=execution_role.arn,\n",
        "",
        known=True,
    ),
    "003-4 the execution role may not read the secret": Mutant(
        {"ecs-execution-role-permitted"},
        "components/compute.py",
        'allow(["secretsmanager:GetSecretValue"], list(arns))',
        'allow(["secretsmanager:DescribeSecret"], list(arns))',
        known=True,
    ),
    "003-5 the older form of Container Insights": Mutant(
        {"aws-properties-current"}, "components/compute.py", '"value": "enhanced"', '"value": "enabled"'
    ),
    "003-5 no Container Insights": Mutant(
        {"ecs-container-insights"}, "components/compute.py", '"value": "enhanced"', '"value": "disabled"'
    ),
    "003-6 no traces": Mutant(
        {"apigateway-stage-tracing"}, "components/api.py", "xray_tracing_enabled=True", "xray_tracing_enabled=False"
    ),
    "003-A1 a stream named alike in every environment": Mutant(
        {"aws-names-per-environment"},
        "components/streaming.py",
        "self.stream_name = self.physical(name, Kind.STREAM)",
        'self.stream_name = "monitoring-events"',
    ),
    "003-A1 two log groups of one name": Mutant(
        {"aws-names-unique"},
        "monitoring/__main__.py",
        'EncryptedLogGroup("api", scope=scope, key=log_key, retention_days=config.log_retention_days)',
        'EncryptedLogGroup(\n    "api",\n    scope=scope,\n    key=log_key,\n'
        "    retention_days=config.log_retention_days,\n"
        '    group_name=scope.names.path("consumer"),\n)',
    ),
    "003-A4 the cache is given up too early": Mutant(
        {"aws-slow-resources-have-timeouts"},
        "components/caching.py",
        'pulumi.CustomTimeouts(create="60m", update="60m", delete="60m")',
        'pulumi.CustomTimeouts(create="10m", update="60m", delete="60m")',
    ),
    "003-A4 a cache version that never was": Mutant(
        {"elasticache-engine-version-offered"}, "components/caching.py", 'engine_version="7.1"', 'engine_version="7.0.4"'
    ),
    "003-R1 a class that RDS doesn't have": Mutant(
        {"rds-instance-class-offered"}, config=["instanceClass=db.m7g.tiny"]
    ),
    "a cache that talks in the clear": Mutant(
        {"elasticache-in-transit-encrypted"},
        "components/caching.py",
        "transit_encryption_enabled=True",
        "transit_encryption_enabled=False",
    ),
    "a stream without encryption": Mutant(
        {"kinesis-stream-encrypted"}, "components/streaming.py", 'encryption_type="KMS",\n            kms_key_id=key.arn,', 'encryption_type="NONE",'
    ),
    "a consumer without a way to ECR": Mutant(
        {"ecs-fargate-image-reachable"},
        "monitoring/__main__.py",
        'interface_endpoints=[*ECS_ENDPOINTS, "kinesis-streams", "sqs"]',
        'interface_endpoints=["logs", "secretsmanager", "kms", "kinesis-streams", "sqs"]',
    ),
    "logs that go after a month": Mutant(
        {"logs-group-retention"}, "components/logs.py", "retention_in_days=retention_days", "retention_in_days=30"
    ),
}  # fmt: skip


def test_known_values_bring_no_findings(tmp_path: Path) -> None:
    assert BREEDER.named_by_known_values(tmp_path) == set()


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant(name: str, tmp_path: Path) -> None:
    assert BREEDER.named_by(MUTANTS[name], tmp_path) == MUTANTS[name].rules
