"""Hashes of a site's icon, as public lists of devices give them.

Two are in use: MurmurHash3 (32 bit, x86, seed 0, signed) over the base64 text with a line break
every 76 characters, and MD5 over the bytes. Neither is used for security here.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

_MASK: Final = 0xFFFFFFFF
_C1: Final = 0xCC9E2D51
_C2: Final = 0x1B873593
_WORD: Final = 4
_SIGN: Final = 0x80000000


def favicon_hashes(icon: bytes) -> tuple[str, ...]:
    """Return both hashes of an icon as text; none for an empty one."""
    if not icon:
        return ()
    text = base64.encodebytes(icon)
    return str(murmur3(text)), hashlib.md5(icon, usedforsecurity=False).hexdigest()


def murmur3(data: bytes) -> int:
    """MurmurHash3_x86_32 with seed 0, as a signed number (Austin Appleby, public domain)."""
    state = 0
    whole = len(data) - len(data) % _WORD
    for at in range(0, whole, _WORD):
        state ^= _mixed(int.from_bytes(data[at : at + _WORD], "little"))
        state = _turned(state, 13)
        state = (state * 5 + 0xE6546B64) & _MASK
    if whole < len(data):
        state ^= _mixed(int.from_bytes(data[whole:], "little"))
    state ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        state = ((state ^ (state >> shift)) * factor) & _MASK
    state ^= state >> 16
    return state - (1 << 32) if state & _SIGN else state


def _mixed(word: int) -> int:
    return (_turned(word * _C1 & _MASK, 15) * _C2) & _MASK


def _turned(word: int, count: int) -> int:
    return (word << count | word >> (32 - count)) & _MASK
