"""Deployments of REST APIs: complete, in order, renewed."""

from __future__ import annotations

import json

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

API = R("aws:apigateway/restApi:RestApi", "api")
OTHER_API = R("aws:apigateway/restApi:RestApi", "other-api")
COMPONENT = R("program:api:Api", "component")
ITEMS = R("aws:apigateway/resource:Resource", "items", restApi=API.id, pathPart="items", parentId="root")


def method(name: str = "method", api: object = API.id, **options: object) -> R:
    return R(
        "aws:apigateway/method:Method",
        name,
        restApi=api,
        resourceId=ITEMS.id,
        httpMethod="GET",
        authorization="AWS_IAM",
        **options,
    )


METHOD = method()


def integration(
    name: str = "integration", api: object = API.id, verb: object = METHOD.httpMethod, **options: object
) -> R:
    return R(
        "aws:apigateway/integration:Integration",
        name,
        restApi=api,
        resourceId=ITEMS.id,
        httpMethod=verb,
        type="MOCK",
        **options,
    )


INTEGRATION = integration()


def deployment(api: object = API.id, **options: object) -> R:
    return R("aws:apigateway/deployment:Deployment", "deployment", restApi=api, **options)


REST = (METHOD, INTEGRATION, ITEMS, API)
test_deployment_after_methods = table(
    "apigateway-deployment-after-methods",
    fails("nothing is awaited", deployment(), *REST, says=("method", "integration", "dependsOn")),
    passes("all are awaited", deployment(depends_on=[METHOD, INTEGRATION]), *REST),
    passes("the integration awaits the method", deployment(depends_on=[INTEGRATION]), *REST),
    passes(
        "triggers that mention them",
        deployment(triggers={"redeploy": INTEGRATION.id, "method": METHOD.id}),
        *REST,
    ),
    fails("the method only", deployment(depends_on=[METHOD]), *REST, says="integration"),
    fails("no methods", deployment(), API, at="restApi", says="'api'"),
    fails("methods of another API", deployment(), method(api=OTHER_API.id), API, OTHER_API, at="restApi"),
    fails(
        "a method in a component",
        deployment(depends_on=[METHOD, INTEGRATION]),
        method("hidden", parent=COMPONENT),
        *REST,
        COMPONENT,
        says="hidden",
    ),
    passes(
        "an API with a body",
        deployment(api=R("aws:apigateway/restApi:RestApi", "api", body="{}").id),
        R("aws:apigateway/restApi:RestApi", "api", body="{}"),
    ),
    passes(
        "an API with a body of its own resource",
        deployment(),
        API,
        R("aws:apigateway/restApiPut:RestApiPut", "put", restApiId=API.id, body="{}"),
    ),
    passes("an API from elsewhere", deployment(api="a1b2c3")),
    undecided("an unknown API of a method", deployment(), method(api=UNKNOWN), API),
    undecided("an unknown API", deployment(api=UNKNOWN), *REST, at="restApi"),
    given=[ITEMS],
)

test_deployment_redeploys = table(
    "apigateway-deployment-redeploys",
    fails("no triggers", deployment(), API, at="triggers"),
    passes("triggers", deployment(triggers={"redeploy": "0a1b2c"}), API),
    passes("unknown triggers", deployment(triggers=UNKNOWN), API),
    passes("variables that change", deployment(variables={"version": "0a1b2c"}), API),
)


def response(api: object = API.id, verb: object = "GET", resource: object = ITEMS.id, **options: object) -> R:
    return R(
        "aws:apigateway/integrationResponse:IntegrationResponse",
        "response",
        restApi=api,
        resourceId=resource,
        httpMethod=verb,
        statusCode="200",
        **options,
    )


test_integration_response_after_integration = table(
    "apigateway-integration-response-after-integration",
    fails("it waits for the method only", response(verb=METHOD.httpMethod), *REST, says="'integration' to `dependsOn`"),
    passes("it depends on the integration", response(depends_on=[INTEGRATION]), *REST),
    passes("it takes the integration's own attribute", response(verb=INTEGRATION.httpMethod), *REST),
    passes("another verb", response(verb="POST"), *REST),
    passes("another resource", response(resource="r4nd0m"), *REST),
    passes("another API", response(api=OTHER_API.id), *REST, OTHER_API),
    fails(
        "the root resource",
        response(resource=API.rootResourceId),
        R(
            "aws:apigateway/integration:Integration",
            "root",
            restApi=API.id,
            resourceId=API.rootResourceId,
            httpMethod="GET",
            type="MOCK",
        ),
        API,
        at="",
        says="does not wait for Integration 'root'",
    ),
    passes("the integration lives elsewhere", response(), ITEMS, API),
    passes("an unknown verb is no claim", response(verb=UNKNOWN), *REST),
)

PRIVATE = R("aws:apigateway/restApi:RestApi", "api", endpointConfiguration={"types": "PRIVATE"})
TEXT = json.dumps({"Version": "2012-10-17", "Statement": []})
POLICY = R("aws:apigateway/restApiPolicy:RestApiPolicy", "policy", restApiId=PRIVATE.id, policy=TEXT)


def private(**properties: object) -> R:
    return R("aws:apigateway/restApi:RestApi", "api", endpointConfiguration={"types": "PRIVATE"}, **properties)


test_private_api_has_policy = table(
    "apigateway-private-api-has-policy",
    fails("no policy", PRIVATE, at="policy"),
    passes("a policy in the API", private(policy=TEXT)),
    passes("a policy beside it", PRIVATE, POLICY),
    passes("a policy beside it, awaited", PRIVATE, POLICY, deployment(depends_on=[POLICY])),
    fails("a policy beside it, not awaited", PRIVATE, POLICY, deployment(), on="deployment", says="'policy'"),
    passes("regional", R("aws:apigateway/restApi:RestApi", "api", endpointConfiguration={"types": "REGIONAL"})),
    passes("not said", API, deployment()),
    fails(
        "types as a list",
        R("aws:apigateway/restApi:RestApi", "api", endpointConfiguration={"types": ["PRIVATE"]}),
        at="policy",
    ),
    fails(
        "the policy of another API",
        PRIVATE,
        OTHER_API,
        R("aws:apigateway/restApiPolicy:RestApiPolicy", "policy", restApiId=OTHER_API.id, policy=TEXT),
        at="policy",
    ),
    undecided("a body may hold it", private(body="{}"), at="body", only=None),
    undecided("an unknown policy target", PRIVATE, R(POLICY.type_, "policy", restApiId=UNKNOWN, policy=TEXT)),
    undecided("unknown types", R("aws:apigateway/restApi:RestApi", "api", endpointConfiguration={"types": UNKNOWN})),
)
