"""What a service's API accepts as a password."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Final

from ..rule import Findings, View

UPPER, LOWER, DIGIT = "an upper-case letter", "a lower-case letter", "a digit"
SPECIAL: Final = "a special character"
_CLASSES: Final = {
    UPPER: frozenset(string.ascii_uppercase),
    LOWER: frozenset(string.ascii_lowercase),
    DIGIT: frozenset(string.digits),
    SPECIAL: frozenset(string.punctuation),
}


@dataclass(frozen=True)
class PasswordPolicy:
    holder: str
    name: str
    least: int
    most: int
    needs: tuple[str, ...] = ()
    refuses: str = ""

    def problem(self, password: str) -> str | None:
        """What is wrong with a password, without showing any of it."""
        if not self.least <= len(password) <= self.most:
            return f"must have {self.least} to {self.most} characters"
        lacking = [kind for kind in self.needs if not _CLASSES[kind] & set(password)]
        if lacking:
            return f"must contain {' and '.join(lacking)}"
        if set(self.refuses) & set(password):
            return f"must not contain any of {' '.join(self.refuses.replace(' ', ''))} or a space"
        return None


def refused_passwords(view: View, policy: PasswordPolicy) -> Findings:
    """Make a finding of the first password of an object that its service refuses; no message shows any of it."""
    passwords = view.texts(policy.name) if policy.name == "passwords" else filter(None, [view.text(policy.name)])
    for password in passwords:
        problem = policy.problem(password)
        if problem:
            yield view.finding(f"the password {problem}", at=policy.name)
            return
