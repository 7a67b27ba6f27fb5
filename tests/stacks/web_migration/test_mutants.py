"""For each failure that the web migration avoids, one change that puts it back gives exactly the rule that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.mutants import Breeder, Mutant

CIRCLE = """
        for one, other in (("left", "right"), ("right", "left")):
            aws.ec2.SecurityGroup(
                one,
                name=f"web-migration-{one}-{scope.names.environment}",
                description="Names the other group, which names this one",
                ingress=[
                    {
                        "description": "Application",
                        "protocol": "tcp",
                        "from_port": container_port,
                        "to_port": container_port,
                        "security_groups": [f"web-migration-{other}-{scope.names.environment}"],
                    }
                ],
                tags=self.named(one),
                opts=self.inside(),
            )
"""

BREEDER = Breeder("web_migration")

MUTANTS = {
    "002-1 groups that wait for each other": Mutant(
        {"ec2-security-groups-acyclic"},
        "web_migration/networking.py",
        "        self.balancer_group = self._group(",
        f"{CIRCLE}        self.balancer_group = self._group(",
    ),
    "002-1 inline rules beside rules of their own": Mutant(
        {"ec2-security-group-rules-single-owner"},
        "components/security.py",
        "            vpc_id=vpc_id,\n            tags",
        "            vpc_id=vpc_id,\n"
        "            ingress=[{'description': 'HTTPS', 'protocol': 'tcp', 'from_port': 443, 'to_port': 443,\n"
        "                      'cidr_blocks': ['10.0.0.0/16']}],\n            tags",
    ),
    "002-L1 HTTPS on port 80": Mutant(
        {"route53-health-check-port-matches"}, "web_migration/monitoring.py", "port=443", "port=80"
    ),
    "002-L1 a string match without a string": Mutant(
        {"route53-health-check-complete"}, "web_migration/monitoring.py", "            search_string=text,\n", ""
    ),
    "002-L1 targets checked over HTTP on 443": Mutant(
        {"lb-health-check-matches-protocol"},
        "components/balancing.py",
        '"protocol": "HTTP", "matcher"',
        '"protocol": "HTTP", "port": "443", "matcher"',
    ),
    "002-P4 a tag is left out": Mutant(
        {"aws-required-tags-present"}, "components/config.py", ', "ComplianceLevel": self.compliance_level}', "}"
    ),
    "002-P5 no password at all": Mutant(
        {"rds-master-password-valid"},
        "components/database.py",
        "            username=master_username,\n            manage_master_user_password=True,\n"
        "            master_user_secret_kms_key_id=key.arn,\n",
        "            username=master_username,\n",
    ),
    "002-P5 a credential in the environment": Mutant(
        {"ecs-environment-holds-no-secrets"},
        "web_migration/compute.py",
        'environment={"SETTINGS": settings}',
        'environment={"SETTINGS": settings, "DATABASE_PASSWORD": "c0rrect-horse-battery"}',
    ),
    "the service doesn't wait for the listener": Mutant(
        {"ecs-service-after-listener"},
        "components/compute.py",
        "depends_on=[load_balancer.listener] if load_balancer else []",
        "depends_on=[]",
    ),
    "003-2 a key that doesn't admit logs": Mutant(
        {"kms-key-policy-admits-logs"},
        "web_migration/__main__.py",
        "used_by=[KeyUser.LOGS, KeyUser.ALARMS]",
        "used_by=[KeyUser.ALARMS]",
    ),
    "004-3 an image by a moving tag": Mutant(
        {"ecs-image-pinned"},
        "web_migration/compute.py",
        "image=PLACEHOLDER_IMAGE",
        'image=PLACEHOLDER_IMAGE.split("@")[0]',
    ),
    "no way out for the tasks": Mutant(
        {"ecs-fargate-image-reachable"}, "web_migration/networking.py", "nat_gateways=nat_gateways,\n", ""
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant(name: str, tmp_path: Path) -> None:
    assert BREEDER.named_by(MUTANTS[name], tmp_path) == MUTANTS[name].rules
