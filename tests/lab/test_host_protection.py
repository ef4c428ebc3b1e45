"""The computer's protection, judged on real kernels, firewalls, databases and engines.

Everything that would change this machine happens in namespaces or in folders that stand for ``/``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from posture_scan.checks.host.collect_clock import clock_of_computer
from posture_scan.checks.host.collect_disk import disk_encryption
from posture_scan.checks.host.collect_firewall import firewall_state
from posture_scan.checks.host.collect_listening import listening_ports
from posture_scan.checks.host.collect_malware_protection import malware_protection
from posture_scan.checks.host.collect_screen import screen_lock

from posture_scan.collect.host import LocalHost
from posture_scan.model.codec import decode
from posture_scan.sdk import Status, Verdict
from tests.checks.computer import FakeHost
from tests.checks.host.protect import seen
from tests.checks.host.verdicts import judge, told
from tests.lab.daemon import need, program
from tests.lab.installed import lacking

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[2]
LOOK = """
import json, os
from datetime import UTC, datetime, timedelta
from posture_scan.checks.host.collect_clock import clock_of_computer
from posture_scan.checks.host.collect_disk import disk_encryption
from posture_scan.checks.host.collect_firewall import firewall_state
from posture_scan.checks.host.collect_listening import listening_ports
from posture_scan.checks.host.collect_malware_protection import malware_protection
from posture_scan.checks.host.collect_screen import screen_lock
from posture_scan.collect.host import LocalHost
from posture_scan.model.codec import encode
ahead = timedelta(days=int(os.environ.get("DAYS_AHEAD", "0")), seconds=1)
host = LocalHost(datetime.now(UTC) + ahead)
every = (clock_of_computer, disk_encryption, firewall_state, listening_ports, malware_protection,
         screen_lock)
print(json.dumps({one.name: encode(one.function(host)) for one in every}))
"""
"""Every collector about protection, on the computer this runs on."""

COLLECTORS = {
    one.name: one
    for one in (
        clock_of_computer,
        disk_encryption,
        firewall_state,
        listening_ports,
        malware_protection,
        screen_lock,
    )
}
CHECKS = {
    "disk.not_encrypted": "disk_encryption", "firewall.off": "firewall_state",
    "malware_protection.off": "malware_protection",
    "malware_protection.outdated": "malware_protection",
    "screen.no_lock": "screen_lock", "listening.risky": "listening_ports",
}  # fmt: skip

SHELL = """
look() { "$PYTHON" -B -c "$LOOK" > "$OUT/$1.json"; }
look_as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups "$PYTHON" -B -c "$LOOK" > "$OUT/$1.json"
}
ip link set lo up
[ ! -d /etc/ufw ] || mount -t tmpfs none /etc/ufw
"""
"""Every script begins without a firewall's settings, whatever this machine has."""

Looks = dict[str, dict[str, Verdict]]


