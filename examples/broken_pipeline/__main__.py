"""The HIPAA pipeline as its write-up found it: it looks right, and it does not deploy.

Each mistake is marked with the failure that it comes from and the rule that names it. What is right stands in
`sound.py`; `stacks/hipaa_pipeline` is the same pipeline without the mistakes.
"""

import json

import pulumi
import pulumi_aws as aws
from sound import ACCOUNT, ENVIRONMENT, PREFIX, REGION, bucket, health_method, monitoring_role, options, tags

# --- Logs -------------------------------------------------------------------------------------------------------------
key = aws.kms.Key("data", description="Health records", enable_key_rotation=True, tags=tags("data"), opts=options())
aws.cloudwatch.LogGroup(
    "service",
    name=f"/{PREFIX}/{ENVIRONMENT}/service",
    retention_in_days=365,
    kms_key_id=key.arn,  # 003-2 kms-key-policy-admits-logs: the default key policy trusts the account alone
    tags=tags("service"),
    opts=options(),
)

# --- API --------------------------------------------------------------------------------------------------------------
api = aws.apigateway.RestApi(
    "api",
    name=f"{PREFIX}-api-{ENVIRONMENT}",
    description="Entry to the pipeline",
    endpoint_configuration={"types": "REGIONAL"},
    tags=tags("api"),
    opts=options(),
)
deployment = aws.apigateway.Deployment(
    "api", rest_api=api.id, triggers={"routes": "health"}, opts=options(depends_on=health_method(api))
)
stage = aws.apigateway.Stage(
    "api",
    rest_api=api.id,
    deployment=deployment.id,
    stage_name=ENVIRONMENT,
    description="The stage",
    xray_tracing_enabled=True,
    tags=tags("api"),
    opts=options(),
)
again = aws.apigateway.Stage(
    "api-again",
    rest_api=api.id,
    deployment=deployment.id,
    stage_name=ENVIRONMENT,  # 000-1 apigateway-stage-defined-once: the name of the stage above
    description="The stage, once more",
    xray_tracing_enabled=True,
    tags=tags("api"),
    opts=options(),
)
aws.apigateway.MethodSettings(
    "api",
    rest_api=api.id,
    stage_name=stage.stage_name,
    method_path="*/*",
    settings={
        "metrics_enabled": True,
        "throttling_burst_limit": 500,
        "throttling_rate_limit": 100,
        "logging_level": "INFO",  # 000-2 apigateway-account-logging-role-set: nobody gave API Gateway its role
        "data_trace_enabled": True,
    },
    opts=options(depends_on=[again]),
)

# --- Security groups, in the default VPC, where a rule may name a group -----------------------------------------------
SERVICE_GROUP, DATABASE_GROUP = f"{PREFIX}-service-{ENVIRONMENT}", f"{PREFIX}-database-{ENVIRONMENT}"
service_group = aws.ec2.SecurityGroup(
    "service",
    name=SERVICE_GROUP,
    description="Tasks of the record service",
    egress=[
        {
            "description": "Records to the database",
            "protocol": "tcp",
            "from_port": 5432,
            "to_port": 5432,
            "security_groups": [DATABASE_GROUP],  # 000-3 ec2-security-groups-acyclic: each group waits for the other
        }
    ],
    tags=tags("service"),
    opts=options(),
)
database_group = aws.ec2.SecurityGroup(
    "database",
    name=DATABASE_GROUP,
    description="Database with the records",
    ingress=[
        {
            "description": "Records from the service",
            "protocol": "tcp",
            "from_port": 5432,
            "to_port": 5432,
            "security_groups": [SERVICE_GROUP],
        }
    ],
    tags=tags("database"),
    opts=options(),
)
aws.vpc.SecurityGroupIngressRule(
    "database-from-office",
    security_group_id=database_group.id,  # 000-3 ec2-security-group-rules-single-owner: the group has inline rules
    description="Administrators",
    cidr_ipv4="10.20.0.0/24",
    ip_protocol="tcp",
    from_port=5432,
    to_port=5432,
    tags=tags("database-from-office"),
    opts=options(),
)

