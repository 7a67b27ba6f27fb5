"""Which look-ups ask for something that has to exist outside the program, and how a report says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from preflight import wire
from preflight.preview.provider.results import Prerequisite

# Nouns that can't be read off the function's name.
_NOUNS: Final = {
    "aws:acm/getCertificate:getCertificate": "an ACM certificate",
    "aws:cloudwatch/getLogGroup:getLogGroup": "a CloudWatch log group",
    "aws:ec2/getAmi:getAmi": "an AMI",
    "aws:ec2/getAmiIds:getAmiIds": "AMIs",
    "aws:ec2/getElasticIp:getElasticIp": "an Elastic IP",
    "aws:ec2/getVpc:getVpc": "a VPC",
    "aws:ec2/getVpcs:getVpcs": "VPCs",
    "aws:ecr/getImage:getImage": "an ECR image",
    "aws:ecr/getRepository:getRepository": "an ECR repository",
    "aws:ecs/getCluster:getCluster": "an ECS cluster",
    "aws:eks/getCluster:getCluster": "an EKS cluster",
    "aws:iam/getPolicy:getPolicy": "an IAM policy",
    "aws:iam/getRole:getRole": "an IAM role",
    "aws:kms/getAlias:getAlias": "a KMS alias",
    "aws:kms/getKey:getKey": "a KMS key",
    "aws:lambda/getFunction:getFunction": "a Lambda function",
    "aws:rds/getInstance:getInstance": "an RDS instance",
    "aws:route53/getZone:getZone": "a Route 53 hosted zone",
    "aws:s3/getBucket:getBucket": "an S3 bucket",
    "aws:s3/getObject:getObject": "an S3 object",
    "aws:secretsmanager/getSecret:getSecret": "a Secrets Manager secret",
    "aws:secretsmanager/getSecretVersion:getSecretVersion": "a Secrets Manager secret with a value",
    "aws:sns/getTopic:getTopic": "an SNS topic",
    "aws:sqs/getQueue:getQueue": "an SQS queue",
    "aws:ssm/getParameter:getParameter": "an SSM parameter",
}

# Answers that AWS always has: nothing in the account needs to be there for them.
_ALWAYS_THERE: Final = {
    "aws:ec2/getEbsDefaultKmsKey:getEbsDefaultKmsKey",
    "aws:ec2/getInstanceType:getInstanceType",
    "aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering",
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings",
    "aws:ec2/getInstanceTypes:getInstanceTypes",
    "aws:ec2/getPrefixList:getPrefixList",
    "aws:ec2/getVpcEndpointService:getVpcEndpointService",
    "aws:ecr/getAuthorizationToken:getAuthorizationToken",
    "aws:ecr/getCredentials:getCredentials",
    "aws:eks/getAddonVersion:getAddonVersion",
    "aws:eks/getClusterAuth:getClusterAuth",
    "aws:iam/getSessionContext:getSessionContext",
    "aws:index/getIpRanges:getIpRanges",
    "aws:index/getService:getService",
    "aws:pricing/getProduct:getProduct",
    "aws:rds/getCertificate:getCertificate",
    "aws:rds/getEngineVersion:getEngineVersion",
    "aws:rds/getOrderableDbInstance:getOrderableDbInstance",
    "aws:s3/getCanonicalUserId:getCanonicalUserId",
    "aws:sagemaker/getPrebuiltEcrImage:getPrebuiltEcrImage",
    "aws:servicequotas/getServiceQuota:getServiceQuota",
}

# Arguments that say how to look, not for what.
_MANNERS: Final = frozenset({"allowUnsafeFilter", "mostRecent", "region", "withDecryption"})

_WORDS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z][a-z0-9]*")


def for_invoke(token: str, arguments: Mapping[str, Any]) -> Prerequisite | None:
    """What the look-up `token` needs outside the program; None when it needs nothing there."""
    if token in _ALWAYS_THERE or _is_public(token, arguments):
        return None
    filters = {name: value for name, value in arguments.items() if name not in _MANNERS}
    described = ", ".join(_describe(name, value) for name, value in sorted(filters.items()))
    noun = _NOUNS.get(token) or _noun(token)
    verb = "exist" if not noun.startswith(("a ", "an ")) else "exists"
    return Prerequisite(f"{noun} {verb}" + (f" with {described}" if described else ""), token, dict(arguments))


def for_read(token: str, id: str) -> Prerequisite:
    """What a look-up of a resource by id (``Vpc.get("shared", "vpc-0a1b")``) needs outside the program."""
    service, name = _parts(token)
    shown = "an ID that is not known yet" if not id or wire.is_unknown(id) else f"the ID {id!r}"
    return Prerequisite(f"{_article(f'{service} {_spaced(name)}')} exists with {shown}", token, {"id": id})


def _is_public(token: str, arguments: Mapping[str, Any]) -> bool:
    """Things with a name of their own that AWS keeps in every account."""
    name = str(arguments.get("name", ""))
    if token.startswith("aws:ssm/getParameter"):
        return name.startswith("/aws/service/") or str(arguments.get("path", "")).startswith("/aws/service/")
    if token == "aws:iam/getPolicy:getPolicy":
        return ":iam::aws:policy/" in str(arguments.get("arn", ""))
    if token == "aws:ec2/getManagedPrefixList:getManagedPrefixList":
        return name.startswith("com.amazonaws.")
    if token.startswith("aws:cloudfront/get") and "Policy" in token:
        return name.startswith("Managed-")
    return token == "aws:kms/getAlias:getAlias" and name.startswith("alias/aws/")


_SERVICES: Final = {
    "apigateway": "API Gateway",
    "apigatewayv2": "API Gateway",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudwatch": "CloudWatch",
    "dynamodb": "DynamoDB",
    "elasticache": "ElastiCache",
    "lambda": "Lambda",
    "opensearch": "OpenSearch",
    "route53": "Route 53",
    "secretsmanager": "Secrets Manager",
    "servicediscovery": "Cloud Map",
    "ssoadmin": "IAM Identity Center",
}
_ACRONYMS: Final = frozenset(
    [
        "acl",
        "acm",
        "alb",
        "ami",
        "api",
        "arn",
        "as",
        "az",
        "cidr",
        "db",
        "dhcp",
        "dms",
        "dns",
        "ebs",
        "ec2",
        "ecr",
        "ecs",
        "efs",
        "eks",
        "elb",
        "emr",
        "fsx",
        "iam",
        "id",
        "ip",
        "kms",
        "lb",
        "mq",
        "msk",
        "nat",
        "rds",
        "rest",
        "s3",
        "ses",
        "sns",
        "sqs",
        "ssl",
        "ssm",
        "url",
        "vpc",
        "vpn",
        "waf",
    ]
)


def _noun(token: str) -> str:
    service, name = _parts(token)
    words = _spaced(name[3:] if name.startswith("get") else name)
    return f"{service} {words}" if words.endswith("s") and not words.endswith("ss") else _article(f"{service} {words}")


def _parts(token: str) -> tuple[str, str]:
    """The service as people call it, and the type's or function's name."""
    service = token.partition(":")[2].partition("/")[0]
    shown = _SERVICES.get(service) or (service.upper() if service in _ACRONYMS else service.capitalize())
    return shown, token.rpartition(":")[2]


def _spaced(name: str) -> str:
    words = [word.lower() for word in _WORDS.findall(name[:1].upper() + name[1:])]
    return " ".join(word.upper() if word in _ACRONYMS else word for word in words) or name


def _article(noun: str) -> str:
    # "an RDS instance", "an S3 bucket": the letter's name counts in an abbreviation.
    first = noun.split(" ", 1)[0]
    vowel = noun[:1] in "AEFHILMNORSX" if first.isupper() else noun[:1] in "AEIOaeio"
    return f"{'an' if vowel else 'a'} {noun}"


def _describe(name: str, value: Any) -> str:
    if name == "filters" and isinstance(value, list):
        return ", ".join(f"{item.get('name')} {_plain(item.get('values'))}" for item in value if isinstance(item, dict))
    return f"{_spaced(name)} {_plain(value)}"


def _plain(value: Any) -> str:
    if wire.is_unknown(value):
        return "(not known yet)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " or ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={_plain(item)}" for key, item in sorted(value.items()))
    return repr(value)