def apart(tmp_path: Path, script: str, **more: str) -> Looks:
    """Run a script with network, processes and mounts of its own; return what its looks say."""
    if os.geteuid() != 0:
        pytest.skip("needs root: only root makes a network of its own")
    need("unshare", "ip", "nft", "setpriv")
    cut = [program("unshare"), "--net", "--mount", "--propagation", "private", "--pid", "--fork",
           "--kill-child", "--mount-proc"]  # fmt: skip
    given = {"PYTHON": sys.executable, "LOOK": LOOK, "OUT": str(tmp_path), "TMP": str(tmp_path)}
    done = subprocess.run(
        [*cut, "sh", "-euc", SHELL + script], check=False, timeout=90, cwd=ROOT,
        stdin=subprocess.DEVNULL, capture_output=True, env={**os.environ, **given, **more},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return {path.stem: judged(path) for path in tmp_path.glob("*.json")}


def judged(path: Path) -> dict[str, Verdict]:
    """Judge what one look brought."""
    facts = {
        name: decode(COLLECTORS[name].returns, table)
        for name, table in json.loads(path.read_text()).items()
    }
    return {
        check: judge(check, facts[name], facts["clock_of_computer"], facts["firewall_state"])
        for check, name in CHECKS.items()
    }  # fmt: skip


def firewalls(found: Looks) -> dict[str, tuple[str, str]]:
    """The firewall's verdict in each look."""
    return {
        name: (one["firewall.off"].status.value, one["firewall.off"].reason)
        for name, one in found.items()
    }  # fmt: skip


# --- firewalls -------------------------------------------------------------------------------


RULES = {
    "blocklist": """
        set bad { type ipv4_addr; elements = { 192.0.2.1 }; }
        chain in { type filter hook input priority 0; policy accept;
          ip saddr @bad reject
          tcp dport 23 drop
        }""",
    "workstation": """
        chain in { type filter hook input priority 0; policy drop;
          iif lo accept
          ct state established,related accept
          tcp dport { 22, 443 } accept
        }""",
    "open_door": """
        chain in { type filter hook input priority 0; policy drop;
          ct state new,established accept
        }""",
    "by_map": """
        chain end { counter
          drop
        }
        chain in { type filter hook input priority 0; policy accept;
          ct state vmap { established : accept, new : jump end }
        }""",
    "asleep": """
        flags dormant;
        chain in { type filter hook input priority 0; policy drop;
        }""",
}


def test_rules_that_nft_really_loaded(tmp_path: Path) -> None:
    script = "look nothing\n"
    for name, text in RULES.items():
        (tmp_path / name).write_text(f"table inet lab {{{text}\n}}\n")
        script += f'nft flush ruleset; nft -f "$TMP/{name}"; look {name}\n'
    found = firewalls(apart(tmp_path, script))
    assert found.pop("asleep") in {("fail", "no_rules"), ("unknown", "not_seen")}  # by nft's age
    assert found == {
        "nothing": ("fail", "no_rules"), "blocklist": ("fail", "no_rules"),
        "workstation": ("pass", "on"), "open_door": ("fail", "no_rules"), "by_map": ("pass", "on"),
    }  # fmt: skip


def test_iptables_of_both_kinds(tmp_path: Path) -> None:
    need("iptables-nft", "ip6tables-nft", "iptables-legacy")
    script = """
    iptables-nft -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
    iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT
    iptables-nft -A INPUT -m comment --comment "all else" -j REJECT
    look only_ipv4
    ip6tables-nft -P INPUT DROP
    look both
    nft flush ruleset
    iptables-legacy -P INPUT DROP
    look legacy
    look_as_nobody legacy_nobody
    """
    assert firewalls(apart(tmp_path, script)) == {
        "only_ipv4": ("pass", "on"),  # there is no IPv6 address but the loopback's
        "both": ("pass", "on"),
        "legacy": ("unknown", "older_rules"),
        "legacy_nobody": ("unknown", "not_seen"),
    }


def test_ipv6_left_open(tmp_path: Path) -> None:
    script = """
    ip addr add 2001:db8::1/64 dev lo
    nft add table ip t
    nft add chain ip t in '{ type filter hook input priority 0; policy drop; }'
    look open
    """
    assert firewalls(apart(tmp_path, script)) == {"open": ("fail", "ipv6_open")}


def test_ufw_as_it_comes_switched_on_and_let_loose(tmp_path: Path) -> None:
    need("ufw")
    shutil.copytree("/etc/ufw", tmp_path / "ufw", symlinks=True)
    shutil.copy("/etc/default/ufw", tmp_path / "default")
    script = """
    mount --bind "$TMP/ufw" /etc/ufw; mount --bind "$TMP/default" /etc/default/ufw
    mount -t tmpfs none /run
    sed -i 's/^ENABLED=.*/ENABLED=no/' /etc/ufw/ufw.conf
    look off
    ufw --force enable >/dev/null
    look on
    ufw default allow incoming >/dev/null
    look allowing
    nft flush ruleset
    ufw default deny incoming >/dev/null; nft flush ruleset
    look flushed
    look_as_nobody nobody
    """
    before = Path("/etc/ufw/ufw.conf").read_bytes()
    found = firewalls(apart(tmp_path, script))
    assert Path("/etc/ufw/ufw.conf").read_bytes() == before
    assert found == {
        "off": ("fail", "ufw_disabled"), "on": ("pass", "on"), "allowing": ("fail", "no_rules"),
        "flushed": ("fail", "no_rules"), "nobody": ("unknown", "not_seen"),
    }  # fmt: skip


BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>custom</type><listen>unix:path=/run/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""


def test_firewalld_in_the_zone_public_and_in_the_zone_trusted(tmp_path: Path) -> None:
    if shutil.which("firewalld", path="/usr/sbin:/usr/bin") is None:
        lacking("firewalld")
    need("firewall-cmd", "dbus-daemon")
    shutil.copytree("/etc/firewalld", tmp_path / "firewalld")
    (tmp_path / "bus.conf").write_text(BUS)
    script = """
    mount --bind "$TMP/firewalld" /etc/firewalld; mount -t tmpfs none /run; mkdir /run/firewalld
    mkdir "$TMP/log"; mount --bind "$TMP/log" /var/log
    dbus-daemon --config-file="$TMP/bus.conf" --nofork 2>/dev/null &
    export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/bus
    for _ in $(seq 50); do [ -S /run/bus ] && break; sleep 0.1; done
    firewalld --nofork --nopid >/dev/null 2>&1 &
    for _ in $(seq 100); do
      nft list chain inet firewalld filter_IN_public >/dev/null 2>&1 && break; sleep 0.2
    done
    look public
    firewall-cmd --set-default-zone=trusted >/dev/null
    look trusted
    """
    assert firewalls(apart(tmp_path, script)) == {
        "public": ("pass", "on"), "trusted": ("fail", "no_rules"),
    }  # fmt: skip


# --- listening sockets, and who looks --------------------------------------------------------

SOCKETS = """
import socket, time
held = []
for address, port in (("0.0.0.0", 3306), ("127.0.0.1", 5432), ("::", 6379), ("::1", 9200)):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    held.append(socket.create_server((address, port), family=family))
print("ready", flush=True)
time.sleep(600)
"""


def test_sockets_for_everybody_before_and_behind_a_firewall(tmp_path: Path) -> None:
    script = """
    mkfifo "$TMP/ready"; "$PYTHON" -B -c "$SOCKETS" > "$TMP/ready" &
    read -r _ < "$TMP/ready"
    look open
    look_as_nobody open_nobody
    nft add table inet t
    nft add chain inet t in '{ type filter hook input priority 0; policy drop; }'
    look behind
    look_as_nobody behind_nobody
    """
    found = apart(tmp_path, script, SOCKETS=SOCKETS)
    listening = {name: one["listening.risky"] for name, one in found.items()}
    assert {name: (one.status.value, one.reason) for name, one in listening.items()} == {
        "open": ("fail", "open"), "open_nobody": ("unknown", "firewall_unseen"),
        "behind": ("unknown", "behind_firewall"), "behind_nobody": ("unknown", "firewall_unseen"),
    }  # fmt: skip
    for one in listening.values():
        assert dict(one.values)["ports"] == "3306 (MySQL), 6379 (Redis)"
    for name in ("open", "behind"):
        for check, verdict_of_root in found[name].items():
            nobodys = found[f"{name}_nobody"][check].status
            assert nobodys in (verdict_of_root.status, Status.UNKNOWN), check
        assert dict(found[f"{name}_nobody"]["firewall.off"].values)["lift"] == "administrator"
        assert found[name]["malware_protection.off"].reason == "none_found"


# --- disks -----------------------------------------------------------------------------------


@contextmanager
def loop_device(image: Path) -> Iterator[str]:
    """Show a file as a disk, read-only, and let it go again."""
    made = subprocess.run([program("losetup"), "--read-only", "--find", "--show", str(image)],
                          check=False, capture_output=True)  # fmt: skip
    if made.returncode != 0:
        pytest.skip("needs a free loop device")
    device = made.stdout.decode().strip()
    try:
        yield device
    finally:
        subprocess.run([program("losetup"), "--detach", device], check=True)


def test_a_real_luks_that_nobody_opened_is_no_encrypted_root(tmp_path: Path) -> None:
    """Opening it needs the device mapper, which a test's machine may not have."""
    if os.geteuid() != 0:
        pytest.skip("needs root: only root attaches a loop device")
    need("cryptsetup", "losetup", "lsblk")
    image = tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(20 * 1_048_576)
    subprocess.run(
        [program("cryptsetup"), "luksFormat", "--type", "luks2", "--pbkdf", "pbkdf2",
         "--pbkdf-force-iterations", "1000", "--batch-mode", str(image), "-"],
        check=True, input=b"lab", timeout=30, capture_output=True,
    )  # fmt: skip
    assert image.read_bytes()[:6] == b"LUKS\xba\xbe"
    with loop_device(image) as device:
        host = LocalHost(datetime.now(UTC))
        tree = host.run(("lsblk", "-J", "-o", "NAME,KNAME,TYPE,RM,TRAN,MAJ:MIN"))
        rows = json.loads(tree.stdout)["blockdevices"]
        number = next(row["maj:min"] for row in rows if f"/dev/{row['kname']}" == device)
        mounts = f"25 1 {number} / / rw - ext4 {device} rw\n"
        fake = FakeHost({"/proc/self/mountinfo": mounts}, {"lsblk": tree})
        assert told("disk.not_encrypted", seen(disk_encryption, fake)) == ("fail", "plain")


def test_this_very_computer_has_a_root_that_is_found(tmp_path: Path) -> None:
    """Whatever it is: a plain disk, a virtual one or a container's overlay."""
    need("lsblk")
    facts = seen(disk_encryption, LocalHost(datetime.now(UTC)))
    assert [volume.name for volume in facts.volumes if volume.system] == ["/"]
    assert told("disk.not_encrypted", facts)[1] != "not_seen"
    assert not list(tmp_path.iterdir())


# --- the screen ------------------------------------------------------------------------------


class Desktop:
    """A folder that stands for a computer with GNOME, whose settings GNOME's own tools write."""

    def __init__(self, root: Path) -> None:
        need("gsettings", "dbus-run-session", "dconf")
        schemas = Path("/usr/share/glib-2.0/schemas/gschemas.compiled")
        if not schemas.is_file():
            lacking("gsettings-desktop-schemas")
        self.root = root
        self.home = root / "home/a"
        for folder in ("usr/share/glib-2.0/schemas", "usr/share/xsessions", "etc/dconf/db",
                       "etc/dconf/profile", "home/a"):  # fmt: skip
            (root / folder).mkdir(parents=True)
        shutil.copy(schemas, root / "usr/share/glib-2.0/schemas")
        (root / "usr/share/xsessions/gnome.desktop").touch()
        (root / "etc/passwd").write_text("a:x:1000:1000::/home/a:/bin/bash\n")

    def set(self, schema: str, key: str, value: str) -> None:
        subprocess.run(
            [program("dbus-run-session"), "--", program("gsettings"), "set", schema, key, value],
            check=True, timeout=30, stdin=subprocess.DEVNULL, capture_output=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C",
                 "XDG_RUNTIME_DIR": str(self.root), "GSETTINGS_BACKEND": "dconf"},
        )  # fmt: skip

    def told(self) -> tuple[str, str]:
        host = LocalHost(datetime.now(UTC), root=str(self.root), homes=("/home/a",), elevated=False)
        return told("screen.no_lock", seen(screen_lock, host))


