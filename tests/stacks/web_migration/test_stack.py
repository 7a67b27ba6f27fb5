"""The web migration in every environment, previewed: findings, resources, names, tags, outputs, refusals."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from preflight.preview.run import Request, preview
from tests.stacks import recording
from tests.stacks.recording import PHYSICAL_NAMES, ROOT, Recording, record

FOLDER = ROOT / "stacks" / "web_migration"
ENVIRONMENTS = ("dev", "staging", "prod")
EXPORTS = {
    "alarmTopicArn",
    "clusterName",
    "dashboardName",
    "databaseHost",
    "databasePort",
    "databaseSecretArn",
    "healthCheckId",
    "imageRepositoryUrl",
    "loadBalancerArn",
    "loadBalancerDnsName",
    "privateSubnetIds",
    "publicSubnetIds",
    "serviceName",
    "serviceSecurityGroupId",
    "url",
    "vpcId",
}
NAMES = {
    **PHYSICAL_NAMES,
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:lb/loadBalancer:LoadBalancer": "name",
    "aws:lb/targetGroup:TargetGroup": "name",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/parameterGroup:ParameterGroup": "name",
}
EXPLAINED = {
    ("aws:cloudwatch/dashboard:Dashboard", "dashboardBody"): "the balancer's metrics are named by the end of its ARN",
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn"): "the policy is made by this program",
}
"""Why values that rules ask for are unknown before the first deployment. All of them are judged in an update."""
IMAGE = "serviceImage=748205139462.dkr.ecr.us-east-1.amazonaws.com/web-migration-web-prod:1.0"
GROUP_RULE_IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP_RULE_OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "aws:sns/topic:Topic"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


recorded = partial(recording.recorded, "web_migration")
judged = partial(recording.judged, "web_migration")


@pytest.fixture(params=ENVIRONMENTS)
def web(request: pytest.FixtureRequest) -> Recording:
    return recorded(request.param)


def container(recording: Recording) -> dict[str, Any]:
    [definition] = json.loads(recording.one(TASK, "web")["containerDefinitions"])
    assert isinstance(definition, dict)
    return definition


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_deploys_and_complies(environment: str) -> None:
    outcome = judged(environment)
    assert outcome.errors == []
    assert outcome.failures == []
    assert outcome.prerequisites == []
    assert outcome.findings == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_one_rule_is_set_aside_with_a_reason(environment: str) -> None:
    [exempted] = judged(environment).exempted
    assert exempted["rule"] == "s3-bucket-replication"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_stays_undecided_is_explained(environment: str) -> None:
    asked = {(item["urn"].split("::")[2].split("$")[-1], item["path"]) for item in judged(environment).undecided}
    assert asked <= set(EXPLAINED)


def test_every_layer_is_a_component(web: Recording) -> None:
    types = {resource.type for resource in web.resources}
    layers = ("WebNetwork", "WebDatabase", "WebService", "WebWatch")
    assert {f"reference:web:{layer}" for layer in layers} <= types
    for resource in web.resources:
        if resource.type.startswith("aws:"):
            assert "reference:" in resource.urn, resource.urn


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_resource_has_the_four_tags(environment: str) -> None:
    for resource in recorded(environment).resources:
        tags = resource.inputs.get("tagsAll")
        if resource.type.startswith("aws:") and tags is not None:
            assert tags["Environment"] == environment, resource.name
            assert tags["Project"] == "web-migration"
            assert tags["ComplianceLevel"] == "internal"
            assert tags["Name"], resource.name


@pytest.mark.parametrize("environment", ["pr-123", "team-a-4711", "e" * 21])
def test_every_name_carries_the_environment(environment: str) -> None:
    seen = 0
    for resource in recorded("dev", f"environment={environment}").resources:
        name = resource.inputs.get(NAMES.get(resource.type, ""))
        if name is not None:
            assert environment in name, resource.type
            seen += 1
    assert seen > 40


def test_no_two_resources_share_a_name(web: Recording) -> None:
    names = list(web.physical_names())
    assert len(names) == len(set(names))


def test_exports(web: Recording) -> None:
    assert set(web.exports) == EXPORTS
    assert web.exports["databasePort"] == 5432


def test_002_1_three_groups_are_joined_by_rules_of_their_own(web: Recording) -> None:
    for group in web.of("aws:ec2/securityGroup:SecurityGroup"):
        assert "ingress" not in group.inputs
        assert "egress" not in group.inputs
    ways = (("balancer", "service", 8080), ("service", "database", 5432))
    for source, target, port in ways:
        out = web.one(GROUP_RULE_OUT, f"{source}-to-{target}-{port}")
        into = web.one(GROUP_RULE_IN, f"{target}-from-{source}-{port}")
        for rule in (out, into):
            assert (rule["fromPort"], rule["toPort"], rule["ipProtocol"]) == (port, port, "tcp")
            assert "cidrIpv4" not in rule
    assert {rule.name for rule in web.of(GROUP_RULE_IN) if rule.inputs.get("cidrIpv4")} == {
        "balancer-from-0.0.0.0-0-443",
        "balancer-from-0.0.0.0-0-80",
    }


def test_002_l1_the_health_check_speaks_https_on_443(web: Recording) -> None:
    check = web.one(HEALTH_CHECK, "health")
    assert (check["type"], check["port"], check["resourcePath"]) == ("HTTPS_STR_MATCH", 443, "/health")
    assert check["searchString"] == "ok"


def test_port_80_only_redirects(web: Recording) -> None:
    redirect = web.one("aws:lb/listener:Listener", "web-redirect")
    [action] = redirect["defaultActions"]
    assert (redirect["port"], action["type"]) == (80, "redirect")
    assert (action["redirect"]["protocol"], action["redirect"]["port"]) == ("HTTPS", "443")
    assert web.one("aws:lb/loadBalancer:LoadBalancer", "web")["internal"] is False


def test_002_p5_the_database_keeps_its_own_secret(web: Recording) -> None:
    instance = web.one("aws:rds/instance:Instance", "database")
    assert instance["manageMasterUserPassword"] is True
    assert "password" not in instance
    assert instance["publiclyAccessible"] is False


@pytest.mark.parametrize(
    ("environment", "zones", "standby", "instance_class", "nat_gateways", "tasks"),
    [
        ("dev", 2, False, "db.t4g.micro", 1, 1),
        ("staging", 2, False, "db.t4g.small", 0, 2),
        ("prod", 3, True, "db.m7g.large", 0, 3),
    ],
)
def test_002_p2_environments_differ_by_their_table(
    environment: str, zones: int, standby: bool, instance_class: str, nat_gateways: int, tasks: int
) -> None:
    web = recorded(environment, IMAGE)
    assert len(web.of("aws:ec2/subnet:Subnet")) == 2 * zones
    instance = web.one("aws:rds/instance:Instance", "database")
    assert (instance["multiAz"], instance["instanceClass"]) == (standby, instance_class)
    assert len(web.of(NAT)) == nat_gateways
    assert len(web.of(ENDPOINT)) == (1 if nat_gateways else 6)
    assert web.one(SERVICE, "web")["desiredCount"] == tasks


def test_each_zone_may_have_its_own_way_out() -> None:
    assert len(recorded("prod", "wayOut=nat_per_zone").of(NAT)) == 3


def test_no_task_runs_on_endpoints_before_an_image_is_configured() -> None:
    assert recorded("prod").one(SERVICE, "web")["desiredCount"] == 0
    assert recorded("dev").one(SERVICE, "web")["desiredCount"] == 1


def test_the_placeholder_answers_what_the_checks_ask() -> None:
    shown = container(recorded("dev", "containerPort=9000", "healthText=well"))
    assert "@sha256:" in shown["image"]
    assert shown["portMappings"] == [{"containerPort": 9000, "protocol": "tcp"}]
    [settings] = [entry["value"] for entry in shown["environment"]]
    assert "listen 9000;" in settings
    assert 'location = /health { return 200 "well"; }' in settings
    assert shown["secrets"] == []


def test_an_own_image_gets_address_and_credentials() -> None:
    recording = recorded("prod", IMAGE)
    assert recording.outcome.errors == []
    assert "command" not in recording.one(TASK, "web")


def test_a_name_of_ones_own_gets_a_record_and_is_checked() -> None:
    web = recorded("dev", "domainName=www.preflight.test", "hostedZoneId=Z0A1B2C3D4E5F6")
    assert web.one("aws:route53/record:Record", "web")["name"] == "www.preflight.test"
    assert web.one(HEALTH_CHECK, "health")["fqdn"] == "www.preflight.test"
    assert web.exports["url"] == "https://www.preflight.test"


def test_health_alarms_stand_where_route_53_reports() -> None:
    arn = "certificateArn=arn:aws:acm:eu-central-1:748205139462:certificate/5d0c3f7e-9a41-4b62-8e17-c2f6b1a89d34"
    web = recorded("dev", "aws:region=eu-central-1", arn)
    assert {topic.name: topic.inputs["region"] for topic in web.of(TOPIC)} == {
        "alarms": "eu-central-1",
        "health-alarms": "us-east-1",
    }
    assert web.one(ALARM, "health")["region"] == "us-east-1"
    assert web.one(ALARM, "web-errors")["region"] == "eu-central-1"
    assert len(recorded("dev").of(TOPIC)) == 1


GIVEN = (
    "vpcId=vpc-0a1b2c3d4e5f60718",
    'publicSubnetIds=["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]',
    'privateSubnetIds=["subnet-0a1b2c3d4e5f60713", "subnet-0a1b2c3d4e5f60714"]',
)


def test_a_given_vpc_is_a_named_prerequisite() -> None:
    outcome = preview(Request(FOLDER, stack="dev", config=GIVEN))
    assert outcome.errors == []
    assert outcome.findings == []
    named = json.dumps(outcome.prerequisites, default=str)
    for subnet in ("60711", "60712", "60713", "60714"):
        assert f"subnet-0a1b2c3d4e5f{subnet}" in named
    web = recorded("dev", *GIVEN)
    assert web.of("aws:ec2/vpc:Vpc") == []
    assert {group.inputs["vpcId"] for group in web.of("aws:ec2/securityGroup:SecurityGroup")} == {
        "vpc-0a1b2c3d4e5f60718"
    }


def test_deletion_protection_off_lets_everything_go() -> None:
    web = recorded("dev", "deletionProtection=false")
    instance = web.one("aws:rds/instance:Instance", "database")
    assert (instance["deletionProtection"], instance["skipFinalSnapshot"]) == (False, True)
    assert web.one("aws:lb/loadBalancer:LoadBalancer", "web")["enableDeletionProtection"] is False
    assert web.one("aws:s3/bucket:Bucket", "access-logs")["forceDestroy"] is True


ARN = "certificateArn=arn:aws:acm:{}:748205139462:certificate/5d0c3f7e-9a41-4b62-8e17-c2f6b1a89d34"
REFUSED = {
    "suffix too long": (["environment=" + "e" * 22], "web-migration:environment is", "leave it 21"),
    "upper case": (["environment=Dev"], "web-migration:environment is 'Dev'", "name the stack like dev"),
    "VPC too small": (["vpcCidr=10.0.0.0/27"], "web-migration:vpcCidr is '10.0.0.0/27'", "prefix of /16 to /24"),
    "one zone": (["zones=1"], "web-migration:zones is 1", "use 2 to 4"),
    "unknown Region": (["aws:region=us-east-9"], "aws:region is 'us-east-9'", "pulumi config set aws:region"),
    "other partition": (["aws:region=us-gov-west-1"], "aws:region is 'us-gov-west-1'", "partition aws"),
    "retention": (["logRetentionDays=90"], "web-migration:logRetentionDays is 90", "use 365 or more"),
    "no certificate": (["certificateArn="], "web-migration:certificateArn is ''", "aws acm request-certificate"),
    "certificate elsewhere": ([ARN.format("us-west-2")], "web-migration:certificateArn is", "of its Region"),
    "certificate of another account": (
        ["accountId=748205139463"],
        "web-migration:certificateArn is",
        "use one of account 748205139463",
    ),
    "name without zone": (["domainName=www.preflight.test"], "web-migration:domainName is", "set both, or neither"),
    "VPC without subnets": ([GIVEN[0]], "web-migration:publicSubnetIds is []", "set VPC and subnets"),
    "one subnet": (
        [*GIVEN[:2], 'privateSubnetIds=["subnet-0a1b2c3d4e5f60713"]'],
        "web-migration:privateSubnetIds is",
        "use two or more subnet ids",
    ),
    "way out": (["wayOut=bridge"], "web-migration:wayOut is 'bridge'", "nat, nat_per_zone, endpoints"),
    "engine": (["engineVersion=9.6"], "web-migration:engineVersion is '9.6'", "describe-db-engine-versions"),
    "class": (["instanceClass=large"], "web-migration:instanceClass is 'large'", "db.t4g.micro"),
    "storage": (["maxStorageGib=20"], "web-migration:maxStorageGib is 20", "use 22 to 65536"),
    "backups": (["backupRetentionDays=1"], "web-migration:backupRetentionDays is 1", "use 7 to 35"),
    "image": (["serviceImage=app:latest"], "web-migration:serviceImage is 'app:latest'", "pin it"),
    "task size": (["taskMemory=8192"], "web-migration:taskMemory is 8192", "use one of 512, 1024, 2048"),
    "health text": (['healthText="ok"'], "web-migration:healthText is", "letters, digits, spaces"),
    "seconds": (["slowSeconds=soon"], "web-migration:slowSeconds is 'soon'", "use a number"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_before_any_resource(case: str) -> None:
    settings, value, way_out = REFUSED[case]
    recording = record(FOLDER, "dev", *settings)
    [error] = recording.outcome.errors
    assert value in error.message
    assert way_out in error.message
    assert "Traceback" not in error.message
    assert [resource for resource in recording.resources if resource.type != "pulumi:pulumi:Stack"] == []
