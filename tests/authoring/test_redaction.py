"""What is secret is in no text, in any form, and no other text changes."""

from __future__ import annotations

import json
from collections.abc import Callable

from hypothesis import assume, given
from hypothesis import strategies as st

from preflight import wire
from preflight.redaction import MASK, Secrets, is_distinctive

shapes = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
odd = st.sampled_from(
    [
        "back\\slash-9",
        "tab\there-9",
        "line\nbreak-99",
        "both'\"quotes9",
        "Zürich☃-99",
        '{"password": "S3cret!!"}',
        "pa$$w0rd!",
    ]
)
forms = st.sampled_from(
    [str, repr, json.dumps, lambda text: json.dumps(text, ensure_ascii=False), lambda text: f"({text})"]
)
words = st.text(st.characters(categories=["Ll", "Nd", "Zs"]), max_size=60)


@given(st.lists(shapes | odd, min_size=1, max_size=5), forms, words, words)
def test_no_distinctive_secret_stands_in_any_text(
    secrets: list[str], form: Callable[[str], str], before: str, after: str
) -> None:
    run = Secrets()
    for secret in secrets:
        Secrets(run).add(secret)
    for secret in filter(is_distinctive, secrets):
        shown = run.mask(f"{before} {form(secret)} {after}")
        assert secret not in shown
        assert form(secret) not in shown


@given(shapes, words)
def test_a_common_secret_is_taken_out_as_a_value_of_its_resource(secret: str, around: str) -> None:
    own = Secrets(Secrets())
    own.add(secret)
    assert f"'{secret}'" not in own.redact(f"{around} is '{secret}'")
    assert repr(secret) not in own.redact(f"{around} is {secret!r}")


@given(st.lists(shapes, max_size=5), words)
def test_no_other_text_changes(secrets: list[str], text: str) -> None:
    run = Secrets()
    own = Secrets(run)
    for secret in secrets:
        own.add(secret)
    assume(not any(part and part in text for secret in secrets for part in (secret, *secret.split())))
    assert own.redact(text) == text
    assert run.mask(text) == text


def test_common_words_of_one_resource_garble_no_other() -> None:
    run = Secrets()
    own, other = Secrets(run), Secrets(run)
    own.add('{"engine": "postgres", "port": 5432, "password": "Hk93-lLq2"}')
    text = "'postgres' listens on 5432 with password 'Hk93-lLq2', and postgres is longer than short"
    assert other.redact(text) == text.replace("Hk93-lLq2", MASK)
    assert own.redact(text) == f"'{MASK}' listens on {MASK} with password '{MASK}', and postgres is longer than short"


def test_a_secret_that_a_message_cuts_short_is_taken_out() -> None:
    run = Secrets()
    run.add("AKIAIOSFODNN7EXAMPLE-and-so-on-and-on-and-on")
    assert run.mask("it is AKIAIOSFODNN7EXAMPLE-and-so… today") == f"it is {MASK}… today"


def test_the_lines_of_a_private_key_are_taken_out() -> None:
    run = Secrets()
    run.add("-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n")
    assert run.mask("    MIIEvQIBADANBgkq") == f"    {MASK}"


def test_wrapped_values_are_learned() -> None:
    run = Secrets()
    run.learn({"a": [wire.secret({"deep": "S3cret-in-here"})], "b": "not-secret-99"})
    assert run.masked({"x": ["S3cret-in-here", "not-secret-99"], "y": wire.secret(1)}) == {
        "x": [MASK, "not-secret-99"],
        "y": MASK,
    }
