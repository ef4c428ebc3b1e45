"""Windows' registry, read and never written: one value, or the names of sub-keys."""

from __future__ import annotations

import sys
from typing import Any, Final

from posture_scan.sdk import Attempt, AttemptError, RegistryData

if sys.platform != "win32":
    raise ImportError("this computer has no registry")

import winreg

_ROOTS: Final = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
_READ: Final = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
_LONGEST: Final = 65_536
"""Characters or bytes of one value; settings are far shorter. A longer one is not cut: half of a
list of exceptions would look like all of it."""

_MOST_KEYS: Final = 20_000
"""The servicing records of a computer of some years hold several thousand."""


def value(key: str, name: str) -> RegistryData:
    """Return one value; see ``Host.registry``."""
    place = f"{key}\\{name}"
    with _opened(key) as handle:
        try:
            data, kind = winreg.QueryValueEx(handle, name)
        except OSError as error:
            raise _told(error, place) from error
    if isinstance(data, int):
        return data
    if kind == winreg.REG_MULTI_SZ:
        texts = tuple(str(item) for item in data or ())
        _bounded(sum(map(len, texts)), place)
        return texts
    found = str(data) if kind in (winreg.REG_SZ, winreg.REG_EXPAND_SZ) else bytes(data or b"")
    _bounded(len(found), place)
    return found


def sub_keys(key: str) -> tuple[str, ...]:
    """Return the names of a key's sub-keys; see ``Host.registry_keys``."""
    names: list[str] = []
    with _opened(key) as handle:
        count = winreg.QueryInfoKey(handle)[0]
        if count > _MOST_KEYS:
            raise AttemptError(Attempt.LIMIT_REACHED, key)
        for number in range(count):
            try:
                names.append(winreg.EnumKey(handle, number))
            except OSError as error:
                raise _told(error, key) from error
    return tuple(sorted(names))


def _opened(key: str) -> Any:
    root, _, rest = key.partition("\\")
    if root not in _ROOTS or "\0" in key:
        raise AttemptError(Attempt.OUT_OF_SCOPE, key)
    try:
        return winreg.OpenKey(_ROOTS[root], rest, 0, _READ)
    except OSError as error:
        raise _told(error, key) from error


def _bounded(length: int, place: str) -> None:
    if length > _LONGEST:
        raise AttemptError(Attempt.LIMIT_REACHED, place)


def _told(error: OSError, place: str) -> AttemptError:
    """Only what Windows says is not there is absent; any other trouble leaves it unseen."""
    if isinstance(error, PermissionError):
        return AttemptError(Attempt.PERMISSION_DENIED, place)
    absent = isinstance(error, FileNotFoundError)
    return AttemptError(Attempt.TOOL_MISSING if absent else Attempt.PROTOCOL_MISMATCH, place)
