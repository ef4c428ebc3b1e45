"""Administrators at work, forgotten accounts, and computers that sign in by themselves."""

from __future__ import annotations

import plistlib
import struct
from datetime import datetime
from typing import Any

import pytest
from posture_scan.checks.host.collect_accounts import AccountsFacts, accounts_of_computer

from posture_scan.sdk import Attempt
from tests.checks.computer import DAY, NOW, FakeHost, out
from tests.checks.host.verdicts import judge, lift, told

CURRENT = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
WINLOGON = f"{CURRENT}\\Winlogon\\AutoAdminLogon"
USER = "S-1-5-21-1-2-3-1001"
OTHER = "S-1-5-21-1-2-3-1002"


def seen(host: FakeHost) -> AccountsFacts:
    facts = accounts_of_computer.function(host)
    assert isinstance(facts, AccountsFacts)
    return facts


# --- Linux -----------------------------------------------------------------------------------

PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\n"
    "daemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n"
    "sync:x:4:65534::/bin:/bin/sync\n"
    "postgres:x:110:115::/var/lib/postgresql:/bin/bash\n"
    "hanako:x:1000:1000:山田花子,,,:/home/hanako:/bin/bash\n"
    "taro:x:1001:1001::/home/taro:/bin/zsh\n"
    "scanner:x:1002:1002::/home/scanner:/usr/sbin/nologin\n"
    "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n"
)
SUDOERS = (
    "Defaults\tenv_reset\nroot\tALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL\n"
    "@includedir /etc/sudoers.d\n"
)
DESKTOP = "/usr/share/xsessions/gnome.desktop"


def linux(**more: Any) -> FakeHost:
    files = {
        "/etc/passwd": PASSWD, "/etc/group": "root:x:0:\nsudo:x:27:\nhanako:x:1000:\n",
        "/etc/nsswitch.conf": "passwd: files systemd\ngroup: files [SUCCESS=merge] systemd\n",
        "/etc/sudoers": SUDOERS, DESKTOP: "",
    }  # fmt: skip
    return FakeHost(files=files | more.pop("files", {}), **more)


@pytest.mark.parametrize(
    ("group", "want"),
    [
        ("sudo:x:27:hanako,taro\n", ("fail", "all_administrators")),
        ("wheel:x:10:hanako\nsudo:x:27:taro\n", ("fail", "all_administrators")),
        ("sudo:x:27:hanako\n", ("unknown", "mixed")),
        ("sudo:x:27:\n", ("pass", "no_administrators")),
        ("docker:x:99:hanako,taro\n", ("pass", "no_administrators")),
    ],
)
def test_members_of_the_groups_that_may_become_root(group: str, want: tuple[str, str]) -> None:
    assert told("accounts.daily_administrator", seen(linux(files={"/etc/group": group}))) == want


def test_a_primary_group_and_number_0_count_as_well() -> None:
    passwd = PASSWD.replace("hanako:x:1000:1000", "hanako:x:1000:27")
    passwd = passwd.replace("taro:x:1001", "taro:x:0")
    facts = seen(linux(files={"/etc/passwd": passwd}))
    assert told("accounts.daily_administrator", facts) == ("fail", "all_administrators")


def test_a_line_of_its_own_in_sudoers_counts() -> None:
    files = {"/etc/sudoers.d/90-office": "%office ALL=(ALL) NOPASSWD: ALL\ntaro ALL = (ALL) ALL\n",
             "/etc/group": "office:x:500:hanako\n"}  # fmt: skip
    facts = seen(linux(files=files))
    assert told("accounts.daily_administrator", facts) == ("fail", "all_administrators")


def test_an_alias_in_sudoers_is_not_understood_and_so_nobody_is_cleared() -> None:
    facts = seen(linux(files={"/etc/sudoers": "User_Alias STAFF = hanako\nSTAFF ALL=(ALL) ALL\n"}))
    assert told("accounts.daily_administrator", facts) == ("unknown", "not_seen")