# --- Database ---------------------------------------------------------------------------------------------------------
aws.rds.Instance(
    "records",
    identifier=f"{PREFIX}-records-{ENVIRONMENT}",
    engine="postgres",
    engine_version="15.4",  # 003-1 rds-engine-version-offered: RDS no longer creates this version
    instance_class="db.t4g.medium",
    allocated_storage=20,
    storage_type="gp3",
    storage_encrypted=True,
    kms_key_id=key.arn,
    db_name="records",
    username="dbadmin",
    manage_master_user_password=True,
    master_user_secret_kms_key_id=key.arn,
    iam_database_authentication_enabled=True,
    multi_az=True,
    publicly_accessible=False,
    vpc_security_group_ids=[database_group.id],
    enabled_cloudwatch_logs_exports=["postgresql", "upgrade"],
    backup_retention_period=7,
    backup_window="03:00-04:00",
    maintenance_window="sun:05:00-sun:06:00",
    copy_tags_to_snapshot=True,
    auto_minor_version_upgrade=True,
    monitoring_interval=60,
    monitoring_role_arn=monitoring_role(),
    performance_insights_enabled=True,
    performance_insights_kms_key_id=key.arn,
    deletion_protection=True,
    final_snapshot_identifier=f"{PREFIX}-records-{ENVIRONMENT}-final",
    tags=tags("records"),
    opts=options(),
)

# --- Records' files ---------------------------------------------------------------------------------------------------
phi = bucket("phi", key=key)
aws.s3.BucketLifecycleConfiguration(
    "phi",
    bucket=phi.bucket.id,
    rules=[
        {
            "id": "retention",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "transitions": [{"days": 90, "storageClass": "GLACIER_IR"}],
            "noncurrentVersionExpirations": [{"noncurrentDays": 365}],  # 001-2 aws-properties-known: it is singular
        }
    ],
    opts=options(depends_on=[phi.versioning]),
)
replication_role = aws.iam.Role(
    "replication",
    name=f"{PREFIX}-replication-{ENVIRONMENT}",
    description="Assumed by s3.amazonaws.com",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    ),
    tags=tags("replication"),
    opts=options(),
)
aws.s3.BucketReplicationConfig(
    "phi",
    bucket=phi.bucket.id,
    role=replication_role.arn,
    rules=[
        {
            "id": "all-objects",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "delete_marker_replication": {"status": "Enabled"},
            # 004-1 s3-replication-destination-exists: no program creates this bucket
            "destination": {"bucket": f"arn:aws:s3:::{PREFIX}-phi-copy-{ENVIRONMENT}-{ACCOUNT}"},
        }
    ],
    opts=options(depends_on=[phi.versioning]),
)

# --- Audit ------------------------------------------------------------------------------------------------------------
trail_name = f"{PREFIX}-audit-{ENVIRONMENT}"
files = bucket("audit", key=key, trail_name=trail_name)
aws.cloudtrail.Trail(
    "audit",
    name=trail_name,
    s3_bucket_name=files.bucket.id,
    is_multi_region_trail=True,
    enable_log_file_validation=True,
    event_selectors=[
        {
            "read_write_type": "All",
            "include_management_events": True,
            "data_resources": [
                {
                    # 000-4 cloudtrail-data-resource-type-supported: basic selectors know S3, Lambda and DynamoDB only
                    "type": "AWS::RDS::DBCluster",
                    "values": [f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:{PREFIX}-records-{ENVIRONMENT}"],
                },
                {
                    # 000-4 cloudtrail-data-resource-values-valid: a bucket's ARN needs a slash behind its name
                    "type": "AWS::S3::Object",
                    "values": [f"arn:aws:s3:::{phi.name}"],
                },
            ],
        }
    ],
    tags=tags("audit"),
    opts=options(depends_on=[files.policy]),
)

pulumi.export("apiUrl", stage.invoke_url)