IDLE = ("org.gnome.desktop.session", "idle-delay")
LOCK = ("org.gnome.desktop.screensaver", "lock-enabled")


def test_gnomes_own_defaults_and_what_gsettings_writes(tmp_path: Path) -> None:
    desktop = Desktop(tmp_path / "tree")
    assert desktop.told() == ("pass", "locks")
    desktop.set(*IDLE, "0")
    assert desktop.told() == ("fail", "never")
    desktop.set(*IDLE, "1800")
    assert desktop.told() == ("fail", "too_late")
    desktop.set(*IDLE, "600")
    desktop.set(*LOCK, "false")
    assert desktop.told() == ("fail", "no_lock")


def test_an_administrators_locked_key_that_dconf_compiled(tmp_path: Path) -> None:
    desktop = Desktop(tmp_path / "tree")
    desktop.set(*IDLE, "0")
    (tmp_path / "db.d/locks").mkdir(parents=True)
    (tmp_path / "db.d/00").write_text("[org/gnome/desktop/session]\nidle-delay=uint32 300\n")
    (desktop.root / "etc/dconf/profile/user").write_text("user-db:user\nsystem-db:local\n")
    compiled = [program("dconf"), "compile", str(desktop.root / "etc/dconf/db/local"),
                str(tmp_path / "db.d")]  # fmt: skip
    subprocess.run(compiled, check=True, timeout=30)
    assert desktop.told() == ("fail", "never")
    (tmp_path / "db.d/locks/idle").write_text("/org/gnome/desktop/session/idle-delay\n")
    subprocess.run(compiled, check=True, timeout=30)
    assert desktop.told() == ("pass", "locks")


