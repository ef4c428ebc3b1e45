"""Remote access against Debian's own servers; what is true comes from their configuration."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from posture_scan.checks.remote_access import collect_rdp, collect_ssh, collect_vnc, rdp, ssh, vnc
from posture_scan.checks.remote_access.collect_telnet import telnet
from posture_scan.checks.remote_access.collect_winrm import winrm_answer

from posture_scan.sdk import Status
from tests.lab import looking
from tests.lab.daemon import program
from tests.lab.servers_remote import OLD_SSH, sshd, telnetd, xrdp, xvnc
from tests.lab.servers_web import nginx

pytestmark = pytest.mark.lab

ADDRESS = "127.20.0.1"


def test_xrdp_that_negotiates_accepts_legacy_security_and_no_nla(tmp_path: Path) -> None:
    with xrdp(ADDRESS, tmp_path, "negotiate") as service:
        assert collect_rdp.rdp.recognise(looking.first_answer(collect_rdp.rdp, service))
        seen = looking.collect(collect_rdp.rdp_negotiation, service)
    assert (seen.everything.outcome, seen.tls_only.selected, seen.legacy.selected) == (
        "accepted", 1, 0,
    )  # fmt: skip
    assert looking.judge(rdp.no_nla, seen, service).status is Status.FAIL
    assert looking.judge(rdp.weak_encryption, seen, service).reason == "legacy_accepted"


def test_xrdp_with_tls_only_refuses_legacy_security(tmp_path: Path) -> None:
    with xrdp(ADDRESS, tmp_path, "tls") as service:
        seen = looking.collect(collect_rdp.rdp_negotiation, service)
    assert seen.tls_only.selected == 1
    assert looking.judge(rdp.no_nla, seen, service).status is Status.FAIL
    assert looking.judge(rdp.weak_encryption, seen, service).status is Status.PASS


def test_debian_sshd_as_it_comes_has_no_weak_algorithm(tmp_path: Path) -> None:
    with sshd(ADDRESS, tmp_path) as service:
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
    with sshd(ADDRESS, tmp_path, *OLD_SSH) as service:
        seen = looking.collect(collect_ssh.ssh_hello, service)
    verdict = looking.judge(ssh.weak_algorithms, seen, service)
    assert verdict.status is Status.FAIL
    assert dict(verdict.values)["algorithms"] == (
        "KexAlgorithms: diffie-hellman-group1-sha1; Ciphers: aes128-cbc; MACs: hmac-md5"
    )


def test_vnc_without_a_password(tmp_path: Path) -> None:
    with xvnc(ADDRESS, tmp_path, "-SecurityTypes", "None") as service:
        assert collect_vnc.vnc.recognise(looking.first_answer(collect_vnc.vnc, service))
        seen = looking.collect(collect_vnc.rfb_security, service)
    assert seen.types == (1,)
    assert looking.judge(vnc.no_auth, seen, service).status is Status.FAIL


def test_vnc_with_a_password(tmp_path: Path) -> None:
    secret = tmp_path / "passwd"
    secret.write_bytes(bytes.fromhex("d7a514d8c556aade"))
    options = ("-SecurityTypes", "VncAuth", "-PasswordFile", str(secret))
    with xvnc(ADDRESS, tmp_path, *options) as service:
        seen = looking.collect(collect_vnc.rfb_security, service)
    assert seen.types == (2,)
    assert looking.judge(vnc.no_auth, seen, service).status is Status.PASS


def test_vnc_that_hides_its_choice_inside_tls_is_not_called_safe(tmp_path: Path) -> None:
    options = ("-SecurityTypes", "VncAuth,TLSNone", "-PasswordFile", str(tmp_path / "passwd"))
    with xvnc(ADDRESS, tmp_path, *options) as service:
        seen = looking.collect(collect_vnc.rfb_security, service)
    assert set(seen.types) == {2, 19}
    assert looking.judge(vnc.no_auth, seen, service).reason == "hidden_inside"


def test_telnetd_is_recognised_by_its_negotiation(tmp_path: Path) -> None:
    with telnetd(ADDRESS, tmp_path) as service:
        answer = looking.first_answer(telnet, service)
    assert answer[:1] == b"\xff"
    assert telnet.recognise(answer)


def test_a_plain_web_server_is_not_winrm(tmp_path: Path) -> None:
    with nginx(ADDRESS, tmp_path) as service:
        seen = looking.collect(winrm_answer, service)
    assert (seen.found, seen.asked) == (False, False)


def package_version(name: str) -> str:
    """What dpkg says is installed."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", name], check=True, capture_output=True, text=True
    )
    assert re.match(r"[0-9]", asked.stdout)
    return asked.stdout
