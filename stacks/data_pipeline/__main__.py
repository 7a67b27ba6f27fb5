"""Data pipeline: transactions come in over a REST API and are kept as documents and rows, none of them lost or twice.

caller ──SigV4 + API key──> WAF ──> REST API, stage named after the environment ── access and execution logs, X-Ray
                                     │  usage plan: burst, rate, requests a day
VPC, private subnets in two zones    v
   processor Lambda ─────────────────┬──> documents bucket ── versions, STANDARD_IA, GLACIER_IR, access logs
     │         ^                     ├──> PostgreSQL instance ── nightly backup into an encrypted vault
     v         │ failed items only   └──> secret: the login
   retry queue ┴──> dead letters             ^ every 30 days, two users in turns
                                        rotation Lambda ── createSecret, setSecret, testSecret, finishSecret
   VPC endpoints: Secrets Manager, KMS, Logs, SQS, S3
one key, its policy a resource of its own: log groups, queues, topic and secret wait for it
alarms ──> encrypted topic, dashboard
"""

from pathlib import Path

import pulumi
import stackpath  # noqa: F401  makes components/ importable
from config import PipelineConfig
from login import DatabaseLogin
from processing import TransactionProcessor
from replica import DocumentsReplica
from watching import PipelineWatch

from components.api import RestApi, Route
from components.backup import BackupPlan
from components.database import POSTGRESQL, DatabaseInstance
from components.keys import EncryptionKey, KeyUser
from components.logs import EncryptedLogGroup
from components.monitoring import AlarmTopic
from components.network import Network
from components.scope import Scope
from components.security import allow
from components.storage import AccessLogBucket, Lifecycle, SecureBucket
from components.waf import WebAcl

DATABASE_NAME = "transactions"
TRANSACTION_SCHEMA = Path(__file__).with_name("transaction.schema.json").read_text(encoding="utf-8")

config = PipelineConfig.load()
scope = Scope.open(config)

# One key for everything. Its policy stands beside it, and whatever it encrypts is made after the policy.
key = EncryptionKey(
    "data",
    scope=scope,
    purpose="Transactions: documents, database, queues, logs, secrets",
    used_by=[KeyUser.LOGS, KeyUser.ALARMS],
    separate_policy=True,
)

# Network: private subnets only; AWS services are reached through endpoints.
network = Network(
    "network",
    scope=scope,
    cidr=config.vpc_cidr,
    zones=config.zones,
    interface_endpoints=["secretsmanager", "kms", "logs", "sqs"],
    log_key=key,
    log_retention_days=config.log_retention_days,
)
processor_group = network.security_group("processor", description="Processor of transactions")
rotation_group = network.security_group("rotation", description="Rotation of the database login")
database_group = network.security_group("database", description="Database with the transactions")
allow(processor_group, database_group, port=POSTGRESQL.port, description="Processor to database")
allow(rotation_group, database_group, port=POSTGRESQL.port, description="Rotation to database")
network.allow_endpoints(processor_group)
network.allow_endpoints(rotation_group)

# Storage.
access_logs = AccessLogBucket(
    "access-logs", scope=scope, retention_days=config.log_retention_days, keep_objects=config.deletion_protection
)
lifecycle = Lifecycle(infrequent_after_days=30, archive_after_days=config.archive_after_days, noncurrent_days=365)
documents = SecureBucket(
    "documents",
    scope=scope,
    key=key,
    access_logs=access_logs,
    lifecycle=lifecycle,
    keep_objects=config.deletion_protection,
)
if config.replica_region:
    DocumentsReplica(
        "replica",
        scope=scope,
        region=config.replica_region,
        documents=documents,
        access_logs=access_logs,
        lifecycle=lifecycle,
        log_retention_days=config.log_retention_days,
        keep_objects=config.deletion_protection,
    )

# Database, and the login that the processor gets.
database = DatabaseInstance(
    "transactions",
    scope=scope,
    engine=POSTGRESQL,
    engine_version=config.engine_version,
    instance_class=config.instance_class,
    storage_gib=config.storage_gib,
    max_storage_gib=config.max_storage_gib,
    database_name=DATABASE_NAME,
    master_username="dbadmin",
    multi_az=config.multi_az,
    subnet_ids=network.private_subnet_ids,
    security_group=database_group,
    key=key,
    log_key=key,
    log_retention_days=config.log_retention_days,
    backup_retention_days=config.backup_retention_days,
    deletion_protection=config.deletion_protection,
)
BackupPlan(
    "backup",
    scope=scope,
    key=key,
    resources=[database.arn],
    retention_days=config.vault_retention_days,
    keep_backups=config.deletion_protection,
)
login = DatabaseLogin(
    "login",
    scope=scope,
    network=network,
    security_group=rotation_group,
    database=database,
    database_name=DATABASE_NAME,
    key=key,
    log_retention_days=config.log_retention_days,
    every_days=config.rotation_days,
    recovery_days=config.secret_recovery_days,
)

# Processing.
processor = TransactionProcessor(
    "processor",
    scope=scope,
    network=network,
    security_group=processor_group,
    documents=documents,
    database=database,
    database_name=DATABASE_NAME,
    login=login.secret,
    key=key,
    log_retention_days=config.log_retention_days,
    memory_mib=config.processor_memory,
    concurrency=config.processor_concurrency,
    attempts=config.processor_attempts,
)

# API: stage, usage plan and key are named after the environment; the account's logging role belongs to its baseline.
api_logs = EncryptedLogGroup("api", scope=scope, key=key, retention_days=config.log_retention_days)
api = RestApi(
    "api",
    scope=scope,
    description="Entry to the data pipeline",
    routes=[
        Route(path="health", method="GET"),
        Route(
            path="transactions",
            method="POST",
            function=processor.function,
            api_key_required=True,
            request_schema=TRANSACTION_SCHEMA,
        ),
    ],
    burst_limit=config.api_burst_limit,
    rate_limit=config.api_rate_limit,
    log_group=api_logs,
    account_logging_role=config.account_logging_role,
)
api_key = api.usage_plan(
    "callers",
    burst_limit=config.api_burst_limit,
    rate_limit=config.api_rate_limit,
    requests_per_day=config.requests_per_day,
)
WebAcl(
    "api",
    scope=scope,
    resource_arn=api.stage_arn,
    log_key=key,
    log_retention_days=config.log_retention_days,
)

# Alarms.
topic = AlarmTopic("alarms", scope=scope, key=key, email=config.alarm_email)
PipelineWatch(
    "pipeline",
    scope=scope,
    topic=topic,
    api=api,
    processor=processor.function,
    retries=processor.retries,
    dead_letters=processor.dead_letters,
    rotation=login.function,
    database=database,
)

pulumi.export("alarmTopicArn", topic.arn)
pulumi.export("apiKeyValue", pulumi.Output.secret(api_key.value))
pulumi.export("apiUrl", api.url)
pulumi.export("databaseHost", database.host)
pulumi.export("deadLetterQueueUrl", processor.dead_letters.url)
pulumi.export("documentsBucketName", documents.bucket_name)
pulumi.export("loginSecretArn", login.secret.arn)
pulumi.export("privateSubnetIds", network.private_subnet_ids)
pulumi.export("processorFunctionName", processor.function.function_name)
pulumi.export("retryQueueUrl", processor.retries.url)
pulumi.export("vpcId", network.vpc.id)
