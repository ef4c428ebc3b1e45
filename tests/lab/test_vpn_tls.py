"""SSTP: a server of our own, and web servers that are none.

No SSTP server is to be had here: SoftEther 5.01.9674 leaves SSTP's request unanswered although
its settings say ``Enabled``. What stands in for one follows MS-SSTP section 3.3.5.2.1.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from posture_scan.checks.vpn import sstp as sstp_checks
from posture_scan.checks.vpn.collect_softether import SoftetherAnswer, softether_hello
from posture_scan.checks.vpn.collect_sstp import sstp_behind_web

from posture_scan.sdk import Service
from tests.lab import looking
from tests.lab.daemon import self_signed
from tests.lab.servers_web import nginx

pytestmark = pytest.mark.lab

ADDRESS = "127.61.0.2"
HEAD = (
    b"HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\nServer: Microsoft-HTTPAPI/2.0\r\n\r\n"
)


def test_nginx_is_neither(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    server = f'ssl_certificate {certificate}; ssl_certificate_key {key}; return 200 "hello";'
    with nginx(ADDRESS, tmp_path, server, tls=True) as service:
        assert looking.collect(softether_hello, service) == SoftetherAnswer(
            found=False, asked=False
        )
        seen = looking.collect(sstp_behind_web, service)
    assert (seen.found, seen.status) == (False, 400)


def test_an_sstp_server_is_found_by_the_endless_answer(tmp_path: Path) -> None:
    with sstp_server(tmp_path) as (service, heard):
        seen = looking.collect(sstp_behind_web, service)
    assert (seen.found, seen.server) == (True, "Microsoft-HTTPAPI/2.0")
    assert looking.judge(sstp_checks.exposed, seen, service).reason == "reachable_server"
    assert heard[0].startswith(b"SSTP_DUPLEX_POST /sra_{BA195980-")
    assert heard[1] == b""  # and not a byte of the tunnel


@contextlib.contextmanager
def sstp_server(folder: Path) -> Iterator[tuple[Service, list[bytes]]]:
    certificate, key = self_signed(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    heard: list[bytes] = []
    with socket.create_server((ADDRESS, 0)) as listener:

        def serve() -> None:
            with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
                connection.settimeout(5)
                heard.append(connection.recv(4096))
                connection.sendall(HEAD)
                with contextlib.suppress(ssl.SSLError):
                    heard.append(connection.recv(4096))

        thread = threading.Thread(target=serve)
        thread.start()
        yield Service("http", tls=True, address=ADDRESS, port=listener.getsockname()[1]), heard
        thread.join(5)
