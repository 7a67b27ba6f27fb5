"""Preflight: says at preview whether a Pulumi AWS program would deploy, work and comply. Importing has no side effect."""
