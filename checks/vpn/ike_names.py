"""The numbers of IKE and what they stand for (IANA registries of IKEv1 and IKEv2)."""

from __future__ import annotations

from typing import Final

WEAK_GROUPS: Final = (1, 2, 5)
"""Diffie-Hellman groups of 768, 1024 and 1536 bits: RFC 8247 section 2.4 turns them down."""

V1_CIPHERS: Final = {1: "DES", 2: "IDEA", 3: "Blowfish", 4: "RC5", 5: "3DES", 6: "CAST", 7: "AES"}
V1_HASHES: Final = {1: "MD5", 2: "SHA1", 3: "Tiger", 4: "SHA2-256", 5: "SHA2-384", 6: "SHA2-512"}
V1_LOGONS: Final = {
    1: "PSK", 2: "DSS", 3: "RSA", 9: "ECDSA-256", 10: "ECDSA-384", 11: "ECDSA-521",
    64221: "hybrid RSA", 65001: "XAUTH PSK", 65005: "XAUTH RSA",
}  # fmt: skip

V2_CIPHERS: Final = {
    1: "DES", 2: "DES", 3: "3DES", 5: "IDEA", 6: "CAST", 7: "Blowfish", 12: "AES-CBC",
    13: "AES-CTR", 18: "AES-GCM", 19: "AES-GCM", 20: "AES-GCM", 23: "Camellia", 28: "ChaCha20",
}  # fmt: skip
V2_PRFS: Final = {
    1: "PRF-MD5", 2: "PRF-SHA1", 4: "PRF-AES", 5: "PRF-SHA2-256", 6: "PRF-SHA2-384",
    7: "PRF-SHA2-512",
}  # fmt: skip
V2_INTEGRITY: Final = {
    1: "MD5", 2: "SHA1", 5: "AES-XCBC", 12: "SHA2-256", 13: "SHA2-384", 14: "SHA2-512",
}  # fmt: skip
WEAK_NAMES: Final = ("DES", "3DES", "MD5", "PRF-MD5")
"""RFC 8247 sections 2.1 to 2.3; 3DES has blocks of 64 bits and no place in a new set-up."""

_VENDORS: Final = (
    ("882fe56d6fd20dbc2251613b2ebe5beb", "strongSwan"),
    ("8299031757a36082c6a621de", "FortiGate"),
    ("f4ed19e0c114eb516faaac0ee37daf2807b4381f", "Check Point"),
    ("5b362bc820f600", "SonicWall"),
    ("699369228741c6d4ca094c93e242c9de19e7b7c6", "Juniper"),
    ("1f07f70eaa6514d3b0fa96542a50", "Cisco VPN 3000"),
    ("12f5f28c457168a9702d9fe274cc", "Cisco Unity"),
    ("1e2b516905991c7d7c96fcbfb587e461", "Windows"),
    ("7003cbc1097dbe9c2600ba6983bc8b35", "racoon"),
    ("09002689dfd6b712", "XAUTH"),
    ("afcad71368a1f1c96b8696fc7757", "DPD"),
    ("4a131c81070358455c5728f20e95452f", "NAT-T"),
    ("7d9419a65310ca6f2c179d9215529d56", "NAT-T"),
    ("90cb80913ebb696e086381b5ec427b1f", "NAT-T"),
    ("cd60464335df21f87cfdb2fc68b6a448", "NAT-T"),
    ("4485152d18b6bbcd0be8a8469579ddcc", "NAT-T"),
    ("4048b7d56ebce88525e7de7f00d6c2d3", "fragmentation"),
)
"""Vendor ids by their first bytes: products first, then abilities that many products share.

Fortinet, Check Point, SonicWall and Juniper: as their devices' peers log them. An id can be
imitated: it is a hint at the product, never a proof.
"""
ABILITIES: Final = ("Cisco Unity", "XAUTH", "DPD", "NAT-T", "fragmentation")
"""Ids that name an ability; Cisco's Unity client extension is spoken by others too."""


def vendor(data: bytes) -> str:
    """Return the name of a vendor id, or an empty string for one that is not known."""
    text = data[:64].hex()
    return next((name for start, name in _VENDORS if text.startswith(start)), "")


def named(table: dict[int, str], kind: str, number: int, bits: int = 0) -> str:
    """Return an algorithm's name, with its key length where one was given."""
    name = table.get(number, f"{kind} {number}")
    return f"{name}-{bits}" if bits else name


def weak_parts(names: tuple[str, ...], group: int) -> tuple[str, ...]:
    """Return which of the accepted algorithms are weak, the group among them."""
    weak = tuple(name for name in names if name in WEAK_NAMES)
    return (*weak, f"group {group}") if group in WEAK_GROUPS else weak
