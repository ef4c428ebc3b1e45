"""SSH: reachable, and whether it still offers broken algorithms."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.remote_access.collect_ssh import SshHello

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail, ok, unknown

_WEAK_KEX: Final = frozenset(
    {
        "diffie-hellman-group1-sha1",
        "diffie-hellman-group-exchange-sha1",
        "rsa1024-sha1",
    }
)
"""SHOULD NOT in RFC 9142 section 4; group14-sha1 is still MAY there and is not counted."""
_WEAK_HOST_KEYS: Final = ("ssh-dss",)
_WEAK_CIPHERS: Final = ("arcfour", "des-", "none", "rijndael-cbc")
_WEAK_MACS: Final = ("hmac-md5", "none")
_CHACHA: Final = "chacha20-poly1305@openssh.com"
_SHOWN: Final = 12


@check(needs=ServiceSeen, on=Service("ssh"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """SSH answers at all."""
    return fail("reachable", actual=seen.protocol)


@check(needs=SshHello)
def weak_algorithms(seen: SshHello) -> Verdict:
    """The server offers algorithms that are broken, or SSH-1, or is open to Terrapin."""
    weak = (["SSH-1"] if seen.protocol1 else []) + _weak(seen)
    if weak:
        shown = ", ".join(weak[:_SHOWN])
        return fail("weak_offered", actual=shown, algorithms=shown, count=len(weak))
    if not seen.read_algorithms:
        return unknown("not_read")
    return ok("none_weak", actual=seen.software)


def _weak(seen: SshHello) -> list[str]:
    found = [name for name in seen.kex if name in _WEAK_KEX]
    found += [name for name in seen.host_keys if name.startswith(_WEAK_HOST_KEYS)]
    found += [name for name in seen.ciphers if _is_cbc(name) or name.startswith(_WEAK_CIPHERS)]
    found += [name for name in seen.macs if name.startswith(_WEAK_MACS)]
    return [*found, "Terrapin (CVE-2023-48795)"] if _open_to_terrapin(seen) else found


def _is_cbc(name: str) -> bool:
    return name.endswith(("-cbc", "-cbc@lysator.liu.se", "-cbc@ssh.com"))


def _open_to_terrapin(seen: SshHello) -> bool:
    """CVE-2023-48795: no strict marker, and ChaCha20 or CBC with encrypt-then-MAC offered."""
    if seen.strict_kex:
        return False
    etm = any("-etm@" in name for name in seen.macs)
    return _CHACHA in seen.ciphers or (etm and any(_is_cbc(name) for name in seen.ciphers))
