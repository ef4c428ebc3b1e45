"""Real sshd, Samba, PAM, journal, login records and screens, seen as root and as nobody.

Each look happens in namespaces of its own: files are put over those of ``/etc`` and ``/var`` for
the programs inside only, and nothing that is started there outlives it.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.lab.daemon import need, program
from tests.lab.installed import lacking

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[2]
NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups "


OWN_TMP = (
    # A display's lock file in /tmp would outlast the display that is killed with the room. The
    # checkout may lie there as well.
    "mount -t tmpfs none /mnt",
    f"mkdir /mnt/checkout && mount --bind {shlex.quote(str(ROOT))} /mnt/checkout",
    "mount -t tmpfs -o mode=1777 none /tmp",
    f"[ -d {shlex.quote(str(ROOT))} ] || mkdir -p {shlex.quote(str(ROOT))}",
    f"mount --bind /mnt/checkout {shlex.quote(str(ROOT))}",
)


@dataclass
class Room:
    """A computer made of this one: its own network, processes and mounts."""

    folder: Path
    over: dict[str, Path] = field(default_factory=dict)
    """What lies over which path."""
    before: list[str] = field(default_factory=list)
    """Shell lines that start what is to be seen."""

    def put(self, path: str, text: str | bytes) -> Path:
        """Lay content over a file of this computer that is there."""
        place = self.folder / path.strip("/").replace("/", "_")
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        place.chmod(0o644)
        self.over[path] = place
        return place

    def run(self, command: str, *, first: str = ":") -> str:
        """Run a shell line inside, after everything was started; ``first`` before any mount."""
        mounts = [f"mount --bind {shlex.quote(str(place))} {path}"
                  for path, place in self.over.items()]  # fmt: skip
        mounts += OWN_TMP
        lines = [first, "ip link set lo up", *mounts, *self.before, command]
        argv = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
                "--propagation", "private", "sh", "-ec", "\n".join(lines)]  # fmt: skip
        result = subprocess.run(
            argv, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
            cwd=ROOT,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr.decode(errors="replace")[-2000:]
        return result.stdout.decode("utf-8", "replace")

    def both(self, *subjects: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Look as root and as nobody: they may differ in what is unknown, in nothing else."""
        look = f"{shlex.quote(sys.executable)} -m tests.lab.host_view {' '.join(subjects)}"
        places = self.folder / "root.json", self.folder / "user.json"
        self.run(
            f"{look} >&3 & root=$!\n{NOBODY} {look} >&4 & user=$!\nwait $root; wait $user",
            first=f"exec 3>{places[0]} 4>{places[1]}",
        )
        root, user = (json.loads(place.read_text().splitlines()[-1]) for place in places)
        assert (root["elevated"], user["elevated"]) == (True, False)
        for name, (status, *_) in root["said"].items():
            pair = {status, user["said"][name][0]}
            assert len(pair) == 1 or "unknown" in pair, (name, status, user["said"][name])
        return dict(root["said"]), dict(user["said"])


def until_listening(port: int) -> str:
    """A shell line that waits, eight seconds at most, until a port answers."""
    seen = f"ss -tlnH | grep -q ':{port} '"
    return f"for i in $(seq 40); do {seen} && break; sleep 0.2; done; {seen}"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    need("unshare", "setpriv", "ip")
    if os.geteuid() != 0:
        pytest.skip("needs root: it makes namespaces and looks as root and as nobody")
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:3]:
        if "pytest" in parent.name:
            parent.chmod(0o755)
    return Room(tmp_path)


# --- SSH -------------------------------------------------------------------------------------

SSHD = "mount -t tmpfs none /run; mkdir -p /run/sshd; /usr/sbin/sshd -f /etc/ssh/sshd_config"
DEBIAN = "Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\n"


