"""A bucket on loopback: moto, which imitates S3 with object lock, and servers that misbehave."""

from __future__ import annotations

import contextlib
import os
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.lab.daemon import daemon, free_port, program

KEYS = {"AWS_ACCESS_KEY_ID": "lab", "AWS_SECRET_ACCESS_KEY": "hunter2-secret"}


@contextlib.contextmanager
def moto(address: str, log: Path, *, signed: bool = False) -> Iterator[str]:
    """Run moto's server; returns its endpoint.

    ``signed``: after seven requests it weighs IAM policies, as Amazon does.
    """
    port = free_port(address)
    argv = [sys.executable, "-m", "moto.server", "-H", address, "-p", str(port)]
    environment = {"INITIAL_NO_AUTH_ACTION_COUNT": "7"} if signed else {}
    with daemon(argv, address, port, log=log, env=environment):
        yield f"http://{address}:{port}"


def s3(endpoint: str, name: str = "s3", **keys: str) -> Any:
    """The lab's own client, which may do everything."""
    import boto3
    from botocore.config import Config

    keys = keys or {"aws_access_key_id": "lab", "aws_secret_access_key": "hunter2-secret"}
    return boto3.client(
        name, endpoint_url=endpoint, region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}, proxies={}), **keys,
    )  # fmt: skip


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextlib.contextmanager
def http(address: str, answer: Answer, pem: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """Run a web server that answers every request as it is told; returns endpoint and log.

    With ``pem``, a certificate and its key, it speaks TLS.
    """
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with contextlib.suppress(OSError):
                super().handle_one_request()

        def do_GET(self) -> None:
            heard.append(f"{self.command} {self.path}")
            self.close_connection = True
            answer(self)

        do_HEAD = do_GET  # noqa: N815 -- the library's own names

        def log_message(self, *_: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            return  # the client hung up, as it should

    server = Server((address, 0), Handler)
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'https' if pem else 'http'}://{address}:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder: Path, address: str) -> Path:
    """Make a self-signed certificate for an address; returns one file with it and its key."""
    chain, key, both = (folder / name for name in ("cert.pem", "key.pem", "both.pem"))
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=lab", "-addext", f"subjectAltName=IP:{address}", "-keyout", str(key),
         "-out", str(chain)],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_bytes(chain.read_bytes() + key.read_bytes())
    return both


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer that is always the same."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    return answer


@contextlib.contextmanager
def dripping(address: str) -> Iterator[str]:
    """Run a server that sends one header, a byte at a time, and never ends it."""
    stop = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                self.request.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not stop.wait(0.2):
                    self.request.sendall(b"a")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server((address, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{address}:{server.server_address[1]}"
    finally:
        stop.set()
        server.shutdown()
        server.server_close()


def without_aws(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Take every setting of the AWS tools out of the environment."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / "credentials"))
