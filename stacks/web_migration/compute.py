"""Layer 3: load balancer with web ACL, and the containers behind it; a record where a zone is given."""

import pulumi
import pulumi_aws as aws
from database import DATABASE_NAME, WebDatabase
from networking import WebNetwork

from components.balancing import LoadBalancer
from components.compute import PLACEHOLDER_IMAGE, Cluster, Container, FargateService, ImageRepository, secret_key
from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.scope import Component, Scope
from components.storage import AccessLogBucket
from components.waf import WebAcl

HEALTH_PATH = "/health"
PLACEHOLDER_SETTINGS = """worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events {{}}
http {{
  access_log /dev/stdout;
  default_type text/plain;
  server {{
    listen {port};
    server_tokens off;
    location = {health_path} {{ return 200 "{health_text}"; }}
    location / {{ return 200 "Push your image, and set serviceImage.\\n"; }}
  }}
}}
"""


def placeholder(port: int, health_text: str) -> Container:
    """A public image, by digest, that answers on `port` and says `health_text` on /health until there is an own one."""
    settings = PLACEHOLDER_SETTINGS.format(port=port, health_path=HEALTH_PATH, health_text=health_text)
    command = [
        "sh",
        "-c",
        'printf "%s" "$SETTINGS" > /tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -g "daemon off;"',
    ]
    return Container(image=PLACEHOLDER_IMAGE, port=port, environment={"SETTINGS": settings}, command=command)


class WebService(Component):
    """The application: reachable over HTTPS only, its tasks in private subnets."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        network: WebNetwork,
        database: WebDatabase,
        certificate_arn: str,
        domain_name: str,
        hosted_zone_id: str,
        image: str,
        container_port: int,
        cpu: int,
        memory_mib: int,
        tasks: int,
        health_text: str,
        key: EncryptionKey,
        log_key: EncryptionKey,
        log_retention_days: int,
        deletion_protection: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        certificate_arn: ACM certificate of the Region, for `domain_name`.
        domain_name, hosted_zone_id: name to make a record for, and its public zone; both empty leave DNS to others.
        image: the application, pinned; empty runs the placeholder.
        cpu, memory_mib: of a task, in 1/1024 vCPU and MiB.
        tasks: number that runs.
        health_text: what the placeholder answers on /health.
        """
        super().__init__("reference:web:WebService", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        access_logs = AccessLogBucket(
            "access-logs",
            scope=scope,
            retention_days=log_retention_days,
            keep_objects=deletion_protection,
            opts=parent,
        )
        self.balancer = LoadBalancer(
            name,
            scope=scope,
            vpc_id=network.vpc_id,
            subnet_ids=network.public_subnet_ids,
            security_group=network.balancer_group,
            certificate_arn=certificate_arn,
            access_logs=access_logs,
            target_port=container_port,
            internal=False,
            health_path=HEALTH_PATH,
            deletion_protection=deletion_protection,
            opts=parent,
        )
        WebAcl(
            name,
            scope=scope,
            resource_arn=self.balancer.arn,
            log_key=log_key,
            log_retention_days=log_retention_days,
            opts=parent,
        )
        if hosted_zone_id:
            self._record(domain_name, hosted_zone_id)
        self.host: pulumi.Input[str] = domain_name or self.balancer.dns_name
        """Host name that visitors and health checks use."""
        self.url = pulumi.Output.concat("https://", self.host)

        self.repository = ImageRepository(name, scope=scope, key=key, keep_images=deletion_protection, opts=parent)
        logs = EncryptedLogGroup(name, scope=scope, key=log_key, retention_days=log_retention_days, opts=parent)
        cluster = Cluster(name, scope=scope, key=log_key, log_group=logs, opts=parent)
        application = Container(
            image=image,
            port=container_port,
            environment={
                "DATABASE_HOST": database.host,
                "DATABASE_NAME": DATABASE_NAME,
                "DATABASE_PORT": str(database.port),
                "PORT": str(container_port),
            },
            secrets={
                "DATABASE_USER": secret_key(database.secret_arn, "username"),
                "DATABASE_PASSWORD": secret_key(database.secret_arn, "password"),
            },
            writable_paths=("/tmp",),
        )
        service = FargateService(
            name,
            scope=scope,
            cluster=cluster,
            container=application if image else placeholder(container_port, health_text),
            cpu=cpu,
            memory_mib=memory_mib,
            tasks=tasks,
            subnet_ids=network.private_subnet_ids,
            security_group=network.service_group,
            log_group=logs,
            secret_arns={key: [database.secret_arn]} if image else {},
            load_balancer=self.balancer,
            opts=parent,
        )
        self.cluster_name = cluster.cluster_name
        self.service_name = service.service_name
        self.register_outputs({"url": self.url})

    def _record(self, domain_name: str, hosted_zone_id: str) -> None:
        aws.route53.Record(
            self.name,
            zone_id=hosted_zone_id,
            name=domain_name,
            type="A",
            aliases=[
                {
                    "name": self.balancer.dns_name,
                    "zone_id": self.balancer.balancer.zone_id,
                    "evaluate_target_health": True,
                }
            ],
            opts=self.inside(),
        )
