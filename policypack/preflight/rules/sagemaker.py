"""SageMaker notebooks and endpoints."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ._shared_flags import named

NOTEBOOK: Final = "aws:sagemaker/notebookInstance:NotebookInstance"
ENDPOINT_CONFIGURATION: Final = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"


@rule(
    ENDPOINT_CONFIGURATION,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def endpoint_kms(configuration: Resource) -> Findings:
    """The endpoint configuration names a KMS key for the storage of its instances.

    Why: Models and captured requests lie on that storage.
    Fix: Set `kmsKeyArn`. Instance types with local NVMe storage encrypt it themselves and do not support a key.
    Source: Amazon SageMaker API Reference, "CreateEndpointConfig"; AWS Config rule
    sagemaker-endpoint-configuration-kms-key-configured.
    """
    yield from named(configuration, "kmsKeyArn", "names no KMS key; set `kmsKeyArn`")


@rule(
    NOTEBOOK,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def notebook_kms(notebook: Resource) -> Findings:
    """The notebook's volume is encrypted under a named KMS key.

    Why: Notebooks hold data and credentials of those who work in them.
    Fix: Set `kmsKeyId`.
    Source: Amazon SageMaker API Reference, "CreateNotebookInstance"; AWS Config rule
    sagemaker-notebook-instance-kms-key-configured.
    """
    yield from named(notebook, "kmsKeyId", "names no KMS key; set `kmsKeyId`")


@rule(
    NOTEBOOK,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def notebook_internet_by_vpc(notebook: Resource) -> Findings:
    """A notebook reaches the internet through its VPC only.

    Why: Direct access passes by all that guards the VPC, and data leaves unseen.
    Fix: Set `directInternetAccess="Disabled"`, with `subnetId` and `securityGroups`; it is enabled when left out.
    Source: Amazon SageMaker Developer Guide, "Connect a notebook instance in a VPC to external resources"; AWS Config
    rule sagemaker-notebook-no-direct-internet-access.
    """
    if notebook.text("directInternetAccess") != "Disabled":
        yield notebook.finding(
            'has direct internet access; set `directInternetAccess` to "Disabled"', at="directInternetAccess"
        )


@rule(
    NOTEBOOK,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def notebook_in_vpc(notebook: Resource) -> Findings:
    """The notebook sits in a VPC.

    Why: Outside one no security group and no flow log sees its traffic.
    Fix: Set `subnetId` and `securityGroups`.
    Source: Amazon SageMaker Developer Guide, "Connect a notebook instance in a VPC to external resources"; AWS Config
    rule sagemaker-notebook-instance-inside-vpc.
    """
    yield from named(notebook, "subnetId", "is not in a VPC; set `subnetId`")


@rule(
    NOTEBOOK,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def notebook_root_off(notebook: Resource) -> Findings:
    """Users of the notebook are not root on it.

    Why: Root reads the credentials of the notebook's role, and changes what logs and guards it.
    Fix: Set `rootAccess="Disabled"`; it is enabled when left out.
    Source: Amazon SageMaker Developer Guide, "Control root access to a SageMaker notebook instance"; AWS Config rule
    sagemaker-notebook-instance-root-access-check.
    """
    if notebook.text("rootAccess") != "Disabled":
        yield notebook.finding('lets its users be root; set `rootAccess` to "Disabled"', at="rootAccess")
