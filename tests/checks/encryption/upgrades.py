"""Servers that upgrade a plain connection to TLS, or do not, as scripts of what they say."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass

HEADER = (
    b"<?xml version='1.0'?><stream:stream from='chat.example.jp' id='x1' version='1.0' "
    b"xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'>"
)
OFFERED = (
    b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
    b"</stream:features>"
)
PROCEED = b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"


def mysql_greeting(flags: int = 0xF7FE | 0x0800) -> bytes:
    body = b"\x0a5.5.5-10.11.19-MariaDB\x00" + bytes(4) + b"scramble\x00"
    body += struct.pack("<H", flags) + b"\x2d\x02\x00\xff\x81" + bytes(24)
    return len(body).to_bytes(3, "little") + b"\x00" + body


def ldap(code: int, *, message: int = 1, long: bool = False) -> bytes:
    answer = bytes([0x0A, 1, code]) + b"\x04\x00\x04\x00"
    inside = bytes([2, 1, message, 0x78, len(answer)]) + answer
    length = b"\x84\x00\x00\x00" + bytes([len(inside)]) if long else bytes([len(inside)])
    return b"\x30" + length + inside


def rdp(kind: int, value: int) -> bytes:
    head = b"\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00"
    return head + struct.pack("<BBHI", kind, 0, 8, value)


BARE_RDP = b"\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00"
EHLO = b"250-mail\r\n250-8BITMIME\r\n250 STARTTLS\r\n"


@dataclass(frozen=True)
class Server:
    """What one server says: unasked, and to each of our messages."""

    protocol: str
    greeting: bytes = b""
    replies: tuple[bytes, ...] = ()

    @property
    def parts(self) -> list[bytes]:
        return [self.greeting, *self.replies]

    def saying(self, parts: Sequence[bytes]) -> Server:
        """The same server with other words."""
        return Server(self.protocol, parts[0], tuple(parts[1:]))

    def cut(self, at: int) -> Server:
        """The same, hanging up after so many bytes."""
        ends = itertools.accumulate(len(part) for part in self.parts)
        return self.saying([
            part[: max(0, len(part) - max(0, end - at))]
            for part, end in zip(self.parts, ends, strict=True)
        ])  # fmt: skip


SOUND = (
    Server("smtp", b"220-mail\r\n220 ESMTP\r\n", (EHLO, b"220 go\r\n")),
    Server("smtp", b"220 x\n", (b"250-x\n250-starttls\n250 X\n", b"220-a\r\n220\r\n")),
    Server("imap", b"* OK ready\r\n", (b"* OK more\r\np1 OK begin\r\n",)),
    Server("pop3", b"+OK ready\r\n", (b"+OK\r\n",)),
    Server("ftp", b"220-Welcome\r\nno code here\r\n220 FTP\r\n", (b"234 go\r\n",)),
    Server("postgresql", b"", (b"S",)),
    Server("ldap", b"", (ldap(0),)),
    Server("ldap", b"", (ldap(0, long=True),)),
    Server("mysql", mysql_greeting()),
    Server("xmpp", b"", (HEADER + OFFERED, PROCEED)),
    Server("xmpp", b"", (HEADER + b" \n" + OFFERED, PROCEED[:-2] + b"></proceed>")),
    Server("rdp", b"", (rdp(2, 1),)),
    Server("rdp", b"", (rdp(2, 2),)),
    Server("rdp", b"", (rdp(2, 8),)),
)
WITHOUT = (
    Server("smtp", b"220 x\r\n", (b"250-mail STARTTLS\r\n250 X-STARTTLS\r\n",)),
    Server("smtp", b"220 x\r\n", (b"250 STARTTLS\r\n",)),  # its own name, no ability
    Server("smtp", b"220 x\r\n", (b"502 what\r\n",)),
    Server("smtp", b"220 x\r\n", (EHLO, b"502 no\r\n")),
    Server("imap", b"* OK x\r\n", (b"p1 BAD no TLS\r\n",)),
    Server("imap", b"* OK x\r\n", (b"p1 NO no TLS\r\n",)),
    Server("imap", b"* PREAUTH x\r\n"),
    Server("pop3", b"+OK x\r\n", (b"-ERR no TLS\r\n",)),
    Server("ftp", b"220 x\r\n", (b"530 log in first\r\n",)),
    Server("ftp", b"220 x\r\n", (b"500 what\r\n",)),
    Server("postgresql", b"", (b"N",)),
    Server("ldap", b"", (ldap(2),)),
    Server("ldap", b"", (ldap(52),)),
    Server("mysql", mysql_greeting(0xF7FE & ~0x0800)),
    Server("xmpp", b"", (HEADER + b"<stream:features/>",)),
    Server("xmpp", b"", (HEADER + b"<features><a></a><b>starttls</b></features>",)),
    Server("rdp", b"", (BARE_RDP,)),
    Server("rdp", b"", (rdp(2, 0),)),
    Server("rdp", b"", (rdp(3, 2),)),
    Server("rdp", b"", (rdp(3, 3),)),
)
TURNED_AWAY = (
    Server("smtp", b"554 no\r\n"),
    Server("smtp", b"220 x\r\n", (b"550 go away\r\n",)),
    Server("smtp", b"220 x\r\n", (EHLO, b"454 not now\r\n")),
    Server("imap", b"* BYE full\r\n"),
    Server("imap", b"* OK x\r\n", (b"* BYE full\r\n",)),
    Server("imap", b"* OK x\r\n", (b"p1 NO [UNAVAILABLE] later\r\n",)),
    Server("pop3", b"-ERR full\r\n"),
    Server("pop3", b"+OK x\r\n", (b"-ERR [SYS/TEMP] later\r\n",)),
    Server("ftp", b"421 full\r\n"),
    Server("ftp", b"220 x\r\n", (b"431 later\r\n",)),
    Server("postgresql", b"", (b"E",)),
    Server("ldap", b"", (ldap(51),)),
    Server("ldap", b"", (ldap(52, message=0),)),
    Server("mysql", b"\x04\x00\x00\x00\xff\x69\x04!"),
    Server("xmpp", b"", (HEADER + b"<stream:error><host-unknown xmlns='x'/></stream:error>",)),
    Server("xmpp", b"", (HEADER + OFFERED, b"<failure xmlns='x'/></stream:stream>")),
    Server("rdp", b"", (rdp(3, 6),)),
)
STRANGE = (
    Server("smtp", b"hello\r\n"),
    Server("imap", b"+OK x\r\n"),
    Server("imap", b"* OK x\r\n", (b"p2 OK x\r\n",)),
    Server("imap", b"* OK x\r\n", (b"p1 WELL x\r\n",)),
    Server("pop3", b"* OK x\r\n"),
    Server("pop3", b"+OK x\r\n", (b"OK\r\n",)),
    Server("postgresql", b"", (b"R",)),
    Server("ldap", b"", (ldap(0, message=2),)),
    Server("ldap", b"", (b"\x30\x84\x7f\xff\xff\xff",)),
    Server("ldap", b"", (b"\x30\x05\x02\x01\x01\x78\x00",)),
    Server("mysql", b"\x05\x00\x00\x00\x09abcd"),
    Server("xmpp", b"", (b"<html><body>",)),
    Server("xmpp", b"", (HEADER + OFFERED, b"<success/>")),
    Server("rdp", b"", (rdp(2, 4),)),
    Server("rdp", b"", (rdp(7, 1),)),
    Server("rdp", b"", (b"\x03\x00\x40\x00" + bytes(64),)),
)
