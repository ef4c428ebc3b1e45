"""TLS and HTTP by their first bytes."""

from __future__ import annotations

import ssl

import pytest

from posture_scan.discovery.recognise import (
    client_hello,
    http_request,
    is_http,
    is_tls,
    looks_like_http,
)


def answer_of_openssl(hello: bytes) -> bytes:
    """What a TLS server without any certificate says to this ClientHello."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(hello)
    with pytest.raises(ssl.SSLError):
        server.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("name", ["", "www.example.jp", "192.0.2.1", "x" * 300, "日本.jp"])
def test_openssl_understands_the_question(name: str) -> None:
    answer = answer_of_openssl(client_hello(name))
    # No shared cipher, because it has no certificate: it read the whole message.
    assert answer[5:7] == b"\x02\x28"
    assert is_tls(answer)


@pytest.mark.parametrize(
    "answer",
    [b"", b"\x16", b"\x16\x03\x01\x00\x05", b"\x15\x03\x01\x00\x07\x02\x28", b"HTTP/1.1 400 Bad"],
)
def test_what_is_not_tls(answer: bytes) -> None:
    assert not is_tls(answer)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.0 400 Bad Request\r\n", True),
        (b"HTTP/1.1 200\r\n", True),
        (b"HTTP/1.1 xyz", False),
        (b"SSH-2.0-HTTP/1.1 200 OK", False),
        (b"", False),
    ],
)
def test_http(answer: bytes, verdict: bool) -> None:  # noqa: FBT001
    assert is_http(answer) is verdict


def test_the_request_is_plain_http() -> None:
    request = http_request("fe80::1", "posture-scan/1")
    assert request.startswith(b"GET / HTTP/1.1\r\nHost: [fe80::1]\r\n")
    assert request.endswith(b"\r\n\r\n")
    assert looks_like_http(request)
    assert not looks_like_http(b"PING\r\n")
