"""Cognito."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided

POOL = "aws:cognito/userPool:UserPool"
IDENTITY_POOL = "aws:cognito/identityPool:IdentityPool"


def pool(**properties: object) -> R:
    return R(POOL, "users", **properties)


TOKEN = {"softwareTokenMfaConfiguration": {"enabled": True}}

test_mfa_configured = table(
    "cognito-mfa-configured",
    fails("no second factor", pool(mfaConfiguration="ON"), at="softwareTokenMfaConfiguration.enabled"),
    passes("the software token", pool(mfaConfiguration="ON", **TOKEN)),
    passes("messages", pool(mfaConfiguration="OPTIONAL", smsConfiguration={"externalId": "x", "snsCallerArn": "arn"})),
    passes("off", pool(mfaConfiguration="OFF")),
    passes("absent", pool()),
    fails(
        "the token is off",
        pool(mfaConfiguration="OPTIONAL", softwareTokenMfaConfiguration={"enabled": False}),
        at="softwareTokenMfaConfiguration.enabled",
    ),
    undecided("unknown", pool(mfaConfiguration=UNKNOWN), at="mfaConfiguration"),
)

test_mfa = table(
    "cognito-mfa",
    fails("absent", pool(), at="mfaConfiguration"),
    passes("on", pool(mfaConfiguration="ON", **TOKEN)),
    fails("optional", pool(mfaConfiguration="OPTIONAL", **TOKEN), at="mfaConfiguration"),
    undecided("unknown", pool(mfaConfiguration=UNKNOWN), at="mfaConfiguration"),
)

STRICT = {
    "minimumLength": 12,
    "requireLowercase": True,
    "requireUppercase": True,
    "requireNumbers": True,
    "requireSymbols": True,
}
test_password_policy = table(
    "cognito-password-policy",
    fails("no symbols", pool(passwordPolicy={**STRICT, "requireSymbols": False}), at="passwordPolicy", says="symbols"),
    passes("strict", pool(passwordPolicy=STRICT)),
    passes("Cognito's own", pool()),
    fails("short", pool(passwordPolicy={**STRICT, "minimumLength": 6}), says="8 characters"),
    fails("Cognito's own is shorter than configured", pool(), parameters={"length": 12}, at="passwordPolicy"),
    fails("what is left out is off", pool(passwordPolicy={"minimumLength": 12}), says=["lowercase", "numbers"]),
    undecided("unknown", pool(passwordPolicy={**STRICT, "requireNumbers": UNKNOWN})),
)

test_plus_tier = table(
    "cognito-plus-tier",
    fails("absent", pool(), at="userPoolTier"),
    passes("Plus", pool(userPoolTier="PLUS")),
    passes("provider v6", R(POOL, "users", userPoolAddOns={"advancedSecurityMode": "ENFORCED"}, provider=V6)),
    fails("another", pool(userPoolTier="ESSENTIALS"), at="userPoolTier"),
    undecided("unknown", pool(userPoolTier=UNKNOWN), at="userPoolTier"),
)

test_identity_pool_guests_refused = table(
    "cognito-identity-pool-guests-refused",
    fails("guests", R(IDENTITY_POOL, "app", allowUnauthenticatedIdentities=True), at="allowUnauthenticatedIdentities"),
    passes("absent", R(IDENTITY_POOL, "app")),
    passes("off", R(IDENTITY_POOL, "app", allowUnauthenticatedIdentities=False)),
    undecided("unknown", R(IDENTITY_POOL, "app", allowUnauthenticatedIdentities=UNKNOWN)),
)
