"""Whether a screen locks by itself: settings of desktops and of Windows, constructed."""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.host.collect_screen import screen_lock

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.databases import boolean, gvdb, unsigned
from tests.checks.host.protect import seen
from tests.checks.host.verdicts import judge, lift, told

CHECK = "screen.no_lock"


def outcome(host: Any) -> tuple[str, str]:
    return told(CHECK, seen(screen_lock, host))


# --- Linux -----------------------------------------------------------------------------------

PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\ngdm:x:120:120::/var/lib/gdm3:/bin/false\n"
    "a:x:1000:1000::/home/a:/bin/bash\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n"
    "svc:x:1500:1500::/srv/svc:/usr/sbin/nologin\n"
)
SCHEMAS = "/usr/share/glib-2.0/schemas/gschemas.compiled"
OWN = "/home/a/.config/dconf/user"
LOCK, IDLE = "/org/gnome/desktop/screensaver/lock-enabled", "/org/gnome/desktop/session/idle-delay"
DELAY = "/org/gnome/desktop/screensaver/lock-delay"
FORBID = "/org/gnome/desktop/lockdown/disable-lock-screen"


def schemas(desktop: str = "gnome") -> bytes:
    """GNOME's defaults: lock after five minutes."""
    start = f"org.{desktop}.desktop"
    return gvdb({
        f"{start}.screensaver": {
            "lock-enabled": boolean(1, schema=True), "lock-delay": unsigned(0, schema=True)
        },
        f"{start}.session": {"idle-delay": unsigned(300, schema=True)},
        f"{start}.lockdown": {"disable-lock-screen": boolean(0, schema=True)},
    })  # fmt: skip


def linux(session: str = "gnome", files: dict[str, Any] | None = None, **more: Any) -> FakeHost:
    base: dict[str, Any] = {"/etc/passwd": PASSWD, SCHEMAS: schemas()}
    if session:
        base[f"/usr/share/wayland-sessions/{session}.desktop"] = ""
    settings = {"home": ("/root", "/home/a")} | more
    return FakeHost(base | (files or {}), **settings)


def test_a_server_without_a_desktop_has_no_screen_to_lock() -> None:
    assert outcome(linux("")) == ("not_applicable", "server")


def test_a_closed_folder_of_sessions_makes_no_server() -> None:
    host = linux("", closed=("/usr/share/xsessions/*.desktop",))
    assert outcome(host) == ("unknown", "not_seen")


def test_gnomes_defaults_lock_in_time() -> None:
    found = judge(CHECK, seen(screen_lock, linux()))
    assert (found.status, dict(found.values)) == (
        "pass",
        {"what": "GNOME", "minutes": 5, "origin": "default"},
    )


@pytest.mark.parametrize(
    ("own", "result"),
    [
        ({LOCK: boolean(0)}, ("fail", "no_lock")),
        ({IDLE: unsigned(0)}, ("fail", "never")),
        ({IDLE: unsigned(901)}, ("fail", "too_late")),
        ({IDLE: unsigned(600), DELAY: unsigned(3600)}, ("fail", "too_late")),
        ({FORBID: boolean(1)}, ("fail", "no_lock")),
        ({IDLE: unsigned(900)}, ("pass", "locks")),
    ],
)
def test_what_a_person_set_wins_over_the_default(
    own: dict[str, bytes], result: tuple[str, str]
) -> None:
    assert outcome(linux(files={OWN: gvdb(own)})) == result


def test_what_an_administrator_locked_wins_over_the_person() -> None:
    files = {
        "/etc/dconf/profile/user": "user-db:user\nsystem-db:local\n",
        OWN: gvdb({IDLE: unsigned(0)}),
        "/etc/dconf/db/local": gvdb({IDLE: unsigned(300)}),
    }
    assert outcome(linux(files=files)) == ("fail", "never")
    locked = gvdb({IDLE: unsigned(300), ".locks": {IDLE: boolean(1)}})
    assert outcome(linux(files=files | {"/etc/dconf/db/local": locked})) == ("pass", "locks")


def test_cinnamon_is_read_like_gnome() -> None:
    own = {"/org/cinnamon/desktop/screensaver/lock-enabled": boolean(0)}
    host = linux("cinnamon", {SCHEMAS: schemas("cinnamon"), OWN: gvdb(own)})
    assert outcome(host) == ("fail", "no_lock")


