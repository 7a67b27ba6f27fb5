"""A REST API with one stage that is logged, measured, throttled, traced and cached under encryption."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.functions import PythonFunction
from components.identity import ServiceRole
from components.logs import EncryptedLogGroup
from components.naming import Kind
from components.scope import Component, Scope
from components.streaming import EncryptedStream

ACCESS_LOG_FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "sourceIp": "$context.identity.sourceIp",
        "caller": "$context.identity.userArn",
        "method": "$context.httpMethod",
        "path": "$context.resourcePath",
        "status": "$context.status",
        "latencyMs": "$context.responseLatency",
        "error": "$context.error.message",
    }
)


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method on one path below the API's root, called by IAM principals with signed requests."""

    path: str
    """One path segment, such as `health`."""
    method: str
    """`GET`, `POST` and so on."""
    function: PythonFunction | None = None
    """Handles the request; without one, API Gateway itself answers 200 with `{"status": "ok"}`."""
    api_key_required: bool = False
    """Also ask for an API key of a usage plan."""
    request_schema: str | None = None
    """JSON schema (draft 4) that the request body has to match."""
    stream: EncryptedStream | None = None
    """Takes the request body as one record, instead of a function; the caller gets 202."""
    partition_key: str = "$context.requestId"
    """Mapping template of the record's partition key, such as `$input.path('$.source')`."""


