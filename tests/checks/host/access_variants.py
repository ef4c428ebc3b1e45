"""What the collectors about accounts and settings may bring, the sound answer first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from posture_scan.checks.host.collect_accounts import AccountsFacts, Person
from posture_scan.checks.host.collect_clock import ClockFacts
from posture_scan.checks.host.collect_logs import LogsFacts
from posture_scan.checks.host.collect_macros import MacrosFacts, OfficeApp
from posture_scan.checks.host.collect_password import PasswordFacts
from posture_scan.checks.host.collect_remote_desktop import RemoteDesktopFacts
from posture_scan.checks.host.collect_sign_in import SignInFacts
from posture_scan.checks.host.collect_smb_server import SmbServerFacts
from posture_scan.checks.host.collect_ssh_server import SshServerFacts
from posture_scan.checks.host.collect_uac import UacFacts
from posture_scan.checks.host.setting import Origin, Setting

from posture_scan.sdk import Facts
from tests.checks.computer import DAY, NOW


def _local(value: int) -> Setting:
    return Setting(value, Origin.LOCAL)


_PERSON = Person("UID 1000", administrator=False, last_seen=NOW - DAY, locked=False)
_ACCOUNTS = AccountsFacts(
    "linux", elevated=True, server=False, people=(_PERSON,), people_seen=True,
    admins_complete=True, seen_since=NOW - 100 * DAY, auto_logon=False, collected_at=NOW,
)  # fmt: skip
_IDLE = replace(_PERSON, administrator=True, last_seen=NOW - 99 * DAY)
_SSH = SshServerFacts(
    "linux", elevated=True, installed=True, running=True, source="sshd -T",
    password="no", keyboard="no", pam="yes", root="no", methods="any",
)  # fmt: skip
_WORD = OfficeApp("Word", "16.0", _local(4), _local(1))
_LOGS = LogsFacts(
    "linux", elevated=True, kept=True, record="journal", oldest=NOW - 120 * DAY,
    born=NOW - 400 * DAY, collected_at=NOW,
)  # fmt: skip

VARIANTS: Final[Mapping[type[Facts], tuple[Facts, ...]]] = {
    AccountsFacts: (
        _ACCOUNTS, replace(_ACCOUNTS, people=(_IDLE,), auto_logon=True),
        AccountsFacts("linux", elevated=False, server=None),
    ),
    PasswordFacts: (
        PasswordFacts("linux", elevated=True, min_length=12, lockout=5, source="pam_unix"),
        PasswordFacts("linux", elevated=True, min_length=6, lockout=0, source="pam_unix"),
        PasswordFacts("linux", elevated=False),
    ),
    RemoteDesktopFacts: (
        RemoteDesktopFacts("linux", elevated=True, rdp_listens=False, vnc=False),
        RemoteDesktopFacts("linux", elevated=True, rdp_listens=True, xrdp=True, vnc=True),
        RemoteDesktopFacts("linux", elevated=True),
    ),
    SmbServerFacts: (
        SmbServerFacts("linux", elevated=True, installed=True, running=True, speaks_v1=False),
        SmbServerFacts("linux", elevated=True, installed=True, running=True, speaks_v1=True),
        SmbServerFacts("linux", elevated=True, installed=True, running=True),
    ),
    SshServerFacts: (
        _SSH, replace(_SSH, password="yes", root="yes"), replace(_SSH, source=""),
    ),
    UacFacts: (
        UacFacts("windows", elevated=True, enabled=_local(1), consent=_local(5),
                 remote_full=_local(0)),
        UacFacts("windows", elevated=True, enabled=_local(0), consent=_local(5),
                 remote_full=_local(1)),
        UacFacts("windows", elevated=True),
    ),
    MacrosFacts: (
        MacrosFacts("windows", elevated=True, installed=True, apps=(_WORD,)),
        MacrosFacts("windows", elevated=True, installed=True,
                    apps=(replace(_WORD, warnings=_local(1)),)),
        MacrosFacts("windows", elevated=True, installed=None),
    ),
    LogsFacts: (
        _LOGS, replace(_LOGS, kept=False, oldest=None), replace(_LOGS, kept=None, oldest=None),
    ),
    ClockFacts: (
        ClockFacts("linux", elevated=True, synchronised=True, source="chrony"),
        ClockFacts("linux", elevated=True, synchronised=False, source="chrony"),
        ClockFacts("linux", elevated=True),
    ),
    SignInFacts: (
        SignInFacts("linux", elevated=True, ssh_serves=True, ssh_password=True,
                    ssh_factor="required"),
        SignInFacts("linux", elevated=True, ssh_serves=True, ssh_password=True),
        SignInFacts("linux", elevated=True),
    ),
}  # fmt: skip
