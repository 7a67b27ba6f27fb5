"""Methods, routes and integrations; what an API checks of its callers."""

from __future__ import annotations

from preflight.finding import Severity
from preflight.testing import UNKNOWN, R, fails, not_applicable, passes, table, undecided

API = R("aws:apigateway/restApi:RestApi", "api")
OTHER_API = R("aws:apigateway/restApi:RestApi", "other-api")
FUNCTION = R("aws:lambda/function:Function", "function", name="handler")
QUEUE_URI = "arn:aws:apigateway:us-east-1:sqs:path/210987654321/jobs"
LAMBDA_URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:210987654321:function:handler/invocations"


def integration(**properties: object) -> R:
    return R("aws:apigateway/integration:Integration", "integration", restApi=API.id, httpMethod="GET", **properties)


test_integration_complete = table(
    "apigateway-integration-complete",
    fails(
        "a function called with the method's own verb",
        integration(type="AWS_PROXY", integrationHttpMethod="GET", uri=FUNCTION.invokeArn),
        FUNCTION,
        API,
        at="integrationHttpMethod",
        says="POST",
        severity=Severity.HIGH,
    ),
    passes(
        "a function called with POST",
        integration(type="AWS_PROXY", integrationHttpMethod="POST", uri=FUNCTION.invokeArn),
        FUNCTION,
        API,
    ),
    fails(
        "a function by its known address",
        integration(type="AWS", integrationHttpMethod="GET", uri=LAMBDA_URI),
        severity=Severity.HIGH,
        at="integrationHttpMethod",
    ),
    fails("no verb", integration(type="AWS_PROXY", uri=FUNCTION.invokeArn), FUNCTION, at="integrationHttpMethod"),
    fails("no address", integration(type="HTTP_PROXY", integrationHttpMethod="GET"), at="uri"),
    passes("another service", integration(type="AWS", integrationHttpMethod="GET", uri=QUEUE_URI)),
    passes("a mock", integration(type="MOCK")),
    passes("a web site", integration(type="HTTP_PROXY", integrationHttpMethod="GET", uri="https://example.org")),
    undecided("an unknown type", integration(type=UNKNOWN), at="type"),
    undecided("an unknown address", integration(type="AWS", integrationHttpMethod="GET", uri=UNKNOWN), at="uri"),
    given=[API],
)


def authorizer(kind: object = None, api: object = API.id, **options: object) -> R:
    own = {} if kind is None else {"type": kind}
    return R("aws:apigateway/authorizer:Authorizer", "authorizer", restApi=api, **own, **options)


def method(**properties: object) -> R:
    return R(
        "aws:apigateway/method:Method",
        "method",
        **{"restApi": API.id, "httpMethod": "GET", "authorization": "NONE", **properties},
    )


AUTHORIZER = authorizer()
POOL = authorizer("COGNITO_USER_POOLS")
COMPONENT = R("program:api:Api", "component")
test_method_authorizer_set = table(
    "apigateway-method-authorizer-set",
    fails("no authorizer", method(authorization="CUSTOM"), API, at="authorizerId", says="CUSTOM"),
    passes("one of its kind", method(authorization="CUSTOM", authorizerId=AUTHORIZER.id), AUTHORIZER, API),
    passes("a user pool", method(authorization="COGNITO_USER_POOLS", authorizerId=POOL.id), POOL, API),
    fails(
        "a token authorizer for a user pool",
        method(authorization="COGNITO_USER_POOLS", authorizerId=AUTHORIZER.id),
        AUTHORIZER,
        API,
        says=("authorizer", "TOKEN"),
    ),
    fails(
        "of another API",
        method(authorization="CUSTOM", authorizerId=authorizer(api=OTHER_API.id).id),
        authorizer(api=OTHER_API.id),
        API,
        OTHER_API,
        says="another API",
    ),
    passes(
        "in a component",
        method(authorization="CUSTOM", authorizerId=authorizer(parent=COMPONENT).id),
        authorizer(parent=COMPONENT),
        COMPONENT,
        API,
    ),
    passes("from elsewhere", method(authorization="CUSTOM", authorizerId="a1b2c3"), API),
    passes("IAM", method(authorization="AWS_IAM"), API),
    undecided("unknown", method(authorization=UNKNOWN), API, at="authorization"),
    undecided(
        "an authorizer of unknown type",
        method(authorization="CUSTOM", authorizerId=authorizer(UNKNOWN).id),
        authorizer(UNKNOWN),
        API,
    ),
)


