"""Ways from tasks to their registry, and to their log group."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.ecs.parts import COMPONENT, LOGS, SERVICE, TASK, container, task, task_of

VPC = R("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")
SUBNET = R("aws:ec2/subnet:Subnet", "subnet", vpcId=VPC.id, cidrBlock="10.0.0.0/24")
TABLE = R("aws:ec2/routeTable:RouteTable", "table", vpcId=VPC.id)
IN_TABLE = R("aws:ec2/routeTableAssociation:RouteTableAssociation", "in", subnetId=SUBNET.id, routeTableId=TABLE.id)
NETWORK = (VPC, SUBNET, TABLE, IN_TABLE)
GATEWAY = R("aws:ec2/internetGateway:InternetGateway", "gateway", vpcId=VPC.id)
NAT = R("aws:ec2/natGateway:NatGateway", "nat", subnetId="subnet-0a1b")
ANYWHERE: dict[str, Any] = {"destinationCidrBlock": "0.0.0.0/0"}
PUBLIC = R("aws:ec2/route:Route", "public", routeTableId=TABLE.id, gatewayId=GATEWAY.id, **ANYWHERE)
OUT = R("aws:ec2/route:Route", "out", routeTableId=TABLE.id, natGatewayId=NAT.id, **ANYWHERE)
INLINE = R(
    "aws:ec2/routeTable:RouteTable", "table", vpcId=VPC.id, routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": GATEWAY.id}]
)


def endpoint(service: str, **more: Any) -> R:
    return R(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        service,
        vpcId=VPC.id,
        serviceName=f"com.amazonaws.us-east-1.{service}",
        **more,
    )


def service(launch: str | None = "FARGATE", public: Any = None, **more: Any) -> R:
    network = {"subnets": [SUBNET.id]} | ({} if public is None else {"assignPublicIp": public})
    given = {"networkConfiguration": network, **more} | ({"launchType": launch} if launch else {})
    return R(SERVICE, "service", **given)


PRIVATE = tuple(endpoint(name) for name in ("ecr.api", "ecr.dkr", "s3"))
IN_COMPONENT = tuple(endpoint(name, parent=COMPONENT) for name in ("ecr.api", "ecr.dkr", "s3"))
SPOT: dict[str, Any] = {"capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT"}]}
test_fargate_image_reachable = table(
    "ecs-fargate-image-reachable",
    fails("no way out", service(), *NETWORK, at="networkConfiguration.subnets", says=("ecr.api", "'vpc'")),
    passes("a NAT gateway", service(), *NETWORK, NAT, OUT),
    fails(
        "the internet without an address",
        service(),
        *NETWORK,
        GATEWAY,
        PUBLIC,
        at="networkConfiguration.assignPublicIp",
    ),
    passes("the internet with an address", service(public=True), *NETWORK, GATEWAY, PUBLIC),
    fails(
        "the internet, inline, in v6",
        service(provider=V6),
        VPC,
        SUBNET,
        INLINE,
        IN_TABLE,
        GATEWAY,
        at="networkConfiguration.assignPublicIp",
    ),
    passes("endpoints", service(), *NETWORK, *PRIVATE),
    passes("endpoints in a component", service(), *NETWORK, COMPONENT, *IN_COMPONENT),
    fails("an endpoint is missing", service(), *NETWORK, *PRIVATE[:2], says="s3"),
    fails("Fargate Spot", service(None, **SPOT), *NETWORK, at="networkConfiguration.subnets"),
    passes("on instances", service("EC2"), *NETWORK),
    undecided("subnets from elsewhere", service(networkConfiguration={"subnets": ["subnet-0a1b"]}), only=None),
    undecided("an unknown address", service(public=UNKNOWN), *NETWORK, GATEWAY, PUBLIC),
)

test_launch_type_single = table(
    "ecs-launch-type-single",
    fails("both", service(**SPOT), at="capacityProviderStrategies"),
    passes("a launch type", service()),
    passes("capacity providers", service(None, **SPOT)),
    fails("a daemon", service(schedulingStrategy="DAEMON"), at="schedulingStrategy"),
    passes("a daemon on instances", service("EC2", schedulingStrategy="DAEMON", provider=V6)),
    undecided("unknown", service(schedulingStrategy=UNKNOWN), at="schedulingStrategy"),
    given=[SUBNET, VPC],
)

GROUP = R("aws:cloudwatch/logGroup:LogGroup", "group", name="/app")
AUTO = R("aws:cloudwatch/logGroup:LogGroup", "group")
NESTED = R("aws:cloudwatch/logGroup:LogGroup", "group", name="/app", parent=COMPONENT)
WRITES = task(container(logConfiguration=LOGS))


def logs(group: Any, **options: str) -> dict[str, Any]:
    return {"logDriver": "awslogs", "options": {"awslogs-group": group, "awslogs-region": "us-east-1", **options}}


test_log_group_exists = table(
    "ecs-log-group-exists",
    fails("nobody makes it", WRITES, at="containerDefinitions", says=("'/app'", "not created here")),
    passes("of the program", WRITES, GROUP),
    passes("in a component", WRITES, COMPONENT, NESTED),
    fails("another group", WRITES, R(GROUP.type_, "group", name="/other"), at="containerDefinitions"),
    passes("made by ECS", task(container(logConfiguration=logs("/app", **{"awslogs-create-group": "true"})))),
    passes("declared", WRITES, prerequisites=frozenset({"/app"})),
    passes("by reference", task_of(container(logConfiguration=logs(AUTO.name))), AUTO, only="up"),
    passes("another driver", task(container(logConfiguration={"logDriver": "splunk"}))),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
    undecided("a group of unknown name", WRITES, R(GROUP.type_, "group", name=UNKNOWN), at="name"),
)
