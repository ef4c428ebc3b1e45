"""A server on ``tlslite-ng``, for what OpenSSL and GnuTLS cannot do any more.

Run as ``python -m tests.lab.farm.tlslite_program OPTIONS``, a JSON object. ``settings`` go into
tlslite's ``HandshakeSettings``; ``deaf_to`` are suite numbers in a ClientHello that it overlooks,
as servers do that are older than the number.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tlslite import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.messages import ClientHello


class Server(TLSConnection):  # type: ignore[misc] # tlslite ships no types
    """One connection, deaf to some numbers."""

    deaf_to: frozenset[int] = frozenset()

    def _getMsg(self, *arguments: Any, **more: Any) -> Iterator[Any]:  # noqa: N802 -- tlslite's
        for one in super()._getMsg(*arguments, **more):
            if isinstance(one, ClientHello):
                one.cipher_suites = [n for n in one.cipher_suites if n not in self.deaf_to]
            yield one


def settings(wanted: dict[str, Any]) -> HandshakeSettings:
    made = HandshakeSettings()
    for name, value in wanted.items():
        listed = isinstance(value, list) and name.endswith("Version")
        setattr(made, name, tuple(value) if listed else value)
    if "minVersion" in wanted or "maxVersion" in wanted:
        newest, oldest = made.maxVersion[1], made.minVersion[1]
        made.versions = [(3, minor) for minor in range(newest, oldest - 1, -1)]
    return made


def attend(connection: socket.socket, options: dict[str, Any], chain: Any, key: Any) -> None:
    with connection, contextlib.suppress(Exception):
        connection.settimeout(10)
        one = Server(connection)
        one.deaf_to = frozenset(options.get("deaf_to", ()))
        one.handshakeServer(
            certChain=chain,
            privateKey=key,
            settings=settings(options["settings"]),
            anon=options.get("anonymous", False),
        )
        while one.read(max=4096, min=1):
            pass


def main() -> None:
    options = json.loads(sys.argv[1])
    settings(options["settings"]).validate()
    chain = X509CertChain()
    chain.parsePemList(Path(options["chain"]).read_text("ascii"))
    key = parsePEMKey(Path(options["key"]).read_text("ascii"), private=True)
    with socket.create_server((options["address"], options["port"]), backlog=128) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(
                target=attend, args=(connection, options, chain, key), daemon=True
            ).start()


if __name__ == "__main__":
    main()
