"""What Windows answers through its own programming interface: numbers and SIDs, no sentences.

Password policy, members of a group, local accounts, a service's state and the listening sockets
come from netapi32, advapi32 and iphlpapi, which need no administrator and no other program. Names
of people are not kept: an account is its relative id.
"""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from posture_scan.sdk import Attempt, AttemptError, SystemRow

if sys.platform != "win32":
    raise ImportError("this computer has no such interface")

from ctypes import wintypes

from posture_scan.collect.windows_session import session, text_of

_netapi: Final = ctypes.WinDLL("netapi32")
_advapi: Final = ctypes.WinDLL("advapi32", use_last_error=True)
_kernel: Final = ctypes.WinDLL("kernel32", use_last_error=True)
_iphlp: Final = ctypes.WinDLL("iphlpapi")

_DENIED: Final = 5
_ABSENT: Final = frozenset({2, 1060, 1376, 2220})
"""ERROR_FILE_NOT_FOUND, _SERVICE_DOES_NOT_EXIST, _NO_SUCH_ALIAS and NERR_GroupNotFound."""

_MORE: Final = 234
_MOST_BYTES: Final = 1_048_576
_FOREVER: Final = 0xFFFFFFFF


def _failed(code: int, what: str) -> AttemptError:
    if code == _DENIED:
        return AttemptError(Attempt.PERMISSION_DENIED, what)
    attempt = Attempt.TOOL_MISSING if code in _ABSENT else Attempt.PROTOCOL_MISMATCH
    return AttemptError(attempt, f"{what}: {code}")


# --- password policy: NetUserModalsGet -------------------------------------------------------


class _Modals0(ctypes.Structure):
    _fields_ = [
        ("min_length", wintypes.DWORD), ("max_age", wintypes.DWORD), ("min_age", wintypes.DWORD),
        ("force_logoff", wintypes.DWORD), ("history", wintypes.DWORD),
    ]  # fmt: skip


class _Modals3(ctypes.Structure):
    _fields_ = [
        ("duration", wintypes.DWORD), ("window", wintypes.DWORD), ("threshold", wintypes.DWORD),
    ]  # fmt: skip


@contextmanager
def _net(code: int, buffer: ctypes.c_void_p, what: str) -> Iterator[int]:
    """Hand out what a Net… call filled in, and give it back afterwards."""
    try:
        if code not in (0, _MORE):
            raise _failed(code, what)
        if not buffer.value:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, what)
        yield buffer.value
    finally:
        if buffer.value:
            _netapi.NetApiBufferFree(buffer)


def _password_policy(_subject: str) -> tuple[SystemRow, ...]:
    """Return one row; ages in seconds, ``max_age`` 0 where passwords never end."""
    row: dict[str, int | str] = {}
    for level, shape in ((0, _Modals0), (3, _Modals3)):
        buffer = ctypes.c_void_p()
        code = _netapi.NetUserModalsGet(None, level, ctypes.byref(buffer))
        with _net(code, buffer, f"NetUserModalsGet {level}") as address:
            found = shape.from_address(address)
            row |= {field[0]: int(getattr(found, field[0])) for field in shape._fields_}
    row["max_age"] = 0 if row["max_age"] == _FOREVER else row["max_age"]
    return (row,)


# --- group members: NetLocalGroupGetMembers --------------------------------------------------


class _Member(ctypes.Structure):
    _fields_ = [("sid", ctypes.c_void_p), ("usage", ctypes.c_int), ("name", ctypes.c_void_p)]


def _group_members(subject: str) -> tuple[SystemRow, ...]:
    """Return ``sid`` and ``usage`` (1 user, 2 group, 4 alias, 5 well known, 6 deleted) of each."""
    name = _name_of(subject)
    buffer, read, total = ctypes.c_void_p(), wintypes.DWORD(), wintypes.DWORD()
    code = _netapi.NetLocalGroupGetMembers(
        ctypes.c_wchar_p(name), 1, ctypes.byref(buffer), _MOST_BYTES, ctypes.byref(read),
        ctypes.byref(total), None,
    )  # fmt: skip
    if code == 0 and not read.value:
        return ()
    if code == _MORE:
        raise AttemptError(Attempt.LIMIT_REACHED, "group_members")
    with _net(code, buffer, "NetLocalGroupGetMembers") as address:
        members = (_Member * read.value).from_address(address)
        return tuple({"sid": text_of(one.sid), "usage": int(one.usage)} for one in members)


