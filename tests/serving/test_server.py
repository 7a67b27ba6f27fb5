"""The pack's server through real gRPC: levels, exemptions, isolation, remediation, and the Verdicts service."""

from __future__ import annotations

import datetime
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from preflight import wire
from preflight.finding import Finding, Findings, Kind, Level, NotApplicable, Severity
from preflight.rule import Parameter, Parameters, Resource, Rule, deferred
from preflight.serving.info import PackInfo
from preflight.serving.server import Servicer, start
from preflight.settings.model import Exemption, Settings
from preflight.stack import Stack
from preflight.testing import UNKNOWN, R
from preflight.testing.requests import analyze_request, analyze_stack_request
from tests.conftest import MakeRule

BUCKET = "aws:s3/bucket:Bucket"
ROOT = R("pulumi:pulumi:Stack", "program-dev")


class Client:
    """An engine's end of the channel."""

    def __init__(self, servicer: Servicer) -> None:
        self._server, port = start(servicer)
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=wire.CHANNEL_OPTIONS)
        self.stub = analyzer_pb2_grpc.AnalyzerStub(self.channel)

    def take(self) -> dict[str, Any]:
        call: Any = self.channel.unary_unary("/preflight.Verdicts/Take")
        result: dict[str, Any] = json.loads(call(b""))
        return result

    def analyze(self, *resources: R) -> list[Any]:
        return [d for r in resources for d in self.stub.Analyze(analyze_request(r, "preview")).diagnostics]

    def analyze_stack(self, *resources: R) -> list[Any]:
        return list(self.stub.AnalyzeStack(analyze_stack_request([ROOT, *resources], "preview")).diagnostics)

    def close(self) -> None:
        self.channel.close()
        self._server.stop(None)


Connect = Callable[..., Client]


