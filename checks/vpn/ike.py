"""IKE: the entrance of an IPsec VPN, and whether it accepts outdated key exchanges."""

from __future__ import annotations

from posture_scan.checks.vpn.collect_ike import IkeAnswer
from posture_scan.checks.vpn.ike_names import ABILITIES, WEAK_GROUPS, weak_parts

from posture_scan.sdk import Method, Status, Verdict, check, fail, ok, unknown

_EXPECTED = "IKEv2, AES, SHA-2, group 14+"


@check(needs=IkeAnswer, absent=Status.PASS)
def exposed(seen: IkeAnswer) -> Verdict:
    """An IPsec VPN answers: no weakness by itself, but a door to be looked after."""
    makers = ", ".join(name for name in seen.vendors if name not in ABILITIES)
    actual = f"IKEv{seen.spoken[:1]}"
    if makers:
        return fail("reachable_vendor", actual=actual, version=seen.spoken[:1], vendor=makers)
    return fail("reachable", actual=actual, version=seen.spoken[:1])


@check(needs=IkeAnswer)
def weak_crypto(seen: IkeAnswer) -> Verdict:
    """IKEv1 is alive (RFC 9395 retired it), or IKEv2 accepts what RFC 8247 turns down."""
    if seen.asked == "1":
        return _version_1(seen)
    if not seen.spoken.startswith("2"):
        return fail("only_v1", actual=f"IKEv{seen.spoken[:1]}", expected=_EXPECTED)
    weak = weak_parts(seen.algorithms, seen.group) or _weak_of_second(seen)
    if weak:
        shown = ", ".join(weak)
        return fail("weak_accepted", actual=shown, expected=_EXPECTED, algorithms=shown)
    if seen.weak == "accepted":
        return fail("something_weak_accepted", actual="DES/3DES/MD5", expected=_EXPECTED)
    if seen.weak == "refused":
        return ok("weak_refused", expected=_EXPECTED)
    return unknown("not_told", expected=_EXPECTED)


def _version_1(seen: IkeAnswer) -> Verdict:
    """Judge the answer to IKEv1's first message.

    A refusal of every proposal comes from servers of IKEv2 only, too (strongSwan says so when
    no IKEv1 connection is set up), so it is no sign of IKEv1, and not quite a proof against it.
    """
    if seen.outcome == "selected":
        weak = weak_parts(seen.algorithms, seen.group)
        chosen = ", ".join((*seen.algorithms, f"group {seen.group}"))
        if weak:
            return fail(
                "v1_weak", actual=chosen, expected=_EXPECTED, weak=", ".join(weak),
                algorithms=chosen,
            )  # fmt: skip
        return fail("v1_alive", actual=chosen, expected=_EXPECTED, algorithms=chosen)
    if seen.outcome == "invalid_version":
        return ok("v1_off", expected=_EXPECTED)
    if seen.outcome == "no_proposal":
        return ok("v1_refused", expected=_EXPECTED, method=Method.ANALYSIS)
    return unknown("not_told", expected=_EXPECTED)


def _weak_of_second(seen: IkeAnswer) -> tuple[str, ...]:
    """What the answer to the all-weak proposals names as weak, as far as it names anything."""
    if seen.weak != "accepted":
        return ()
    group = seen.weak_group if seen.weak_group in WEAK_GROUPS else 0
    weak: tuple[str, ...] = weak_parts(seen.weak_algorithms, group)
    return weak
