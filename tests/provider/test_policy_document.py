"""Policy documents, against the texts that the Terraform provider makes of the same arguments.

The expected texts are those of terraform-provider-aws 5.100.0 (`aws_iam_policy_document`), asked through its plugin protocol.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from preflight import wire
from preflight.preview.provider import Environment, make_provider

TOKEN = "aws:iam/getPolicyDocument:getPolicyDocument"
AWS = make_provider("aws", "7.51.1", Environment.choose(variables={}))

# Title, arguments, minified text, id (the checksum of the indented text).
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "one statement",
        {
            "statements": [
                {
                    "actions": ["sts:AssumeRole"],
                    "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}],
                }
            ]
        },
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}',
        "2690255455",
    ),
    (
        "lists in descending order without repeats",
        {
            "statements": [
                {
                    "sid": "Read",
                    "effect": "Deny",
                    "actions": ["s3:GetObject", "s3:PutObject", "s3:GetObject"],
                    "resources": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
                }
            ]
        },
        '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Deny","Action":["s3:PutObject","s3:GetObject"],"Resource":["arn:aws:s3:::b/*","arn:aws:s3:::a/*"]}]}',
        "2400226999",
    ),
    (
        "everything but",
        {
            "statements": [
                {
                    "notActions": ["iam:*"],
                    "notResources": ["*"],
                    "notPrincipals": [{"type": "AWS", "identifiers": ["*"]}],
                }
            ]
        },
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","NotResource":"*","NotPrincipal":{"AWS":"*"}}]}',
        "4256411388",
    ),
    (
        "anybody",
        {
            "statements": [
                {"principals": [{"type": "*", "identifiers": ["*"]}]},
                {"principals": [{"type": "AWS", "identifiers": ["*"]}]},
            ]
        },
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*"},{"Effect":"Allow","Principal":{"AWS":"*"}}]}',
        "3764448573",
    ),
    (
        "principals of one kind and of several",
        {
            "statements": [
                {
                    "principals": [
                        {"type": "AWS", "identifiers": ["111122223333"]},
                        {"type": "AWS", "identifiers": ["444455556666", "111122223333"]},
                        {"type": "Service", "identifiers": ["ec2.amazonaws.com"]},
                    ]
                }
            ]
        },
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333","444455556666","111122223333"],"Service":"ec2.amazonaws.com"}}]}',
        "171539000",
    ),
    (
        "conditions keep the order of their values",
        {
            "statements": [
                {
                    "conditions": [
                        {"test": "StringLike", "variable": "s3:prefix", "values": ["home/&{aws:username}/*", ""]},
                        {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]},
                        {"test": "StringLike", "variable": "s3:delimiter", "values": ["/"]},
                    ]
                }
            ]
        },
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":{"Bool":{"aws:SecureTransport":"false"},"StringLike":{"s3:delimiter":"/","s3:prefix":["home/${aws:username}/*",""]}}}]}',
        "1877909092",
    ),
    (
        "two conditions on one key",
        {
            "statements": [
                {
                    "conditions": [
                        {"test": "StringEquals", "variable": "aws:x", "values": ["b", "a"]},
                        {"test": "StringEquals", "variable": "aws:x", "values": ["c"]},
                    ]
                }
            ]
        },
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":{"StringEquals":{"aws:x":["b","a","c"]}}}]}',
        "2849297132",
    ),
    (
        "an id and an old version",
        {"policyId": "key", "version": "2008-10-17", "statements": [{"actions": ["kms:*"], "resources": ["*"]}]},
        '{"Version":"2008-10-17","Id":"key","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}',
        "4033160543",
    ),
    (
        "nothing",
        {},
        '{"Version":"2012-10-17"}',
        "1132004489",
    ),
    (
        "source statements first",
        {
            "sourcePolicyDocuments": [
                '{"Version": "2012-10-17", "Id": "src", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": ["s3:b", "s3:a"], "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:x": true}, "StringEquals": {"k": ["v"], "l": ["b", "a"]}}}]}'
            ],
            "statements": [{"actions": ["x:y"]}],
        },
        '{"Version":"2012-10-17","Id":"src","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:b","s3:a"],"Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:x":"true"},"StringEquals":{"k":"v","l":["b","a"]}}},{"Effect":"Allow","Action":"x:y"}]}',
        "407207687",
    ),
    (
        "an own statement replaces a source's",
        {
            "sourcePolicyDocuments": [
                '{"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:*"}, {"Sid": "B", "Effect": "Allow", "Action": "b:*"}]}'
            ],
            "statements": [{"sid": "A", "effect": "Deny", "actions": ["s3:*"]}],
        },
        '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":"s3:*"},{"Sid":"B","Effect":"Allow","Action":"b:*"}]}',
        "373678690",
    ),
    (
        "overrides replace, later ones last",
        {
            "statements": [{"sid": "A", "actions": ["a:a"]}],
            "overridePolicyDocuments": [
                '{"Statement": [{"Sid": "A", "Effect": "Deny", "Action": "b:b"}]}',
                '{"Statement": [{"Sid": "A", "Effect": "Deny", "Action": "c:c"}, {"Sid": "N", "Effect": "Allow", "Action": ["n:n"], "Principal": {"Service": ["x", "z"]}}]}',
            ],
        },
        '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":"c:c"},{"Sid":"N","Effect":"Allow","Action":["n:n"],"Principal":{"Service":["z","x"]}}]}',
        "3881865623",
    ),
    (
        "characters that Go escapes",
        {"statements": [{"actions": ["a:<b>&c"], "resources": ["é"]}]},
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:\\u003cb\\u003e\\u0026c","Resource":"é"}]}',
        "1606093032",
    ),
]


@pytest.mark.parametrize(("arguments", "minified", "id"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rendered(arguments: dict[str, Any], minified: str, id: str) -> None:
    result = AWS.invoke(TOKEN, arguments, provider_inputs={})
    assert result.value is not None
    assert (result.unknown, result.failures, result.prerequisite) == (False, (), None)
    assert result.value["minifiedJson"] == minified
    assert json.loads(result.value["json"]) == json.loads(minified)
    assert result.value["id"] == id
    assert result.value["version"] == arguments.get("version", "2012-10-17")


def test_indented() -> None:
    result = AWS.invoke(TOKEN, {"statements": [{"actions": ["a:b", "a:c"], "resources": ["*"]}]}, provider_inputs={})
    assert result.value is not None
    assert result.value["json"].splitlines() == [
        "{",
        '  "Version": "2012-10-17",',
        '  "Statement": [',
        "    {",
        '      "Effect": "Allow",',
        '      "Action": [',
        '        "a:c",',
        '        "a:b"',
        "      ],",
        '      "Resource": "*"',
        "    }",
        "  ]",
        "}",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            {"statements": [{"sid": "A"}, {"sid": "A"}]},
            "duplicate Sid (A). Remove the Sid or ensure the Sid is unique.",
        ),
        (
            {"sourcePolicyDocuments": ['{"Statement":[{"Sid":"A"}]}', '{"Statement":[{"Sid":"B"},{"Sid":"A"}]}']},
            "merging source document 1: duplicate Sid (A) in source_policy_documents (statement 1).",
        ),
        (
            {"sourcePolicyDocuments": ['{"Statement":{"Sid":"A"}}']},
            "json: cannot unmarshal object into Go struct field IAMPolicyDoc.Statement of type []*iam.IAMPolicyStatement",
        ),
        ({"overridePolicyDocuments": ["[]"]}, "merging override document 0: json: cannot unmarshal array"),
        ({"overridePolicyDocuments": ["{"]}, "merging override document 0: "),
        (
            {"version": "2008-10-17", "statements": [{"resources": ["&{aws:username}"]}]},
            "found &{ sequence in (&{aws:username}), which is not supported in document version 2008-10-17",
        ),
    ],
)
def test_refused(arguments: dict[str, Any], says: str) -> None:
    result = AWS.invoke(TOKEN, arguments, provider_inputs={})
    assert result.value is None
    (failure,) = result.failures
    assert says in failure.reason


def test_a_part_that_is_unknown_makes_the_whole_unknown() -> None:
    arguments = {"statements": [{"actions": ["s3:*"], "resources": ["*", wire.UNKNOWN_STRING]}]}
    result = AWS.invoke(TOKEN, arguments, provider_inputs={})
    assert (result.value, result.unknown) == (None, True)


def test_secrets_are_read() -> None:
    arguments = {"statements": wire.secret([{"actions": [wire.secret("s3:*")]}])}
    result = AWS.invoke(TOKEN, arguments, provider_inputs={})
    assert result.value is not None
    assert '"Action":"s3:*"' in result.value["minifiedJson"]
