"""Remote access against Debian's own servers; what is true comes from their configuration."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from posture_scan.checks.remote_access import collect_rdp, collect_ssh, collect_vnc, rdp, ssh, vnc
from posture_scan.checks.remote_access.collect_telnet import telnet
from posture_scan.checks.remote_access.collect_winrm import winrm_answer

from posture_scan.sdk import Service, Status
from tests.lab import looking
from tests.lab.daemon import daemon, free_port, need, program

pytestmark = pytest.mark.lab

ADDRESS = "127.20.0.1"

XRDP = """\
[Globals]
ini_version=1
fork=true
port=tcp://{address}:{port}
use_vsock=false
security_layer={security}
crypt_level=high
certificate={folder}/cert.pem
key_file={folder}/key.pem
ssl_protocols=TLSv1.2, TLSv1.3
autorun=
[Logging]
LogFile={folder}/xrdp.log
LogLevel=INFO
EnableSyslog=false
[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
port=-1
"""


@contextlib.contextmanager
def xrdp(folder: Path, security: str) -> Iterator[Service]:
    need("xrdp", "openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=lab", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    port = free_port(ADDRESS)
    config = folder / "xrdp.ini"
    config.write_text(XRDP.format(address=ADDRESS, port=port, security=security, folder=folder))
    argv = [program("xrdp"), "--nodaemon", "--config", str(config)]
    with daemon(argv, ADDRESS, port, log=folder / "out.log"):
        yield Service("rdp", address=ADDRESS, port=port)


def test_xrdp_that_negotiates_accepts_legacy_security_and_no_nla(tmp_path: Path) -> None:
    with xrdp(tmp_path, "negotiate") as service:
        assert collect_rdp.rdp.recognise(looking.first_answer(collect_rdp.rdp, service))
        seen = looking.collect(collect_rdp.rdp_negotiation, service)
    assert (seen.everything.outcome, seen.tls_only.selected, seen.legacy.selected) == (
        "accepted", 1, 0,
    )  # fmt: skip
    assert looking.judge(rdp.no_nla, seen, service).status is Status.FAIL
    assert looking.judge(rdp.weak_encryption, seen, service).reason == "legacy_accepted"


def test_xrdp_with_tls_only_refuses_legacy_security(tmp_path: Path) -> None:
    with xrdp(tmp_path, "tls") as service:
        seen = looking.collect(collect_rdp.rdp_negotiation, service)
    assert seen.tls_only.selected == 1
    assert looking.judge(rdp.no_nla, seen, service).status is Status.FAIL
    assert looking.judge(rdp.weak_encryption, seen, service).status is Status.PASS


@contextlib.contextmanager
def sshd(folder: Path, *settings: str) -> Iterator[Service]:
    need("sshd", "ssh-keygen")
    key = folder / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True,
        capture_output=True,
    )  # fmt: skip
    Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port(ADDRESS)
    lines = [f"ListenAddress {ADDRESS}:{port}", f"HostKey {key}", "PidFile none", *settings]
    config = folder / "sshd_config"
    config.write_text("\n".join(lines) + "\n")
    argv = [program("sshd"), "-D", "-e", "-f", str(config)]
    with daemon(argv, ADDRESS, port, log=folder / "sshd.log"):
        yield Service("ssh", address=ADDRESS, port=port)


def test_debian_sshd_as_it_comes_has_no_weak_algorithm(tmp_path: Path) -> None:
    with sshd(tmp_path) as service:
        assert collect_ssh.ssh.recognise(looking.first_answer(collect_ssh.ssh, service))
        seen = looking.collect(collect_ssh.ssh_hello, service)
        truth = subprocess.run(
            [program("sshd"), "-T", "-f", str(tmp_path / "sshd_config")], check=True,
            capture_output=True, text=True,
        ).stdout  # fmt: skip
    said = dict(line.split(" ", 1) for line in truth.splitlines() if " " in line)
    assert seen.ciphers == tuple(said["ciphers"].split(","))
    assert seen.macs == tuple(said["macs"].split(","))
    assert set(said["kexalgorithms"].split(",")) <= set(seen.kex)
    assert seen.host_keys == ("ssh-ed25519",)
    revision = package_version("openssh-server").split(":")[-1]
    assert seen.banner.endswith(revision.split("-", 1)[1])
    assert seen.strict_kex
    assert looking.judge(ssh.weak_algorithms, seen, service).status is Status.PASS


def test_sshd_with_old_algorithms_is_weak(tmp_path: Path) -> None:
    settings = (
        "Ciphers aes128-cbc,aes256-ctr",
        "MACs hmac-md5,hmac-sha2-256",
        "KexAlgorithms diffie-hellman-group1-sha1,curve25519-sha256",
    )
    with sshd(tmp_path, *settings) as service:
        seen = looking.collect(collect_ssh.ssh_hello, service)
    verdict = looking.judge(ssh.weak_algorithms, seen, service)
    assert verdict.status is Status.FAIL
    assert dict(verdict.values)["algorithms"] == "diffie-hellman-group1-sha1, aes128-cbc, hmac-md5"


@contextlib.contextmanager
def xvnc(folder: Path, *options: str) -> Iterator[Service]:
    need("Xtigervnc")
    port = free_port(ADDRESS)
    display = next(n for n in range(120, 200) if not Path(f"/tmp/.X11-unix/X{n}").exists())
    argv = [
        program("Xtigervnc"), f":{display}", "-interface", ADDRESS, "-rfbport", str(port),
        "-geometry", "64x48", "-depth", "16", "-nolisten", "tcp", "-localhost=0", *options,
    ]  # fmt: skip
    with daemon(argv, ADDRESS, port, log=folder / "vnc.log", env={"HOME": str(folder)}):
        yield Service("vnc", address=ADDRESS, port=port)


def test_vnc_without_a_password(tmp_path: Path) -> None:
    with xvnc(tmp_path, "-SecurityTypes", "None") as service:
        assert collect_vnc.vnc.recognise(looking.first_answer(collect_vnc.vnc, service))
        seen = looking.collect(collect_vnc.rfb_security, service)
    assert seen.types == (1,)
    assert looking.judge(vnc.no_auth, seen, service).status is Status.FAIL


def test_vnc_with_a_password(tmp_path: Path) -> None:
    secret = tmp_path / "passwd"
    secret.write_bytes(bytes.fromhex("d7a514d8c556aade"))
    options = ("-SecurityTypes", "VncAuth", "-PasswordFile", str(secret))
    with xvnc(tmp_path, *options) as service:
        seen = looking.collect(collect_vnc.rfb_security, service)
    assert seen.types == (2,)
    assert looking.judge(vnc.no_auth, seen, service).status is Status.PASS


def test_vnc_that_hides_its_choice_inside_tls_is_not_called_safe(tmp_path: Path) -> None:
    options = ("-SecurityTypes", "VncAuth,TLSNone", "-PasswordFile", str(tmp_path / "passwd"))
    with xvnc(tmp_path, *options) as service:
        seen = looking.collect(collect_vnc.rfb_security, service)
    assert set(seen.types) == {2, 19}
    assert looking.judge(vnc.no_auth, seen, service).reason == "hidden_inside"


def test_telnetd_is_recognised_by_its_negotiation(tmp_path: Path) -> None:
    need("telnetd")
    with inetd([program("telnetd"), "--no-hostinfo"], tmp_path) as service:
        answer = looking.first_answer(telnet, service)
    assert answer[:1] == b"\xff"
    assert telnet.recognise(answer)


def test_a_plain_web_server_is_not_winrm(tmp_path: Path) -> None:
    need("nginx")
    with nginx(tmp_path) as service:
        seen = looking.collect(winrm_answer, service)
    assert (seen.found, seen.asked) == (False, False)


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[Service]:
    port = free_port(ADDRESS)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f'server {{ listen {ADDRESS}:{port}; return 200 "hello"; }} }}\n'
    )
    argv = [program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(config)]
    with daemon(argv, ADDRESS, port, log=folder / "nginx.log"):
        yield Service("http", address=ADDRESS, port=port)


@contextlib.contextmanager
def inetd(argv: list[str], folder: Path) -> Iterator[Service]:
    """Hand one connection to a server that expects it as its standard input."""
    listener = socket.create_server((ADDRESS, 0))
    children: list[subprocess.Popen[bytes]] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection, (folder / "telnetd.log").open("wb") as log:
                children.append(
                    subprocess.Popen(
                        argv, stdin=connection.fileno(), stdout=connection.fileno(), stderr=log
                    )
                )

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield Service("telnet", address=ADDRESS, port=listener.getsockname()[1])
    finally:
        listener.close()
        thread.join(5)
        for child in children:
            child.terminate()
            child.wait(5)


def package_version(name: str) -> str:
    """What dpkg says is installed."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", name], check=True, capture_output=True, text=True
    )
    assert re.match(r"[0-9]", asked.stdout)
    return asked.stdout
