"""DSSE v1 envelopes (github.com/secure-systems-lab/dsse), read more strictly than it asks.

An envelope says which bytes were signed, as which type, and with what signatures. The payload
is decoded once; those very bytes are verified and handed on, and nothing is read twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from posture_scan.trust import base64_text, canonical, strict_json
from posture_scan.trust.codes import refusal
from posture_scan.trust.public_key import PublicKey

DOCUMENT: Final = ".signed.json"
"""What messages call an envelope: the ending of its file."""
MAX_SIGNATURES: Final = 16
"""More would make a verifier try keys for nothing."""
_MAX_KEYID: Final = 256


class Signing(Protocol):
    """What can sign: a private key that knows its key id."""

    @property
    def keyid(self) -> str:
        """SHA-256 of the public key, in hexadecimal."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign a message by the key's own algorithm."""
        ...


@dataclass(frozen=True)
class Signature:
    """One signature as it stands in an envelope; the key id is a hint nobody vouches for."""

    sig: bytes
    keyid: str = ""


@dataclass(frozen=True)
class Envelope:
    """Payload bytes, their type and signatures, not verified yet."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]
    unknown_members: tuple[str, ...] = ()

    def signed_bytes(self) -> bytes:
        """The bytes each signature covers."""
        return pae(self.payload_type, self.payload)

    def to_bytes(self) -> bytes:
        """Write the envelope in the one layout this program writes."""
        return canonical.dumps(
            {
                "payload": base64_text.encode(self.payload),
                "payloadType": self.payload_type,
                "signatures": [
                    {"keyid": item.keyid, "sig": base64_text.encode(item.sig)}
                    for item in self.signatures
                ],
            }
        )


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: lengths in bytes make type and payload inseparable."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, keys: Sequence[Signing]) -> Envelope:
    """Sign a payload with each key, in the order given."""
    message = pae(payload_type, payload)
    signatures = tuple(Signature(key.sign(message), key.keyid) for key in keys)
    return Envelope(payload_type, payload, signatures)


def parse(data: bytes) -> Envelope:
    """Read an envelope without believing it.

    Raises:
        AnswerIsNoError: one of the E-IN codes.
    """
    members = strict_json.loads(data, DOCUMENT)
    if not isinstance(members, dict):
        raise refusal("E-IN-012", document=DOCUMENT, member="$")
    for name in ("payload", "payloadType", "signatures"):
        if name not in members:
            raise refusal("E-IN-004", document=DOCUMENT, member=name)
    payload_type = _text(members, "payloadType", "payloadType")
    payload = base64_text.decode(
        _text(members, "payload", "payload"), document=DOCUMENT, member="payload"
    )
    listed = members["signatures"]
    if not isinstance(listed, list):
        raise refusal("E-IN-012", document=DOCUMENT, member="signatures")
    if not listed:
        raise refusal("E-IN-004", document=DOCUMENT, member="signatures[0]")
    if len(listed) > MAX_SIGNATURES:
        raise refusal("E-IN-006", got=len(listed), limit=MAX_SIGNATURES)
    signatures = tuple(_signature(item, number) for number, item in enumerate(listed))
    return Envelope(payload_type, payload, signatures, _unknown(members, listed))


def makers(envelope: Envelope, keys: Sequence[PublicKey]) -> tuple[PublicKey | None, ...]:
    """Name, for each signature, the key that made it, or None where none of these did.

    A key named by the hint is tried first, then all others: a wrong or missing hint never
    hides a good signature and never makes a bad one pass.
    """
    message = envelope.signed_bytes()
    found: list[PublicKey | None] = []
    for signature in envelope.signatures:
        candidates = sorted(keys, key=lambda key: key.keyid != signature.keyid)
        fitting = (key for key in candidates if key.fits(signature.sig, message))
        found.append(next(fitting, None))
    return tuple(found)


def _signature(item: Any, number: int) -> Signature:
    where = f"signatures[{number}]"
    if not isinstance(item, dict):
        raise refusal("E-IN-012", document=DOCUMENT, member=where)
    if "sig" not in item:
        raise refusal("E-IN-004", document=DOCUMENT, member=f"{where}.sig")
    keyid = _text(item, "keyid", f"{where}.keyid") if "keyid" in item else ""
    if len(keyid) > _MAX_KEYID:
        raise refusal("E-IN-012", document=DOCUMENT, member=f"{where}.keyid")
    text = _text(item, "sig", f"{where}.sig")
    return Signature(base64_text.decode(text, document=DOCUMENT, member=f"{where}.sig"), keyid)


def _text(members: dict[str, Any], name: str, where: str) -> str:
    value = members[name]
    if not isinstance(value, str):
        raise refusal("E-IN-012", document=DOCUMENT, member=where)
    return value


def _unknown(members: dict[str, Any], listed: list[dict[str, Any]]) -> tuple[str, ...]:
    """Members DSSE does not know; its readers ignore them, ours also say so."""
    outer = sorted(set(members) - {"payload", "payloadType", "signatures"})
    inner = {
        f"signatures[{number}].{name}"
        for number, item in enumerate(listed)
        for name in set(item) - {"keyid", "sig"}
    }
    return (*outer, *sorted(inner))
