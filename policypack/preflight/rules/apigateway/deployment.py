"""Deployments of REST APIs: of a complete API, in order, and anew when the API changes."""

from __future__ import annotations

from typing import Final

from ...documents.answer import every
from ...rule import Certainty, Findings, Kind, Resource, Severity, Undecided, rule
from ...stack import Stack
from .._shared_graph import listed, same_target, same_text, settled
from ._parts import DEPLOYMENT, INTEGRATION, METHOD, REST_API, same_api

INTEGRATION_RESPONSE: Final = "aws:apigateway/integrationResponse:IntegrationResponse"
REST_API_POLICY: Final = "aws:apigateway/restApiPolicy:RestApiPolicy"
REST_API_PUT: Final = "aws:apigateway/restApiPut:RestApiPut"
RESOURCE: Final = "aws:apigateway/resource:Resource"


def _has_body(stack: Stack, api: Resource) -> bool:
    return api.has("body") or bool(stack.referring_to(api, REST_API_PUT, via="restApiId").certain)


@rule(DEPLOYMENT, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def deployment_after_methods(deployment: Resource, stack: Stack) -> Findings:
    """A REST API is deployed after all its methods and integrations are there.

    Why: A deployment is a snapshot. Made too early it is refused ("BadRequestException: The REST API doesn't contain
    any methods", "No integration defined for method") or lacks methods. Pulumi makes both at the same time unless told.
    Fix: Give the Deployment `dependsOn` with all methods and integrations, and triggers with a hash of them.
    Source: Amazon API Gateway API Reference, "CreateDeployment"; Pulumi Registry, `aws.apigateway.Deployment`.
    """
    for api in stack.referred_by(deployment, "restApi", REST_API):
        if _has_body(stack, api):
            continue
        partners = stack.referring_to(api, METHOD, INTEGRATION, via="restApi")
        late = [found for found in partners.certain if not stack.waits_for(deployment, found)]
        if late:
            yield deployment.finding(
                f"the deployment does not wait for {listed(found.name for found in late)} of its API; add `dependsOn` "
                "for all methods and integrations",
                certainty=Certainty.RACE,
            )
        elif partners.maybe_more:
            raise Undecided("restApi", deployment.urn, "may have methods that are not known yet")
        elif not any(found.is_a(METHOD) for found in partners.certain):
            yield deployment.finding(
                f"REST API '{api.name}' has neither a method in this program nor a body; API Gateway refuses to "
                "deploy it empty",
                at="restApi",
            )


@rule(DEPLOYMENT, kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def deployment_redeploys(deployment: Resource) -> Findings:
    """A deployment of a REST API has triggers, so that a change of the API is deployed.

    Why: A deployment is a snapshot that nothing renews: later changes of methods and integrations are made but never
    served.
    Fix: Set `triggers` with a hash of the API's definition; `variables` that change with the API have the same effect.
    Source: Pulumi Registry, `aws.apigateway.Deployment`; Amazon API Gateway Developer Guide, "Deploy REST APIs in API
    Gateway".
    """
    if not deployment.has("triggers") and not deployment.has("variables"):
        yield deployment.finding(
            "has no `triggers`, so later changes of the API are never served; set a hash of its definition",
            at="triggers",
        )


@rule(INTEGRATION_RESPONSE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def integration_response_after_integration(response: Resource, stack: Stack) -> Findings:
    """An integration response is made after its integration.

    Why: API Gateway puts the response into the integration, and refuses it while there is none ("NotFoundException:
    Invalid Integration identifier specified").
    Fix: Add the integration to `dependsOn` of the response, or use the integration's own `httpMethod`.
    Source: Amazon API Gateway API Reference, "PutIntegrationResponse".
    """
    for integration in stack.of_type(INTEGRATION):
        same = every(
            [
                same_text(response, "httpMethod", integration, "httpMethod"),
                same_target(stack, response, integration, "resourceId", RESOURCE, REST_API),
                same_api(stack, response, integration),
            ]
        )
        if same and not stack.waits_for(response, integration):
            yield response.finding(
                f"the response does not wait for Integration '{integration.name}' that it belongs to; add "
                f"'{integration.name}' to `dependsOn`",
                certainty=Certainty.RACE,
            )
            return


@rule((REST_API, DEPLOYMENT), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def private_api_has_policy(resource: Resource, stack: Stack) -> Findings:
    """A private REST API has a resource policy before it is deployed.

    Why: Nobody may call a private API without one, and API Gateway refuses to deploy it ("BadRequestException: Private
    REST API doesn't have a resource policy attached to it").
    Fix: Pass policy to the RestApi, or create `aws.apigateway.RestApiPolicy` and let the Deployment depend on it.
    Source: Amazon API Gateway Developer Guide, "Private REST APIs in API Gateway".
    """
    apis = [resource] if resource.is_a(REST_API) else stack.referred_by(resource, "restApi", REST_API).certain
    for api in apis:
        if "PRIVATE" not in list(api.values("endpointConfiguration.types")) or api.has("policy"):
            continue
        policies = stack.referring_to(api, REST_API_POLICY, via="restApiId")
        if resource.is_a(DEPLOYMENT):
            if policies.certain and not any(stack.waits_for(resource, policy) for policy in policies.certain):
                yield resource.finding(
                    f"the deployment of a private API does not wait for RestApiPolicy '{policies[0].name}'; add it "
                    "to `dependsOn`",
                    certainty=Certainty.RACE,
                )
        elif not policies:
            settled(None if _has_body(stack, api) else False, api, "body", "may hold the policy")
            yield api.finding(
                "the API is private and has no resource policy; set `policy`, or add an `aws.apigateway.RestApiPolicy`",
                at="policy",
            )
