"""Making and opening a signer's key: a protected private file and a public one beside it.

The public file may be given to anyone; what makes it trusted is the fingerprint, read out
by its owner over another channel.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posture_scan.collect.local_file import read_bytes
from posture_scan.errors import UsageError
from posture_scan.trust import base64_text, key_file, public_key, strict_json
from posture_scan.trust.codes import refusal, short
from posture_scan.trust.times import to_text

if TYPE_CHECKING:
    from posture_scan.trust.key_file import PrivateKey

ROLES: Final = ("agent", "contractor", "sme", "underwriter")
"""Who signs: the scanning agent, the contractor, the assessed company, the underwriter."""
PUBLIC_SUFFIX: Final = ".pub.json"
PUBLIC_SCHEMA: Final = "posture-scan/public-key/1"

_MEMBERS: Final = {"schema": str, "keyid": str, "spki": str, "name": str, "role": str,
                   "created": str}  # fmt: skip
_MAX_NAME: Final = 200
_MAX_PUBLIC_FILE: Final = 64 * 1024
_PUBLIC_MODE: Final = 0o644


@dataclass(frozen=True)
class PublicKeyFile:
    """The contents of a ``.pub.json``: a sound key and what its owner says of it."""

    key: public_key.PublicKey
    name: str
    role: str
    created: str


@dataclass(frozen=True)
class SigningKey:
    """A private key that was opened; it signs and shows nothing of itself."""

    keyid: str
    name: str
    role: str
    _sign: Callable[[bytes], bytes] = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """Sign by the key's own algorithm: Ed25519, or ECDSA P-256 with SHA-256 in DER."""
        return self._sign(message)


@dataclass(frozen=True)
class LockedKey:
    """Both files of a key, judged as far as that goes without its passphrase."""

    path: Path
    public: PublicKeyFile
    _data: bytes = field(repr=False)

    def open(self, passphrase: str) -> SigningKey:
        """Open the private key.

        Raises:
            UsageError: as ``key_file.unlock``, and E-KEY-015 if the two files do not belong
                together.
        """
        private = key_file.unlock(self._data, passphrase, self.path)
        if public_key.spki_of(private.public_key()) != self.public.key.spki:
            raise refusal("E-KEY-015", path=str(public_path(self.path)), member="spki")
        return SigningKey(
            self.public.key.keyid, self.public.name, self.public.role, _signer(private)
        )  # fmt: skip


def may_be_made(path: Path, name: str, role: str) -> None:
    """Refuse a new key that could not be written, before anyone thinks of a passphrase for it.

    Raises:
        UsageError: E-KEY-007, 008, 013 or 014.
    """
    _judge(name, role)
    for file in (path, public_path(path)):
        if file.exists() or file.is_symlink():
            raise refusal("E-KEY-007", path=str(file))
    if not path.parent.is_dir():
        raise refusal("E-KEY-008", path=str(path), problem=os.strerror(errno.ENOENT))


def new_key(
    path: Path,
    name: str,
    role: str,
    passphrase: str,
    *,
    created: datetime,
    algorithm: str = public_key.ED25519,
) -> PublicKeyFile:
    """Make a key: ``path`` (mode 0600, protected) and ``path.pub.json``. Never overwrites.

    Raises:
        UsageError: E-KEY-007, 008, 012, 013 or 014; nothing is left behind half-made.
    """
    may_be_made(path, name, role)
    private = _generate(algorithm)
    beside = public_path(path)
    spki = public_key.spki_of(private.public_key())
    made = PublicKeyFile(public_key.load(spki), name, role, to_text(created))
    key_file.write_new(path, key_file.protect(private, passphrase), key_file.PRIVATE_MODE)
    try:
        key_file.write_new(beside, public_bytes(made), _PUBLIC_MODE)
    except UsageError:
        path.unlink(missing_ok=True)
        raise
    return made


def open_key(path: Path, passphrase: str) -> SigningKey:
    """Open a private key and the public file beside it.

    Raises:
        UsageError: what ``locked_key`` and ``LockedKey.open`` raise.
    """
    return locked_key(path).open(passphrase)


def locked_key(path: Path) -> LockedKey:
    """Read a private key, still protected, and the public file beside it.

    Raises:
        UsageError: as ``key_file.read_locked``, ``file.missing`` without a public file, and what
            ``read_public`` raises.
    """
    data = key_file.read_locked(path)
    beside = public_path(path)
    public = read_public(read_bytes(beside, _MAX_PUBLIC_FILE), str(beside))
    return LockedKey(path, public, data)


def public_path(path: Path) -> Path:
    """Where the public half of a private key file stands."""
    return path.with_name(path.name + PUBLIC_SUFFIX)


def public_bytes(public: PublicKeyFile) -> bytes:
    """Write a ``.pub.json`` that a person can read too."""
    members = {
        "schema": PUBLIC_SCHEMA,
        "name": public.name,
        "role": public.role,
        "created": public.created,
        "keyid": public.key.keyid,
        "spki": base64_text.encode(public.key.spki),
    }
    return json.dumps(members, ensure_ascii=False, indent=2).encode("utf-8") + b"\n"


def read_public(data: bytes, path: str = PUBLIC_SUFFIX) -> PublicKeyFile:
    """Read a ``.pub.json`` and judge the key in it.

    Raises:
        PostureError: E-IN codes for the text, E-KEY-001 and E-SIG-006 for the key,
            E-KEY-013, 014 and 015 for the rest.
    """
    members = strict_json.loads(data, PUBLIC_SUFFIX)
    if not isinstance(members, dict) or set(members) != set(_MEMBERS):
        raise refusal("E-KEY-015", path=path, member="$")
    for name, kind in _MEMBERS.items():
        if type(members[name]) is not kind:
            raise refusal("E-KEY-015", path=path, member=name)
    if members["schema"] != PUBLIC_SCHEMA:
        raise refusal("E-KEY-015", path=path, member="schema")
    _judge(members["name"], members["role"])
    spki = base64_text.decode(members["spki"], document=PUBLIC_SUFFIX, member="spki")
    key = public_key.load(spki)
    if key.keyid != members["keyid"]:
        raise refusal("E-KEY-015", path=path, member="keyid")
    return PublicKeyFile(key, members["name"], members["role"], members["created"])


def _judge(name: str, role: str) -> None:
    if role not in ROLES:
        raise refusal("E-KEY-013", got=role[:40], expected=" ".join(ROLES))
    if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
        raise refusal("E-KEY-014", limit=_MAX_NAME)


def _generate(algorithm: str) -> PrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if algorithm == public_key.ED25519:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == public_key.ECDSA_P256:
        return ec.generate_private_key(ec.SECP256R1())
    raise refusal("E-SIG-006", algorithm=algorithm, keyid=short("-"))


def _signer(private: PrivateKey) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    if isinstance(private, ec.EllipticCurvePrivateKey):
        algorithm = ec.ECDSA(hashes.SHA256())
        curve_key = private
        return lambda message: curve_key.sign(message, algorithm)
    return private.sign
