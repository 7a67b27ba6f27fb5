"""Programs in other languages than Python: what is missing is said before anything runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto.codegen import loader_pb2

from preflight.preview.engine.schemas import Schemas

from .conftest import Workbench

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no `node` on PATH")


@needs_node
@pytest.mark.parametrize(
    ("lock", "command"),
    [("package-lock.json", "npm install"), ("yarn.lock", "yarn install"), ("pnpm-lock.yaml", "pnpm install")],
)
def test_missing_packages_are_named_with_the_command_that_installs_them(
    bench: Workbench, lock: str, command: str
) -> None:
    bench.write({"Pulumi.yaml": "name: demo\nruntime: nodejs\n", "index.ts": "export {}\n", lock: ""})
    ran = bench.preview()
    assert ran.code == 2
    assert "the program's packages are not installed" in ran.said
    assert f"run `{command}`" in ran.said


def test_a_missing_host_is_named(bench: Workbench) -> None:
    bench.write({"Pulumi.yaml": "name: demo\nruntime: cobol\n"})
    ran = bench.preview()
    assert ran.code == 2
    assert "pulumi-language-cobol is not installed" in ran.said


YAML_PROGRAM = """
name: demo
runtime: yaml
variables:
  here:
    fn::invoke: {function: aws:getRegion, arguments: {}}
resources:
  key: {type: "aws:kms:Key"}
  database:
    type: aws:rds:Instance
    properties:
      engine: postgres
      engineVersion: "15.4"
      instanceClass: db.t4g.micro
      allocatedStorage: 20
      manageMasterUserPassword: true
      storageEncrypted: true
      kmsKeyId: ${key.arn}
      skipFinalSnapshot: true
outputs:
  region: ${here.name}
"""
PYTHON_PROGRAM = """
import pulumi
import pulumi_aws as aws

here = aws.get_region_output()
key = aws.kms.Key("key")
aws.rds.Instance("database", engine="postgres", engine_version="15.4", instance_class="db.t4g.micro",
                 allocated_storage=20, manage_master_user_password=True, storage_encrypted=True,
                 kms_key_id=key.arn, skip_final_snapshot=True)
pulumi.export("region", here.name)
"""


@pytest.mark.skipif(shutil.which("pulumi-language-yaml") is None, reason="there is no `pulumi-language-yaml` on PATH")
def test_a_yaml_program_has_the_findings_of_the_same_program_in_python(bench: Workbench, tmp_path: Path) -> None:
    bench.write({"Pulumi.yaml": YAML_PROGRAM})
    in_yaml = bench.preview("--region", "us-west-2", pack=None)
    bench.write({"Pulumi.yaml": "name: demo\nruntime: python\n", "__main__.py": PYTHON_PROGRAM})
    in_python = bench.preview("--region", "us-west-2", pack=None)
    assert in_yaml.code == in_python.code == 1
    found, expected = (
        {(finding["rule"], finding["urn"], finding["path"]) for finding in ran.report["findings"]}
        for ran in (in_yaml, in_python)
    )
    assert found == expected
    assert any(rule == "rds-engine-version-offered" for rule, _, _ in found)


def test_a_host_gets_the_schema_of_the_types_that_the_files_name(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(
        YAML_PROGRAM + "  # and aws:s3/bucket:Bucket, aws:nothing:Like, ${aws:region}\n"
    )
    answer = Schemas(tmp_path).get_schema(loader_pb2.GetSchemaRequest(package="aws"), None)
    document = json.loads(answer.schema)
    assert set(document["resources"]) == {"aws:kms/key:Key", "aws:rds/instance:Instance", "aws:s3/bucket:Bucket"}
    assert set(document["functions"]) == {"aws:index/getRegion:getRegion"}
    database = document["resources"]["aws:rds/instance:Instance"]
    assert "instanceClass" in database["requiredInputs"]
    assert {"engineVersion", "storageEncrypted"} <= set(database["inputProperties"])
    assert "address" in database["properties"]


def test_packages_without_a_schema_are_refused_by_name(tmp_path: Path) -> None:
    class Context:
        def abort(self, code: grpc.StatusCode, details: str) -> None:
            raise ValueError(f"{code.name}: {details}")

    with pytest.raises(ValueError, match="NOT_FOUND: Preflight has no schema of the package 'random'"):
        Schemas(tmp_path).get_schema(loader_pb2.GetSchemaRequest(package="random"), Context())
