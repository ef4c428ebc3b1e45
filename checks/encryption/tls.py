"""Weak TLS: old protocol versions and suites that a service should no longer accept."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.encryption.facts import TlsFacts, Trial
from posture_scan.checks.encryption.judged import tls_check
from posture_scan.checks.encryption.probe import Outcome

from posture_scan.sdk import Method, Verdict, fail, ok, unknown

SMALLEST_PRIME: Final = 2048
"""Bits of a Diffie-Hellman prime below which it counts as weak (RFC 9325 4.1 and 4.2)."""


def _must_not(seen: TlsFacts, trial: Trial) -> Verdict:
    """Judge something that nobody should accept."""
    named = bool(seen.name)
    if trial.outcome is Outcome.ACCEPTED:
        return fail(
            "accepted",
            actual=trial.suite or trial.id,
            expected="refused",
            named=named,
            suite=trial.suite,
        )
    if trial.outcome is Outcome.REFUSED:
        return ok("refused", actual="refused", expected="refused", named=named)
    return unknown("not_seen", named=named, detail=trial.detail)


@tls_check
def sslv2(seen: TlsFacts) -> Verdict:
    """SSL 2.0 is accepted (forbidden by RFC 6176; DROWN)."""
    return _must_not(seen, seen.version("ssl2"))


@tls_check
def sslv3(seen: TlsFacts) -> Verdict:
    """SSL 3.0 is accepted (forbidden by RFC 7568; POODLE)."""
    return _must_not(seen, seen.version("ssl3"))


@tls_check
def tls10(seen: TlsFacts) -> Verdict:
    """TLS 1.0 is accepted (deprecated by RFC 8996)."""
    return _must_not(seen, seen.version("tls10"))


@tls_check
def tls11(seen: TlsFacts) -> Verdict:
    """TLS 1.1 is accepted (deprecated by RFC 8996)."""
    return _must_not(seen, seen.version("tls11"))


@tls_check
def no_tls12(seen: TlsFacts) -> Verdict:
    """Neither TLS 1.2 nor TLS 1.3 is accepted (RFC 9325 3.1.1)."""
    trials = (seen.version("tls12"), seen.version("tls13"))
    named = bool(seen.name)
    taken = [trial.id for trial in trials if trial.outcome is Outcome.ACCEPTED]
    if taken:
        return ok("offered", actual=" ".join(taken), expected="tls12", named=named)
    unseen = next((trial for trial in trials if trial.outcome is Outcome.UNSEEN), None)
    if unseen:
        return unknown("not_seen", named=named, detail=unseen.detail)
    return fail("not_offered", actual="refused", expected="tls12", named=named)


@tls_check
def null(seen: TlsFacts) -> Verdict:
    """A suite that does not encrypt is accepted."""
    return _must_not(seen, seen.weakness("null"))


@tls_check
def anon(seen: TlsFacts) -> Verdict:
    """A suite without a certificate is accepted: anybody can pose as the server."""
    return _must_not(seen, seen.weakness("anon"))


@tls_check
def export(seen: TlsFacts) -> Verdict:
    """A suite weakened for export is accepted (FREAK, Logjam)."""
    return _must_not(seen, seen.weakness("export"))


@tls_check
def des(seen: TlsFacts) -> Verdict:
    """A suite with single DES is accepted."""
    return _must_not(seen, seen.weakness("des"))


@tls_check
def rc4(seen: TlsFacts) -> Verdict:
    """A suite with RC4 is accepted (forbidden by RFC 7465)."""
    return _must_not(seen, seen.weakness("rc4"))


@tls_check
def triple_des(seen: TlsFacts) -> Verdict:
    """A suite with three-key DES is accepted (Sweet32)."""
    return _must_not(seen, seen.weakness("3des"))


triple_des.function.__name__ = "3des"  # the check's id is tls.3des, which Python cannot spell


@tls_check
def no_forward_secrecy(seen: TlsFacts) -> Verdict:
    """Who asks for forward secrecy does not get it (RFC 9325 4.1).

    That old clients can still do without it is told in the reason; a client that prefers
    forward secrecy, as all current ones do, is not affected.
    """
    trial, named = seen.forward_secrecy, bool(seen.name)
    if trial.outcome is Outcome.REFUSED:
        reason = "not_preferred" if trial.detail == "not_preferred" else "never"
        return fail(reason, actual=trial.suite or "none", expected="ECDHE", named=named)
    if trial.outcome is Outcome.UNSEEN:
        return unknown("not_seen", named=named, detail=trial.detail)
    avoidable = seen.static_rsa.outcome is Outcome.ACCEPTED
    reason = "preferred" if avoidable else "always"
    return ok(reason, actual=trial.suite or "tls13", expected="ECDHE", named=named)


@tls_check
def dh_weak(seen: TlsFacts) -> Verdict:
    """The Diffie-Hellman prime is shorter than 2048 bits (Logjam; RFC 9325 4.1)."""
    named, bits = bool(seen.name), seen.dh_bits
    if 0 < bits < SMALLEST_PRIME:
        return fail("short", actual=str(bits), expected=str(SMALLEST_PRIME), named=named, bits=bits)
    if bits and seen.dhe.outcome is not Outcome.UNSEEN:
        return ok("long", actual=str(bits), expected=str(SMALLEST_PRIME), named=named, bits=bits)
    if seen.dhe.outcome is Outcome.REFUSED:
        return ok("not_used", expected=str(SMALLEST_PRIME), named=named)
    return unknown("not_seen", named=named, detail=seen.dhe.detail)


@tls_check
def compression(seen: TlsFacts) -> Verdict:
    """TLS compression is on (CRIME; RFC 9325 3.3)."""
    return _must_not(seen, seen.compression)


@tls_check
def insecure_renegotiation(seen: TlsFacts) -> Verdict:
    """RFC 5746 secure renegotiation is missing.

    Whether the server would renegotiate at all is not tried, so the method is analysis.
    """
    trial, named = seen.secure_renegotiation, bool(seen.name)
    if trial.outcome is Outcome.ACCEPTED:
        return ok("secure", actual="rfc5746", expected="rfc5746", named=named)
    if trial.outcome is Outcome.REFUSED:
        return fail(
            "missing", actual="none", expected="rfc5746", method=Method.ANALYSIS, named=named
        )
    return unknown("not_seen", named=named, detail=trial.detail)


@tls_check
def client_renegotiation(seen: TlsFacts) -> Verdict:
    """A client can have the keys of a connection agreed anew as often as it likes.

    Each time costs the server far more than the client (CVE-2011-1473).
    """
    trial, named = seen.client_renegotiation, bool(seen.name)
    if trial.outcome is Outcome.ACCEPTED:
        return fail("accepted", actual="accepted", expected="refused", named=named)
    if trial.outcome is Outcome.REFUSED:
        reason = "no_such_thing" if trial.detail == "no_such_thing" else "refused"
        return ok(reason, actual="refused", expected="refused", named=named)
    return unknown("not_seen", named=named, detail=trial.detail)


@tls_check
def no_fallback_protection(seen: TlsFacts) -> Verdict:
    """A client that was pushed down to an old version is served instead of warned (RFC 7507)."""
    trial, named = seen.fallback_scsv, bool(seen.name)
    if trial.outcome is Outcome.REFUSED:
        return fail("served", actual="served", expected="alert 86", named=named)
    if trial.outcome is Outcome.ACCEPTED:
        reason = "no_older_version" if trial.detail == "no_older_version" else "warned"
        return ok(reason, actual=trial.detail, expected="alert 86", named=named)
    return unknown("not_seen", named=named, detail=trial.detail)


@tls_check
def no_post_quantum(seen: TlsFacts) -> Verdict:
    """Whether X25519MLKEM768 is to be had: told for information, never held against a server."""
    trial, named = seen.post_quantum, bool(seen.name)
    if trial.outcome is Outcome.UNSEEN:
        return unknown("not_seen", named=named, detail=trial.detail)
    reason = "offered" if trial.outcome is Outcome.ACCEPTED else "not_offered"
    return ok(reason, actual=trial.detail, named=named)


@tls_check
def no_server_preference(seen: TlsFacts) -> Verdict:
    """Whose order of suites counts: told for information; weak suites have checks of their own."""
    trial, named = seen.server_preference, bool(seen.name)
    if trial.outcome is Outcome.ACCEPTED:
        return ok("server", actual=trial.suite, named=named)
    if trial.outcome is Outcome.REFUSED:
        return ok("client", actual=trial.suite, named=named)
    if trial.detail in {"one_suite", "tls13"}:
        return ok(trial.detail, actual=trial.suite, named=named)
    return unknown("not_seen", named=named, detail=trial.detail)
