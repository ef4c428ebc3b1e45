"""Cipher suites by number: what each protects with, and which of them nobody should accept.

Numbers and names are those of the IANA registry "TLS Cipher Suites"; the two 56-bit export
families (0x0062 to 0x0066) come from draft-ietf-tls-56-bit-ciphersuites. SSL 2.0 kinds are
those of the SSL 2.0 specification, section C.4.
"""

from __future__ import annotations

from typing import Final

FALLBACK_OF_RENEGOTIATION: Final = 0x00FF
"""TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 3.3): asks for secure renegotiation."""

FALLBACK_SCSV: Final = 0x5600
"""TLS_FALLBACK_SCSV (RFC 7507): says that the client has a newer version than it offers."""

WEAK_CLASSES: Final = ("null", "anon", "export", "des", "rc4", "3des")
"""What a suite may be weak for, worst first."""

SUITES: Final[dict[int, str]] = {
    # forward-secret, authenticated encryption first: the order in which they are offered
    0xC02B: "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    0xC02C: "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    0xC02F: "ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    0xC030: "ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    0xCCA9: "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    0xCCA8: "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    0xC0AC: "ECDHE_ECDSA_WITH_AES_128_CCM",
    0xC0AD: "ECDHE_ECDSA_WITH_AES_256_CCM",
    0xC0AE: "ECDHE_ECDSA_WITH_AES_128_CCM_8",
    0xC0AF: "ECDHE_ECDSA_WITH_AES_256_CCM_8",
    0xC05C: "ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256",
    0xC05D: "ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384",
    0xC060: "ECDHE_RSA_WITH_ARIA_128_GCM_SHA256",
    0xC061: "ECDHE_RSA_WITH_ARIA_256_GCM_SHA384",
    0xC086: "ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256",
    0xC087: "ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384",
    0xC08A: "ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256",
    0xC08B: "ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384",
    0xC023: "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    0xC024: "ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    0xC027: "ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    0xC028: "ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    0xC009: "ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    0xC00A: "ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    0xC013: "ECDHE_RSA_WITH_AES_128_CBC_SHA",
    0xC014: "ECDHE_RSA_WITH_AES_256_CBC_SHA",
    0xC072: "ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256",
    0xC073: "ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384",
    0xC076: "ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256",
    0xC077: "ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384",
    0xC048: "ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256",
    0xC049: "ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384",
    0xC04C: "ECDHE_RSA_WITH_ARIA_128_CBC_SHA256",
    0xC04D: "ECDHE_RSA_WITH_ARIA_256_CBC_SHA384",
    0x009E: "DHE_RSA_WITH_AES_128_GCM_SHA256",
    0x009F: "DHE_RSA_WITH_AES_256_GCM_SHA384",
    0xCCAA: "DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    0x00A2: "DHE_DSS_WITH_AES_128_GCM_SHA256",
    0x00A3: "DHE_DSS_WITH_AES_256_GCM_SHA384",
    0xC09E: "DHE_RSA_WITH_AES_128_CCM",
    0xC09F: "DHE_RSA_WITH_AES_256_CCM",
    0x0067: "DHE_RSA_WITH_AES_128_CBC_SHA256",
    0x006B: "DHE_RSA_WITH_AES_256_CBC_SHA256",
    0x0040: "DHE_DSS_WITH_AES_128_CBC_SHA256",
    0x006A: "DHE_DSS_WITH_AES_256_CBC_SHA256",
    0x0033: "DHE_RSA_WITH_AES_128_CBC_SHA",
    0x0039: "DHE_RSA_WITH_AES_256_CBC_SHA",
    0x0032: "DHE_DSS_WITH_AES_128_CBC_SHA",
    0x0038: "DHE_DSS_WITH_AES_256_CBC_SHA",
    0x0044: "DHE_DSS_WITH_CAMELLIA_128_CBC_SHA",
    0x0087: "DHE_DSS_WITH_CAMELLIA_256_CBC_SHA",
    0x0045: "DHE_RSA_WITH_CAMELLIA_128_CBC_SHA",
    0x0088: "DHE_RSA_WITH_CAMELLIA_256_CBC_SHA",
    0x009A: "DHE_RSA_WITH_SEED_CBC_SHA",
    0xC0A2: "DHE_RSA_WITH_AES_128_CCM_8",
    0xC0A3: "DHE_RSA_WITH_AES_256_CCM_8",
    0xC052: "DHE_RSA_WITH_ARIA_128_GCM_SHA256",
    0xC053: "DHE_RSA_WITH_ARIA_256_GCM_SHA384",
    0xC07C: "DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256",
    0xC07D: "DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384",
    0x00BE: "DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256",
    0x00C4: "DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256",
    # the session key is sent under the certificate's own key: no forward secrecy
    0x009C: "RSA_WITH_AES_128_GCM_SHA256",
    0x009D: "RSA_WITH_AES_256_GCM_SHA384",
    0xC09C: "RSA_WITH_AES_128_CCM",
    0xC09D: "RSA_WITH_AES_256_CCM",
    0x003C: "RSA_WITH_AES_128_CBC_SHA256",
    0x003D: "RSA_WITH_AES_256_CBC_SHA256",
    0x002F: "RSA_WITH_AES_128_CBC_SHA",
    0x0035: "RSA_WITH_AES_256_CBC_SHA",
    0x0041: "RSA_WITH_CAMELLIA_128_CBC_SHA",
    0x0084: "RSA_WITH_CAMELLIA_256_CBC_SHA",
    0x0096: "RSA_WITH_SEED_CBC_SHA",
    0xC0A0: "RSA_WITH_AES_128_CCM_8",
    0xC0A1: "RSA_WITH_AES_256_CCM_8",
    0xC050: "RSA_WITH_ARIA_128_GCM_SHA256",
    0xC051: "RSA_WITH_ARIA_256_GCM_SHA384",
    0xC07A: "RSA_WITH_CAMELLIA_128_GCM_SHA256",
    0xC07B: "RSA_WITH_CAMELLIA_256_GCM_SHA384",
    0x00BA: "RSA_WITH_CAMELLIA_128_CBC_SHA256",
    0x00C0: "RSA_WITH_CAMELLIA_256_CBC_SHA256",
    0x0007: "RSA_WITH_IDEA_CBC_SHA",
    0xC004: "ECDH_ECDSA_WITH_AES_128_CBC_SHA",
    0xC005: "ECDH_ECDSA_WITH_AES_256_CBC_SHA",
    0xC00E: "ECDH_RSA_WITH_AES_128_CBC_SHA",
    0xC00F: "ECDH_RSA_WITH_AES_256_CBC_SHA",
    # weak, least bad first
    0xC008: "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
    0xC012: "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0x0016: "DHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0x0013: "DHE_DSS_WITH_3DES_EDE_CBC_SHA",
    0x000A: "RSA_WITH_3DES_EDE_CBC_SHA",
    0xC003: "ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA",
    0xC00D: "ECDH_RSA_WITH_3DES_EDE_CBC_SHA",
    0xC007: "ECDHE_ECDSA_WITH_RC4_128_SHA",
    0xC011: "ECDHE_RSA_WITH_RC4_128_SHA",
    0x0005: "RSA_WITH_RC4_128_SHA",
    0x0004: "RSA_WITH_RC4_128_MD5",
    0x0066: "DHE_DSS_WITH_RC4_128_SHA",
    0xC002: "ECDH_ECDSA_WITH_RC4_128_SHA",
    0xC00C: "ECDH_RSA_WITH_RC4_128_SHA",
    0x0015: "DHE_RSA_WITH_DES_CBC_SHA",
    0x0012: "DHE_DSS_WITH_DES_CBC_SHA",
    0x0009: "RSA_WITH_DES_CBC_SHA",
    0x0062: "RSA_EXPORT1024_WITH_DES_CBC_SHA",
    0x0063: "DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA",
    0x0064: "RSA_EXPORT1024_WITH_RC4_56_SHA",
    0x0065: "DHE_DSS_EXPORT1024_WITH_RC4_56_SHA",
    0x0014: "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
    0x0011: "DHE_DSS_EXPORT_WITH_DES40_CBC_SHA",
    0x0008: "RSA_EXPORT_WITH_DES40_CBC_SHA",
    0x0006: "RSA_EXPORT_WITH_RC2_CBC_40_MD5",
    0x0003: "RSA_EXPORT_WITH_RC4_40_MD5",
    0x00A6: "DH_anon_WITH_AES_128_GCM_SHA256",
    0x00A7: "DH_anon_WITH_AES_256_GCM_SHA384",
    0x006C: "DH_anon_WITH_AES_128_CBC_SHA256",
    0x006D: "DH_anon_WITH_AES_256_CBC_SHA256",
    0xC018: "ECDH_anon_WITH_AES_128_CBC_SHA",
    0xC019: "ECDH_anon_WITH_AES_256_CBC_SHA",
    0x0034: "DH_anon_WITH_AES_128_CBC_SHA",
    0x003A: "DH_anon_WITH_AES_256_CBC_SHA",
    0x0046: "DH_anon_WITH_CAMELLIA_128_CBC_SHA",
    0x0089: "DH_anon_WITH_CAMELLIA_256_CBC_SHA",
    0x00BF: "DH_anon_WITH_CAMELLIA_128_CBC_SHA256",
    0x00C5: "DH_anon_WITH_CAMELLIA_256_CBC_SHA256",
    0xC017: "ECDH_anon_WITH_3DES_EDE_CBC_SHA",
    0x001B: "DH_anon_WITH_3DES_EDE_CBC_SHA",
    0xC016: "ECDH_anon_WITH_RC4_128_SHA",
    0x0018: "DH_anon_WITH_RC4_128_MD5",
    0x001A: "DH_anon_WITH_DES_CBC_SHA",
    0x0019: "DH_anon_EXPORT_WITH_DES40_CBC_SHA",
    0x0017: "DH_anon_EXPORT_WITH_RC4_40_MD5",
    0xC006: "ECDHE_ECDSA_WITH_NULL_SHA",
    0xC010: "ECDHE_RSA_WITH_NULL_SHA",
    0x003B: "RSA_WITH_NULL_SHA256",
    0x0002: "RSA_WITH_NULL_SHA",
    0x0001: "RSA_WITH_NULL_MD5",
    0xC015: "ECDH_anon_WITH_NULL_SHA",
}
"""Every suite offered up to TLS 1.2, without the prefix ``TLS_``, in the order offered."""

