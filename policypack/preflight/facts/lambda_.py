"""Lambda: runtimes with their block dates, reserved names, and what triggers, features and event sources need.

Written 2026-11 after the pages: 'Lambda runtimes', 'Defined runtime environment variables', 'Lambda SnapStart',
'Execution role', 'Granting services access', API CreateFunction and CreateEventSourceMapping. Runtime dates come from
a dated table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from preflight.facts.table import load

# 'Defined runtime environment variables': reserved keys. AWS_LAMBDA_EXEC_WRAPPER and the unreserved ones may be set.
RESERVED_ENVIRONMENT_NAMES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
ENVIRONMENT_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")  # API Environment
ENVIRONMENT_BYTES = 4096  # 'Lambda quotas': names and values together

DEFAULT_CONCURRENCY = 1000  # 'Lambda quotas', per region; raised on request, lower in new accounts
UNRESERVED_CONCURRENCY = 100  # what must stay unreserved

FUNCTION_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class RuntimeStatus(Enum):
    """What can be done with a runtime at the date of the table."""

    SUPPORTED = "supported"
    DEPRECATED = "deprecated"  # still creatable, by at least one source
    BLOCKED = "blocked"  # creation of functions is refused, by every source
    UNKNOWN = "unknown"  # not in the table: newer, or misspelt


@dataclass(frozen=True)
class Runtime:
    """One runtime; dates are YYYY-MM-DD of the newest source, None where AWS has set none."""

    name: str
    status: RuntimeStatus
    deprecated: str | None
    create_block: str | None
    update_block: str | None
    successor: str | None


def runtimes_dated() -> str:
    """The date (YYYY-MM-DD) of the runtime table; statuses are as of that day."""
    return load("lambda_runtimes").dated


def runtime(name: str) -> Runtime:
    """A runtime by identifier ('python3.12'). Blocked only when every dated source has its create-block date before the
    table's, or the newest has it before 2025: AWS postpones such dates.
    """
    table = load("lambda_runtimes")
    stated = table.data["dates"].get(name, ())
    if not stated:
        status = RuntimeStatus.SUPPORTED if name in table.data["known"] else RuntimeStatus.UNKNOWN
        return Runtime(name, status, None, None, None, None)
    newest = max(stated, key=lambda row: row["source"])
    blocks = [row["create_block"] for row in stated]
    if (newest["create_block"] or "9") < "2025" or all(block and block <= table.dated for block in blocks):
        status = RuntimeStatus.BLOCKED
    elif newest["deprecated"] and newest["deprecated"] <= table.dated:
        status = RuntimeStatus.DEPRECATED
    else:
        status = RuntimeStatus.SUPPORTED
    return Runtime(
        name, status, newest["deprecated"], newest["create_block"], newest["update_block"], newest["successor"]
    )


def supported_runtimes(language: str = "") -> tuple[str, ...]:
    """Names of the supported runtimes that begin with `language` ('python', 'nodejs'), oldest version first."""
    names = [n for n in load("lambda_runtimes").data["known"] if n.startswith(language) and n != "custom"]
    supported = [n for n in names if runtime(n).status is RuntimeStatus.SUPPORTED]
    return tuple(sorted(supported, key=lambda n: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", n)]))


# Runtimes of Python and Node.js whose handler is FILE.FUNCTION ('Define Lambda function handler in Python', '...
# Node.js').
HANDLER_FILE_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "python": (".py",),
    "nodejs": (".js", ".mjs", ".cjs"),
}


def handler_file_suffixes(runtime_name: str) -> tuple[str, ...]:
    """The file endings that a handler's module may have; empty for a runtime whose handler names no file to look
    for.
    """
    return next((v for k, v in HANDLER_FILE_SUFFIXES.items() if runtime_name.startswith(k)), ())


# Top-level modules that a Python runtime brings beside the standard library ('Working with Lambda and Python: runtime
# included SDK').
PYTHON_RUNTIME_MODULES = frozenset(
    {
        "awslambdaric",
        "boto3",
        "botocore",
        "dateutil",
        "jmespath",
        "s3transfer",
        "simplejson",
        "six",
        "snapshot_restore_py",
        "urllib3",
    }
)


# Standard library modules with the Python version that added or removed them ('What's new in Python', 3.9 to 3.14).
_STANDARD_LIBRARY_ADDED = {
    "graphlib": (3, 9),
    "zoneinfo": (3, 9),
    "tomllib": (3, 11),
    "annotationlib": (3, 14),
    "compression": (3, 14),
}
_STANDARD_LIBRARY_REMOVED = {
    **dict.fromkeys(("_bootlocale", "formatter", "macpath", "parser", "symbol"), (3, 10)),
    **dict.fromkeys(("binhex",), (3, 11)),
    **dict.fromkeys(("asynchat", "asyncore", "distutils", "imp", "smtpd"), (3, 12)),
    **dict.fromkeys(
        (
            *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis"),
            *("nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
        ),
        (3, 13),
    ),
}


def python_standard_library(runtime_name: str) -> frozenset[str]:
    """The top-level standard library modules of a Python runtime ('python3.12'), whichever Python asks."""
    _, version = _language_and_version(runtime_name)
    every = sys.stdlib_module_names | _STANDARD_LIBRARY_ADDED.keys() | _STANDARD_LIBRARY_REMOVED.keys()
    later = {name for name, added in _STANDARD_LIBRARY_ADDED.items() if version < added}
    gone = {name for name, removed in _STANDARD_LIBRARY_REMOVED.items() if version >= removed}
    return frozenset(every - later - gone)


def snap_start_supported(runtime_name: str) -> bool | None:
    """Whether SnapStart takes a managed runtime ('Lambda SnapStart: supported features', written 2026-11): Java 11 and
    later, Python 3.12 and later, .NET 8 and later. None for a runtime newer than the table.
    """
    language, version = _language_and_version(runtime_name)
    least = {"java": (11,), "python": (3, 12), "dotnet": (8,)}.get(language)
    if least is None:
        return False if runtime(runtime_name).status is not RuntimeStatus.UNKNOWN else None
    if version < least or runtime_name.startswith("dotnetcore"):
        return False
    return True if runtime(runtime_name).status is not RuntimeStatus.UNKNOWN else None


def _language_and_version(runtime_name: str) -> tuple[str, tuple[int, ...]]:
    match = re.match(r"([a-z]+)((?:\d+(?:\.\d+)*)?)", runtime_name)
    if not match:
        return runtime_name, ()
    return match[1], tuple(int(part) for part in match[2].split(".") if part)


SNAP_START_EPHEMERAL_STORAGE_MIB = 512  # 'Lambda SnapStart: limitations'


@dataclass(frozen=True)
class Trigger:
    """A property that points to a function: who calls it, and whether the service checks the permission at creation."""

    principal: str
    refuses_at_creation: bool


# (type token, property path) -> trigger ('Granting Lambda function access to AWS services').
TRIGGERS: Mapping[tuple[str, str], Trigger] = {
    ("aws:s3/bucketNotification:BucketNotification", "lambdaFunctions.lambdaFunctionArn"): Trigger(
        "s3.amazonaws.com", True
    ),
    ("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "destinationArn"): Trigger(
        "logs.amazonaws.com", True
    ),
    ("aws:lb/targetGroupAttachment:TargetGroupAttachment", "targetId"): Trigger(
        "elasticloadbalancing.amazonaws.com", True
    ),
    ("aws:alb/targetGroupAttachment:TargetGroupAttachment", "targetId"): Trigger(
        "elasticloadbalancing.amazonaws.com", True
    ),
    ("aws:apigateway/integration:Integration", "uri"): Trigger("apigateway.amazonaws.com", False),
    ("aws:apigateway/authorizer:Authorizer", "authorizerUri"): Trigger("apigateway.amazonaws.com", False),
    ("aws:apigatewayv2/integration:Integration", "integrationUri"): Trigger("apigateway.amazonaws.com", False),
    ("aws:apigatewayv2/authorizer:Authorizer", "authorizerUri"): Trigger("apigateway.amazonaws.com", False),
    ("aws:cloudwatch/eventTarget:EventTarget", "arn"): Trigger("events.amazonaws.com", False),
    ("aws:sns/topicSubscription:TopicSubscription", "endpoint"): Trigger("sns.amazonaws.com", False),
    ("aws:iot/topicRule:TopicRule", "lambdas.functionArn"): Trigger("iot.amazonaws.com", False),
    ("aws:secretsmanager/secretRotation:SecretRotation", "rotationLambdaArn"): Trigger(
        "secretsmanager.amazonaws.com", True
    ),
    **{
        ("aws:cognito/userPool:UserPool", f"lambdaConfig.{hook}"): Trigger("cognito-idp.amazonaws.com", False)
        for hook in (
            "createAuthChallenge",
            "customMessage",
            "defineAuthChallenge",
            "postAuthentication",
            "postConfirmation",
            "preAuthentication",
            "preSignUp",
            "preTokenGeneration",
            "preTokenGenerationConfig.lambdaArn",
            "userMigration",
            "verifyAuthChallengeResponse",
            "customEmailSender.lambdaArn",
            "customSmsSender.lambdaArn",
        )
    },
}

# Principal of a permission -> services that the ARN in `sourceArn` may belong to (same pages).
PERMISSION_SOURCE_SERVICES: Mapping[str, frozenset[str]] = {
    "apigateway.amazonaws.com": frozenset({"execute-api", "apigateway"}),
    "cognito-idp.amazonaws.com": frozenset({"cognito-idp"}),
    "config.amazonaws.com": frozenset({"config"}),
    "elasticloadbalancing.amazonaws.com": frozenset({"elasticloadbalancing"}),
    "events.amazonaws.com": frozenset({"events"}),
    "iot.amazonaws.com": frozenset({"iot"}),
    "logs.amazonaws.com": frozenset({"logs"}),
    "s3.amazonaws.com": frozenset({"s3"}),
    "scheduler.amazonaws.com": frozenset({"scheduler"}),
    "secretsmanager.amazonaws.com": frozenset({"secretsmanager"}),
    "ses.amazonaws.com": frozenset({"ses"}),
    "sns.amazonaws.com": frozenset({"sns"}),
}

# What a role must allow for a feature ('Giving Lambda functions access to resources in a VPC', 'Dead-letter queues',
# 'Visualize invocations using X-Ray', 'Configuring file system access').
FEATURE_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "vpcConfig": ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"),
    "deadLetterConfig.sqs": ("sqs:SendMessage",),
    "deadLetterConfig.sns": ("sns:Publish",),
    "tracingConfig": ("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
    "fileSystemConfig": ("elasticfilesystem:ClientMount",),
}

# ARN service of an event source -> what the role must allow on it ('Lambda event source mappings' and the page of each
# source: execution role permissions).
EVENT_SOURCE_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    # The page lists kinesis:ListShards too, but mappings have been made, and read, by roles without it.
    "kinesis": ("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator"),
    "dynamodb": (
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ),
}

# Event sources that need `startingPosition`, and those that refuse it (API CreateEventSourceMapping), by ARN service.
SOURCES_WITH_STARTING_POSITION = frozenset({"kinesis", "dynamodb", "kafka"})
SOURCES_WITHOUT_STARTING_POSITION = frozenset({"sqs", "mq"})

# API CreateEventSourceMapping: options that a queue does not take, and its batch limits.
SQS_REFUSED_OPTIONS = frozenset({"bisectBatchOnFunctionError", "parallelizationFactor", "tumblingWindowInSeconds"})
SQS_FIFO_BATCH_SIZE = 10
SQS_BATCH_SIZE_WITHOUT_WINDOW = 10
SQS_BATCH_SIZE = 10_000
SQS_MIN_CONCURRENCY = 2

# 'Permissions for rotation' (Secrets Manager): what the execution role of a rotation function must allow on the
# secret, and on the secret's key when it has one.
ROTATION_ACTIONS = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
ROTATION_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
