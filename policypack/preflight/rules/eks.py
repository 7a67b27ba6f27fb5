"""Rules for EKS: clusters, node groups, add-ons and their roles."""

from __future__ import annotations

import re
from typing import Final

from ..documents import network
from ..facts import eks
from ..rule import Certainty, Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, rule
from ..stack import Stack
from ._shared_graph import listed, same_target, settled
from ._shared_roles import ROLE, Granted, role_policies

CLUSTER: Final = "aws:eks/cluster:Cluster"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
FARGATE_PROFILE: Final = "aws:eks/fargateProfile:FargateProfile"
ADDON: Final = "aws:eks/addon:Addon"
SUBNET: Final = "aws:ec2/subnet:Subnet"
_ADDONS_ON_NODES: Final = ("coredns", "aws-ebs-csi-driver")
_LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_SKEW: Final = 3
_PUBLIC: Final = "vpcConfig.endpointPublicAccess"


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
    parameters={
        "allowRestricted": Parameter.of(
            False, "Whether a public endpoint will do that is limited to addresses other than the whole internet."
        )
    },
)
def endpoint_private(cluster: Resource, parameters: Parameters) -> Findings:
    """The API endpoint of a cluster is private, or (where the settings allow it) public for a list of addresses only.

    Why: Anyone can try credentials, and flaws of the API server, on a public endpoint.
    Fix: Set `vpcConfig.endpointPublicAccess=false` and `endpointPrivateAccess=true`.
    Source: Amazon EKS User Guide, "Cluster API server endpoint"; AWS Config rule eks-endpoint-no-public-access.
    """
    if cluster.flag(_PUBLIC) is False:
        return
    if parameters["allowRestricted"]:
        ranges = list(cluster.values("vpcConfig.publicAccessCidrs"))
        if ranges and not settled(network.is_world(ranges), cluster, "vpcConfig.publicAccessCidrs"):
            return
        yield cluster.finding(
            "the API endpoint is public for the whole internet; name addresses in `publicAccessCidrs`",
            at="vpcConfig.publicAccessCidrs",
        )
        return
    yield cluster.finding("the API endpoint is public; set `endpointPublicAccess=false`", at=_PUBLIC)


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def secrets_encrypted(cluster: Resource) -> Findings:
    """The Kubernetes secrets of a cluster are encrypted under a KMS key.

    Why: With a key of one's own, reading secrets out of the cluster's storage takes a permission on the key as well.
    Fix: Set `encryptionConfig` with resources=["secrets"] and `provider.keyArn`.
    Source: Amazon EKS User Guide, "Encrypt Kubernetes secrets with KMS on existing clusters"; AWS Config rule
    eks-cluster-secrets-encrypted.
    """
    if not cluster.has("encryptionConfig.provider.keyArn"):
        yield cluster.finding(
            "secrets are not encrypted under a KMS key; set `encryptionConfig`", at="encryptionConfig"
        )
    elif "secrets" not in list(cluster.values("encryptionConfig.resources")):
        yield cluster.finding("the key does not encrypt secrets; add 'secrets'", at="encryptionConfig.resources")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={"logTypes": Parameter.of(list(_LOG_TYPES), "Log types of the control plane that must be on.")},
)
def control_plane_logs(cluster: Resource, parameters: Parameters) -> Findings:
    """All logs of a cluster's control plane are on: "api", "audit", "authenticator", "controllerManager" and
    "scheduler".

    Why: They are the only record of who did what in the cluster.
    Fix: Add the type to `enabledClusterLogTypes`.
    Source: Amazon EKS User Guide, "Send control plane logs to CloudWatch Logs"; AWS Config rule
    eks-cluster-logging-enabled.
    """
    on = list(cluster.values("enabledClusterLogTypes"))
    for name in parameters["logTypes"]:
        if name not in on:
            yield cluster.finding(f"the log '{name}' is off; add it", at="enabledClusterLogTypes")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
    parameters={"oldest": Parameter.of("", "Oldest Kubernetes version that will do, such as 1.31; empty for any.")},
)
def version_supported(cluster: Resource, parameters: Parameters) -> Findings:
    """The Kubernetes version of a cluster is one that EKS offers for new clusters, and not older than the settings say.

    Why: EKS refuses a version that is out of support ("InvalidParameterException: unsupported Kubernetes version"), and
    upgrades clusters with one by itself.
    Fix: Use a version that the message lists; without one EKS accepts its default.
    Source: Amazon EKS User Guide, "Understand the Kubernetes version lifecycle on EKS"; AWS Config rule
    eks-cluster-supported-version.
    """
    version = cluster.text("version")
    if not version:
        return
    if eks.creatable(version) is False:
        yield cluster.finding(
            f"EKS offers no Kubernetes {version} (calendar of {eks.DATED}); use {listed(eks.offered()[-4:])}",
            at="version",
        )
    elif parameters["oldest"] and _number(version) < _number(parameters["oldest"]):
        yield cluster.finding(f"Kubernetes {version} is older than {parameters['oldest']}", at="version")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


