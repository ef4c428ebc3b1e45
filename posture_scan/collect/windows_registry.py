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
"""Characters or bytes of one value; settings are far shorter."""

_MOST_KEYS: Final = 20_000
"""The servicing records of a computer of some years hold several thousand."""


def value(key: str, name: str) -> RegistryData:
    """Return one value; see ``Host.registry``."""
    with _opened(key) as handle:
        try:
            data, kind = winreg.QueryValueEx(handle, name)
        except OSError as error:
            raise _told(error, f"{key}\\{name}") from error
    if kind == winreg.REG_MULTI_SZ:
        return tuple(str(item)[:_LONGEST] for item in data or ())[:_MOST_KEYS]
    if kind in (winreg.REG_SZ, winreg.REG_EXPAND_SZ):
        return str(data)[:_LONGEST]
    if isinstance(data, int):
        return data
    return bytes(data or b"")[:_LONGEST]


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


def _told(error: OSError, place: str) -> AttemptError:
    denied = isinstance(error, PermissionError)
    return AttemptError(Attempt.PERMISSION_DENIED if denied else Attempt.TOOL_MISSING, place)
