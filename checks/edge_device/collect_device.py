"""Devices by what they say without being asked anew: greetings, and certificates of other TLS.

The greeting is the one that discovery heard; no connection is made for it. Only a service that
speaks TLS and nothing else we know is connected to once, for its certificate.
"""

from __future__ import annotations

import re
from typing import Final

from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.fingerprint import Sight, certificate_names
from posture_scan.checks.edge_device.naming import choose, device_of, verdicts

from posture_scan.sdk import HANDSHAKE, PASSIVE, Net, Service, collector, protocol

_TOPOLOGY: Final = bytes.fromhex("5100000000000021")
_TOPOLOGY_ANSWER: Final = bytes.fromhex("59000000")
_ANSWER_LIMIT: Final = 64
_NEGOTIATION: Final = re.compile(
    rb"\xff(?:[\xfb-\xfe][\x00-\xff]|\xfa[\x00-\xff]{0,64}?\xff\xf0|[\xf0-\xf9])"
)
"""Telnet commands inside the text (RFC 854): option requests, subnegotiations, others."""


@protocol("checkpoint_topology", sends=_TOPOLOGY, ports=(264,), anywhere=False)
def checkpoint_topology(answer: bytes) -> bool:
    """The first step of Check Point's topology service; the second would tell names."""
    return answer.startswith(_TOPOLOGY_ANSWER) and len(answer) <= _ANSWER_LIMIT


@collector(on=Service("ssh"), intrusiveness=PASSIVE, max_connections=0)
def device_ssh(service: Service, net: Net) -> EdgeFront:  # noqa: ARG001 -- nothing is asked
    """Judge the identification of an SSH server."""
    return _by_greeting(service)


@collector(on=Service("telnet"), intrusiveness=PASSIVE, max_connections=0)
def device_telnet(service: Service, net: Net) -> EdgeFront:  # noqa: ARG001 -- nothing is asked
    """Judge what a telnet server says before its logon."""
    return _by_greeting(service)


@collector(on=Service("ftp"), intrusiveness=PASSIVE, max_connections=0)
def device_ftp(service: Service, net: Net) -> EdgeFront:  # noqa: ARG001 -- nothing is asked
    """Judge the greeting of an FTP server."""
    return _by_greeting(service)


@collector(on=Service("rtsp"), intrusiveness=PASSIVE, max_connections=0)
def device_rtsp(service: Service, net: Net) -> EdgeFront:  # noqa: ARG001 -- nothing is asked
    """Judge what a camera's stream server answered."""
    return _by_greeting(service)


@collector(on=Service("checkpoint_topology"), intrusiveness=PASSIVE, max_connections=0)
def device_topology(service: Service, net: Net) -> EdgeFront:  # noqa: ARG001 -- nothing is asked
    """Take the answer of Check Point's topology service for what it is."""
    return _by_greeting(service)


@collector(on=Service("tls"), intrusiveness=HANDSHAKE, max_connections=1)
def device_certificate(service: Service, net: Net) -> EdgeFront:
    """Read the names in the certificate of a service that is nothing but TLS to us."""
    with net.connect(service) as channel:
        channel.start_tls(service.names[0] if service.names else "")
        chain = channel.peer_chain()
    names = certificate_names(chain[0]) if chain else ()
    return _judged(Sight(certificate=names, port=service.port), complete=bool(chain))


def _by_greeting(service: Service) -> EdgeFront:
    said = service.greeting
    if service.protocol == "telnet":
        said = _NEGOTIATION.sub(b"", said)
    # Trailing spaces and line ends differ with how much came in one piece.
    text = said.decode("latin-1").strip(" \r\n\t")
    sight = Sight(banner=text, protocol=service.protocol, port=service.port)
    return _judged(sight, complete=bool(text))


def _judged(sight: Sight, *, complete: bool) -> EdgeFront:
    choice = choose(verdicts(sight))
    named = next(iter(choice.named), None)
    return EdgeFront(
        complete=complete and not choice.conflict, conflict=choice.conflict,
        device=device_of(named, sight) if named else None,
    )  # fmt: skip
