"""A second factor that is demanded, one that is merely there, and none."""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.host.collect_sign_in import SignInFacts, sign_in_of_computer

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.test_ssh_server import CONF, DEBIAN, OTP, units
from tests.checks.host.verdicts import told

NAME = "sign_in.no_mfa"


def seen(host: FakeHost) -> SignInFacts:
    facts = sign_in_of_computer.function(host)
    assert isinstance(facts, SignInFacts)
    return facts


FORCED = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\scforceoption"


def status(hello: str, joined: str = "NO") -> bytes:
    """A Japanese Windows: headings in its own language and bytes, keys as everywhere."""
    heading = "| デバイスの状態 |".encode("cp932")
    return (
        heading + f"\r\n   AzureAdJoined : {joined}\r\n     DomainJoined : NO\r\n".encode()
        + f"            NgcSet : {hello}\r\n".encode()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said", "want"),
    [
        ({FORCED: 1}, status("NO"), ("pass", "card_forced")),
        # Able to is not obliged to: a password may be accepted as well.
        ({}, status("YES", "YES"), ("unknown", "capable_only")),
        ({}, status("NO", "YES"), ("unknown", "directory")),
        ({}, status("NO"), ("unknown", "ask")),
        ({}, b"", ("unknown", "ask")),
        ({FORCED: 0}, Attempt.TIMEOUT, ("unknown", "ask")),
        ({FORCED: Attempt.PERMISSION_DENIED}, status("YES"), ("unknown", "not_seen")),
    ],
)
def test_windows_never_passes_for_what_it_could_do(
    values: dict[str, Any], said: Any, want: tuple[str, str]
) -> None:
    reply = said if isinstance(said, Attempt) else out(said)
    host = FakeHost(platform="windows", values=values, commands={"dsregcmd": reply})
    assert told(NAME, seen(host)) == want


def linux(conf: str | None, pam: str = "", state: str = "", desktop: str = "") -> SignInFacts:
    files = {"/etc/pam.d/sshd": pam, "/etc/pam.d/gdm-password": desktop}
    files |= {"/usr/sbin/sshd": "", CONF: conf} if conf is not None else {}
    commands = {"systemctl show": out(state or units())}
    return seen(FakeHost(files=files, commands=commands, elevated=False))


@pytest.mark.parametrize(
    ("conf", "pam", "want"),
    [
        (DEBIAN, "", ("fail", "password_only")),
        (DEBIAN, OTP, ("pass", "ssh_factor")),
        (DEBIAN, OTP.replace(".so", ".so nullok"), ("unknown", "factor_optional")),
        (DEBIAN + "PasswordAuthentication no\n", "", ("unknown", "key_only")),
        (DEBIAN + "AuthenticationMethods publickey,password\n", "", ("pass", "ssh_several")),
        (DEBIAN + "AuthenticationMethods publickey\n", "", ("unknown", "key_only")),
        (DEBIAN + "Match User x\n PasswordAuthentication no\n", "", ("unknown", "match_blocks")),
        (None, "", ("unknown", "ask")),
    ],
)
def test_ssh_is_the_way_in_from_afar(conf: str | None, pam: str, want: tuple[str, str]) -> None:
    assert told(NAME, linux(conf, pam)) == want


def test_without_ssh_the_screen_counts() -> None:
    stopped = units("inactive", "disabled")
    assert told(NAME, linux(DEBIAN, state=stopped)) == ("unknown", "ask")
    key = "auth required pam_u2f.so\n"
    assert told(NAME, linux(DEBIAN, state=stopped, desktop=key)) == ("pass", "screen_factor")


def test_a_mac_and_a_computer_that_cannot_say() -> None:
    assert told(NAME, seen(FakeHost(platform="darwin"))) == ("unknown", "ask")
    files = {"/usr/sbin/sshd": "", CONF: Attempt.PERMISSION_DENIED}
    host = FakeHost(files=files, commands={"systemctl show": out(units())}, elevated=False)
    assert told(NAME, seen(host)) == ("unknown", "not_seen")
