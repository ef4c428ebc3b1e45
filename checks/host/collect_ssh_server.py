"""How this computer's own SSH server lets people in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host import pam
from posture_scan.checks.host.assignments import os_release
from posture_scan.checks.host.launchd import launchd_on
from posture_scan.checks.host.setting import running as service_runs
from posture_scan.checks.host.sockets import listeners
from posture_scan.checks.host.ssh_config import SshConfig, from_files, from_sshd
from posture_scan.checks.host.systemd import unit_on

from posture_scan.sdk import PASSIVE, Host, HostFacts, Look, Machine, collector, leading_numbers

_PROGRAMS: Final = {
    "linux": ("/usr/sbin/sshd", "/usr/bin/sshd"), "darwin": ("/usr/sbin/sshd",),
    "windows": ("C:\\Windows\\System32\\OpenSSH\\sshd.exe",
                "C:\\Program Files\\OpenSSH\\sshd.exe"),
}  # fmt: skip
_FILES: Final = {
    "linux": "/etc/ssh/sshd_config", "darwin": "/etc/ssh/sshd_config",
    "windows": "C:\\ProgramData\\ssh\\sshd_config",
}  # fmt: skip
_UNITS: Final = ("ssh.service", "sshd.service", "ssh.socket", "sshd.socket")
_DEFAULTS: Final = {
    "passwordauthentication": "yes",
    "kbdinteractiveauthentication": "yes",
    "usepam": "no",
    "permitrootlogin": "prohibit-password",
    "authenticationmethods": "any",
    "port": "22",
}
"""sshd_config(5) of OpenSSH 7.0 (2015) and later."""

_SECOND_FACTORS: Final = frozenset({
    "pam_google_authenticator", "pam_oath", "pam_u2f", "pam_duo", "pam_yubico", "pam_pkcs11",
    "pam_totp", "pam_radius_auth",
})  # fmt: skip


@dataclass(frozen=True)
class SshServerFacts(HostFacts):
    """One SSH server's ways in; values as ``sshd -T`` writes them."""

    installed: bool | None
    running: bool | None = None
    """It runs, or will after the next start."""
    source: str = ""
    """``sshd -T`` or ``files``; empty where neither could be read."""
    password: str = ""
    keyboard: str = ""
    """Keyboard-interactive: through PAM, a password as well."""
    pam: str = ""
    root: str = ""
    """May be empty where the system's default is not known."""
    methods: str = ""
    matched: tuple[str, ...] = ()
    """``keyword value`` of what holds for some only."""
    second_factor: str = ""
    """``required``, ``optional`` (who has none set up gets in), ``unseen`` or empty."""

    @property
    def takes_password(self) -> bool:
        """Whether passwords are asked for at all, be it by PAM."""
        return self.password == "yes" or (self.keyboard == "yes" and self.pam == "yes")

    @property
    def password_alone(self) -> bool:
        """Whether a password is enough: no ``AuthenticationMethods`` demands more, or another."""
        ways = self.methods.split()
        free = not ways or ways == ["any"]
        return self.takes_password and (free or not all(map(_has_proof, ways)))

    @property
    def several_methods(self) -> bool:
        """Whether every way in demands a key, or its like, and something else."""
        ways = self.methods.split()
        return bool(ways) and all("," in way and _has_proof(way) for way in ways)

    def some_differ(self, *names: str) -> bool:
        """Tell whether a ``Match`` block sets one of these to something else than for all."""
        now = {
            "passwordauthentication": self.password, "permitrootlogin": self.root,
            "kbdinteractiveauthentication": self.keyboard, "authenticationmethods": self.methods,
        }  # fmt: skip
        for line in self.matched:
            key, _, value = line.partition(" ")
            if key in names and _named(value) != now.get(key):
                return True
        return False


PASSWORDS: Final = (
    "passwordauthentication", "kbdinteractiveauthentication", "authenticationmethods",
)  # fmt: skip
"""The keywords that decide whether a password is enough."""


