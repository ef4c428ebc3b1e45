"""An HTTP answer read from the first bytes that a service said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from posture_scan.model.world import HttpResponse

WHOLE = (
    b"HTTP/1.1 401 Unauthorized\r\nServer: x/1\r\nSet-Cookie: session=secret; Path=/\r\n"
    b"Location: https://user:secret@192.0.2.1/\r\nContent-Length: 2\r\n\r\n{}"
)


def test_a_whole_answer_is_read_without_anybodys_secret() -> None:
    seen = HttpResponse.heard(WHOLE)
    assert seen is not None
    assert (seen.status, seen.header("server"), seen.body) == (401, "x/1", b"{}")
    assert (seen.cookies, seen.truncated) == (("session",), False)
    assert "secret" not in repr(seen)


def test_what_is_not_all_there_is_called_truncated() -> None:
    for said in (WHOLE[:-1], WHOLE + b"more", WHOLE.replace(b"Length: 2", b"Length: x"),
                 b"HTTP/1.0 200 OK\r\n\r\nhello"):  # fmt: skip
        seen = HttpResponse.heard(said)
        assert seen is not None
        assert seen.truncated
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    seen = HttpResponse.heard(chunked)
    assert seen is not None
    assert seen.truncated
    assert seen.body.startswith(b"hello")


def test_other_bytes_are_no_answer() -> None:
    for said in (
        b"",
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nServer: x",
        b"HTTP/1.1 20\r\n\r\n",
    ):
        assert HttpResponse.heard(said) is None


@given(st.integers(0, len(WHOLE)), st.binary(max_size=60))
def test_any_bytes_are_survived(cut: int, tail: bytes) -> None:
    seen = HttpResponse.heard(WHOLE[:cut] + tail)
    assert seen is None or 100 <= seen.status <= 999 or seen.status < 100


def test_the_places_of_a_page_where_marks_are_looked_for() -> None:
    headers = (("server", "A"), ("server", "B"), ("www-authenticate", 'Basic realm="x"'))
    body = b"<title lang=en> Caf\xc3\xa9 </title>" + b" " * 70_000 + b"late"
    seen = HttpResponse(401, headers, body, cookies=("session",))
    assert seen.texts("header:server") == ("A", "B")
    assert seen.texts("header:via") == ()
    assert seen.texts("realm") == ('Basic realm="x"',)
    assert seen.texts("cookie") == ("session",)
    assert seen.texts("title") == ("Café",)
    assert "late" not in seen.texts("body")[0]
    assert HttpResponse(200, (), b" " * 70_000 + b"<title>late</title>").title == ""
