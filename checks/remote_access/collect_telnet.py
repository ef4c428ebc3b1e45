"""Telnet: recognised by its option negotiation or by a login prompt."""

from __future__ import annotations

import re
from typing import Final

from posture_scan.sdk import protocol

_IAC: Final = 0xFF
_NEGOTIATE: Final = range(0xFB, 0xFF)
_SUBNEGOTIATE: Final = 0xFA
_LAST_OPTION: Final = 49
"""The highest telnet option in common use (IANA's list goes on, unused, to 140)."""
_SHORTEST: Final = 3
_PROMPT: Final = re.compile(rb"(?:login|username|user name|password)\s?:\s*\Z", re.IGNORECASE)
_NOT_TELNET: Final = re.compile(rb"\A(?:SSH-|HTTP/|RFB |\+OK|\* OK|-ERR|[1-5]\d\d[ -])")
_MOST: Final = 2048


@protocol("telnet", ports=(23, 2323), nmap=("telnet",))
def telnet(answer: bytes) -> bool:
    """Telnet negotiation (RFC 854: IAC, verb, option) or text that ends in a login prompt."""
    head = answer[:_MOST]
    if len(head) >= _SHORTEST and head[0] == _IAC:
        verb, option = head[1], head[2]
        return (verb in _NEGOTIATE or verb == _SUBNEGOTIATE) and option <= _LAST_OPTION
    return not _NOT_TELNET.match(head) and _PROMPT.search(head[-256:]) is not None
