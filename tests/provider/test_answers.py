"""What the offline provider says of resources to be created, existing ones, and look-ups."""

from __future__ import annotations

import json
from typing import Any

import pytest

from preflight import wire
from preflight.preview.provider import Environment, InvokeResult, Prerequisite, make_provider, placeholders
from preflight.preview.provider.environment import ASSUMED_ACCOUNT, partition_of
from preflight.preview.provider.regions import REGIONS

UNKNOWN = wire.UNKNOWN_STRING
ENVIRONMENT = Environment.choose(account="998877665544", config={"aws:region": "us-west-2"}, variables={})
AWS = make_provider("aws", "7.51.1", ENVIRONMENT)


def invoke(token: str, version: str = "7.51.1", **arguments: Any) -> InvokeResult:
    return make_provider("aws", version, ENVIRONMENT).invoke(token, arguments, provider_inputs={})


def answer(token: str, **arguments: Any) -> dict[str, Any]:
    result = invoke(token, **arguments)
    assert result.value is not None
    assert not result.failures
    return result.value


def looked_up(token: str, **arguments: Any) -> Prerequisite:
    result = invoke(token, **arguments)
    assert result.unknown
    assert result.prerequisite is not None
    return result.prerequisite


class TestCreate:
    def test_every_output_is_there(self) -> None:
        inputs = {"bucket": "b", "tags": {"a": "1"}, "tagsAll": {"a": "1"}, "__defaults": ["bucket"]}
        outputs = AWS.create("aws:s3/bucket:Bucket", inputs, provider_inputs={})
        assert outputs["bucket"] == "b"
        assert outputs["tagsAll"] == {"a": "1"}
        assert outputs["arn"] == outputs["versioning"] == outputs["bucketDomainName"] == UNKNOWN
        assert not any(key.startswith("__") for key in outputs)

    def test_inputs_come_out_as_they_went_in(self) -> None:
        inputs = {"password": wire.secret("x"), "tags": {"a": UNKNOWN}, "colour": "red"}
        outputs = AWS.create("aws:rds/instance:Instance", inputs, provider_inputs={})
        assert {key: outputs[key] for key in inputs} == inputs

    def test_markers_inside_go(self) -> None:
        inputs = {"corsRules": [{"allowedMethods": ["GET"], "__defaults": []}]}
        outputs = AWS.create("aws:s3/bucket:Bucket", inputs, provider_inputs={})
        assert outputs["corsRules"] == [{"allowedMethods": ["GET"]}]

    def test_a_type_that_the_facts_lack(self) -> None:
        assert AWS.create("aws:future/thing:Thing", {"a": 1}, provider_inputs={}) == {"a": 1}


class TestRead:
    def test_what_the_id_tells(self) -> None:
        assert AWS.read("aws:s3/bucket:Bucket", "logs", {}, provider_inputs={}) == {
            "bucket": "logs",
            "arn": "arn:aws:s3:::logs",
        }
        assert AWS.read("aws:ec2/vpc:Vpc", "vpc-1", {"cidrBlock": "10.0.0.0/8"}, provider_inputs={}) == {
            "cidrBlock": "10.0.0.0/8"
        }

    def test_never_an_unknown(self) -> None:
        assert AWS.read("aws:s3/bucket:Bucket", UNKNOWN, {"acl": UNKNOWN}, provider_inputs={}) == {}

    @pytest.mark.parametrize(
        ("token", "id", "what"),
        [
            ("aws:ec2/vpc:Vpc", "vpc-1", "an EC2 VPC exists with the ID 'vpc-1'"),
            ("aws:route53/zone:Zone", "Z1", "a Route 53 zone exists with the ID 'Z1'"),
            ("aws:s3/bucket:Bucket", UNKNOWN, "an S3 bucket exists with an ID that is not known yet"),
        ],
    )
    def test_says_what_has_to_be_there(self, token: str, id: str, what: str) -> None:
        assert AWS.read_prerequisite(token, id) == Prerequisite(what, token, {"id": id})


