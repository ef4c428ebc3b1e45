"""A web server on loopback that plays the public services, honest and not."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ADDRESS = "127.66.0.1"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, bodies: dict[str, bytes]) -> None:
        super().__init__((ADDRESS, 0), _Handler)
        self.bodies = {f"/{name}": body for name, body in bodies.items()}
        self.seen: list[dict[str, str]] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))
        bodies = self.server.bodies
        special = {
            "/bomb": self._bomb, "/slow": self._slow, "/slow_head": self._slow_head,
            "/away": self._away, "/loop": self._loop, "/moved": self._moved,
        }.get(self.path)  # fmt: skip
        if special:
            special()
        elif self.path in bodies:
            self._send(200, bodies[self.path])
        else:
            self._send(503, b"maintenance")

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _bomb(self) -> None:
        self._send(200, gzip.compress(b"\0" * 30_000_000), Content_Encoding="gzip")

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        self._drip()

    def _slow_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
        self._drip()

    def _drip(self) -> None:
        try:
            for _ in range(200):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.02)
        except OSError:
            return

    def _away(self) -> None:
        self._send(302, b"", Location="http://127.66.0.2:9/list")

    def _loop(self) -> None:
        self._send(302, b"", Location="/loop")

    def _moved(self) -> None:
        self._send(301, b"", Location="/list")

    def log_message(self, *_args: Any) -> None:
        return


@contextmanager
def service(**bodies: bytes) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve each body under its name; yields the address and the headers of every request."""
    server = _Server(bodies)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://{ADDRESS}:{server.server_address[1]}", server.seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
