"""Reading states: versions, shapes, secrets, damage, and large ones piece by piece."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest

from preflight import wire
from preflight.fleet import state as states
from preflight.fleet.errors import StateError
from preflight.fleet.state import Member, decoded, parse, stream
from preflight.testing.program import R
from tests.fleet.states import checkpoint, exported

CIPHER = {wire.SIGNATURE_KEY: wire.SECRET, "ciphertext": "v1:AAAA:BBBB"}
PLAIN = {wire.SIGNATURE_KEY: wire.SECRET, "plaintext": '"correct horse"'}


def text(state: Any) -> bytes:
    return json.dumps(state).encode()


@pytest.mark.parametrize("version", [3, 4])
def test_exported_and_stored_states_are_the_same(version: int) -> None:
    state = exported() | {"version": version}
    stored, own = parse(text(checkpoint(state))), parse(text(state))
    assert [found.urn for found in stored.resources] == [found.urn for found in own.resources]
    assert (stored.name, own.name, own.version) == ("organization/app/dev", "", version)
    assert own.resources[-1].provider.properties["region"] == "us-east-1"


@pytest.mark.parametrize(
    ("data", "stage", "says"),
    [
        (b"", "parse", "the file is empty"),
        (text(exported())[:-20], "parse", "is not JSON to its end"),
        (b"[]", "state", "is a JSON list"),
        (b"{}", "state", "neither a checkpoint nor a deployment"),
        (text(exported() | {"version": 2}), "state", "deployment version 2; Preflight reads 3 and 4"),
        (text({"version": 3, "deployment": {"resources": {}}}), "state", "its resources are not a list"),
        (
            text({"version": 3, "deployment": {"resources": [{"urn": "x"}]}}),
            "state",
            "resources[0] has no URN or no type",
        ),
        (
            text({"version": 3, "deployment": {"resources": [{"urn": "x", "type": "t", "inputs": [1]}]}}),
            "state",
            "malformed",
        ),
    ],
)
def test_damage_is_named(data: bytes, stage: str, says: str) -> None:
    with pytest.raises(StateError, match=says.replace("[", r"\[").replace("(", r"\(")) as error:
        parse(data)
    assert error.value.stage == stage


def test_a_stack_that_was_never_deployed_is_empty() -> None:
    assert parse(text({"version": 3, "checkpoint": {"stack": "organization/a/dev", "latest": None}})).resources == []


def test_damaged_gzip_is_named() -> None:
    with pytest.raises(StateError, match="gzip data is damaged"):
        decoded(gzip.compress(text(exported()))[:-10])


def test_secrets_stay_unknown_and_plain_ones_are_remembered() -> None:
    state = exported()
    state["deployment"]["resources"][-1]["inputs"] |= {
        "encrypted": CIPHER,
        "plain": PLAIN,
        "nested": [{"deep": CIPHER}],
    }
    found = parse(text(state))
    inputs = found.resources[-1].inputs
    assert inputs["encrypted"] == wire.secret(wire.UNKNOWN_STRING)
    assert inputs["nested"] == [{"deep": wire.secret(wire.UNKNOWN_STRING)}]
    assert inputs["plain"] == wire.secret("correct horse")
    assert found.secrets.redact("a correct horse") == "a [secret]"


def test_what_a_state_holds_beside_managed_resources() -> None:
    state = exported()
    resources = state["deployment"]["resources"]
    looked_up, old = dict(resources[-1]), dict(resources[-1])
    looked_up |= {"urn": resources[-1]["urn"] + "2", "external": True, "aliases": ["urn:pulumi:dev::old::t::n"]}
    old |= {"delete": True}
    resources += [looked_up, old]
    state["deployment"] |= {
        "pending_operations": [{"resource": old, "type": "creating"}],
        "secrets_providers": {"type": "passphrase"},
    }
    found = parse(text(state))
    assert [resource.status for resource in found.resources] == ["managed", "managed", "managed", "external", "deleted"]
    assert [resource.judged for resource in found.resources][-2:] == [False, False]
    assert (found.pending, found.encrypted_by) == (1, "passphrase")
    assert found.resources[3].aliases == ["urn:pulumi:dev::old::t::n"]
    assert Member(found.resources[2]).properties["id"] == "jobs"


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("stored", [False, True])
def test_a_large_state_is_read_piece_by_piece(zipped: bool, stored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "WHOLE_BYTES", 100)
    monkeypatch.setattr(states, "LONG_BYTES", 10_000)
    state = exported("app", *(R("aws:sqs/queue:Queue", f"q{n}", name="x" * (20_000 if n else 5)) for n in range(3)))
    data = text(checkpoint(state) if stored else state)
    data = gzip.compress(data) if zipped else data
    assert decoded(data) is None
    found = stream(io.BytesIO(data))
    made = list(found.resources)
    assert [resource.name for resource in made][-3:] == ["q0", "q1", "q2"]
    assert made[-1].inputs["name"] == wire.UNKNOWN_STRING
    assert made[-1].provider is not None
    with pytest.raises(StateError, match=r"may be truncated|broke off"):
        list(stream(io.BytesIO(data[: len(data) // 2])).resources)


def test_files_of_this_machine_are_not_read_for_a_state() -> None:
    state = exported()
    code = {wire.SIGNATURE_KEY: wire.ARCHIVE, "hash": "abc", "path": "/etc"}
    state["deployment"]["resources"][-1]["inputs"]["code"] = code
    assert parse(text(state)).resources[-1].inputs["code"] == {wire.SIGNATURE_KEY: wire.ARCHIVE, "hash": "abc"}
