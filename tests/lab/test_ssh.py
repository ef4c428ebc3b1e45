"""SSH judged from one KEXINIT: OpenSSH in many settings, and servers of other makers.

What is true comes from the settings, and from OpenSSH's client, which reads the same server's
lists by itself. The client stops at the unknown host key (or at the algorithms), before any user
name is sent.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from posture_scan.checks.remote_access import ssh
from posture_scan.checks.remote_access.collect_ssh import SshHello, ssh_hello

from posture_scan.model.evidence import Connection
from posture_scan.sdk import Service, Status
from tests.lab import looking
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.installed import lacking
from tests.lab.servers_remote import behind_inetd, sshd

pytestmark = pytest.mark.lab

ADDRESS = "127.71.1.1"
MARKER = "kex-strict-s-v00@openssh.com"
SHA1 = "diffie-hellman-group1-sha1,diffie-hellman-group-exchange-sha1"
PARAMIKO = """\
import socket, sys, threading, paramiko
listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
key = paramiko.RSAKey.generate(2048)
def serve(line):
    side = paramiko.Transport(line)
    side.add_server_key(key)
    side.start_server(threading.Event(), paramiko.ServerInterface())
while True:
    serve(listener.accept()[0])
"""

Server = Callable[[Path], contextlib.AbstractContextManager[Service]]


def key_file(folder: Path, kind: str, *options: str) -> Path:
    """Make a host key of this kind."""
    key = folder / f"key_{kind}"
    asked = ["ssh-keygen", "-q", "-t", kind, *options, "-N", "", "-f", str(key)]
    if subprocess.run(asked, check=False, capture_output=True).returncode:
        pytest.skip(f"this OpenSSH makes no {kind} keys any more")
    return key


@contextlib.contextmanager
def dropbear(folder: Path) -> Iterator[Service]:
    """Dropbear with keys of every kind that it makes."""
    need("dropbear", "dropbearkey")
    port, keys = free_port(ADDRESS), []
    for kind in ("rsa", "ed25519"):
        asked = [program("dropbearkey"), "-t", kind, "-f", str(folder / kind)]
        subprocess.run(asked, check=True, capture_output=True)
        keys += ["-r", str(folder / kind)]
    argv = [
        program("dropbear"), "-F", "-E", "-s", "-p", f"{ADDRESS}:{port}", "-P", str(folder / "pid"),
        *keys,
    ]  # fmt: skip
    with daemon(argv, ADDRESS, port, log=folder / "dropbear.log"):
        yield Service("ssh", address=ADDRESS, port=port)


@contextlib.contextmanager
def tinysshd(folder: Path) -> Iterator[Service]:
    """TinySSH behind an inetd: Debian 12 has it from before strict key exchange."""
    need("tinysshd", "tinysshd-makekey")
    keys = folder / "keys"
    subprocess.run([program("tinysshd-makekey"), str(keys)], check=True, capture_output=True)
    with behind_inetd([program("tinysshd"), str(keys)], ADDRESS, folder) as port:
        yield Service("ssh", address=ADDRESS, port=port)


@contextlib.contextmanager
def lshd(folder: Path) -> Iterator[Service]:
    """GNU lsh, whose last version is of 2013."""
    need("lshd", "lsh-make-seed", "lsh-keygen", "lsh-writekey")
    seed, key, port = folder / "seed", folder / "host_key", free_port(ADDRESS)
    env = {**os.environ, "HOME": str(folder), "LSH_YARROW_SEED_FILE": str(seed)}

    def run(*argv: str, said: bytes = b"") -> bytes:
        return subprocess.run(
            list(argv), env=env, input=said, capture_output=True, check=False
        ).stdout

    run("lsh-make-seed", "--sloppy", "-o", str(seed))
    made = run("lsh-keygen", "--server", "-a", "rsa", "-l", "2048")
    run("lsh-writekey", "--server", "-c", "none", "-o", str(key), said=made)
    argv = [program("lshd"), "-p", str(port), f"--interface={ADDRESS}", "-h", str(key)]
    with daemon(argv, ADDRESS, port, log=folder / "lshd.log", env=env):
        yield Service("ssh", address=ADDRESS, port=port)


@contextlib.contextmanager
def paramiko(folder: Path) -> Iterator[Service]:
    """Paramiko as a server, Debian's own: 2.12 is from before strict key exchange."""
    python = "/usr/bin/python3"
    if subprocess.run(
        [python, "-c", "import paramiko"], check=False, capture_output=True
    ).returncode:
        lacking("python3-paramiko")
    port = free_port(ADDRESS)
    argv = [python, "-c", PARAMIKO, ADDRESS, str(port)]
    with daemon(argv, ADDRESS, port, log=folder / "paramiko.log"):
        yield Service("ssh", address=ADDRESS, port=port)


