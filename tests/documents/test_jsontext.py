"""JSON texts with positions: what is wrong, where, near which key."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import jsontext

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 2]))
def test_what_json_writes_is_read_back(value: object, indent: int | None) -> None:
    read = jsontext.parse(json.dumps(value, indent=indent))
    assert read.error is None
    assert read.value == value
    assert read.duplicates == ()


@given(st.text() | st.text('{}[],:"\\ \n019a', max_size=40))
def test_no_text_raises(text: str) -> None:
    read = jsontext.parse(text)
    if read.error:
        assert read.error.line >= 1
        assert read.error.column >= 1
        assert str(read.error)


@given(JSON, st.integers(0, 60), st.sampled_from(['"', ",", "}", "]", "'", "\\", ""]))
def test_no_damaged_text_raises(value: object, place: int, damage: str) -> None:
    text = json.dumps(value)
    jsontext.parse(text[:place] + damage + text[place + 1 :])


@pytest.mark.parametrize(
    ("text", "message", "line", "column", "near"),
    [
        ("", "empty", 1, 1, ""),
        ("  \n", "empty", 1, 1, ""),
        ('{"a": 1,}', "comma after the last entry", 1, 8, "a"),
        ('{"a": [1, 2,\n]}', "comma after the last entry", 1, 12, "a"),
        ('{"Statement": [{"Effect": "Allow"\n"Action": "*"}]}', "comma is missing", 2, 1, "Statement[0].Effect"),
        ("{'a': 1}", "double quotes", 1, 2, ""),
        ('{"a": True}', "Python", 1, 7, "a"),
        ('{"a": // why\n 1}', "no comments", 1, 7, "a"),
        ('{"a": NaN}', "NaN", 1, 1, ""),
        ('{"a": "b', "not closed", 1, 7, "a"),
        ('{"a": 1', "ends before it is complete", 1, 8, "a"),
        ('{"a": 1} x', "after the end", 1, 10, "a"),
        ('{"a" 1}', "colon is missing", 1, 6, "a"),
        ('{"a": "x\ny"}', "line break", 1, 9, "a"),
        ("\ufeff{}", "byte-order mark", 1, 1, ""),
        ('{"a": }', "value is expected", 1, 7, "a"),
        ("[" * 300 + "]" * 300, "nested deeper", 1, 1, ""),
        ("[" * 100_000, "nested deeper", 1, 1, ""),
        ("1" * 5000, "", 1, 1, ""),
    ],
)
def test_errors(text: str, message: str, line: int, column: int, near: str) -> None:
    error = jsontext.parse(text).error
    if error is None:
        # Python before 3.11 reads numbers of any length.
        assert text.isdigit()
        return
    assert message in error.message
    assert (error.line, error.column, error.near) == (line, column, near)


def test_duplicate_keys_are_found_where_they_stand() -> None:
    read = jsontext.parse('{"a": {"b": 1,\n  "b": 2}, "c": [{"d": 1, "d": 2}], "e": "a"}')
    assert read.value == {"a": {"b": 2}, "c": [{"d": 2}], "e": "a"}
    assert [(found.path, found.line, found.column) for found in read.duplicates] == [("a.b", 2, 3), ("c[0].d", 2, 27)]


def test_an_error_reads_as_one_sentence() -> None:
    assert str(jsontext.parse('{"a": 1,}').error) == "there is a comma after the last entry (line 1, column 8, near a)"
