"""Every component once, wired as a stack would."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[2] / "stacks"))

import pulumi  # noqa: E402

from components.api import RestApi, Route  # noqa: E402
from components.balancing import LoadBalancer  # noqa: E402
from components.caching import RedisCache  # noqa: E402
from components.compute import PLACEHOLDER_IMAGE, Cluster, Container, FargateService, secret_key  # noqa: E402
from components.config import StackConfig  # noqa: E402
from components.database import AURORA_POSTGRESQL, POSTGRESQL, AuroraServerless, DatabaseInstance  # noqa: E402
from components.functions import PythonFunction, Queue  # noqa: E402
from components.keys import EncryptionKey, KeyUser  # noqa: E402
from components.logs import EncryptedLogGroup  # noqa: E402
from components.monitoring import AlarmTopic, Dashboard, Graph, Metric  # noqa: E402
from components.network import ECS_ENDPOINTS, Network  # noqa: E402
from components.scope import Scope  # noqa: E402
from components.secrets import ManagedSecret, RotationSchedule  # noqa: E402
from components.security import allow  # noqa: E402
from components.storage import AccessLogBucket, Lifecycle, SecureBucket  # noqa: E402
from components.streaming import EncryptedStream  # noqa: E402
from components.tables import Table  # noqa: E402
from components.waf import WebAcl  # noqa: E402

config = StackConfig.load()
scope = Scope.open(config)
elsewhere = scope.in_region("us-west-2")

key = EncryptionKey("data", scope=scope, purpose="Everything", used_by=list(KeyUser), separate_policy=True)
far_key = EncryptionKey("far", scope=elsewhere, purpose="Replicas")
network = Network(
    "network",
    scope=scope,
    cidr="10.0.0.0/20",
    zones=2,
    log_key=key,
    log_retention_days=365,
    interface_endpoints=[*ECS_ENDPOINTS, "sqs"],
    gateway_endpoints=["s3", "dynamodb"],
    public_subnets=True,
    nat_gateways=1,
)
public = network.security_group("public", description="Load balancer")
service = network.security_group("service", description="Tasks")
data = network.security_group("data", description="Databases and cache")
public.allow_cidr_in("0.0.0.0/0", port=443, description="HTTPS from anywhere")
service.allow_cidr_out("0.0.0.0/0", port=443, description="HTTPS to anywhere")
allow(public, service, port=8080, description="Requests")
allow(service, data, port=5432, description="Database")
network.allow_endpoints(service)

access_logs = AccessLogBucket("access-logs", scope=scope, retention_days=365, keep_objects=False)
files = SecureBucket(
    "files",
    scope=scope,
    key=key,
    access_logs=access_logs,
    lifecycle=Lifecycle(infrequent_after_days=30, archive_after_days=90, expire_after_days=365),
    keep_objects=False,
)
database = DatabaseInstance(
    "database",
    scope=scope,
    engine=POSTGRESQL,
    engine_version="16.10",
    instance_class="db.t4g.medium",
    storage_gib=20,
    max_storage_gib=100,
    database_name="orders",
    master_username="dbadmin",
    multi_az=False,
    subnet_ids=network.private_subnet_ids,
    security_group=data,
    key=key,
    log_key=key,
    log_retention_days=365,
    backup_retention_days=7,
    deletion_protection=False,
)
aurora = AuroraServerless(
    "aurora",
    scope=scope,
    engine=AURORA_POSTGRESQL,
    engine_version="16.9",
    database_name="orders",
    master_username="dbadmin",
    min_capacity=0.5,
    max_capacity=1,
    instances=2,
    subnet_ids=network.private_subnet_ids,
    security_group=data,
    key=key,
    log_key=key,
    log_retention_days=365,
    backup_retention_days=7,
    deletion_protection=False,
)
cache = RedisCache(
    "cache",
    scope=scope,
    node_type="cache.t4g.micro",
    nodes=2,
    subnet_ids=network.private_subnet_ids,
    security_group=data,
    key=key,
    log_key=key,
    log_retention_days=365,
)
stream = EncryptedStream("events", scope=scope, key=key, shards=1)
table = Table(
    "orders",
    scope=scope,
    key=key,
    partition_key="order",
    sort_key="line",
    key_types={"line": "N"},
    expires_at="expires",
    replica_keys={"us-west-2": far_key},
    deletion_protection=False,
)

logs = EncryptedLogGroup("service", scope=scope, key=key, retention_days=365)
cluster = Cluster("cluster", scope=scope, key=key, log_group=logs)
balancer = LoadBalancer(
    "front",
    scope=scope,
    vpc_id=network.vpc.id,
    subnet_ids=network.public_subnet_ids,
    security_group=public,
    certificate_arn=scope.arn("acm", "certificate/0f7dcd1c-6cbb-4a5c-9f0e-1c6a2a0a3f6b"),
    access_logs=access_logs,
    target_port=8080,
    internal=False,
    deletion_protection=False,
)
FargateService(
    "service",
    scope=scope,
    cluster=cluster,
    container=Container(
        image=PLACEHOLDER_IMAGE,
        port=8080,
        command=["nginx", "-g", "daemon off;"],
        environment={"STREAM": stream.stream_name, "CACHE_HOST": cache.endpoint},
        secrets={"PASSWORD": secret_key(database.secret_arn, "password")},
    ),
    cpu=256,
    memory_mib=512,
    tasks=1,
    subnet_ids=network.private_subnet_ids,
    security_group=service,
    log_group=logs,
    statements=[stream.reading(), stream.writing(), table.access("dynamodb:GetItem"), key.usage()],
    secret_arns={key: [database.secret_arn]},
    load_balancer=balancer,
)
WebAcl("front", scope=scope, resource_arn=balancer.arn, log_key=key, log_retention_days=365)

secret = ManagedSecret(
    "login", scope=scope, description="Login", key=key, first_value=json.dumps({"username": "app"}), recovery_days=0
)
function = PythonFunction(
    "handler",
    scope=scope,
    description="Answers requests",
    code=HERE / "code",
    handler="handler.handle",
    timeout_seconds=30,
    memory_mib=256,
    concurrency=5,
    subnet_ids=network.private_subnet_ids,
    security_group=service,
    key=key,
    log_key=key,
    log_retention_days=365,
    environment={"SECRET_ARN": secret.arn},
    statements=[secret.reading(), secret.rotating(), files.objects("s3:PutObject")],
)
RotationSchedule("login", scope=scope, secret=secret, function=function, every_days=30)
dead = Queue("dead", scope=scope, key=key)
Queue(
    "work",
    scope=scope,
    key=key,
    visibility_timeout_seconds=180,
    dead_letters=dead,
    senders={"events.amazonaws.com": scope.arn("events", "rule/*")},
)
api = RestApi(
    "api",
    scope=scope,
    description="Orders",
    routes=[
        Route(path="health", method="GET"),
        Route(path="orders", method="GET", function=function, api_key_required=True),
        Route(
            path="orders",
            method="POST",
            function=function,
            api_key_required=True,
            request_schema=json.dumps({"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}),
        ),
    ],
    burst_limit=50,
    rate_limit=10,
    log_group=logs,
    account_logging_role=True,
)
api_key = api.usage_plan("callers", burst_limit=5, rate_limit=1, requests_per_day=1000)
AlarmTopic("alarms", scope=scope, key=key, email="oncall@reference.cloud")
Dashboard(
    "overview",
    scope=scope,
    graphs=[
        Graph(
            title="Function",
            metrics=[
                Metric(namespace="AWS/Lambda", name="Errors", dimensions={"FunctionName": function.function_name})
            ],
        ),
        Graph(
            title="Stream",
            metrics=[
                Metric(namespace="AWS/Kinesis", name="IncomingRecords", dimensions={"StreamName": stream.stream_name})
            ],
        ),
    ],
)

pulumi.export("apiKey", pulumi.Output.secret(api_key.value))
pulumi.export("auroraEndpoint", aurora.endpoint)
