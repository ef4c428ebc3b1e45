"""Name servers: one question about a name that belongs to nobody.

``example.com`` is reserved for documentation and answered by IANA (RFC 2606, RFC 6761 section
6.5). A name server that answers it for a stranger who asks for recursion (RFC 1035 section
4.1.1: RD in the question, RA in the answer) serves anyone, and anyone's forged sender too. One
question in one datagram; neither its own zones nor its version are asked for.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    Net,
    Service,
    collector,
    protocol,
)

_ID: Final = 0x7053
_RECURSION_DESIRED: Final = 0x0100
_IS_ANSWER, _OPCODE, _AUTHORITATIVE = 0x8000, 0x7800, 0x0400
_TRUNCATED, _RECURSION_AVAILABLE, _CODE = 0x0200, 0x0080, 0x000F
_HEADER: Final = 12
_NAME: Final = b"\x07example\x03com\x00"
_A, _CNAME, _IN = 1, 5, 1
QUESTION: Final = _NAME + struct.pack(">HH", _A, _IN)
QUERY: Final = struct.pack(">6H", _ID, _RECURSION_DESIRED, 1, 0, 0, 0) + QUESTION

_POINTER: Final = 0xC0
_MOST_LABELS: Final = 64
_MOST_ANSWERS: Final = 32
_RECORD_HEAD: Final = 10


@dataclass(frozen=True)
class DnsAnswer(Facts):
    """How a name server answered a stranger's question about a name that is not its own."""

    code: int
    """RFC 1035 RCODE: 0 no error, 2 server failure, 5 refused."""
    recursion_offered: bool
    authoritative: bool
    truncated: bool
    answers: int
    """Address and alias records that answer the question."""


def framed(message: bytes) -> bytes:
    """Return a message as DNS over TCP sends it (RFC 1035 section 4.2.2)."""
    return struct.pack(">H", len(message)) + message


@protocol("dns", sends=QUERY, ports=(53,), nmap=("domain",), transport="udp")
def dns(answer: bytes) -> bool:
    """An answer, of whatever outcome, to this very question."""
    if len(answer) < _HEADER:
        return False
    number, flags, questions = struct.unpack(">HHH", answer[:6])
    if number != _ID or not flags & _IS_ANSWER or flags & _OPCODE:
        return False
    asked = answer[_HEADER : _HEADER + len(QUESTION)]
    if questions == 1:
        return asked.lower() == QUESTION
    return questions == 0 and bool(flags & _CODE)  # refusals often leave the question out


@protocol("dns_tcp", sends=framed(QUERY), ports=(53, 853), nmap=("domain",), anywhere=False)
def dns_tcp(answer: bytes) -> bool:
    """The same behind its length."""
    length = int.from_bytes(answer[:2], "big")
    return len(answer) >= length + 2 and dns.recognise(answer[2 : length + 2])


@collector(on=Service("dns"), intrusiveness=HANDSHAKE)
def dns_answer(service: Service, net: Net) -> DnsAnswer:
    """Read the answer; what was said when the service was recognised is not asked for again."""
    said = service.greeting
    return read(said if dns.recognise(said) else net.datagram(service, QUERY))


@collector(on=Service("dns_tcp"), intrusiveness=HANDSHAKE)
def dns_tcp_answer(service: Service, net: Net) -> DnsAnswer:
    """Read the answer over TCP."""
    said = service.greeting
    if not dns_tcp.recognise(said):
        said = net.exchange(service, framed(QUERY))
    return read(said[2 : 2 + int.from_bytes(said[:2], "big")])


def read(answer: bytes) -> DnsAnswer:
    """Read flags and count what answers the question.

    Raises:
        AttemptError: protocol_mismatch for what is no answer to it.
    """
    if not dns.recognise(answer):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no answer to the question")
    flags, asked, count = struct.unpack(">HHH", answer[2:8])
    found = _count(answer, _HEADER + len(QUESTION), count) if asked else 0
    return DnsAnswer(
        flags & _CODE,
        recursion_offered=bool(flags & _RECURSION_AVAILABLE),
        authoritative=bool(flags & _AUTHORITATIVE),
        truncated=bool(flags & _TRUNCATED),
        answers=found,
    )


def _count(answer: bytes, at: int, records: int) -> int:
    """Count the answer's addresses and aliases, as far as they can be read."""
    found = 0
    for _ in range(min(records, _MOST_ANSWERS)):
        at = _after_name(answer, at)
        head = answer[at : at + _RECORD_HEAD]
        if at < 0 or len(head) < _RECORD_HEAD:
            break
        kind, family, _, length = struct.unpack(">HHIH", head)
        at += _RECORD_HEAD + length
        if at > len(answer):
            break
        found += kind in {_A, _CNAME} and family == _IN
    return found


def _after_name(answer: bytes, at: int) -> int:
    """Return where a record's name ends, without following pointers; -1 where it does not."""
    for _ in range(_MOST_LABELS):
        if at >= len(answer):
            return -1
        length = answer[at]
        if length >= _POINTER:
            return at + 2
        at += 1 + length
        if length == 0:
            return at
    return -1
