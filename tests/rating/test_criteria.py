"""Findings and answers to criterion statuses: nothing unseen is ever fine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from posture_scan.model.answer import Answers
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.rating.criteria import decide
from posture_scan.rating.profile import Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.samples import NOW, SME, address, answers, finding, host, says, scope

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
RDP = next(c for c in SME.criteria if c.id == "EXT-RDP").machine[0].not_met_if
VPN = tuple(
    check for c in SME.criteria if c.id == "EXT-VPN" for rule in c.machine for check in rule.checks
)


def decided(  # noqa: PLR0917 -- read like a report: findings, assets, answers
    criterion: str,
    findings: Iterable[Finding],
    assets: Iterable[Asset] = (address(),),
    given: Answers | None = None,
    profile: Profile = SME,
    computers: int = 0,
) -> CriterionStatus:
    found = decide(
        profile, findings=findings, assets=assets, scope=scope(computers), answers=given, now=NOW
    )
    return next(status for status in found if status.id == criterion)


def sound(*checks: str, asset: str = "192.0.2.1") -> list[Finding]:
    return [finding(check, asset=asset) for check in checks]


def test_every_criterion_gets_a_status_in_the_profiles_order() -> None:
    found = decide(SME, findings=(), assets=(), scope=None, answers=None, now=NOW)
    assert [s.id for s in found] == [c.id for c in SME.criteria]
    assert {s.status for s in found} == {State.UNKNOWN}
    assert {s.evidence_class for s in found} == {EvidenceClass.NONE}


def test_met_when_every_check_passes_on_every_address() -> None:
    status = decided("EXT-RDP", sound(*RDP))
    assert (status.status, status.evidence_class) == (State.MET, EvidenceClass.VERIFIED)
    assert "rdp.exposed@192.0.2.1" in status.findings


def test_not_met_when_one_check_fails_on_one_address() -> None:
    second = [f for f in sound(*RDP, asset="192.0.2.2") if f.check != "rdp.exposed"]
    second.append(finding("rdp.exposed", FAIL, "192.0.2.2", port=3390))
    status = decided("EXT-RDP", [*sound(*RDP), *second], (address(), address("192.0.2.2")))
    assert status.status is State.NOT_MET
    assert status.findings == ("rdp.exposed@192.0.2.2:3390",)


def test_a_missing_finding_is_unknown_and_says_so() -> None:
    status = decided("EXT-RDP", sound(*RDP[1:]))
    assert status.status is State.UNKNOWN
    assert ("missing", "rdp.exposed", "192.0.2.1") in {
        (r.id, r.check, r.asset) for r in status.reasons
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": Status.ERROR}, "error"),
        ({"status": Status.UNKNOWN}, "not_seen"),
        ({"confidence": 69}, "low_confidence"),
        ({"vantage": Vantage.LAN}, "vantage"),
        ({"observed_at": NOW - timedelta(days=91)}, "too_old"),
        ({"observed_at": NOW + timedelta(days=2)}, "from_the_future"),
        ({"observed_at": None}, "undated"),
        ({"valid_until": NOW - timedelta(minutes=1)}, "too_old"),
    ],
)
@pytest.mark.parametrize("status", [PASS, FAIL])
def test_what_does_not_count_is_unknown_whatever_it_says(
    change: dict[str, Any], reason: str, status: Status
) -> None:
    first = dataclasses.replace(finding(RDP[0], status), **change)
    seen = decided("EXT-RDP", [first, *sound(*RDP[1:])])
    assert seen.status is State.UNKNOWN
    assert reason in {r.id for r in seen.reasons}


def test_a_waived_finding_is_not_met() -> None:
    waived = [finding(RDP[0], Status.WAIVED), *sound(*RDP[1:])]
    assert decided("EXT-RDP", waived).status is State.NOT_MET


@pytest.mark.parametrize(
    ("asset", "reason"),
    [
        (address(scanned=False), "not_fully_scanned"),
        (dataclasses.replace(address(), middlebox=True), "middlebox"),
        (dataclasses.replace(address(), reached=False), "nothing_answered"),
    ],
)
def test_an_address_that_was_not_really_scanned_proves_nothing(asset: Asset, reason: str) -> None:
    status = decided("EXT-RDP", sound(*RDP), (asset,))
    assert status.status is State.UNKNOWN
    assert reason in {r.id for r in status.reasons}


def test_silence_counts_where_another_address_answered_or_the_owner_confirms_it() -> None:
    silent = dataclasses.replace(address("192.0.2.2"), reached=False)
    both = [*sound(*RDP), *sound(*RDP, asset="192.0.2.2")]
    assert decided("EXT-RDP", both, (address(), silent)).status is State.MET
    confirmed = scope(nothing_listens=("192.0.2.2",))
    alone = decide(SME, findings=both, assets=[silent], scope=confirmed, answers=None, now=NOW)
    assert alone[0].status is State.MET


def test_no_asset_of_the_right_kind_is_unknown() -> None:
    status = decided("EXT-RDP", [], (host(),))
    assert status.status is State.UNKNOWN
    assert status.reasons[0].id == "no_assets"


def test_a_weakness_on_an_asset_left_out_of_the_list_still_counts() -> None:
    stray = finding("rdp.exposed", FAIL, "192.0.2.99")
    assert decided("EXT-RDP", [*sound(*RDP), stray]).status is State.NOT_MET


def test_a_view_from_outside_is_not_spoilt_by_one_from_inside() -> None:
    inside = finding("rdp.exposed", FAIL, vantage=Vantage.LAN, port=3389)
    assert decided("EXT-RDP", [*sound(*RDP), inside]).status is State.MET


def test_a_devices_own_export_beats_a_banners_hint_but_not_after_thirty_days() -> None:
    checks = [check for check in VPN if check != "sslvpn.end_of_life"]
    hint = finding("sslvpn.end_of_life", FAIL, confidence=30, port=443)
    export = finding(
        "sslvpn.end_of_life", PASS, confidence=80, method=Method.DEVICE_EXPORT, port=443
    )
    assert decided("EXT-VPN", [*sound(*checks), hint]).status is State.UNKNOWN
    assert decided("EXT-VPN", [*sound(*checks), hint, export]).status is State.MET
    old = dataclasses.replace(export, observed_at=NOW - timedelta(days=31))
    assert decided("EXT-VPN", [*sound(*checks), old]).status is State.UNKNOWN


def test_no_edge_device_at_all_is_met() -> None:
    absent = [finding(check, Status.NOT_APPLICABLE) for check in VPN]
    assert decided("EXT-VPN", absent).status is State.MET


def test_sound_ssh_is_partial_and_unsound_ssh_is_not_met() -> None:
    panel = sound("admin_panel.exposed", "device.exposed", "ssh.protocol1")
    open_ssh = finding("ssh.exposed", FAIL, port=22)
    fine = finding("ssh.weak_algorithms", PASS, port=22)
    weak = finding("ssh.weak_algorithms", FAIL, port=22)
    assert decided("EXT-ADM", [*panel, open_ssh, fine]).status is State.PARTIAL
    assert decided("EXT-ADM", [*panel, open_ssh, weak]).status is State.NOT_MET


def test_a_name_that_led_nowhere_leaves_what_is_there_unknown() -> None:
    lost = Asset("www.example.jp", "name", names=("www.example.jp",))
    found = decided("EXT-RDP", sound(*RDP), (address(), lost))
    assert found.status is State.UNKNOWN
    assert "unresolved" in {reason.id for reason in found.reasons}
    weak = [*sound(*RDP[1:]), finding(RDP[0], FAIL, port=3389)]
    assert decided("EXT-RDP", weak, (address(), lost)).status is State.NOT_MET


def test_tls_counts_on_named_services_only() -> None:
    rule = next(c for c in SME.criteria if c.id == "NET-TLS").machine[0]
    bare = [finding(c, FAIL, port=443, values={"named": False}) for c in rule.checks]
    assert decided("NET-TLS", bare).status is State.NOT_APPLICABLE
    named = [finding(c, PASS, port=8443, values={"named": True}) for c in rule.checks]
    assert decided("NET-TLS", [*bare, *named]).status is State.MET
    old = [dataclasses.replace(f, status=FAIL) if f.check == "tls.tls10" else f for f in named]
    assert decided("NET-TLS", [*bare, *old]).status is State.PARTIAL


def test_the_outside_alone_can_show_an_old_product_but_never_its_absence() -> None:
    assert decided("VUL-EOL", [finding("banner.outdated", FAIL)]).status is State.NOT_MET
    clean = decided("VUL-EOL", [finding("banner.outdated", PASS)])
    assert clean.status is State.UNKNOWN
    assert "no_assets" in {r.id for r in clean.reasons}  # no computer was looked at from inside
    given = answers(says("VUL-EOL", "yes"))
    answered = decided("VUL-EOL", [finding("banner.outdated", PASS)], given=given)
    assert (answered.status, answered.evidence_class) == (State.MET, EvidenceClass.ATTESTED)


def backup(check: str, status: Status) -> Finding:
    return finding(f"backup.{check}", status, "pc-1", vantage=Vantage.HOST, confidence=97)


@pytest.mark.parametrize(
    ("none", "stale", "expected"),
    [
        (PASS, PASS, State.MET),
        (PASS, FAIL, State.PARTIAL),
        (FAIL, Status.NOT_APPLICABLE, State.NOT_MET),
        (PASS, UNKNOWN, State.UNKNOWN),
    ],
)
def test_backup_job(none: Status, stale: Status, expected: State) -> None:
    seen = [backup("none", none), backup("stale", stale)]
    assert decided("BKP-JOB", seen, (host(),)).status is expected


@pytest.mark.parametrize(
    ("seen", "expected"), [(UNKNOWN, State.UNKNOWN), (FAIL, State.NOT_MET), (PASS, State.MET)]
)
def test_no_trace_of_a_restore_proves_nothing_and_a_failed_one_does(
    seen: Status, expected: State
) -> None:
    status = decided("BKP-TEST", [backup("restore_untested", seen)], (host(),)).status
    assert status is expected


def test_a_restore_drill_counts_for_a_year_and_a_trace_for_a_quarter() -> None:
    def status(days: int, method: Method) -> State:
        seen = dataclasses.replace(
            backup("restore_untested", PASS), observed_at=NOW - timedelta(days=days), method=method
        )
        return decided("BKP-TEST", [seen], (host(),)).status

    assert status(365, Method.VERIFIED_ACTION) is State.MET
    assert status(366, Method.VERIFIED_ACTION) is State.UNKNOWN
    assert status(91, Method.REGISTRY_OR_PACKAGE) is State.UNKNOWN


def test_order_of_findings_and_assets_makes_no_difference() -> None:
    assets = (address(), address("192.0.2.2"), host())
    seen = [*sound(*RDP), finding("rdp.exposed", FAIL, "192.0.2.2"), backup("none", PASS)]
    first = decide(SME, findings=seen, assets=assets, scope=None, answers=None, now=NOW)
    second = decide(
        SME, findings=seen[::-1], assets=assets[::-1], scope=None, answers=None, now=NOW
    )
    assert first == second


def with_seen_only() -> Profile:
    """EXT-RDP with a second rule about something that may hide behind a silent UDP port."""
    rdp = next(c for c in SME.criteria if c.id == "EXT-RDP")
    rule = dataclasses.replace(
        rdp.machine[0], not_met_if=("snmp.exposed",), seen_only=True, absent="not_applicable"
    )
    changed = dataclasses.replace(rdp, machine=(rdp.machine[0], rule))
    return dataclasses.replace(
        SME, criteria=tuple(changed if c.id == "EXT-RDP" else c for c in SME.criteria)
    )


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (finding("snmp.exposed", UNKNOWN, reason="udp_path_unproven"), State.MET),
        (finding("snmp.exposed", UNKNOWN, reason="udp_mute"), State.MET),
        (finding("snmp.exposed", PASS), State.MET),
        (finding("snmp.exposed", FAIL), State.NOT_MET),
        (finding("snmp.exposed", UNKNOWN, reason="not_fully_scanned"), State.UNKNOWN),
        (finding("snmp.exposed", UNKNOWN, reason="attempt.timeout"), State.UNKNOWN),
        (finding("snmp.exposed", Status.ERROR, reason="result_missing"), State.UNKNOWN),
    ],
)
def test_what_cannot_be_observed_by_nature_decides_nothing(found: Finding, state: State) -> None:
    status = decided("EXT-RDP", [*sound(*RDP), found], profile=with_seen_only())
    assert status.status is state


def test_a_rule_about_what_shows_itself_does_not_tolerate_a_missing_finding() -> None:
    assert decided("EXT-RDP", sound(*RDP), profile=with_seen_only()).status is State.UNKNOWN


def test_an_answer_does_not_rise_above_a_weakness_that_one_of_two_looks_saw() -> None:
    """A second finding of the same check, unknown, hides nothing of what the first one saw."""
    checks = next(c for c in SME.criteria if c.id == "EML-AUTH").machine[0].checks
    ours = (Asset("example.jp", "domain"),)
    found = [f for f in sound(*checks, asset="example.jp") if f.check != "spf.soft"]
    weak = finding("spf.soft", FAIL, "example.jp")
    blind = dataclasses.replace(weak, status=UNKNOWN)
    for given in (answers(says("EML-AUTH", "yes")), answers(says("EML-AUTH", "partly"))):
        status = decided("EML-AUTH", [*found, weak, blind], ours, given)
        assert (status.status, status.evidence_class) == (State.PARTIAL, EvidenceClass.ATTESTED)