@pytest.mark.parametrize("data", ["no database", b"GVariant" + bytes(12), Attempt.LIMIT_REACHED])
def test_a_database_that_cannot_be_read_is_not_the_default(data: Any) -> None:
    assert outcome(linux(files={OWN: data})) == ("unknown", "not_seen")
    assert outcome(linux(files={SCHEMAS: data})) == ("unknown", "not_seen")
    closed = seen(screen_lock, linux(files={OWN: Attempt.PERMISSION_DENIED}))
    assert lift(CHECK, closed) == "administrator"


def test_a_desktop_without_its_schema_is_unknown() -> None:
    assert outcome(linux(files={SCHEMAS: gvdb({})})) == ("unknown", "not_seen")


def test_somebody_elses_settings_are_the_administrators_to_see() -> None:
    two = {"/etc/passwd": PASSWD + "b:x:1001:1001::/home/b:/bin/bash\n"}
    host = linux(files=two, home=("/home/a",), elevated=False)
    found = seen(screen_lock, host)
    assert (told(CHECK, found), lift(CHECK, found)) == (
        ("unknown", "others_unseen"),
        "administrator",
    )
    nobody = linux(home=("/nonexistent",), elevated=False)
    assert outcome(nobody) == ("unknown", "others_unseen")
    weak = {OWN: gvdb({LOCK: boolean(0)})}
    assert outcome(linux(files=two | weak, home=("/home/a",))) == ("fail", "no_lock")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", ("pass", "locks")),
        ("[Daemon]\nAutolock=false\n", ("fail", "no_lock")),
        ("[Daemon]\nTimeout=0\n", ("fail", "never")),
        ("[Daemon]\nTimeout=20\n", ("fail", "too_late")),
        ("[Daemon]\nTimeout=14\nLockGrace=300\n", ("fail", "too_late")),
        ("[Other]\nAutolock=false\n[Daemon]\nTimeout=10\n", ("pass", "locks")),
    ],
)
def test_kde(text: str, result: tuple[str, str]) -> None:
    host = linux("plasma", {"/home/a/.config/kscreenlockerrc": text})
    assert outcome(host) == result


@pytest.mark.parametrize(
    "fixed", ["[Daemon][$i]\nAutolock=true\n", "[Daemon]\nAutolock[$i]=true\n"]
)
def test_kdes_immutable_keys_are_not_the_persons(fixed: str) -> None:
    files = {"/etc/xdg/kscreenlockerrc": fixed,
             "/home/a/.config/kscreenlockerrc": "[Daemon]\nAutolock=false\n"}  # fmt: skip
    assert outcome(linux("plasma", files)) == ("pass", "locks")
    files["/etc/xdg/kscreenlockerrc"] = "[Daemon]\nAutolock=true\n"
    assert outcome(linux("plasma", files)) == ("fail", "no_lock")


XFCE = "/home/a/.config/xfce4/xfconf/xfce-perchannel-xml/xfce4-screensaver.xml"


def xfce(enabled: str, delay: int, start: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{start}<channel name="xfce4-screensaver" version="1.0">'
        f'<property name="saver" type="empty"><property name="idle-activation" type="empty">'
        f'<property name="delay" type="int" value="{delay}"/></property></property>'
        f'<property name="lock" type="empty"><property name="enabled" type="bool" '
        f'value="{enabled}"/></property></channel>'
    )


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (xfce("true", 10), ("pass", "locks")), (xfce("false", 10), ("fail", "no_lock")),
        (xfce("true", 30), ("fail", "too_late")), ("<channel>", ("unknown", "not_seen")),
        (xfce("true", 1, '<!DOCTYPE x [<!ENTITY a "b">]>'), ("unknown", "not_seen")),
    ],
)  # fmt: skip
def test_xfce(text: str, result: tuple[str, str]) -> None:
    assert outcome(linux("xfce", {XFCE: text, "/usr/bin/xfce4-screensaver": ""})) == result


@pytest.mark.parametrize("session", ["sway", "i3", "xfce"])
def test_a_desktop_whose_locker_is_not_known_is_unknown(session: str) -> None:
    assert outcome(linux(session)) == ("unknown", "desktop_not_known")


# --- Windows, constructed --------------------------------------------------------------------

