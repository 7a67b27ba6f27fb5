"""VPC endpoints and flow logs."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, P, R, concat, fails, passes, table, undecided

VPC = R("aws:ec2/vpc:Vpc", "main", cidrBlock="10.0.0.0/16")
READY = R("aws:ec2/vpc:Vpc", "ready", cidrBlock="10.0.0.0/16", enableDnsHostnames=True)
COMPONENT = R("app:network:Network", "network")
TABLE = R("aws:ec2/routeTable:RouteTable", "private", vpcId=VPC.id)
ATTACH = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"


def endpoint(service: str = "s3", vpc: R = VPC, name: str = "endpoint", region: str = "us-east-1", **more: Any) -> R:
    return R(
        "aws:ec2/vpcEndpoint:VpcEndpoint", name, vpcId=vpc.id, serviceName=f"com.amazonaws.{region}.{service}", **more
    )


def interface(service: str = "ecr.api", vpc: R = READY, name: str = "endpoint", **more: Any) -> R:
    return endpoint(service, vpc, name, vpcEndpointType="Interface", **more)


S3 = endpoint()
test_route_tables = table(
    "ec2-gateway-endpoint-has-route-tables",
    fails("none", endpoint(), VPC, at="routeTableIds", says="com.amazonaws.us-east-1.s3"),
    passes("a table of the program", endpoint(routeTableIds=[TABLE.id]), VPC, TABLE),
    fails("an empty list", endpoint(routeTableIds=[], vpcEndpointType="Gateway"), VPC, at="routeTableIds"),
    passes("an association", S3, VPC, TABLE, R(ATTACH, "a", vpcEndpointId=S3.id, routeTableId=TABLE.id)),
    passes(
        "an association in a component",
        S3,
        VPC,
        COMPONENT,
        TABLE,
        R(ATTACH, "a", parent=COMPONENT, vpcEndpointId=S3.id, routeTableId=TABLE.id),
    ),
    fails(
        "another's association",
        endpoint(),
        VPC,
        R(ATTACH, "a", vpcEndpointId="vpce-9", routeTableId="rtb-1"),
        at="routeTableIds",
    ),
    passes("interface", interface(), READY),
    passes("unknown tables", endpoint(routeTableIds=UNKNOWN), VPC),
    undecided("an association of an unknown endpoint", S3, VPC, R(ATTACH, "a", vpcEndpointId=UNKNOWN)),
)

test_dns = table(
    "ec2-vpc-endpoint-dns-enabled",
    fails(
        "host names are off",
        interface(vpc=VPC, privateDnsEnabled=True),
        VPC,
        at="privateDnsEnabled",
        says=["enableDnsHostnames", "main"],
    ),
    passes("both are on", interface(privateDnsEnabled=True), READY),
    fails(
        "support is off",
        interface(
            vpc=(off := R("aws:ec2/vpc:Vpc", "off", enableDnsHostnames=True, enableDnsSupport=False)),
            privateDnsEnabled=True,
        ),
        off,
        says="enableDnsSupport",
    ),
    fails(
        "two for one service",
        READY,
        interface(name="first", privateDnsEnabled=True),
        interface(name="repeat", privateDnsEnabled=True),
        on="repeat",
        says="first",
    ),
    passes(
        "two services",
        READY,
        interface(name="first", privateDnsEnabled=True),
        interface("logs", name="second", privateDnsEnabled=True),
    ),
    passes("off", interface(vpc=VPC), VPC),
    passes(
        "the default VPC",
        interface(vpc=(default := R("aws:ec2/defaultVpc:DefaultVpc", "default")), privateDnsEnabled=True),
        default,
    ),
    fails(
        "the VPC in a component",
        interface(vpc=(child := R("aws:ec2/vpc:Vpc", "child", parent=COMPONENT)), privateDnsEnabled=True),
        COMPONENT,
        child,
        at="privateDnsEnabled",
    ),
    passes(
        "a VPC from outside",
        R("aws:ec2/vpcEndpoint:VpcEndpoint", "e", vpcId="vpc-1", serviceName="s", privateDnsEnabled=True),
    ),
    undecided("unknown", interface(privateDnsEnabled=UNKNOWN), READY, at="privateDnsEnabled"),
    undecided(
        "an unknown attribute of the VPC",
        interface(vpc=(dark := R("aws:ec2/vpc:Vpc", "dark", enableDnsHostnames=UNKNOWN)), privateDnsEnabled=True),
        dark,
        at="enableDnsHostnames",
    ),
)

test_type = table(
    "ec2-vpc-endpoint-fits-type",
    fails("an interface service without a type", endpoint("ecr.api"), VPC, at="vpcEndpointType", says="ecr.api"),
    passes("fits", interface(subnetIds=["subnet-1"], securityGroupIds=["sg-1"], privateDnsEnabled=True), READY),
    passes("a gateway", endpoint(routeTableIds=[TABLE.id], vpcEndpointType="Gateway"), VPC, TABLE),
    fails("subnets on a gateway", endpoint(subnetIds=["subnet-1"]), VPC, at="subnetIds"),
    fails("private DNS on a gateway", endpoint("dynamodb", privateDnsEnabled=True), VPC, at="privateDnsEnabled"),
    fails("tables on an interface", interface(routeTableIds=["rtb-1"]), READY, at="routeTableIds"),
    fails(
        "another region's",
        interface("logs", region="us-west-2"),
        READY,
        at="serviceName",
        says=["us-west-2", "us-east-1"],
    ),
    passes("another region's, meant", interface("logs", region="us-west-2", serviceRegion="us-west-2"), READY),
    passes(
        "a private service",
        R(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "e",
            vpcEndpointType="Interface",
            serviceName="com.amazonaws.vpce.us-west-2.vpce-svc-1",
        ),
    ),
    undecided(
        "unknown",
        R("aws:ec2/vpcEndpoint:VpcEndpoint", "e", vpcEndpointType="Interface", serviceName=UNKNOWN),
        at="serviceName",
    ),
    undecided("an unknown region", interface("logs", provider=P(region=None)), READY, at="region"),
)

GROUP = R("aws:cloudwatch/logGroup:LogGroup", "logs")
BUCKET = R("aws:s3/bucket:Bucket", "logs")
ROLE = R("aws:iam/role:Role", "writer")


def log(**properties: Any) -> R:
    return R("aws:ec2/flowLog:FlowLog", "flow", **{"vpcId": VPC.id, "trafficType": "ALL", **properties})


test_destination = table(
    "ec2-flow-log-destination-complete",
    fails("no role", log(logDestination=GROUP.arn), VPC, GROUP, at="iamRoleArn"),
    passes("a log group", log(logDestination=GROUP.arn, iamRoleArn=ROLE.arn), VPC, GROUP, ROLE),
    passes("a bucket", log(logDestinationType="s3", logDestination=concat(BUCKET.arn, "/flow")), VPC, BUCKET),
    fails(
        "a role for a bucket",
        log(logDestinationType="s3", logDestination=BUCKET.arn, iamRoleArn=ROLE.arn),
        VPC,
        BUCKET,
        ROLE,
        at="iamRoleArn",
    ),
    fails(
        "a bucket without its type",
        log(logDestination=BUCKET.arn, iamRoleArn=ROLE.arn),
        VPC,
        BUCKET,
        ROLE,
        at="logDestinationType",
        says="s3",
    ),
    fails(
        "by known ARN",
        log(logDestinationType="s3", logDestination="arn:aws:logs:us-east-1:210987654321:log-group:x"),
        VPC,
        says="cloud-watch-logs",
    ),
    fails(
        "a V2 bucket without its type",
        log(logDestination=(v2 := R("aws:s3/bucketV2:BucketV2", "v2")).arn, iamRoleArn=ROLE.arn),
        VPC,
        v2,
        ROLE,
        at="logDestinationType",
    ),
    fails(
        "of nothing",
        R("aws:ec2/flowLog:FlowLog", "flow", iamRoleArn="arn:aws:iam::210987654321:role/r"),
        at="",
        says="vpcId",
    ),
    undecided("an unknown type", log(logDestinationType=UNKNOWN), VPC, at="logDestinationType"),
    undecided("an unknown destination", log(logDestinationType="s3", logDestination=UNKNOWN), VPC, at="logDestination"),
)

test_interval = table(
    "ec2-flow-log-interval-allowed",
    fails("another", log(maxAggregationInterval=300), VPC, at="maxAggregationInterval", says="300"),
    passes("a minute", log(maxAggregationInterval=60), VPC),
    passes("ten, as text", log(maxAggregationInterval="600"), VPC),
    fails(
        "ten for a transit gateway",
        R("aws:ec2/flowLog:FlowLog", "flow", transitGatewayId="tgw-1", maxAggregationInterval=600),
        at="maxAggregationInterval",
    ),
    passes("absent", log(), VPC),
    undecided("unknown", log(maxAggregationInterval=UNKNOWN), VPC, at="maxAggregationInterval"),
)

test_flow_logs = table(
    "ec2-vpc-flow-logs",
    fails("none", VPC, at="", says="traffic"),
    passes("one", VPC, log()),
    passes("one in a component", VPC, COMPONENT, R("aws:ec2/flowLog:FlowLog", "flow", parent=COMPONENT, vpcId=VPC.id)),
    fails("another VPC's", VPC, R("aws:ec2/flowLog:FlowLog", "flow", vpcId="vpc-9"), at="", says="traffic"),
    undecided("an unknown VPC's", VPC, R("aws:ec2/flowLog:FlowLog", "flow", vpcId=UNKNOWN)),
)

test_ec2_endpoint = table(
    "ec2-vpc-endpoint-for-ec2",
    fails("none", VPC, at="", says="com.amazonaws.REGION.ec2"),
    passes("one", READY, interface("ec2")),
    fails("another service's", READY, interface("logs"), on="ready", at="", says="com.amazonaws.REGION.ec2"),
    passes("in a component", READY, COMPONENT, interface("ec2", parent=COMPONENT)),
    undecided(
        "an unknown service",
        VPC,
        R("aws:ec2/vpcEndpoint:VpcEndpoint", "e", vpcId=VPC.id, serviceName=UNKNOWN),
        at="serviceName",
    ),
)
