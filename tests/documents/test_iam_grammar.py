"""What IAM would refuse in the shape of a document."""

from __future__ import annotations

from typing import Any

import pytest

from preflight.documents import iam
from preflight.wire import UNKNOWN_ARRAY, UNKNOWN_OBJECT, UNKNOWN_STRING

GOOD: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def found(raw: object) -> list[str]:
    return [str(problem) for problem in iam.problems(iam.parse(raw))]


@pytest.mark.parametrize(
    "raw",
    [
        {"Version": "2012-10-17", "Id": "x", "Statement": [GOOD]},
        {"Version": "2008-10-17", "Statement": GOOD},
        {"Statement": [{**GOOD, "Sid": "a"}, {**GOOD, "Sid": "b"}, {**GOOD, "Sid": ""}, {**GOOD, "Sid": ""}]},
        {"Statement": {**GOOD, "Action": ["*", "s3:*", "*:*"]}},
        {"Statement": {**GOOD, "Principal": "*", "Condition": {"ForAllValues:StringLikeIfExists": {"a:b": ["x", 1]}}}},
        {"Statement": {**GOOD, "Principal": {"AWS": "*", "CanonicalUser": "abc"}}},
        {"Version": UNKNOWN_STRING, "Statement": UNKNOWN_ARRAY},
        {"Statement": [UNKNOWN_OBJECT, {**GOOD, "Effect": UNKNOWN_STRING, "Action": UNKNOWN_STRING}]},
        {"Statement": {**GOOD, "Condition": UNKNOWN_OBJECT}},
        {"Statement": {**GOOD, "Condition": {"StringEquals": UNKNOWN_OBJECT}, "Principal": UNKNOWN_OBJECT}},
    ],
)
def test_what_iam_takes(raw: object) -> None:
    assert found(raw) == []


def statement(**parts: Any) -> dict[str, Any]:
    return {"Statement": [{**GOOD, **parts}]}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("{", "the text ends before it is complete (line 1, column 2)"),
        ({"Version": "2026-11-24", "Statement": GOOD}, "Version: '2026-11-24' is not a version"),
        (
            {"statement": GOOD},
            "statement: 'statement' is not an element of a policy document; did you mean 'Statement'?",
        ),
        ({"Version": "2012-10-17"}, "Statement: the document has no statement"),
        ({"Statement": []}, "Statement: the document has no statement"),
        ({"Statement": ["x"]}, "Statement[0]: a statement has to be an object"),
        (statement(Effect="allow"), "Statement[0].Effect: the effect is 'allow'; it is 'Allow' or 'Deny'"),
        ({"Statement": {"Action": "*", "Resource": "*"}}, "Statement[0].Effect: the effect is missing"),
        (statement(NotAction="s3:*"), "Statement[0]: the statement has both Action and NotAction"),
        (statement(Principal="*", NotPrincipal="*"), "both Principal and NotPrincipal"),
        (statement(NotResource="*"), "both Resource and NotResource"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "neither Action nor NotAction"),
        (
            statement(Actions="s3:*"),
            "Statement[0].Actions: 'Actions' is not an element of a statement; did you mean 'Action'?",
        ),
        (statement(Action=[]), "Statement[0].Action: the list is empty"),
        (statement(Action=["s3:Get*", 7]), "Statement[0].Action: 7 is not a string"),
        (statement(Action="GetObject"), "'GetObject' is not an action; an action is SERVICE:ACTION"),
        (
            statement(Principal={"Services": "x"}),
            "'Services' is not an element of a principal; did you mean 'Service'?",
        ),
        (statement(Principal="lambda.amazonaws.com"), "has to stand under a key: AWS, Service"),
        (statement(Condition=["x"]), "Statement[0].Condition: a condition has to be an object of operators"),
        (statement(Condition={"StringEqual": {"a": "b"}}), "not a condition operator; did you mean 'StringEquals'?"),
        (statement(Condition={"StringEquals": "b"}), "an operator holds an object of condition keys"),
        (statement(Condition={"StringEquals": {"a": {"b": "c"}}}), "a condition value is a text, number or boolean"),
    ],
)
def test_what_iam_refuses(raw: object, problem: str) -> None:
    assert any(problem in text for text in found(raw)), found(raw)


def test_a_sid_stands_once() -> None:
    assert found({"Statement": [{**GOOD, "Sid": "a"}, {**GOOD, "Sid": "a"}]}) == [
        "Statement[1].Sid: 'a' is the Sid of statement 1 already"
    ]


def test_identity_policies() -> None:
    policy = iam.parse({"Statement": [{"Effect": "Allow", "Action": "*", "Principal": "*", "Sid": "a b"}, GOOD]})
    assert [problem.path for problem in iam.identity_problems(policy)] == [
        "Statement[0].Principal",
        "Statement[0]",
        "Statement[0].Sid",
    ]


def test_resource_and_trust_policies() -> None:
    policy = iam.parse({"Statement": [GOOD, {**GOOD, "Principal": "*"}]})
    assert [problem.path for problem in iam.resource_problems(policy)] == ["Statement[0]"]
    assert [problem.path for problem in iam.trust_problems(policy)] == [
        "Statement[0]",
        "Statement[0].Resource",
        "Statement[1].Resource",
    ]
    assert iam.trust_problems(iam.parse("{")) == []


@pytest.mark.parametrize(
    ("value", "fragment"),
    [
        ("*", None),
        ("210987654321", None),
        ("arn:aws:iam::210987654321:root", None),
        ("arn:aws-us-gov:iam::210987654321:user/path/ann", None),
        ("arn:aws:iam::210987654321:role/app", None),
        ("arn:aws:sts::210987654321:assumed-role/app/session", None),
        ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABCDEFGHIJKL", None),
        ("AROAJ2UCCR6DPCEXAMPLE", None),
        (UNKNOWN_STRING, None),
        ("arn:aws:iam::210987654321:role/*", "wildcard"),
        ("arn:aws:iam::*:root", "wildcard"),
        ("arn:aws:iam::210987654321:group/admins", "group"),
        ("arn:aws:iam::210987654321:oidc-provider/x", "'Federated'"),
        ("arn:aws:iam::210987654321:policy/x", "not an account root"),
        ("arn:aws:iam::1234:root", "'1234' where"),
        ("lambda.amazonaws.com", "'Service'"),
        ("21098765432", "neither '*'"),
        ("arn:aws:s3:::b", "neither '*'"),
    ],
)
def test_aws_principals(value: str, fragment: str | None) -> None:
    problem = iam.principal_problem(iam.Principal("AWS", value))
    assert problem is None if fragment is None else fragment in (problem or "")


def test_other_principals_are_not_judged() -> None:
    assert iam.principal_problem(iam.Principal("Service", "anything")) is None
