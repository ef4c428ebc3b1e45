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
NO_MARKER = "curve25519-sha256"
ETM = "hmac-sha2-256-etm@openssh.com"
PLAIN = "hmac-sha2-256"


def kexinit(
    kex: str = "curve25519-sha256," + STRICT,
    keys: str = "ssh-ed25519",
    ciphers: str = "aes256-ctr",
    macs: str = "hmac-sha2-256",
    *,
    ciphers_out: str = "",
    macs_out: str = "",
) -> bytes:
    """A packet with these lists, the same in both directions unless said otherwise."""
    inward, outward = (ciphers, macs), (ciphers_out or ciphers, macs_out or macs)
    lists = (
        kex, keys, inward[0], outward[0], inward[1], outward[1], "none", "none", "", "",
    )  # fmt: skip
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


def reasons(seen: SshHello) -> tuple[str, ...]:
    """What is said of SSH-1, of the algorithms and of Terrapin."""
    return tuple(
        item.function(seen).reason for item in (ssh.protocol1, ssh.weak_algorithms, ssh.terrapin)
    )


def test_a_current_server_is_read_and_sound() -> None:
    seen = look()
    assert seen.banner == "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10"
    assert seen.software == "OpenSSH_9.2p1"
    assert (seen.strict_kex, seen.protocol1, seen.read_algorithms) == (True, False, True)
    assert reasons(seen) == ("only_v2", "none_weak", "strict_kex")


def test_both_directions_are_kept_apart_and_together() -> None:
    seen = look(packet=kexinit(ciphers="a,b", macs="m", ciphers_out="b,c", macs_out="n"))
    assert (seen.ciphers_in, seen.ciphers_out) == (("a", "b"), ("b", "c"))
    assert (seen.macs_in, seen.macs_out) == (("m",), ("n",))
    assert (seen.ciphers, seen.macs) == (("a", "b", "c"), ("m", "n"))


def test_what_is_weak_is_told_by_its_kind() -> None:
    packet = kexinit(
        kex="diffie-hellman-group1-sha1," + STRICT, keys="ssh-dss,ssh-ed25519",
        ciphers="aes128-cbc,aes256-ctr", ciphers_out="arcfour,aes128-cbc", macs="hmac-md5",
    )  # fmt: skip
    verdict = ssh.weak_algorithms.function(look(packet=packet))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "weak_offered")
    assert dict(verdict.values) == {
        "kex": "diffie-hellman-group1-sha1", "host_keys": "ssh-dss",
        "ciphers": "aes128-cbc, arcfour", "macs": "hmac-md5", "count": 5,
        "algorithms": "KexAlgorithms: diffie-hellman-group1-sha1; HostKeyAlgorithms: ssh-dss; "
        "Ciphers: aes128-cbc, arcfour; MACs: hmac-md5",
    }  # fmt: skip


def test_a_long_list_is_shown_short_and_counted_whole() -> None:
    names = [f"hmac-md5-{n}" for n in range(20)]
    values = dict(ssh.weak_algorithms.function(look(packet=kexinit(macs=",".join(names)))).values)
    assert (values["macs"], values["count"]) == (", ".join(names[:8]), 20)


def test_a_key_exchange_for_quantum_computers_is_told_where_all_is_well() -> None:
    sound = look(packet=kexinit(kex=f"mlkem768x25519-sha256,curve25519-sha256,{STRICT}"))
    verdict = ssh.weak_algorithms.function(sound)
    assert (verdict.status, verdict.reason) == (Status.PASS, "none_weak_quantum")
    assert dict(verdict.values) == {"post_quantum": "mlkem768x25519-sha256"}


@pytest.mark.parametrize(
    ("ciphers", "macs", "ciphers_out", "macs_out", "ways"),
    [
        (CHACHA, PLAIN, CHACHA, PLAIN, CHACHA),
        ("aes256-ctr", PLAIN, CHACHA, PLAIN, CHACHA),
        (f"aes128-cbc,{CHACHA}", ETM, "aes256-ctr", PLAIN, f"aes128-cbc, {CHACHA}"),
        ("aes128-cbc", f"{PLAIN},{ETM}", "aes256-ctr", PLAIN, "aes128-cbc"),
        ("aes256-ctr", PLAIN, "3des-cbc", ETM, "3des-cbc"),
        ("aes128-cbc", PLAIN, "aes256-ctr", ETM, ""),  # the two never meet in one direction
        ("aes128-cbc", PLAIN, "aes128-cbc", PLAIN, ""),
        ("aes256-ctr", ETM, "aes256-gcm@openssh.com", ETM, ""),
    ],
)
def test_terrapin_needs_cipher_and_mac_of_one_direction(
    ciphers: str, macs: str, ciphers_out: str, macs_out: str, ways: str
) -> None:
    lists = {
        "ciphers": ciphers, "macs": macs, "ciphers_out": ciphers_out, "macs_out": macs_out,
    }  # fmt: skip
    verdict = ssh.terrapin.function(look(packet=kexinit(kex=NO_MARKER, **lists)))
    assert verdict.reason == ("open" if ways else "not_affected")
    assert dict(verdict.values).get("ciphers", "") == ways
    assert verdict.status is (Status.FAIL if ways else Status.PASS)
    for marker in (STRICT, "kex-strict-s"):
        strict = look(packet=kexinit(kex=f"{NO_MARKER},{marker}", **lists))
        assert ssh.terrapin.function(strict).reason == "strict_kex"