@pytest.mark.parametrize(
    ("conf", "password", "root_login"),
    [
        (DEBIAN, "fail", "pass"),
        (DEBIAN + "PasswordAuthentication no\n", "pass", "pass"),
        ("UsePAM yes\nPasswordAuthentication no\n", "fail", "pass"),
        ("passwordauthentication=no\nkbdinteractiveauthentication = no\n", "pass", "pass"),
        ("PasswordAuthentication no\nPasswordAuthentication yes\nPermitRootLogin yes\n",
         "pass", "fail"),
        (DEBIAN + "AuthenticationMethods publickey,password\n", "pass", "pass"),
        (DEBIAN + "Match User x\nPasswordAuthentication no\n", "unknown", "pass"),
        (DEBIAN + "PermitRootLogin without-password\nPort 2222\n", "fail", "pass"),
    ],
)  # fmt: skip
def test_the_files_say_what_sshd_itself_says(
    room: Room, conf: str, password: str, root_login: str
) -> None:
    need("sshd")
    room.put("/etc/ssh/sshd_config", conf)
    room.before = [SSHD]
    root, user = room.both("ssh_server")
    for said, source in ((root, "sshd -T"), (user, "files")):
        assert said["ssh_server.password_login"][0] == password
        assert said["ssh_server.root_login"][0] == root_login
        assert said["ssh_server.root_login"][2].get("source", source) == source


def test_a_server_that_does_not_run_is_not_judged(room: Room) -> None:
    need("sshd")
    room.put("/etc/ssh/sshd_config", DEBIAN)
    root, user = room.both("ssh_server")
    if Path("/run/systemd/system").is_dir():
        pytest.skip("systemd of this machine knows of its own sshd")
    assert root["ssh_server.password_login"][1] == "not_running"
    assert user["ssh_server.password_login"][1] == "not_running"


def test_a_file_for_root_alone_hides_what_it_says(room: Room) -> None:
    need("sshd")
    folder = room.folder / "sshd_config.d"
    folder.mkdir(mode=0o755)
    secret = folder / "50-cloud-init.conf"
    secret.write_text("PasswordAuthentication yes\n")
    secret.chmod(0o600)
    room.over["/etc/ssh/sshd_config.d"] = folder
    room.put("/etc/ssh/sshd_config", DEBIAN + "PasswordAuthentication no\n")
    room.before = [SSHD]
    root, user = room.both("ssh_server", "sign_in")
    assert root["ssh_server.password_login"][:2] == ["fail", "password"]
    assert user["ssh_server.password_login"][:2] == ["unknown", "not_seen"]
    assert user["ssh_server.password_login"][2]["lift"] == "administrator"
    assert root["sign_in.no_mfa"][:2] == ["fail", "password_only"]
    assert user["sign_in.no_mfa"][0] == "unknown"


# --- Samba -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        "", "server min protocol = NT1", "min protocol = SMB2_10", "Server MIN Protocol=lanman1",
        "server min \\\nprotocol = CORE", "; server min protocol = NT1",
        "server min protocol = SMB3\nserver min protocol = NT1", "serverminprotocol = NT1",
        "include = /etc/samba/gone.conf\nserver min protocol = SMB3_11",
    ],
)  # fmt: skip
def test_samba_is_understood_as_by_its_own_testparm(room: Room, lines: str) -> None:
    need("smbd", "testparm")
    room.put("/etc/samba/smb.conf", f"[global]\n  workgroup = LAB\n{lines}\n[x]\n path = /tmp\n")
    asked = "testparm -sv --parameter-name='server min protocol' 2>/dev/null"
    theirs = room.run(asked).strip()
    serve = "import socket, time; s = socket.create_server((str(), 445)); time.sleep(600)"
    room.before = [f"python3 -c {shlex.quote(serve)} &", until_listening(445)]
    root, user = room.both("smb_server")
    want = "pass" if theirs.startswith("SMB") else "fail"
    assert root["smb_server.v1"][0] == user["smb_server.v1"][0] == want, theirs


