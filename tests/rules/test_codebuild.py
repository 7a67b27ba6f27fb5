"""Rules for CodeBuild."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, P, R, fails, not_applicable, passes, table, undecided

PROJECT = "aws:codebuild/project:Project"
COMPONENT = R("program:app:App", "component")
WEST = P("west", region="us-west-2")
GITHUB = {"type": "GITHUB", "location": "https://github.com/example/app.git"}


def project(**more: Any) -> R:
    given = {"name": "app", "source": GITHUB, "artifacts": {"type": "S3", "location": "builds"}, **more}
    return R(PROJECT, "project", **given)


def variable(**more: Any) -> R:
    return project(environment={"image": "aws/codebuild/standard:7.0", "environmentVariables": [more]})


test_credentials_secret = table(
    "codebuild-credentials-secret",
    fails(
        "an access key",
        variable(name="AWS_ACCESS_KEY_ID", value="a"),
        at="environment.environmentVariables[0].value",
        says="AWS_ACCESS_KEY_ID",
    ),
    passes("from Secrets Manager", variable(name="AWS_ACCESS_KEY_ID", value="build/key", type="SECRETS_MANAGER")),
    fails(
        "its secret half",
        variable(name="AWS_SECRET_ACCESS_KEY", value=UNKNOWN, type="PLAINTEXT"),
        at="environment.environmentVariables[0].value",
    ),
    fails(
        "under another name",
        variable(name="KEY", value="AKIA" + "A" * 16),
        at="environment.environmentVariables[0].value",
    ),
    passes("another variable", variable(name="STAGE", value="test")),
    passes("no variables", project(provider=V6)),
    undecided("an unknown type", variable(name="AWS_ACCESS_KEY_ID", value="a", type=UNKNOWN)),
)


def credential(kind: str, server: str = "GITHUB", **more: Any) -> R:
    return R(
        "aws:codebuild/sourceCredential:SourceCredential",
        "credential",
        authType=kind,
        serverType=server,
        token="t",
        **more,
    )


def source(location: Any, **more: Any) -> R:
    return project(source={"type": "GITHUB", "location": location, **more})


BITBUCKET = "https://someone@bitbucket.org/example/app.git"
test_source_oauth = table(
    "codebuild-source-oauth",
    fails(
        "a token in the address",
        source("https://ghp_token@github.com/example/app.git"),
        at="source.location",
        says="credentials",
    ),
    passes("a plain address", project()),
    fails("user and password", source("https://someone:word@github.com/example/app.git"), at="source.location"),
    passes("Bitbucket names the user", project(source={"type": "BITBUCKET", "location": BITBUCKET})),
    fails(
        "Bitbucket with a password",
        project(source={"type": "BITBUCKET", "location": BITBUCKET.replace("@", ":word@")}),
        at="source.location",
    ),
    fails(
        "a second source",
        project(secondarySources=[{"type": "GITHUB", "location": "https://t@github.com/a", "sourceIdentifier": "b"}]),
        at="secondarySources[0].location",
    ),
    fails("a personal token", project(), credential("PERSONAL_ACCESS_TOKEN"), at="source.auth", says="'credential'"),
    passes("a connection of the region", project(), credential("CODECONNECTIONS")),
    passes(
        "a connection of its own",
        project(source={**GITHUB, "auth": {"type": "CODECONNECTIONS", "resource": "arn:a"}}),
        credential("PERSONAL_ACCESS_TOKEN"),
    ),
    passes("a token for another host", project(), credential("BASIC_AUTH", "BITBUCKET")),
    passes("a token in another region", project(), credential("PERSONAL_ACCESS_TOKEN", provider=WEST)),
    fails(
        "a token in a component",
        project(provider=V6),
        COMPONENT,
        credential("PERSONAL_ACCESS_TOKEN", parent=COMPONENT),
        at="source.auth",
    ),
    passes("no host", project(source={"type": "NO_SOURCE"})),
    undecided("unknown", source(UNKNOWN), at="source.location"),
)

KEY = R("aws:kms/key:Key", "key")
test_kms_encrypted = table(
    "codebuild-kms-encrypted",
    fails("no key", project(), at="encryptionKey"),
    passes("a key", project(encryptionKey=KEY.arn), KEY),
    fails(
        "switched off",
        project(encryptionKey=KEY.arn, artifacts={"type": "S3", "encryptionDisabled": True}),
        KEY,
        at="artifacts.encryptionDisabled",
    ),
    fails(
        "switched off for the second",
        project(
            encryptionKey=KEY.arn,
            secondaryArtifacts=[{"type": "S3", "artifactIdentifier": "a", "encryptionDisabled": True}],
        ),
        KEY,
        at="secondaryArtifacts[0].encryptionDisabled",
    ),
    not_applicable("no artifacts", project(artifacts={"type": "NO_ARTIFACTS"})),
    undecided("unknown", project(artifacts={"type": "S3", "encryptionDisabled": UNKNOWN})),
)

test_managed_image = table(
    "codebuild-managed-image",
    fails("another image", project(environment={"image": "node:22"}), at="environment.image", says="node:22"),
    passes("an image of CodeBuild", project(environment={"image": "aws/codebuild/standard:7.0"})),
    undecided("unknown", project(environment={"image": UNKNOWN}), at="environment.image"),
)


PIPELINE = {"type": "CODEPIPELINE"}
test_artifacts_match_source = table(
    "codebuild-artifacts-match-source",
    fails("a pipeline's source alone", project(source=PIPELINE), at="artifacts.type", says="CODEPIPELINE"),
    passes("a pipeline's source and artifacts", project(source=PIPELINE, artifacts=PIPELINE)),
    fails("a pipeline's artifacts alone", project(artifacts=PIPELINE), at="artifacts.type"),
    fails("S3 without a bucket", project(artifacts={"type": "S3"}), at="artifacts.location"),
    fails("a cache without a bucket", project(cache={"type": "S3"}), at="cache.location"),
    passes("an unknown bucket", project(artifacts={"type": "S3", "location": UNKNOWN})),
    fails("no source and no buildspec", project(source={"type": "NO_SOURCE"}), at="source.buildspec"),
    passes("no source, a buildspec", project(source={"type": "NO_SOURCE", "buildspec": "version: 0.2"}, provider=V6)),
    undecided("unknown", project(source={"type": UNKNOWN}), at="source.type"),
)

HOOKED = project()
HOOK = R("aws:codebuild/webhook:Webhook", "hook", projectName=HOOKED.name)
test_source_credentials_exist = table(
    "codebuild-source-credentials-exist",
    fails("a webhook without credentials", HOOKED, HOOK, at="source.auth"),
    passes("a webhook with credentials", HOOKED, HOOK, credential("CODECONNECTIONS")),
    passes("no webhook", HOOKED),
    passes("a connection of its own", project(source={**GITHUB, "auth": {"type": "CODECONNECTIONS"}}), HOOK),
    passes("in a component", HOOKED, HOOK, COMPONENT, credential("OAUTH", parent=COMPONENT)),
    undecided("a webhook of an unknown project", HOOKED, R(HOOK.type_, "hook", projectName=UNKNOWN)),
)

OFF = {"status": "DISABLED"}
test_logging = table(
    "codebuild-logging",
    fails("off", project(logsConfig={"cloudwatchLogs": OFF}), at="logsConfig.cloudwatchLogs.status"),
    passes("by default", project()),
    passes("to S3", project(logsConfig={"cloudwatchLogs": OFF, "s3Logs": {"status": "ENABLED", "location": "b"}})),
    fails(
        "both off",
        project(logsConfig={"cloudwatchLogs": OFF, "s3Logs": OFF}, provider=V6),
        at="logsConfig.cloudwatchLogs.status",
    ),
    undecided("unknown", project(logsConfig={"cloudwatchLogs": {"status": UNKNOWN}})),
)
test_s3_logs_encrypted = table(
    "codebuild-s3-logs-encrypted",
    fails(
        "switched off",
        project(logsConfig={"s3Logs": {"status": "ENABLED", "encryptionDisabled": True}}),
        at="logsConfig.s3Logs.encryptionDisabled",
    ),
    passes("by default", project(logsConfig={"s3Logs": {"status": "ENABLED"}})),
    passes("no logs in S3", project(provider=V6)),
    undecided("unknown", project(logsConfig={"s3Logs": {"encryptionDisabled": UNKNOWN}})),
)
