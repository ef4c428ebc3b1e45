"""What real servers of this machine say, against what its package list says."""

from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from posture_scan.checks.software import banner as checks
from posture_scan.checks.software.collect import Banner, banner
from posture_scan.checks.software.recognise import Software

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.model.scope import Scope
from posture_scan.products.place import builtin
from posture_scan.sdk import Context, Service, Status, Vantage
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.installed import lacking
from tests.lab.servers_exposure import mariadb
from tests.lab.servers_remote import sshd
from tests.lab.servers_web import apache, nginx

pytestmark = pytest.mark.lab

ADDRESS = "127.40.2.1"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def package_version(name: str) -> str:
    """The installed version of a Debian package, as ``dpkg-query`` gives it."""
    need("dpkg-query")
    argv = ["dpkg-query", "-W", "-f", "${Version}", name]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout:
        lacking(name)
    return done.stdout


def upstream(package: str) -> str:
    """``1:9.2p1-2+deb12u10`` is upstream's ``9.2p1``."""
    return package.partition(":")[2].rpartition("-")[0] or package.rpartition("-")[0]


def greeting(port: int, first: bytes = b"") -> bytes:
    """What the server says first, or answers to the protocol's first message."""
    with socket.create_connection((ADDRESS, port), 5) as line:
        if first:
            line.sendall(first)
        return line.recv(2048)


def look(service: Service) -> tuple[Banner, list[object]]:
    """Run the real collector over the real network, bounded by a scope of this address."""
    made: list[object] = []
    scope = Scope("lab", "lab", date(2026, 1, 1), date(2026, 12, 31), (ADDRESS,))
    net = RealNet(
        scope, pace=Pace.named("lan"), clock=lambda: NOW, deadline=time.monotonic() + 20,
        record=made.append, purpose="banner", max_connections=1,
    )  # fmt: skip
    seen = banner.function(service, net)
    assert isinstance(seen, Banner)
    return seen, made


def of(seen: Banner, product: str) -> Software:
    return next(item for item in seen.software if item.product == product)


def statuses(seen: Banner) -> dict[str, Status]:
    context = Context(NOW, NOW, Service(address=ADDRESS), Vantage.LAN, products=builtin())
    names = ("outdated", "known_exploited", "missing_fix", "version_disclosed")
    return {name: getattr(checks, name).judge(seen, context).status for name in names}


def test_sshd_is_read_with_its_revision(tmp_path: Path) -> None:
    package = package_version("openssh-server")
    with sshd(ADDRESS, tmp_path) as service:
        said = greeting(service.port)
    seen, made = look(replace(service, greeting=said))
    found = of(seen, "openssh")
    assert made == []
    assert found.version == upstream(package)
    assert found.revision == package.rpartition("-")[2]
    judged = statuses(seen)
    assert judged["outdated"] is not Status.FAIL
    assert judged["known_exploited"] is Status.PASS
    if found.release == "12":
        assert judged["outdated"] is Status.PASS


@pytest.mark.parametrize("tokens", ["on", "off"])
def test_nginx_shows_the_number_it_has_or_none(tmp_path: Path, tokens: str) -> None:
    package = package_version("nginx")
    with nginx(ADDRESS, tmp_path, http=f"server_tokens {tokens};") as service:
        seen, made = look(service)
    assert len(made) == 1
    assert of(seen, "nginx").version == (upstream(package) if tokens == "on" else "")
    judged = statuses(seen)
    assert judged["outdated"] is Status.UNKNOWN
    assert judged["known_exploited"] is Status.PASS
    assert judged["version_disclosed"] is (Status.FAIL if tokens == "on" else Status.PASS)


def test_apache_is_judged_as_its_distributions(tmp_path: Path) -> None:
    package = package_version("apache2")
    with apache(ADDRESS, tmp_path) as service:
        seen, _ = look(service)
    found = of(seen, "apache-http-server")
    assert found.version == upstream(package)
    assert statuses(seen)["outdated"] is not Status.FAIL
    assert statuses(seen)["known_exploited"] is not Status.FAIL


def test_redis_names_no_version(tmp_path: Path) -> None:
    need("redis-server")
    port = free_port(ADDRESS)
    argv = [
        program("redis-server"), "--bind", ADDRESS, "--port", str(port), "--save", "",
        "--dir", str(tmp_path), "--requirepass", "lab-only",
    ]  # fmt: skip
    with daemon(argv, ADDRESS, port, log=tmp_path / "redis.log"):
        said = greeting(port, b"*1\r\n$4\r\nPING\r\n")
    seen, made = look(Service("redis", address=ADDRESS, port=port, greeting=said))
    assert made == []
    assert said.startswith(b"-NOAUTH")
    assert seen.software == ()
    assert statuses(seen)["outdated"] is Status.UNKNOWN


def test_mariadb_is_read_with_its_revision(tmp_path: Path) -> None:
    need("mariadbd", "mariadb-install-db")
    package = package_version("mariadb-server")
    with mariadb(ADDRESS, tmp_path, "--skip-grant-tables") as service:
        port = service.port
        said = greeting(port)
    seen, _ = look(Service("mysql", address=ADDRESS, port=port, greeting=said))
    found = of(seen, "mariadb")
    assert found.version == upstream(package)
    assert found.revision == package.rpartition("-")[2]
    judged = statuses(seen)
    assert judged["outdated"] is not Status.FAIL
    assert judged["known_exploited"] is Status.PASS
    if found.release == "12":
        assert judged["outdated"] is Status.PASS


def test_memcached_is_read_and_never_called_ended(tmp_path: Path) -> None:
    need("memcached")
    package = package_version("memcached")
    port = free_port(ADDRESS)
    argv = [program("memcached"), "-l", ADDRESS, "-p", str(port), "-U", "0", "-u", "nobody"]
    with daemon(argv, ADDRESS, port, log=tmp_path / "memcached.log"):
        said = greeting(port, b"version\r\n")
    seen, _ = look(Service("memcached", address=ADDRESS, port=port, greeting=said))
    assert of(seen, "memcached").version == upstream(package)
    assert statuses(seen)["outdated"] is not Status.FAIL
