"""Acme's policy pack: two rules of its own, a stock policy, and Preflight's rules beside them."""

import acme
import pulumi_policy

from preflight import PolicyPack, rules


def no_local_commands(args: pulumi_policy.ResourceValidationArgs, report: pulumi_policy.ReportViolation) -> None:
    if args.resource_type == "command:local:Command":
        report("local commands are not reproducible; run it in the pipeline")


PolicyPack(
    name="acme",
    policies=[
        *rules.load(),
        *acme.RULES,
        pulumi_policy.ResourceValidationPolicy(
            name="acme-no-local-commands",
            description="Programs run no local commands.",
            validate=no_local_commands,
            enforcement_level=pulumi_policy.EnforcementLevel.MANDATORY,
        ),
    ],
)
