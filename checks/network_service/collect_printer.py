"""Printers: the model, asked for over the Internet Printing Protocol.

RFC 8011 section 4.2.5: Get-Printer-Attributes with one attribute, the maker and model; neither
the printer's name nor its place nor its jobs are asked for. Asked only on port 631 and of web
servers that call themselves an IPP server. Nothing is ever sent to the raw ports (9100 and
up): what arrives there gets printed.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    HttpResponse,
    Net,
    Service,
    collector,
    printable,
)

_PORT: Final = 631
_MARK: Final = re.compile(rb"\r?\nServer:[^\r\n]{0,100}(?:\bCUPS/|\bIPP/[12]\.)", re.IGNORECASE)
_PATH: Final = "/ipp/print"
_KIND: Final = "application/ipp"
_GET_ATTRIBUTES: Final = 0x000B
_REQUEST: Final = 0x7053
_OPERATION_GROUP, _END = b"\x01", b"\x03"
_KEYWORD, _URI, _CHARSET, _LANGUAGE = 0x44, 0x45, 0x47, 0x48
_TEXT: Final = (0x41, 0x35)
_MODEL: Final = b"printer-make-and-model"
_HEAD: Final = 8
_LIMIT: Final = 8192
_SHOWN: Final = 80


@dataclass(frozen=True)
class PrinterAnswer(Facts):
    """Whether a web service is a printer or a print server."""

    found: bool
    model: str = ""
    """Maker and model where the printer told them."""


def _attribute(tag: int, name: bytes, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value


def request(address: str, path: str = _PATH) -> bytes:
    """Return the question for the model (RFC 8010 section 3)."""
    host = f"[{address}]" if ":" in address else address
    return (
        struct.pack(">BBHI", 1, 1, _GET_ATTRIBUTES, _REQUEST)
        + _OPERATION_GROUP
        + _attribute(_CHARSET, b"attributes-charset", b"utf-8")
        + _attribute(_LANGUAGE, b"attributes-natural-language", b"en")
        + _attribute(_URI, b"printer-uri", f"ipp://{host}{path}".encode())
        + _attribute(_KEYWORD, b"requested-attributes", _MODEL)
        + _END
    )


@collector(on=Service("http"), intrusiveness=HANDSHAKE)
def printer_attributes(service: Service, net: Net) -> PrinterAnswer:
    """Ask for the model where a printer is likely."""
    if service.port != _PORT and not _MARK.search(service.greeting):
        return PrinterAnswer(found=False)
    answer = net.http(
        service, _PATH, method="POST", headers={"Content-Type": _KIND},
        body=request(service.address), follow=0, limit=_LIMIT,
    )  # fmt: skip
    if _speaks_ipp(answer):
        return PrinterAnswer(found=True, model=model(answer.body))
    if _MARK.search(service.greeting):  # by its own word, though it turns us away
        return PrinterAnswer(found=True)
    if answer.unread(_LIMIT):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"HTTP {answer.status}")
    return PrinterAnswer(found=False)


def _speaks_ipp(answer: HttpResponse) -> bool:
    if answer.header("content-type").split(";")[0].strip().lower() != _KIND:
        return False
    head = answer.body[:_HEAD]
    return len(head) == _HEAD and head[0] in {1, 2} and head[4:] == struct.pack(">I", _REQUEST)


def model(body: bytes) -> str:
    """Return the maker and model in an answer, printable and short; empty where there is none."""
    at = body.find(struct.pack(">H", len(_MODEL)) + _MODEL)
    if at < 1 or body[at - 1] not in _TEXT:
        return ""
    start = at + 2 + len(_MODEL)
    length = int.from_bytes(body[start : start + 2], "big")
    text = body[start + 2 : start + 2 + length].decode("utf-8", "replace")
    return printable(text, _SHOWN)
