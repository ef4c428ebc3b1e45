"""Asking for TLS in protocols of text: SMTP, IMAP, POP3, FTP and XMPP.

Every answer is bounded in lines and bytes, and nothing a server says is sent back to it. The
line that agrees to TLS is read to its own end and not a byte further.
"""

from __future__ import annotations

import re
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Channel, Service

LINES: Final = 60
"""Lines of one answer, or tags of one XMPP stanza: servers list a dozen abilities."""
LINE_LIMIT: Final = 2048
"""Bytes of one line or tag; RFC 5321 allows 512, IMAP's greeting may list abilities."""

_READY, _DONE, _AUTHENTICATE = 220, 250, 234
_REFUSED: Final = range(500, 505)
"""The command is not known, not implemented or not taken here (RFC 5321 section 4.2.2)."""
_PERMANENT: Final = range(500, 600)
_CODE: Final = 3
_TAG: Final = "p1"
_FOR_NOW: Final = re.compile(r"\[(?:UNAVAILABLE|SYS/TEMP|IN-USE)\]", re.IGNORECASE)
"""A refusal that says nothing of tomorrow (RFC 5530 section 3, RFC 3206 section 4)."""

_US: Final = "posture-scan.invalid"
"""Our name, under a domain that never exists (RFC 6761 section 6.4)."""
_SERVERS_PORT: Final = 5269
"""Where XMPP servers meet, in a namespace of their own (RFC 6120 section 14.7)."""
_NAME: Final = re.compile(r"[\w.:\[\]-]{1,255}")
_STARTTLS: Final = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
_ELEMENT: Final = re.compile(rb"\s*<(/?)(?:[A-Za-z][\w.-]{0,30}:)?([A-Za-z?][\w-]{0,40})")
_VERSION: Final = re.compile(rb"\sversion\s*=\s*['\"][1-9]\d{0,3}\.\d")


class NotOfferedError(Exception):
    """Raised where a server said in its own protocol that it has no TLS here."""

    def __init__(self, detail: str) -> None:
        """Say by which answer, as a short technical id."""
        super().__init__(detail)
        self.detail = detail


def turned_away(detail: str) -> AttemptError:
    """Return the error for a server that ended the dialogue, which says nothing of its TLS."""
    return AttemptError(Attempt.CLOSED_EARLY, detail)


def strange(detail: str) -> AttemptError:
    """Return the error for an answer that does not follow the protocol."""
    return AttemptError(Attempt.PROTOCOL_MISMATCH, detail)


def _line(channel: Channel, end: bytes = b"\n") -> bytes:
    found = channel.receive_until(end, LINE_LIMIT)
    if not found:
        raise turned_away("no line")
    if not found.endswith(end):
        # Cut off, or longer than any: what came shows which.
        raise strange("endless") if len(found) >= LINE_LIMIT else turned_away("half a line")
    return found


def _text(channel: Channel) -> str:
    return _line(channel).rstrip(b"\r\n").decode("latin-1")


# --- SMTP and FTP ----------------------------------------------------------------------------


def _reply(channel: Channel) -> tuple[int, list[str]]:
    """Read one reply over all of its lines (RFC 5321 section 4.2.1, RFC 959 section 4.2)."""
    first = _text(channel)
    if not re.fullmatch(r"[1-5]\d\d(?:[ -].*)?", first, re.DOTALL | re.ASCII):
        raise strange("no reply code")
    code, texts = first[:_CODE], [first[_CODE + 1 :]]
    more = first[_CODE : _CODE + 1] == "-"
    for _ in range(LINES if more else 0):
        line = _text(channel)
        if line.startswith(code) and line[_CODE : _CODE + 1] in {"", " ", "-"}:
            texts.append(line[_CODE + 1 :])
            more = line[_CODE : _CODE + 1] == "-"
        if not more:
            break
    if more:
        raise strange("endless")
    return int(code), texts


def _greeted(channel: Channel) -> None:
    code, _ = _reply(channel)
    if code != _READY:
        raise turned_away(f"greeting {code}")


def smtp(_service: Service, channel: Channel) -> None:
    """Lead a mail server's connection to TLS (RFC 3207 section 4)."""
    _greeted(channel)
    channel.send(f"EHLO {_US}\r\n".encode())
    code, texts = _reply(channel)
    if code in _REFUSED:
        raise NotOfferedError(f"ehlo {code}")  # none of the extensions, so not this one
    if code != _DONE:
        raise turned_away(f"ehlo {code}")
    if all(text.upper().split()[:1] != ["STARTTLS"] for text in texts[1:]):
        raise NotOfferedError("not_listed")
    channel.send(b"STARTTLS\r\n")
    code, _ = _reply(channel)
    if code in _REFUSED:
        raise NotOfferedError(f"starttls {code}")
    if code != _READY:
        raise turned_away(f"starttls {code}")  # 454: not for the moment


def ftp(_service: Service, channel: Channel) -> None:
    """Lead an FTP server's control connection to TLS (RFC 4217 section 4)."""
    _greeted(channel)
    channel.send(b"AUTH TLS\r\n")
    code, _ = _reply(channel)
    if code in _PERMANENT:
        raise NotOfferedError(f"auth {code}")  # 530 too: servers without TLS ask for a logon
    if code != _AUTHENTICATE:
        raise turned_away(f"auth {code}")  # 431: a resource is missing for the moment


