"""The monitoring stack in every environment, through the embedded engine: findings, resources, names, tags, exports,
refusals."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.stacks import recording
from tests.stacks.recording import PHYSICAL_NAMES, ROOT, Recording, record

FOLDER = ROOT / "stacks" / "monitoring"
ENVIRONMENTS = ("dev", "staging", "prod")
EXPORTS = {
    "alarmTopicArn",
    "apiUrl",
    "cacheEndpoint",
    "clusterName",
    "consumerServiceName",
    "databaseHost",
    "databaseSecretArn",
    "deadLetterQueueUrl",
    "imageRepositoryUrl",
    "privateSubnetIds",
    "streamName",
    "vpcId",
}
NAMES = {
    **PHYSICAL_NAMES,
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
    "aws:elasticache/subnetGroup:SubnetGroup": "name",
    "aws:elasticache/user:User": "userId",
    "aws:elasticache/userGroup:UserGroup": "userGroupId",
    "aws:kinesis/stream:Stream": "name",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/parameterGroup:ParameterGroup": "name",
    "aws:sqs/queue:Queue": "name",
}
STREAM = "aws:kinesis/stream:Stream"
KEY_ARN = "the role's policy holds the ARN of the key, which exists only after the first deployment"
HOST = "the container's variables hold hosts and a secret's ARN, which exist only after the first deployment"
EXPLAINED = {
    "aws-names-per-environment": "API Gateway prescribes the name of the execution log, which holds the API's id",
    "ecs-": HOST,
    "iam-": KEY_ARN,
    "sqs-ssl-only": "the queue has no ARN yet to look for in its policy",
    "ssm-parameter-exists": HOST,
}
"""Why rules (or all that begin so) can't be judged before the first deployment. All of them are judged in an update,
which test_mutants.py does by making such values known."""


recorded = partial(recording.recorded, "monitoring")
judged = partial(recording.judged, "monitoring")


@pytest.fixture(params=ENVIRONMENTS)
def stack(request: pytest.FixtureRequest) -> Recording:
    return recorded(request.param)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_deploys_and_complies(environment: str) -> None:
    outcome = judged(environment)
    assert outcome.errors == []
    assert outcome.failures == []
    assert outcome.prerequisites == []
    assert yaml.safe_load((FOLDER / "preflight.yaml").read_text(encoding="utf-8"))["frameworks"] == ["fedramp-moderate"]
    assert outcome.findings == []
    assert outcome.exempted == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_stays_undecided_is_explained(environment: str) -> None:
    undecided = judged(environment).undecided
    assert [item["rule"] for item in undecided if not item["rule"].startswith(tuple(EXPLAINED))] == []
    assert len(undecided) < 50


def test_every_resource_stands_in_a_component(stack: Recording) -> None:
    for resource in stack.resources:
        if resource.type.startswith("aws:"):
            assert "reference:" in resource.urn, resource.urn


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_resource_has_the_four_tags(environment: str) -> None:
    for resource in recorded(environment, "complianceLevel=internal").resources:
        tags = resource.inputs.get("tagsAll")
        if resource.type.startswith("aws:") and tags is not None:
            assert tags["Environment"] == environment, resource.name
            assert tags["Project"] == "monitoring"
            assert tags["ComplianceLevel"] == "internal"
            assert tags["Name"], resource.name


def names(recording: Recording) -> Iterator[tuple[str, str]]:
    for resource in recording.resources:
        if resource.type in NAMES:
            yield resource.type, resource.inputs[NAMES[resource.type]]


@pytest.mark.parametrize("environment", ["pr-123", "team-a-4711", "e" * 21])
def test_every_name_carries_the_environment(environment: str) -> None:
    seen = list(names(recorded("dev", f"environment={environment}")))
    assert len(seen) > 50
    unknown = [type_ for type_, name in seen if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name)]
    assert unknown == ["aws:cloudwatch/logGroup:LogGroup"]  # the API's id is part of the execution log's name
    for type_, name in seen:
        assert environment in name or type_ in unknown, type_


def test_no_two_resources_share_a_name(stack: Recording) -> None:
    found = list(names(stack))
    assert len(found) == len(set(found))


def test_exports(stack: Recording) -> None:
    assert set(stack.exports) == EXPORTS


def test_003_1_the_version_comes_from_the_configuration() -> None:
    assert recorded("dev", "engineVersion=15.14").one("aws:rds/instance:Instance", "events")["engineVersion"] == "15.14"
    assert (
        recorded("dev", "engineVersion=15.14").one("aws:rds/parameterGroup:ParameterGroup", "events")["family"]
        == "postgres15"
    )


def test_003_2_the_key_admits_the_logs_of_its_region_and_account(stack: Recording) -> None:
    statements = json.loads(stack.one("aws:kms/key:Key", "logs")["policy"])["Statement"]
    [logs] = [item for item in statements if item["Principal"].get("Service") == "logs.us-west-2.amazonaws.com"]
    [pattern] = logs["Condition"]["ArnLike"].values()
    assert re.fullmatch(r"arn:aws:logs:us-west-2:\d{12}:log-group:\*", pattern)


def test_003_3_the_database_keeps_its_own_secret(stack: Recording) -> None:
    database = stack.one("aws:rds/instance:Instance", "events")
    assert database["manageMasterUserPassword"] is True
    assert "password" not in database
    assert not stack.of("aws:secretsmanager/secret:Secret")


def test_database_is_watched_and_stands_in_two_zones(stack: Recording) -> None:
    database = stack.one("aws:rds/instance:Instance", "events")
    assert (database["monitoringInterval"], database["multiAz"], database["publiclyAccessible"]) == (60, True, False)
    assert set(database["enabledCloudwatchLogsExports"]) == {"postgresql", "upgrade"}


def test_003_5_container_insights_in_the_current_form(stack: Recording) -> None:
    [setting] = stack.one("aws:ecs/cluster:Cluster", "cluster")["settings"]
    assert (setting["name"], setting["value"]) == ("containerInsights", "enhanced")


@pytest.mark.parametrize(("role", "logs"), [("true", True), ("false", False)])
def test_003_6_the_stage_traces_and_logs_where_the_account_can(role: str, logs: bool) -> None:
    recording = recorded("dev", f"accountLoggingRole={role}")
    stage = recording.one("aws:apigateway/stage:Stage", "api")
    assert stage["xrayTracingEnabled"] is True
    assert ("accessLogSettings" in stage) is logs
    assert recording.one("aws:apigateway/methodSettings:MethodSettings", "api")["settings"]["metricsEnabled"] is True


def test_the_api_feeds_the_stream_and_checks_bodies(stack: Recording) -> None:
    integration = stack.one("aws:apigateway/integration:Integration", "api-post-events")
    template = json.loads(integration["requestTemplates"]["application/json"])
    assert template["StreamName"] == stack.exports["streamName"]
    assert template["PartitionKey"] == "$input.path('$.source')"
    assert integration["uri"].endswith(":kinesis:action/PutRecord")
    assert integration["passthroughBehavior"] == "NEVER"
    schema = json.loads(stack.one("aws:apigateway/model:Model", "api-post-events")["schema"])
    assert schema["additionalProperties"] is False


def test_the_stream_keeps_a_week_under_the_stack_s_key(stack: Recording) -> None:
    stream = stack.one(STREAM, "events")
    assert stream["encryptionType"] == "KMS"
    assert stream["retentionPeriod"] >= 168


def test_the_cache_survives_a_zone_and_asks_for_a_login(stack: Recording) -> None:
    cache = stack.one("aws:elasticache/replicationGroup:ReplicationGroup", "newest")
    assert cache["numCacheClusters"] >= 2
    assert cache["multiAzEnabled"] is cache["transitEncryptionEnabled"] is True
    assert cache["atRestEncryptionEnabled"] in (True, "true")
    default = stack.one("aws:elasticache/user:User", "newest-default")
    assert default["accessString"].startswith("off ")


def test_no_way_to_the_internet_and_endpoints_for_all_that_is_called(stack: Recording) -> None:
    types = {resource.type for resource in stack.resources}
    assert not types & {"aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway"}
    services = {item.inputs["serviceName"].split(".", 3)[3] for item in stack.of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    assert services == {"ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms", "kinesis-streams", "sqs", "s3"}


def test_no_task_runs_before_there_is_an_image() -> None:
    service = "aws:ecs/service:Service"
    assert recorded("prod").one(service, "consumer")["desiredCount"] == 0
    image = "consumerImage=210987654321.dkr.ecr.us-west-2.amazonaws.com/monitoring-consumer-prod:1.0.0"
    assert recorded("prod", image).one(service, "consumer")["desiredCount"] == 3


def test_alarms_watch_every_step(stack: Recording) -> None:
    alarms = {alarm.name for alarm in stack.of("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert alarms == {
        "api-errors",
        "stream-age",
        "stream-full",
        "dead-letters",
        "consumer-cpu",
        "database-cpu",
        "database-space",
        "cache-memory",
    }


def test_the_dashboard_shows_what_the_consumer_counts(stack: Recording) -> None:
    body = json.loads(stack.one("aws:cloudwatch/dashboard:Dashboard", "monitoring")["dashboardBody"])
    lines = [line for widget in body["widgets"] for line in widget["properties"]["metrics"]]
    shown = {line[1] for line in lines if line[0] == "Monitoring"}
    code = "".join(path.read_text(encoding="utf-8") for path in (FOLDER / "service" / "consumer").glob("*.py"))
    counted = {name for call in re.findall(r" count\((.*)\)\n", code) for name in re.findall(r"([A-Z]\w+)=", call)}
    assert shown == counted


@pytest.mark.parametrize(
    ("environment", "zones", "nodes", "shards", "instance_class"),
    [("dev", 2, 2, 1, "db.t4g.micro"), ("staging", 2, 2, 1, "db.t4g.small"), ("prod", 3, 3, 4, "db.m7g.large")],
)
def test_environments_differ_by_their_settings(
    environment: str, zones: int, nodes: int, shards: int, instance_class: str
) -> None:
    recording = recorded(environment)
    assert len(recording.of("aws:ec2/subnet:Subnet")) == zones
    assert recording.one("aws:elasticache/replicationGroup:ReplicationGroup", "newest")["numCacheClusters"] == nodes
    assert recording.one(STREAM, "events")["shardCount"] == shards
    assert recording.one("aws:rds/instance:Instance", "events")["instanceClass"] == instance_class


def test_deletion_protection_off_lets_everything_go() -> None:
    recording = recorded("dev", "deletionProtection=false")
    database = recording.one("aws:rds/instance:Instance", "events")
    assert (database["deletionProtection"], database["skipFinalSnapshot"]) == (False, True)
    assert recording.one("aws:ecr/repository:Repository", "consumer")["forceDelete"] is True


def test_config_schema_and_class_agree() -> None:
    schema: dict[str, Any] = yaml.safe_load((FOLDER / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    source = (FOLDER / "config.py").read_text(encoding="utf-8")
    fields = re.findall(r"^    (\w+): \w+ = (.+)$", source, re.MULTILINE)
    shown = {key: entry.get("default") for key, entry in schema.items()}
    for field, default in fields:
        key = re.sub(r"_(\w)", lambda match: match[1].upper(), field)
        assert shown[key] == {"True": True, "False": False}.get(default, yaml.safe_load(default)), key
    assert len(fields) + 3 == len(schema)
    assert all(entry["description"] for entry in schema.values())


REFUSED = {
    "suffix too long": ("environment=" + "e" * 22, "monitoring:environment is", "leave it 21"),
    "upper case": ("environment=Dev", "monitoring:environment is 'Dev'", "name the stack like dev"),
    "VPC too small": ("vpcCidr=10.0.0.0/27", "monitoring:vpcCidr is '10.0.0.0/27'", "use a prefix of /16 to /24"),
    "one zone": ("zones=1", "monitoring:zones is 1", "use 2 to 4"),
    "unknown Region": ("aws:region=us-west-9", "aws:region is 'us-west-9'", "pulumi config set aws:region"),
    "Region outside FedRAMP": ("aws:region=eu-west-1", "outside AWS's FedRAMP", "use one of us-east-1"),
    "retention": ("logRetentionDays=180", "monitoring:logRetentionDays is 180", "use 365 or more"),
    "retention not offered": ("logRetentionDays=366", "monitoring:logRetentionDays is 366", "use one of 365"),
    "shards": ("streamShards=0", "monitoring:streamShards is 0", "use 1 to 200"),
    "stream retention": ("streamRetentionHours=24", "monitoring:streamRetentionHours is 24", "use 168 to 8760"),
    "engine": ("engineVersion=13.22", "monitoring:engineVersion is '13.22'", "describe-db-engine-versions"),
    "class": ("instanceClass=t3.micro", "monitoring:instanceClass is 't3.micro'", "db.t4g.micro"),
    "storage": ("storageGib=10", "monitoring:storageGib is 10", "use 20 to 65536"),
    "no room to grow": ("maxStorageGib=21", "monitoring:maxStorageGib is 21", "use 22 to 65536"),
    "backup": ("backupRetentionDays=0", "monitoring:backupRetentionDays is 0", "use 7 to 35"),
    "vault": ("vaultRetentionDays=7", "monitoring:vaultRetentionDays is 7", "use 35 to 36500"),
    "node type": ("cacheNodeType=t4g.micro", "monitoring:cacheNodeType is 't4g.micro'", "cache.t4g.micro"),
    "one node": ("cacheNodes=1", "monitoring:cacheNodes is 1", "use 2 to 6"),
    "snapshots": ("cacheSnapshotDays=1", "monitoring:cacheSnapshotDays is 1", "use 15 to 35"),
    "image": ("consumerImage=repo/consumer", "monitoring:consumerImage is 'repo/consumer'", "pin it"),
    "memory": ("taskMemory=4096", "monitoring:taskMemory is 4096", "use one of 512, 1024, 2048"),
    "tasks": ("tasks=6", "monitoring:tasks is 6", "use 1 to 5"),
    "burst": ("apiBurstLimit=6000", "monitoring:apiBurstLimit is 6000", "use 1 to 5000"),
    "e-mail": ("alarmEmail=oncall", "monitoring:alarmEmail is 'oncall'", "or leave it empty"),
    "account": ("accountId=4711", "monitoring:accountId is '4711'", "twelve digits"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_before_any_resource(case: str) -> None:
    setting, value, way_out = REFUSED[case]
    recording = record(FOLDER, "dev", setting)
    [error] = recording.outcome.errors
    assert value in error.message
    assert way_out in error.message
    assert "Traceback" not in error.message
    assert [resource for resource in recording.resources if resource.type != "pulumi:pulumi:Stack"] == []


def test_a_copy_runs_with_components_beside_it(tmp_path: Path) -> None:
    for folder in ("monitoring", "components"):
        target = tmp_path / folder.replace("monitoring", "my_monitoring")
        shutil.copytree(ROOT / "stacks" / folder, target, ignore=shutil.ignore_patterns("__pycache__"))
    recording = record(tmp_path / "my_monitoring", "dev")
    assert recording.outcome.errors == []
    assert len(recording.resources) == len(recorded("dev").resources)
