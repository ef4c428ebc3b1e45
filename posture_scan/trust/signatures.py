"""Who signed, and whether that is everyone who had to.

Before the payload may be read, at least one trusted key must have signed it. Then the signed
bytes themselves say which keys in which roles signed, so that a signature cannot be taken off,
put on, or moved to another role.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from posture_scan.trust import dsse
from posture_scan.trust.codes import refusal, short
from posture_scan.trust.outcome import Protocol
from posture_scan.trust.policy import Policy
from posture_scan.trust.public_key import KEYID_LENGTH, grouped
from posture_scan.trust.store import TrustedKey, TrustStore

_STEP = "signature"


@dataclass(frozen=True)
class NamedSigner:
    """A signer as the signed bytes name it."""

    role: str
    keyid: str


def made_by_trusted(
    envelope: dsse.Envelope, store: TrustStore, policy: Policy, protocol: Protocol
) -> tuple[TrustedKey, ...]:
    """The trusted keys that signed these bytes, each once.

    Raises:
        AnswerIsNoError: E-SIG-005 for changed bytes, E-SIG-008 for a changed key id.
        NotTrustedError: E-SIG-004 for a signer this store does not know.
    """
    makers = dsse.makers(envelope, [entry.key for entry in store.keys])
    if not any(makers):
        raise _stranger(envelope.signatures, store)
    accepted: dict[str, TrustedKey] = {}
    for signature, maker in zip(envelope.signatures, makers, strict=True):
        if maker is None:
            if not policy.allow_foreign_layout:
                raise _stranger((signature,), store)
            protocol.note(_STEP, "E-SIG-010", keyid=_shown(signature.keyid))
            continue
        if signature.keyid != maker.keyid and not policy.allow_foreign_layout:
            raise refusal("E-SIG-008", got=_shown(signature.keyid), expected=short(maker.keyid))
        entry = store.find(maker.keyid)
        if entry is not None:
            accepted[maker.keyid] = entry
    return tuple(accepted.values())


def named_signers(predicate: dict[str, Any]) -> tuple[NamedSigner, ...]:
    """Read who, by the signed bytes, signed.

    Raises:
        AnswerIsNoError: E-TYP-005 for a malformed list, E-SIG-003 for a key in two roles.
    """
    listed = predicate.get("signers")
    if not isinstance(listed, list) or not 0 < len(listed) <= dsse.MAX_SIGNATURES:
        raise refusal("E-TYP-005", member="predicate.signers")
    named: dict[str, NamedSigner] = {}
    for number, item in enumerate(listed):
        role, keyid = (
            (item.get("role"), item.get("keyid")) if isinstance(item, dict) else (None, None)
        )
        if not isinstance(role, str) or not isinstance(keyid, str):
            raise refusal("E-TYP-005", member=f"predicate.signers[{number}]")
        if keyid in named:
            raise refusal(
                "E-SIG-003", keyid=_shown(keyid), first=named[keyid].role[:40], second=role[:40]
            )
        named[keyid] = NamedSigner(role, keyid)
    return tuple(named.values())


def judge(
    accepted: tuple[TrustedKey, ...],
    named: tuple[NamedSigner, ...],
    *,
    envelope: dsse.Envelope,
    store: TrustStore,
    policy: Policy,
) -> None:
    """Compare who signed with who says so, and with what the policy asks.

    Raises:
        AnswerIsNoError: E-SIG-001, 002, 009, E-KEY-003 or 006.
        NotTrustedError: E-SIG-004 for a named signer this store does not know.
    """
    tried = len(envelope.signatures)
    roles = {signer.keyid: signer.role for signer in named}
    for entry in accepted:
        if entry.key.keyid not in roles:
            raise refusal(
                "E-KEY-003", named=_shown(named[0].keyid), role=named[0].role[:40],
                got=short(entry.key.keyid),
            )  # fmt: skip
    signed = {entry.key.keyid for entry in accepted}
    for signer in named:
        _judge_named(signer, signed, tried, store, policy)
    _judge_thresholds(accepted, named, store, policy)
    if tried != len(named) and not policy.allow_foreign_layout:
        raise refusal("E-SIG-009", got=tried, expected=len(named))


def _judge_named(
    signer: NamedSigner, signed: set[str], tried: int, store: TrustStore, policy: Policy
) -> None:
    entry = store.find(signer.keyid)
    if entry is None:
        raise _unknown(signer.keyid)
    if entry.role != signer.role:
        raise refusal(
            "E-KEY-006", keyid=short(signer.keyid), got=signer.role[:40], expected=entry.role
        )
    if signer.keyid not in signed or signer.role not in policy.accept_roles:
        trusted = sum(1 for other in store.keys if other.role == signer.role)
        raise refusal("E-SIG-001", role=signer.role, tried=tried, trusted=trusted)


def _judge_thresholds(
    accepted: tuple[TrustedKey, ...],
    named: tuple[NamedSigner, ...],
    store: TrustStore,
    policy: Policy,
) -> None:
    counted = Counter(entry.role for entry in accepted)
    for role, needed in policy.require.items():
        if counted[role] == 0:
            trusted = sum(1 for other in store.keys if other.role == role)
            raise refusal("E-SIG-001", role=role, tried=len(named), trusted=trusted)
        if counted[role] < needed:
            raise refusal("E-SIG-002", role=role, expected=needed, got=counted[role])


def _stranger(signatures: tuple[dsse.Signature, ...], store: TrustStore) -> Exception:
    """Tell changed bytes under a known key from a signer nobody enrolled."""
    for signature in signatures:
        entry = store.find(signature.keyid)
        if entry is not None:
            return refusal("E-SIG-005", name=entry.name, keyid=short(entry.key.keyid))
    return _unknown(signatures[0].keyid)


def _unknown(keyid: str) -> Exception:
    is_keyid = re.fullmatch(f"[0-9a-f]{{{KEYID_LENGTH}}}", keyid)
    fingerprint = grouped(keyid) if is_keyid else "-"
    return refusal("E-SIG-004", keyid=_shown(keyid), fingerprint=fingerprint)


def _shown(keyid: str) -> str:
    """A key id from a message, harmless to print."""
    return short(re.sub("[^0-9a-zA-Z]", "?", keyid)) or "-"