TLS13_SUITES: Final = {
    0x1301: "AES_128_GCM_SHA256",
    0x1302: "AES_256_GCM_SHA384",
    0x1303: "CHACHA20_POLY1305_SHA256",
    0x1304: "AES_128_CCM_SHA256",
    0x1305: "AES_128_CCM_8_SHA256",
}
"""Those of TLS 1.3 (RFC 8446 B.4); all of them forward-secret and sound."""

SSL2_KINDS: Final[dict[int, frozenset[str]]] = {
    0x010080: frozenset({"rc4"}),
    0x020080: frozenset({"rc4", "export"}),
    0x030080: frozenset(),
    0x040080: frozenset({"export"}),
    0x050080: frozenset(),
    0x060040: frozenset({"des"}),
    0x0700C0: frozenset({"3des"}),
}
"""SSL 2.0 cipher kinds: RC4, RC4-40, RC2, RC2-40, IDEA, DES, 3DES, and what each is weak for."""


def suite_name(suite: int) -> str:
    """Return the registered name, or the number where it is not one we offer."""
    name = SUITES.get(suite) or TLS13_SUITES.get(suite)
    return f"TLS_{name}" if name else f"0x{suite:04X}"


def weaknesses(suite: int) -> frozenset[str]:
    """Tell which of ``WEAK_CLASSES`` a suite belongs to; a sound one belongs to none."""
    name = SUITES.get(suite, "")
    found = {
        "null": "_NULL_" in name,
        "anon": "_anon_" in name,
        "export": "_EXPORT" in name,
        "des": "_DES_" in name or "_DES40_" in name,
        "rc4": "_RC4_" in name,
        "3des": "_3DES_" in name,
    }
    return frozenset(weakness for weakness, there in found.items() if there)


