"""What the hand tables name exists: types and inputs in pulumi-aws, actions and policies in IAM."""

from __future__ import annotations

import pytest

from preflight.facts import (
    deprecations,
    eks,
    iam,
    kms,
    lambda_,
    names,
    principals,
    references,
    s3,
    schema,
    scopes,
    services,
    timeouts,
)

PATHS = sorted(
    {(row.type, path) for row in names.by_type().values() for path in (row.property, *row.parents)}
    | {(row.type, path) for row in scopes.by_type().values() for path in row.key}
    | {(type_token, path) for type_token, paths in references.SAME_REGION.items() for path in paths}
    | {(row.type, row.path) for row in deprecations.OLD_VALUES}
    | {(row.type, path) for row in deprecations.OLD_VALUES for path, _ in row.where}
    | set(kms.SENDERS)
    | set(lambda_.TRIGGERS)
    | set(principals.ASSUMED_BY)
    | set(eks.ROLE_POLICIES)
)
TYPES = sorted({*scopes.by_type(), *timeouts.CREATION, *s3.BUCKET_SETTINGS, *services._TYPES, *iam.NAME_MAX_LENGTHS})


def objects(kind: schema.Type) -> schema.ObjectType | None:
    """The object inside lists, maps and unions."""
    while kind.of is not None:
        kind = kind.of
    return next((option.object for option in kind.options if option.object), kind.object)


@pytest.mark.parametrize(("type_token", "path"), PATHS)
def test_inputs_exist(type_token: str, path: str) -> None:
    resource = schema.resource(type_token)
    assert resource is not None
    properties = resource.inputs
    for name in path.split("."):
        assert name in properties
        inner = objects(properties[name].type)
        properties = inner.properties if inner else {}


@pytest.mark.parametrize("type_token", TYPES)
def test_types_exist(type_token: str) -> None:
    assert schema.resource(type_token) is not None


def test_actions_exist() -> None:
    named = {
        *lambda_.ROTATION_ACTIONS,
        *lambda_.ROTATION_KEY_ACTIONS,
        *kms.LOGS_ACTIONS,
        *kms.SENDER_ACTIONS,
        *(iam.TRUST_ACTIONS - {"sts:SetContext"}),
        *(action for actions in lambda_.FEATURE_ACTIONS.values() for action in actions),
        *(action for actions in lambda_.EVENT_SOURCE_ACTIONS.values() for action in actions),
    }
    assert [action for action in sorted(named) if not iam.action_exists(*action.split(":"))] == []


def test_policies_exist() -> None:
    named = {name for sets in eks.ROLE_POLICIES.values() for policies in sets for name in policies}
    assert [name for name in sorted(named) if iam.managed_policy_arn(name) is None] == []


def test_principals_exist() -> None:
    named = {
        *(trigger.principal for trigger in lambda_.TRIGGERS.values()),
        *(principal for allowed in principals.ASSUMED_BY.values() for principal in allowed),
        *kms.SENDERS.values(),
        *lambda_.PERMISSION_SOURCE_SERVICES,
    }
    assert [principal for principal in sorted(named) if not principals.exists(principal)] == []


def test_bucket_settings_have_their_inline_twin() -> None:
    inline = {
        name
        for token in ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
        for resource in [schema.resource(token)]
        if resource
        for name in resource.inputs
    }
    assert {name for name in s3.BUCKET_SETTINGS.values() if name} <= inline
