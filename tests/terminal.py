"""A pseudo-terminal of a test's own, and what was shown on it."""

from __future__ import annotations

import os
import pty
import threading


class Terminal:
    """Both ends of a pseudo-terminal; everything shown on it is kept."""

    def __init__(self) -> None:
        """Open it and begin to read."""
        self.keyboard, self.screen = pty.openpty()
        """What is typed goes into the one; programs have the other as their terminal."""
        self._shown: list[bytes] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.keyboard, 4096)
            except OSError:  # nobody has the other end any more
                return
            if not data:
                return
            self._shown.append(data)

    def shown(self) -> str:
        """Return everything that was shown, once the screen was closed by all who had it."""
        self._reader.join(5)
        os.close(self.keyboard)
        return b"".join(self._shown).decode("utf-8", "replace")
