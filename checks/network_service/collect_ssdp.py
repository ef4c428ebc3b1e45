"""UPnP: one search sent to the device itself (UPnP Device Architecture 1.1, section 1.3.2).

Root devices alone are searched for, so that a device answers once and not once a service. The
description that the answer points to is not fetched.
"""

from __future__ import annotations

import re
from typing import Final

from posture_scan.sdk import protocol

_SEARCH: Final = (
    b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
    b'MAN: "ssdp:discover"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n'
)
_STATUS: Final = re.compile(rb"HTTP/1\.[01] 200\b")
_FIELDS: Final = re.compile(rb"\r?\n(?:ST|USN) {0,3}:", re.IGNORECASE)


@protocol("ssdp", sends=_SEARCH, ports=(1900,), nmap=("upnp",), transport="udp")
def ssdp(answer: bytes) -> bool:
    """A search response, which names what was found."""
    return _STATUS.match(answer) is not None and _FIELDS.search(answer[:2048]) is not None
