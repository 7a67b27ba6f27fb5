"""Analyze, one resource at a time: Preflight's server against the stock server with the same rules.

Both servicers are called in this process, so that what is compared is decoding and dispatch; gRPC is the same in both.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pulumi_policy

from preflight import policies
from preflight.rule import Rule
from preflight.serving.info import PackInfo
from preflight.serving.server import Servicer

from . import samples

RULES = 300


def main() -> dict[str, float]:
    """Print milliseconds a resource of 20 properties, for both servers; return ratios."""
    rules = samples.resource_rules(RULES)
    ours = Servicer(PackInfo("bench"), rules, (), None, {})
    stock = pulumi_policy.policy._PolicyAnalyzerServicer(
        "bench", "1", policies(rules), pulumi_policy.EnforcementLevel.ADVISORY
    )
    requests = [samples.request(index) for index in range(200)]
    ours.Analyze(requests[0], None)
    fast, slow = [], []
    for start in range(0, 200, 40):
        part = requests[start : start + 40]
        all_of_it = partial(_analyze, ours, part)
        fast.append(samples.median_seconds(all_of_it, 5) / len(part))
        slow.append(samples.median_seconds(partial(_analyze, stock, part[:3]), 1) / 3)
    mine, theirs = sorted(fast)[len(fast) // 2], sorted(slow)[len(slow) // 2]
    print(f"analyze: {RULES} resource rules, a resource of 20 properties")
    print(f"  preflight {mine * 1e3:.3f} ms, stock {theirs * 1e3:.1f} ms a resource: {theirs / mine:.0f} x")
    pack = rules_of_the_pack()
    real = Servicer(PackInfo("bench"), pack, (), None, {})
    databases = [samples.database(index) for index in range(200)]
    real.Analyze(databases[0], None)
    taken = samples.median_seconds(lambda: [real.Analyze(found, None) for found in databases], 5) / len(databases)
    print(f"  preflight with all {len(pack)} rules of the pack: {taken * 1e3:.3f} ms an RDS instance of 20 properties")
    return {"analyze: ours to stock": mine / theirs, "analyze: all rules to 300 sample rules": taken / mine}


def _analyze(servicer: Any, requests: list[Any]) -> None:
    for request in requests:
        servicer.Analyze(request, None)


def rules_of_the_pack() -> list[Rule]:
    """Return all rules that Preflight comes with."""
    from preflight import rules

    return rules.load()