def openssh(folder: Path) -> contextlib.AbstractContextManager[Service]:
    """OpenSSH as Debian ships it."""
    return sshd(ADDRESS, folder)


OTHERS: dict[str, Server] = {
    "openssh": openssh, "dropbear": dropbear, "tinysshd": tinysshd, "lshd": lshd,
    "paramiko": paramiko,
}  # fmt: skip


def read_by_client(service: Service) -> dict[str, tuple[str, ...]]:
    """The server's lists as OpenSSH's client prints them."""
    need("ssh")
    asked = [
        "ssh", "-vvv", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
        "-o", "UserKnownHostsFile=/dev/null", "-o", "GlobalKnownHostsFile=/dev/null",
        "-p", str(service.port), service.address,
    ]  # fmt: skip
    ran = subprocess.run(asked, check=False, capture_output=True, text=True, timeout=30)
    assert "Authentications that can continue" not in ran.stderr
    proposal = ran.stderr.split("peer server KEXINIT proposal")[1]
    found = re.findall(r"debug2: ([a-zA-Z ]+): ?(.*)", proposal)[:8]
    return {name: tuple(filter(None, said.strip().split(","))) for name, said in found}


def judged(seen: SshHello, service: Service) -> dict[str, str]:
    """The reason that each check gives."""
    checks = (ssh.protocol1, ssh.weak_algorithms, ssh.terrapin)
    return {item.name: looking.judge(item, seen, service).reason for item in checks}


@pytest.mark.parametrize("name", OTHERS)
def test_the_lists_are_those_that_another_client_reads(name: str, tmp_path: Path) -> None:
    lines: list[Connection] = []
    with OTHERS[name](tmp_path) as service:
        net = looking.net(service.address, connections=1, record=lines)
        seen: SshHello = ssh_hello.function(service, net)
        truth = read_by_client(service)
    assert len(lines) == 1
    assert seen.kex == truth["KEX algorithms"]
    assert seen.host_keys == truth["host key algorithms"]
    assert (seen.ciphers_in, seen.ciphers_out) == (truth["ciphers ctos"], truth["ciphers stoc"])
    assert (seen.macs_in, seen.macs_out) == (truth["MACs ctos"], truth["MACs stoc"])
    assert seen.strict_kex == (MARKER in truth["KEX algorithms"])
    assert judged(seen, service)["protocol1"] == "only_v2"


