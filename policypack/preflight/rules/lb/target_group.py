"""Target groups."""

from __future__ import annotations

from typing import Final

from ...facts import lb as facts
from ...rule import Findings, Kind, Resource, Severity, deferred, rule
from ._tokens import TARGET_GROUP, protocol_of

_INTERVAL, _LAMBDA_INTERVAL = 30, 35
_PORT_OF_OTHER: Final = {"HTTPS": ("80", "HTTP"), "HTTP": ("443", "HTTPS")}


@rule(TARGET_GROUP, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def health_check_matches_protocol(group: Resource) -> Findings:
    """A target group's health check asks the right port with the right protocol, and has time for the answer.

    Why: An HTTPS check on port 80 never succeeds, and all targets are taken out: 502 and 503 for every call. TCP checks
    do not support a path ("health_check.path: not " "" "" "supported"), and an interval that is not longer than the
    timeout is refused ("Health check interval must be greater than the timeout").
    Fix: HTTPS with 443, HTTP with 80, or "traffic-port"; a path for HTTP and HTTPS only; a timeout below the interval.
    Source: Application Load Balancers user guide, "Health checks for your target groups".
    """
    if not group.has("healthCheck"):
        return
    with deferred():
        protocol, port = (group.text("healthCheck.protocol") or "").upper(), group.text("healthCheck.port")
        if protocol in _PORT_OF_OTHER and port == _PORT_OF_OTHER[protocol][0]:
            yield group.finding(
                f"the health check speaks {protocol} to port {port}, which is {_PORT_OF_OTHER[protocol][1]}'s; align "
                "them, or use traffic-port",
                at="healthCheck.port",
            )
    with deferred():
        protocol = (group.text("healthCheck.protocol") or "").upper()
        if protocol == "TCP" and group.has("healthCheck.path"):
            yield group.finding(
                "a TCP health check does not support a path; remove it, or use HTTP", at="healthCheck.path"
            )
    with deferred():
        timeout = group.number("healthCheck.timeout")
        if timeout is None:
            return
        if (group.text("healthCheck.protocol") or "HTTP").upper() == "TCP":
            return
        interval = group.number("healthCheck.interval")
        if interval is None:
            interval = _LAMBDA_INTERVAL if group.text("targetType") == "lambda" else _INTERVAL
        if timeout >= interval:
            yield group.finding(
                f"the timeout of {timeout} s is not below the interval of {interval} s; shorten it",
                at="healthCheck.timeout",
            )


@rule(TARGET_GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def target_group_complete(group: Resource) -> Findings:
    """A target group has the port, protocol and VPC that its target type needs, and stickiness that its protocol has.

    Why: The provider refuses others: "port should be set when target type is instance"; Elastic Load Balancing the
    stickiness: "Stickiness type 'lb_cookie' is not supported for target groups with the TCP protocol".
    Fix: Set port, protocol and `vpcId` for every type but lambda; stickiness of type "lb_cookie" or "app_cookie" for
    HTTP and HTTPS, "source_ip" for TCP and UDP.
    Source: Elastic Load Balancing API Reference, "CreateTargetGroup"; Network Load Balancers user guide, "Target
    groups".
    """
    kind = group.text("targetType") or "instance"
    if kind != "lambda":
        for path in ("port", "protocol", "vpcId"):
            if not group.has(path):
                yield group.finding(f"a target group of type {kind} needs `{path}`", at=path)
                return
    sticky = group.text("stickiness.type")
    if not sticky or group.flag("stickiness.enabled") is False:
        return
    protocol, allowed = protocol_of(group), facts.STICKINESS_PROTOCOLS.get(sticky)
    if protocol and allowed and protocol not in allowed:
        yield group.finding(
            f"stickiness '{sticky}' is for {', '.join(sorted(allowed))}, but the target group is "
            f"{protocol}; change one",
            at="stickiness.type",
        )