@pytest.fixture
def connect() -> Iterator[Connect]:
    clients: list[Client] = []

    def make(rules: Sequence[Rule], settings: Settings | None = None, **environment: str) -> Client:
        clients.append(Client(Servicer(PackInfo("sample"), rules, (), settings, environment)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def name_good(resource: Resource) -> Findings:
    if resource.text("bucket") == "bad":
        yield resource.finding("the name is bad", at="bucket")


def raises(resource: Resource) -> Findings:
    yield from ()
    raise ValueError(f"no {resource.text('secret')}")


def policy_attached(bucket: Resource, stack: Stack) -> Findings:
    if not stack.referring_to(bucket, "aws:s3/bucketPolicy:BucketPolicy", via="bucket"):
        yield bucket.finding("has no policy")


def test_findings_reach_the_engine_and_the_report(make_rule: MakeRule, connect: Connect) -> None:
    client = connect([make_rule(name_good, BUCKET, controls={"hipaa": "164.312(b)"})])
    (found,) = client.analyze(R(BUCKET, "b", bucket="bad"), R(BUCKET, "c", bucket="fine"))
    assert (found.policyName, found.enforcementLevel) == ("test-server-name-good", pb.MANDATORY)
    assert found.severity == pb.POLICY_SEVERITY_CRITICAL
    assert found.message.splitlines() == [
        "Things hold.",
        "bucket: the name is bad",
        "Why: They must.",
        "Fix: Make them.",
        "Controls: hipaa 164.312(b)",
    ]
    report = client.take()
    assert report["rules"] == 1
    assert report["held"] == {"test-server-name-good": [R(BUCKET, "c").urn]}
    (entry,) = report["findings"]
    assert entry == {
        "rule": "test-server-name-good",
        "title": "Things hold.",
        "kind": "deployment",
        "severity": "critical",
        "certainty": "certain",
        "level": "mandatory",
        "urn": R(BUCKET, "b").urn,
        "type": BUCKET,
        "name": "b",
        "path": "bucket",
        "message": "the name is bad",
        "why": "They must.",
        "fix": "Make them.",
        "controls": {"hipaa": ["164.312(b)"]},
    }
    assert client.take()["findings"] == []


def test_cross_resource_rules_once_per_anchor(make_rule: MakeRule, connect: Connect) -> None:
    client = connect([make_rule(policy_attached, BUCKET)])
    lone, held, open_ = R(BUCKET, "lone"), R(BUCKET, "held"), R("aws:s3/bucketPolicy:BucketPolicy", "p")
    open_.properties_["bucket"] = held.id
    resources = (lone, held, open_)
    assert client.analyze(*resources) == []
    (found,) = client.analyze_stack(*resources)
    assert found.urn == lone.urn


def test_an_unknown_is_silent_and_in_the_report(make_rule: MakeRule, connect: Connect) -> None:
    client = connect([make_rule(name_good, BUCKET)])
    assert client.analyze(R(BUCKET, "b", bucket=UNKNOWN)) == []
    (entry,) = client.take()["undecided"]
    assert (entry["rule"], entry["path"], entry["urn"]) == ("test-server-name-good", "bucket", R(BUCKET, "b").urn)


def test_a_rule_that_raises_is_one_entry_and_the_others_run(make_rule: MakeRule, connect: Connect) -> None:
    client = connect([make_rule(raises, BUCKET), make_rule(name_good, BUCKET)])
    failure, finding = sorted(
        client.analyze(R(BUCKET, "b", bucket="bad", secret=wire.secret("hunter2"))), key=lambda d: d.enforcementLevel
    )
    assert failure.enforcementLevel == pb.ADVISORY
    assert failure.message.startswith(
        f"rule test-server-raises failed on {R(BUCKET, 'b').urn}: ValueError: no [secret] ("
    )
    assert "test_server.py:" in failure.message
    assert finding.policyName == "test-server-name-good"
    (entry,) = client.take()["failures"]
    assert entry["error"] == "ValueError: no [secret]"


def test_a_slow_rule_is_named(make_rule: MakeRule, connect: Connect) -> None:
    def slow(resource: Resource) -> None:
        end = time.thread_time() + 0.02
        while time.thread_time() < end:
            pass

    client = connect([make_rule(slow, BUCKET)], Settings(budget_seconds=0.001))
    client.analyze(R(BUCKET, "b"))
    (entry,) = client.take()["failures"]
    assert "over its budget of 0.001 s" in entry["error"]


def test_not_applicable(make_rule: MakeRule, connect: Connect) -> None:
    def none(resource: Resource) -> None:
        raise NotApplicable("nothing to see")

    client = connect([make_rule(none, BUCKET)])
    response = client.stub.Analyze(analyze_request(R(BUCKET, "b"), "preview"))
    assert [(item.policy_name, item.reason) for item in response.not_applicable] == [
        ("test-server-none", "nothing to see")
    ]


def test_deferred_unknowns_leave_other_entries_decided(make_rule: MakeRule, connect: Connect) -> None:
    def entries(resource: Resource) -> Findings:
        for entry in resource.each("l"):
            with deferred():
                if entry.number("v") == 1:
                    yield entry.finding("one")

    client = connect([make_rule(entries, BUCKET)])
    (found,) = client.analyze(R(BUCKET, "b", l=[{"v": UNKNOWN}, {"v": 1}]))
    assert "l[1]: one" in found.message
    assert [entry["path"] for entry in client.take()["undecided"]] == ["l[0].v"]


def test_pulumis_config_sets_levels_and_parameters(make_rule: MakeRule, connect: Connect) -> None:
    def long_enough(resource: Resource, parameters: Parameters) -> Findings:
        if resource.number("days") != parameters["days"]:
            yield resource.finding(f"is not {parameters['days']}")

    rule = make_rule(long_enough, BUCKET, parameters={"days": Parameter.of(5, "Days.")})
    client = connect([rule, make_rule(name_good, BUCKET)])
    client.stub.Configure(
        pb.ConfigureAnalyzerRequest(
            policyConfig={
                "test-server-long-enough": pb.PolicyConfig(
                    enforcementLevel=pb.ADVISORY, properties=wire.to_struct({"days": 7})
                ),
                "test-server-name-good": pb.PolicyConfig(enforcementLevel=pb.DISABLED),
            }
        )
    )
    (found,) = client.analyze(R(BUCKET, "b", bucket="bad", days=5))
    assert found.enforcementLevel == pb.ADVISORY
    assert "is not 7" in found.message
    assert client.take()["rules"] == 1


def test_the_stack_name_picks_the_settings(make_rule: MakeRule, connect: Connect) -> None:
    settings = Settings(stacks={"dev*": {"levels": {"rules": {"test-server-name-good": "advisory"}}}})
    client = connect([make_rule(name_good, BUCKET)], settings, PULUMI_STACK="prod")
    assert client.stub.GetAnalyzerInfo(empty_pb2.Empty()).policies[0].enforcementLevel == pb.MANDATORY
    client.stub.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev-1", project="p"))
    assert client.stub.GetAnalyzerInfo(empty_pb2.Empty()).policies[0].enforcementLevel == pb.ADVISORY
    assert client.analyze(R(BUCKET, "b", bucket="bad"))[0].enforcementLevel == pb.ADVISORY


def exempting(*entries: Exemption) -> Settings:
    return Settings(exemptions=entries)


def test_exemptions(make_rule: MakeRule, connect: Connect) -> None:
    tomorrow = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)).date().isoformat()
    rules = [make_rule(name_good, BUCKET, formerly="test-server-old-name")]
    entry = Exemption("test-server-old-name", "b*", reason="legacy name", owner="team", expires=tomorrow, where="f[0]")
    client = connect(rules, exempting(entry))
    response = client.stub.Analyze(analyze_request(R(BUCKET, "b1", bucket="bad"), "preview"))
    assert list(response.diagnostics) == []
    assert [item.reason for item in response.not_applicable] == ["exempted: legacy name"]
    (found,) = client.analyze(R(BUCKET, "c", bucket="bad"))
    assert found.urn == R(BUCKET, "c").urn
    assert client.analyze_stack() == []
    (kept,) = client.take()["exempted"]
    assert (kept["name"], kept["reason"], kept["owner"], kept["expires"]) == ("b1", "legacy name", "team", tomorrow)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (Exemption("test-server-name-good", reason="r", expires="2020-01-01", where="f[0]"), "expired on 2020-01-01"),
        (Exemption("test-server-name-good", where="f[0]"), "gives no reason"),
        (Exemption("test-server-name-good", "other", reason="r", where="f[0]"), "excuses nothing in this stack"),
    ],
)
def test_bad_exemptions_are_findings(make_rule: MakeRule, connect: Connect, entry: Exemption, fault: str) -> None:
    client = connect([make_rule(name_good, BUCKET)], exempting(entry))
    bucket = R(BUCKET, "b", bucket="bad")
    assert [found.policyName for found in client.analyze(bucket)] == ["test-server-name-good"]
    (found,) = client.analyze_stack(bucket)
    assert (found.policyName, found.urn) == ("preflight-exemption-holds", ROOT.urn)
    assert f"f[0]: the exemption from test-server-name-good {fault}" in found.message


