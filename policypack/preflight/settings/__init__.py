"""``preflight.yaml``: what it may say, and what it means for one stack."""
