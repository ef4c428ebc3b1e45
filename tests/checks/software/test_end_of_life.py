"""What counts as ended, what as supported, and what the outside cannot tell."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from posture_scan.checks.software.banner import known_exploited, outdated
from posture_scan.checks.software.collect import Banner

from posture_scan.sdk import Method, Status
from tests.checks.software.seen import BARE, FULL, LATER, judge, mysql, said, served

ENDED = [
    (served(server="Microsoft-IIS/7.5"), "branch_ended", FULL),
    (served(server="Microsoft-IIS/8.5"), "branch_ended", FULL),
    (served(server="Apache/2.2.15"), "branch_ended", FULL),
    (served(server="Apache/2.2"), "branch_ended", BARE),
    (served(server="nginx/1.29.1"), "branch_ended", FULL),
    (served(x_powered_by="PHP/5.6.40"), "branch_ended", FULL),
    (served(server="Apache/2.4.66 (Win64) PHP/7.4.33"), "branch_ended", FULL),
    (served(server="Apache/2.4.6 (CentOS)"), "distribution_ended", BARE),
    (served(x_powered_by="PHP/5.6.40-0+deb8u12"), "distribution_ended", FULL),
    (served(x_owa_version="15.1.2507.39"), "branch_ended", FULL),
    (mysql("5.5.5-10.1.48-MariaDB-1~bionic"), "branch_ended", FULL),
    (mysql("5.6.51-log"), "branch_ended", FULL),
    (said("MikroTik v6.42.1 (stable)\r\nLogin: ", "telnet"), "branch_ended_undated", FULL),
]


@pytest.mark.parametrize(("seen", "reason", "method"), ENDED)
def test_ended_software(seen: Banner, reason: str, method: Method) -> None:
    verdict = judge(outdated, seen)
    assert (verdict.status, verdict.reason, verdict.method) == (Status.FAIL, reason, method)
    assert dict(verdict.values)["as_of"] == "2026-11-22"


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (said("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"), "distribution_supported"),
        (said("SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.13\r\n"), "distribution_supported"),
        (said("SSH-2.0-OpenSSH_10.0p2 Debian-7\r\n"), "distribution_supported"),
        (mysql("10.11.19-MariaDB-0+deb12u1"), "distribution_supported"),
        (served(server="Apache/2.4.66 (Unix)"), "branch_supported"),
        (served(server="nginx/1.30.1"), "branch_supported"),
        (served(x_powered_by="PHP/8.1.2-1ubuntu2.14"), "distribution_supported"),
        (served(x_owa_version="15.2.2562.17"), "branch_supported"),
    ],
)
def test_supported_software(seen: Banner, reason: str) -> None:
    verdict = judge(outdated, seen)
    assert (verdict.status, verdict.reason, verdict.method) == (Status.PASS, reason, FULL)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (said("", "rdp"), "product_not_identified"),
        (said("* OK ready\r\n", "imap"), "product_not_identified"),
        (served(server="nginx"), "version_not_disclosed"),
        (served(server="nginx/1.22.1"), "revision_not_visible"),
        (served(server="nginx/1.18.0 (Ubuntu)"), "revision_not_visible"),
        (served(server="Apache/2.4.58 (Ubuntu)"), "revision_not_visible"),
        (served(server="Apache/2.4.65 (Debian)"), "release_not_visible"),
        (served(server="Apache/2.4.57 (Fedora Linux)"), "distribution_not_listed"),
        (served(x_powered_by="PHP/7.4.33"), "revision_not_visible"),
        (served(server="Microsoft-IIS/10.0"), "no_support_dates"),
        (served(x_jenkins="2.441"), "branch_not_listed"),
        (served(x_aspnet_version="4.0.30319"), "no_support_dates"),
        (said("SSH-2.0-OpenSSH_8.7\r\n"), "revision_not_visible_undated"),
        (said("SSH-2.0-OpenSSH_5.1\r\n"), "no_support_dates"),
        (said("SSH-2.0-OpenSSH_7.9p1 Raspbian-10+deb10u2\r\n"), "distribution_not_listed"),
        (said("SSH-2.0-OpenSSH_7.9p1 Debian-10+deb10u4\r\n"), "extended_support_possible"),
        (said("SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3\r\n"), "extended_support_possible"),
        (said("SSH-2.0-OpenSSH_8.2p1 Ubuntu-4ubuntu0.11\r\n"), "extended_support_possible"),
        (mysql("5.7.42-0ubuntu0.18.04.1"), "extended_support_possible"),
        (mysql("5.5.68-MariaDB"), "extended_support_possible"),
        (served('<meta name="generator" content="WordPress 6.4.3">'), "support_disputed"),
        (served(server="nginx/1.99.0"), "newer_than_data"),
        (served(x_powered_by="PHP/4.4.9"), "branch_not_listed"),
        (said("220 (vsFTPd 2.3.4)\r\n", "ftp"), "no_support_dates"),
    ],
)
def test_what_the_outside_cannot_tell(seen: Banner, reason: str) -> None:
    verdict = judge(outdated, seen)
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, reason)


def test_a_distributions_build_is_never_judged_by_upstreams_number() -> None:
    """Debian 12's own packages, by banner: upstream ended long ago for nginx, PHP's end is near."""
    for seen in (
        said("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"),
        served(server="nginx/1.22.1"),
        served(server="Apache/2.4.66 (Debian) OpenSSL/3.0.17", x_powered_by="PHP/8.2.29"),
        mysql("5.5.5-10.11.14-MariaDB-0+deb12u2"),
        said("220 (vsFTPd 3.0.3)\r\n", "ftp"),
        said("220 mx ESMTP Exim 4.96 Thu, 19 Nov 2026\r\n", "smtp"),
        said("VERSION 1.6.18\r\n", "memcached"),
    ):
        assert judge(outdated, seen).status is not Status.FAIL, seen.software
        assert judge(known_exploited, seen).status is not Status.FAIL, seen.software


def test_debian_12_ends_with_its_long_term_support() -> None:
    seen = said("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n")
    assert dict(judge(outdated, seen).values)["ends"] == "2028-06-30"
    after = datetime(2028, 7, 1, tzinfo=UTC)
    assert judge(outdated, seen, after).reason == "extended_support_possible"
    for_good = datetime(2033, 7, 1, tzinfo=UTC)
    assert judge(outdated, seen, for_good).status is Status.FAIL


def test_old_data_supports_nothing_but_still_ends_things() -> None:
    assert judge(outdated, served(server="nginx/1.30.1"), LATER).reason == "stale_data"
    assert judge(outdated, served(server="Microsoft-IIS/7.5"), LATER).status is Status.FAIL
    ssh = said("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n")
    assert judge(outdated, ssh, LATER).reason == "stale_data"


def test_the_worst_product_speaks_for_the_service() -> None:
    seen = served(server="nginx/1.30.1", x_powered_by="PHP/5.6.40")
    verdict = judge(outdated, seen)
    assert verdict.status is Status.FAIL
    assert dict(verdict.values)["product"] == "PHP"
    hidden = served(server="nginx", x_powered_by="PHP/8.5.3")
    assert judge(outdated, hidden).reason == "version_not_disclosed"
