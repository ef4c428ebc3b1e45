"""SSH: the banner, the list of algorithms and Terrapin."""

from __future__ import annotations

import contextlib
import dataclasses
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.remote_access import ssh
from posture_scan.checks.remote_access.collect_ssh import (
    IDENTIFICATION,
    SshHello,
    read_kexinit,
    ssh_hello,
)

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Service, ServiceSeen, Status
from tests.fakes import FakeNet, Talk

SERVICE = Service("ssh", address="192.0.2.1", port=22)
BANNER = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"
STRICT = "kex-strict-s-v00@openssh.com"
CHACHA = "chacha20-poly1305@openssh.com"


def kexinit(
    kex: str = "curve25519-sha256," + STRICT,
    keys: str = "ssh-ed25519",
    ciphers: str = "aes256-ctr",
    macs: str = "hmac-sha2-256",
) -> bytes:
    lists = (kex, keys, ciphers, ciphers, macs, macs, "none", "none", "", "")
    payload = b"\x14" + bytes(16)
    for names in lists:
        payload += struct.pack(">I", len(names)) + names.encode()
    payload += bytes(5)
    padding = 8 - (len(payload) + 5) % 8 + 8
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def look(*, banner: bytes = BANNER, packet: bytes = b"") -> SshHello:
    net = FakeNet(talks=[Talk(greeting=banner + (packet or kexinit()), chunk=7)])
    facts: SshHello = ssh_hello.function(SERVICE, net)
    assert net.sent in ([IDENTIFICATION], [])
    assert decode(SshHello, encode(facts)) == facts
    return facts


def test_a_current_server_is_read_and_sound() -> None:
    seen = look()
    assert seen.banner == "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10"
    assert seen.software == "OpenSSH_9.2p1"
    assert (seen.strict_kex, seen.protocol1, seen.read_algorithms) == (True, False, True)
    assert ssh.weak_algorithms.function(seen).status is Status.PASS


@pytest.mark.parametrize(
    ("packet", "found"),
    [
        (kexinit(kex="diffie-hellman-group1-sha1"), "diffie-hellman-group1-sha1"),
        (kexinit(keys="ssh-dss,ssh-ed25519"), "ssh-dss"),
        (kexinit(ciphers="aes128-cbc"), "aes128-cbc"),
        (kexinit(ciphers="rijndael-cbc@lysator.liu.se"), "rijndael-cbc@lysator.liu.se"),
        (kexinit(ciphers="arcfour256"), "arcfour256"),
        (kexinit(macs="hmac-md5-96"), "hmac-md5-96"),
        (kexinit(kex="curve25519-sha256", ciphers=CHACHA), "Terrapin (CVE-2023-48795)"),
    ],
)
def test_each_weak_algorithm_is_named(packet: bytes, found: str) -> None:
    verdict = ssh.weak_algorithms.function(look(packet=packet))
    assert verdict.status is Status.FAIL
    assert dict(verdict.values)["algorithms"] == found


@pytest.mark.parametrize(
    "packet",
    [
        kexinit(ciphers=CHACHA),
        kexinit(kex="curve25519-sha256", ciphers="aes256-gcm@openssh.com",
                macs="hmac-sha2-256-etm@openssh.com"),
        kexinit(kex="diffie-hellman-group14-sha1," + STRICT),
    ],
)  # fmt: skip
def test_what_is_not_weak_is_not_named(packet: bytes) -> None:
    assert ssh.weak_algorithms.function(look(packet=packet)).status is Status.PASS


def test_cbc_with_encrypt_then_mac_is_terrapin_too() -> None:
    packet = kexinit(
        kex="curve25519-sha256", ciphers="aes128-cbc", macs="hmac-sha2-256-etm@openssh.com"
    )
    verdict = ssh.weak_algorithms.function(look(packet=packet))
    assert dict(verdict.values)["count"] == 2


def test_ssh_1_is_weak_whether_alone_or_beside_ssh_2() -> None:
    alone = look(banner=b"SSH-1.5-OldRouter\n", packet=b"-")
    both = look(banner=b"hello\r\nSSH-1.99-Cisco-1.25\n")
    assert (alone.protocol1, alone.read_algorithms) == (True, False)
    assert both.protocol1
    for seen in (alone, both):
        assert dict(ssh.weak_algorithms.function(seen).values)["algorithms"] == "SSH-1"


def test_a_list_that_was_not_read_is_not_sound() -> None:
    seen = dataclasses.replace(look(), read_algorithms=False)
    assert ssh.weak_algorithms.function(seen).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("banner", "packet", "attempt"),
    [
        (b"HTTP/1.1 400 Bad\r\n\r\n", b"-", Attempt.PROTOCOL_MISMATCH),
        (b"", b"\n" * 40, Attempt.PROTOCOL_MISMATCH),
        (BANNER, b"\xff\xff\xff\xff", Attempt.PROTOCOL_MISMATCH),
        (BANNER, kexinit()[:40], Attempt.CLOSED_EARLY),
        (BANNER, b"\x00\x00\x00\x08\xff" + bytes(7), Attempt.PROTOCOL_MISMATCH),
    ],
)
def test_hostile_servers_end_as_failed_attempts(
    banner: bytes, packet: bytes, attempt: Attempt
) -> None:
    with pytest.raises(AttemptError) as error:
        look(banner=banner, packet=packet)
    assert error.value.attempt is attempt


@given(st.binary(max_size=120))
def test_lists_of_random_bytes_are_refused_or_read(data: bytes) -> None:
    with contextlib.suppress(AttemptError):
        assert len(read_kexinit(b"\x14" + data)) == 10


def test_control_characters_do_not_get_into_the_banner() -> None:
    assert "\x1b" not in look(banner=b"SSH-2.0-x\x1b[31m red\r\n").banner


def test_reachable_is_a_failure_and_absence_a_pass() -> None:
    seen = ServiceSeen("ssh", tls=False, greeting=BANNER, recognised_by="answer")
    assert ssh.exposed.function(seen).status is Status.FAIL
    assert ssh.exposed.absent is Status.PASS
