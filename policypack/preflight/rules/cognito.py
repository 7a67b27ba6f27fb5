"""Cognito user pools and identity pools."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Parameter, Parameters, Resource, Severity, rule
from ._shared_flags import asked
from ._shared_graph import listed

POOL: Final = "aws:cognito/userPool:UserPool"
IDENTITY_POOL: Final = "aws:cognito/identityPool:IdentityPool"


@rule(POOL, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def mfa_configured(pool: Resource) -> Findings:
    """A user pool with multi-factor sign-in has a second factor.

    Why: Cognito refuses it otherwise ("InvalidParameterException: Invalid MFA configuration given, can't turn on MFA
    without SMS or software token").
    Fix: Set `softwareTokenMfaConfiguration.enabled=true`, or `smsConfiguration` or `emailMfaConfiguration`.
    Source: Amazon Cognito API Reference, "SetUserPoolMfaConfig"; Developer Guide, "Adding MFA to a user pool".
    """
    mode = pool.text("mfaConfiguration")
    if mode not in ("ON", "OPTIONAL") or pool.has("smsConfiguration") or pool.has("emailMfaConfiguration"):
        return
    message = f"`mfaConfiguration` is {mode} and no second factor is configured; enable the software token"
    yield from asked(pool, "softwareTokenMfaConfiguration.enabled", message)


@rule(
    POOL,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def mfa(pool: Resource) -> Findings:
    """Sign-in needs a second factor.

    Why: A password alone is guessed, reused or phished.
    Fix: Set `mfaConfiguration="ON"` with `softwareTokenMfaConfiguration`.
    Source: Amazon Cognito Developer Guide, "Adding MFA to a user pool".
    """
    if pool.text("mfaConfiguration") != "ON":
        yield pool.finding('does not ask for a second factor; set `mfaConfiguration` to "ON"', at="mfaConfiguration")


@rule(
    POOL,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
    parameters={"length": Parameter.of(8, "Least length of a password, in characters.", minimum=6, maximum=99)},
)
def password_policy(pool: Resource, parameters: Parameters) -> Findings:
    """Passwords have the configured length and characters of all four classes.

    Why: Short passwords of small letters are guessed.
    Fix: Leave `passwordPolicy` out (8 characters of all classes), or set `minimumLength` and the four require_ flags:
    in a policy of your own, what is left out is off.
    Source: Amazon Cognito Developer Guide, "Adding user pool password requirements".
    """
    if not pool.has("passwordPolicy"):
        if parameters["length"] > 8:
            yield pool.finding(f"asks for 8 characters, fewer than {parameters['length']}", at="passwordPolicy")
        return
    lacking = [
        word.lower()
        for word in ("Lowercase", "Uppercase", "Numbers", "Symbols")
        if not pool.flag(f"passwordPolicy.require{word}")
    ]
    if (pool.number("passwordPolicy.minimumLength") or 6) < parameters["length"]:
        lacking.insert(0, f"{parameters['length']} characters")
    if lacking:
        yield pool.finding(f"does not ask passwords for {listed(lacking)}", at="passwordPolicy")


@rule(
    POOL,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def plus_tier(pool: Resource) -> Findings:
    """The pool is on the Plus plan, which has threat protection.

    Why: It refuses passwords that are known to be stolen, and sign-ins that look like an attack.
    Fix: Set `userPoolTier="PLUS"` and `userPoolAddOns` with `advancedSecurityMode`.
    Source: Amazon Cognito Developer Guide, "User pool feature plans".
    """
    if pool.text("userPoolTier") == "PLUS":
        return
    # Threat protection of its own accord means the plan, also where the provider has no tier yet.
    if pool.has("userPoolTier") or pool.text("userPoolAddOns.advancedSecurityMode") not in ("AUDIT", "ENFORCED"):
        yield pool.finding('is not on the Plus plan; set `userPoolTier` to "PLUS"', at="userPoolTier")


@rule(
    IDENTITY_POOL,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def identity_pool_guests_refused(pool: Resource) -> Findings:
    """The identity pool gives no credentials to guests.

    Why: Everyone gets AWS credentials of the guest role otherwise.
    Fix: Leave `allowUnauthenticatedIdentities` off.
    Source: Amazon Cognito Developer Guide, "Identity pools concepts" (unauthenticated identities).
    """
    message = "gives credentials to guests; leave `allowUnauthenticatedIdentities` off"
    yield from asked(pool, "allowUnauthenticatedIdentities", message, wanted=False)
