"""The certificate a TLS service shows: dates, issuer, name, key and signature.

Judged from the chain as it was sent; only whether the issuer is trusted was settled when it
was collected. Questions of name and trust do not arise for a service known by address only.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from posture_scan.checks.encryption.certificate import Certificate, is_for, read_chain, shown
from posture_scan.checks.encryption.collect_tls import TlsFacts

from posture_scan.sdk import Context, Verdict, check, fail, not_applicable, ok, unknown

SOON: Final = timedelta(days=14)
"""Certificates renewed by machine are replaced 30 days before their end; two weeks is late."""
_DATE: Final = "%Y-%m-%d"

SMALLEST_KEYS: Final = {"rsa": 2048, "ec": 224, "ed25519": 0, "ed448": 0}
"""Bits that NIST SP 800-131A rev. 2 asks for; DSA is not on the list at any length."""


def _chain(seen: TlsFacts) -> tuple[Certificate, ...] | Verdict:
    """The readable certificates, the server's own first, or why there are none."""
    named = bool(seen.name)
    if not seen.chain:
        return unknown("no_certificate", named=named)
    return read_chain(seen.chain) or unknown("unreadable", named=named)


def _named_chain(seen: TlsFacts) -> tuple[Certificate, ...] | Verdict:
    """The same for a question about the name: it does not arise where none was given."""
    return _chain(seen) if seen.name else not_applicable("no_name", named=False)


@check(needs=TlsFacts)
def expired(seen: TlsFacts, context: Context) -> Verdict:
    """The certificate, or the one that issued it, is past its last day."""
    chain = _chain(seen)
    if isinstance(chain, Verdict):
        return chain
    leaf, issuers = chain[0], [one for one in chain[1:] if one.subject == chain[0].issuer]
    values = {"named": bool(seen.name), "date": leaf.not_after.strftime(_DATE)}
    if leaf.not_after < context.now:
        return fail("past", actual=str(values["date"]), **values)
    # several issuers of the same name may be sent; one that is still valid is enough
    if issuers and all(one.not_after < context.now for one in issuers):
        date = max(one.not_after for one in issuers).strftime(_DATE)
        return fail("issuer_past", actual=date, **{**values, "date": date})
    return ok("in_time", actual=str(values["date"]), **values)


@check(needs=TlsFacts)
def expiring_soon(seen: TlsFacts, context: Context) -> Verdict:
    """The certificate has at most fourteen days left."""
    chain = _chain(seen)
    if isinstance(chain, Verdict):
        return chain
    left = chain[0].not_after - context.now
    named, date = bool(seen.name), chain[0].not_after.strftime(_DATE)
    if left < timedelta(0):
        return not_applicable("already_expired", named=named, date=date)
    if left <= SOON:
        return fail("soon", actual=date, named=named, date=date, days=left.days)
    return ok("in_time", actual=date, named=named, date=date, days=left.days)


@check(needs=TlsFacts)
def not_yet_valid(seen: TlsFacts, context: Context) -> Verdict:
    """The certificate's first day is still to come."""
    chain = _chain(seen)
    if isinstance(chain, Verdict):
        return chain
    named, date = bool(seen.name), chain[0].not_before.strftime(_DATE)
    if chain[0].not_before > context.now:
        return fail("future", actual=date, named=named, date=date)
    return ok("in_time", actual=date, named=named, date=date)


@check(needs=TlsFacts)
def self_signed(seen: TlsFacts) -> Verdict:
    """The server vouches for itself: its certificate is its own issuer and not trusted here."""
    chain = _named_chain(seen)
    if isinstance(chain, Verdict):
        return chain
    if seen.trust == "trusted":
        return ok("issued", named=True)
    if chain[0].self_signed or seen.trust == "self_signed":
        return fail("own_issuer", actual=chain[0].issuer_text, named=True)
    return ok("issued", actual=chain[0].issuer_text, named=True)


@check(needs=TlsFacts)
def untrusted_ca(seen: TlsFacts) -> Verdict:
    """The certificate's issuer is not one that computers trust."""
    chain = _named_chain(seen)
    if isinstance(chain, Verdict):
        return chain
    if seen.trust == "trusted":
        return ok("trusted", named=True)
    if seen.trust == "self_signed" or chain[0].self_signed:
        return not_applicable("self_signed", named=True)
    if seen.trust == "unknown_ca":
        return fail("unknown_issuer", actual=chain[-1].issuer_text, named=True)
    return unknown("incomplete" if seen.trust == "incomplete" else "not_judged", named=True)


@check(needs=TlsFacts)
def incomplete_chain(seen: TlsFacts) -> Verdict:
    """The server leaves out a certificate that leads to the trusted issuer."""
    chain = _named_chain(seen)
    if isinstance(chain, Verdict):
        return chain
    if seen.trust == "incomplete":
        return fail("missing", actual=str(len(chain)), named=True)
    if seen.trust in ("self_signed", "unknown_ca"):
        return not_applicable("not_trusted_anyway", named=True)
    if seen.trust == "trusted":
        return ok("complete", actual=str(len(chain)), named=True)
    return unknown("not_judged", named=True)


@check(needs=TlsFacts)
def hostname_mismatch(seen: TlsFacts) -> Verdict:
    """The certificate was issued for other names than the one the service is used under."""
    chain = _named_chain(seen)
    if isinstance(chain, Verdict):
        return chain
    names = (*chain[0].dns_names, *chain[0].addresses)
    listed = shown(" ".join(names[:5]))
    if is_for(chain[0], seen.name):
        return ok("matches", actual=listed, expected=seen.name, named=True, name=seen.name)
    reason = "other_names" if names else "no_names"
    return fail(reason, actual=listed, expected=seen.name, named=True, name=seen.name)


@check(needs=TlsFacts)
def weak_key(seen: TlsFacts) -> Verdict:
    """A key in the chain is short enough to be broken, or of a kind nobody trusts any more."""
    chain = _chain(seen)
    if isinstance(chain, Verdict):
        return chain
    named = bool(seen.name)
    strange = False
    for one in _below_root(chain):
        smallest = SMALLEST_KEYS.get(one.key)
        if one.key == "dsa" or (smallest is not None and one.key_bits < smallest):
            return fail(
                "weak", actual=f"{one.key} {one.key_bits}", expected=str(smallest or "rsa 2048"),
                named=named, key=one.key, bits=one.key_bits,
            )  # fmt: skip
        strange = strange or smallest is None
    if strange:
        return unknown("strange_key", named=named)
    if len(chain) < len(seen.chain):
        return unknown("unreadable", named=named)
    leaf = chain[0]
    return ok("strong", actual=f"{leaf.key} {leaf.key_bits}", named=named, key=leaf.key,
              bits=leaf.key_bits)  # fmt: skip


@check(needs=TlsFacts)
def weak_signature(seen: TlsFacts) -> Verdict:
    """A signature in the chain rests on MD5 or SHA-1; a root's own signature protects nothing."""
    chain = _chain(seen)
    if isinstance(chain, Verdict):
        return chain
    named = bool(seen.name)
    signed = [one for one in chain if not one.self_signed]
    weak = next((one.weak_hash for one in signed if one.weak_hash), "")
    if weak:
        return fail("weak", actual=weak, expected="sha256", named=named, hash=weak)
    if len(chain) < len(seen.chain):
        return unknown("unreadable", named=named)
    return ok("strong", expected="sha256", named=named)


def _below_root(chain: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """The server's certificate and those between it and the root."""
    return (chain[0], *(one for one in chain[1:] if not one.self_signed))
