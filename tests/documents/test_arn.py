"""ARNs in all three shapes, buckets in all spellings, and texts that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import arn
from preflight.documents.answer import Answer
from preflight.documents.arn import Arn
from preflight.wire import UNKNOWN_STRING


@pytest.mark.parametrize(
    ("text", "separator", "kind", "identity", "name"),
    [
        ("arn:aws:s3:::logs", "", "", "logs", "logs"),
        ("arn:aws:iam::210987654321:role/service-role/admin", "/", "role", "service-role/admin", "admin"),
        ("arn:aws:lambda:us-east-1:210987654321:function:resize", ":", "function", "resize", "resize"),
        ("arn:aws:logs:us-east-1:210987654321:log-group:/aws/x:*", ":", "log-group", "/aws/x:*", "x"),
        ("arn:aws-cn:sqs:cn-north-1:210987654321:jobs.fifo", "", "", "jobs.fifo", "jobs.fifo"),
    ],
)
def test_shapes(text: str, separator: str, kind: str, identity: str, name: str) -> None:
    parsed = Arn.parse(text)
    assert parsed is not None
    assert (parsed.separator, parsed.resource_type, parsed.resource_id, parsed.name) == (
        separator,
        kind,
        identity,
        name,
    )
    assert str(parsed) == text


@pytest.mark.parametrize(
    "text", [None, 3, "", "arn", "arn:aws:s3", "arn:aws:s3:::", "arn::s3:::b", "x:aws:s3:::b", UNKNOWN_STRING]
)
def test_no_arn(text: object) -> None:
    assert Arn.parse(text) is None
    assert arn.region_of(text) is None
    assert arn.service_of(text) is None


@given(st.text(alphabet="arn:aws*/{}$ x1", max_size=40))
def test_no_text_raises(text: str) -> None:
    parsed = Arn.parse(text)
    assert parsed is None or str(parsed) == text
    for wildcards in (True, False):
        arn.problem(text, wildcards=wildcards)
    arn.bucket_name(text)
    arn.bucket_and_key(text)
    arn.matches(text, text)
    arn.account_of(text)


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        ("arn:aws:s3:::logs/a/b", "logs"),
        ("logs", "logs"),
        ("s3://logs/a", "logs"),
        ("arn:aws:s3:us-east-1:210987654321:accesspoint/a", None),
        ("arn:aws:sqs:us-east-1:210987654321:q", None),
        ("a/b", None),
        (7, None),
    ],
)
def test_bucket_name(text: object, bucket: str | None) -> None:
    assert arn.bucket_name(text) == bucket


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://b.s3.amazonaws.com/t/x.yaml", ("b", "t/x.yaml")),
        ("https://b.c.s3.eu-west-1.amazonaws.com/x.yaml", ("b.c", "x.yaml")),
        ("https://b.s3-eu-west-1.amazonaws.com/x.yaml", ("b", "x.yaml")),
        ("https://s3.us-gov-west-1.amazonaws.com/b/x.yaml", ("b", "x.yaml")),
        ("https://s3.amazonaws.com/b/x.yaml?versionId=1", ("b", "x.yaml")),
        ("https://b.s3.dualstack.eu-west-1.amazonaws.com/x", ("b", "x")),
        ("https://b.s3.cn-north-1.amazonaws.com.cn/x", ("b", "x")),
        ("s3://b/x", ("b", "x")),
        ("http://b.s3.amazonaws.com/x", None),
        ("https://example.com/x", None),
        (None, None),
    ],
)
def test_bucket_and_key(url: object, found: tuple[str, str] | None) -> None:
    assert arn.bucket_and_key(url) == found


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("arn:aws:s3:::logs*", "arn:aws:s3:::logs-1", True),
        ("arn:aws:*:us-east-1:*:x", "arn:aws:sns:us-east-1:210987654321:x", True),
        ("arn:aws:sns:*:*:x", "arn:aws:sns:us-east-1:210987654321:a:x", False),
        ("*", "anything", True),
        (f"arn:aws:sns:us-east-1:{UNKNOWN_STRING}:x", "arn:aws:sns:us-east-1:210987654321:x", None),
        (f"arn:aws:sns:us-east-1:{UNKNOWN_STRING}:x", "arn:aws:sns:us-east-1:210987654321:y", False),
        ("short", "short", True),
    ],
)
def test_matches_part_by_part(pattern: str, text: str, answer: Answer) -> None:
    assert arn.matches(pattern, text) is answer


@pytest.mark.parametrize(
    ("text", "wildcards", "fragment"),
    [
        ("arn:aws:s3:::b", False, None),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", False, None),
        ("*", True, None),
        ("arn:aws:s3:::b/*", True, None),
        ("arn:aws:iam::*:role/x", True, None),
        ("arn:*:s3:::b", True, None),
        ("arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q", True, None),
        ("*", False, "does not begin with 'arn:'"),
        ("bucket/*", True, "does not begin with 'arn:'"),
        ("arn:aws:s3", True, "3 of six parts"),
        ("arn:amazon:s3:::b", True, "partition 'amazon'"),
        ("arn:aws:sqs:us-east-1:1234:q", False, "'1234' where the 12-digit account stands"),
        ("arn:aws:sqs:us-east-1:abc:q", True, "'abc' where"),
        ("arn:aws:*:us-east-1:210987654321:q", True, "no wildcard there"),
        ("arn:aws:s3:::", True, "names no resource"),
    ],
)
def test_problem(text: str, wildcards: bool, fragment: str | None) -> None:
    found = arn.problem(text, wildcards=wildcards)
    assert found is None if fragment is None else fragment in (found or "")


def test_parts() -> None:
    assert arn.account_of("210987654321") == "210987654321"
    assert arn.account_of("arn:aws:iam::210987654321:root") == "210987654321"
    assert arn.region_of("arn:aws:sqs:*:210987654321:q") is None
    assert arn.region_of("arn:aws:sqs:eu-west-1:210987654321:q") == "eu-west-1"
    assert arn.service_of("arn:aws:sqs:eu-west-1:210987654321:q") == "sqs"
    root = Arn.parse("arn:aws:iam::210987654321:root")
    assert root is not None
    assert root.is_account_root
    object_arn = Arn.parse("arn:aws:s3:::b/k/l")
    assert object_arn is not None
    assert (object_arn.bucket, object_arn.key) == ("b", "k/l")
