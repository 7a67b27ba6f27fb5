"""Glob patterns: plain matching against the standard library, covering and overlapping against samples, holes."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents.answer import Answer, either, every, negate
from preflight.documents.wildcard import covers, has_hole, has_wildcard, overlaps
from preflight.wire import UNKNOWN_STRING

PATTERN = st.text("ab*?", max_size=8)
PLAIN = st.text("ab", max_size=8)


@given(PATTERN, PLAIN)
def test_plain_text_matches_as_in_the_standard_library(pattern: str, text: str) -> None:
    assert covers(pattern, text) is bool(re.fullmatch(fnmatch.translate(pattern), text))
    assert overlaps(pattern, text) is covers(pattern, text)


@given(PATTERN, PATTERN, PLAIN)
def test_a_covering_pattern_matches_whatever_the_other_matches(left: str, right: str, sample: str) -> None:
    if covers(left, right) and covers(right, sample):
        assert covers(left, sample)
    if covers(left, sample) and covers(right, sample):
        assert overlaps(left, right)


@given(PATTERN, PATTERN)
def test_covering_and_overlapping_are_consistent(left: str, right: str) -> None:
    assert covers(left, left)
    assert overlaps(left, right) is overlaps(right, left)
    if covers(left, right):
        assert overlaps(left, right)


@given(st.text(max_size=30), st.text(max_size=30), st.booleans())
def test_no_text_raises(left: str, right: str, ignore_case: bool) -> None:
    assert covers(left, right, ignore_case=ignore_case) in (True, False, None)
    assert overlaps(left, right, ignore_case=ignore_case) in (True, False, None)


@given(PATTERN, st.text("ab", max_size=4), st.text("ab", max_size=4))
def test_a_hole_decides_only_what_holds_for_every_value(pattern: str, before: str, value: str) -> None:
    answer = covers(pattern, before + UNKNOWN_STRING)
    if answer is not None:
        assert covers(pattern, before + value) is answer


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("s3:*", "s3:GetObject", True),
        ("s3:*", "s3:Get*", True),
        ("s3:Get*", "s3:*", False),
        ("*?", "?*", True),
        ("?*", "*", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/ann/x", None),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::c/ann/x", False),
        ("a${*}", "a${*}", True),
        ("a${*}", "ab", False),
        ("*", UNKNOWN_STRING, True),
        (UNKNOWN_STRING, "x", None),
        (f"{UNKNOWN_STRING}/*", "arn:aws:s3:::b", False),
        (f"{UNKNOWN_STRING}/*", UNKNOWN_STRING, None),
    ],
)
def test_covers(pattern: str, text: str, answer: Answer) -> None:
    assert covers(pattern, text) is answer


def test_case_counts_unless_ignored() -> None:
    assert covers("S3:getobject", "s3:GetObject") is False
    assert covers("S3:getobject", "s3:GetObject", ignore_case=True) is True


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        ("a*", "*b", True),
        ("a*", "b*", False),
        (UNKNOWN_STRING, "*", True),
        (UNKNOWN_STRING, "a", None),
        (f"a{UNKNOWN_STRING}", "b*", False),
    ],
)
def test_overlaps(left: str, right: str, answer: Answer) -> None:
    assert overlaps(left, right) is answer


def test_what_a_text_holds() -> None:
    assert has_wildcard("s3:*")
    assert not has_wildcard("a${*}")
    assert has_hole("a${aws:username}")
    assert not has_hole("a*")


ANSWER = st.sampled_from([True, False, None])


@given(st.lists(ANSWER, max_size=4))
def test_connectives_agree_with_every_way_the_unknown_may_turn_out(answers: list[Answer]) -> None:
    low = [bool(answer) for answer in answers]
    high = [answer is not False for answer in answers]
    assert either(answers) is (any(low) if any(low) == any(high) else None)
    assert every(answers) is (all(low) if all(low) == all(high) else None)
    assert [negate(negate(answer)) for answer in answers] == answers
