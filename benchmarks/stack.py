"""AnalyzeStack: seconds by number of resources, the fitted exponent of their growth, memory, and the stock server."""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import time

import pulumi_policy

from preflight.serving.info import PackInfo
from preflight.serving.server import Servicer

from . import samples

RULES = 100
SIZES = (500, 1_000, 2_000, 5_000, 10_000)


def _seconds(count: int) -> float:
    servicer = Servicer(PackInfo("bench"), samples.stack_rules(RULES), (), None, {})
    for index in range(count):
        kind = samples.BUCKET if index % 2 == 0 else samples.POLICY
        servicer.Analyze(samples.request(index, kind), None)
    request = samples.stack_request(count)
    started = time.perf_counter()
    servicer.AnalyzeStack(request, None)
    return time.perf_counter() - started


def _stock_seconds(count: int, policies: int) -> float:
    made = [pulumi_policy.StackValidationPolicy(f"p{n}", "P.", lambda args, report: None) for n in range(policies)]
    servicer = pulumi_policy.policy._PolicyAnalyzerServicer("bench", "1", made, pulumi_policy.EnforcementLevel.ADVISORY)
    request = samples.stack_request(count)
    started = time.perf_counter()
    servicer.AnalyzeStack(request, None)
    return time.perf_counter() - started


def exponent(points: list[tuple[int, float]]) -> float:
    """Return the slope of the least-squares line through the logarithms of (size, seconds)."""
    xs, ys = [math.log(size) for size, _ in points], [math.log(seconds) for _, seconds in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - mean_x) ** 2 for x in xs)


def main() -> dict[str, float]:
    """Print the table, return growth and ratio; memory is the peak of a process of its own, requests included."""
    print(f"stack: {RULES} cross-resource rules on every resource")
    points = []
    for size in SIZES:
        seconds = min(_seconds(size) for _ in range(3 if size <= 2_000 else 2))
        points.append((size, seconds))
        print(f"  {size:6} resources: {seconds:.2f} s")
    print(f"  growth: size ^ {exponent(points):.2f}")
    own = next(seconds for size, seconds in points if size == 1_000)
    stock = _stock_seconds(1_000, 60)
    print(f"  stock server, 60 empty policies, 1,000 resources: {stock:.1f} s; {stock / own:.0f} x our {own:.2f} s")
    code = "from benchmarks.stack import _seconds, peak; _seconds(10_000); print(peak())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(f"  memory at 10,000 resources, requests included: {float(found.stdout):.0f} MiB")
    return {"stack: growth exponent": exponent(points), "stack: ours to stock": own / stock}


def peak() -> float:
    """Return this process's peak resident memory, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
