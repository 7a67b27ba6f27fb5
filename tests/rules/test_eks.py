"""Rules for EKS."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
COMPONENT = R("program:app:App", "component")
ROLE = R("aws:iam/role:Role", "role", assumeRolePolicy="{}")


def cluster(**more: Any) -> R:
    return R(CLUSTER, "cluster", **{"roleArn": ROLE.arn, **more})


def endpoint(**vpc: Any) -> R:
    return cluster(vpcConfig={"subnetIds": ["subnet-0a1b", "subnet-0c2d"], **vpc})


WORLD = {"allowRestricted": True}
test_endpoint_private = table(
    "eks-endpoint-private",
    fails("public by default", endpoint(), ROLE, at="vpcConfig.endpointPublicAccess"),
    passes("private", endpoint(endpointPublicAccess=False, endpointPrivateAccess=True), ROLE),
    fails(
        "public",
        endpoint(endpointPublicAccess=True, publicAccessCidrs=["203.0.113.0/24"]),
        ROLE,
        at="vpcConfig.endpointPublicAccess",
    ),
    passes(
        "public for an office, where allowed", endpoint(publicAccessCidrs=["203.0.113.0/24"]), ROLE, parameters=WORLD
    ),
    fails(
        "public for all, where an office is allowed",
        endpoint(publicAccessCidrs=["0.0.0.0/0"]),
        ROLE,
        at="vpcConfig.publicAccessCidrs",
        parameters=WORLD,
    ),
    fails(
        "in two halves",
        endpoint(publicAccessCidrs=["0.0.0.0/1", "128.0.0.0/1"]),
        ROLE,
        parameters=WORLD,
        at="vpcConfig.publicAccessCidrs",
    ),
    fails("no addresses", endpoint(), ROLE, parameters=WORLD, at="vpcConfig.publicAccessCidrs"),
    undecided("unknown", endpoint(endpointPublicAccess=UNKNOWN), ROLE, at="vpcConfig.endpointPublicAccess"),
    undecided("unknown addresses", endpoint(publicAccessCidrs=[UNKNOWN]), ROLE, parameters=WORLD),
)

KEY = R("aws:kms/key:Key", "key")
test_secrets_encrypted = table(
    "eks-secrets-encrypted",
    fails("no key", cluster(), ROLE, at="encryptionConfig"),
    passes(
        "a key of the program",
        cluster(encryptionConfig={"resources": ["secrets"], "provider": {"keyArn": KEY.arn}}),
        ROLE,
        KEY,
    ),
    passes(
        "in v6",
        cluster(encryptionConfig={"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:a"}}, provider=V6),
        ROLE,
    ),
    fails(
        "a key for nothing",
        cluster(encryptionConfig={"resources": [], "provider": {"keyArn": "arn:aws:kms:a"}}),
        ROLE,
        at="encryptionConfig.resources",
    ),
    undecided("unknown", cluster(encryptionConfig=UNKNOWN), ROLE, at="encryptionConfig"),
)

ALL = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
test_control_plane_logs = table(
    "eks-control-plane-logs",
    fails("one is off", cluster(enabledClusterLogTypes=ALL[:4]), ROLE, at="enabledClusterLogTypes", says="'scheduler'"),
    passes("all five", cluster(enabledClusterLogTypes=ALL), ROLE),
    fails("none", cluster(provider=V6), ROLE, on=["cluster"] * 5, at="enabledClusterLogTypes"),
    passes(
        "the two that are asked for",
        cluster(enabledClusterLogTypes=ALL[:2]),
        ROLE,
        parameters={"logTypes": ["api", "audit"]},
    ),
    undecided("unknown", cluster(enabledClusterLogTypes=UNKNOWN), ROLE, at="enabledClusterLogTypes"),
)

test_version_supported = table(
    "eks-version-supported",
    fails("out of support", cluster(version="1.25"), ROLE, at="version", says=("1.25", "1.35")),
    passes("offered", cluster(version="1.34"), ROLE),
    passes("not stated", cluster(), ROLE),
    passes("newer than the table", cluster(version="1.99", provider=V6), ROLE),
    fails("older than asked", cluster(version="1.33"), ROLE, parameters={"oldest": "1.34"}, at="version"),
    undecided("unknown", cluster(version=UNKNOWN), ROLE, at="version"),
)


def subnet(name: str, zone: Any, **more: Any) -> R:
    return R("aws:ec2/subnet:Subnet", name, availabilityZone=zone, **more)


A, B, C = subnet("a", "us-east-1a"), subnet("b", "us-east-1b"), subnet("c", "us-east-1a")
NESTED = subnet("c", "us-east-1a", parent=COMPONENT)
NO_ZONE = subnet("n", UNKNOWN)


def spans(*ids: Any, **more: Any) -> R:
    return cluster(vpcConfig={"subnetIds": list(ids)}, **more)


test_cluster_subnets_in_two_zones = table(
    "eks-cluster-subnets-in-two-zones",
    fails("one zone", spans(A.id, C.id), ROLE, A, C, at="vpcConfig.subnetIds", says="us-east-1a"),
    passes("two zones", spans(A.id, B.id), ROLE, A, B),
    fails("one subnet", spans(A.id), ROLE, A, says="one subnet"),
    fails("in a component", spans(A.id, NESTED.id, provider=V6), ROLE, COMPONENT, A, NESTED, at="vpcConfig.subnetIds"),
    passes("subnets from elsewhere", spans("subnet-0a1b", "subnet-0c2d"), ROLE),
    passes("one from elsewhere", spans(A.id, "subnet-0c2d"), ROLE, A),
    passes("on an Outpost", spans(A.id, outpostConfig={"outpostArns": ["a"]}), ROLE, A),
    undecided("unknown subnets", cluster(vpcConfig={"subnetIds": UNKNOWN}), ROLE, at="vpcConfig.subnetIds"),
    undecided("an unknown zone", spans(A.id, NO_ZONE.id), ROLE, A, NO_ZONE, at="availabilityZone"),
)

MINE, OTHER = cluster(), R(CLUSTER, "other", roleArn=ROLE.arn)
AUTO = cluster(computeConfig={"enabled": True})


def nodes(of: R, name: str = "nodes", kind: str = NODE_GROUP, **more: Any) -> R:
    return R(kind, name, clusterName=of.name, **more)


def addon(of: Any, name: Any = "coredns", **more: Any) -> R:
    return R("aws:eks/addon:Addon", "addon", clusterName=of, addonName=name, **more)


NODES = nodes(MINE)
FARGATE = nodes(MINE, "profile", "aws:eks/fargateProfile:FargateProfile")
test_addon_after_nodes = table(
    "eks-addon-after-nodes",
    fails("does not wait", addon(MINE.name), MINE, ROLE, NODES, says="'nodes' to `dependsOn`"),
    passes("waits", addon(MINE.name, depends_on=[NODES]), MINE, ROLE, NODES),
    fails("for Fargate", addon(MINE.name), MINE, ROLE, FARGATE, says="the add-on does not wait for nodes"),
    passes("needs no nodes", addon(MINE.name, "vpc-cni"), MINE, ROLE, NODES),
    passes("nodes of another cluster", addon(MINE.name), MINE, OTHER, ROLE, nodes(OTHER)),
    passes("auto mode", addon(AUTO.name), AUTO, ROLE, nodes(AUTO)),
    passes("nodes from elsewhere", addon(MINE.name), MINE, ROLE),
    passes(
        "nodes in a component",
        addon(MINE.name, depends_on=[nodes(MINE, parent=COMPONENT)]),
        MINE,
        ROLE,
        COMPONENT,
        nodes(MINE, parent=COMPONENT),
    ),
    undecided("unknown", addon(MINE.name, UNKNOWN), MINE, ROLE, NODES, at="addonName"),
)


def attached(policy: Any, name: str = "attached", **more: Any) -> R:
    arn = f"arn:aws:iam::aws:policy/{policy}" if isinstance(policy, str) and policy != UNKNOWN else policy
    return R("aws:iam/rolePolicyAttachment:RolePolicyAttachment", name, role=ROLE.name, policyArn=arn, **more)


BASE = attached("AmazonEKSClusterPolicy")
WORKER = attached("AmazonEKSWorkerNodePolicy", "worker")
PULL = attached("AmazonEC2ContainerRegistryPullOnly", "pull")
OWN = R("aws:iam/policy:Policy", "own", policy='{"Statement": []}')
IN_COMPONENT = attached("AmazonEKSClusterPolicy", parent=COMPONENT)
MANAGED = R("aws:iam/role:Role", "role", managedPolicyArns=["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"])


def group(*waits: R) -> R:
    return R(NODE_GROUP, "nodes", clusterName="c", nodeRoleArn=ROLE.arn, depends_on=list(waits))


test_role_policies_attached = table(
    "eks-role-policies-attached",
    fails("a cluster without", cluster(), ROLE, at="roleArn", says=("'role'", "AmazonEKSClusterPolicy")),
    passes("a cluster with", cluster(depends_on=[BASE]), ROLE, BASE),
    fails("a cluster that does not wait", cluster(), ROLE, BASE, severity=Severity.LOW, says="attached"),
    passes("in a component", cluster(depends_on=[IN_COMPONENT]), ROLE, COMPONENT, IN_COMPONENT),
    passes("managed policies of the role, in v6", R(CLUSTER, "cluster", roleArn=MANAGED.arn, provider=V6), MANAGED),
    fails(
        "nodes that can't pull",
        group(WORKER),
        ROLE,
        WORKER,
        at="nodeRoleArn",
        says="AmazonEC2ContainerRegistryPullOnly",
    ),
    passes("nodes", group(WORKER, PULL), ROLE, WORKER, PULL),
    fails(
        "a Fargate profile",
        R("aws:eks/fargateProfile:FargateProfile", "profile", podExecutionRoleArn=ROLE.arn),
        ROLE,
        at="podExecutionRoleArn",
    ),
    passes("a role from elsewhere", cluster(roleArn="arn:aws:iam::210987654321:role/eks")),
    undecided("a policy of the program", cluster(), ROLE, OWN, attached(OWN.arn), at="roleArn", only=None),
    undecided("an unknown policy", cluster(), ROLE, attached(UNKNOWN), at="roleArn"),
)


PROFILE = "aws:eks/fargateProfile:FargateProfile"
test_name_valid = table(
    "eks-name-valid",
    fails("a dot", cluster(name="my.cluster"), ROLE, at="name", says="my.cluster"),
    passes("hyphens", cluster(name="my-cluster"), ROLE),
    fails("too long", cluster(name="a" * 101), ROLE, says="101"),
    fails("a long node group", R(NODE_GROUP, "nodes", nodeGroupName="a" * 64), at="nodeGroupName"),
    fails("a reserved profile", R(PROFILE, "profile", fargateProfileName="eks-system"), at="fargateProfileName"),
    passes("no name", R(PROFILE, "profile", provider=V6)),
    undecided("unknown", cluster(name=UNKNOWN), ROLE, at="name"),
)

OLD, UNKNOWN_VERSION = cluster(version="1.32"), cluster(version=UNKNOWN)
test_node_version_compatible = table(
    "eks-node-version-compatible",
    fails("newer nodes", nodes(OLD, version="1.33"), OLD, ROLE, at="version", says=("1.33", "1.32")),
    passes("the same", nodes(OLD, version="1.32"), OLD, ROLE),
    passes("three older", nodes(OLD, version="1.29"), OLD, ROLE),
    fails("four older", nodes(OLD, version="1.28"), OLD, ROLE, at="version"),
    passes("not stated", nodes(OLD), OLD, ROLE),
    passes("a cluster without a version", nodes(MINE, version="1.33"), MINE, ROLE),
    passes("a cluster from elsewhere", R(NODE_GROUP, "nodes", clusterName="c", version="1.20")),
    undecided("unknown", nodes(UNKNOWN_VERSION, version="1.33"), UNKNOWN_VERSION, ROLE, at="version"),
)
