"""Glue."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

JOB = "aws:glue/job:Job"
CRAWLER = "aws:glue/crawler:Crawler"
CONFIGURATION = "aws:glue/securityConfiguration:SecurityConfiguration"
COMPONENT = R("program:index:App", "app")


def configuration(name: str = "all", logs: object = "SSE-KMS", bookmarks: object = "CSE-KMS", **more: object) -> R:
    encryption = {
        "cloudwatchEncryption": {"cloudwatchEncryptionMode": logs},
        "jobBookmarksEncryption": {"jobBookmarksEncryptionMode": bookmarks},
    }
    return R(CONFIGURATION, name, name=name, encryptionConfiguration=encryption, **more)


ALL = configuration()
LOGS = configuration("logs", bookmarks="DISABLED")
BOOKMARKS = configuration("bookmarks", logs="DISABLED")
INSIDE = configuration("inside", parent=COMPONENT)

test_cloudwatch_logs_encrypted = table(
    "glue-cloudwatch-logs-encrypted",
    passes("encrypted", R(CRAWLER, "crawler", securityConfiguration=ALL.name)),
    passes("in a component", R(CRAWLER, "crawler", securityConfiguration=INSIDE.name)),
    fails("absent", R(JOB, "job"), at="securityConfiguration", says="no security configuration"),
    fails("bookmarks alone", R(JOB, "job", securityConfiguration=BOOKMARKS.name), says="'bookmarks'"),
    fails(
        "another's", R(JOB, "job"), R(CRAWLER, "crawler", securityConfiguration=ALL.name), at="securityConfiguration"
    ),
    undecided("from outside", R(JOB, "job", securityConfiguration="elsewhere"), only=None),
    undecided("unknown", R(JOB, "job", securityConfiguration=UNKNOWN), at="securityConfiguration"),
    given=[ALL, BOOKMARKS, INSIDE, COMPONENT],
)
test_job_bookmark_encrypted = table(
    "glue-job-bookmark-encrypted",
    passes("encrypted", R(JOB, "job", securityConfiguration=ALL.name)),
    fails("logs alone", R(JOB, "job", securityConfiguration=LOGS.name), at="securityConfiguration", says="CSE-KMS"),
    fails("absent", R(JOB, "job"), at="securityConfiguration"),
    undecided("unknown", R(JOB, "job", securityConfiguration=UNKNOWN), at="securityConfiguration"),
    given=[ALL, LOGS],
)
