"""Service principals: those that AWS managed policies name in conditions, with those that AWS documentation adds."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from preflight.facts.generate.packages import wheel
from preflight.facts.generate.write import write_table

NAME = "service_principals"

_KEYS = frozenset({"iam:passedtoservice", "iam:awsservicename", "aws:calledvia", "service"})
_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")

# From the trust and resource policies that each service's user guide shows (written 2026-11).
_DOCUMENTED = """
acm-pca alexa-appkit alexa-connectedhome amplify amplifybackend appconfig application.opensearchservice appstream
arc-region-switch auditmanager automation.ssm backup-gateway billingconductor cloudhsm cloudsearch codecommit codedeploy
codestar-notifications codestar compute-optimizer config-multiaccountsetup connect costalerts dataexchange datapipeline
deadline delivery.logs diode directconnect dlm dnssec-route53 drt.shield ds dynamodb ec2.application-autoscaling
ecr ecs.application-autoscaling edgelambda eks-connector eks-fargate-pods eks-fargate eks-nodegroup
elasticmapreduce encryption.kms es eventbridge export.rds finspace freertos gamelift gameliftstreams honeycode iam
inspector iotevents iotfleetwise iotthingsgraph iottwinmaker iotanalytics ivs kinesis kinesisanalytics kinesisvideo kms
lightsail logdelivery.elasticloadbalancing logging.s3 lookoutvision machinelearning macie2 maintenance.s3tables
managedblockchain managedservices mediaconvert medialive mediapackage mediapackagev2 mediapipelines.chime mediastore
mediatailor metadata.s3 mobileanalytics mobilehub monitoring monitoring.rds network-connectors.lambda nimble
opsworks opsworks-cm osis-pipelines payment-cryptography pca-connector-ad pinpoint polly private-5g privateca
ram recovery-readiness redshift-serverless rekognition resources.cloudformation rolesanywhere route53
route53-recovery-control-config route53-recovery-readiness route53domains s3-object-lambda s3-outposts
scheduler.redshift secretsmanager serverlessrepo servicediscovery signer signin simspaceweaver sms-voice
snow-device-management sqs ssm-contacts ssm-incidents stacksets.cloudformation states storagegateway
streams.metrics.cloudwatch sts support swf tagpolicies.tag textract thinclient timestream tnb transcribe translate
trustedadvisor verified-access voiceid vpc-flow-logs vpce waf waf-regional wisdom workdocs worklink workmail
workspaces workspaces-web xray zocalo alarms.cloudwatch lambda.alarms.cloudwatch billing billingreports
bcm-data-exports ce cur custom.rds rds.application-autoscaling custom-resource.application-autoscaling
comprehend.application-autoscaling kafka.application-autoscaling elasticache.application-autoscaling
neptune.application-autoscaling lambda.application-autoscaling workspaces.application-autoscaling autoscaling-plans
dax neptune inspector2 kafkaconnect mwaa airflow-env member.org.stacksets.cloudformation resource-groups
servicecatalog-appregistry transitgateway vpc-lattice comprehend personalize sso detective
"""


def generate(out: Path) -> None:
    """Rows: the principals in full ('ecs-tasks.amazonaws.com'), sorted."""
    package = wheel("moto")
    module = ast.parse(package.read("moto/iam/aws_managed_policies.py"))
    texts = [node.value for node in module.body if isinstance(node, ast.Assign)]
    named = {name for name in _named(json.loads(ast.literal_eval(texts[0]))) if _PRINCIPAL.fullmatch(name)}
    documented = {f"{name}.amazonaws.com" for name in _DOCUMENTED.split()}
    write_table(out, NAME, [package.source], sorted(named | documented))


def _named(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for inner, entry in value.items():
            yield from _named(entry, inner)
    elif isinstance(value, list):
        for entry in value:
            yield from _named(entry, key)
    elif isinstance(value, str) and key.lower() in _KEYS:
        yield value