SETTINGS = {
    "as_shipped": ((), {}),
    "kex": ((f"KexAlgorithms +{SHA1},diffie-hellman-group14-sha1",),
            {"kex": SHA1.replace(",", ", ")}),
    "cbc_with_etm": (("Ciphers aes128-cbc,3des-cbc,aes256-ctr",
                      "MACs hmac-sha2-256-etm@openssh.com"),
                     {"ciphers": "aes128-cbc, 3des-cbc"}),
    "macs": (("MACs hmac-md5,hmac-md5-96-etm@openssh.com,hmac-sha1-96,hmac-sha1,hmac-sha2-256",),
             {"macs": "hmac-md5, hmac-md5-96-etm@openssh.com, hmac-sha1-96"}),
    "old_and_not_weak": (("KexAlgorithms diffie-hellman-group14-sha1", "Ciphers aes128-ctr",
                          "MACs hmac-sha1,umac-64@openssh.com"), {}),
    "every_kind": ((f"KexAlgorithms {SHA1}", "Ciphers aes256-cbc", "MACs hmac-md5"),
                   {"kex": SHA1.replace(",", ", "), "ciphers": "aes256-cbc", "macs": "hmac-md5"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_openssh_is_judged_by_its_settings(name: str, tmp_path: Path) -> None:
    settings, weak = SETTINGS[name]
    with sshd(ADDRESS, tmp_path, *settings) as service:
        seen = looking.collect(ssh_hello, service)
    verdict = looking.judge(ssh.weak_algorithms, seen, service)
    values = dict(verdict.values)
    assert {kind: text for kind, text in values.items() if kind in KINDS and text} == weak
    assert verdict.status is (Status.FAIL if weak else Status.PASS)
    assert judged(seen, service)["terrapin"] == "strict_kex"
    if name == "as_shipped":
        assert verdict.reason == "none_weak_quantum"
        assert str(values["post_quantum"]).startswith(("sntrup761x25519-sha512", "mlkem768x25519"))
    if name == "old_and_not_weak":
        assert verdict.reason == "none_weak"


KINDS = ("kex", "host_keys", "ciphers", "macs")


@pytest.mark.parametrize(
    ("kind", "algorithms", "weak"),
    [
        ("rsa", "ssh-rsa", "ssh-rsa"),
        ("rsa", "ssh-rsa,rsa-sha2-256,rsa-sha2-512", ""),
        ("rsa", "ssh-rsa,ssh-ed25519", "ssh-rsa"),
        ("dsa", "ssh-dss,ssh-ed25519", "ssh-dss"),
    ],
)
def test_openssh_is_judged_by_its_host_keys(
    kind: str, algorithms: str, weak: str, tmp_path: Path
) -> None:
    key = key_file(tmp_path, kind)
    settings = (f"HostKey {key}", f"HostKeyAlgorithms {algorithms}")
    with sshd(ADDRESS, tmp_path, *settings) as service:
        seen = looking.collect(ssh_hello, service)
    assert set(seen.host_keys) == set(algorithms.split(","))
    values = dict(looking.judge(ssh.weak_algorithms, seen, service).values)
    assert values.get("host_keys", "") == weak


@pytest.mark.parametrize(
    ("server", "ways"),
    [(tinysshd, "chacha20-poly1305@openssh.com"), (paramiko, "aes128-cbc, aes192-cbc, aes256-cbc")],
)
def test_servers_from_before_strict_key_exchange_are_open_to_terrapin(
    server: Server, ways: str, tmp_path: Path
) -> None:
    with server(tmp_path) as service:
        seen = looking.collect(ssh_hello, service)
        if MARKER in read_by_client(service)["KEX algorithms"]:
            pytest.skip("the version here knows strict key exchange")
    verdict = looking.judge(ssh.terrapin, seen, service)
    assert (verdict.status, verdict.reason) == (Status.FAIL, "open")
    assert str(verdict.actual).startswith(ways)


def test_a_server_of_2013_is_weak_in_every_kind_and_yet_not_open_to_terrapin(
    tmp_path: Path,
) -> None:
    with lshd(tmp_path) as service:
        seen = looking.collect(ssh_hello, service)
    assert dict(looking.judge(ssh.weak_algorithms, seen, service).values) == {
        "algorithms": "KexAlgorithms: diffie-hellman-group1-sha1; "
        "HostKeyAlgorithms: ssh-rsa, spki-sign-rsa; "
        "Ciphers: aes256-cbc, 3des-cbc, blowfish-cbc, arcfour; MACs: hmac-md5",
        "kex": "diffie-hellman-group1-sha1", "host_keys": "ssh-rsa, spki-sign-rsa",
        "ciphers": "aes256-cbc, 3des-cbc, blowfish-cbc, arcfour", "macs": "hmac-md5", "count": 8,
    }  # fmt: skip
    assert judged(seen, service)["terrapin"] == "not_affected"


def test_dropbear_as_shipped(tmp_path: Path) -> None:
    with dropbear(tmp_path) as service:
        seen = looking.collect(ssh_hello, service)
    assert seen.software.startswith("dropbear")
    assert judged(seen, service)["weak_algorithms"].startswith("none_weak")
