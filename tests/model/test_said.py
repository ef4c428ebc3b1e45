"""What targets say: kept only as far as it shows itself, and asked for only once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from posture_scan.sdk import HttpResponse, Service, front_page, printable
from tests.fakes import FakeNet, page

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


@given(st.binary(max_size=100) | st.text(max_size=100), st.integers(0, 80))
def test_what_is_kept_shows_itself_and_is_short(said: bytes | str, limit: int) -> None:
    text = printable(said, limit)
    assert text.isprintable()
    assert len(text) <= limit
    assert text.isascii() or isinstance(said, str)


def test_bytes_end_at_the_first_zero_byte_and_names_of_any_script_stay() -> None:
    assert printable(b"\x1b[31mred\0secret") == "[31mred"
    assert printable("株式会社 例\u202e\n") == "株式会社 例"


def test_a_page_that_was_heard_is_asked_for_only_where_it_does_not_tell_enough() -> None:
    for said, known in (
        (HEAD % 2 + b"{}", True),
        (HEAD % 9 + b"{}", False),
        (HEAD % 9999 + b"<html>", True),
        (HEAD.replace(b"200", b"400") % 2 + b"{}", False),
        (b"", False),
    ):
        net = FakeNet(pages={"/": page("asked")})
        front = front_page(Service("http", greeting=said), net, 4096)
        assert (net.requests == []) is known
        assert (front == HttpResponse.heard(said)) is known