SYSTEM = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\InactivityTimeoutSecs"
POLICY = r"HKCU\Software\Policies\Microsoft\Windows\Control Panel\Desktop"
USER = r"HKCU\Control Panel\Desktop"
KIND = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\InstallationType"
SESSION = {r"HKCU\Volatile Environment\1\X": "x"}


def saver(key: str = USER, seconds: str = "600", secure: str = "1", **more: Any) -> dict[str, Any]:
    return {
        rf"{key}\ScreenSaveActive": "1", rf"{key}\ScreenSaverIsSecure": secure,
        rf"{key}\ScreenSaveTimeOut": seconds, rf"{key}\SCRNSAVE.EXE": "C:\\x.scr",
    } | more  # fmt: skip


def pc(values: dict[str, Any], kind: str = "Client") -> FakeHost:
    return FakeHost(platform="windows", values=SESSION | {KIND: kind} | values, elevated=False)


@pytest.mark.parametrize(
    ("values", "result"),
    [
        ({SYSTEM: 600}, ("pass", "locks")),
        ({SYSTEM: 900}, ("pass", "locks")),
        ({SYSTEM: 0}, ("fail", "no_lock")),
        ({SYSTEM: 1800}, ("fail", "too_late")),
        ({}, ("fail", "no_lock")),
        ({rf"{USER}\ScreenSaveActive": "1"}, ("fail", "no_lock")),
        (saver(), ("pass", "locks")),
        (saver(seconds="901"), ("fail", "too_late")),
        (saver(seconds="0"), ("fail", "never")),
        (saver(secure="0"), ("fail", "no_lock")),
        (saver() | saver(POLICY, secure="0"), ("fail", "no_lock")),
        (saver(secure="0") | saver(POLICY), ("pass", "locks")),
        (saver() | {SYSTEM: 1800}, ("pass", "locks")),
        (saver() | {SYSTEM: Attempt.PERMISSION_DENIED}, ("pass", "locks")),
        ({SYSTEM: Attempt.PERMISSION_DENIED}, ("unknown", "not_seen")),
        (saver() | {rf"{POLICY}\ScreenSaverIsSecure": Attempt.PERMISSION_DENIED},
         ("unknown", "not_seen")),
    ],
)  # fmt: skip
def test_windows(values: dict[str, Any], result: tuple[str, str]) -> None:
    """The trap: a limit of 0 seconds is smaller than any limit, and means never."""
    assert outcome(pc(values)) == result


def test_without_a_chosen_saver_nothing_starts() -> None:
    values = saver()
    del values[rf"{USER}\SCRNSAVE.EXE"]
    assert outcome(pc(values)) == ("fail", "no_lock")


def test_somebody_who_sits_at_no_screen_cannot_tell() -> None:
    host = FakeHost(platform="windows", values={KIND: "Client"} | saver(), elevated=True)
    found = seen(screen_lock, host)
    assert told(CHECK, found) == ("unknown", "others_unseen")
    assert lift(CHECK, found) == "desktop_user"


def test_a_windows_server_is_no_desk() -> None:
    assert outcome(pc({}, "Server")) == ("not_applicable", "server")
    assert outcome(pc({}, "Server Core")) == ("not_applicable", "server")


# --- macOS, constructed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("screenLock delay is immediate", ("pass", "locks_when_dark")),
        ("screenLock delay is 300 seconds", ("pass", "locks_when_dark")),
        ("screenLock delay is 5.000000 seconds", ("pass", "locks_when_dark")),
        ("screenLock delay is 3600 seconds", ("fail", "too_late")),
        ("screenLock is off", ("fail", "no_lock")),
        ("screenLock delay is -1 seconds", ("fail", "no_lock")),
        ("", ("unknown", "not_seen")),
        ("verrouillage", ("unknown", "not_seen")),
    ],
)
def test_macos_answers_on_the_error_channel(text: str, result: tuple[str, str]) -> None:
    said = out("", 0, f"2026-11-22 21:00:00.000 sysadminctl[1:2] {text}\n".encode())
    host = FakeHost(platform="darwin", commands={"sysadminctl": said}, elevated=False)
    assert outcome(host) == result


def test_root_on_a_mac_would_be_told_of_roots_own_screen() -> None:
    found = seen(screen_lock, FakeHost(platform="darwin", elevated=True))
    assert (told(CHECK, found), lift(CHECK, found)) == (
        ("unknown", "others_unseen"),
        "desktop_user",
    )
