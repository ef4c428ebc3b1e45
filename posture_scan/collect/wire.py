"""One TCP socket that cannot hang, cannot flood us and says how it failed.

What a target sends is hostile: every operation has a time-out, the whole connection has a
deadline and a byte limit, and every failure becomes an AttemptError.
"""

from __future__ import annotations

import contextlib
import errno
import io
import socket
import ssl
import time
from typing import Any, Final

from posture_scan.collect.never_request import refuse_message
from posture_scan.collect.permissive import permissive_context
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError

BYTE_LIMIT: Final = 1_048_576
"""The most one connection may send us, in bytes."""

_UNREACHABLE: Final = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)
_FORBIDDEN: Final = (errno.EACCES, errno.EPERM)
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL)


def failure(error: OSError, *, connected: bool) -> AttemptError:
    """Say what an operating system error means for an attempt."""
    if isinstance(error, TimeoutError):
        return AttemptError(Attempt.TIMEOUT, "" if connected else "connect")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return AttemptError(Attempt.CLOSED_EARLY, "tls")
    if isinstance(error, ssl.SSLError):
        return AttemptError(
            Attempt.PROTOCOL_MISMATCH, f"tls {getattr(error, 'reason', '') or ''}".strip()
        )
    if isinstance(error, ConnectionRefusedError):
        return AttemptError(Attempt.REFUSED)
    if isinstance(error, ConnectionError):
        return AttemptError(Attempt.CLOSED_EARLY)
    return AttemptError(_by_number(error.errno or 0), errno.errorcode.get(error.errno or 0, ""))


def _by_number(number: int) -> Attempt:
    if number in _UNREACHABLE:
        return Attempt.FILTERED
    if number in _FORBIDDEN:
        return Attempt.PERMISSION_DENIED
    if number in _EXHAUSTED:
        return Attempt.LIMIT_REACHED
    return Attempt.CLOSED_EARLY


class Wire:
    """A connected socket with its limits; close it after use."""

    def __init__(
        self, connection: socket.socket, *, timeout: float, deadline: float, limit: int = BYTE_LIMIT
    ) -> None:
        """Take a connected socket, seconds per operation, and the last moment (monotonic)."""
        self._socket = connection
        self.timeout = timeout
        self._deadline = deadline
        self.limit = limit
        self.sent = 0
        self.received = 0

    def _arm(self, timeout: float | None = None) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise AttemptError(Attempt.TIMEOUT, "connection_deadline")
        wanted = self.timeout if timeout is None else timeout
        self._socket.settimeout(max(0.001, min(wanted, left)))

    def send(self, data: bytes) -> None:
        """Send everything or raise AttemptError; never what ``never_request`` forbids."""
        refuse_message(data)
        self._arm()
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise failure(error, connected=True) from error
        self.sent += len(data)

    def receive(self, limit: int, timeout: float | None = None) -> bytes:
        """Return the next bytes as they come, at most ``limit``; ``b""`` at the end."""
        if self.received >= self.limit:
            raise AttemptError(Attempt.LIMIT_REACHED, "bytes")
        self._arm(timeout)
        try:
            data = self._socket.recv(min(limit, self.limit - self.received))
        except ssl.SSLEOFError:
            data = b""  # closed without close_notify, as many servers do
        except OSError as error:
            raise failure(error, connected=True) from error
        self.received += len(data)
        return data

    def start_tls(self, server_name: str = "") -> None:
        """Wrap the connection in TLS 1.0 to 1.3 without judging the certificate."""
        self._arm()
        plain = self._socket
        try:
            self._socket = permissive_context().wrap_socket(
                plain, server_hostname=_sni(server_name), suppress_ragged_eofs=True
            )
        except OSError as error:
            raise failure(error, connected=True) from error

    def peer_chain(self) -> tuple[bytes, ...]:
        """The certificates the server sent, DER, leaf first; empty without TLS."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return ()
        return _chain(self._socket)

    def close(self) -> None:
        """Close the socket; never fails and never waits for the other side."""
        with contextlib.suppress(OSError):
            self._socket.close()


class SocketFace:
    """Lets ``http.client`` use a wire in place of a socket; the wire stays its maker's."""

    def __init__(self, wire: Wire) -> None:
        """Show this wire as a socket."""
        self._wire = wire

    def sendall(self, data: bytes) -> None:
        """Send everything or raise AttemptError."""
        self._wire.send(data)

    def settimeout(self, _seconds: float | None) -> None:
        """Ignored: the wire sets its own time-outs."""

    def makefile(self, *_arguments: Any, **_options: Any) -> io.BufferedReader:
        """Return a reader of what the server sends."""
        return io.BufferedReader(_Reader(self._wire), 8192)

    def close(self) -> None:
        """Ignored: ``http.client`` closes its socket before the body is read."""


class _Reader(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._wire.receive(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def dial(address: str, port: int, *, timeout: float, deadline: float, lifetime: float) -> Wire:
    """Connect to a numeric address; no name is looked up here.

    ``timeout`` and ``lifetime`` in seconds, ``deadline`` on the monotonic clock.

    Raises:
        AttemptError: refused, timeout, filtered, permission_denied, limit_reached.
    """
    now = time.monotonic()
    try:
        info = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
        family, kind, number, _, place = info[0]
        connection = socket.socket(family, kind, number)
    except OSError as error:
        raise failure(error, connected=False) from error
    try:
        connection.settimeout(max(0.001, min(timeout, deadline - now)))
        connection.connect(place)
    except OSError as error:
        connection.close()
        raise failure(error, connected=False) from error
    return Wire(connection, timeout=timeout, deadline=min(deadline, now + lifetime))


def _sni(name: str) -> str | None:
    """A name fit for the SNI extension, else none: a strange name must not fail the attempt."""
    plain = name.rstrip(".")
    try:
        encoded = plain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return encoded if encoded and ".." not in encoded and "\0" not in encoded else None


def _chain(connection: ssl.SSLSocket) -> tuple[bytes, ...]:
    public = getattr(connection, "get_unverified_chain", None)  # Python 3.13
    if public is not None:
        return tuple(bytes(der) for der in public() or ())
    inner: Any = getattr(connection, "_sslobj", None)
    if hasattr(inner, "get_unverified_chain"):  # Python 3.10 to 3.12
        der_form = 2  # _ssl.ENCODING_DER
        sent = inner.get_unverified_chain() or ()
        return tuple(certificate.public_bytes(der_form) for certificate in sent)
    leaf = connection.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()
