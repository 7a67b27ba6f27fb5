"""The data pipeline in every environment, through the embedded engine: findings, resources, names, tags, exports,
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

from preflight.preview.run import Request, preview
from tests.stacks import recording
from tests.stacks.data_pipeline.fakes import load
from tests.stacks.recording import PHYSICAL_NAMES, ROOT, Recording, record

FOLDER = ROOT / "stacks" / "data_pipeline"
ENVIRONMENTS = ("dev", "staging", "prod")
EXPORTS = {
    "alarmTopicArn",
    "apiKeyValue",
    "apiUrl",
    "databaseHost",
    "deadLetterQueueUrl",
    "documentsBucketName",
    "loginSecretArn",
    "privateSubnetIds",
    "processorFunctionName",
    "retryQueueUrl",
    "vpcId",
}
NAMES = {
    **PHYSICAL_NAMES,
    "aws:apigateway/apiKey:ApiKey": "name",
    "aws:apigateway/usagePlan:UsagePlan": "name",
    "aws:apigateway/stage:Stage": "stageName",
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:lambda/function:Function": "name",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/parameterGroup:ParameterGroup": "name",
    "aws:secretsmanager/secret:Secret": "name",
    "aws:sqs/queue:Queue": "name",
}
FUNCTION = "aws:lambda/function:Function"
QUEUE = "aws:sqs/queue:Queue"
KEY_ARN = "the role's policy holds the ARN of the key, which exists only after the first deployment"
EXPLAINED = {
    ("aws:cloudwatch/logGroup:LogGroup", "name"): "API Gateway prescribes the execution log's name, with the API's id",
    ("aws:iam/policy:Policy", "policy"): KEY_ARN,
    ("aws:iam/role:Role", "policy"): KEY_ARN,
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn"): "the policy is made by this program",
    ("aws:lambda/function:Function", "role"): KEY_ARN,
    ("aws:lambda/permission:Permission", "sourceArn"): "API and secret have no ARN yet",
    ("aws:sqs/queue:Queue", "policy"): "the queue has no ARN yet to look for in its policy",
    ("aws:sqs/queue:Queue", "redrivePolicy"): "the queue of the dead letters has no ARN yet",
}
"""Why values that rules ask for are unknown before the first deployment. All of them are judged in an update."""


recorded = partial(recording.recorded, "data_pipeline")
judged = partial(recording.judged, "data_pipeline")


@pytest.fixture(params=ENVIRONMENTS)
def pipeline(request: pytest.FixtureRequest) -> Recording:
    return recorded(request.param)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_deploys_and_complies(environment: str) -> None:
    outcome = judged(environment)
    assert outcome.errors == []
    assert outcome.failures == []
    assert outcome.prerequisites == []
    assert yaml.safe_load((FOLDER / "preflight.yaml").read_text(encoding="utf-8"))["frameworks"] == ["pci-dss-4.0"]
    found = [
        finding for finding in outcome.findings if finding["kind"] == "deployment" or finding["level"] == "mandatory"
    ]
    assert found == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_one_rule_is_set_aside_with_a_reason(environment: str) -> None:
    [exempted] = judged(environment).exempted
    assert exempted["rule"] == "ec2-vpc-endpoint-for-ec2"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_stays_undecided_is_explained(environment: str) -> None:
    asked = {(item["urn"].split("::")[2].split("$")[-1], item["path"]) for item in judged(environment).undecided}
    assert asked <= set(EXPLAINED)


def test_every_resource_stands_in_a_component(pipeline: Recording) -> None:
    for resource in pipeline.resources:
        if resource.type.startswith("aws:"):
            assert "reference:" in resource.urn, resource.urn


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_resource_has_the_four_tags(environment: str) -> None:
    for resource in recorded(environment, "complianceLevel=internal").resources:
        tags = resource.inputs.get("tagsAll")
        if resource.type.startswith("aws:") and tags is not None:
            assert tags["Environment"] == environment, resource.name
            assert tags["Project"] == "data-pipeline"
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
    execution_log = 0
    for type_, name in seen:
        if re.fullmatch(r"[0-9a-f-]{36}", name):  # unknown: the API's id is part of the name
            execution_log += 1
        else:
            assert environment in name, type_
    assert execution_log == 1


def test_no_two_resources_share_a_name(pipeline: Recording) -> None:
    found = list(names(pipeline))
    assert len(found) == len(set(found))


def test_exports(pipeline: Recording) -> None:
    assert set(pipeline.exports) == EXPORTS


def test_001_1_no_setting_of_the_account_is_touched(pipeline: Recording) -> None:
    assert not pipeline.of("aws:apigateway/account:Account")


def test_001_2_documents_move_and_replaced_versions_expire(pipeline: Recording) -> None:
    lifecycle = pipeline.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "documents")
    [rule] = lifecycle["rules"]
    assert rule["noncurrentVersionExpiration"]["noncurrentDays"] == 365
    assert [step["storageClass"] for step in rule["transitions"]] == ["STANDARD_IA", "GLACIER_IR"]


def test_001_3_rotation_comes_after_all_that_it_needs(pipeline: Recording) -> None:
    rotation = pipeline.one("aws:secretsmanager/secretRotation:SecretRotation", "login")
    assert rotation["rotationRules"]["automaticallyAfterDays"] == 30
    function = pipeline.one(FUNCTION, "login-rotation")
    assert function["timeout"] >= 30
    endpoints = {endpoint.inputs["serviceName"] for endpoint in pipeline.of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    assert {service.rsplit(".", 1)[1] for service in endpoints} == {"secretsmanager", "kms", "logs", "sqs", "s3"}
    group = pipeline.one("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "rotation-to-database-5432")
    assert group["toPort"] == 5432


def test_001_3_the_first_value_holds_no_password(pipeline: Recording) -> None:
    value = pipeline.one("aws:secretsmanager/secretVersion:SecretVersion", "login")["secretString"]
    assert "password" not in str(value)


def test_001_4_the_processor_comes_back_to_what_it_could_not_store(pipeline: Recording) -> None:
    mapping = pipeline.one("aws:lambda/eventSourceMapping:EventSourceMapping", "processor")
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    function = pipeline.one(FUNCTION, "processor")
    assert pipeline.one(QUEUE, "processor-retries")["visibilityTimeoutSeconds"] == 6 * function["timeout"]
    assert function["timeout"] < 29
    assert mapping["scalingConfig"]["maximumConcurrency"] < function["reservedConcurrentExecutions"]
    assert function["environment"]["variables"]["ATTEMPTS"] == "3"


def test_001_4_alarms_watch_errors_and_dead_letters(pipeline: Recording) -> None:
    alarms = {alarm.name for alarm in pipeline.of("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert {"processor-errors", "rotation-errors", "dead-letters", "rotation-dead-letters", "retries-age"} <= alarms


def test_001_4_the_dashboard_shows_what_the_functions_count(pipeline: Recording) -> None:
    body = json.loads(pipeline.one("aws:cloudwatch/dashboard:Dashboard", "pipeline")["dashboardBody"])
    lines = [line for widget in body["widgets"] for line in widget["properties"]["metrics"]]
    telemetry, processor = load("telemetry"), load("processor")
    shown = {line[1] for line in lines if line[0] == telemetry.NAMESPACE and line[2] == telemetry.DIMENSION}
    assert shown == {*processor.COUNTER.values(), "Invalid", "Deferred", "Failed", "Refused", "Rotations"}


def test_001_5_the_key_policy_stands_apart_and_admits_logs(pipeline: Recording) -> None:
    assert "policy" not in pipeline.one("aws:kms/key:Key", "data")
    policy = json.loads(pipeline.one("aws:kms/keyPolicy:KeyPolicy", "data")["policy"])
    services = [statement["Principal"].get("Service") for statement in policy["Statement"]]
    assert "logs.us-east-1.amazonaws.com" in services
    assert "cloudwatch.amazonaws.com" in services


def test_001_6_stage_plan_and_key_are_named_after_the_environment() -> None:
    for environment in ENVIRONMENTS:
        pipeline = recorded(environment)
        assert pipeline.one("aws:apigateway/stage:Stage", "api")["stageName"] == environment
        plan = pipeline.one("aws:apigateway/usagePlan:UsagePlan", "callers")
        assert plan["name"] == f"data-pipeline-callers-{environment}"
        assert [stage["stage"] for stage in plan["apiStages"]] == [environment]
        assert pipeline.one("aws:apigateway/apiKey:ApiKey", "callers")["name"] == f"data-pipeline-callers-{environment}"


@pytest.mark.parametrize(("role", "logs"), [("true", True), ("false", False)])
def test_001_7_the_stage_logs_where_the_account_can(role: str, logs: bool) -> None:
    stage = recorded("dev", f"accountLoggingRole={role}").one("aws:apigateway/stage:Stage", "api")
    assert ("accessLogSettings" in stage) is logs
    if logs:
        assert json.loads(stage["accessLogSettings"]["format"])["requestId"] == "$context.requestId"


def test_requests_need_signature_and_key_and_fit_the_schema(pipeline: Recording) -> None:
    method = pipeline.one("aws:apigateway/method:Method", "api-post-transactions")
    assert (method["authorization"], method["apiKeyRequired"]) == ("AWS_IAM", True)
    schema = json.loads(pipeline.one("aws:apigateway/model:Model", "api-post-transactions")["schema"])
    assert set(schema["required"]) == set(load("transactions").FIELDS) == set(schema["properties"])


def test_the_code_has_what_the_handlers_name(pipeline: Recording) -> None:
    for function in pipeline.of(FUNCTION):
        package, module, handler = function.inputs["handler"].split(".")
        assert package == "pipeline"
        assert callable(getattr(load(module), handler))


def test_no_way_to_the_internet(pipeline: Recording) -> None:
    types = {resource.type for resource in pipeline.resources}
    assert not types & {"aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway"}
    assert pipeline.one("aws:rds/instance:Instance", "transactions")["publiclyAccessible"] is False


@pytest.mark.parametrize(
    ("environment", "zones", "standby", "instance_class"),
    [("dev", 2, False, "db.t4g.micro"), ("staging", 2, False, "db.t4g.small"), ("prod", 3, True, "db.m7g.large")],
)
def test_environments_differ_by_their_settings(
    environment: str, zones: int, standby: bool, instance_class: str
) -> None:
    pipeline = recorded(environment)
    assert len(pipeline.of("aws:ec2/subnet:Subnet")) == zones
    instance = pipeline.one("aws:rds/instance:Instance", "transactions")
    assert (instance["multiAz"], instance["instanceClass"]) == (standby, instance_class)


def test_deletion_protection_off_lets_everything_go() -> None:
    pipeline = recorded("dev", "deletionProtection=false")
    instance = pipeline.one("aws:rds/instance:Instance", "transactions")
    assert (instance["deletionProtection"], instance["skipFinalSnapshot"]) == (False, True)
    assert all(bucket.inputs["forceDestroy"] for bucket in pipeline.of("aws:s3/bucket:Bucket"))
    assert pipeline.one("aws:secretsmanager/secret:Secret", "login")["recoveryWindowInDays"] == 0


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


SECOND_REGION = ("replicaRegion=us-west-2", "multiAz=true")


@pytest.mark.parametrize("framework", ["hipaa", "fedramp-moderate", "nist-800-53-r5"])
def test_two_settings_more_meet_the_other_frameworks(framework: str, tmp_path: Path) -> None:
    settings = yaml.safe_load((FOLDER / "preflight.yaml").read_text(encoding="utf-8"))
    own = tmp_path / "preflight.yaml"
    own.write_text(yaml.safe_dump({**settings, "frameworks": [framework]}), encoding="utf-8")
    outcome = preview(Request(FOLDER, stack="dev", config=SECOND_REGION, settings=own))
    assert (outcome.errors, outcome.failures) == ([], [])
    assert [finding["rule"] for finding in outcome.findings if finding["level"] == "mandatory"] == []


def test_copies_are_made_in_the_replica_region() -> None:
    pipeline = recorded("dev", *SECOND_REGION)
    regions = {bucket.name: bucket.inputs["region"] for bucket in pipeline.of("aws:s3/bucket:Bucket")}
    assert regions == {
        "access-logs": "us-east-1",
        "documents": "us-east-1",
        "replica-documents": "us-west-2",
        "replica-logs": "us-west-2",
    }
    assert len(pipeline.of("aws:s3/bucketReplicationConfig:BucketReplicationConfig")) == 2
    assert not recorded("dev").of("aws:s3/bucketReplicationConfig:BucketReplicationConfig")


REFUSED = {
    "suffix too long": ("environment=" + "e" * 22, "data-pipeline:environment is", "leave it 21"),
    "upper case": ("environment=Dev", "data-pipeline:environment is 'Dev'", "name the stack like dev"),
    "VPC too small": ("vpcCidr=10.0.0.0/27", "data-pipeline:vpcCidr is '10.0.0.0/27'", "use a prefix of /16 to /24"),
    "one zone": ("zones=1", "data-pipeline:zones is 1", "use 2 to 4"),
    "unknown Region": ("aws:region=us-east-9", "aws:region is 'us-east-9'", "pulumi config set aws:region"),
    "Region without a root": ("aws:region=us-gov-west-1", "has no root certificate", "replace the file by the bundle"),
    "replica at home": ("replicaRegion=us-east-1", "data-pipeline:replicaRegion is 'us-east-1'", "another Region"),
    "replica nowhere": ("replicaRegion=mars-1", "data-pipeline:replicaRegion is 'mars-1'", "such as us-west-2"),
    "retention": ("logRetentionDays=90", "data-pipeline:logRetentionDays is 90", "use 365 or more"),
    "retention not offered": ("logRetentionDays=366", "data-pipeline:logRetentionDays is 366", "use one of 365"),
    "archive before": ("archiveAfterDays=30", "data-pipeline:archiveAfterDays is 30", "use 31 to 3650"),
    "engine": ("engineVersion=13.22", "data-pipeline:engineVersion is '13.22'", "describe-db-engine-versions"),
    "class": ("instanceClass=t3.micro", "data-pipeline:instanceClass is 't3.micro'", "db.t4g.micro"),
    "storage": ("storageGib=10", "data-pipeline:storageGib is 10", "use 20 to 65536"),
    "no room to grow": ("maxStorageGib=21", "data-pipeline:maxStorageGib is 21", "use 22 to 65536"),
    "backup": ("backupRetentionDays=0", "data-pipeline:backupRetentionDays is 0", "use 7 to 35"),
    "vault": ("vaultRetentionDays=7", "data-pipeline:vaultRetentionDays is 7", "use 35 to 36500"),
    "rotation": ("rotationDays=120", "data-pipeline:rotationDays is 120", "use 1 to 90"),
    "memory": ("processorMemory=64", "data-pipeline:processorMemory is 64", "use 128 to 10240"),
    "concurrency": ("processorConcurrency=2", "data-pipeline:processorConcurrency is 2", "use 3 to 100"),
    "attempts": ("processorAttempts=0", "data-pipeline:processorAttempts is 0", "use 1 to 5"),
    "burst": ("apiBurstLimit=6000", "data-pipeline:apiBurstLimit is 6000", "use 1 to 5000"),
    "quota": ("requestsPerDay=0", "data-pipeline:requestsPerDay is 0", "use 1 to"),
    "e-mail": ("alarmEmail=oncall", "data-pipeline:alarmEmail is 'oncall'", "or leave it empty"),
    "account": ("accountId=4711", "data-pipeline:accountId is '4711'", "twelve digits"),
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
    for folder in ("data_pipeline", "components"):
        source, target = ROOT / "stacks" / folder, tmp_path / folder.replace("data", "my")
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    recording = record(tmp_path / "my_pipeline", "dev")
    assert recording.outcome.errors == []
    assert len(recording.resources) == len(recorded("dev").resources)
