"""The tokens of API Gateway, and how its parts find each other."""

from __future__ import annotations

from typing import Final

from ...documents.answer import Answer, either, every
from ...resource import Resource
from ...stack import Stack
from .._shared_graph import attempt, same_target, same_text

ACCOUNT: Final = "aws:apigateway/account:Account"
DEPLOYMENT: Final = "aws:apigateway/deployment:Deployment"
INTEGRATION: Final = "aws:apigateway/integration:Integration"
METHOD: Final = "aws:apigateway/method:Method"
METHOD_SETTINGS: Final = "aws:apigateway/methodSettings:MethodSettings"
REST_API: Final = "aws:apigateway/restApi:RestApi"
STAGE: Final = "aws:apigateway/stage:Stage"
STAGE_V2: Final = "aws:apigatewayv2/stage:Stage"

LOG_LEVELS: Final = frozenset({"INFO", "ERROR"})


def same_api(stack: Stack, first: Resource, second: Resource) -> Answer:
    """Tell whether two resources with a property ``restApi`` belong to one REST API."""
    return same_target(stack, first, second, "restApi", REST_API)


def is_of_stage(stack: Stack, resource: Resource, stage: Resource, via: str = "stageName") -> Answer:
    """Tell whether a resource with ``restApi`` and a stage's name means this stage."""
    if stack.depends(resource, on=stage, via=via):
        return True
    return every([same_text(resource, via, stage, "stageName"), same_api(stack, resource, stage)])


class StageSettings:
    """The MethodSettings of a stage: those that certainly are its own, and whether there may be others."""

    def __init__(self, stack: Stack, stage: Resource) -> None:
        answers = [(found, is_of_stage(stack, found, stage)) for found in stack.of_type(METHOD_SETTINGS)]
        self.certain = [found for found, answer in answers if answer is True]
        self.maybe_more = any(answer is None for _, answer in answers)

    def whole_stage(self) -> list[Resource]:
        """Return the settings for all methods (``*/*``)."""
        return [found for found in self.certain if found.known("methodPath") == "*/*"]

    @property
    def is_open(self) -> bool:
        """Whether settings for all methods may be there that can't be told yet."""
        return self.maybe_more or any(found.is_unknown("methodPath") for found in self.certain)


def writes_execution_logs(settings: Resource) -> Answer:
    """Tell whether method settings turn on execution logs or data trace."""
    return either(
        [
            attempt(lambda: (settings.text("settings.loggingLevel") or "OFF").upper() in LOG_LEVELS),
            attempt(lambda: settings.flag("settings.dataTraceEnabled") is True),
        ]
    )
