"""One statement of a policy document, and what it says about a request.

Source: "IAM JSON policy elements reference", AWS IAM user guide.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...wire import is_unknown
from .. import arn
from ..answer import Answer, either, every, negate
from ..wildcard import covers, overlaps
from . import condition as conditions_of
from . import principal as principals_of
from .condition import Condition, Context
from .principal import ANYONE, Caller, Principal


@dataclass(frozen=True)
class Statement:
    """A statement; lists are tuples whatever the document has, empty where an element is absent.

    Texts may be unknown sentinels. ``effect`` is ``Allow``, ``Deny``, or ``None`` when it is unknown or neither;
    ``index`` is the place in the document; ``path`` is ``Statement[2]`` for messages.
    """

    index: int
    effect: str | None
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sid: str | None = None

    @property
    def path(self) -> str:
        """Where it stands in its document."""
        return f"Statement[{self.index}]"

    @property
    def label(self) -> str:
        """How a message names it: its Sid, else its place (``statement 3``, counted from one)."""
        return f"statement {self.sid!r}" if self.sid and not is_unknown(self.sid) else f"statement {self.index + 1}"

    @property
    def has_principal(self) -> bool:
        """Tell whether it names principals at all, as statements of resource and trust policies do."""
        return bool(self.principals or self.not_principals)

    def admits(self, asked: Caller | str) -> Answer:
        """Tell whether its Principal element stands for a caller.

        For ``ANYONE`` that is every caller. With NotPrincipal, an Allow admits everyone but a few, which counts as
        everyone, and a Deny leaves some out, so that it does not. Without either element the answer is ``False``.
        """
        who = principals_of.caller(asked) if isinstance(asked, str) else asked
        if self.not_principals:
            if who.kind == "anyone":
                return self.effect == "Allow"
            return negate(principals_of.any_is(self.not_principals, who))
        answer = principals_of.any_is(self.principals, who)
        if answer is None and self.effect == "Deny" and who.kind == "arn":
            return either([_in_denied_account(principal, who) for principal in self.principals])
        return answer

    def admits_anyone(self) -> Answer:
        """Tell whether every caller is admitted: ``"*"``, ``{"AWS": "*"}``, or an Allow with NotPrincipal."""
        return self.admits(ANYONE)

    def takes_action(self, action: str) -> Answer:
        """Tell whether it is about an action (``kms:Decrypt``), or about all that a pattern (``kms:*``) stands for."""
        if self.not_actions:
            return every(negate(overlaps(pattern, action, ignore_case=True)) for pattern in self.not_actions)
        return either(covers(pattern, action, ignore_case=True) for pattern in self.actions)

    def takes_resource(self, resource: str) -> Answer:
        """Tell whether it is about a resource, or about all that a pattern stands for.

        A statement without Resource (trust policies, some resource policies) is about the resource that it is attached
        to.
        """
        if self.not_resources:
            return every(negate(overlaps(pattern, resource)) for pattern in self.not_resources)
        return either(covers(pattern, resource) for pattern in self.resources) if self.resources else True

    def touches_resource(self, pattern: str) -> Answer:
        """Tell whether it is about at least one resource that a pattern stands for."""
        if self.not_resources:
            return every(negate(covers(other, pattern)) for other in self.not_resources)
        return either(overlaps(other, pattern) for other in self.resources) if self.resources else True

    def holds(self, context: Context) -> Answer:
        """Tell whether all its conditions hold for what is known of a request."""
        return conditions_of.hold(self.conditions, context)

    def conditions_on(self, *keys: str) -> list[Condition]:
        """List its conditions that test one of some keys, compared without case."""
        return [condition for condition in self.conditions if condition.is_about(*keys)]


def _in_denied_account(principal: Principal, asked: Caller) -> Answer:
    """Tell whether a Deny for a principal reaches a caller: denying an account denies all that is in it."""
    answer = principal.is_caller(asked)
    owner = arn.account_of(asked.value)
    if answer is None and principal.is_account_root and owner is not None:
        return owner == principal.account
    return answer


def read(element: dict[str, object], index: int) -> Statement:
    """Read a statement of any shape; parts that no policy can have are passed over (:mod:`.grammar` names them)."""
    effect, sid = element.get("Effect"), element.get("Sid")
    return Statement(
        index=index,
        effect=effect if isinstance(effect, str) and effect in {"Allow", "Deny"} else None,
        principals=principals_of.read(element.get("Principal")),
        not_principals=principals_of.read(element.get("NotPrincipal")),
        actions=_texts(element.get("Action")),
        not_actions=_texts(element.get("NotAction")),
        resources=_texts(element.get("Resource")),
        not_resources=_texts(element.get("NotResource")),
        conditions=conditions_of.read(element.get("Condition")),
        sid=sid if isinstance(sid, str) else None,
    )


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(item for item in listed if isinstance(item, str))
