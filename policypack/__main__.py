"""The Preflight policy pack: ``pulumi preview --policy-pack policypack``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from preflight import PolicyPack, rules

PolicyPack(
    name="preflight",
    policies=rules.load,
    description="Says at preview whether a Pulumi AWS program would deploy, work and comply.",
    display_name="Preflight",
    provider="AWS",
    tags=["aws", "deployability", "hipaa", "nist", "pci", "fedramp"],
)
