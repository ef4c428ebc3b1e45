"""Whether this computer hands out files by SMB version 1, the dialect that WannaCry came by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.setting import UNSEEN, Origin, Setting, Source, effective
from posture_scan.checks.host.smb_linux import dialects, speaks_v1
from posture_scan.checks.host.sockets import listeners
from posture_scan.checks.host.systemd import unit_on
from posture_scan.checks.host.windows_version import windows_build

from posture_scan.sdk import (
    PASSIVE,
    AttemptError,
    Host,
    HostFacts,
    Look,
    Machine,
    collector,
    is_absent,
    lift_of,
)

_SERVICES: Final = "HKLM\\SYSTEM\\CurrentControlSet\\Services"
_SMB1: Final = Source(Origin.LOCAL, _SERVICES + "\\LanmanServer\\Parameters", "SMB1")
_DRIVER: Final = _SERVICES + "\\mrxsmb10"
_DISABLED: Final = 4
_PROGRAMS: Final = ("/usr/sbin/smbd", "/usr/sbin/samba")
_UNITS: Final = ("smbd.service", "smb.service", "samba-ad-dc.service")
_SMB_PORTS: Final = frozenset({139, 445})


@dataclass(frozen=True)
class SmbServerFacts(HostFacts):
    """SMB version 1 on one computer."""

    setting: Setting = UNSEEN
    """Windows: the server's switch; by default, where nobody has set it."""
    build: int | None = None
    driver: bool | None = None
    """Windows: the drivers of SMB 1 are installed and not switched off."""
    installed: bool | None = None
    """Linux: Samba is installed."""
    running: bool | None = None
    speaks_v1: bool | None = None
    minimum: str = ""
    """Samba: the oldest dialect that the file names."""
    version: str = ""


@collector(on=Machine(), intrusiveness=PASSIVE)
def smb_of_computer(host: Host) -> SmbServerFacts:
    """Read the switch of Windows, or Samba's file and version."""
    look = Look(host)
    if host.platform == "windows":
        return SmbServerFacts(
            "windows", host.elevated, effective(look, (_SMB1,), default=-1), windows_build(look),
            _driver(look), not_read=look.noted(),
        )  # fmt: skip
    if host.platform == "darwin":
        return SmbServerFacts("darwin", host.elevated)
    return _linux(look)


def _driver(look: Look) -> bool | None:
    try:
        start = look.host.registry(_DRIVER, "Start")
    except AttemptError as error:
        if is_absent(error):
            return False
        look.note(_DRIVER, error.attempt, "setting", lift_of(error))
        return None
    return start != _DISABLED


def _linux(look: Look) -> SmbServerFacts:
    if all(look.is_missing(path) for path in _PROGRAMS):
        return SmbServerFacts("linux", look.host.elevated, installed=False, not_read=look.noted())
    found, version = dialects(look), _version(look)
    return SmbServerFacts(
        "linux", look.host.elevated, installed=True, running=_running(look),
        speaks_v1=None if found is None else speaks_v1(found, version),
        minimum=found.minimum[:40] if found else "", version=version,
        not_read=look.noted(),
    )  # fmt: skip


def _running(look: Look) -> bool | None:
    """Ask systemd; where it does not rule, see what listens."""
    on: bool | None = unit_on(look, *_UNITS)
    if on is not None:
        return on
    found = listeners(look)
    return None if found is None else bool({item.port for item in found} & _SMB_PORTS)


def _version(look: Look) -> str:
    for argv in (("dpkg-query", "-W", "-f=${Version}", "samba"),
                 ("rpm", "-q", "--qf=%{VERSION}", "samba")):  # fmt: skip
        result = look.run(argv, hides="version", quiet=True)
        if result is not None and result.code == 0 and result.stdout.strip():
            return result.stdout.decode("ascii", "replace").strip()[:60]
    return ""
