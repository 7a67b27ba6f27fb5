"""What the offline AWS provider makes of a resource's inputs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from preflight import wire
from preflight.preview.provider import CheckResult, Environment, make_provider
from preflight.preview.provider.naming import random_text

ENVIRONMENT = Environment.choose(config={"aws:region": "eu-west-1"}, variables={})
AWS = make_provider("aws", "7.51.1", ENVIRONMENT)
AWS6 = make_provider("aws", "6.83.4", ENVIRONMENT)
UNKNOWN = wire.UNKNOWN_STRING


def check(
    token: str, name: str = "subject", inputs: dict[str, Any] | None = None, seed: str = "s", **provider: Any
) -> CheckResult:
    config = AWS.check_config(provider)
    return AWS.check(token, name, inputs or {}, provider_inputs=config, autoname_seed=seed)


class TestNames:
    @pytest.mark.parametrize(
        ("token", "inputs", "at", "name"),
        [
            ("aws:iam/role:Role", {"assumeRolePolicy": "{}"}, "name", r"Sub-ject-HHHHHHH"),
            ("aws:s3/bucket:Bucket", {}, "bucket", r"sub-ject-HHHHHHH"),
            ("aws:sqs/queue:Queue", {}, "name", r"Sub-ject-HHHHHHH"),
            ("aws:sqs/queue:Queue", {"fifoQueue": True}, "name", r"Sub-ject-HHHHHHH.fifo"),
            ("aws:sns/topic:Topic", {"fifoTopic": True}, "name", r"Sub-ject-HHHHHHH.fifo"),
            ("aws:sns/topic:Topic", {"fifoTopic": "true"}, "name", r"Sub-ject-HHHHHHH"),
            ("aws:kms/alias:Alias", {"targetKeyId": "k"}, "name", r"alias/Sub-ject-HHHHHHH"),
            ("aws:rds/instance:Instance", {"instanceClass": "c"}, "identifier", r"Sub-jectHHHHHHH"),
            (
                "aws:rds/instance:Instance",
                {"instanceClass": "c", "engine": "sqlserver-ex"},
                "identifier",
                r"Sub-jectHHH",
            ),
            ("aws:glue/catalogDatabase:CatalogDatabase", {}, "name", r"sub-ject_LLLLLLLL"),
            ("aws:iot/topicRule:TopicRule", {"enabled": True, "sql": "", "sqlVersion": "1"}, "name", r"Sub-ject"),
            ("aws:s3/bucketObject:BucketObject", {"bucket": "b"}, "key", r"Sub-ject"),
            (
                "aws:lambda/permission:Permission",
                {"action": "a", "function": "f", "principal": "p"},
                "statementId",
                r"Sub-ject-HHHHHHH",
            ),
            (
                "aws:elasticache/replicationGroup:ReplicationGroup",
                {"description": "d"},
                "replicationGroupId",
                r"sub-ject-HHHHHHH",
            ),
            ("aws:cloudwatch/logGroup:LogGroup", {}, "name", r"Sub-ject-HHHHHHH"),
            ("aws:route53/zone:Zone", {}, "name", r"Sub-ject-HHHHHHH"),
        ],
    )
    def test_made_up(self, token: str, inputs: dict[str, Any], at: str, name: str) -> None:
        result = check(token, "Sub-ject", inputs)
        assert not result.failures
        made = result.inputs[at]
        assert len(made) == len(name)
        for character, expected in zip(made, name, strict=True):
            if expected == "H":
                assert character in "0123456789abcdef"
            elif expected == "L":
                assert character.islower()
            else:
                assert character == expected
        assert at in result.inputs["__defaults"]

    def test_the_same_seed_gives_the_same_name(self) -> None:
        first, again = check("aws:s3/bucket:Bucket"), check("aws:s3/bucket:Bucket")
        other = check("aws:s3/bucket:Bucket", seed="t")
        assert first == again
        assert first.inputs["bucket"] != other.inputs["bucket"]
        assert random_text("a", 7) == random_text("a", 7) != random_text("b", 7)

    @pytest.mark.parametrize("inputs", [{"bucket": "mine"}, {"bucketPrefix": "mine-"}, {"bucket": UNKNOWN}])
    def test_none_where_the_program_names(self, inputs: dict[str, Any]) -> None:
        result = check("aws:s3/bucket:Bucket", inputs=inputs)
        assert {key: result.inputs.get(key) for key in inputs} == inputs
        assert result.inputs["__defaults"] == []
        assert "bucket" in inputs or "bucket" not in result.inputs

    def test_none_for_a_dns_record(self) -> None:
        result = check("aws:route53/record:Record", inputs={"type": "A", "zoneId": "z"})
        assert "name" not in result.inputs
        assert [failure.property for failure in result.failures] == ["name"]

    def test_too_long(self) -> None:
        result = check("aws:iam/role:Role", "r" * 60, {"assumeRolePolicy": "{}"})
        assert [failure.reason for failure in result.failures] == [
            (
                f"could not make instance of 'aws:iam/role:Role': name '{'r' * 60}-' plus 7 random chars is longer than "
                "maximum length 64"
            )
        ]
        assert "name" not in result.inputs

    def test_of_inline_policies(self) -> None:
        inputs = {"assumeRolePolicy": "{}", "inlinePolicies": [{"policy": "{}"}, {}, {"policy": "{}", "name": "own"}]}
        policies = check("aws:iam/role:Role", inputs=inputs).inputs["inlinePolicies"]
        assert policies[0]["name"].startswith("subject-")
        assert "name" not in policies[1]
        assert policies[2]["name"] == "own"


class TestCoercion:
    @pytest.mark.parametrize(
        ("token", "given", "becomes"),
        [
            ("aws:s3/bucket:Bucket", {"forceDestroy": "true"}, True),
            ("aws:s3/bucket:Bucket", {"forceDestroy": "yes"}, "yes"),
            ("aws:lambda/function:Function", {"memorySize": "512"}, 512),
            ("aws:lambda/function:Function", {"timeout": UNKNOWN}, UNKNOWN),
            ("aws:redshift/cluster:Cluster", {"encrypted": True}, "true"),
            ("aws:ssm/parameter:Parameter", {"value": 5432}, "5432"),
            ("aws:ssm/parameter:Parameter", {"value": 0.5}, "0.5"),
            ("aws:ssm/parameter:Parameter", {"value": 1e-7}, "0.0000001"),
            ("aws:s3/bucket:Bucket", {"tags": {"n": 1, "b": False}}, {"n": "1", "b": "false"}),
            ("aws:ec2/securityGroup:SecurityGroup", {"ingress": {"protocol": "tcp", "fromPort": "22", "toPort": 22}}, [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "__defaults": []}]),
            ("aws:ec2/instance:Instance", {"metadataOptions": [{"httpTokens": "required"}]}, {"httpTokens": "required", "__defaults": []}),
            ("aws:iam/role:Role", {"assumeRolePolicy": {"b": "<&>", "a": [1.0, True]}}, '{"a":[1.0,true],"b":"\\u003c\\u0026\\u003e"}'),
            ("aws:iam/role:Role", {"assumeRolePolicy": {"Statement": UNKNOWN}}, UNKNOWN),
            ("aws:iam/role:Role", {"assumeRolePolicy": "{ }"}, "{ }"),
            ("aws:s3/bucketPolicy:BucketPolicy", {"policy": wire.secret({"a": 1})}, wire.secret('{"a":1}')),
        ],
    )  # fmt: skip
    def test_values(self, token: str, given: dict[str, Any], becomes: Any) -> None:
        assert [check(token, inputs=given).inputs[key] for key in given] == [becomes]

    def test_a_number_that_is_none(self) -> None:
        result = check("aws:lambda/function:Function", inputs={"role": "r", "timeout": "soon"})
        assert [(f.property, f.reason) for f in result.failures] == [
            ("timeout", 'timeout: strconv.ParseInt: parsing "soon": invalid syntax')
        ]
        assert result.inputs["timeout"] == "soon"

    def test_a_resource_stands_for_its_id(self) -> None:
        reference = {wire.SIGNATURE_KEY: wire.RESOURCE_REFERENCE, "urn": "urn:x", "id": "b-1"}
        assert check("aws:s3/bucketPolicy:BucketPolicy", inputs={"bucket": reference}).inputs["bucket"] == "b-1"
        reference["id"] = ""
        assert check("aws:s3/bucketPolicy:BucketPolicy", inputs={"bucket": reference}).inputs["bucket"] == UNKNOWN

    def test_unknown_names_nulls_and_assets_stay_or_go(self) -> None:
        archive = {wire.SIGNATURE_KEY: wire.ARCHIVE, "path": "app"}
        inputs = {"role": "r", "code": archive, "handler": None, "colour": {"a": None}}
        result = check("aws:lambda/function:Function", inputs=inputs)
        assert result.inputs["code"] == archive
        assert result.inputs["colour"] == {"a": None}
        assert "handler" not in result.inputs
        assert not result.failures

    def test_framework_types_take_values_as_they_are(self) -> None:
        inputs = {"bucket": "b", "rules": {"id": "a", "status": "Enabled", "expiration": [{"days": "3"}]}}
        result = check("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "l", inputs)
        assert result.inputs == {**inputs, "region": "eu-west-1"}
        assert not result.failures


class TestRequired:
    def test_at_the_top(self) -> None:
        result = check("aws:lambda/function:Function", "api", {"runtime": "python3.12"})
        assert [(f.property, f.reason) for f in result.failures] == [
            (
                "role",
                (
                    'Missing required argument. The argument "role" is required, but no definition was found.. '
                    "Examine values at 'api.role'."
                ),
            )
        ]

    def test_terraform_calls_it_otherwise(self) -> None:
        inputs = {"httpMethod": "GET", "type": "MOCK", "resourceId": "r"}
        (failure,) = check("aws:apigateway/integration:Integration", "i", inputs).failures
        assert failure.property == "restApi"
        assert '"rest_api_id" is required' in failure.reason
        assert failure.reason.endswith("'i.restApi'.")

    def test_inside_a_list(self) -> None:
        ports = {"fromPort": 1, "toPort": 1}
        inputs = {"ingress": [{"protocol": "tcp", **ports}, ports]}
        (failure,) = check("aws:ec2/securityGroup:SecurityGroup", "g", inputs).failures
        assert failure.property == "ingress[1].protocol"
        assert '"ingress.1.protocol"' in failure.reason
        assert "'g.ingress[1].protocol'" in failure.reason

    def test_of_a_framework_type(self) -> None:
        inputs = {"bucket": "b", "rules": [{"id": "a", "status": "Enabled"}, {"id": "b"}]}
        (failure,) = check("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "l", inputs).failures
        assert failure.property == "rules[1].status"
        assert failure.reason == "Missing required property 'rules[1].status'"

    def test_inside_a_single_object(self) -> None:
        (failure,) = check("aws:lambda/function:Function", "f", {"role": "r", "tracingConfig": {}}).failures
        assert '"tracing_config.0.mode"' in failure.reason
        assert "'f.tracingConfig.mode'" in failure.reason

    def test_an_unknown_value_counts_and_so_may_another_spelling(self) -> None:
        inputs = {"ingress": [{"protocol": UNKNOWN, "fromPort": 1, "to_port": 1}]}
        assert not check("aws:ec2/securityGroup:SecurityGroup", "l", inputs).failures


class TestRegionAndTags:
    def test_region_comes_from_the_provider(self) -> None:
        assert check("aws:s3/bucket:Bucket").inputs["region"] == "eu-west-1"
        assert check("aws:s3/bucket:Bucket", region="us-west-2").inputs["region"] == "us-west-2"
        assert check("aws:s3/bucket:Bucket", region=UNKNOWN).inputs["region"] == UNKNOWN
        assert check("aws:s3/bucket:Bucket", inputs={"region": "sa-east-1"}).inputs["region"] == "sa-east-1"
        assert "region" not in check("aws:s3/bucket:Bucket").inputs["__defaults"]

    def test_no_region_for_global_types_nor_before_version_7(self) -> None:
        assert "region" not in check("aws:iam/role:Role", inputs={"assumeRolePolicy": "{}"}).inputs
        six = AWS6.check("aws:s3/bucket:Bucket", "b", {}, provider_inputs={"region": "eu-west-1"}, autoname_seed="s")
        assert "region" not in six.inputs

    def test_default_tags_lie_under_the_resources(self) -> None:
        tags = json.dumps({"tags": {"env": "prod", "team": "a"}})
        result = check("aws:s3/bucket:Bucket", inputs={"tags": {"team": "b"}}, defaultTags=tags)
        assert result.inputs["tagsAll"] == {"env": "prod", "team": "b"}
        assert result.inputs["tags"] == {"team": "b"}

    @pytest.mark.parametrize("tags", [{"tags": {"a": "1"}}, '{"tags": {"a": "1"}}', wire.secret('{"tags":{"a":"1"}}')])
    def test_default_tags_in_every_form(self, tags: Any) -> None:
        found = check("aws:s3/bucket:Bucket", defaultTags=tags).inputs["tagsAll"]
        assert found in ({"a": "1"}, wire.secret({"a": "1"}))

    def test_ignored_unknown_and_secret_tags(self) -> None:
        ignoring = {"ignoreTags": json.dumps({"keys": ["a"], "keyPrefixes": ["b"]})}
        tags = {"a": "1", "bc": "2", "c": "3"}
        assert check("aws:s3/bucket:Bucket", inputs={"tags": tags}, **ignoring).inputs["tagsAll"] == {"c": "3"}
        assert check("aws:s3/bucket:Bucket", inputs={"tags": {"a": UNKNOWN}}).inputs["tagsAll"] == UNKNOWN
        secret = check("aws:s3/bucket:Bucket", inputs={"tags": {"a": wire.secret("x")}})
        assert secret.inputs["tagsAll"] == wire.secret({"a": "x"})
        assert check("aws:s3/bucket:Bucket").inputs["tagsAll"] == {}

    def test_types_without_tags(self) -> None:
        assert "tagsAll" not in check("aws:s3/bucketPolicy:BucketPolicy", inputs={"bucket": "b", "policy": "{}"}).inputs


def test_the_sdks_own_defaults_for_programs_without_the_sdk() -> None:
    result = check("aws:ec2/securityGroup:SecurityGroup")
    assert result.inputs["description"] == "Managed by Pulumi"
    assert result.inputs["__defaults"] == ["description", "name"]


def test_a_type_that_the_facts_lack_passes() -> None:
    assert check("aws:future/thing:Thing", inputs={"a": 1, "b": None}) == CheckResult({"a": 1})


def test_the_provider_resource_itself() -> None:
    result = AWS.check("pulumi:providers:aws", "p", {"profile": "x"}, provider_inputs={}, autoname_seed="s")
    assert result.inputs == {"profile": "x", "region": "eu-west-1"}
    assert AWS.check_config({"region": "us-west-2"}) == {"region": "us-west-2"}
