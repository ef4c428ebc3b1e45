"""Diffie-Hellman parameters for servers: listed primes, and some that no standard lists."""

from __future__ import annotations

import base64
import functools
import subprocess

from tests.lab.daemon import program

OAKLEY_2 = (
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E34"
    "04DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6"
    "F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF"
)
"""The 1024-bit prime of RFC 2409 6.2."""
OWN_1024 = (
    "C3E329FF733C7FC9C6AC2D793B28C9DFCD9470BFFDDA8ADCB4F42DD9AE95CE5B2F4C67D24D693C499F08C2B980A3"
    "19B7B98A90AA61076B2A0C808240608002029F7318AB0F2AA7B1305EB92BD2770CF9D10DBE9583D75599891637F5"
    "A5EE857F3E031049E18BC761E0B4B78A9F43C11E6350D7E0A71D83C38481148674DB18AF"
)
OWN_512 = (
    "E94FFBD4E979ABDF83D9921403B23FF65982A3502C2EB96656D09E96B85DF9F875DE4D63EE0AD95DDA6DB4B01504"
    "339517CB2E5C5075B34AF8FBBE2A2A4092B3"
)
"""Safe primes made once with ``openssl prime -generate -safe``."""


def _der(kind: int, body: bytes) -> bytes:
    size = bytes([len(body)]) if len(body) < 0x80 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([kind]) + size + body


def own(prime: str) -> str:
    """DHParameter of PKCS #3 for this prime and the generator 2, as PEM."""
    inner = _der(2, b"\0" + bytes.fromhex(prime)) + _der(2, b"\x02")
    body = base64.encodebytes(_der(0x30, inner)).decode()
    return f"-----BEGIN DH PARAMETERS-----\n{body}-----END DH PARAMETERS-----\n"


@functools.cache
def listed(group: str) -> str:
    """The parameters of a group that OpenSSL knows, such as ``modp_2048`` or ``ffdhe3072``."""
    argv = [program("openssl"), "genpkey", "-genparam", "-algorithm", "DH"]
    made = subprocess.run(
        [*argv, "-pkeyopt", f"group:{group}"], check=True, capture_output=True, text=True
    )
    return made.stdout
