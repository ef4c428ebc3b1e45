"""Computers written down in a test, and what the checks on updates make of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from posture_scan.checks.host.collect_updates import update_state
from posture_scan.checks.host.update_facts import UpdateState

from posture_scan.sdk import Verdict
from tests.checks.computer import NOW, FakeHost, out
from tests.checks.host import verdicts


def state(host: Any) -> UpdateState:
    """Run the collector on a host of a test."""
    found = update_state.function(host)
    assert isinstance(found, UpdateState)
    return found


def judge(host: Any, name: str, now: datetime = NOW) -> Verdict:
    """Apply one check on updates to a host or to facts."""
    facts = host if isinstance(host, UpdateState) else state(host)
    return verdicts.judge(f"updates.{name}", facts, now=now)


def told(host: Any, name: str, now: datetime = NOW) -> tuple[str, str]:
    """Return status and reason of one check."""
    verdict = judge(host, name, now)
    return verdict.status.value, verdict.reason


def unit(name: str, **fields: str) -> str:
    """One block of ``systemctl show``; loaded, enabled and active unless said otherwise."""
    base = {
        "Id": name, "LoadState": "loaded", "UnitFileState": "enabled", "ActiveState": "active",
        "Result": "success", "ExecMainExitTimestamp": "",
    }  # fmt: skip
    return "\n".join(f"{key}={value}" for key, value in (base | fields).items()) + "\n"


def systemctl(*blocks: str) -> dict[str, Any]:
    """What systemd says of these units."""
    return {"systemctl show": out("\n".join(blocks))}


# --- a Debian ---------------------------------------------------------------------------------

LISTS = "/var/lib/apt/lists/deb.example_dists_bookworm"
SETTINGS = """APT::Periodic "";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Origins-Pattern "";
Unattended-Upgrade::Origins-Pattern:: "origin=Debian,codename=${distro_codename},label=Debian";
Unattended-Upgrade::Origins-Pattern:: "origin=Debian,label=Debian-Security";
"""
NOTHING = "NOTE: This is only a simulation!\n0 upgraded, 0 newly installed, 0 to remove.\n"
OPENSSL = "Inst openssl [3.0.1] (3.0.2 Debian-Security:12/oldstable-security [amd64])\n"
BOTH = (
    "Inst libtiff6 [4.5] (4.6 Debian:12.15/oldstable, "
    "Debian-Security:12/oldstable-security [amd64])\n"
)
TIMERS = (unit("apt-daily.timer"), unit("apt-daily-upgrade.timer"))
STAMPS = "/var/lib/apt/periodic/"


def head(label: str, suite: str, day: datetime, valid: datetime | None = None) -> str:
    """The head of an InRelease file."""
    form = "%a, %d %b %Y %H:%M:%S UTC"
    until = f"Valid-Until: {valid.strftime(form)}\n" if valid else ""
    return (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Debian\n"
        f"Label: {label}\nSuite: {suite}\nCodename: bookworm\nDate: {day.strftime(form)}\n{until}"
    )


def debian(
    upgrade: str = NOTHING,
    *,
    lists_age: timedelta = timedelta(days=1),
    ran: timedelta | None = timedelta(hours=8),
    **more: Any,
) -> FakeHost:
    """A Debian whose lists are a day old and whose automatic updates ran this morning."""
    files: dict[str, Any] = {
        "/var/lib/dpkg/status": "x", "/usr/bin/unattended-upgrade": "x",
        f"{LISTS}-security_InRelease": head(
            "Debian-Security", "oldstable-security", NOW - lists_age,
            NOW - lists_age + timedelta(days=7),
        ),
        f"{LISTS}_InRelease": head("Debian", "oldstable", NOW - timedelta(days=134)),
    }  # fmt: skip
    times: dict[str, datetime] = {}
    if ran is not None:
        for name, late in (("unattended-upgrades-stamp", 0), ("upgrade-stamp", 20)):
            files[f"{STAMPS}{name}"] = ""
            times[f"{STAMPS}{name}"] = NOW - ran + timedelta(seconds=late)
    commands: dict[str, Any] = {
        "apt-get -s": out(upgrade), "apt-config dump": out(SETTINGS),
        "dpkg-query -W -f=${db:Status-Want}": out("install openssl\n"), **systemctl(*TIMERS),
    }  # fmt: skip
    return FakeHost(
        files | more.pop("files", {}), commands | more.pop("commands", {}),
        times=times | more.pop("times", {}), **more,
    )  # fmt: skip
