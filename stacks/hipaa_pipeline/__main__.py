"""HIPAA pipeline: a REST API, containers and an Aurora database for health records, without any way to the internet.

caller ──SigV4──> WAF ──> REST API, one stage ── access and execution logs, X-Ray, encrypted cache
                                  .
VPC, private subnets in two zones .                       ┌──> Aurora MySQL Serverless v2 (writer, reader)
   ECS Fargate service ───────────┼──── security groups ──┤       └── master secret kept and rotated by RDS
   image from an own repository   .                       ├──> VPC endpoints: ECR, Logs, Secrets Manager, KMS, S3
                                  .                       └──> PHI bucket ──replication──> PHI bucket, replica Region
keys: data │ logs │ trail         .
CloudTrail, all Regions ──> trail bucket ──replication──> trail bucket, replica Region
                        └─> log group ──> alarms ──> encrypted topic
AWS Backup: nightly, database into an encrypted vault
"""

import pulumi
import stackpath  # noqa: F401  makes components/ importable
from config import HipaaConfig
from replica import ReplicaSite

from components.api import RestApi, Route
from components.audit import AuditTrail
from components.backup import BackupPlan
from components.compute import Cluster, Container, FargateService, ImageRepository, secret_key
from components.database import AURORA_MYSQL, AuroraServerless
from components.keys import EncryptionKey, KeyUser
from components.logs import EncryptedLogGroup
from components.monitoring import Alarm, AlarmTopic, Metric
from components.network import ECS_ENDPOINTS, Network
from components.scope import Scope
from components.security import allow
from components.storage import AccessLogBucket, PhiBucket, Replication
from components.waf import WebAcl

config = HipaaConfig.load()
scope = Scope.open(config)

# Keys: one per purpose, each with the grants of the services that use it.
data_key = EncryptionKey("data", scope=scope, purpose="Health records: database, objects, images, backups")
log_key = EncryptionKey(
    "logs", scope=scope, purpose="Log groups and alarms", used_by=[KeyUser.LOGS, KeyUser.ALARMS, KeyUser.EVENTS]
)
trail_key = EncryptionKey("trail", scope=scope, purpose="Audit trail", used_by=[KeyUser.CLOUDTRAIL])

# Network: private subnets only; AWS services are reached through endpoints.
network = Network(
    "network",
    scope=scope,
    cidr=config.vpc_cidr,
    zones=config.zones,
    interface_endpoints=ECS_ENDPOINTS,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
)
service_group = network.security_group("service", description="Tasks of the record service")
database_group = network.security_group("database", description="Aurora cluster with the records")
allow(service_group, database_group, port=AURORA_MYSQL.port, description="Record service to database")
network.allow_endpoints(service_group)

# Storage: the records' files, and a copy of them in another Region.
access_logs = AccessLogBucket(
    "access-logs", scope=scope, retention_days=config.log_retention_days, keep_objects=config.deletion_protection
)
phi = PhiBucket("phi", scope=scope, key=data_key, access_logs=access_logs, keep_objects=config.deletion_protection)

