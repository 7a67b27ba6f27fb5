"""Monitoring: events of many systems come in over an API, wait in a stream, and are kept in a database and a cache.

sender ──SigV4──> WAF ──> REST API, one stage ── access and execution logs, metrics, X-Ray
                             │  schema checked, no code between
                             v
                        Kinesis stream ── encrypted, kept a week
                             │
VPC, private subnets in two  │ zones
   ECS Fargate consumer <────┘ ── Container Insights, enhanced
     │  image from an own repository
     ├──> PostgreSQL instance ── events and checkpoints, master secret kept by RDS, nightly backup into a vault
     ├──> Redis, two nodes ── newest event of each source, login by IAM
     └──> dead letters: what is no event
   VPC endpoints: Kinesis, SQS, ECR, Logs, Secrets Manager, KMS, S3
keys: data │ logs (admits CloudWatch Logs and alarms)
alarms ──> encrypted topic, dashboard
"""

from pathlib import Path

import pulumi
import stackpath  # noqa: F401  makes components/ importable
from config import MonitoringConfig
from consuming import EventConsumer
from watching import MonitoringWatch

from components.api import RestApi, Route
from components.backup import BackupPlan
from components.caching import PORT as CACHE_PORT
from components.caching import RedisCache
from components.compute import Cluster, ImageRepository
from components.database import POSTGRESQL, DatabaseInstance
from components.functions import Queue
from components.keys import EncryptionKey, KeyUser
from components.logs import EncryptedLogGroup
from components.monitoring import AlarmTopic
from components.network import ECS_ENDPOINTS, Network
from components.scope import Scope
from components.security import allow
from components.streaming import EncryptedStream
from components.waf import WebAcl

DATABASE_NAME = "events"
EVENT_SCHEMA = Path(__file__).with_name("event.schema.json").read_text(encoding="utf-8")

config = MonitoringConfig.load()
scope = Scope.open(config)

# Keys: the one for logs admits the services that use it in their own name, CloudWatch Logs of this Region among them.
data_key = EncryptionKey("data", scope=scope, purpose="Events: stream, database, cache, queue, images, backups")
log_key = EncryptionKey("logs", scope=scope, purpose="Log groups and alarms", used_by=[KeyUser.LOGS, KeyUser.ALARMS])

# Network: private subnets only; AWS services are reached through endpoints.
network = Network(
    "network",
    scope=scope,
    cidr=config.vpc_cidr,
    zones=config.zones,
    interface_endpoints=[*ECS_ENDPOINTS, "kinesis-streams", "sqs"],
    log_key=log_key,
    log_retention_days=config.log_retention_days,
)
consumer_group = network.security_group("consumer", description="Consumer of events")
database_group = network.security_group("database", description="Database with the events")
cache_group = network.security_group("cache", description="Cache with the newest events")
allow(consumer_group, database_group, port=POSTGRESQL.port, description="Consumer to database")
allow(consumer_group, cache_group, port=CACHE_PORT, description="Consumer to cache")
network.allow_endpoints(consumer_group)

# The way in: API, stream. X-Ray costs 5 USD for a million traced requests; the first request of each second and one in
# twenty after it are traced.
stream = EncryptedStream(
    "events", scope=scope, key=data_key, shards=config.stream_shards, retention_hours=config.stream_retention_hours
)
api_logs = EncryptedLogGroup("api", scope=scope, key=log_key, retention_days=config.log_retention_days)
api = RestApi(
    "api",
    scope=scope,
    description="Entry of events",
    routes=[
        Route(path="health", method="GET"),
        Route(
            path="events",
            method="POST",
            request_schema=EVENT_SCHEMA,
            stream=stream,
            partition_key="$input.path('$.source')",
        ),
    ],
    burst_limit=config.api_burst_limit,
    rate_limit=config.api_rate_limit,
    log_group=api_logs,
    account_logging_role=config.account_logging_role,
)
WebAcl("api", scope=scope, resource_arn=api.stage_arn, log_key=log_key, log_retention_days=config.log_retention_days)

# Database and cache: neither waits for the other, and both may take an hour.
database = DatabaseInstance(
    "events",
    scope=scope,
    engine=POSTGRESQL,
    engine_version=config.engine_version,
    instance_class=config.instance_class,
    storage_gib=config.storage_gib,
    max_storage_gib=config.max_storage_gib,
    database_name=DATABASE_NAME,
    master_username="dbadmin",
    multi_az=True,
    subnet_ids=network.private_subnet_ids,
    security_group=database_group,
    key=data_key,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
    backup_retention_days=config.backup_retention_days,
    deletion_protection=config.deletion_protection,
)
cache = RedisCache(
    "newest",
    scope=scope,
    node_type=config.cache_node_type,
    nodes=config.cache_nodes,
    subnet_ids=network.private_subnet_ids,
    security_group=cache_group,
    key=data_key,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
    snapshot_days=config.cache_snapshot_days,
)
BackupPlan(
    "backup",
    scope=scope,
    key=data_key,
    resources=[database.arn],
    retention_days=config.vault_retention_days,
    keep_backups=config.deletion_protection,
)

# Compute.
repository = ImageRepository("consumer", scope=scope, key=data_key, keep_images=config.deletion_protection)
consumer_logs = EncryptedLogGroup("consumer", scope=scope, key=log_key, retention_days=config.log_retention_days)
cluster = Cluster("cluster", scope=scope, key=log_key, log_group=consumer_logs)
dead_letters = Queue("dead-letters", scope=scope, key=data_key)
consumer = EventConsumer(
    "consumer",
    scope=scope,
    cluster=cluster,
    image=config.image,
    cpu=config.task_cpu,
    memory_mib=config.task_memory,
    tasks=config.running_tasks,
    subnet_ids=network.private_subnet_ids,
    security_group=consumer_group,
    log_group=consumer_logs,
    key=data_key,
    stream=stream,
    database=database,
    database_name=DATABASE_NAME,
    cache=cache,
    dead_letters=dead_letters,
)

# Alarms.
topic = AlarmTopic("alarms", scope=scope, key=log_key, email=config.alarm_email)
MonitoringWatch(
    "monitoring",
    scope=scope,
    topic=topic,
    api=api,
    stream=stream,
    cluster=cluster,
    consumer=consumer,
    dead_letters=dead_letters,
    database=database,
    cache=cache,
)

pulumi.export("alarmTopicArn", topic.arn)
pulumi.export("apiUrl", api.url)
pulumi.export("cacheEndpoint", cache.endpoint)
pulumi.export("clusterName", cluster.cluster_name)
pulumi.export("consumerServiceName", consumer.service_name)
pulumi.export("databaseHost", database.host)
pulumi.export("databaseSecretArn", database.secret_arn)
pulumi.export("deadLetterQueueUrl", dead_letters.url)
pulumi.export("imageRepositoryUrl", repository.url)
pulumi.export("privateSubnetIds", network.private_subnet_ids)
pulumi.export("streamName", stream.stream_name)
pulumi.export("vpcId", network.vpc.id)
