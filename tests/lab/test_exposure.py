"""Exposed services against Debian's own servers; truth comes from their configuration."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from posture_scan.checks.exposure import collect_database, collect_smb, database, smb
from posture_scan.checks.exposure.collect_admin_panel import admin_page
from posture_scan.checks.exposure.collect_docker import docker_version

from posture_scan.sdk import Service, Status
from tests.lab import looking
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.servers_exposure import mariadb, redis, smbd
from tests.lab.servers_remote import sshd
from tests.lab.servers_web import nginx
from tests.lab.test_remote_access import package_version

pytestmark = pytest.mark.lab

ADDRESS = "127.20.0.2"


def test_samba_as_it_comes_refuses_smb1(tmp_path: Path) -> None:
    with smbd(ADDRESS, tmp_path) as service:
        answer = looking.first_answer(collect_smb.smb, service)
        seen = looking.collect(collect_smb.smb_negotiation, service)
    assert answer[4:8] == b"\xfeSMB"
    assert collect_smb.smb.recognise(answer)
    assert (seen.smb1, seen.smb2_dialect, seen.signing_required) == ("refused", 0x0302, False)
    assert looking.judge(smb.v1, seen, service).status is Status.PASS


def test_samba_that_allows_nt1_is_found(tmp_path: Path) -> None:
    with smbd(
        ADDRESS, tmp_path, "server min protocol = NT1", "server signing = mandatory"
    ) as service:
        seen = looking.collect(collect_smb.smb_negotiation, service)
    assert (seen.smb1, seen.signing_required) == ("accepted", True)
    assert looking.judge(smb.v1, seen, service).status is Status.FAIL


def test_samba_of_smb1_alone_is_recognised_and_found(tmp_path: Path) -> None:
    settings = ("server min protocol = NT1", "server max protocol = NT1")
    with smbd(ADDRESS, tmp_path, *settings) as service:
        answer = looking.first_answer(collect_smb.smb, service)
        seen = looking.collect(collect_smb.smb_negotiation, service)
    assert answer[4:8] == b"\xffSMB"
    assert collect_smb.smb.recognise(answer)
    assert (seen.smb1, seen.smb2_dialect) == ("accepted", 0)


@pytest.mark.parametrize(
    ("options", "access", "status"),
    [
        (("--protected-mode", "no"), "open", Status.FAIL),
        (("--requirepass", "example-only"), "password", Status.PASS),
    ],
)
def test_redis_with_and_without_a_password(
    tmp_path: Path, options: tuple[str, ...], access: str, status: Status
) -> None:
    with redis(ADDRESS, tmp_path, *options) as service:
        answer = looking.first_answer(collect_database.redis, service)
        seen = looking.collect(collect_database.redis_ping, service)
    assert collect_database.redis.recognise(answer)
    assert seen.access == access
    assert looking.judge(database.exposed, seen, service).status is Status.FAIL
    assert looking.judge(database.no_auth, seen, service).status is status


def test_mariadb_tells_the_version_of_its_package(tmp_path: Path) -> None:
    with mariadb(ADDRESS, tmp_path, "--skip-grant-tables") as service:
        answer = looking.first_answer(collect_database.mysql, service)
        seen = looking.collect(collect_database.mysql_greeting, service)
    assert collect_database.mysql.recognise(answer)
    version = package_version("mariadb-server").split(":")[-1]
    assert (seen.product, seen.host_refused) == ("mariadb", False)
    upstream, _, revision = version.partition("-")
    assert seen.version == f"{upstream}-MariaDB-{revision}"
    assert looking.judge(database.exposed, seen, service).status is Status.FAIL
    assert looking.judge(database.no_auth, seen, service).status is Status.UNKNOWN


def test_mariadb_that_turns_our_address_away_is_still_exposed(tmp_path: Path) -> None:
    with mariadb(ADDRESS, tmp_path) as service:
        seen = looking.collect(collect_database.mysql_greeting, service)
    assert seen.host_refused
    assert looking.judge(database.exposed, seen, service).reason == "reachable_refused"


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Service]:
    need("postgres", "initdb")
    port = free_port(ADDRESS)
    data = folder / "data"
    as_user: list[str] = []
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        need("setpriv")
        as_user = [program("setpriv"), f"--reuid={nobody.pw_uid}", "--clear-groups",
                   f"--regid={nobody.pw_gid}"]  # fmt: skip
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        for parent in (folder, *list(folder.parents)[:3]):
            parent.chmod(parent.stat().st_mode | 0o755)
    made = subprocess.run(
        [*as_user, program("initdb"), "-D", str(data), "-N", "-A", "scram-sha-256", "-U", "lab",
         "--pwfile", str(_secret(folder))],
        check=False, capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"initdb does not run here: {made.stderr[-200:]}")
    argv = [*as_user, program("postgres"), "-D", str(data), "-h", ADDRESS, "-p", str(port),
            "-k", str(folder), "-F"]  # fmt: skip
    with daemon(argv, ADDRESS, port, log=folder / "postgres.log", cwd=folder):
        yield Service("postgresql", address=ADDRESS, port=port)


def _secret(folder: Path) -> Path:
    path = folder / "secret"
    path.write_text("example-only\n")
    path.chmod(0o644)
    return path


def test_postgresql_is_recognised_without_any_user(tmp_path: Path) -> None:
    with postgres(tmp_path) as service:
        answer = looking.first_answer(collect_database.postgresql, service)
        seen = looking.collect(collect_database.postgresql_refusal, service)
        log = (tmp_path / "postgres.log").read_text()
    assert collect_database.postgresql.recognise(answer)
    assert seen.product == "postgresql"
    assert "authentication" not in log
    assert looking.judge(database.no_auth, seen, service).reason == "not_tried"


def test_a_plain_web_server_is_no_database_docker_or_admin_page(tmp_path: Path) -> None:
    with nginx(ADDRESS, tmp_path) as service:
        assert looking.collect(collect_database.elasticsearch_front, service).product == ""
        assert not looking.collect(docker_version, service).found
        assert looking.collect(admin_page, service).panel == ""


def test_no_database_is_recognised_in_what_sshd_answers(tmp_path: Path) -> None:
    specs = (
        collect_database.mysql, collect_database.postgresql, collect_database.mssql,
        collect_database.redis, collect_database.mongodb, collect_database.memcached,
    )  # fmt: skip
    with sshd(ADDRESS, tmp_path) as service:
        for spec in specs:
            assert not spec.recognise(looking.first_answer(spec, service))
