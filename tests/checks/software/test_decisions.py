"""The decision from a banner to a verdict: what less evidence, age or a new flaw may change."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.software.banner import known_exploited, missing_fix, outdated
from posture_scan.checks.software.collect import Banner

from posture_scan.model.flaw import Exploit
from posture_scan.model.product import NO_DATA, ProductData
from posture_scan.products.place import builtin
from posture_scan.sdk import Check, Context, Method, Service, Status, Vantage, Verdict
from tests.checks.software.seen import NOW, mysql, said, served
from tests.products.young import young

WEB = Service("http", address="127.0.0.1", port=80)
CHECKS = (outdated, known_exploited, missing_fix)


def judged(check: Check, seen: Banner, data: ProductData, days: int = 0) -> Verdict:
    now = NOW + timedelta(days=days)
    return check.judge(seen, Context(now, now, WEB, Vantage.EXTERNAL, products=data))


def command(check: Check, seen: Banner) -> str:
    values = dict(judged(check, seen, young(NOW)).values)
    return str(values["command"])


# --- the local look that settles it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "seen", "expected"),
    [
        (outdated, served(server="nginx/1.22.1 (Debian)"), "dpkg-query -W nginx"),
        (outdated, served(server="nginx/1.18.0 (Ubuntu)"), "dpkg-query -W nginx"),
        (outdated, said("SSH-2.0-OpenSSH_8.7\r\n"), "rpm -q openssh-server"),
        (outdated, served(server="Apache/2.4.37 (Red Hat)"), "rpm -q httpd"),
        (outdated, served(server="Apache/2.4.6"), "rpm -q httpd"),
        (missing_fix, said("SSH-2.0-OpenSSH_8.7\r\n"), "rpm -q openssh-server"),
        (known_exploited, served(server="Apache/2.4.41 (Ubuntu)"), "dpkg-query -W apache2"),
    ],
)
def test_the_command_that_settles_it_is_named(check: Check, seen: Banner, expected: str) -> None:
    assert command(check, seen) == expected


def test_where_both_families_are_possible_both_commands_are_named() -> None:
    assert command(outdated, served(x_powered_by="PHP/7.4.33")) == (
        "dpkg-query -W php-common / rpm -q php-common"
    )


# --- flaws that a package's revision settles ------------------------------------------------------


def with_flaw(flaw: Exploit, product: str, fixes: dict[str, dict[str, str]]) -> ProductData:
    data = young(NOW)
    old = data.products[product]
    new = dataclasses.replace(old, exploits=(*old.exploits, flaw), fixes=fixes)
    return dataclasses.replace(data, products={**data.products, product: new})


FLAW = Exploit("CVE-2026-99999", (("8.5", "9.7"),), exhaustive=True, ransomware=True)
FIXED = with_flaw(FLAW, "openssh", {"debian 12": {"CVE-2026-99999": "2+deb12u9"}})


@pytest.mark.parametrize(
    ("banner", "status", "reason"),
    [
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u8", Status.FAIL, "affected_ransomware"),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u9", Status.PASS, "not_affected"),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10", Status.PASS, "not_affected"),
        ("SSH-2.0-OpenSSH_9.2p1", Status.UNKNOWN, "backport_possible"),
        ("SSH-2.0-OpenSSH_8.7", Status.UNKNOWN, "backport_possible"),
        ("SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5", Status.UNKNOWN, "backport_possible"),
        ("SSH-2.0-OpenSSH_9.5p1", Status.FAIL, "affected_ransomware"),
        ("SSH-2.0-OpenSSH_9.9p1", Status.PASS, "not_affected"),
    ],
)
def test_by_revision_where_it_shows_and_never_by_the_bare_number(
    banner: str, status: Status, reason: str
) -> None:
    verdict = judged(known_exploited, said(f"{banner}\r\n"), FIXED)
    assert (verdict.status, verdict.reason) == (status, reason)


def test_a_flaw_that_only_the_list_names_stops_every_pass() -> None:
    data = with_flaw(Exploit("CVE-2026-99999", listed=date(2026, 11, 20)), "nginx", {})
    verdict = judged(known_exploited, served(server="nginx/1.30.1"), data)
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, "flaw_without_versions")
    assert dict(verdict.values)["cve"] == "CVE-2026-99999"


def test_one_account_of_a_range_is_less_sure_than_two() -> None:
    flaw = dataclasses.replace(FLAW, confidence="medium")
    data = with_flaw(flaw, "openssh", {})
    verdict = judged(known_exploited, said("SSH-2.0-OpenSSH_9.5p1\r\n"), data)
    assert (verdict.status, verdict.method) == (Status.FAIL, Method.ANALYSIS)
    low = with_flaw(dataclasses.replace(FLAW, confidence="low"), "openssh", {})
    assert judged(known_exploited, said("SSH-2.0-OpenSSH_9.5p1\r\n"), low).status is Status.UNKNOWN


def test_without_data_nothing_is_said() -> None:
    for check in (outdated, known_exploited):
        for seen in (said("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"), served(server="nginx")):
            assert judged(check, seen, NO_DATA).status is Status.UNKNOWN


def test_silence_of_an_old_list_clears_nobody() -> None:
    seen = said("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n")
    assert judged(known_exploited, seen, young(NOW)).status is Status.PASS
    assert judged(known_exploited, seen, young(NOW), days=121).reason == "stale_data"


# --- properties -----------------------------------------------------------------------------------

NUMBERS = st.tuples(st.integers(1, 12), st.integers(0, 30), st.integers(0, 60))
REVISIONS = st.sampled_from(
    ["Debian-2+deb12u{}", "Debian-5+deb11u{}", "Debian-10+deb10u{}", "Ubuntu-3ubuntu13.{}",
     "Ubuntu-3ubuntu0.{}", "Debian-{}"]
)  # fmt: skip


@given(st.sampled_from(["9.2p1", "8.4p1", "7.9p1", "9.6p1", "8.9p1", "10.0p2"]), REVISIONS,
       st.integers(1, 20))  # fmt: skip
def test_a_revision_left_out_never_gains_a_pass(version: str, form: str, number: int) -> None:
    full = said(f"SSH-2.0-OpenSSH_{version} {form.format(number)}\r\n")
    bare = said(f"SSH-2.0-OpenSSH_{version}\r\n")
    for check in CHECKS:
        for data in (young(NOW), FIXED):
            before, after = judged(check, full, data).status, judged(check, bare, data).status
            if before in {Status.FAIL, Status.UNKNOWN}:
                assert after is not Status.PASS, (check.name, full.greeting)


@given(NUMBERS, st.sampled_from(["-0+deb12u1", "-0ubuntu0.22.04.1", "-MariaDB-0+deb11u2"]))
def test_nor_does_it_for_a_database(numbers: tuple[int, int, int], revision: str) -> None:
    version = ".".join(map(str, numbers))
    for check in CHECKS:
        before = judged(check, mysql(version + revision), young(NOW)).status
        after = judged(check, mysql(version), young(NOW)).status
        if before is Status.FAIL:
            assert after is not Status.PASS


SERVERS = st.sampled_from(["nginx/{}", "Apache/{} (Unix)", "Apache/{} (Debian)", "lighttpd/{}"])


@given(SERVERS, NUMBERS, st.integers(0, 4000))
def test_age_alone_never_turns_anything_into_a_pass(
    form: str, numbers: tuple[int, int, int], days: int
) -> None:
    seen = served(server=form.format(".".join(map(str, numbers))))
    for check in CHECKS:
        before = judged(check, seen, young(NOW)).status
        after = judged(check, seen, young(NOW), days=days).status
        assert not (after is Status.PASS and before is not Status.PASS)
        assert not (before is Status.FAIL and after is not Status.FAIL)


@given(SERVERS, NUMBERS)
def test_older_data_never_passes_what_newer_denies(
    form: str, numbers: tuple[int, int, int]
) -> None:
    """With the same facts in both, the younger day may only allow more, never less."""
    seen = served(server=form.format(".".join(map(str, numbers))))
    for check in CHECKS:
        old, new = judged(check, seen, builtin()).status, judged(check, seen, young(NOW)).status
        assert not (old is Status.PASS and new is not Status.PASS)
