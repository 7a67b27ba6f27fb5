"""Names, lifecycles, notifications, replication."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, P, R, document, fails, passes, table, undecided

COMPONENT = R("mine:storage:Replica", "component")

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
VERSIONING_V2 = "aws:s3/bucketVersioningV2:BucketVersioningV2"
QUEUE, QUEUE_POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
TOPIC = "aws:sns/topic:Topic"
REPLICA_REGION = P("replica", region="eu-west-1")

test_bucket_name_valid = table(
    "s3-bucket-name-valid",
    passes("lower case and hyphens", R(BUCKET, "b", bucket="data-1-dev")),
    passes("absent", R(BUCKET, "b")),
    passes("a directory bucket", R("aws:s3/directoryBucket:DirectoryBucket", "b", bucket="data--use1-az4--x-s3")),
    fails("capitals", R(BUCKET, "b", bucket="Data-Dev"), at="bucket", says="Data-Dev"),
    fails("an underscore", R(BUCKET_V2, "b", bucket="data_dev"), at="bucket"),
    fails("an address", R(BUCKET, "b", bucket="10.0.0.1"), at="bucket"),
    undecided("unknown", R(BUCKET, "b", bucket=UNKNOWN), at="bucket"),
)


def lifecycle(**rule: Any) -> R:
    return R(LIFECYCLE, "l", bucket="b", rules=[{"id": "a", "status": "Enabled", **rule}])


IA, GLACIER = {"days": 30, "storageClass": "STANDARD_IA"}, {"days": 90, "storageClass": "GLACIER"}
test_lifecycle_days_valid = table(
    "s3-lifecycle-days-valid",
    passes("ever later", lifecycle(transitions=[IA, GLACIER], expiration={"days": 365})),
    passes("expiration alone", lifecycle(expiration={"days": 1})),
    passes("by date", lifecycle(transitions=[{"date": "2030-01-01T00:00:00Z", "storageClass": "GLACIER"}], expiration={"days": 1})),
    passes("no rules", R(LIFECYCLE, "l", bucket="b")),
    fails("too early", lifecycle(transitions=[{"days": 10, "storageClass": "STANDARD_IA"}]), at="rules[0].transitions[0].days", says="30"),
    fails("deleted first", lifecycle(transitions=[GLACIER], expiration={"days": 60}), at="rules[0].expiration.days"),
    fails("deleted on the same day", lifecycle(transitions=[GLACIER], expiration={"days": 90}), at="rules[0].expiration.days"),
    fails("colder first", lifecycle(transitions=[{"days": 60, "storageClass": "STANDARD_IA"}, {"days": 40, "storageClass": "GLACIER"}]), at="rules[0].transitions[1].days"),
    fails(
        "noncurrent versions",
        lifecycle(
            noncurrentVersionTransitions=[{"noncurrentDays": 30, "storageClass": "GLACIER"}],
            noncurrentVersionExpiration={"noncurrentDays": 20},
        ),
        at="rules[0].noncurrentVersionExpiration.noncurrentDays",
    ),
    undecided("unknown days", lifecycle(transitions=[{"days": UNKNOWN, "storageClass": "GLACIER"}])),
)  # fmt: skip

DATA, OTHER = R(BUCKET, "data"), R(BUCKET, "other")
test_notification_defined_once = table(
    "s3-notification-defined-once",
    passes("one", R(NOTIFICATION, "n", bucket=DATA.id), DATA),
    passes("two buckets", R(NOTIFICATION, "n", bucket=DATA.id), R(NOTIFICATION, "m", bucket=OTHER.id), DATA, OTHER),
    fails("two of one bucket", R(NOTIFICATION, "m", bucket=DATA.id), R(NOTIFICATION, "n", bucket=DATA.id), DATA, on="n", at="bucket", says="'m'"),
    fails("by name", R(NOTIFICATION, "m", bucket="b"), R(NOTIFICATION, "n", bucket="b"), on="n", at="bucket"),
    undecided("unknown", R(NOTIFICATION, "n", bucket=DATA.id), R(NOTIFICATION, "m", bucket=UNKNOWN), DATA),
)  # fmt: skip

JOBS = R(QUEUE, "jobs")
ALLOW = document(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": "*",
            }
        ],
    }
)
DENYING = document({"Version": "2012-10-17", "Statement": []})
ADMITS = R(QUEUE_POLICY, "admits", queueUrl=JOBS.id, policy=ALLOW)
MUTE = R(QUEUE_POLICY, "mute", queueUrl=JOBS.id, policy=DENYING)


def notifies(*depends_on: R, **targets: Any) -> R:
    return R(NOTIFICATION, "n", bucket="b", depends_on=depends_on, **(targets or {"queues": [{"queueArn": JOBS.arn}]}))


test_notification_target_permits = table(
    "s3-notification-target-permits",
    passes("permitted and ordered", notifies(ADMITS), JOBS, ADMITS),
    passes("inline", notifies(queues=[{"queueArn": R(QUEUE, "q", policy=ALLOW).arn}]), R(QUEUE, "q", policy=ALLOW)),
    passes("a queue made elsewhere", notifies(queues=[{"queueArn": "arn:aws:sqs:us-east-1:210987654321:q"}])),
    fails("no policy", notifies(), JOBS, at="queues", says="s3.amazonaws.com"),
    fails("a policy that does not permit", notifies(MUTE), JOBS, MUTE, at="queues"),
    fails("not ordered", notifies(), JOBS, ADMITS, says="dependsOn"),
    fails("another queue's policy", notifies(ADMITS, queues=[{"queueArn": R(QUEUE, "q").arn}]), R(QUEUE, "q"), JOBS, ADMITS, at="queues"),
    fails("a FIFO queue", notifies(queues=[{"queueArn": R(QUEUE, "q", fifoQueue=True).arn}]), R(QUEUE, "q", fifoQueue=True), says="FIFO"),
    fails("a topic", notifies(topics=[{"topicArn": R(TOPIC, "t").arn}]), R(TOPIC, "t"), at="topics"),
    undecided("an unknown policy", notifies(R(QUEUE_POLICY, "p", queueUrl=JOBS.id, policy=UNKNOWN)), JOBS, R(QUEUE_POLICY, "p", queueUrl=JOBS.id, policy=UNKNOWN)),
)  # fmt: skip

SOURCE = R(BUCKET, "source", bucket="source-1")
REPLICA = R(BUCKET, "replica", bucket="replica-1", provider=REPLICA_REGION)
REPLICA_V2 = R(BUCKET_V2, "replica", bucket="replica-1", provider=REPLICA_REGION, parent=COMPONENT)


def replicates(destination: Any, name: str = "replication", *, depends_on: tuple[R, ...] = (), **rule: Any) -> R:
    rules = [{"status": "Enabled", "destination": {"bucket": destination}, **rule}]
    return R(REPLICATION, name, bucket=SOURCE.id, rules=rules, depends_on=depends_on)


test_replication_destination_exists = table(
    "s3-replication-destination-exists",
    passes("a bucket of the program", replicates(REPLICA.arn), SOURCE, REPLICA),
    passes("by the ARN of its name", replicates("arn:aws:s3:::replica-1"), SOURCE, REPLICA),
    passes("under the other token, in a component", replicates("arn:aws:s3:::replica-1"), SOURCE, REPLICA_V2),
    passes("a declared prerequisite", replicates("arn:aws:s3:::replica-1"), SOURCE, prerequisites=frozenset({"replica-1"})),
    passes("no rules", R(REPLICATION, "r", bucket=SOURCE.id), SOURCE),
    fails("not created here", replicates("arn:aws:s3:::replica-1"), SOURCE, at="rules[0].destination.bucket", says=["replica-1", "not created here"]),
    fails(
        "inline in v6",
        R(BUCKET, "b", provider=V6, replicationConfiguration={"rules": [{"destination": {"bucket": "arn:aws:s3:::replica-1"}}]}),
        at="replicationConfiguration.rules[0].destination.bucket",
    ),
    undecided("an unknown destination", replicates(UNKNOWN), SOURCE),
    undecided("a bucket whose name is not known", replicates("arn:aws:s3:::replica-1"), R(BUCKET, "b", bucket=UNKNOWN)), given=[SOURCE, COMPONENT],
)  # fmt: skip

ON_SOURCE = R(VERSIONING, "on-source", bucket=SOURCE.id, versioningConfiguration={"status": "Enabled"})
ON_REPLICA = R(
    VERSIONING_V2,
    "on-replica",
    bucket=REPLICA.id,
    versioningConfiguration={"status": "Enabled"},
    provider=REPLICA_REGION,
)
BOTH = (ON_SOURCE, ON_REPLICA)
test_replication_versioned = table(
    "s3-replication-versioned",
    passes("both ends, ordered", replicates(REPLICA.arn, depends_on=BOTH), SOURCE, REPLICA, *BOTH),
    passes("ends made elsewhere", R(REPLICATION, "r", bucket="b", rules=[{"destination": {"bucket": "arn:aws:s3:::c"}}])),
    passes(
        "inline in v6",
        R(REPLICATION, "r", bucket=R(BUCKET, "b", versioning={"enabled": True}, provider=V6).id, rules=[]),
        R(BUCKET, "b", versioning={"enabled": True}, provider=V6),
    ),
    fails("not on the destination", replicates(REPLICA.arn, depends_on=(ON_SOURCE,)), SOURCE, REPLICA, ON_SOURCE, says="destination"),
    fails("not on the source", replicates(REPLICA.arn, depends_on=(ON_REPLICA,)), SOURCE, REPLICA, ON_REPLICA, says="source"),
    fails("not ordered", replicates(REPLICA.arn, depends_on=(ON_REPLICA,)), SOURCE, REPLICA, *BOTH, says="dependsOn"),
    undecided(
        "an unknown status",
        R(REPLICATION, "r", bucket=SOURCE.id, rules=[]),
        SOURCE,
        R(VERSIONING, "v", bucket=SOURCE.id, versioningConfiguration={"status": UNKNOWN}),
    ),
)  # fmt: skip

KMS_SOURCE = {"sseKmsEncryptedObjects": {"status": "Enabled"}}


def rules(*entries: Any) -> R:
    return R(REPLICATION, "r", bucket="b", rules=list(entries))


test_replication_rule_complete = table(
    "s3-replication-rule-complete",
    passes("complete", rules({"filter": {}, "deleteMarkerReplication": {"status": "Enabled"}, "priority": 1, "destination": {"bucket": "x"}})),
    passes("no rules", R(REPLICATION, "r", bucket="b")),
    passes("a key that is made in the program", rules({"sourceSelectionCriteria": KMS_SOURCE, "destination": {"encryptionConfiguration": {"replicaKmsKeyId": UNKNOWN}}})),
    fails("no deleteMarkerReplication", rules({"filter": {"prefix": "a"}}), at="rules[0].deleteMarkerReplication"),
    fails("no metrics", rules({"destination": {"replicationTime": {"status": "Enabled"}}}), at="rules[0].destination.metrics"),
    fails("no key", rules({"sourceSelectionCriteria": KMS_SOURCE, "destination": {"bucket": "x"}}), at="rules[0].destination.encryptionConfiguration.replicaKmsKeyId"),
    fails("equal priorities", rules({"priority": 1}, {"priority": 1}), at="rules[1].priority"),
    undecided("an unknown rule", rules(UNKNOWN)),
)  # fmt: skip
