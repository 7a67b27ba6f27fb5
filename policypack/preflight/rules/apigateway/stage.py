"""Stages: defined once, named after their environment, found by the name that others use."""

from __future__ import annotations

from typing import Final

from ...documents.answer import every
from ...rule import Certainty, Finding, Findings, Kind, Resource, Severity, Undecided, View, rule
from ...stack import Stack
from .._shared_graph import alike, same_text
from ._parts import DEPLOYMENT, METHOD_SETTINGS, REST_API, STAGE, STAGE_V2, is_of_stage, same_api


@rule(STAGE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def stage_defined_once(stage: Resource, stack: Stack) -> Findings:
    """A stage of a REST API is defined once: as one Stage, and by no Deployment.

    Why: A Deployment with a `stageName` (pulumi-aws v6) creates that stage itself, and a Stage of the same name is then
    refused: "ConflictException: Stage already exists". Two Stages of one name collide in the same way.
    Fix: Keep one `aws.apigateway.Stage` that points at the newest deployment, and leave `stageName` off the Deployment
    (pulumi-aws v7 has no such argument any more). Give the Deployment triggers instead, so that it follows changes of
    the API.
    Source: Amazon API Gateway API Reference, "CreateStage", "CreateDeployment"; Pulumi AWS v7 migration guide.
    """
    stages = alike(stack, STAGE, "restApi", REST_API)
    unclear = stages.unclear(stage)
    pending = None
    for other in [
        *stages.before(stage),
        *([unclear] if unclear is not None else ()),
        *stack.once("deployments that make a stage", _staging_deployments),
    ]:
        if not other.has("stageName"):
            continue
        same = every([same_text(other, "stageName", stage, "stageName"), same_api(stack, other, stage)])
        if same:
            stale = other.is_a(DEPLOYMENT)
            fix = "leave `stageName` off that Deployment" if stale else "remove or rename one of the two"
            yield stage.finding(
                f"{'deployment' if stale else 'stage'} '{other.name}' makes stage '{stage.known('stageName')}' of "
                f"the same API already; {fix}",
                at="stageName",
            )
            return
        if same is None:
            pending = Undecided("stageName" if other.is_unknown("stageName") else "restApi", other.urn)
    if pending:
        raise pending


def _staging_deployments(stack: Stack) -> list[Resource]:
    return [found for found in stack.of_type(DEPLOYMENT) if found.has("stageName")]


_ENVIRONMENTS: Final = (
    frozenset({"dev", "development"}),
    frozenset({"test", "testing"}),
    frozenset({"qa"}),
    frozenset({"staging", "stage", "stg"}),
    frozenset({"uat"}),
    frozenset({"prod", "production", "prd"}),
)
_WORDS: Final = frozenset({"dev", "test", "qa", "staging", "uat", "prod", "production"})


@rule((STAGE, STAGE_V2), kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def stage_name_per_environment(stage: Resource, stack: Stack) -> Findings:
    """A stage that is named after an environment is named after the one that is deployed.

    Why: A stage name such as "prod" that is written into the program is "prod" in every Pulumi stack: URLs, logs and
    usage plans of development then read as production.
    Fix: Derive the name from pulumi.get_stack() or from config. Names that do not stand for an environment ("v1",
    "live") are left alone.
    Source: Amazon API Gateway Developer Guide, "Set up a stage for a REST API in API Gateway".
    """
    at = "stageName" if stage.is_a(STAGE) else "name"
    name = (stage.text(at) or "").lower()
    here = stack.name.lower()
    if not here or name not in _WORDS:
        return
    alike = next(words for words in _ENVIRONMENTS if name in words)
    if not any(word in here for word in alike) and here not in name:
        yield stage.finding(
            f"the stage is named '{name}' though the Pulumi stack is '{stack.name}'; derive it from "
            "the stack's name or configuration",
            at=at,
        )


USAGE_PLAN: Final = "aws:apigateway/usagePlan:UsagePlan"
BASE_PATH_MAPPING: Final = "aws:apigateway/basePathMapping:BasePathMapping"


@rule((USAGE_PLAN, BASE_PATH_MAPPING, METHOD_SETTINGS), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def stage_before_its_users(user: Resource, stack: Stack) -> Findings:
    """A resource that names a stage of the program by a literal waits for that stage.

    Why: Usage plans, base path mappings and method settings are refused while the stage is missing
    ("BadRequestException: API Stage not " "found", "NotFoundException: Invalid stage identifier specified"). With a
    literal instead of the stage's own attribute, Pulumi creates both at the same time.
    Fix: Use the stage's own `stageName` instead of a literal, or add the stage to `dependsOn`.
    Source: Amazon API Gateway API Reference, "CreateUsagePlan", "CreateBasePathMapping", "UpdateStage".
    """
    late = [stage for stage in stack.of_type(STAGE) if not stack.waits_for(user, stage)]
    if not user.is_a(USAGE_PLAN):
        for stage in late:
            if is_of_stage(stack, user, stage):
                yield _too_early(user, "stageName", stage)
                return
        return
    for entry in user.each("apiStages"):
        for stage in late:
            if same_text(entry, "stage", stage, "stageName") and _means_api(stack, user, entry, stage):
                yield _too_early(entry, "stage", stage)
                break


def _means_api(stack: Stack, plan: Resource, entry: View, stage: Resource) -> bool:
    text = entry.known("apiId")
    named = text if isinstance(text, str) else None
    for api in stack.referred_by(stage, "restApi", REST_API).certain:
        if named in stack.identities(api) if named else stack.depends(plan, on=api, via="apiStages"):
            return True
    return named is not None and named == stage.known("restApi")


def _too_early(view: View, at: str, stage: Resource) -> Finding:
    return view.finding(
        f"stage '{stage.known('stageName')}' is named by a literal, so nothing waits for stage "
        f"'{stage.name}'; pass its `stageName` instead",
        at=at,
        certainty=Certainty.RACE,
    )
