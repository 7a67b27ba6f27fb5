import pytest


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_it_would_deploy(preflight, stack):
    assert not preflight.preview(".", stack=stack).blocking


def test_production_keeps_receipts_for_ten_years(preflight):
    prod = preflight.preview(".", stack="prod")
    assert prod.find("aws.s3.Bucket", "receipts")["forceDestroy"] is False
    assert prod.find("aws.s3.BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
    [rule] = prod.find("aws.s3.BucketLifecycleConfiguration")["rules"]
    assert rule["expiration"]["days"] == 3650


def test_another_configuration(preflight):
    short = preflight.preview(".", stack="dev", config={"days": 7})
    [rule] = short.find("aws.s3.BucketLifecycleConfiguration")["rules"]
    assert rule["expiration"]["days"] == 7