def test_an_exemption_from_what_is_undecided_is_not_called_unused(make_rule: MakeRule, connect: Connect) -> None:
    client = connect([make_rule(name_good, BUCKET)], exempting(Exemption("test-server-name-good", "b", reason="r")))
    bucket = R(BUCKET, "b", bucket=UNKNOWN)
    client.analyze(bucket)
    assert client.analyze_stack(bucket) == []


def test_exemption_by_tag(make_rule: MakeRule, connect: Connect) -> None:
    client = connect([make_rule(name_good, BUCKET)])
    tag = "preflight:exempt/test-server-name-good"
    good = R(BUCKET, "good", bucket="bad", tags={tag: "renamed soon @team until 2999-01-01"})
    late = R(BUCKET, "late", bucket="bad", tags={tag: "renamed soon until 2020-01-01"})
    wrong = R(BUCKET, "wrong", tags={"preflight:exempt/no-such-rule": "x"})
    found = client.analyze(good, late, wrong)
    assert sorted((item.policyName, item.urn.rpartition("::")[2]) for item in found) == [
        ("preflight-exemption-holds", "late"),
        ("preflight-exemption-holds", "wrong"),
        ("test-server-name-good", "late"),
    ]
    (kept,) = client.take()["exempted"]
    assert (kept["reason"], kept["owner"], kept["expires"]) == ("renamed soon", "team", "2999-01-01")


