"""For each failure that the HIPAA pipeline avoids, one small change that puts it back gives exactly the rules that name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.mutants import Breeder, Mutant

BREEDER = Breeder("hipaa_pipeline")

MUTANTS = {
    "000-1 a second stage of the same name": Mutant(
        {"apigateway-stage-defined-once", "apigateway-stage-client-certificate", "apigateway-stage-tracing"},
        "components/api.py",
        "don't belong into logs\n            },\n            opts=self.inside(),",
        "don't belong into logs\n            },\n            opts=self.inside(depends_on=[aws.apigateway.Stage(\n"
        "                f'{name}-again', rest_api=self.api.id, deployment=deployment.id,\n"
        "                stage_name=self.stage_name, tags=self.named(api_name), opts=self.inside(),\n"
        "            )]),",
    ),
    "000-2 logs without the account's role": Mutant(
        {"apigateway-account-logging-role-set"},
        "hipaa_pipeline/preflight.yaml",
        "{baselineOwnsRole: true}",
        "{baselineOwnsRole: false}",
    ),
    "000-3 inline rules beside rules of their own": Mutant(
        {"ec2-security-group-rules-single-owner"},
        "components/security.py",
        "            vpc_id=vpc_id,\n            tags",
        "            vpc_id=vpc_id,\n"
        "            ingress=[{'description': 'HTTPS', 'protocol': 'tcp', 'from_port': 443, 'to_port': 443,\n"
        "                      'cidr_blocks': ['10.0.0.0/16']}],\n            tags",
    ),
    "000-4 data events of a type that selectors lack": Mutant(
        {"cloudtrail-data-resource-type-supported", "cloudtrail-s3-data-events"},
        "components/audit.py",
        '"AWS::S3::Object"',
        '"AWS::RDS::DBCluster"',
    ),
    "000-4 a bucket without its slash": Mutant(
        {"cloudtrail-data-resource-values-valid"},
        "components/audit.py",
        '{scope.bucket_arn(bucket.bucket_name)}/"',
        '{scope.bucket_arn(bucket.bucket_name)}"',
    ),
    "000-P3 a provisioned class beside Serverless v2": Mutant(
        {"rds-serverless-class-serverless"}, "components/database.py", '"db.serverless"', '"db.r6g.large"'
    ),
    "000-P4 endpoints without private names": Mutant(
        {"ec2-vpc-endpoint-dns-enabled"},
        "components/network.py",
        "enable_dns_hostnames=True",
        "enable_dns_hostnames=False",
    ),
    "001-2 a lifecycle property in the plural": Mutant(
        {"aws-properties-known"},
        "components/storage.py",
        '"noncurrent_version_expiration": {"noncurrent_days": lifecycle.noncurrent_days},',
        '"noncurrentVersionExpirations": [{"noncurrentDays": lifecycle.noncurrent_days}],',
    ),
    "003-1 an engine version that is no longer offered": Mutant(
        {"rds-engine-version-offered"}, config=["engineVersion=8.0.mysql_aurora.3.01.0"]
    ),
    "003-2 a key that doesn't admit logs": Mutant(
        {"kms-key-policy-admits-logs"},
        "hipaa_pipeline/__main__.py",
        "used_by=[KeyUser.LOGS, KeyUser.ALARMS, KeyUser.EVENTS]",
        "used_by=[KeyUser.ALARMS, KeyUser.EVENTS]",
    ),
    "003-2 a key that doesn't admit the trail": Mutant(
        {"kms-key-policy-admits-cloudtrail"},
        "hipaa_pipeline/__main__.py",
        "used_by=[KeyUser.CLOUDTRAIL]",
        "used_by=[]",
    ),
    "004-1 replication to a bucket that nobody makes": Mutant(
        {"s3-replication-destination-exists", "s3-bucket-replication"},
        "components/storage.py",
        '"bucket": destination.arn,',
        '"bucket": f"arn:aws:s3:::{destination.bucket_name}-copy",',
    ),
    "a trail that may not write into its bucket": Mutant(
        {"cloudtrail-bucket-policy-admits-trail"}, "components/audit.py", '["s3:PutObject"]', '["s3:GetObject"]'
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant(name: str, tmp_path: Path) -> None:
    assert BREEDER.named_by(MUTANTS[name], tmp_path) == MUTANTS[name].rules
