"""Databases against Debian's own servers; truth comes from dpkg and their configuration."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from posture_scan.checks.database import (
    collect_memcached,
    collect_mongodb,
    collect_mssql,
    collect_mysql,
    collect_postgresql,
    collect_redis,
    database,
)
from posture_scan.checks.database.collect_elasticsearch import elasticsearch_front
from posture_scan.checks.exposure.collect_admin_panel import admin_page
from posture_scan.checks.exposure.collect_docker import docker_version
from posture_scan.checks.exposure.collect_kubernetes import kubernetes_front

from posture_scan.model.evidence import Connection
from posture_scan.sdk import Status
from tests.lab import looking
from tests.lab.daemon import need, program
from tests.lab.naming import scanned
from tests.lab.pki import Authority
from tests.lab.servers_exposure import (
    mariadb,
    memcached,
    postgres,
    postgres_programs,
    redis,
)
from tests.lab.servers_remote import sshd
from tests.lab.servers_web import nginx
from tests.lab.test_remote_access import package_version

pytestmark = pytest.mark.lab

ADDRESS = "127.63.0.3"


def upstream(package: str) -> str:
    """The version of a package as its maker counts, without epoch and revision."""
    return package_version(package).split(":")[-1].rsplit("-", 1)[0]


# --- Redis and memcached ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "access", "reason"),
    [
        (("--protected-mode", "no"), "open", "open"),
        (("--requirepass", "example-only"), "password", "password_asked"),
        (("--protected-mode", "no", "--user", "default", "on", "nopass", "~*", "-@all"), "password",
         "password_asked"),
    ],
    ids=["open", "requirepass", "no commands"],
)  # fmt: skip
def test_redis(tmp_path: Path, options: tuple[str, ...], access: str, reason: str) -> None:
    with redis(ADDRESS, tmp_path, *options) as service:
        answer = looking.first_answer(collect_redis.redis, service)
        seen = looking.collect(collect_redis.redis_ping, service)
    assert collect_redis.redis.recognise(answer)
    assert (seen.product, seen.access, seen.tls) == ("redis", access, "none")
    assert seen.version == (upstream("redis-server") if access == "open" else "")
    assert looking.judge(database.exposed, seen, service).status is Status.FAIL
    assert looking.judge(database.no_auth, seen, service).reason == reason
    assert looking.judge(database.no_tls, seen, service).status is Status.FAIL


def test_redis_behind_tls_is_asked_inside_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    chain, key = authority.leaf("redis.example.jp")
    options = ("--tls-cert-file", str(chain), "--tls-key-file", str(key), "--tls-ca-cert-file",
               str(authority.file), "--tls-auth-clients", "no", "--protected-mode", "no",
               "--requirepass", "example-only")  # fmt: skip
    with redis(ADDRESS, tmp_path, *options, tls=True) as service:
        seen = looking.collect(collect_redis.redis_ping, service)
    assert (seen.access, seen.tls) == ("password", "required")
    assert looking.judge(database.no_tls, seen, service).status is Status.PASS


PROTECTED = """
import sys
from pathlib import Path
from posture_scan.checks.database import collect_redis, database
from posture_scan.sdk import Service
from tests.lab import looking
from tests.lab.servers_exposure import redis
with redis("192.0.2.1", Path(sys.argv[1]), "--protected-mode", "yes", port=6379) as service:
    seen = looking.collect(collect_redis.redis_ping, service)
