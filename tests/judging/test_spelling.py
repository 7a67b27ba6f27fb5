"""Marked properties, values and types in the spelling of each language."""

import pytest

from preflight.judging.spelling import Language, property_path, render


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("python", "set `multi_az=True`, or `rules[0].from_port=22`; see `aws.ec2.Eip`, `depends_on`, `True`"),
        ("nodejs", "set `multiAz: true`, or `rules[0].fromPort: 22`; see `aws.ec2.Eip`, `dependsOn`, `true`"),
        ("bun", "set `multiAz: true`, or `rules[0].fromPort: 22`; see `aws.ec2.Eip`, `dependsOn`, `true`"),
        ("yaml", "set `multiAz: true`, or `rules[0].fromPort: 22`; see `aws:ec2:Eip`, `dependsOn`, `true`"),
        (
            "go",
            "set `MultiAz: pulumi.Bool(true)`, or `Rules[0].FromPort: pulumi.Int(22)`; see `ec2.Eip`, `DependsOn`, `true`",
        ),
        ("dotnet", "set `MultiAz = true`, or `Rules[0].FromPort = 22`; see `Aws.Ec2.Eip`, `DependsOn`, `true`"),
        ("java", "set `multiAz(true)`, or `rules[0].fromPort(22)`; see `aws.ec2.Eip`, `dependsOn`, `true`"),
        ("haskell", "set `multiAz: true`, or `rules[0].fromPort: 22`; see `aws.ec2.Eip`, `dependsOn`, `true`"),
    ],
)
def test_marks_are_spelled_for_the_language(language: str, expected: str) -> None:
    text = "set `multiAz=true`, or `rules[0].fromPort=22`; see `aws.ec2.Eip`, `dependsOn`, `true`"
    assert render(text, Language.of(language)) == expected


def test_other_marks_and_unmarked_words_stay() -> None:
    text = "run `pulumi up --yes`, allow `s3:GetObject`, keep `arn:aws:s3:::x` and multiAz and `Principal`"
    assert all(render(text, language) == text for language in Language)


def test_strings_are_typed_in_go_alone() -> None:
    assert render('`storageType="gp3"`', Language.GO) == '`StorageType: pulumi.String("gp3")`'
    assert render('`storageType="gp3"`', Language.PYTHON) == '`storage_type="gp3"`'


def test_keys_of_maps_are_the_programs_own() -> None:
    assert property_path("environment.variables.dbHost", Language.PYTHON) == "environment.variables.dbHost"
    assert property_path("defaultTags.costCenter", Language.PYTHON) == "default_tags.costCenter"
    assert property_path("ingress[0].cidrBlocks[1]", Language.GO) == "Ingress[0].CidrBlocks[1]"