class TestKnownAnswers:
    def test_region(self) -> None:
        value = answer("aws:index/getRegion:getRegion")
        assert value == {
            "id": "us-west-2",
            "name": "us-west-2",
            "region": "us-west-2",
            "endpoint": "ec2.us-west-2.amazonaws.com",
            "description": "US West (Oregon)",
        }
        assert answer("aws:index/getRegion:getRegion", name="eu-west-1")["name"] == "eu-west-1"

    def test_region_of_an_explicit_provider(self) -> None:
        provider = {"region": wire.secret("cn-north-1")}
        result = AWS.invoke("aws:index/getPartition:getPartition", {}, provider_inputs=provider)
        assert result.value is not None
        assert result.value["partition"] == "aws-cn"
        assert result.value["dnsSuffix"] == "amazonaws.com.cn"
        assert result.value["reverseDnsPrefix"] == "cn.com.amazonaws"

    def test_region_of_a_provider_whose_region_is_unknown(self) -> None:
        for token in ("getRegion:getRegion", "getAvailabilityZones:getAvailabilityZones"):
            service = token.partition(":")[0]
            result = AWS.invoke(f"aws:index/{service}:{service}", {}, provider_inputs={"region": UNKNOWN})
            assert result.value is not None
            assert placeholders.to_unknown(result.value["id"]) == UNKNOWN
            assert all(placeholders.holds_placeholder(name) for name in result.value.get("names", ()))

    def test_caller(self) -> None:
        value = answer("aws:index/getCallerIdentity:getCallerIdentity")
        assert value["accountId"] == value["id"] == "998877665544"
        assert placeholders.holds_placeholder(value["arn"])

    def test_zones(self) -> None:
        token = "aws:index/getAvailabilityZones:getAvailabilityZones"
        value = answer(token, state="available")
        assert value["names"] == ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"]
        assert len(value["zoneIds"]) == 4
        assert value["filters"] is None
        assert answer(token, excludeNames=["us-west-2d"])["names"] == ["us-west-2a", "us-west-2b", "us-west-2c"]
        no_opt_in = [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
        assert len(answer(token, filters=no_opt_in)["names"]) == 4
        assert answer(token, region="eu-west-3")["names"] == ["eu-west-3a", "eu-west-3b", "eu-west-3c"]
        wildcard = [{"name": "zone-name", "values": ["*a", "us-west-2b"]}]
        assert answer(token, filters=wildcard)["names"] == ["us-west-2a", "us-west-2b"]
        group = [{"name": "group-name", "values": ["us-west-2-lax-1"]}]
        assert all(placeholders.holds_placeholder(name) for name in answer(token, filters=group)["names"])
        assert all(placeholders.holds_placeholder(name) for name in answer(token, region="xx-new-1")["names"])

    def test_regions(self) -> None:
        names = answer("aws:index/getRegions:getRegions")["names"]
        assert len(names) == 17
        assert "af-south-1" in answer("aws:index/getRegions:getRegions", allRegions=True)["names"]
        assert not {"cn-north-1", "us-gov-west-1"} & set(names)

    def test_service_principal(self) -> None:
        value = answer("aws:index/getServicePrincipal:getServicePrincipal", serviceName="logs")
        assert (value["name"], value["suffix"], value["id"]) == (
            "logs.amazonaws.com",
            "amazonaws.com",
            "logs.us-west-2.amazonaws.com",
        )

    def test_arns(self) -> None:
        arn = "arn:aws:iam::111122224444:role/service-role/app"
        assert answer("aws:index/getArn:getArn", arn=arn)["resource"] == "role/service-role/app"
        parts = answer("aws:index/arnParse:arnParse", arn=arn)
        assert parts["accountId"] == "111122224444"
        assert answer("aws:index/arnBuild:arnBuild", **parts)["arn"] == arn
        trimmed = answer("aws:index/trimIamRolePath:trimIamRolePath", arn=arn)
        assert trimmed["result"] == "arn:aws:iam::111122224444:role/app"
        (failure,) = invoke("aws:index/getArn:getArn", arn="nonsense").failures
        assert "invalid prefix or not enough sections" in failure.reason

    def test_default_tags(self) -> None:
        token, tags = "aws:index/getDefaultTags:getDefaultTags", json.dumps({"tags": {"env": "dev"}})
        result = AWS.invoke(token, {}, provider_inputs={"defaultTags": tags})
        assert result.value == {"id": "aws", "tags": {"env": "dev"}}

    def test_load_balancers(self) -> None:
        account = answer("aws:elb/getServiceAccount:getServiceAccount")
        assert account["arn"] == "arn:aws:iam::797873946194:root"
        assert answer("aws:elb/getHostedZoneId:getHostedZoneId")["id"] == "Z1H1FL5HABSF5"
        network = answer("aws:lb/getHostedZoneId:getHostedZoneId", loadBalancerType="network")
        assert network["id"] == "Z18D5FSROUN65G"
        (failure,) = invoke("aws:elb/getServiceAccount:getServiceAccount", region="eu-south-2").failures
        assert "unsupported AWS Region: eu-south-2" in failure.reason

    def test_fixed_accounts(self) -> None:
        billing = answer("aws:index/getBillingServiceAccount:getBillingServiceAccount")
        assert billing["arn"] == "arn:aws:iam::386209384616:root"

    def test_version_6_has_no_region_in_results(self) -> None:
        result = invoke("aws:index/getRegion:getRegion", version="6.83.4")
        assert result.value is not None
        assert "region" not in result.value


class TestUnknownAnswers:
    def test_placeholders_have_the_types_of_the_schema(self) -> None:
        result = invoke("aws:ec2/getAmi:getAmi", mostRecent=True, owners=["amazon"])
        assert result.unknown
        assert result.value is not None
        assert placeholders.holds_placeholder(result.value["id"])
        assert result.value["owners"] == ["amazon"]
        assert result.value["filters"] is None
        assert result.value["rootDeviceName"].endswith("rootDeviceName")
        assert result.value["enaSupport"] is False
        assert result.value["tags"] == {}
        assert isinstance(result.value["blockDeviceMappings"][0], dict)

    def test_arguments_come_back_in_the_types_of_the_schema(self) -> None:
        result = invoke("aws:ec2/getAmi:getAmi", mostRecent="true", owners="self", filters={"name": "n", "values": "v"})
        assert result.value is not None
        assert result.value["mostRecent"] is True
        assert result.value["owners"] == ["self"]
        assert result.value["filters"] == [{"name": "n", "values": ["v"]}]

    def test_lists_can_be_indexed(self) -> None:
        result = invoke("aws:ec2/getSubnets:getSubnets", filters=[{"name": "vpc-id", "values": ["vpc-1"]}])
        assert result.value is not None
        assert len(result.value["ids"]) == len(set(result.value["ids"])) == 3

    def test_they_are_accepted_by_the_sdks_result_classes(self) -> None:
        import pulumi_aws as aws

        value = invoke("aws:ec2/getAmi:getAmi", owners=["self"]).value
        assert value is not None
        snake = {"image_id": value["imageId"], "filters": value["filters"], "ena_support": value["enaSupport"]}
        found: Any = aws.ec2.GetAmiResult
        assert found(**snake).image_id == value["imageId"]

    def test_what_a_program_builds_of_one_is_unknown_again(self) -> None:
        text = placeholders.text("id")
        sent = {"a": f"arn:aws:ec2:::image/{text}", "b": ["x", text], "c": {text: 1}, "d": 3}
        assert placeholders.to_unknown(sent) == {
            "a": UNKNOWN,
            "b": ["x", UNKNOWN],
            "c": wire.UNKNOWN_OBJECT,
            "d": 3,
        }

    def test_unknown_arguments(self) -> None:
        result = invoke("aws:ec2/getVpc:getVpc", id=UNKNOWN)
        assert result.value is None
        assert result.unknown
        assert result.prerequisite is not None
        assert result.prerequisite.what == "a VPC exists with ID (not known yet)"

    def test_a_function_that_the_facts_lack(self) -> None:
        result = invoke("aws:future/getThing:getThing", name="x")
        assert (result.value, result.unknown) == (None, True)

    @pytest.mark.parametrize(
        ("token", "arguments", "what"),
        [
            ("aws:route53/getZone:getZone", {"name": "example.com"}, "a Route 53 hosted zone exists with name 'example.com'"),
            ("aws:ec2/getSubnets:getSubnets", {"filters": [{"name": "vpc-id", "values": ["v1", "v2"]}]}, "EC2 subnets exist with vpc-id 'v1' or 'v2'"),
            ("aws:ec2/getVpc:getVpc", {"tags": {"Name": "main"}, "region": "us-east-1"}, "a VPC exists with tags Name='main'"),
            ("aws:secretsmanager/getSecretVersion:getSecretVersion", {"secretId": "db"}, "a Secrets Manager secret with a value exists with secret ID 'db'"),
            ("aws:ec2/getVpc:getVpc", {"default": True}, "a VPC exists with default true"),
            ("aws:ec2/getAmi:getAmi", {"mostRecent": True, "owners": ["self"]}, "an AMI exists with owners 'self'"),
            ("aws:cognito/getUserPools:getUserPools", {"name": "people"}, "Cognito user pools exist with name 'people'"),
            ("aws:dynamodb/getTable:getTable", {"name": "t"}, "a DynamoDB table exists with name 't'"),
        ],
    )  # fmt: skip
    def test_prerequisites(self, token: str, arguments: dict[str, Any], what: str) -> None:
        found = looked_up(token, **arguments)
        assert (found.what, found.token, found.arguments) == (what, token, arguments)

    @pytest.mark.parametrize(
        ("token", "arguments"),
        [
            ("aws:ssm/getParameter:getParameter", {"name": "/aws/service/ami-amazon-linux-latest/al2023"}),
            ("aws:iam/getPolicy:getPolicy", {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
            ("aws:cloudfront/getCachePolicy:getCachePolicy", {"name": "Managed-CachingOptimized"}),
            ("aws:ec2/getManagedPrefixList:getManagedPrefixList", {"name": "com.amazonaws.us-west-2.s3"}),
            ("aws:kms/getAlias:getAlias", {"name": "alias/aws/s3"}),
            ("aws:rds/getEngineVersion:getEngineVersion", {"engine": "postgres"}),
        ],
    )
    def test_what_aws_always_has_is_none(self, token: str, arguments: dict[str, Any]) -> None:
        result = invoke(token, **arguments)
        assert result.unknown
        assert result.prerequisite is None


class TestOtherPackages:
    def test_inputs_are_echoed(self) -> None:
        random = make_provider("random", None, ENVIRONMENT)
        token, inputs = "random:index/randomPassword:RandomPassword", {"length": 16, "special": None}
        checked = random.check(token, "p", inputs, provider_inputs={}, autoname_seed="s")
        assert (checked.inputs, checked.failures) == ({"length": 16}, ())
        assert random.create(token, checked.inputs, provider_inputs={}) == {"length": 16}
        assert random.check_config({"a": None, "b": 1}) == {"b": 1}

    def test_functions_are_unknown(self) -> None:
        docker = make_provider("docker", "4.5.0", ENVIRONMENT)
        assert docker.invoke("docker:index/getNetwork:getNetwork", {}, provider_inputs={}) == InvokeResult(
            None, unknown=True
        )

    def test_reads(self) -> None:
        stack = make_provider("pulumi", None, ENVIRONMENT)
        assert stack.read("pulumi:pulumi:StackReference", "o/p/s", {"name": "o/p/s"}, provider_inputs={}) == {
            "name": "o/p/s"
        }
        assert "'o/p/s'" in stack.read_prerequisite("pulumi:pulumi:StackReference", "o/p/s").what


class TestEnvironment:
    def test_region_in_order(self) -> None:
        variables = {"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"}
        assert Environment.choose(config={"aws:region": "eu-west-1"}, variables=variables).region == "eu-west-1"
        assert Environment.choose(variables=variables).region == "eu-west-2"
        assert Environment.choose(variables={"AWS_DEFAULT_REGION": "eu-west-3"}).region == "eu-west-3"
        assumed = Environment.choose(variables={})
        assert (assumed.region, assumed.region_assumed) == ("us-east-1", True)
        assert "us-east-1 was assumed" in assumed.notes[0]
        assert Environment.choose(variables=variables).notes == ()

    def test_the_assumed_account_looks_like_a_real_one(self) -> None:
        assert len(ASSUMED_ACCOUNT) == 12
        assert ASSUMED_ACCOUNT not in ("123456789012", "111122223333", "000000000000", "210987654321")
        assert len(set(ASSUMED_ACCOUNT)) > 4

    @pytest.mark.parametrize("account", ["", "12345678901", "12345678901a", "1234567890123"])
    def test_no_account_id(self, account: str) -> None:
        with pytest.raises(ValueError, match="twelve digits"):
            Environment.choose(account=account, variables={})

    def test_partitions(self) -> None:
        assert partition_of("us-gov-west-1") == "aws-us-gov"
        assert partition_of("us-isob-east-1") == "aws-iso-b"
        assert {partition_of(name) for name in REGIONS} == {"aws", "aws-cn", "aws-us-gov"}
