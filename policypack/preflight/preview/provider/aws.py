"""The AWS provider, offline: Check, Create and Read by the schema facts.

Sources: pulumi-aws ``provider/tags.go`` and ``region.go`` (tagsAll, region), pulumi-terraform-bridge ``pkg/tfbridge``
(the rest).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from preflight import wire
from preflight.facts import schema
from preflight.preview.provider import functions, naming, placeholders, prerequisites
from preflight.preview.provider.base import OfflineProvider, Values
from preflight.preview.provider.coercion import (
    DEFAULTS,
    Coercion,
    holds_unknown,
    without_markers,
)
from preflight.preview.provider.results import CheckResult, Failure, InvokeResult, Prerequisite
from preflight.preview.state.values import contains_secret, reveal

# The output that an existing resource's id repeats, for types that programs look up by id ("Import" sections of the
# SDK's docs).
_ID_OUTPUTS: Final = {
    "aws:acm/certificate:Certificate": "arn",
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:dynamodb/table:Table": "name",
    "aws:ecr/repository:Repository": "name",
    "aws:ecs/cluster:Cluster": "arn",
    "aws:iam/group:Group": "name",
    "aws:iam/instanceProfile:InstanceProfile": "name",
    "aws:iam/policy:Policy": "arn",
    "aws:iam/role:Role": "name",
    "aws:iam/user:User": "name",
    "aws:kms/key:Key": "keyId",
    "aws:lambda/function:Function": "name",
    "aws:lb/listener:Listener": "arn",
    "aws:lb/loadBalancer:LoadBalancer": "arn",
    "aws:lb/targetGroup:TargetGroup": "arn",
    "aws:route53/zone:Zone": "zoneId",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:secretsmanager/secret:Secret": "arn",
    "aws:sns/topic:Topic": "arn",
    "aws:sqs/queue:Queue": "url",
}


class AwsProvider(OfflineProvider):
    """pulumi-aws of one version, for one environment."""

    def check_config(self, inputs: Mapping[str, Any]) -> Values:
        """Fill in the region, as the provider does from ``AWS_REGION``."""
        checked = super().check_config(inputs)
        checked.setdefault("region", self.environment.region)
        return checked

    def check(
        self, type: str, name: str, inputs: Mapping[str, Any], *, provider_inputs: Mapping[str, Any], autoname_seed: str
    ) -> CheckResult:
        """Convert, name, complete; a type that the facts don't know passes unchanged."""
        if type == "pulumi:providers:aws":
            return CheckResult(self.check_config(inputs))
        described = schema.resource(type, self.version)
        if described is None:
            return super().check(type, name, inputs, provider_inputs=provider_inputs, autoname_seed=autoname_seed)
        coercion = Coercion(type, name)
        checked = coercion.properties(inputs, described.inputs)
        self._add_region(checked, described, provider_inputs)
        if "tags" in described.inputs and "tagsAll" in described.outputs:
            checked["tagsAll"] = all_tags(checked.get("tags"), provider_inputs)
        defaults = self._add_defaults(type, name, inputs, checked, described, autoname_seed, coercion)
        for missing in sorted(described.required - checked.keys()):
            coercion.missing(missing)
        if coercion.marked:
            checked[DEFAULTS] = sorted(defaults)
        return CheckResult(checked, tuple(coercion.failures))

    def _add_region(
        self, checked: Values, described: schema.ResourceSchema, provider_inputs: Mapping[str, Any]
    ) -> None:
        region = described.inputs.get("region")
        # Before version 7, `region` is a property of its own of a few types.
        if schema.major_of(self.version) < 7 or region is None or region.deprecated or "region" in checked:
            return
        checked["region"] = reveal(provider_inputs.get("region")) or self.environment.region

    def _add_defaults(
        self,
        type: str,
        name: str,
        given: Mapping[str, Any],
        checked: Values,
        described: schema.ResourceSchema,
        seed: str,
        coercion: Coercion,
    ) -> list[str]:
        defaults = []
        for key, known in described.inputs.items():
            if known.default is not None and key not in checked:
                checked[key] = known.default
                defaults.append(key)
        rule = naming.rule_for(type, checked, described)
        if rule is not None:
            try:
                # As given: a FIFO flag in a text doesn't count.
                checked[rule.property] = naming.make_name(rule, type, name, reveal(given), seed)
                defaults.append(rule.property)
            except naming.NameRefused as refused:
                coercion.failures.append(Failure(rule.property, str(refused)))
        if type == "aws:iam/role:Role" and isinstance(checked.get("inlinePolicies"), list):
            for index, policy in enumerate(checked["inlinePolicies"]):
                if isinstance(policy, dict) and policy.get("policy") and "name" not in policy:
                    made = naming.make_name(naming.INLINE_POLICY, type, name, policy, f"{seed}|{index}")
                    policy.update({"name": made, DEFAULTS: sorted([*policy.get(DEFAULTS, ()), "name"])})
        return defaults

    def create(self, type: str, inputs: Mapping[str, Any], *, provider_inputs: Mapping[str, Any]) -> Values:
        """Every output of the type: the input of the same name, else unknown."""
        outputs = {key: without_markers(value) for key, value in inputs.items() if not key.startswith("__")}
        described = schema.resource(type, self.version)
        if described is not None:
            for name in described.outputs:
                if outputs.get(name) is None:
                    outputs[name] = wire.UNKNOWN_STRING
        return outputs

    def read(self, type: str, id: str, inputs: Mapping[str, Any], *, provider_inputs: Mapping[str, Any]) -> Values:
        """What the id itself tells: its other name among the outputs, and the region."""
        known = super().read(type, id, inputs, provider_inputs=provider_inputs)
        described = schema.resource(type, self.version)
        output = _ID_OUTPUTS.get(type)
        if described is None or not id or wire.is_unknown(id):
            return known
        if output is not None:
            known.setdefault(output, id)
        if type.startswith("aws:s3/bucket") and output is not None:
            known.setdefault("arn", f"arn:{self.environment.partition}:s3:::{id}")
        return known

    def read_prerequisite(self, type: str, id: str) -> Prerequisite:
        """What a look-up by id asks of the account."""
        return prerequisites.for_read(type, id)

    def invoke(self, token: str, args: Mapping[str, Any], *, provider_inputs: Mapping[str, Any]) -> InvokeResult:
        """Answer a function from its arguments and the environment, or with placeholders by its result type."""
        given = {key: value for key, value in reveal(args).items() if value is not None}
        if holds_unknown(given):
            return InvokeResult(None, unknown=True, prerequisite=prerequisites.for_invoke(token, given))
        described = schema.function(token, self.version)
        if described is not None:
            # The arguments come back in the result, whose types the SDK checks.
            given = Coercion(token, token, marked=False).properties(given, described.arguments)
        configured = reveal(provider_inputs.get("region"))
        if wire.is_unknown(configured):
            configured = placeholders.text("region")
        region = configured or self.environment.region
        context = functions.Context(
            self.environment.account_id, str(given.get("region") or region), self.version, default_tags(provider_inputs)
        )
        return functions.call(token, given, context)


