"""Code of functions."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from preflight.finding import Severity
from preflight.judging.session import Session
from preflight.testing import UNKNOWN, V6, R, concat, fails, passes, table, undecided
from preflight.testing.requests import analyze_request
from preflight.testing.tables import find_rule
from preflight.wire import ARCHIVE, SIGNATURE_KEY
from tests.rules.lambda_.parts import COMPONENT, ROLE, archive, bare, function

NODE: dict[str, Any] = {"runtime": "nodejs22.x", "handler": "index.handler"}
EXPORTS = "exports.handler = async (event) => event;\n"
S3: dict[str, Any] = {"code": None, "s3Bucket": "code", "s3Key": "app.zip"}
GONE = {SIGNATURE_KEY: ARCHIVE, "path": "./gone"}

test_handler_exists = table(
    "lambda-handler-exists",
    fails("another file", function(handler="main.handler"), at="handler", says="main"),
    passes("the file and function", function()),
    fails("another function", function(handler="app.main"), at="handler", says="main"),
    passes("in v6", function(provider=V6)),
    passes("in a folder", function(handler="pkg.app.run", code=archive(pkg_in_app__py="def run(e, c): ...\n"))),
    fails("a module of a folder that is not there", function(handler="pkg.app.run"), at="handler"),
    passes("Node.js", function(code=archive(index__js=EXPORTS), **NODE)),
    passes("Node.js, a module", function(code=archive(index__mjs="export const handler = async () => 1;\n"), **NODE)),
    fails("Node.js, another file", function(code=archive(app__js=EXPORTS), **NODE), at="handler"),
    passes("an image", bare(packageType="Image", imageUri="210987654321.dkr.ecr.us-east-1.amazonaws.com/app:1")),
    passes("Java", function(runtime="java21", handler="com.example.App::run")),
    undecided(
        "layers",
        function(handler="datadog.handler", layers=["arn:aws:lambda:us-east-1:1:layer:dd:1"]),
        at="layers",
        only=None,
    ),
    undecided("in S3", function(**S3), at="s3Key", only=None),
    undecided("unknown code", function(code=UNKNOWN), at="code"),
    undecided("an unknown handler", function(handler=UNKNOWN), at="handler"),
    undecided("a path that can't be opened", function(code=GONE), at="code", only=None),
    given=[ROLE],
)

test_package_has_imports = table(
    "lambda-package-has-imports",
    fails(
        "a dependency is missing",
        function(code=archive(app__py="import requests\ndef handler(e, c): ...\n")),
        at="code",
        says="requests",
    ),
    passes(
        "the dependency is packed",
        function(code=archive(app__py="import requests\ndef handler(e, c): ...\n", requests_in___init____py="")),
    ),
    passes(
        "what the runtime brings",
        function(
            code=archive(app__py="import json\nimport boto3\nfrom botocore import config\ndef handler(e, c): ...\n")
        ),
    ),
    passes(
        "its own module",
        function(code=archive(app__py="import util\nfrom util import a\ndef handler(e, c): ...\n", util__py="a = 1\n")),
    ),
    passes(
        "tried",
        function(
            code=archive(
                app__py="try:\n    import requests\nexcept ImportError:\n    requests = None\ndef handler(e, c): ...\n"
            )
        ),
    ),
    fails(
        "gone from the standard library",
        function(code=archive(app__py="import imp\ndef handler(e, c): ...\n")),
        says="imp",
    ),
    passes(
        "still in an older one",
        function(runtime="python3.11", code=archive(app__py="import imp\ndef handler(e, c): ...\n")),
    ),
    passes("Node.js", function(code=archive(index__js="require('x')\n" + EXPORTS), **NODE)),
    undecided("layers", function(layers=["arn:aws:lambda:us-east-1:1:layer:deps:1"]), at="layers", only=None),
    undecided("unknown code", function(code=UNKNOWN), at="code"),
    given=[ROLE],
)

REPO = R("aws:ecr/repository:Repository", "repo", name="app")
IN_COMPONENT = R("aws:ecr/repository:Repository", "repo", name="app", parent=COMPONENT)
HERE = "210987654321.dkr.ecr.us-east-1.amazonaws.com"


def from_image(repository: R, **more: Any) -> R:
    return bare(packageType="Image", imageUri=concat(repository.repositoryUrl, ":1"), **more)


IMAGE = R("docker-build:index:Image", "image", tags=[concat(REPO.repositoryUrl, ":1")])
OLD_IMAGE = R("docker:index/image:Image", "image", imageName=REPO.repositoryUrl)
COMMAND = R("command:local:Command", "push", create=concat("docker push ", REPO.repositoryUrl))
test_image_exists = table(
    "lambda-image-exists",
    fails("an empty repository", from_image(REPO), REPO, at="imageUri", says="'repo'", only="preview"),
    passes("pushed", bare(packageType="Image", imageUri=IMAGE.ref), IMAGE, REPO),
    fails("once it exists", from_image(REPO), REPO, severity=Severity.LOW, only="up", at="imageUri"),
    passes("pushed by the older provider", bare(packageType="Image", imageUri=OLD_IMAGE.repoDigest), OLD_IMAGE, REPO),
    passes("pushed by a command", from_image(REPO), REPO, COMMAND),
    fails("by its name", bare(packageType="Image", imageUri=f"{HERE}/app:1"), REPO, only="preview", at="imageUri"),
    fails("in a component", from_image(IN_COMPONENT), COMPONENT, IN_COMPONENT, only="preview", at="imageUri"),
    fails("in v6", from_image(REPO, provider=V6), REPO, only="preview", at="imageUri"),
    passes("from elsewhere", bare(packageType="Image", imageUri=f"{HERE}/tools:1"), REPO),
    passes("declared", from_image(REPO), REPO, prerequisites=frozenset({"app"})),
    passes("a zip archive", function(), REPO),
    passes("an unknown image from outside", bare(packageType="Image", imageUri=UNKNOWN), REPO),
    given=[ROLE],
)

HERE_FOLDER = Path(__file__).parent
test_code_path_exists = table(
    "lambda-code-path-exists",
    fails("nothing there", function(code=GONE), at="code", says="./gone", program_folder=HERE_FOLDER),
    passes("texts", function()),
    fails(
        "no archive", function(code={SIGNATURE_KEY: ARCHIVE, "path": "parts.py"}), program_folder=HERE_FOLDER, at="code"
    ),
    passes("a folder", function(code={SIGNATURE_KEY: ARCHIVE, "path": "."}), program_folder=HERE_FOLDER),
    passes("in S3", function(**S3)),
    fails(
        "a layer",
        R("aws:lambda/layerVersion:LayerVersion", "layer", layerName="deps", code=GONE),
        at="code",
        program_folder=HERE_FOLDER,
    ),
    undecided("the program's folder is not known", function(code=GONE), at="code", only=None),
    undecided("unknown", function(code=UNKNOWN), at="code"),
    given=[ROLE],
)


def verdicts(rule_id: str, folder: Path, subject: R) -> list[str]:
    """The messages of a rule when the program runs in a folder, or what is undecided in brackets."""
    session = Session([find_rule(rule_id)])
    session.program_folder = folder
    found = session.analyze(analyze_request(subject, "preview"))[1]
    return [item.message for one in found for item in one.findings] + [
        f"[{item}]" for one in found for item in one.undecided
    ]


def test_relative_paths_start_where_the_program_runs(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("def handler(event, context): ...\n")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as packed:
        packed.writestr("app.py", "import yaml\ndef handler(event, context): ...\n")
    folder = {SIGNATURE_KEY: ARCHIVE, "path": "./app"}
    packed_code = {SIGNATURE_KEY: ARCHIVE, "path": "app.zip"}
    assert "app" in verdicts("lambda-handler-exists", tmp_path, function(code=folder))[0]
    assert verdicts("lambda-handler-exists", tmp_path, function(code=folder, handler="main.handler")) == []
    assert verdicts("lambda-handler-exists", tmp_path, function(code=packed_code)) == []
    assert "yaml" in verdicts("lambda-package-has-imports", tmp_path, function(code=packed_code))[0]
    assert "./gone" in verdicts("lambda-code-path-exists", tmp_path, function(code=GONE))[0]
    assert verdicts("lambda-code-path-exists", tmp_path, function(code=packed_code)) == []


def test_a_large_archive_goes_through_s3(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as packed:
        packed.writestr("app.bin", b"\0" * (51 * 1024 * 1024))
    code = {SIGNATURE_KEY: ARCHIVE, "path": "app.zip"}
    assert "51 MB" in verdicts("lambda-code-path-exists", tmp_path, function(code=code))[0]