def test_a_line_of_sudoers_without_end_is_not_understood_either() -> None:
    line = "taro ALL=(ALL) " + "ALL " * 100_000 + "x\n"
    facts = seen(linux(files={"/etc/sudoers": line}))
    assert told("accounts.daily_administrator", facts) == ("unknown", "not_seen")


def test_without_root_sudoers_stays_closed_and_only_a_pass_is_lost() -> None:
    closed = {"/etc/sudoers": Attempt.PERMISSION_DENIED}
    facts = seen(linux(files=closed, elevated=False))
    assert told("accounts.daily_administrator", facts) == ("unknown", "not_seen")
    assert lift("accounts.daily_administrator", facts) == "administrator"
    both = closed | {"/etc/group": "sudo:x:27:hanako,taro\n"}
    facts = seen(linux(files=both, elevated=False))
    assert told("accounts.daily_administrator", facts) == ("fail", "all_administrators")


def test_the_person_who_runs_it_is_not_the_administrator() -> None:
    group = {"/etc/group": "sudo:x:27:hanako\n"}
    facts = seen(linux(files=group, elevated=False, home=("/home/taro",)))
    assert told("accounts.daily_administrator", facts) == ("pass", "standard")
    facts = seen(linux(files=group, elevated=False, home=("/home/hanako",)))
    assert told("accounts.daily_administrator", facts) == ("unknown", "mixed")


def test_users_of_a_directory_are_not_in_the_files() -> None:
    facts = seen(linux(files={"/etc/nsswitch.conf": "passwd: files sss\n"}))
    assert told("accounts.daily_administrator", facts) == ("unknown", "directory")
    facts = seen(linux(files={"/etc/nsswitch.conf": Attempt.PERMISSION_DENIED}))
    assert told("accounts.daily_administrator", facts) == ("unknown", "not_seen")
    facts = seen(linux(files={"/etc/group": "sudo:x:27:EXAMPLE\\jiro\n"}))
    assert told("accounts.daily_administrator", facts) == ("unknown", "directory")


def test_a_server_has_no_daily_work_and_a_desktop_without_people_leaves_it_open() -> None:
    host = linux()
    host.files = {path: text for path, text in host.files.items() if path != DESKTOP}
    assert told("accounts.daily_administrator", seen(host)) == ("not_applicable", "server")
    facts = seen(linux(files={"/etc/passwd": PASSWD.splitlines()[0] + "\n"}))
    assert told("accounts.daily_administrator", facts) == ("unknown", "only_root")


def test_an_unreadable_list_of_people_is_no_empty_one() -> None:
    facts = seen(linux(files={"/etc/passwd": Attempt.PERMISSION_DENIED}))
    assert told("accounts.daily_administrator", facts) == ("unknown", "not_seen")
    assert told("accounts.dormant", facts) == ("unknown", "not_seen")


def lastlog(times: dict[int, datetime], size: int = 292) -> bytes:
    data = bytearray(size * (max(times) + 1))
    for uid, time in times.items():
        data[uid * size : uid * size + 4] = struct.pack("<I", int(time.timestamp()))
    return bytes(data)


def wtmp(*entries: tuple[str, datetime], kind: int = 7) -> bytes:
    return b"".join(
        struct.pack("<hxxi32s4s32s256shhiii16s20x", kind, 1, b"tty1", b"1", name.encode(), b"",
                    0, 0, 0, int(time.timestamp()), 0, b"")
        for name, time in entries
    )  # fmt: skip


def server(**files: Any) -> FakeHost:
    host = linux(commands={"passwd -S -a": out("hanako P x\ntaro P x\n")})
    host.files = {p: t for p, t in host.files.items() if p != DESKTOP} | {
        "/var/log/" + name.replace("_", "."): data for name, data in files.items()
    }
    return host


def test_an_account_that_nobody_used_for_91_days() -> None:
    facts = seen(server(lastlog=lastlog({1000: NOW - DAY, 1001: NOW - 91 * DAY})))
    assert told("accounts.dormant", facts) == ("fail", "unused")
    assert "UID 1001" in str(judge("accounts.dormant", facts).values)
    assert "taro" not in str(facts.people)
    facts = seen(server(lastlog=lastlog({1000: NOW - DAY, 1001: NOW - 89 * DAY})))
    assert told("accounts.dormant", facts) == ("pass", "all_used")


