"""What a table of situations refuses: it must not pass where it says nothing."""

from __future__ import annotations

import pytest

from preflight.finding import Findings
from preflight.resource import Resource
from preflight.stack import Stack
from preflight.testing import R, fails, passes, table
from tests.conftest import MakeRule

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
KEY = R("aws:kms/key:Key", "key")
APP = R("program:index:App", "app", key=KEY.arn)


def policy_attached(bucket: Resource, stack: Stack) -> Findings:
    if not stack.referring_to(bucket, POLICY, via="bucket"):
        yield bucket.finding("has no policy")


def held(name: str = "b", **more: object) -> tuple[R, R]:
    bucket = R(BUCKET, name, **more)
    return bucket, R(POLICY, "p", bucket=bucket.id)


@pytest.mark.parametrize(
    ("resources", "lost"),
    [
        ([R(BUCKET, "b", kmsKeyId=KEY.arn)], "key"),
        ([R(BUCKET, "b", tags={"deep": [KEY.arn]})], "key"),
        ([R(BUCKET, "b", depends_on=[KEY])], "key"),
        ([R(BUCKET, "b", parent=APP)], "app"),
    ],
)
def test_a_situation_holds_what_it_refers_to(make_rule: MakeRule, resources: list[R], lost: str) -> None:
    rule = make_rule(policy_attached, BUCKET)
    with pytest.raises(AssertionError, match=f"'alone': refers to {lost}, which the situation lacks"):
        table(rule, passes("held", *held()), fails("alone", *resources))


def test_given_resources_are_added_where_they_are_referred_to(make_rule: MakeRule) -> None:
    rule = make_rule(policy_attached, BUCKET)
    alone = fails("alone", R(BUCKET, "b", parent=APP))
    run = table(rule, passes("held", *held()), alone, given=[APP, KEY])
    [marks] = run.pytestmark  # type: ignore[attr-defined]
    cases = {param.values[0].title: param.values[0] for param in marks.args[1]}
    assert [resource.name_ for resource in cases["alone"].resources] == ["b", "app", "key"]
    assert [resource.name_ for resource in cases["held"].resources] == ["b", "p"]
    for param in marks.args[1]:
        run(*param.values)


def test_a_finding_is_expected_on_a_resource_of_the_situation(make_rule: MakeRule) -> None:
    rule = make_rule(policy_attached, BUCKET)
    with pytest.raises(AssertionError, match="on=other names no resource of the situation"):
        table(rule, passes("held", *held()), fails("alone", R(BUCKET, "b"), on="other"))
