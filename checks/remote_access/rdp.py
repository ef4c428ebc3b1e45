"""Remote Desktop: reachable, without network level authentication, with legacy security."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.remote_access.collect_rdp import RdpAnswer, RdpNegotiation

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail, ok, unknown

_NLA_REQUIRED: Final = 5
_LEGACY, _TLS, _NLA = "Standard RDP Security", "TLS", "CredSSP (NLA)"
_SELECTED: Final = {0: _LEGACY, 1: _TLS, 2: _NLA, 8: _NLA}
"""The security protocol by its number (MS-RDPBCGR 2.2.1.2.1), as the specification names it."""
_INSISTED_ON: Final = {1: _TLS, 5: _NLA, 6: _TLS}
"""What a refusal demands by its failure code (MS-RDPBCGR 2.2.1.2.2)."""
_ACCEPTING: Final = frozenset({"accepted", "no_negotiation"})
_LEGACY_CHOSEN: Final = 0


@check(needs=ServiceSeen, on=Service("rdp"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """Remote Desktop answers at all."""
    return fail("reachable", actual=seen.protocol)


@check(needs=RdpNegotiation)
def no_nla(seen: RdpNegotiation) -> Verdict:
    """The server lets a client in without network level authentication (NLA)."""
    answers = (seen.tls_only, seen.legacy)
    let_in = [answer for answer in answers if answer.outcome in _ACCEPTING]
    if let_in:
        return fail("not_required", actual=_name(let_in[0]), expected=_NLA)
    if _failed(seen.tls_only) or _failed(seen.legacy):
        return unknown("probe_failed", attempt=_first_failure(answers))
    if any(answer.failure == _NLA_REQUIRED for answer in answers):
        return ok("required", actual=_name(seen.tls_only))
    return unknown("refused_otherwise", code=seen.tls_only.failure)


@check(needs=RdpNegotiation)
def weak_encryption(seen: RdpNegotiation) -> Verdict:
    """The server accepts legacy RDP security: RC4 and no proof of who the server is."""
    if any(_is_legacy(answer) for answer in (seen.everything, seen.tls_only, seen.legacy)):
        return fail("legacy_accepted", actual=_LEGACY, expected=_TLS)
    if _failed(seen.legacy):
        return unknown("probe_failed", attempt=seen.legacy.outcome)
    if seen.legacy.failure not in _INSISTED_ON:
        return unknown("refused_otherwise", code=seen.legacy.failure)
    return ok("legacy_refused", actual=_name(seen.legacy))


def _is_legacy(answer: RdpAnswer) -> bool:
    if answer.outcome == "accepted":
        return bool(answer.selected == _LEGACY_CHOSEN)
    return bool(answer.outcome == "no_negotiation")


def _failed(answer: RdpAnswer) -> bool:
    return answer.outcome not in {"refused", *_ACCEPTING}


def _first_failure(answers: tuple[RdpAnswer, ...]) -> str:
    return str(next(answer.outcome for answer in answers if _failed(answer)))


def _name(answer: RdpAnswer) -> str:
    """Name the security that was chosen, or that a refusal demands; an unknown one by number."""
    if answer.outcome == "no_negotiation":
        return _LEGACY
    if answer.outcome == "accepted":
        return _SELECTED.get(answer.selected, f"0x{answer.selected:x}")
    return _INSISTED_ON.get(answer.failure, f"{answer.outcome} {answer.failure}")
