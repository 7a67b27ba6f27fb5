"""Whom and what a policy opens: everyone, everything, plain HTTP, confused deputies."""

from __future__ import annotations

from typing import Any

import pytest

from preflight.documents import iam
from preflight.documents.answer import Answer
from preflight.wire import UNKNOWN_OBJECT, UNKNOWN_STRING

BUCKET = "arn:aws:s3:::logs"
VPCE = "vpce-0a1b2c3d4e5f6a7b8"


def one(**parts: Any) -> iam.Statement:
    (statement,) = iam.parse({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **parts}}).statements
    return statement


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}, False),
        ({"StringEquals": {"AWS:SourceVpce": [VPCE, "vpce-0"]}}, False),
        ({"StringEquals": {"aws:SourceAccount": "210987654321"}}, False),
        ({"StringLike": {"aws:PrincipalAccount": "*"}}, True),
        ({"StringLike": {"aws:PrincipalAccount": ["210987654321", "*"]}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:210987654321:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:logs"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:*:alerts"}}, True),
        ({"StringEquals": {"aws:SourceArn": UNKNOWN_STRING}}, None),
        ({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"}}, True),
        ({"StringNotEquals": {"aws:PrincipalAccount": "210987654321"}}, True),
        ({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.7"]}}, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "::/0"}}, True),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::1"}}, False),
        ({"IpAddress": {"aws:SourceIp": UNKNOWN_STRING}}, None),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": True}}, False),
        ({"Bool": {"aws:PrincipalIsAWSService": "false"}}, True),
        ({"StringLike": {"aws:Referer": "https://example.com/*"}}, True),
        ({"Null": {"aws:SourceVpce": "false"}}, True),
        (UNKNOWN_OBJECT, None),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": []}}, True),
    ],
)
def test_public_by_condition(condition: object, public: Answer) -> None:
    assert iam.is_public(one(Principal="*", Condition=condition)) is public
    assert iam.is_public(one(Principal={"AWS": ["*"]}, Condition=condition)) is public


@pytest.mark.parametrize(
    ("parts", "public"),
    [
        ({"Principal": {"AWS": "210987654321"}}, False),
        ({"Principal": {"Service": "s3.amazonaws.com"}}, False),
        ({"Principal": {"AWS": UNKNOWN_STRING}}, None),
        ({"NotPrincipal": {"AWS": "210987654321"}}, True),
        ({}, False),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"Principal": "*", "Effect": UNKNOWN_STRING}, None),
    ],
)
def test_public_by_principal(parts: dict[str, Any], public: Answer) -> None:
    assert iam.is_public(one(**parts)) is public


@pytest.mark.parametrize(
    ("deny", "public"),
    [
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": VPCE}}}, False),
        ({"Condition": {"StringNotEqualsIfExists": {"aws:SourceVpce": VPCE}}}, False),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, False),
        (
            {
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
                    "Bool": {"aws:PrincipalIsAWSService": "false"},
                }
            },
            False,
        ),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": UNKNOWN_STRING}}}, None),
        ({"Condition": {"StringNotLike": {"aws:SourceVpce": "*"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, True),
        (
            {"Condition": {"StringNotEquals": {"aws:SourceVpce": VPCE}, "StringEquals": {"s3:prefix": "x"}}},
            True,
        ),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": VPCE}}, "Action": "s3:PutObject"}, True),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": VPCE}}, "Resource": BUCKET}, True),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": VPCE}}, "Principal": {"AWS": "210987654321"}}, True),
    ],
)
def test_a_denial_of_all_others_limits_what_is_public(deny: dict[str, Any], public: Answer) -> None:
    policy = iam.parse(
        {
            "Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"},
                {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [BUCKET, f"{BUCKET}/*"], **deny},
            ]
        }
    )
    judged = iam.public_statements(policy)
    assert (len(judged.statements) == 1) is (public is True)
    assert judged.undecided is (public is None)


