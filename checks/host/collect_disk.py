"""Collects, of each disk that keeps data of this computer, whether what is written is encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.disk_linux import linux_volumes, other_methods
from posture_scan.checks.host.disk_windows import other_products, windows_volumes
from posture_scan.checks.host.virtual import virtual_by
from posture_scan.checks.host.volume import Protection, Volume

from posture_scan.sdk import PASSIVE, Attempt, Host, HostFacts, Look, Machine, collector

__all__ = ["DiskEncryption", "Protection", "Volume", "disk_encryption"]


@dataclass(frozen=True)
class DiskEncryption(HostFacts):
    """The volumes that keep data, and what else may encrypt or hide them."""

    volumes: tuple[Volume, ...] = ()
    virtual: str = ""
    """The sign that this is a virtual machine; empty where there is none."""
    other_methods: tuple[str, ...] = ()
    """Ways to encrypt that cannot be judged here, such as ``ecryptfs`` or ``VeraCrypt``."""


_ASKED: Final = {"linux": "/proc/self/mountinfo", "windows": "BitLocker", "darwin": "FileVault"}


@collector(on=Machine(), intrusiveness=PASSIVE)
def disk_encryption(host: Host) -> DiskEncryption:
    """Look at every volume of a fixed disk that is in use, swap included."""
    look = Look(host)
    others: tuple[str, ...] = ()
    if host.platform == "windows":
        volumes, others = windows_volumes(look), other_products(look)
    elif host.platform == "darwin":
        volumes = _macos(look)
    else:
        volumes, others = linux_volumes(look), other_methods(look)
    if not any(volume.system for volume in volumes) and not look.not_read:
        look.note(_ASKED[host.platform], Attempt.PROTOCOL_MISMATCH, "disk", "again")
    return DiskEncryption(
        platform=host.platform, elevated=host.elevated, volumes=volumes[:200],
        virtual=virtual_by(look), other_methods=others, not_read=look.noted(),
    )  # fmt: skip


_FILEVAULT: Final = {
    "FileVault is On.": Protection.ENCRYPTED,
    "FileVault is Off.": Protection.PLAIN,
}


def _macos(look: Look) -> tuple[Volume, ...]:
    """Read ``fdesetup status``: its sentences are the same in every language of macOS.

    While FileVault works through the disk, a second line names the progress, and the first
    already says "On".
    """
    result = look.run(("fdesetup", "status"), hides="disk")
    if result is None:
        return ()
    text = result.stdout.decode("utf-8", "replace")
    if "Encryption in progress" in text:
        return (Volume("FileVault", Protection.ENCRYPTING),)
    if "Decryption in progress" in text:
        return (Volume("FileVault", Protection.DECRYPTING),)
    for line in text.splitlines():
        if line.strip() in _FILEVAULT:
            return (Volume("FileVault", _FILEVAULT[line.strip()]),)
    look.note("fdesetup status", Attempt.PROTOCOL_MISMATCH, "disk", "again")
    return ()