def _name_of(sid_text: str) -> str:
    """Look up what a SID is called on this computer: in Japanese "Administrators" may differ."""
    sid = ctypes.c_void_p()
    if not _advapi.ConvertStringSidToSidW(ctypes.c_wchar_p(sid_text), ctypes.byref(sid)):
        raise AttemptError(Attempt.OUT_OF_SCOPE, sid_text)
    try:
        name, domain = ctypes.create_unicode_buffer(256), ctypes.create_unicode_buffer(256)
        sizes = wintypes.DWORD(256), wintypes.DWORD(256)
        usage = ctypes.c_int()
        if not _advapi.LookupAccountSidW(
            None, sid, name, ctypes.byref(sizes[0]), domain, ctypes.byref(sizes[1]),
            ctypes.byref(usage),
        ):  # fmt: skip
            raise _failed(ctypes.get_last_error(), "LookupAccountSid")
        return name.value
    finally:
        _kernel.LocalFree(sid)


# --- local accounts: NetUserEnum -------------------------------------------------------------


class _User3(ctypes.Structure):
    """USER_INFO_3 of lmaccess.h; only numbers of it are kept."""

    _fields_ = [
        ("name", ctypes.c_void_p), ("password", ctypes.c_void_p),
        ("password_age", wintypes.DWORD), ("privilege", wintypes.DWORD),
        ("home_dir", ctypes.c_void_p), ("comment", ctypes.c_void_p), ("flags", wintypes.DWORD),
        ("script_path", ctypes.c_void_p), ("auth_flags", wintypes.DWORD),
        ("full_name", ctypes.c_void_p), ("usr_comment", ctypes.c_void_p),
        ("parms", ctypes.c_void_p), ("workstations", ctypes.c_void_p),
        ("last_logon", wintypes.DWORD), ("last_logoff", wintypes.DWORD),
        ("acct_expires", wintypes.DWORD), ("max_storage", wintypes.DWORD),
        ("units_per_week", wintypes.DWORD), ("logon_hours", ctypes.c_void_p),
        ("bad_pw_count", wintypes.DWORD), ("num_logons", wintypes.DWORD),
        ("logon_server", ctypes.c_void_p), ("country_code", wintypes.DWORD),
        ("code_page", wintypes.DWORD), ("user_id", wintypes.DWORD),
        ("primary_group_id", wintypes.DWORD), ("profile", ctypes.c_void_p),
        ("home_dir_drive", ctypes.c_void_p), ("password_expired", wintypes.DWORD),
    ]  # fmt: skip


_KEPT: Final = ("user_id", "flags", "privilege", "password_age", "last_logon")
_NORMAL_ACCOUNTS: Final = 2


def _accounts(_subject: str) -> tuple[SystemRow, ...]:
    """Return ``user_id`` (RID), ``flags`` (UF_…), ``last_logon`` (epoch, 0 never) and the like."""
    buffer, read, total = ctypes.c_void_p(), wintypes.DWORD(), wintypes.DWORD()
    code = _netapi.NetUserEnum(
        None, 3, _NORMAL_ACCOUNTS, ctypes.byref(buffer), _MOST_BYTES, ctypes.byref(read),
        ctypes.byref(total), None,
    )  # fmt: skip
    if code == _MORE:
        raise AttemptError(Attempt.LIMIT_REACHED, "accounts")
    with _net(code, buffer, "NetUserEnum") as address:
        users = (_User3 * read.value).from_address(address)
        return tuple({name: int(getattr(one, name)) for name in _KEPT} for one in users)


# --- services: QueryServiceStatus ------------------------------------------------------------


class _ServiceStatus(ctypes.Structure):
    _fields_ = [
        ("kind", wintypes.DWORD), ("state", wintypes.DWORD), ("accepts", wintypes.DWORD),
        ("exit_code", wintypes.DWORD), ("specific", wintypes.DWORD),
        ("check_point", wintypes.DWORD), ("wait_hint", wintypes.DWORD),
    ]  # fmt: skip


