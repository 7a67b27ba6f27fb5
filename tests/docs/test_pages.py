from preflight.docs import catalogue, compliance
from preflight.docs.examples import Example
from preflight.frameworks import FRAMEWORKS
from tests.docs.sample_rules import RULES

EXAMPLES = {"s3-bucket-versioned": Example("bucket = 1", ("the bucket forgets",), "bucket = 2")}


def test_the_index_lists_every_rule_under_its_service() -> None:
    index = catalogue.pages(RULES, {})["rules.md"]
    assert "2 rules: 1 deployment, 1 compliance." in index
    assert index.index("## apigateway") < index.index("## s3")
    assert (
        "| [s3-bucket-versioned](rules/s3.md#s3-bucket-versioned) | compliance | medium | Buckets keep old versions. |"
    ) in index
    assert "A stage is defined once \\| and only once." in index


def test_a_service_page_has_the_rule_in_full() -> None:
    page = catalogue.pages(RULES, EXAMPLES)["rules/s3.md"]
    for text in (
        "## s3-bucket-versioned",
        "*compliance, medium*",
        "Formerly `s3-versioning-on`.",
        "**Why:** An overwritten object is lost.",
        "**Fix:** Turn versioning on.",
        "**Source:** Amazon S3 User Guide, Versioning.",
        "**Looks at:** `aws:s3/bucket:Bucket`",
        "| `except` | `['']` | Names of buckets that may go without. |",
        "| PCI DSS 3.2.1 | 10.5.3 |",
        "```python\nbucket = 1\n```\n\n> the bucket forgets\n",
        "```python\nbucket = 2\n```",
    ):
        assert text in page


def test_a_service_page_without_example_has_no_code() -> None:
    assert "```" not in catalogue.pages(RULES, {})["rules/apigateway.md"]


def section(page: str, heading: str) -> str:
    return page.partition(f"\n{heading}\n")[2]


def test_each_control_is_either_with_its_rules_or_among_those_without() -> None:
    page = compliance.page(RULES)
    hipaa = section(page, "## hipaa")
    assert (
        "| 164.312(c)(1) | Protect health information from improper change or destruction | [s3-bucket-versioned] |"
        in hipaa
    )
    assert page.endswith("\n[s3-bucket-versioned]: rules/s3.md#s3-bucket-versioned\n")
    with_rules, _, without = hipaa.partition("\n## ")[0].partition("### hipaa: controls without a rule")
    for number in FRAMEWORKS["hipaa"].controls:
        assert (f"\n| {number} |" in with_rules) != (f"\n| {number} |" in without), number
    assert "**Physical**: physical, or telecommunication" in without
    assert "**No rule yet**" in without


def test_a_control_with_a_covered_part_does_not_count_as_uncovered() -> None:
    pci = section(compliance.page(RULES), "### pci-dss-3.2.1: controls without a rule").partition("\n## ")[0]
    assert "\n| 10.5 |" not in pci
    assert "\n| 10.5.2 |" in pci


def test_each_rule_of_a_peer_is_shown_with_ours_or_with_the_reason() -> None:
    page = compliance.page(RULES)
    nag = section(page, "### cdk-nag").partition("\n### ")[0]
    assert "| MediaStoreContainerAccessLogging | AWS closed MediaStore in November 2025 |" in nag
    assert nag.count("no rule yet") > 200


def test_pages_are_the_same_each_time() -> None:
    assert compliance.page(RULES) == compliance.page(RULES)
    assert catalogue.pages(RULES, EXAMPLES) == catalogue.pages(RULES, EXAMPLES)
