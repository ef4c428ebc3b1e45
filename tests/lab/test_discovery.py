"""Both port engines on real servers: the same ports, the same services."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.discovery.hosts import discover
from posture_scan.discovery.world import HostScan, Target, World
from posture_scan.model.evidence import Connection
from posture_scan.sdk import ProtocolSpec
from tests.collect.fixture import scope
from tests.collect.scripted import serving, silent
from tests.discovery.specs import ALL
from tests.lab.daemon import daemon, free_port, need, program

pytestmark = pytest.mark.lab

ADDRESS = "127.50.6.1"


@dataclass(frozen=True)
class Servers:
    ssh: int
    web: int
    secure_web: int
    redis: int
    tls: int
    mute: int
    closed: int

    @property
    def opened(self) -> tuple[int, ...]:
        ports = (self.ssh, self.web, self.secure_web, self.redis, self.tls, self.mute)
        return tuple(sorted(ports))


def ports(count: int) -> list[int]:
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port(ADDRESS))
    return sorted(found)


def quiet(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True, timeout=30)


NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen {address}:{web}; return 200 "hello"; }}
  server {{ listen {address}:{secure} ssl; ssl_certificate {folder}/cert.pem;
            ssl_certificate_key {folder}/key.pem; return 200 "hello"; }}
}}
"""


@contextlib.contextmanager
def real_servers(folder: Path) -> Iterator[Servers]:
    ssh, web, secure, redis, tls, closed = ports(6)
    quiet(
        program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", "/CN=lab.example.jp", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem",
    )  # fmt: skip
    quiet(program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/host")
    conf = folder / "nginx.conf"
    conf.write_text(NGINX.format(folder=folder, address=ADDRESS, web=web, secure=secure), "utf-8")
    (folder / "sshd_config").write_text("", "utf-8")
    Path("/run/sshd").mkdir(exist_ok=True)
    commands = [
        (ssh, [program("sshd"), "-D", "-e", "-f", f"{folder}/sshd_config", "-h", f"{folder}/host",
               "-o", f"ListenAddress={ADDRESS}:{ssh}", "-o", "UsePAM=no",
               "-o", f"PidFile={folder}/sshd.pid"]),
        (web, [program("nginx"), "-c", str(conf), "-p", str(folder)]),
        (redis, [program("redis-server"), "--bind", ADDRESS, "--port", str(redis), "--save", "",
                 "--dir", str(folder)]),
        # Says nothing inside TLS until it is spoken to, and then nothing that a pack knows.
        (tls, [program("openssl"), "s_server", "-accept", f"{ADDRESS}:{tls}", "-quiet",
               "-cert", f"{folder}/cert.pem", "-key", f"{folder}/key.pem", "-rev"]),
    ]  # fmt: skip
    with contextlib.ExitStack() as stack:
        for port, argv in commands:
            log = folder / f"{port}.log"
            stack.enter_context(daemon(argv, ADDRESS, port, log=log))
        mute = stack.enter_context(serving(silent, ADDRESS))
        yield Servers(ssh, web, secure, redis, tls, mute, closed)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    need("sshd", "ssh-keygen", "nginx", "redis-server", "openssl")
    with real_servers(tmp_path_factory.mktemp("servers")) as running:
        yield running


def look(
    engine: str,
    wanted: list[int],
    record: list[Connection],
    specs: Sequence[ProtocolSpec] = ALL,
) -> HostScan:
    deadline = time.monotonic() + 180
    within, pace = scope("127.50.6.0/24"), Pace.named("lan")

    def clock() -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)

    def net_for(purpose: str, most: int) -> RealNet:
        return RealNet(
            within,
            pace=pace,
            clock=clock,
            deadline=deadline,
            record=record.append,
            purpose=purpose,
            max_connections=most,
        )

    world = World(within, net_for, record.append, clock, deadline)
    (scan,) = discover(
        [Target(ADDRESS, ("lab.example.jp",))],
        specs=specs,
        world=world,
        engine=engine,
        ports=wanted,
        probes_per_second=0,
    )
    return scan


def test_servers_of_the_last_century_are_looked_into(tmp_path: Path) -> None:
    need("openssl")
    port = free_port(ADDRESS)
    quiet(
        program("openssl"), "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-days", "2", "-sha1",
        "-subj", "/CN=old", "-keyout", f"{tmp_path}/key.pem", "-out", f"{tmp_path}/cert.pem",
    )  # fmt: skip
    old = [
        program("openssl"), "s_server", "-accept", f"{ADDRESS}:{port}", "-tls1", "-www",
        "-cipher", "AES128-SHA:@SECLEVEL=0",
        "-cert", f"{tmp_path}/cert.pem", "-key", f"{tmp_path}/key.pem",
    ]  # fmt: skip
    with daemon(old, ADDRESS, port, log=tmp_path / "log"):
        scan = look("builtin", [port], [])
    assert [(s.protocol, s.tls) for s, _ in scan.services] == [("http", True)]


def expected(servers: Servers) -> set[tuple[int, str, bool]]:
    return {
        (servers.ssh, "ssh", False),
        (servers.web, "http", False),
        (servers.secure_web, "http", True),
        (servers.redis, "redis", False),
        (servers.tls, "tls", True),
    }


@pytest.mark.parametrize("engine", ["builtin", pytest.param("nmap", marks=pytest.mark.slow)])
def test_real_servers_on_odd_ports_are_recognised(servers: Servers, engine: str) -> None:
    if engine == "nmap":
        need("nmap")
    record: list[Connection] = []
    wanted = [*servers.opened, servers.closed, *range(20, 120)]
    scan = look(engine, wanted, record)
    found = {(s.port, s.protocol, s.tls) for s, _ in scan.services}
    assert found == expected(servers)
    assert scan.ports.open_ports == servers.opened
    assert scan.ports.unidentified == (servers.mute,)
    assert (scan.ports.probed, scan.ports.silent) == (107, 0)
    assert scan.ports.closed == 107 - len(servers.opened)
    assert scan.ports.engine == engine
    assert not scan.ports.answers_everything
    per_port = [sum(line.port == port for line in record) for port in servers.opened]
    assert max(per_port) <= 16
    assert {seen.recognised_by for _, seen in scan.services} == {"answer"}
    if engine == "nmap":
        # Its naming pass is for the one port that we could not name.
        counts = [line.count for line in record if line.purpose == "discovery.nmap"]
        assert counts == [107, 1]


def test_a_host_whose_ports_are_all_named_is_not_asked_for_versions(servers: Servers) -> None:
    need("nmap")
    record: list[Connection] = []
    scan = look("nmap", [servers.ssh, servers.web, servers.redis, servers.tls], record)
    assert (scan.ports.engine, scan.ports.unidentified) == ("nmap", ())
    assert [line.count for line in record if line.purpose == "discovery.nmap"] == [4]


def test_nmap_names_what_we_cannot(servers: Servers) -> None:
    """With no protocol that we know of Redis, nmap's name for it is all there is."""
    need("nmap")
    dumb = ProtocolSpec("store", lambda _: False, sends=b"?", nmap=("redis",))
    scan = look("nmap", [servers.redis], [], (dumb,))
    ((service, seen),) = scan.services
    assert (service.protocol, seen.recognised_by) == ("store", "nmap")
    assert "Redis" in seen.product
    assert scan.ports.unidentified == ()
