"""Whether services that nobody else should reach are open to the network this computer is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from posture_scan.checks.host.collect_firewall import FirewallState
from posture_scan.checks.host.collect_listening import ListeningPorts
from posture_scan.checks.host.firewall_judged import judged

from posture_scan.sdk import Context, Method, Verdict, check, fail, ok, unknown, unseen

_RISKY: Final[Mapping[int, str]] = {
    21: "FTP", 23: "Telnet", 139: "SMB", 445: "SMB", 512: "rexec", 513: "rlogin", 514: "rsh",
    873: "rsync", 1433: "SQL Server", 1521: "Oracle", 2049: "NFS", 2375: "Docker",
    2379: "etcd", 3306: "MySQL", 3389: "RDP", 5432: "PostgreSQL", 5900: "VNC", 5901: "VNC",
    5984: "CouchDB", 6379: "Redis", 9200: "Elasticsearch", 11211: "memcached", 27017: "MongoDB",
}  # fmt: skip
"""Ports of databases, of remote control and of services without encryption or password, as
assigned by IANA or by their makers; a number is no proof of what answers there."""

_WINDOWS_OWN: Final = frozenset({139, 445})
"""Every Windows listens here from the start, behind its firewall: no weakness by itself."""


@check(needs=ListeningPorts, beside=FirewallState)
def risky(seen: ListeningPorts, context: Context) -> Verdict:
    """A database, remote control or the like waits for everybody, and no firewall is before it."""
    usual = _WINDOWS_OWN if seen.platform == "windows" else frozenset[int]()
    found = [port for port in seen.ports if port in _RISKY and port not in usual]
    if not found:
        return _nothing(seen, usual)
    ports = ", ".join(f"{port} ({_RISKY[port]})" for port in found)
    guarded = _guarded(context)
    if guarded is None:
        return unknown("firewall_unseen", ports=ports)
    if guarded:
        return unknown("behind_firewall", ports=ports)
    return fail("open", ports=ports, method=Method.ANALYSIS)


def _nothing(seen: ListeningPorts, usual: frozenset[int]) -> Verdict:
    if not seen.finished:
        return unseen(seen)
    if usual & set(seen.ports):
        return ok("usual_only", count=len(seen.ports))
    return ok("none", count=len(seen.ports))


def _guarded(context: Context) -> bool | None:
    """Tell whether a firewall stands before the ports; None where it was not seen."""
    states = [judged(facts).stands for facts in context.beside if isinstance(facts, FirewallState)]
    return states[0] if states else None
