"""Who sits at this Windows computer, and whether that person is an administrator: SIDs only.

A program that was started with another person's rights has that person's token, so whose desktop
it is gets asked separately. The token lists every group of its user, those of a domain and those
inside other groups too, which no list of members does.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, SystemRow

if sys.platform != "win32":
    raise ImportError("this computer has no such interface")

from ctypes import wintypes

_advapi: Final = ctypes.WinDLL("advapi32", use_last_error=True)
_kernel: Final = ctypes.WinDLL("kernel32", use_last_error=True)
_wts: Final = ctypes.WinDLL("wtsapi32", use_last_error=True)

_kernel.GetCurrentProcess.restype = ctypes.c_void_p

_TOKEN_QUERY: Final = 8
_TOKEN_USER: Final = 1
_TOKEN_GROUPS: Final = 2
_TOKEN_ELEVATION_TYPE: Final = 18
_ADMINISTRATORS: Final = "S-1-5-32-544"
_MOST_BYTES: Final = 65_536
_USER_NAME: Final = 5
_DOMAIN_NAME: Final = 7
_THIS_SESSION: Final = 0xFFFFFFFF


class _SidAndAttributes(ctypes.Structure):
    _fields_ = [("sid", ctypes.c_void_p), ("attributes", wintypes.DWORD)]


class _TokenGroups(ctypes.Structure):
    _fields_ = [("count", wintypes.DWORD), ("groups", _SidAndAttributes * 1)]


def session(_subject: str) -> tuple[SystemRow, ...]:
    """Return one row about this process and the desktop that it runs on.

    ``token``: SID of the user with whose rights it runs; ``user``: SID of the one who is signed
    in, empty where nobody is or it could not be told; ``administrator``: 1 where the token's user
    belongs to the administrators, be it switched off by UAC; ``elevation``: 1 no split token,
    2 with all rights, 3 with rights taken away.
    """
    with _token() as token:
        user = _said(token, _TOKEN_USER)
        groups = _said(token, _TOKEN_GROUPS)
        elevation = _said(token, _TOKEN_ELEVATION_TYPE)
    owner = _SidAndAttributes.from_buffer(user)
    return ({
        "token": text_of(owner.sid),
        "user": _signed_in(),
        "administrator": int(_ADMINISTRATORS in _sids(groups)),
        "elevation": int.from_bytes(elevation[:4], "little"),
    },)  # fmt: skip


@contextmanager
def _token() -> Iterator[ctypes.c_void_p]:
    process, token = ctypes.c_void_p(_kernel.GetCurrentProcess()), ctypes.c_void_p()
    if not _advapi.OpenProcessToken(process, _TOKEN_QUERY, ctypes.byref(token)):
        raise AttemptError(Attempt.PERMISSION_DENIED, "OpenProcessToken")
    try:
        yield token
    finally:
        _kernel.CloseHandle(token)


def _said(token: ctypes.c_void_p, what: int) -> bytearray:
    """Return what the token says; the SIDs inside point into the returned bytes."""
    buffer, size = bytearray(_MOST_BYTES), wintypes.DWORD(0)
    room = (ctypes.c_char * _MOST_BYTES).from_buffer(buffer)
    if not _advapi.GetTokenInformation(token, what, room, _MOST_BYTES, ctypes.byref(size)):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"GetTokenInformation {what}")
    return buffer


def _sids(groups: bytearray) -> set[str]:
    count = _TokenGroups.from_buffer(groups).count
    start, width = _TokenGroups.groups.offset, ctypes.sizeof(_SidAndAttributes)
    if start + count * width > len(groups):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "TokenGroups")
    items = (_SidAndAttributes * count).from_buffer(groups, start)
    return {text_of(item.sid) for item in items}


def _signed_in() -> str:
    name, domain = _session_text(_USER_NAME), _session_text(_DOMAIN_NAME)
    return _sid_of(f"{domain}\\{name}" if domain else name) if name else ""


def _session_text(what: int) -> str:
    text, size = ctypes.c_wchar_p(), wintypes.DWORD()
    if not _wts.WTSQuerySessionInformationW(
        None, wintypes.DWORD(_THIS_SESSION), what, ctypes.byref(text), ctypes.byref(size)
    ):
        return ""
    try:
        return text.value or ""
    finally:
        _wts.WTSFreeMemory(text)


def _sid_of(account: str) -> str:
    """Look up an account's SID; empty where nobody of that name is known, such as offline."""
    sid = ctypes.create_string_buffer(256)
    domain = ctypes.create_unicode_buffer(256)
    sizes = wintypes.DWORD(256), wintypes.DWORD(256)
    usage = ctypes.c_int()
    if not _advapi.LookupAccountNameW(
        None, ctypes.c_wchar_p(account), sid, ctypes.byref(sizes[0]), domain,
        ctypes.byref(sizes[1]), ctypes.byref(usage),
    ):  # fmt: skip
        return ""
    return text_of(ctypes.addressof(sid))


def text_of(sid: int | None) -> str:
    """Write a SID at this address as text, such as ``S-1-5-32-544``; empty for none."""
    text = ctypes.c_wchar_p()
    if not sid or not _advapi.ConvertSidToStringSidW(ctypes.c_void_p(sid), ctypes.byref(text)):
        return ""
    try:
        return text.value or ""
    finally:
        _kernel.LocalFree(text)
