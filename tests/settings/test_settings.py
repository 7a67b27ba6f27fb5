"""preflight.yaml: levels, frameworks, parameters, stacks, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from preflight.finding import Certainty, Finding, Kind, Level, Severity
from preflight.rule import Parameter, Resource, Rule
from preflight.settings.errors import SettingsError
from preflight.settings.file import load, locate
from preflight.settings.model import Settings
from tests.conftest import MakeRule


def sample_blocker(resource: Resource) -> None: ...
def sample_silent(resource: Resource) -> None: ...
def sample_advice(resource: Resource) -> None: ...
def sample_control(resource: Resource) -> None: ...


@pytest.fixture
def rules(make_rule: MakeRule) -> dict[str, Rule]:
    made = [
        make_rule(sample_blocker, parameters={"days": Parameter.of(90, "Least days.", minimum=1)}),
        make_rule(sample_silent, severity=Severity.HIGH, formerly="conftest-old"),
        make_rule(sample_advice, severity=Severity.LOW),
        make_rule(
            sample_control,
            kind=Kind.COMPLIANCE,
            severity=Severity.HIGH,
            controls={"hipaa": "164.312(b)", "pci-dss-4.0": "1"},
        ),
    ]
    return {rule.id.removeprefix("test-settings-sample-"): rule for rule in made}


def read(tmp_path: Path, text: str, rules: dict[str, Rule]) -> Settings:
    path = tmp_path / "preflight.yaml"
    path.write_text(text)
    return load(path, rules.values())


def test_defaults(rules: dict[str, Rule]) -> None:
    settings = load(None, rules.values())
    assert {name: settings.level_of(rule).value for name, rule in rules.items()} == {
        "blocker": "mandatory",
        "silent": "mandatory",
        "advice": "advisory",
        "control": "advisory",
    }
    assert settings.parameters_of(rules["blocker"]) == {"days": 90}


def test_a_framework_makes_its_rules_mandatory(tmp_path: Path, rules: dict[str, Rule]) -> None:
    settings = read(tmp_path, "frameworks: [hipaa]", rules)
    assert settings.level_of(rules["control"]) is Level.MANDATORY
    assert settings.level_of(rules["advice"]) is Level.ADVISORY
    assert read(tmp_path, "frameworks: [fedramp-moderate]", rules).level_of(rules["control"]) is Level.ADVISORY


def test_the_more_specific_level_wins(tmp_path: Path, rules: dict[str, Rule]) -> None:
    text = """
levels:
  kinds: {compliance: disabled, deployment: advisory}
  severities: {low: disabled}
"""
    settings = read(tmp_path, text, rules)
    assert settings.level_of(rules["control"]) is Level.DISABLED
    assert settings.level_of(rules["blocker"]) is Level.ADVISORY
    assert settings.level_of(rules["advice"]) is Level.DISABLED
    text += "  frameworks: {hipaa: mandatory, pci-dss-4.0: advisory}\n"
    assert read(tmp_path, text, rules).level_of(rules["control"]) is Level.MANDATORY
    text += "  rules: {test-settings-sample-control: remediate, conftest-old: disabled}\n"
    settings = read(tmp_path, text, rules)
    assert settings.level_of(rules["control"]) is Level.REMEDIATE
    assert settings.level_of(rules["silent"]) is Level.DISABLED


def test_stack_patterns(tmp_path: Path, rules: dict[str, Rule]) -> None:
    text = """
frameworks: [hipaa]
stacks:
  "dev*":
    frameworks: []
    levels: {rules: {test-settings-sample-blocker: advisory}}
    parameters: {test-settings-sample-blocker: {days: 1}}
  "dev-4":
    levels: {rules: {test-settings-sample-blocker: disabled}}
exemptions:
  - {rule: test-settings-sample-silent, stack: "dev*", reason: x}
