"""Whether a service can be created for its task definition, target groups and network."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, deferred, rule
from ...stack import Stack
from .._shared_graph import listed
from ._containers import CLUSTER, SERVICE, containers, list_of, objects, task_of

TARGET_GROUP: Final = "aws:lb/targetGroup:TargetGroup"


LISTENER: Final = "aws:lb/listener:Listener"


LISTENER_RULE: Final = "aws:lb/listenerRule:ListenerRule"


ASSOCIATION: Final = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"


VALIDATION: Final = "aws:acm/certificateValidation:CertificateValidation"


_GROUP: Final = "loadBalancers.targetGroupArn"


_FORWARDS: Final = (
    (LISTENER, "defaultActions"),
    (LISTENER_RULE, "actions"),
)


@rule(SERVICE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def service_after_listener(service: Resource, stack: Stack) -> Findings:
    """A service waits for a listener that forwards to its target group.

    Why: ECS refuses a service whose target group no listener uses yet ("InvalidParameterException: The target group …
    does not have an associated load balancer."). The provider tries again for some minutes, so that this fails only
    where the listener takes longer: a certificate that is validated first, a slow load balancer.
    Fix: Add the listener to `dependsOn` of the service.
    Source: Amazon ECS Developer Guide, "Use load balancing to distribute Amazon ECS service traffic"; API reference,
    "CreateService".
    """
    for group in stack.referred_by(service, _GROUP, TARGET_GROUP).certain:
        users = _forwarding(stack, group)
        if not users:
            yield service.finding(
                f"no listener or listener rule here forwards to target group '{group.name}'; ECS refuses the service "
                "until one does",
                at=_GROUP,
            )
        elif not any(stack.waits_for(service, user) for user in users):
            slow = all(
                any(stack.waits_for(user, validation) for validation in stack.of_type(VALIDATION)) for user in users
            )
            yield service.finding(
                f"the service does not wait for '{users[0].name}', which forwards to target group '{group.name}'; add "
                f"'{users[0].name}' to `dependsOn`",
                at=_GROUP,
                severity=None if slow else Severity.LOW,
                certainty=Certainty.RACE,
            )


def _forwarding(stack: Stack, group: Resource) -> list[Resource]:
    """The listeners and rules that forward to a target group; raises Undecided when none is certain and one may."""
    found: dict[str, Resource] = {}
    possible = []
    for kind, actions in _FORWARDS:
        for path in (f"{actions}.targetGroupArn", f"{actions}.forward.targetGroups.arn"):
            partners = stack.referring_to(group, kind, via=path)
            found.update((user.urn, user) for user in partners.certain)
            possible.append(partners)
    if not found:
        any(bool(partners) for partners in possible)
    return list(found.values())


@rule(SERVICE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def service_container_defined(service: Resource, stack: Stack) -> Findings:
    """The container and port that a service's load balancer sends to are in its task definition.

    Why: ECS refuses the service otherwise ("InvalidParameterException: The container web does not exist in the task
    definition.", "The container web did not have a container port 8080 defined.").
    Fix: Use the container's name and a `containerPort` that it maps.
    Source: Amazon ECS API Reference, "LoadBalancer".
    """
    if not service.has("loadBalancers"):
        return
    task = task_of(stack, service)
    if task is None:
        return
    ports = {
        str(entry.get("name")): [mapping.get("containerPort") for mapping in objects(entry, "portMappings")]
        for entry in containers(task)
    }
    ranges = {
        str(entry.get("name"))
        for entry in containers(task)
        if any(mapping.get("containerPortRange") for mapping in objects(entry, "portMappings"))
    }
    if not ports:
        return
    for balancer in service.each("loadBalancers"):
        with deferred():
            name, port = balancer.text("containerName"), balancer.number("containerPort")
            if name is None:
                continue
            if name not in ports:
                yield balancer.finding(
                    f"task definition '{task.name}' has no container '{name}'; it has {listed(sorted(ports))}",
                    at="containerName",
                )
            elif port is not None and port not in ports[name] and name not in ranges:
                has = listed(map(str, ports[name])) or "none"
                yield balancer.finding(
                    f"container '{name}' does not map port {port} (it maps {has}); add it to the "
                    "container's port mappings",
                    at="containerPort",
                )


@rule(SERVICE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def service_network_set(service: Resource, stack: Stack) -> Findings:
    """A service states its subnets exactly when its tasks run in network mode awsvpc, and runs tasks that its launch
    type takes.

    Why: ECS refuses the service otherwise ("InvalidParameterException: Network Configuration must be provided when
    networkMode 'awsvpc' is specified.", "Network Configuration is not valid for the given networkMode of this task
    definition.", "Task definition does not support launch_type FARGATE.").
    Fix: Add `networkConfiguration` with subnets, or change the task's `networkMode` or `requiresCompatibilities`.
    Source: Amazon ECS API Reference, "CreateService" (`networkConfiguration`, `launchType`).
    """
    task = task_of(stack, service)
    if task is None:
        return
    with deferred():
        mode = task.text("networkMode")
        if mode == "awsvpc" and not service.has("networkConfiguration.subnets"):
            yield service.finding(
                f"task definition '{task.name}' has network mode awsvpc; set `networkConfiguration` with subnets",
                at="networkConfiguration.subnets",
            )
        elif mode != "awsvpc" and service.has("networkConfiguration"):
            yield service.finding(
                f"task definition '{task.name}' has network mode {mode or 'bridge (the default)'}, "
                "which does not support `networkConfiguration`; set `networkMode` to awsvpc or remove it",
                at="networkConfiguration",
            )
    with deferred():
        if service.text("launchType") == "FARGATE" and "FARGATE" not in list_of(task, "requiresCompatibilities"):
            fits = task.text("networkMode") == "awsvpc" and task.has("cpu") and task.has("memory")
            yield service.finding(
                f"the service runs on Fargate and task definition '{task.name}' is not made for it; set "
                "`requiresCompatibilities` to ['FARGATE']",
                at="launchType",
                severity=Severity.LOW if fits else None,
            )


@rule(SERVICE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def target_group_by_ip(service: Resource, stack: Stack) -> Findings:
    """The target group of a service whose tasks run in network mode awsvpc registers targets by IP address.

    Why: Such tasks are registered by their IP addresses, not as instances; ECS refuses the service
    ("InvalidParameterException: The provided target group … has target type instance, which is incompatible with the
    awsvpc network mode specified in the task definition.").
    Fix: Set `targetType="ip"` on the target group.
    Source: Amazon ECS Developer Guide, "Use an Application Load Balancer for Amazon ECS".
    """
    if not service.has("loadBalancers"):
        return
    task = task_of(stack, service)
    if task is None or task.text("networkMode") != "awsvpc":
        return
    for group in stack.referred_by(service, _GROUP, TARGET_GROUP):
        with deferred():
            kind = group.text("targetType") or "instance"
            if kind == "instance":
                yield service.finding(
                    f"tasks run in network mode awsvpc and target group '{group.name}' registers instances; set its "
                    "`targetType` to ip",
                    at=_GROUP,
                )


@rule(SERVICE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def launch_type_single(service: Resource) -> Findings:
    """A service states a launch type or capacity providers, not both, and Fargate runs no daemons.

    Why: ECS refuses others ("InvalidParameterException: Specifying both a launch type and capacity provider strategy is
    not supported. Remove one and try again.", "The scheduling strategy DAEMON is not supported for FARGATE").
    Fix: Keep one of them; run daemons on instances.
    Source: Amazon ECS API Reference, "CreateService" (launch type, capacity provider strategy, scheduling strategy).
    """
    if not service.has("launchType"):
        return
    if service.has("capacityProviderStrategies"):
        yield service.finding(
            "has both a launch type and capacity providers; keep one of them",
            at="capacityProviderStrategies",
        )
    if service.text("schedulingStrategy") == "DAEMON" and service.text("launchType") == "FARGATE":
        yield service.finding(
            "Fargate runs no daemons; set `schedulingStrategy` to REPLICA or run on instances", at="schedulingStrategy"
        )


@rule(SERVICE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def capacity_provider_associated(service: Resource, stack: Stack) -> Findings:
    """The capacity providers of a service are associated with its cluster.

    Why: ECS refuses others ("InvalidParameterException: The specified capacity provider 'x' was not found.", "… is not
    associated with the cluster").
    Fix: Add the provider to `aws.ecs.ClusterCapacityProviders` of the cluster.
    Source: Amazon ECS API Reference, "CapacityProviderStrategyItem".
    """
    associations = [
        association
        for cluster in stack.referred_by(service, "cluster", CLUSTER).certain
        for association in stack.referring_to(cluster, ASSOCIATION, via="clusterName").certain
    ]
    if not associations:
        return
    given = {str(name) for association in associations for name in association.values("capacityProviders")}
    for strategy in service.each("capacityProviderStrategies"):
        with deferred():
            name = strategy.text("capacityProvider")
            if name is not None and name not in given:
                yield strategy.finding(
                    f"capacity provider '{name}' is not associated with the cluster (it has "
                    f"{listed(sorted(given))}); add it",
                    at="capacityProvider",
                )


@rule(
    SERVICE,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def fargate_latest_platform(service: Resource) -> Findings:
    """A Fargate service uses platform version LATEST.

    Why: Older platform versions get no fixes.
    Fix: Leave `platformVersion` out, or set it to LATEST.
    Source: Amazon ECS Developer Guide, "Fargate platform versions for Amazon ECS"; AWS Config rule
    ecs-fargate-latest-platform-version.
    """
    version = service.text("platformVersion")
    if version and version != "LATEST":
        yield service.finding(f"platform version {version} is pinned; use LATEST", at="platformVersion")