def _config(provider_inputs: Mapping[str, Any], name: str) -> Any:
    """A provider setting; nested ones travel as JSON text."""
    value = reveal(provider_inputs.get(name))
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value


def default_tags(provider_inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The provider's default tags; values may be unknown sentinels. Empty when there are none, or when they are
    unknown.
    """
    setting = _config(provider_inputs, "defaultTags")
    tags = setting.get("tags") if isinstance(setting, dict) else None
    return dict(tags) if isinstance(tags, dict) else {}


def all_tags(tags: Any, provider_inputs: Mapping[str, Any]) -> Any:
    """`tagsAll`: the default tags with the resource's tags over them, without the ignored ones.

    Unknown as a whole when a part is unknown, secret when a part is secret, as in the provider.
    """
    defaults, ignored = _config(provider_inputs, "defaultTags"), _config(provider_inputs, "ignoreTags")
    own = reveal(tags)
    if holds_unknown(own) or holds_unknown(defaults) or holds_unknown(ignored):
        return wire.UNKNOWN_STRING
    merged = default_tags(provider_inputs) | (own if isinstance(own, dict) else {})
    if isinstance(ignored, dict):
        keys, prefixes = set(ignored.get("keys") or ()), tuple(ignored.get("keyPrefixes") or ())
        merged = {key: value for key, value in merged.items() if key not in keys and not key.startswith(prefixes)}
    secret = contains_secret(tags) or contains_secret(provider_inputs.get("defaultTags"))
    return wire.secret(merged) if secret else merged
