"""Edge devices against the product data, and an export beside what was seen from outside."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.edge_device import sslvpn
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.device_facts import DeviceExport

from posture_scan.model.flaw import Standing
from posture_scan.model.product import EXPLOITED_FRESH_FOR, Product, ProductData
from posture_scan.products.place import builtin
from posture_scan.sdk import Check, Context, Facts, Method, Service, Status, Vantage, Verdict
from tests.products.young import young

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DATA = young(NOW)
EDGES = sorted(name for name, item in builtin().products.items() if item.reviewed and item.exploits)


def judge(
    check: Check, seen: EdgeFront, *beside: Facts, data: ProductData = DATA, now: datetime = NOW
) -> Verdict:
    context = Context(now, now, Service("http"), Vantage.EXTERNAL, beside, data)
    return check.judge(seen, context)


def front(product: str = "fortios", version: str = "", **more: Any) -> EdgeFront:
    fields = {"strength": "strong", "vpn_page": True, "settle": "show version", **more}
    state = "read" if version else "not_readable"
    return EdgeFront(product, "Device", **{"version": version, "version_state": state, **fields})


def export(version: str, product: str = "fortios") -> DeviceExport:
    return DeviceExport("maker", product, "Device", version, "0" * 64)


def names(flaws: tuple[Any, ...]) -> set[str]:
    return {flaw.cve for flaw in flaws}


def stand(product: str, version: str) -> Standing:
    found = builtin().product(product)
    assert found
    return found.standing(version)


@pytest.mark.parametrize(
    ("product", "version", "cve", "state"),
    [
        ("fortios", "7.4.2", "CVE-2024-21762", "affected"),
        ("fortios", "7.4.3", "CVE-2024-21762", "fine"),
        ("fortios", "7.0.13", "CVE-2024-21762", "affected"),
        ("fortios", "8.0.0", "CVE-2024-21762", "fine"),
        # 7.2 never got a fix for this one: newer than listed is not proven fixed.
        ("fortios", "7.2.14", "CVE-2025-68686", "unsettled"),
        ("fortios", "7.2", "CVE-2024-21762", "unsettled"),
        ("ivanti-connect-secure", "22.7R2.5", "CVE-2025-22457", "affected"),
        ("ivanti-connect-secure", "22.7R2.6", "CVE-2025-22457", "fine"),
        ("ivanti-connect-secure", "22.7R2.5", "CVE-2025-0282", "fine"),
        ("netscaler-adc", "13.1-49.12", "CVE-2023-3519", "affected"),
        ("netscaler-adc", "13.1-49.13", "CVE-2023-3519", "fine"),
        ("netscaler-adc", "13.1-37.241", "CVE-2025-7775", "fine"),
        ("netscaler-adc", "13.1-37.236", "CVE-2025-7775", "affected"),
        # 13.0 had ended when these came: the maker says nothing about it.
        ("netscaler-adc", "13.0-92.31", "CVE-2025-5777", "unsettled"),
        # Only where the device is a SAML identity provider.
        ("netscaler-adc", "14.1-60.57", "CVE-2026-3055", "conditional"),
        ("pan-os", "11.1.2", "CVE-2024-3400", "affected"),
        ("pan-os", "11.1.2-h3", "CVE-2024-3400", "fine"),
        ("pan-os", "11.2.10-h7", "CVE-2026-0257", "fine"),
        ("pan-os", "11.2.10-h6", "CVE-2026-0257", "affected"),
        ("pan-os", "12.1.8", "CVE-2026-0300", "unsettled"),
        ("sonicwall-sma1000", "12.4.3-03434", "CVE-2026-15409", "affected"),
        ("sonicwall-sma1000", "12.4.3-03500", "CVE-2026-15409", "fine"),
        ("cisco-asa", "9.16(4)", "CVE-2025-20333", "unsettled"),
        ("cisco-asa", "9.16(4)85", "CVE-2025-20333", "fine"),
        ("screenconnect", "23.9.7", "CVE-2024-1709", "affected"),
        ("screenconnect", "23.9.8", "CVE-2024-1709", "fine"),
        ("screenconnect", "24.1.0", "CVE-2024-1709", "fine"),
    ],
)
def test_standing(product: str, version: str, cve: str, state: str) -> None:
    found = stand(product, version)
    states = {
        "affected": names(found.affected),
        "conditional": names(found.conditional),
        "unsettled": names(found.unsettled),
    }
    assert [name for name, flaws in states.items() if cve in flaws] == (
        [] if state == "fine" else [state]
    )


# --- age ------------------------------------------------------------------------------------------


def test_silence_counts_only_while_the_list_is_young() -> None:
    fixed = front(version="7.6.6")
    listed = builtin().exploited_as_of
    last = datetime.combine(listed + EXPLOITED_FRESH_FOR, datetime.min.time(), UTC)
    assert judge(sslvpn.known_exploited, fixed, data=builtin(), now=last).status is Status.PASS
    late = last + timedelta(days=1)
    assert judge(sslvpn.known_exploited, fixed, data=builtin(), now=late).reason == "data_stale"


def test_support_is_not_believed_for_ever() -> None:
    late = NOW + timedelta(days=181)
    assert judge(sslvpn.end_of_life, front(version="7.6.6"), now=late).reason == "data_stale"
    assert judge(sslvpn.end_of_life, front(version="7.0.1"), now=late).status is Status.FAIL


# --- what the words say ---------------------------------------------------------------------------


def test_ransomware_is_said_where_it_is_known_and_only_there() -> None:
    known = judge(sslvpn.known_exploited, front(version="7.4.2"))
    assert known.reason == "affected_ransomware"
    assert str(dict(known.values)["cves"]).startswith("CVE-2024-21762")
    unknown = judge(sslvpn.known_exploited, front(version="7.6.3"))
    assert (unknown.status, unknown.reason) == (Status.FAIL, "affected")


def test_a_new_flaw_without_versions_stops_every_pass() -> None:
    fixed = front(version="7.6.6")
    assert judge(sslvpn.known_exploited, fixed).status is Status.PASS
    verdict = judge(sslvpn.known_exploited, fixed, data=with_new_flaw("fortios"))
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, "flaw_without_versions")
    assert dict(verdict.values)["cves"] == "CVE-2026-99999"


def with_new_flaw(product: str) -> ProductData:
    from posture_scan.model.flaw import Exploit

    old: Product = DATA.products[product]
    flaw = Exploit("CVE-2026-99999", listed=date(2026, 11, 20))
    new = dataclasses.replace(old, exploits=(*old.exploits, flaw))
    return dataclasses.replace(DATA, products={**DATA.products, product: new})


def test_low_confidence_decides_nothing() -> None:
    assert judge(sslvpn.end_of_life, front("cisco-asa", "9.8(4)")).reason == "data_unsure"
    assert judge(sslvpn.end_of_life, front("netscaler-adc", "12.1-65.15")).method is Method.ANALYSIS


# --- an export beside the front page ------------------------------------------------------------


def test_an_export_settles_what_cannot_be_read_from_outside() -> None:
    good = judge(sslvpn.known_exploited, front(), export("7.6.6"))
    assert (good.status, good.method) == (Status.PASS, Method.DEVICE_EXPORT)
    bad = judge(sslvpn.known_exploited, front(), export("7.4.2"))
    assert (bad.status, bad.method) == (Status.FAIL, Method.DEVICE_EXPORT)
    ended = judge(sslvpn.end_of_life, front(), export("7.0.19"))
    assert (ended.status, ended.method) == (Status.FAIL, Method.DEVICE_EXPORT)
    dated = front(hint_date="2024-01-01")
    assert judge(sslvpn.end_of_life, dated, export("7.6.6")).status is Status.PASS


@pytest.mark.parametrize("check", [sslvpn.end_of_life, sslvpn.known_exploited])
@pytest.mark.parametrize(
    "beside",
    [
        (export("11.2.4", "pan-os"),),
        (export("7.6.6"), export("7.4.9")),
        (export("7.6.6"), export("11.2.4", "pan-os")),
    ],
)
def test_exports_that_contradict_decide_nothing(
    check: Check, beside: tuple[DeviceExport, ...]
) -> None:
    assert judge(check, front(), *beside).reason == "export_contradicts"


def test_what_was_seen_outweighs_a_better_export() -> None:
    seen = front(version="7.4.2")
    assert judge(sslvpn.known_exploited, seen, export("7.6.6")).status is Status.FAIL
    patched = front(version="7.6.6")
    verdict = judge(sslvpn.known_exploited, patched, export("7.4.2"))
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, "export_contradicts")
    same = judge(sslvpn.known_exploited, patched, export("7.6.6"))
    assert (same.status, same.method) == (Status.PASS, Method.VERSION_WITH_PATCH_LEVEL)


def test_a_line_seen_and_a_full_version_stated_agree() -> None:
    seen = front("sonicwall-sma1000", version="12.4", version_state="branch")
    stated = export("12.4.3-03500", "sonicwall-sma1000")
    verdict = judge(sslvpn.known_exploited, seen, stated)
    assert (verdict.status, verdict.method) == (Status.PASS, Method.DEVICE_EXPORT)
    other = export("12.5.0-02900", "sonicwall-sma1000")
    assert judge(sslvpn.known_exploited, seen, other).reason == "export_contradicts"


def test_an_export_never_speaks_where_nothing_was_seen() -> None:
    for check in (sslvpn.end_of_life, sslvpn.known_exploited):
        assert judge(check, EdgeFront(), export("7.0.1")).reason == "no_edge_device"
        assert judge(check, EdgeFront(complete=False), export("7.0.1")).reason == "not_fully_read"
    assert judge(sslvpn.exposed, EdgeFront(), export("7.0.1")).status is Status.PASS


def test_an_export_without_a_version_changes_nothing() -> None:
    assert judge(sslvpn.known_exploited, front(), export("")).reason == "version_not_readable"


# --- properties -----------------------------------------------------------------------------------

VERSION = st.from_regex(r"\d{1,2}\.\d{1,2}(\.\d{1,2}(-?h?\d{1,4})?)?", fullmatch=True)


@given(st.sampled_from(EDGES), st.text(max_size=40))
def test_no_version_text_raises_and_none_is_two_things(product: str, version: str) -> None:
    found = stand(product, version)
    sets = [names(found.affected), names(found.conditional), names(found.unsettled)]
    assert sum(map(len, sets)) == len(set().union(*sets))


@given(st.sampled_from(EDGES))
def test_nothing_readable_is_never_fine(product: str) -> None:
    assert len(stand(product, "").unsettled) == len(builtin().products[product].exploits)


@given(st.sampled_from(EDGES), VERSION, st.integers(0, 4000))
def test_age_alone_never_turns_anything_into_a_pass(product: str, version: str, days: int) -> None:
    """Older data may turn a pass into unknown; a fail by date may only appear, never vanish."""
    seen = front(product, version)
    for check in (sslvpn.end_of_life, sslvpn.known_exploited):
        before = judge(check, seen)
        after = judge(check, seen, now=NOW + timedelta(days=days))
        assert not (after.status is Status.PASS and before.status is not Status.PASS)
        assert not (before.status is Status.FAIL and after.status is not Status.FAIL)


@given(st.sampled_from(EDGES), VERSION)
def test_a_new_flaw_on_the_list_never_helps(product: str, version: str) -> None:
    seen = front(product, version)
    before = judge(sslvpn.known_exploited, seen)
    after = judge(sslvpn.known_exploited, seen, data=with_new_flaw(product))
    assert after.status is not Status.PASS
    assert (before.status is Status.FAIL) == (after.status is Status.FAIL)


@given(st.sampled_from(EDGES), VERSION)
def test_a_shortened_version_never_gains_a_pass(product: str, version: str) -> None:
    shorter = version.rpartition(".")[0]
    full = judge(sslvpn.known_exploited, front(product, version)).status
    cut = judge(sslvpn.known_exploited, front(product, shorter or version)).status
    if full is Status.FAIL:
        assert cut is not Status.PASS
