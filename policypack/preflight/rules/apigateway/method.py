"""Methods and routes: their integrations are complete, and they ask who calls."""

from __future__ import annotations

from typing import Final

from ...rule import Findings, Kind, NotApplicable, Parameter, Parameters, Resource, Severity, rule
from ...stack import Stack
from .._shared_graph import settled
from ._parts import INTEGRATION, METHOD, REST_API, same_api

AUTHORIZER: Final = "aws:apigateway/authorizer:Authorizer"
ROUTE: Final = "aws:apigatewayv2/route:Route"
HTTP_API: Final = "aws:apigatewayv2/api:Api"
FUNCTIONS: Final = ("aws:lambda/function:Function", "aws:lambda/alias:Alias")
DOMAIN_NAME: Final = "aws:apigateway/domainName:DomainName"


@rule(INTEGRATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def integration_complete(integration: Resource, stack: Stack) -> Findings:
    """An integration has the method and the address that its type needs; POST where it is a Lambda function.

    Why: API Gateway refuses an integration without them ("BadRequestException: Enumeration value for HttpMethod must be
    non-empty", "Invalid HTTP endpoint specified for URI"). With another method than POST a Lambda function is never
    invoked: each request is answered with "Internal server error".
    Fix: Set uri, and `integrationHttpMethod="POST"` for Lambda.
    Source: Amazon API Gateway API Reference, "PutIntegration".
    """
    kind = (integration.text("type") or "").upper()
    if kind not in ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY"):
        return
    if not integration.has("uri"):
        yield integration.finding(
            f"the integration is of type {kind} and has no `uri`; set the address of the back end", at="uri"
        )
    if not integration.has("integrationHttpMethod"):
        if kind.startswith("AWS"):
            yield integration.finding(
                f"the integration is of type {kind} and has no `integrationHttpMethod`; set it (POST for Lambda)",
                at="integrationHttpMethod",
            )
        return
    method = integration.text("integrationHttpMethod")
    if kind.startswith("AWS") and method != "POST" and _is_lambda(integration, stack):
        yield integration.finding(
            f"the integration calls a Lambda function with {method}; Lambda accepts only POST, whatever the method's "
            "own verb is",
            at="integrationHttpMethod",
            severity=Severity.HIGH,
        )


def _is_lambda(integration: Resource, stack: Stack) -> bool:
    if stack.referred_by(integration, "uri", *FUNCTIONS).certain:
        return True
    return ":lambda:path/" in (integration.text("uri") or "")


_FITTING: Final = {"CUSTOM": ("TOKEN", "REQUEST"), "COGNITO_USER_POOLS": ("COGNITO_USER_POOLS",)}


@rule(METHOD, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def method_authorizer_set(method: Resource, stack: Stack) -> Findings:
    """A method with custom or Cognito authorization names an authorizer of that kind and of its own API.

    Why: API Gateway refuses others: "BadRequestException: Invalid authorizer ID specified. Setting the authorization
    type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer".
    Fix: Pass `authorizerId`; CUSTOM goes with authorizers of type TOKEN or REQUEST, COGNITO_USER_POOLS with
    COGNITO_USER_POOLS.
    Source: Amazon API Gateway API Reference, "PutMethod".
    """
    kind = method.text("authorization")
    fitting = _FITTING.get(kind or "")
    if fitting is None:
        return
    if not method.has("authorizerId"):
        yield method.finding(f"authorization is {kind} but `authorizerId` is not set", at="authorizerId")
        return
    for authorizer in stack.referred_by(method, "authorizerId", AUTHORIZER).certain:
        made = authorizer.text("type") or "TOKEN"
        if made not in fitting:
            yield method.finding(
                f"authorization is {kind}, but authorizer '{authorizer.name}' is of type {made}; it "
                f"accepts {' or '.join(fitting)}",
                at="authorizerId",
            )
        elif same_api(stack, method, authorizer) is False:
            yield method.finding(
                f"authorizer '{authorizer.name}' belongs to another API than the method", at="authorizerId"
            )


@rule((METHOD, ROUTE), kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def method_authorization(method: Resource, stack: Stack) -> Findings:
    """Every method and route asks for some authorization, except OPTIONS of CORS.

    Why: A method without authorization can be called by everyone who knows the address; an API key only counts calls.
    Fix: Set authorization (REST) or `authorizationType` (HTTP, WebSocket) to AWS_IAM, CUSTOM, JWT or
    COGNITO_USER_POOLS. A WebSocket API takes it at $connect.
    Source: Amazon API Gateway Developer Guide, "Control and manage access to REST APIs in API Gateway"; AWS Config rule
    api-gwv2-authorization-type-configured.
    """
    if method.is_a(METHOD):
        if method.text("httpMethod") != "OPTIONS" and (method.text("authorization") or "NONE") == "NONE":
            yield method.finding("anyone can call this method; set `authorization`", at="authorization")
        return
    if (method.text("authorizationType") or "NONE") != "NONE":
        return
    key = method.text("routeKey") or ""
    if key.startswith("OPTIONS ") or (" " not in key and key not in ("$connect", "$default")):
        raise NotApplicable("the route takes no authorization")
    if key == "$default":
        for api in stack.referred_by(method, "apiId", HTTP_API):
            if api.text("protocolType") == "WEBSOCKET":
                raise NotApplicable("a WebSocket API takes authorization at $connect")
    yield method.finding(f"anyone can call route '{key}'; set `authorizationType`", at="authorizationType")


@rule(METHOD, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def method_cognito_authorizer(method: Resource) -> Findings:
    """A REST method other than OPTIONS is authorized by a Cognito user pool.

    Why: A user pool knows users and groups, takes multi-factor sign-in, and hands out tokens that expire.
    Fix: Create an `aws.apigateway.Authorizer` of type COGNITO_USER_POOLS and set `authorization="COGNITO_USER_POOLS"`.
    Source: Amazon API Gateway Developer Guide, "Control access to REST APIs using Amazon Cognito user pools as an
    authorizer".
    """
    if method.text("httpMethod") == "OPTIONS":
        raise NotApplicable("OPTIONS is called before anybody has signed in")
    kind = method.text("authorization")
    if kind != "COGNITO_USER_POOLS":
        yield method.finding(f"authorization is {kind}, not COGNITO_USER_POOLS", at="authorization")


@rule(REST_API, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def request_validation(api: Resource, stack: Stack) -> Findings:
    """A REST API has a request validator that checks bodies and parameters.

    Why: A validator turns malformed requests away at the API, before code sees them.
    Fix: Create `aws.apigateway.RequestValidator` with `validateRequestBody=true` and `validateRequestParameters=true`,
    and name it in the methods (`requestValidatorId`).
    Source: Amazon API Gateway Developer Guide, "Request validation for REST APIs in API Gateway".
    """
    validators = stack.referring_to(api, "aws:apigateway/requestValidator:RequestValidator", via="restApi")
    for validator in validators.certain:
        if validator.flag("validateRequestBody") and validator.flag("validateRequestParameters"):
            return
    settled(None if validators.maybe_more else False, api, "name", "may have validators that are not known yet")
    settled(None if api.has("body") else False, api, "body", "may hold a request validator")
    yield api.finding(
        "the API has no request validator that checks both body and parameters; add `aws.apigateway.RequestValidator`"
    )


_TYPES: Final = ["EDGE", "REGIONAL", "PRIVATE"]


@rule(
    (REST_API, DOMAIN_NAME),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={"allowed": Parameter.of(_TYPES, "The endpoint types that may be used: EDGE, REGIONAL, PRIVATE.")},
)
def endpoint_type_allowed(resource: Resource, parameters: Parameters) -> Findings:
    """REST APIs and custom domains use an endpoint type that the settings allow (all three unless set).

    Why: EDGE puts CloudFront's servers all over the world in front of an API; REGIONAL stays in one Region, PRIVATE in
    VPCs.
    Fix: Set `endpointConfiguration.types` to an allowed one. Without it an API is EDGE.
    Source: Amazon API Gateway Developer Guide, "API endpoint types for REST APIs"; AWS Config rule
    api-gw-endpoint-type-check.
    """
    types = [str(found) for found in resource.values("endpointConfiguration.types")] or ["EDGE"]
    for found in types:
        if found not in parameters["allowed"]:
            yield resource.finding(
                f"the endpoint type is {found}; allowed is {', '.join(parameters['allowed'])}",
                at="endpointConfiguration.types",
            )
