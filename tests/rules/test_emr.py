"""EMR."""

from __future__ import annotations

import json

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

COMPONENT = R("program:index:App", "app")

CLUSTER = "aws:emr/cluster:Cluster"
CONFIGURATION = "aws:emr/securityConfiguration:SecurityConfiguration"
ATTRIBUTES = {"realm": "EC2.INTERNAL", "kdcAdminPassword": "x"}
ON = json.dumps({"AuthenticationConfiguration": {"KerberosConfiguration": {"Provider": "ClusterDedicatedKdc"}}})


def security(configuration: object, **options: object) -> R:
    return R(CONFIGURATION, "security", configuration=configuration, **options)


def cluster(configuration: R) -> R:
    return R(CLUSTER, "cluster", kerberosAttributes=ATTRIBUTES, securityConfiguration=configuration.name)


GOOD, BAD, OPEN = security(ON), security('{"EncryptionConfiguration": {}}'), security(UNKNOWN)
INSIDE = security(ON, parent=COMPONENT)

test_kerberos = table(
    "emr-kerberos",
    fails("absent", R(CLUSTER, "cluster"), at="kerberosAttributes"),
    passes("on", cluster(GOOD), GOOD),
    passes("in a component", cluster(INSIDE), INSIDE),
    fails("no security configuration", R(CLUSTER, "cluster", kerberosAttributes=ATTRIBUTES), at="securityConfiguration"),
    fails("not in the security configuration", cluster(BAD), BAD, at="securityConfiguration", says="'security'"),
    undecided("from outside", R(CLUSTER, "c", kerberosAttributes=ATTRIBUTES, securityConfiguration="shared"), only="up"),
    undecided("unknown", cluster(OPEN), OPEN, at="configuration"), given=[INSIDE, COMPONENT],
)  # fmt: skip

DISKS = {
    "EnableAtRestEncryption": True,
    "AtRestEncryptionConfiguration": {"LocalDiskEncryptionConfiguration": {"x": 1}},
}
TRAFFIC = {
    "EnableInTransitEncryption": True,
    "InTransitEncryptionConfiguration": {"TLSCertificateConfiguration": {"CertificateProviderType": "PEM"}},
}
HALF = {"EnableInTransitEncryption": True, "EnableAtRestEncryption": True}


def encrypting(content: object, **options: object) -> R:
    return security(json.dumps({"EncryptionConfiguration": content}), **options)


SAFE, SAFER, HALF_SAFE = encrypting(DISKS), encrypting(TRAFFIC), encrypting(HALF)
SAFE_INSIDE = encrypting(DISKS, parent=COMPONENT)

test_local_disk_encrypted = table(
    "emr-local-disk-encrypted",
    fails("no security configuration", R(CLUSTER, "cluster"), at="securityConfiguration"),
    passes("encrypted", cluster(SAFE), SAFE),
    passes("in a component", cluster(SAFE_INSIDE), SAFE_INSIDE),
    fails("without the disks", cluster(HALF_SAFE), HALF_SAFE, says="'security'"),
    undecided("from outside", R(CLUSTER, "c", securityConfiguration="shared"), only="up"),
    undecided("unknown", cluster(OPEN), OPEN, at="configuration"),
    given=[INSIDE, COMPONENT],
)

test_in_transit_encrypted = table(
    "emr-in-transit-encrypted",
    fails("no security configuration", R(CLUSTER, "cluster"), at="securityConfiguration"),
    passes("encrypted", cluster(SAFER), SAFER),
    fails("without certificates", cluster(HALF_SAFE), HALF_SAFE, says="'security'"),
    undecided("unknown", cluster(OPEN), OPEN, at="configuration"),
)

PUBLIC = R("aws:ec2/subnet:Subnet", "public", mapPublicIpOnLaunch=True)
PRIVATE = R("aws:ec2/subnet:Subnet", "private")


def placed(subnet: object) -> R:
    return R(CLUSTER, "cluster", ec2Attributes={"subnetId": subnet, "instanceProfile": "p"})


test_master_private = table(
    "emr-master-private",
    fails("a public subnet", placed(PUBLIC.id), PUBLIC, at="ec2Attributes.subnetId", says="'public'"),
    passes("a private subnet", placed(PRIVATE.id), PRIVATE),
    passes("several", R(CLUSTER, "c", ec2Attributes={"subnetIds": [PRIVATE.id]}), PRIVATE),
    fails("no subnet", R(CLUSTER, "cluster"), at="ec2Attributes"),
    undecided("a subnet from outside", placed("subnet-1"), only="up"),
    undecided("an unknown subnet", placed(UNKNOWN), at="ec2Attributes.subnetId"),
)

test_authentication = table(
    "emr-authentication",
    fails("neither", R(CLUSTER, "cluster"), at="ec2Attributes.keyName"),
    passes("a key pair", R(CLUSTER, "cluster", ec2Attributes={"keyName": "ops"})),
    passes("Kerberos", R(CLUSTER, "cluster", kerberosAttributes=ATTRIBUTES)),
    passes("an unknown key is one", R(CLUSTER, "cluster", ec2Attributes={"keyName": UNKNOWN})),
)

test_s3_logging = table(
    "emr-s3-logging",
    fails("absent", R(CLUSTER, "cluster"), at="logUri"),
    passes("to a bucket", R(CLUSTER, "cluster", logUri="s3://logs/emr/")),
    passes("an unknown place is one", R(CLUSTER, "cluster", logUri=UNKNOWN)),
)
