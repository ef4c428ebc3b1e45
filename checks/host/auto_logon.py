"""Whether a computer signs somebody in by itself when it starts; a password is never read."""

from __future__ import annotations

import re
from typing import Final

from posture_scan.checks.host.ini import pairs, truth
from posture_scan.checks.host.plist import property_list
from posture_scan.checks.host.setting import Origin, Source, effective

from posture_scan.sdk import Attempt, Look

_WINLOGON: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon"
_MAC: Final = "/Library/Preferences/com.apple.loginwindow.plist"
_GDM: Final = ("/etc/gdm3/daemon.conf", "/etc/gdm3/custom.conf", "/etc/gdm/custom.conf")
_LIGHTDM: Final = (
    "/usr/share/lightdm/lightdm.conf.d/*.conf", "/etc/lightdm/lightdm.conf.d/*.conf",
    "/etc/lightdm/lightdm.conf",
)  # fmt: skip
_SDDM: Final = ("/usr/lib/sddm/sddm.conf.d/*.conf", "/etc/sddm.conf.d/*.conf", "/etc/sddm.conf")
_GETTY: Final = (
    "/etc/systemd/system/*getty@*.service", "/etc/systemd/system/*getty@*.service.d/*.conf",
)  # fmt: skip
_WITHOUT_ASKING: Final = re.compile(
    r"\s*ExecStart=\S{0,200}agetty\s(?:.{0,500}\s)?(?:--autologin|-a)\b"
)
"""agetty(8): ``-a``, ``--autologin``."""

_MANAGER: Final = "/etc/systemd/system/display-manager.service"
_KNOWN_MANAGERS: Final = ("gdm", "lightdm", "sddm")


def auto_logon(look: Look) -> tuple[bool | None, str]:
    """Return whether it does, and which program does it; None where a place stayed closed."""
    if look.host.platform == "windows":
        setting = effective(look, (Source(Origin.LOCAL, _WINLOGON, "AutoAdminLogon"),), default=0)
        return (None if setting.value is None else setting.value != 0), "Winlogon"
    before = len(look.not_read)
    name = _mac(look) if look.host.platform == "darwin" else _linux(look)
    if name:
        return True, name
    return (False if len(look.not_read) == before else None), ""


def _mac(look: Look) -> str:
    table = property_list(look, _MAC, hides="auto_logon") or {}
    return "loginwindow" if table.get("autoLoginUser") else ""


def _linux(look: Look) -> str:
    if any(_gdm(look, path) for path in _GDM):
        return "GDM"
    if _last(look, _LIGHTDM, "seat:", "autologin-user"):
        return "LightDM"
    if _last(look, _SDDM, "autologin", "user"):
        return "SDDM"
    if any(_getty(look, pattern) for pattern in _GETTY):
        return "getty"
    manager = look.text(_MANAGER, hides="auto_logon")
    if manager and not any(name in manager.lower() for name in _KNOWN_MANAGERS):
        # Another program shows the sign-in screen, whose settings are not known here.
        look.note("display-manager.service", Attempt.TOOL_MISSING, "auto_logon", "again")
    return ""


def _getty(look: Look, pattern: str) -> bool:
    return any(
        _WITHOUT_ASKING.match(line)
        for info in look.files(pattern, hides="auto_logon")
        for line in (look.text(info.path, hides="auto_logon") or "").splitlines()
    )


def _gdm(look: Look, path: str) -> bool:
    values = {
        key: truth(value)
        for section, key, value in pairs(look.text(path, hides="auto_logon") or "")
        if section.lower() == "daemon"
    }
    return bool(values.get("automaticloginenable") or values.get("timedloginenable"))


def _last(look: Look, patterns: tuple[str, ...], section: str, key: str) -> str:
    """Return the value that wins: later files and lines override earlier ones."""
    found = ""
    for pattern in patterns:
        for info in look.files(pattern, hides="auto_logon"):
            for where, name, value in pairs(look.text(info.path, hides="auto_logon") or ""):
                if where.lower().startswith(section) and name == key:
                    found = value
    return found
