"""The rating as a report carries it."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.errors import UsageError
from posture_scan.model.finding import Status
from posture_scan.rating.rate import rate, rate_report
from posture_scan.rating.status import CriterionStatus, Disagreement, EvidenceClass, State
from tests.rating.samples import (
    BASE,
    NOW,
    SME,
    STRICT,
    TYPICAL,
    address,
    answers,
    finding,
    rated,
    says,
    scope,
    statuses,
)

KEYS = {
    "profile", "status", "gates", "missing", "coverage", "verified", "score", "declared", "grade",
    "range", "factor", "controls_discount", "certificate_discount", "discount", "base_premium",
    "premium", "currency", "trace", "fixes", "contradictions", "referral",
}  # fmt: skip


def numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [n for item in value.values() for n in numbers(item)]
    if isinstance(value, list):
        return [n for item in value for n in numbers(item)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize("codes", [TYPICAL, {}, {**TYPICAL, "EXT-RDP": "nv"}])
def test_the_keys_stay_and_every_number_is_text(codes: dict[str, str]) -> None:
    result = rated(codes).to_json()
    assert set(result) >= KEYS
    assert numbers(result) == []
    assert set(result["profile"]) >= {"id", "version", "digest"}


def test_the_same_evidence_under_two_profiles() -> None:
    mild, strict = rated(TYPICAL), rated(TYPICAL, profile=STRICT)
    assert mild.price.status.value == "ok"
    assert strict.price.gates == ("BKP-ISO",)
    assert strict.price.premium > mild.price.premium


def test_a_report_is_rated_from_its_evidence() -> None:
    seen = [finding(check) for check in sorted(SME.checks) if not check.startswith("backup.")]
    seen = [f for f in seen if f.check != "rdp.exposed"]
    seen.append(finding("rdp.exposed", Status.FAIL, port=3389))
    facts = {"industry": "retail", "annual_sales": "500000000", "incident_last_5_years": "yes"}
    given = answers(says("TRN-AWR", "yes"), facts=facts)
    result = rate_report(SME, seen, [address()], scope(), given, NOW).to_json()
    assert (result["status"], result["gates"]) == ("gate", ["EXT-RDP"])
    assert (result["base_premium"], result["base_source"]) == ("93000", "estimate")
    assert result["referral"] == ["critical", "incident"]
    assert result["fixes"][0]["findings"] == ["rdp.exposed@192.0.2.1:3389"]


def test_nothing_at_all_is_rated_as_knowing_nothing() -> None:
    result = rate_report(SME, (), (), None, None, NOW).to_json()
    assert (result["status"], result["score"], result["grade"]) == ("insufficient", None, None)
    assert result["missing"] == [c.id for c in SME.criteria if c.id in SME.minimum_set]
    assert result["base_source"] == "example"


@pytest.mark.parametrize(
    ("kind", "state", "referral"),
    [
        ("contradicted", State.CONTRADICTED, ("contradiction",)),
        ("overstated", State.PARTIAL, ("contradiction",)),
        ("understated", State.MET, ()),
    ],
)
def test_the_ledger_lists_what_disagrees(
    kind: str, state: State, referral: tuple[str, ...]
) -> None:
    note = Disagreement(kind, "yes", "not_met", "", ("backup.not_separate@pc-1",))
    given = [s for s in statuses(TYPICAL) if s.id != "BKP-ISO"]
    given.append(CriterionStatus("BKP-ISO", state, EvidenceClass.VERIFIED, disagreement=note))
    result = rate(SME, given, base_premium=BASE)
    assert result.referral == referral
    (entry,) = result.to_json()["contradictions"]
    assert (entry["criterion"], entry["kind"]) == ("BKP-ISO", kind)


def test_every_referral_has_the_underwriters_words() -> None:
    assert SME.referral.critical.ja == "是正後に再スキャン。それまで引受条件の提示不可"
    assert SME.referral.high.ja == "個別照会"
    assert SME.referral.contradiction.ja == "告知内容と観測結果が不一致"


def test_a_base_premium_must_be_an_amount() -> None:
    with pytest.raises(UsageError):
        rate(SME, (), base_premium=-BASE)
