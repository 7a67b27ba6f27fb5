"""ACLs, policies and the public access block."""

from __future__ import annotations

from typing import Any

from preflight.rule import Severity
from preflight.testing import UNKNOWN, V6, R, document, fails, passes, table, undecided

BUCKET = "aws:s3/bucket:Bucket"
ACL = "aws:s3/bucketAcl:BucketAcl"
ACL_V2 = "aws:s3/bucketAclV2:BucketAclV2"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
DATA = R(BUCKET, "data", bucket="data-1")
OTHER = R(BUCKET, "other", bucket="other-1")

CONTROLS = R(OWNERSHIP, "controls", bucket=DATA.id, rule={"objectOwnership": "BucketOwnerPreferred"})
ENFORCED = R(OWNERSHIP, "enforced", bucket=DATA.id, rule={"objectOwnership": "BucketOwnerEnforced"})
FOREIGN = R(OWNERSHIP, "foreign", bucket=OTHER.id, rule={"objectOwnership": "ObjectWriter"})

test_acl_allowed = table(
    "s3-acl-allowed",
    passes("allowed and ordered", R(ACL, "acl", bucket=DATA.id, acl="private", depends_on=[CONTROLS]), DATA, CONTROLS),
    passes("a bucket made elsewhere", R(ACL, "acl", bucket="elsewhere", acl="private")),
    passes("no ACL inline", DATA),
    passes("private inline is the default", R(BUCKET, "b", acl="private", provider=V6)),
    fails("no ownership controls", R(ACL, "acl", bucket=DATA.id, acl="private"), DATA, at="acl", says="data"),
    fails("ACLs kept disabled", R(ACL_V2, "acl", bucket=DATA.id, acl="private", depends_on=[ENFORCED]), DATA, ENFORCED, at="acl"),
    fails("not ordered", R(ACL, "acl", bucket=DATA.id, acl="private"), DATA, CONTROLS, says="dependsOn"),
    fails("another bucket's controls", R(ACL, "acl", bucket=DATA.id, acl="private"), DATA, OTHER, FOREIGN, at="acl"),
    fails("public inline", R(BUCKET, "b", acl="public-read", provider=V6), at="acl"),
    fails(
        "an imported bucket's own grant",
        R(
            BUCKET,
            "b",
            grants=[{"id": "0a1b2c", "permissions": ["FULL_CONTROL"], "type": "CanonicalUser"}],
            provider=V6,
        ),
        at="grants",
        severity=Severity.LOW,
    ),
    undecided("unknown ownership", R(ACL, "acl", bucket=DATA.id, acl="private"), DATA, R(OWNERSHIP, "o", bucket=DATA.id, rule={"objectOwnership": UNKNOWN})),
)  # fmt: skip


