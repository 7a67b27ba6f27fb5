"""``[tool.preflight]`` in pyproject.toml: the same settings, the same checks, with lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from preflight.rules import load as load_rules
from preflight.settings.errors import SettingsError
from preflight.settings.file import baseline_of, load, own

TEXT = """
[project]
name = "shop"

[tool.preflight]
frameworks = ["hipaa"]
baseline = "known.json"

[tool.preflight.levels.rules]
"rds-storage-encrypted" = "mandatory"

[[tool.preflight.exemptions]]
rule = "rds-storage-encrypted"
reason = "a cache"
expires = 2030-01-31

[tool.other]
frameworks = ["x"]
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "pyproject.toml"
    file.write_text(text)
    return file


def test_the_table_is_the_settings(tmp_path: Path) -> None:
    file = write(tmp_path, TEXT)
    assert own(tmp_path) == file
    assert baseline_of(file) == tmp_path / "known.json"
    settings = load(file, load_rules())
    assert settings.frameworks == ("hipaa",)
    assert settings.levels == {"rules": {"rds-storage-encrypted": "mandatory"}}
    [exemption] = settings.exemptions
    assert (exemption.expires, exemption.where) == ("2030-01-31", "pyproject.toml:12")


def test_preflight_yaml_comes_first(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    (tmp_path / "preflight.yaml").write_text("")
    assert own(tmp_path) == tmp_path / "preflight.yaml"


def test_a_project_without_the_table_has_no_settings(tmp_path: Path) -> None:
    write(tmp_path, "[project]\nname = 'x'\n[tool.preflights]\n")
    assert own(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.preflight]\n\nframeworks = ['hippa']", "pyproject.toml:3: frameworks[0]: 'hippa' is none of the known values"),
        ("[tool.preflight.levels]\nkind = {}", "pyproject.toml:2: levels.kind: there is no such key"),
        ("[[tool.preflight.exemptions]]\nrule = 'x'\n[[tool.preflight.exemptions]]\nrule = 'y'\nexpires = 'soon'", "pyproject.toml:5: exemptions[1].expires"),
        ("[tool.preflight]\nframeworks = [", "pyproject.toml: is not valid TOML"),
        ("[tool.preflight.parameters]\n'no-rule' = {a = 1}", "pyproject.toml:2: parameters.no-rule: there is no rule 'no-rule'"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, text), load_rules())
    assert says in str(caught.value)
