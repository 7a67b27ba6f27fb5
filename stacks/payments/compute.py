"""Compute: the payment service on Fargate, its images, its settings, and the load balancer before it."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
from database import DATABASE_NAME, Ledger
from network import PaymentNetwork
from security import Security
from storage import Storage

from components.balancing import LoadBalancer
from components.compute import Cluster, Container, FargateService, ImageRepository, secret_key
from components.logs import EncryptedLogGroup
from components.policies import Statement, allow
from components.scope import Component, Scope
from components.waf import WebAcl


class Settings(Component):
    """SSM parameters below `/{project}/{environment}/settings/`, made here, so that nothing looks up what may be
    missing."""

    def __init__(
        self, name: str, *, scope: Scope, values: Mapping[str, str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """values: last part of the parameter's name, in lower case with hyphens, to its text. Nothing secret."""
        super().__init__("reference:payments:Settings", name, scope=scope, opts=opts)
        self.variables: dict[str, pulumi.Input[str]] = {}
        """Environment variable to the ARN of its parameter, as a container's `secrets` take it."""
        for key, value in values.items():
            path = scope.names.path(f"{name}/{key}")
            parameter = aws.ssm.Parameter(
                f"{name}-{key}",
                name=path,
                type="String",
                value=value,
                description=f"{key.replace('-', ' ').capitalize()} of the payment service",
                tags=self.named(path),
                opts=self.inside(),
            )
            self.variables[key.replace("-", "_").upper()] = parameter.arn
        self._arns = scope.arn("ssm", f"parameter{scope.names.path(name)}/*")
        self.register_outputs({})

    def reading(self) -> Statement:
        """An IAM statement that lets a role read the parameters; known at preview."""
        return allow(["ssm:GetParameters"], [self._arns])


class PaymentService(Component):
    """Tasks behind an internal HTTPS load balancer. No task runs before an image of one's own is configured."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        security: Security,
        network: PaymentNetwork,
        storage: Storage,
        ledger: Ledger,
        settings: Mapping[str, str],
        certificate_arn: str,
        image: str,
        port: int,
        health_path: str,
        cpu: int,
        memory_mib: int,
        tasks: int,
        log_retention_days: int,
        deletion_protection: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        settings: see `Settings`; the container gets each as an environment variable.
        certificate_arn: ACM certificate of this Region for the name that callers use.
        image, port, health_path: of the container; the path answers 200 while it is well.
        cpu, memory_mib: of a task, in 1/1024 vCPU and MiB.
        deletion_protection: off lets `pulumi destroy` delete the balancer and a repository that holds images.
        """
        super().__init__("reference:payments:PaymentService", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.repository = ImageRepository(
            name, scope=scope, key=security.data_key, keep_images=deletion_protection, opts=parent
        )
        logs = EncryptedLogGroup(
            name, scope=scope, key=security.log_key, retention_days=log_retention_days, opts=parent
        )
        self.cluster = Cluster("cluster", scope=scope, key=security.log_key, log_group=logs, opts=parent)
        self.balancer = LoadBalancer(
            name,
            scope=scope,
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            security_group=network.balancer_group,
            certificate_arn=certificate_arn,
            access_logs=storage.access_logs,
            target_port=port,
            health_path=health_path,
            deletion_protection=deletion_protection,
            opts=parent,
        )
        WebAcl(
            name,
            scope=scope,
            resource_arn=self.balancer.arn,
            log_key=security.log_key,
            log_retention_days=log_retention_days,
            opts=parent,
        )
        parameters = Settings("settings", scope=scope, values=settings, opts=parent)
        self.service = FargateService(
            name,
            scope=scope,
            cluster=self.cluster,
            container=Container(
                image=image,
                port=port,
                environment={
                    "DATABASE_HOST": ledger.cluster.endpoint,
                    "DATABASE_NAME": DATABASE_NAME,
                    "DATABASE_PORT": str(ledger.cluster.port),
                    "PAYMENTS_TABLE": storage.payments.table_name,
                    "RECEIPTS_BUCKET": storage.receipts.bucket_name,
                },
                secrets={
                    "DATABASE_USER": secret_key(ledger.cluster.secret_arn, "username"),
                    "DATABASE_PASSWORD": secret_key(ledger.cluster.secret_arn, "password"),
                    **parameters.variables,
                },
            ),
            cpu=cpu,
            memory_mib=memory_mib,
            tasks=tasks,
            subnet_ids=network.private_subnet_ids,
            security_group=network.service_group,
            log_group=logs,
            statements=[
                storage.receipts.objects("s3:GetObject", "s3:PutObject"),
                storage.payments.access("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
                security.data_key.usage(),
            ],
            secret_arns={security.data_key: [ledger.cluster.secret_arn]},
            execution_statements=[parameters.reading()],
            load_balancer=self.balancer,
            boundary_arn=security.boundary_arn,
            opts=parent,
        )
        self.register_outputs({"dns_name": self.balancer.dns_name})