def statement(**parts: Any) -> dict[str, Any]:
    found = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::data-1/*",
        **parts,
    }
    return {"Version": "2012-10-17", "Statement": [found]}


PUBLIC = document(statement())
LIMITED = document(statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}))
OPEN_BLOCK = R(BLOCK, "open", bucket=DATA.id, blockPublicPolicy=False)
SHUT_BLOCK = R(BLOCK, "shut", bucket=DATA.id, blockPublicPolicy=True)

test_public_policy_allowed = table(
    "s3-public-policy-allowed",
    passes(
        "allowed and ordered", R(POLICY, "p", bucket=DATA.id, policy=PUBLIC, depends_on=[OPEN_BLOCK]), DATA, OPEN_BLOCK
    ),
    passes("not public", R(POLICY, "p", bucket=DATA.id, policy=LIMITED), DATA),
    passes("a bucket made elsewhere", R(POLICY, "p", bucket="elsewhere", policy=PUBLIC)),
    fails("blocked by default", R(POLICY, "p", bucket=DATA.id, policy=PUBLIC), DATA, at="policy"),
    fails(
        "blocked", R(POLICY, "p", bucket=DATA.id, policy=PUBLIC, depends_on=[SHUT_BLOCK]), DATA, SHUT_BLOCK, says="shut"
    ),
    fails("not ordered", R(POLICY, "p", bucket=DATA.id, policy=PUBLIC), DATA, OPEN_BLOCK, says="dependsOn"),
    undecided("an unknown policy", R(POLICY, "p", bucket=DATA.id, policy=UNKNOWN), DATA, at="policy"),
)

test_bucket_policy_resources_match = table(
    "s3-bucket-policy-resources-match",
    passes("objects of its own", R(POLICY, "p", bucket="data-1", policy=PUBLIC)),
    passes("both", R(POLICY, "p", bucket="data-1", policy=document(statement(Action=["s3:ListBucket", "s3:GetObject"], Resource=["arn:aws:s3:::data-1", "arn:aws:s3:::data-1/*"])))),
    passes("an action with a wildcard", R(POLICY, "p", bucket="data-1", policy=document(statement(Action="s3:Get*", Resource="arn:aws:s3:::data-1")))),
    passes("an access point", R(POLICY, "p", bucket="data-1", policy=document(statement(Resource="arn:aws:s3:us-east-1:210987654321:accesspoint/x/object/*")))),
    passes("no policy", R(POLICY, "p", bucket="data-1")),
    fails("another bucket", R(POLICY, "p", bucket="other-1", policy=PUBLIC), at="policy", says=["data-1", "other-1"]),
    fails("object actions on the bucket", R(POLICY, "p", bucket="data-1", policy=document(statement(Resource="arn:aws:s3:::data-1"))), says="/*"),
    fails("bucket actions on objects", R(POLICY, "p", bucket="data-1", policy=document(statement(Action="s3:ListBucket"))), at="policy"),
    undecided("an unknown policy", R(POLICY, "p", bucket="data-1", policy=UNKNOWN), at="policy"),
)  # fmt: skip

ALL_ON: dict[str, Any] = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
AS_TEXTS: dict[str, Any] = dict.fromkeys(ALL_ON, "true")
FULL = R(BLOCK, "full", bucket=DATA.id, **ALL_ON)
test_bucket_public_access_blocked = table(
    "s3-bucket-public-access-blocked",
    passes("all four", DATA, FULL),
    passes("all four, as texts", DATA, R(BLOCK, "full", bucket=DATA.id, **AS_TEXTS)),
    passes("the account's", DATA, OTHER, R(ACCOUNT_BLOCK, "account", **ALL_ON)),
    fails("none", DATA, says="no public access block"),
    fails("three of four", DATA, R(BLOCK, "most", bucket=DATA.id, **{**ALL_ON, "restrictPublicBuckets": False}), says="restrictPublicBuckets"),
    fails("another bucket's", OTHER, DATA, FULL, says="has no public access block"),
    undecided("one unknown", DATA, R(BLOCK, "b", bucket=DATA.id, **{**ALL_ON, "ignorePublicAcls": UNKNOWN})),
)  # fmt: skip

GRANT = {"grantee": {"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"}, "permission": "READ"}
test_bucket_public_read_closed = table(
    "s3-bucket-public-read-closed",
    passes("no ACL, no policy", DATA),
    passes("a limited policy", DATA, R(POLICY, "p", bucket=DATA.id, policy=LIMITED)),
    passes("neutralized", DATA, R(ACL, "a", bucket=DATA.id, acl="public-read"), FULL),
    passes("another bucket's policy", DATA, R(POLICY, "p", bucket="elsewhere", policy=PUBLIC)),
    fails("a public ACL", DATA, R(ACL, "a", bucket=DATA.id, acl="public-read"), says="public-read"),
    fails("inline in v6", R(BUCKET, "b", acl="public-read", provider=V6), says="is open for reading by everyone"),
    fails("a grant", DATA, R(ACL, "a", bucket=DATA.id, accessControlPolicy={"grants": [GRANT]}), says="AllUsers"),
    fails("a policy", DATA, R(POLICY, "p", bucket=DATA.id, policy=PUBLIC), says="policy"),
    undecided("an unknown policy", DATA, R(POLICY, "p", bucket=DATA.id, policy=UNKNOWN)),
    undecided("an unknown ACL", DATA, R(ACL, "a", bucket=DATA.id, acl=UNKNOWN)),
)

test_bucket_public_write_closed = table(
    "s3-bucket-public-write-closed",
    passes("public reading alone", DATA, R(ACL, "a", bucket=DATA.id, acl="public-read")),
    passes("no ACL, no policy", DATA),
    fails("a public ACL", DATA, R(ACL, "a", bucket=DATA.id, acl="public-read-write"), says="public-read-write"),
    fails(
        "a policy",
        DATA,
        R(POLICY, "p", bucket=DATA.id, policy=document(statement(Action=["s3:PutObject"]))),
        says="is open for writing by everyone",
    ),
    undecided("an unknown policy", DATA, R(POLICY, "p", bucket=DATA.id, policy=UNKNOWN)),
)

ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ON = dict.fromkeys(SWITCHES, True)
test_account_public_access_blocked = table(
    "s3-account-public-access-blocked",
    passes("all four", R(ACCOUNT, "account", **ON)),
    fails("one is off", R(ACCOUNT, "account", **(ON | {"blockPublicPolicy": False})), at="blockPublicPolicy"),
    fails("absent", R(ACCOUNT, "account"), on=["account"] * 4, says="leaves a way to open buckets"),
    undecided("unknown", R(ACCOUNT, "account", **(ON | {"ignorePublicAcls": UNKNOWN})), at="ignorePublicAcls"),
)
