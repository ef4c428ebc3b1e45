"""Telling Ed25519 public keys that only their owner can sign with from all others.

OpenSSL accepts points of small order as keys, and for those one signature fits almost any
message: their owner could later claim to have signed something else, or nothing. A key passes
here when its encoding is canonical (RFC 8032 §5.1.3), the point is not of small order and it
lies in the subgroup of prime order, so that all verifiers agree about every signature.
"""

from __future__ import annotations

from typing import Final

_P: Final = 2**255 - 19
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE: Final = pow(2, (_P - 1) // 4, _P)
_KEY_BYTES: Final = 32

_Point = tuple[int, int, int, int]
"""Extended homogeneous coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z."""
_NEUTRAL: Final[_Point] = (0, 1, 1, 0)


def is_sound(public_key: bytes) -> bool:
    """Tell whether 32 raw bytes are a key of full strength (about 1 ms)."""
    point = _decode(public_key)
    if point is None or _is_neutral(_times(8, point)):
        return False
    return _is_neutral(_times(_ORDER, point))


def _decode(encoded: bytes) -> _Point | None:
    """Decompress a point; None where the encoding is not the canonical one of a point."""
    if len(encoded) != _KEY_BYTES:
        return None
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= _P:
        return None
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % _P)


def _x_of(y: int, sign: int) -> int | None:
    above, below = (y * y - 1) % _P, (_D * y * y + 1) % _P
    square = above * pow(below, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P:
        return None
    if x == 0 and sign:
        return None
    return _P - x if x & 1 != sign else x


def _times(scalar: int, point: _Point) -> _Point:
    result, power = _NEUTRAL, point
    while scalar:
        if scalar & 1:
            result = _add(result, power)
        power = _add(power, power)
        scalar >>= 1
    return result


def _add(left: _Point, right: _Point) -> _Point:
    """Add two points with the complete formula of RFC 8032 §5.1.4."""
    x1, y1, z1, t1 = left
    x2, y2, z2, t2 = right
    a = (y1 - x1) * (y2 - x2) % _P
    b = (y1 + x1) * (y2 + x2) % _P
    c = 2 * t1 * t2 * _D % _P
    d = 2 * z1 * z2 % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _is_neutral(point: _Point) -> bool:
    x, y, z, _ = point
    return x % _P == 0 and (y - z) % _P == 0