def is_forward_secret(suite: int) -> bool:
    """Tell whether the keys of a session are agreed anew and thrown away afterwards."""
    return suite in TLS13_SUITES or SUITES.get(suite, "").startswith(
        ("ECDHE_", "DHE_", "DH_anon_", "ECDH_anon_")
    )


def uses_finite_field_dh(suite: int) -> bool:
    """Tell whether ServerKeyExchange carries a Diffie-Hellman prime."""
    return SUITES.get(suite, "").startswith(("DHE_", "DH_anon_"))


def uses_named_group(suite: int) -> bool:
    """Tell whether ServerKeyExchange carries an elliptic-curve group."""
    return SUITES.get(suite, "").startswith(("ECDHE_", "ECDH_anon_"))


def needs_tls12(suite: int) -> bool:
    """Tell whether the suite exists from TLS 1.2 on only (AEAD, SHA-2 MAC)."""
    return SUITES.get(suite, "").endswith(("_SHA256", "_SHA384", "_CCM", "_CCM_8"))


def needs_extensions(suite: int) -> bool:
    """Tell whether the suite needs a named curve, which SSL 3.0 cannot agree on."""
    return SUITES.get(suite, "").startswith("ECDH")


KINDS: Final = frozenset({*WEAK_CLASSES, "static", "dhe", "old_mode"})
"""What a suite may show beside being the best there is: a weak class, a key exchange that is not
needed any more, or with ECDHE an older way to encrypt."""


