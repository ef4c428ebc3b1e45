"""Whether a computer signs somebody in by itself when it starts; a password is never read."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.host.ini import pairs, truth
from posture_scan.checks.host.plist import property_list
from posture_scan.checks.host.setting import Origin, Source, effective

from posture_scan.sdk import Look

_WINLOGON: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon"
_MAC: Final = "/Library/Preferences/com.apple.loginwindow.plist"
_GDM: Final = ("/etc/gdm3/daemon.conf", "/etc/gdm3/custom.conf", "/etc/gdm/custom.conf")
_LIGHTDM: Final = (
    "/usr/share/lightdm/lightdm.conf.d/*.conf", "/etc/lightdm/lightdm.conf.d/*.conf",
    "/etc/lightdm/lightdm.conf",
)  # fmt: skip
_SDDM: Final = ("/usr/lib/sddm/sddm.conf.d/*.conf", "/etc/sddm.conf.d/*.conf", "/etc/sddm.conf")
_GETTY: Final = "/etc/systemd/system/*getty@*.service.d/*.conf"


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
    for info in look.files(_GETTY, hides="auto_logon"):
        lines = (look.text(info.path, hides="auto_logon") or "").splitlines()
        if any(line.strip().startswith("ExecStart=") and "--autologin" in line for line in lines):
            return "getty"
    return ""


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
