"""What a fix is worth: by itself, and with what it unlocks."""

from __future__ import annotations

from posture_scan.rating.priced import RatingStatus
from posture_scan.rating.status import EvidenceClass, State
from posture_scan.rating.value import Worth, sentence
from tests.rating.samples import SME, TYPICAL, every, rated


def worth(result: tuple[Worth, ...], name: str) -> Worth:
    return next(item for item in result if item.criterion == name)


def test_closing_rdp_is_worth_30990_yen_a_year() -> None:
    first = rated({**TYPICAL, "EXT-RDP": "nv"}).fixes[0]
    assert (first.criterion, first.kind, first.gate) == ("EXT-RDP", "fix", "critical")
    assert sentence(SME, first, "ja") == "RDPを閉じると年間 30,990 円の価値"
    assert sentence(SME, first, "en") == "Closing RDP to the Internet is worth 30,990 yen a year"


def test_every_worth_is_todays_price_less_the_price_with_it_met_and_verified() -> None:
    today = rated(TYPICAL)
    for item in today.fixes:
        after = rated({**TYPICAL, item.criterion: "mv"})
        assert item.yen == today.price.premium - after.price.premium, item.criterion
        assert item.yen >= item.reachable_yen >= 0


def test_kinds_follow_from_the_status_and_who_can_see_it() -> None:
    found = rated(TYPICAL).fixes
    assert worth(found, "EXT-ADM").kind == "fix"
    assert worth(found, "VUL-PATCH").kind == "fix"
    assert worth(found, "BKP-TEST").kind == "prove"
    assert worth(found, "IR-PLAN").kind == "answer"
    assert worth(found, "IR-PLAN").status is State.UNKNOWN
    assert worth(found, "IAM-MFA-REM").kind == "prove"
    assert "EXT-RDP" not in {item.criterion for item in found}


def test_what_no_machine_sees_can_only_be_documented() -> None:
    item = worth(rated(TYPICAL).fixes, "IR-PLAN")
    assert item.reachable_class is EvidenceClass.DOCUMENTED
    documented = rated({**TYPICAL, "IR-PLAN": "md"})
    assert item.reachable_yen == rated(TYPICAL).price.premium - documented.price.premium


def test_two_open_gates_are_worth_nothing_apart_and_much_together() -> None:
    result = rated({**TYPICAL, "EXT-RDP": "nv", "BKP-JOB": "nv"})
    assert [item.gate for item in result.fixes[:3]] == ["critical", "high", ""]
    assert {item.yen for item in result.fixes[:2]} == {0}
    assert "変わらない" in sentence(SME, result.fixes[0], "ja")
    assert result.unlock is not None
    assert result.unlock.criteria == ("EXT-RDP", "BKP-JOB")
    assert result.unlock.yen == 30_990
    assert result.unlock.status is RatingStatus.OK


def test_with_nothing_left_to_do_there_is_nothing_to_list() -> None:
    result = rated(every("mv"))
    assert result.fixes == ()
    assert result.unlock is None
