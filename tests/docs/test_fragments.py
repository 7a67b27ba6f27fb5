import ast

import pytest

from preflight import wire
from preflight.testing import UNKNOWN, V6, P, R, concat, document, secret
from tests.rules.fragments import fragment, snake

KEY = R("aws:kms/key:Key", "key", enableKeyRotation=True)
BUCKET = R("aws:s3/bucketV2:BucketV2", "phi-data", tags={"dataClass": "phi"}, provider=V6)


@pytest.mark.parametrize(
    ("resource", "source"),
    [
        (KEY, 'key = aws.kms.Key("key", enable_key_rotation=True)'),
        (R("aws:cloudwatch/logGroup:LogGroup", "logs", kmsKeyId=KEY.arn), "kms_key_id=key.arn"),
        (BUCKET, 'aws.s3.BucketV2("phi-data", tags={"dataClass": "phi"}) # pulumi-aws 6'),
        (R("aws:lambda/function:Function", "lambda"), 'lambda_2 = aws.lambda_.Function("lambda")'),
        (R("aws:kms/key:Key", "k", policy=UNKNOWN), "policy=unknown"),
        (R("aws:kms/key:Key", "k", policy=document({"a": 1})), 'policy=json.dumps({"a": 1})'),
        (R("aws:kms/key:Key", "k", policy=document([KEY.arn])), "policy=pulumi.Output.json_dumps([key.arn])"),
        (R("aws:kms/key:Key", "k", policy=concat(KEY.arn, "/*")), 'policy=pulumi.Output.concat(key.arn, "/*")'),
        (R("aws:rds/instance:Instance", "db", password=secret("x")), 'password=pulumi.Output.secret("x")'),
        (R("aws:ec2/eip:Eip", "ip", parent=KEY, depends_on=[BUCKET]), "parent=key, depends_on=[phi_data]"),
        (R("aws:ec2/eip:Eip", "ip", options={"protect": True}), "opts=pulumi.ResourceOptions(protect=True)"),
        (R("aws:kms/key:Key", "k", provider=P("west", region="us-west-2")), "provider=west_provider"),
        (
            R("aws:autoscaling/group:Group", "g", mixedInstancesPolicy={"launchTemplate": {}}),
            'mixed_instances_policy={"launch_template": {}}',
        ),
        (
            R("aws:lambda/function:Function", "f", code={wire.SIGNATURE_KEY: wire.ARCHIVE, "path": "./app"}),
            'code=pulumi.FileArchive("./app")',
        ),
        (R("random:index/randomPassword:RandomPassword", "p"), 'p = random.RandomPassword("p")'),
        (R("reference:storage:PhiBucket", "p"), 'p = PhiBucket("p")'),
    ],
)
def test_a_situation_becomes_a_python_program(resource: R, source: str) -> None:
    program = fragment([resource])
    ast.parse(program)
    flat = " ".join(program.split()).replace("( ", "(").replace(", )", ")")
    assert source in flat


def test_what_is_referred_to_stands_first() -> None:
    program = fragment([R("aws:cloudwatch/logGroup:LogGroup", "logs", kmsKeyId=KEY.arn), KEY])
    assert program.index("aws.kms.Key") < program.index("aws.cloudwatch.LogGroup")
    assert program.count("aws.kms.Key(") == 1


def test_two_resources_of_one_name_get_two_variables() -> None:
    program = fragment([R("aws:ec2/eip:Eip", "web"), R("aws:ec2/instance:Instance", "web")])
    assert "web = aws.ec2.Eip" in program
    assert "web_2 = aws.ec2.Instance" in program


@pytest.mark.parametrize(
    ("name", "expected"),
    [("kmsKeyId", "kms_key_id"), ("ipv6CidrBlock", "ipv6_cidr_block"), ("s3Bucket", "s3_bucket"), ("from", "from_")],
)
def test_names_are_as_in_python(name: str, expected: str) -> None:
    assert snake(name) == expected


def test_a_resource_that_is_written_twice_is_one() -> None:
    program = fragment([R("aws:kms/key:Key", "k"), R("aws:kms/key:Key", "k")])
    assert program.count("aws.kms.Key(") == 1
