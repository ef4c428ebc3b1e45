"""What the collectors about a computer's protection may bring, the sound answer first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from posture_scan.checks.host.collect_disk import DiskEncryption, Protection, Volume
from posture_scan.checks.host.collect_firewall import FirewallState
from posture_scan.checks.host.collect_listening import ListeningPorts
from posture_scan.checks.host.collect_malware_protection import MalwareProtection
from posture_scan.checks.host.collect_screen import ScreenLock
from posture_scan.checks.host.protection_agent import Agent, Proof
from posture_scan.checks.host.screen_facts import Lock

from posture_scan.sdk import Facts


def _disk(protection: Protection) -> DiskEncryption:
    return DiskEncryption("linux", elevated=True, volumes=(Volume("/", protection),))


def _agent(*, current: bool) -> MalwareProtection:
    agent = Agent("Example", Proof.STATE, on=True, current=current)
    return MalwareProtection("linux", elevated=True, agents=(agent,), complete=True)


def _lock(after: int) -> ScreenLock:
    lock = Lock("GNOME", locks=True, after=after)
    return ScreenLock("linux", elevated=True, server=False, locks=(lock,))


VARIANTS: Final[Mapping[type[Facts], tuple[Facts, ...]]] = {
    DiskEncryption: (
        _disk(Protection.ENCRYPTED), _disk(Protection.PLAIN), _disk(Protection.UNSEEN),
    ),
    FirewallState: (
        FirewallState("linux", elevated=True, dropped=True, dropped6=True),
        FirewallState("linux", elevated=True, dropped=False, dropped6=False),
        FirewallState("linux", elevated=False),
    ),
    MalwareProtection: (
        _agent(current=True), _agent(current=False), MalwareProtection("linux", elevated=False),
        MalwareProtection("linux", elevated=True, complete=True),
    ),
    ScreenLock: (_lock(300), _lock(0), ScreenLock("linux", elevated=False, server=False),
                 ScreenLock("linux", elevated=True, server=True)),
    ListeningPorts: (
        ListeningPorts("linux", elevated=True, ports=(22,), finished=True),
        ListeningPorts("linux", elevated=True, ports=(3306,), finished=True),
        ListeningPorts("linux", elevated=False),
    ),
}  # fmt: skip
