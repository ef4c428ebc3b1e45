"""Whether the screen of this computer can be taken over from elsewhere, and how that is guarded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.ini import pairs
from posture_scan.checks.host.launchd import launchd_on
from posture_scan.checks.host.setting import UNSEEN, Origin, Setting, Source, effective, running
from posture_scan.checks.host.sockets import listeners, open_ports
from posture_scan.checks.host.systemd import unit_on

from posture_scan.sdk import PASSIVE, Attempt, Host, HostFacts, Look, Machine, collector

_POLICY: Final = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services"
_LOCAL: Final = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server"
_LISTENER: Final = _LOCAL + "\\WinStations\\RDP-Tcp"
_RDP_PORT: Final = 3389
_VNC_PORTS: Final = frozenset(range(5900, 5911))
"""A display's number added to 5900."""

_VNC_SERVICES: Final = ("uvnc_service", "tvnserver", "winvnc4", "vncserver", "TigerVNC")
_VNC_PROGRAMS: Final = (
    "x11vnc", "Xtigervnc", "Xtightvnc", "x0vncserver", "x0tigervncserver", "wayvnc", "krfb",
    "vncserver-x11", "vncserver-x11-core",
)  # fmt: skip
_XRDP_INI: Final = "/etc/xrdp/xrdp.ini"
_XRDP: Final = ("/usr/sbin/xrdp", "/usr/bin/xrdp")


@dataclass(frozen=True)
class RemoteDesktopFacts(HostFacts):
    """RDP and VNC on one computer."""

    denied: Setting = UNSEEN
    """Windows: 0 lets others in."""
    nla: Setting = UNSEEN
    """Windows: 1 asks who it is before a session begins."""
    layer: Setting = UNSEEN
    """Windows: 0 RDP's own encryption, 1 negotiated, 2 TLS."""
    port: int = _RDP_PORT
    rdp_listens: bool | None = None
    """Something listens on that port, for others to reach; None where it could not be asked."""
    xrdp: bool = False
    """Linux: xrdp is installed."""
    vnc: bool | None = None
    """A VNC server runs that others can reach."""
    vnc_by_port_only: bool = False
    """Nothing but a port's number says that it is VNC."""
    vnc_what: str = ""
    screen_sharing: bool | None = None
    """macOS: screen sharing is switched on."""


@collector(on=Machine(), intrusiveness=PASSIVE)
def remote_desktop_of_computer(host: Host) -> RemoteDesktopFacts:
    """Read settings, and hold them against what really listens."""
    look = Look(host)
    if host.platform == "windows":
        return _windows(look)
    if host.platform == "darwin":
        sharing = launchd_on(look, "com.apple.screensharing")
        return RemoteDesktopFacts(
            "darwin", host.elevated, screen_sharing=sharing, not_read=look.noted()
        )
    return _linux(look)


def _windows(look: Look) -> RemoteDesktopFacts:
    denied = effective(look, _twice("fDenyTSConnections", _LOCAL), default=1)
    nla = effective(look, _twice("UserAuthentication", _LISTENER))
    layer = effective(look, _twice("SecurityLayer", _LISTENER))
    port = effective(look, (Source(Origin.LOCAL, _LISTENER, "PortNumber"),), default=_RDP_PORT)
    number = port.value or _RDP_PORT
    found = listeners(look)
    states = {name: running(look.host, name) for name in _VNC_SERVICES}
    services = [name for name, state in states.items() if state]
    asked = None not in states.values()
    if not asked:
        look.note("services", Attempt.PERMISSION_DENIED, "socket", "administrator")
    ports = sorted(open_ports(found or ()) & _VNC_PORTS)
    return RemoteDesktopFacts(
        "windows", look.host.elevated, denied=denied, nla=nla, layer=layer, port=number,
        rdp_listens=None if found is None else number in open_ports(found),
        vnc=True if services or ports else False if found is not None and asked else None,
        vnc_by_port_only=bool(ports) and not services,
        vnc_what=", ".join(services) or (f"TCP {ports[0]}" if ports else ""),
        not_read=look.noted(),
    )  # fmt: skip


def _twice(name: str, local: str) -> tuple[Source, ...]:
    return Source(Origin.POLICY, _POLICY, name), Source(Origin.LOCAL, local, name)


def _linux(look: Look) -> RemoteDesktopFacts:
    found = listeners(look)
    reached = open_ports(found or ())
    xrdp = any(not look.is_missing(path) for path in _XRDP)
    port = _xrdp_port(look) if xrdp else _RDP_PORT
    ports = sorted(reached & _VNC_PORTS)
    programs = [name for name in _VNC_PROGRAMS if not look.is_missing(f"/usr/bin/{name}")]
    closed = any(note.hides == "rdp" for note in look.not_read)
    listens = None if found is None or closed else port in reached
    if xrdp and listens is None:
        listens = unit_on(look, "xrdp.service")
    return RemoteDesktopFacts(
        "linux", look.host.elevated, port=port, rdp_listens=listens, xrdp=xrdp,
        vnc=None if found is None else bool(ports), vnc_by_port_only=bool(ports) and not programs,
        vnc_what=f"TCP {ports[0]}" if ports else "", not_read=look.noted(),
    )  # fmt: skip


def _xrdp_port(look: Look) -> int:
    """``port`` is a number, or ``tcp://address:number`` and the like; the last number counts."""
    for section, key, value in pairs(look.text(_XRDP_INI, hides="rdp") or ""):
        if section.lower() == "globals" and key == "port":
            numbers = re.findall(r"\d{1,5}", value)
            return int(numbers[-1]) if numbers else _RDP_PORT
    return _RDP_PORT
