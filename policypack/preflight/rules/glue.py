"""Glue: what crawlers and jobs encrypt by their security configuration."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ..stack import Stack
from ._shared_graph import settled

CRAWLER: Final = "aws:glue/crawler:Crawler"
JOB: Final = "aws:glue/job:Job"
CONFIGURATION: Final = "aws:glue/securityConfiguration:SecurityConfiguration"


@rule((CRAWLER, JOB), kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def cloudwatch_logs_encrypted(user: Resource, stack: Stack) -> Findings:
    """Crawlers and jobs have a security configuration that encrypts their logs.

    Why: Glue writes rows and errors with data into its log groups, which it makes itself.
    Fix: Set `securityConfiguration` to one whose `cloudwatchEncryptionMode` is SSE-KMS, with a key.
    Source: AWS Glue Developer Guide, "Encrypting data written by AWS Glue".
    """
    yield from _encrypts(user, stack, "cloudwatchEncryption.cloudwatchEncryptionMode", "SSE-KMS", "logs")


@rule(JOB, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def job_bookmark_encrypted(job: Resource, stack: Stack) -> Findings:
    """Jobs have a security configuration that encrypts their bookmarks.

    Why: A bookmark keeps what a job has read, paths and keys of the data among it.
    Fix: Set `securityConfiguration` to one whose `jobBookmarksEncryptionMode` is CSE-KMS, with a key.
    Source: AWS Glue Developer Guide, "Encrypting data written by AWS Glue".
    """
    yield from _encrypts(job, stack, "jobBookmarksEncryption.jobBookmarksEncryptionMode", "CSE-KMS", "bookmarks")


def _encrypts(user: Resource, stack: Stack, path: str, wanted: str, what: str) -> Findings:
    """Yield a finding where no security configuration encrypts; one that is not of the program can't be judged."""
    if not user.has("securityConfiguration"):
        yield user.finding(
            f"has no security configuration, so its {what} are not encrypted; set `securityConfiguration`",
            at="securityConfiguration",
        )
        return
    configurations = stack.referred_by(user, "securityConfiguration", CONFIGURATION).certain
    known = configurations[0] if configurations else None
    reason = "is not a security configuration of this program"
    if known is None:
        settled(None, user, "securityConfiguration", reason)
    elif known.text(f"encryptionConfiguration.{path}") != wanted:
        mode = path.rpartition(".")[2]
        yield user.finding(
            f"security configuration '{known.name}' does not encrypt {what}; set `{mode}` to {wanted}",
            at="securityConfiguration",
        )
