"""The examples inside profiles: known answers, worked out by hand and again by the program."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as F  # noqa: N817 -- fifty of them stand in one calculation

import pytest

from posture_scan.mistakes import MistakesError
from posture_scan.rating.examples import run_examples, standing
from posture_scan.rating.figures import Example
from posture_scan.rating.load import list_profiles, load_profile, parse_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.samples import SME, STRICT, changed, line_of, source


def example(name: str, profile: Profile) -> Example:
    return next(item for item in profile.examples if item.id == name)


@pytest.mark.parametrize("name", list_profiles())
def test_every_shipped_profile_has_examples_and_gives_what_they_expect(name: str) -> None:
    outcomes = run_examples(load_profile(name))
    assert outcomes
    assert [(item.example.id, item.differences) for item in outcomes if not item.ok] == []


def test_the_default_profile_holds_the_four_published_worked_examples() -> None:
    expected = {item.id: item.expect for item in SME.examples}
    assert {name: item.premium for name, item in expected.items()} == {
        "all-met": 38_400, "answers-only": 120_000, "typical": 65_010, "rdp-open": 96_000,
    }  # fmt: skip
    typical = expected["typical"]
    assert (typical.factor, typical.discount) == (Decimal("0.6972"), Decimal("0.3228"))
    assert [typical.verified, typical.score, typical.declared] == [47, 57, 66]
    assert typical.coverage == Decimal("0.82")
    assert [item.status for item in expected.values()] == ["ok", "insufficient", "ok", "gate"]


def half_up(value: F, unit: int) -> int:
    return int(value / unit + F(1, 2)) * unit


def test_the_strict_profiles_examples_by_hand() -> None:
    """Worked out here with fractions from the figures of the file, nothing of the program."""
    # all-met: the group floors .84 .91 .91 .92 .92 .98 multiply to less than .70, the cap on
    # controls; certificates .10 (best of three) + .03 + .03 + .01 = .17, cap .15; together .45,
    # cap .40; the group discount of 10 % comes last.
    floors = F(84, 100) * F(91, 100) ** 2 * F(92, 100) ** 2 * F(98, 100)
    assert floors < F(70, 100)
    assert min(F(30, 100) + F(15, 100), F(40, 100)) == F(40, 100)
    first = half_up(120_000 * F(60, 100), 10)
    assert example("all-met", STRICT).expect.premium == half_up(first * F(90, 100), 10) == 64_800
    # bare-minimum: EXT .95 x .93 x .98 = .86583, above the floor .84; VUL .960 x .970; IAM one
    # answer at .30 of .05; BKP .985 x .950; nothing else earns anything. The limit on answers,
    # .95 of the rest, does not bind because .985 is above it.
    ext = max(F(95, 100) * F(93, 100) * F(98, 100), F(84, 100))
    factor = (
        ext * F(96, 100) * F(97, 100) * (1 - F(30, 100) * F(5, 100)) * F(985, 1000) * F(95, 100)
    )
    rounded = F(int(factor * 10_000 + F(1, 2)), 10_000)
    expect = example("bare-minimum", STRICT).expect
    assert expect.factor is not None
    assert F(expect.factor) == rounded == F(7431, 10_000)
    discount = 1 - rounded + F(1, 100)
    assert expect.discount is not None
    assert F(expect.discount) == discount
    assert expect.premium == half_up(120_000 * (1 - discount), 10) == 87_970
    # weights met: 10 + 11 + 4 + 6 + 6 + 3 + 8 = 48 verified, 9 answered at .30
    assert expect.verified == 10 + 11 + 4 + 6 + 6 + 3 + 8 == 48
    assert expect.score == 48 + Decimal("0.30") * 9
    assert expect.declared == 48 + 9
    # rdp-open: every credit is suspended, only the group discount is left; weight 10 is lost
    gate = example("rdp-open", STRICT).expect
    assert gate.premium == half_up(120_000 * F(90, 100), 10) == 108_000
    assert gate.score == 100 - 10
    # answers-only: nothing verified, so no discount; answers count .30 of the score
    answers = example("answers-only", STRICT).expect
    assert answers.premium == 120_000
    assert answers.score == 30


def test_the_other_kinds_by_hand() -> None:
    # us-filed: base 5,000 (assets up to $100M) x technology 1.20 x limit 1.00 x retention .90 x
    # weak 1.10 x excellent .85 x good .95, and a quarter of it either way, to the cent
    filed = 5_000 * F(12, 10) * F(9, 10) * F(11, 10) * F(85, 100) * F(95, 100)
    us = {item.id: item.expect.premium for item in load_profile("us-filed").examples}
    cents = {name: int(F(premium or 0) * 100) for name, premium in us.items()}
    assert cents == {
        "filed-form": half_up(filed * 100, 1),
        "filed-form-credit": half_up(filed * F(75, 100) * 100, 1),
        "filed-form-debit": half_up(filed * F(125, 100) * 100, 1),
    }
    assert list(cents.values()) == [479_655, 359_741, 599_569]
    # jp-sme-debit: with nothing known every debit counts, 1.10^2 x 1.08 x 1.05^5 = 1.668, and the
    # cap on surcharges holds it at 1.25; only the VPN's gate open: credits and debits together
    # stay below one, so nothing comes off and nothing is added
    assert F(11, 10) ** 2 * F(108, 100) * F(105, 100) ** 5 > F(125, 100)
    debit = load_profile("jp-sme-debit")
    assert example("nothing-known", debit).expect.premium == 120_000 * F(125, 100) == 150_000
    ext = F(110, 100) * F(95, 100) * F(98, 100) * F(99, 100) * F(995, 1000) * F(98, 100)
    assert ext < 1
    assert example("vpn-old", debit).expect.premium == 120_000
    # uk-cyber-essentials: eleven of twelve
    uk = example("one-unknown", load_profile("uk-cyber-essentials")).expect
    assert uk.score == round(Decimal(1100) / 12, 1)
    assert uk.coverage == round(Decimal(11) / 12, 2)
    assert uk.premium is None


def test_a_figure_that_differs_is_named_with_both_values() -> None:
    text = changed("premium = 65_010, discount = 0.3228", "premium = 65_020, discount = 0.3228")
    outcomes = run_examples(parse_profile(text))
    assert [item.example.id for item in outcomes if not item.ok] == ["typical"]
    (difference,) = next(item for item in outcomes if not item.ok).differences
    assert (difference.key, difference.expected, difference.got) == ("premium", "65020", "65010")


def test_a_change_of_the_rules_shows_in_the_examples() -> None:
    text = changed("total_cap = 0.60", "total_cap = 0.55").replace(", 0.60]\n", "]\n")
    differing = [item for item in run_examples(parse_profile(text)) if not item.ok]
    assert [item.example.id for item in differing] == ["all-met"]
    assert {item.key for item in differing[0].differences} == {"premium", "discount"}


def test_a_score_that_there_is_not_differs_from_any_number() -> None:
    text = source() + (
        '\n[[examples]]\nid = "nothing"\ntext = { ja = "不明", en = "Nothing" }\n'
        "expect = { score = 0, premium = 67_000 }\n"
    )
    outcome = run_examples(parse_profile(text))[-1]
    assert [(d.key, d.got) for d in outcome.differences] == [("score", None)]


def test_a_standing_is_status_and_evidence() -> None:
    assert standing("X", "partial documented") == CriterionStatus(
        "X", State.PARTIAL, EvidenceClass.DOCUMENTED
    )
    assert standing("X", "unknown") == CriterionStatus("X", State.UNKNOWN)


@pytest.mark.parametrize(
    ("before", "after", "place", "code"),
    [
        ('EXT-RDP = "met verified"', 'EXT-RDQ = "met verified"', "EXT-RDQ", "example_criterion"),
        ('EXT-RDP = "met verified"', 'EXT-RDP = "met"', 'EXT-RDP = "met"', "not_one_of"),
        ('certificates = ["sa2"]', 'certificates = ["sa3"]', 'certificates = ["sa3"]',
         "example_certificate"),
        ('id = "answers-only"\n', 'id = "answers-only"\nfacts = { plans = "2" }\n', "facts = {",
         "example_fact"),
        ('id = "answers-only"', 'id = "all-met"', 'id = "all-met"\ntext = { ja = "すべて回答',
         "duplicate"),
        ('expect = { premium = 96_000, discount = 0, factor = 1, status = "gate" }', "expect = {}",
         "expect = {}", "expects_nothing"),
        ('factor = 1, status = "gate"', 'factor = 1, status = "open"',
         "expect = { premium = 96_000", "not_one_of"),
        ("expect = { premium = 96_000", "expect = { premiun = 96_000", "expect = { premiun",
         "unknown_key_did_you_mean"),
    ],
)  # fmt: skip
def test_an_example_nobody_could_work_out_is_refused(
    before: str, after: str, place: str, code: str
) -> None:
    text = changed(before, after)
    with pytest.raises(MistakesError) as caught:
        parse_profile(text, "mine.toml")
    found = {(item.file, item.line, item.code) for item in caught.value.mistakes}
    assert ("mine.toml", line_of(text, place), f"profile.{code}") in found, found
