"""First answers of this pack's protocols, for asking every recogniser about every other one.

Those of strongSwan 5.9.8, OpenVPN 2.6.14, xl2tpd 1.3.18 and pptpd 1.4.0 are what Debian's
daemons said on loopback (host name and session numbers replaced); the others are built from the
specifications named beside them.
"""

from __future__ import annotations

import struct

from posture_scan.checks.vpn import ike_questions

SPI2, SPI1 = ike_questions.SPI_V2, ike_questions.SPI_V1


def isakmp(spi: bytes, head: str, *payloads: bytes, responder: bytes = bytes(8)) -> bytes:
    """An ISAKMP message: next payload, version, exchange and flags in ``head``."""
    body = b"".join(payloads)
    return spi + responder + bytes.fromhex(head) + bytes(4) + (28 + len(body)).to_bytes(4) + body


def payload(following: int, body: bytes) -> bytes:
    return struct.pack(">BBH", following, 0, 4 + len(body)) + body


INVALID_KE = isakmp(SPI2, "29202220", payload(0, bytes.fromhex("00000011000e")))
NO_PROPOSAL = isakmp(SPI2, "29202220", payload(0, bytes.fromhex("0000000e")))
COOKIE = isakmp(SPI2, "29202220", payload(0, bytes.fromhex("00004006") + bytes(20)))
KNOWS_NO_V2 = isakmp(SPI2, "0b100500", payload(0, bytes.fromhex("0000000101000005")))
"""RFC 2408 section 3.14: INVALID-MAJOR-VERSION from a server of IKEv1."""

TRANSFORM_V1 = bytes.fromhex(
    "000000240101000080010005800200028003000180040002800b0001000c000400007080"
)
SA_V1 = (
    bytes.fromhex("0000000100000001")
    + struct.pack(">BBHBBBB", 0, 0, 8 + len(TRANSFORM_V1), 1, 1, 0, 1)
    + TRANSFORM_V1
)
XAUTH, DPD = bytes.fromhex("09002689dfd6b712"), bytes.fromhex("afcad71368a1f1c96b8696fc77570100")
FORTIGATE = bytes.fromhex("8299031757a36082c6a621de00050282")
MAIN_MODE = isakmp(
    SPI1, "01100200", payload(13, SA_V1), payload(13, XAUTH), payload(0, DPD),
    responder=b"responds",
)  # fmt: skip
REFUSED_V1 = isakmp(SPI1, "0b100500", payload(0, bytes.fromhex("000000010100000e")))
KNOWS_NO_V1 = isakmp(SPI1, "29200220", payload(0, bytes.fromhex("00000005")))

RESET = bytes.fromhex("40049b635e259908680100000000") + b"posture1" + bytes(4)
WIREGUARD = bytes.fromhex("02000000aabbccdd") + struct.pack("<I", 0x70737531) + bytes(80)
WIREGUARD_COOKIE = bytes.fromhex("03000000") + struct.pack("<I", 0x70737531) + bytes(56)
"""Message formats of the WireGuard paper, section 5.4; no server ever sent one unasked."""

L2TP = bytes.fromhex(
    "c8020063707300000000000180080000000000028008000000020100800a00000003000000038"
    "00a0000000400000000000800000006069080080000000768690013000000087865"
    "6c6572616e63652e636f6d800800000009d61a80080000000a0004"
)
L2TP_NO = bytes.fromhex("c802001e70730000000000018008000000000004800a0000000100020000")
PPTP = struct.pack(">HHIHH", 156, 1, 0x1A2B3C4D, 2, 0) + bytes(144)
PPTP_LINUX = (
    struct.pack(">HHIHH", 156, 1, 0x1A2B3C4D, 2, 0)
    + bytes.fromhex("01000100000000000000000000010001")
    + b"local".ljust(64, b"\0") + b"linux".ljust(64, b"\0")
)  # fmt: skip

SAMPLES: dict[str, tuple[bytes, ...]] = {
    "ike": (INVALID_KE, NO_PROPOSAL, COOKIE, KNOWS_NO_V2),
    "ike_natt": tuple(bytes(4) + one for one in (INVALID_KE, NO_PROPOSAL, COOKIE)),
    "ikev1": (MAIN_MODE, REFUSED_V1, KNOWS_NO_V1),
    "openvpn": (RESET,),
    "openvpn_tcp": (b"\x00\x1a" + RESET,),
    "wireguard": (WIREGUARD, WIREGUARD_COOKIE),
    "l2tp": (L2TP, L2TP_NO),
    "pptp": (PPTP, PPTP_LINUX),
}  # fmt: skip
