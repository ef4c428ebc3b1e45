"""The network and the computer as a collector sees them: interfaces only, no input or output.

``collect/`` implements them for real; tests implement them again as fakes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from posture_scan.model.evidence import Attempt, Service
from posture_scan.model.headers import Cookie, cookies_in, without_secrets

_TITLE: Final = re.compile(rb"<title[^>]{0,200}>([^<]{0,300})</title", re.IGNORECASE)
_READ_WITHIN: Final = 65_536
_STATUS_LINE: Final = re.compile(r"HTTP/1\.[01] (\d{3})(?: |$)")
_CHUNK_SIZE: Final = re.compile(rb"\A[0-9A-Fa-f]{1,8}\r\n")


class AttemptError(Exception):
    """Raised by ``net``, ``host`` or a collector when an observation could not be made."""

    def __init__(self, attempt: Attempt, detail: str = "") -> None:
        """Say how the attempt ended, and a short technical detail for the record."""
        super().__init__(f"{attempt.value}: {detail}" if detail else attempt.value)
        self.attempt = attempt
        self.detail = detail


class Channel(Protocol):
    """One open connection, with byte limits and a deadline built in."""

    def send(self, data: bytes) -> None:
        """Send all of the data or raise AttemptError."""

    def receive(self, limit: int = 65_536) -> bytes:
        """Return the next bytes as they come; ``b""`` when the other side has closed."""

    def receive_exactly(self, count: int) -> bytes:
        """Return exactly ``count`` bytes or raise AttemptError (closed_early, timeout)."""

    def receive_until(self, mark: bytes, limit: int = 65_536) -> bytes:
        """Return bytes up to and including ``mark``; without it, what came within the limit."""

    def start_tls(self, server_name: str = "") -> None:
        """Wrap the connection in TLS without judging the certificate."""

    def peer_chain(self) -> tuple[bytes, ...]:
        """After ``start_tls``: the certificates the server sent, DER, leaf first."""


@dataclass(frozen=True)
class HttpResponse:
    """One HTTP answer, capped; header names in lower case, redirects not followed."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cookies: tuple[str, ...] = ()
    """Names of the cookies set; their values are never kept."""
    truncated: bool = False
    final_url: str = ""
    redirect_refused: str = ""
    """Where a redirect pointed that was not followed: out of scope, or never to be requested."""

    @classmethod
    def heard(cls, said: bytes) -> HttpResponse | None:
        """Read the first bytes of an answer as they came over the wire (RFC 9112).

        Such as a web service's ``greeting``: its front page, which then need not be asked for
        again. ``truncated`` unless all of a body of named length is there; None where the bytes
        are no answer with all of its headers. Values of cookies are not kept.
        """
        head, gap, body = said.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = _STATUS_LINE.match(lines[0])
        if not gap or status is None:
            return None
        pairs = [line.partition(":") for line in lines[1:] if ":" in line]
        headers = without_secrets((name, value) for name, _, value in pairs)
        cookies = tuple(cookie.name for cookie in cookies_in(headers))
        named = dict(headers)
        coded = named.get("transfer-encoding") or named.get("content-encoding")
        whole = not coded and named.get("content-length") == str(len(body))
        if coded:
            body = _CHUNK_SIZE.sub(b"", body, count=1)
        return cls(int(status[1]), headers, body, cookies, truncated=not whole)

    def header(self, name: str) -> str:
        """Return the first header of that name (lower case), or an empty string."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def cookie_flags(self) -> tuple[Cookie, ...]:
        """The cookies set, with what protects them; a value is never kept."""
        return cookies_in(self.headers)

    @property
    def title(self) -> str:
        """The title that a page gives itself, or an empty string."""
        found = _TITLE.search(self.body, 0, _READ_WITHIN)
        return found[1].decode("utf-8", "replace").strip() if found else ""

    def texts(self, where: str) -> tuple[str, ...]:
        """Return what stands in one place, for marks to be looked for.

        ``header:<name>``, ``cookie`` (names), ``realm`` (how it asks for a logon), ``title``, or
        ``body``: its first 64 KiB.
        """
        if where == "cookie":
            return self.cookies
        if where == "title":
            return (self.title,)
        if where == "body":
            return (self.body[:_READ_WITHIN].decode("utf-8", "replace"),)
        name = "www-authenticate" if where == "realm" else where.removeprefix("header:")
        return tuple(value for key, value in self.headers if key == name)

    @property
    def failed(self) -> bool:
        """Whether the server was too busy (429) or failed (5xx, RFC 9110 section 15.6)."""
        return self.status == 429 or self.status >= 500  # noqa: PLR2004 -- as named above

    def unread(self, limit: int) -> bool:
        """Tell whether what was asked for stayed unseen: what is missing proves no absence.

        The server ``failed``, or its body broke off before the ``limit`` it was asked with.
        """
        return self.failed or (self.truncated and len(self.body) < limit)


@dataclass(frozen=True)
class DnsAnswer:
    """What DNS says about one name and one kind of record (RFC 1034 section 3.6)."""

    name: str
    kind: str
    """``TXT``, ``MX``, ``A`` … as asked."""
    records: tuple[str, ...] = ()
    """In presentation form; of TXT the joined strings, with ``\\xNN`` for bytes beyond ASCII."""
    no_name: bool = False
    """The name does not exist at all (NXDOMAIN)."""
    authenticated: bool = False
    """The resolver says that it validated the answer (AD bit, RFC 4035 section 3.2.3)."""
    alias: str = ""
    """The name that a chain of aliases (CNAME) ended at, where there was one."""


class Net(Protocol):
    """The only way to the network: carries scope, pace, time-outs, limits and the record."""

    def connect(self, service: Service, *, timeout: float = 5.0) -> AbstractContextManager[Channel]:
        """Open a connection to the service's address and port; close it on leaving."""

    def exchange(self, service: Service, data: bytes, *, limit: int = 4096) -> bytes:
        """Connect, send one message, return the first answer, close."""

    def http(
        self,
        service: Service,
        path: str,
        *,
        method: str = "GET",
        name: str = "",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        follow: int = 2,
        limit: int = 262_144,
    ) -> HttpResponse:
        """Make one HTTP request; follow at most ``follow`` redirects, on this host only."""

    def datagram(self, service: Service, data: bytes, *, limit: int = 4096) -> bytes:
        """Send one UDP datagram (twice at most) and return the first answer."""

    def lookup(self, name: str, kind: str) -> DnsAnswer:
        """Ask the resolver for one name's records of one kind.

        A name or kind that does not exist is an answer. Raises AttemptError: timeout,
        protocol_mismatch (``servfail``, ``refused``, ``bad_name`` …), limit_reached.
        """

    def verify_chain(self, chain: tuple[bytes, ...], name: str) -> str:
        """Check a DER chain against this machine's trust anchors, dates left aside.

        Returns an empty string when it is trusted, else one of ``self_signed``,
        ``unknown_ca``, ``incomplete``, ``unusable``.
        """

    def pause(self, seconds: float) -> None:
        """Wait between two connections where a protocol asks for it."""


