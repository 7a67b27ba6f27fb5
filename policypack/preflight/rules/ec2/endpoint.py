"""VPC endpoints and flow logs."""

from __future__ import annotations

from typing import Final

from ...documents import arn
from ...facts import vpc_endpoints
from ...rule import Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .._shared_graph import marked
from .._shared_targets import earlier, sharing
from ._network import DEFAULT_VPC, ENDPOINT, VPC, VPCS, vpc_of

ROUTE_TABLE_ASSOCIATION: Final = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
BUCKET: Final = "aws:s3/bucket:Bucket"
FIREHOSE: Final = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"


def _is_gateway(endpoint: Resource) -> bool:
    return endpoint.text("vpcEndpointType") in (None, "", "Gateway")


@rule(ENDPOINT, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def gateway_endpoint_has_route_tables(endpoint: Resource, stack: Stack) -> Findings:
    """A gateway endpoint is in at least one route table.

    Why: A gateway endpoint works by a route to its prefix list. Without a route table nothing uses it, and traffic to
    S3 or DynamoDB accepts the NAT gateway, or no way at all. AWS reports no error.
    Fix: Give `routeTableIds` the tables of the private subnets, or add `aws.ec2.VpcEndpointRouteTableAssociation`
    resources.
    Source: AWS PrivateLink Guide, "Gateway endpoints", "Considerations".
    """
    if not _is_gateway(endpoint) or endpoint.has("routeTableIds"):
        return
    if not stack.referring_to(endpoint, ROUTE_TABLE_ASSOCIATION, via="vpcEndpointId"):
        yield endpoint.finding(
            f"the gateway endpoint {endpoint.known('serviceName') or ''} is in no route table, so no traffic uses it; "
            "set `routeTableIds` to the tables of the private subnets",
            at="routeTableIds",
        )


@rule(ENDPOINT, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def vpc_endpoint_dns_enabled(endpoint: Resource, stack: Stack) -> Findings:
    """A VPC whose endpoint has private DNS resolves DNS names, and one endpoint per service has it.

    Why: EC2 refuses the endpoint: "InvalidParameter: Enabling private DNS requires both enableDnsSupport and
    enableDnsHostnames VPC attributes set to true", or "private-dns-enabled cannot be set because there is already a
    conflicting DNS domain".
    Fix: Set `enableDnsHostnames` to `true` on the VPC (it is off unless set), and leave `enableDnsSupport` on; keep one
    endpoint per service with subnets in all zones.
    Source: AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint", "Enable private DNS".
    """
    if not endpoint.flag("privateDnsEnabled"):
        return
    vpc = vpc_of(stack, endpoint)
    if vpc is not None:
        hostnames, support = vpc.flag("enableDnsHostnames"), vpc.flag("enableDnsSupport")
        if hostnames is None:
            hostnames = vpc.is_a(DEFAULT_VPC)
        if not hostnames or support is False:
            missing = "enableDnsHostnames" if not hostnames else "enableDnsSupport"
            yield endpoint.finding(
                f"`privateDnsEnabled` needs `{missing}=true` on VPC {vpc.name}", at="privateDnsEnabled"
            )
            return
    service = endpoint.text("serviceName")
    for other in earlier(endpoint, sharing(stack, endpoint, "vpcId", (ENDPOINT,), *VPCS)):
        if service and other.known("serviceName") == service and other.flag("privateDnsEnabled"):
            yield endpoint.finding(
                f"endpoint {other.name} already has private DNS for {service} in this VPC; one endpoint per service "
                "can",
                at="privateDnsEnabled",
            )
            return


@rule(ENDPOINT, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def vpc_endpoint_fits_type(endpoint: Resource) -> Findings:
    """The properties of a VPC endpoint fit its type, and its service is one of the Region.

    Why: EC2 refuses the rest: "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.us-east-1.ecr.api' does not
    exist", "InvalidParameter: Endpoint type (Gateway) does not match available service types ([Interface])". An
    endpoint without a type is a gateway endpoint.
    Fix: Set `vpcEndpointType` to "Interface" for every service but S3 and DynamoDB; gateway endpoints take route
    tables, interface endpoints subnets and security groups.
    Source: Amazon EC2 API Reference, "CreateVpcEndpoint"; AWS PrivateLink Guide, "Gateway endpoints".
    """
    kind = endpoint.text("vpcEndpointType") or "Gateway"
    if kind == "Gateway":
        for path in ("subnetIds", "securityGroupIds"):
            if endpoint.has(path):
                yield endpoint.finding(
                    f"a gateway endpoint (the default type) does not support `{path}`; set `vpcEndpointType` to "
                    "Interface, or remove it",
                    at=path,
                )
                return
        if endpoint.flag("privateDnsEnabled"):
            yield endpoint.finding(
                "a gateway endpoint has no private DNS; remove `privateDnsEnabled`", at="privateDnsEnabled"
            )
            return
    elif kind == "Interface" and endpoint.has("routeTableIds"):
        yield endpoint.finding(
            "an interface endpoint does not support route tables; use `subnetIds`", at="routeTableIds"
        )
        return
    service = endpoint.text("serviceName") or ""
    found = vpc_endpoints.split(service)
    if found is None:
        return
    if kind == "Gateway" and not vpc_endpoints.has_gateway(found[1]):
        yield endpoint.finding(
            f"{found[1]} has no gateway endpoint ({', '.join(sorted(vpc_endpoints.GATEWAY_SERVICES))} have); set "
            "`vpcEndpointType` to Interface",
            at="vpcEndpointType",
        )
    elif not endpoint.has("serviceRegion") and found[0] != endpoint.region:
        yield endpoint.finding(
            f"the service is of {found[0]}, the endpoint in {endpoint.region}; build `serviceName` from the region, "
            "or set `serviceRegion`",
            at="serviceName",
        )


_SUBJECTS: Final = (
    "vpcId",
    "subnetId",
    "eniId",
    "transitGatewayId",
    "transitGatewayAttachmentId",
    "regionalNatGatewayId",
)
_SERVICE_OF: Final = {"cloud-watch-logs": "logs", "s3": "s3", "kinesis-data-firehose": "firehose"}
_MADE: Final = {LOG_GROUP: "logs", BUCKET: "s3", FIREHOSE: "firehose"}


@rule(FLOW_LOG, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def flow_log_destination_complete(log: Resource, stack: Stack) -> Findings:
    """A flow log has a subject, and a destination, type and role that fit each other.

    Why: EC2 refuses the rest: "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs",
    "DeliverLogsPermissionArn is not applicable for s3 delivery", "LogDestination … is not a valid ARN".
    Fix: Set `logDestinationType` to what `logDestination` is ("cloud-watch-logs" unless set), and `iamRoleArn` for
    CloudWatch Logs only.
    Source: Amazon EC2 API Reference, "CreateFlowLogs"; Amazon VPC User Guide, "Publish flow logs to CloudWatch Logs".
    """
    if not any(log.has(path) for path in _SUBJECTS):
        yield log.finding(f"the flow log has no source; set one of {marked(_SUBJECTS, 9)}")
    kind = log.text("logDestinationType") or "cloud-watch-logs"
    if kind == "cloud-watch-logs" and not log.has("iamRoleArn"):
        yield log.finding(
            "a flow log to CloudWatch Logs needs a role that may write there; set `iamRoleArn`, or "
            "`logDestinationType` to s3",
            at="iamRoleArn",
        )
    elif kind == "s3" and log.has("iamRoleArn"):
        yield log.finding(
            "a flow log to S3 needs no role, since the bucket's policy grants access; remove `iamRoleArn`",
            at="iamRoleArn",
        )
    if kind not in _SERVICE_OF or not log.has("logDestination"):
        return
    made = {_MADE[one.kind] for one in stack.referred_by(log, "logDestination", *_MADE).certain}
    service = made.pop() if len(made) == 1 else arn.service_of(log.text("logDestination") or "")
    if service in _MADE.values() and service != _SERVICE_OF[kind]:
        fitting = next(name for name, wanted in _SERVICE_OF.items() if wanted == service)
        yield log.finding(
            f"`logDestinationType` is {kind}{'' if log.has('logDestinationType') else ' (unless set)'}, and "
            f"`logDestination` belongs to {service}; set the type to {fitting}",
            at="logDestinationType",
        )


@rule(FLOW_LOG, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def flow_log_interval_allowed(log: Resource) -> Findings:
    """A flow log aggregates over 60 or 600 seconds, over 60 for a transit gateway.

    Why: The provider refuses others ("expected max_aggregation_interval to be one of [60 600]"), EC2 600 for a transit
    gateway.
    Fix: Use 60 or 600; 60 with `transitGatewayId` or `transitGatewayAttachmentId`.
    Source: Amazon EC2 API Reference, "CreateFlowLogs".
    """
    interval = log.number("maxAggregationInterval")
    if interval is None:
        return
    if interval not in (60, 600):
        yield log.finding(f"an interval of {interval} s is refused; use 60 or 600", at="maxAggregationInterval")
    elif interval == 600 and (log.has("transitGatewayId") or log.has("transitGatewayAttachmentId")):
        yield log.finding("a transit gateway's flow log takes 60 s only, not 600", at="maxAggregationInterval")


@rule(
    VPC,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def vpc_flow_logs(vpc: Resource, stack: Stack) -> Findings:
    """Each VPC has a flow log.

    Why: Without one nobody can tell after an incident who talked to whom.
    Fix: Add an `aws.ec2.FlowLog` with the VPC's id, to CloudWatch Logs or S3.
    Source: Amazon VPC User Guide, "Logging IP traffic using VPC Flow Logs"; AWS Config rule VPC_FLOW_LOGS_ENABLED.
    """
    if not stack.referring_to(vpc, FLOW_LOG, via="vpcId"):
        yield vpc.finding("no flow log of the program records this VPC's traffic; add an `aws.ec2.FlowLog` with its id")


@rule(
    VPC,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def vpc_endpoint_for_ec2(vpc: Resource, stack: Stack) -> Findings:
    """Each VPC has an interface endpoint for the EC2 API.

    Why: Without one calls to the EC2 API leave the VPC over the internet.
    Fix: Add an `aws.ec2.VpcEndpoint` of type Interface with service name com.amazonaws.REGION.ec2.
    Source: Amazon EC2 User Guide, "Access Amazon EC2 using an interface VPC endpoint"; AWS Config rule
    SERVICE_VPC_ENDPOINT_ENABLED.
    """
    endpoints = stack.referring_to(vpc, ENDPOINT, via="vpcId")
    for endpoint in endpoints.certain:
        if (endpoint.known("serviceName") or "").endswith(".ec2"):
            return
    for endpoint in endpoints:
        endpoint.text("serviceName")
    yield vpc.finding("the VPC has no interface endpoint for the EC2 API; add one for com.amazonaws.REGION.ec2")