def test_the_64_bit_layout_of_lastlog_is_told_by_its_size() -> None:
    facts = seen(server(lastlog=lastlog({1000: NOW - DAY, 1001: NOW - 91 * DAY}, size=296)))
    assert told("accounts.dormant", facts) == ("fail", "unused")


@pytest.mark.parametrize("data", [b"", b"\x01" * 291, b"\xff" * 292 * 1002])
def test_an_empty_or_broken_lastlog_says_nothing(data: bytes) -> None:
    assert told("accounts.dormant", seen(server(lastlog=data))) == ("unknown", "not_recorded")


def test_a_desktop_writes_no_lastlog_so_an_old_entry_there_proves_nothing() -> None:
    log = lastlog({1000: NOW - DAY, 1001: NOW - 200 * DAY})
    host = server(lastlog=log, wtmp=wtmp(("hanako", NOW - 40 * DAY)))
    host.files = {**host.files, DESKTOP: ""}
    assert told("accounts.dormant", seen(host)) == ("unknown", "not_recorded")
    host.files = {**host.files, "/var/log/wtmp.1": wtmp(("hanako", NOW - 95 * DAY))}
    assert told("accounts.dormant", seen(host)) == ("fail", "unused")
    host.files = {**host.files, "/var/log/wtmp": wtmp(("taro", NOW - DAY))}
    assert told("accounts.dormant", seen(host)) == ("pass", "all_used")


def test_a_start_of_the_computer_in_wtmp_is_nobodys_visit() -> None:
    host = server(wtmp=wtmp(("reboot", NOW - DAY), kind=2), lastlog=lastlog({1000: NOW - DAY}))
    assert told("accounts.dormant", seen(host)) == ("unknown", "not_recorded")


def test_a_locked_account_is_closed_unless_a_key_opens_it() -> None:
    host = server(lastlog=lastlog({1000: NOW - DAY, 1001: NOW - 91 * DAY}))
    host.commands = {"passwd -S -a": out("hanako P x\ntaro L x\n")}
    assert told("accounts.dormant", seen(host)) == ("pass", "all_used")
    host.files = {**host.files, "/home/taro/.ssh/authorized_keys": "ssh-ed25519 AAAA"}
    assert told("accounts.dormant", seen(host)) == ("fail", "unused")
    host.elevated = False
    assert told("accounts.dormant", seen(host)) == ("unknown", "maybe_locked")
    assert lift("accounts.dormant", seen(host)) == "administrator"


@pytest.mark.parametrize(
    ("path", "text", "by"),
    [
        ("/etc/gdm3/daemon.conf", "[daemon]\nAutomaticLoginEnable = true\n", "GDM"),
        ("/etc/gdm/custom.conf", "[daemon]\nTimedLoginEnable=True\n", "GDM"),
        ("/etc/lightdm/lightdm.conf", "[Seat:*]\nautologin-user=hanako\n", "LightDM"),
        ("/etc/lightdm/lightdm.conf.d/50.conf", "[Seat:*]\nautologin-user = hanako\n", "LightDM"),
        ("/etc/sddm.conf.d/auto.conf", "[Autologin]\nUser=hanako\nSession=plasma\n", "SDDM"),
        ("/etc/systemd/system/getty@tty1.service.d/a.conf",
         "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin pi --noclear %I\n", "getty"),
        ("/etc/systemd/system/getty@tty1.service",
         "[Service]\nExecStart=-/sbin/agetty -a pi - $TERM\n", "getty"),
    ],
)  # fmt: skip
def test_who_signs_in_by_itself_on_linux(path: str, text: str, by: str) -> None:
    facts = seen(linux(files={path: text}))
    assert told("accounts.auto_logon", facts) == ("fail", "on")
    assert facts.auto_logon_by == by
    assert "hanako" not in str(facts)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/gdm3/daemon.conf", "[daemon]\n# AutomaticLoginEnable = true\n"),
        ("/etc/gdm3/daemon.conf", "[daemon]\nAutomaticLoginEnable=false\nAutomaticLogin=x\n"),
        ("/etc/gdm3/daemon.conf", "[debug]\nAutomaticLoginEnable=true\n"),
        ("/etc/lightdm/lightdm.conf", "[Seat:*]\n#autologin-user=\nautologin-user=\n"),
    ],
)
def test_a_commented_or_empty_setting_signs_nobody_in(path: str, text: str) -> None:
    assert told("accounts.auto_logon", seen(linux(files={path: text}))) == ("pass", "off")


