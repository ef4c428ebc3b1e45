"""BitLocker and device encryption: as administrator its own answer, else what Explorer knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from posture_scan.checks.host.protection_script import windows_answer
from posture_scan.checks.host.volume import Protection, Volume

from posture_scan.sdk import Look, number_of

_SHELL: Final[Mapping[int, Protection]] = {
    1: Protection.ENCRYPTED,
    2: Protection.PLAIN,
    3: Protection.ENCRYPTING,
    4: Protection.DECRYPTING,
    6: Protection.ENCRYPTED,
}
"""Values of System.Volume.BitLockerProtection. 6: locked, which only an encrypted drive can be.
5 means suspended to most authors and switched on to others: no answer."""

_CONVERSION: Final[Mapping[int, Protection]] = {
    0: Protection.PLAIN,
    2: Protection.ENCRYPTING,
    3: Protection.DECRYPTING,
    4: Protection.ENCRYPTING,
    5: Protection.DECRYPTING,
}
"""Win32_EncryptableVolume.GetConversionStatus: 1 is fully encrypted, 4 and 5 are pauses."""

_ON_DISK: Final = 1
_PORTABLE: Final = 2
"""VolumeType of what can be taken out, such as a stick; Windows 7 does not say."""

_OFF, _ON, _LOCKED = 0, 1, 2

_PRODUCTS: Final[Mapping[str, str]] = {
    "veracrypt": "VeraCrypt", "PGPwded": "Symantec Drive Encryption",
    "MfeEpePc": "Trellix Drive Encryption",
}  # fmt: skip
"""Drivers of products that encrypt the whole disk, by the name of their service."""


def windows_volumes(look: Look) -> tuple[Volume, ...]:
    """Return the fixed drives; the administrator's answer wins over the shell's."""
    answer = windows_answer(look)
    if answer is None:
        return ()
    system = str(answer.row("system", hides="disk").get("drive", "")).upper()
    found = {
        str(row.get("drive", "")).upper()[:2]: _by_shell(row)
        for row in answer.rows("drives", hides="disk")
    }
    fixed = frozenset(found)
    if look.host.elevated:
        for row in answer.rows("volumes", hides="disk"):
            drive = str(row.get("drive", "")).upper()[:2]
            if drive in fixed or (not fixed and row.get("kind") != _PORTABLE):
                found[drive] = _by_method(row)
    return tuple(
        Volume(drive, protection, system=drive == system)
        for drive, protection in sorted(found.items())
    )


def _by_shell(row: Mapping[str, Any]) -> Protection:
    return _SHELL.get(number_of(row.get("protection")), Protection.UNSEEN)


def _by_method(row: Mapping[str, Any]) -> Protection:
    protection, conversion = number_of(row.get("protection")), number_of(row.get("conversion"))
    if protection == _LOCKED:
        return Protection.ENCRYPTED
    if conversion != _ON_DISK:
        return _CONVERSION.get(conversion, Protection.UNSEEN)
    return {_ON: Protection.ENCRYPTED, _OFF: Protection.SUSPENDED}.get(
        protection, Protection.UNSEEN
    )


def other_products(look: Look) -> tuple[str, ...]:
    """Name products for whole disks that are installed; whether they encrypt is not seen."""
    return tuple(
        name
        for service, name in _PRODUCTS.items()
        if look.value(rf"HKLM\SYSTEM\CurrentControlSet\Services\{service}", "Start") is not None
    )
