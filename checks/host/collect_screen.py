"""Collects whether an unattended screen locks itself, and after how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.desktop import desktops
from posture_scan.checks.host.screen_facts import Lock
from posture_scan.checks.host.screen_linux import linux_locks
from posture_scan.checks.host.setting import Origin, Setting, Source, effective
from posture_scan.checks.host.windows_version import is_windows_server

from posture_scan.sdk import (
    PASSIVE,
    Attempt,
    AttemptError,
    Host,
    HostFacts,
    Look,
    Machine,
    collector,
    is_absent,
)


@dataclass(frozen=True)
class ScreenLock(HostFacts):
    """The screens of the people who use this computer."""

    server: bool | None = None
    """A computer at which nobody sits: no desktop is installed, or it is a Windows Server."""
    locks: tuple[Lock, ...] = ()
    others_unseen: bool = False
    """Whether other people use this computer whose settings were not open to this run."""


@collector(on=Machine(), intrusiveness=PASSIVE)
def screen_lock(host: Host) -> ScreenLock:
    """Read settings of the person who runs this, as administrator those of everybody."""
    look = Look(host)
    locks: tuple[Lock, ...] = ()
    others = False
    if host.platform == "windows":
        server = is_windows_server(look)
        if server is not True:
            locks, others = _windows(look)
    elif host.platform == "darwin":
        server = False
        locks, others = _macos(look)
    else:
        installed = desktops(look, hides="screen")
        server = None if installed is None else not installed
        if not server:
            locks, others = linux_locks(look, installed or ())
    return ScreenLock(
        platform=host.platform, elevated=host.elevated, server=server, locks=locks[:100],
        others_unseen=others, not_read=look.noted(),
    )  # fmt: skip


# --- Windows ---------------------------------------------------------------------------------

_SYSTEM: Final = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
_POLICY: Final = r"HKCU\Software\Policies\Microsoft\Windows\Control Panel\Desktop"
_OWN: Final = r"HKCU\Control Panel\Desktop"
_SESSION: Final = r"HKCU\Volatile Environment"
_LONGEST: Final = 900


def _windows(look: Look) -> tuple[tuple[Lock, ...], bool]:
    """Take the limit for the whole computer, else the screen saver of the person at it.

    A service account or another administrator's rights have a registry of their own; only the
    one of somebody who logged on at the screen has ``Volatile Environment``.
    """
    limit = effective(look, (Source(Origin.POLICY, _SYSTEM, "InactivityTimeoutSecs"),), default=0)
    if limit.value is not None and 0 < limit.value <= _LONGEST:
        return (Lock("Windows", locks=True, after=limit.value, origin=limit.origin),), False
    if not _at_the_screen(look):
        return (), True
    saver = _screen_saver(look)
    if limit.value and saver.locks is False:  # a limit that is long, yet better than none
        return (Lock("Windows", locks=True, after=limit.value, origin=limit.origin),), False
    if limit.value is None and saver.locks is not True:
        return (Lock("Windows", None),), False
    return (saver,), False


def _at_the_screen(look: Look) -> bool:
    try:
        look.host.registry_keys(_SESSION)
    except AttemptError as error:
        if not is_absent(error):
            look.note(_SESSION, error.attempt, "screen", "administrator")
        return False
    return True


def _screen_saver(look: Look) -> Lock:
    """Judge Windows' screen saver: chosen, switched on, asking for the password, in time.

    Windows has ``ScreenSaveActive`` at 1 from the start, but without a chosen saver nothing runs.
    """
    settings = [_desktop(look, name) for name in
                ("ScreenSaveActive", "ScreenSaverIsSecure", "ScreenSaveTimeOut")]  # fmt: skip
    chosen = any(look.value(key, "SCRNSAVE.EXE", hides="screen") for key in (_POLICY, _OWN))
    if not all(setting.seen for setting in settings):
        return Lock("Windows", None)
    active, secure, seconds = settings
    locks = chosen and active.value == 1 and secure.value == 1
    return Lock("Windows", locks, seconds.value, secure.origin)


def _desktop(look: Look, name: str) -> Setting:
    places = (Source(Origin.POLICY, _POLICY, name), Source(Origin.LOCAL, _OWN, name))
    return effective(look, places, default=0)


# --- macOS -----------------------------------------------------------------------------------

_STATE: Final = re.compile(
    r"screenLock (?:is (?P<off>off)|delay is "
    r"(?:(?P<now>immediate)|(?P<seconds>-?\d{1,9})(?:\.\d{1,9})? seconds?))"
)


def _macos(look: Look) -> tuple[tuple[Lock, ...], bool]:
    """Read what sysadminctl says of its own user, on the error channel and never translated."""
    if look.host.elevated:
        return (), True  # it would speak of root, who sits at no screen
    result = look.run(("sysadminctl", "-screenLock", "status"), hides="screen")
    text = (result.stderr + result.stdout).decode("utf-8", "replace") if result else ""
    found = _STATE.search(text)
    if found is None:
        look.note("sysadminctl", Attempt.PROTOCOL_MISMATCH, "screen", "again")
        return (Lock("macOS", None),), False
    seconds = 0 if found["now"] else int(found["seconds"] or -1)
    if found["off"] or seconds < 0:  # -1 seconds is how some versions write "off"
        return (Lock("macOS", locks=False),), False
    return (Lock("macOS", locks=True, after=max(seconds, 1)),), False
