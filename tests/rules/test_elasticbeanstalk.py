"""Elastic Beanstalk."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

COMPONENT = R("program:index:App", "app")

ENVIRONMENT = "aws:elasticbeanstalk/environment:Environment"
TEMPLATE = "aws:elasticbeanstalk/configurationTemplate:ConfigurationTemplate"


def option(namespace: str, name: object, value: object) -> dict[str, object]:
    return {"namespace": f"aws:elasticbeanstalk:{namespace}", "name": name, "value": value}


def environment(*settings: object, **properties: object) -> R:
    return R(ENVIRONMENT, "web", settings=list(settings), **properties)


ENHANCED = option("healthreporting:system", "SystemType", "enhanced")
GOOD = R(TEMPLATE, "template", settings=[ENHANCED])
INSIDE = R(TEMPLATE, "template", settings=[ENHANCED], parent=COMPONENT)

test_enhanced_health = table(
    "elasticbeanstalk-enhanced-health",
    fails("absent", R(ENVIRONMENT, "web"), at="settings"),
    passes("enhanced", environment(ENHANCED)),
    passes("by its template", environment(templateName=GOOD.name), GOOD),
    passes("by its template in a component", environment(templateName=INSIDE.name), INSIDE),
    fails("basic", environment(option("healthreporting:system", "SystemType", "basic")), at="settings"),
    fails(
        "the option of another namespace", environment(option("application", "SystemType", "enhanced")), at="settings"
    ),
    fails("a template", R(TEMPLATE, "template", settings=[]), at="settings"),
    undecided("a template from outside", environment(templateName="shared"), only="up"),
    undecided("an unknown entry", environment(option("healthreporting:system", UNKNOWN, "enhanced"))),
    undecided("unknown", R(ENVIRONMENT, "web", settings=UNKNOWN), at="settings"),
    given=[INSIDE, COMPONENT],
)

ON = option("managedactions", "ManagedActionsEnabled", "true")
TIME = option("managedactions", "PreferredStartTime", "Sun:10:00")
LEVEL = option("managedactions:platformupdate", "UpdateLevel", "minor")

test_managed_updates = table(
    "elasticbeanstalk-managed-updates",
    fails("absent", environment(), at="settings", says="ManagedActionsEnabled"),
    passes("on", environment(ON, TIME, LEVEL)),
    passes("a boolean", environment(option("managedactions", "ManagedActionsEnabled", True), TIME, LEVEL)),
    fails("off", environment(option("managedactions", "ManagedActionsEnabled", "false"), TIME, LEVEL), at="settings"),
    fails("no time", environment(ON, LEVEL), says="PreferredStartTime"),
    fails("no level", environment(ON, TIME), says="UpdateLevel"),
    undecided("an unknown value", environment(option("managedactions", "ManagedActionsEnabled", UNKNOWN))),
)

test_logs_to_s3 = table(
    "elasticbeanstalk-logs-to-s3",
    fails("absent", environment(), at="settings"),
    passes("on", environment(option("hostmanager", "LogPublicationControl", "true"))),
    fails("off", environment(option("hostmanager", "LogPublicationControl", "false")), at="settings"),
    undecided("unknown", environment(option("hostmanager", "LogPublicationControl", UNKNOWN))),
)

IN_VPC = {"namespace": "aws:ec2:vpc", "name": "VPCId", "value": "vpc-1"}
VPC = R("aws:ec2/vpc:Vpc", "vpc")
test_vpc = table(
    "elasticbeanstalk-vpc",
    fails("absent", environment(), at="settings"),
    passes("named", environment(IN_VPC)),
    passes("a VPC of the program", environment({**IN_VPC, "value": VPC.id}), VPC),
    fails("of another namespace", environment(option("environment", "VPCId", "vpc-1")), at="settings"),
    undecided("an unknown entry", environment(UNKNOWN)),
    undecided("unknown", R(ENVIRONMENT, "web", settings=UNKNOWN), at="settings"),
)
