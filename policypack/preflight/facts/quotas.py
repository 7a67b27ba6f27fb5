"""Limits of single values that several rules share, with the page that states each (written 2026-11)."""

from __future__ import annotations

import re

# 'AWS CloudFormation quotas'.
TEMPLATE_BODY_BYTES = 51_200
# 'Grant self-managed permissions'.
STACK_SET_ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"
STACK_SET_EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole"

# 'Tag naming limits and requirements'.
TAG_KEY_CHARACTERS = 128
TAG_VALUE_CHARACTERS = 256
TAGS_PER_RESOURCE = 50
TAGS_PER_S3_OBJECT = 10
TAG_REFUSED_KEY_PREFIX = "aws:"  # in any case

# API PutMetricAlarm: seconds.
ALARM_SHORT_PERIODS = (10, 20, 30)
ALARM_PERIOD_STEP = 60
ALARM_WINDOW = 86_400
ALARM_WINDOW_OF_LONG_PERIODS = 604_800  # for periods of an hour and more
ALARM_LONG_PERIOD = 3_600

# API PutDashboard and 'Dashboard body structure and syntax'.
DASHBOARD_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
DASHBOARD_WIDTH = 24
DASHBOARD_WIDGET_TYPES = frozenset({"metric", "text", "log", "alarm", "explorer", "custom"})

# API CacheBehavior: the three sets of methods that CloudFront takes.
CLOUDFRONT_METHODS = (
    frozenset({"GET", "HEAD"}),
    frozenset({"GET", "HEAD", "OPTIONS"}),
    frozenset({"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}),
)

# API RequestCertificate.
CERTIFICATE_DOMAIN_CHARACTERS = 64

# API RotationRulesType.
ROTATION_DAYS = (1, 1000)
ROTATION_DURATION = re.compile(r"\d{1,2}h")

# 'Set up API Gateway logging': a stream for access logs must be named so.
ACCESS_LOG_STREAM_PREFIX = "amazon-apigateway-"

# API CreateRepository (ECR).
_REPOSITORY_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
REPOSITORY_NAME = re.compile(rf"{_REPOSITORY_PART}(?:/{_REPOSITORY_PART})*")
REPOSITORY_NAME_LENGTHS = (2, 256)