def test_terrapin_is_told_once() -> None:
    seen = look(packet=kexinit(kex=NO_MARKER, ciphers=CHACHA))
    assert reasons(seen) == ("only_v2", "none_weak", "open")


@pytest.mark.parametrize(
    ("ciphers", "macs", "reason"),
    [(CHACHA, PLAIN, "open"), ("aes128-cbc", ETM, "open"), ("aes256-ctr", ETM, "not_affected")],
)
def test_a_record_from_before_the_directions_is_still_judged(
    ciphers: str, macs: str, reason: str
) -> None:
    stored = encode(look(packet=kexinit(kex=NO_MARKER, ciphers=ciphers, macs=macs)))
    for name in ("ciphers_in", "ciphers_out", "macs_in", "macs_out"):
        del stored[name]
    older = decode(SshHello, stored)
    assert (older.ciphers_in, older.macs_out) == ((), ())
    assert ssh.terrapin.function(older).reason == reason


def test_ssh_1_alone_has_no_list() -> None:
    for banner in (b"SSH-1.5-OldRouter\n", b"SSH-1.3-x\n"):
        seen = look(banner=banner, packet=b"-")
        assert (seen.protocol1, seen.read_algorithms) == (True, False)
        assert reasons(seen) == ("only_v1", "not_read", "only_v1")
    assert ssh.protocol1.function(seen).status is Status.FAIL
    assert ssh.weak_algorithms.function(seen).status is Status.UNKNOWN
    assert ssh.terrapin.function(seen).status is Status.NOT_APPLICABLE


def test_ssh_1_beside_ssh_2_is_told_once() -> None:
    seen = look(banner=b"hello\r\nSSH-1.99-Cisco-1.25\n")
    assert reasons(seen) == ("beside_v2", "none_weak", "strict_kex")


@pytest.mark.parametrize("packet", [b"\xff\xff\xff\xff", kexinit()[:40], bytes(8)])
def test_ssh_1_that_was_announced_is_kept_where_the_list_is_not_readable(packet: bytes) -> None:
    seen = look(banner=b"SSH-1.99-Cisco-1.25\n", packet=packet)
    assert reasons(seen) == ("beside_v2", "not_read", "not_read")
    assert ssh.terrapin.function(seen).status is Status.UNKNOWN


def test_a_version_that_nobody_knows_says_nothing_of_ssh_1() -> None:
    verdict = ssh.protocol1.function(look(banner=b"SSH-3.0-future\r\n"))
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, "version_unclear")


def test_a_list_that_was_not_read_is_not_sound() -> None:
    seen = dataclasses.replace(look(), read_algorithms=False)
    assert ssh.weak_algorithms.function(seen).status is Status.UNKNOWN
    assert ssh.terrapin.function(seen).status is Status.UNKNOWN


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


NAMES = st.lists(st.text("abs15-,@.*[]", max_size=70), max_size=9).map(tuple)


@given(NAMES, NAMES, NAMES, NAMES)
def test_names_that_nobody_knows_are_judged_all_the_same(
    kex: tuple[str, ...], keys: tuple[str, ...], ciphers: tuple[str, ...], macs: tuple[str, ...]
) -> None:
    seen = dataclasses.replace(look(), kex=kex, host_keys=keys, ciphers=ciphers, macs=macs)
    assert all(reasons(seen))


@given(
    kex=st.sampled_from([NO_MARKER, STRICT]), ciphers=st.sampled_from([CHACHA, "aes256-cbc", "x"]),
    macs=st.sampled_from([ETM, PLAIN]), ciphers_out=st.sampled_from([CHACHA, "des-cbc", "y"]),
    macs_out=st.sampled_from([ETM, PLAIN]),
)  # fmt: skip
def test_terrapin_never_looks_worse_when_the_server_gains_the_marker(**lists: str) -> None:
    seen = look(packet=kexinit(**lists))
    strict = dataclasses.replace(seen, strict_kex=True)
    assert ssh.terrapin.function(strict).status is Status.PASS
    narrower = dataclasses.replace(seen, ciphers_in=("aes256-ctr",), ciphers_out=("aes256-ctr",))
    assert ssh.terrapin.function(narrower).status is Status.PASS


def test_control_characters_do_not_get_into_the_banner() -> None:
    assert "\x1b" not in look(banner=b"SSH-2.0-x\x1b[31m red\r\n").banner


def test_reachable_is_a_failure_and_absence_a_pass() -> None:
    seen = ServiceSeen("ssh", tls=False, greeting=BANNER, recognised_by="answer")
    assert ssh.exposed.function(seen).status is Status.FAIL
    assert ssh.exposed.absent is Status.PASS