def route(key: object, api: object = "a1b2c3", **properties: object) -> R:
    return R("aws:apigatewayv2/route:Route", "route", apiId=api, routeKey=key, **properties)


SOCKETS = R("aws:apigatewayv2/api:Api", "sockets", protocolType="WEBSOCKET")
HTTP = R("aws:apigatewayv2/api:Api", "http", protocolType="HTTP")
test_method_authorization = table(
    "apigateway-method-authorization",
    fails("open to everyone", method(), API, at="authorization"),
    passes("IAM", method(authorization="AWS_IAM"), API),
    passes("the preflight request of a browser", method(httpMethod="OPTIONS"), API),
    fails("an API key is no authorization", method(apiKeyRequired=True), API, at="authorization"),
    fails("a route without", route("GET /items"), at="authorizationType", says="GET /items"),
    passes("a route with JWT", route("GET /items", authorizationType="JWT")),
    not_applicable("an OPTIONS route", route("OPTIONS /items")),
    fails("everything else of an HTTP API", route("$default", HTTP.id), HTTP, at="authorizationType"),
    not_applicable("everything else of a WebSocket API", route("$default", SOCKETS.id), SOCKETS),
    fails("the start of a WebSocket", route("$connect", SOCKETS.id), SOCKETS, at="authorizationType"),
    not_applicable("a message of a WebSocket", route("send", SOCKETS.id), SOCKETS),
    undecided("unknown", method(authorization=UNKNOWN), API, at="authorization"),
    undecided("an unknown route", route(UNKNOWN), at="routeKey"),
)

test_method_cognito_authorizer = table(
    "apigateway-method-cognito-authorizer",
    fails("IAM", method(authorization="AWS_IAM"), API, at="authorization"),
    passes("a user pool", method(authorization="COGNITO_USER_POOLS", authorizerId="a1"), API),
    not_applicable("OPTIONS", method(httpMethod="OPTIONS"), API),
    undecided("unknown", method(authorization=UNKNOWN), API, at="authorization"),
)


def validator(api: object = API.id, body: object = True, parameters: object = True, **options: object) -> R:
    return R(
        "aws:apigateway/requestValidator:RequestValidator",
        "validator",
        restApi=api,
        validateRequestBody=body,
        validateRequestParameters=parameters,
        **options,
    )


test_request_validation = table(
    "apigateway-request-validation",
    fails("none", API, at="", says="both body and parameters"),
    passes("body and parameters", API, validator()),
    passes("in a component", API, validator(parent=COMPONENT), COMPONENT),
    fails("the body only", API, validator(parameters=False), at="", says="both body and parameters"),
    fails("one API of two", API, OTHER_API, validator(OTHER_API.id), at="", says="both body and parameters"),
    undecided("unknown", API, validator(body=UNKNOWN)),
    undecided("of an unknown API", API, validator(UNKNOWN)),
    undecided("a body may hold one", R("aws:apigateway/restApi:RestApi", "api", body="{}"), at="body", only=None),
)


def api(types: object) -> R:
    return R("aws:apigateway/restApi:RestApi", "api", endpointConfiguration={"types": types})


REGIONAL = {"allowed": ["REGIONAL", "PRIVATE"]}
test_endpoint_type_allowed = table(
    "apigateway-endpoint-type-allowed",
    fails("edge where only regional is allowed", api("EDGE"), parameters=REGIONAL, says="EDGE"),
    passes("regional", api("REGIONAL"), parameters=REGIONAL),
    passes("everything is allowed unless set", api("EDGE")),
    fails("an API is edge unless it says otherwise", API, parameters=REGIONAL, at="endpointConfiguration.types"),
    fails("types as a list", api(["EDGE"]), parameters=REGIONAL, at="endpointConfiguration.types"),
    fails(
        "a domain",
        R("aws:apigateway/domainName:DomainName", "domain", domainName="a.b.org"),
        parameters=REGIONAL,
        at="endpointConfiguration.types",
    ),
    undecided("unknown", api(UNKNOWN), parameters=REGIONAL),
)
