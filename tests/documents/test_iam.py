"""Policy documents: reading them in every shape, and what they grant, known and unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import iam
from preflight.documents.answer import Answer
from preflight.wire import UNKNOWN_ARRAY, UNKNOWN_OBJECT, UNKNOWN_STRING

ACCOUNT = "210987654321"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
BUCKET = "arn:aws:s3:::logs"


def document(*statements: dict[str, Any]) -> iam.Document:
    """A document from its text, as most programs pass it."""
    return iam.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(**parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", **parts}


def deny(**parts: Any) -> dict[str, Any]:
    return {"Effect": "Deny", **parts}


def test_strings_and_lists_stand_for_each_other() -> None:
    loose = iam.parse({"Statement": allow(Principal={"Service": "logs.amazonaws.com"}, Action="kms:*", Resource="*")})
    strict = iam.parse(
        {"Statement": [allow(Principal={"Service": ["logs.amazonaws.com"]}, Action=["kms:*"], Resource=["*"])]}
    )
    assert loose.statements == strict.statements
    assert loose.statements[0].principals == (iam.Principal("Service", "logs.amazonaws.com"),)
    assert loose.statements[0].actions == ("kms:*",)


def test_all_parts_of_a_statement() -> None:
    (statement,) = document(
        allow(
            Sid="One",
            NotPrincipal={"AWS": [ROOT, ACCOUNT]},
            NotAction=["s3:*"],
            NotResource=f"{BUCKET}/*",
            Condition={"ForAnyValue:StringLikeIfExists": {"aws:PrincipalOrgPaths": "o-1/*"}, "Bool": {"x:y": True}},
        )
    ).statements
    assert (statement.sid, statement.label, statement.path) == ("One", "statement 'One'", "Statement[0]")
    assert [principal.account for principal in statement.not_principals] == [ACCOUNT, ACCOUNT]
    assert all(principal.is_account_root for principal in statement.not_principals)
    assert (statement.not_actions, statement.not_resources) == (("s3:*",), (f"{BUCKET}/*",))
    first, second = statement.conditions
    assert (first.quantifier, first.base, first.if_exists) == ("foranyvalue", "stringlike", True)
    assert second.values == ("true",)
    assert statement.conditions_on("AWS:principalorgpaths") == [first]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("", "the text is empty"),
        ('{"Statement": [}', "a value is expected (line 1, column 16, near Statement)"),
        ('"text"', "not a string"),
        ("[]", "not a list"),
        (None, "not null"),
        (7, "not a number"),
        (True, "not a boolean"),
    ],
)
def test_malformed_documents_say_why_and_decide_nothing(value: object, error: str) -> None:
    found = iam.parse(value)
    assert error in (found.error or "")
    assert found.statements == ()
    assert not found.is_known
    assert found.allows("s3:GetObject") is None
    assert found.denies("s3:GetObject") is None


def test_an_unknown_document_decides_nothing() -> None:
    found = iam.parse(UNKNOWN_STRING)
    assert found == iam.UNKNOWN
    assert found.error is None
    assert not found.is_known
    assert found.allows("s3:GetObject") is None
    assert found.grants(["s3:GetObject"]).undecided == ("s3:GetObject",)
    assert iam.problems(found) == []
    assert iam.public_statements(found) == iam.Judged((), undecided=True)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("kms:Decrypt", True),
        ("KMS:decrypt", True),
        ("kms:GenerateDataKeyPair", True),
        ("kms:GenerateDataKey*", True),
        ("kms:Encrypt", False),
        ("kms:*", False),
        (["kms:Decrypt", "kms:Encrypt"], False),
    ],
)
def test_actions(asked: str | list[str], answer: Answer) -> None:
    policy = document(allow(Action=["kms:decrypt", "kms:GenerateDataKey*"], Resource="*"))
    assert policy.allows(asked) is answer


def test_missing_actions_are_named_in_order() -> None:
    policy = document(allow(Action="secretsmanager:Get*", Resource="*"))
    asked = ["secretsmanager:PutSecretValue", "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    assert policy.missing(asked) == ("secretsmanager:PutSecretValue", "secretsmanager:DescribeSecret")
    assert policy.grants(asked).any is True


def test_not_action_and_not_resource() -> None:
    policy = document(allow(NotAction=["iam:*", "s3:Delete*"], NotResource=f"{BUCKET}/secret/*"))
    assert policy.allows("s3:GetObject", resource=f"{BUCKET}/x") is True
    assert policy.allows("s3:DeleteObject", resource=f"{BUCKET}/x") is False
    assert policy.allows("s3:*", resource=f"{BUCKET}/x") is False
    assert policy.allows("s3:GetObject", resource=f"{BUCKET}/secret/x") is False
    assert policy.allows("s3:GetObject", within=f"{BUCKET}/*") is True
    assert policy.allows("s3:GetObject", within=f"{BUCKET}/secret/a*") is False


@pytest.mark.parametrize(
    ("resource", "within", "answer"),
    [
        (f"{BUCKET}/AWSLogs/1/x", None, True),
        (f"{BUCKET}/awslogs/1/x", None, False),
        (f"{BUCKET}/*", None, False),
        (None, f"{BUCKET}/*", True),
        (None, f"{BUCKET}/other/*", False),
        (UNKNOWN_STRING, None, None),
        (f"{UNKNOWN_STRING}/*", None, None),
        (f"arn:aws:s3:::other{UNKNOWN_STRING}", None, False),
        (None, None, True),
    ],
)
def test_resources_are_case_sensitive(resource: str | None, within: str | None, answer: Answer) -> None:
    policy = document(allow(Action="s3:PutObject", Resource=f"{BUCKET}/AWSLogs/*"))
    assert policy.allows("s3:PutObject", resource=resource, within=within) is answer


def test_an_explicit_deny_wins() -> None:
    policy = document(allow(Action="*", Resource="*"), deny(Action="s3:Delete*", Resource=f"{BUCKET}/*"))
    assert policy.allows("s3:DeleteObject", resource=f"{BUCKET}/x") is False
    assert policy.allows("s3:DeleteObject", resource="arn:aws:s3:::other/x") is True
    assert policy.allows("s3:DeleteObject") is True
    assert policy.denies("s3:DeleteObject", resource=f"{BUCKET}/x") is True
    assert policy.denies("s3:GetObject", resource=f"{BUCKET}/x") is False


def test_a_conditional_deny_counts_only_when_it_is_judged() -> None:
    policy = document(
        allow(Action="s3:*", Resource="*"),
        deny(Action="s3:*", Resource="*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
    )
    assert policy.allows("s3:GetObject") is True
    assert policy.allows("s3:GetObject", context={"AWS:securetransport": "false"}) is False
    assert policy.allows("s3:GetObject", context={"aws:SecureTransport": "true"}) is True
    assert policy.allows("s3:GetObject", context={}) is None


SERVICE = {"Service": "logs.us-west-2.amazonaws.com"}


@pytest.mark.parametrize(
    ("principal", "caller", "answer"),
    [
        (SERVICE, iam.service("logs.amazonaws.com", region="us-west-2"), True),
        (SERVICE, iam.service("logs.amazonaws.com", region="us-east-1"), False),
        (SERVICE, iam.service("logs.amazonaws.com"), None),
        (SERVICE, iam.service("logs.amazonaws.com", region=UNKNOWN_STRING), None),
        (SERVICE, iam.service("logs.us-west-2.amazonaws.com"), True),
        (SERVICE, iam.service("sns.amazonaws.com", region="us-west-2"), False),
        ({"Service": "logs.amazonaws.com"}, "logs.us-west-2.amazonaws.com", True),
        ({"Service": "Logs.amazonaws.com"}, "logs.amazonaws.com", True),
        ({"Service": ["sns.amazonaws.com", UNKNOWN_STRING]}, "logs.amazonaws.com", None),
        ({"Service": "ec2.amazonaws.com.cn"}, "ec2.amazonaws.com", True),
        ("*", "logs.amazonaws.com", True),
        ({"AWS": "*"}, "logs.amazonaws.com", True),
        ({"AWS": ROOT}, "logs.amazonaws.com", False),
        (UNKNOWN_OBJECT, "logs.amazonaws.com", None),
        ({"AWS": ROOT}, iam.account(ACCOUNT), True),
        ({"AWS": ACCOUNT}, ROOT, True),
        ({"AWS": int(ACCOUNT)}, ROOT, True),
        ({"AWS": ROOT}, iam.account("310987654321"), False),
        ({"AWS": ROOT}, iam.account(UNKNOWN_STRING), None),
        ({"AWS": UNKNOWN_STRING}, iam.account(ACCOUNT), None),
        ({"AWS": ROLE}, iam.account(ACCOUNT), False),
        ({"AWS": ROLE}, ROLE, True),
        ({"AWS": ROOT}, ROLE, None),
        ({"AWS": "310987654321"}, ROLE, False),
        ({"AWS": ROLE}, UNKNOWN_STRING, None),
        ({"AWS": UNKNOWN_ARRAY}, ROLE, None),
        ({"Federated": "cognito-identity.amazonaws.com"}, iam.federated("cognito-identity.amazonaws.com"), True),
        ({"Federated": "cognito-identity.amazonaws.com"}, iam.federated("accounts.google.com"), False),
        ("*", iam.ANYONE, True),
        ({"AWS": ["*"]}, "*", True),
        ({"AWS": ROLE}, iam.ANYONE, False),
        ({"AWS": UNKNOWN_STRING}, iam.ANYONE, None),
        ({"Service": UNKNOWN_STRING}, iam.ANYONE, False),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, iam.ANYONE, False),
    ],
)
def test_principals(principal: object, caller: iam.Caller | str, answer: Answer) -> None:
    policy = iam.parse({"Statement": allow(Principal=principal, Action="kms:*", Resource="*")})
    assert policy.statements[0].admits(caller) is answer
    assert policy.allows("kms:Decrypt", principal=caller) is answer


def test_not_principal() -> None:
    opened = document(allow(NotPrincipal={"AWS": ROLE}, Action="*", Resource="*")).statements[0]
    assert opened.admits_anyone() is True
    assert opened.admits(ROLE) is False
    assert opened.admits(f"{ROLE}-2") is True
    closed = document(deny(NotPrincipal={"AWS": ROLE}, Action="*", Resource="*")).statements[0]
    assert closed.admits_anyone() is False


def test_denying_an_account_denies_its_roles() -> None:
    policy = document(
        allow(Principal={"AWS": ROLE}, Action="s3:*", Resource="*"),
        deny(Principal={"AWS": ROOT}, Action="s3:PutObject", Resource="*"),
    )
    assert policy.allows("s3:PutObject", principal=ROLE) is False
    assert policy.allows("s3:GetObject", principal=ROLE) is True


def test_identity_policies_admit_nobody_by_name() -> None:
    assert document(allow(Action="*", Resource="*")).allows("s3:GetObject", principal="*") is False


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (allow(Action=UNKNOWN_ARRAY, Resource="*"), None),
        (allow(Action=["s3:GetObject", UNKNOWN_STRING], Resource="*"), True),
        (allow(Action="s3:PutObject", Resource=UNKNOWN_STRING), False),
        (allow(Action="s3:GetObject", Resource=UNKNOWN_STRING), None),
        (allow(Action="s3:GetObject", Resource=[UNKNOWN_STRING, "*"]), True),
        ({"Effect": UNKNOWN_STRING, "Action": "s3:GetObject", "Resource": "*"}, None),
        ({"Effect": UNKNOWN_STRING, "Action": "s3:PutObject", "Resource": "*"}, False),
        (UNKNOWN_OBJECT, None),
    ],
)
def test_unknown_parts(statement: object, answer: Answer) -> None:
    policy = iam.parse({"Statement": [statement]})
    assert policy.allows("s3:GetObject", resource=f"{BUCKET}/x") is answer


def test_a_known_allow_decides_beside_unknown_ones() -> None:
    known = document(allow(Action="s3:GetObject", Resource="*"))
    both = iam.combine([iam.UNKNOWN, known])
    assert both.allows("s3:GetObject") is True
    assert both.allows("s3:PutObject") is None
    assert both.denies("s3:GetObject") is None
    assert iam.combine([known, document(deny(Action="s3:*", Resource="*"))]).allows("s3:GetObject") is False


def test_a_known_deny_of_something_unknown_leaves_it_open() -> None:
    policy = iam.parse(
        {"Statement": [allow(Action="s3:*", Resource="*"), deny(Action="s3:GetObject", Resource=UNKNOWN_STRING)]}
    )
    assert policy.allows("s3:GetObject", resource=f"{BUCKET}/x") is None
    assert policy.allows("s3:PutObject", resource=f"{BUCKET}/x") is True


def test_a_trust_policy_has_no_resource() -> None:
    policy = document(allow(Principal={"Service": "ecs-tasks.amazonaws.com"}, Action="sts:AssumeRole"))
    assert policy.allows("sts:AssumeRole", principal="ecs-tasks.amazonaws.com") is True
    assert policy.allows("sts:AssumeRole", principal="ecs.amazonaws.com") is False


JSONISH = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([UNKNOWN_STRING, UNKNOWN_ARRAY, UNKNOWN_OBJECT, "*", "Allow", "Deny", ROOT, "s3:*", "false"])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("Statement", "Version", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
                    *("Resource", "NotResource", "Condition", "Sid", "AWS", "Service", "Bool", "StringLike"),
                    *("aws:SecureTransport", "aws:SourceArn", "IpAddress", "aws:SourceIp", "ForAnyValue:StringEquals"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


def _ask_everything(policy: iam.Document) -> None:
    assert policy.allows(["s3:GetObject"], principal="*", resource=BUCKET) in (True, False, None)
    assert policy.allows("s3:*", principal="s3.amazonaws.com", within=BUCKET, context={"aws:SourceIp": "1.2.3.4"}) in (
        True,
        False,
        None,
    )
    policy.denies("s3:GetObject", principal=ROLE, context={"aws:SourceArn": iam.ABSENT})
    iam.requires_tls(policy, ["s3:*"], [BUCKET])
    iam.public_statements(policy)
    iam.admin_statements(policy)
    for statement in policy.statements:
        iam.guards_confused_deputy(statement)
        iam.whole_services(statement)
        iam.wildcard_actions(statement)
        iam.wildcard_resources(statement)
        for principal in statement.principals:
            iam.principal_problem(principal)
    for judge in (iam.problems, iam.identity_problems, iam.resource_problems, iam.trust_problems):
        assert all(str(problem) for problem in judge(policy))


@given(JSONISH)
def test_no_value_raises(value: object) -> None:
    _ask_everything(iam.parse(value))
    _ask_everything(iam.parse({"Statement": value}))
    _ask_everything(iam.parse({"Statement": [{"Effect": "Allow", "Principal": value, "Condition": value}]}))


@given(st.text())
def test_no_text_raises(text: str) -> None:
    _ask_everything(iam.parse(text))


def _known_forms(value: Any, known: list[Any]) -> Any:
    """Put a known value in place of each unknown one."""
    if value in (UNKNOWN_STRING, UNKNOWN_ARRAY, UNKNOWN_OBJECT):
        return known[0]
    if isinstance(value, list):
        return [_known_forms(item, known) for item in value]
    if isinstance(value, dict):
        return {key: _known_forms(item, known) for key, item in value.items()}
    return value


PART = st.sampled_from(["s3:GetObject", "s3:*", "kms:*", "*", BUCKET, UNKNOWN_STRING])


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "Effect": st.sampled_from(["Allow", "Deny"]),
                "Principal": st.fixed_dictionaries({"AWS": st.sampled_from(["*", ROOT, ROLE, UNKNOWN_STRING])}),
                "Action": PART | st.lists(PART, max_size=2),
                "Resource": PART | st.lists(PART, max_size=2),
            }
        ),
        max_size=3,
    ),
    st.sampled_from(["*", ROOT, ROLE, BUCKET, "s3:GetObject", "nothing"]),
)
def test_a_definite_answer_holds_whatever_the_unknown_turns_out_to_be(statements: list[Any], known: str) -> None:
    asked: dict[str, Any] = {"principal": iam.account(ACCOUNT), "resource": BUCKET}
    before = iam.parse({"Statement": statements}).allows("s3:GetObject", **asked)
    after = iam.parse({"Statement": _known_forms(statements, [known])}).allows("s3:GetObject", **asked)
    if before is not None:
        assert before is after