# --- malware protection ----------------------------------------------------------------------


def test_processes_that_the_kernel_hides_are_not_absent(tmp_path: Path) -> None:
    script = (
        "look_as_nobody open; mount -o remount,hidepid=2 /proc; look_as_nobody hidden; look root"
    )
    found = apart(tmp_path, script)
    said = {name: one["malware_protection.off"] for name, one in found.items()}
    assert {name: one.reason for name, one in said.items()} == {
        "open": "none_found", "hidden": "not_seen", "root": "none_found",
    }  # fmt: skip
    assert dict(said["hidden"].values)["lift"] == "administrator"


ONE_SIGNATURE = "44d88612fea8a8f36de82e1278abb02f:68:Lab.Test\n"


def clamav(folder: Path) -> None:
    """Build a database of one signature with ClamAV's own tool, and settings to run it."""
    need("clamd", "clamdscan", "clamonacc", "sigtool")
    for name in ("db", "made", "watched"):
        (folder / name).mkdir()
    (folder / "made/daily.hdb").write_text(ONE_SIGNATURE)
    (folder / "made/COPYING").write_text("lab\n")
    subprocess.run(
        [program("sigtool"), "--build=daily.cud", "--unsigned", "--cvd-version=27500",
         f"--datadir={folder / 'db'}"],
        check=True, cwd=folder / "made", timeout=30, stdin=subprocess.DEVNULL, capture_output=True,
        env={"PATH": os.environ["PATH"], "SIGNDUSER": "lab"},
    )  # fmt: skip
    shutil.copy(folder / "made/daily.cud", folder / "db")
    (folder / "clamd.conf").write_text(
        f"LocalSocket {folder}/socket\nDatabaseDirectory {folder}/db\nForeground yes\n"
        f"TemporaryDirectory {folder}\nUser root\nBytecode no\n"
        f"OnAccessIncludePath {folder}/watched\nOnAccessExcludeRootUID yes\n"
    )


