"""yardstick.*: weak, sound and unknown services, and every sentence in both languages."""

from __future__ import annotations

import string
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.encryption import yardstick
from posture_scan.checks.encryption.certificate import _SIGNATURE_HASHES
from posture_scan.checks.encryption.facts import Agreed, TlsFacts, Trial
from posture_scan.checks.encryption.yardstick import max_age

from posture_scan.model.words import CheckWords
from posture_scan.report.wording import Wording
from posture_scan.sdk import Check, Context, Service, Status, Vantage, Verdict
from posture_scan.text.catalog import Catalog
from tests.checks.encryption.certificates import NOW
from tests.checks.encryption.judging import NO, UNSEEN, YES, facts
from tests.checks.encryption.yardsticks.test_mozilla import beyond, modern, service
from tests.checks.encryption.yardsticks.test_mozilla import services as levelled
from tests.checks.encryption.yardsticks.test_ssl_labs import leaf, sound, trial, versions, weak
from tests.checks.encryption.yardsticks.test_ssl_labs import services as graded

WORDS = tomllib.loads(Path(yardstick.__file__).with_suffix(".toml").read_text("utf-8"))
CHECKS: dict[str, Check] = {
    "ssl_labs": yardstick.ssl_labs, "mozilla": yardstick.mozilla, "ipa": yardstick.ipa,
}  # fmt: skip
HEAD = b"HTTP/1.1 200 OK\r\nServer: x\r\n"
LONG = HEAD + b"Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n\r\n"
PLAIN = HEAD + b"\r\n"
OUTDATED = versions(sound(agreed=()), tls10=YES, tls13=NO)
NOT_OFFERED = replace(
    versions(sound(), tls12=NO, tls13=NO), starttls="smtp", offered=Trial("offered", NO)
)
SILENT = versions(sound(), **dict.fromkeys(("ssl2", "ssl3", "tls10", "tls11"), UNSEEN),
                  tls12=UNSEEN, tls13=UNSEEN)  # fmt: skip
STATIC = trial(sound(), "static_rsa", YES)


def judge(name: str, seen: TlsFacts, greeting: bytes = LONG, protocol: str = "http") -> Verdict:
    names = (seen.name,) if seen.name else ()
    where = Service(protocol, tls=True, names=names, greeting=greeting)
    verdict = CHECKS[name].judge(seen, Context(NOW, NOW, where, Vantage.EXTERNAL))
    values = dict(verdict.values)
    assert values["named"] is bool(seen.name)
    for language in ("ja", "en"):
        sentence = WORDS[name][language]["reasons"][verdict.reason]
        text = sentence.format(address="192.0.2.1", port=443, **values)
        assert ": 。" not in text
        assert ": ." not in text
    return verdict


