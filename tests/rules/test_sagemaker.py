"""SageMaker."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
ENDPOINT = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
KEY = R("aws:kms/key:Key", "key")

test_endpoint_kms = table(
    "sagemaker-endpoint-kms",
    fails("absent", R(ENDPOINT, "endpoint"), at="kmsKeyArn"),
    passes("a key of the program", R(ENDPOINT, "endpoint", kmsKeyArn=KEY.arn), KEY),
    passes("an unknown key is one", R(ENDPOINT, "endpoint", kmsKeyArn=UNKNOWN)),
)

test_notebook_kms = table(
    "sagemaker-notebook-kms",
    fails("absent", R(NOTEBOOK, "notebook"), at="kmsKeyId"),
    passes("a key of the program", R(NOTEBOOK, "notebook", kmsKeyId=KEY.id), KEY),
    passes("an unknown key is one", R(NOTEBOOK, "notebook", kmsKeyId=UNKNOWN)),
)

test_notebook_internet_by_vpc = table(
    "sagemaker-notebook-internet-by-vpc",
    fails("on when absent", R(NOTEBOOK, "notebook"), at="directInternetAccess"),
    passes("off", R(NOTEBOOK, "notebook", directInternetAccess="Disabled", subnetId="subnet-1")),
    fails("on", R(NOTEBOOK, "notebook", directInternetAccess="Enabled"), at="directInternetAccess"),
    undecided("unknown", R(NOTEBOOK, "notebook", directInternetAccess=UNKNOWN), at="directInternetAccess"),
)

test_notebook_in_vpc = table(
    "sagemaker-notebook-in-vpc",
    fails("absent", R(NOTEBOOK, "notebook"), at="subnetId"),
    passes("a subnet", R(NOTEBOOK, "notebook", subnetId="subnet-1")),
    passes("an unknown subnet is one", R(NOTEBOOK, "notebook", subnetId=UNKNOWN)),
)

test_notebook_root_off = table(
    "sagemaker-notebook-root-off",
    fails("on when absent", R(NOTEBOOK, "notebook"), at="rootAccess"),
    passes("off", R(NOTEBOOK, "notebook", rootAccess="Disabled")),
    undecided("unknown", R(NOTEBOOK, "notebook", rootAccess=UNKNOWN), at="rootAccess"),
)