def kinds(suite: int) -> frozenset[str]:
    """Tell which of ``KINDS`` an answer with this suite shows."""
    name = SUITES.get(suite, "")
    found = set(weaknesses(suite))
    found |= {"dhe"} if name.startswith("DHE_") else set()
    found |= {"static"} if name and not is_forward_secret(suite) else set()
    found |= {"old_mode"} if is_old_mode(suite) else set()
    return frozenset(found)


def showing(wanted: frozenset[str]) -> tuple[int, ...]:
    """Return the suites that would show any of these kinds, those that show the most first."""
    found = [suite for suite in SUITES if kinds(suite) & wanted]
    return tuple(sorted(found, key=lambda suite: -len(kinds(suite) & wanted)))


def key_kind(suite: int) -> str:
    """Return the kind of key a suite's certificate has up to TLS 1.2: ``rsa``, ``ecdsa`` or none.

    DSA and anonymous suites have no counterpart to be asked for.
    """
    name = SUITES.get(suite, "")
    if "_anon_" in name or name.startswith(("DHE_DSS", "DH_")):
        return ""
    return "ecdsa" if "ECDSA_" in name else "rsa" if name else ""


def is_aead(suite: int) -> bool:
    """Tell whether encryption and integrity are one (GCM, CCM, ChaCha20-Poly1305)."""
    if suite in TLS13_SUITES:
        return True
    return any(part in SUITES.get(suite, "") for part in ("_GCM_", "_CCM", "_CHACHA20_"))


def is_old_mode(suite: int) -> bool:
    """Tell whether it has forward secrecy but none of AES-GCM and ChaCha20 (CBC, CCM, ARIA …)."""
    name = SUITES.get(suite, "")
    modern = "_AES_128_GCM_" in name or "_AES_256_GCM_" in name or "_CHACHA20_" in name
    return name.startswith("ECDHE_") and not modern and not weaknesses(suite)


def sound_suites(only: str) -> tuple[int, ...]:
    """Return the suites without a listed weakness that are of one sort.

    ``fs``: with forward secrecy; ``aead``: with authenticated encryption; ``rsa`` and ``ecdsa``:
    for a certificate with this kind of key.
    """

    def wanted(suite: int) -> bool:
        if only == "fs":
            return is_forward_secret(suite)
        return is_aead(suite) if only == "aead" else key_kind(suite) == only

    return tuple(suite for suite in SUITES if not weaknesses(suite) and wanted(suite))
