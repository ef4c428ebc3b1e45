"""``sdk.Channel`` over a bounded socket: what a collector reads from and writes to."""

from __future__ import annotations

import time

from posture_scan.collect.wire import Wire
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError


class WireChannel:
    """One open connection as a collector sees it."""

    def __init__(self, wire: Wire) -> None:
        """Read from and write to this wire; whoever made it closes it."""
        self._wire = wire
        self._kept = b""

    def send(self, data: bytes) -> None:
        """Send all of the data or raise AttemptError."""
        self._wire.send(data)

    def receive(self, limit: int = 65_536) -> bytes:
        """Return the next bytes as they come; ``b""`` when the other side has closed."""
        if self._kept:
            data, self._kept = self._kept[:limit], self._kept[limit:]
            return data
        return self._wire.receive(limit)

    def receive_exactly(self, count: int) -> bytes:
        """Return exactly ``count`` bytes.

        Raises:
            AttemptError: closed_early when the other side closes before that, timeout when it
                takes longer than one operation may take in all.
        """
        parts = bytearray()
        until = time.monotonic() + self._wire.timeout
        while len(parts) < count:
            data = self._next(count - len(parts), until)
            if not data:
                raise AttemptError(Attempt.CLOSED_EARLY, f"{len(parts)}/{count}")
            parts += data
        return bytes(parts)

    def receive_until(self, mark: bytes, limit: int = 65_536) -> bytes:
        """Return bytes up to and including ``mark``; what follows stays for the next call.

        Without the mark: what came within the limit, before the end or the time-out; nothing
        at all until the time-out raises AttemptError.
        """
        parts = bytearray()
        until = time.monotonic() + self._wire.timeout
        while mark not in parts and len(parts) < limit:
            try:
                data = self._next(limit - len(parts), until)
            except AttemptError:
                if not parts:
                    raise
                break
            if not data:
                break
            parts += data
        place = parts.find(mark)
        end = place + len(mark) if place >= 0 else len(parts)
        self._kept = bytes(parts[end:]) + self._kept
        return bytes(parts[:end])

    def _next(self, limit: int, until: float) -> bytes:
        if self._kept:
            return self.receive(limit)
        left = until - time.monotonic()
        if left <= 0:
            raise AttemptError(Attempt.TIMEOUT, "operation")
        return self._wire.receive(limit, left)

    def start_tls(self, server_name: str = "") -> None:
        """Wrap the connection in TLS; what was sent in the clear but not read is dropped."""
        self._kept = b""
        self._wire.start_tls(server_name)

    def peer_chain(self) -> tuple[bytes, ...]:
        """The certificates the server sent, DER, leaf first; empty without TLS."""
        return self._wire.peer_chain()
