"""Athena: what frameworks ask of workgroups and databases."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ._shared_flags import asked, named

DATABASE: Final = "aws:athena/database:Database"
WORKGROUP: Final = "aws:athena/workgroup:Workgroup"

_DATABASE_OPTION: Final = "encryptionConfiguration.encryptionOption"
_RESULTS: Final = "configuration.resultConfiguration.encryptionConfiguration"


def _keeps_results_itself(workgroup: Resource) -> bool:
    return bool(workgroup.flag("configuration.managedQueryResultsConfiguration.enabled"))


@rule(DATABASE, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def database_encrypted(database: Resource) -> Findings:
    """The Athena database declares how the results of its statements are encrypted.

    Why: Results are copies of the data; without an option they are written as the bucket's default says.
    Fix: Set `encryptionConfiguration` to {"encryption_option": "SSE_S3"}, or to SSE_KMS with a `kmsKey`.
    Source: Amazon Athena User Guide, "Encrypt Athena query results stored in Amazon S3".
    """
    yield from named(database, _DATABASE_OPTION, "declares no encryption of its results; set an `encryptionOption`")


@rule(
    WORKGROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def workgroup_encrypted(workgroup: Resource) -> Findings:
    """Query results of the workgroup are written encrypted.

    Why: Results are copies of the data, and lie in a bucket of their own.
    Fix: Set `configuration.resultConfiguration.encryptionConfiguration` with an `encryptionOption`. Results that Athena
    keeps itself are always encrypted.
    Source: Amazon Athena User Guide, "Encrypt Athena query results stored in Amazon S3"; AWS Config rule
    athena-workgroup-encrypted-at-rest.
    """
    if not _keeps_results_itself(workgroup):
        message = "does not encrypt its query results; set an `encryptionOption`"
        yield from named(workgroup, f"{_RESULTS}.encryptionOption", message)


@rule(WORKGROUP, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def workgroup_enforced(workgroup: Resource) -> Findings:
    """Clients can't override the settings of the workgroup.

    Why: A client with settings of its own writes its results elsewhere, and unencrypted.
    Fix: Leave `configuration.enforceWorkgroupConfiguration` on.
    Source: Amazon Athena User Guide, "Override client-side settings".
    """
    path = "configuration.enforceWorkgroupConfiguration"
    yield from asked(workgroup, path, "lets clients override its settings; leave enforcement on", absent=True)


@rule((DATABASE, WORKGROUP), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def customer_managed_key(resource: Resource) -> Findings:
    """Athena encrypts with a named KMS key.

    Why: Only a key of one's own has a policy, a rotation and a log of its own.
    Fix: Use `encryptionOption` SSE_KMS or CSE_KMS with the ARN of a key.
    Source: Amazon Athena User Guide, "Encrypt Athena query results stored in Amazon S3".
    """
    if resource.is_a(DATABASE):
        path = "encryptionConfiguration.kmsKey"
    elif _keeps_results_itself(resource):
        path = "configuration.managedQueryResultsConfiguration.encryptionConfiguration.kmsKey"
    else:
        path = f"{_RESULTS}.kmsKeyArn"
    yield from named(resource, path, "names no KMS key for its results")
