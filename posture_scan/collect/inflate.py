"""Decoding a compressed body without ever holding more than the limit: gzip bombs end here."""

from __future__ import annotations

import zlib
from typing import Any

_AUTOMATIC = zlib.MAX_WBITS | 32
"""Window bits that make zlib recognise gzip and zlib headers by themselves."""


class Inflater:
    """Collects a body, decoded on the way, up to ``limit`` bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Decode ``gzip``, ``x-gzip`` and ``deflate``; anything else is kept as it comes."""
        self.data = b""
        self._limit = limit
        self._codec: Any = None
        self._raw_allowed = False
        if encoding.strip().lower() in {"gzip", "x-gzip", "deflate"}:
            self._codec = zlib.decompressobj(_AUTOMATIC)
            self._raw_allowed = encoding.strip().lower() == "deflate"

    def feed(self, part: bytes) -> bool:
        """Take the next part of the body; False when the limit is reached or it is broken."""
        room = self._limit - len(self.data)
        if self._codec is None:
            self.data += part[:room]
            return len(part) <= room
        try:
            plain = self._decode(part, room + 1)
        except zlib.error:
            return False
        self.data += plain[:room]
        return len(plain) <= room

    def _decode(self, part: bytes, most: int) -> bytes:
        try:
            plain: bytes = self._codec.decompress(part, most)
        except zlib.error:
            if not self._raw_allowed or self.data:
                raise
            # Some servers send deflate without the zlib header (RFC 9110 section 8.4.1.2).
            self._codec = zlib.decompressobj(-zlib.MAX_WBITS)
            plain = self._codec.decompress(part, most)
        self._raw_allowed = False
        return plain
