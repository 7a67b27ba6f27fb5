"""Inputs whose ARN must be of the resource's own region (each service's API reference, written 2026-11).

Not here: what may cross regions (SNS endpoints, event bus targets, S3 replication, CloudFront, backup copies).
"""

from __future__ import annotations

from collections.abc import Mapping

# Type -> paths of inputs, without list indexes.
SAME_REGION: Mapping[str, tuple[str, ...]] = {
    "aws:apigateway/vpcLink:VpcLink": ("targetArn",),
    "aws:cloudtrail/trail:Trail": ("kmsKeyId",),
    "aws:cloudwatch/logGroup:LogGroup": ("kmsKeyId",),
    "aws:dynamodb/table:Table": ("serverSideEncryption.kmsKeyArn",),
    "aws:ebs/volume:Volume": ("kmsKeyId",),
    "aws:ecr/repository:Repository": ("encryptionConfigurations.kmsKey",),
    "aws:ecs/service:Service": ("cluster", "loadBalancers.targetGroupArn", "serviceRegistries.registryArn"),
    "aws:efs/fileSystem:FileSystem": ("kmsKeyId",),
    "aws:eks/cluster:Cluster": ("encryptionConfig.provider.keyArn",),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("kmsKeyId",),
    "aws:kinesis/stream:Stream": ("kmsKeyId",),
    "aws:lambda/eventSourceMapping:EventSourceMapping": ("eventSourceArn",),
    "aws:lambda/function:Function": ("layers", "kmsKeyArn", "deadLetterConfig.targetArn", "fileSystemConfig.arn"),
    "aws:lb/listener:Listener": ("loadBalancerArn", "certificateArn", "defaultActions.targetGroupArn"),
    "aws:alb/listener:Listener": ("loadBalancerArn", "certificateArn", "defaultActions.targetGroupArn"),
    "aws:lb/listenerCertificate:ListenerCertificate": ("listenerArn", "certificateArn"),
    "aws:alb/listenerCertificate:ListenerCertificate": ("listenerArn", "certificateArn"),
    "aws:lb/listenerRule:ListenerRule": ("listenerArn", "actions.targetGroupArn"),
    "aws:alb/listenerRule:ListenerRule": ("listenerArn", "actions.targetGroupArn"),
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": ("targetGroupArn",),
    "aws:alb/targetGroupAttachment:TargetGroupAttachment": ("targetGroupArn",),
    "aws:rds/cluster:Cluster": ("kmsKeyId", "masterUserSecretKmsKeyId"),
    "aws:rds/instance:Instance": ("kmsKeyId", "masterUserSecretKmsKeyId", "performanceInsightsKmsKeyId"),
    "aws:redshift/cluster:Cluster": ("kmsKeyId",),
    "aws:s3/bucketNotification:BucketNotification": (
        "lambdaFunctions.lambdaFunctionArn",
        "queues.queueArn",
        "topics.topicArn",
    ),
    "aws:secretsmanager/secret:Secret": ("kmsKeyId",),
    "aws:secretsmanager/secretRotation:SecretRotation": ("rotationLambdaArn",),
    "aws:sqs/queue:Queue": ("kmsMasterKeyId",),
}
