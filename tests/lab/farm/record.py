"""Records servers for ``replay.py``: ``python -m tests.lab.farm.record``, seldom needed.

Each version is asked again without the suites it has already taken, until it takes none.
"""

from __future__ import annotations

import contextlib
import socket
import tempfile
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Final

from posture_scan.checks.encryption.protocol import suites
from posture_scan.checks.encryption.protocol.hello import VERSIONS, ClientHello, hello_with
from posture_scan.checks.encryption.protocol.ssl2 import Ssl2Reader
from posture_scan.checks.encryption.protocol.wire import Reader

from tests.checks.encryption.certificates import NAME
from tests.lab.daemon import free_port
from tests.lab.farm.model import Server, write_files
from tests.lab.farm.openssl import server
from tests.lab.farm.python import FALLBACK_SCSV, old_openssl
from tests.lab.farm.replay import HERE
from tests.lab.tls_service import ROOT

ADDRESS: Final = "127.30.0.3"
RECORDED: Final = {
    "ssl2": ("OpenSSL 1.0.2e", old_openssl("recorded", "", "ssl2 tls10",
                                           "AES128-SHA:AES256-SHA:SSLv2")),
    "export": ("OpenSSL 1.0.2e", old_openssl("recorded", "", "ssl3 tls10", "AES128-SHA:EXP:!ADH",
                                             options={"dh": "OWN_512"})),
    "compression": ("OpenSSL 1.0.2e", old_openssl("recorded", "", "tls12",
                                                  "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA",
                                                  options={"compression": True})),
    "null": ("OpenSSL 3.0.19", server("recorded", "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:"
                                      "AES128-SHA:NULL-SHA256:NULL-SHA:@SECLEVEL=0",
                                      versions="tls12")),
}  # fmt: skip


def ask(place: tuple[str, int], hello: ClientHello) -> tuple[bytes, int]:
    """Everything the server sends in clear, and the suite it took; 0 for none."""
    reader = Ssl2Reader() if hello.version == VERSIONS["ssl2"] else Reader()
    heard = b""
    with contextlib.suppress(OSError), socket.create_connection(place, 5) as connection:
        connection.settimeout(2)
        connection.sendall(hello.to_bytes())
        while data := connection.recv(65_536):
            heard += data
            if not reader.feed(data):
                break
    seen = reader.answer().hello
    return heard, seen.suite if seen else 0


def conversation(place: tuple[str, int], versions: list[str]) -> dict[str, bytes]:
    """Blocks of a recording, by title."""
    blocks = {"root": ROOT.der}
    for version in versions:
        number, left = VERSIONS[version], tuple(suites.SUITES)
        if version == "ssl2":
            blocks["ssl2 0000"], _ = ask(place, hello_with(number, left, NAME))
            continue
        while True:
            heard, suite = ask(place, hello_with(number, left, NAME))
            if not suite:
                blocks["refusal"] = heard
                break
            blocks[f"{version} {suite:04x}"] = heard
            left = tuple(one for one in left if one != suite)
    heard, suite = ask(place, hello_with(VERSIONS["ssl3"], tuple(suites.SUITES), NAME))
    blocks["too old"] = blocks["refusal"] if suite else heard
    if len([one for one in versions if one != "ssl2"]) > 1:
        older = VERSIONS[min(versions, key=lambda one: VERSIONS[one])]
        offer = hello_with(older, tuple(suites.SUITES), NAME)
        blocks["fallback"], _ = ask(place, replace(offer, suites=(*offer.suites, FALLBACK_SCSV)))
    return blocks


def record(name: str, source: str, one: Server, folder: Path) -> None:
    """Start the server, write down what it says, end it."""
    write_files(folder, one)
    port = free_port(ADDRESS)
    with one.start(folder, ADDRESS, port):
        blocks = conversation((ADDRESS, port), one.expected["versions"].split())
    lines = [
        f"# Recorded from {source} on loopback, byte for byte, by tests/lab/farm/record.py.",
        "# Its keys and certificates were made for the recording; [root] is their trust anchor.",
        "# A block stands under the version and the suite that the server chose; 0000 for SSL 2.0.",
    ]
    for title, data in blocks.items():
        lines += ["", f"[{title}]", *textwrap.wrap(data.hex(), 96)]
    (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n", "ascii")


def main() -> None:
    for name, (source, one) in RECORDED.items():
        with tempfile.TemporaryDirectory() as folder:
            record(name, source, one, Path(folder))


if __name__ == "__main__":
    main()
