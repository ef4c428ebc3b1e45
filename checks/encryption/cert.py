"""The certificates a TLS service shows: dates, issuer, name, key and signature.

Judged from the chains as they were sent; only whether the issuer is trusted was settled when
they were collected. Questions of name and trust do not arise for a service known by address only.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from posture_scan.checks.encryption.certificate import Certificate, is_for, shown
from posture_scan.checks.encryption.chains import WEB
from posture_scan.checks.encryption.judged import Presented, cert_check, named_cert_check

from posture_scan.sdk import Context, Verdict, fail, not_applicable, ok, unknown

SOON: Final = timedelta(days=14)
"""Certificates renewed by machine are replaced 30 days before their end; two weeks is late."""
_DATE: Final = "%Y-%m-%d"

SMALLEST_KEYS: Final = {"rsa": 2048, "ec": 224, "ed25519": 0, "ed448": 0}
"""Bits that NIST SP 800-131A rev. 2 asks for; DSA is not on the list at any length."""


@cert_check
def expired(seen: Presented, context: Context) -> Verdict:
    """The certificate, or the one that issued it, is past its last day."""
    leaf, issuers = (
        seen.chain[0], [one for one in seen.chain[1:] if one.subject == seen.chain[0].issuer]
    )  # fmt: skip
    values = {"named": seen.named, "date": leaf.not_after.strftime(_DATE)}
    if leaf.not_after < context.now:
        return fail("past", actual=str(values["date"]), **values)
    # several issuers of the same name may be sent; one that is still valid is enough
    if issuers and all(one.not_after < context.now for one in issuers):
        date = max(one.not_after for one in issuers).strftime(_DATE)
        return fail("issuer_past", actual=date, **{**values, "date": date})
    return ok("in_time", actual=str(values["date"]), **values)


@cert_check
def expiring_soon(seen: Presented, context: Context) -> Verdict:
    """The certificate has at most fourteen days left."""
    left = seen.chain[0].not_after - context.now
    named, date = seen.named, seen.chain[0].not_after.strftime(_DATE)
    if left < timedelta(0):
        return not_applicable("already_expired", named=named, date=date)
    if left <= SOON:
        return fail("soon", actual=date, named=named, date=date, days=left.days)
    return ok("in_time", actual=date, named=named, date=date, days=left.days)


@cert_check
def not_yet_valid(seen: Presented, context: Context) -> Verdict:
    """The certificate's first day is still to come."""
    date = seen.chain[0].not_before.strftime(_DATE)
    if seen.chain[0].not_before > context.now:
        return fail("future", actual=date, named=seen.named, date=date)
    return ok("in_time", actual=date, named=seen.named, date=date)


@named_cert_check
def self_signed(seen: Presented, _context: Context) -> Verdict:
    """The server vouches for itself: its certificate is its own issuer and not trusted here."""
    if seen.trust == "trusted":
        return ok("issued", named=True)
    if seen.chain[0].self_signed or seen.trust == "self_signed":
        return fail("own_issuer", actual=seen.chain[0].issuer_text, named=True)
    return ok("issued", actual=seen.chain[0].issuer_text, named=True)


@named_cert_check
def untrusted_ca(seen: Presented, _context: Context) -> Verdict:
    """The certificate's issuer is not one that computers trust."""
    if seen.trust == "trusted":
        return ok("trusted", named=True)
    if seen.trust == "self_signed" or seen.chain[0].self_signed:
        return not_applicable("self_signed", named=True)
    if seen.trust == "unknown_ca":
        return fail("unknown_issuer", actual=seen.chain[-1].issuer_text, named=True)
    return unknown("incomplete" if seen.trust == "incomplete" else "not_judged", named=True)


@named_cert_check
def incomplete_chain(seen: Presented, _context: Context) -> Verdict:
    """The server leaves out a certificate that leads to the trusted issuer."""
    if seen.trust == "incomplete":
        return fail("missing", actual=str(len(seen.chain)), named=True)
    if seen.trust in ("self_signed", "unknown_ca"):
        return not_applicable("not_trusted_anyway", named=True)
    if seen.trust == "trusted":
        return ok("complete", actual=str(len(seen.chain)), named=True)
    return unknown("not_judged", named=True)


@cert_check
def unordered_chain(seen: Presented, _context: Context) -> Verdict:
    """The certificates are not sent in order, or some lead nowhere (RFC 5246 7.4.2).

    TLS 1.3 clients must bear it (RFC 8446 4.4.2); older programs and devices may not.
    """
    count = len(seen.chain)
    if count < len(seen.sent):
        return unknown("unreadable", named=seen.named)
    if all(_issued(child, issuer) for child, issuer in zip(seen.chain, seen.chain[1:])):  # noqa: B905 -- each with the next
        return ok("in_order", actual=str(count), named=seen.named)
    return fail("not_in_order", actual=str(count), named=seen.named, count=count)


@named_cert_check
def hostname_mismatch(seen: Presented, context: Context) -> Verdict:
    """The certificate was issued for other names than the one the service is used under.

    A web server is asked for under a name and has to have a certificate for it. Of the names
    that lead to a mail server's address only one need be the one that mail programs are told.
    """
    leaf = seen.chain[0]
    names = (*leaf.dns_names, *leaf.addresses)
    listed = shown(" ".join(names[:5]))
    others = () if context.service.protocol in WEB else context.service.names
    meant = next((name for name in (seen.name, *others) if is_for(leaf, name)), "")
    if meant:
        return ok("matches", actual=listed, expected=meant, named=True, name=meant)
    reason = "other_names" if names else "no_names"
    return fail(reason, actual=listed, expected=seen.name, named=True, name=seen.name)


@cert_check
def weak_key(seen: Presented, _context: Context) -> Verdict:
    """A key in the chain is short enough to be broken, or of a kind nobody trusts any more."""
    strange = False
    for one in _below_root(seen.chain):
        smallest = SMALLEST_KEYS.get(one.key)
        if one.key == "dsa" or (smallest is not None and one.key_bits < smallest):
            return fail(
                "weak", actual=f"{one.key} {one.key_bits}", expected=str(smallest or "rsa 2048"),
                named=seen.named, key=one.key, bits=one.key_bits,
            )  # fmt: skip
        strange = strange or smallest is None
    if strange:
        return unknown("strange_key", named=seen.named)
    if len(seen.chain) < len(seen.sent):
        return unknown("unreadable", named=seen.named)
    leaf = seen.chain[0]
    return ok("strong", actual=f"{leaf.key} {leaf.key_bits}", named=seen.named, key=leaf.key,
              bits=leaf.key_bits)  # fmt: skip


@cert_check
def weak_signature(seen: Presented, _context: Context) -> Verdict:
    """A signature in the chain rests on MD5 or SHA-1; a root's own signature protects nothing."""
    signed = [one for one in seen.chain if not one.self_signed]
    weak = next((one.weak_hash for one in signed if one.weak_hash), "")
    if weak:
        return fail("weak", actual=weak, expected="sha256", named=seen.named, hash=weak)
    if len(seen.chain) < len(seen.sent):
        return unknown("unreadable", named=seen.named)
    return ok("strong", expected="sha256", named=seen.named)


def _below_root(chain: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """The server's certificate and those between it and the root."""
    return (chain[0], *(one for one in chain[1:] if not one.self_signed))


def _issued(child: Certificate, issuer: Certificate) -> bool:
    return bool(child.issuer == issuer.subject)
