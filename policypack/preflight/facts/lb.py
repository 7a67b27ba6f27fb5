"""Load balancers: log delivery accounts, and which protocols go together.

Written 2026-11 after the pages: 'Enable access logs for your Application Load Balancer', 'Listeners for your
Application / Network / Gateway Load Balancer', 'Target groups', API CreateLoadBalancer and CreateTargetGroup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME_MAX_LENGTH = 32
NAME = re.compile(r"(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?")
NAME_PREFIX_MAX_LENGTH = 6

# Accounts of Elastic Load Balancing that write access logs, in the regions opened before August 2022.
LOG_ACCOUNTS: Mapping[str, str] = {
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-southeast-3": "589379963580",
    "ca-central-1": "985666609251",
    "cn-north-1": "638102146993",
    "cn-northwest-1": "037604701340",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-gov-east-1": "190560391635",
    "us-gov-west-1": "048591011584",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
}

# The principal of all regions today, and the only one in those opened since; network load balancers write as log
# delivery.
LOG_PRINCIPAL = "logdelivery.elasticloadbalancing.amazonaws.com"
NETWORK_LOG_PRINCIPAL = "delivery.logs.amazonaws.com"

# Load balancer type -> protocols of its listeners.
LISTENER_PROTOCOLS: Mapping[str, frozenset[str]] = {
    "application": frozenset({"HTTP", "HTTPS"}),
    "network": frozenset({"TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}),
    "gateway": frozenset(),
}

# Listener protocol -> protocols of the target groups it may forward to.
TARGET_PROTOCOLS: Mapping[str, frozenset[str]] = {
    "HTTP": frozenset({"HTTP", "HTTPS"}),
    "HTTPS": frozenset({"HTTP", "HTTPS"}),
    "TCP": frozenset({"TCP", "TCP_UDP"}),
    "TLS": frozenset({"TCP", "TLS"}),
    "UDP": frozenset({"UDP", "TCP_UDP"}),
    "TCP_UDP": frozenset({"TCP_UDP"}),
    "QUIC": frozenset({"QUIC", "TCP_QUIC"}),
    "TCP_QUIC": frozenset({"TCP_QUIC"}),
}

# Stickiness type -> protocols of target groups that take it ('Sticky sessions', 'Target groups for network load
# balancers').
STICKINESS_PROTOCOLS: Mapping[str, frozenset[str]] = {
    "lb_cookie": frozenset({"HTTP", "HTTPS"}),
    "app_cookie": frozenset({"HTTP", "HTTPS"}),
    "source_ip": frozenset({"TCP", "UDP", "TCP_UDP", "TLS"}),
    "source_ip_dest_ip": frozenset({"GENEVE"}),
    "source_ip_dest_ip_proto": frozenset({"GENEVE"}),
}


def log_account(region: str) -> str | None:
    """The account that writes access logs in `region`; None where only the principal LOG_PRINCIPAL does, or for an
    unknown region.
    """
    return LOG_ACCOUNTS.get(region)