def test_samba_that_stands_still_is_not_judged(room: Room) -> None:
    need("smbd")
    if Path("/run/systemd/system").is_dir():
        pytest.skip("systemd of this machine knows of its own Samba")
    room.put("/etc/samba/smb.conf", "[global]\nserver min protocol = NT1\n")
    root, user = room.both("smb_server")
    assert root["smb_server.v1"][1] == user["smb_server.v1"][1] == "not_running"


# --- screens ---------------------------------------------------------------------------------


def test_a_real_xrdp_is_seen_on_its_port(room: Room) -> None:
    need("xrdp", "ss")
    room.before = ["mount -t tmpfs none /run; mkdir -p /run/xrdp",
                   "/usr/sbin/xrdp -n >/dev/null 2>&1 &", until_listening(3389)]  # fmt: skip
    root, user = room.both("remote_desktop")
    for said in (root, user):
        assert said["remote_desktop.on_without_nla"][:2] == ["fail", "xrdp"]
        assert said["remote_desktop.vnc"][0] == "pass"


@pytest.mark.parametrize(("words", "want"), [("", "fail"), ("-localhost=1", "pass")])
def test_a_real_vnc_server_is_seen_unless_it_keeps_to_itself(
    room: Room, words: str, want: str
) -> None:
    need("Xtigervnc", "ss")
    start = f"Xtigervnc :7 -SecurityTypes None -nolisten unix {words} >/dev/null 2>&1 &"
    room.before = [start, until_listening(5907)]
    for said in room.both("remote_desktop"):
        assert said["remote_desktop.vnc"][0] == want
        assert said["remote_desktop.on_without_nla"][0] == "pass"


# --- the journal -----------------------------------------------------------------------------


def journal(room: Room, days: float) -> None:
    """Let systemd's own program write a journal whose first record is this old."""
    writer = Path("/lib/systemd/systemd-journal-remote")
    if not writer.is_file():
        lacking("systemd-journal-remote")
    machine = Path("/etc/machine-id").read_text().strip()
    entries = ""
    for number, age in enumerate((days, 0.01)):
        at = int((datetime.now(UTC) - timedelta(days=age)).timestamp() * 1_000_000)
        entries += (
            f"__REALTIME_TIMESTAMP={at}\n__MONOTONIC_TIMESTAMP={number + 1}000000\n"
            f"_BOOT_ID={number}d3d3b8e5c0a4f0f9f6b7f0e7c1a2b3c\n_MACHINE_ID={machine}\n"
            f"MESSAGE=x\n\n"
        )
    folder = room.folder / "journal"
    (folder / machine).mkdir(parents=True)
    source = room.folder / "entries"
    source.write_text(entries)
    subprocess.run([writer, "-o", str(folder / machine / "system.journal"), str(source)],
                   check=True, capture_output=True, timeout=20)  # fmt: skip
    (folder / machine / "system.journal").chmod(0o640)
    room.over["/var/log/journal"] = folder
    born = room.folder / "machine-id"
    born.write_text(machine + "\n")
    old = time.time() - 400 * 86_400
    os.utime(born, (old, old))
    room.over["/etc/machine-id"] = born


@pytest.mark.parametrize(("days", "want"), [(120, "pass"), (40, "fail")])
def test_a_real_journal_reaches_back_as_far_as_it_does(room: Room, days: float, want: str) -> None:
    need("journalctl")
    journal(room, days)
    root, user = room.both("logs")
    assert root["logs.short"][0] == want
    assert root["logs.short"][2]["days"] == days
    assert user["logs.short"][0] == "unknown"
    assert user["logs.short"][2]["lift"] == "journal_group"
    assert root["logs.none"][:2] == user["logs.none"][:2] == ["pass", "kept"]


# --- people ----------------------------------------------------------------------------------

PEOPLE = (
    "root:x:0:0:root:/root:/bin/bash\nhanako:x:1000:1000::/home/hanako:/bin/bash\n"
    "taro:x:1001:1001::/home/taro:/bin/bash\n"
)


