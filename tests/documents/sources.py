"""Code for tests: the files of a function, given as texts."""

from __future__ import annotations

from collections.abc import Mapping

from preflight import wire
from preflight.documents.code import Files, open_code


def code_of(files: Mapping[str, str]) -> Files:
    """Open an asset map of inline texts, as a program with ``pulumi.AssetArchive`` passes it."""
    assets = {name: {wire.SIGNATURE_KEY: wire.ASSET, "text": text} for name, text in files.items()}
    opened = open_code({wire.SIGNATURE_KEY: wire.ARCHIVE, "assets": assets}, ".")
    assert isinstance(opened, Files)
    return opened
