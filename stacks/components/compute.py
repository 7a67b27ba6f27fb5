"""Containers on ECS Fargate, and the repository that their images come from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.balancing import LoadBalancer
from components.identity import ServiceRole
from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.naming import Kind
from components.policies import Statement, allow
from components.scope import Component, Scope
from components.security import SecurityGroup

PLACEHOLDER_IMAGE = "public.ecr.aws/nginx/nginx@sha256:8d32e1ab9a199e9d83b66ada9823585379878433a9b22fa20110418a3e8a0baf"
"""What `public.ecr.aws/nginx/nginx:stable-alpine` was on 2026-09-09; serves port 80 until an image of one's own is
pushed.
Pulling it takes a way to the internet: Amazon ECR Public has no VPC endpoint for its image layers."""
PLACEHOLDER_PORT = 80


class ImageRepository(Component):
    """An ECR repository with immutable tags, scanned on push, that keeps its newest images."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        keep_images: bool = True,
        kept_images: int = 20,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        keep_images: off lets `pulumi destroy` delete a repository that still holds images.
        kept_images: number of images after which the oldest are deleted.
        """
        super().__init__("reference:compute:ImageRepository", name, scope=scope, opts=opts)
        self.repository_name = self.physical(name, Kind.REPOSITORY)
        self.repository = aws.ecr.Repository(
            name,
            name=self.repository_name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
            force_delete=not keep_images,
            tags=self.named(self.repository_name),
            opts=self.inside(depends_on=key.ready),
        )
        expire = {
            "rulePriority": 1,
            "description": f"Keep the newest {kept_images} images",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": kept_images},
            "action": {"type": "expire"},
        }
        aws.ecr.LifecyclePolicy(
            name, repository=self.repository.name, policy=json.dumps({"rules": [expire]}), opts=self.inside()
        )
        self.url = self.repository.repository_url
        self.register_outputs({"url": self.url})


class Cluster(Component):
    """An ECS cluster on Fargate with enhanced Container Insights and encrypted, logged `execute-command` sessions."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        log_group: EncryptedLogGroup,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """key, log_group: of the sessions that operators open into containers."""
        super().__init__("reference:compute:Cluster", name, scope=scope, opts=opts)
        self.cluster_name = self.physical(name, Kind.CLUSTER)
        self.cluster = aws.ecs.Cluster(
            name,
            name=self.cluster_name,
            settings=[{"name": "containerInsights", "value": "enhanced"}],
            configuration={
                "execute_command_configuration": {
                    "kms_key_id": key.arn,
                    "logging": "OVERRIDE",
                    "log_configuration": {
                        "cloud_watch_encryption_enabled": True,
                        "cloud_watch_log_group_name": log_group.group.name,
                    },
                }
            },
            tags=self.named(self.cluster_name),
            opts=self.inside(),
        )
        self.arn = self.cluster.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container: image, port, size, and what it gets to know."""

    image: pulumi.Input[str]
    """Pinned by digest or by an immutable tag."""
    port: int | None = None
    """TCP port that it listens on; none for a worker that nobody calls."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Plain settings; credentials belong into `secrets`."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variable to `SECRET_ARN:KEY::`; see `secret_key`."""
    command: Sequence[str] = ()
    """Replaces the image's command when given."""
    writable_paths: Sequence[str] = ("/tmp", "/var/run", "/var/cache/nginx")
    """Folders that get an empty volume each; all else is read-only. The placeholder needs these three."""
    health_command: Sequence[str] = ()
    """Ends with 0 while the container is well, tried every 30 seconds; ECS replaces a task after three failures."""


def secret_key(secret_arn: pulumi.Input[str], key: str) -> pulumi.Output[str]:
    """Reference to one key of a JSON secret, as a container's `secrets` take it (Amazon ECS, "Pass Secrets Manager
    secrets")."""
    return pulumi.Output.concat(secret_arn, ":", key, "::")


