"""A program that uses nearly every option of the engine's protocol."""

import json

import pulumi
import pulumi_aws as aws
from pulumi import Alias, CustomTimeouts, Output, ResourceOptions

config = pulumi.Config()
assert config.require("plain") == "text"
assert config.require_bool("flag") is True
assert config.require_int("size") == 3
assert config.require_object("tree") == {"leaf": [1, 2]}


def tag(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    if args.type_ == "aws:sns/topic:Topic":
        return pulumi.ResourceTransformResult({**args.props, "displayName": "transformed"}, args.opts)
    return None


def retarget(args: pulumi.InvokeTransformArgs) -> pulumi.InvokeTransformResult | None:
    if args.token == "aws:iam/getPolicyDocument:getPolicyDocument":
        return pulumi.InvokeTransformResult({**args.args, "version": "2012-10-17"}, args.opts)
    return None


def own(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
    return pulumi.ResourceTransformResult({**args.props, "tags": {"own": "yes"}}, args.opts)


pulumi.runtime.register_resource_transform(tag)
pulumi.runtime.register_invoke_transform(retarget)


class Pair(pulumi.ComponentResource):
    def __init__(self, name: str, *, key: object, opts: ResourceOptions | None = None) -> None:
        super().__init__("test:index:Pair", name, {"key": key}, opts)
        child = ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(f"{name}-bucket", opts=child)
        self.notes = aws.s3.BucketObject(
            f"{name}-notes",
            bucket=self.bucket.bucket,
            source=pulumi.FileAsset("asset.txt"),
            opts=ResourceOptions(parent=self.bucket),
        )
        self.register_outputs({"bucket": self.bucket, "name": self.bucket.bucket})


frankfurt = aws.Provider(
    "frankfurt", region="eu-central-1", default_tags=aws.ProviderDefaultTagsArgs(tags={"team": "blue"})
)
key = aws.kms.Key("key", description="k", opts=ResourceOptions(protect=True))
pair = Pair("pair", key=key, opts=ResourceOptions(providers={"aws": frankfurt}, aliases=[Alias(name="former")]))
inner = Pair("inner", key=key.arn, opts=ResourceOptions(parent=pair))

topic = aws.sns.Topic("topic", kms_master_key_id=key.id)
queue = aws.sqs.Queue(
    "queue",
    tags={"a": "b"},
    opts=ResourceOptions(transforms=[own], depends_on=[topic, pair], ignore_changes=["tags"], provider=frankfurt),
)
password = Output.secret("hunter2")
parameter = aws.ssm.Parameter("parameter", type="SecureString", value=password)
database = aws.rds.Instance(
    "database",
    allocated_storage=20,
    engine="postgres",
    instance_class="db.t3.micro",
    username="u",
    password=password,
    skip_final_snapshot=True,
    opts=ResourceOptions(
        custom_timeouts=CustomTimeouts(create="1h30m", delete="45s"),
        additional_secret_outputs=["endpoint"],
        delete_before_replace=True,
        deleted_with=key,
        retain_on_delete=True,
        replace_on_changes=["engine"],
    ),
)
late = aws.Provider("late", region=database.availability_zone)
odd = aws.sns.Topic("odd", opts=ResourceOptions(provider=late))
document = aws.iam.get_policy_document_output(
    statements=[
        {"actions": ["s3:GetObject"], "resources": ["*"], "principals": [{"type": "AWS", "identifiers": ["*"]}]}
    ]
)
policy = aws.iam.Policy("policy", policy=document.json)
role = aws.iam.Role(
    "role",
    assume_role_policy=Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": key.arn}}],
        }
    ),
)
function = aws.lambda_.Function(
    "function",
    role=role.arn,
    handler="index.handler",
    runtime="python3.12",
    code=pulumi.AssetArchive({"index.py": pulumi.StringAsset("x = 1"), "lib": pulumi.FileArchive(".")}),
    environment={"variables": {"SECRET": password, "ARN": topic.arn, "PLAIN": "p"}},
)
looked_up = aws.ec2.Vpc.get("looked-up", "vpc-0123456789abcdef0")
security_group = aws.ec2.SecurityGroup(
    "group", vpc_id="vpc-0123456789abcdef0", description=looked_up.cidr_block, ingress=[]
)
if config.get_bool("references"):  # the real CLI refuses a stack that does not exist
    other = pulumi.StackReference("organization/other/dev")
    pulumi.export("other", other.get_output("vpc"))
rule = aws.vpc.SecurityGroupIngressRule(
    "rule",
    security_group_id=security_group.id,
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4="10.0.0.0/8",
    opts=ResourceOptions(parent=security_group),
)
pulumi.export("bucket", pair.bucket.bucket)
pulumi.export("password", password)
pulumi.export("both", Output.all(topic.arn, queue.url).apply(lambda both: json.dumps(both)))
pulumi.export("nested", {"list": [1, 2, {"three": key.key_id}], "none": None})
