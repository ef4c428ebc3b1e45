"""The shipped profiles: the table they were written from, and their words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posture_scan.rating.profile import Profile
from tests.rating.samples import SME, STRICT

TABLE = """
EXT-RDP EXT 9 .950 critical; EXT-VPN EXT 9 .940 critical; EXT-SVC EXT 3 .980 high
EXT-ADM EXT 3 .990 -; NET-TLS EXT 2 .995 -; EML-AUTH EXT 2 .980 -; VUL-KEV VUL 4 .970 critical
VUL-EOL VUL 6 .970 high; VUL-PATCH VUL 5 .960 -; IAM-MFA-REM IAM 8 .950 high
IAM-MFA-CLD IAM 5 .970 -; IAM-MFA-ADM IAM 5 .970 -; IAM-PRIV IAM 2 .985 -
BKP-JOB BKP 4 .980 high; BKP-ISO BKP 5 .950 -; BKP-TEST BKP 4 .960 -; END-EDR END 5 .960 -
HRD-CFG END 4 .960 -; HRD-HOST END 2 .990 -; LOG-MON END 2 .980 -; TRN-AWR ORG 2 .985 -
IR-PLAN ORG 3 .980 -; GOV-POL ORG 2 .990 -; SUP-VND ORG 2 .990 -; AST-INV ORG 2 .990 -
"""
BOTH = pytest.mark.parametrize("profile", [SME, STRICT], ids=["jp-sme", "jp-sme-strict"])


def test_the_default_profile_is_the_table() -> None:
    rows = [row.split() for row in TABLE.strip().replace("\n", ";").split(";")]
    expected = [
        (name, group, Decimal(weight), Decimal(r_met), None if gate == "-" else gate)
        for name, group, weight, r_met, gate in rows
    ]
    assert [(c.id, c.group, c.weight, c.r_met, c.gate) for c in SME.criteria] == expected
    assert {c.id for c in SME.criteria if c.needs_machine} == {
        "EXT-RDP", "EXT-VPN", "EXT-SVC", "VUL-KEV",
    }  # fmt: skip
    assert set(SME.minimum_set) == {
        "EXT-RDP", "EXT-VPN", "EXT-SVC", "VUL-KEV", "VUL-EOL", "IAM-MFA-REM", "BKP-JOB",
    }  # fmt: skip
    floors = {group.id: str(group.floor) for group in SME.groups}
    assert floors == {
        "EXT": "0.86", "VUL": "0.92", "IAM": "0.90", "BKP": "0.91", "END": "0.91", "ORG": "0.95",
    }  # fmt: skip
    assert {c.id: str(c.credit) for c in SME.certificates} == {
        "isms": "0.15", "scs4": "0.15", "scs3": "0.08", "pmark": "0.10", "otasuke": "0.05",
        "sa2": "0.02",
    }  # fmt: skip
    assert SME.premium.minimum == 30_000


@BOTH
def test_a_shipped_profile_says_that_it_is_illustrative(profile: Profile) -> None:
    assert profile.status == "illustrative"
    assert "試算" in profile.notice.ja
    texts = [profile.notice.ja, *(words.title for words in profile.words("ja").values())]
    for word in ("見積", "認定", "保証"):
        assert not any(word in text for text in texts)


@BOTH
def test_every_criterion_has_words_and_something_that_settles_it(profile: Profile) -> None:
    for language in ("ja", "en"):
        for name, words in profile.words(language).items():
            assert words.title, name
            assert words.prove, name
    for criterion in profile.criteria:
        assert criterion.machine or criterion.question, criterion.id


def test_the_second_profile_weighs_differently() -> None:
    assert [c.id for c in STRICT.criteria] == [c.id for c in SME.criteria]
    assert {c.id: c.weight for c in STRICT.criteria} != {c.id: c.weight for c in SME.criteria}
    assert STRICT.limits.total_cap < SME.limits.total_cap
    assert STRICT.digest != SME.digest
