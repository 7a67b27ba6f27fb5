"""A function's settings that Lambda accepts or refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...facts import lambda_ as facts
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Parameter, Parameters, Severity, View, deferred, rule
from ...stack import Stack
from .._shared_graph import listed, marked, same_scope
from .._shared_images import parse
from ._parts import FUNCTION

_VARIABLES: Final = "environment.variables"


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def environment_names_allowed(function: Resource) -> Findings:
    """The names of a function's variables are none that Lambda sets itself, and well formed.

    Why: Lambda refuses them ("InvalidParameterValueException: Lambda was unable to configure your environment variables
    because the environment variables you have provided contains reserved keys that are currently not supported for
    modification. Reserved keys used in this request: AWS_REGION").
    Fix: Remove the variable, Lambda sets it; or rename it.
    Source: AWS Lambda Developer Guide, "Defined runtime environment variables"; API reference, "Environment".
    """
    variables = function[_VARIABLES]
    if not isinstance(variables, View):
        return
    names = list(_known_keys(variables))
    reserved = [name for name in names if name in facts.RESERVED_ENVIRONMENT_NAMES]
    if reserved:
        yield function.finding(f"Lambda reserves {listed(reserved)}; rename it", at=_VARIABLES)
    malformed = [name for name in names if name not in reserved and not facts.ENVIRONMENT_NAME.fullmatch(name)]
    if malformed:
        yield function.finding(
            f"the variable name {listed(malformed)} is not allowed; use a letter, then letters, digits and underscores",
            at=_VARIABLES,
        )


def _known_keys(variables: View) -> Iterator[str]:
    with deferred():
        yield from variables.keys()


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def environment_within_limit(function: Resource) -> Findings:
    """Names and values of a function's variables have at most 4 KB together.

    Why: Lambda refuses more ("InvalidParameterValueException: Lambda was unable to configure your environment variables
    because the environment variables you have provided exceeded the 4KB limit.").
    Fix: Move data to Parameter Store, Secrets Manager or S3.
    Source: AWS Lambda Developer Guide, "Lambda quotas".
    """
    variables = function[_VARIABLES]
    if not isinstance(variables, View):
        return
    # Values that are not known yet count as nothing: nearly every function has one.
    size = sum(len(name.encode()) + len(str(variables.known(name) or "").encode()) for name in _known_keys(variables))
    if size > facts.ENVIRONMENT_BYTES:
        yield function.finding(
            f"the variables have {size} bytes and Lambda accepts {facts.ENVIRONMENT_BYTES}; move data elsewhere",
            at=_VARIABLES,
        )


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def runtime_creatable(function: Resource) -> Findings:
    """The runtime of a function is one with which new functions can be made.

    Why: Lambda blocks creation some weeks after a runtime's end ("InvalidParameterValueException: The runtime parameter
    of python3.7 is no longer supported for creating or updating AWS Lambda functions.").
    Fix: Use the successor that the message names.
    Source: AWS Lambda Developer Guide, "Lambda runtimes" (Deprecated runtimes).
    """
    name = function.text("runtime")
    if not name:
        return
    runtime = facts.runtime(name)
    if runtime.status is facts.RuntimeStatus.BLOCKED:
        family = name.rstrip("0123456789.x")
        newest = facts.supported_runtimes(family) if family else ()
        instead = runtime.successor or (newest[-1] if newest else "")
        use = f"use {instead}" if instead else "use a supported runtime"
        yield function.finding(
            f"Lambda no longer accepts new functions with {name} (table of {facts.runtimes_dated()}); {use}",
            at="runtime",
        )


@rule(
    FUNCTION,
    kind=Kind.DEPLOYMENT,
    severity=Severity.CRITICAL,
    parameters={
        "accountConcurrency": Parameter.of(
            facts.DEFAULT_CONCURRENCY, "Concurrent executions of the account in a Region, its quota.", minimum=1
        )
    },
)
def reserved_concurrency_within_quota(function: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """The functions of a program reserve no more concurrency than the account has, less the 100 that stay unreserved.

    Why: Lambda refuses the reservation that goes beyond ("InvalidParameterValueException: Specified
    ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value
    of [100]."). New accounts may have a quota of 10, where any reservation is refused.
    Fix: Lower or drop reservations, or have the quota raised and set the parameter to it.
    Source: AWS Lambda Developer Guide, "Configuring reserved concurrency for a function"; "Lambda quotas".
    """
    own = function.number("reservedConcurrentExecutions") or 0
    if own <= 0:
        return
    functions = stack.of_type(FUNCTION)
    before = 0.0
    for other in functions[: functions.index(function)]:
        value = other.known("reservedConcurrentExecutions")
        if isinstance(value, (int, float)) and value > 0 and same_scope(stack, function, other):
            before += value
    limit = parameters["accountConcurrency"] - facts.UNRESERVED_CONCURRENCY
    if before <= limit < before + own:
        yield function.finding(
            f"up to this function {before + own:g} concurrent executions are reserved in the Region; of a quota of "
            f"{parameters['accountConcurrency']} at most {limit} can be. Lower reservations or raise the quota (a new "
            "account may have 10)",
            at="reservedConcurrentExecutions",
            certainty=Certainty.OUTSIDE,
        )


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def image_in_region(function: Resource) -> Findings:
    """The image of a function is in an ECR repository of the function's region.

    Why: Lambda refuses images of other Regions ("InvalidParameterValueException: Source image … is not valid. Provide a
    valid source image.").
    Fix: Replicate the repository into the Region, and name the image there.
    Source: AWS Lambda Developer Guide, "Create a Lambda function using a container image".
    """
    uri = function.text("imageUri")
    image = parse(uri) if uri else None
    if image and image.is_private_ecr and image.region != function.region:
        yield function.finding(
            f"the image is in {image.region} and the function in {function.region}; replicate the repository",
            at="imageUri",
        )


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def package_complete(function: Resource) -> Findings:
    """A function has the properties that go with its kind of package, and one place for its code.

    Why: Lambda and the provider refuse others ("Runtime and Handler are mandatory parameters for functions created with
    deployment packages.", "Please don't provide Handler or Runtime or Layer when the intended function PackageType is
    Image.").
    Fix: Zip: runtime, handler and code (or `s3Bucket` and `s3Key`). Image: `packageType="Image"` and `imageUri` alone.
    Source: AWS Lambda API Reference, "CreateFunction".
    """
    places = [path for path in ("code", "s3Bucket", "imageUri") if function.has(path)]
    if len(places) != 1:
        has = listed(places) if places else "none"
        yield function.finding(
            f"a function needs exactly one of `code`, `s3Bucket` and `imageUri`; this one has {has}", at="code"
        )
        return
    if (function.text("packageType") or "Zip") == "Image":
        wrong = [path for path in ("handler", "runtime", "layers") if function.has(path)]
        if wrong:
            yield function.finding(f"a function from an image does not support {marked(wrong)}; remove it", at=wrong[0])
        elif places != ["imageUri"]:
            yield function.finding("a function from an image needs `imageUri`", at="imageUri")
        return
    if places == ["imageUri"]:
        yield function.finding('a function with `imageUri` needs `packageType="Image"`', at="packageType")
        return
    missing = [path for path in ("handler", "runtime") if not function.has(path)]
    if missing:
        yield function.finding(f"a function from a zip archive needs {marked(missing)}", at=missing[0])


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def log_level_with_json(function: Resource) -> Findings:
    """A function that sets log levels logs in JSON.

    Why: Lambda refuses levels for plain text ("InvalidParameterValueException: … ApplicationLogLevel and SystemLogLevel
    can only be set with LogFormat JSON").
    Fix: Set `logFormat` to JSON, or leave the levels out.
    Source: AWS Lambda API Reference, "LoggingConfig".
    """
    if function.text("loggingConfig.logFormat") != "Text":
        return
    for path in ("loggingConfig.applicationLogLevel", "loggingConfig.systemLogLevel"):
        if function.has(path):
            yield function.finding('log levels need `logFormat="JSON"`; set it, or remove the level', at=path)
            return


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def snap_start_supported(function: Resource) -> Findings:
    """A function with SnapStart has a runtime and settings that SnapStart takes, and publishes versions.

    Why: Lambda refuses others ("InvalidParameterValueException: … is not supported for SnapStart enabled functions."),
    and without a published version SnapStart does nothing.
    Fix: Use Java 11, Python 3.12, .NET 8 or later in a zip archive, without EFS and with 512 MB of storage, and
    `publish=true`.
    Source: AWS Lambda Developer Guide, "Improving startup performance with Lambda SnapStart".
    """
    if function.text("snapStart.applyOn") != "PublishedVersions":
        return
    runtime = function.text("runtime")
    if function.text("packageType") == "Image":
        yield function.finding("SnapStart does not support functions from images; use a .zip archive", at="packageType")
    elif runtime and facts.snap_start_supported(runtime) is False:
        yield function.finding(
            f"SnapStart does not support {runtime}; turn it off or use another runtime", at="runtime"
        )
    elif (function.number("ephemeralStorage.size") or 0) > facts.SNAP_START_EPHEMERAL_STORAGE_MIB:
        yield function.finding(
            f"SnapStart supports {facts.SNAP_START_EPHEMERAL_STORAGE_MIB} MB of storage; lower it",
            at="ephemeralStorage.size",
        )
    elif function.has("fileSystemConfig"):
        yield function.finding("SnapStart does not support a file system; remove one of them", at="fileSystemConfig")
    elif not function.flag("publish"):
        yield function.finding(
            "SnapStart works on published versions only; set `publish=true`", at="publish", severity=Severity.HIGH
        )


_MOST_LAYERS: Final = 5
LAYER: Final = "aws:lambda/layerVersion:LayerVersion"
_LAYER_ARN: Final = re.compile(r"arn:[\w-]+:lambda:(?P<region>[\w-]+):[\w-]+:layer:[\w-]+(?P<version>:\d+)?")


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def layer_usable(function: Resource, stack: Stack) -> Findings:
    """The layers of a function are versions in its Region, five at most, for its architecture.

    Why: Lambda refuses others ("InvalidParameterValueException: Layer version ARN … is not valid", "Layers consume more
    than the available size", "Cannot reference more than 5 layers"); code for another processor does not load.
    Fix: Pass the ARN of a version (LayerVersion.arn, not `layerArn`) in the function's region.
    Source: AWS Lambda Developer Guide, "Adding layers to functions"; "Lambda quotas".
    """
    given = function.list("layers")
    if given is None:
        return
    if len(given) > _MOST_LAYERS:
        yield function.finding(f"the function has {len(given)} layers; Lambda accepts {_MOST_LAYERS}", at="layers")
    architectures = [str(value) for value in function.values("architectures")] or ["x86_64"]
    for layer in stack.referred_by(function, "layers", LAYER).certain:
        with deferred():
            compatible = [str(value) for value in layer.values("compatibleArchitectures")]
            if compatible and not set(architectures) & set(compatible):
                yield function.finding(
                    f"layer '{layer.name}' is for {listed(compatible)} and the function for {listed(architectures)}",
                    at="layers",
                    severity=Severity.LOW,
                )
    for index, value in enumerate(function.raw("layers")):
        arn = _LAYER_ARN.fullmatch(value) if isinstance(value, str) else None
        if arn is None:
            continue
        if arn["version"] is None:
            yield function.finding("the layer has no version; end its ARN with one (:1)", at=f"layers[{index}]")
        elif function.known_region not in (None, arn["region"]):
            yield function.finding(
                f"the layer is in {arn['region']} and the function in {function.known_region}; use a "
                "layer of the function's Region",
                at=f"layers[{index}]",
            )


_RANGES: Final = (("timeout", 1, 900), ("memorySize", 128, 10240), ("ephemeralStorage.size", 512, 10240))
"""Seconds, MB, MB: "Lambda quotas"."""


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def settings_in_range(function: Resource) -> Findings:
    """Timeout, memory and storage of a function are within what Lambda accepts.

    Why: The provider and Lambda refuse others ("expected timeout to be in the range (1 - 900)").
    Fix: Use a value of the range that the message names.
    Source: AWS Lambda Developer Guide, "Lambda quotas".
    """
    for path, least, most in _RANGES:
        with deferred():
            value = function.number(path)
            if value is not None and not least <= value <= most:
                yield function.finding(f"{value:g} is not within {least} to {most}; change it", at=path)
