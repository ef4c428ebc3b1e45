"""Time servers: an ordinary client's question (RFC 5905 mode 3).

Never a control or private message (modes 6 and 7, which held ``monlist``): the answer to mode 3
is as long as the question. All that a client need not tell is left at zero, as the NTP working
group's draft on data minimisation advises; the transmit time is a mark to know the answer by.
"""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import protocol

_LENGTH: Final = 48
_VERSION, _CLIENT, _SERVER = 4, 3, 4
_VERSIONS: Final = range(1, 5)
_MARK: Final = bytes.fromhex("70537461c3a95d17")
_QUERY: Final = bytes([_VERSION << 3 | _CLIENT]) + bytes(39) + _MARK
_ORIGIN: Final = slice(24, 32)


@protocol("ntp", sends=_QUERY, ports=(123,), nmap=("ntp",), transport="udp")
def ntp(answer: bytes) -> bool:
    """A server's packet that gives our own mark back as the time of origin."""
    if len(answer) < _LENGTH or answer[0] & 7 != _SERVER:
        return False
    return (answer[0] >> 3 & 7) in _VERSIONS and answer[_ORIGIN] == _MARK
