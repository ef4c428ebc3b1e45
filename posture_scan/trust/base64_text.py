"""Base64 with exactly one text per byte sequence and alphabet.

Loose readers skip foreign characters and ignore the unused low bits of the last character,
so that several texts carry the same signature; here only one does.
"""

from __future__ import annotations

import base64
import binascii

from posture_scan.trust.codes import refusal


def encode(data: bytes) -> str:
    """Standard alphabet, padded (RFC 4648 §4)."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str, *, document: str, member: str) -> bytes:
    """Decode the standard or the URL-safe alphabet; padding and zero unused bits required.

    Raises:
        AnswerIsNoError: E-IN-005, naming the member.
    """
    altchars = b"-_" if "-" in text or "_" in text else b"+/"
    try:
        data = base64.b64decode(text, altchars=altchars, validate=True)
    except (binascii.Error, ValueError) as error:
        raise refusal("E-IN-005", document=document, member=member) from error
    if base64.b64encode(data, altchars).decode("ascii") != text:
        raise refusal("E-IN-005", document=document, member=member)
    return data