def test_a_closed_setting_is_no_absent_one() -> None:
    facts = seen(linux(files={"/etc/gdm3/daemon.conf": Attempt.PERMISSION_DENIED}))
    assert told("accounts.auto_logon", facts) == ("unknown", "not_seen")
    assert lift("accounts.auto_logon", facts) == "administrator"


# --- Windows (constructed) -------------------------------------------------------------------


def account(rid: int, days: float, flags: int = 0x201, age: int = 300) -> dict[str, int | str]:
    logon = int((NOW - days * DAY).timestamp()) if days else 0
    return {"user_id": rid, "flags": flags, "privilege": 1, "password_age": age * 86_400,
            "last_logon": logon}  # fmt: skip


def windows(**more: Any) -> FakeHost:
    answers = {
        "accounts": [account(500, 0, 0x203), account(501, 0, 0x223), account(1001, 1)],
        "session": [{"user": USER, "token": USER, "administrator": 0, "elevation": 3}],
        "group_members:S-1-5-32-544": [{"sid": "S-1-5-21-1-2-3-500", "usage": 1}],
    }
    values = {f"{CURRENT}\\InstallationType": "Client"}
    return FakeHost(
        platform="windows", answers=answers | more.pop("answers", {}),
        values=values | more.pop("values", {}), **more,
    )  # fmt: skip


def session(user: str, token: str, administrator: int) -> dict[str, Any]:
    return {"session": [{"user": user, "token": token, "administrator": administrator}]}


ADMINS = "group_members:S-1-5-32-544"


@pytest.mark.parametrize(
    ("answers", "want"),
    [
        ({}, ("pass", "standard")),
        (session(USER, USER, 1), ("fail", "administrator")),
        # Started with an administrator's password: the person at the desktop is another.
        (session(USER, OTHER, 1), ("pass", "standard")),
        (session(USER, OTHER, 1) | {ADMINS: [{"sid": USER, "usage": 1}]},
         ("fail", "administrator")),
        (session(USER, OTHER, 1) | {ADMINS: [{"sid": "S-1-5-21-9-9-9-512", "usage": 2}]},
         ("unknown", "domain_group")),
        (session(USER, OTHER, 1) | {ADMINS: []}, ("unknown", "domain_group")),
        (session(USER, OTHER, 1) | {ADMINS: Attempt.PERMISSION_DENIED},
         ("unknown", "domain_group")),
        (session("", USER, 1), ("unknown", "not_seen")),
        ({"session": Attempt.PROTOCOL_MISMATCH}, ("unknown", "not_seen")),
    ],
)  # fmt: skip
def test_who_works_at_a_windows_computer(answers: dict[str, Any], want: tuple[str, str]) -> None:
    assert told("accounts.daily_administrator", seen(windows(answers=answers))) == want


def test_who_is_in_a_nested_group_shows_with_the_persons_own_rights() -> None:
    answers = session(USER, OTHER, 1) | {ADMINS: []}
    assert lift("accounts.daily_administrator", seen(windows(answers=answers))) == "desktop_user"


def test_a_windows_server_and_a_windows_of_unknown_kind() -> None:
    facts = seen(windows(values={f"{CURRENT}\\InstallationType": "Server Core"}))
    assert told("accounts.daily_administrator", facts) == ("not_applicable", "server")
    facts = seen(windows(values={f"{CURRENT}\\InstallationType": Attempt.PERMISSION_DENIED}))
    assert told("accounts.daily_administrator", facts) == ("unknown", "not_seen")


