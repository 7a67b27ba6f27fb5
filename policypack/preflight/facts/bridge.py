"""Which of the provider's two halves serves a resource type: they treat misspelt properties differently.

pulumi-aws bridges terraform-provider-aws, whose resources are built with one of two libraries:

* the older SDK: a nested property it doesn't know is refused at preview ("Invalid or unknown key"), but Terraform's own
  spelling of a known one is taken as well (``lifecycle_rule`` and ``lifecycleRule`` for ``lifecycleRules``); values are
  converted ("true" to a boolean, one object to a list of one);
* the plugin framework: a property it doesn't know is dropped without a word, and values have to have the right shape
  ("Expected an Array PropertyValue").

Source: the schema of terraform-provider-aws 5.100.0 (the release behind pulumi-aws 6.83.4), in which the `id` of the
older kind is optional and that of the newer kind is not; pulumi-terraform-bridge ``pkg/tfbridge/schema.go`` and
``pkg/convert``. Types only ever move from the older library to the newer one.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from preflight.facts import schema

DATED: Final = "2025-06"

_FRAMEWORK: Final = {
    "amp": "Scraper WorkspaceConfiguration",
    "apigateway": "Account DomainNameAccessAssociation RestApiPut",
    "appconfig": "Environment",
    "appfabric": "AppAuthorization AppAuthorizationConnection AppBundle Ingestion IngestionDestination",
    "apprunner": "DefaultAutoScalingConfigurationVersion Deployment",
    "appsync": "SourceApiAssociation",
    "athena": "CapacityReservation",
    "auditmanager": (
        "AccountRegistration Assessment AssessmentDelegation AssessmentReport Control Framework FrameworkShare "
        "OrganizationAdminAccountRegistration"
    ),
    "backup": "LogicallyAirGappedVault RestoreTestingPlan RestoreTestingSelection",
    "batch": "JobQueue",
    "bcmdata": "Export",
    "bedrock": (
        "AgentAgent AgentAgentActionGroup AgentAgentAlias AgentAgentCollaborator "
        "AgentAgentKnowledgeBaseAssociation AgentDataSource AgentKnowledgeBase AgentPrompt CustomModel Guardrail "
        "GuardrailVersion InferenceProfile ProvisionedModelThroughput"
    ),
    "bedrockmodel": "InvocationLoggingConfiguration",
    "cfg": "RetentionConfiguration",
    "chatbot": "SlackChannelConfiguration TeamsChannelConfiguration",
    "chime": "SdkvoiceVoiceProfileDomain",
    "chimesdkmediapipelines": "MediaInsightsPipelineConfiguration",
    "cleanrooms": "Collaboration Membership",
    "cloudfront": "ContinuousDeploymentPolicy KeyValueStore KeyvaluestoreKey KeyvaluestoreKeysExclusive VpcOrigin",
    "cloudtrail": "OrganizationDelegatedAdminAccount",
    "cloudwatch": (
        "ContributorInsightRule ContributorManagedInsightRule LogAnomalyDetector LogDelivery "
        "LogDeliveryDestination LogDeliveryDestinationPolicy LogDeliverySource LogIndexPolicy"
    ),
    "codebuild": "Fleet",
    "codeconnections": "Connection Host",
    "codeguruprofiler": "ProfilingGroup",
    "cognito": "ManagedUserPoolClient UserPoolClient",
    "computeoptimizer": "EnrollmentStatus RecommendationPreferences",
    "costoptimizationhub": "EnrollmentStatus Preferences",
    "dataexchange": "EventAction RevisionAssets",
    "datazone": (
        "AssetType Domain Environment EnvironmentBlueprintConfiguration EnvironmentProfile FormType Glossary "
        "GlossaryTerm Project UserProfile"
    ),
    "devopsguru": "EventSourcesConfig NotificationChannel ResourceCollection ServiceIntegration",
    "directoryservice": "Trust",
    "docdb": "ElasticCluster",
    "drs": "ReplicationConfigurationTemplate",
    "dsql": "Cluster ClusterPeering",
    "dynamodb": "ResourcePolicy",
    "ebs": "FastSnapshotRestore",
    "ec2": (
        "CapacityBlockReservation DefaultCreditSpecification EipDomainName InstanceMetadataDefaults "
        "NetworkInterfacePermission VpcBlockPublicAccessExclusion VpcBlockPublicAccessOptions"
    ),
    "ec2transitgateway": "DefaultRouteTableAssociation DefaultRouteTablePropagation InstanceConnectEndpoint",
    "ecr": "AccountSetting",
    "eks": "PodIdentityAssociation",
    "elasticache": "ServerlessCache",
    "finspace": "KxEnvironment",
    "fms": "ResourceSet",
    "globalaccelerator": "CrossAccountAttachment",
    "glue": "CatalogTableOptimizer",
    "grafana": "WorkspaceServiceAccount WorkspaceServiceAccountToken",
    "guardduty": "MalwareProtectionPlan MemberDetectorFeature",
    "iam": (
        "GroupPoliciesExclusive GroupPolicyAttachmentsExclusive OrganizationsFeatures RolePoliciesExclusive "
        "RolePolicyAttachmentsExclusive UserPoliciesExclusive UserPolicyAttachmentsExclusive"
    ),
    "imagebuilder": "LifecyclePolicy",
    "inspector2": "Filter",
    "iot": "BillingGroup",
    "kinesis": "ResourcePolicy",
    "lakeformation": "DataCellsFilter OptIn ResourceLfTag",
    "lambda": "FunctionRecursionConfig RuntimeManagementConfig",
    "lex": "V2modelsBot V2modelsBotLocale V2modelsBotVersion V2modelsIntent V2modelsSlot V2modelsSlotType",
    "m2": "Application Deployment Environment",
    "macie2": "OrganizationConfiguration",
    "medialive": "MultiplexProgram",
    "mediapackagev2": "ChannelGroup",
    "memorydb": "MultiRegionCluster",
    "msk": "SingleScramSecretAssociation",
    "neptunegraph": "Graph",
    "networkfirewall": "TlsInspectionConfiguration",
    "networkmanager": "DxGatewayAttachment",
    "networkmonitor": "Monitor Probe",
    "notifications": "ChannelAssociation ContactsEmailContact EventRule NotificationConfiguration NotificationHub",
    "opensearch": (
        "AuthorizeVpcEndpointAccess ServerlessAccessPolicy ServerlessCollection ServerlessLifecyclePolicy "
        "ServerlessSecurityConfig ServerlessSecurityPolicy ServerlessVpcEndpoint"
    ),
    "opensearchingest": "Pipeline",
    "paymentcryptography": "Key KeyAlias",
    "pinpoint": "EmailTemplate Smsvoicev2ConfigurationSet Smsvoicev2OptOutList Smsvoicev2PhoneNumber",
    "qbusiness": "Application",
    "quicksight": (
        "AccountSettings FolderMembership IamPolicyAssignment Ingestion Namespace RefreshSchedule RoleMembership "
        "TemplateAlias VpcConnection"
    ),
    "rbin": "Rule",
    "rds": "ClusterSnapshotCopy ExportTask InstanceDesiredState Integration ShardGroup",
    "redshift": "DataShareAuthorization DataShareConsumerAssociation Integration Logging SnapshotCopy",
    "redshiftserverless": "CustomDomainAssociation",
    "rekognition": "Collection Project StreamProcessor",
    "resiliencehub": "ResiliencyPolicy",
    "resourceexplorer": "Index View",
    "route53": (
        "CidrCollection CidrLocation ProfilesAssociation ProfilesProfile ProfilesResourceAssociation RecordsExclusive"
    ),
    "route53domains": "DelegationSignerRecord Domain",
    "s3": "BucketLifecycleConfigurationV2 DirectoryBucket",
    "s3control": (
        "AccessGrant AccessGrantsInstance AccessGrantsInstanceResourcePolicy AccessGrantsLocation "
        "DirectoryBucketAccessPointScope"
    ),
    "s3tables": "Namespace Table TableBucket TableBucketPolicy TablePolicy",
    "securityhub": "AutomationRule StandardsControlAssociation",
    "securitylake": "AwsLogSource CustomLogSource DataLake Subscriber SubscriberNotification",
    "servicecatalog": "AppregistryApplication AppregistryAttributeGroup AppregistryAttributeGroupAssociation",
    "servicequotas": "Template TemplateAssociation",
    "sesv2": "AccountSuppressionAttributes",
    "shield": (
        "ApplicationLayerAutomaticResponse DrtAccessLogBucketAssociation DrtAccessRoleArnAssociation "
        "ProactiveEngagement Subscription"
    ),
    "ssm": "ContactsRotation QuicksetupConfigurationManager",
    "ssoadmin": (
        "Application ApplicationAccessScope ApplicationAssignment ApplicationAssignmentConfiguration TrustedTokenIssuer"
    ),
    "timestreaminfluxdb": "DbInstance",
    "timestreamquery": "ScheduledQuery",
    "verifiedpermissions": "IdentitySource Policy PolicyStore PolicyTemplate Schema",
    "vpc": (
        "EndpointPrivateDns EndpointServicePrivateDnsVerification RouteServer RouteServerEndpoint RouteServerPeer "
        "RouteServerPropagation RouteServerVpcAssociation SecurityGroupEgressRule SecurityGroupIngressRule "
        "SecurityGroupVpcAssociation"
    ),
    "vpclattice": "ResourceConfiguration ResourceGateway ServiceNetworkResourceAssociation",
    "wafv2": "ApiKey",
    "workspaces": "ConnectionAlias",
    "workspacesweb": (
        "BrowserSettings DataProtectionSettings IpAccessSettings NetworkSettings UserAccessLoggingSettings UserSettings"
    ),
    "xray": "ResourcePolicy",
}
"""Service to the names of its framework types."""


@cache
def is_framework(token: str) -> bool:
    """Whether the type is known to be built with the plugin framework. Types newer than the table may be, too."""
    service, _, rest = token.partition(":")[2].partition("/")
    name = rest.rpartition(":")[2]
    # Major 7 took the suffix off the S3 types that major 6 calls ...V2.
    older = name if schema.resource(token, 6) is not None else f"{name}V2"
    return older in _FRAMEWORK.get(service, "").split() or name in _FRAMEWORK.get(service, "").split()


_SINGULAR_TEXTS: Final = {
    "accessanalyzer": "eq neq",
    "apigatewayv2": "audience",
    "appflow": "prefixHierarchy",
    "appmesh": "exact",
    "batch": "instanceType command",
    "cloudformation": "regionOrder",
    "cloudtrail": "endsWith notEndsWith notStartsWith startsWith",
    "cognito": "blockedIpRangeList eventFilter skippedIpRangeList",
    "fms": "account orgunit resourceTypeList",
    "glue": "header matchCriteria securityGroupIdList",
    "lambda": "command entryPoint",
    "macie2": "eq eqExactMatch neq",
    "networkfirewall": "definition",
    "pipes": "command",
    "securityhub": "value",
}


def has_singular_texts(token: str, name: str) -> bool:
    """Whether Terraform has a list of texts under this singular name (camelCase) in the type's service: the older half
    takes it beside the plural that Pulumi makes of it, as in ``ipSet.definition`` for ``definitions``.
    """
    service = token.partition(":")[2].partition("/")[0]
    return name in _SINGULAR_TEXTS.get(service, "").split()
