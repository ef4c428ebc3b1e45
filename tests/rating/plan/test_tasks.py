"""What a criterion takes: failing checks at their assets, or its own hours; prices on top."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from posture_scan.model.finding import Finding, Status
from posture_scan.rating.plan.prices import Priced, Prices
from posture_scan.rating.plan.tasks import Task, tasks_of
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.samples import SME, finding

V, D, A = EvidenceClass.VERIFIED, EvidenceClass.DOCUMENTED, EvidenceClass.ATTESTED


def failing(check: str, asset: str = "192.0.2.1", port: int = 443, hours: str = "4") -> Finding:
    made = finding(check, Status.FAIL, asset, port=port)
    return dataclasses.replace(made, effort_hours=hours)


def tasks(
    status: CriterionStatus, *found: Finding, prices: Prices | None = None
) -> tuple[Task, ...]:
    return tasks_of(SME, {status.id: status}, found, prices)[status.id]


def shown(made: tuple[Task, ...]) -> list[tuple[str, str, bool]]:
    return [(task.id, str(task.hours), task.proof) for task in made]


def failed(name: str, *references: str) -> CriterionStatus:
    return CriterionStatus(name, State.NOT_MET, V, references)


def test_a_check_is_mended_once_at_each_asset_whatever_the_ports() -> None:
    found = [
        failing("rdp.exposed", port=3389), failing("rdp.exposed", port=3390),
        failing("rdp.exposed", "192.0.2.2", 3389), failing("vnc.exposed", hours="1.5"),
        failing("vnc.exposed", "192.0.2.9"),
    ]  # fmt: skip
    status = failed(
        "EXT-RDP", "rdp.exposed@192.0.2.1:3389", "rdp.exposed@192.0.2.1:3390",
        "rdp.exposed@192.0.2.2", "vnc.exposed@192.0.2.1:443",
    )  # fmt: skip
    assert shown(tasks(status, *found)) == [
        ("rdp.exposed@192.0.2.1", "4.00", False),
        ("rdp.exposed@192.0.2.2", "4.00", False),
        ("vnc.exposed@192.0.2.1", "1.50", False),
    ]


def test_one_task_serves_two_criteria_under_one_name() -> None:
    found = failing("sslvpn.known_exploited")
    reference = "sslvpn.known_exploited@192.0.2.1:443"
    statuses = {name: failed(name, reference) for name in ("EXT-VPN", "VUL-KEV")}
    made = tasks_of(SME, statuses, [found])
    assert made["EXT-VPN"] == made["VUL-KEV"]


def test_without_a_failing_check_the_criterion_says() -> None:
    vpn = SME.criterion("EXT-VPN")
    assert vpn is not None
    answered = CriterionStatus("EXT-VPN", State.NOT_MET, A)
    unknown = CriterionStatus("EXT-VPN", State.UNKNOWN)
    told = CriterionStatus("EXT-VPN", State.MET, A)
    name = "criterion:EXT-VPN"
    assert shown(tasks(answered)) == [(name, str(vpn.effort_hours), False)]
    assert shown(tasks(unknown)) == shown(tasks(told)) == [(name, str(vpn.prove_hours), True)]


def test_an_unknown_with_a_failing_check_takes_both() -> None:
    status = CriterionStatus("VUL-EOL", State.UNKNOWN, findings=("banner.outdated@192.0.2.1",))
    made = tasks(status, failing("banner.outdated"))
    assert [task.proof for task in made] == [False, True]


def test_a_check_that_only_contradicts_an_answer_is_no_remedy() -> None:
    status = CriterionStatus("IAM-MFA-REM", State.CONTRADICTED, A, ("sslvpn.exposed@192.0.2.1",))
    assert [task.id for task in tasks(status, failing("sslvpn.exposed"))] == [
        "criterion:IAM-MFA-REM"
    ]


def test_what_is_met_as_well_as_it_can_be_has_no_tasks() -> None:
    statuses = {
        "IR-PLAN": CriterionStatus("IR-PLAN", State.MET, D),
        "EXT-RDP": CriterionStatus("EXT-RDP", State.MET, V),
        "EXT-VPN": CriterionStatus("EXT-VPN", State.NOT_APPLICABLE, V),
    }
    assert not set(statuses) & set(tasks_of(SME, statuses))


def test_hours_that_nobody_can_mean_count_as_none() -> None:
    status = failed("EXT-RDP", "rdp.exposed@192.0.2.1")
    for hours in ("1e999999", "-3", "NaN", "many"):
        assert tasks(status, failing("rdp.exposed", hours=hours))[0].hours == 0


def test_prices_replace_hours_and_add_costs() -> None:
    prices = Prices(
        "JPY", Decimal(10_000),
        {"rdp.exposed": Priced(Decimal(3), Decimal(500), "once"),
         "vnc.exposed": Priced(None, Decimal(0), "asset")},
        {"BKP-ISO": Priced(Decimal(5), Decimal(80_000), "once")},
    )  # fmt: skip
    status = failed("EXT-RDP", "rdp.exposed@192.0.2.1", "rdp.exposed@192.0.2.2", "vnc.exposed")
    found = [failing("rdp.exposed"), failing("rdp.exposed", "192.0.2.2"), failing("vnc.exposed")]
    made = tasks(status, *found, prices=prices)
    assert [(task.id, int(task.hours), int(task.cost or 0)) for task in made] == [
        ("rdp.exposed", 3, 30_500), ("vnc.exposed@192.0.2.1", 4, 40_000),
    ]  # fmt: skip
    backup = tasks(CriterionStatus("BKP-ISO", State.NOT_MET, A), prices=prices)
    assert [(task.id, int(task.hours), int(task.cost or 0)) for task in backup] == [
        ("criterion:BKP-ISO", 5, 130_000)
    ]


def test_a_price_for_a_criterion_stands_for_all_of_its_checks() -> None:
    prices = Prices("JPY", Decimal(1), {}, {"EXT-RDP": Priced(Decimal(2), Decimal(7), "asset")})
    status = failed("EXT-RDP", "rdp.exposed@192.0.2.1", "rdp.exposed@192.0.2.2")
    found = [failing("rdp.exposed"), failing("rdp.exposed", "192.0.2.2")]
    made = tasks(status, *found, prices=prices)
    assert [(task.id, int(task.hours), int(task.cost or 0)) for task in made] == [
        ("criterion:EXT-RDP", 4, 18)
    ]