@pytest.mark.parametrize("zone", ["Etc/UTC", "Asia/Tokyo"])
def test_a_real_clamav_before_and_while_it_watches(tmp_path: Path, zone: str) -> None:
    """The daemon says when its signatures were made in the zone of its machine."""
    clamav(tmp_path)
    script = """
    mount --bind "$TMP/clamd.conf" /etc/clamav/clamd.conf
    [ ! -e /etc/localtime ] || mount --bind "/usr/share/zoneinfo/$ZONE" /etc/localtime
    clamd >/dev/null 2>&1 &
    for _ in $(seq 100); do [ -S "$TMP/socket" ] && break; sleep 0.1; done
    clamdscan --version > "$TMP/said"
    look alone
    DAYS_AHEAD=9 look later
    look_as_nobody nobody
    clamonacc --foreground >/dev/null 2>&1 &
    sleep 1
    if pgrep -x clamonacc >/dev/null; then look watching; fi
    """
    found = apart(tmp_path, script, ZONE=zone)
    said = {
        name: (one["malware_protection.off"].reason, one["malware_protection.outdated"].reason)
        for name, one in found.items()
    }
    assert (tmp_path / "said").read_bytes().startswith(b"ClamAV 1.")
    assert said.pop("watching", ("on", "current")) == ("on", "current")
    assert said == {
        "alone": ("on_demand_only", "current"), "later": ("on_demand_only", "too_old"),
        "nobody": ("on_demand_only", "age_unseen"),  # the daemon's socket is closed to others here
    }  # fmt: skip
    assert dict(found["later"]["malware_protection.outdated"].values)["days"] == 9
