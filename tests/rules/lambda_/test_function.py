"""Settings of functions."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, P, R, fails, passes, table, undecided
from tests.rules.lambda_.parts import CODE, COMPONENT, FUNCTION, ROLE, WEST, bare, function


def variables(**values: Any) -> R:
    return function(environment={"variables": values})


HERE = "210987654321.dkr.ecr.us-east-1.amazonaws.com/app:1"

test_environment_names_allowed = table(
    "lambda-environment-names-allowed",
    fails("a reserved name", variables(AWS_REGION="us-east-1"), at="environment.variables", says="AWS_REGION"),
    passes("a name of its own", variables(TABLE="orders")),
    passes("meant to be set", variables(AWS_LAMBDA_EXEC_WRAPPER="/opt/otel")),
    fails("a hyphen", function(environment={"variables": {"my-table": "orders"}}), says="my-table"),
    fails("a leading underscore", variables(_HANDLER="x"), says="_HANDLER"),
    passes("no variables", function(provider=V6)),
    fails("beside an unknown value", variables(AWS_REGION=UNKNOWN, TABLE=UNKNOWN), at="environment.variables"),
    undecided("unknown", function(environment={"variables": UNKNOWN}), at="environment.variables"),
    given=[ROLE],
)

test_environment_within_limit = table(
    "lambda-environment-within-limit",
    fails("5,000 characters", variables(DATA="x" * 5000), at="environment.variables", says="4096"),
    passes("4,000 characters", variables(DATA="x" * 4000)),
    fails("together", variables(A="x" * 2100, B="y" * 2100), at="environment.variables"),
    fails("beside an unknown one", variables(A="x" * 5000, B=UNKNOWN), at="environment.variables"),
    passes("no variables", function()),
    passes("unknown values count as nothing", variables(A=UNKNOWN)),
    undecided("unknown", function(environment={"variables": UNKNOWN}), at="environment.variables"),
    given=[ROLE],
)

test_runtime_creatable = table(
    "lambda-runtime-creatable",
    fails("blocked", function(runtime="python3.7"), at="runtime", says="python3"),
    passes("supported", function(runtime="python3.13")),
    fails("Node.js", function(runtime="nodejs12.x"), says="nodejs"),
    passes("newer than the table", function(runtime="python3.99")),
    passes("an image", bare(packageType="Image", imageUri=HERE)),
    passes("in v6", function(runtime="nodejs22.x", provider=V6)),
    undecided("unknown", function(runtime=UNKNOWN), at="runtime"),
    given=[ROLE],
)


def reserves(name: str, count: Any, **more: Any) -> R:
    return R(FUNCTION, name, reservedConcurrentExecutions=count, **more)


test_reserved_concurrency_within_quota = table(
    "lambda-reserved-concurrency-within-quota",
    fails("the sum", reserves("a", 500), reserves("b", 500), on="b", at="reservedConcurrentExecutions", says="1000"),
    passes("within", reserves("a", 450), reserves("b", 450)),
    fails("a single one", reserves("a", 950), at="reservedConcurrentExecutions"),
    passes("of two regions", reserves("a", 500), reserves("b", 500, provider=WEST)),
    passes("of two regions in v7", reserves("a", 500), reserves("b", 500, region="us-west-2")),
    fails(
        "said once",
        reserves("a", 500),
        reserves("b", 500),
        reserves("c", 500),
        on="b",
        at="reservedConcurrentExecutions",
    ),
    fails(
        "in a component",
        COMPONENT,
        reserves("a", 500, parent=COMPONENT),
        reserves("b", 500),
        on="a",
        at="reservedConcurrentExecutions",
    ),
    passes("a raised quota", reserves("a", 500), reserves("b", 500), parameters={"accountConcurrency": 3000}),
    passes("none, and unreserved", reserves("a", 0), reserves("b", -1), R(FUNCTION, "c")),
    undecided("unknown", reserves("a", UNKNOWN), at="reservedConcurrentExecutions"),
)

test_image_in_region = table(
    "lambda-image-in-region",
    fails("another region", bare(imageUri=HERE, provider=WEST), at="imageUri", says=("us-east-1", "us-west-2")),
    passes("the same region", bare(imageUri=HERE)),
    fails("by the resource's region", bare(imageUri=HERE, region="us-west-2"), at="imageUri"),
    passes("no image", function()),
    undecided("unknown", bare(imageUri=UNKNOWN), at="imageUri"),
    undecided("an unknown region", bare(imageUri=HERE, provider=P("any", region=UNKNOWN)), only=None),
    given=[ROLE],
)

test_package_complete = table(
    "lambda-package-complete",
    fails("no runtime", function(runtime=None), at="runtime"),
    passes("a zip archive", function()),
    fails("no handler", function(handler=None), at="handler"),
    passes("in S3", bare(s3Bucket="code", s3Key="a.zip", runtime="python3.13", handler="app.handler")),
    fails("two places", function(s3Bucket="code"), at="code", says=("code", "s3Bucket")),
    fails("no place", function(code=None), at="code", says="none"),
    passes("an image", bare(packageType="Image", imageUri=HERE, provider=V6)),
    passes("an unknown image", bare(packageType="Image", imageUri=UNKNOWN)),
    fails("an image with a handler", bare(packageType="Image", imageUri=HERE, handler="app.handler"), at="handler"),
    fails("an image without its kind", bare(imageUri=HERE), at="packageType"),
    fails("code as an image", bare(packageType="Image", code=CODE), at="imageUri"),
    undecided("an unknown kind", bare(packageType=UNKNOWN, imageUri=HERE), at="packageType"),
    given=[ROLE],
)


def logs(**config: Any) -> R:
    return function(loggingConfig=config)


test_log_level_with_json = table(
    "lambda-log-level-with-json",
    fails(
        "plain text with a level",
        logs(logFormat="Text", applicationLogLevel="INFO"),
        at="loggingConfig.applicationLogLevel",
        says="JSON",
    ),
    passes("JSON with a level", logs(logFormat="JSON", applicationLogLevel="INFO")),
    fails("the system's level", logs(logFormat="Text", systemLogLevel="WARN"), at="loggingConfig.systemLogLevel"),
    passes("plain text", logs(logFormat="Text")),
    passes("no configuration", function()),
    undecided("an unknown format", logs(logFormat=UNKNOWN, systemLogLevel="WARN"), at="loggingConfig.logFormat"),
    given=[ROLE],
)


def snap(**more: Any) -> R:
    return function(**{"snapStart": {"applyOn": "PublishedVersions"}, "publish": True, **more})


test_snap_start_supported = table(
    "lambda-snap-start-supported",
    fails("Node.js", snap(runtime="nodejs22.x"), at="runtime", says="nodejs22.x"),
    passes("Python", snap()),
    fails("an older Python", snap(runtime="python3.11"), at="runtime"),
    fails(
        "an image",
        bare(packageType="Image", imageUri=HERE, snapStart={"applyOn": "PublishedVersions"}),
        at="packageType",
    ),
    fails("much storage", snap(ephemeralStorage={"size": 1024}), at="ephemeralStorage.size"),
    fails("a file system", snap(fileSystemConfig={"arn": "a", "localMountPath": "/mnt/a"}), at="fileSystemConfig"),
    fails("not published", snap(publish=None), at="publish", severity=Severity.HIGH),
    passes("newer than the table", snap(runtime="python3.99")),
    passes("off", function(snapStart={"applyOn": "None"}, runtime="nodejs22.x")),
    passes("not set", function()),
    undecided("unknown", function(snapStart={"applyOn": UNKNOWN}), at="snapStart.applyOn"),
    given=[ROLE],
)


LAYER_ARN = "arn:aws:lambda:us-east-1:210987654321:layer:deps:3"
LAYER = R("aws:lambda/layerVersion:LayerVersion", "deps", layerName="deps", compatibleArchitectures=["arm64"])
ANY = R("aws:lambda/layerVersion:LayerVersion", "deps", layerName="deps")
test_layer_usable = table(
    "lambda-layer-usable",
    fails("no version", function(layers=[LAYER_ARN[:-2]]), at="layers[0]", says="version"),
    passes("a version", function(layers=[LAYER_ARN])),
    fails("another region", function(layers=[LAYER_ARN], provider=WEST), at="layers[0]", says="us-east-1"),
    fails("six", function(layers=[LAYER_ARN] * 6), at="layers", says="5"),
    fails("another processor", function(layers=[LAYER.arn]), LAYER, at="layers", severity=Severity.LOW, says="arm64"),
    passes("the same processor", function(layers=[LAYER.arn], architectures=["arm64"]), LAYER),
    passes("any processor", function(layers=[ANY.arn], provider=V6), ANY),
    passes("no layers", function()),
    passes("an unknown layer", function(layers=[UNKNOWN])),
    undecided("unknown layers", function(layers=UNKNOWN), at="layers"),
    undecided("what is no list", function(layers=True), at="layers"),
    given=[ROLE],
)

test_settings_in_range = table(
    "lambda-settings-in-range",
    fails("20 minutes", function(timeout=1200), at="timeout", says="900"),
    passes("15 minutes", function(timeout=900)),
    fails("little memory", function(memorySize=64), at="memorySize"),
    fails("much storage", function(ephemeralStorage={"size": 20480}), at="ephemeralStorage.size"),
    passes("nothing stated", function(provider=V6)),
    undecided("unknown", function(timeout=UNKNOWN), at="timeout"),
    given=[ROLE],
)
