"""The provider functions that can be answered offline; the others get placeholders by the schema facts."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from preflight.facts import lb, schema
from preflight.preview.provider import placeholders, policy_document, prerequisites, regions
from preflight.preview.provider.environment import DNS_SUFFIXES, partition_of
from preflight.preview.provider.results import Failure, InvokeResult

Fields = dict[str, Any]

_ARN_PARTS: Final = 6


@dataclass(frozen=True)
class Context:
    """Who asks: the account, the region of the call, the provider's version and its default tags."""

    account_id: str
    region: str
    version: str | None = None
    default_tags: Mapping[str, Any] = field(default_factory=dict)

    @property
    def partition(self) -> str:
        """The partition of the region."""
        return partition_of(self.region)


def call(token: str, arguments: Mapping[str, Any], context: Context) -> InvokeResult:
    """Answer the function `token` for plain arguments that are all known."""
    described = schema.function(token, context.version)
    model = _MODELS.get(token)
    if model is None:
        return InvokeResult(
            None if described is None else placeholders.fill(described, _with_region(described, arguments, context)),
            unknown=True,
            prerequisite=prerequisites.for_invoke(token, arguments),
        )
    try:
        known = model(context, arguments)
    except ValueError as error:
        return InvokeResult(None, failures=(Failure("", f"invocation of {token} returned an error: {error}"),))
    known = {**arguments, **known}
    if described is None:
        return InvokeResult(known)
    return InvokeResult(placeholders.fill(described, _with_region(described, known, context)))


