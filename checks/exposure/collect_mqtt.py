"""MQTT: recognised by its refusal of a protocol level that does not exist.

MQTT 3.1.1 section 3.1.2.2: a server must answer an unknown level with return code 1 and hang
up. So a broker shows itself without anyone logging on.
"""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import protocol

_NO_SUCH_LEVEL: Final = 0x7F
_VARIABLE: Final = b"\x00\x04MQTT" + bytes([_NO_SUCH_LEVEL, 0x02]) + b"\x00\x0a" + b"\x00\x00"
_CONNECT: Final = bytes([0x10, len(_VARIABLE)]) + _VARIABLE
_REFUSAL: Final = b"\x20\x02\x00\x01"


@protocol("mqtt", sends=_CONNECT, ports=(1883, 8883), nmap=("mqtt",))
def mqtt(answer: bytes) -> bool:
    """A CONNACK that refuses the protocol level."""
    version5 = answer[:1] == b"\x20" and len(answer) > 4 and answer[2:4] == b"\x00\x84"  # noqa: PLR2004
    return answer == _REFUSAL or (version5 and answer[1] == len(answer) - 2)
