"""Whether signing in to this computer takes more than a password, as far as a computer can know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.collect_ssh_server import PASSWORDS, second_factor, ssh_server
from posture_scan.checks.host.setting import UNSEEN, Origin, Setting, Source, effective

from posture_scan.sdk import PASSIVE, Host, HostFacts, Look, Machine, collector

_POLICIES: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"
_ANSWER: Final = re.compile(
    rb"^[ \t]*(NgcSet|AzureAdJoined|DomainJoined)[ \t]*:[ \t]*(YES|NO)\b", re.MULTILINE
)
_DESKTOP_STACKS: Final = ("gdm-password", "lightdm", "sddm", "login")


@dataclass(frozen=True)
class SignInFacts(HostFacts):
    """What is asked of whoever signs in."""

    card_forced: Setting = UNSEEN
    """Windows: ``scforceoption`` 1 lets in only by smart card or Windows Hello for Business."""
    hello_set: bool | None = None
    """Windows Hello is set up: it may be used, and a password may be used as well."""
    joined: bool | None = None
    """Accounts come from Entra ID or a domain, whose own rules are not seen here."""
    desktop_factor: str = ""
    """Linux, at the screen: ``required``, ``optional``, ``unseen`` or empty."""
    ssh_serves: bool | None = None
    ssh_password: bool | None = None
    """A password, or what PAM asks for, is a way in through SSH."""
    ssh_factor: str = ""
    """Through SSH: ``required``, ``optional``, ``unseen`` or empty."""
    ssh_several: bool = False
    """SSH demands a key and something else."""
    ssh_conditions: bool = False
    """SSH treats some differently in this, and whom is not worked out."""


@collector(on=Machine(), intrusiveness=PASSIVE)
def sign_in_of_computer(host: Host) -> SignInFacts:
    """Read rules only; nobody is signed in and no factor is tried."""
    look = Look(host)
    if host.platform == "windows":
        return _windows(look)
    if host.platform == "darwin":
        return SignInFacts("darwin", host.elevated)
    return _linux(look)


def _windows(look: Look) -> SignInFacts:
    forced = effective(look, (Source(Origin.LOCAL, _POLICIES, "scforceoption"),), default=0)
    result = look.run(("dsregcmd", "/status"), hides="sign_in", quiet=True, timeout=15.0)
    said = dict(_ANSWER.findall(result.stdout)) if result is not None else {}
    joined = [said.get(name) for name in (b"AzureAdJoined", b"DomainJoined")]
    return SignInFacts(
        "windows", look.host.elevated, card_forced=forced,
        hello_set=said[b"NgcSet"] == b"YES" if b"NgcSet" in said else None,
        joined=None if not any(joined) else b"YES" in joined,
        not_read=look.noted(),
    )  # fmt: skip


def _linux(look: Look) -> SignInFacts:
    ssh = ssh_server(look)
    serves = False if ssh.installed is False else ssh.running
    return SignInFacts(
        "linux", look.host.elevated, desktop_factor=second_factor(look, *_DESKTOP_STACKS),
        ssh_serves=serves, ssh_password=ssh.password_alone if ssh.source else None,
        ssh_factor=ssh.second_factor, ssh_several=ssh.several_methods,
        ssh_conditions=ssh.some_differ(*PASSWORDS),
        not_read=look.noted(),
    )  # fmt: skip
