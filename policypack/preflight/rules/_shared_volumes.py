"""The account's defaults for EBS volumes, where the program sets them."""

from __future__ import annotations

from typing import Final

from ..resource import Resource
from ..stack import Stack

ENCRYPTION_BY_DEFAULT: Final = "aws:ebs/encryptionByDefault:EncryptionByDefault"
DEFAULT_KEY: Final = "aws:ebs/defaultKmsKey:DefaultKmsKey"


def encrypted_by_default(resource: Resource, stack: Stack) -> bool:
    """Tell whether the program switches on the account's encryption of new volumes in a resource's region.

    Raises:
        Undecided: a setting or a Region is unknown.
    """
    return any(
        setting.flag("enabled") is not False and stack.same_scope(resource, setting)
        for setting in stack.of_type(ENCRYPTION_BY_DEFAULT)
    )


def keyed_by_default(resource: Resource, stack: Stack) -> bool:
    """Tell whether the program sets the account's default key for volumes in a resource's region.

    Raises:
        Undecided: a Region is unknown.
    """
    return any(stack.same_scope(resource, setting) for setting in stack.of_type(DEFAULT_KEY))
