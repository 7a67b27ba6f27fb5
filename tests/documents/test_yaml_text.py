"""YAML that stalls whoever reads it is refused, with its place; each file that we read goes through the same reader."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from preflight.documents import template, yaml_text
from preflight.preview.program.yaml_files import read_mapping
from preflight.preview.state.errors import UsageError
from preflight.settings.errors import SettingsError
from preflight.settings.file import baseline_of, load

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "bomb": (BOMB, "holds more than"),
    "cycle": ("a: &a [*a]\n", "an anchor holds itself"),
    "cycle in a key": ("a: &a {b: {c: *a}}\n", "an anchor holds itself"),
    "deep": ("a: " + "[" * 3_000 + "]" * 3_000 + "\n", "nested deeper than 100 levels"),
    "twice": ("a: 1\nb: 2\na: 3\n", "duplicate key 'a'; keep one"),
    "long": ("a: 1\n" * 1_000_000, "more than the 4000000 that are read"),
}


@pytest.mark.parametrize(("text", "said"), HOSTILE.values(), ids=HOSTILE)
def test_every_reader_refuses_it(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(yaml_text.YamlError, match=said):
        yaml_text.load(text, yaml.SafeLoader)
    file = tmp_path / "Pulumi.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_mapping(file)
    settings = tmp_path / "preflight.yaml"
    settings.write_text(text)
    with pytest.raises(SettingsError, match=said):
        load(settings, [])
    assert baseline_of(settings) is None


@pytest.mark.parametrize("name", ["bomb", "cycle", "deep"])
def test_templates_are_read_by_it(name: str) -> None:
    assert HOSTILE[name][1] in (template.parse(HOSTILE[name][0]).error or "")


def test_places_count_from_one(tmp_path: Path) -> None:
    with pytest.raises(yaml_text.YamlError) as refused:
        yaml_text.load("a: 1\nb: 2\n  a: 3\n", yaml.SafeLoader)
    assert (refused.value.line, refused.value.column) == (3, 4)
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config:\n  x: 1\n  x: 2\n")
    with pytest.raises(UsageError, match=r"Pulumi.dev.yaml:3:3: is not valid YAML: duplicate key 'x'; keep one"):
        read_mapping(file)


def test_aliases_that_people_write_are_read() -> None:
    text = "base: &base {a: 1, b: 2}\none: {<<: *base, b: 3}\ntwo: *base\n"
    assert yaml_text.load(text, yaml.SafeLoader)[0] == {
        "base": {"a": 1, "b": 2},
        "one": {"a": 1, "b": 3},
        "two": {"a": 1, "b": 2},
    }
