"""Programs that do not run: the place, the wrong thing, the way out; exit code 3 (2 for configuration)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Ran, Workbench

AWS = "import pulumi\nimport pulumi_aws as aws\n"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(
            AWS
            + 'rest = aws.apigateway.RestApi("r")\naws.apigateway.Deployment("d", rest_api=rest.id, stage_name="v1")\n',
            ["__main__.py:4", "aws.apigateway.Deployment has no `stage_name` any more", "aws.apigateway.Stage("],
            id="argument removed in v7",
        ),
        pytest.param(
            AWS + 'aws.s3.Bucket("b", bucket_nme="x")\n',
            ["__main__.py:3", "aws.s3.Bucket has no argument `bucket_nme`", "did you mean `bucket`"],
            id="misspelt argument",
        ),
        pytest.param(
            AWS + 'aws.s3.Bucket("b", hosted_zone_id="x")\n',
            ["no `hosted_zone_id` any more", "it is an output"],
            id="output given as input",
        ),
        pytest.param(
            AWS + 'aws.s3.BucketVersioningVersioningConfigurationArgs(state="Enabled")\n',
            ["BucketVersioningVersioningConfigurationArgs has no argument `state`", "did you mean `status`"],
            id="argument of an input type",
        ),
        pytest.param(
            AWS + 'aws.opsworks.Stack("s")\n', ["aws.opsworks was removed in pulumi-aws 7"], id="module removed in v7"
        ),
        pytest.param(
            "from pulumi_aws.s3 import Buckit\n",
            ["__main__.py:1", "has no `Buckit`", "`Bucket`"],
            id="class in an import",
        ),
        pytest.param(AWS + 'aws.s3.Buckit("b")\n', ["has no `Buckit`", "did you mean `Bucket`"], id="class"),
        pytest.param(
            AWS + 'b = aws.s3.Bucket("b")\npulumi.export("x", b.arm)\n',
            ["__main__.py:4", "aws.s3.Bucket has no `arm`", "`arn`"],
            id="attribute",
        ),
        pytest.param(
            AWS + 'import json\nb = aws.s3.Bucket("b")\nprint(json.dumps({"a": b.arn}))\n',
            ["__main__.py:5", "pulumi.Output.json_dumps(...)"],
            id="Output in json.dumps",
        ),
        pytest.param("import pulumi_nothing_like_it\n", ["`pulumi_nothing_like_it`", "requirements.txt"], id="module"),
        pytest.param("import pulumi_aws.s4\n", ["pulumi_aws has no module `s4`", "`s3`"], id="submodule"),
        pytest.param("def f(:\n    pass\n", ["SyntaxError", "__main__.py:1"], id="syntax"),
        pytest.param("print(undefined)\n", ["NameError", "'undefined'", "__main__.py:1"], id="name"),
        pytest.param(
            AWS + 'aws.ec2.Subnet("s")\n', ["aws.ec2.Subnet needs `vpc_id`", "__main__.py:3"], id="required, by the SDK"
        ),
        pytest.param(
            AWS + 'aws.s3.Bucket("b")\naws.s3.Bucket("b")\n',
            ["Duplicate resource URN", "::b'", "the first one is at", "__main__.py:3"],
            id="two resources of one name",
        ),
        pytest.param(
            AWS + 'aws.s3.BucketObject("o", bucket="b", source=pulumi.FileAsset("gone.txt"))\n',
            ["'gone.txt'", "No such file", "__main__.py:3"],
            id="asset",
        ),
        pytest.param(
            AWS + 'aws.lambda_.Function("f", role="r", code=pulumi.FileArchive("./build"))\n',
            ["'./build' does not exist", "__main__.py:3"],
            id="archive",
        ),
        pytest.param("import sys\nsys.exit(7)\n", ["called exit (7)", "__main__.py:2"], id="exits early"),
        pytest.param("import sys\nsys.exit()\n", ["called exit before it had finished"], id="exits early with success"),
        pytest.param("import os\nos._exit(0)\n", ["ended early with exit code 0"], id="exits without a word"),
        pytest.param("import os\nos.kill(os.getpid(), 9)\n", ["killed by signal 9"], id="killed"),
        pytest.param("import pulumi\npulumi.log.error('bad day')\n", ["error: bad day"], id="logs an error"),
        pytest.param(
            "import pulumi\npulumi.Output.from_input(1).apply(lambda v: v / 0)\n",
            ["ZeroDivisionError", "__main__.py:2"],
            id="apply raises",
        ),
        pytest.param(
            "import pulumi\nclass C(pulumi.ComponentResource):\n    def __init__(self):\n        super().__init__('a:b:C', 'c')\n"
            "        raise RuntimeError('inside')\nC()\n",
            ["RuntimeError: inside", "__main__.py:6", "__main__.py:5"],
            id="component raises",
        ),
        pytest.param(
            AWS
            + 'def late(args):\n    raise KeyError("k")\nb = aws.s3.Bucket("b", opts=pulumi.ResourceOptions(transforms=[late]))\n',
            ["a transform or hook raised an error: 'k'", "__main__.py:4"],
            id="transform raises",
        ),
        pytest.param(
            AWS
            + 'aws.s3.Bucket("b", opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="soon")))\n',
            ["'soon' is not a duration"],
            id="timeout",
        ),
    ],
)
def test_explained(previewed: Callable[..., Ran], text: str, parts: list[str]) -> None:
    ran = previewed(text)
    assert ran.code == 3, ran.said
    for part in parts:
        assert part in ran.err, ran.err
    assert "Traceback" not in ran.err
    assert "preflight/preview" not in ran.err
    assert "site-packages" not in ran.err
    report = ran.report
    assert report["failures"]
    assert all(failure["rule"] is None for failure in report["failures"])


def test_every_wrong_resource_is_reported_at_once(previewed: Callable[..., Ran]) -> None:
    ran = previewed(
        AWS
        + 'a = aws.s3.BucketObject("first", bucket="b", source=pulumi.FileAsset("one.txt"))\n'
        + 'aws.s3.BucketObject("second", bucket=a.bucket, source=pulumi.FileAsset("two.txt"))\n'
    )
    assert ran.code == 3
    assert [failure["location"]["line"] for failure in ran.report["failures"]] == [3, 4]


def test_a_wrong_resource_does_not_hide_the_programs_own_error(previewed: Callable[..., Ran]) -> None:
    ran = previewed(
        AWS + 'aws.s3.BucketObject("o", bucket="b", source=pulumi.FileAsset("gone"))\nraise ValueError("own")\n'
    )
    assert ran.code == 3
    assert "'gone'" in ran.err
    assert "ValueError: own" in ran.err


def test_missing_configuration_value(previewed: Callable[..., Ran]) -> None:
    ran = previewed("import pulumi\npulumi.Config().require('size')\n")
    assert ran.code == 2
    assert "Missing required configuration variable 'demo:size'" in ran.err
    assert "Pulumi.dev.yaml (there is no such file yet), or with --config demo:size=VALUE" in ran.err
    assert "__main__.py:2" in ran.err


def test_wrong_configuration_type(previewed: Callable[..., Ran]) -> None:
    ran = previewed("import pulumi\npulumi.Config().require_int('size')\n", "--config", "size=many")
    assert ran.code == 2
    assert "demo:size" in ran.err


def test_hangs(bench: Workbench) -> None:
    bench.program("import time\nprint('going to sleep')\ntime.sleep(600)\n")
    ran = bench.preview("--timeout", "2")
    assert ran.code == 3
    assert "still running after 2 s" in ran.err
    assert "__main__.py:3" in ran.err


def test_prints_garbage(previewed: Callable[..., Ran]) -> None:
    ran = previewed(
        "import sys, pulumi\nsys.stdout.buffer.write(bytes(range(256)) * 3 + b'\\n' + b'x' * 100_000 + b'\\n{\"version\": 9}\\n')\n"
        "sys.stdout.buffer.flush()\npulumi.export('a', 1)\n"
    )
    assert ran.code == 0
    assert ran.document["version"] == 2
    assert "\x1b" not in ran.err


def test_prints_without_end(previewed: Callable[..., Ran]) -> None:
    ran = previewed("for i in range(5000): print('line', i)\n")
    assert ran.code == 0
    assert "the rest is not shown" in ran.err
    assert "line 4000" not in ran.err


def test_secrets_stay_out_of_messages(previewed: Callable[..., Ran]) -> None:
    ran = previewed(
        AWS + 'aws.rds.Instance("d", instance_class="db.t3.micro", password=pulumi.Output.secret("hunter2"), '
        'allocated_storage="lots")\n'
    )
    assert "hunter2" not in ran.said


def test_module_next_to_a_file_as_main_is_not_importable(bench: Workbench) -> None:
    """As under the CLI: the folder of a file named in `main:` is not on the import path."""
    bench.write(
        {
            "Pulumi.yaml": "name: demo\nruntime: python\nmain: src/app.py\n",
            "src/app.py": "import helper\n",
            "src/helper.py": "",
        }
    )
    ran = bench.preview()
    assert ran.code == 3
    assert "No module named 'helper'" in ran.err


def test_module_next_to_a_folder_as_main_is_importable(bench: Workbench) -> None:
    bench.write(
        {
            "Pulumi.yaml": "name: demo\nruntime: python\nmain: src\n",
            "src/__main__.py": "import config, values, pathlib\nassert config.MINE and values.MINE\n"
            "assert pathlib.Path.cwd().name == 'src'\n",
            "src/config.py": "MINE = True\n",
            "src/values.py": "MINE = True\n",
        }
    )
    ran = bench.preview()
    assert ran.code == 0, ran.err


def test_arguments_and_environment_are_those_of_the_cli(previewed: Callable[..., Ran]) -> None:
    ran = previewed(
        "import os, sys, json\nassert sys.argv == ['.'], sys.argv\nassert sys.path[0] == '.', sys.path\n"
        "assert json.loads(os.environ['PULUMI_CONFIG']) == {'demo:a': 'b'}\nassert sys.stdin.read() == ''\n"
        "assert __name__ == '__main__'\n",
        "--config",
        "a=b",
    )
    assert ran.code == 0, ran.err
