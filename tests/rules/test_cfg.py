"""Rules for AWS Config."""

from __future__ import annotations

import json
from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided


def managed(identifier: Any, owner: Any = "AWS", **properties: Any) -> R:
    return R("aws:cfg/rule:Rule", "rule", source={"owner": owner, "sourceIdentifier": identifier}, **properties)


AT = "source.sourceIdentifier"
TAGS = json.dumps({"tag1Key": "Owner"})
test_managed_rule_exists = table(
    "cfg-managed-rule-exists",
    fails("lower case", managed("s3-bucket-versioning-enabled"), at=AT, says="S3_BUCKET_VERSIONING_ENABLED"),
    passes("as AWS writes it", managed("S3_BUCKET_VERSIONING_ENABLED")),
    fails("nothing near", managed("ACME_HOUSE_RULE"), severity=Severity.LOW, at="source.sourceIdentifier"),
    passes("a rule of one's own", managed("arn:aws:lambda:us-east-1:210987654321:function:f", "CUSTOM_LAMBDA")),
    fails("a parameter is missing", managed("DESIRED_INSTANCE_TYPE"), at="inputParameters", says="instanceType"),
    passes("the parameter is there", managed("DESIRED_INSTANCE_TYPE", inputParameters='{"instanceType": "t3.micro"}')),
    fails(
        "an organization's rule",
        R("aws:cfg/organizationManagedRule:OrganizationManagedRule", "rule", ruleIdentifier="ROOT_ACCOUNT_MFA_ENABLD"),
        at="ruleIdentifier",
        says="ROOT_ACCOUNT_MFA_ENABLED",
    ),
    undecided("unknown", managed(UNKNOWN), at=AT),
    undecided("unknown parameters", managed("DESIRED_INSTANCE_TYPE", inputParameters=UNKNOWN), at="inputParameters"),
)

RECORDER = R("aws:cfg/recorder:Recorder", "recorder", roleArn="arn:aws:iam::210987654321:role/config")
COMPONENT = R("program:audit:Config", "component")
INSIDE = R("aws:cfg/recorder:Recorder", "recorder", parent=COMPONENT)


def channel(**options: Any) -> R:
    return R("aws:cfg/deliveryChannel:DeliveryChannel", "channel", s3BucketName="config", **options)


CHANNEL = channel(depends_on=[RECORDER])


def status(enabled: Any = True, name: Any = RECORDER.name, **options: Any) -> R:
    return R("aws:cfg/recorderStatus:RecorderStatus", "status", name=name, isEnabled=enabled, **options)


test_resources_ordered = table(
    "cfg-resources-ordered",
    fails("the channel does not wait", channel(), RECORDER, says="'recorder' to `dependsOn`"),
    passes("in order", CHANNEL, RECORDER, status(depends_on=[CHANNEL])),
    fails("started before the channel", status(), CHANNEL, RECORDER, says="'channel'"),
    passes("not started", status(False), CHANNEL, RECORDER),
    fails("a rule does not wait", managed("ROOT_ACCOUNT_MFA_ENABLED"), RECORDER, at="", says="Recorder 'recorder'"),
    passes("a rule waits", managed("ROOT_ACCOUNT_MFA_ENABLED", depends_on=[RECORDER]), RECORDER),
    fails("the recorder in a component", channel(), INSIDE, COMPONENT, at="", says="Recorder 'recorder'"),
    passes("no recorder here", managed("ROOT_ACCOUNT_MFA_ENABLED"), channel()),
    passes("a recorder of another region", channel(provider=P("west", region="us-west-2")), RECORDER),
    undecided("unknown", status(UNKNOWN), CHANNEL, RECORDER, at="isEnabled"),
)


def recording(**group: Any) -> R:
    return R("aws:cfg/recorder:Recorder", "recorder", recordingGroup=group)


ALL = recording(allSupported=True, includeGlobalResourceTypes=True)
test_recorder_all_resources = table(
    "cfg-recorder-all-resources",
    fails(
        "some types", recording(allSupported=False, resourceTypes=["AWS::S3::Bucket"]), status(), says="allSupported"
    ),
    passes("all types, started", ALL, status()),
    fails("not started", ALL, says="RecorderStatus"),
    fails("stopped", ALL, status(False), at="", says="is not started"),
    fails("no global types", recording(allSupported=True), status(), at="recordingGroup.includeGlobalResourceTypes"),
    undecided("unknown", recording(allSupported=UNKNOWN), status(), at="recordingGroup.allSupported"),
)
