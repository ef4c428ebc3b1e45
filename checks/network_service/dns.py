"""Name servers: reachable, and whether they look names up for strangers."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.network_service.collect_dns import DnsAnswer

from posture_scan.sdk import Status, Verdict, check, fail, ok, unknown

_NO_ERROR, _SERVER_FAILURE = 0, 2
_SHOWN: Final = "RA={ra} AA={aa} RCODE={code}"


@check(needs=DnsAnswer, absent=Status.PASS)
def exposed(seen: DnsAnswer) -> Verdict:
    """A name server answers at all; right for the one that serves the firm's own domain."""
    return fail("reachable", actual=f"RCODE={seen.code}")


@check(needs=DnsAnswer, absent=Status.PASS)
def open_resolver(seen: DnsAnswer) -> Verdict:
    """The server looks up foreign names for anyone, and so multiplies forged traffic."""
    shown = _SHOWN.format(ra=int(seen.recursion_offered), aa=int(seen.authoritative),
                          code=seen.code)  # fmt: skip
    if seen.code == _NO_ERROR and seen.answers and seen.recursion_offered:
        return fail("answers_strangers", actual=shown, expected="REFUSED")
    if seen.truncated:
        return unknown("truncated", actual=shown)
    if not seen.recursion_offered and (not seen.answers or seen.authoritative):
        return ok("own_names_only", actual=shown)
    if seen.code in {_NO_ERROR, _SERVER_FAILURE}:
        return unknown("offered_without_answer", actual=shown)
    return ok("refused", actual=shown, code=seen.code)
