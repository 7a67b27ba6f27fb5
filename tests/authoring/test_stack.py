"""The resource graph's questions, at preview (references unknown) and at up (references known)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from preflight.finding import Undecided
from preflight.judging.session import Session
from preflight.resource import Resource
from preflight.stack import Stack
from preflight.testing import UNKNOWN, P, R, concat
from preflight.testing.program import Mode
from preflight.testing.requests import analyze_request, analyze_stack_request

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


def stack_of(*resources: R, mode: Mode = "preview") -> Stack:
    session = Session([])
    for resource in resources:
        session.analyze(analyze_request(resource, mode))
    return session.stack(analyze_stack_request(resources, mode))


def members(stack: Stack, *resources: R) -> list[Resource]:
    """The stack's view of resources, in the order given."""
    found = [stack.get(resource.urn) for resource in resources]
    return [resource for resource in found if resource is not None]


@pytest.mark.parametrize("mode", ["preview", "up"])
def test_who_points_at_me(mode: Mode) -> None:
    mine, other = R(BUCKET, "mine"), R(BUCKET, "other")
    policy = R(POLICY, "policy", bucket=mine.id)
    stack = stack_of(mine, other, policy, mode=mode)
    assert [found.name for found in stack.referring_to(stack.resources[0], POLICY, via="bucket")] == ["policy"]
    assert not stack.referring_to(stack.resources[1], POLICY, via="bucket")


@pytest.mark.parametrize("mode", ["preview", "up"])
def test_what_do_i_point_at(mode: Mode) -> None:
    mine, other = R(BUCKET, "mine"), R(BUCKET, "other")
    policy = R(POLICY, "policy", bucket=mine.id, policy=concat("x", other.arn))
    stack = stack_of(mine, other, policy, mode=mode)
    found = stack.resources[2]
    assert [partner.name for partner in stack.referred_by(found, "bucket", BUCKET)] == ["mine"]
    assert [partner.name for partner in stack.referred_by(found, "bucket")] == ["mine"]
    assert not stack.referred_by(found, "bucket", "aws:kms/key:Key")


@pytest.mark.parametrize("mode", ["preview", "up"])
def test_a_reference_through_another_resource(mode: Mode) -> None:
    mine, other = R(BUCKET, "mine"), R(BUCKET, "other")
    versioning = R(VERSIONING, "versioning", bucket=mine.id)
    policy = R(POLICY, "policy", bucket=versioning.prop("bucket"))
    stack = stack_of(mine, other, versioning, policy, mode=mode)
    assert [found.name for found in stack.referring_to(stack.resources[0], POLICY, via="bucket")] == ["policy"]
    assert not stack.referring_to(stack.resources[1], POLICY, via="bucket")
    assert [found.name for found in stack.referred_by(stack.resources[3], "bucket", BUCKET)] == ["mine"]


def test_other_tokens_of_the_kind_and_components_count() -> None:
    component = R("mine:x:Component", "component")
    bucket = R(BUCKET_V2, "bucket", parent=component)
    policy = R(POLICY, "policy", parent=component, bucket=bucket.id)
    stack = stack_of(component, bucket, policy)
    assert [found.name for found in stack.of_type(BUCKET)] == ["bucket"]
    above, found, attached = members(stack, component, bucket, policy)
    assert stack.referring_to(found, POLICY, via="bucket").certain == [attached]
    assert stack.parent(found) is above
    assert set(map(id, stack.children(above))) == {id(found), id(attached)}


def test_equal_known_names_are_a_reference() -> None:
    bucket = R(BUCKET, "bucket", bucket="logs-1")
    stack = stack_of(bucket, R(POLICY, "by-name", bucket="logs-1"), R(POLICY, "foreign", bucket="other"))
    partners = stack.referring_to(stack.resources[0], POLICY, via="bucket")
    assert [found.name for found in partners] == ["by-name"]
    assert len(partners) == 1


def test_a_bucket_is_found_by_its_arn_before_it_exists() -> None:
    config = R(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "replication",
        rules=[{"destination": {"bucket": "arn:aws:s3:::replica-1"}}],
    )
    stack = stack_of(R(BUCKET, "replica", bucket="replica-1"), config)
    assert stack.referred_by(stack.resources[1], "rules.destination.bucket", BUCKET).certain == [stack.resources[0]]


