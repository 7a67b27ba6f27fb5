"""The HIPAA pipeline in every environment, through the embedded engine: resources, names, tags, exports, refusals."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from preflight.preview.run import Request
from preflight.preview.run import preview as run_preview
from preflight.preview.state.errors import UsageError
from tests.stacks import recording
from tests.stacks.recording import ROOT, UNKNOWN, Recording, record

FOLDER = ROOT / "stacks" / "hipaa_pipeline"
ENVIRONMENTS = ("dev", "staging", "prod")
EXPORTS = {
    "alarmTopicArn",
    "apiUrl",
    "clusterName",
    "databaseEndpoint",
    "databaseSecretArn",
    "imageRepositoryUrl",
    "phiBucketName",
    "privateSubnetIds",
    "serviceName",
    "trailArn",
    "vpcId",
}
KEY_ARN = "the document holds ARNs of keys and secrets, which exist only after the first deployment"
EXPLAINED = {
    ("aws:iam/policy:Policy", "policy"): KEY_ARN,
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn"): "the program's own policy has no ARN yet",
    ("aws:ecs/taskDefinition:TaskDefinition", "containerDefinitions"): "the text holds the database's host and secret",
    ("aws:cloudtrail/trail:Trail", "cloudWatchLogsGroupArn"): "the trail's log group has no ARN yet",
    ("aws:cloudwatch/logGroup:LogGroup", "name"): "API Gateway names the execution log after the API's id",
}
"""Why properties (type and path) leave rules undecided before the first deployment."""


recorded = partial(recording.recorded, "hipaa_pipeline")
judged = partial(recording.judged, "hipaa_pipeline")


@pytest.fixture(params=ENVIRONMENTS)
def pipeline(request: pytest.FixtureRequest) -> Recording:
    return recorded(request.param)


def test_nothing_has_to_exist_before(pipeline: Recording) -> None:
    assert pipeline.outcome.prerequisites == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_stays_undecided_is_explained(environment: str) -> None:
    outcome = run_preview(Request(FOLDER, stack=environment))
    assert outcome.findings == []
    unexplained = {
        (entry["urn"].split("::")[2].rpartition("$")[2], entry["path"]) for entry in outcome.undecided
    } - set(EXPLAINED)
    assert unexplained == set()


def test_components_wrap_every_resource(pipeline: Recording) -> None:
    types = {resource.type for resource in pipeline.resources}
    assert {
        "reference:api:RestApi",
        "reference:audit:AuditTrail",
        "reference:database:AuroraServerless",
        "reference:network:Network",
        "reference:storage:PhiBucket",
        "reference:hipaa:ReplicaSite",
    } <= types


def test_every_resource_stands_in_a_component(pipeline: Recording) -> None:
    for resource in pipeline.resources:
        if resource.type.startswith("aws:"):
            assert "reference:" in resource.urn, resource.urn


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_resource_has_the_four_tags(environment: str) -> None:
    for resource in recorded(environment).resources:
        tags = resource.inputs.get("tagsAll")
        if resource.type.startswith("aws:") and tags is not None:
            assert tags["Environment"] == environment, resource.name
            assert tags["Project"] == "hipaa-pipeline"
            assert tags["ComplianceLevel"] == "hipaa"
            assert tags["Name"], resource.name


@pytest.mark.parametrize("environment", ["pr-123", "team-a-4711", "e" * 21])
def test_every_name_carries_the_environment(environment: str) -> None:
    seen = dict.fromkeys(recorded("dev", f"environment={environment}").physical_names())
    assert len(seen) > 50
    for type_, name in seen:
        assert environment in name, type_


def test_no_two_resources_share_a_name(pipeline: Recording) -> None:
    names = list(pipeline.physical_names())
    assert len(names) == len(set(names))


def test_exports(pipeline: Recording) -> None:
    assert set(pipeline.exports) == EXPORTS


def test_no_way_to_the_internet(pipeline: Recording) -> None:
    types = {resource.type for resource in pipeline.resources}
    assert not types & {
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/route:Route",
        "aws:ec2/eip:Eip",
    }
    services = {endpoint.inputs["serviceName"] for endpoint in pipeline.of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    assert services == {
        f"com.amazonaws.us-east-1.{service}"
        for service in ("ecr.api", "ecr.dkr", "kms", "logs", "s3", "secretsmanager")
    }


def test_groups_are_joined_by_rules_of_their_own(pipeline: Recording) -> None:
    for group in pipeline.of("aws:ec2/securityGroup:SecurityGroup"):
        assert "ingress" not in group.inputs
        assert "egress" not in group.inputs
    into_database = pipeline.one(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "database-from-service-3306"
    )
    assert (into_database["fromPort"], into_database["toPort"], into_database["ipProtocol"]) == (3306, 3306, "tcp")
    assert "cidrIpv4" not in into_database


def test_one_stage_and_a_deployment_that_follows_the_routes(pipeline: Recording) -> None:
    [stage] = pipeline.of("aws:apigateway/stage:Stage")
    assert stage.inputs["stageName"] == pipeline.outcome.stack
    [deployment] = pipeline.of("aws:apigateway/deployment:Deployment")
    assert "stageName" not in deployment.inputs
    assert deployment.inputs["triggers"]["routes"]
    settings = pipeline.one("aws:apigateway/methodSettings:MethodSettings", "api")["settings"]
    assert settings["metricsEnabled"] is True
    assert (settings["throttlingBurstLimit"], settings["throttlingRateLimit"]) == (500, 100)


@pytest.mark.parametrize(("role", "level", "access_logs"), [("false", "OFF", False), ("true", "INFO", True)])
def test_api_logs_wait_for_the_account_role(role: str, level: str, access_logs: bool) -> None:
    pipeline = recorded("dev", f"accountLoggingRole={role}")
    assert pipeline.one("aws:apigateway/methodSettings:MethodSettings", "api")["settings"]["loggingLevel"] == level
    assert ("accessLogSettings" in pipeline.one("aws:apigateway/stage:Stage", "api")) is access_logs


def test_trail_records_what_basic_selectors_know(pipeline: Recording) -> None:
    trail = pipeline.one("aws:cloudtrail/trail:Trail", "audit")
    [selector] = trail["eventSelectors"]
    assert selector["includeManagementEvents"] is True
    assert [data["type"] for data in selector["dataResources"]] == ["AWS::S3::Object"]


def test_key_policies_and_bucket_policies_are_known_at_preview(pipeline: Recording) -> None:
    for type_ in ("aws:kms/key:Key", "aws:s3/bucketPolicy:BucketPolicy", "aws:sns/topicPolicy:TopicPolicy"):
        for resource in pipeline.of(type_):
            assert json.loads(resource.inputs["policy"])["Statement"], resource.name


def test_database_keeps_its_own_secret(pipeline: Recording) -> None:
    cluster = pipeline.one("aws:rds/cluster:Cluster", "records")
    assert cluster["manageMasterUserPassword"] is True
    assert "masterPassword" not in cluster
    assert {
        instance.inputs["instanceClass"] for instance in pipeline.of("aws:rds/clusterInstance:ClusterInstance")
    } == {"db.serverless"}


@pytest.mark.parametrize(("environment", "zones", "instances"), [("dev", 2, 2), ("staging", 2, 2), ("prod", 3, 3)])
def test_environments_differ_by_their_settings(environment: str, zones: int, instances: int) -> None:
    pipeline = recorded(environment)
    assert len(pipeline.of("aws:ec2/subnet:Subnet")) == zones
    assert len(pipeline.of("aws:rds/clusterInstance:ClusterInstance")) == instances


def test_no_task_runs_before_an_image_is_configured() -> None:
    assert recorded("prod").one("aws:ecs/service:Service", "service")["desiredCount"] == 0
    image = "210987654321.dkr.ecr.us-east-1.amazonaws.com/hipaa-pipeline-service-prod:1.0"
    assert recorded("prod", f"serviceImage={image}").one("aws:ecs/service:Service", "service")["desiredCount"] == 3


def test_deletion_protection_off_lets_everything_go() -> None:
    pipeline = recorded("dev", "deletionProtection=false")
    cluster = pipeline.one("aws:rds/cluster:Cluster", "records")
    assert (cluster["deletionProtection"], cluster["skipFinalSnapshot"]) == (False, True)
    assert all(bucket.inputs["forceDestroy"] for bucket in pipeline.of("aws:s3/bucket:Bucket"))


def test_copies_are_made_in_the_replica_region(pipeline: Recording) -> None:
    regions = {
        bucket.name: bucket.inputs["region"]
        for bucket in pipeline.of("aws:s3/bucket:Bucket")
        if "replica" in bucket.name
    }
    assert regions == {"replica-logs": "us-west-2", "replica-phi": "us-west-2", "replica-trail": "us-west-2"}
    [source, *_] = [
        resource.inputs["bucket"] for resource in pipeline.of("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    ]
    assert source == UNKNOWN


REFUSED = {
    "suffix too long": ("environment=" + "e" * 22, "hipaa-pipeline:environment is", "leave it 21"),
    "upper case": ("environment=Dev", "hipaa-pipeline:environment is 'Dev'", "name the stack like dev"),
    "VPC too small": ("vpcCidr=10.0.0.0/27", "hipaa-pipeline:vpcCidr is '10.0.0.0/27'", "use a prefix of /16 to /24"),
    "one zone": ("zones=1", "hipaa-pipeline:zones is 1", "use 2 to 4"),
    "unknown Region": ("aws:region=us-east-9", "aws:region is 'us-east-9'", "pulumi config set aws:region"),
    "retention": ("logRetentionDays=90", "hipaa-pipeline:logRetentionDays is 90", "use 365 or more"),
    "trail retention": ("trailRetentionDays=365", "hipaa-pipeline:trailRetentionDays is 365", "use 2192 to 36500"),
    "replica at home": ("replicaRegion=us-east-1", "hipaa-pipeline:replicaRegion is 'us-east-1'", "another Region"),
    "one instance": ("databaseInstances=1", "hipaa-pipeline:databaseInstances is 1", "use 2 to 15"),
    "engine": ("engineVersion=15.4", "hipaa-pipeline:engineVersion is '15.4'", "describe-db-engine-versions"),
    "image": ("serviceImage=app:latest", "hipaa-pipeline:serviceImage is 'app:latest'", "pin it"),
    "capacity": ("minCapacity=many", "hipaa-pipeline:minCapacity is 'many'", "use a number"),
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


def copy_stack(target: Path) -> Path:
    shutil.copytree(FOLDER, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


@pytest.mark.parametrize("place", ["pipeline/components", "components"])
def test_a_copy_runs_with_components_inside_or_beside_it(tmp_path: Path, place: str) -> None:
    copied = copy_stack(tmp_path / "pipeline")
    shutil.copytree(ROOT / "stacks" / "components", tmp_path / place, ignore=shutil.ignore_patterns("__pycache__"))
    recording = record(copied, "dev")
    assert recording.outcome.errors == []
    assert len(recording.resources) == len(recorded("dev").resources)


def test_a_copy_without_components_says_so(tmp_path: Path) -> None:
    recording = record(copy_stack(tmp_path / "pipeline"), "dev")
    [error] = recording.outcome.errors
    assert "components/" in error.message
    assert [resource for resource in recording.resources if resource.type != "pulumi:pulumi:Stack"] == []


def test_a_missing_value_is_named(tmp_path: Path) -> None:
    copied = copy_stack(tmp_path / "pipeline")
    (copied / "Pulumi.dev.yaml").write_text("config:\n  aws:region: us-east-1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="'hipaa-pipeline:replicaRegion'"):
        record(copied, "dev")
