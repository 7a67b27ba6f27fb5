"""RDS names, classes and families."""

from __future__ import annotations

import pytest

from preflight.facts import rds
from preflight.facts.offerings import Offer


@pytest.mark.parametrize(
    ("engine", "instance_class", "region", "expected"),
    [
        ("postgres", "db.t3.micro", "us-west-2", Offer.OFFERED),
        ("postgres", "db.t3.micro", None, Offer.OFFERED),
        ("postgres", "db.t3.mirco", "us-west-2", Offer.REFUSED),
        ("postgres", "db.serverless", "us-west-2", Offer.REFUSED),
        ("aurora-postgresql", "db.serverless", "us-west-2", Offer.OFFERED),
        ("aurora-postgresql", "db.t3.micro", "us-west-2", Offer.REFUSED),
        ("aurora-mysql", "db.m5.large", None, Offer.REFUSED),
        ("aurora-mysql", "db.r6g.large", "eu-central-1", Offer.OFFERED),
        ("postgres", "db.q99.large", "us-east-1", Offer.UNKNOWN),
        ("postgres", "db.t3.micro", "moon-1", Offer.OFFERED),
        ("docdb", "db.r6g.large", "us-east-1", Offer.OFFERED),
        ("neptune", "db.r6g.large", "us-east-1", Offer.OFFERED),
    ],
)
def test_instance_classes(engine: str, instance_class: str, region: str | None, expected: Offer) -> None:
    classes = rds.instance_classes(engine)
    assert classes is not None
    assert classes.offer(instance_class, region) is expected


def test_a_class_of_other_regions_names_them() -> None:
    classes = rds.instance_classes("postgres")
    assert classes is not None
    somewhere = next(
        name for name in sorted(classes.classes()) if set(classes.regions_with(name)) not in (set(), classes.regions())
    )
    lacking = min(classes.regions() - set(classes.regions_with(somewhere)))
    assert classes.offer(somewhere, lacking) is Offer.ELSEWHERE
    assert set(classes.nearest(somewhere, lacking)) <= classes.classes(lacking)


def test_an_engine_without_classes_is_unknown() -> None:
    assert rds.instance_classes("nonsense") is None


@pytest.mark.parametrize(
    ("engine", "name", "refused"),
    [
        ("postgres", "admin", True),
        ("aurora-postgresql", "Admin", True),
        ("docdb", "admin", True),
        ("mysql", "admin", False),
        ("aurora-mysql", "admin", False),
        ("postgres", "postgres", False),
        ("mysql", "rdsadmin", True),
        ("postgres", "1st", True),
        ("postgres", "db-admin", True),
        ("postgres", "a" * 63, False),
        ("postgres", "a" * 64, True),
        ("mysql", "a" * 32, False),
        ("mysql", "a" * 33, True),
        ("mariadb", "a" * 17, True),
        ("nonsense", "a" * 200, False),
    ],
)
def test_master_usernames(engine: str, name: str, refused: bool) -> None:
    assert bool(rds.master_username(engine).problem(name)) is refused


@pytest.mark.parametrize(
    ("engine", "name", "refused"),
    [
        ("postgres", "orders", False),
        ("postgres", "my-orders", True),
        ("postgres", "_orders", True),
        ("aurora-postgresql", "_orders", False),
        ("postgres", "admin", True),
        ("mysql", "sys", True),
        ("mysql", "a" * 64, False),
        ("postgres", "a" * 64, True),
        ("oracle-se2", "ORDERSDB", False),
        ("oracle-se2", "ORDERSDB1", True),
        ("nonsense", "1", True),
    ],
)
def test_database_names(engine: str, name: str, refused: bool) -> None:
    naming = rds.database_name(engine)
    assert naming is not None
    assert bool(naming.problem(name)) is refused


def test_sql_server_takes_no_database_name() -> None:
    assert rds.database_name("sqlserver-ex") is None


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [
        ("postgres", "15.4", "postgres15"),
        ("postgres", "9.6.24", "postgres9.6"),
        ("mysql", "8.0.35", "mysql8.0"),
        ("aurora-mysql", "8.0.mysql_aurora.3.04.0", "aurora-mysql8.0"),
        ("aurora-postgresql", "16", "aurora-postgresql16"),
        ("mariadb", "10.11.6", "mariadb10.11"),
        ("mysql", "8", None),
        ("oracle-se2", "19.0.0.0.ru-2024-01.rur-2024-01.r1", None),
    ],
)
def test_parameter_group_families(engine: str, version: str, family: str | None) -> None:
    assert rds.parameter_group_family(engine, version) == family
    assert family is None or rds.family_fits_engine(engine, family)


@pytest.mark.parametrize(
    ("engine", "family", "fits"),
    [
        ("postgres", "aurora-postgresql15", False),
        ("mysql", "postgres15", False),
        ("oracle-se2", "oracle-se2-19", True),
        ("oracle-se2", "oracle-se2-cdb-19", False),
        ("sqlserver-ex", "sqlserver-ex-15.0", True),
    ],
)
def test_families_of_engines(engine: str, family: str, fits: bool) -> None:
    assert rds.family_fits_engine(engine, family) is fits


def test_static_parameters() -> None:
    assert "shared_preload_libraries" in rds.static_parameters("postgres15")
    assert "rds.logical_replication" in rds.static_parameters("aurora-postgresql16")
    assert "rds.force_ssl" not in rds.static_parameters("postgres15")
    assert "autovacuum_max_workers" in rds.static_parameters("postgres17")
    assert "autovacuum_max_workers" not in rds.static_parameters("postgres18")
    assert "performance_schema" in rds.static_parameters("mysql8.0")
    assert rds.static_parameters("oracle-se2-19") == frozenset()


@pytest.mark.parametrize(
    ("engine", "length"), [("mysql", 41), ("postgres", 128), ("oracle-ee", 30), ("db2-se", 255), ("sqlserver-ex", 128)]
)
def test_password_lengths(engine: str, length: int) -> None:
    assert rds.password_max_length(engine) == length
