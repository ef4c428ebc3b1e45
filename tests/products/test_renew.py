"""Renewing the data: what is taken in, what is refused, and that good data survives it all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.errors import IncompleteError, PostureError
from posture_scan.model.flaw import State
from posture_scan.products import kev, lifecycle
from posture_scan.products.place import builtin, builtin_bytes
from posture_scan.products.read import read
from posture_scan.products.renew import Renewed, accept, renew, renew_newest, service_of
from tests.products.feeds import TODAY, catalogue, flaw, release
from tests.products.feeds import lifecycle as dates

NEW = flaw("CVE-2026-99999", "Fortinet", "FortiOS", "2026-11-19", "Known")
BUILTIN = builtin_bytes()


def renewed(**answers: bytes | PostureError) -> Renewed:
    names = {"kev": kev.SERVICE, "lifecycle": lifecycle.SERVICE}
    return renew(BUILTIN, {names[key]: body for key, body in answers.items()}, TODAY, "x.json")


def only(outcome: Renewed) -> tuple[str, str]:
    (part,) = outcome.parts
    return part.result, part.error.code if part.error else ""


def table(outcome: Renewed) -> dict[str, Any]:
    assert outcome.data
    found: dict[str, Any] = json.loads(outcome.data)
    return found


# --- the list of exploited flaws ------------------------------------------------------------------


def test_a_new_flaw_is_taken_in_without_versions_and_stops_a_pass() -> None:
    outcome = renewed(kev=catalogue(NEW))
    assert only(outcome) == ("new", "")
    assert outcome.data
    data = read(outcome.data, "x", "user")
    assert (data.exploited_as_of.isoformat(), data.catalog) == ("2026-11-20", "2026.11.20")
    product = data.products["fortios"]
    found = next(item for item in product.exploits if item.cve == "CVE-2026-99999")
    assert found.ransomware
    assert found.state("7.6.9", product.numbers) is State.UNSETTLED
    assert builtin().products["fortios"].standing("7.6.9").unsettled == ()
    assert [f.cve for f in product.standing("7.6.9").unsettled] == ["CVE-2026-99999"]


def test_flaws_listed_before_the_review_add_nothing_but_renew_their_marks() -> None:
    marked = flaw("CVE-2025-59718", "Fortinet", "Multiple Products", "2025-12-16", "Known")
    old = flaw("CVE-2019-00001", "Fortinet", "FortiOS", "2022-05-05")
    outcome = renewed(kev=catalogue(marked, old))
    assert outcome.data
    flaws = {f.cve: f for f in read(outcome.data, "x", "user").products["fortios"].exploits}
    assert "CVE-2019-00001" not in flaws
    before = {f.cve: f for f in builtin().products["fortios"].exploits}
    assert not before["CVE-2025-59718"].ransomware
    assert flaws["CVE-2025-59718"].ransomware
    assert flaws["CVE-2025-59718"].affected == before["CVE-2025-59718"].affected


def test_unknown_takes_no_ransomware_mark_back() -> None:
    outcome = renewed(kev=catalogue(flaw("CVE-2024-21762", "Fortinet", "FortiOS", "2024-02-09")))
    assert outcome.data
    flaws = {f.cve: f for f in read(outcome.data, "x", "user").products["fortios"].exploits}
    assert flaws["CVE-2024-21762"].ransomware


def test_several_products_of_a_maker_all_wait_for_its_versions() -> None:
    many = flaw("CVE-2026-99998", "SonicWall", "Multiple Products", "2026-11-01")
    data = read(renewed(kev=catalogue(many)).data or b"", "x", "user")
    for name in ("sonicos", "sonicwall-sma100", "sonicwall-sma1000"):
        assert "CVE-2026-99998" in {f.cve for f in data.products[name].exploits}
    assert "CVE-2026-99998" not in {f.cve for f in data.products["fortios"].exploits}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "products.bad_file"),
        (b"<html>maintenance</html>", "products.bad_file"),
        (b"[]", "products.bad_file"),
        (b'{"catalogVersion": "2026.11.20"}', "products.feed_shrunk"),
        (b'{"catalogVersion": "2026.11.20zzzz"}', "products.bad_file"),
        (catalogue(version="2026.08.06"), "products.feed_older"),
        (catalogue(version="2027.11.20"), "products.feed_future"),
        (catalogue(version="soon"), "products.bad_file"),
        (catalogue(version="2026.13.45"), "products.bad_file"),
        (catalogue(total=900), "products.feed_shrunk"),
        (catalogue(total=1500), "products.feed_shrunk"),
        (catalogue(count=1), "products.feed_shrunk"),
        (catalogue({**NEW, "cveID": "CVE-x"}), "products.bad_file"),
        (catalogue({**NEW, "dateAdded": "2030-01-01"}), "products.bad_file"),
        (catalogue({**NEW, "dateAdded": "2026-02-30"}), "products.bad_file"),
        (catalogue({**NEW, "knownRansomwareCampaignUse": "Maybe"}), "products.bad_file"),
        (catalogue({**NEW, "vendorProject": "Fortinet\u202e"}), "products.bad_file"),
        (catalogue()[:-20], "products.bad_file"),
    ],
    ids=range(18),
)
def test_a_list_not_to_be_believed_changes_nothing(body: bytes, code: str) -> None:
    outcome = renewed(kev=body)
    assert only(outcome) == ("failed", code)
    assert outcome.data is None


# --- the dates ------------------------------------------------------------------------------------


def test_dates_are_taken_and_what_is_kept_by_hand_stays() -> None:
    ends = {"9.0": "2031-01-01", "8.0": "2030-10-21", "7.6": "2030-01-25", "7.4": "2028-12-31"}
    ends |= dict.fromkeys(("6.0", "6.2", "6.4", "7.0", "7.2"), "2020-01-01")
    fresh = [release(cycle, {"ends": day}) for cycle, day in ends.items()]
    outcome = renewed(lifecycle=dates(fortios=fresh))
    assert only(outcome) == ("new", "")
    after, before = table(outcome), json.loads(BUILTIN)
    assert after["as_of"] == "2026-11-20"
    assert after["exploited_as_of"] == before["exploited_as_of"]
    found = {b["cycle"]: b["ends"] for b in after["products"]["fortios"]["branches"]}
    assert found == ends
    for name, product in before["products"].items():
        for kept in ("exploited", "shipped", "fixes", "packages", "reviewed"):
            assert after["products"][name].get(kept) == product.get(kept)
    assert after["distributions"] == before["distributions"]


def test_names_of_branches_stay_as_versions_show_them() -> None:
    after = table(renewed(lifecycle=dates()))
    exchange = {b["name"]: b for b in after["products"]["msexchange"]["branches"]}
    assert exchange["2019"]["cycle"] == "15.2"
    assert exchange["subscription"]["from"] == "15.2.2562"
    jenkins = after["products"]["jenkins"]["branches"]
    assert "2" not in {b["cycle"] for b in jenkins}
    assert all(b["from"] == f"{b['cycle']}.1" for b in jenkins)


def test_the_same_dates_change_only_the_day() -> None:
    after, before = table(renewed(lifecycle=dates())), json.loads(BUILTIN)
    for name, product in before["products"].items():
        new = after["products"][name]
        for old in product.get("branches", ()):
            same = [b for b in new["branches"] if (b["cycle"], b.get("from")) ==
                    (old["cycle"], old.get("from"))]  # fmt: skip
            assert [b["ends"] for b in same] == [old["ends"]], (name, old)


def test_a_late_fix_makes_an_end_disputed() -> None:
    late = release("10.1", {"ends": "2026-01-01"})
    late["latest"] = {"name": "10.1.99", "date": "2026-11-01", "link": None}
    others = [release(b["cycle"], b) for b in json.loads(BUILTIN)["products"]["pan-os"]["branches"]
              if b["cycle"] != "10.1"]  # fmt: skip
    after = table(renewed(lifecycle=dates(pan_os=[late, *others])))
    branch = next(b for b in after["products"]["pan-os"]["branches"] if b["cycle"] == "10.1")
    assert branch["disputed"] == "10.1.99"


def test_a_product_with_too_little_keeps_its_dates_and_is_named() -> None:
    outcome = renewed(lifecycle=dates(fortios=[release("9.0", {"ends": "2031-01-01"})]))
    assert outcome.parts[0].kept == ("fortios",)
    assert table(outcome)["products"]["fortios"] == json.loads(BUILTIN)["products"]["fortios"]


def test_a_new_release_of_a_distribution_is_added() -> None:
    known = [release(n, s) for n, s in json.loads(BUILTIN)["distributions"]["debian"].items()]
    after = table(renewed(lifecycle=dates(debian=[release("14", {"ends": "2031-08-01"}), *known])))
    assert after["distributions"]["debian"]["14"] == {"ends": "2031-08-01"}
    assert after["distributions"]["debian"]["12"]["free_until"] == "2028-06-30"


def revived() -> bytes:
    body = json.loads(dates())
    for entry in body["result"]:
        for item in entry["releases"]:
            item |= {"isEol": False, "eolFrom": None}
    return json.dumps(body).encode()


def part_of_it() -> bytes:
    body = json.loads(dates())
    body["result"] = body["result"][:20]
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{}", "products.feed_shrunk"),
        (b'{"result": {}}', "products.bad_file"),
        (b'{"result": [{"name": "x", "releases": 1}]}', "products.feed_shrunk"),
        (dates(newest="2026-08-01"), "products.feed_older"),
        (part_of_it(), "products.feed_shrunk"),
        (revived(), "products.feed_implausible"),
        (dates(fortios=[{"name": "8.0", "isEol": "no"}]), "products.bad_file"),
        (dates(fortios=[{"name": "8.0", "eolFrom": "20300101"}]), "products.bad_file"),
        (dates(fortios=[{"name": "8.0", "eolFrom": "9999-01-01"}]), "products.bad_file"),
        (dates(fortios=[{"isEol": False}]), "products.bad_file"),
        (b"[" * 100_000, "products.bad_file"),
    ],
    ids=range(11),
)
def test_dates_not_to_be_believed_change_nothing(body: bytes, code: str) -> None:
    outcome = renewed(lifecycle=body)
    assert only(outcome) == ("failed", code)
    assert outcome.data is None


# --- both -----------------------------------------------------------------------------------------


def test_one_failing_service_does_not_stop_the_other() -> None:
    away = IncompleteError("products.feed_unreachable", service="x", url="u", detail="d")
    outcome = renewed(lifecycle=away, kev=catalogue(NEW))
    assert [part.result for part in outcome.parts] == ["failed", "new"]
    assert table(outcome)["catalog"] == "2026.11.20"
    assert table(outcome)["as_of"] == builtin().as_of.isoformat()


def test_asking_twice_brings_nothing_new() -> None:
    first = renewed(kev=catalogue(NEW), lifecycle=dates())
    assert first.data
    again = renew(first.data, {kev.SERVICE: catalogue(NEW), lifecycle.SERVICE: dates()}, TODAY, "x")
    assert ([part.result for part in again.parts], again.data) == (["same", "same"], None)


def test_what_a_newer_program_reviewed_is_not_lost() -> None:
    old = json.loads(BUILTIN)
    old |= {"reviewed_as_of": "2026-01-01", "exploited_as_of": "2026-01-01"}
    old["products"]["fortios"]["exploited"] = []
    mine = json.dumps(old).encode()
    outcome = renew_newest(mine, BUILTIN, {kev.SERVICE: catalogue(NEW)}, TODAY, "x")
    assert outcome.data
    assert len(read(outcome.data, "x", "user").products["fortios"].exploits) > 10


def test_no_date_goes_back_for_the_sake_of_a_review() -> None:
    mine = renewed(kev=catalogue(NEW), lifecycle=dates()).data
    assert mine
    older = json.dumps({**json.loads(mine), "reviewed_as_of": "2026-01-01"}).encode()
    away = IncompleteError("products.feed_status", service="x", url="u", status=500)
    outcome = renew_newest(older, BUILTIN, {kev.SERVICE: away}, TODAY, "x")
    assert outcome.data is None


def test_which_service_a_saved_file_is_from() -> None:
    assert service_of(catalogue(), "x") == kev.SERVICE
    assert service_of(dates(), "x") == lifecycle.SERVICE
    assert service_of(BUILTIN, "x") == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"as_of": "2026-08-21"}, "products.file_older"),
        ({"exploited_as_of": "2026-08-06"}, "products.file_older"),
        ({"as_of": "2026-12-24"}, "products.file_future"),
        ({"products": {}}, "products.file_shrunk"),
        ({"format": "posture-scan/product-data/2"}, "products.bad_file"),
        ({"extra": 1}, "products.bad_file"),
    ],
)
def test_a_file_that_may_not_replace_ours(change: dict[str, Any], code: str) -> None:
    data = json.dumps({**json.loads(BUILTIN), **change}).encode()
    with pytest.raises(PostureError) as caught:
        accept(data, "x.json", builtin(), TODAY)
    assert caught.value.code == code


def test_our_own_file_may_always_replace_itself() -> None:
    assert accept(BUILTIN, "x", builtin(), TODAY).sha256 == builtin().sha256
    assert accept(BUILTIN, "x", builtin(), builtin().as_of - timedelta(days=1))


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_are_taken_in_by_chance(body: bytes) -> None:
    outcome = renewed(kev=body, lifecycle=body)
    assert outcome.data is None
    assert {part.result for part in outcome.parts} == {"failed"}
