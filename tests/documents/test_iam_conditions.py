"""Conditions of policy statements: every operator, absent keys, several values, unknown ones."""

from __future__ import annotations

import pytest

from preflight.documents import iam
from preflight.documents.answer import Answer
from preflight.documents.iam.condition import ContextValue
from preflight.wire import UNKNOWN_OBJECT, UNKNOWN_STRING

TOPIC = "arn:aws:sns:us-east-1:210987654321:alerts"


def condition(operator: str, values: object, key: str = "x:Key") -> iam.Condition:
    (statement,) = iam.parse({"Statement": {"Effect": "Allow", "Condition": {operator: {key: values}}}}).statements
    (found,) = statement.conditions
    return found


@pytest.mark.parametrize(
    ("operator", "values", "given", "answer"),
    [
        ("StringEquals", "a", "a", True),
        ("stringequals", ["b", "a"], "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEqualsIgnoreCase", "a", "A", False),
        ("StringLike", "a*", "ab", True),
        ("StringNotLike", "a*", "ab", False),
        ("NumericLessThan", 10, "9", True),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "10", False),
        ("NumericGreaterThanEquals", "1.2", "1.2", True),
        ("NumericEquals", "10", "ten", False),
        ("NumericNotEquals", "10", "11", True),
        ("DateLessThan", "2027-01-01T00:00:00Z", "2026-06-01", True),
        ("DateGreaterThan", "2027-01-01T00:00:00Z", "1767225600", False),
        ("DateEquals", "never", "2026-06-01", False),
        ("Bool", True, "true", True),
        ("Bool", "False", "true", False),
        ("BinaryEquals", "QQ==", "QQ==", True),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
        ("IpAddress", "10.0.0.1", "10.0.0.1", True),
        ("NotIpAddress", "10.0.0.0/8", "10.1.2.3", False),
        ("IpAddress", "nonsense", "10.1.2.3", False),
        ("ArnEquals", "arn:aws:sns:*:*:alerts", TOPIC, True),
        ("ArnLike", TOPIC, TOPIC, True),
        ("ArnNotLike", "arn:aws:sns:*:*:alerts", TOPIC, False),
        ("ArnNotEquals", "arn:aws:sqs:*:*:alerts", TOPIC, True),
        ("StringEquals", UNKNOWN_STRING, "a", None),
        ("StringEquals", [UNKNOWN_STRING, "a"], "a", True),
        ("StringNotEquals", [UNKNOWN_STRING, "a"], "a", False),
        ("StringNotEquals", [UNKNOWN_STRING, "a"], "b", None),
        ("StringEquals", "a", UNKNOWN_STRING, None),
        ("StringLike", "${aws:username}/*", "ann/x", None),
        ("IpAddress", UNKNOWN_STRING, "10.1.2.3", None),
        ("NoSuchOperator", "a", "a", None),
        ("ForAnyValue:StringEquals", ["a", "b"], ("b", "c"), True),
        ("ForAnyValue:StringEquals", ["a"], ("b", "c"), False),
        ("ForAllValues:StringEquals", ["a", "b"], ("b", "a"), True),
        ("ForAllValues:StringEquals", ["a", "b"], ("b", "c"), False),
        ("Null", "true", "a", False),
        ("Null", False, "a", True),
        ("Null", UNKNOWN_STRING, "a", None),
    ],
)
def test_holds(operator: str, values: object, given: ContextValue, answer: Answer) -> None:
    assert condition(operator, values).holds({"X:key": given}) is answer


@pytest.mark.parametrize(
    ("operator", "answer"),
    [
        ("StringEquals", False),
        ("StringEqualsIfExists", True),
        ("StringNotEquals", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
    ],
)
def test_a_request_without_the_key(operator: str, answer: Answer) -> None:
    assert condition(operator, "a").holds({"x:Key": iam.ABSENT}) is answer


def test_presence() -> None:
    assert condition("Null", "true").holds({"x:Key": iam.ABSENT}) is True
    assert condition("Null", "false").holds({"x:Key": iam.ABSENT}) is False


def test_a_key_that_is_not_in_the_context_is_not_known() -> None:
    assert condition("StringEquals", "a").holds({"x:Other": "a"}) is None


@pytest.mark.parametrize("whole", [UNKNOWN_OBJECT, {"StringEquals": UNKNOWN_OBJECT}])
def test_unknown_conditions_decide_nothing(whole: object) -> None:
    (statement,) = iam.parse({"Statement": {"Effect": "Allow", "Action": "s3:*", "Condition": whole}}).statements
    assert statement.holds({"aws:SourceIp": "10.0.0.1"}) is None
    assert statement.conditions[0].is_unknown


@pytest.mark.parametrize(
    ("operator", "known"),
    [
        ("StringEquals", True),
        ("ForAllValues:ArnLikeIfExists", True),
        ("Null", True),
        ("NullIfExists", False),
        ("StringEqual", False),
        ("ForSomeValues:StringEquals", False),
    ],
)
def test_operators(operator: str, known: bool) -> None:
    assert condition(operator, "a").is_known_operator is known
