"""Rules for CodePipeline."""

from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

PIPELINE = "aws:codepipeline/pipeline:Pipeline"


def action(category: str, name: str = "a", **more: Any) -> dict[str, Any]:
    return {"name": name, "category": category, "owner": "AWS", "provider": "S3", "version": "1", **more}


def pipeline(*stages: list[dict[str, Any]]) -> R:
    return R(PIPELINE, "p", stages=[{"name": f"s{index}", "actions": found} for index, found in enumerate(stages)])


test_stages_valid = table(
    "codepipeline-stages-valid",
    passes("source, then build", pipeline([action("Source")], [action("Build")])),
    passes("absent", R(PIPELINE, "p")),
    fails("one stage", pipeline([action("Source")]), at="stages", says="has 1 stage"),
    fails(
        "a source in the second stage",
        pipeline([action("Source")], [action("Source")]),
        at="stages[1].actions[0].category",
        says="first stage only",
    ),
    fails(
        "a build in the first stage",
        pipeline([action("Source"), action("Build")], [action("Deploy")]),
        at="stages[0].actions[1].category",
        says="this Build action",
    ),
    undecided("unknown stages", R(PIPELINE, "p", stages=UNKNOWN), at="stages"),
    undecided(
        "an unknown category", pipeline([action(UNKNOWN)], [action("Build")]), at="stages[0].actions[0].category"
    ),
)

test_artifacts_produced = table(
    "codepipeline-artifacts-produced",
    passes(
        "produced before",
        pipeline([action("Source", outputArtifacts=["o"])], [action("Build", inputArtifacts=["o"])]),
    ),
    passes(
        "produced earlier in the same stage",
        pipeline(
            [action("Source", outputArtifacts=["o"])],
            [
                action("Deploy", "second", inputArtifacts=["b"], runOrder=2),
                action("Build", "first", inputArtifacts=["o"], outputArtifacts=["b"], runOrder=1),
            ],
        ),
    ),
    passes("absent", R(PIPELINE, "p")),
    fails(
        "a misspelled name",
        pipeline([action("Source", outputArtifacts=["source"])], [action("Build", inputArtifacts=["src"])]),
        at="stages[1].actions[0].inputArtifacts",
        says="'src'",
    ),
    fails(
        "produced twice",
        pipeline([action("Source", outputArtifacts=["o"]), action("Source", "b", outputArtifacts=["o"])], []),
        at="stages[0].actions[1].outputArtifacts",
        says="too; rename one",
    ),
    undecided(
        "an unknown name",
        pipeline([action("Source", outputArtifacts=["o"])], [action("Build", inputArtifacts=[UNKNOWN])]),
        at="stages[1].actions[0].inputArtifacts[0]",
    ),
)
