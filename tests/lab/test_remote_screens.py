"""Screens shown to others: X11 against a real X server, VNC against TigerVNC's."""

from __future__ import annotations

from pathlib import Path

import pytest
from posture_scan.checks.remote_access import vnc, x11
from posture_scan.checks.remote_access.collect_vnc import rfb_security
from posture_scan.checks.remote_access.collect_x11 import x11 as protocol

from posture_scan.sdk import Service, ServiceSeen, Status
from tests.lab import looking
from tests.lab.daemon import self_signed
from tests.lab.servers_remote import display, xvnc

pytestmark = pytest.mark.lab

ADDRESS = "127.62.2.1"
PASSWORD = bytes.fromhex("d7a514d8c556aade")
X509, TLS_LEGACY = "X509Vnc", "TLSVnc"


@pytest.mark.parametrize("open_to_all", [True, False])
def test_an_x_server_is_open_or_asks_for_its_cookie(tmp_path: Path, open_to_all: bool) -> None:  # noqa: FBT001
    cookie = tmp_path / "Xauthority"
    cookie.write_bytes(bytes.fromhex("0100 0000 0001 30 0012") + b"MIT-MAGIC-COOKIE-1"
                       + bytes.fromhex("0010") + bytes(range(16)))  # fmt: skip
    options = ("-ac",) if open_to_all else ("-auth", str(cookie))
    with display(tmp_path, *options, tcp=True) as number:
        service = Service("x11", address=ADDRESS, port=6000 + number)
        answer = looking.first_answer(protocol, service)
    assert protocol.recognise(answer)
    seen = ServiceSeen("x11", tls=False, greeting=answer[:2048], recognised_by="answer")
    verdict = looking.judge(x11.exposed, seen, service)
    assert verdict.status is Status.FAIL
    assert verdict.reason == ("open" if open_to_all else "reachable")


@pytest.mark.parametrize(
    ("kinds", "types", "reason"),
    [
        ("None,VncAuth", {1, 2}, "none_offered"),
        ("VncAuth", {2}, "password_asked"),
        # Hardened: a password inside TLS, and nothing else. From outside it looks like the next.
        (X509, {19}, "hidden_inside"),
        ("X509None", {19}, "hidden_inside"),
        (TLS_LEGACY, {19}, "hidden_inside"),
    ],
)
def test_what_vnc_offers_is_what_it_was_told_to(
    tmp_path: Path, kinds: str, types: set[int], reason: str
) -> None:
    with xvnc(ADDRESS, tmp_path, "-SecurityTypes", kinds, *secrets(tmp_path)) as service:
        seen = looking.collect(rfb_security, service)
    assert set(seen.types) == types
    assert looking.judge(vnc.no_auth, seen, service).reason == reason


def test_an_old_viewer_is_told_the_servers_own_decision(tmp_path: Path) -> None:
    """RFB 3.3: what TigerVNC decides where the other side lists nothing."""
    for kinds, kind in (("None", 1), ("VncAuth", 2)):
        with (
            xvnc(ADDRESS, tmp_path, "-SecurityTypes", kinds, *secrets(tmp_path)) as service,
            looking.net(ADDRESS).connect(service) as channel,
        ):
            assert channel.receive_exactly(12) == b"RFB 003.008\n"
            channel.send(b"RFB 003.003\n")
            assert int.from_bytes(channel.receive_exactly(4), "big") == kind


def secrets(folder: Path) -> tuple[str, ...]:
    """A password file, and a certificate for the kinds inside TLS."""
    (folder / "passwd").write_bytes(PASSWORD)
    chain, key = self_signed(folder)
    return (
        "-PasswordFile", str(folder / "passwd"), "-X509Cert", str(chain), "-X509Key", str(key),
    )  # fmt: skip
