"""What DNS says, asked over a real socket: answers, refusals, silence and nonsense."""

from __future__ import annotations

import time

import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.collect.dns import Resolver, addresses, nameserver
from posture_scan.errors import UsageError
from posture_scan.sdk import Attempt, AttemptError, DnsAnswer
from tests.collect.name_server import Reply, serving, zone

RECORDS = {
    ("example.jp", "TXT"): ['"v=spf1 " "-all"', '"caf\\233 \\027[31m"'],
    ("example.jp", "MX"): ["10 mail.example.jp."],
    ("mail.example.jp", "A"): ["192.0.2.5"],
    ("mail.example.jp", "AAAA"): ["2001:db8::5"],
    ("www.example.jp", "A"): [],
}


def ask(reply: Reply, name: str, kind: str, timeout: float = 5.0) -> DnsAnswer:
    with serving(reply) as server:
        return Resolver((server,)).ask(name, kind, timeout)


def test_records_come_in_presentation_form_and_texts_joined() -> None:
    found = ask(zone(RECORDS), "Example.JP.", "TXT")
    assert found.records == ("v=spf1 -all", "caf\\xe9 \\x1b[31m")
    assert ask(zone(RECORDS), "example.jp", "MX").records == ("10 mail.example.jp.",)


def test_what_does_not_exist_is_an_answer() -> None:
    nothing = ask(zone(RECORDS), "www.example.jp", "A")
    assert (nothing.records, nothing.no_name) == ((), False)
    nobody = ask(zone(RECORDS), "nobody.example.jp", "A")
    assert (nobody.records, nobody.no_name) == ((), True)


def test_validation_is_what_the_resolver_says() -> None:
    assert not ask(zone(RECORDS), "example.jp", "MX").authenticated
    assert ask(zone(RECORDS, flags=dns.flags.AD), "example.jp", "MX").authenticated
    assert ask(zone(RECORDS, flags=dns.flags.AD), "nobody.example.jp", "MX").authenticated


@pytest.mark.parametrize(
    ("rcode", "detail"), [(dns.rcode.SERVFAIL, "servfail"), (dns.rcode.REFUSED, "refused")]
)
def test_a_refusal_is_no_answer(rcode: int, detail: str) -> None:
    with pytest.raises(AttemptError) as caught:
        ask(zone(RECORDS, rcode=rcode), "example.jp", "TXT")
    assert (caught.value.attempt, caught.value.detail) == (Attempt.PROTOCOL_MISMATCH, detail)


def test_silence_ends_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(AttemptError) as caught:
        ask(lambda _query: None, "example.jp", "TXT", timeout=0.5)
    assert caught.value.attempt is Attempt.TIMEOUT
    assert time.monotonic() - began < 5


@given(st.binary(max_size=60))
@settings(max_examples=15)
def test_nonsense_is_a_typed_failure(noise: bytes) -> None:
    def reply(query: dns.message.Message) -> bytes:
        return query.id.to_bytes(2, "big") + noise

    with pytest.raises(AttemptError):
        ask(reply, "example.jp", "TXT", timeout=0.3)


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".jp", "\\999.jp", "a." * 200])
def test_what_is_no_name_is_not_asked(name: str) -> None:
    with pytest.raises(AttemptError) as caught:
        Resolver((("127.71.5.1", 9),)).ask(name, "TXT")
    assert caught.value.detail == "bad_name"


def test_addresses_are_of_both_kinds() -> None:
    with serving(zone(RECORDS)) as server:
        resolver = Resolver((server,))
        assert addresses(resolver, "mail.example.jp") == ("192.0.2.5", "2001:db8::5")
        with pytest.raises(AttemptError) as caught:
            addresses(resolver, "www.example.jp")
    assert caught.value.attempt is Attempt.UNRESOLVED


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
    ],
)
def test_a_server_may_be_named_with_its_port(text: str, server: tuple[str, int]) -> None:
    assert nameserver(text) == server


@pytest.mark.parametrize("text", ["", "dns.example.jp", "192.0.2.53:0", "192.0.2.53:x", "1:2:3"])
def test_what_names_no_server_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        nameserver(text)
    assert caught.value.code == "cli.bad_resolver"