"""
    settings = read(tmp_path, text, rules)
    assert settings.for_stack("prod").level_of(rules["control"]) is Level.MANDATORY
    assert settings.for_stack("prod").exemptions == ()
    dev = settings.for_stack("dev-3")
    assert dev.level_of(rules["control"]) is Level.ADVISORY
    assert dev.level_of(rules["blocker"]) is Level.ADVISORY
    assert dev.parameters_of(rules["blocker"]) == {"days": 1}
    assert len(dev.exemptions) == 1
    assert settings.for_stack("dev-4").level_of(rules["blocker"]) is Level.DISABLED


def test_certainty_decides_whether_a_deployment_rule_blocks(tmp_path: Path, rules: dict[str, Rule]) -> None:
    race, control = (Finding("urn", "t", "n", "m", certainty=certainty) for certainty in (Certainty.RACE, None))
    settings = load(None, rules.values())
    assert settings.level_of_finding(rules["blocker"], race) is Level.ADVISORY
    assert settings.level_of_finding(rules["blocker"], control) is Level.MANDATORY
    raised = read(tmp_path, "levels: {certainties: {race: mandatory, certain: advisory}}", rules)
    assert raised.level_of(rules["blocker"]) is Level.ADVISORY
    assert raised.level_of(rules["control"]) is Level.ADVISORY
    off = read(tmp_path, "levels: {certainties: {race: disabled}}", rules)
    assert off.level_of_finding(rules["blocker"], race) is Level.DISABLED
    assert off.level_of(rules["blocker"]) is Level.MANDATORY


def test_a_lighter_finding_of_a_strict_rule(rules: dict[str, Rule]) -> None:
    finding = Finding("urn", "t", "n", "m", severity=Severity.LOW)
    settings = Settings()
    assert settings.level_of_finding(rules["blocker"], finding) is Level.ADVISORY
    assert settings.level_of_finding(rules["blocker"], Finding("urn", "t", "n", "m")) is Level.MANDATORY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("framework: [hipaa]", "preflight.yaml:1: framework: there is no such key; did you mean frameworks?"),
        ("\nframeworks: [hippa]", "preflight.yaml:2: frameworks[0]: 'hippa' is none of the known values; did you mean hipaa?"),
        ("frameworks: hipaa", "preflight.yaml:1: frameworks: must be a list, not 'hipaa'"),
        ("levels:\n  rules:\n    test-settings-sample-bloker: advisory", "preflight.yaml:3: levels.rules.test-settings-sample-bloker: there is no rule"),
        ("levels:\n  rules:\n    test-settings-sample-blocker: advise", "'advise' is none of the known values; did you mean advisory?"),
        ("parameters:\n  test-settings-sample-blocker:\n    day: 3", "preflight.yaml:3: parameters.test-settings-sample-blocker.day: rule test-settings-sample-blocker has no such parameter; did you mean days?"),
        ("parameters:\n  test-settings-sample-blocker:\n    days: 0", "preflight.yaml:3: parameters.test-settings-sample-blocker.days: 0 is less than the minimum of 1 (Least days.)"),
        ("exemptions:\n  - reason: x", "preflight.yaml:2: exemptions[0]: the key 'rule' is missing; add it"),
        ("exemptions:\n  - rule: conftest-old\n    expires: 2026-02-31", "'2026-02-31' is not a day of the calendar"),
        ("a: 1\na: 2", "preflight.yaml:2: is not valid YAML: duplicate key 'a'; keep one"),
        ("a: [", "preflight.yaml:1: is not valid YAML"),
        ("- x", "preflight.yaml:1: the file: must be a mapping, not a list"),
    ],
)  # fmt: skip
def test_mistakes_have_a_place_and_a_way_out(tmp_path: Path, rules: dict[str, Rule], text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text, rules)
    assert message in str(raised.value)


def test_an_empty_file_is_the_defaults(tmp_path: Path, rules: dict[str, Rule]) -> None:
    assert read(tmp_path, "# nothing\n", rules) == Settings()


def test_where_the_file_is(tmp_path: Path) -> None:
    assert locate(tmp_path, {}) is None
    beside = tmp_path / "preflight.yaml"
    beside.write_text("")
    assert locate(tmp_path, {}) == beside
    other = tmp_path / "other.yaml"
    other.write_text("")
    assert locate(tmp_path, {"PREFLIGHT_SETTINGS": str(other)}) == other
    with pytest.raises(SettingsError, match="there is no such file"):
        locate(tmp_path, {"PREFLIGHT_SETTINGS": str(tmp_path / "gone.yaml")})