@pytest.mark.parametrize(
    ("parts", "admin"),
    [
        ({"Action": "*"}, True),
        ({"Action": ["s3:*", "*:*"]}, True),
        ({"Action": ["s3:*", "*"], "Resource": [BUCKET, "*"]}, True),
        ({"Action": "**"}, True),
        ({"Action": "s3:*"}, False),
        ({"Action": "*", "Resource": BUCKET}, False),
        ({"Action": "*", "Effect": "Deny"}, False),
        ({"Action": UNKNOWN_STRING}, None),
        ({"Action": "*", "Resource": UNKNOWN_STRING}, None),
        ({"Action": "s3:*", "Resource": UNKNOWN_STRING}, False),
    ],
)
def test_admin(parts: dict[str, Any], admin: Answer) -> None:
    assert iam.is_admin(one(**parts)) is admin


def test_admin_statements_of_a_document() -> None:
    policy = iam.parse({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, UNKNOWN_OBJECT]})
    judged = iam.admin_statements(policy)
    assert [statement.label for statement in judged.statements] == ["statement 1"]
    assert judged.undecided


def test_wildcards() -> None:
    statement = one(Action=["S3:*", "ec2:Describe*", "kms:Decrypt", "*"], Resource=["*", f"{BUCKET}/*", BUCKET])
    assert iam.whole_services(statement) == ["s3", "*"]
    assert iam.wildcard_actions(statement) == ["S3:*", "ec2:Describe*", "*"]
    assert iam.wildcard_resources(statement) == ["*", f"{BUCKET}/*"]
    denied = one(Effect="Deny", Action="*")
    assert iam.whole_services(denied) == iam.wildcard_actions(denied) == iam.wildcard_resources(denied) == []


PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
BOTH = [BUCKET, f"{BUCKET}/*"]


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Action": "*"}, True),
        ({"Resource": "*"}, True),
        ({"Condition": {"Bool": {"AWS:securetransport": False}}}, True),
        ({"Condition": {"BoolIfExists": {"aws:SecureTransport": ["false"]}}}, True),
        ({"Condition": {"StringEquals": {"aws:SecureTransport": "false"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:SecureTransport": "true"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Condition": {**PLAIN, "StringEquals": {"aws:SourceVpc": "vpc-1"}}}, False),
        ({"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": UNKNOWN_STRING}}}, None),
        ({"Condition": UNKNOWN_OBJECT}, None),
        ({"Resource": f"{BUCKET}/*"}, False),
        ({"Resource": [UNKNOWN_STRING, f"{UNKNOWN_STRING}/*"]}, None),
        ({"Action": "s3:GetObject"}, False),
        ({"Principal": {"AWS": "210987654321"}}, False),
        ({"Principal": {"AWS": UNKNOWN_STRING}}, None),
        ({"Effect": "Allow"}, False),
        ({"Effect": UNKNOWN_STRING}, None),
    ],
)
def test_tls_is_required(parts: dict[str, Any], answer: Answer) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": BOTH, "Condition": PLAIN, **parts}
    assert iam.requires_tls(iam.parse({"Statement": [statement]}), ["s3:*"], BOTH) is answer


def test_tls_of_a_bucket_whose_name_is_unknown() -> None:
    wildcard = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": PLAIN}
    asked = [UNKNOWN_STRING, f"{UNKNOWN_STRING}/*"]
    assert iam.requires_tls(iam.parse({"Statement": wildcard}), ["s3:*"], asked) is True
    assert iam.requires_tls(iam.parse({"Statement": {**wildcard, "Resource": BOTH}}), ["s3:*"], asked) is None
    assert iam.requires_tls(iam.UNKNOWN, ["s3:*"], BOTH) is None


def test_tls_by_several_statements() -> None:
    parts = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resource, "Condition": PLAIN}
        for resource in BOTH
    ]
    assert iam.requires_tls(iam.parse({"Statement": parts}), ["s3:*"], BOTH) is True


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:210987654321:*"}}, True),
        ({"StringEquals": {"AWS:SourceAccount": "210987654321"}}, True),
        ({"StringEquals": {"aws:SourceAccount": UNKNOWN_STRING}}, None),
        ({"StringLike": {"aws:SourceArn": "*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({}, False),
    ],
)
def test_confused_deputies(condition: object, answer: Answer) -> None:
    statement = one(Principal={"Service": "sns.amazonaws.com"}, Condition=condition)
    assert iam.guards_confused_deputy(statement) is answer
