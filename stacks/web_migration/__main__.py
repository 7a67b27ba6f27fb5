"""Web migration: a web application that moved to containers, with the same four layers in every environment.

visitor ──HTTP 80──> redirect to 443
        └─HTTPS 443─> WAF ──> load balancer, public subnets in two zones or more ──> access logs
                                  │ group to group, containerPort
VPC, private subnets ─────────────v──────────────────────────────────────
   ECS Fargate service, image from an own repository
     │ group to group, 5432                └──> NAT gateway, one per zone, or VPC endpoints: by config
     v
   PostgreSQL instance, standby in a second zone by config ── nightly backup into an encrypted vault
     └── master secret kept and rotated by RDS
Route 53 ──HTTPS 443 /health──> load balancer, from around the world
alarms ──> encrypted topic, dashboard
keys: data │ logs
"""

import stackpath  # noqa: F401  makes components/ importable
from compute import WebService
from config import WebConfig
from database import WebDatabase
from networking import WebNetwork
from outputs import WebOutputs

from components.keys import EncryptionKey, KeyUser
from components.scope import Scope
from monitoring import WebWatch

config = WebConfig.load()
scope = Scope.open(config)

data_key = EncryptionKey("data", scope=scope, purpose="Application data: database, images, backups")
log_key = EncryptionKey("logs", scope=scope, purpose="Log groups and alarms", used_by=[KeyUser.LOGS, KeyUser.ALARMS])

# Layer 1, networking: where things are, and which of them may talk to which.
network = WebNetwork(
    "network",
    scope=scope,
    given=config.given_vpc,
    cidr=config.vpc_cidr,
    zones=config.zones,
    nat_gateways=config.nat_gateways,
    container_port=config.container_port,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
)

# Layer 2, database.
database = WebDatabase(
    "database",
    scope=scope,
    network=network,
    engine_version=config.engine_version,
    instance_class=config.instance_class,
    storage_gib=config.storage_gib,
    max_storage_gib=config.max_storage_gib,
    multi_az=config.multi_az,
    key=data_key,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
    backup_retention_days=config.backup_retention_days,
    vault_retention_days=config.vault_retention_days,
    deletion_protection=config.deletion_protection,
)

# Layer 3, compute.
web = WebService(
    "web",
    scope=scope,
    network=network,
    database=database,
    certificate_arn=config.certificate_arn,
    domain_name=config.domain_name,
    hosted_zone_id=config.hosted_zone_id,
    image=config.service_image,
    container_port=config.container_port,
    cpu=config.task_cpu,
    memory_mib=config.task_memory,
    tasks=config.running_tasks,
    health_text=config.health_text,
    key=data_key,
    log_key=log_key,
    log_retention_days=config.log_retention_days,
    deletion_protection=config.deletion_protection,
)

# Layer 4, monitoring.
watch = WebWatch(
    "watch",
    scope=scope,
    web=web,
    database=database,
    log_key=log_key,
    alarm_email=config.alarm_email,
    health_text=config.health_text,
    slow_seconds=config.slow_seconds,
)

WebOutputs(
    alarm_topic_arn=watch.topic.arn,
    cluster_name=web.cluster_name,
    dashboard_name=watch.dashboard_name,
    database_host=database.host,
    database_port=database.port,
    database_secret_arn=database.secret_arn,
    health_check_id=watch.health_check_id,
    image_repository_url=web.repository.url,
    load_balancer_arn=web.balancer.arn,
    load_balancer_dns_name=web.balancer.dns_name,
    private_subnet_ids=network.private_subnet_ids,
    public_subnet_ids=network.public_subnet_ids,
    service_name=web.service_name,
    service_security_group_id=network.service_group.id,
    url=web.url,
    vpc_id=network.vpc_id,
).export()
