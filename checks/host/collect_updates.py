"""The one collector of updates: what waits, who installs it, what waits for a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from posture_scan.checks.host.restart_linux import linux_restart
from posture_scan.checks.host.update_facts import Automatic, Found, Listing, Restart, UpdateState
from posture_scan.checks.host.updates_apt import apt_automatic, apt_runs, apt_waiting
from posture_scan.checks.host.updates_macos import macos_automatic, macos_waiting
from posture_scan.checks.host.updates_rpm import (
    dnf_automatic,
    dnf_waiting,
    zypper_automatic,
    zypper_waiting,
)
from posture_scan.checks.host.updates_windows import (
    windows_automatic,
    windows_restart,
    windows_waiting,
)

from posture_scan.sdk import PASSIVE, Host, Look, Machine, collector


@dataclass(frozen=True)
class _View:
    mechanism: str
    found: Found
    automatic: Automatic
    restart: Restart
    last_rollup: datetime | None = None


@collector(on=Machine(("linux", "windows", "darwin")), intrusiveness=PASSIVE)
def update_state(host: Host) -> UpdateState:
    """Ask the system's own update mechanism for what it knows, without the network."""
    look = Look(host)
    view = {"windows": _windows, "darwin": _macos}.get(host.platform, _linux)(look)
    return UpdateState(
        platform=host.platform, elevated=host.elevated, mechanism=view.mechanism,
        listing=view.found.listing, waiting=view.found.waiting,
        known_as_of=view.found.known_as_of, valid_until=view.found.valid_until,
        last_rollup=view.last_rollup, automatic=view.automatic, restart=view.restart,
        not_read=look.noted(),
    )  # fmt: skip


def _windows(look: Look) -> _View:
    automatic, restart = windows_automatic(look), windows_restart(look)
    found, rollup = windows_waiting(look)
    return _View("windows_update", found, automatic, restart, rollup)


def _macos(look: Look) -> _View:
    return _View("macos", macos_waiting(look), macos_automatic(look), Restart())


def _linux(look: Look) -> _View:
    mechanism = _mechanism(look)
    restart = linux_restart(look, mechanism)
    if mechanism == "apt":
        runs = apt_runs(look)
        automatic = apt_automatic(look, runs)
        return _View("apt", apt_waiting(look, runs, automatic), automatic, restart)
    if mechanism == "dnf":
        return _View("dnf", dnf_waiting(look), dnf_automatic(look), restart)
    if mechanism == "zypper":
        return _View("zypper", zypper_waiting(look), zypper_automatic(look), restart)
    return _View("", Found(Listing.NO_TOOL), Automatic(), restart)


def _mechanism(look: Look) -> str:
    """Return the tool that keeps this system, which is not any that is merely installed.

    Debian has packages of dnf and zypper, too, so its package database decides; of two tools for
    rpm, the one that has sources.
    """
    if look.info("/var/lib/dpkg/status", hides="update") is not None:
        return "apt"
    suse = not look.is_missing("/usr/bin/zypper")
    red_hat = any(not look.is_missing(f"/usr/bin/{name}") for name in ("dnf", "dnf5"))
    if suse and red_hat:
        suse = bool(look.files("/etc/zypp/repos.d/*.repo", hides="update"))
    if suse:
        return "zypper"
    return "dnf" if red_hat else ""
