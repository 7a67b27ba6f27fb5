"""OpenSearch and Elasticsearch domains."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided

DOMAIN = "aws:opensearch/domain:Domain"
OLDER = "aws:elasticsearch/domain:Domain"
SUBNET = R("aws:ec2/subnet:Subnet", "subnet")
GROUP = R("aws:cloudwatch/logGroup:LogGroup", "logs")


def domain(token: str = DOMAIN, /, **properties: object) -> R:
    return R(token, "search", **properties)


test_encrypted_at_rest = table(
    "opensearch-encrypted-at-rest",
    fails("absent", domain(), at="encryptAtRest.enabled"),
    passes("on", domain(encryptAtRest={"enabled": True})),
    fails("off, Elasticsearch", domain(OLDER, encryptAtRest={"enabled": False}), at="encryptAtRest.enabled"),
    undecided("unknown", domain(encryptAtRest={"enabled": UNKNOWN}), at="encryptAtRest.enabled"),
)

test_node_to_node_encryption = table(
    "opensearch-node-to-node-encryption",
    fails("absent", domain(), at="nodeToNodeEncryption.enabled"),
    passes("on", domain(nodeToNodeEncryption={"enabled": True})),
    passes("on, Elasticsearch", domain(OLDER, nodeToNodeEncryption={"enabled": True})),
    fails("off", domain(nodeToNodeEncryption={"enabled": False}), at="nodeToNodeEncryption.enabled"),
    undecided("unknown", domain(nodeToNodeEncryption=UNKNOWN), at="nodeToNodeEncryption"),
)

test_in_vpc = table(
    "opensearch-in-vpc",
    fails("absent", domain(), at="vpcOptions.subnetIds"),
    passes("a subnet of the program", domain(vpcOptions={"subnetIds": [SUBNET.id]}), SUBNET),
    passes("unknown subnets are some", domain(vpcOptions={"subnetIds": UNKNOWN})),
    fails("no subnet", domain(vpcOptions={"securityGroupIds": ["sg-1"]}), at="vpcOptions.subnetIds"),
    undecided("unknown", domain(vpcOptions=UNKNOWN), at="vpcOptions"),
)


def log(kind: object, **properties: object) -> dict[str, object]:
    return {"logType": kind, "cloudwatchLogGroupArn": GROUP.arn, **properties}


ERRORS = "ES_APPLICATION_LOGS"
test_error_logs = table(
    "opensearch-error-logs",
    fails("absent", domain(), at="logPublishingOptions"),
    passes("published", domain(logPublishingOptions=[log("INDEX_SLOW_LOGS"), log(ERRORS)]), GROUP),
    passes("provider v6", R(DOMAIN, "s", provider=V6, logPublishingOptions=[log(ERRORS, enabled=True)]), GROUP),
    passes("an unknown entry beside it", domain(logPublishingOptions=[log(UNKNOWN), log(ERRORS)]), GROUP),
    fails("off", domain(logPublishingOptions=[log(ERRORS, enabled=False)]), GROUP, at="logPublishingOptions"),
    fails(
        "others only", domain(OLDER, logPublishingOptions=[log("INDEX_SLOW_LOGS")]), GROUP, at="logPublishingOptions"
    ),
    undecided("unknown", domain(logPublishingOptions=[log(UNKNOWN)]), GROUP, at="logPublishingOptions[0].logType"),
)
