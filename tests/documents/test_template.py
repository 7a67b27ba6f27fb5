"""CloudFormation templates in JSON and YAML: capabilities, nested stacks, parameters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import template

YAML = """\
AWSTemplateFormatVersion: 2010-09-09
Transform: [AWS::Serverless-2016-10-31, {Name: 'AWS::Include', Parameters: {Location: s3://b/k}}]
Parameters:
  VpcId: {Type: String}
  Stage: {Type: String, Default: ''}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: !Sub '${AWS::StackName}-app', AssumeRolePolicyDocument: {}}
  Anonymous:
    Type: AWS::IAM::ManagedPolicy
    Properties: {ManagedPolicyName: !Ref 'AWS::NoValue'}
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: https://b.s3.amazonaws.com/network.yaml}
  Computed:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: !Sub 'https://${Bucket}.s3.amazonaws.com/x.yaml'}
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {Fn::Transform: {Name: Tagger}}
"""


def test_yaml_with_short_tags() -> None:
    read = template.parse(YAML)
    assert read.error is None
    assert read.iam == ("Role", "Anonymous")
    assert read.named_iam == ("Role",)
    assert read.auto_expand == ("AWS::Serverless-2016-10-31", "AWS::Include", "Tagger")
    assert read.nested == {"Network": "https://b.s3.amazonaws.com/network.yaml", "Computed": None}
    assert read.required_parameters == ("VpcId",)


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        ([], ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]),
        (["CAPABILITY_IAM"], ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]),
        (["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"], []),
    ],
)
def test_missing_capabilities(granted: list[str], missing: list[str]) -> None:
    assert [name for name, _ in template.missing_capabilities(template.parse(YAML), granted)] == missing


def test_unnamed_iam_resources_take_either_capability() -> None:
    read = template.parse(
        json.dumps({"Resources": {"P": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "p"}}}})
    )
    assert read.iam == ("P",)
    assert read.named_iam == ()
    assert [name for name, _ in template.missing_capabilities(read, [])] == ["CAPABILITY_IAM"]
    assert template.missing_capabilities(read, ["CAPABILITY_IAM"]) == []
    assert template.missing_capabilities(read, ["CAPABILITY_NAMED_IAM"]) == []


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "not an object"),
        ("just text", "not an object"),
        ("{}", "no Resources"),
        ("Resources: {}", "no Resources"),
        ("Resources:\n  A: [", "line"),
        ("Resources:\n\t- x", "line 2"),
        ("x" * (1024 * 1024 + 1), "1 MB"),
        ("{? [a]: b}", "neither JSON nor YAML"),
    ],
)
def test_errors(text: str, fragment: str) -> None:
    assert fragment in (template.parse(text).error or "")


def test_aliases_that_double_at_every_level_are_refused() -> None:
    levels = "".join(f"  L{n}: &l{n} {{a: *l{n - 1}, b: *l{n - 1}}}\n" for n in range(1, 60))
    found = template.parse(f"Resources:\n  L0: &l0 {{Type: AWS::IAM::Role}}\n{levels}")
    assert "holds more than" in (found.error or "")


@given(st.text(max_size=80) | st.text("{}[]:-&*!|>\n aR'\"#?,", max_size=60))
def test_no_text_raises(text: str) -> None:
    assert template.parse(text).error
    template.parse("Resources:\n  A: {Type: AWS::IAM::Role}\n" + text)
    template.parse('{"Resources": ' + text + "}")
