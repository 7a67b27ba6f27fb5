"""Stages of REST APIs: defined once, named after their environment, there before their users."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, P, R, fails, passes, table, undecided

API = R("aws:apigateway/restApi:RestApi", "api")
OTHER_API = R("aws:apigateway/restApi:RestApi", "other-api")
DEPLOYMENT = R("aws:apigateway/deployment:Deployment", "deployment", restApi=API.id)
COMPONENT = R("program:api:Api", "component")


def stage(name: str = "stage", api: object = API.id, **properties: object) -> R:
    return R(
        "aws:apigateway/stage:Stage",
        name,
        **{"stageName": "prod", "restApi": api, "deployment": DEPLOYMENT.id, **properties},
    )


def deployment_v6(**properties: object) -> R:
    return R(
        "aws:apigateway/deployment:Deployment",
        "deployment",
        provider=V6,
        **{"restApi": API.id, "stageName": "prod", **properties},
    )


test_stage_defined_once = table(
    "apigateway-stage-defined-once",
    fails(
        "the deployment makes the stage as well (pulumi-aws v6)",
        stage(provider=V6),
        deployment_v6(),
        API,
        at="stageName",
        says=("deployment 'deployment'", "prod"),
    ),
    passes("one stage, and a deployment without a stage name", stage(), DEPLOYMENT, API),
    fails(
        "two stages of one name", stage(), stage("stage-again"), DEPLOYMENT, API, on="stage-again", says="stage 'stage'"
    ),
    fails(
        "one of them in a component",
        stage(),
        stage("stage-again", parent=COMPONENT),
        COMPONENT,
        API,
        on="stage-again",
        at="stageName",
    ),
    fails(
        "two stages of one known API",
        stage(api="a1b2c3"),
        stage("stage-again", api="a1b2c3"),
        on="stage-again",
        at="stageName",
    ),
    passes("two names", stage(), stage("stage-again", stageName="dev"), DEPLOYMENT, API),
    passes("two APIs", stage(), stage("stage-again", api=OTHER_API.id), API, OTHER_API),
    passes("a deployment of another API", stage(provider=V6), deployment_v6(restApi=OTHER_API.id), API, OTHER_API),
    passes("a deployment with another stage", stage(provider=V6), deployment_v6(stageName="dev"), API),
    passes("an API of the program, and one that is not", stage(), stage("stage-again", api="a1b2c3"), API),
    passes(
        "one known API id in two regions",
        stage(api="a1b2c3"),
        stage("stage-again", api="a1b2c3", provider=P("west", region="us-west-2")),
    ),
    undecided("an unknown name", stage(), stage("stage-again", stageName=UNKNOWN), API),
    undecided("an unknown API", stage(), stage("stage-again", api=UNKNOWN), API, at="restApi"),
    fails(
        "an unknown stage beside a certain one",
        stage("stage-again", stageName=UNKNOWN),
        stage(),
        stage("third"),
        API,
        on="third",
        only="up",
        also_undecided=True,
        at="stageName",
    ),
    given=[DEPLOYMENT, API],
)

test_stage_name_per_environment = table(
    "apigateway-stage-name-per-environment",
    fails("prod in every environment", stage(), API, stack="dev", at="stageName", says=("'prod'", "'dev'")),
    passes("named after the environment", stage(stageName="dev"), API, stack="dev"),
    passes("the long and the short form", stage(), API, stack="acme-production"),
    passes("no environment word", stage(stageName="v1"), API, stack="dev"),
    fails(
        "an HTTP API's stage",
        R("aws:apigatewayv2/stage:Stage", "stage", apiId="a1b2c3", name="staging"),
        stack="prod",
        at="name",
    ),
    passes("an HTTP API's default stage", R("aws:apigatewayv2/stage:Stage", "stage", apiId="a1", name="$default")),
    passes("the stack's name is not known", stage(), API, stack=""),
    undecided("an unknown name", stage(stageName=UNKNOWN), API, at="stageName"),
    given=[DEPLOYMENT],
)

STAGE = stage()


def plan(stage_name: object, api: object = API.id, **options: object) -> R:
    return R(
        "aws:apigateway/usagePlan:UsagePlan",
        "plan",
        apiStages=[{"apiId": api, "stage": stage_name}],
        **options,
    )


def mapping(stage_name: object, api: object = API.id, **options: object) -> R:
    return R(
        "aws:apigateway/basePathMapping:BasePathMapping",
        "mapping",
        domainName="api.example.org",
        restApi=api,
        stageName=stage_name,
        **options,
    )


def settings(stage_name: object, api: object = API.id) -> R:
    return R(
        "aws:apigateway/methodSettings:MethodSettings", "settings", restApi=api, stageName=stage_name, methodPath="*/*"
    )


test_stage_before_its_users = table(
    "apigateway-stage-before-its-users",
    fails("a usage plan names it as a text", plan("prod"), STAGE, API, at="apiStages[0].stage", says="stageName"),
    passes("a usage plan takes the stage's own name", plan(STAGE.stageName), STAGE, API),
    passes("a usage plan depends on it", plan("prod", depends_on=[STAGE]), STAGE, API),
    fails("a mapping names it as a text", mapping("prod"), STAGE, API, at="stageName"),
    passes("a mapping takes the stage's own name", mapping(STAGE.stageName), STAGE, API),
    fails("settings name it as a text", settings("prod"), STAGE, API, at="stageName"),
    fails("a known API", settings("prod", api="a1b2c3"), stage(api="a1b2c3"), at="stageName"),
    fails("a plan with a known API", plan("prod", api="a1b2c3"), stage(api="a1b2c3"), at="apiStages[0].stage"),
    passes("a stage of another API", settings("prod", api=OTHER_API.id), STAGE, API, OTHER_API),
    passes("a plan for another API", plan("prod", api=OTHER_API.id), STAGE, API, OTHER_API),
    passes("no such stage here", settings("live"), STAGE, API),
    passes("an unknown stage name", settings(UNKNOWN), STAGE, API),
    given=[DEPLOYMENT, API],
)
