"""Databases: recognised by their first words; nobody logs on and nothing is asked of the data.

MySQL and MariaDB speak first. PostgreSQL is asked for a version of its protocol that no
server has, which it refuses by name without hearing of any user. Redis and memcached answer
a question about themselves only where they ask nobody for a password.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    BANNER,
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    Net,
    Service,
    collector,
    protocol,
)

OPEN, PASSWORD, UNSEEN = "open", "password", "unseen"

_MYSQL_PROTOCOL: Final = 10
_MYSQL_ERROR: Final = 0xFF
_MYSQL_HEADER: Final = 4
_MYSQL_LONGEST: Final = 1024
_MYSQL_FILTERED: Final = re.compile(rb"is not (?:allowed|permitted) to connect|is blocked because")
_VERSION_TEXT: Final = re.compile(rb"[0-9][0-9A-Za-z.+~:_-]{0,80}")
_REPLICATION_PREFIX: Final = "5.5.5-"
"""What MariaDB writes before its own version for old replicas."""
_POSTGRES_REFUSAL: Final = b"unsupported frontend protocol"
_POSTGRES_LIMIT: Final = 2000
_MSSQL_REPLY: Final = 0x04
_MSSQL_HEADER: Final = 8
_OP_MSG: Final = 2013
_MONGO_HEADER: Final = 16
_ELASTIC_TAGLINES: Final = (
    "You Know, for Search",
    "The OpenSearch Project: https://opensearch.org/",
)
_PAGE_LIMIT: Final = 16_384
_UNAUTHORISED: Final = 401


@dataclass(frozen=True)
class DatabaseAnswer(Facts):
    """What a database says before anyone logs on."""

    product: str
    """``mysql``, ``postgresql``, ``redis`` …; empty for a web service that is none."""
    access: str = UNSEEN
    """``open`` (answers without a password), ``password`` or ``unseen``."""
    version: str = ""
    host_refused: bool = False
    """The server speaks, but turns our address away (MySQL error 1130)."""


def mongo_hello() -> bytes:
    """Return the OP_MSG ``hello`` that every MongoDB driver opens with."""
    document = b"\x10hello\x00" + struct.pack("<i", 1) + b"\x02$db\x00" + struct.pack("<i", 6)
    document += b"admin\x00\x00"
    body = struct.pack("<i", 0) + b"\x00" + struct.pack("<i", len(document) + 4) + document
    return struct.pack("<iiii", _MONGO_HEADER + len(body), 1, 0, _OP_MSG) + body


def mssql_prelogin() -> bytes:
    """Return a TDS pre-login message (MS-TDS 2.2.6.5) with version and encryption options."""
    options = bytes.fromhex("00000b0006010011000 1ff".replace(" ", ""))
    data = bytes(6) + b"\x02"
    return struct.pack(">BBHHBB", 0x12, 1, 8 + len(options) + len(data), 0, 1, 0) + options + data


POSTGRES_REQUEST: Final = bytes.fromhex("0000000d00010000") + b"user\x00"
"""Start-up of protocol 1.0, which no living server speaks; it names no user."""
REDIS_PING: Final = b"*1\r\n$4\r\nPING\r\n"
MEMCACHED_VERSION: Final = b"version\r\n"


@protocol("mysql", ports=(3306, 33060), nmap=("mysql",))
def mysql(answer: bytes) -> bool:
    """A first packet of MySQL or MariaDB: the greeting, or the refusal of our address."""
    if len(answer) <= _MYSQL_HEADER + 2 or answer[3] != 0:
        return False
    length = int.from_bytes(answer[:3], "little")
    if length + _MYSQL_HEADER < len(answer) or length < 3:  # noqa: PLR2004
        return False
    if answer[_MYSQL_HEADER] == _MYSQL_ERROR:
        return _MYSQL_FILTERED.search(answer) is not None
    if answer[_MYSQL_HEADER] != _MYSQL_PROTOCOL:
        return False
    version, end, _ = answer[_MYSQL_HEADER + 1 :].partition(b"\x00")
    return bool(end) and _VERSION_TEXT.fullmatch(version) is not None


@protocol("postgresql", sends=POSTGRES_REQUEST, ports=(5432,), nmap=("postgresql",))
def postgresql(answer: bytes) -> bool:
    """PostgreSQL's refusal of a protocol it does not have."""
    return answer[:1] == b"E" and _POSTGRES_REFUSAL in answer[:_POSTGRES_LIMIT]


@protocol("mssql", sends=mssql_prelogin(), ports=(1433,), nmap=("ms-sql-s",))
def mssql(answer: bytes) -> bool:
    """A TDS response that starts with the version option."""
    if len(answer) <= _MSSQL_HEADER or answer[0] != _MSSQL_REPLY or answer[1] > 1:
        return False
    length = int.from_bytes(answer[2:4], "big")
    return length == len(answer) and answer[_MSSQL_HEADER] == 0


@protocol("redis", sends=REDIS_PING, ports=(6379,), nmap=("redis",))
def redis(answer: bytes) -> bool:
    """The answer of Redis or Valkey to PING, with or without a password."""
    return answer == b"+PONG\r\n" or answer.startswith((b"-NOAUTH ", b"-DENIED Redis"))


