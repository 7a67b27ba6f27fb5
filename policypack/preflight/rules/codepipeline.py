"""Rules for CodePipeline: stages and their actions."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule

PIPELINE: Final = "aws:codepipeline/pipeline:Pipeline"


@rule(PIPELINE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def stages_valid(pipeline: Resource) -> Findings:
    """A pipeline has at least two stages: source actions only in the first, other actions only after it.

    Why: CodePipeline refuses others ("InvalidStructureException: Pipeline has only 1 stage(s). There should be a
    minimum of 2 stages in a pipeline", "… contains action of type Source in a stage that is not the first").
    Fix: Move source actions into the first stage, and add a stage that builds, deploys or approves.
    Source: AWS CodePipeline User Guide, "CodePipeline pipeline structure reference".
    """
    stages = pipeline.list("stages")
    if stages is None:
        return
    if len(stages) < 2:
        yield pipeline.finding(
            f"has {len(stages)} stage; add a second one that builds, deploys or approves", at="stages"
        )
    for index in range(len(stages)):
        for action in pipeline.each(f"stages[{index}].actions"):
            category = action.text("category")
            if category == "Source" and index > 0:
                yield action.finding("source actions are allowed in the first stage only; move it there", at="category")
            elif category not in (None, "Source") and index == 0:
                yield action.finding(
                    f"the first stage may contain only source actions; move this {category} action to a later stage",
                    at="category",
                )


@rule(PIPELINE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def artifacts_produced(pipeline: Resource) -> Findings:
    """An action's input artifacts are outputs of earlier actions, and no two actions produce one artifact.

    Why: CodePipeline refuses others ("InvalidActionDeclarationException: Input artifact … in action … is not declared
    as an output artifact in any of the preceding actions").
    Fix: Correct the artifact's name, or move the action behind the one that produces it.
    Source: AWS CodePipeline User Guide, "Input and output artifacts".
    """
    stages = pipeline.list("stages")
    if stages is None:
        return
    produced: set[str] = set()
    for index in range(len(stages)):
        actions = sorted(pipeline.each(f"stages[{index}].actions"), key=lambda action: action.number("runOrder") or 1)
        for action in actions:
            for name in action.texts("inputArtifacts"):
                if name not in produced:
                    yield action.finding(
                        f"no earlier action produces the input artifact '{name}'; correct the name or the order",
                        at="inputArtifacts",
                    )
            for name in action.texts("outputArtifacts"):
                if name in produced:
                    yield action.finding(
                        f"another action produces the artifact '{name}' too; rename one", at="outputArtifacts"
                    )
                produced.add(name)
