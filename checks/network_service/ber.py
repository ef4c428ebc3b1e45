"""ASN.1's basic encoding rules (ITU-T X.690), as far as LDAP, SNMP and Kerberos need them."""

from __future__ import annotations

from typing import Final, NamedTuple

INTEGER: Final = 0x02
OCTETS: Final = 0x04
SEQUENCE: Final = 0x30

_LONG_FORM: Final = 0x80
_LENGTH_BYTES: Final = 4
_MOST: Final = 32
"""Elements that are read on one level: no answer asked for here has more."""


class Element(NamedTuple):
    """One tag and what it holds."""

    tag: int
    value: bytes


def write(tag: int, *parts: bytes) -> bytes:
    """Return an element that holds the parts, at most 65,535 bytes of them."""
    value = b"".join(parts)
    if len(value) < _LONG_FORM:
        return bytes([tag, len(value)]) + value
    return bytes([tag, 0x82]) + len(value).to_bytes(2, "big") + value


def integer(number: int, size: int = 1) -> bytes:
    """Return a whole number in ``size`` bytes."""
    return write(INTEGER, number.to_bytes(size, "big"))


def read(data: bytes) -> tuple[Element, ...]:
    """Return the elements one after another, up to the first that is broken or cut off."""
    found: list[Element] = []
    while data and len(found) < _MOST:
        length, start = _length(data)
        if length < 0 or start + length > len(data):
            break
        found.append(Element(data[0], data[start : start + length]))
        data = data[start + length :]
    return tuple(found)


def _length(data: bytes) -> tuple[int, int]:
    """Return an element's length and where its value starts; -1 where there is none."""
    if len(data) < 2:  # noqa: PLR2004 -- a tag and a length
        return -1, 0
    first = data[1]
    if first < _LONG_FORM:
        return first, 2
    size = first - _LONG_FORM
    if not 1 <= size <= _LENGTH_BYTES or len(data) < 2 + size:
        return -1, 0
    return int.from_bytes(data[2 : 2 + size], "big"), 2 + size


def children(data: bytes, *tags: int) -> tuple[Element, ...]:
    """Return what the first element holds if it has one of these tags; else nothing."""
    first = read(data)[:1]
    return read(first[0].value) if first and first[0].tag in tags else ()


def number(element: Element) -> int:
    """Return an integer's value; -1 for what is none, or is longer than eight bytes."""
    if element.tag != INTEGER or not 1 <= len(element.value) <= 8:  # noqa: PLR2004
        return -1
    return int.from_bytes(element.value, "big", signed=True)