@protocol("mongodb", sends=mongo_hello(), ports=(27017, 27018), nmap=("mongodb", "mongod"))
def mongodb(answer: bytes) -> bool:
    """An OP_MSG answer that names the wire version."""
    if len(answer) < _MONGO_HEADER:
        return False
    length, _, responds_to, code = struct.unpack("<iiii", answer[:_MONGO_HEADER])
    return code == _OP_MSG and responds_to == 1 and length > 0 and b"maxWireVersion" in answer


@protocol("memcached", sends=MEMCACHED_VERSION, ports=(11211,), nmap=("memcached", "memcache"))
def memcached(answer: bytes) -> bool:
    """The answer to ``version``."""
    return re.fullmatch(rb"VERSION [0-9][\w.\-]{0,40}\r\n", answer) is not None


@collector(on=Service("mysql"), intrusiveness=BANNER)
def mysql_greeting(service: Service, net: Net) -> DatabaseAnswer:
    """Read the greeting of MySQL or MariaDB.

    The one that was said when the service was recognised will do: the server counts every
    connection that is dropped and shuts an address out after a hundred (max_connect_errors).
    """
    greeting = service.greeting
    if not mysql.recognise(greeting):
        with net.connect(service) as channel:
            header = channel.receive_exactly(_MYSQL_HEADER)
            length = min(int.from_bytes(header[:3], "little"), _MYSQL_LONGEST)
            greeting = header + channel.receive_exactly(length)
    _expect(mysql.recognise(greeting))
    body = greeting[_MYSQL_HEADER:]
    if body[0] == _MYSQL_ERROR:
        return DatabaseAnswer("mysql", host_refused=True)
    version = body[1:].split(b"\x00")[0].decode("ascii", "replace")
    version = version.removeprefix(_REPLICATION_PREFIX)
    return DatabaseAnswer("mariadb" if "MariaDB" in version else "mysql", version=version)


@collector(on=Service("postgresql"), intrusiveness=HANDSHAKE)
def postgresql_refusal(service: Service, net: Net) -> DatabaseAnswer:
    """Have PostgreSQL refuse a protocol it does not have."""
    _expect(postgresql.recognise(net.exchange(service, POSTGRES_REQUEST)))
    return DatabaseAnswer("postgresql")


@collector(on=Service("mssql"), intrusiveness=HANDSHAKE)
def mssql_prelogin_answer(service: Service, net: Net) -> DatabaseAnswer:
    """Read SQL Server's version from the message before the logon."""
    answer = net.exchange(service, mssql_prelogin())
    _expect(mssql.recognise(answer))
    at = _MSSQL_HEADER + int.from_bytes(answer[_MSSQL_HEADER + 1 : _MSSQL_HEADER + 3], "big")
    raw = answer[at : at + 4]
    version = f"{raw[0]}.{raw[1]}.{int.from_bytes(raw[2:4], 'big')}" if len(raw) == 4 else ""  # noqa: PLR2004
    return DatabaseAnswer("mssql", version=version)


@collector(on=Service("redis"), intrusiveness=HANDSHAKE)
def redis_ping(service: Service, net: Net) -> DatabaseAnswer:
    """Send PING: the answer tells whether a password is asked for."""
    answer = net.exchange(service, REDIS_PING)
    _expect(redis.recognise(answer))
    return DatabaseAnswer("redis", OPEN if answer.startswith(b"+PONG") else PASSWORD)


@collector(on=Service("mongodb"), intrusiveness=HANDSHAKE)
def mongodb_hello(service: Service, net: Net) -> DatabaseAnswer:
    """Say hello; MongoDB answers that to anyone, so it says nothing about passwords."""
    _expect(mongodb.recognise(net.exchange(service, mongo_hello())))
    return DatabaseAnswer("mongodb")


@collector(on=Service("memcached"), intrusiveness=HANDSHAKE)
def memcached_version(service: Service, net: Net) -> DatabaseAnswer:
    """Ask for the version; memcached's text protocol knows no password at all."""
    answer = net.exchange(service, MEMCACHED_VERSION)
    _expect(memcached.recognise(answer))
    return DatabaseAnswer("memcached", OPEN, answer.decode("ascii").split()[1])


@collector(on=Service("http"), intrusiveness=HANDSHAKE)
def elasticsearch_front(service: Service, net: Net) -> DatabaseAnswer:
    """Look whether the front page of a web service is that of Elasticsearch or OpenSearch."""
    answer = net.http(service, "/", follow=0, limit=_PAGE_LIMIT)
    realm = answer.header("www-authenticate").lower()
    asks = 'realm="security"' in realm or "opensearch security" in realm
    if answer.status == _UNAUTHORISED and asks:
        return DatabaseAnswer("elasticsearch", PASSWORD)
    try:
        page = json.loads(answer.body)
    except (ValueError, RecursionError):
        page = None
    version = page.get("version") if isinstance(page, dict) else None
    if not isinstance(version, dict) or page.get("tagline") not in _ELASTIC_TAGLINES:
        # What fails or breaks off rules it out only where it is a web page.
        _expect(answer.body.lstrip().startswith(b"<") or not answer.unread(_PAGE_LIMIT))
        return DatabaseAnswer("")
    return DatabaseAnswer("elasticsearch", OPEN, str(version.get("number", ""))[:40])


def _expect(fits: bool) -> None:  # noqa: FBT001
    if not fits:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "unexpected answer")
