"""The worked examples to the yen, and each rule of the order of calculation by itself."""

from __future__ import annotations

import dataclasses
from decimal import Decimal, localcontext

import pytest

from posture_scan.errors import UsageError
from posture_scan.rating.arithmetic import price
from posture_scan.rating.discount import claimed_certificates
from posture_scan.rating.load import parse_profile
from posture_scan.rating.priced import RatingStatus, Terms
from posture_scan.rating.rate import rate
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.samples import BASE, SME, TYPICAL, changed, every, rated, statuses


def test_everything_met_and_verified() -> None:
    result = rated(every("mv"), certificates=("isms", "pmark", "otasuke")).to_json()
    assert result["factor"] == "0.6000"
    assert result["controls_discount"] == "0.4000"
    assert result["certificate_discount"] == "0.3000"
    assert result["discount"] == "0.6000"
    assert result["premium"] == "38400"
    assert result["status"] == "ok"
    raw = next(step for step in result["trace"] if step["id"] == "attested")
    assert round(Decimal(raw["values"]["f_all"]), 4) == Decimal("0.5602")
    assert (
        next(s for s in result["trace"] if s["id"] == "premium_discounted")["values"]["premium"]
        == "48000"
    )


def test_everything_attested_without_a_scan() -> None:
    result = rated(every("ma"), group=False, certificates=()).to_json()
    assert (result["factor"], result["discount"], result["premium"]) == (
        "1.0000", "0.0000", "120000",
    )  # fmt: skip
    assert result["status"] == "insufficient"
    assert result["missing"] == ["EXT-RDP", "EXT-VPN", "EXT-SVC", "VUL-KEV"]


def test_the_typical_firm() -> None:
    result = rated(TYPICAL).to_json()
    expected = {
        "factor": "0.6972", "controls_discount": "0.3028", "certificate_discount": "0.0200",
        "discount": "0.3228", "premium": "65010", "status": "ok", "verified": "47.0",
        "score": "57.0", "declared": "66.0", "coverage": "0.82", "gates": [], "missing": [],
    }  # fmt: skip
    assert {key: result[key] for key in expected} == expected


def test_the_typical_firm_with_rdp_open() -> None:
    result = rated({**TYPICAL, "EXT-RDP": "nv"}).to_json()
    assert (result["status"], result["gates"]) == ("gate", ["EXT-RDP"])
    assert (result["factor"], result["discount"]) == ("1.0000", "0.0000")
    assert result["premium"] == "96000"
    assert result["referral"] == ["critical"]


def test_a_criterion_left_out_is_unknown() -> None:
    known = {name: code for name, code in TYPICAL.items() if name != "EXT-SVC"}
    assert rated(known).price.missing == ("EXT-SVC",)
    assert rated(known).price.status is RatingStatus.INSUFFICIENT


def test_an_attested_no_opens_the_gate_as_a_verified_one_does() -> None:
    for code in ("nv", "na"):
        assert rated({**TYPICAL, "IAM-MFA-REM": code}).price.gates == ("IAM-MFA-REM",)


def test_a_contradiction_opens_the_gate() -> None:
    given = [s for s in statuses(TYPICAL) if s.id != "VUL-EOL"]
    given.append(CriterionStatus("VUL-EOL", State.CONTRADICTED, EvidenceClass.VERIFIED))
    result = rate(SME, given, base_premium=BASE)
    assert result.price.gates == ("VUL-EOL",)
    assert result.referral == ("high", "contradiction")


def test_too_little_coverage_is_insufficient() -> None:
    few = dict.fromkeys(SME.minimum_set, "mv")
    result = rated(few)
    assert result.price.missing == ()
    assert result.price.coverage.share == Decimal("0.43")
    assert result.price.status is RatingStatus.INSUFFICIENT


def test_coverage_counts_only_what_applies() -> None:
    given = [*statuses(dict.fromkeys(SME.minimum_set, "mv"))]
    given += [
        CriterionStatus(c.id, State.NOT_APPLICABLE)
        for c in SME.criteria
        if c.id not in SME.minimum_set
    ]
    result = rate(SME, given, base_premium=BASE)
    assert result.price.coverage.share == 1
    assert result.price.status is RatingStatus.OK


