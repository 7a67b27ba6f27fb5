"""Which major version of the AWS provider a resource is made by: some defaults differ."""

from __future__ import annotations

from ..resource import Resource


def major_version(resource: Resource) -> int | None:
    """Return the major version of a resource's provider, such as 7; None where it is not known."""
    provider = resource.provider
    version = provider.view.known("version") if provider is not None else None
    head = version.partition(".")[0] if isinstance(version, str) else ""
    return int(head) if head.isdecimal() else None