def _has_proof(way: str) -> bool:
    return any(step.startswith(("publickey", "hostbased", "gssapi")) for step in way.split(","))


@collector(on=Machine(), intrusiveness=PASSIVE)
def ssh_of_computer(host: Host) -> SshServerFacts:
    """Ask sshd itself as root, else read its files; it is neither started nor connected to."""
    return ssh_server(Look(host))


def ssh_server(look: Look) -> SshServerFacts:
    """Do what ``ssh_of_computer`` does, with a look that other questions share."""
    host = look.host
    if all(look.is_missing(path) for path in _PROGRAMS[host.platform]):
        return SshServerFacts(host.platform, host.elevated, installed=False, not_read=look.noted())
    files = from_files(look, _FILES[host.platform])
    asked = from_sshd(look)
    asked = {**asked, "permitrootlogin": _named(asked["permitrootlogin"])} if asked else None
    values: dict[str, str] = {}
    if files and not files.unclear:  # sshd itself says nothing of what holds for some only
        values = asked or _with_defaults(look, files)
    return SshServerFacts(
        host.platform, host.elevated, installed=True,
        running=_running(look, values),
        source="" if not values else "sshd -T" if asked else "files",
        password=values.get("passwordauthentication", ""),
        keyboard=values.get("kbdinteractiveauthentication", ""), pam=values.get("usepam", ""),
        root=values.get("permitrootlogin", ""),
        methods=values.get("authenticationmethods", "")[:500],
        matched=tuple(f"{key} {value}"[:300] for key, value in (files.matched if files else ())),
        second_factor=second_factor(look, "sshd") if values.get("usepam") == "yes" else "",
        not_read=look.noted(),
    )  # fmt: skip


def _with_defaults(look: Look, files: SshConfig) -> dict[str, str]:
    """Red Hat's sshd before RHEL 8 let root in by password unless told otherwise."""
    values = _DEFAULTS | files.values
    if look.host.platform == "darwin":
        values = _DEFAULTS | {"usepam": "yes"} | files.values
    if "permitrootlogin" not in files.values and _is_old_red_hat(look):
        values["permitrootlogin"] = ""
    return {**values, "permitrootlogin": _named(values["permitrootlogin"])}


def _named(value: str) -> str:
    """Return the newer name of a value; before OpenSSH 7.0 there was the other one only."""
    return value.replace("without-password", "prohibit-password")


def _is_old_red_hat(look: Look) -> bool:
    said = os_release(look, hides="version")
    family = {said.get("ID", ""), *said.get("ID_LIKE", "").split()}
    version = leading_numbers(said.get("VERSION_ID", ""))
    return bool(family & {"rhel", "centos"}) and bool(version) and version[0] < 8  # noqa: PLR2004


def _running(look: Look, values: dict[str, str]) -> bool | None:
    if look.host.platform == "windows":
        on: bool | None = service_runs(look.host, "sshd")
    elif look.host.platform == "darwin":
        on = launchd_on(look, "com.openssh.sshd")
    else:
        on = unit_on(look, *_UNITS)
    if on is not None or look.host.platform != "linux":
        return on
    found = listeners(look)
    addresses = values.get("listenaddress", "").split()
    ports = [*values.get("port", "22").split(), *(one.rpartition(":")[2] for one in addresses)]
    wanted = {int(port) for port in ports if port.isdecimal()}
    return None if found is None else bool({item.port for item in found} & wanted)


def second_factor(look: Look, *services: str) -> str:
    """Tell whether PAM demands a second factor: ``required``, ``optional``, or nothing.

    ``unseen`` where none was found, but a file that may name one is closed.
    """
    before = len(look.not_read)
    rules = pam.stack(look, *services, kind="auth") or ()
    strength = ""
    for rule in rules:
        if rule.module in _SECOND_FACTORS:
            if rule.counts and "nullok" not in rule.words:
                return "required"
            strength = "optional"
    return strength if strength or len(look.not_read) == before else "unseen"
