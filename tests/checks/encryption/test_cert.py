"""cert.*: every check with a weak, a sound and an unknown case, from certificates made here."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.encryption.certificate import is_for, read_certificate
from posture_scan.checks.encryption.facts import ShownChain

from posture_scan.sdk import Context, Service, Status, Vantage, Verdict
from tests.checks.encryption.certificates import (
    NAME,
    NOW,
    OID_MD5_RSA,
    OID_SHA1_RSA,
    OID_SHA256_RSA,
    Issued,
    authority,
    intermediate,
    issue,
)
from tests.checks.encryption.judging import CHECKS, facts, failing, judge, not_seen

DAY = timedelta(days=1)
ROOT = authority()
MIDDLE = intermediate(ROOT)
IDS = {one for one in CHECKS if one.startswith("cert.")}


def verdict(check: str, *chain: Issued, trust: str = "trusted", name: str = NAME) -> Verdict:
    return judge(f"cert.{check}", facts(chain=_der(*chain), trust=trust, name=name))


def _der(*chain: Issued) -> tuple[bytes, ...]:
    return tuple(one.der for one in chain)


def test_the_subject_has_exactly_these_checks() -> None:
    assert {one.removeprefix("cert.") for one in IDS} == {
        "expired", "expiring_soon", "not_yet_valid", "self_signed", "untrusted_ca",
        "incomplete_chain", "hostname_mismatch", "weak_key", "weak_signature", "unordered_chain",
    }  # fmt: skip


def test_a_sound_certificate_passes_everything() -> None:
    seen = facts(chain=_der(issue(issuer=MIDDLE), MIDDLE))
    assert {judge(one, seen).status for one in IDS} == {Status.PASS}


def test_without_a_certificate_nothing_is_known() -> None:
    for chain in ((), (b"\x30\x03\x02\x01\x01",), (b"no certificate", MIDDLE.der)):
        assert not_seen(facts(chain=chain, trust="unusable")) == IDS


def test_of_two_certificates_for_two_kinds_of_key_the_worse_counts() -> None:
    sound, late = issue(issuer=MIDDLE), issue(issuer=MIDDLE, ends=NOW - DAY, kind="rsa2048")
    other = ShownChain("rsa", named=True, certificates=_der(late, MIDDLE), trust="trusted")
    assert failing(facts(chain=_der(sound, MIDDLE), more_chains=(other,))) == {"cert.expired"}
    unread = replace(other, certificates=(b"no certificate",))
    assert not_seen(facts(chain=_der(sound, MIDDLE), more_chains=(unread,))) == IDS
    assert failing(facts(chain=_der(late, MIDDLE), more_chains=(unread,))) == {"cert.expired"}


def test_what_clients_without_a_name_are_shown_does_not_count() -> None:
    other = ShownChain("", named=False, certificates=_der(issue("x.jp")), trust="not_judged")
    assert failing(facts(chain=_der(issue(issuer=MIDDLE), MIDDLE), more_chains=(other,))) == set()


@pytest.mark.parametrize(
    ("protocol", "status"), [("https", Status.FAIL), ("http", Status.FAIL), ("imap", Status.PASS)]
)
def test_of_a_mail_servers_names_one_is_enough(protocol: str, status: Status) -> None:
    seen = facts(chain=_der(issue("mail.example.jp", issuer=MIDDLE), MIDDLE))
    names = (NAME, "mail.example.jp")
    service = Service(protocol, tls=True, address="192.0.2.1", port=993, names=names)
    context = Context(NOW, NOW, service, Vantage.EXTERNAL)
    assert CHECKS["cert.hostname_mismatch"].judge(seen, context).status is status


@pytest.mark.parametrize(("starttls", "port", "judged"), [
    ("smtp", 25, False), ("xmpp", 5269, False), ("smtp", 587, True), ("xmpp", 5222, True),
    ("", 25, True),
])  # fmt: skip
def test_between_servers_name_and_trust_do_not_matter(
    starttls: str,
    port: int,
    judged: bool,  # noqa: FBT001 -- drawn by pytest
) -> None:
    late = issue("other.jp", ends=NOW - DAY)
    seen = facts(chain=_der(late), trust="self_signed", starttls=starttls)
    about = {"cert.self_signed", "cert.hostname_mismatch"}
    found = {one: judge(one, seen, port=port) for one in about}
    assert all((one.status is Status.FAIL) is judged for one in found.values())
    assert judged or {one.reason for one in found.values()} == {"between_servers"}
    assert judge("cert.expired", seen, port=port).status is Status.FAIL


def test_the_order_of_the_chain() -> None:
    leaf, stray = issue(issuer=MIDDLE), issue("stray")
    assert verdict("unordered_chain", leaf, MIDDLE, ROOT).reason == "in_order"
    assert verdict("unordered_chain", leaf).reason == "in_order"
    for chain in ((leaf, ROOT, MIDDLE), (leaf, MIDDLE, stray), (leaf, leaf, MIDDLE)):
        found = verdict("unordered_chain", *chain)
        assert (found.status, found.reason) == (Status.FAIL, "not_in_order")


def test_without_a_name_trust_and_name_do_not_matter_but_dates_and_keys_do() -> None:
    leaf = issue(ends=NOW - DAY, kind="rsa1024")
    seen = facts(chain=_der(leaf), trust="not_judged", name="")
    assert failing(seen) == {"cert.expired", "cert.weak_key"}
    for check in ("self_signed", "untrusted_ca", "incomplete_chain", "hostname_mismatch"):
        found = judge(f"cert.{check}", seen)
        assert (found.status, found.reason) == (Status.NOT_APPLICABLE, "no_name")
    assert dict(judge("cert.expired", seen).values)["named"] is False


@pytest.mark.parametrize(
    ("ends", "failed"),
    [
        (NOW - timedelta(seconds=1), {"cert.expired"}),
        (NOW + timedelta(seconds=1), {"cert.expiring_soon"}),
        (NOW + 14 * DAY, {"cert.expiring_soon"}),
        (NOW + 14 * DAY + timedelta(seconds=1), set()),
    ],
)
def test_last_day(ends: object, failed: set[str]) -> None:
    leaf = issue(issuer=MIDDLE, ends=ends)  # type: ignore[arg-type]
    assert failing(facts(chain=_der(leaf, MIDDLE))) == failed


def test_an_expired_intermediate_counts_unless_a_valid_one_of_its_name_is_sent() -> None:
    old = intermediate(ROOT, ends=NOW - DAY)
    leaf = issue(issuer=old)
    found = verdict("expired", leaf, old)
    assert (found.status, found.reason) == (Status.FAIL, "issuer_past")
    assert verdict("expired", leaf, old, MIDDLE).status is Status.PASS
    stray = authority("Old Stray Root", number=92)
    assert verdict("expired", leaf, MIDDLE, stray).status is Status.PASS


def test_first_day() -> None:
    leaf = issue(issuer=MIDDLE, starts=NOW + DAY)
    assert failing(facts(chain=_der(leaf, MIDDLE))) == {"cert.not_yet_valid"}


def test_self_signed() -> None:
    assert failing(facts(chain=_der(issue()), trust="self_signed")) == {"cert.self_signed"}
    assert verdict("untrusted_ca", issue(), trust="self_signed").status is Status.NOT_APPLICABLE
    assert verdict("self_signed", issue(), trust="trusted").status is Status.PASS
    impostor = issue("Example Root", issuer=ROOT, number=7)  # its issuer's name, not its key
    assert verdict("self_signed", impostor, trust="unknown_ca").status is Status.PASS


def test_unknown_authority() -> None:
    seen = facts(chain=_der(issue(issuer=MIDDLE), MIDDLE, ROOT), trust="unknown_ca")
    assert failing(seen) == {"cert.untrusted_ca"}
    assert judge("cert.untrusted_ca", seen).actual == "CN=Example Root"
    assert judge("cert.incomplete_chain", seen).status is Status.NOT_APPLICABLE


def test_missing_intermediate() -> None:
    seen = facts(chain=_der(issue(issuer=MIDDLE)), trust="incomplete")
    assert failing(seen) == {"cert.incomplete_chain"}
    assert not_seen(seen) == {"cert.untrusted_ca"}


def test_trust_that_could_not_be_judged_is_unknown() -> None:
    seen = facts(chain=_der(issue(issuer=MIDDLE), MIDDLE), trust="not_judged")
    assert not_seen(seen) == {"cert.untrusted_ca", "cert.incomplete_chain"}


@pytest.mark.parametrize(
    ("names", "name", "matches"),
    [
        (("shop.example.jp",), "shop.example.jp", True),
        (("shop.example.jp",), "SHOP.Example.jp.", True),
        (("example.jp",), "shop.example.jp", False),
        (("*.example.jp",), "shop.example.jp", True),
        (("*.example.jp",), "a.shop.example.jp", False),
        (("*.example.jp",), "example.jp", False),
        (("*.jp",), "example.jp", False),
        (("s*.example.jp",), "shop.example.jp", False),
        (("shop.*.jp",), "shop.example.jp", False),
        (("*",), "shop", False),
        (("xn--wgv71a119e.jp",), "日本語.jp", True),
        (("192.0.2.1",), "192.0.2.1", True),
        (("192.0.2.1",), "192.0.2.2", False),
        (("2001:db8::1",), "2001:db8:0::1", True),
        (("shop.example.jp", "192.0.2.1"), "192.0.2.1", True),
        ((), "shop.example.jp", False),
    ],
)
def test_names_follow_rfc_9525(names: tuple[str, ...], name: str, *, matches: bool) -> None:
    leaf = issue("shop.example.jp", issuer=MIDDLE, names=names)
    read = read_certificate(leaf.der)
    assert read is not None
    assert is_for(read, name) is matches
    found = verdict("hostname_mismatch", leaf, MIDDLE, name=name)
    assert found.status is (Status.PASS if matches else Status.FAIL)


def test_the_common_name_counts_for_nothing() -> None:
    found = verdict("hostname_mismatch", issue(NAME, issuer=MIDDLE, names=()), MIDDLE)
    assert (found.status, found.reason) == (Status.FAIL, "no_names")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("rsa1024", Status.FAIL),
        ("rsa2048", Status.PASS),
        ("p192", Status.FAIL),
        ("p256", Status.PASS),
        ("ed25519", Status.PASS),
        ("dsa2048", Status.FAIL),
    ],
)
def test_keys(kind: str, status: Status) -> None:
    leaf = issue(issuer=MIDDLE, kind=kind)
    assert verdict("weak_key", leaf, MIDDLE).status is status


def test_a_weak_intermediate_counts_a_weak_root_does_not() -> None:
    weak = intermediate(ROOT, kind="rsa1024")
    assert verdict("weak_key", issue(issuer=weak), weak).status is Status.FAIL
    old = authority(kind="rsa1024")
    assert verdict("weak_key", issue(issuer=old), old).status is Status.PASS


@pytest.mark.parametrize(("oid", "name"), [(OID_SHA1_RSA, "sha1"), (OID_MD5_RSA, "md5")])
def test_signatures(oid: bytes, name: str) -> None:
    root = authority(kind="rsa2048")
    leaf = issue(issuer=root)
    weak = leaf.der.replace(OID_SHA256_RSA, oid)  # constructed: such a CA signs no more
    found = judge("cert.weak_signature", facts(chain=(weak, root.der)))
    assert (found.status, found.actual) == (Status.FAIL, name)
    old_root = root.der.replace(OID_SHA256_RSA, oid)
    assert judge("cert.weak_signature", facts(chain=(leaf.der, old_root))).status is Status.PASS


def test_what_cannot_be_read_in_a_chain_is_not_taken_for_sound() -> None:
    seen = facts(chain=(issue(issuer=MIDDLE).der, b"garbage"))
    open_ = {"cert.weak_key", "cert.weak_signature", "cert.unordered_chain"}
    assert not_seen(seen) == open_


def test_a_strangers_words_are_cut_and_cleaned() -> None:
    root = issue("\x1b[31mred" + "x" * 50, ca=True, number=8)
    found = verdict("untrusted_ca", issue(issuer=root), root, trust="unknown_ca")
    assert "\x1b" not in found.actual
    many = issue(issuer=root, names=tuple(f"{n}{'a' * 60}.example.jp" for n in range(50)))
    assert len(verdict("hostname_mismatch", many, root).actual) <= 200


@given(st.data())
def test_no_bytes_break_the_reading(data: st.DataObject) -> None:
    whole = bytearray(LEAF)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    seen = facts(chain=(bytes(whole), MIDDLE.der))
    assert all(judge(one, seen).reason for one in IDS)


LEAF = issue(issuer=MIDDLE, names=(NAME, "192.0.2.1")).der


@given(st.binary(max_size=400))
def test_no_noise_is_a_certificate(noise: bytes) -> None:
    assert read_certificate(noise) is None


def test_very_short_rsa_keys_are_read_too() -> None:
    found = judge("cert.weak_key", facts(chain=(ssl.PEM_cert_to_DER_cert(RSA_512),)))
    assert (found.status, found.actual) == (Status.FAIL, "rsa 512")


RSA_512 = """-----BEGIN CERTIFICATE-----
MIIBbzCCARmgAwIBAgIUA30RTMAPChCSQJlx0dsNBtTwdPQwDQYJKoZIhvcNAQEF
BQAwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjIyMzU0MDRaFw0yNjExMjUyMzU0MDRa
MAwxCjAIBgNVBAMMAXgwXDANBgkqhkiG9w0BAQEFAANLADBIAkEAx3bmL+WP8oB5
J2cZWgsiJ+a4GchhUNt3XmkXW0IU9UPVuwm604syeruoM6Us1r/bhw447IyuncBB
+f8IB1SS5wIDAQABo1MwUTAdBgNVHQ4EFgQU3gBsi76JCAGeglarW85EfmETae4w
HwYDVR0jBBgwFoAU3gBsi76JCAGeglarW85EfmETae4wDwYDVR0TAQH/BAUwAwEB
/zANBgkqhkiG9w0BAQUFAANBAMVsRhjOqfaIEcgFj1ESweqrFjIowdOBtBusCvXm
Eq8T0V1E2lP2UnaPOE94ceKPQ9TpQMuOFvNxyCkXY0hDoS0=
-----END CERTIFICATE-----
"""
"""Made with ``openssl req -x509 -newkey rsa:512 -sha1``; its key was thrown away."""
