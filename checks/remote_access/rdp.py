"""Remote Desktop: reachable, without network level authentication, with legacy security."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.remote_access.collect_rdp import RdpAnswer, RdpNegotiation

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail, ok, unknown

_NLA_REQUIRED: Final = 5
_ACCEPTING: Final = frozenset({"accepted", "no_negotiation"})


@check(needs=ServiceSeen, on=Service("rdp"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """Remote Desktop answers at all."""
    return fail("reachable", actual=seen.protocol)


@check(needs=RdpNegotiation)
def no_nla(seen: RdpNegotiation) -> Verdict:
    """The server lets a client in without network level authentication (NLA)."""
    answers = (seen.tls_only, seen.legacy)
    if any(answer.outcome in _ACCEPTING for answer in answers):
        return fail("not_required", actual=_name(seen.tls_only), expected="refused 5")
    if _failed(seen.tls_only) or _failed(seen.legacy):
        return unknown("probe_failed", attempt=_first_failure(answers))
    if any(answer.failure == _NLA_REQUIRED for answer in answers):
        return ok("required", actual=_name(seen.tls_only))
    return unknown("refused_otherwise", code=seen.tls_only.failure)


@check(needs=RdpNegotiation)
def weak_encryption(seen: RdpNegotiation) -> Verdict:
    """The server accepts legacy RDP security: RC4 and no proof of who the server is."""
    if seen.legacy.outcome in _ACCEPTING:
        return fail("legacy_accepted", actual=_name(seen.legacy), expected="refused")
    if _failed(seen.legacy):
        return unknown("probe_failed", attempt=seen.legacy.outcome)
    return ok("legacy_refused", actual=_name(seen.legacy))


def _failed(answer: RdpAnswer) -> bool:
    return answer.outcome not in {"refused", *_ACCEPTING}


def _first_failure(answers: tuple[RdpAnswer, ...]) -> str:
    return str(next(answer.outcome for answer in answers if _failed(answer)))


def _name(answer: RdpAnswer) -> str:
    number = answer.selected if answer.outcome == "accepted" else answer.failure
    return f"{answer.outcome} {number}" if number >= 0 else str(answer.outcome)
