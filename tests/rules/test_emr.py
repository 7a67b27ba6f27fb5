"""EMR."""

from __future__ import annotations

import json

from tests.rules.table import UNKNOWN, R, fails, passes, table, undecided

CLUSTER = "aws:emr/cluster:Cluster"
CONFIGURATION = "aws:emr/securityConfiguration:SecurityConfiguration"
ATTRIBUTES = {"realm": "EC2.INTERNAL", "kdcAdminPassword": "x"}
ON = json.dumps({"AuthenticationConfiguration": {"KerberosConfiguration": {"Provider": "ClusterDedicatedKdc"}}})


def security(configuration: object, **options: object) -> R:
    return R(CONFIGURATION, "security", configuration=configuration, **options)  # type: ignore[arg-type]


def cluster(configuration: R) -> R:
    return R(CLUSTER, "cluster", kerberosAttributes=ATTRIBUTES, securityConfiguration=configuration.name)


GOOD, BAD, OPEN = security(ON), security('{"EncryptionConfiguration": {}}'), security(UNKNOWN)
INSIDE = security(ON, parent=R("program:index:App", "app"))

test_kerberos = table(
    "emr-kerberos",
    fails("absent", R(CLUSTER, "cluster"), at="kerberosAttributes"),
    passes("on", cluster(GOOD), GOOD),
    passes("in a component", cluster(INSIDE), INSIDE),
    fails("no security configuration", R(CLUSTER, "cluster", kerberosAttributes=ATTRIBUTES), at="securityConfiguration"),
    fails("not in the security configuration", cluster(BAD), BAD, at="securityConfiguration", says="'security'"),
    undecided("from outside", R(CLUSTER, "c", kerberosAttributes=ATTRIBUTES, securityConfiguration="shared"), only="up"),
    undecided("unknown", cluster(OPEN), OPEN, at="configuration"),
)  # fmt: skip
