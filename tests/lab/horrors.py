"""A house of horrors: loopback servers that do everything a service should not do."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
Horror: TypeAlias = Callable[[Reader, Writer], Awaitable[None]]

NASTY = (
    "\x1b[31mRED\x1b[0m\x1b]0;owned\x07\x1b]8;;http://evil.example/\x1b\\x\x1b]8;;\x1b\\"
    "<script>alert(1)</script><img src=x onerror=alert(2)>[bold red]rich[/bold red]"
    "[link=http://evil.example]l[/link]\u202etxt.exe\u2066\u200b\u0085\x9b31m&quot;'\"%n%s{0}{x}"
)
"""Escapes of the terminal, HTML, rich markup, both directions of writing, format strings."""
WIRE = NASTY.encode()
MEGABYTE = 1_048_576


async def question(reader: Reader, seconds: float = 3.0) -> bytes:
    """What the other side says first, or nothing."""
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(reader.read(4096), seconds)
    return b""


async def _flood(writer: Writer, piece: bytes) -> None:
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.002)


async def tarpit(_: Reader, writer: Writer) -> None:
    """One byte a second, for ever."""
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(1)


async def slow_ssh(_: Reader, writer: Writer) -> None:
    """The kind of tarpit that is in real use: lines before an SSH banner that never comes."""
    while True:
        writer.write(b"%x\r\n" % 3735928559)
        await writer.drain()
        await asyncio.sleep(1)


async def endless_greeting(_: Reader, writer: Writer) -> None:
    await _flood(writer, b"220 welcome " * 256)


async def huge_banner(_: Reader, writer: Writer) -> None:
    writer.write(b"SSH-2.0-" + b"A" * MEGABYTE + b"\r\n")
    await writer.drain()


async def nasty_ssh(_: Reader, writer: Writer) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2p1 " + WIRE + b"\r\n")
    await writer.drain()
    await asyncio.sleep(1)


async def nasty_ftp(reader: Reader, writer: Writer) -> None:
    writer.write(b"220 ProFTPD 1.3.5 Server " + WIRE + b"\r\n")
    await writer.drain()
    while await question(reader):
        writer.write(b"500 " + WIRE + b"\r\n")
        await writer.drain()


async def nasty_http(reader: Reader, writer: Writer) -> None:
    await question(reader)
    body = b"<html><head><title>" + WIRE + b"</title>"
    body += b'<meta name="generator" content="WordPress 1.0 ' + WIRE + b'"></head></html>'
    head = b"HTTP/1.1 200 OK\r\nServer: nginx/1.2.3 " + WIRE + b"\r\nX-Powered-By: PHP/5.2 " + WIRE
    head += b"\r\nSet-Cookie: a" + WIRE + b"=secretsecret\r\nLocation: /" + WIRE
    writer.write(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


async def gzip_bomb(reader: Reader, writer: Writer) -> None:
    await question(reader)
    bomb = gzip.compress(bytes(64 * MEGABYTE))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    writer.write(head + bomb)
    await writer.drain()


async def endless_body(reader: Reader, writer: Writer) -> None:
    await question(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await _flood(writer, b"y" * 8192)


async def dripping_body(reader: Reader, writer: Writer) -> None:
    await question(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    await tarpit(reader, writer)


async def endless_headers(reader: Reader, writer: Writer) -> None:
    await question(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await _flood(writer, b"X-A: b\r\n" * 200)


async def endless_chunks(reader: Reader, writer: Writer) -> None:
    await question(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n")
    await _flood(writer, b"z" * 4096)


async def http09(reader: Reader, writer: Writer) -> None:
    await question(reader)
    writer.write(b"<html><title>no head</title></html>")
    await writer.drain()


async def bad_status(reader: Reader, writer: Writer) -> None:
    await question(reader)
    writer.write(b"HTTP/1.1 999 \x00\xff\xfe\r\n: empty\r\nContent-Length: -5\r\n\r\nabc")
    await writer.drain()


def redirect(location: str) -> Horror:
    """Answer every request with a redirect to the same place."""

    async def answer(reader: Reader, writer: Writer) -> None:
        await question(reader)
        head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()

    return answer


def status(code: int) -> Horror:
    """Answer every request with one status and nothing else."""

    async def answer(reader: Reader, writer: Writer) -> None:
        await question(reader)
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % code)
        await writer.drain()

    return answer


async def reset(_: Reader, writer: Writer) -> None:
    """Accept, then hang up without a goodbye."""
    inner = writer.get_extra_info("socket")
    inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close_at_once(_: Reader, __: Writer) -> None:
    """Accept and close."""


async def mute(reader: Reader, _: Writer) -> None:
    """Listen and never say a word."""
    while await reader.read(4096):
        pass


async def echo(reader: Reader, writer: Writer) -> None:
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()


async def same_to_all(reader: Reader, writer: Writer) -> None:
    """What a box in the middle says on every port."""
    writer.write(b"hello " + await question(reader, 0.2))
    await writer.drain()


async def garbage_after_hello(reader: Reader, writer: Writer) -> None:
    """A sound ServerHello for TLS 1.2, then noise in the form of records and out of it."""
    if not (await question(reader)).startswith(b"\x16"):
        return
    body = b"\x03\x03" + bytes(range(32)) + b"\x00" + b"\xc0\x2f" + b"\x00"
    hello = b"\x02" + struct.pack(">I", len(body))[1:] + body
    noise = bytes((7 * n) % 256 for n in range(600))
    writer.write(b"\x16\x03\x03" + struct.pack(">H", len(hello)) + hello)
    writer.write(b"\x16\x03\x03\x02\x58" + noise + b"\xff" * 5000)
    await writer.drain()


async def alert_to_all(reader: Reader, writer: Writer) -> None:
    """Look like TLS and refuse whatever is offered."""
    if (await question(reader)).startswith(b"\x16"):
        writer.write(b"\x15\x03\x01\x00\x02\x02\x28")
        await writer.drain()


async def bare_ssh(_: Reader, writer: Writer) -> None:
    writer.write(b"SSH-2.0-dropbear\r\n")
    await writer.drain()
    await asyncio.sleep(0.5)


async def bare_http(reader: Reader, writer: Writer) -> None:
    await question(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 2\r\n\r\nhi")
    await writer.drain()


def nasty_certificate(folder: Path) -> ssl.SSLContext:
    """A TLS server whose certificate carries the same attacks in every name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "\x1b[31m<script>\u202ex"[:60]),
            x509.NameAttribute(
                NameOID.ORGANIZATION_NAME, "[bold]<img src=x onerror=a()>\x1b]0;y\x07"
            ),
        ]
    )
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    names = [
        x509.DNSName("<script>alert(1)</script>.example"),
        x509.DNSName("\x1b[2J.example"),
        x509.UniformResourceIdentifier("javascript:alert(1)"),
    ]
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
        .public_key(key.public_key()).serial_number(7)
        .not_valid_before(start).not_valid_after(start + dt.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "nasty.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


Door = tuple[str, int]
Plan = Mapping[Door, Horror | tuple[Horror, ssl.SSLContext]]


class _House:
    """All servers in one thread with one event loop."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.problem: OSError | None = None
        self.over = asyncio.Event()

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.set_exception_handler(lambda _loop, _context: None)
        self.loop.run_until_complete(self._open())
        self.loop.close()

    async def _open(self) -> None:
        servers: list[asyncio.Server] = []
        try:
            for (address, port), what in self.plan.items():
                horror, context = what if isinstance(what, tuple) else (what, None)
                servers.append(
                    await asyncio.start_server(_guarded(horror), address, port, ssl=context)
                )
        except OSError as error:
            self.problem = error
        self.ready.set()
        if self.problem is None:
            await self.over.wait()
        for server in servers:
            server.close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await asyncio.sleep(0.05)


def _guarded(horror: Horror) -> Horror:
    async def handle(reader: Reader, writer: Writer) -> None:
        try:
            await asyncio.wait_for(horror(reader, writer), 120)
        except (OSError, TimeoutError, ssl.SSLError):
            pass
        finally:
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    return handle


@contextlib.contextmanager
def house(plan: Plan) -> Iterator[None]:
    """Keep all doors open until the block ends."""
    made = _House(plan)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    assert made.ready.wait(30)
    if made.problem is not None:
        thread.join(5)
        if isinstance(made.problem, PermissionError):
            pytest.skip("needs the right to open ports below 1024: run tests/run as root")
        raise made.problem
    try:
        yield
    finally:
        made.loop.call_soon_threadsafe(made.over.set)
        thread.join(10)
