"""Stock ``pulumi_policy`` policies inside Preflight's server, and Preflight's rules inside a stock pack.

The stock server decodes a resource once per policy. Here it is decoded at most once, when the first policy looks; a
policy that writes into what it was given makes the next one get a fresh copy, so that policies stay apart.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

import pulumi_policy as stock
from google.protobuf import json_format
from pulumi_policy.deserialize import deserialize_properties, serialize_properties
from pulumi_policy.policy import _NotApplicableError
from pulumi_policy.proxy import UnknownValueError, _DictProxy, _ListProxy, _proxy_helper

from preflight.serving.lazy import Lazy

NotApplicableError = _NotApplicableError
UnknownError = UnknownValueError
serialize = serialize_properties


class _Watched(_DictProxy):
    """The stock proxy of an object; tells its properties when a policy writes into it."""

    def __init__(self, target: Any, path: list[str], owner: Properties) -> None:
        super().__init__(target, path)
        self._owner = owner

    def __setitem__(self, key: Any, value: Any) -> None:
        self._owner.written = True
        super().__setitem__(key, value)  # type: ignore[no-untyped-call]


class Properties:
    """The properties of one message in the stock SDK's form; decoded once, and anew after a policy wrote to them."""

    def __init__(self, message: Any) -> None:
        self._message = message
        self._lock = threading.Lock()
        self._value: Any = None
        self.written = False

    def get(self) -> Any:
        """Return the unknown-checking proxy that stock policies read."""
        with self._lock:
            if self._value is None or self.written:
                self.written = False
                self._value = self._proxy(deserialize_properties(json_format.MessageToDict(self._message)), [])
            return self._value

    def _proxy(self, value: Any, path: list[str]) -> Any:
        if isinstance(value, list):
            return _ListProxy([self._proxy(item, [*path, str(at)]) for at, item in enumerate(value)], path)
        if isinstance(value, dict):
            return _Watched({key: self._proxy(item, [*path, str(key)]) for key, item in value.items()}, path, self)
        return value


class Member:
    """One resource of a request: options, provider and properties in the stock SDK's form, each made when asked for."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.properties = Properties(message.properties)
        self.options: Lazy[stock.PolicyResourceOptions] = Lazy(self._options)
        self.provider: Lazy[stock.PolicyProviderResource | None] = Lazy(self._provider)

    def _options(self) -> stock.PolicyResourceOptions:
        found = self.message.options
        timeouts = found.customTimeouts if found.HasField("customTimeouts") else None
        return stock.PolicyResourceOptions(
            found.protect,
            found.ignoreChanges,
            found.deleteBeforeReplace if found.deleteBeforeReplaceDefined else None,
            found.aliases,
            stock.PolicyCustomTimeouts(timeouts.create, timeouts.update, timeouts.delete)
            if timeouts is not None
            else stock.PolicyCustomTimeouts(0, 0, 0),
            found.additionalSecretOutputs,
            found.parent or None,
        )

    def _provider(self) -> stock.PolicyProviderResource | None:
        if not self.message.HasField("provider"):
            return None
        found = self.message.provider
        return stock.PolicyProviderResource(found.type, Properties(found.properties).get(), found.urn, found.name)


class _OfMember:
    """What is read of a member only when a policy asks for it."""

    _member: Member

    @property
    def props(self) -> Any:
        return self._member.properties.get()

    @property
    def opts(self) -> Any:
        return self._member.options.get()

    @property
    def provider(self) -> Any:
        return self._member.provider.get()


class _ResourceArgs(_OfMember, stock.ResourceValidationArgs):  # type: ignore[override]
    """What a stock resource policy is passed; nothing is decoded before it asks."""

    def __init__(self, member: Member, config: Mapping[str, Any] | None, stack_tags: Mapping[str, str]) -> None:
        message = member.message
        self.resource_type, self.urn, self.name = message.type, message.urn, message.name
        self.stack_tags = stack_tags
        self._member = member
        self._ResourceValidationArgs__config = config if config is not None else {}


class _StackResource(_OfMember, stock.PolicyResource):  # type: ignore[override]
    """A resource that a stock stack policy sees."""

    def __init__(self, member: Member) -> None:
        message = member.message
        self.resource_type, self.urn, self.name = message.type, message.urn, message.name
        self._member = member
        self.parent = None
        self.dependencies = []
        self.property_dependencies = {}


def resource_args(member: Member, config: Mapping[str, Any] | None, stack_tags: Mapping[str, str]) -> Any:
    """Return the argument of a resource policy's ``validate``."""
    return _ResourceArgs(member, config, stack_tags)


def remediation_args(
    member: Member, properties: Any, config: Mapping[str, Any] | None, stack_tags: Mapping[str, str]
) -> Any:
    """Return the argument of a ``remediate``; ``properties`` are those that the remediations before it left."""
    message = member.message
    return stock.ResourceValidationArgs(
        message.type,
        properties,
        message.urn,
        message.name,
        member.options.get(),
        member.provider.get(),
        config,
        stack_tags,
    )


def remediable(message: Any) -> Any:
    """Return properties in the form that stock remediations read and write, secrets kept."""
    return _proxy_helper(deserialize_properties(json_format.MessageToDict(message), True), [])


def stack_resources(request: Any) -> list[Any]:
    """Return the resources of an AnalyzeStackRequest, linked by parents and dependencies."""
    members = [_StackResource(Member(message)) for message in request.resources]
    by_urn = {found.urn: found for found in members}
    for found in members:
        message = found._member.message
        found.parent = by_urn.get(message.parent)
        found.dependencies.extend(by_urn[urn] for urn in message.dependencies if urn in by_urn)
        for key, item in message.propertyDependencies.items():
            found.property_dependencies[key] = [by_urn[urn] for urn in item.urns if urn in by_urn]
    return members


def stack_args(resources: list[Any], config: Mapping[str, Any] | None, stack_tags: Mapping[str, str]) -> Any:
    """Return the argument of a stack policy's ``validate``."""
    return stock.StackValidationArgs(list(resources), config, stack_tags)


async def _wait(result: Any) -> Any:
    return await result


def finish(result: Any) -> Any:
    """Return what a policy returned, running it to its end when it is a coroutine."""
    if not isawaitable(result):
        return result
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_wait(result))
    finally:
        loop.close()
