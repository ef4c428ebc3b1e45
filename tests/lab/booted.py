"""The running system's own root, booted a second time: real systemd as process 1, in a box.

Everything happens in namespaces of its own over an overlay: what the booted system writes goes
into a folder of the test, its network is empty, its device nodes are its own, ``/proc/sys`` and
``/sys`` are read-only, and it may neither set the clock, load modules nor reboot.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from posture_scan.checks.backup.facts import BackupSurvey

from posture_scan.assess.machine import read
from posture_scan.engine.packs import load_packs
from tests.lab.daemon import START_LIMIT, need

ROOT: Final = Path(__file__).parents[2]
SECRET: Final = "hunter2"
"""The repository's password, which must not get into any evidence."""
FOLDERS: Final = "/usr/sbin:/usr/bin:/sbin:/bin"
NODES: Final = ("null 1 3", "zero 1 5", "full 1 7", "random 1 8", "urandom 1 9", "tty 5 0")
LOST: Final = "-sys_boot,-sys_module,-sys_time,-sys_rawio,-mknod,-syslog,-net_admin"
"""Rights that nothing in the box has: neither its process 1 nor what is started beside it.

No namespace holds the clock of the machine, its modules or its log.
"""

_SCRIPT: Final = f"""set -eu
up=$1 work=$2 new=$3; shift 3
mount --make-rprivate /
mount -t overlay overlay -o lowerdir=/,upperdir=$up,workdir=$work $new
mount -t proc proc $new/proc
mount --bind $new/proc/sys $new/proc/sys
mount -o remount,ro,bind $new/proc/sys
mount -t sysfs -o ro sysfs $new/sys
mount -t cgroup2 cgroup2 $new/sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs $new/dev
while read name major minor; do mknod -m 666 $new/dev/$name c $major $minor; done <<END
{chr(10).join(NODES)}
END
mknod -m 600 $new/dev/console c 1 3
mkdir $new/dev/shm
for folder in dev/shm run tmp; do mount -t tmpfs tmpfs $new/$folder; done
for folder in $KEPT; do mkdir -p $new$folder; mount --bind $folder $new$folder; done
mkdir $new/run/old
cd $new
pivot_root . run/old
umount -l /run/old
exec env -i container=lab PATH={FOLDERS} \\
  setpriv --bounding-set {LOST} --inh-caps -all "$@"
"""
_INIT: Final = (
    "/lib/systemd/systemd", "--system", "--unit=lab.target", "--log-target=journal",
    "--show-status=no",
)  # fmt: skip
_TARGET: Final = """[Unit]
Requires=systemd-journald.service
Wants=sysinit.target timers.target
After=sysinit.target timers.target
AllowIsolate=yes
"""