def encrypted(resource: Resource) -> Findings:
    if not resource.flag("encryption.enabled"):
        yield resource.finding("is plain", at="encryption.enabled")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"encryption": {"enabled": True}}),
        (
            {"encryption": {"enabled": False, "key": UNKNOWN}, "password": wire.secret("p")},
            {"encryption": {"enabled": True, "key": UNKNOWN}, "password": wire.secret("p")},
        ),
        ({"encryption": {"enabled": wire.secret(False)}}, {"encryption": {"enabled": wire.secret(True)}}),
        ({"encryption": {"enabled": True}}, None),
        ({"encryption": UNKNOWN}, None),
    ],
)
def test_remediate_then_pass(
    make_rule: MakeRule, connect: Connect, before: dict[str, Any], after: dict[str, Any] | None
) -> None:
    rule = make_rule(encrypted, BUCKET)
    rule.remediate(lambda resource: {"encryption.enabled": True})
    client = connect([rule], Settings(levels={"rules": {rule.id: "remediate"}}))
    response = client.stub.Remediate(analyze_request(R(BUCKET, "b", **before), "preview"))
    changed = [wire.to_python(item.properties) for item in response.remediations]
    assert changed == ([after] if after is not None else [])
    if after is not None:
        assert client.analyze(R(BUCKET, "b", **after)) == []
        again = client.stub.Remediate(analyze_request(R(BUCKET, "b", **after), "preview"))
        assert list(again.remediations) == []


def test_what_could_not_be_mended_is_mandatory(make_rule: MakeRule, connect: Connect) -> None:
    rule = make_rule(encrypted, BUCKET)
    client = connect([rule], Settings(levels={"rules": {rule.id: "remediate"}}))
    (found,) = client.analyze(R(BUCKET, "b"))
    assert found.enforcementLevel == pb.MANDATORY


def test_a_remediation_that_raises_is_a_diagnostic(make_rule: MakeRule, connect: Connect) -> None:
    def broken(resource: Resource) -> dict[str, Any]:
        raise KeyError("x")

    rule = make_rule(encrypted, BUCKET)
    rule.remediate(broken)
    client = connect([rule], Settings(levels={"rules": {rule.id: "remediate"}}))
    (found,) = client.stub.Remediate(analyze_request(R(BUCKET, "b"), "preview")).remediations
    assert "failed on" in found.diagnostic
    assert not found.HasField("properties")
    assert len(client.take()["failures"]) == 1


def test_metadata_for_pulumis_consoles(make_rule: MakeRule, connect: Connect) -> None:
    rule = make_rule(
        name_good,
        BUCKET,
        Kind.COMPLIANCE,
        Severity.HIGH,
        controls={"hipaa": "164.312(b) 164.312(c)", "pci-dss-4.0": "10.2"},
        parameters={"days": Parameter.of(5, "Days.", minimum=1)},
    )
    info = connect([rule]).stub.GetAnalyzerInfo(empty_pb2.Empty())
    found = info.policies[0]
    assert (found.name, found.displayName, found.remediation_steps) == (rule.id, "Things hold", "Make them.")
    assert (found.framework.name, found.framework.specification) == ("HIPAA Security Rule", "164.312(b), 164.312(c)")
    assert list(found.tags) == ["compliance", "test", "hipaa", "pci-dss-4.0"]
    assert found.url.endswith("docs/rules.md#test-server-name-good")
    schema = wire.to_python(found.configSchema.properties)
    assert schema == {"days": {"type": "integer", "minimum": 1, "default": 5, "description": "Days."}}


def test_the_default_that_engines_send_back_is_the_settings_value(make_rule: MakeRule, connect: Connect) -> None:
    rule = make_rule(name_good, BUCKET, parameters={"days": Parameter.of(5, "Days.")})
    info = connect([rule], Settings(parameters={rule.id: {"days": 9}})).stub.GetAnalyzerInfo(empty_pb2.Empty())
    assert wire.to_python(info.policies[0].configSchema.properties)["days"]["default"] == 9


