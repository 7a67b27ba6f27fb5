"""Tokens that the rules of Secrets Manager share."""

from __future__ import annotations

from typing import Final

SECRET: Final = "aws:secretsmanager/secret:Secret"
ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"
VERSION: Final = "aws:secretsmanager/secretVersion:SecretVersion"
SECRET_POLICY: Final = "aws:secretsmanager/secretPolicy:SecretPolicy"
FUNCTION: Final = "aws:lambda/function:Function"
PERMISSION: Final = "aws:lambda/permission:Permission"
PRINCIPAL: Final = "secretsmanager.amazonaws.com"