# --- IMAP and POP3 ---------------------------------------------------------------------------


def imap(_service: Service, channel: Channel) -> None:
    """Lead an IMAP server's connection to TLS (RFC 9051 section 6.2.1)."""
    greeting = _text(channel).upper().split()
    if greeting[:2] == ["*", "PREAUTH"]:
        raise NotOfferedError("preauth")  # RFC 9051 section 7.1.4: it is too late for STARTTLS
    if greeting[:2] == ["*", "BYE"]:
        raise turned_away("bye")
    if greeting[:2] != ["*", "OK"]:
        raise strange("no greeting")
    channel.send(f"{_TAG} STARTTLS\r\n".encode())
    for _ in range(LINES):
        line = _text(channel)
        words = line.upper().split()
        if words[:2] == ["*", "BYE"]:
            raise turned_away("bye")
        if words[:1] == [_TAG.upper()]:
            _imap_end(line, words[1:2])
            return
        if words[:1] != ["*"]:
            raise strange("no answer")
    raise strange("endless")


def _imap_end(line: str, end: list[str]) -> None:
    if end == ["OK"]:
        return
    if end not in (["NO"], ["BAD"]):
        raise strange("no answer")
    if _FOR_NOW.search(line):
        raise turned_away("starttls for_now")
    raise NotOfferedError(f"starttls {end[0].lower()}")


def pop3(_service: Service, channel: Channel) -> None:
    """Lead a POP3 server's connection to TLS (RFC 2595 section 4)."""
    greeting = _text(channel)
    if greeting.startswith("-ERR"):
        raise turned_away("greeting err")
    if not greeting.startswith("+OK"):
        raise strange("no greeting")
    channel.send(b"STLS\r\n")
    answer = _text(channel)
    if answer.startswith("+OK"):
        return
    if not answer.startswith("-ERR"):
        raise strange("no answer")
    if _FOR_NOW.search(answer):
        raise turned_away("stls for_now")
    raise NotOfferedError("stls err")


# --- XMPP ------------------------------------------------------------------------------------


def xmpp(service: Service, channel: Channel) -> None:
    """Lead an XMPP server's stream to TLS (RFC 6120 section 5.4).

    What it says is cut at each ``>`` and known by its first word: hostile XML meets no parser.
    """
    channel.send(_stream_header(service))
    _stream(channel)
    if not _features(channel):
        raise NotOfferedError("not_listed")
    channel.send(_STARTTLS)
    tag = _line(channel, b">")
    if _word(tag) == (False, b"failure"):
        raise turned_away("failure")
    if _word(tag) != (False, b"proceed"):
        raise strange("no answer")
    if not tag.endswith(b"/>") and _word(_line(channel, b">")) != (True, b"proceed"):
        raise strange("no answer")


def _stream_header(service: Service) -> bytes:
    """Return the beginning of a stream to the first scoped name, or to the address."""
    address = f"[{service.address}]" if ":" in service.address else service.address
    name = service.names[0] if service.names else address
    to = name if _NAME.fullmatch(name) else address
    between_servers = service.port == _SERVERS_PORT
    kind = f"jabber:server' from='{_US}" if between_servers else "jabber:client"
    return (
        f"<?xml version='1.0'?><stream:stream to='{to}' xmlns='{kind}' "
        "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
    ).encode()


def _word(tag: bytes) -> tuple[bool, bytes]:
    """Return whether a piece up to ``>`` closes an element, and that element's name."""
    found = _ELEMENT.match(tag)
    return (bool(found[1]), found[2]) if found else (False, b"")


def _stream(channel: Channel) -> None:
    """Read the server's own stream header."""
    tag = _line(channel, b">")
    if tag.lstrip().startswith(b"<?xml"):
        tag = _line(channel, b">")
    if _word(tag) != (False, b"stream"):
        raise strange("no stream")
    if not _VERSION.search(tag):
        # Before version 1.0 there are no features to wait for (RFC 6120 section 4.7.5).
        if _unversioned(channel) == (False, b"error"):
            raise turned_away("stream error")
        raise NotOfferedError("no_version")


def _unversioned(channel: Channel) -> tuple[bool, bytes]:
    """Return the word behind a stream header of old, where only an error may stand."""
    try:
        return _word(_line(channel, b">"))
    except AttemptError as error:
        if error.attempt is not Attempt.TIMEOUT:
            raise
        return False, b""


def _features(channel: Channel) -> bool:
    """Read the list of features to its end: whether STARTTLS is among them."""
    tag = _line(channel, b">")
    if _word(tag) == (False, b"error"):
        raise turned_away(f"stream error {_condition(channel)}".strip())
    if _word(tag) != (False, b"features"):
        raise strange("no features")
    if tag.endswith(b"/>"):
        return False
    offered = False
    for _ in range(LINES):
        tag = _line(channel, b">")
        word = _word(tag)
        if word == (True, b"features"):
            return offered
        offered = offered or word == (False, b"starttls")
    raise strange("endless")


def _condition(channel: Channel) -> str:
    """Return why the stream ended where the reason is one of ours (RFC 6120 section 4.9.3)."""
    known = {b"host-unknown", b"improper-addressing", b"invalid-namespace", b"policy-violation",
             b"resource-constraint", b"not-authorized", b"host-gone"}  # fmt: skip
    _, word = _word(channel.receive_until(b">", LINE_LIMIT))
    return word.decode("ascii", "replace") if word in known else ""
