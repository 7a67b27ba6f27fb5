"""A function's code: where it is, whether it holds the handler and what the handler imports."""

from __future__ import annotations

from typing import Final

from ...documents import code
from ...facts import lambda_ as facts
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from .._shared_code import code_of
from .._shared_graph import listed
from .._shared_images import REPOSITORY, is_filled, parse
from ._parts import FUNCTION

LAYER: Final = "aws:lambda/layerVersion:LayerVersion"
_DIRECT_UPLOAD_BYTES: Final = 50 * 1024 * 1024  # "Lambda quotas": zipped, for direct upload


def _files(function: Resource, runtimes: tuple[str, ...]) -> code.Files | None:
    """The code of a zip function with one of some runtimes; None where there is nothing to judge.

    Raises:
        Undecided: the code can't be seen.
    """
    if function.text("packageType") == "Image" or function.has("imageUri"):
        return None
    runtime = function.text("runtime")
    if not runtime or not runtime.startswith(runtimes) or not function.has("handler"):
        return None
    if function.has("layers"):
        raise Undecided("layers", function.urn, "may bring the code")
    if not function.has("code"):
        if function.has("s3Bucket"):
            raise Undecided("s3Key", function.urn, "is code out of sight")
        return None
    files = code_of(function)
    if isinstance(files, code.Unreadable):
        raise Undecided("code", function.urn, f"can't be read: {files.reason}")
    return files


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def handler_exists(function: Resource) -> Findings:
    """The handler of a Python or Node.js function is defined in its code.

    Why: The function deploys and every call fails ("Runtime.ImportModuleError: Unable to import module 'app': No module
    named 'app'", "Runtime.HandlerNotFound: app.handler is undefined or not exported").
    Fix: Rename the file or the handler: 'app.handler' is the function handler in app.py at the top of the archive.
    Source: AWS Lambda Developer Guide, "Define Lambda function handler in Python"; "… in Node.js".
    """
    files = _files(function, ("python", "nodejs"))
    if files is None:
        return
    verdict = code.handler(files, function.text("runtime") or "", function.text("handler") or "")
    if isinstance(verdict, code.CannotTell):
        raise Undecided("handler", function.urn, verdict.reason)
    if isinstance(verdict, code.Missing):
        near = f"; is {listed(verdict.nearest)} meant?" if verdict.nearest else "; rename the file or the handler"
        yield function.finding(f"handler '{function.text('handler')}': {verdict.reason}{near}", at="handler")


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def package_has_imports(function: Resource) -> Findings:
    """The modules that a Python handler imports are in its code, or come with the runtime.

    Why: The function deploys and every call fails ("Runtime.ImportModuleError: Unable to import module 'app': No module
    named 'requests'").
    Fix: Install the dependency into the archive (pip install --target), or add a layer that has it.
    Source: AWS Lambda Developer Guide, "Working with .zip file archives for Python Lambda functions".
    """
    files = _files(function, ("python",))
    if files is None:
        return
    found = code.python_imports(files, function.text("handler") or "")
    if isinstance(found, code.CannotTell):
        raise Undecided("code", function.urn, found.reason)
    if not files.complete:
        raise Undecided("code", function.urn, "has too many files to look at all of them")
    runtime = function.text("runtime") or ""
    given = facts.python_standard_library(runtime) | facts.PYTHON_RUNTIME_MODULES
    names = files.names()
    tops = {name.partition("/")[0].partition(".")[0] for name in names}
    missing = sorted(
        {
            item.module.partition(".")[0]
            for item in found
            if not item.guarded and item.module and not item.module.startswith(".")
        }
        - given
        - tops
    )
    if missing:
        yield function.finding(
            f"the handler's module imports {listed(missing)}, which is neither in the code nor in {runtime}; package "
            "it, or add a layer",
            at="code",
        )


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def image_exists(function: Resource, stack: Stack) -> Findings:
    """A function from an image of a repository that the program makes has its image pushed first.

    Why: The repository is empty when the function is made ("InvalidParameterValueException: Source image … does not
    exist. Provide a valid source image.").
    Fix: Push the image in the program (docker_build.Image) and pass its reference, or make the repository in a stack of
    its own.
    Source: AWS Lambda Developer Guide, "Create a Lambda function using a container image".
    """
    if not function.has("imageUri"):
        return
    used = list(stack.referred_by(function, "imageUri", REPOSITORY).certain)
    uri = function.known("imageUri")
    if not used and isinstance(uri, str):
        name = parse(uri).name
        used = [
            repository
            for repository in stack.of_type(REPOSITORY)
            if parse(uri).is_private_ecr and name in stack.identities(repository)
        ]
    for repository in used:
        if not is_filled(stack, repository) and not stack.is_declared(*sorted(stack.identities(repository))):
            # A repository that exists already may have been filled since.
            exists = repository.known_output("arn") is not None
            yield function.finding(
                f"nothing in the program pushes an image to repository '{repository.name}'; push it here, or make the "
                "repository in an earlier stack",
                at="imageUri",
                severity=Severity.LOW if exists else None,
                certainty=Certainty.OUTSIDE,
            )


@rule((FUNCTION, LAYER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def code_path_exists(resource: Resource) -> Findings:
    """The archive of a function or layer is there, is an archive, and is small enough to be uploaded directly.

    Why: Pulumi stops at a missing file or one of another kind, and Lambda refuses more than 50 MB in a request
    ("RequestEntityTooLargeException").
    Fix: Build the code before the preview; put a large archive into S3 and pass `s3Bucket` and `s3Key`.
    Source: AWS Lambda Developer Guide, "Lambda quotas"; Pulumi documentation, "Assets and archives".
    """
    if not resource.has("code"):
        return
    files = code_of(resource)
    if isinstance(files, code.Unreadable):
        if not files.certain:
            raise Undecided("code", resource.urn, f"can't be read: {files.reason}")
        yield resource.finding(
            f"the code can't be packed: {files.reason}; correct the path, or build the code first", at="code"
        )
    elif files.size is not None and files.size > _DIRECT_UPLOAD_BYTES:
        size = files.size // 1024 // 1024
        yield resource.finding(
            f"the archive has {size} MB and Lambda accepts 50 MB directly; put it into S3 and pass s3Bucket and s3Key",
            at="code",
        )
