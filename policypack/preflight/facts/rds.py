"""RDS and Aurora: engine versions, instance classes, names that engines reserve, parameter group families.

Written 2026-11 after the pages: API CreateDBInstance and CreateDBCluster; 'Aurora Serverless v2 requirements';
'Aurora Serverless v1 end of life'; 'Working with parameter groups'. Versions and classes come from dated tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from preflight.facts.offerings import Offer, Offerings, of_engine, offerings
from preflight.facts.table import load
from preflight.facts.versions import EngineVersions, Statement, Status

__all__ = ["Offer", "Offerings", "Status"]

SERVERLESS_CLASS = "db.serverless"

# Engine modes that CreateDBCluster takes no more: Serverless v1 ended 2025-03-31, multi-master 2023-02-28, parallel
# query and global are options of ordinary clusters.
RETIRED_ENGINE_MODES = frozenset({"serverless", "parallelquery", "multimaster", "global"})

# Serverless v2 capacity in ACU ('How Aurora Serverless v2 works': 0 pauses, steps of a half).
SERVERLESS_MIN_CAPACITY = 0.0
SERVERLESS_MAX_CAPACITY_RANGE = (1.0, 256.0)
SERVERLESS_CAPACITY_STEP = 0.5

# 'Configuration requirements of an Aurora global database': no burstable classes.
GLOBAL_CLUSTER_REFUSED_CLASSES = re.compile(r"db\.(t2|t3|t4g)\..+")

# API CreateDBInstance, AllocatedStorage in GiB: least for gp2 and gp3, and for provisioned IOPS.
MIN_STORAGE_GIB = {"gp2": 20, "gp3": 20, "io1": 100, "io2": 100, "standard": 5}
GP3_PERFORMANCE_FROM_GIB = 400  # 'gp3 storage': below, iops and throughput can't be set; MySQL, MariaDB, PostgreSQL

PASSWORD_MIN_LENGTH = 8
PASSWORD_FORBIDDEN = frozenset('/"@ ')

_LINE_PARTS = {"postgres": 1, "aurora-postgresql": 1}
_COUNTS_BUILDS = ("sqlserver", "db2", "oracle")

# A failed deployment of late 2025 and the list that the region then gave; older sources than the tables of cfn-lint.
_OBSERVED = {
    ("postgres", "us-west-2"): Statement(
        date="2025-11-01",
        listed=frozenset({"15.4", "15.7", "15.8", "15.10", "15.12", "15.13", "15.14"}),
        retired=frozenset({"15.4"}),
    ),
}

# The engine 'aurora' (MySQL 5.6) ended on 2023-02-28 in every region.
_ENDED = {"aurora": Statement(date="2023-02-28", listed=frozenset())}


@cache
def engine_versions(engine: str, region: str | None = None) -> EngineVersions | None:
    """The versions of an RDS or Aurora engine (`engine` as in the API, 'postgres', 'aurora-mysql'); None when no source
    lists the engine's versions (Oracle, Neptune, DocumentDB), and for RDS Custom, where the user names versions.
    Without own data of the region: all regions together.
    """
    if engine.startswith("custom-"):
        return None
    rows = load("engine_versions").data["rds"].get(engine, ())
    statements = [Statement(row["date"], frozenset(row["listed"]), frozenset(row["retired"])) for row in rows]
    if engine in _ENDED:
        statements.append(_ENDED[engine])
    if (engine, region) in _OBSERVED:
        statements.append(_OBSERVED[engine, region or ""])
    if not statements:
        return None
    own_data = (engine, region) in _OBSERVED
    counts_minors = not engine.startswith(_COUNTS_BUILDS)
    return EngineVersions(
        engine, region if own_data else None, tuple(statements), _LINE_PARTS.get(engine, 2), counts_minors
    )


def instance_classes(engine: str) -> Offerings | None:
    """The classes of an engine by region (also engines 'docdb' and 'neptune'); None for an engine without data."""
    if engine in ("docdb", "neptune"):
        return offerings(engine)
    return of_engine(engine)


@dataclass(frozen=True)
class Naming:
    """What an engine allows for a name. `reserved` is in lower case and compares without case; None means no limit
    known.
    """

    pattern: re.Pattern[str]
    max_length: int | None
    reserved: frozenset[str]

    def problem(self, name: str) -> str | None:
        """Why the engine refuses `name`, as the end of a sentence ('is longer than 16 characters'); None when it
        takes it.
        """
        if name.lower() in self.reserved:
            return "is a reserved word of the engine"
        if self.max_length is not None and len(name) > self.max_length:
            return f"is longer than {self.max_length} characters"
        if not self.pattern.fullmatch(name):
            return "must begin with a letter and have only letters, digits and underscores"
        return None


_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_AURORA_POSTGRES_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_POSTGRES = ("postgres", "aurora-postgresql")
_MYSQL = ("mysql", "mariadb", "aurora-mysql", "aurora")
# Lengths: CreateDBInstance says 16 for MySQL; real accounts take 32 there (probed 2026-09), so only more is refused.
_USERNAME_LENGTHS = {
    "mysql": 32,
    "aurora-mysql": 32,
    "mariadb": 16,
    "postgres": 63,
    "aurora-postgresql": 63,
    "db2-ae": 16,
    "db2-se": 16,
}
_MYSQL_SCHEMAS = frozenset({"mysql", "information_schema", "performance_schema", "sys"})


@cache
def master_username(engine: str) -> Naming:
    """What `username` / `masterUsername` may be. 'rdsadmin' is reserved everywhere, 'admin' by PostgreSQL and
    DocumentDB.
    """
    reserved = {"rdsadmin"} | ({"admin"} if engine in (*_POSTGRES, "docdb") else set())
    family = engine.split("-")[0]
    length = _USERNAME_LENGTHS.get(engine, {"oracle": 30, "sqlserver": 128}.get(family))
    return Naming(_WORD, length, frozenset(reserved))


@cache
def database_name(engine: str) -> Naming | None:
    """What `dbName` / `databaseName` may be; None for SQL Server, which takes no database name at all.

    For an engine not known here: only the rules that all share.
    """
    if engine.startswith("sqlserver"):
        return None
    if engine in _POSTGRES:
        pattern = _AURORA_POSTGRES_WORD if engine == "aurora-postgresql" else _WORD
        return Naming(pattern, 63, frozenset({"rdsadmin", "admin", "template0", "template1"}))
    if engine in _MYSQL:
        return Naming(_WORD, 64, _MYSQL_SCHEMAS)
    if engine.startswith("oracle"):
        return Naming(_WORD, 8, frozenset())
    return Naming(_WORD, 64, frozenset())


def password_max_length(engine: str) -> int:
    """The longest master password in characters: 41 for MySQL, MariaDB and Aurora MySQL, 30 for Oracle, 255 for Db2,
    else 128.
    """
    if engine in _MYSQL:
        return 41
    return {"oracle": 30, "db2": 255}.get(engine.split("-")[0], 128)


def parameter_group_family(engine: str, version: str) -> str | None:
    """The family that engine and version need: ('postgres', '15.4') -> 'postgres15', ('mysql', '8.0') -> 'mysql8.0',
    ('aurora-mysql', '8.0.mysql_aurora.3.04.0') -> 'aurora-mysql8.0'. None where the version doesn't tell.
    """
    parts = version.split("-")[0].split(".")
    if engine in _POSTGRES:
        old = parts[0].isdigit() and int(parts[0]) < 10
        return f"{engine}{'.'.join(parts[:2])}" if old else f"{engine}{parts[0]}"
    if engine in ("mysql", "mariadb", "aurora-mysql") and len(parts) >= 2:
        return f"{engine}{parts[0]}.{parts[1]}"
    return None


def family_fits_engine(engine: str, family: str) -> bool:
    """Whether a parameter group family can belong to the engine in any version ('postgres15' to 'postgres')."""
    return bool(re.fullmatch(re.escape(engine) + r"[-\d.]*", family))


# Static parameters ('Working with parameters': applied at the next restart; 'immediate' is refused), by family prefix.
# Only names that the engine's own manual calls static or that change at server start.
STATIC_PARAMETERS = {
    "postgres": frozenset(
        {
            "shared_buffers",
            "max_connections",
            "shared_preload_libraries",
            "max_wal_senders",
            "max_replication_slots",
            "max_worker_processes",
            "max_prepared_transactions",
            "max_locks_per_transaction",
            "wal_buffers",
            "huge_pages",
            "track_activity_query_size",
            "autovacuum_freeze_max_age",
            "autovacuum_max_workers",
            "rds.logical_replication",
        }
    ),
    "mysql": frozenset(
        {
            "performance_schema",
            "innodb_log_file_size",
            "innodb_purge_threads",
            "innodb_read_io_threads",
            "innodb_write_io_threads",
            "innodb_autoinc_lock_mode",
            "innodb_ft_min_token_size",
            "innodb_ft_max_token_size",
            "lower_case_table_names",
            "skip_name_resolve",
            "back_log",
            "table_open_cache_instances",
            "thread_stack",
        }
    ),
}


def static_parameters(family: str) -> frozenset[str]:
    """The static parameters known for a family ('postgres15', 'aurora-postgresql16', 'mysql8.0', 'mariadb11.4')."""
    base = family.removeprefix("aurora-")
    if base.startswith("postgres"):
        from_17 = {"autovacuum_max_workers"} if _major(base) >= 18 else set()
        return STATIC_PARAMETERS["postgres"] - from_17
    if base.startswith("mysql"):
        return STATIC_PARAMETERS["mysql"]
    return frozenset()


def _major(family: str) -> int:
    digits = re.search(r"\d+", family)
    return int(digits[0]) if digits else 0
