"""Reading a resource: absent, known, unknown, and everything odd."""

from __future__ import annotations

from typing import Any

import pytest

from preflight import wire
from preflight.finding import Undecided
from preflight.resource import Resource, canonical
from preflight.view import Items, View

U = wire.UNKNOWN_STRING


def resource(inputs: dict[str, Any], outputs: dict[str, Any] | None = None) -> Resource:
    return Resource(
        urn="urn:pulumi:dev::p::aws:x/y:Y::subject",
        type_token="aws:x/y:Y",
        name="subject",
        load_inputs=lambda: inputs,
        load_outputs=None if outputs is None else lambda: outputs,
    )


def test_values_by_path() -> None:
    found = resource({"a": {"b": [{"c": 1}, {"c": 2}]}, "n": None, "dotted.key": "v"})
    assert found["a.b[1].c"] == 2
    assert found["a.b[7].c"] is None
    assert found["n"] is None
    assert found["a.x.y"] is None
    assert found["dotted.key"] == "v"
    assert isinstance(found["a"], View)
    assert found["a"].path == "a"
    assert isinstance(found["a.b"], Items)
    assert found["a.b"][0].path == "a.b[0]"


def test_a_list_of_one_may_be_left_out() -> None:
    found = resource({"rules": [{"id": "x"}], "many": [{"id": 1}, {"id": 2}], "single": {"id": "y"}})
    assert found["rules.id"] == "x"
    assert found["single[0].id"] == "y"
    with pytest.raises(Undecided, match="list of 2"):
        found["many.id"]


@pytest.mark.parametrize("sentinel", sorted(wire.UNKNOWNS))
def test_all_sentinels_are_unknown(sentinel: str) -> None:
    found = resource({"a": {"b": sentinel}, "c": sentinel})
    for path in ("a.b", "c", "c.d", "c[0]"):
        with pytest.raises(Undecided):
            found[path]
    assert found.has("a.b")
    assert found.has("c")
    assert found.known("c") is None
    assert found.is_unknown("c")
    assert found.is_unknown("c.deep")
    with pytest.raises(Undecided):
        found.has("c.d")


def test_presence_needs_no_value() -> None:
    found = resource({"key": U, "empty": "", "none": [], "nothing": {}})
    assert found.has("key")
    assert not found.has("empty")
    assert not found.has("none")
    assert not found.has("nothing")
    assert not found.has("absent")


def test_an_unknown_key_may_be_any_key() -> None:
    found = resource({"tags": {U: "x", "Name": "n"}})
    assert found["tags.Name"] == "n"
    with pytest.raises(Undecided):
        found["tags.Owner"]
    with pytest.raises(Undecided):
        list(found["tags"].keys())


def test_known_entries_come_before_the_unknown() -> None:
    found = resource({"l": [U, {"v": 1}, {"v": U}, {"v": 2}]})
    seen = []
    with pytest.raises(Undecided) as raised:
        for entry in found.each("l"):
            seen.append(entry.path)
    assert seen == ["l[1]", "l[2]", "l[3]"]
    assert raised.value.path == "l[0]"
    values = []
    with pytest.raises(Undecided) as again:
        for value in found.values("l.v"):
            values.append(value)
    assert values == [1, 2]
    assert again.value.path == "l[0]"


def test_each_takes_a_single_object_for_a_list() -> None:
    assert [entry["v"] for entry in resource({"l": {"v": 1}}).each("l")] == [1]
    assert list(resource({"l": "text"}).each("l")) == []
    assert list(resource({}).each("l.x.y")) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("true", True), ("False", False), (1, True), ("0", False), ("", None), (None, None)],
)
def test_flags(value: Any, expected: bool | None) -> None:
    assert resource({"f": value}).flag("f") is expected


@pytest.mark.parametrize("value", ["yes", [], {}, 7, U])
def test_what_is_no_flag_is_undecided(value: Any) -> None:
    with pytest.raises(Undecided):
        resource({"f": value}).flag("f")


@pytest.mark.parametrize(("value", "expected"), [(3, 3), ("3", 3), ("2.5", 2.5), (None, None)])
def test_numbers(value: Any, expected: float | None) -> None:
    assert resource({"n": value}).number("n") == expected