_CONNECT: Final = 1
_QUERY_STATUS: Final = 4

_advapi.OpenSCManagerW.restype = ctypes.c_void_p
_advapi.OpenServiceW.restype = ctypes.c_void_p


def _service(subject: str) -> tuple[SystemRow, ...]:
    """Return ``state`` of a service by its name: 1 stopped, 4 running, 7 paused."""
    manager = _advapi.OpenSCManagerW(None, None, _CONNECT)
    if not manager:
        raise _failed(ctypes.get_last_error(), "OpenSCManager")
    try:
        handle = _advapi.OpenServiceW(
            ctypes.c_void_p(manager), ctypes.c_wchar_p(subject), _QUERY_STATUS
        )
        if not handle:
            raise _failed(ctypes.get_last_error(), subject)
        try:
            status = _ServiceStatus()
            if not _advapi.QueryServiceStatus(ctypes.c_void_p(handle), ctypes.byref(status)):
                raise _failed(ctypes.get_last_error(), subject)
            return ({"state": int(status.state)},)
        finally:
            _advapi.CloseServiceHandle(ctypes.c_void_p(handle))
    finally:
        _advapi.CloseServiceHandle(ctypes.c_void_p(manager))


# --- listening sockets: GetExtendedTcpTable --------------------------------------------------

_LISTENERS: Final = 3
"""TCP_TABLE_OWNER_PID_LISTENER."""

_TOO_SMALL: Final = 122
_AF_INET: Final = 2
_AF_INET6: Final = 23


def _listening(_subject: str) -> tuple[SystemRow, ...]:
    """Return ``address`` and ``port`` of every listening TCP socket, IPv4 and IPv6."""
    return (*_rows4(_table(_AF_INET)), *_rows6(_table(_AF_INET6)))


def _table(family: int) -> bytes:
    size = wintypes.DWORD(0)
    for _ in range(4):
        buffer = ctypes.create_string_buffer(max(size.value, 4))
        code = _iphlp.GetExtendedTcpTable(
            buffer, ctypes.byref(size), False, family, _LISTENERS, 0  # noqa: FBT003
        )  # fmt: skip
        if code == 0:
            return buffer.raw
        if code != _TOO_SMALL or size.value > _MOST_BYTES:
            break
    raise _failed(int(code), "GetExtendedTcpTable")


def _rows4(table: bytes) -> Iterator[SystemRow]:
    """MIB_TCPROW_OWNER_PID: state, local address, local port, remote address and port, pid."""
    for row in _cut(table, 24):
        yield {
            "address": socket.inet_ntop(socket.AF_INET, row[4:8]),
            "port": int.from_bytes(row[8:10], "big"),
        }


def _rows6(table: bytes) -> Iterator[SystemRow]:
    """MIB_TCP6ROW_OWNER_PID: local address, scope, local port, and the remote side."""
    for row in _cut(table, 56):
        yield {
            "address": socket.inet_ntop(socket.AF_INET6, row[:16]),
            "port": int.from_bytes(row[20:22], "big"),
        }


def _cut(table: bytes, size: int) -> Iterator[bytes]:
    count = min(int.from_bytes(table[:4], "little"), (len(table) - 4) // size)
    return (table[4 + number * size : 4 + (number + 1) * size] for number in range(count))


_QUESTIONS: Final[Mapping[str, Callable[[str], tuple[SystemRow, ...]]]] = {
    "password_policy": _password_policy, "group_members": _group_members, "accounts": _accounts,
    "service": _service, "listening": _listening, "session": session,
}  # fmt: skip


def answer(question: str, subject: str) -> tuple[SystemRow, ...]:
    """Answer one question; see ``Host.system``."""
    known: Any = _QUESTIONS.get(question)
    if known is None or "\0" in subject:
        raise AttemptError(Attempt.OUT_OF_SCOPE, question)
    try:
        rows: tuple[SystemRow, ...] = known(subject)
    except (OSError, AttributeError) as error:  # a function that this Windows does not have
        raise AttemptError(Attempt.TOOL_MISSING, question) from error
    return rows
