"""Messaging servers (XMPP): whether a stream is encrypted before anyone logs on.

RFC 6120. A stream is opened, its list of features read, the stream closed: nobody logs on, no
account is made and no other server is called. What it says is cut at each ``>`` and known by its
words, so that hostile XML meets no parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Channel,
    Facts,
    Net,
    Service,
    collector,
    protocol,
)

_US: Final = "posture-scan.invalid"
"""Nobody's name, under a domain that never exists (RFC 6761 section 6.4)."""
_SERVERS_PORT: Final = 5269
"""Where servers meet, in a namespace of their own (RFC 6120 section 14.7)."""
_NAME: Final = re.compile(r"[\w.:\[\]-]{1,255}")
_HEADER: Final = re.compile(
    rb"\A\s{0,8}(?:<\?xml[^<>]{0,200}\?>\s{0,8})?<(?:[A-Za-z][\w.-]{0,30}:)?stream"
    rb"(?=\s)(?P<said>[^<>]{0,1500})>"
)
_STREAMS: Final = b"http://etherx.jabber.org/streams"
_ID: Final = re.compile(rb"\sid\s*=\s*['\"]")
"""The name of the stream, which only the server gives (RFC 6120 section 4.7.3)."""
_NAMED: Final = re.compile(rb"\s(?:from|to)\s*=\s*(?:'[^']*'|\"[^\"]*\")")
_VERSION: Final = re.compile(rb"\sversion\s*=\s*['\"][1-9]\d{0,3}\.\d")
_TAG: Final = re.compile(rb"([^<]{0,200})<(/?)(?:[A-Za-z][\w.-]{0,30}:)?([A-Za-z?][\w-]{0,40})")
_TAGS: Final = 120
_TAG_LIMIT: Final = 2048
_CLEAR: Final = frozenset({"PLAIN", "LOGIN"})
"""Ways to log on that hand over the password itself (RFC 4616)."""


@dataclass(frozen=True)
class XmppOffer(Facts):
    """What an XMPP server offers before anything is encrypted."""

    tls_from_the_start: bool = False
    turned_away: bool = False
    """The server ended the stream in place of its features: it knows no such domain, or is full."""
    starttls: bool = False
    starttls_required: bool = False
    old_logon: bool = False
    """The logon of before 2004 (XEP-0078), whose list of ways is not shown to strangers."""
    clear_logins: tuple[str, ...] = ()
    """``PLAIN`` and ``LOGIN`` where they are offered unencrypted."""


def stream_header(to: str, *, servers: bool = False) -> bytes:
    """Return the beginning of a stream to this name (RFC 6120 section 4.7)."""
    kind = f"jabber:server' from='{_US}" if servers else "jabber:client"
    return (
        f"<?xml version='1.0'?><stream:stream to='{to}' xmlns='{kind}' "
        f"xmlns:stream='{_STREAMS.decode()}' version='1.0'>"
    ).encode()


def _nameless(answer: bytes) -> bytes:
    """Keep the stream header without the domain that it names."""
    found = _HEADER.match(answer)
    return _NAMED.sub(b"", found[0]) if found else b""


@protocol(
    "xmpp",
    sends=stream_header(_US),
    ports=(5222, 5223, 5269),
    nmap=("xmpp", "jabber", "xmpp-client", "xmpp-server"),
    anywhere=False,
    keep=_nameless,
)
def xmpp(answer: bytes) -> bool:
    """A server's stream header, which comes before its error too (RFC 6120 section 4.9.1.2)."""
    found = _HEADER.match(answer)
    return found is not None and _STREAMS in found[0] and _ID.search(found["said"]) is not None


@collector(on=Service("xmpp"), intrusiveness=HANDSHAKE)
def xmpp_offer(service: Service, net: Net) -> XmppOffer:
    """Open a stream to the first scoped name, or to the address; read the features, leave."""
    if service.tls:
        return XmppOffer(tls_from_the_start=True)
    address = f"[{service.address}]" if ":" in service.address else service.address
    name = service.names[0] if service.names else address
    to = name if _NAME.fullmatch(name) else address
    with net.connect(service) as channel:
        channel.send(stream_header(to, servers=service.port == _SERVERS_PORT))
        offer = _features(channel) if _stream(channel) else _of_old(channel)
        channel.send(b"</stream:stream>")
    return offer


def _stream(channel: Channel) -> bool:
    """Read the server's header: whether it is of version 1.0 or later, and so has features."""
    tag = _tag(channel)
    if tag.lstrip().startswith(b"<?xml"):
        tag = _tag(channel)
    if not xmpp.recognise(tag):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no stream")
    return _VERSION.search(tag) is not None


def _of_old(channel: Channel) -> XmppOffer:
    """Before version 1.0 there are no features to wait for, but there may be an error."""
    try:
        _, closes, word = _word(_tag(channel))
    except AttemptError as error:
        if error.attempt is not Attempt.TIMEOUT:
            raise
        return XmppOffer(old_logon=True)
    return XmppOffer(turned_away=word == "error" and not closes, old_logon=True)


def _features(channel: Channel) -> XmppOffer:
    """Read the features up to their end, or the error in their place."""
    tag = _tag(channel)
    _, closes, word = _word(tag)
    if word == "error" and not closes:
        return XmppOffer(turned_away=True)
    if word != "features" or closes:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no features")
    return XmppOffer() if tag.endswith(b"/>") else _read_features(channel)


def _read_features(channel: Channel) -> XmppOffer:
    words: set[str] = set()
    logins: set[str] = set()
    required, inside = False, ""
    for _ in range(_TAGS):
        tag = _tag(channel)
        text, closes, word = _word(tag)
        if closes and word == "features":
            return XmppOffer(
                starttls="starttls" in words, starttls_required=required,
                old_logon="auth" in words, clear_logins=tuple(sorted(logins & _CLEAR)),
            )  # fmt: skip
        if closes and word == "mechanism":
            logins.add(text.decode("latin-1").strip().upper())
        required = required or (inside == "starttls" and word == "required")
        inside = "" if closes or tag.endswith(b"/>") else word
        words.add(word)
    raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no end of features")


def _tag(channel: Channel) -> bytes:
    """Return the next piece up to and with its ``>``."""
    found = channel.receive_until(b">", _TAG_LIMIT)
    if not found:
        raise AttemptError(Attempt.CLOSED_EARLY, "no tag")
    if not found.endswith(b">"):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no end of tag")
    return found


def _word(tag: bytes) -> tuple[bytes, bool, str]:
    """Return the text before a tag, whether it closes an element, and that element's name."""
    found = _TAG.match(tag)
    return (found[1], bool(found[2]), found[3].decode("ascii")) if found else (b"", False, "")
