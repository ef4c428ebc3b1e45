"""OpenSSL 1.0.2e as a server: the last that speaks SSL 2.0, export suites, DES and compression.

No distribution ships one any more. ``nassl`` (a dependency of sslyze) carries a whole one inside
its extension module and exports only a client; the server's functions are found by the module's
own symbol table. Run as ``python -m tests.lab.farm.old_openssl_program OPTIONS``, a JSON object.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nassl._nassl_legacy as legacy

SYMBOLS, FUNCTION = 2, 2
"""Type of an ELF section that holds symbols, and of a symbol that is a function."""
PEM = 1
CTRL_TMP_RSA, CTRL_TMP_DH, CTRL_OPTIONS, CTRL_CLEAR_OPTIONS, CTRL_ECDH_AUTO = 2, 3, 32, 77, 94
NO_VERSION = {
    "ssl2": 0x01000000, "ssl3": 0x02000000, "tls10": 0x04000000,
    "tls11": 0x10000000, "tls12": 0x08000000,
}  # fmt: skip
NO_COMPRESSION = 0x00020000
CIPHER_SERVER_PREFERENCE = 0x00400000
EXPORT_BITS = 512


def functions(path: Path) -> dict[str, int]:
    """Offsets of the functions in a 64-bit little-endian ELF file, by name."""
    data = path.read_bytes()
    (start,) = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, start + n * size) for n in range(count)]
    found: dict[str, int] = {}
    for section in sections:
        if section[1] != SYMBOLS:
            continue
        names = sections[section[6]][4]
        for at in range(section[4], section[4] + section[5], 24):
            name, kind, _other, place, value, _size = struct.unpack_from("<IBBHQQ", data, at)
            if place and value and kind & 15 == FUNCTION:
                end = data.index(b"\0", names + name)
                found[data[names + name : end].decode()] = value
    return found


class OpenSsl:
    """The library's functions by their names in C."""

    def __init__(self) -> None:
        path = Path(legacy.__file__ or "")
        self._offsets = functions(path)
        library = ctypes.CDLL(str(path))
        # the handle points to the loader's link map, whose first field is the load address
        handle = ctypes.c_void_p(library._handle)
        self._base = int(ctypes.cast(handle, ctypes.POINTER(ctypes.c_size_t))[0])

    def __getattr__(self, name: str) -> Callable[..., int]:
        address = self._base + self._offsets[name]

        def call(*arguments: int | bytes | None) -> int:
            kinds = [ctypes.c_long if isinstance(a, int) else ctypes.c_char_p for a in arguments]
            pointers = [
                ctypes.c_void_p if isinstance(a, int) and a > 0xFFFFFFFF else kind
                for a, kind in zip(arguments, kinds, strict=True)
            ]
            function = ctypes.CFUNCTYPE(ctypes.c_size_t, *pointers)(address)
            return int(function(*arguments))

        return call


def context(ssl: OpenSsl, options: dict[str, Any]) -> int:
    """A server's context with the versions and suites asked for."""
    ssl.SSL_library_init()
    made = ssl.SSL_CTX_new(ssl.SSLv23_server_method())
    ssl.SSL_CTX_ctrl(made, CTRL_CLEAR_OPTIONS, sum(NO_VERSION.values()), None)
    off = sum(bit for name, bit in NO_VERSION.items() if name not in options["versions"])
    off |= 0 if options.get("compression") else NO_COMPRESSION
    off |= CIPHER_SERVER_PREFERENCE if options.get("prefers") else 0
    ssl.SSL_CTX_ctrl(made, CTRL_OPTIONS, off, None)
    assert ssl.SSL_CTX_use_certificate_chain_file(made, options["chain"].encode()) == 1
    assert ssl.SSL_CTX_use_PrivateKey_file(made, options["key"].encode(), PEM) == 1
    assert ssl.SSL_CTX_set_cipher_list(made, options["suites"].encode()) == 1
    ssl.SSL_CTX_ctrl(made, CTRL_ECDH_AUTO, 1, None)
    if "EXP" in options["suites"]:
        exponent, short = ssl.BN_new(), ssl.RSA_new()
        ssl.BN_set_word(exponent, 65537)
        assert ssl.RSA_generate_key_ex(short, EXPORT_BITS, exponent, None) == 1
        ssl.SSL_CTX_ctrl(made, CTRL_TMP_RSA, 0, short)
    if options.get("dh"):
        source = ssl.BIO_new_file(options["dh"].encode(), b"r")
        ssl.SSL_CTX_ctrl(made, CTRL_TMP_DH, 0, ssl.PEM_read_bio_DHparams(source, None, None, None))
    return int(made)


def serve(ssl: OpenSsl, made: int, listener: socket.socket) -> None:
    """Attend each connection in a process of its own, until ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        if os.fork():
            connection.close()
            continue
        signal.alarm(30)
        with contextlib.suppress(OSError):
            one = ssl.SSL_new(made)
            ssl.SSL_set_fd(one, connection.fileno())
            if ctypes.c_int(ssl.SSL_accept(one)).value == 1:
                buffer = ctypes.create_string_buffer(4096)
                while ctypes.c_int(ssl.SSL_read(one, ctypes.addressof(buffer), 4096)).value > 0:
                    pass
        os._exit(0)


def main() -> None:
    options = json.loads(sys.argv[1])
    ssl = OpenSsl()
    made = context(ssl, options)
    serve(ssl, made, socket.create_server((options["address"], options["port"]), backlog=128))


if __name__ == "__main__":
    main()
