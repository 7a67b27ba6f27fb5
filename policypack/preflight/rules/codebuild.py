"""Rules for CodeBuild: projects, their sources, variables, images and artifacts."""

from __future__ import annotations

import urllib.parse
from typing import Final

from ..rule import Certainty, Findings, Kind, NotApplicable, Resource, Severity, View, deferred, rule
from ..stack import Stack
from ._shared_credentials import credential_in
from ._shared_graph import same_scope

PROJECT: Final = "aws:codebuild/project:Project"
CREDENTIAL: Final = "aws:codebuild/sourceCredential:SourceCredential"
WEBHOOK: Final = "aws:codebuild/webhook:Webhook"
_ACCESS_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_TOKENS: Final = ("PERSONAL_ACCESS_TOKEN", "BASIC_AUTH")
_HOSTS: Final = ("GITHUB", "GITHUB_ENTERPRISE", "BITBUCKET")


@rule(
    PROJECT,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def credentials_secret(project: Resource) -> Findings:
    """AWS access keys are not passed to builds as plain-text variables.

    Why: Plain text is shown to anyone who may see the project, and stands in build logs and state.
    Fix: Give the project's service role the permissions; else use type SECRETS_MANAGER or PARAMETER_STORE.
    Source: AWS Security Hub User Guide, "AWS CodeBuild controls" (CodeBuild.2); AWS Config rule
    codebuild-project-envvar-awscred-check.
    """
    for variable in project.each("environment.environmentVariables"):
        with deferred():
            if (variable.text("type") or "PLAINTEXT") != "PLAINTEXT":
                continue
            name = variable.text("name") or ""
            if name in _ACCESS_KEYS or credential_in("", str(variable.known("value") or "")):
                yield variable.finding(
                    f"variable '{name}' holds an AWS access key in plain text; use the service role, or type "
                    "SECRETS_MANAGER",
                    at="value",
                )


def _sources(project: Resource) -> list[View]:
    return [*project.each("source"), *project.each("secondarySources")]


@rule(
    PROJECT,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def source_oauth(project: Resource, stack: Stack) -> Findings:
    """GitHub and Bitbucket sources use OAuth or a connection, and their address holds no credentials.

    Why: Personal tokens and passwords live long, are worth all that their owner may do, and stand in plain text in the
    address.
    Fix: Use source.auth with a connection (CODECONNECTIONS), and an address without user and password.
    Source: AWS Security Hub User Guide, "AWS CodeBuild controls" (CodeBuild.1); AWS Config rule
    codebuild-project-source-repo-url-check.
    """
    for source in _sources(project):
        with deferred():
            kind = source.text("type")
            if kind not in _HOSTS:
                continue
            if _has_credentials(kind, source.text("location") or ""):
                yield source.finding("the URL of the source holds credentials; remove them", at="location")
                continue
            if source.has("auth"):
                continue
            for credential in stack.of_type(CREDENTIAL):
                if credential.text("serverType") != kind or credential.text("authType") not in _TOKENS:
                    continue
                if same_scope(stack, project, credential) is not False:
                    yield source.finding(
                        f"the source is read with a personal token, '{credential.name}'; use a connection "
                        "(auth.type CODECONNECTIONS)",
                        at="auth",
                    )
                    break


def _has_credentials(kind: str, location: str) -> bool:
    """Whether an address holds a password, or for GitHub a user that is a token; Bitbucket's own addresses name the
    user.
    """
    try:
        parts = urllib.parse.urlsplit(location)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    return bool(parts.password) or bool(parts.username and kind != "BITBUCKET" and parts.username != "git")


@rule(PROJECT, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def kms_encrypted(project: Resource) -> Findings:
    """Build artifacts are encrypted under a named KMS key.

    Why: Only a key of one's own has a policy, a rotation and a log of its own.
    Fix: Set `encryptionKey` to the ARN of a key, and leave `artifacts.encryptionDisabled` out.
    Source: AWS CodeBuild User Guide, "Encrypt build outputs"; AWS Config rule codebuild-project-artifact-encryption.
    """
    outputs = [*project.each("artifacts"), *project.each("secondaryArtifacts")]
    stored = [output for output in outputs if output.text("type") != "NO_ARTIFACTS"]
    if not stored:
        raise NotApplicable("the project keeps no artifacts")
    for output in stored:
        if output.flag("encryptionDisabled"):
            yield output.finding("artifacts are not encrypted; remove `encryptionDisabled`", at="encryptionDisabled")
            return
    if not project.has("encryptionKey"):
        yield project.finding("the project names no KMS key for its artifacts; set `encryptionKey`", at="encryptionKey")


@rule(PROJECT, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def managed_image(project: Resource) -> Findings:
    """Builds run in an image that CodeBuild curates.

    Why: CodeBuild patches its own images; others are as old as they are.
    Fix: Set environment.image to an image of CodeBuild (aws/codebuild/standard:7.0).
    Source: AWS CodeBuild User Guide, "Docker images provided by CodeBuild".
    """
    image = project.text("environment.image")
    if image is not None and not image.startswith("aws/codebuild/"):
        yield project.finding(f"builds run in '{image}'; use an image of CodeBuild", at="environment.image")


_LOGS: Final = ("logsConfig.cloudwatchLogs.status", "logsConfig.s3Logs.status")


@rule(PROJECT, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def artifacts_match_source(project: Resource) -> Findings:
    """The source, artifacts and cache of a project go together.

    Why: CodeBuild refuses others ("InvalidInputException: Project source type CODEPIPELINE and artifacts type … must
    both be CODEPIPELINE", "… location is required"; NO_SOURCE takes a buildspec).
    Fix: Set both to CODEPIPELINE or neither; give S3 a location and NO_SOURCE a buildspec.
    Source: AWS CodeBuild API Reference, "ProjectArtifacts"; "ProjectSource"; "ProjectCache".
    """
    source, artifacts = project.text("source.type"), project.text("artifacts.type")
    if (source == "CODEPIPELINE") != (artifacts == "CODEPIPELINE"):
        yield project.finding(
            f"the source is {source} and the artifacts are {artifacts}; CODEPIPELINE goes with itself",
            at="artifacts.type",
        )
    for part in ("artifacts", "cache"):
        with deferred():
            if project.text(f"{part}.type") == "S3" and not project.has(f"{part}.location"):
                yield project.finding("S3 accepts a location; name the bucket", at=f"{part}.location")
    if source == "NO_SOURCE" and not project.has("source.buildspec"):
        yield project.finding(
            "a project without a source needs a buildspec; set `source.buildspec`", at="source.buildspec"
        )


@rule(PROJECT, kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def source_credentials_exist(project: Resource, stack: Stack) -> Findings:
    """A project with a webhook has a way to log in to the host of its source.

    Why: The webhook is made there by CodeBuild ("ResourceNotFoundException: Could not find access token for server type
    github") unless the account was connected before.
    Fix: Add source.auth with a connection, or a `aws.codebuild.SourceCredential`; connect the account first.
    Source: AWS CodeBuild User Guide, "Access your source provider in CodeBuild".
    """
    if project.text("source.type") not in _HOSTS or project.has("source.auth"):
        return
    if stack.referring_to(project, WEBHOOK, via="projectName") and not stack.of_type(CREDENTIAL):
        yield project.finding(
            "the project has a webhook, and no credentials for the source's host are created here; "
            "set `source.auth`, or add an `aws.codebuild.SourceCredential`, unless the account is connected",
            at="source.auth",
            certainty=Certainty.OUTSIDE,
        )


@rule(
    PROJECT,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def logging(project: Resource) -> Findings:
    """Builds log to CloudWatch Logs or S3.

    Why: Without logs nobody can tell what a build did.
    Fix: Leave `logsConfig` out (CloudWatch Logs is on then), or enable one of the two.
    Source: AWS Security Hub User Guide, "AWS CodeBuild controls" (CodeBuild.4); AWS Config rule
    codebuild-project-logging-enabled.
    """
    if (project.text(_LOGS[0]) or "ENABLED") == "DISABLED" and project.text(_LOGS[1]) != "ENABLED":
        yield project.finding("builds write no logs; enable CloudWatch Logs or S3", at=_LOGS[0])


@rule(
    PROJECT,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def s3_logs_encrypted(project: Resource) -> Findings:
    """Build logs in S3 are encrypted.

    Why: Logs hold names of hosts, paths and errors that help an attacker.
    Fix: Leave `logsConfig.s3Logs.encryptionDisabled` out.
    Source: AWS Security Hub User Guide, "AWS CodeBuild controls" (CodeBuild.3); AWS Config rule
    codebuild-project-s3-logs-encrypted.
    """
    path = "logsConfig.s3Logs.encryptionDisabled"
    if project.flag(path):
        yield project.finding("build logs in S3 are not encrypted; remove `encryptionDisabled`", at=path)