# Database.
database = AuroraServerless(
    "records",
    scope=scope,
    engine=AURORA_MYSQL,
    engine_version=config.engine_version,
    database_name="records",
    master_username="dbadmin",
    min_capacity=config.min_capacity,
    max_capacity=config.max_capacity,
    instances=config.database_instances,
    subnet_ids=network.private_subnet_ids,
    security_group=database_group,
    key=data_key,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
    backup_retention_days=config.backup_retention_days,
    deletion_protection=config.deletion_protection,
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
repository = ImageRepository("service", scope=scope, key=data_key, keep_images=config.deletion_protection)
service_logs = EncryptedLogGroup("service", scope=scope, key=log_key, retention_days=config.log_retention_days)
cluster = Cluster("cluster", scope=scope, key=log_key, log_group=service_logs)
service = FargateService(
    "service",
    scope=scope,
    cluster=cluster,
    container=Container(
        image=config.image,
        port=config.container_port,
        environment={
            "DATABASE_HOST": database.endpoint,
            "DATABASE_NAME": "records",
            "DATABASE_PORT": str(database.port),
            "PHI_BUCKET": phi.bucket_name,
        },
        secrets={
            "DATABASE_USER": secret_key(database.secret_arn, "username"),
            "DATABASE_PASSWORD": secret_key(database.secret_arn, "password"),
        },
    ),
    cpu=config.task_cpu,
    memory_mib=config.task_memory,
    tasks=config.running_tasks,
    subnet_ids=network.private_subnet_ids,
    security_group=service_group,
    log_group=service_logs,
    statements=[phi.objects("s3:GetObject", "s3:PutObject"), data_key.usage()],
    secret_arns={data_key: [database.secret_arn]},
)

# API: the deployment names no stage, and the one stage is a resource of its own.
api_logs = EncryptedLogGroup("api", scope=scope, key=log_key, retention_days=config.log_retention_days)
api = RestApi(
    "api",
    scope=scope,
    description="Entry to the health record pipeline",
    routes=[Route(path="health", method="GET")],
    burst_limit=config.api_burst_limit,
    rate_limit=config.api_rate_limit,
    log_group=api_logs,
    account_logging_role=config.account_logging_role,
)
WebAcl(
    "api",
    scope=scope,
    resource_arn=api.stage_arn,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
)

# Audit: management events of all Regions, and every access to the records' files.
trail = AuditTrail(
    "audit",
    scope=scope,
    key=trail_key,
    access_logs=access_logs,
    watched_buckets=[phi],
    bucket_retention_days=config.trail_retention_days,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
    keep_objects=config.deletion_protection,
)
replica = ReplicaSite(
    "replica",
    scope=scope.in_region(config.replica_region),
    log_retention_days=config.log_retention_days,
    trail_retention_days=config.trail_retention_days,
    keep_objects=config.deletion_protection,
)
Replication("logs-replication", scope=scope, source=access_logs, destination=replica.access_logs)
Replication("phi-replication", scope=scope, source=phi, destination=replica.phi)
Replication("trail-replication", scope=scope, source=trail.bucket, destination=replica.trail)

# Alarms.
topic = AlarmTopic("alarms", scope=scope, key=log_key, email=config.alarm_email)
Alarm(
    "database-cpu",
    scope=scope,
    topic=topic,
    metric=Metric(namespace="AWS/RDS", name="CPUUtilization", dimensions={"DBClusterIdentifier": database.identifier}),
    description="The database is short of CPU: raise maxCapacity or look for slow queries",
    threshold=80,
)
Alarm(
    "api-errors",
    scope=scope,
    topic=topic,
    metric=Metric(
        namespace="AWS/ApiGateway",
        name="5XXError",
        dimensions={"ApiName": api.api_name, "Stage": api.stage_name},
        statistic="Sum",
    ),
    description="The API answers with server errors: see its access log",
    threshold=5,
)
Alarm(
    "service-cpu",
    scope=scope,
    topic=topic,
    metric=Metric(
        namespace="AWS/ECS",
        name="CPUUtilization",
        dimensions={"ClusterName": cluster.cluster_name, "ServiceName": service.service_name},
    ),
    description="The record service is short of CPU: raise tasks or taskCpu",
    threshold=80,
)

pulumi.export("apiUrl", api.url)
pulumi.export("alarmTopicArn", topic.arn)
pulumi.export("clusterName", cluster.cluster_name)
pulumi.export("databaseEndpoint", database.endpoint)
pulumi.export("databaseSecretArn", database.secret_arn)
pulumi.export("imageRepositoryUrl", repository.url)
pulumi.export("phiBucketName", phi.bucket_name)
pulumi.export("privateSubnetIds", network.private_subnet_ids)
pulumi.export("serviceName", service.service_name)
pulumi.export("trailArn", trail.arn)
pulumi.export("vpcId", network.vpc.id)
