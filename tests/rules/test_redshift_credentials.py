"""The master password of a Redshift cluster."""

from preflight.testing import UNKNOWN, R, fails, passes, secret, table, undecided

CLUSTER = "aws:redshift/cluster:Cluster"

test_master_password_valid = table(
    "redshift-master-password-valid",
    passes("all three kinds", R(CLUSTER, "c", masterPassword=secret("Correct7horse"))),
    passes("managed", R(CLUSTER, "c", manageMasterPassword=True, masterPassword="x")),
    passes("from a snapshot", R(CLUSTER, "c", snapshotIdentifier="s", masterPassword="x")),
    passes("absent", R(CLUSTER, "c")),
    fails(
        "lower case alone",
        R(CLUSTER, "c", masterPassword="alllowercase"),
        at="masterPassword",
        says="an upper-case letter and a digit",
    ),
    fails("too short", R(CLUSTER, "c", masterPassword=secret("Ab1")), at="masterPassword", says="8 to 64"),
    fails(
        "a slash", R(CLUSTER, "c", masterPassword="Correct/7horse"), at="masterPassword", says="must not contain any of"
    ),
    undecided("unknown", R(CLUSTER, "c", masterPassword=UNKNOWN), at="masterPassword"),
)
