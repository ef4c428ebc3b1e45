"""DKIM: key records as strings, and what the usual selectors lead to."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.mail_dns import dkim
from posture_scan.checks.mail_dns.collect_dkim import SELECTORS, DkimKeys, dkim_keys
from posture_scan.checks.mail_dns.dkim_parse import DkimKey, parse_dkim

from posture_scan.sdk import Attempt, AttemptError
from tests.checks.encryption.certificates import make_key
from tests.checks.mail_dns.zone import DOMAIN, MAIL, SILENT, UNSAID, Said, said, world


def public(bits: int, shape: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    key = make_key(f"rsa{bits}")
    assert isinstance(key, rsa.RSAPrivateKey)
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, shape)).decode()


ED = base64.b64encode(
    ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    .public_key()
    .public_bytes(Encoding.Raw, PublicFormat.Raw)
).decode()


@pytest.mark.parametrize(
    ("text", "kind", "bits"),
    [
        (f"v=DKIM1; k=rsa; p={public(2048)}", "rsa", 2048),
        (f"p={public(1024)}", "rsa", 1024),
        (f"v=DKIM1; p={public(1024, PublicFormat.PKCS1)}", "rsa", 1024),
        (f"v=DKIM1; k=ed25519; p={ED}", "ed25519", 256),
        (f"v = DKIM1 ; K = RSA ; P = {public(1024)[:40]} {public(1024)[40:]} ;", "rsa", 1024),
        ("v=DKIM1; p=", "revoked", 0),
        ("v=DKIM1; p=!!!", "unreadable", 0),
        ("v=DKIM1; p=AAAA", "unreadable", 0),
        ("v=DKIM1; k=ed25519; p=AAAA", "unreadable", 0),
        (f"v=DKIM1; k=strange; p={public(1024)}", "unreadable", 0),
        (f"v=DKIM1; k=ed25519; p={public(1024)}", "unreadable", 0),
    ],
)
def test_keys(text: str, kind: str, bits: int) -> None:
    assert parse_dkim("s", text) == DkimKey("s", kind, bits)


@pytest.mark.parametrize("text", ["", "v=spf1 -all", "v=DKIM2; p=AAAA", "p=x; v=DKIM1", "hello"])
def test_what_is_no_key(text: str) -> None:
    assert parse_dkim("s", text) is None


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for whole in (text, f"v=DKIM1; p={text}", f"k=ed25519; p={text}"):
        seen = parse_dkim("s", whole)
        assert seen is None or seen.kind in {"rsa", "ed25519", "revoked", "unreadable"}


def look(keys: dict[str, Said]) -> DkimKeys:
    net = world({f"{name}._domainkey.{DOMAIN} TXT": text for name, text in keys.items()})
    seen: DkimKeys = dkim_keys.function(DOMAIN, net)
    assert len(net.looked_up) <= 64
    return seen


@pytest.mark.parametrize(
    ("keys", "missing", "weak"),
    [
        ({"google": f"v=DKIM1; p={public(2048)}"}, ("pass", "found"), ("pass", "strong")),
        ({"s1": f"k=ed25519; p={ED}"}, ("pass", "found"), ("pass", "strong")),
        ({"mail": f"p={public(1024)}"}, ("pass", "found"), ("fail", "short")),
        ({"s1": f"p={public(2048)}", "s2": f"p={public(1024)}"}, ("pass", "found"),
         ("fail", "short")),
        ({"k1": "v=DKIM1; p="}, ("unknown", "unusable"), ("unknown", "not_found")),
        ({"k1": ("v=spf1 -all", "other")}, ("unknown", "not_found"), ("unknown", "not_found")),
        ({}, ("unknown", "not_found"), ("unknown", "not_found")),
        ({"k1": Attempt.TIMEOUT}, ("unknown", "not_found"), ("unknown", "not_found")),
    ],
)  # fmt: skip
def test_each_state(keys: dict[str, Said], missing: tuple[str, str], weak: tuple[str, str]) -> None:
    for use in (MAIL, UNSAID, None):
        assert said(dkim.missing, look(keys), use) == missing
        assert said(dkim.weak_key, look(keys), use) == weak


def test_a_key_too_short_for_receivers() -> None:
    seen = DkimKeys(keys=(DkimKey("s1", "rsa", 768),))
    assert said(dkim.weak_key, seen) == ("fail", "refused")


def test_a_domain_that_says_that_it_sends_no_mail() -> None:
    assert said(dkim.missing, look({}), SILENT) == ("not_applicable", "no_mail")
    assert said(dkim.weak_key, look({}), SILENT) == ("not_applicable", "no_mail")
    assert said(dkim.weak_key, look({"s1": f"p={public(1024)}"}), SILENT) == ("fail", "short")


def test_a_resolver_that_answers_nothing() -> None:
    with pytest.raises(AttemptError):
        look(dict.fromkeys(SELECTORS, Attempt.TIMEOUT))
    assert look(dict.fromkeys(SELECTORS[1:], Attempt.TIMEOUT)).unread == len(SELECTORS) - 1


def test_a_domain_that_is_not_there() -> None:
    seen = dkim_keys.function("exmaple.jp", world({}))
    assert said(dkim.missing, seen) == said(dkim.weak_key, seen) == ("unknown", "no_domain")
