"""SSH: reachable, whether it still speaks SSH-1 or offers broken algorithms, and Terrapin."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.remote_access.collect_ssh import BOTH_VERSIONS, SshHello
from posture_scan.checks.remote_access.ssh_algorithms import (
    post_quantum,
    terrapin_ways,
    weak_ciphers,
    weak_host_keys,
    weak_kex,
    weak_macs,
)

from posture_scan.sdk import (
    Service,
    ServiceSeen,
    Status,
    Verdict,
    check,
    fail,
    not_applicable,
    ok,
    unknown,
)

_SETTINGS: Final = {
    "kex": "KexAlgorithms",
    "host_keys": "HostKeyAlgorithms",
    "ciphers": "Ciphers",
    "macs": "MACs",
}
"""The kinds as OpenSSH's settings call them: words that an administrator of any tongue knows."""
_SHOWN: Final = 8
"""Names shown of one kind; the count is of all."""


@check(needs=ServiceSeen, on=Service("ssh"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """SSH answers at all."""
    return fail("reachable", actual=seen.protocol)


@check(needs=SshHello)
def protocol1(seen: SshHello) -> Verdict:
    """The server speaks SSH-1, which can be read and changed whatever the algorithm."""
    if seen.protocol1:
        reason = "beside_v2" if _says(seen, BOTH_VERSIONS) else "only_v1"
        return fail(reason, actual=seen.banner, expected="SSH-2.0")
    if _says(seen, "2.0"):
        return ok("only_v2", actual="SSH-2.0", expected="SSH-2.0")
    return unknown("version_unclear", actual=seen.banner, expected="SSH-2.0")


@check(needs=SshHello, version=2)
def weak_algorithms(seen: SshHello) -> Verdict:
    """The server offers algorithms that are broken or withdrawn; which, by their kind."""
    if not seen.read_algorithms:
        return unknown("not_read")
    weak = {
        "kex": weak_kex(seen.kex),
        "host_keys": weak_host_keys(seen.host_keys),
        "ciphers": weak_ciphers(seen.ciphers),
        "macs": weak_macs(seen.macs),
    }
    shown = {kind: ", ".join(names[:_SHOWN]) for kind, names in weak.items()}
    if any(shown.values()):
        listed = "; ".join(f"{_SETTINGS[kind]}: {text}" for kind, text in shown.items() if text)
        count = sum(map(len, weak.values()))
        return fail(
            "weak_offered", actual=listed, algorithms=listed, count=count, kex=shown["kex"],
            host_keys=shown["host_keys"], ciphers=shown["ciphers"], macs=shown["macs"],
        )  # fmt: skip
    ready = ", ".join(post_quantum(seen.kex)[:_SHOWN])
    if ready:
        return ok("none_weak_quantum", actual=seen.software, post_quantum=ready)
    return ok("none_weak", actual=seen.software)


@check(needs=SshHello)
def terrapin(seen: SshHello) -> Verdict:
    """CVE-2023-48795: no strict key exchange, and a cipher that lets packets vanish unnoticed."""
    if not seen.read_algorithms:
        old = seen.protocol1 and not _says(seen, BOTH_VERSIONS)
        return not_applicable("only_v1") if old else unknown("not_read")
    if seen.strict_kex:
        return ok("strict_kex", actual=seen.software, expected="kex-strict-s")
    ways = dict.fromkeys(way for pair in seen.directions for way in terrapin_ways(*pair))
    if not ways:
        return ok("not_affected", actual=seen.software)
    shown = ", ".join(list(ways)[:_SHOWN])
    return fail("open", actual=shown, expected="kex-strict-s", ciphers=shown)


def _says(seen: SshHello, version: str) -> bool:
    said: bool = seen.banner.startswith(f"SSH-{version}-")
    return said