def _with_region(function: schema.FunctionSchema, known: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Since version 7 most results say which region they are of."""
    said = function.result.get("region")
    return {"region": context.region, **known} if said is not None and said.type.base == "str" else dict(known)


def _get_region(context: Context, arguments: Mapping[str, Any]) -> Fields:
    named = arguments.get("name") or arguments.get("region") or context.region
    endpoint = arguments.get("endpoint")
    if endpoint:
        named = next((part for part in str(endpoint).split(".") if part in regions.REGIONS), named)
    region = regions.REGIONS.get(named)
    return {
        "id": named,
        "name": named,
        "region": named,
        "endpoint": f"ec2.{named}.{DNS_SUFFIXES[partition_of(named)]}",
        "description": region.description if region is not None else None,
    }


def _get_caller_identity(context: Context, _: Mapping[str, Any]) -> Fields:
    return {"accountId": context.account_id, "id": context.account_id}


def _get_partition(context: Context, _: Mapping[str, Any]) -> Fields:
    suffix = DNS_SUFFIXES[context.partition]
    return {
        "id": context.partition,
        "partition": context.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _get_availability_zones(context: Context, arguments: Mapping[str, Any]) -> Fields:
    region = regions.REGIONS.get(context.region)
    excluded = set(arguments.get("excludeNames") or ())
    wanted = {
        str(item.get("name")): [str(value) for value in item.get("values") or ()]
        for item in arguments.get("filters") or ()
        if isinstance(item, dict)
    }
    # Local zones and zone ids differ between accounts.
    if region is None or arguments.get("excludeZoneIds") or set(wanted) - _ZONE_FILTERS:
        return {"id": context.region}
    names = [f"{context.region}{letter}" for letter in region.zones]
    for key, values in wanted.items():
        facts = {"zone-type": "availability-zone", "opt-in-status": "opt-in-not-required", "state": "available"}
        names = [
            name
            for name in names
            if any(
                fnmatch.fnmatchcase({**facts, "zone-name": name, "region-name": context.region}[key], v) for v in values
            )
        ]
    if arguments.get("state") not in (None, "available"):
        names = []
    names = [name for name in names if name not in excluded]
    return {
        "id": context.region,
        "names": names,
        "zoneIds": [placeholders.text(f"zone-id-of-{name}") for name in names],
        "groupNames": [context.region],
    }


_ZONE_FILTERS: Final = {"zone-type", "opt-in-status", "state", "zone-name", "region-name"}


def _get_regions(context: Context, arguments: Mapping[str, Any]) -> Fields:
    if arguments.get("filters"):
        return {"id": context.partition}
    every = arguments.get("allRegions") is True
    names = [
        name
        for name, region in regions.REGIONS.items()
        if partition_of(name) == context.partition and (every or not region.opt_in)
    ]
    return {"id": context.partition, "names": sorted(names)}


def _get_service_principal(context: Context, arguments: Mapping[str, Any]) -> Fields:
    service = str(arguments.get("serviceName", ""))
    # In the other partitions the suffix depends on the service.
    if context.partition not in ("aws", "aws-us-gov"):
        return {"region": context.region, "serviceName": service}
    return {
        "id": f"{service}.{context.region}.amazonaws.com",
        "name": f"{service}.amazonaws.com",
        "suffix": "amazonaws.com",
        "region": context.region,
    }


def _parse_arn(text: str) -> list[str]:
    parts = text.split(":", _ARN_PARTS - 1)
    if len(parts) != _ARN_PARTS or parts[0] != "arn":
        raise ValueError(f"arn: invalid prefix or not enough sections in {text!r}")
    return parts[1:]


def _get_arn(_: Context, arguments: Mapping[str, Any]) -> Fields:
    text = str(arguments.get("arn", ""))
    partition, service, region, account, resource = _parse_arn(text)
    return {
        "id": text,
        "partition": partition,
        "service": service,
        "region": region,
        "account": account,
        "resource": resource,
    }


def _arn_parse(_: Context, arguments: Mapping[str, Any]) -> Fields:
    partition, service, region, account, resource = _parse_arn(str(arguments.get("arn", "")))
    return {"partition": partition, "service": service, "region": region, "accountId": account, "resource": resource}


def _arn_build(_: Context, arguments: Mapping[str, Any]) -> Fields:
    names = ("partition", "service", "region", "accountId", "resource")
    return {"arn": ":".join(["arn", *(str(arguments.get(name) or "") for name in names)])}


def _trim_iam_role_path(_: Context, arguments: Mapping[str, Any]) -> Fields:
    partition, service, region, account, resource = _parse_arn(str(arguments.get("arn", "")))
    if service != "iam" or not resource.startswith("role/"):
        raise ValueError(f"{arguments.get('arn')!r} is not a role's ARN")
    name = resource.rpartition("/")[2]
    return {"result": f"arn:{partition}:{service}:{region}:{account}:role/{name}"}


def _get_default_tags(context: Context, _: Mapping[str, Any]) -> Fields:
    return {"id": context.partition, "tags": {key: str(value) for key, value in context.default_tags.items()}}


def _get_billing_service_account(context: Context, _: Mapping[str, Any]) -> Fields:
    # AWS Billing documentation, "Setting up an Amazon S3 bucket for Cost and Usage Reports".
    return {"id": "386209384616", "arn": f"arn:{context.partition}:iam::386209384616:root"}


def _get_load_balancer_account(context: Context, _: Mapping[str, Any]) -> Fields:
    account = lb.log_account(context.region)
    if account is None:
        raise ValueError(f"unsupported AWS Region: {context.region}")
    return {"id": account, "arn": f"arn:{context.partition}:iam::{account}:root"}


def _get_elb_zone(context: Context, _: Mapping[str, Any]) -> Fields:
    return {"id": regions.LOAD_BALANCER_ZONES.get(context.region)}


def _get_lb_zone(context: Context, arguments: Mapping[str, Any]) -> Fields:
    network = arguments.get("loadBalancerType") == "network"
    table = regions.NETWORK_LOAD_BALANCER_ZONES if network else regions.LOAD_BALANCER_ZONES
    return {"id": table.get(context.region)}


def _get_canonical_user_id(context: Context, _: Mapping[str, Any]) -> Fields:
    if context.partition != "aws":
        return {}
    # Amazon CloudFront Developer Guide, "Configure standard logging (legacy)", awslogsdelivery.
    return {"id": "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"}


def _get_policy_document(_: Context, arguments: Mapping[str, Any]) -> Fields:
    return policy_document.render(arguments)


Model = Callable[[Context, Mapping[str, Any]], Fields]

_MODELS: Final[Mapping[str, Model]] = {
    "aws:cloudfront/getLogDeliveryCanonicalUserId:getLogDeliveryCanonicalUserId": _get_canonical_user_id,
    "aws:elb/getHostedZoneId:getHostedZoneId": _get_elb_zone,
    "aws:elb/getServiceAccount:getServiceAccount": _get_load_balancer_account,
    "aws:iam/getPolicyDocument:getPolicyDocument": _get_policy_document,
    "aws:index/arnBuild:arnBuild": _arn_build,
    "aws:index/arnParse:arnParse": _arn_parse,
    "aws:index/getArn:getArn": _get_arn,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _get_availability_zones,
    "aws:index/getBillingServiceAccount:getBillingServiceAccount": _get_billing_service_account,
    "aws:index/getCallerIdentity:getCallerIdentity": _get_caller_identity,
    "aws:index/getDefaultTags:getDefaultTags": _get_default_tags,
    "aws:index/getPartition:getPartition": _get_partition,
    "aws:index/getRegion:getRegion": _get_region,
    "aws:index/getRegions:getRegions": _get_regions,
    "aws:index/getServicePrincipal:getServicePrincipal": _get_service_principal,
    "aws:index/trimIamRolePath:trimIamRolePath": _trim_iam_role_path,
    "aws:lb/getHostedZoneId:getHostedZoneId": _get_lb_zone,
}