def test_a_group_is_held_by_its_floor() -> None:
    result = rated(every("mv"))
    factors = {group.group: group for group in result.price.groups}
    assert factors["EXT"].product == Decimal("0.8448155238600")
    assert factors["EXT"].factor == Decimal("0.86")
    assert factors["BKP"].factor == Decimal("0.91")


def test_answers_alone_add_ten_percent_at_most() -> None:
    codes = every("ma") | dict.fromkeys(("EXT-RDP", "EXT-VPN", "EXT-SVC", "VUL-KEV"), "mv")
    result = rated(codes)
    assert result.price.f_all < Decimal("0.9") * result.price.f_verified
    assert result.price.f_limited == Decimal("0.9") * result.price.f_verified
    assert result.price.status is RatingStatus.OK


def test_only_the_best_of_a_kind_of_certificate_counts() -> None:
    assert claimed_certificates(SME, ("scs3", "isms", "scs4")) == Decimal("0.15")
    assert claimed_certificates(SME, ("scs3", "sa2", "sa2")) == Decimal("0.10")
    assert claimed_certificates(SME, ()) == 0


def test_certificates_are_capped() -> None:
    result = rated(TYPICAL, certificates=("isms", "pmark", "otasuke", "sa2"))
    assert result.price.certificates_claimed == Decimal("0.32")
    assert result.price.certificates == Decimal("0.30")


def test_an_unknown_certificate_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        rated(TYPICAL, certificates=("iso9001",))
    assert refused.value.code == "rating.certificate"


def test_the_minimum_premium_comes_last() -> None:
    result = rate(
        SME, statuses(every("mv")), base_premium=Decimal(40_000), group_discount=True,
        certificates=("isms", "pmark", "otasuke"),
    )  # fmt: skip
    assert result.price.after_group == 12_800
    assert result.price.premium == 30_000
    assert result.trace[-1].bound == "minimum_premium"
    assert result.trace[-1].lost == "17200"


@pytest.mark.parametrize(
    ("mode", "unit", "expected"),
    [("half_up", 10, 81_260), ("down", 10, 81_260), ("up", 100, 81_300), ("down", 1000, 81_000)],
)
def test_the_profile_says_how_yen_are_rounded(mode: str, unit: int, expected: int) -> None:
    text = changed('unit = 10\nmode = "half_up"', f'unit = {unit}\nmode = "{mode}"')
    result = rated(TYPICAL, profile=parse_profile(text), group=False)
    assert result.price.after_discount == expected


def test_debits_only_where_a_profile_sets_them_and_unknown_costs_the_same() -> None:
    text = changed("factor_max = 1.00", "factor_max = 1.50")
    text = changed("weight = 3\nr_met = 0.990", "weight = 3\nr_met = 0.990\nr_not = 1.10", text)
    profile = parse_profile(text)
    failed = rated(TYPICAL, profile=profile)
    silent = rated({k: v for k, v in TYPICAL.items() if k != "EXT-ADM"}, profile=profile)
    assert failed.price.factor == silent.price.factor
    assert failed.price.factor > rated(TYPICAL).price.factor


def test_the_ambient_decimal_context_makes_no_difference() -> None:
    expected = rated(TYPICAL).to_json()
    with localcontext() as context:
        context.prec = 3
        assert rated(TYPICAL).to_json() == expected


def test_an_empty_worksheet_has_no_score() -> None:
    result = price(SME, {}, Terms(BASE))
    assert result.status is RatingStatus.INSUFFICIENT
    assert result.coverage.assessed == 0
    assert result.premium == BASE


def test_a_status_given_twice_is_refused() -> None:
    twice = [*statuses(TYPICAL), *statuses({"EXT-RDP": "mv"})]
    with pytest.raises(UsageError):
        rate(SME, twice, base_premium=BASE)


def test_statuses_of_another_profile_are_refused() -> None:
    other = dataclasses.replace(statuses({"EXT-RDP": "mv"})[0], id="EXT-XXX")
    with pytest.raises(UsageError) as refused:
        rate(SME, [other], base_premium=BASE)
    assert refused.value.code == "rating.criterion"
