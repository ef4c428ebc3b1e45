"""Versions against the edge data: inside, fixed, or honestly not settled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.edge_device.edge import FRESH_FOR, numbers, products, stand


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("7.2.4", (7, 2, 4)),
        ("22.7R2.4", (22, 7, 2, 4)),
        ("11.1.2-h3", (11, 1, 2, 3)),
        ("13.1-49.13", (13, 1, 49, 13)),
        ("10.2.0.5-29sv", (10, 2, 0, 5, 29)),
        ("9.16(4)", (9, 16, 4)),
        ("", ()),
    ],
)
def test_numbers_of_every_makers_way_of_writing(text: str, parts: tuple[int, ...]) -> None:
    assert numbers(text) == parts


@pytest.mark.parametrize(
    ("product", "version", "cve", "state"),
    [
        ("fortios", "7.4.2", "CVE-2024-21762", "affected"),
        ("fortios", "7.4.3", "CVE-2024-21762", "fine"),
        ("fortios", "7.0.13", "CVE-2024-21762", "affected"),
        ("fortios", "8.0.0", "CVE-2024-21762", "fine"),
        # 7.2 never got a fix for this one: newer than listed is not proven fixed.
        ("fortios", "7.2.14", "CVE-2025-68686", "unsettled"),
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
        ("netscaler-adc", "14.1-60.57", "CVE-2026-3055", "unsettled"),
        ("pan-os", "11.1.2", "CVE-2024-3400", "affected"),
        ("pan-os", "11.1.2-h3", "CVE-2024-3400", "fine"),
        ("pan-os", "11.2.10-h7", "CVE-2026-0257", "fine"),
        ("pan-os", "11.2.10-h6", "CVE-2026-0257", "affected"),
        ("pan-os", "12.1.8", "CVE-2026-0300", "unsettled"),
        ("sonicwall-sma1000", "12.4.3-03434", "CVE-2026-15409", "affected"),
        ("sonicwall-sma1000", "12.4.3-03500", "CVE-2026-15409", "fine"),
        ("cisco-asa", "9.16(4)", "CVE-2025-20333", "unsettled"),
        ("cisco-asa", "9.16(4)85", "CVE-2025-20333", "fine"),
    ],
)
def test_standing(product: str, version: str, cve: str, state: str) -> None:
    standing = stand(products()[product], version)
    where = "affected" if cve in standing.affected else "fine"
    assert ("unsettled" if cve in standing.unsettled else where) == state


def test_every_product_of_the_fingerprints_has_data() -> None:
    from posture_scan.checks.edge_device.fingerprint import makers

    assert {maker.product for maker in makers()} <= set(products())


def test_every_exploited_range_runs_forward_and_ends_before_its_fix() -> None:
    for product in products().values():
        for exploit in product.exploits:
            assert exploit.cve.startswith("CVE-")
            for first, last in exploit.affected:
                assert first <= last
                assert last not in exploit.fixed


def test_freshness_is_counted_in_days() -> None:
    product = products()["fortios"]
    assert product.is_fresh(product.exploited_as_of + FRESH_FOR)
    assert not product.is_fresh(product.exploited_as_of + FRESH_FOR + timedelta(days=1))
    assert product.exploited_as_of == date(2026, 8, 7)


@given(st.sampled_from(sorted(products())), st.text(max_size=40))
def test_no_version_text_raises_and_none_is_both(product: str, version: str) -> None:
    standing = stand(products()[product], version)
    assert not set(standing.affected) & set(standing.unsettled)
    products()[product].branch(version)


@given(st.sampled_from(sorted(products())))
def test_nothing_readable_is_never_fine(product: str) -> None:
    standing = stand(products()[product], "")
    assert len(standing.unsettled) == len(products()[product].exploits)
