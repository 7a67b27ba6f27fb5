"""Engine versions: dated statements reconciled, and what the tables say of well-known versions."""

from __future__ import annotations

import pytest

from preflight.facts import elasticache, rds
from preflight.facts.rds import Status
from preflight.facts.versions import EngineVersions, Statement


@pytest.mark.parametrize("region", ["us-west-2", "eu-central-1", None])
@pytest.mark.parametrize(
    ("engine", "version", "expected"),
    [
        ("postgres", "15.4", Status.REFUSED),
        # Offered in late 2025, retired by the table of May 2026: what any dated source offers is advisory at most.
        ("postgres", "15.7", Status.DEPRECATED),
        ("postgres", "15.8", Status.DEPRECATED),
        ("postgres", "15.10", Status.DEPRECATED),
        ("postgres", "15.14", Status.OFFERED),
        ("postgres", "15", Status.OFFERED),
        ("postgres", "15.11", Status.REFUSED),
        ("postgres", "9.6.24", Status.REFUSED),
        ("postgres", "10", Status.REFUSED),
        ("postgres", "42.1", Status.UNKNOWN),
        ("mysql", "8.0", Status.OFFERED),
        ("mysql", "8.4.99", Status.REFUSED),
        ("mysql", "8.0.20", Status.REFUSED),
        ("mariadb", "11.4", Status.OFFERED),
        ("aurora-mysql", "8.0.mysql_aurora.3.04.0", Status.OFFERED),
        ("aurora-mysql", "8.0.mysql_aurora.3.01.0", Status.REFUSED),
        ("aurora-mysql", "8.0", Status.OFFERED),
        ("aurora-mysql", "3.04.0", Status.REFUSED),
        ("aurora-postgresql", "16", Status.OFFERED),
        ("aurora-postgresql", "13.4", Status.REFUSED),
        ("aurora", "5.6.10a", Status.REFUSED),
        ("sqlserver-ex", "15.00.9999.1.v1", Status.UNKNOWN),
    ],
)
def test_rds_versions(engine: str, version: str, region: str | None, expected: Status) -> None:
    versions = rds.engine_versions(engine, region)
    assert versions is not None
    assert versions.status(version) is expected


@pytest.mark.parametrize(
    ("engine", "version", "expected"),
    [
        ("redis", "7.1", Status.OFFERED),
        ("redis", "7.0", Status.OFFERED),
        ("redis", "6.x", Status.OFFERED),
        ("redis", "6.2", Status.OFFERED),
        ("redis", "5.0.6", Status.OFFERED),
        ("redis", "6.9", Status.REFUSED),
        ("redis", "9.0", Status.UNKNOWN),
        ("valkey", "8.0", Status.OFFERED),
        ("memcached", "1.6.22", Status.OFFERED),
        ("memcached", "1.6.1", Status.REFUSED),
    ],
)
def test_cache_versions(engine: str, version: str, expected: Status) -> None:
    versions = elasticache.engine_versions(engine)
    assert versions is not None
    assert versions.status(version) is expected


@pytest.mark.parametrize("engine", ["oracle-ee", "neptune", "docdb", "custom-sqlserver-se", "nonsense"])
def test_an_engine_without_data_is_unknown(engine: str) -> None:
    assert rds.engine_versions(engine) is None
    assert elasticache.engine_versions(engine) is None


def test_a_table_that_has_aged_stays_quiet_up_to_three_minor_versions() -> None:
    for engine in ("postgres", "aurora-postgresql", "mysql", "mariadb"):
        versions = rds.engine_versions(engine)
        assert versions is not None
        for line in versions.lines[-2:]:
            listed = {v for s in versions.statements for v in s.listed if versions.line(v) == line and v != line}
            newest = max(int(v.removeprefix(f"{line}.").split("-")[0]) for v in listed)
            statuses = [versions.status(f"{line}.{newest + step}") for step in (1, 2, 3, 4)]
            assert statuses == [Status.UNKNOWN] * 3 + [Status.REFUSED]


def test_proposals_are_offered_and_of_the_same_line_where_there_is_one() -> None:
    versions = rds.engine_versions("postgres", "us-west-2")
    assert versions is not None
    for wanted in ("15.4", "15.7", "14.1", "16.99"):
        proposed = versions.nearest(wanted)
        assert 1 <= len(proposed) <= 3
        assert all(versions.status(version) is Status.OFFERED for version in proposed)
        assert {versions.line(version) for version in proposed} == {versions.line(wanted)}
    assert versions.nearest("9.6.1") == versions.offered[-3:]


def test_only_a_region_with_own_data_is_named() -> None:
    own, other = rds.engine_versions("postgres", "us-west-2"), rds.engine_versions("postgres", "eu-west-1")
    assert own is not None
    assert other is not None
    assert (own.region, other.region) == ("us-west-2", None)
    assert own.dated == other.dated == "2026-10-20"


def test_every_offered_version_has_that_status() -> None:
    for engine in ("postgres", "mysql", "mariadb", "aurora-mysql", "aurora-postgresql", "sqlserver-se", "db2-se"):
        versions = rds.engine_versions(engine)
        assert versions is not None
        assert versions.offered
        assert {versions.status(version) for version in versions.offered} == {Status.OFFERED}
        assert {versions.status(line) for line in versions.lines} == {Status.OFFERED}


def test_the_newest_statement_decides_between_offered_and_deprecated() -> None:
    older = Statement("2025-01-01", frozenset({"1.1", "1.2"}))
    newer = Statement("2026-01-01", frozenset({"1.1", "1.2", "1.3"}), frozenset({"1.1"}))
    versions = EngineVersions("x", None, (older, newer))
    assert versions.dated == "2026-01-01"
    assert versions.offered == ("1.2", "1.3")
    assert {v: versions.status(v) for v in ("1.1", "1.2", "1.3", "1.0", "1.4", "1.7", "2.0", "0.9", "1", "2")} == {
        "1.1": Status.DEPRECATED,
        "1.2": Status.OFFERED,
        "1.3": Status.OFFERED,
        "1.0": Status.REFUSED,
        "1.4": Status.UNKNOWN,
        "1.7": Status.REFUSED,
        "2.0": Status.UNKNOWN,
        "0.9": Status.REFUSED,
        "1": Status.OFFERED,
        "2": Status.UNKNOWN,
    }


@pytest.mark.parametrize(
    ("engine", "version", "line"),
    [
        ("postgres", "15.4", "15"),
        ("postgres", "11.22-rds.20241121", "11"),
        ("mysql", "8.0.35", "8.0"),
        ("aurora-mysql", "8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3"),
        ("aurora-mysql", "5.7.mysql_aurora.2.11.1", "5.7.mysql_aurora.2"),
        ("aurora-mysql", "8.4.mysql_aurora.8.4.7", "8.4.mysql_aurora.8.4"),
        ("sqlserver-ee", "15.00.4043.16.v1", "15.00"),
    ],
)
def test_major_lines(engine: str, version: str, line: str) -> None:
    versions = rds.engine_versions(engine)
    assert versions is not None
    assert versions.line(version) == line
