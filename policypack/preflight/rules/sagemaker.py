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
    controls={
        "hipaa": "164.312(a)(2)(iv) 164.312(e)(2)(ii)",
        "nist-800-53-r5": "AU-9(3) CP-9d SC-8(3) SC-8(4) SC-13a SC-28(1) SI-19(4)",
        "pci-dss-3.2.1": "3.4 8.2.1",
        "fedramp-moderate": "SC-13 SC-28",
    },
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
    controls={
        "hipaa": "164.312(a)(2)(iv) 164.312(e)(2)(ii)",
        "nist-800-53-r5": "AU-9(3) CP-9d SC-8(3) SC-8(4) SC-13a SC-28(1) SI-19(4)",
        "pci-dss-3.2.1": "3.4 8.2.1",
        "pci-dss-4.0": "3.5.1 8.3.2",
        "fedramp-moderate": "SC-13 SC-28",
    },
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
    controls={
        "hipaa": "164.308(a)(3)(i) 164.308(a)(4)(ii)(A) 164.308(a)(4)(ii)(C) 164.312(a)(1) 164.312(e)(1)",
        "nist-800-53-r5": (
            "AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17b AC-17(1) AC-17(4)(a) AC-17(9) AC-17(10) MP-2 SC-7a SC-7b "
            "SC-7c SC-7(2) SC-7(3) SC-7(7) SC-7(9)(a) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24)(b) "
            "SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25"
        ),
        "pci-dss-3.2.1": "1.2 1.2.1 1.3 1.3.1 1.3.2 1.3.4 1.3.6 2.2.2",
        "pci-dss-4.0": "1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 10.3.2 3.5.1.3 A1.1.2 A1.1.3 A3.4.1",
        "fedramp-moderate": "AC-3 AC-4 AC-6 AC-17(1) AC-21(b) CM-2 SC-4 SC-7 SC-7(3)",
    },
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
    controls={
        "pci-dss-4.0": "1.2.8 1.3.1 1.3.2 1.4.1 1.4.2 1.4.4 1.5.1 A1.1.3",
    },
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
    controls={
        "pci-dss-4.0": "7.2.1 7.2.2 7.2.3",
    },
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