@rule(CLUSTER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def cluster_subnets_in_two_zones(cluster: Resource, stack: Stack) -> Findings:
    """A cluster has subnets in two zones at least.

    Why: EKS refuses others ("InvalidParameterException: Subnets specified must be in at least two different AZs").
    Fix: Pass subnets of two zones.
    Source: Amazon EKS User Guide, "View Amazon EKS networking requirements for VPC and subnets".
    """
    path = "vpcConfig.subnetIds"
    if cluster.has("outpostConfig"):
        return
    given = cluster.list(path)
    count = len(given) if given is not None else 0
    if count == 1:
        yield cluster.finding("the cluster has one subnet; pass subnets of two zones", at=path)
        return
    subnets = stack.referred_by(cluster, path, SUBNET).certain
    if count and len(subnets) == count:
        zones = {subnet.text("availabilityZone") or subnet.text("availabilityZoneId") for subnet in subnets}
        zone = next(iter(zones))
        if len(zones) == 1 and zone is not None:
            yield cluster.finding(f"all subnets of the cluster are in {zone}; add one of another zone", at=path)


@rule(ADDON, kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def addon_after_nodes(addon: Resource, stack: Stack) -> Findings:
    """An add-on whose pods run on nodes waits for nodes of its cluster.

    Why: Without nodes coredns and aws-ebs-csi-driver are degraded; the provider waits for up to 20 minutes, and fails
    where the nodes are not there by then ("unexpected state 'DEGRADED', wanted target 'ACTIVE'").
    Fix: List the node group in `dependsOn` of the add-on.
    Source: Amazon EKS User Guide, "Amazon EKS add-ons"; "Troubleshoot Amazon EKS add-ons".
    """
    if addon.text("addonName") not in _ADDONS_ON_NODES:
        return
    clusters = stack.referred_by(addon, "clusterName", CLUSTER).certain
    if any(cluster.known("computeConfig.enabled") for cluster in clusters):
        return
    nodes = [
        nodes
        for nodes in stack.of_type(NODE_GROUP, FARGATE_PROFILE)
        if same_target(stack, addon, nodes, "clusterName", CLUSTER)
    ]
    if nodes and not any(stack.waits_for(addon, found) for found in nodes):
        yield addon.finding(
            f"the add-on does not wait for nodes; add '{nodes[0].name}' to `dependsOn`. It is "
            "degraded until there are any",
            certainty=Certainty.RACE,
        )


_ROLES: Final = {CLUSTER: "roleArn", NODE_GROUP: "nodeRoleArn", FARGATE_PROFILE: "podExecutionRoleArn"}


@rule(tuple(_ROLES), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def role_policies_attached(resource: Resource, stack: Stack) -> Findings:
    """The role of a cluster, node group or Fargate profile has the policies that EKS asks for, before it is used.

    Why: Nodes without them never join, and the node group fails after some 20 minutes ("NodeCreationFailure: Instances
    failed to join the kubernetes cluster"). A policy attached at the same time may come too late, and is taken away too
    early on destroy; that is a warning.
    Fix: Attach the policy that the message names, and add the attachment to `dependsOn`.
    Source: Amazon EKS User Guide, "Amazon EKS cluster IAM role"; "Amazon EKS node IAM role"; "Amazon EKS Pod execution
    IAM role".
    """
    path = _ROLES[resource.kind]
    roles = stack.referred_by(resource, path, ROLE).certain
    if not roles:
        return
    policies = role_policies(stack, roles[0])
    late: list[Resource] = []
    for wanted in eks.ROLE_POLICIES[resource.kind, path]:
        giving = [granted for granted in policies if granted.name in wanted]
        if giving:
            late.extend(_late(stack, resource, giving))
        elif any(not granted.name for granted in policies):
            raise Undecided(path, resource.urn, f"has policies that may stand for {' or '.join(sorted(wanted))}")
        else:
            yield resource.finding(f"role '{roles[0].name}' lacks {' or '.join(sorted(wanted))}; attach it", at=path)
            return
    if late:
        yield resource.finding(
            f"the resource does not wait for {listed(found.name for found in late)}, which attaches a policy to its "
            "role; add `dependsOn`",
            at=path,
            severity=Severity.LOW,
            certainty=Certainty.RACE,
        )


def _late(stack: Stack, resource: Resource, giving: list[Granted]) -> list[Resource]:
    sources = [granted.source for granted in giving if granted.source is not None]
    return [] if any(stack.waits_for(resource, source) for source in sources) else sources[:1]


_NAMES: Final = {CLUSTER: ("name", 100), NODE_GROUP: ("nodeGroupName", 63), FARGATE_PROFILE: ("fargateProfileName", 63)}
_NAME: Final = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]*")


@rule(tuple(_NAMES), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def name_valid(resource: Resource) -> Findings:
    """The names of clusters, node groups and Fargate profiles are ones that EKS accepts.

    Why: EKS refuses others ("InvalidParameterException: The specified fargateProfileName has a reserved prefix").
    Fix: Use only letters, digits, hyphens and underscores, within the length; a Fargate profile must not begin with
    "eks-".
    Source: Amazon EKS API Reference, "CreateCluster"; "CreateNodegroup"; "CreateFargateProfile".
    """
    path, most = _NAMES[resource.kind]
    name = resource.text(path)
    if not name:
        return
    if len(name) > most:
        yield resource.finding(f"the name has {len(name)} characters; EKS accepts {most}", at=path)
    elif resource.is_a(CLUSTER) and not _NAME.fullmatch(name):
        yield resource.finding(f"'{name}' may contain only letters, digits, hyphens and underscores", at=path)
    elif resource.is_a(FARGATE_PROFILE) and name.startswith("eks-"):
        yield resource.finding(f"'{name}' begins with 'eks-', which is reserved; rename it", at=path)


@rule(NODE_GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def node_version_compatible(nodes: Resource, stack: Stack) -> Findings:
    """The Kubernetes version of a node group is its cluster's, or up to three minor versions older.

    Why: EKS refuses others ("InvalidParameterException: Nodegroup Kubernetes version … is not compatible with cluster
    version").
    Fix: Use the cluster's version, or remove it.
    Source: Amazon EKS User Guide, "Update a managed node group for your cluster"; Kubernetes, "Version Skew Policy".
    """
    version = nodes.text("version")
    if not version:
        return
    for cluster in stack.referred_by(nodes, "clusterName", CLUSTER).certain:
        other = cluster.text("version")
        mine, theirs = _number(version), _number(other or "")
        if len(mine) < 2 or len(theirs) < 2 or 0 <= theirs[1] - mine[1] <= _SKEW:
            continue
        yield nodes.finding(
            f"the nodes have Kubernetes {version} and cluster '{cluster.name}' {other}; use the cluster's",
            at="version",
        )
