"""Suites and groups carry the registered numbers and names: compared with other people's lists."""

from __future__ import annotations

import re
import subprocess

import pytest
from posture_scan.checks.encryption.protocol import groups, suites

from tests.lab.daemon import need


def openssl_list() -> dict[int, str]:
    need("openssl")
    text = subprocess.run(
        ["openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    rows = re.findall(r"0x([0-9A-F]{2}),0x([0-9A-F]{2}) - (TLS_\w+)", text)
    return {int(high + low, 16): name for high, low, name in rows}


def gnutls_list() -> dict[int, str]:
    need("gnutls-cli")
    text = subprocess.run(
        ["gnutls-cli", "--list"], check=True, capture_output=True, text=True
    ).stdout
    rows = re.findall(r"^TLS_(\w+)\s+0x([0-9a-f]{2}), 0x([0-9a-f]{2})", text, re.MULTILINE)
    return {int(high + low, 16): name for name, high, low in rows}


def test_names_are_those_that_openssl_prints() -> None:
    theirs = openssl_list()
    ours = {number: suites.suite_name(number) for number in (*suites.SUITES, *suites.TLS13_SUITES)}
    both = ours.keys() & theirs.keys()
    assert {number: ours[number] for number in both} == {n: theirs[n] for n in both}
    assert len(both) > 80


def test_numbers_are_those_of_gnutls() -> None:
    # GnuTLS writes names of its own style: RSA_AES_128_CBC_SHA1 for RSA_WITH_AES_128_CBC_SHA
    theirs = {number: _plain(name) for number, name in gnutls_list().items()}
    ours = {number: _plain(name) for number, name in suites.SUITES.items()}
    both = ours.keys() & theirs.keys()
    assert {number: ours[number] for number in both} == {n: theirs[n] for n in both}
    assert len(both) > 70


def _plain(name: str) -> str:
    plain = name.replace("_WITH_", "_").replace("EDE_", "").replace("ARCFOUR", "RC4")
    plain = plain.replace("DH_ANON", "DH_anon").replace("ECDH_ANON", "ECDH_anon")
    plain = re.sub(r"_SHA1$", "_SHA", plain)
    return re.sub(r"_(GCM|POLY1305|CCM|CCM_8)_SHA\d+$", r"_\1", plain)


@pytest.mark.parametrize("suite", suites.SUITES)
def test_every_suite_is_sound_or_weak_and_has_a_way_to_agree_on_keys(suite: int) -> None:
    kinds = suites.kinds(suite)
    assert suites.weaknesses(suite) <= kinds <= suites.KINDS
    assert ("static" in kinds) is not suites.is_forward_secret(suite)
    sound = {one for sort in ("fs", "rsa", "ecdsa") for one in suites.sound_suites(sort)}
    dss = "DSS" in suites.SUITES[suite]
    assert (suite in sound) is (not suites.weaknesses(suite)) or dss


def test_those_that_show_most_come_first() -> None:
    offered = suites.showing(suites.KINDS)
    shown = [len(suites.kinds(suite)) for suite in offered]
    assert shown == sorted(shown, reverse=True)
    assert set(offered) == {suite for suite in suites.SUITES if suites.kinds(suite)}
    assert suites.showing(frozenset()) == ()


@pytest.mark.parametrize(
    ("kind", "name"), [("null", "NULL"), ("export", "EXPORT"), ("rc4", "RC4"), ("3des", "3DES")]
)
def test_a_class_is_what_the_name_says(kind: str, name: str) -> None:
    found = {suite for suite in suites.SUITES if kind in suites.weaknesses(suite)}
    assert found == {suite for suite, full in suites.SUITES.items() if name in full}


def test_a_prime_is_told_by_its_value() -> None:
    oakley = (
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E"
        "3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF"
        "5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF"
    )
    assert groups.prime_name(bytes.fromhex(oakley)) == "oakley1024"
    assert groups.prime_name(b"\0" + bytes.fromhex(oakley)) == "oakley1024"
    assert groups.prime_name(bytes.fromhex(oakley)[:-1] + b"\xfd") == "custom"
