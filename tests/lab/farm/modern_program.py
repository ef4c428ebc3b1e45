"""A server on the newest OpenSSL there is, the one inside the ``cryptography`` package.

Run as ``python -m tests.lab.farm.modern_program OPTIONS``, a JSON object. Its default groups begin
with X25519MLKEM768, which the distribution's OpenSSL does not know.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading

from OpenSSL import SSL


def attend(connection: socket.socket, context: SSL.Context) -> None:
    with connection, contextlib.suppress(SSL.Error, OSError):
        one = SSL.Connection(context, connection)
        one.set_accept_state()
        while one.recv(4096):
            pass


def main() -> None:
    options = json.loads(sys.argv[1])
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file(options["chain"])
    context.use_privatekey_file(options["key"])
    context.set_min_proto_version(options["oldest"])
    with socket.create_server((options["address"], options["port"]), backlog=128) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=attend, args=(connection, context), daemon=True).start()


if __name__ == "__main__":
    main()
