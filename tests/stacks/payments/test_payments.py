"""The payments stack in every environment and mode, through the embedded engine: findings, resources, names, tags,
exports, refusals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from preflight.preview.state.errors import UsageError
from tests.stacks import recording
from tests.stacks.recording import PHYSICAL_NAMES, ROOT, Recording, record

FOLDER = ROOT / "stacks" / "payments"
ENVIRONMENTS = ("dev", "staging", "prod")
TRANSIT = ("transitGatewayId=tgw-0a1b2c3d4e5f60718", 'transitCidrs=["10.64.0.0/16"]')
EXPORTS = {
    "alarmTopicArn",
    "clusterName",
    "databaseEndpoint",
    "databaseSecretArn",
    "imageRepositoryUrl",
    "loadBalancerDnsName",
    "monitorFunctionName",
    "paymentsTableName",
    "permissionsBoundaryArn",
    "privateSubnetIds",
    "receiptsBucketName",
    "serviceName",
    "trailArn",
    "undeliveredQueueUrl",
    "vpcId",
}
NAMES = {
    **PHYSICAL_NAMES,
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:cloudwatch/eventRule:EventRule": "name",
    "aws:dynamodb/table:Table": "name",
    "aws:lambda/function:Function": "name",
    "aws:lb/loadBalancer:LoadBalancer": "name",
    "aws:lb/targetGroup:TargetGroup": "name",
    "aws:sqs/queue:Queue": "name",
    "aws:ssm/parameter:Parameter": "name",
}
TABLE = "aws:dynamodb/table:Table"
ROLE = "aws:iam/role:Role"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
EXPLAINED = {
    ("aws:cloudtrail/trail:Trail", "cloudWatchLogsGroupArn"): "the log group has no ARN yet",
    ("aws:cloudwatch/dashboard:Dashboard", "dashboardBody"): "the balancer has no ARN yet, and metrics are named by it",
    ("aws:ecs/taskDefinition:TaskDefinition", "containerDefinitions"): "database and master secret don't exist yet",
    ("aws:iam/policy:Policy", "policy"): "the policy names a key or secret by its ARN, which does not exist yet",
    ("aws:iam/role:Role", "policy"): "the policy names a key or secret by its ARN, which does not exist yet",
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn"): "the policy is made by this program",
    ("aws:lambda/function:Function", "role"): "the role's policy names a key by its ARN, which does not exist yet",
    ("aws:lambda/permission:Permission", "sourceArn"): "the event rule has no ARN yet",
    ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "prefixListId"): "the gateway endpoint has none yet",
}
"""Why values that rules ask for are unknown before the first deployment. All of them are judged in an update."""


recorded = partial(recording.recorded, "payments")
judged = partial(recording.judged, "payments")


@pytest.fixture(params=ENVIRONMENTS)
def payments(request: pytest.FixtureRequest) -> Recording:
    return recorded(request.param)


@pytest.mark.parametrize(("environment", "config"), [*((name, ()) for name in ENVIRONMENTS), ("dev", TRANSIT)])
def test_it_deploys_and_meets_pci_dss(environment: str, config: tuple[str, ...]) -> None:
    outcome = judged(environment, *config)
    assert outcome.errors == []
    assert outcome.failures == []
    assert outcome.prerequisites == []
    assert outcome.findings == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_one_rule_is_set_aside_with_a_reason(environment: str) -> None:
    [exempted] = judged(environment).exempted
    assert exempted["rule"] == "ec2-vpc-endpoint-for-ec2"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_stays_undecided_is_explained(environment: str) -> None:
    asked = {(item["urn"].split("::")[2].split("$")[-1], item["path"]) for item in judged(environment).undecided}
    assert asked <= set(EXPLAINED)


def test_every_resource_stands_in_a_component(payments: Recording) -> None:
    for resource in payments.resources:
        if resource.type.startswith("aws:"):
            assert "reference:" in resource.urn, resource.urn


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_resource_has_the_tags_and_its_cost_center(environment: str) -> None:
    for resource in recorded(environment).resources:
        tags = resource.inputs.get("tagsAll")
        if resource.type.startswith("aws:") and tags is not None:
            assert tags["Environment"] == environment, resource.name
            assert tags["Project"] == "payments"
            assert tags["ComplianceLevel"] == "pci-dss"
            assert tags["CostCenter"] == f"payments-{environment}"
            assert tags["Name"], resource.name


def names(recording: Recording) -> Iterator[tuple[str, str]]:
    for resource in recording.resources:
        if resource.type in NAMES:
            yield resource.type, resource.inputs[NAMES[resource.type]]


@pytest.mark.parametrize("environment", ["pr-123", "team-a-4711", "e" * 21])
def test_every_name_carries_the_environment(environment: str) -> None:
    seen = list(names(recorded("dev", f"environment={environment}")))
    assert len(seen) > 60
    for type_, name in seen:
        assert environment in name, type_


def test_no_two_resources_share_a_name(payments: Recording) -> None:
    found = list(names(payments))
    assert len(found) == len(set(found))


def test_exports(payments: Recording) -> None:
    assert set(payments.exports) == EXPORTS


def test_004_1_copies_go_to_buckets_that_the_program_makes() -> None:
    assert recorded("dev").of(REPLICATION) == []
    prod = recorded("prod")
    assert {config.name for config in prod.of(REPLICATION)} == {
        "receipts-copies",
        "access-logs-copies",
        "trail-copies",
    }
    buckets = {bucket.name for bucket in prod.of("aws:s3/bucket:Bucket")}
    assert {"replica-receipts", "replica-logs", "replica-trail"} <= buckets


def test_004_2_the_table_is_global_in_multi_region_mode() -> None:
    plain = recorded("dev").one(TABLE, "payments")
    assert "replicas" not in plain
    table = recorded("prod").one(TABLE, "payments")
    assert [replica["regionName"] for replica in table["replicas"]] == ["us-west-2"]
    assert table["streamEnabled"] is True
    assert table["streamViewType"] == "NEW_AND_OLD_IMAGES"


@pytest.mark.parametrize(("config", "tasks"), [((), 0), (("containerImage=payments:1.0",), 2)])
def test_004_3_tasks_wait_for_an_image(config: tuple[str, ...], tasks: int) -> None:
    service = recorded("dev", *config).one("aws:ecs/service:Service", "service")
    assert service["desiredCount"] == tasks


def test_004_5_settings_are_parameters_of_this_program(payments: Recording) -> None:
    environment = payments.outcome.stack
    assert {parameter.inputs["name"] for parameter in payments.of("aws:ssm/parameter:Parameter")} == {
        f"/payments/{environment}/settings/payment-limit",
        f"/payments/{environment}/settings/settlement-currency",
    }


def test_004_6_the_transit_gateway_is_a_choice() -> None:
    attachment = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
    assert recorded("dev").of(attachment) == []
    attached = recorded("dev", *TRANSIT)
    assert attached.one(attachment, "transit")["transitGatewayId"] == "tgw-0a1b2c3d4e5f60718"
    routes = attached.of("aws:ec2/route:Route")
    assert [route.inputs["destinationCidrBlock"] for route in routes] == ["10.64.0.0/16"] * 2
    callers = {
        rule.inputs["cidrIpv4"]
        for rule in attached.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if "cidrIpv4" in rule.inputs
    }
    assert callers == {"10.0.0.0/16", "10.64.0.0/16"}


def test_004_9_capacity_units_are_the_only_size(payments: Recording) -> None:
    instances = payments.of("aws:rds/clusterInstance:ClusterInstance")
    assert {instance.inputs["instanceClass"] for instance in instances} == {"db.serverless"}
    assert len(instances) >= 2


def test_004_p2_every_role_stays_in_the_boundary(payments: Recording) -> None:
    roles = payments.of(ROLE)
    assert len(roles) >= 7
    for role in roles:
        assert role.inputs["permissionsBoundary"], role.name


def test_004_p2_the_boundary_reaches_no_identity_and_no_foreign_key(payments: Recording) -> None:
    [services, keys, interfaces, never] = json.loads(payments.one("aws:iam/policy:Policy", "boundary")["policy"])[
        "Statement"
    ]
    assert not {"iam:*", "sts:*", "cloudtrail:*", "kms:*"} & {*services["Action"], *interfaces["Action"]}
    aliases = keys["Condition"]["ForAnyValue:StringLike"]["kms:ResourceAliases"]
    assert set(aliases) == {
        f"alias/payments-{key}-{payments.outcome.stack}" for key in ("data", "logs", "trail", "replica")
    }
    assert never["Effect"] == "Deny"


def test_004_p4_events_reach_the_monitor_or_a_queue(payments: Recording) -> None:
    targets = payments.of("aws:cloudwatch/eventTarget:EventTarget")
    assert {target.name for target in targets} == {"compliance-calls", "compliance-tags"}
    for target in targets:
        assert target.inputs["deadLetterConfig"]["arn"]
        assert target.inputs["retryPolicy"]["maximumRetryAttempts"] == 10
    pattern = json.loads(payments.one("aws:cloudwatch/eventRule:EventRule", "compliance-calls")["eventPattern"])
    assert "kms.amazonaws.com" in pattern["detail"]["eventSource"]
    assert "StopLogging" in pattern["detail"]["eventName"]


def test_no_way_to_the_internet(payments: Recording) -> None:
    types = {resource.type for resource in payments.resources}
    assert not types & {"aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"}
    assert payments.one("aws:lb/loadBalancer:LoadBalancer", "service")["internal"] is True


REFUSED: dict[str, tuple[Sequence[str], str, str]] = {
    "suffix too long": (["environment=" + "e" * 22], "it has 22 characters", "name the stack shorter"),
    "upper case": (["environment=Dev"], "payments:environment is 'Dev'", "name the stack like dev"),
    "range too small": (["vpcCidr=10.0.0.0/26"], "payments:vpcCidr is '10.0.0.0/26'", "/16 to /24"),
    "one zone": (["zones=1"], "payments:zones is 1", "use 2 to 4"),
    "unknown Region": (["aws:region=us-east-9"], "aws:region is 'us-east-9'", "pulumi config set aws:region"),
    "retention too short": (["logRetentionDays=90"], "PCI DSS 4.0, 10.5.1", "use 365 or more"),
    "no certificate": (["certificateArn="], "payments:certificateArn is ''", "aws acm request-certificate"),
    "certificate elsewhere": (
        ["certificateArn=arn:aws:acm:eu-west-1:210987654321:certificate/0d5e1f3a"],
        "needs an ACM certificate of its Region",
        "request one",
    ),
    "no cost center": (["costCenter="], "payments:costCenter is ''", "use letters"),
    "unknown mode": (["mode=double"], "payments:mode is 'double'", "use one of simple, multi_region"),
    "no replica Region": (["mode=multi_region"], "payments:replicaRegion is ''", "set replicaRegion us-west-2"),
    "replica at home": (["mode=multi_region", "replicaRegion=us-east-1"], "lost together with it", "another Region"),
    "replica without mode": (["replicaRegion=us-west-2"], "mode simple keeps nothing there", "set mode to"),
    "gateway without ranges": (TRANSIT[:1], "payments:transitCidrs is []", "set both keys or neither"),
    "ranges overlap": ([TRANSIT[0], 'transitCidrs=["10.0.128.0/17"]'], "overlaps payments:vpcCidr", "outside the VPC"),
    "range malformed": ([TRANSIT[0], 'transitCidrs=["10.64.0.1/16"]'], "has host bits set", "use networks such as"),
    "no gateway id": (["transitGatewayId=vpc-1"], "it is no transit gateway", "describe-transit-gateways"),
    "image latest": (["containerImage=payments:latest"], "tasks started later", "pin it"),
    "capacity": (["minCapacity=0.3"], "capacity units come in halves", "a multiple of 0.5"),
    "one instance": (["databaseInstances=1"], "payments:databaseInstances is 1", "use 2 to 16"),
    "currency": (["settlementCurrency=Euro"], "no currency code", "use one such as EUR"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_any_resource(name: str) -> None:
    config, why, way_out = REFUSED[name]
    recording = record(FOLDER, "dev", *config)
    [error] = recording.outcome.errors
    assert why in error.message
    assert way_out in error.message
    assert "Traceback" not in error.message
    assert [resource for resource in recording.resources if resource.type != "pulumi:pulumi:Stack"] == []


def test_a_certificate_has_to_be_configured(tmp_path: Path) -> None:
    copied = shutil.copytree(FOLDER, tmp_path / "payments", ignore=shutil.ignore_patterns("__pycache__"))
    (copied / "Pulumi.dev.yaml").write_text("config:\n  aws:region: us-east-1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="'payments:certificateArn'"):
        record(copied, "dev")
