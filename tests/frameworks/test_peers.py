import pytest

from preflight.frameworks.peers import peers


@pytest.mark.parametrize(
    ("peer_id", "count", "its_rule", "ours"),
    [
        ("cdk-nag", 215, "S3BucketVersioningEnabled", ("s3-bucket-versioning",)),
        ("awsguard", 28, "encryptedVolumes", ("ec2-instance-block-devices-encrypted", "ebs-volume-encrypted")),
        ("pulumi-compliance", 97, "aws-rds-instance-enable-backup-retention", ("rds-backup-enabled",)),
        ("aws-config", 227, "DYNAMODB_PITR_ENABLED", ("dynamodb-pitr",)),
    ],
)
def test_each_rule_of_a_peer_is_there(peer_id: str, count: int, its_rule: str, ours: tuple[str, ...]) -> None:
    peer = next(found for found in peers() if found.id == peer_id)
    assert len(peer.rules) + len(peer.without) == count
    assert peer.rules[its_rule] == ours


def test_a_rule_without_a_counterpart_says_why() -> None:
    nag = next(found for found in peers() if found.id == "cdk-nag")
    assert set(nag.without) == {
        "MediaStoreCloudWatchMetricPolicy",
        "MediaStoreContainerAccessLogging",
        "MediaStoreContainerCORSPolicy",
        "MediaStoreContainerLifecyclePolicy",
    }
    assert all(nag.without.values())
