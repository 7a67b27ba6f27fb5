"""Systems Manager Parameter Store: names, and the public parameters that AWS keeps.

Written 2026-11 after the pages: API PutParameter, 'Discovering public parameters'.
"""

from __future__ import annotations

import re

# API PutParameter: 15 levels of hierarchy, 1,011 characters for what the caller chooses.
MAX_LEVELS = 15
MAX_NAME_LENGTH = 1011
_NAME = re.compile(r"[a-zA-Z0-9_./-]+")

# Families below /aws/service/ ('Discovering public parameters').
PUBLIC_FAMILIES = frozenset(
    {
        "ami-amazon-linux-latest",
        "ami-macos-latest",
        "ami-windows-latest",
        "aws-for-fluent-bit",
        "bottlerocket",
        "canonical",
        "cloud9",
        "cloudformation",
        "debian",
        "deeplearning",
        "ecs",
        "eks",
        "elastic-beanstalk",
        "freebsd",
        "global-infrastructure",
        "list",
        "marketplace",
        "neuron",
        "redhat",
        "suse",
        "storagegateway",
    }
)


def name_problem(name: str) -> str | None:
    """Why Parameter Store refuses a parameter's name, as the end of a sentence; None for a name it takes."""
    if not _NAME.fullmatch(name):
        return "may have only letters, digits and _ . - /"
    if len(name) > MAX_NAME_LENGTH:
        return f"is longer than {MAX_NAME_LENGTH} characters"
    if re.match(r"(aws|ssm)|/(aws|ssm)(/|$)", name, re.IGNORECASE):
        return "begins with 'aws' or 'ssm', which AWS reserves"
    if "/" in name and not name.startswith("/"):
        return "has a '/' but none in front"
    if name.strip("/").count("/") + 1 > MAX_LEVELS:
        return f"is deeper than {MAX_LEVELS} levels"
    return None


def is_public(name: str) -> bool:
    """Whether a name is a public parameter of AWS ('/aws/service/...') or a reference into Secrets Manager, which no
    program creates. Also below a family that the list doesn't hold: it isn't complete.
    """
    return name.startswith(("/aws/service/", "/aws/reference/secretsmanager/"))
