"""The consumer: a Fargate service that carries events from the stream into database and cache."""

from collections.abc import Sequence

import pulumi

from components.caching import RedisCache
from components.compute import Cluster, Container, FargateService, secret_key
from components.database import DatabaseInstance
from components.functions import Queue
from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.policies import allow
from components.scope import Component, Scope
from components.security import SecurityGroup
from components.streaming import EncryptedStream


class EventConsumer(Component):
    """Tasks that read the stream. Their number is free: they take turns at each shard by a lock in the database."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        cluster: Cluster,
        image: str,
        cpu: int,
        memory_mib: int,
        tasks: int,
        subnet_ids: Sequence[pulumi.Input[str]],
        security_group: SecurityGroup,
        log_group: EncryptedLogGroup,
        key: EncryptionKey,
        stream: EncryptedStream,
        database: DatabaseInstance,
        database_name: str,
        cache: RedisCache,
        dead_letters: Queue,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        image: built from `service/`.
        cpu, memory_mib: of a task, in 1/1024 vCPU and MiB.
        security_group: reaches database, cache, and the endpoints of Kinesis and SQS.
        key: encrypts stream, queue and the database's secret.
        """
        super().__init__("reference:monitoring:EventConsumer", name, scope=scope, opts=opts)
        service = FargateService(
            name,
            scope=scope,
            cluster=cluster,
            container=Container(
                image=image,
                environment={
                    "CACHE_HOST": cache.endpoint,
                    "CACHE_NAME": cache.cache_name,
                    "CACHE_PORT": str(cache.port),
                    "CACHE_USER": cache.user_name,
                    "DATABASE_HOST": database.host,
                    "DATABASE_NAME": database_name,
                    "DATABASE_PORT": str(database.port),
                    "DEAD_LETTER_QUEUE_URL": dead_letters.url,
                    "ENVIRONMENT": scope.names.environment,
                    "STREAM_NAME": stream.stream_name,
                },
                secrets={
                    "DATABASE_USER": secret_key(database.secret_arn, "username"),
                    "DATABASE_PASSWORD": secret_key(database.secret_arn, "password"),
                },
                writable_paths=["/tmp"],
                health_command=["python", "-m", "consumer.health"],
            ),
            cpu=cpu,
            memory_mib=memory_mib,
            tasks=tasks,
            subnet_ids=subnet_ids,
            security_group=security_group,
            log_group=log_group,
            statements=[
                stream.reading(),
                allow(["sqs:SendMessage"], [dead_letters.known_arn]),
                allow(
                    ["elasticache:Connect"],
                    [
                        scope.arn("elasticache", f"replicationgroup:{cache.cache_name}"),
                        scope.arn("elasticache", f"user:{cache.user_name}"),
                    ],
                ),
                key.usage(),
            ],
            secret_arns={key: [database.secret_arn]},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.service_name = service.service_name
        self.register_outputs({"service_name": self.service_name})
