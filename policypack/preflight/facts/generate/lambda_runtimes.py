"""Lambda runtimes: the block dates that each dated source gives, and every runtime identifier of the API model."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from preflight.facts.generate.packages import PINS, wheel
from preflight.facts.generate.write import write_table

NAME = "lambda_runtimes"


def generate(out: Path) -> None:
    """Rows: `known` runtime names; `dates`: runtime -> list of {source, deprecated, create_block, update_block,
    successor}.
    """
    dates: dict[str, list[dict[str, Any]]] = {}
    botocore = wheel("botocore")
    model = json.loads(gzip.decompress(botocore.read("botocore/data/lambda/2015-03-31/service-2.json.gz")))
    sources = [botocore.source]
    for pin in PINS:
        if pin.name != "cfn-lint":
            continue
        package = wheel(pin.name, pin.version)
        sources.append(package.source)
        for runtime, row in package.json("cfnlint/data/AdditionalSpecs/LmbdRuntimeLifecycle.json").items():
            stated = {
                "source": pin.date,
                "deprecated": row["deprecated"],
                "create_block": row["create-block"],
                "update_block": row["update-block"],
                "successor": row["successor"],
            }
            dates.setdefault(runtime, []).append(stated)
    known = sorted(set(model["shapes"]["Runtime"]["enum"]) | set(dates))
    write_table(out, NAME, sources, {"known": known, "dates": dates})
