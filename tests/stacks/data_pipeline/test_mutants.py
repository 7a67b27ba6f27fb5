"""For each failure that the data pipeline avoids, one small change that puts it back gives exactly the rule that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.mutants import Breeder, Mutant

KNOWN = (
    ("components/keys.py", "actions, [self.arn], sid", "actions, [self.scope.arn('kms', 'key/0b1c2d3e')], sid"),
    (
        "data_pipeline/login.py",
        '["secretsmanager:GetSecretValue"], [database.secret_arn]',
        "['secretsmanager:GetSecretValue'], [scope.arn('secretsmanager', 'secret:rds!db-0b1c-a1b2c3')]",
    ),
)
"""Gives key and master secret ARNs that are known, as they are after the first deployment: so role policies are judged."""
ADVISED = frozenset({"lambda-role-wildcard-free", "iam-policy-wildcard-free"})
"""Advice on what has no resource to narrow it to: network interfaces, traces, random passwords."""


BREEDER = Breeder("data_pipeline", known=KNOWN, advised=ADVISED)

MUTANTS = {
    "001-1 the account's logging role in the stack": Mutant(
        {"aws-singleton-in-baseline-stack"},
        "components/api.py",
        "[self._execution_log(log_group)]",
        "[self._execution_log(log_group), aws.apigateway.Account(\n"
        "            name, cloudwatch_role_arn=scope.global_arn('iam', 'role/api-logs'), opts=self.inside())]",
    ),
    "001-2 a lifecycle property in the plural": Mutant(
        {"aws-properties-known"},
        "components/storage.py",
        '"noncurrent_version_expiration": {"noncurrent_days": lifecycle.noncurrent_days},',
        '"noncurrentVersionExpirations": [{"noncurrentDays": lifecycle.noncurrent_days}],',
    ),
    "001-3 a step is missing": Mutant(
        {"secretsmanager-rotation-function-complete"},
        "data_pipeline/functions/pipeline/rotation.py",
        '    "testSecret": test_secret,\n',
        "",
    ),
    "001-3 the permission comes later": Mutant(
        {"secretsmanager-rotation-function-invokable"},
        "components/secrets.py",
        "depends_on=[permission, ",
        "depends_on=[",
    ),
    "001-3 no way to the service": Mutant(
        {"secretsmanager-rotation-function-reachable"},
        "data_pipeline/__main__.py",
        'interface_endpoints=["secretsmanager", "kms", "logs", "sqs"]',
        'interface_endpoints=["kms", "logs", "sqs"]',
    ),
    "001-3 the function may not move the stage": Mutant(
        {"secretsmanager-rotation-function-permitted"},
        "components/secrets.py",
        '                "secretsmanager:UpdateSecretVersionStage",\n',
        "",
        known=True,
    ),
    "001-3 rotation before there is a value": Mutant(
        {"secretsmanager-rotation-after-value"}, "components/secrets.py", "secret.version, *function", "*function"
    ),
    "001-3 two schedules": Mutant(
        {"secretsmanager-rotation-schedule-valid"},
        "components/secrets.py",
        '{"automatically_after_days": every_days}',
        '{"automatically_after_days": every_days, "schedule_expression": "rate(30 days)"}',
    ),
    "001-4 a handler that is not in the code": Mutant(
        {"lambda-handler-exists"}, "data_pipeline/processing.py", "pipeline.processor.handle", "pipeline.processor.run"
    ),
    "001-4 a module that Lambda lacks": Mutant(
        {"lambda-package-has-imports"},
        "data_pipeline/functions/pipeline/processor.py",
        "import json\n",
        "import json\nimport psycopg2\n",
    ),
    "001-4 no dead letters": Mutant(
        {"lambda-dead-letter-target", "lambda-failure-destination-set", "sqs-dead-letter-queue"},
        "components/functions.py",
        '            dead_letter_config={"target_arn": self.dead_letters.arn},\n',
        "",
    ),
    "001-4 no traces": Mutant({"lambda-tracing"}, "components/functions.py", '"Active"', '"PassThrough"'),
    "001-4 messages return while they are worked on": Mutant(
        {"lambda-queue-visibility-covers-timeout", "lambda-queue-visibility-six-times-timeout"},
        "data_pipeline/processing.py",
        "visibility_timeout_seconds=6 * TIMEOUT_SECONDS",
        "visibility_timeout_seconds=20",
    ),
    "001-4 the processor may not read its queue": Mutant(
        {"lambda-role-permits-event-source"},
        "data_pipeline/processing.py",
        '                        "sqs:ReceiveMessage",\n',
        "",
        known=True,
    ),
    "001-4 the functions may not enter the VPC": Mutant(
        {"lambda-role-permits-features"},
        "components/functions.py",
        '        "ec2:CreateNetworkInterface",\n',
        "",
        known=True,
    ),
    "001-4 nobody may call the processor": Mutant(
        {"lambda-trigger-permitted"},
        "components/api.py",
        'from-{name}", service="apigateway.amazonaws.com"',
        'from-{name}", service="events.amazonaws.com"',
    ),
    "001-5 log groups don't wait for the key policy": Mutant(
        {"logs-group-after-key-policy"},
        "components/logs.py",
        "opts=self.inside(depends_on=key.ready)",
        "opts=self.inside()",
    ),
    "001-5 the key doesn't admit the logs": Mutant(
        {"kms-key-policy-admits-logs"},
        "data_pipeline/__main__.py",
        "used_by=[KeyUser.LOGS, KeyUser.ALARMS]",
        "used_by=[KeyUser.ALARMS]",
    ),
    "001-5 the key doesn't admit the alarms": Mutant(
        {"kms-key-policy-admits-senders"},
        "data_pipeline/__main__.py",
        "used_by=[KeyUser.LOGS, KeyUser.ALARMS]",
        "used_by=[KeyUser.LOGS]",
    ),
    "001-6 a stage named after another environment": Mutant(
        {"apigateway-stage-name-per-environment"},
        "components/api.py",
        "self.stage_name = scope.names.environment",
        'self.stage_name = "prod"',
    ),
    "001-6 a name without the environment": Mutant(
        {"aws-names-per-environment"},
        "components/secrets.py",
        "self.secret_name = self.physical(name, Kind.SECRET)",
        'self.secret_name = f"data-pipeline-{name}"',
    ),
    "001-7 a log group that no stage points at": Mutant(
        {"apigateway-stage-access-logging"},
        "components/api.py",
        '{"destination_arn": log_group.arn, "format": ACCESS_LOG_FORMAT}',
        "None",
    ),
    "001-7 access logs to a bucket": Mutant(
        {"apigateway-access-log-destination-valid"},
        "components/api.py",
        '"destination_arn": log_group.arn',
        '"destination_arn": scope.bucket_arn("logs")',
    ),
    "001-8 a name of another pattern": Mutant(
        {"aws-names-follow-convention"},
        "components/functions.py",
        "self.function_name = self.physical(name, Kind.FUNCTION)",
        "self.function_name = f'{scope.names.environment}_{name}'",
    ),
    "001-9 a tag is left out": Mutant(
        {"aws-required-tags-present"}, "components/config.py", ', "ComplianceLevel": self.compliance_level}', "}"
    ),
    "001-9 a tag with a literal": Mutant(
        {"aws-tags-match-environment"},
        "components/config.py",
        '"Environment": self.environment',
        '"Environment": "prod"',
    ),
}


def test_known_values_bring_no_findings(tmp_path: Path) -> None:
    assert BREEDER.named_by_known_values(tmp_path) == set()


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant(name: str, tmp_path: Path) -> None:
    assert BREEDER.named_by(MUTANTS[name], tmp_path) == MUTANTS[name].rules