class FargateService(Component):
    """Tasks of one container in private subnets, rolled back when a deployment fails, behind a load balancer or not."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        cluster: Cluster,
        container: Container,
        cpu: int,
        memory_mib: int,
        tasks: int,
        subnet_ids: Sequence[pulumi.Input[str]],
        security_group: SecurityGroup,
        log_group: EncryptedLogGroup,
        statements: Sequence[Statement] = (),
        secret_arns: Mapping[EncryptionKey, Sequence[pulumi.Input[str]]] | None = None,
        execution_statements: Sequence[Statement] = (),
        load_balancer: LoadBalancer | None = None,
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        cpu, memory_mib: of a task, in 1/1024 vCPU and MiB; a pair of `config.FARGATE_MEMORY`.
        tasks: number that should run; 0 keeps the service ready for an image that is still to come.
        statements: what the program in the container may do in AWS.
        secret_arns: secrets that `container.secrets` names, by the key that encrypts them.
        execution_statements: what else ECS may do to start a task, such as reading parameters that
            `container.secrets` names.
        load_balancer: passes requests to `container.port`.
        boundary_arn: managed policy that caps both roles' permissions.
        """
        super().__init__("reference:compute:FargateService", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        execution_role = ServiceRole(
            f"{name}-execution",
            scope=scope,
            service="ecs-tasks.amazonaws.com",
            statements=[
                *_pull_statements(scope),
                log_group.writing(),
                *_secret_statements(secret_arns or {}),
                *execution_statements,
            ],
            boundary_arn=boundary_arn,
            opts=parent,
        )
        task_role = ServiceRole(
            f"{name}-task",
            scope=scope,
            service="ecs-tasks.amazonaws.com",
            statements=statements,
            boundary_arn=boundary_arn,
            opts=parent,
        )
        family = self.physical(name, Kind.CLUSTER)
        self.task_definition = aws.ecs.TaskDefinition(
            name,
            family=family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(cpu),
            memory=str(memory_mib),
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
            execution_role_arn=execution_role.arn,
            task_role_arn=task_role.arn,
            volumes=[{"name": _volume(path)} for path in container.writable_paths],
            container_definitions=pulumi.Output.json_dumps([_definition(name, container, log_group, scope.region)]),
            tags=self.named(family),
            opts=self.inside(depends_on=[*execution_role.ready, *task_role.ready]),
        )
        targets = []
        if load_balancer:
            if container.port is None:
                raise ValueError(f"container {name!r} has no port for the load balancer to call: set Container.port")
            targets = [
                aws.ecs.ServiceLoadBalancerArgs(
                    target_group_arn=load_balancer.target_group.arn, container_name=name, container_port=container.port
                )
            ]
        self.service_name = family
        self.service = aws.ecs.Service(
            name,
            name=family,
            cluster=cluster.arn,
            task_definition=self.task_definition.arn,
            desired_count=tasks,
            launch_type="FARGATE",
            platform_version="LATEST",
            network_configuration={
                "subnets": list(subnet_ids),
                "security_groups": [security_group.id],
                "assign_public_ip": False,
            },
            load_balancers=targets or None,
            health_check_grace_period_seconds=60 if targets else None,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="ENABLED",
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags=self.named(family),
            opts=self.inside(depends_on=[load_balancer.listener] if load_balancer else []),
        )
        self.register_outputs({"name": self.service.name})


def _definition(name: str, container: Container, log_group: EncryptedLogGroup, region: str) -> dict[str, Any]:
    """Amazon ECS API Reference, "ContainerDefinition"."""
    definition: dict[str, Any] = {
        "name": name,
        "image": container.image,
        "essential": True,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "mountPoints": [
            {"sourceVolume": _volume(path), "containerPath": path, "readOnly": False}
            for path in container.writable_paths
        ],
        "environment": [{"name": key, "value": value} for key, value in sorted(container.environment.items())],
        "secrets": [{"name": key, "valueFrom": value} for key, value in sorted(container.secrets.items())],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": log_group.group_name, "awslogs-region": region, "awslogs-stream-prefix": name},
        },
    }
    if container.port is not None:
        definition["portMappings"] = [{"containerPort": container.port, "protocol": "tcp"}]
    if container.command:
        definition["command"] = list(container.command)
    if container.health_command:
        definition["healthCheck"] = {
            "command": ["CMD", *container.health_command],
            "interval": 30,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 60,
        }
    return definition


def _volume(path: str) -> str:
    return path.strip("/").replace("/", "-")


def _pull_statements(scope: Scope) -> list[Statement]:
    """Amazon ECS, "Task execution IAM role": the token is not bound to a repository, pulling is."""
    return [
        allow(["ecr:GetAuthorizationToken"], ["*"]),
        allow(
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [scope.arn("ecr", f"repository/{scope.names.project.replace('_', '-')}-*")],
        ),
    ]


def _secret_statements(secret_arns: Mapping[EncryptionKey, Sequence[pulumi.Input[str]]]) -> list[Statement]:
    return [
        statement
        for key, arns in secret_arns.items()
        for statement in (allow(["secretsmanager:GetSecretValue"], list(arns)), key.usage(encrypt=False))
    ]
