"""The schema facts against the SDK that they were read from, imported."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import shutil
from pathlib import Path

import pytest

from preflight.facts import bridge, schema
from preflight.facts.generate import _sdk
from preflight.facts.generate import schema as generator
from preflight.facts.schema import Type

# Token to the SDK's resource class and arguments class.
RESOURCES = {
    "aws:apigateway/stage:Stage": ("apigateway", "Stage"),
    "aws:cloudfront/distribution:Distribution": ("cloudfront", "Distribution"),
    "aws:cloudtrail/trail:Trail": ("cloudtrail", "Trail"),
    "aws:dynamodb/table:Table": ("dynamodb", "Table"),
    "aws:ec2/instance:Instance": ("ec2", "Instance"),
    "aws:ec2/securityGroup:SecurityGroup": ("ec2", "SecurityGroup"),
    "aws:ecs/service:Service": ("ecs", "Service"),
    "aws:iam/role:Role": ("iam", "Role"),
    "aws:lambda/function:Function": ("lambda_", "Function"),
    "aws:lb/listener:Listener": ("lb", "Listener"),
    "aws:rds/instance:Instance": ("rds", "Instance"),
    "aws:s3/bucket:Bucket": ("s3", "Bucket"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ("s3", "BucketLifecycleConfiguration"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("vpc", "SecurityGroupIngressRule"),
}


def properties_of(cls: type) -> set[str]:
    """The camelCase names that the SDK itself derives for a class."""
    from pulumi import _types

    names: set[str] = set()
    for name, member in inspect.getmembers(cls, lambda member: isinstance(member, property)):
        pulumi_name = getattr(member.fget, _types._PULUMI_NAME, name)
        if hasattr(member.fget, _types._PULUMI_NAME):
            names.add(pulumi_name)
    return names


@pytest.mark.parametrize("token", sorted(RESOURCES))
def test_names_are_those_of_the_imported_sdk(token: str) -> None:
    service, name = RESOURCES[token]
    module = importlib.import_module(f"pulumi_aws.{service}")
    described = schema.resource(token, "7.51.1")
    assert described is not None
    arguments = getattr(module, f"{name}Args")
    assert set(described.inputs) == properties_of(arguments)
    assert set(described.outputs) == properties_of(getattr(module, name))
    signature = inspect.signature(arguments.__init__)
    required = [p.name for p in list(signature.parameters.values())[1:] if p.default is p.empty]
    assert len(described.required) == len(required)


def test_nested_names_are_those_of_the_imported_sdk() -> None:
    inputs = importlib.import_module("pulumi_aws.s3._inputs")
    described = schema.resource("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert described is not None
    rules = described.inputs["rules"].type
    assert rules.base == "list"
    assert rules.of is not None
    assert rules.of.object is not None
    assert set(rules.of.object.properties) == properties_of(inputs.BucketLifecycleConfigurationRuleArgs)
    assert rules.of.object.required == {"id", "status"}


def test_types() -> None:
    function = schema.resource("aws:lambda/function:Function")
    role = schema.resource("aws:iam/role:Role")
    assert function is not None
    assert role is not None
    assert function.inputs["memorySize"].type == Type("int")
    assert function.inputs["publish"].type == Type("bool")
    assert function.inputs["code"].type == Type("archive")
    assert str(function.inputs["layers"].type) == "a list of strings"
    assert str(function.inputs["tags"].type) == "a map of strings"
    assert "python3.12" in function.inputs["runtime"].type.values
    assert role.inputs["assumeRolePolicy"].type.is_document
    assert not role.inputs["description"].type.is_document


def test_what_the_provider_fills_in() -> None:
    bucket = schema.resource("aws:s3/bucket:Bucket")
    assert bucket is not None
    assert {"bucket", "policy", "versioning"} <= bucket.computed
    assert "forceDestroy" not in bucket.computed
    assert "arn" in bucket.outputs
    assert "arn" not in bucket.inputs


def test_secrets_aliases_and_the_sdks_defaults() -> None:
    database, listener = schema.resource("aws:rds/instance:Instance"), schema.resource("aws:lb/listener:Listener")
    group = schema.resource("aws:ec2/securityGroup:SecurityGroup")
    assert database is not None
    assert listener is not None
    assert group is not None
    assert "password" in database.secrets
    assert listener.aliases == ("aws:elasticloadbalancingv2/listener:Listener",)
    assert group.inputs["description"].default == "Managed by Pulumi"


def test_deprecations() -> None:
    bucket, older = schema.resource("aws:s3/bucket:Bucket"), schema.resource("aws:s3/bucketV2:BucketV2")
    assert bucket is not None
    assert older is not None
    assert "s3.BucketAcl" in (bucket.inputs["acl"].deprecated or "")
    assert bucket.deprecation is None
    assert "in favor of" in (older.deprecation or "")


def test_major_versions_differ() -> None:
    token = "aws:apigateway/deployment:Deployment"
    six, seven = schema.resource(token, "6.83.4"), schema.resource(token, "v7.2.0")
    assert six is not None
    assert seven is not None
    assert "stageName" in six.inputs
    assert "stageName" not in seven.inputs
    assert "region" in seven.inputs
    assert "region" not in six.inputs
    assert schema.resource("aws:s3/bucketVersioning:BucketVersioning", 6) is None
    assert schema.resource("aws:opsworks/stack:Stack", 7) is None
    assert schema.resource("aws:opsworks/stack:Stack", 6) is not None


@pytest.mark.parametrize(
    ("version", "major"), [(None, 7), ("7.51.1", 7), ("8.0.0", 7), (6, 6), ("5.43.0", 6), ("x", 7)]
)
def test_which_table_answers(version: str | int | None, major: int) -> None:
    assert schema.major_of(version) == major
    assert schema.described_version(version) == generator.VERSIONS[major]


def test_functions() -> None:
    ami = schema.function("aws:ec2/getAmi:getAmi")
    assert ami is not None
    assert ami.arguments["owners"].type.base == "list"
    assert ami.result["imageId"].type == Type("str")
    assert "filters" in ami.optional
    assert schema.function("aws:ec2/instance:Instance") is None
    assert schema.resource("aws:ec2/getAmi:getAmi") is None


def test_an_unknown_token_is_none() -> None:
    assert schema.resource("aws:nowhere/thing:Thing") is None
    assert schema.resource("random:index/randomPassword:RandomPassword") is None


@pytest.mark.parametrize("major", [7, 6])
def test_every_entry_can_be_read(major: int) -> None:
    seen: set[int] = set()

    def walk(found: Type) -> None:
        if id(found) in seen:
            return
        seen.add(id(found))
        for inner in (*found.options, *([found.of] if found.of else [])):
            walk(inner)
        if found.object is not None:
            for known in found.object.properties.values():
                walk(known.type)

    tokens = schema.tokens(major)
    assert len(tokens) > 2000
    assert set(schema.resource_tokens(major)) < set(tokens)
    for token in tokens:
        described = schema.resource(token, major)
        function = schema.function(token, major)
        assert (described is None) != (function is None), token
        tables = [described.inputs, described.outputs] if described else []
        tables += [function.arguments, function.result] if function else []
        for table in tables:
            for known in table.values():
                walk(known.type)


def test_regenerating_one_service_gives_what_is_committed() -> None:
    import pulumi_aws

    folder = Path(pulumi_aws.__file__).parent
    for service in ("sns", "kms"):
        fresh = generator.entries(_sdk.read_service(folder / service, service))
        assert fresh
        for key, entry in fresh.items():
            assert schema._entry(7, service, key) == entry


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("pulumi.Input[Optional[_builtins.str]]", ("s", True)),
        ("Optional[pulumi.Input[builtins.bool]]", ("b", True)),
        ("pulumi.Input[Sequence[pulumi.Input['RuleArgs']]]", ("[#Rule", False)),
        ("pulumi.Input[Union['RuleArgs', 'RuleArgsDict']]", ("#Rule", False)),
        ("pulumi.Input[Union[_builtins.str, 'Mode']]", ("s|=Mode", False)),
        ("pulumi.Input[Mapping[str, pulumi.Input[_builtins.int]]]", ("{i", False)),
        ("pulumi.Input[Union[_builtins.str, '_iam.PolicyDocumentArgs']]", ("s|#iam/PolicyDocument", False)),
        ("pulumi.Input[Union[pulumi.Asset, pulumi.Archive]]", ("asset|archive", False)),
        ("pulumi.Output[Sequence['outputs.Rule']]", ("[#>Rule", False)),
        ("Any", ("*", False)),
    ],
)
def test_how_an_annotation_is_read(annotation: str, kind: tuple[str, bool]) -> None:
    assert _sdk.kind_of(ast.parse(annotation, mode="eval").body, ">") == kind


def test_a_new_form_of_annotation_is_noticed() -> None:
    with pytest.raises(ValueError, match="unknown annotation"):
        _sdk.kind_of(ast.parse("Callable[[int], str]", mode="eval").body, "")


def test_generating_from_unpacked_sdks(tmp_path: Path) -> None:
    import pulumi_aws

    installed, sdks = Path(pulumi_aws.__file__).parent, []
    for version, services in (("7.51.1", ["sns", "kms"]), ("6.83.4", ["sns"])):
        root = tmp_path / version
        (root / f"pulumi_aws-{version}.dist-info").mkdir(parents=True)
        (root / "pulumi_aws").mkdir()
        for service in services:
            shutil.copytree(installed / service, root / "pulumi_aws" / service)
        sdks.append(root)
    topic = sdks[1] / "pulumi_aws" / "sns" / "topic.py"
    topic.write_text(topic.read_text().replace('getter(name="archivePolicy")', 'getter(name="olderName")'))
    generator.generate(tmp_path / "out", sdks)
    folder = tmp_path / "out" / "schema"
    seven = json.loads((folder / "7" / "sns.json").read_text())
    six = json.loads((folder / "6" / "sns.json").read_text())
    assert set(six) == {"aws:sns/topic:Topic"}
    assert "olderName" in six["aws:sns/topic:Topic"]["i"]
    assert "archivePolicy" in seven["aws:sns/topic:Topic"]["i"]
    assert set(json.loads((folder / "6" / "kms.json").read_text()).values()) == {None}
    assert json.loads((folder / "index.json").read_text())["versions"] == {"7": "7.51.1", "6": "6.83.4"}


def test_a_folder_without_the_sdk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no pulumi_aws of a version in"):
        generator.generate(tmp_path / "out", [tmp_path])


def test_the_two_halves_of_the_provider() -> None:
    assert bridge.is_framework("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert bridge.is_framework("aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2")
    assert bridge.is_framework("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    for token in ("aws:s3/bucket:Bucket", "aws:s3/bucketVersioning:BucketVersioning", "aws:ec2/instance:Instance"):
        assert not bridge.is_framework(token)
