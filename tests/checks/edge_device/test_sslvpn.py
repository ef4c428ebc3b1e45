"""Edge devices: named only on proof, never by decoys, and judged only as far as was read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from posture_scan.checks.edge_device import sslvpn
from posture_scan.checks.edge_device.collect_sslvpn import (
    NEVER,
    EdgeFront,
    edge_front,
)
from posture_scan.checks.edge_device.fingerprint import certificate_names, makers

from posture_scan.model.codec import decode, encode
from posture_scan.products.place import builtin
from posture_scan.sdk import (
    Attempt,
    AttemptError,
    Check,
    Context,
    HttpResponse,
    Method,
    Status,
    Vantage,
    Verdict,
)
from tests.checks.edge_device.looking import NOW, SERVICE, der, look, net_of
from tests.checks.edge_device.sites import DECOYS, DEVICES, NOT_FOLLOWED, Device, Site
from tests.fakes import FakeNet, Talk, page


def judge(check: Check, facts: EdgeFront, now: datetime = NOW) -> Verdict:
    context = Context(now, now, SERVICE, Vantage.EXTERNAL, products=builtin())
    return check.judge(facts, context)


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES.keys())
def test_devices_are_named_with_as_much_version_as_they_show(device: Device) -> None:
    seen = look(device.site)
    assert (seen.product, seen.version, seen.version_state) == (
        device.product, device.version, device.state,
    )  # fmt: skip
    assert seen.vpn_page is device.vpn
    assert seen.strength == "strong"
    assert decode(EdgeFront, encode(seen)) == seen


@pytest.mark.parametrize(("name", "site"), DECOYS.items(), ids=DECOYS.keys())
def test_decoys_are_never_named(name: str, site: Site) -> None:
    seen = look(site)
    assert seen.product == ""
    # What a page that is not asked for would have shown, nobody knows.
    expected = Status.UNKNOWN if name in NOT_FOLLOWED else Status.PASS
    for check in (sslvpn.exposed, sslvpn.end_of_life, sslvpn.known_exploited):
        assert judge(check, seen).status is expected


UNSEEN = {
    "busy": {"*": page("", status=503)},
    "too often": {"*": page("", status=429)},
    "broken off": {"/": replace(page("<html>"), truncated=True)},
    "padded": {"/": replace(page(" " * 70_000), truncated=True)},
    "in a circle": {
        "/": page("", status=302, location="/a"),
        "/a": page("", status=302, location="/"),
    },
    "relative": {"/": page("", status=302, location="login.html")},
    "to itself": {"/": page("", status=302, location="/")},
}


@pytest.mark.parametrize("pages", UNSEEN.values(), ids=UNSEEN.keys())
def test_a_front_page_that_was_not_seen_proves_nothing(pages: dict[str, HttpResponse]) -> None:
    seen = look(Site(pages=pages, certificate=(("CN", "www.example.jp"),)))
    for check in (sslvpn.exposed, sslvpn.end_of_life, sslvpn.known_exploited):
        assert judge(check, seen).reason == "not_fully_read"


def test_a_front_page_two_steps_away_is_found() -> None:
    pages = {
        "/": page("", status=302, location="/app"),
        "/app": page("", status=301, location="/app/login"),
        "/app/login": page("<html><title>Our shop</title></html>" + "x" * 300),
    }
    net = net_of(Site(pages=pages, certificate=(("CN", "www.example.jp"),)))
    seen = edge_front.function(SERVICE, net)
    assert seen.complete
    assert [path for _, path in net.requests] == ["/", "/app", "/app/login"]


def test_there_are_enough_decoys() -> None:
    assert len(DECOYS) >= 12


def test_an_ordinary_site_is_asked_once() -> None:
    net = net_of(Site({"/": page("<title>Bakery</title>" + "bread " * 100)}))
    edge_front.function(SERVICE, net)
    assert net.requests == [("GET", "/")]


def test_no_fingerprint_file_asks_for_what_looks_like_an_attack() -> None:
    for maker in makers():
        for ask in maker.asks:
            assert not ask.path.lower().startswith(NEVER), (maker.id, ask.path)
            assert not re.search(r"[?#]|\.\./", ask.path)
            assert ask.path.startswith("/")
            assert ask.method in {"GET", "POST"}
            assert "password" not in ask.body.lower()
            assert "username" not in ask.body.lower()


def test_marks_that_name_by_themselves_are_no_words_on_a_page() -> None:
    for maker in makers():
        for mark in maker.marks:
            if mark.strength == "strong" and mark.where == "body":
                assert mark.path, f"{maker.id} {mark.id}"
                assert mark.pattern.pattern.startswith("^")
            assert mark.where != "title" or mark.strength != "strong"


def test_what_failed_on_the_way_leaves_it_open() -> None:
    site = DEVICES["asa"].site
    net = FakeNet(
        talks=[Talk(chain=(der(site.certificate),))],
        pages={**site.pages, "POST /": Attempt.TIMEOUT},
    )
    seen = edge_front.function(SERVICE, net)
    assert (seen.product, seen.complete) == ("", False)
    for check in (sslvpn.exposed, sslvpn.end_of_life, sslvpn.known_exploited):
        assert judge(check, seen).reason == "not_fully_read"


def test_a_front_page_that_does_not_come_is_a_failed_attempt() -> None:
    with pytest.raises(AttemptError):
        edge_front.function(SERVICE, FakeNet(pages={"/": Attempt.TIMEOUT}))


def test_two_weak_marks_name_a_product_but_decide_nothing_about_it() -> None:
    form = '<form action="/remote/logincheck"></form>'
    site = Site(
        {
            "/": page("", status=302, location="/remote/login"),
            "/remote/login": page(form),
        }
    )
    seen = look(site)
    assert (seen.product, seen.strength) == ("fortios", "weak")
    assert judge(sslvpn.exposed, seen).method is Method.ANALYSIS
    assert judge(sslvpn.end_of_life, seen).reason == "product_unsure"
    assert judge(sslvpn.known_exploited, seen).reason == "product_unsure"


@pytest.mark.parametrize(
    ("name", "exposed", "end_of_life", "known_exploited"),
    [
        ("fortigate_patched", "reachable", "version_not_readable", "version_not_readable"),
        ("fortigate_old", "reachable", "only_build_date", "only_build_date"),
        ("fortigate_admin", "vpn_page_not_seen", "version_not_readable", "version_not_readable"),
        ("pulse_91", "reachable", "ended", "version_not_readable"),
        ("sma1000", "reachable", "support_unknown", "version_not_readable"),
        ("sma1000_affected", "reachable", "support_unknown", "affected_ransomware"),
        ("sma1000_fixed", "reachable", "support_unknown", "none_known"),
        ("asa", "reachable", "data_unsure", "not_settled"),
        ("globalprotect", "reachable", "version_not_readable", "version_not_readable"),
        ("netscaler_130", "reachable", "ended", "not_settled"),
        ("netscaler_131", "reachable", "data_unsure", "affected_ransomware"),
        ("netscaler_new", "reachable", "only_build_date", "only_build_date"),
    ],
)
def test_verdicts(name: str, exposed: str, end_of_life: str, known_exploited: str) -> None:
    seen = look(DEVICES[name].site)
    assert judge(sslvpn.exposed, seen).reason == exposed
    assert judge(sslvpn.end_of_life, seen).reason == end_of_life
    assert judge(sslvpn.known_exploited, seen).reason == known_exploited


def edge(product: str, version: str) -> EdgeFront:
    return EdgeFront(product, "Device", "strong", vpn_page=True, version=version,
                     version_state="read", settle="show version")  # fmt: skip


@pytest.mark.parametrize(
    ("product", "version", "reason", "status"),
    [
        ("fortios", "7.4.11", "supported", Status.PASS),
        ("fortios", "7.2.13", "ended", Status.FAIL),
        ("fortios", "9.0.1", "branch_not_in_data", Status.UNKNOWN),
        ("pan-os", "10.2.18-h9", "disputed", Status.UNKNOWN),
        ("pan-os", "11.0.6", "ended", Status.FAIL),
        ("sonicwall-sma100", "10.2.1.15-81sv", "data_unsure", Status.UNKNOWN),
        ("netscaler-adc", "14.1-56.74", "support_unknown", Status.UNKNOWN),
    ],
)
def test_end_of_life_by_branch(product: str, version: str, reason: str, status: Status) -> None:
    verdict = judge(sslvpn.end_of_life, edge(product, version))
    assert (verdict.reason, verdict.status) == (reason, status)


def test_a_date_of_end_counts_from_the_moment_of_judging() -> None:
    before = datetime(2026, 9, 1, tzinfo=UTC)
    assert judge(sslvpn.end_of_life, edge("fortios", "7.2.13"), before).status is Status.PASS


def test_old_data_clears_nobody_but_still_convicts() -> None:
    listed = datetime(2026, 8, 7, tzinfo=UTC)
    late = listed + timedelta(days=121)
    fixed, affected = edge("fortios", "7.6.6"), edge("fortios", "7.4.1")
    assert judge(sslvpn.known_exploited, fixed, listed).status is Status.PASS
    assert judge(sslvpn.known_exploited, fixed, late).reason == "data_stale"
    assert judge(sslvpn.known_exploited, affected, late).status is Status.FAIL


def test_certificate_names_survive_anything() -> None:
    assert certificate_names(der((("OU", "FortiGate"), ("O", "Fortinet")))) == (
        "OU=FortiGate", "O=Fortinet",
    )  # fmt: skip
    assert certificate_names(b"\x06\x03\x55\x04\x0b\x0c\x7f") == ("OU=",)
    assert certificate_names(b"") == ()
