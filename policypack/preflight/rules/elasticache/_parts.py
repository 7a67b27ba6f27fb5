"""What modules of this service share."""

from __future__ import annotations

from ...rule import Resource


def is_secondary(group: Resource) -> bool:
    """Whether a group is a secondary of a global datastore, which has its primary's settings."""
    return group.has("globalReplicationGroupId")
