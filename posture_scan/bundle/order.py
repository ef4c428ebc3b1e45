"""The order that travels in a bundle: whose computers, who allowed it, until when.

It is written where the bundle is made and read where it runs, with the standard library only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from posture_scan.errors import NotPermittedError, UsageError
from posture_scan.model.codec import CodecError, decode, encode

NAME: Final = "order.json"
SCHEMA: Final = "posture-scan/bundle/1"
LIMIT: Final = 65_536
"""Bytes the order may have."""

_UNSAFE: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*\s.]+')
_LONGEST: Final = 80


@dataclass(frozen=True)
class Order:
    """What a client allowed and where the answer goes."""

    schema: str
    organisation: str
    authorised_by: str
    valid_from: date
    valid_until: date
    scope_digest: str
    """SHA-256 of the scope file it was made from."""
    return_name: str
    """How each computer's file is called; ``{computer}`` stands for its name."""
    language: str
    tool_version: str
    python: str = ""
    """SHA-256 of the archive of the interpreter that travels along, if one does."""

    def check(self, today: date) -> None:
        """Refuse to run on a day the client did not allow.

        Raises:
            NotPermittedError: ``scope.not_yet_valid`` or ``scope.no_longer_valid``.
        """
        if today < self.valid_from:
            raise NotPermittedError("scope.not_yet_valid", valid_from=self.valid_from, today=today)
        if today > self.valid_until:
            raise NotPermittedError(
                "scope.no_longer_valid", valid_until=self.valid_until, today=today
            )

    def file_name(self, computer: str) -> str:
        """Return the name of one computer's file, safe on every system."""
        return self.return_name.replace("{computer}", plain_name(computer) or "computer")


def plain_name(text: str) -> str:
    """Return a text as part of a file name: no separators, dots or control characters."""
    return _UNSAFE.sub("-", text).strip("-")[:_LONGEST]


def to_bytes(order: Order) -> bytes:
    """Write the order as JSON."""
    return json.dumps(encode(order), ensure_ascii=False, indent=1).encode() + b"\n"


def from_bytes(data: bytes) -> Order:
    """Read the order back.

    Raises:
        UsageError: ``bundle.broken_order``.
    """
    try:
        table: Any = json.loads(data[: LIMIT + 1])
        order: Order = decode(Order, table)
    except (ValueError, RecursionError, CodecError) as error:
        raise UsageError("bundle.broken_order", detail=str(error)[:120]) from error
    if order.schema != SCHEMA or "{computer}" not in order.return_name:
        raise UsageError("bundle.broken_order", detail=order.schema[:60])
    return order
