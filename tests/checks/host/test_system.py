"""Operating systems as computers name them, judged with the dates that ship."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from posture_scan.checks.host import system
from posture_scan.checks.host.collect_system import Extended, OperatingSystem, operating_system
from posture_scan.checks.host.windows_version import KEY

from posture_scan.engine.packs import load_packs
from posture_scan.products.place import builtin
from posture_scan.sdk import Attempt, Context, RegistryData, Service, Vantage, Verdict
from posture_scan.text.catalog import fill
from tests.checks.computer import FakeHost, out

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LISTS = "/var/lib/apt/lists/deb.example_dists_"
DEBIAN = (
    'PRETTY_NAME="Debian GNU/Linux {0} ({1})"\nID=debian\nVERSION_ID="{0}"\nVERSION_CODENAME={1}\n'
)

WORDS = next(item for item in load_packs().checks if item.id == "system.end_of_life").meta


def seen(host: FakeHost) -> OperatingSystem:
    found = operating_system.function(host)
    assert isinstance(found, OperatingSystem)
    return found


def judge(host: FakeHost, now: datetime = NOW) -> Verdict:
    context = Context(now, now, Service(), Vantage.HOST, products=builtin())
    verdict: Verdict = system.end_of_life.judge(seen(host), context)
    for language in ("ja", "en"):
        sentence = WORDS.words[language].reasons[verdict.reason]
        assert "{" not in fill(sentence, dict(verdict.values))
    return verdict


def told(host: FakeHost, now: datetime = NOW) -> tuple[str, str]:
    verdict = judge(host, now)
    return verdict.status.value, verdict.reason


def linux(os_release: str, **files: str | Attempt) -> FakeHost:
    return FakeHost({"/etc/os-release": os_release, **files})


def windows(build: str, edition: str, kind: str = "Client", **more: RegistryData) -> FakeHost:
    values: dict[str, RegistryData | Attempt] = {
        f"{KEY}\\{name}": value
        for name, value in {
            "CurrentBuild": build, "EditionID": edition, "InstallationType": kind, "UBR": 1,
            "ProductName": "Windows 10 Pro", **more,
        }.items()
    }  # fmt: skip
    return FakeHost(platform="windows", values=values)


def security(codename: str) -> dict[str, str]:
    head = f"Label: Debian-Security\nSuite: x-security\nCodename: {codename}-security\n"
    return {f"{LISTS}{codename}-security_InRelease": f"-----BEGIN\n\n{head}"}


# --- Linux ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("os_release", "expected"),
    [
        (DEBIAN.format(13, "trixie"), ("pass", "supported")),
        (DEBIAN.format(10, "buster"), ("unknown", "extended_support_unproven")),
        (DEBIAN.format(9, "stretch"), ("unknown", "extended_support_unproven")),
        ("ID=ubuntu\nVERSION_ID=24.04\nPRETTY_NAME=U", ("pass", "supported")),
        ("ID=ubuntu\nVERSION_ID=20.04\nPRETTY_NAME=U", ("fail", "extended_support_only")),
        ("ID=ubuntu\nVERSION_ID=25.04\nPRETTY_NAME=U", ("fail", "ended")),
        ("ID=rhel\nVERSION_ID=9.4\nPRETTY_NAME=R", ("pass", "supported")),
        ("ID=rhel\nVERSION_ID=7.9\nPRETTY_NAME=R", ("fail", "extended_support_only")),
        ('ID="rocky"\nVERSION_ID="8.10"\nPRETTY_NAME=R', ("pass", "supported")),
        ("ID=almalinux\nVERSION_ID=9.6\nPRETTY_NAME=A", ("pass", "supported")),
        ('ID="centos"\nNAME="CentOS Linux"\nVERSION_ID="7"\nPRETTY_NAME=C', ("fail", "ended")),
        ('ID="centos"\nNAME="CentOS Linux"\nVERSION_ID="8"\nPRETTY_NAME=C', ("fail", "ended")),
        ('ID="centos"\nNAME="CentOS Stream"\nVERSION_ID="9"\nPRETTY_NAME=C', ("pass", "supported")),
        ("ID=ol\nVERSION_ID=7.9\nPRETTY_NAME=O", ("unknown", "extended_support_unproven")),
        ("ID=sles\nVERSION_ID=15.7\nPRETTY_NAME=S", ("pass", "supported")),
        ("ID=sles\nVERSION_ID=15.5\nPRETTY_NAME=S", ("unknown", "extended_support_unproven")),
        ("ID=opensuse-leap\nVERSION_ID=15.6\nPRETTY_NAME=S", ("fail", "ended")),
        ("ID=opensuse-leap\nVERSION_ID=16.0\nPRETTY_NAME=S", ("pass", "supported")),
        ("ID=opensuse-tumbleweed\nVERSION_ID=20261101\nPRETTY_NAME=S", ("unknown", "rolling")),
        ("ID=fedora\nVERSION_ID=42\nPRETTY_NAME=F", ("fail", "ended")),
        ("ID=fedora\nVERSION_ID=44\nPRETTY_NAME=F", ("pass", "supported")),
        ("ID=amzn\nVERSION_ID=2023\nPRETTY_NAME=A", ("pass", "supported")),
        ("ID=amzn\nVERSION_ID=2\nPRETTY_NAME=A", ("unknown", "support_disputed")),
        ("ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME=A", ("fail", "ended")),
        ("ID=linuxmint\nVERSION_ID=21\nPRETTY_NAME=M", ("unknown", "not_listed")),
        ("ID=debian\nPRETTY_NAME='Debian GNU/Linux forky/sid'", ("unknown", "not_listed")),
        ("", ("unknown", "not_seen")),
        ("garbage\0", ("unknown", "not_seen")),
    ],
)
def test_a_release_is_judged_by_its_dates(os_release: str, expected: tuple[str, str]) -> None:
    assert told(linux(os_release)) == expected


def test_without_any_record_nothing_is_known() -> None:
    assert told(FakeHost()) == ("unknown", "not_seen")
    closed = judge(FakeHost({"/etc/os-release": Attempt.PERMISSION_DENIED}))
    assert (closed.reason, dict(closed.values)["lift"]) == ("not_seen", "administrator")
    assert told(FakeHost({"/usr/lib/os-release": DEBIAN.format(13, "trixie")}))[0] == "pass"


def test_debian_in_long_term_support_has_to_take_its_packages() -> None:
    twelve = DEBIAN.format(12, "bookworm")
    assert told(linux(twelve, **security("bookworm"))) == ("pass", "long_term_support")
    other = {f"{LISTS}bookworm_InRelease": "Label: Debian\nCodename: bookworm\n"}
    assert told(linux(twelve, **other)) == ("fail", "extended_support_only")
    assert told(linux(twelve, **security("trixie")))[0] == "fail"
    assert told(linux(twelve)) == ("unknown", "extended_support_unproven")
    closed = {f"{LISTS}bookworm-security_InRelease": Attempt.PERMISSION_DENIED}
    assert told(linux(twelve, **closed)) == ("unknown", "extended_support_unproven")
    over = NOW + timedelta(days=900)
    assert told(linux(twelve, **security("bookworm")), over) == ("fail", "extended_support_only")
    paid = {"/var/lib/apt/lists/deb.freexian.com_extended-lts_dists_x_InRelease": "Label: x\n"}
    assert told(linux(twelve, **paid), over) == ("pass", "extended_support")


PRO = "/var/lib/ubuntu-advantage/status.json"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"attached": True, "expires": "2027-05-01T00:00:00+00:00", "esm": "enabled"}, "pass"),
        ({"attached": True, "expires": None, "esm": "enabled"}, "pass"),
        ({"attached": True, "expires": "2026-11-01T00:00:00+00:00", "esm": "enabled"}, "fail"),
        ({"attached": True, "expires": None, "esm": "disabled"}, "fail"),
        ({"attached": False, "esm": "n/a"}, "fail"),
        ({"attached": "yes"}, "unknown"),
        ([], "unknown"),
    ],
)
def test_ubuntu_shows_whether_pro_brings_its_packages(status: object, expected: str) -> None:
    if isinstance(status, dict):
        esm = {"name": "esm-infra", "status": status.pop("esm", "")}
        status["services"] = [{"name": "livepatch", "status": "enabled"}, esm]
    release = "ID=ubuntu\nVERSION_ID=20.04\nPRETTY_NAME=Ubuntu"
    assert told(linux(release, **{PRO: json.dumps(status)}))[0] == expected


@pytest.mark.parametrize("content", ["{", "[" * 100_000, "", Attempt.PERMISSION_DENIED])
def test_a_broken_record_of_pro_is_no_proof_of_absence(content: str | Attempt) -> None:
    release = "ID=ubuntu\nVERSION_ID=20.04\nPRETTY_NAME=Ubuntu"
    host = linux(release, **{PRO: content})
    assert told(host) == ("unknown", "extended_support_unproven")


def test_red_hat_and_suse_show_their_extended_products() -> None:
    seven = "ID=rhel\nVERSION_ID=7.9\nPRETTY_NAME=R"
    path = "/etc/yum.repos.d/redhat.repo"
    els = "[rhel-7-server-rpms]\nenabled = {}\n\n[rhel-7-server-els-rpms]\nenabled = {}\n"
    assert told(linux(seven, **{path: els.format(0, 1)})) == ("pass", "extended_support")
    assert told(linux(seven, **{path: els.format(1, 0)})) == ("fail", "extended_support_only")
    five = "ID=sles\nVERSION_ID=15.5\nPRETTY_NAME=S"
    sles = {"/etc/products.d/SLES.prod": "x"}
    assert told(linux(five, **sles)) == ("fail", "extended_support_only")
    assert told(linux(five, **sles, **{"/etc/products.d/SLES-LTSS.prod": "x"}))[0] == "pass"


def test_without_any_dates_it_is_left_to_who_has_them() -> None:
    facts = seen(linux(DEBIAN.format(13, "trixie")))
    verdict = system.end_of_life.judge(facts, Context(NOW, NOW, Service(), Vantage.HOST))
    assert (verdict.status.value, verdict.reason) == ("unknown", "no_data_here")


def test_dates_too_old_say_nothing_of_what_was_supported() -> None:
    later = NOW + timedelta(days=200)
    assert told(linux(DEBIAN.format(13, "trixie")), later) == ("unknown", "stale_data")
    assert told(linux("ID=fedora\nVERSION_ID=42\nPRETTY_NAME=F"), later) == ("fail", "ended")


# --- Windows: constructed after Microsoft's documentation --------------------------------------


@pytest.mark.parametrize(
    ("build", "edition", "kind", "expected"),
    [
        ("26200", "Professional", "Client", ("pass", "supported")),
        ("26100", "Professional", "Client", ("fail", "ended")),
        ("26100", "Enterprise", "Client", ("pass", "supported")),
        ("26100", "EnterpriseS", "Client", ("pass", "supported")),
        ("26100", "IoTEnterpriseS", "Client", ("pass", "supported")),
        ("26100", "NeverHeardOf", "Client", ("unknown", "edition_unclear")),
        ("22621", "NeverHeardOf", "Client", ("fail", "ended")),
        ("22621", "Core", "Client", ("fail", "ended")),
        ("19045", "Professional", "Client", ("unknown", "extended_support_unproven")),
        ("19045", "Core", "Client", ("unknown", "extended_support_unproven")),
        ("19044", "Professional", "Client", ("fail", "ended")),
        ("19044", "EnterpriseS", "Client", ("pass", "supported")),
        ("19044", "IoTEnterpriseS", "Client", ("pass", "supported")),
        ("17763", "EnterpriseS", "Client", ("pass", "supported")),
        ("14393", "EnterpriseS", "Client", ("fail", "ended")),
        ("10240", "Professional", "Client", ("fail", "ended")),
        ("9600", "Professional", "Client", ("fail", "ended")),
        ("7601", "Professional", "Client", ("fail", "ended")),
        ("26100", "ServerStandard", "Server", ("pass", "supported")),
        ("20348", "ServerDatacenter", "Server Core", ("pass", "supported")),
        ("17763", "ServerStandard", "Server", ("pass", "supported")),
        ("17763", "ServerDatacenterACor", "Server Core", ("fail", "ended")),
        ("14393", "ServerStandard", "Server", ("pass", "supported")),
        ("25398", "ServerDatacenterACor", "Server Core", ("fail", "ended")),
        ("9600", "ServerStandard", "Server", ("fail", "ended")),
        ("7601", "ServerStandard", "Server", ("fail", "ended")),
        ("19045", "ServerRdsh", "Client", ("unknown", "extended_support_unproven")),
        ("99999", "Professional", "Client", ("unknown", "not_listed")),
    ],
)
def test_windows_is_known_by_build_and_edition(
    build: str, edition: str, kind: str, expected: tuple[str, str]
) -> None:
    assert told(windows(build, edition, kind)) == expected


def test_the_name_of_windows_is_never_believed() -> None:
    eleven = seen(windows("26200", "Professional", DisplayVersion="25H2", UBR=4946))
    assert eleven.shown == "Windows 11 25H2 Professional (26200.4946)"
    assert "Windows 10" not in eleven.shown


def test_a_server_on_its_paid_years_has_to_prove_them() -> None:
    server = windows("14393", "ServerStandard", "Server")
    later = datetime(2027, 1, 20, tzinfo=UTC)
    assert told(server, later) == ("unknown", "extended_support_unproven")


def test_a_registry_that_says_nothing_is_not_seen() -> None:
    assert told(FakeHost(platform="windows")) == ("unknown", "not_seen")
    closed = FakeHost(
        platform="windows", values={f"{KEY}\\CurrentBuild": Attempt.PERMISSION_DENIED}
    )
    assert told(closed) == ("unknown", "not_seen")
    assert told(windows("none", "Professional")) == ("unknown", "not_seen")


# --- macOS: constructed after Apple's documentation --------------------------------------------


def mac(said: str, code: int = 0) -> FakeHost:
    return FakeHost(platform="darwin", commands={"sw_vers -productVersion": out(said, code)})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("26.1\n", ("pass", "supported_open")),
        ("15.7.2\n", ("pass", "supported_open")),
        ("14.8\n", ("unknown", "stale_data")),
        ("13.6\n", ("fail", "ended")),
        ("10.15.7\n", ("fail", "ended")),
        ("27.0\n", ("unknown", "newer_than_data")),
        ("", ("unknown", "not_seen")),
        ("バージョン\n", ("unknown", "not_seen")),
    ],
)
def test_macos_is_judged_by_number_and_season(said: str, expected: tuple[str, str]) -> None:
    assert told(mac(said)) == expected


def test_before_the_autumn_three_macos_releases_are_maintained() -> None:
    assert told(mac("14.8"), datetime(2026, 9, 1, tzinfo=UTC))[0] == "pass"
    assert told(mac("15.7"), datetime(2026, 9, 20, tzinfo=UTC))[0] == "pass"


def test_rights_change_nothing_but_what_stays_unknown() -> None:
    release = DEBIAN.format(12, "bookworm")
    for elevated in (True, False):
        host = FakeHost({"/etc/os-release": release, **security("bookworm")}, elevated=elevated)
        assert seen(host).long_term is Extended.SHOWN