@dataclass(frozen=True)
class CommandResult:
    """What a command printed, capped, and how it ended."""

    code: int
    stdout: bytes
    stderr: bytes = b""
    truncated: bool = False


@dataclass(frozen=True)
class FileInfo:
    """What the file system says of one path."""

    path: str
    size: int
    mode: int
    modified: datetime
    is_dir: bool
    device: int = 0


SystemRow = Mapping[str, int | str]
"""One row of what the system itself answers."""

RegistryData = int | str | bytes | tuple[str, ...]
"""A value of Windows' registry: a number, a text, bytes, or several texts."""


class Host(Protocol):
    """The only way to this computer: reads files and runs allow-listed commands, no writes.

    The same question asked twice within one collection gets the same answer.

    Every method raises AttemptError: permission_denied, tool_missing (no such file or program),
    timeout, limit_reached.
    """

    platform: str
    """``linux``, ``windows`` or ``darwin``."""
    elevated: bool
    """Whether the program runs with administrator rights."""
    now: datetime
    """The moment of this collection, in UTC."""

    def run(self, argv: tuple[str, ...], *, timeout: float = 5.0) -> CommandResult:
        """Run a command that reads and changes nothing; no shell, no standard input."""

    def read(self, path: str, *, limit: int = 1_048_576) -> bytes:
        """Return a file's content up to ``limit`` bytes."""

    def head(self, path: str, *, lines: int, limit: int = 4096) -> bytes:
        """Return a file's first lines; what stands behind them is not looked at.

        For files that name what was saved: their heads are evidence, their bodies private. A
        first line longer than ``limit`` bytes is limit_reached.
        """

    def select(self, path: str, statement: str, *, limit: int = 10_000) -> tuple[SystemRow, ...]:
        """Return what one ``SELECT`` finds in a SQLite file, which is neither locked nor changed.

        Values are whole numbers and texts; others are left out of their row. Raises AttemptError
        also with protocol_mismatch: no such database, or none with these tables.
        """

    def stat(self, path: str) -> FileInfo:
        """Return what the file system says of a path, following links."""

    def glob(self, pattern: str, *, limit: int = 1000) -> tuple[FileInfo, ...]:
        """List what matches a pattern such as ``/etc/cron.d/*``, sorted by path."""

    def homes(self) -> tuple[str, ...]:
        """Home directories whose backups matter: this user's, and every user's as root."""

    def registry(self, key: str, name: str) -> RegistryData:
        """Return one value of Windows' registry, in its 64-bit view.

        ``key`` begins with ``HKLM`` or ``HKCU``; ``name`` is empty for the key's own value. A key
        or value that is not there, and any other platform, is tool_missing.
        """

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """Return the names of a key's sub-keys; one that is not there is tool_missing."""

    def system(self, question: str, subject: str = "") -> tuple[SystemRow, ...]:
        """Ask the system through its own programming interface, where no text is translated.

        Windows: ``password_policy``, ``group_members`` (of a SID), ``accounts``, ``service``
        (by name), ``listening``, ``session`` (who works here, and with which rights). Each row
        maps names to whole numbers or texts; what there is none of (no such service) is
        tool_missing, as is every question on other platforms.
        """
