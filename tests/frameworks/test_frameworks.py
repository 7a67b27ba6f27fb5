import re

import pytest

from preflight import rules
from preflight.frameworks import FRAMEWORKS, UncoveredReason, UnknownControl, natural, rule_controls

FRAMEWORK_IDS = ["fedramp-moderate", "hipaa", "nist-800-53-r5", "pci-dss-3.2.1", "pci-dss-4.0"]


def test_the_frameworks_are_those_that_settings_can_name() -> None:
    assert list(FRAMEWORKS) == FRAMEWORK_IDS
    assert len(FRAMEWORKS) == 5
    assert "soc2" not in FRAMEWORKS


@pytest.mark.parametrize("framework_id", FRAMEWORK_IDS)
def test_a_catalogue_is_dated_sorted_and_worded(framework_id: str) -> None:
    framework = FRAMEWORKS[framework_id]
    assert framework.id == framework_id
    assert framework.title
    assert framework.version
    assert framework.source
    assert framework.dated[:2] == "20"
    assert list(framework.controls) == sorted(framework.controls, key=natural)
    for number, control in framework.controls.items():
        assert control.number == number
        assert control.title
        assert not control.title.endswith(".")


@pytest.mark.parametrize(
    ("framework_id", "number", "title"),
    [
        ("hipaa", "164.312(a)(2)(iv)", "Encrypt health information at rest"),
        ("nist-800-53-r5", "AC-2(12)(a)", "Watch accounts for the kinds of use defined as unusual"),
        ("pci-dss-3.2.1", "1.2.1.a", "Standards name the traffic that is necessary"),
        ("pci-dss-4.0", "A1.2.1", "Audit logs are on for each customer"),
        (
            "fedramp-moderate",
            "SI-4(a)(b)(c)",
            "Monitor for attacks and unauthorized use, by tools placed where they count",
        ),
    ],
)
def test_a_number_has_its_title(framework_id: str, number: str, title: str) -> None:
    assert FRAMEWORKS[framework_id].validate(number).title == title


@pytest.mark.parametrize(
    ("framework_id", "number", "message"),
    [
        ("hipaa", "164.312(a)(2)iv", "hipaa has no control '164.312(a)(2)iv'; did you mean 164.312(a)(2)(iv)?"),
        ("nist-800-53-r5", "ac-3", "nist-800-53-r5 has no control 'ac-3'; did you mean AC-3?"),
        ("pci-dss-4.0", "99.1", "pci-dss-4.0 has no control '99.1'"),
    ],
)
def test_an_unknown_number_is_refused_with_the_nearest_one(framework_id: str, number: str, message: str) -> None:
    with pytest.raises(UnknownControl) as error:
        FRAMEWORKS[framework_id].validate(number)
    assert str(error.value) == message


def test_a_statement_has_one_spelling() -> None:
    for framework in ("nist-800-53-r5", "fedramp-moderate"):
        assert not [
            number for number in FRAMEWORKS[framework].controls if re.fullmatch(r"[A-Z]{2}-\d+\([a-z]\)", number)
        ]
    with pytest.raises(UnknownControl, match=r"did you mean SC-7b\?"):
        FRAMEWORKS["nist-800-53-r5"].validate("SC-7(b)")


def test_the_table_of_rules_is_normalized_and_of_rules_that_exist() -> None:
    known = {rule.id for rule in rules.load()}
    assert set(rule_controls()) <= known
    for controls in rule_controls().values():
        for framework, numbers in controls.items():
            listed = numbers.split()
            assert listed == sorted(set(listed), key=natural)
            assert all(FRAMEWORKS[framework].validate(number) for number in listed)


def test_numbers_sort_as_people_count() -> None:
    numbers = ["AC-10", "AC-2(12)(a)", "AC-2", "AC-2d.1", "AC-2(3)"]
    assert sorted(numbers, key=natural) == ["AC-2", "AC-2(3)", "AC-2(12)(a)", "AC-2d.1", "AC-10"]


def test_parts_are_what_stands_below_a_number() -> None:
    pci = FRAMEWORKS["pci-dss-3.2.1"]
    assert [part.number for part in pci.parts("10.5")] == ["10.5.1", "10.5.2", "10.5.3", "10.5.4", "10.5.5"]
    nist_parts = [part.number for part in FRAMEWORKS["nist-800-53-r5"].parts("AC-2")]
    assert "AC-2(4)" in nist_parts
    assert "AC-2d.1" in nist_parts
    assert not any(part.startswith("AC-2") and part[4:5].isdigit() for part in nist_parts)


def test_a_control_that_no_rule_can_judge_says_why() -> None:
    assert FRAMEWORKS["hipaa"].validate("164.310(b)").uncovered_reason is UncoveredReason.PHYSICAL
    assert FRAMEWORKS["hipaa"].validate("164.312(b)").uncovered_reason is None
    assert {reason.text for reason in UncoveredReason}
