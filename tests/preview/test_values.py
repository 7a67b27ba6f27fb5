"""Values between program, provider and pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.preview.provider.placeholders import text
from preflight.preview.state import values
from preflight.wire import (
    ARCHIVE,
    ASSET,
    OUTPUT_VALUE,
    RESOURCE_REFERENCE,
    SIGNATURE_KEY,
    UNKNOWN_ARRAY,
    UNKNOWN_OBJECT,
    UNKNOWN_STRING,
    secret,
)


def output(**fields: Any) -> dict[str, Any]:
    return {SIGNATURE_KEY: OUTPUT_VALUE, **fields}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5) | st.just(UNKNOWN_STRING),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
        | inner.map(secret)
        | inner.map(lambda value: output(value=value, dependencies=["urn:a"]))
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("given_value", "wanted"),
    [
        ("plain", "plain"),
        (text("id"), UNKNOWN_STRING),
        (f"arn:{text('id')}/x", UNKNOWN_STRING),
        (f"x{values.SECRET_PLACEHOLDER}", secret(UNKNOWN_STRING)),
        (values.NUMBER_PLACEHOLDER, secret(UNKNOWN_STRING)),
        (True, True),
        ([text("a"), 1], [UNKNOWN_STRING, 1]),
        ({text("key"): 1}, UNKNOWN_OBJECT),
        ({"a": {"b": text("c")}}, {"a": {"b": UNKNOWN_STRING}}),
        ({SIGNATURE_KEY: ASSET, "text": text("a")}, UNKNOWN_STRING),
        ({SIGNATURE_KEY: ASSET, "uri": "https://example.com"}, {SIGNATURE_KEY: ASSET, "uri": "https://example.com"}),
    ],
)
def test_absorb(tmp_path: Path, given_value: Any, wanted: Any) -> None:
    assert values.absorb(given_value, tmp_path) == wanted


@pytest.mark.parametrize("value", [{SIGNATURE_KEY: ASSET, "path": "gone"}, {SIGNATURE_KEY: ARCHIVE, "path": "gone"}])
def test_absorb_missing_file(tmp_path: Path, value: dict[str, Any]) -> None:
    with pytest.raises(values.AssetError, match="gone"):
        values.absorb({"deep": [value]}, tmp_path)


@pytest.mark.parametrize(
    "value", [{SIGNATURE_KEY: ASSET}, {SIGNATURE_KEY: ARCHIVE, "assets": 3}, {SIGNATURE_KEY: ASSET, "path": 3}]
)
def test_absorb_leaves_malformed_assets_alone(tmp_path: Path, value: dict[str, Any]) -> None:
    assert values.absorb(value, tmp_path) == value


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (output(), UNKNOWN_STRING),
        (output(value=1), 1),
        (output(secret=True), secret(UNKNOWN_STRING)),
        (output(value=[output(value="a", secret=True)], dependencies=["urn:a"]), [secret("a")]),
        (secret(output(value="a")), secret("a")),
    ],
)
def test_downgrade(value: Any, wanted: Any) -> None:
    assert values.downgrade(value) == wanted


@given(JSON)
def test_upgrade_then_downgrade_is_downgrade(value: Any) -> None:
    def flat(item: Any) -> Any:
        """A secret within a secret is one secret."""
        if isinstance(item, dict):
            if values.is_secret(item) and values.is_secret(item["value"]):
                return flat(item["value"])
            return {key: flat(inner) for key, inner in item.items()}
        return [flat(inner) for inner in item] if isinstance(item, list) else item

    upgraded = values.upgrade(value)
    assert flat(values.downgrade(upgraded)) == flat(values.downgrade(value))
    assert values.output_dependencies(upgraded) == values.output_dependencies(value)
    assert values.contains_unknown(upgraded) == values.contains_unknown(value)


@given(JSON)
def test_reveal_leaves_no_secret(value: Any) -> None:
    assert not values.contains_secret(values.reveal(values.downgrade(value)))


def test_with_dependencies() -> None:
    properties = {"a": output(value=1, dependencies=["urn:x"]), "b": 2, "c": output(value=3, dependencies=["urn:y"])}
    assert values.with_dependencies(properties, {"a": ["urn:x"], "b": ["urn:z"], "c": ["urn:x"]}) == {
        "a": output(value=1, dependencies=["urn:x"]),
        "b": output(value=2, dependencies=["urn:z"]),
        "c": output(value=3, dependencies=["urn:x", "urn:y"]),
    }


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [({"id": "i-1", "urn": "urn:x"}, "i-1"), ({"id": "", "urn": "urn:x"}, UNKNOWN_STRING), ({"urn": "urn:x"}, "urn:x")],
)
def test_references_for_policies(reference: dict[str, str], wanted: str) -> None:
    assert values.for_analyzer([{SIGNATURE_KEY: RESOURCE_REFERENCE, **reference}]) == [wanted]


def test_contains_unknown() -> None:
    assert values.contains_unknown({"a": [UNKNOWN_ARRAY]})
    assert not values.contains_unknown({"a": ["text", None, 1]})


def test_keep_secrets() -> None:
    outputs = {"password": "p", "id": "i", "named": "n", "other": 1}
    kept = values.keep_secrets(outputs, {"password": secret("p")}, ["named", "id", "absent"])
    assert kept == {"password": secret("p"), "id": "i", "named": secret("n"), "other": 1}
