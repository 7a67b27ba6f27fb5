"""Near matches, spellings, bucket names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import names

WORD = st.text("abcXYZ_-1", max_size=10)


@given(WORD, WORD)
def test_edit_distance_is_a_distance(left: str, right: str) -> None:
    distance = names.edit_distance(left, right)
    assert distance == names.edit_distance(right, left)
    assert (distance == 0) == (left == right)
    assert distance <= max(len(left), len(right))
    for limit in (0, 1, 2):
        assert names.edit_distance(left, right, limit=limit) == min(distance, limit + 1)


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("", "abc", 3), ("kitten", "sitting", 3), ("recieve", "receive", 1), ("ecs-task", "ecs-tasks", 1)],
)
def test_edit_distance(left: str, right: str, distance: int) -> None:
    assert names.edit_distance(left, right) == distance


@pytest.mark.parametrize(
    ("word", "candidates", "found"),
    [
        (
            "noncurrentVersionExpirations",
            ["noncurrentVersionExpiration", "noncurrentVersionTransitions"],
            ["noncurrentVersionExpiration"],
        ),
        ("kms_key_id", ["kmsKeyId", "kmsKeyArn"], ["kmsKeyId"]),
        ("VpcId", ["vpcId", "vpcIds"], ["vpcId", "vpcIds"]),
        ("lambda.aws.com", ["lambda.amazonaws.com"], []),
        ("zzz", ["abc"], []),
        ("handler", ["handler"], []),
        ("Effects", ["Effect", "Action"], ["Effect"]),
    ],
)
def test_nearest(word: str, candidates: list[str], found: list[str]) -> None:
    assert names.nearest(word, candidates) == found


def test_nearest_within_given_edits() -> None:
    assert names.nearest("ecs-task.amazonaws.com", ["ecs-tasks.amazonaws.com", "ecs.amazonaws.com"], edits=2) == [
        "ecs-tasks.amazonaws.com"
    ]


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=5))
def test_no_text_raises(word: str, candidates: list[str]) -> None:
    assert set(names.nearest(word, candidates)) <= set(candidates)
    names.words(word)
    for convert in (names.camel, names.pascal, names.snake, names.kebab, names.singular, names.plural):
        convert(word)
    names.bucket_problems(word)
    names.bucket_problems(word, directory=True)


@pytest.mark.parametrize(
    ("camel", "snake"),
    [
        ("kmsKeyId", "kms_key_id"),
        ("cidrIpv4", "cidr_ipv4"),
        ("vpcId", "vpc_id"),
        ("enableDnsHostnames", "enable_dns_hostnames"),
        ("s3BucketName", "s3_bucket_name"),
    ],
)
def test_camel_and_snake_are_inverse(camel: str, snake: str) -> None:
    assert names.snake(camel) == snake
    assert names.camel(snake) == camel
    assert names.kebab(camel) == snake.replace("_", "-")


def test_spellings() -> None:
    assert names.pascal("kms_key_id") == "KmsKeyId"
    assert names.snake("DBInstanceClass") == "db_instance_class"
    assert names.words("DBInstance-class_2") == ["db", "instance", "class", "2"]


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("subnet", "subnets"),
        ("policy", "policies"),
        ("address", "addresses"),
        ("batch", "batches"),
        ("key", "keys"),
        ("rule", "rules"),
        ("status", "statuses"),
    ],
)
def test_number(one: str, many: str) -> None:
    assert names.singular(many) == one
    assert names.plural(one) == many
    assert names.singular(one) == one
    assert names.plural(many) == many


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("my.good-bucket-1", None),
        ("ab", "2 characters"),
        ("a" * 64, "64 characters"),
        ("My_Bucket", "'M' '_'"),
        ("-bucket", "begins with '-'"),
        ("bucket-", "ends with '-'"),
        ("a..b", "two dots"),
        ("192.168.5.4", "IP address"),
        ("xn--bucket", "'xn--'"),
        ("sthree-bucket", "'sthree-'"),
        ("amzn-s3-demo-bucket", "'amzn-s3-demo-'"),
        ("bucket-s3alias", "'-s3alias'"),
        ("bucket--ol-s3", "'--ol-s3'"),
        ("bucket.mrap", "'.mrap'"),
        ("bucket--usw2-az1--x-s3", "directory buckets"),
    ],
)
def test_bucket_names(name: str, fragment: str | None) -> None:
    found = names.bucket_problems(name)
    if fragment is None:
        assert found == []
    else:
        assert any(fragment in reason for reason in found)


def test_directory_bucket_names() -> None:
    assert names.bucket_problems("logs--usw2-az1--x-s3", directory=True) == []
    assert names.bucket_problems("logs", directory=True)


def test_a_rule_of_another_service() -> None:
    rule = names.NameRule(
        1, 32, "A-Za-z0-9-", "letters, digits and hyphens", first="A-Za-z0-9", forbidden=((r"\Ainternal-", "x"),)
    )
    assert names.problems("web-1", rule) == []
    assert names.problems("internal-web", rule) == ["x"]
    assert len(names.problems("-" + "ä" * 40, rule)) == 3
    assert re.search("'ä'", names.problems("ä", rule)[0])