def test_concurrent_calls(make_rule: MakeRule, connect: Connect) -> None:
    client = connect([make_rule(name_good, BUCKET)])
    buckets = [R(BUCKET, f"b{index}", bucket="bad" if index % 2 else "good") for index in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = [item for part in pool.map(client.analyze, buckets) for item in part]
    assert len(found) == 100
    assert len(client.take()["findings"]) == 100


def test_a_disabled_rule_is_not_called(make_rule: MakeRule, connect: Connect) -> None:
    called: list[Finding] = []

    def counting(resource: Resource) -> None:
        called.append(resource.finding("called"))

    rule = make_rule(counting, BUCKET)
    connect([rule], Settings(levels={"rules": {rule.id: Level.DISABLED.value}})).analyze(R(BUCKET, "b"))
    assert called == []


def test_a_stranger_is_refused(make_rule: MakeRule) -> None:
    server, port = start(Servicer(PackInfo("sample"), [make_rule(name_good, BUCKET)], (), None, {}), token="t0ken")
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        take: Any = channel.unary_unary("/preflight.Verdicts/Take")
        for call in (
            lambda metadata: stub.Configure(pb.ConfigureAnalyzerRequest(), metadata=metadata),
            lambda metadata: take(b"", metadata=metadata),
        ):
            for carried in ((), (("preflight-token", "guess"),), (("other", "t0ken"),)):
                with pytest.raises(grpc.RpcError) as refused:
                    call(carried)
                assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
            call((("preflight-token", "t0ken"),))
    server.stop(None)


def test_nobody_disarms_a_run_that_has_begun(make_rule: MakeRule, connect: Connect) -> None:
    client = connect([make_rule(name_good, BUCKET)])
    disarmed = pb.ConfigureAnalyzerRequest(
        policyConfig={"test-server-name-good": pb.PolicyConfig(enforcementLevel=pb.DISABLED)}
    )
    assert len(client.analyze(R(BUCKET, "b", bucket="bad"))) == 1
    for call in (
        lambda: client.stub.Configure(disarmed),
        lambda: client.stub.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="other")),
    ):
        with pytest.raises(grpc.RpcError) as refused:
            call()
        assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    client.stub.Configure(pb.ConfigureAnalyzerRequest())
    assert len(client.analyze(R(BUCKET, "c", bucket="bad"))) == 1
    assert len(client.take()["findings"]) == 2


@pytest.mark.parametrize("day", ["2020-02-31", "2027-3-31", "31.12.2020", "2999-01-01.", "next year", ""])
def test_a_tag_whose_last_day_cannot_be_read_does_not_exempt(make_rule: MakeRule, connect: Connect, day: str) -> None:
    client = connect([make_rule(name_good, BUCKET)])
    tags = {"preflight:exempt/test-server-name-good": f"renamed soon until {day}"}
    found = client.analyze(R(BUCKET, "b", bucket="bad", tags=tags))
    assert [item.policyName for item in found] == ["test-server-name-good", "preflight-exemption-holds"]
    assert "must be YYYY-MM-DD" in found[1].message
    assert client.take()["exempted"] == []


def test_secrets_are_added_while_others_are_looked_for(make_rule: MakeRule) -> None:
    """Sixty-four threads that change places every microsecond: each answer is there, without its secrets."""

    def says(resource: Resource) -> Findings:
        yield resource.finding(" ".join(f"{name} is {resource.text(name)!r}" for name in sorted(resource.inputs)))

    servicer = Servicer(PackInfo("sample"), [make_rule(says, BUCKET)], (), None, {})

    def judged(index: int) -> str:
        secrets = {f"p{at}": wire.secret(f"s3cret-{index}-{at}") for at in range(10)}
        answer = servicer.Analyze(analyze_request(R(BUCKET, f"b{index}", **secrets), "preview"), None)
        return str(answer.diagnostics[0].message)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(64) as pool:
            said = list(pool.map(judged, range(600)))
    finally:
        sys.setswitchinterval(interval)
    assert len(said) == 600
    assert not [text for text in said if "s3cret" in text or text.count("[secret]") != 10]
    assert len(json.loads(servicer.take(b"", None))["findings"]) == 600


def test_a_document_full_of_faults_gives_twenty_findings_and_their_number(
    make_rule: MakeRule, connect: Connect
) -> None:
    def every_entry(resource: Resource) -> Findings:
        for entry in resource.each("entries"):
            yield entry.finding("is bad")

    client = connect([make_rule(every_entry, BUCKET)])
    found = client.analyze(R(BUCKET, "b", entries=[{"n": n} for n in range(1_000)]))
    assert len(found) == 20
    assert "is bad (and 980 more findings of this rule here)" in found[-1].message