@pytest.mark.parametrize("value", ["three", "nan", "inf", True, [1], U])
def test_what_is_no_number_is_undecided(value: Any) -> None:
    with pytest.raises(Undecided):
        resource({"n": value}).number("n")


def test_texts() -> None:
    found = resource({"t": "x", "n": 5, "b": True, "o": {"k": 1}})
    assert (found.text("t"), found.text("n"), found.text("b"), found.text("z")) == ("x", "5", "true", None)
    with pytest.raises(Undecided, match="not a text"):
        found.text("o")


def test_internal_keys_and_nulls_are_dropped() -> None:
    found = resource({"__defaults": ["x"], "a": {"__defaults": [], "b": None, "c": 1}})
    assert found["a"].plain() == {"c": 1}
    assert found["__defaults"] is None


def test_secrets_are_read_and_not_shown() -> None:
    found = resource({"password": wire.secret("hunter22"), "policy": wire.secret('{"token": "abcdef"}')})
    assert found.text("password") == "hunter22"
    assert found["policy"] == '{"token": "abcdef"}'
    assert found.secrets.redact("it is hunter22, not 'abcdef'") == "it is [secret], not '[secret]'"


def test_short_secrets_are_taken_out_as_values_only() -> None:
    found = resource({"pin": wire.secret("4242"), "word": wire.secret("short"), "n": wire.secret(7)})
    assert found.inputs["pin"] == "4242"
    assert found.secrets.redact("4242 of 14242, 'short' is shorter than 7") == (
        "[secret] of 14242, '[secret]' is shorter than 7"
    )


def test_references_and_outputs_are_unwrapped() -> None:
    reference = {wire.SIGNATURE_KEY: wire.RESOURCE_REFERENCE, "urn": "urn:x", "id": "i-1"}
    pending = {wire.SIGNATURE_KEY: wire.OUTPUT_VALUE, "dependencies": []}
    known = {wire.SIGNATURE_KEY: wire.OUTPUT_VALUE, "value": "v", "secret": True}
    found = resource({"r": reference, "p": pending, "k": known})
    assert found["r"] == "i-1"
    assert found.is_unknown("p")
    assert found["k"] == "v"
    assert found.secrets.redact("word v is 'v'") == "word v is '[secret]'"


def test_outputs_stand_in_for_inputs_that_were_unknown() -> None:
    found = resource({"a": U, "b": {"c": U}, "d": 1}, {"a": "now", "b": {"c": "too"}, "d": 2, "arn": "arn:x", "e": U})
    assert found["a"] == "now"
    assert found["b.c"] == "too"
    assert found["d"] == 1
    assert found["e"] is None
    assert found.output("arn") == "arn:x"
    with pytest.raises(Undecided):
        found.output("e")
    assert found.known_output("e") is None
    assert found.output("z") is None


def test_plain_needs_everything_known() -> None:
    with pytest.raises(Undecided) as raised:
        resource({"a": {"b": [1, U]}})["a"].plain()
    assert raised.value.path == "a.b[1]"


def test_findings_know_where_they_are() -> None:
    found = resource({"rules": [{"id": "x"}]})
    finding = found["rules"][0].finding("bad", at="id")
    assert (finding.name, finding.path, finding.type) == ("subject", "rules[0].id", "aws:x/y:Y")


def test_lists_compare_and_contain() -> None:
    items = resource({"l": ["a", "b"]})["l"]
    assert items == ["a", "b"]
    assert "a" in items
    assert items[0:1] == ["a"]
    assert len(items) == 2


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket"),
        ("aws:s3/bucketVersioningV2:BucketVersioningV2", "aws:s3/bucketVersioning:BucketVersioning"),
        ("aws:alb/listener:Listener", "aws:lb/listener:Listener"),
        ("aws:elasticloadbalancing/loadBalancer:LoadBalancer", "aws:elb/loadBalancer:LoadBalancer"),
        ("aws:ses/emailV2:EmailV2", "aws:ses/emailV2:EmailV2"),
        ("random:index/randomId:RandomId", "random:index/randomId:RandomId"),
    ],
)
def test_tokens_of_one_kind(token: str, kind: str) -> None:
    assert canonical(token) == kind
