"""Rules that are made for tests of what is rendered from rules."""

from preflight.finding import Kind, Severity
from preflight.rule import Parameter, Rule

BUCKET_VERSIONED = Rule(
    id="s3-bucket-versioned",
    function=lambda _: None,
    types=("aws:s3/bucket:Bucket",),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    controls={"hipaa": ("164.308(a)(7)(i)", "164.312(c)(1)"), "pci-dss-3.2.1": ("10.5.3",)},
    title="Buckets keep old versions.",
    why="An overwritten object is lost.",
    fix="Turn versioning on.",
    source="Amazon S3 User Guide, Versioning.",
    formerly=("s3-versioning-on",),
    parameters={"except": Parameter.of([""], "Names of buckets that may go without.")},
)
STAGE_DEFINED_ONCE = Rule(
    id="apigateway-stage-defined-once",
    function=lambda _: None,
    types=("aws:apigateway/stage:Stage", "aws:apigateway/deployment:Deployment"),
    kind=Kind.DEPLOYMENT,
    severity=Severity.CRITICAL,
    controls={},
    title="A stage is defined once | and only once.",
    why="The second creation fails.",
    fix="Keep the Stage.",
    source="",
)
RULES = [STAGE_DEFINED_ONCE, BUCKET_VERSIONED]