@dataclass(frozen=True)
class Tree:
    """What differs from the running system's root, and outlives a boot."""

    folder: Path

    @property
    def up(self) -> Path:
        """Where everything that was written lies."""
        return self.folder / "up"

    def path(self, name: str) -> Path:
        """Return where a path of the box lies outside, once it was written."""
        return self.up / name.lstrip("/")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        """Write a file of the box."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(mode)

    def empty(self, *names: str) -> None:
        """Hide what the running system has in these folders."""
        for name in names:
            self.path(name).mkdir(parents=True, exist_ok=True)
            os.setxattr(self.path(name), "trusted.overlay.opaque", b"y")


@contextlib.contextmanager
def tree() -> Iterator[Tree]:
    """Make an empty layer over the running system's root; it is removed afterwards."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root on Linux: it makes namespaces and mounts")
    need("unshare", "nsenter", "setpriv", "systemctl", "journalctl")
    # The upper layer of an overlay must not lie on an overlay itself, as /tmp does in a container.
    folder = Path(tempfile.mkdtemp(prefix="posture-lab-", dir="/dev/shm"))
    try:
        for name in ("up", "work", "new"):
            (folder / name).mkdir(mode=0o755)
        made = Tree(folder)
        made.empty("/root", "/home", "/etc/cron.d", "/etc/cron.daily", "/etc/cron.hourly",
                   "/etc/cron.weekly", "/etc/cron.monthly", "/var/spool/cron/crontabs",
                   "/var/spool/anacron", "/var/lib/systemd/timers", "/var/log/journal",
                   "/etc/borgmatic", "/etc/systemd/system")  # fmt: skip
        made.write("/etc/systemd/system/lab.target", _TARGET)
        yield made
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Box:
    """A system that runs."""

    tree: Tree
    process: int
    """Its process 1, as seen from outside."""

    def run(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program inside, with no more rights than the box has."""
        ran = subprocess.run(
            ["nsenter", "-t", str(self.process), "-m", "-p", "-i", "-u", "-n", "-C",
             "setpriv", "--bounding-set", LOST, "--inh-caps", "-all", "env", "-i",
             f"PATH={FOLDERS}", "LC_ALL=C.UTF-8", "HOME=/root", *argv],
            capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert ran.returncode == 0 or not check, f"{argv}: {ran.stdout}{ran.stderr}"
        return ran

    def wait_for(self, *states: str) -> None:
        """Wait until systemd says that it is in one of these states."""
        until = time.monotonic() + START_LIMIT
        while (found := self.state()) not in states:
            assert time.monotonic() < until, f"still {found}, not {states}"
            time.sleep(0.2)

    def state(self) -> str:
        """Return systemd's own word for how far it is."""
        return self.run("systemctl", "is-system-running", check=False).stdout.strip()


def survey(box: Box) -> BackupSurvey:
    """Run the real command inside, and read its file as the scan does."""
    box.run(
        "env", f"PYTHONPATH={ROOT}", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-m",
        "posture_scan", "host", "--role", "server", "--out", "/var/lib/pc.json",
    )  # fmt: skip
    path = box.tree.path("/var/lib/pc.json")
    assert SECRET not in path.read_text("utf-8")
    facts = [item.facts for item in read(path, load_packs()).evidence]
    (found,) = [item for item in facts if isinstance(item, BackupSurvey)]
    # Whether this machine's clock is kept in time is not what is tried here.
    return dataclasses.replace(found, clock_synchronised=None)


@contextlib.contextmanager
def booted(made: Tree) -> Iterator[Box]:
    """Boot the tree; at the end its process 1 is killed, as by a power cut, and all with it."""
    group = _own_group()
    command = ["sh", "-c", 'echo $$ >"$0/cgroup.procs"; exec "$@"', str(group), "setpriv",
               "--pdeathsig", "KILL", "unshare", "--fork", "--kill-child", "--pid", "--mount",
               "--cgroup", "--ipc", "--uts", "--net", "sh", "-c", _SCRIPT, "sh",
               *(str(made.folder / name) for name in ("up", "work", "new")), *_INIT]  # fmt: skip
    kept = {str(ROOT), sys.prefix, sys.base_prefix} - {"/usr"}
    environment = {"PATH": FOLDERS, "KEPT": " ".join(sorted(kept))}
    before = _nodes()
    with (made.folder / "boot.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
            start_new_session=True,
        )  # fmt: skip
    first = 0
    try:
        first = _first_process(process, made.folder / "boot.log")
        box = Box(made, first)
        box.wait_for("running", "degraded")
        yield box
    finally:
        if process.poll() is None:  # else the number may be another's by now
            os.kill(first or process.pid, signal.SIGKILL)
        process.wait(10)
        _remove_group(group)
        shutil.rmtree(made.folder / "work")
        (made.folder / "work").mkdir()
    assert _nodes() == before, "the box changed a device of this machine"


def _first_process(process: subprocess.Popen[bytes], log: Path) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until and process.poll() is None:
        for child in children.read_text().split():
            with contextlib.suppress(OSError):
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
        time.sleep(0.05)
    pytest.skip(f"no namespaces or no overlay here: {log.read_text(errors='replace')[-300:]}")


def _own_group() -> Path:
    """A control group to boot in, so that the system's own groups stay as they are."""
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    found = next((Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"), None)
    if found is None:
        pytest.skip("needs control groups of version 2")
    try:
        return Path(tempfile.mkdtemp(prefix="posture-lab-", dir=found))
    except OSError as error:
        pytest.skip(f"no control group may be made here: {error}")


def _remove_group(group: Path) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            for folder, _, _ in os.walk(group, topdown=False):
                Path(folder).rmdir()
        except OSError:
            assert time.monotonic() < until, f"{group} is still in use"
            time.sleep(0.1)
        else:
            return


def _nodes() -> list[tuple[int, int, int, int]]:
    found = (os.stat(f"/dev/{node.split()[0]}") for node in NODES)  # noqa: PTH116
    return [(item.st_rdev, stat.S_IMODE(item.st_mode), item.st_uid, item.st_gid) for item in found]