class RestApi(Component):
    """A regional REST API. Deployment and stage are separate: the one stage is defined once, and each change
    redeploys."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        description: str,
        routes: Sequence[Route],
        burst_limit: int,
        rate_limit: float,
        log_group: EncryptedLogGroup,
        account_logging_role: bool,
        cache_gib: str = "0.5",
        cache_seconds: int = 60,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        routes: at least one.
        burst_limit, rate_limit: concurrent requests and requests per second that the stage takes before it answers 429.
        log_group: gets the access log as JSON once `account_logging_role` is on; the execution log shares its key and
            retention.
        account_logging_role: whether the account's baseline has given API Gateway its CloudWatch role. The role is one
            setting per
            account and Region (API Gateway Developer Guide, "Set up CloudWatch logging"), so no stack may own it;
            without it, a
            stage with execution or access logs is refused.
        cache_gib: size of the stage's cache: 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237.
        cache_seconds: how long GET responses are cached, 0 to 3600; they are encrypted.
        """
        super().__init__("reference:api:RestApi", name, scope=scope, opts=opts)
        api_name = self.physical(name, Kind.STAGE)
        self.api = aws.apigateway.RestApi(
            name,
            name=api_name,
            description=description,
            endpoint_configuration={"types": "REGIONAL"},
            tags=self.named(api_name),
            opts=self.inside(),
        )
        validator = aws.apigateway.RequestValidator(
            name,
            name=api_name,
            rest_api=self.api.id,
            validate_request_body=True,
            validate_request_parameters=True,
            opts=self.inside(),
        )
        paths = {
            path: aws.apigateway.Resource(
                f"{name}-{path}",
                rest_api=self.api.id,
                parent_id=self.api.root_resource_id,
                path_part=path,
                opts=self.inside(),
            )
            for path in dict.fromkeys(route.path for route in routes)
        }
        before_deployment = [
            resource for route in routes for resource in self._route(route, paths[route.path], validator)
        ]
        deployment = aws.apigateway.Deployment(
            name,
            rest_api=self.api.id,
            description=f"Routes of {api_name}",
            triggers={"routes": _fingerprint(routes)},
            opts=self.inside(depends_on=before_deployment),
        )
        certificate = aws.apigateway.ClientCertificate(
            name, description=f"Shown by {api_name} to its back ends", tags=self.named(api_name), opts=self.inside()
        )
        self.stage_name = scope.names.environment
        execution_logs = [self._execution_log(log_group)] if account_logging_role else []
        self.stage = aws.apigateway.Stage(
            name,
            rest_api=self.api.id,
            deployment=deployment.id,
            stage_name=self.stage_name,
            description=description,
            client_certificate_id=certificate.id,
            cache_cluster_enabled=True,
            cache_cluster_size=cache_gib,
            xray_tracing_enabled=True,
            access_log_settings={"destination_arn": log_group.arn, "format": ACCESS_LOG_FORMAT}
            if account_logging_role
            else None,
            tags=self.named(f"{api_name}-stage"),
            opts=self.inside(depends_on=execution_logs),
        )
        aws.apigateway.MethodSettings(
            name,
            rest_api=self.api.id,
            stage_name=self.stage.stage_name,
            method_path="*/*",
            settings={
                "metrics_enabled": True,
                "throttling_burst_limit": burst_limit,
                "throttling_rate_limit": rate_limit,
                "caching_enabled": True,
                "cache_data_encrypted": True,
                "cache_ttl_in_seconds": cache_seconds,
                "require_authorization_for_cache_control": True,
                "logging_level": "INFO" if account_logging_role else "OFF",
                "data_trace_enabled": False,  # request bodies don't belong into logs
            },
            opts=self.inside(),
        )
        self.api_name = api_name
        self.url = self.stage.invoke_url
        self.stage_arn = self.stage.arn
        self.register_outputs({"url": self.url})

    def usage_plan(
        self, name: str, *, burst_limit: int, rate_limit: float, requests_per_day: int
    ) -> aws.apigateway.ApiKey:
        """An API key with a usage plan on the stage. Returns the key, whose `value` is a secret."""
        plan_name = self.physical(name, Kind.STAGE)
        key = aws.apigateway.ApiKey(
            name,
            name=plan_name,
            description=f"Callers of {self.api_name}",
            tags=self.named(plan_name),
            opts=self.inside(),
        )
        plan = aws.apigateway.UsagePlan(
            name,
            name=plan_name,
            description=f"Limits of {self.api_name}",
            api_stages=[{"api_id": self.api.id, "stage": self.stage.stage_name}],
            throttle_settings={"burst_limit": burst_limit, "rate_limit": rate_limit},
            quota_settings={"limit": requests_per_day, "period": "DAY"},
            tags=self.named(plan_name),
            opts=self.inside(),
        )
        aws.apigateway.UsagePlanKey(name, key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id, opts=self.inside())
        return key

    def _execution_log(self, like: EncryptedLogGroup) -> aws.cloudwatch.LogGroup:
        """API Gateway makes this group itself, without encryption or retention, when it is not there."""
        name = f"{self.name}-execution"
        return aws.cloudwatch.LogGroup(
            name,
            name=pulumi.Output.concat("API-Gateway-Execution-Logs_", self.api.id, "/", self.stage_name),
            kms_key_id=like.key.arn,
            retention_in_days=like.retention_days,
            tags=self.named(self.physical(name, Kind.TAG)),
            opts=self.inside(depends_on=like.key.ready),
        )

    def _route(
        self, route: Route, resource: aws.apigateway.Resource, validator: aws.apigateway.RequestValidator
    ) -> list[pulumi.Resource]:
        name = f"{self.name}-{route.method.lower()}-{route.path}"
        models = None
        if route.request_schema:
            model = aws.apigateway.Model(
                name,
                rest_api=self.api.id,
                name="".join(part.capitalize() for part in (route.method.lower(), *route.path.split("-"))),
                description=f"Body of {route.method} /{route.path}",
                content_type="application/json",
                schema=route.request_schema,
                opts=self.inside(),
            )
            models = {"application/json": model.name}
        method = aws.apigateway.Method(
            name,
            rest_api=self.api.id,
            resource_id=resource.id,
            http_method=route.method,
            authorization="AWS_IAM",
            api_key_required=route.api_key_required,
            request_validator_id=validator.id,
            request_models=models,
            opts=self.inside(),
        )
        if route.function:
            return [method, self._proxy(name, route, route.function, resource, method)]
        if route.stream:
            return [method, *self._record(name, route, route.stream, resource, method)]
        return [method, *self._constant(name, resource, method)]

    def _proxy(
        self,
        name: str,
        route: Route,
        function: PythonFunction,
        resource: aws.apigateway.Resource,
        method: aws.apigateway.Method,
    ) -> aws.apigateway.Integration:
        source = pulumi.Output.concat(self.api.execution_arn, "/*/", route.method, "/", route.path)
        function.allow_invocation(f"from-{name}", service="apigateway.amazonaws.com", source_arn=source)
        return aws.apigateway.Integration(
            name,
            rest_api=self.api.id,
            resource_id=resource.id,
            http_method=method.http_method,
            type="AWS_PROXY",
            integration_http_method="POST",
            uri=function.invoke_arn,
            opts=self.inside(),
        )

    def _record(
        self,
        name: str,
        route: Route,
        stream: EncryptedStream,
        resource: aws.apigateway.Resource,
        method: aws.apigateway.Method,
    ) -> list[pulumi.Resource]:
        """Puts the body on a stream without code between (API Gateway Developer Guide, "Amazon Kinesis proxy")."""
        role = ServiceRole(
            name,
            scope=self.scope,
            service="apigateway.amazonaws.com",
            statements=[stream.writing(), stream.key.usage()],
            opts=pulumi.ResourceOptions(parent=self),
        )
        record = {
            "StreamName": stream.stream_name,
            "Data": "$util.base64Encode($input.body)",
            "PartitionKey": route.partition_key,
        }
        integration = aws.apigateway.Integration(
            name,
            rest_api=self.api.id,
            resource_id=resource.id,
            http_method=method.http_method,
            type="AWS",
            integration_http_method="POST",
            uri=f"arn:{self.scope.partition}:apigateway:{self.scope.region}:kinesis:action/PutRecord",
            credentials=role.arn,
            passthrough_behavior="NEVER",
            request_parameters={"integration.request.header.Content-Type": "'application/x-amz-json-1.1'"},
            request_templates={"application/json": json.dumps(record)},
            opts=self.inside(depends_on=role.ready),
        )
        answers: list[pulumi.Resource] = []
        for status, pattern, body in (
            ("202", None, {"status": "accepted"}),
            ("503", r"[45]\d{2}", {"status": "try again later"}),
        ):
            answer = aws.apigateway.MethodResponse(
                f"{name}-{status}",
                rest_api=self.api.id,
                resource_id=resource.id,
                http_method=method.http_method,
                status_code=status,
                opts=self.inside(),
            )
            mapping = aws.apigateway.IntegrationResponse(
                f"{name}-{status}",
                rest_api=self.api.id,
                resource_id=resource.id,
                http_method=method.http_method,
                status_code=answer.status_code,
                selection_pattern=pattern,
                response_templates={"application/json": json.dumps(body)},
                opts=self.inside(depends_on=[integration]),
            )
            answers += [answer, mapping]
        return [integration, *answers]

    def _constant(
        self, name: str, resource: aws.apigateway.Resource, method: aws.apigateway.Method
    ) -> list[pulumi.Resource]:
        integration = aws.apigateway.Integration(
            name,
            rest_api=self.api.id,
            resource_id=resource.id,
            http_method=method.http_method,
            type="MOCK",
            request_templates={"application/json": json.dumps({"statusCode": 200})},
            opts=self.inside(),
        )
        answer = aws.apigateway.MethodResponse(
            name,
            rest_api=self.api.id,
            resource_id=resource.id,
            http_method=method.http_method,
            status_code="200",
            opts=self.inside(),
        )
        body = aws.apigateway.IntegrationResponse(
            name,
            rest_api=self.api.id,
            resource_id=resource.id,
            http_method=method.http_method,
            status_code=answer.status_code,
            response_templates={"application/json": json.dumps({"status": "ok"})},
            opts=self.inside(depends_on=[integration]),
        )
        return [integration, answer, body]


def _fingerprint(routes: Sequence[Route]) -> str:
    """Changes whenever a deployment would: with the routes, their functions and their schemas."""
    plain = [
        [
            route.path,
            route.method,
            route.function.name if route.function else "",
            route.api_key_required,
            route.request_schema or "",
            [route.stream.name, route.partition_key] if route.stream else [],
        ]
        for route in routes
    ]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()