@pytest.mark.parametrize(
    ("rows", "want"),
    [
        ([account(1001, 1), account(1002, 89)], ("pass", "all_used")),
        ([account(1001, 1), account(1002, 91)], ("fail", "unused")),
        ([account(1001, 1), account(1002, 400, 0x203)], ("pass", "all_used")),  # disabled
        ([account(1001, 1), account(1002, 0)], ("fail", "unused")),  # 0 = never
        ([account(1001, 1), account(1002, 0, age=10)], ("pass", "all_used")),  # made last week
        ([account(1001, 400)], ("pass", "all_used")),  # signed in right now, by PIN
        ([], ("unknown", "not_seen")),
        (Attempt.PERMISSION_DENIED, ("unknown", "not_seen")),
    ],
)
def test_forgotten_accounts_of_windows(rows: Any, want: tuple[str, str]) -> None:
    assert told("accounts.dormant", seen(windows(answers={"accounts": rows}))) == want


def test_a_user_of_a_domain_with_the_same_number_is_somebody_else() -> None:
    answers = session("S-1-5-21-9-9-9-1001", "S-1-5-21-9-9-9-1001", 0)
    answers |= {"accounts": [account(1001, 400)]}
    assert told("accounts.dormant", seen(windows(answers=answers))) == ("fail", "unused")


@pytest.mark.parametrize(
    ("value", "want"),
    [("1", "fail"), ("0", "pass"), (1, "fail"), (None, "pass"), ("yes", "unknown"),
     (Attempt.PERMISSION_DENIED, "unknown")],
)  # fmt: skip
def test_windows_signs_in_by_itself(value: Any, want: str) -> None:
    values = {WINLOGON: value} if value is not None else {}
    assert told("accounts.auto_logon", seen(windows(values=values)))[0] == want


def test_a_sign_in_screen_that_is_not_known_may_let_anybody_in() -> None:
    manager = "/etc/systemd/system/display-manager.service"
    for program, want in (("greetd", "unknown"), ("gdm3", "pass"), ("lightdm", "pass")):
        facts = seen(linux(files={manager: f"[Service]\nExecStart=/usr/sbin/{program}\n"}))
        assert told("accounts.auto_logon", facts)[0] == want


# --- macOS (constructed) ---------------------------------------------------------------------

USERS = "_spotlight              89\nhanako                  501\nroot     0\ntaro  502\n"
LIST = "dscl . -list /Users UniqueID"
GROUP = "dscl . -read /Groups/admin GroupMembership"


def mac(members: str, **more: Any) -> FakeHost:
    commands = {LIST: out(USERS), GROUP: out(f"GroupMembership: {members}\n")}
    return FakeHost(platform="darwin", commands=commands, **more)


def test_administrators_of_a_mac() -> None:
    name = "accounts.daily_administrator"
    assert told(name, seen(mac("root hanako taro"))) == ("fail", "all_administrators")
    assert told(name, seen(mac("root hanako"))) == ("unknown", "mixed")
    assert told(name, seen(mac("root"))) == ("pass", "no_administrators")
    assert told(name, seen(FakeHost(platform="darwin"))) == ("unknown", "not_seen")
    assert told("accounts.dormant", seen(mac("root"))) == ("unknown", "no_record")


def test_a_mac_that_signs_in_by_itself() -> None:
    path = "/Library/Preferences/com.apple.loginwindow.plist"
    facts = seen(mac("root", files={path: plistlib.dumps({"autoLoginUser": "hanako"})}))
    assert told("accounts.auto_logon", facts) == ("fail", "on")
    assert "hanako" not in str(facts)
    assert told("accounts.auto_logon", seen(mac("root"))) == ("pass", "off")
    for broken in (b"bplist00\xff", b"<plist", plistlib.dumps([])):
        facts = seen(mac("root", files={path: broken}))
        assert told("accounts.auto_logon", facts) == ("unknown", "not_seen")
