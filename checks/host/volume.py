"""One volume that keeps data, and how what is written to it is protected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Protection(StrEnum):
    """What the system says of a volume."""

    ENCRYPTED = "encrypted"
    PLAIN = "plain"
    ENCRYPTING = "encrypting"
    DECRYPTING = "decrypting"
    SUSPENDED = "suspended"
    """Encrypted, with the key lying beside it in the clear."""
    OTHER = "other"
    """Kept by something that encrypts in its own way (ZFS) or is no disk of this computer."""
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Volume:
    """A mount point, ``swap``, a drive letter or ``FileVault``."""

    name: str
    protection: Protection
    detail: str = ""
    """The file system, or why it could not be seen."""
    system: bool = True
    """Whether the system itself lies on it."""
