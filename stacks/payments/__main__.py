"""Payments: a private service that takes payments, keeps them in three stores, and watches what weakens it.

networks of callers ── transit gateway, optional
   │ HTTPS
VPC, private subnets in two or three zones                  ┌──> Aurora PostgreSQL Serverless v2 (writer, reader)
   v                                                        │       └── master secret kept and rotated by RDS
   internal load balancer ──> ECS Fargate payment service ──┼──> payments table ────────> replica, as a global table
                                image from an own repository├──> receipts bucket ───────> replica bucket, made here
                                settings from SSM           └──> VPC endpoints      mode multi_region: second Region
CloudTrail ──> trail bucket ──replication──> trail bucket, replica Region
    └──> EventBridge rules ──> compliance monitor Lambda ──> encrypted topic <── alarms, dashboard
           └── undelivered       └── dead letters
permissions boundary around every role; keys: data │ logs │ trail; nightly backup of cluster and table into a vault
"""

import pulumi
import stackpath  # noqa: F401  makes components/ importable
from compliance import Compliance
from compute import PaymentService
from config import PaymentsConfig
from database import Ledger
from network import PaymentNetwork, TransitAttachment
from security import Security
from storage import ReplicaSite, Storage
from watching import PaymentsWatch

from components.monitoring import AlarmTopic
from components.scope import Scope

config = PaymentsConfig.load()
scope = Scope.open(config)

security = Security("security", scope=scope)

# Network: private subnets only; AWS services are reached through endpoints.
network = PaymentNetwork(
    "network",
    scope=scope,
    security=security,
    cidr=config.vpc_cidr,
    zones=config.zones,
    client_cidrs=config.client_cidrs,
    service_port=config.container_port,
    log_retention_days=config.log_retention_days,
)
if config.transit_gateway_id:
    TransitAttachment(
        "transit",
        scope=scope,
        network=network,
        transit_gateway_id=config.transit_gateway_id,
        cidrs=config.transit_cidrs,
    )

# Storage: in mode multi_region, the second Region comes first.
replica = (
    ReplicaSite(
        "replica",
        scope=scope.in_region(config.replica_region),
        log_retention_days=config.log_retention_days,
        trail_retention_days=config.trail_retention_days,
        keep_objects=config.deletion_protection,
    )
    if config.replica_region
    else None
)
storage = Storage(
    "storage",
    scope=scope,
    security=security,
    replica=replica,
    log_retention_days=config.log_retention_days,
    deletion_protection=config.deletion_protection,
)

# Database.
ledger = Ledger(
    "ledger",
    scope=scope,
    security=security,
    network=network,
    table=storage.payments,
    engine_version=config.engine_version,
    min_capacity=config.min_capacity,
    max_capacity=config.max_capacity,
    instances=config.database_instances,
    log_retention_days=config.log_retention_days,
    backup_retention_days=config.backup_retention_days,
    vault_retention_days=config.vault_retention_days,
    deletion_protection=config.deletion_protection,
)

# Compute.
payments = PaymentService(
    "service",
    scope=scope,
    security=security,
    network=network,
    storage=storage,
    ledger=ledger,
    settings=config.settings,
    certificate_arn=config.certificate_arn,
    image=config.image,
    port=config.container_port,
    health_path=config.health_path,
    cpu=config.task_cpu,
    memory_mib=config.task_memory,
    tasks=config.running_tasks,
    log_retention_days=config.log_retention_days,
    deletion_protection=config.deletion_protection,
)

# Compliance, and alarms.
topic = AlarmTopic("alarms", scope=scope, key=security.log_key, email=config.alarm_email)
compliance = Compliance(
    "compliance",
    scope=scope,
    security=security,
    network=network,
    storage=storage,
    replica=replica,
    topic=topic,
    log_retention_days=config.log_retention_days,
    trail_retention_days=config.trail_retention_days,
    keep_objects=config.deletion_protection,
)
PaymentsWatch(
    "payments",
    scope=scope,
    topic=topic,
    payments=payments,
    ledger=ledger,
    storage=storage,
    compliance=compliance,
)

pulumi.export("alarmTopicArn", topic.arn)
pulumi.export("clusterName", payments.cluster.cluster_name)
pulumi.export("databaseEndpoint", ledger.cluster.endpoint)
pulumi.export("databaseSecretArn", ledger.cluster.secret_arn)
pulumi.export("imageRepositoryUrl", payments.repository.url)
pulumi.export("loadBalancerDnsName", payments.balancer.dns_name)
pulumi.export("monitorFunctionName", compliance.monitor.function_name)
pulumi.export("paymentsTableName", storage.payments.table_name)
pulumi.export("permissionsBoundaryArn", security.boundary_arn)
pulumi.export("privateSubnetIds", network.private_subnet_ids)
pulumi.export("receiptsBucketName", storage.receipts.bucket_name)
pulumi.export("serviceName", payments.service.service_name)
pulumi.export("trailArn", compliance.trail.arn)
pulumi.export("undeliveredQueueUrl", compliance.undelivered.url)
pulumi.export("vpcId", network.vpc_id)
