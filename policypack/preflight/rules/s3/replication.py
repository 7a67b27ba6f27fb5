"""Replication: destinations that exist, versioning on both ends, and rules that S3 accepts."""

from __future__ import annotations

from ...documents import arn
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, View, deferred, rule
from ...stack import Stack
from ._shape import BUCKET, REPLICATION, is_versioned, versioning_resources


@rule((REPLICATION, BUCKET), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def replication_destination_exists(config: Resource, stack: Stack) -> Findings:
    """The destination of a replication rule is a bucket that exists.

    Why: S3 refuses the configuration ("InvalidRequest: Destination bucket must exist"), after everything before it is
    made.
    Fix: Create the destination in the replica region under a provider of its own, or make replication optional by
    config; name a bucket of another stack in the settings' prerequisites.
    Source: Amazon S3 User Guide, "Requirements for replication".
    """
    for destination in _destinations(config):
        if destination.is_unknown("bucket") and _is_made_here(config, stack, destination.path):
            continue
        with deferred():
            text = destination.text("bucket")
            name = arn.bucket_name(text) if text else None
            if not text or name is None or stack.is_declared(text, name):
                continue
            if not any(name in stack.identities(bucket) for bucket in stack.of_type(BUCKET)):
                nameless = next((bucket for bucket in stack.of_type(BUCKET) if bucket.is_unknown("bucket")), None)
                if nameless is not None:
                    raise Undecided("bucket", nameless.urn)
                yield destination.finding(
                    f"the destination bucket {name} is not created here", at="bucket", certainty=Certainty.OUTSIDE
                )


def _is_made_here(config: Resource, stack: Stack, path: str) -> bool:
    return any(found is not config for found in stack.referred_by(config, path, BUCKET).certain)


def _destinations(config: Resource) -> list[View]:
    found: list[View] = []
    for path in ("rules", "replicationConfiguration.rules", "replicationConfigurations.rules"):
        with deferred():
            for entry in config.each(path):
                for name in ("destination", "destinations"):
                    with deferred():
                        found.extend(entry.each(name))
    return found


@rule(REPLICATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def replication_versioned(config: Resource, stack: Stack) -> Findings:
    """Source and destination of a replication have versioning enabled, before the replication is set.

    Why: S3 refuses it ("InvalidRequest: Versioning must be 'Enabled' on the bucket to apply a replication
    configuration").
    Fix: Add an `aws.s3.BucketVersioning` with status "Enabled" for both buckets and depend on both.
    Source: Amazon S3 User Guide, "Requirements for replication".
    """
    ends = [("source", found) for found in stack.referred_by(config, "bucket", BUCKET).certain]
    sources = {found.urn for _, found in ends}
    ends += [
        ("destination", found)
        for found in stack.referred_by(config, "rules.destination.bucket", BUCKET).certain
        if found.urn not in sources
    ]
    for role, bucket in ends:
        with deferred():
            if not is_versioned(stack, bucket):
                yield config.finding(f"the {role} bucket '{bucket.name}' has no versioning enabled")
                continue
            separate = versioning_resources(stack, bucket)
            if separate and not any(stack.waits_for(config, found) for found in separate):
                yield config.finding(
                    f"does not wait for '{separate[0].name}', the versioning of its {role} bucket; add `dependsOn`",
                    certainty=Certainty.RACE,
                )


@rule(REPLICATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def replication_rule_complete(config: Resource) -> Findings:
    """Replication rules have all the parts that their other parts ask for.

    Why: S3 refuses incomplete rules ("InvalidRequest: DeleteMarkerReplication must be specified for this version of
    Cross Region Replication configuration schema", "Found duplicate priority").
    Fix: Complete the rule as the message says.
    Source: Amazon S3 User Guide, "Replication configuration file elements".
    """
    priorities: dict[int | float, int] = {}
    rules = list(_known_rules(config))
    for index, entry in enumerate(rules):
        with deferred():
            yield from _incomplete(entry)
        if len(rules) < 2:
            continue
        with deferred():
            priority = entry.number("priority")
            if priority is None:
                if entry.has("filter"):
                    yield entry.finding("has no priority, though there are several rules", at="priority")
            elif priority in priorities:
                yield entry.finding(f"has the priority {priority} of rule {priorities[priority]}", at="priority")
            else:
                priorities[priority] = index


def _known_rules(config: Resource) -> list[View]:
    found: list[View] = []
    with deferred():
        found.extend(config.each("rules"))
    return found


def _incomplete(entry: View) -> Findings:
    if entry.has("filter") and not entry.has("deleteMarkerReplication"):
        yield entry.finding("has a filter and no `deleteMarkerReplication`", at="deleteMarkerReplication")
    if entry.has("destination.replicationTime") and not entry.has("destination.metrics"):
        yield entry.finding("has `replicationTime` and no metrics, which it needs", at="destination.metrics")
    encrypted = entry.text("sourceSelectionCriteria.sseKmsEncryptedObjects.status")
    if encrypted == "Enabled" and not entry.has("destination.encryptionConfiguration.replicaKmsKeyId"):
        yield entry.finding(
            "replicates objects under KMS keys and names no key for the replicas; set "
            "`encryptionConfiguration.replicaKmsKeyId`",
            at="destination.encryptionConfiguration.replicaKmsKeyId",
        )
