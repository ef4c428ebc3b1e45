"""Servers whose answers are constructed after the specifications, over real sockets.

They have what no program here can be made to do, and stay where OpenSSL 1.0.2e is missing.
"""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from posture_scan.checks.encryption.protocol.hello import SSL3, TLS10, TLS12

from posture_scan.sdk import Attempt
from tests.checks.encryption.simulator import Simulated
from tests.lab.farm.model import Server, Start, findings
from tests.lab.tls_service import FULL

RSA_AES: Final = 0x002F
ECDHE_RSA_GCM: Final = 0xC02F
ECDHE_RSA_CBC: Final = 0xC013


@contextlib.contextmanager
def answering(
    address: str, port: int, answer: Callable[[bytes], bytes | Attempt]
) -> Iterator[object]:
    """Answer the first message of every connection and close it."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(5)
            with contextlib.suppress(OSError, AssertionError, IndexError):
                data = self.request.recv(65_536)
                said = answer(data) if data else b""
                if isinstance(said, bytes):
                    self.request.sendall(said)

    class Listener(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Listener((address, port), Handler) as listener:
        threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
        yield listener
        listener.shutdown()


def simulated(server: Simulated) -> Start:
    """This server, with the farm's own chain."""
    sound = replace(server, chain=tuple(one.der for one in FULL))

    def start(_folder: Path, address: str, port: int) -> contextlib.AbstractContextManager[object]:
        return answering(address, port, sound.answer)

    return start


def server(name: str, simulation: Simulated, failing: str, unseen: str = "",
           **facts: str) -> Server:  # fmt: skip
    return Server(
        f"constructed_{name}", simulated(simulation), findings(failing),
        findings(unseen or "tls.client_renegotiation"),
        {"client_renegotiation": "unseen", "static_rsa": "no", **facts}, closed_to_others=True,
    )  # fmt: skip


SERVERS: Final = (
    server("ssl2_beside_tls12", Simulated(versions=(TLS12,), kinds=(0x030080,)), "tls.sslv2",
           versions="ssl2 tls12"),
    server(
        "ssl2_only", Simulated(versions=(), kinds=(0x010080, 0x060040)),
        "tls.sslv2 tls.rc4 tls.des tls.no_tls12 tls.no_forward_secrecy tls.insecure_renegotiation "
        "cert.incomplete_chain", "cert.untrusted_ca tls.no_server_preference",
        versions="ssl2", weak="des rc4", forward_secrecy="no", secure_renegotiation="no",
        trust="incomplete", aead="no", client_renegotiation="no", server_preference="unseen",
        no_name="unseen not_asked",
    ),
    server("ssl3_only", Simulated(versions=(SSL3,), suites=(RSA_AES,)),
           "tls.sslv3 tls.no_tls12 tls.no_forward_secrecy",
           versions="ssl3", forward_secrecy="no", static_rsa="yes", aead="no",
           server_preference="unseen"),
    server(
        "export_and_des_kept_for_old_clients",
        Simulated(versions=(TLS10, TLS12), suites=(ECDHE_RSA_GCM, ECDHE_RSA_CBC, 0x0003, 0x0009)),
        "tls.tls10 tls.export tls.rc4 tls.des tls.no_fallback_protection",
        versions="tls10 tls12", weak="export des rc4", fallback_scsv="served", static_rsa="yes",
    ),
    server("export_dh", Simulated(versions=(TLS12,), suites=(ECDHE_RSA_GCM, 0x0014), dh_bits=512),
           "tls.export tls.des tls.dh_weak",
           versions="tls12", weak="export des", dh_bits="512", server_preference="unseen"),
    server("compression", Simulated(versions=(TLS12,), compression=True, renegotiation=False),
           "tls.compression tls.insecure_renegotiation",
           versions="tls12", compression="yes", secure_renegotiation="no"),
)  # fmt: skip
