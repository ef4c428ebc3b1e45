"""Whether Linux still runs what has been replaced: its kernel above all.

The mark ``/run/reboot-required`` is only made where a package that makes it is installed; without
such a package its absence says nothing, and the kernel that runs is compared with the installed
ones. A new build of a kernel under the same name shows in its package's version. In a container
the kernel is the host's, so nothing is said. Programs that still use a replaced library are not
looked for: that needs administrator rights and every process's memory map.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Final

from posture_scan.checks.host.container import is_container
from posture_scan.checks.host.update_facts import Restart

from posture_scan.sdk import Look, compare_revision

_MARKS: Final = ("/run/reboot-required", "/run/reboot-needed")
_MAKERS: Final = (
    "/usr/share/update-notifier/notify-reboot-required",
    "/etc/kernel/postinst.d/unattended-upgrades",
)
_KERNEL: Final = re.compile(r"\d[A-Za-z0-9._+~-]{0,99}")
_FLAVOUR: Final = re.compile(r"(?:-[a-z][a-z0-9-]{0,60}|\+[a-z]{1,20})$")
"""``-amd64``, ``-rt-amd64``, ``+debug``: kernels that do not replace each other."""
_BUILD: Final = re.compile(r" Debian (\d\S{0,60}) \(")
_CORE: Final = (
    "glibc",
    "systemd",
    "dbus",
    "dbus-broker",
    "openssl-libs",
    "gnutls",
    "linux-firmware",
)
"""What needs a restart when it is replaced, as Red Hat's ``needs-restarting`` has it."""


def linux_restart(look: Look, mechanism: str) -> Restart:
    """Compare what runs with what is installed."""
    mark = any(look.info(path, hides="restart") is not None for path in _MARKS)
    closed = any(item.hides == "restart" for item in look.not_read)
    named = look.text(f"{_MARKS[0]}.pkgs", hides="restart", limit=65_536) if mark else None
    packages = tuple(sorted(set((named or "").split())))[:20]
    made = any(not look.is_missing(path) for path in _MAKERS)
    asked = True if mark else False if made and not closed else None
    if is_container(look):
        return Restart(asked, packages)
    running = _running(look)
    newest = _newest(look, running) if running else ""
    replaced = _replaced(look, mechanism, running) if running else None
    return Restart(
        asked, packages, running, newest if newest != running else "", replaced or (),
        looked=bool(running and newest) and replaced is not None,
    )  # fmt: skip


def _running(look: Look) -> str:
    result = look.run(("uname", "-r"), hides="restart")
    text = result.stdout.decode("ascii", "replace").strip() if result else ""
    return text if _KERNEL.fullmatch(text) else ""


def _newest(look: Look, running: str) -> str:
    """Return the newest installed kernel of the running one's flavour; empty where none is seen."""
    images = look.files("/boot/vmlinuz-*", hides="restart")
    names = [info.path.partition("vmlinuz-")[2] for info in images]
    fitting = [
        name for name in names if _KERNEL.fullmatch(name) and _flavour(name) == _flavour(running)
    ]
    if running not in fitting:
        return ""  # started from elsewhere: what lies in /boot is not what would run next
    return max(fitting, key=cmp_to_key(_order))


def _order(one: str, other: str) -> int:
    return compare_revision("rhel", one, other)


def _flavour(name: str) -> str:
    match = _FLAVOUR.search(name)
    return match[0] if match else ""


def _replaced(look: Look, mechanism: str, running: str) -> tuple[str, ...] | None:
    """Return parts replaced since the start; None where that could not be looked up."""
    if mechanism == "apt":
        return _new_build(look, running)
    result = look.run(("rpm", "-q", "--qf=%{NAME} %{INSTALLTIME}\\n", *_CORE), hides="restart")
    started = _started(look)
    if result is None or started is None:
        return None
    rows = [line.partition(" ") for line in result.stdout.decode("utf-8", "replace").splitlines()]
    timed = {row[0]: int(row[2]) for row in rows
             if row[0] in _CORE and re.fullmatch(r"\d{1,12}", row[2])}  # fmt: skip
    if "glibc" not in timed:
        return None
    return tuple(name for name, at in timed.items() if at > started.timestamp())


def _new_build(look: Look, running: str) -> tuple[str, ...] | None:
    """Compare Debian's running build with the installed one; Ubuntu names every build anew."""
    text = look.text("/proc/version", hides="restart", limit=4096)
    build = _BUILD.search(text or "")
    if build is None:
        return () if text else None
    argv = ("dpkg-query", "-W", "-f=${Version}", f"linux-image-{running}")
    result = look.run(argv, hides="restart")
    installed = result.stdout.decode("ascii", "replace").strip() if result else ""
    if not installed:
        return None
    return (f"linux-image-{running}",) if installed != build[1] else ()


def _started(look: Look) -> datetime | None:
    text = look.text("/proc/stat", hides="restart", limit=1_048_576) or ""
    match = re.search(r"^btime (\d{1,12})$", text, re.MULTILINE)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None
