"""Private keys at rest: PKCS#8, AES-256-CBC, key derived by scrypt (RFC 7914 §7).

The library's own encryption of PKCS#8 derives with 2,048 rounds of PBKDF2 and cannot be told
otherwise; its OpenSSH form needs the extra package bcrypt. Both it and OpenSSL read the
scrypt form written here, so ``openssl pkey -in FILE`` opens a key without this program.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import stat
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from posture_scan.trust.codes import refusal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey

MIN_PASSPHRASE: Final = 8
"""Characters, the least NIST SP 800-63B §3.1.1.2 allows for a chosen secret."""
PRIVATE_MODE: Final = 0o600

# 16 MiB, the most OpenSSL grants a key file (its limit is 32 MiB), made slow by p instead:
# p = 5 is what the OWASP password storage cheat sheet pairs with this N; 16 is three times it.
_SCRYPT_N: Final = 2**14
_SCRYPT_R: Final = 8
_SCRYPT_P: Final = 16
_SCRYPT_MEMORY: Final = 64 * 1024 * 1024
_KEY_BYTES: Final = 32
_BLOCK: Final = 16
_MAX_FILE: Final = 64 * 1024

_PBES2: Final = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT: Final = bytes.fromhex("06092b06010401da47040b")
_AES_256_CBC: Final = bytes.fromhex("060960864801650304012a")


def protect(key: PrivateKey, passphrase: str) -> bytes:
    """Encrypt a private key as PEM text.

    Raises:
        UsageError: E-KEY-012 for a passphrase that is too short.
    """
    from cryptography.hazmat.primitives import serialization

    if len(passphrase) < MIN_PASSPHRASE:
        raise refusal("E-KEY-012", limit=MIN_PASSPHRASE)
    plain = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    salt, vector = secrets.token_bytes(_BLOCK), secrets.token_bytes(_BLOCK)
    secret = hashlib.scrypt(
        _secret(passphrase), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P,
        maxmem=_SCRYPT_MEMORY, dklen=_KEY_BYTES,
    )  # fmt: skip
    derivation = _sequence(
        _SCRYPT,
        _sequence(
            _octets(salt), _integer(_SCRYPT_N), _integer(_SCRYPT_R), _integer(_SCRYPT_P),
            _integer(_KEY_BYTES),
        ),
    )  # fmt: skip
    scheme = _sequence(_PBES2, _sequence(derivation, _sequence(_AES_256_CBC, _octets(vector))))
    body = base64.encodebytes(_sequence(scheme, _octets(_encrypt(plain, secret, vector))))
    return (
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + body + b"-----END ENCRYPTED PRIVATE KEY-----\n"
    )


def read(path: Path, passphrase: str) -> PrivateKey:
    """Read a protected private key.

    Raises:
        UsageError: what ``read_locked`` and ``unlock`` raise.
    """
    return unlock(read_locked(path), passphrase, path)


def read_locked(path: Path) -> bytes:
    """Read a protected private key's file and leave it protected.

    Raises:
        UsageError: E-KEY-008 when the file cannot be read, E-KEY-009 when others may read it,
            E-KEY-011 for a key without protection.
    """
    data = _read_private(path)
    if b"ENCRYPTED" not in data:
        raise refusal("E-KEY-011", path=str(path))
    return data


def unlock(data: bytes, passphrase: str, path: Path) -> PrivateKey:
    """Take the protection off a private key that was read from ``path``.

    Raises:
        UsageError: E-KEY-010 for a wrong passphrase, E-KEY-011 for a kind of key this program
            does not sign with.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    try:
        key = serialization.load_pem_private_key(data, _secret(passphrase))
    except ValueError as error:
        raise refusal("E-KEY-010", path=str(path)) from error
    except (TypeError, UnsupportedAlgorithm) as error:
        raise refusal("E-KEY-011", path=str(path)) from error
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise refusal("E-KEY-011", path=str(path))


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that must not exist yet, with its mode from the first moment on.

    Raises:
        UsageError: E-KEY-007 if it exists, E-KEY-008 if it cannot be written.
    """
    made = False
    # O_BINARY exists on Windows only, where a file would else get other line ends.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags, mode)
        made = True
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise refusal("E-KEY-007", path=str(path)) from error
    except OSError as error:
        if made:
            path.unlink(missing_ok=True)
        raise refusal("E-KEY-008", path=str(path), problem=error.strerror or "-") from error


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            # Windows keeps access in lists, not in these bits.
            if os.name == "posix" and state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise refusal("E-KEY-009", path=str(path), got=f"{stat.S_IMODE(state.st_mode):04o}")
            return file.read(_MAX_FILE)
    except OSError as error:
        raise refusal("E-KEY-008", path=str(path), problem=error.strerror or "-") from error


def _secret(passphrase: str) -> bytes:
    """One byte sequence for what looks the same on every keyboard and system."""
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def _encrypt(plain: bytes, key: bytes, vector: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    padding = _BLOCK - len(plain) % _BLOCK
    encryptor: Any = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    result: bytes = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return result


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _octets(data: bytes) -> bytes:
    return _tagged(0x04, data)


def _integer(number: int) -> bytes:
    return _tagged(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _tagged(tag: int, content: bytes) -> bytes:
    """One DER element; lengths up to 65,535 are all a key file needs (X.690 §8.1.3)."""
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 -- the short form's limit
        length = bytes([size])
    else:
        octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + length + content