def header(value: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nstrict-transport-security: " + value + b"\r\n\r\n"


CASES: list[tuple[str, str, Status, TlsFacts, bytes]] = [
    ("ssl_labs", "reached", Status.PASS, sound(), LONG),
    ("ssl_labs", "reached_with", Status.PASS, sound(), PLAIN),
    ("ssl_labs", "reached_open", Status.PASS, sound(), b""),
    ("ssl_labs", "reached_open", Status.PASS, versions(sound(), tls13=UNSEEN), LONG),
    ("ssl_labs", "below", Status.FAIL, versions(sound(), tls10=YES), LONG),
    ("ssl_labs", "below", Status.FAIL, sound(trust="unknown_ca"), LONG),
    ("ssl_labs", "below_open", Status.FAIL, OUTDATED, LONG),
    ("ssl_labs", "open", Status.UNKNOWN, weak(sound(), null=UNSEEN), LONG),
    ("ssl_labs", "open", Status.UNKNOWN, sound(name="", trust="not_judged"), LONG),
    ("ssl_labs", "open", Status.UNKNOWN, facts(chain=(leaf(),)), LONG),
    ("mozilla", "modern", Status.PASS, modern(), LONG),
    ("mozilla", "intermediate", Status.PASS, service(), LONG),
    ("mozilla", "intermediate_open", Status.PASS,
     beyond(versions(service(agreed=modern().agreed), tls12=UNSEEN), Trial("cbc", NO)), LONG),
    ("mozilla", "below", Status.FAIL, modern(), PLAIN),
    ("mozilla", "below", Status.FAIL, versions(service(), tls10=YES), LONG),
    ("mozilla", "open", Status.UNKNOWN, facts(chain=(leaf(),)), LONG),
    ("ipa", "high", Status.PASS, sound(), b""),
    ("ipa", "recommended", Status.PASS, STATIC, b""),
    ("ipa", "recommended_open", Status.PASS, trial(sound(), "static_rsa", UNSEEN), b""),
    ("ipa", "exception", Status.FAIL, versions(sound(), tls10=YES), b""),
    ("ipa", "exception_open", Status.FAIL, versions(sound(), tls10=YES, ssl2=UNSEEN), b""),
    ("ipa", "none", Status.FAIL, versions(sound(), ssl3=YES), b""),
    ("ipa", "open", Status.UNKNOWN, sound(chain=()), b""),
    ("ssl_labs", "not_web", Status.NOT_APPLICABLE, replace(sound(), starttls="smtp"), b""),
    *[(name, "no_tls", Status.NOT_APPLICABLE, NOT_OFFERED, b"") for name in CHECKS],
    *[(name, "not_seen", Status.UNKNOWN, SILENT, b"") for name in CHECKS],
]  # fmt: skip


@pytest.mark.parametrize(("name", "reason", "status", "seen", "greeting"), CASES,
                         ids=[f"{case[0]}-{case[1]}" for case in CASES])  # fmt: skip
def test_each_reason(
    name: str, reason: str, status: Status, seen: TlsFacts, greeting: bytes
) -> None:
    verdict = judge(name, seen, greeting)
    assert (verdict.reason, verdict.status) == (reason, status)


@pytest.mark.parametrize("protocol", ["tls", "imap", "ldap"])
def test_what_is_no_web_site_has_no_grade_of_ssl_labs(protocol: str) -> None:
    for seen in (sound(), SILENT):
        assert judge("ssl_labs", seen, b"", protocol).reason == "not_web"
    assert judge("ssl_labs", NOT_OFFERED, b"", protocol).reason == "no_tls"
    assert judge("mozilla", sound(), b"", protocol).status is not Status.NOT_APPLICABLE
    assert judge("ipa", sound(), b"", protocol).status is Status.PASS


AGES = st.sampled_from([LONG, PLAIN, header(b"max-age=300"), b""])


@given(st.one_of(graded(), levelled()), AGES)
def test_every_cause_has_a_term_in_both_languages(seen: TlsFacts, greeting: bytes) -> None:
    for name in CHECKS:
        verdict = judge(name, seen, greeting)
        values = dict(verdict.values)
        told = [str(values.get(key, "")) for key in ("causes", "missing", "unseen", "before")]
        told += [] if name == "ssl_labs" else [verdict.actual, verdict.expected]
        for text in filter(None, told):
            assert known(name, text), text


def known(name: str, text: str) -> bool:
    """Tell whether every id in a list is one of the check's terms, with its detail or without."""
    terms = {key: "* {detail}" if "{detail}" in term else "*"
             for key, term in WORDS[name]["ja"]["terms"].items()}  # fmt: skip
    words = Wording(Catalog("en"), {name: CheckWords("", terms=terms)}, {}, "JPY")
    return str(words.spoken(name, text)).startswith("*")


@pytest.mark.parametrize("name", CHECKS)
def test_terms_are_the_same_in_both_languages(name: str) -> None:
    japanese, english = (WORDS[name][language]["terms"] for language in ("ja", "en"))
    assert set(japanese) == set(english)
    for key, text in japanese.items():
        assert placeholders(text) == placeholders(english[key]) <= {"detail"}


def test_every_hash_and_key_of_certificates_has_a_term() -> None:
    hashes = {one.upper() for one in _SIGNATURE_HASHES.values()}
    for name in CHECKS:
        assert all(known(name, one) for one in hashes)
        assert all(known(name, f"{key} 256") for key in ("RSA", "EC", "DSA", "ED25519", "ED448"))


@pytest.mark.parametrize("name", CHECKS)
def test_every_sentence_is_said_and_names_its_version(name: str) -> None:
    version = {"ssl_labs": "2009r", "mozilla": "6.0", "ipa": "GL-3001"}[name]
    japanese, english = (WORDS[name][language]["reasons"] for language in ("ja", "en"))
    assert set(japanese) == set(english) == {case[1] for case in CASES if case[0] == name}
    for reason, text in japanese.items():
        assert version in text
        assert version in english[reason]
        assert placeholders(text) == placeholders(english[reason])
    assert WORDS[name]["severity"] == "info"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_values_tell_the_grade_and_why() -> None:
    rc4 = Agreed("tls12", "TLS_RSA_WITH_RC4_128_SHA", "rsa")
    seen = weak(versions(sound(agreed=(rc4, *sound().agreed)), tls10=YES), rc4=YES)
    verdict = judge("ssl_labs", seen)
    assert verdict.actual == "C"
    assert dict(verdict.values)["causes"] == "RC4 with TLS 1.1 or later, TLS 1.0, RC4"
    told = dict(judge("mozilla", seen).values)
    assert told["before"] == "none"
    assert told["missing"] == "TLS 1.0, RC4"


def test_a_long_list_of_causes_is_cut_and_says_so() -> None:
    every = {f"x{kind}": YES for kind in ("null", "anon", "export", "des", "rc4", "3des")}
    seen = weak(versions(sound(), ssl2=YES, ssl3=YES, tls10=YES, tls11=YES), **every)
    assert str(dict(judge("ssl_labs", seen).values)["causes"]).endswith(")")


@pytest.mark.parametrize(("greeting", "age"), [
    (header(b"max-age=31536000"), 31_536_000),
    (header(b'includeSubDomains; Max-Age = "15552000" '), 15_552_000),
    (header(b"max-age=31536000", b"301 Moved Permanently"), 31_536_000),
    (header(b"max-age=" + b"9" * 900), 999_999_999_999),
    (header(b"max-age=-1"), 0), (header("max-age=³".encode()), 0), (header(b"max-age"), 0),
    (header(b""), 0), (PLAIN, 0),
    (header(b"max-age=31536000", b"400 Bad Request"), None),
    (b"HTTP/1.1 200 OK\r\nServer: cut", None), (b"220 mail", None), (b"", None),
])  # fmt: skip
def test_the_age_is_read_from_a_whole_answer(greeting: bytes, age: int | None) -> None:
    assert max_age(sound(), Service("http", tls=True, greeting=greeting)) == age


def test_an_answer_in_clear_or_without_a_name_says_nothing_of_hsts() -> None:
    assert max_age(sound(), Service("http", greeting=LONG)) is None
    assert max_age(sound(name=""), Service("http", tls=True, greeting=LONG)) is None


@given(st.binary(max_size=300))
def test_no_greeting_breaks_it(said: bytes) -> None:
    age = max_age(sound(), Service("http", tls=True, greeting=HEAD + said + b"\r\n\r\n"))
    assert age is None or age >= 0
