"""Services, their task definitions, target groups and networks."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.ecs.parts import COMPONENT, SERVICE, container, fargate, task

GROUP = R("aws:lb/targetGroup:TargetGroup", "group", port=80, targetType="ip")


ALB_GROUP = R("aws:alb/targetGroup:TargetGroup", "group", port=80, targetType="ip")


OTHER = R("aws:lb/targetGroup:TargetGroup", "other", port=80, targetType="ip")


def forwards(group: R, kind: str = "aws:lb/listener:Listener", **more: Any) -> R:
    return R(kind, "listener", port=80, defaultActions=[{"type": "forward", "targetGroupArn": group.arn}], **more)


def balanced(group: R, **more: Any) -> R:
    entry = {"targetGroupArn": group.arn, "containerName": "web", "containerPort": 80}
    return R(SERVICE, "service", loadBalancers=[entry], **more)


LISTENER = forwards(GROUP)


ALB_LISTENER = forwards(ALB_GROUP, "aws:alb/listener:Listener")


RULE = R(
    "aws:lb/listenerRule:ListenerRule",
    "rule",
    actions=[{"type": "forward", "forward": {"targetGroups": [{"arn": GROUP.arn}]}}],
)


CERTIFICATE = R("aws:acm/certificate:Certificate", "certificate", domainName="example.com", validationMethod="DNS")


VALIDATION = R("aws:acm/certificateValidation:CertificateValidation", "validation", certificateArn=CERTIFICATE.arn)


SLOW = forwards(GROUP, certificateArn=VALIDATION.certificateArn)


IN_COMPONENT = forwards(GROUP, parent=COMPONENT)


test_service_after_listener = table(
    "ecs-service-after-listener",
    fails(
        "not awaited",
        balanced(GROUP),
        GROUP,
        LISTENER,
        at="loadBalancers.targetGroupArn",
        says=("'listener'", "dependsOn"),
        severity=Severity.LOW,
    ),
    passes("awaited", balanced(GROUP, depends_on=[LISTENER]), GROUP, LISTENER),
    fails(
        "a listener that waits for a certificate",
        balanced(GROUP),
        GROUP,
        SLOW,
        VALIDATION,
        CERTIFICATE,
        at="loadBalancers.targetGroupArn",
    ),
    fails("a rule", balanced(GROUP), GROUP, RULE, says="'rule'", severity=Severity.LOW),
    passes("a rule, awaited", balanced(GROUP, depends_on=[RULE]), GROUP, RULE, LISTENER),
    fails(
        "under the other token",
        balanced(ALB_GROUP),
        ALB_GROUP,
        ALB_LISTENER,
        severity=Severity.LOW,
        at="loadBalancers.targetGroupArn",
    ),
    passes("under the other token, awaited", balanced(ALB_GROUP, depends_on=[ALB_LISTENER]), ALB_GROUP, ALB_LISTENER),
    passes("the component is awaited", balanced(GROUP, depends_on=[IN_COMPONENT]), GROUP, COMPONENT, IN_COMPONENT),
    fails(
        "the listener of another group",
        balanced(GROUP),
        GROUP,
        OTHER,
        forwards(OTHER),
        says="no listener",
    ),
    fails(
        "no listener, in v6",
        balanced(GROUP, provider=V6),
        GROUP,
        at="loadBalancers.targetGroupArn",
    ),
    passes("a group from elsewhere", R(SERVICE, "service", loadBalancers=[{"targetGroupArn": "arn:aws:x"}])),
    passes("no load balancer", R(SERVICE, "service"), GROUP),
    undecided(
        "a listener for an unknown group",
        balanced(GROUP),
        GROUP,
        R("aws:lb/listener:Listener", "listener", defaultActions=[{"targetGroupArn": UNKNOWN}]),
    ),
)


WEB = task(container(portMappings=[{"containerPort": 80}]))


BARE = task(container())


def sends(to: R, name: Any = "web", port: Any = 80, **more: Any) -> R:
    entry = {"targetGroupArn": "arn:aws:x", "containerName": name, "containerPort": port}
    return R(SERVICE, "service", taskDefinition=to.arn, loadBalancers=[entry], **more)


test_service_container_defined = table(
    "ecs-service-container-defined",
    fails("another name", sends(WEB, "app"), WEB, at="loadBalancers[0].containerName", says=("'app'", "web")),
    passes("the name and port", sends(WEB), WEB),
    fails("another port", sends(WEB, port=8080), WEB, at="loadBalancers[0].containerPort", says=("8080", "80")),
    fails("no port at all", sends(BARE), BARE, says="none"),
    fails("in v6, port as text", sends(WEB, port="8080", provider=V6), WEB, at="loadBalancers[0].containerPort"),
    passes("a port as text", sends(WEB, port="80"), WEB),
    passes(
        "a task from elsewhere", R(SERVICE, "service", taskDefinition="web:1", loadBalancers=[{"containerName": "a"}])
    ),
    undecided(
        "unknown containers",
        sends(task(containerDefinitions=UNKNOWN)),
        task(containerDefinitions=UNKNOWN),
        at="containerDefinitions",
    ),
    undecided(
        "an unknown task",
        R(SERVICE, "service", taskDefinition=UNKNOWN, loadBalancers=[{"containerName": "a"}]),
        WEB,
        at="taskDefinition",
    ),
)


NETWORK = {"subnets": ["subnet-0a1b"]}


AWSVPC, BRIDGE = fargate(), task()


FITTING = task(networkMode="awsvpc", cpu="256", memory="512")


MODE_UNKNOWN = task(networkMode=UNKNOWN)


def runs(what: R, **more: Any) -> R:
    return R(SERVICE, "service", taskDefinition=what.arn, **more)


test_service_network_set = table(
    "ecs-service-network-set",
    fails("awsvpc without subnets", runs(AWSVPC), AWSVPC, at="networkConfiguration.subnets", says="awsvpc"),
    passes("awsvpc with subnets", runs(AWSVPC, networkConfiguration=NETWORK), AWSVPC),
    passes("subnets that are made later", runs(AWSVPC, networkConfiguration={"subnets": [UNKNOWN]}), AWSVPC),
    fails(
        "bridge with subnets",
        runs(BRIDGE, networkConfiguration=NETWORK),
        BRIDGE,
        at="networkConfiguration",
        says="bridge",
    ),
    passes("bridge", runs(BRIDGE), BRIDGE),
    fails("Fargate and a task for instances", runs(BRIDGE, launchType="FARGATE"), BRIDGE, at="launchType"),
    fails(
        "Fargate and a task that fits",
        runs(FITTING, launchType="FARGATE", networkConfiguration=NETWORK),
        FITTING,
        severity=Severity.LOW,
        at="launchType",
    ),
    passes("Fargate", runs(AWSVPC, launchType="FARGATE", networkConfiguration=NETWORK), AWSVPC),
    passes("a task from elsewhere", R(SERVICE, "service", taskDefinition="web:1")),
    undecided("an unknown mode", runs(MODE_UNKNOWN), MODE_UNKNOWN, at="networkMode"),
)


BY_INSTANCE = R("aws:lb/targetGroup:TargetGroup", "group", port=80)


ALB_BY_INSTANCE = R("aws:alb/targetGroup:TargetGroup", "group", port=80, targetType="instance")


KIND_UNKNOWN = R("aws:lb/targetGroup:TargetGroup", "group", port=80, targetType=UNKNOWN)


test_target_group_by_ip = table(
    "ecs-target-group-by-ip",
    fails(
        "the default",
        balanced(BY_INSTANCE, taskDefinition=AWSVPC.arn),
        BY_INSTANCE,
        AWSVPC,
        at="loadBalancers.targetGroupArn",
        says="'group'",
    ),
    passes("by address", balanced(GROUP, taskDefinition=AWSVPC.arn), GROUP, AWSVPC),
    fails(
        "under the other token",
        balanced(ALB_BY_INSTANCE, taskDefinition=AWSVPC.arn),
        ALB_BY_INSTANCE,
        AWSVPC,
        at="loadBalancers.targetGroupArn",
    ),
    passes("bridge", balanced(BY_INSTANCE, taskDefinition=BRIDGE.arn), BY_INSTANCE, BRIDGE),
    fails(
        "in v6",
        balanced(BY_INSTANCE, taskDefinition=AWSVPC.arn, provider=V6),
        BY_INSTANCE,
        AWSVPC,
        at="loadBalancers.targetGroupArn",
    ),
    passes("no load balancer", runs(AWSVPC), BY_INSTANCE, AWSVPC),
    undecided(
        "an unknown kind", balanced(KIND_UNKNOWN, taskDefinition=AWSVPC.arn), KIND_UNKNOWN, AWSVPC, at="targetType"
    ),
)


CLUSTER = R("aws:ecs/cluster:Cluster", "cluster")


OTHER_CLUSTER = R("aws:ecs/cluster:Cluster", "other")


def on(provider: Any, cluster: R = CLUSTER) -> R:
    return R(SERVICE, "service", cluster=cluster.arn, capacityProviderStrategies=[{"capacityProvider": provider}])


def associated(*providers: Any, **more: Any) -> R:
    kind = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
    return R(kind, "providers", clusterName=CLUSTER.name, capacityProviders=list(providers), **more)


test_capacity_provider_associated = table(
    "ecs-capacity-provider-associated",
    fails(
        "another one",
        on("FARGATE_SPOT"),
        CLUSTER,
        associated("FARGATE"),
        at="capacityProviderStrategies[0].capacityProvider",
        says=("FARGATE_SPOT", "FARGATE"),
    ),
    passes("associated", on("FARGATE"), CLUSTER, associated("FARGATE", "FARGATE_SPOT")),
    passes("associated in a component", on("FARGATE"), CLUSTER, COMPONENT, associated("FARGATE", parent=COMPONENT)),
    passes("no association here", on("FARGATE"), CLUSTER),
    passes("another cluster's association", on("spot", OTHER_CLUSTER), CLUSTER, OTHER_CLUSTER, associated("FARGATE")),
    undecided("unknown", on("FARGATE"), CLUSTER, associated(UNKNOWN)),
    undecided("an unknown provider", on(UNKNOWN), CLUSTER, associated("FARGATE")),
)


test_fargate_latest_platform = table(
    "ecs-fargate-latest-platform",
    fails("an older one", R(SERVICE, "service", launchType="FARGATE", platformVersion="1.3.0"), at="platformVersion"),
    passes("the latest", R(SERVICE, "service", launchType="FARGATE", platformVersion="LATEST")),
    passes("not stated", R(SERVICE, "service", launchType="FARGATE", provider=V6)),
    undecided("unknown", R(SERVICE, "service", platformVersion=UNKNOWN), at="platformVersion"),
)
