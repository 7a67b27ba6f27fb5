"""The HTML report: what it holds, that it is one file, where the graph puts things, and what a browser makes of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from preflight.reports.formats import Style
from preflight.reports.html import render
from preflight.reports.html.compliance import frameworks
from preflight.reports.html.graph import Box, Picture, picture
from preflight.reports.model import Exemption, Finding, Node, Place, Prerequisite, Report, Run, Undecided

P = "urn:pulumi:dev::demo::"


def node(
    name: str, type_token: str = "aws:s3/bucket:Bucket", parent: str = "", custom: bool = True, **refers: str
) -> Node:
    urns = {key: (P + target,) for key, target in refers.items()}
    return Node(f"{P}{name}", type_token, name, P + parent if parent else "", custom, Place("main.py", 3), (), urns)


def finding(
    name: str, rule: str = "s3-a", severity: str = "high", level: str = "mandatory", message: str = "is `public`"
) -> Finding:
    return Finding(
        rule, "Things hold.", "compliance", severity, "certain", level, f"{P}{name}", "aws:s3/bucket:Bucket", name, "acl",
        message, "Because.", "Do it.", {"hipaa": ("164.312(b)",)}, Place("main.py", 3),
    )  # fmt: skip


NODES = (
    node("shop", "shop:Web", custom=False),
    node("net", "aws:ec2/vpc:Vpc", "shop"),
    node("sub", "aws:ec2/subnet:Subnet", "shop", vpcId="net"),
    node("host", "aws:ec2/instance:Instance", "shop", subnetId="sub"),
    node("bucket"),
    node("policy", "aws:s3/bucketPolicy:BucketPolicy", bucket="bucket"),
    node("lock", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket="bucket", after="policy"),
)
RUN = Run(
    "demo", "dev", 7, 12, 1.0,
    findings=(finding("bucket"), finding("policy", "s3-b", "low", "advisory"), replace(finding("host"), known=True)),
    exempted=(replace(finding("lock", "s3-c"), exemption=Exemption("a cache", "ann", "2030-01-31", "tags")),),
    undecided=(Undecided("s3-u", f"{P}bucket", "policy", "is not known yet"),),
    prerequisites=(Prerequisite("a VPC exists", "t", {"default": True}, Place("main.py", 9)),),
    held={"cloudtrail-enabled": (f"{P}bucket",)},
    nodes=NODES,
)  # fmt: skip


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data

    def having(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.elements if name in attributes]


def page(*runs: Run) -> str:
    return render(Report(runs or (RUN,), "9.9", "2026-11-27T10:00:00+00:00", "abc"), Style())


def test_it_says_everything() -> None:
    said = " ".join(Page(page()).said.split())
    for text in (
        "Preflight: blocked", "demo (dev): 7 resources", "s3-a", "is public", "Because.", "Do it.", "main.py:3",
        "Exempted: a cache · owner: ann · until 2030-01-31", "in the baseline", "a VPC exists (default=True)",
        "s3-u", "is not known yet", "1 violated", "9.9",
    ):  # fmt: skip
        assert text in said, text


def test_it_is_one_file_without_network() -> None:
    text = page()
    for attributes in Page(text).having("src") + [item for tag, item in Page(text).elements if tag == "link"]:
        assert (attributes.get("href") or "").startswith("data:")
    assert "default-src 'none'" in text
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttpRequest", text)


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    parsed = Page(page(RUN, replace(RUN, stack="prod")))
    ids = [item["id"] for item in parsed.having("id")]
    assert len(set(ids)) == len(ids)
    inside = [item["href"] for item in parsed.having("href") if (item["href"] or "").startswith("#")]
    assert inside
    assert {(href or "").removeprefix("#") for href in inside} <= set(ids)


def test_texts_cannot_become_markup() -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    text = page(replace(RUN, findings=(finding("bucket", message=evil),), nodes=(*NODES, node(evil))))
    parsed = Page(text)
    assert [tag for tag, _ in parsed.elements].count("script") == 2
    assert "img" not in [tag for tag, _ in parsed.elements]
    assert parsed.having("onerror") == []


def test_every_resource_is_drawn_with_its_findings() -> None:
    parsed = Page(page())
    labels = [item["aria-label"] for item in parsed.having("data-node")]
    assert sorted(filter(None, labels)) == [
        "bucket, s3.Bucket, 1 finding", "host, ec2.Instance, 1 finding", "lock, s3.BucketPublicAccessBlock, 1 finding",
        "net, ec2.Vpc", "policy, s3.BucketPolicy, 1 finding", "shop, Web", "sub, ec2.Subnet",
    ]  # fmt: skip
    [data] = re.findall(r'<script type="application/json" id="run0-data">(.*?)</script>', page())
    graph = json.loads(data)
    assert {tuple(edge) for edge in graph["edges"]} >= {
        (index(graph, "bucket"), index(graph, "policy"), "bucket"),
        (index(graph, "policy"), index(graph, "lock"), "after"),
    }


def index(graph: dict[str, list[dict[str, str]]], name: str) -> int:
    return [item["name"] for item in graph["nodes"]].index(name)


def inside(outer: Box, inner: Box) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def apart(a: Box, b: Box) -> bool:
    return a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


def check(drawn: Picture) -> None:
    """Nothing overlaps but a box and what it holds."""
    holds = {id(box): {id(item) for item in box.inside} for box in drawn.boxes}
    for number, one in enumerate(drawn.boxes):
        for other in drawn.boxes[number + 1 :]:
            assert apart(one, other) or inside(one, other), (one.node.name, other.node.name)
            if id(other) in holds[id(one)]:
                assert inside(one, other)
        assert one.x + one.width <= drawn.width
        assert one.y + one.height <= drawn.height


def test_boxes_hold_their_component_vpc_and_subnet() -> None:
    drawn = picture(NODES, {})
    check(drawn)
    held = {box.node.name: {item.node.name for item in box.inside} for box in drawn.boxes if box.inside}
    assert held == {"shop": {"net"}, "net": {"sub"}, "sub": {"host"}}
    at = {box.node.name: box.x for box in drawn.boxes}
    assert at["bucket"] < at["policy"] < at["lock"]
    names = [box.node.name for box in drawn.boxes]
    edges = {(names[edge.source], names[edge.target]): edge.needed for edge in drawn.edges}
    assert edges == {("bucket", "policy"): True, ("bucket", "lock"): False, ("policy", "lock"): True}


def test_circles_and_crowds_are_drawn() -> None:
    check(picture([node("a", other="b"), node("b", other="a"), node("c", other="c")], {}))
    check(picture([node(f"n{number}") for number in range(150)], {}))
    check(picture([node(f"n{number}", other=f"n{number - 1}") for number in range(1, 60)], {}))
    assert picture([], {}).boxes == ()


def test_controls_have_the_worst_state_of_their_rules() -> None:
    hipaa = next(item for item in frameworks(RUN) if item.framework.id == "hipaa")
    row = next(row for row in hipaa.rows if row.number == "164.312(b)")
    assert row.state == "violated"
    assert {(rule, state) for rule, state, _ in row.rules} >= {("s3-a", "violated"), ("s3-c", "exempted")}
    assert row.exemptions == ("s3-c on lock: a cache, ann, until 2030-01-31",)
    assert sum(hipaa.counts.values()) == len(hipaa.rows)
    assert len(hipaa.rows) + sum(len(numbers) for _, numbers in hipaa.others) == len(hipaa.framework.controls)
    assert frameworks(Run("p", "s")) == []


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here (Debian: apt-get install chromium)")


def in_browser(folder: Path, text: str, address: str = "", script: str = "") -> Page:
    """What a browser makes of a page, after a script of the test; nothing may go wrong on its console."""
    file = folder / "report.html"
    file.write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=2000", "--dump-dom", f"{file.as_uri()}{address}",
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "CONSOLE" not in ran.stderr, ran.stderr
    return Page(ran.stdout)


@pytest.mark.slow
@in_a_browser
@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("", {"bucket", "policy", "host", "lock"}),
        ("#severity=low", {"policy"}),
        ("#status=exempted", {"lock"}),
        ("#status=known&kind=compliance", {"host"}),
        ("#q=main.py+bucketpolicy", set()),
        ("#q=s3-b&framework=hipaa", {"policy"}),
        ("#framework=pci-dss-4.0", set()),
    ],
)
def test_filters_work_in_a_browser(tmp_path: Path, address: str, names: set[str]) -> None:
    parsed = in_browser(tmp_path, page(), address)
    places = [item for item in parsed.having("data-urn") if "hidden" not in item]
    assert {str(item["data-urn"]).removeprefix(P) for item in places} == names


CHOOSE = """
const node = [...document.querySelectorAll(".node")].find((item) => item.getAttribute("aria-label").startsWith("policy,"));
node.dispatchEvent(new %s);
"""


@pytest.mark.slow
@in_a_browser
@pytest.mark.parametrize(
    "event", ['MouseEvent("click", {bubbles: true})', 'KeyboardEvent("keydown", {key: "Enter", bubbles: true})']
)
def test_a_chosen_resource_shows_its_findings_and_neighbours(tmp_path: Path, event: str) -> None:
    parsed = in_browser(tmp_path, page(), script=CHOOSE % event)
    [about] = [item for _, item in parsed.elements if item.get("class") == "about"]
    assert "hidden" not in about
    for text in ("low: s3-b", "Waits for", "bucket (bucket)", "Is needed by", "lock (after)"):
        assert text in parsed.said
    lit = [str(item["aria-label"]) for item in parsed.having("data-node") if "lit" in str(item["class"]).split()]
    assert sorted(label.split(",")[0] for label in lit) == ["bucket", "lock", "policy"]


@pytest.mark.slow
@in_a_browser
def test_of_several_stacks_one_is_shown(tmp_path: Path) -> None:
    script = "document.querySelectorAll('.stacks a')[1].click()"
    parsed = in_browser(tmp_path, page(RUN, replace(RUN, stack="prod")), script=script)
    shown = {str(item["id"]): "hidden" not in item for item in parsed.having("id") if item.get("class") == "run"}
    assert shown == {"run0": False, "run1": True}


@pytest.mark.slow
@in_a_browser
def test_a_marked_up_error_is_seen(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="CONSOLE"):
        in_browser(tmp_path, page(), script="nothing.like.it()")