checks = (database.exposed, database.no_auth)
print(seen.access, *(looking.judge(check, seen, service).reason for check in checks))
"""


def test_redis_in_protected_mode_turns_others_away(tmp_path: Path) -> None:
    """Loopback counts as its own computer, so another address is made in a network apart."""
    need("unshare", "ip")
    made = 'ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$@"'
    apart = [program("unshare"), "--net", "sh", "-c", made, "sh"]
    if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no network namespace can be made here")
    done = subprocess.run(
        [*apart, sys.executable, "-c", PROTECTED, str(tmp_path)], capture_output=True, text=True,
        cwd=Path(__file__).parents[2], timeout=30, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["protected", "reachable_protected", "protected"], done.stderr


def test_memcached_tells_the_version_of_its_package(tmp_path: Path) -> None:
    with memcached(ADDRESS, folder=tmp_path) as service:
        answer = looking.first_answer(collect_memcached.memcached, service)
        seen = looking.collect(collect_memcached.memcached_version, service)
    assert collect_memcached.memcached.recognise(answer)
    assert seen.version == upstream("memcached")
    assert looking.judge(database.no_auth, seen, service).status is Status.FAIL


# --- MariaDB ---------------------------------------------------------------------------------


def test_mariadb_tells_the_version_of_its_package(tmp_path: Path) -> None:
    with mariadb(ADDRESS, tmp_path, "--skip-grant-tables") as service:
        answer = looking.first_answer(collect_mysql.mysql, service)
        seen = looking.collect(collect_mysql.mysql_greeting, service)
    assert collect_mysql.mysql.recognise(answer)
    version = package_version("mariadb-server").split(":")[-1]
    own, _, revision = version.partition("-")
    assert (seen.product, seen.host_refused, seen.tls) == ("mariadb", False, "none")
    assert seen.version == f"{own}-MariaDB-{revision}"
    assert looking.judge(database.exposed, seen, service).status is Status.FAIL
    assert looking.judge(database.no_auth, seen, service).status is Status.UNKNOWN
    assert looking.judge(database.no_tls, seen, service).status is Status.FAIL


def test_mariadb_with_a_certificate_offers_encryption(tmp_path: Path) -> None:
    chain, key = Authority(tmp_path).leaf("db.example.jp")
    options = ("--skip-grant-tables", f"--ssl-cert={chain}", f"--ssl-key={key}")
    with mariadb(ADDRESS, tmp_path, *options) as service:
        seen = looking.collect(collect_mysql.mysql_greeting, service)
    assert seen.tls == "offered"
    assert looking.judge(database.no_tls, seen, service).status is Status.PASS


def test_mariadb_that_lists_its_clients_is_filtered(tmp_path: Path) -> None:
    with mariadb(ADDRESS, tmp_path) as service:
        answer = looking.first_answer(collect_mysql.mysql, service)
        seen = looking.collect(collect_mysql.mysql_greeting, service)
    assert collect_mysql.mysql.recognise(answer)
    assert (seen.product, seen.host_refused) == ("mariadb", True)
    for check in (database.exposed, database.no_auth):
        assert looking.judge(check, seen, service).reason == "turned_away"


@pytest.mark.parametrize("engine", ["builtin", pytest.param("nmap", marks=pytest.mark.slow)])
def test_how_often_mariadb_is_connected_to_in_a_run(tmp_path: Path, engine: str) -> None:
    """One connection for everything but the look at the port itself."""
    need("mariadb-admin")
    lines: list[Connection] = []
    with mariadb(ADDRESS, tmp_path, "--skip-grant-tables") as service:
        before = settled(tmp_path)
        (found,) = scanned(service, engine, lines)
        said = sum(line.received > 0 for line in lines)
        seen = looking.collect(collect_mysql.mysql_greeting, found)
        after = aborted(tmp_path)
    assert (found.protocol, seen.product) == ("mysql", "mariadb")
    assert said == 1
    # The look at the port itself is one more, and nmap names only what we cannot.
    assert after - before <= 2


def settled(folder: Path) -> int:
    """The same once it stands still: a busy server counts late who looked whether it runs."""
    seen = [-1, aborted(folder)]
    while seen[-1] != seen[-2] and len(seen) < 20:
        time.sleep(0.3)
        seen.append(aborted(folder))
    return seen[-1]


def aborted(folder: Path) -> int:
    """How many connections the server says were dropped before a logon."""
    asked = subprocess.run(
        [program("mariadb-admin"), "--no-defaults", f"--socket={folder}/s.sock", "-u", "root",
         "extended-status"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    (line,) = [row for row in asked.stdout.splitlines() if "Aborted_connects " in row]
    return int(line.split("|")[2])


# --- PostgreSQL ------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "with TLS"])
def test_postgresql_is_recognised_without_any_user(tmp_path: Path, tls: bool) -> None:  # noqa: FBT001
    certificate = Authority(tmp_path).leaf("db.example.jp") if tls else None
    with postgres(ADDRESS, tmp_path, certificate) as service:
        answer = looking.first_answer(collect_postgresql.postgresql, service)
        seen = looking.collect(collect_postgresql.postgresql_refusal, service)
        log = (tmp_path / "postgres.log").read_text()
    assert collect_postgresql.postgresql.recognise(answer)
    # The version is not readable before a logon, and is not claimed.
    assert (seen.product, seen.version) == ("postgresql", "")
    package = f"postgresql-{postgres_programs().parent.name}"
    assert upstream(package).encode() not in answer
    assert "authentication" not in log
    assert looking.judge(database.no_auth, seen, service).reason == "not_tried"
    wanted = Status.PASS if tls else Status.FAIL
    assert looking.judge(database.no_tls, seen, service).status is wanted


# --- what is none ----------------------------------------------------------------------------


def test_a_plain_web_server_is_nothing_of_all_that(tmp_path: Path) -> None:
    with nginx(ADDRESS, tmp_path) as service:
        assert looking.collect(elasticsearch_front, service).product == ""
        assert not looking.collect(docker_version, service).found
        assert looking.collect(kubernetes_front, service).part == ""
        assert looking.collect(admin_page, service).panel == ""


def test_no_database_is_recognised_in_what_sshd_answers(tmp_path: Path) -> None:
    specs = (
        collect_mysql.mysql, collect_postgresql.postgresql, collect_mssql.mssql,
        collect_redis.redis, collect_mongodb.mongodb, collect_memcached.memcached,
    )  # fmt: skip
    with sshd(ADDRESS, tmp_path) as service:
        for spec in specs:
            assert not spec.recognise(looking.first_answer(spec, service))