def login_record(room: Room, entries: Mapping[str, float]) -> None:
    """Let util-linux write ``wtmp``; the ages are in days."""
    text = ""
    for name, days in entries.items():
        at = datetime.now(UTC) - timedelta(days=days)
        stamp = at.strftime("%Y-%m-%dT%H:%M:%S,000000+00:00")
        text += (f"[7] [01234] [tty1] [{name:<8}] [tty1        ] [                    ] "
                 f"[0.0.0.0        ] [{stamp}]\n")  # fmt: skip
    result = subprocess.run([program("utmpdump"), "-r"], input=text.encode(), check=True,
                            capture_output=True, timeout=10)  # fmt: skip
    room.put("/var/log/wtmp", result.stdout)


def test_login_records_that_real_programs_wrote(room: Room) -> None:
    need("utmpdump", "lastlog", "passwd")
    room.put("/etc/passwd", PEOPLE)
    room.put("/etc/shadow", "".join(f"{name}:$y$x:19000::::::\n" for name in
                                    ("root", "hanako", "taro")))  # fmt: skip
    login_record(room, {"hanako": 2, "taro": 91})
    room.put("/var/log/lastlog", b"")
    # lastlog(8) itself writes the record of a moment ago.
    room.before = ["lastlog -u hanako -S", "test -s /var/log/lastlog"]
    root, user = room.both("accounts")
    if Path("/usr/share/xsessions").is_dir() and any(Path("/usr/share/xsessions").iterdir()):
        assert root["accounts.dormant"][1] in {"unused", "not_recorded"}
        return
    assert root["accounts.dormant"][:2] == ["fail", "unused"]
    assert root["accounts.dormant"][2]["who"] == "UID 1001"
    assert user["accounts.dormant"][:2] == ["unknown", "maybe_locked"]
    room.put("/etc/shadow", "root:*:::::::\nhanako:$y$x:19000::::::\ntaro:!$y$x:19000::::::\n")
    assert room.both("accounts")[0]["accounts.dormant"][:2] == ["pass", "all_used"]


def test_debians_own_rules_for_passwords(room: Room) -> None:
    stack = Path("/etc/pam.d/common-password")
    if not stack.is_file() or "pam_unix" not in stack.read_text():
        pytest.skip("needs Debian's own PAM")
    root, user = room.both("password")
    if "pam_pwquality" not in stack.read_text() and "minlen" not in stack.read_text():
        assert root["password.weak_policy"][:2] == ["fail", "short"]
        assert root["password.weak_policy"][2]["length"] == 6
    if "pam_faillock" not in Path("/etc/pam.d/common-auth").read_text():
        assert root["password.no_lockout"][:2] == user["password.no_lockout"][:2]
        assert root["password.no_lockout"][1] == "never"


def test_an_account_without_a_password_is_seen_by_root_only(room: Room) -> None:
    need("passwd")
    room.put("/etc/passwd", PEOPLE)
    room.put("/etc/shadow", "root:*:::::::\nhanako::19000::::::\ntaro:*:::::::\n").chmod(0o600)
    strong = "password [success=1 default=ignore] pam_unix.so minlen=12 yescrypt\n"
    room.put("/etc/pam.d/common-password", strong)
    room.put("/etc/pam.d/common-auth", "auth sufficient pam_unix.so nullok\n")
    root, user = room.both("password")
    assert root["password.weak_policy"][:2] == ["fail", "no_password"]
    assert user["password.weak_policy"][:2] == ["unknown", "empty_unseen"]


def test_everything_together_differs_in_unknowns_only(room: Room) -> None:
    root, user = room.both(
        "accounts", "password", "remote_desktop", "smb_server", "ssh_server", "uac", "macros",
        "logs", "clock", "sign_in",
    )  # fmt: skip
    assert root.keys() == user.keys()
    assert root["uac.off"][0] == root["macros.unrestricted"][0] == "not_applicable"
    if not Path("/run/systemd/system").is_dir():
        assert root["clock.not_synchronised"][0] == "unknown"
