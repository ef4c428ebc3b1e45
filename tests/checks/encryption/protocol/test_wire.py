"""What a server says, read from bytes: well formed, in pieces, cut short, hostile."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.encryption.protocol.hello import SSL2, SSL3, TLS10, TLS11, TLS12, TLS13
from posture_scan.checks.encryption.protocol.messages import LARGEST_ANSWER, Answer
from posture_scan.checks.encryption.protocol.ssl2 import Ssl2Reader
from posture_scan.checks.encryption.protocol.wire import Reader

from tests.checks.encryption.simulator import (
    Simulated,
    alert,
    certificates,
    key_exchange,
    message,
    record,
    server_hello,
)

CHAIN = (b"leaf" * 300, b"issuer" * 200)


def read(data: bytes, chunk: int = 65_536, reader: Reader | Ssl2Reader | None = None) -> Answer:
    chosen = reader or Reader()
    for at in range(0, len(data), chunk):
        if not chosen.feed(data[at : at + chunk]):
            break
    return chosen.answer()


def flight(version: int, suite: int, dh_bits: int = 2048) -> bytes:
    body = server_hello(version, suite) + certificates(CHAIN) + key_exchange(suite, dh_bits)
    return record(22, body + message(14, b""), version)


@given(st.sampled_from([SSL3, TLS10, TLS11, TLS12]), st.integers(1, 4000))
def test_a_flight_reads_the_same_in_pieces_of_any_size(version: int, chunk: int) -> None:
    answer = read(flight(version, 0x0033), chunk)
    assert answer.hello is not None
    assert (answer.hello.version, answer.hello.suite) == (version, 0x0033)
    assert answer.hello.secure_renegotiation
    assert answer.chain == CHAIN
    assert answer.dh_bits == 2048
    assert answer.finished
    assert answer.flaw == ""


@given(st.integers(1, 50))
def test_messages_may_be_cut_across_records(piece: int) -> None:
    body = server_hello(TLS12, 0xC02F) + certificates(CHAIN) + key_exchange(0xC02F, 0)
    body += message(14, b"")
    data = b"".join(record(22, body[at : at + piece]) for at in range(0, len(body), piece))
    answer = read(data)
    assert answer.finished
    assert answer.chain == CHAIN
    assert answer.group == 0x001D


def test_tls13_ends_with_the_first_message() -> None:
    answer = read(record(22, server_hello(TLS13, 0x1302)) + b"\x17\x03\x03\x00\x01x")
    assert answer.hello is not None
    assert answer.hello.version == TLS13
    assert answer.finished


def test_a_hello_retry_request_shows_tls13_as_well() -> None:
    answer = read(record(22, server_hello(TLS13, 0x1301, retry=True)))
    assert answer.hello is not None
    assert answer.hello.retry
    assert answer.hello.version == TLS13


def test_alerts() -> None:
    assert read(alert(70)).alert == 70
    warned = read(alert(112, fatal=False) + flight(TLS12, 0xC02F))
    assert warned.warnings == (112,)
    assert warned.finished
    assert read(alert(0, fatal=False)).alert == 0


def test_compression_and_missing_renegotiation_show() -> None:
    body = server_hello(TLS10, 0x002F, compression=1, renegotiation=False)
    answer = read(record(22, body))
    assert answer.hello is not None
    assert answer.hello.compression == 1
    assert not answer.hello.secure_renegotiation
    assert not answer.finished


def test_versions_that_do_not_exist_are_flaws_and_never_versions() -> None:
    for number in (b"\x03\x04", b"\x03\x05", b"\x02\x00", b"\x7f\x1c"):
        body = bytearray(server_hello(TLS12, 0xC02F))
        body[4:6] = number
        answer = read(record(22, bytes(body)))
        assert answer.hello is None
        assert answer.flaw == "bad_version"


def test_what_is_not_tls_is_named() -> None:
    assert read(b"HTTP/1.1 400 Bad Request\r\n\r\n").flaw == "not_tls"
    assert read(b"SSH-2.0-OpenSSH_9.2\r\n").flaw == "not_tls"
    assert read(b"\x16\x03\x03\xff\xff" + bytes(10)).flaw == "bad_record"
    assert read(record(22, message(11, b""))).flaw == "bad_message"
    assert read(record(22, b"\x0b\xff\xff\xff")).flaw == "bad_message"
    assert read(record(22, message(2, b"\x03"))).flaw == "short_message"
    assert read(record(23, b"data")).flaw == "bad_record"


def test_an_endless_answer_is_cut_off() -> None:
    reader = Reader()
    warning = alert(112, fatal=False)
    fed = 0
    while reader.feed(warning * 100):
        fed += len(warning) * 100
        assert fed <= LARGEST_ANSWER
    assert reader.answer().flaw == "too_long"


def test_ssl2_hello_is_read_with_its_kinds() -> None:
    server = Simulated(kinds=(0x010080, 0x0700C0), chain=(b"old leaf",))
    data = server.answer(
        bytes.fromhex("802e0100020015000000100100800200800300800400800500800600400700c0")
        + bytes(16)
    )
    assert isinstance(data, bytes)
    for chunk in (1, 7, 4096):
        answer = read(data, chunk, Ssl2Reader())
        assert answer.hello is not None
        assert answer.hello.version == SSL2
        assert answer.ssl2_kinds == (0x010080, 0x0700C0)
        assert answer.chain == (b"old leaf",)


def test_other_answers_to_ssl2_are_not_taken_for_it() -> None:
    assert read(alert(70), 65_536, Ssl2Reader()).alert == 70
    assert read(b"HTTP/1.1 400", 65_536, Ssl2Reader()).flaw == "not_ssl2"
    assert read(b"\x80\x03\x00\x00\x01", 65_536, Ssl2Reader()).flaw == "not_ssl2"
    cut = read(b"\x80\x20\x04\x00\x01\x00\x02", 65_536, Ssl2Reader())
    assert cut.hello is None
    assert cut.flaw == "short_message"
    wrong = bytes([0x80, 11, 4, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0])
    assert read(wrong, 65_536, Ssl2Reader()).hello is None


@given(st.binary(max_size=600), st.integers(1, 64))
def test_any_bytes_give_an_answer(data: bytes, chunk: int) -> None:
    for reader in (Reader(), Ssl2Reader()):
        answer = read(data, chunk, reader)
        assert isinstance(answer, Answer)


@given(st.data())
@settings(max_examples=200)
def test_a_damaged_flight_never_shows_a_version_of_its_own(data: st.DataObject) -> None:
    whole = bytearray(flight(TLS12, 0x0033, 1024))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(11, len(whole) - 1))  # behind the version field itself
        whole[at] = data.draw(st.integers(0, 255))
    answer = read(bytes(whole), data.draw(st.integers(1, 3000)))
    assert answer.hello is None or answer.hello.version in (TLS12, TLS13)
    if answer.hello and answer.hello.version == TLS13:
        assert b"\x00\x2b\x00\x02\x03\x04" in whole