def test_an_unknown_from_nowhere_leaves_the_question_open() -> None:
    bucket, policy = R(BUCKET, "bucket"), R(POLICY, "policy", bucket=UNKNOWN)
    stack = stack_of(bucket, policy)
    partners = stack.referring_to(stack.resources[0], POLICY, via="bucket")
    assert partners.maybe_more
    assert partners.certain == []
    with pytest.raises(Undecided):
        bool(partners)
    with pytest.raises(Undecided):
        list(partners)
    with pytest.raises(Undecided):
        len(partners)
    with pytest.raises(Undecided):
        bool(stack.referred_by(stack.resources[1], "bucket", BUCKET))


def test_a_certain_partner_answers_though_others_are_possible() -> None:
    bucket = R(BUCKET, "bucket")
    stack = stack_of(bucket, R(POLICY, "sure", bucket=bucket.id), R(POLICY, "unsure", bucket=UNKNOWN))
    partners = stack.referring_to(stack.resources[0], POLICY, via="bucket")
    assert partners
    assert partners.maybe_more


def test_waiting_is_transitive() -> None:
    first = R(BUCKET, "first")
    second = R(BUCKET, "second", depends_on=[first])
    third = R(POLICY, "third", bucket=second.id)
    child = R(POLICY, "child", parent=third)
    stack = stack_of(first, second, third, child)
    a, b, c, d = members(stack, first, second, third, child)
    assert stack.waits_for(c, a)
    assert stack.waits_for(d, a)
    assert not stack.waits_for(a, c)
    assert not stack.waits_for(b, b)
    assert stack.depends(c, b)
    assert stack.depends(c, b, via="bucket")
    assert not stack.depends(c, a)


def test_regions_come_from_resource_provider_environment() -> None:
    replica = P("replica", region="eu-west-1")
    own = R(BUCKET, "own", provider=replica, region="eu-central-1")
    given = R(BUCKET, "given", provider=replica)
    none = R(BUCKET, "none", provider=P("bare", region=None))
    unknown = R(BUCKET, "unknown", provider=P("unsure", region=UNKNOWN))
    stack = stack_of(own, given, none, unknown)
    first, second, *others = members(stack, own, given, none, unknown)
    assert first.region == "eu-central-1"
    assert second.region == "eu-west-1"
    for found in others:
        assert found.known_region is None
        with pytest.raises(Undecided):
            assert found.region
    session = Session([], environment_region="us-west-2")
    assert session.resource(analyze_request(none, "preview")).region == "us-west-2"


def test_scopes() -> None:
    here, there = R(BUCKET, "here"), R(BUCKET, "there", provider=P("eu", region="eu-west-1"))
    account = R(BUCKET, "account", provider=P("audit", config={"assumeRoles": [{"roleArn": "arn:aws:iam::1:role/x"}]}))
    same = R(BUCKET, "same", provider=P("again"))
    stack = stack_of(here, there, account, same)
    first, second, third, fourth = members(stack, here, there, account, same)
    assert not stack.same_scope(first, second)
    assert not stack.same_scope(first, third)
    assert stack.same_scope(first, fourth)


@pytest.mark.parametrize("as_text", [False, True], ids=["as an object", "as JSON text, which SDKs send"])
def test_tags_have_the_default_tags_under_them(as_text: bool) -> None:
    default_tags: Any = {"tags": {"Project": "p", "Name": "default"}}
    tagged = P("tagged", config={"defaultTags": json.dumps(default_tags) if as_text else default_tags})
    bucket = R(BUCKET, "bucket", provider=tagged, tags={"Name": "own", "Late": UNKNOWN})
    found = stack_of(bucket).resources[0]
    assert found.tags == {"Project": "p", "Name": "own", "Late": None}


def test_inputs_win_over_unknown_outputs() -> None:
    """AnalyzeStack leaves unknown what the program left out; Analyze has shown that it is absent."""
    bucket = R(BUCKET, "bucket", outputs={"acl": UNKNOWN})
    found = stack_of(bucket).resources[0]
    assert found["acl"] is None
    assert not found.has("acl")
    with pytest.raises(Undecided):
        found.output("acl")
