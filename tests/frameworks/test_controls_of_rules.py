from preflight import rules
from preflight.frameworks import FRAMEWORKS, UnknownControl


def test_every_control_that_a_rule_names_is_in_its_catalogue() -> None:
    wrong = []
    for rule in rules.load():
        for framework_id, numbers in rule.controls.items():
            for number in numbers:
                try:
                    FRAMEWORKS[framework_id].validate(number)
                except (KeyError, UnknownControl) as error:
                    wrong.append(f"{rule.id}: {error}")
    assert not wrong
